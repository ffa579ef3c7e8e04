"""O que os programas deixam no pacote ao salvar: quem foi, e a ordem de cálculo, que pode citar o que já não há."""

from __future__ import annotations

import re
from pathlib import Path

from guiche.planilha.pacote import Comprimida, comprimir, ler_partes

_CALC = "xl/calcChain.xml"
_PROPRIEDADES = "docProps/app.xml"
_PROGRAMA = re.compile(rb"<Application>([^<]*)</Application>")
_CITAM_CALC = {
    "[Content_Types].xml": re.compile(rb'<Override[^>]*PartName="/xl/calcChain.xml"[^>]*/>'),
    "xl/_rels/workbook.xml.rels": re.compile(rb'<Relationship [^>]*Target="[^"]*calcChain.xml"[^>]*/>'),
}


def programa(caminho: Path) -> str:
    """O programa que diz ter salvado o pacote, como ``Microsoft Excel``; ``?`` se nenhum se diz."""
    with ler_partes(caminho) as partes:
        quem = partes.read(_PROPRIEDADES) if _PROPRIEDADES in partes.namelist() else b""
    achado = _PROGRAMA.search(quem)
    return achado[1].decode("utf-8", "replace") if achado else "?"


def sem_ordem_de_calculo(caminho: Path) -> tuple[dict[str, Comprimida], frozenset[str]]:
    """As partes a trocar e as que saem para a pasta ficar sem a ordem de cálculo: ela pode citar células que mudaram.

    O Excel a refaz.
    """
    with ler_partes(caminho) as partes:
        if _CALC not in partes.namelist():
            return {}, frozenset()
        trocas = {parte: comprimir([padrao.sub(b"", partes.read(parte))]) for parte, padrao in _CITAM_CALC.items()}
    return trocas, frozenset({_CALC})
