"""Medir, quebrar e encolher texto nas fontes que todo leitor de PDF já tem.

Nada é cortado: o texto que não cabe na largura quebra em linhas; o número, que
quebrado se lê errado, encolhe. As fontes padrão do PDF cobrem o WinAnsi
(cp1252), que tem todas as letras do português.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics

NORMAL = "Helvetica"
NEGRITO = "Helvetica-Bold"
MENOR_CORPO = 5.0
"""Pontos; abaixo disto o papel não se lê e o número passa a quebrar como texto."""
_FOLGA = 0.999  # o arredondamento não pode fazer quebrar o que foi encolhido para caber


@cache
def _larguras(fonte: str) -> tuple[int, ...]:
    return tuple(pdfmetrics.getFont(fonte).widths)


def largura(texto: str, fonte: str, corpo: float) -> float:
    """Largura em pontos de um texto já passado por ``imprimivel``."""
    tabela = _larguras(fonte)
    return sum([tabela[byte] for byte in texto.encode("cp1252")]) * corpo / 1000


def _trocar(caractere: str) -> str:
    if caractere.isspace():
        return " "
    base = "".join(c for c in unicodedata.normalize("NFKD", caractere) if not unicodedata.combining(c))
    try:
        base.encode("cp1252")
    except UnicodeEncodeError:
        return "?"
    return base if base.isprintable() else ""


def imprimivel(texto: str) -> str:
    r"""O texto com o que as fontes padrão sabem desenhar.

    Letra de outra língua perde o acento que a fonte não tem; o que não tem letra
    parecida vira ``?``, à vista de quem lê. Caractere de controle vira espaço ou some.

    >>> imprimivel("São João – nº 1"), imprimivel("Dvořák 漢"), imprimivel("a\tb\x00")
    ('São João – nº 1', 'Dvorák ?', 'a b')
    """
    if texto.isascii() and texto.isprintable():
        return texto
    composto = unicodedata.normalize("NFC", texto)
    if composto.isprintable() and _cabe(composto):
        return composto
    return "".join(c if c.isprintable() and _cabe(c) else _trocar(c) for c in composto)


def _cabe(texto: str) -> bool:
    try:
        texto.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _partir(palavra: str, fonte: str, corpo: float, disponivel: float) -> list[str]:
    """Parte a palavra mais larga que a linha; cada pedaço tem ao menos um caractere."""
    pedacos = [""]
    for caractere in palavra:
        if pedacos[-1] and largura(pedacos[-1] + caractere, fonte, corpo) > disponivel:
            pedacos.append("")
        pedacos[-1] += caractere
    return pedacos


def _quebrar_linha(texto: str, fonte: str, corpo: float, disponivel: float) -> list[str]:
    if largura(texto, fonte, corpo) <= disponivel:
        return [texto]
    linhas = [""]
    for palavra in texto.split():
        junto = f"{linhas[-1]} {palavra}".lstrip()
        if largura(junto, fonte, corpo) <= disponivel:
            linhas[-1] = junto
        else:
            linhas += _partir(palavra, fonte, corpo, disponivel)
    return linhas if linhas[0] else linhas[1:]


def quebrar(texto: str, fonte: str, corpo: float, disponivel: float) -> list[str]:
    """Linhas que cabem em ``disponivel`` pontos, sem perder nenhum caractere visível.

    >>> quebrar("débito em conta", NORMAL, 10, 50)
    ['débito em', 'conta']
    """
    limpas = [imprimivel(linha) for linha in texto.splitlines()] or [""]
    return [linha for limpa in limpas for linha in _quebrar_linha(limpa, fonte, corpo, disponivel)]


def corpo_que_cabe(texto: str, fonte: str, corpo: float, disponivel: float) -> float:
    """Maior corpo, até ``corpo``, em que o texto cabe numa linha; nunca menos que ``MENOR_CORPO``."""
    ocupa = largura(texto, fonte, corpo)
    return corpo if ocupa <= disponivel else max(MENOR_CORPO, _FOLGA * corpo * disponivel / ocupa)
