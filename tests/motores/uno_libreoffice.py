"""Um LibreOffice sem janela que atende pedidos: roda no Python do sistema, que tem o ``uno``.

Lê um pedido em JSON por linha e responde com outro: ``contar`` uma pasta de trabalho, ou ``digitar`` nela e salvar.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.libreoffice.por_uno import libreoffice, opcoes


def _formato(documento: Any, conhecidos: dict[int, str], celula: Any) -> str:
    """O formato da célula; cada um se pede uma vez só, porque cada pergunta atravessa um cano."""
    chave = celula.NumberFormat
    if chave not in conhecidos:
        conhecidos[chave] = str(documento.NumberFormats.getByKey(chave).FormatString)
    return conhecidos[chave]


def _valor(celula: Any) -> Any:
    tipo = celula.Type.value
    if tipo == "EMPTY":
        return None
    if tipo == "VALUE":
        return celula.Value
    return celula.String


def _valores(aba: Any) -> list[list[Any]]:
    cursor = aba.createCursor()
    cursor.gotoEndOfUsedArea(False)
    faixa = aba.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
    return [[None if valor == "" else valor for valor in linha] for linha in faixa.DataArray]


def _listas(aba: Any, colunas: int) -> dict[str, str]:
    """Coluna (contada de 0) da segunda linha → fórmula da lista."""
    achadas = {}
    for n in range(colunas):
        validacao = aba.getCellByPosition(n, 1).Validation
        if validacao.Type.value == "LIST":
            achadas[str(n)] = validacao.getFormula1()
    return achadas


def _contar(documento: Any) -> Iterator[dict[str, Any]]:
    faixas = documento.DatabaseRanges
    areas = {nome: faixas.getByName(nome).DataArea for nome in faixas.ElementNames}
    conhecidos: dict[int, str] = {}
    for numero, nome in enumerate(documento.Sheets.ElementNames):
        aba = documento.Sheets.getByName(nome)
        valores = _valores(aba)
        largura = max(map(len, valores), default=0)
        yield {
            "nome": nome,
            "tabelas": {
                dela: [area.StartColumn, area.StartRow, area.EndColumn, area.EndRow]
                for dela, area in areas.items()
                if area.Sheet == numero
            },
            "listas": _listas(aba, largura),
            "formatos": [_formato(documento, conhecidos, aba.getCellByPosition(n, 1)) for n in range(largura)],
            "abaixo": [_formato(documento, conhecidos, aba.getCellByPosition(n, 9_999)) for n in range(largura)],
            "valores": valores,
        }


def _digitar(documento: Any, contexto: Any, pedido: dict[str, Any]) -> list[list[Any]]:
    """Digita cada ``[aba, célula, texto]`` como quem tecla, e devolve o que a célula guardou e o formato dela."""
    quadro = documento.CurrentController.Frame
    mesa = contexto.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", contexto)
    guardado = []
    for nome, onde, texto in pedido["teclas"]:
        aba = documento.Sheets.getByName(nome)
        documento.CurrentController.setActiveSheet(aba)
        mesa.executeDispatch(quadro, ".uno:GoToCell", "", 0, opcoes(ToPoint=onde))
        mesa.executeDispatch(quadro, ".uno:EnterString", "", 0, opcoes(StringName=texto))
        celula = aba.getCellRangeByName(onde)
        guardado.append([_valor(celula), _formato(documento, {}, celula)])
    return guardado


def _atender(pedido: dict[str, Any], mesa: Any, contexto: Any) -> Any:
    endereco = Path(pedido["pasta"]).resolve().as_uri()
    documento = mesa.loadComponentFromURL(endereco, "_blank", 0, opcoes(Hidden="teclas" not in pedido))
    try:
        resposta = _digitar(documento, contexto, pedido) if "teclas" in pedido else list(_contar(documento))
        if "saida" in pedido:
            filtro = opcoes(FilterName="Calc MS Excel 2007 XML", Overwrite=True)
            documento.storeToURL(Path(pedido["saida"]).resolve().as_uri(), filtro)
        return resposta
    finally:
        documento.close(True)


def main() -> None:
    """Atende até acabarem os pedidos."""
    with libreoffice() as (mesa, contexto):
        for linha in sys.stdin:
            sys.stdout.write(json.dumps(_atender(json.loads(linha), mesa, contexto)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
