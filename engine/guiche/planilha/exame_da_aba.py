"""O que numa aba não se consegue ler: espalhada demais, mesclada, com fórmulas que ninguém calculou."""

from __future__ import annotations

import re

from guiche.planilha.xml_da_aba import letras_da_coluna, numero_da_coluna

_MESCLADA = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA_VAZIA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>|</c>)')
_LONGE = re.compile(rb'<c r="(?:[A-Za-z]{3}|[C-Zc-z][A-Za-z]\d|[A-Za-z]{1,2}(?:[2-9]\d{5}|\d{7}))')
_ENDERECO = re.compile(rb'<c r="([A-Za-z]+)(\d+)"')
_ENDERECO_RARO = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_CELULA_SOLTA, _COM_PREFIXO = re.compile(rb"<c[\s>]"), re.compile(rb":c\s")
_CELULAS_QUE_CABEM, _FOLGA = 20_000_000, 30


def esparsa(xml: bytes) -> str:
    """Por que a aba, tão espalhada, não cabe na memória; vazio se cabe.

    O leitor de células reserva o retângulo inteiro, da primeira à última: uma célula solta em XFD1048576 são
    dezessete bilhões delas. Só se conta quando há célula além da coluna BZ ou da linha 200.000.
    """
    if (comum := _escrita_como_se_espera(xml)) and not _LONGE.search(xml):
        return ""
    lidas = (_ENDERECO if comum else _ENDERECO_RARO).findall(xml)
    linhas = max((int(n[:8]) for _, n in lidas), default=1)
    colunas = max((numero_da_coluna(letras[:4].decode().upper()) for letras in {c for c, _ in lidas}), default=1)
    if linhas * colunas <= max(_CELULAS_QUE_CABEM, _FOLGA * len(lidas)):
        return ""
    return f"há células até a linha {linhas} e a coluna {letras_da_coluna(colunas)}, e quase tudo entre elas está vazio"


def _escrita_como_se_espera(xml: bytes) -> bool:
    """Diz se toda célula começa por ``<c r="``, como todos os programas as escrevem."""
    inicio, fim = max(xml.find(b"<sheetData"), 0), xml.rfind(b"</sheetData>")
    if fim < 0 or _CELULA_SOLTA.search(xml, fim) or _CELULA_SOLTA.search(xml, 0, inicio):
        return False
    if xml.count(b"<c", inicio, fim) != xml.count(b'<c r="', inicio, fim):
        return False
    return xml.find(b":c", inicio, fim) < 0 or not _COM_PREFIXO.search(xml, inicio, fim)


def mescladas(xml: bytes, primeira: int) -> list[str]:
    """Células mescladas que entram no corpo da tabela (da linha ``primeira`` em diante)."""
    depois_dos_dados = xml.rfind(b"</sheetData>")
    return [
        f"{a.decode()}{int(de)}:{b.decode()}{int(ate)}"
        for a, de, b, ate in _MESCLADA.findall(xml, depois_dos_dados)
        if int(ate) >= primeira
    ]


def formulas_sem_valor(xml: bytes, primeira: int, letras: frozenset[str]) -> list[str]:
    """Células das colunas dadas com fórmula que nenhum programa calculou."""
    fim = xml.rfind(b"</sheetData>")
    if xml.find(b"<f", 0, fim) < 0:
        return []
    return [
        f"{letra.decode()}{int(n)}"
        for letra, n in _FORMULA_VAZIA.findall(xml, 0, fim)
        if int(n) >= primeira and letra.decode() in letras
    ]
