Attribute VB_Name = "GuichePonte"
Option Explicit

' Leva ao Python um ato da faixa; com marca ("ret,txt"), a pessoa escolhe antes o arquivo. "ret|ret": dois arquivos.
Public Sub Acionar(ByVal acao As String, Optional ByVal marca As String = "")
    Dim arquivo As String
    Dim arquivos As String
    Dim parte As Variant
    On Error GoTo Falhou
    If Not HaPasta() Then
        Avisar SemPasta()
        Exit Sub
    End If
    If marca <> "" Then
        For Each parte In Split(marca, "|")
            arquivo = EscolherArquivo(CStr(parte))
            If arquivo = "" Then Exit Sub
            If arquivos <> "" Then arquivos = arquivos & vbNullChar
            arquivos = arquivos & arquivo
        Next parte
    End If
    Rodar MontarComando(acao, arquivos)
    Exit Sub
Falhou:
    Avisar NaoChamou(Err.Description)
End Sub

' Um erro sem quem o atenda pararia o suplemento, e o duplo clique morreria até o Excel se reabrir.
Public Function NaoChamou(ByVal razao As String) As String
    NaoChamou = "O Excel não conseguiu chamar o Guichê: " & razao & vbCrLf & vbCrLf & _
        "O que fazer: repita; se acontecer de novo, feche o Excel, rode guiche instalar e depois guiche diagnostico."
End Function

Public Function SemPasta() As String
    SemPasta = "Abra uma pasta de trabalho antes de usar este botão." & vbCrLf & vbCrLf & _
        "Se ela já está na tela, o Excel a abriu no Modo de Exibição Protegido: " & _
        "clique em Habilitar Edição, na barra amarela, e tente de novo."
End Function

Public Function MontarComando(ByVal acao As String, ByVal arquivos As String) As String
    MontarComando = "from guiche.excel.ponte import executar; executar('" & acao & "', '" & ParaHex(arquivos) & "')"
End Function

' UTF-16BE em hexadecimal: nenhum caractere do caminho tem sentido especial na linha de comando.
Public Function ParaHex(ByVal texto As String) As String
    Dim i As Long
    Dim saida As String
    For i = 1 To Len(texto)
        saida = saida & Right$("000" & Hex$(CLng(AscW(Mid$(texto, i, 1))) And &HFFFF&), 4)
    Next i
    ParaHex = saida
End Function

' O ato do duplo clique na célula: no cabeçalho, ordenar; numa linha, o da aba; "" onde ele continua a editar.
Public Function AtoDaCelula(ByVal aba As Worksheet, ByVal celula As Range) As String
    If NoCabecalhoDoGuiche(aba, celula) Then
        AtoDaCelula = "ordenar"
    ElseIf NumaLinhaDoGuiche(aba.Parent, celula) Then
        AtoDaCelula = AtoDoDuploClique(aba.Name)
    End If
End Function

' O ato do duplo clique numa linha da aba; "" onde o duplo clique continua a editar a célula.
Public Function AtoDoDuploClique(ByVal aba As String) As String
    If aba = "Remessas" Then AtoDoDuploClique = "remessas_ver"
    If aba = "Retornos" Then AtoDoDuploClique = "retornos_ver"
    If aba = "Boletos" Then AtoDoDuploClique = "boletos_detalhes"
End Function
