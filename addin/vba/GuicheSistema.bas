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
    Dim aba As Worksheet
    Dim tabela As ListObject
    If celula.ListObject Is Nothing Then Exit Function
    If celula.ListObject.DataBodyRange Is Nothing Then Exit Function
    If Intersect(celula, celula.ListObject.DataBodyRange) Is Nothing Then Exit Function
    For Each aba In pasta.Worksheets
        For Each tabela In aba.ListObjects
            If tabela.Name = "tbParametros" Then NumaLinhaDoGuiche = True
        Next tabela
    Next aba
End Function
