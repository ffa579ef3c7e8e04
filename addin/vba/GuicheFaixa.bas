Attribute VB_Name = "GuicheFaixa"
Option Explicit

' A única porta da faixa: o id do botão é o do ato; a marca, as extensões do arquivo que ele pede.
Public Sub AoClicar(control As IRibbonControl)
    Acionar control.ID, control.Tag
End Sub
