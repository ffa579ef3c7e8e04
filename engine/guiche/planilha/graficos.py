"""Os gráficos nativos do Excel sobre os números da aba Início."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from guiche.planilha.inicio import LINHAS

_QUANTIDADE, _VALOR, _RECEBIDO = 3, 4, 5
_VERDE, _AZUL, _LARANJA = "1F6F50", "2F5D8C", "C55A11"
_ALTURA, _LARGURA = 7, 15
"""De cada gráfico, em centímetros."""


def graficos(aba: Worksheet) -> None:
    """Põe os quatro gráficos à direita da tabela."""
    _grafico(aba, "A receber por vencimento", "G2", ((_VALOR, _AZUL),))
    _grafico(aba, "Previsto × recebido", "P2", ((_VALOR, _AZUL), (_RECEBIDO, _VERDE)))
    _grafico(aba, "Recebido por dia", "G18", ((_VALOR, _VERDE),))
    _grafico(aba, "Recusas por motivo, 90 dias", "P18", ((_QUANTIDADE, _LARANJA),), deitado=True)


def _grafico(
    aba: Worksheet, quadro: str, onde: str, series: Sequence[tuple[int, str]], *, deitado: bool = False
) -> None:
    primeira, ultima = LINHAS[quadro]
    barras = BarChart()
    barras.type = "bar" if deitado else "col"
    barras.title, barras.style = quadro, 10
    barras.height, barras.width = _ALTURA, _LARGURA
    for coluna, cor in series:
        barras.add_data(Reference(aba, coluna, primeira, coluna, ultima), titles_from_data=False)
        serie = barras.series[-1]
        serie.graphicalProperties.solidFill = cor
        serie.tx = _titulo_da_serie(aba, coluna)
    barras.set_categories(Reference(aba, 2, primeira, 2, ultima))
    barras.gapWidth = 60
    barras.y_axis.numFmt = "#,##0"
    barras.y_axis.delete = barras.x_axis.delete = False
    if deitado:
        barras.x_axis.scaling.orientation = "maxMin"
        barras.dataLabels = DataLabelList()
        barras.dataLabels.showVal = True
        barras.dataLabels.showSerName = barras.dataLabels.showCatName = barras.dataLabels.showLegendKey = False
    if len(series) == 1:
        barras.legend = None
    else:
        barras.legend.position = "b"
    aba.add_chart(barras, onde)


def _titulo_da_serie(aba: Worksheet, coluna: int) -> SeriesLabel:
    return SeriesLabel(strRef=StrRef(f"'{aba.title}'!${get_column_letter(coluna)}$1"))
