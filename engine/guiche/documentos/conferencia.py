"""Relê um PDF de boletos feito por ``boleto.py``: as barras desenhadas, a linha, o valor e o vencimento impressos.

Não é um leitor de PDF: conhece só a forma em que o Guichê os escreve, e é isso que confere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from guiche.documentos.barras import tabela
from guiche.erros import ErroDeArquivo

_COMECO_DO_FLUXO, _FIM_DO_FLUXO = re.compile(rb"(?<!end)stream\r?\n"), b"endstream"
_MAIOR_PAGINA = 16 << 20
"""Uma página de boletos do Guichê tem uns 30 KB."""
_BARRAS = re.compile(r"q (?P<escala>[\d.]+) 0 0 [\d.]+ [\d.]+ [\d.]+ cm (?P<retangulos>(?:\d+ 0 \d+ 1 re )+)f Q")
_RETANGULO = re.compile(r"(\d+) 0 (\d+) 1 re ")
_TEXTO = re.compile(r"\(((?:[^()\\]|\\.|\\\d{3})*)\) Tj")
_OCTAL = re.compile(r"[0-7]{1,3}")
_ESCAPE = re.compile(r"\\(\d{3}|.)")
_LINHA = re.compile(r"\d{5}\.\d{5} \d{5}\.\d{6} \d{5}\.\d{6} \d \d{14}")
_VALOR = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{2}")
_BARRAS_POR_PAR = 5
_MENOS_QUE_UM_CODIGO = 50
_DATA = re.compile(r"\d{2}/\d{2}/\d{4}")


class Impresso(NamedTuple):
    """O que se vê num boleto."""

    codigo_barras: str
    """Lido das barras; vazio se elas não formam um código."""
    linhas: tuple[str, ...]
    """Cada linha digitável impressa."""
    valores: frozenset[str]
    datas: frozenset[str]
    textos: tuple[str, ...]


def reler(conteudo: bytes) -> list[Impresso]:
    """Os boletos do PDF, na ordem; lista vazia se nenhum é do Guichê.

    Raises:
        ErroDeArquivo: ``pdf.inchado``, se uma página se abre em mais do que uma de boletos ocuparia.
    """
    achados = []
    for pagina in _paginas(conteudo):
        anterior = 0
        for desenho in _BARRAS.finditer(pagina):
            if len(_RETANGULO.findall(desenho["retangulos"])) > _MENOS_QUE_UM_CODIGO:
                achados.append(_um(pagina[anterior : desenho.end()], desenho["retangulos"]))
                anterior = desenho.end()
        if achados and anterior:
            achados[-1] = _com_o_resto(achados[-1], pagina[anterior:])
    return achados


def _paginas(conteudo: bytes) -> Iterator[str]:
    for fluxo in _fluxos(conteudo):
        descompressor = zlib.decompressobj()
        try:  # a quebra antes de endstream sobra; tirá-la antes estragaria um fluxo que acabe nesse mesmo byte
            pagina = descompressor.decompress(fluxo, _MAIOR_PAGINA)
        except zlib.error:
            continue
        if descompressor.unconsumed_tail:
            raise ErroDeArquivo("pdf.inchado", f"uma página do PDF passa de {_MAIOR_PAGINA >> 20} MB")
        yield pagina.decode("latin-1")


def _fluxos(conteudo: bytes) -> Iterator[bytes]:
    fim = 0
    while (inicio := _COMECO_DO_FLUXO.search(conteudo, fim)) and (
        fim := conteudo.find(_FIM_DO_FLUXO, inicio.end())
    ) > 0:
        yield conteudo[inicio.end() : fim]


def _um(trecho: str, retangulos: str) -> Impresso:
    textos = tuple(_desfazer(t) for t in _TEXTO.findall(trecho))
    return Impresso(
        ler_barras(retangulos),
        tuple(linha for texto in textos for linha in _LINHA.findall(texto)),
        frozenset(t for t in textos if _VALOR.fullmatch(t)),
        frozenset(t for t in textos if _DATA.fullmatch(t)),
        textos,
    )


def _com_o_resto(impresso: Impresso, trecho: str) -> Impresso:
    """O recibo da folha inteira vem depois das barras."""
    resto = _um(trecho, "")
    return impresso._replace(
        linhas=impresso.linhas + resto.linhas,
        valores=impresso.valores | resto.valores,
        datas=impresso.datas | resto.datas,
        textos=impresso.textos + resto.textos,
    )


def _desfazer(texto: str) -> str:
    def trocar(achado: re.Match[str]) -> str:
        escrito = achado[1]
        if not escrito.isdigit():
            return escrito
        return bytes([int(escrito, 8) & 0xFF]).decode("cp1252", "replace") if _OCTAL.fullmatch(escrito) else escrito

    return _ESCAPE.sub(trocar, texto)


def ler_barras(retangulos: str) -> str:
    """Os algarismos que as barras desenham; vazio se não formam um Intercalado 2 de 5 de 44 algarismos.

    >>> from guiche.documentos.barras import codigo_de_barras
    >>> desenho = codigo_de_barras("0" * 40 + "1234", 0, 0)
    >>> ler_barras(desenho.partition("cm ")[2])[-6:]
    '001234'
    """
    t, achados = tabela(), _RETANGULO.findall(retangulos)
    inicio, meio, fim = tuple(achados[:2]), achados[2:-2], tuple(achados[-2:])
    if (inicio, fim) != (_chave(t.inicio), _chave(t.fim)) or len(meio) != _BARRAS_POR_PAR * len(t.pares):
        return ""
    lidos = []
    for i, posicao in enumerate(t.pares):
        desenho = tuple(meio[_BARRAS_POR_PAR * i : _BARRAS_POR_PAR * (i + 1)])
        lidos.append(next((par for par, operadores in posicao.items() if _chave(operadores) == desenho), ""))
    return "".join(lidos) if all(lidos) else ""


@cache
def _chave(operadores: str) -> tuple[tuple[str, str], ...]:
    return tuple(_RETANGULO.findall(operadores))
