"""Abre uma pasta no LibreOffice e roda macros dela: ``python3 vba_no_libreoffice.py pasta.xlsm < chamadas.json``.

Roda no Python do sistema, que tem o ``uno``. Lê uma lista de ``[macro, argumentos]``; escreve, em JSON, os
módulos, o nome do projeto, o que cada macro devolveu e o texto de A1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.libreoffice.por_uno import libreoffice, opcoes


def rodar(pasta: str, chamadas: list[tuple[str, list[str]]], mesa: Any) -> dict[str, Any]:
    """O que as macros devolveram."""
    com_macros = opcoes(Hidden=True, MacroExecutionMode=4)
    documento = mesa.loadComponentFromURL(Path(pasta).resolve().as_uri(), "_blank", 0, com_macros)
    bibliotecas = documento.BasicLibraries
    projeto = bibliotecas.ProjectName
    bibliotecas.loadLibrary(projeto)
    macros = documento.getScriptProvider()
    devolvidos = []
    for macro, argumentos in chamadas:
        roteiro = macros.getScript(f"vnd.sun.star.script:{projeto}.{macro}?language=Basic&location=document")
        devolvidos.append(roteiro.invoke(tuple(argumentos), (), ())[0])
    a1 = documento.Sheets.getByIndex(0).getCellRangeByName("A1").String
    modulos = sorted(bibliotecas.getByName(projeto).ElementNames)
    documento.close(True)
    return {"projeto": projeto, "modulos": modulos, "devolvidos": devolvidos, "a1": a1}


def main() -> None:
    """As chamadas vêm da entrada, e o que devolveram vai à saída."""
    with libreoffice() as (mesa, _):
        achado = rodar(sys.argv[1], json.load(sys.stdin), mesa)
    json.dump(achado, sys.stdout)


if __name__ == "__main__":
    main()
