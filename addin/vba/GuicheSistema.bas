Attribute VB_Name = "GuicheSistema"
Option Explicit

' O que só o Excel sabe fazer: a pasta ativa, as caixas de diálogo e a chamada do Python.

Public Function HaPasta() As Boolean
    HaPasta = Not ActiveWorkbook Is Nothing
End Function

Public Sub Avisar(ByVal texto As String)
    MsgBox texto, vbInformation, "Guichê"
End Sub

Public Sub Rodar(ByVal comando As String)
    RunPython comando
End Sub

' O caminho do arquivo escolhido, ou "" se a pessoa desistiu.
Public Function EscolherArquivo(ByVal marca As String) As String
    Dim escolha As Variant
    #If Mac Then
        escolha = Application.GetOpenFilename(, , "Escolha o arquivo (" & marca & ")")
    #Else
        Dim tipos As String
        tipos = "*." & Replace(marca, ",", ";*.")
        escolha = Application.GetOpenFilename("Arquivos do banco (" & tipos & ")," & tipos & _
            ",Todos os arquivos (*.*),*.*", 1, "Escolha o arquivo")
    #End If
    If VarType(escolha) = vbString Then EscolherArquivo = escolha
End Function

' Verdadeiro se a pasta de trabalho é do Guichê e a célula está numa linha de tabela, abaixo do cabeçalho.
Public Function NumaLinhaDoGuiche(ByVal pasta As Workbook, ByVal celula As Range) As Boolean
    If celula.ListObject Is Nothing Then Exit Function
    If celula.ListObject.DataBodyRange Is Nothing Then Exit Function
    If Intersect(celula, celula.ListObject.DataBodyRange) Is Nothing Then Exit Function
    NumaLinhaDoGuiche = EDoGuiche(pasta)
End Function

' Verdadeiro se a célula está no cabeçalho de uma tabela do Guichê que, protegida, o Excel não deixa ordenar.
Public Function NoCabecalhoDoGuiche(ByVal aba As Worksheet, ByVal celula As Range) As Boolean
    If Not aba.ProtectContents Then Exit Function
    If celula.ListObject Is Nothing Then Exit Function
    If Not SeOrdena(celula.ListObject.Name) Then Exit Function
    If celula.ListObject.HeaderRowRange Is Nothing Then Exit Function
    If Intersect(celula, celula.ListObject.HeaderRowRange) Is Nothing Then Exit Function
    NoCabecalhoDoGuiche = EDoGuiche(aba.Parent)
End Function

' As listas do Guichê, menos as de filtros, de parâmetros e a do Início, que têm a ordem que têm.
Private Function SeOrdena(ByVal tabela As String) As Boolean
    SeOrdena = Left$(tabela, 2) = "tb" And Left$(tabela, 8) <> "tbPainel"
    If tabela = "tbInicio" Or tabela = "tbParametros" Then SeOrdena = False
End Function

' Verdadeiro se a pasta de trabalho é do Guichê.
Private Function EDoGuiche(ByVal pasta As Workbook) As Boolean
    Dim aba As Worksheet
    Dim tabela As ListObject
    For Each aba In pasta.Worksheets
        For Each tabela In aba.ListObjects
            If tabela.Name = "tbParametros" Then EDoGuiche = True
        Next tabela
    Next aba
End Function
