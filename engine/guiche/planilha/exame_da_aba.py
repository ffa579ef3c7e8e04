"""O que numa aba não se consegue ler: espalhada demais, mesclada, com fórmulas que ninguém calculou."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha.celulas import letras_da_coluna, numero_da_coluna
from guiche.planilha.lugares import Lugar
from guiche.planilha.xml_da_aba import ultima_linha

_MESCLADA = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA_VAZIA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>|</c>)')
_CONTEUDO = (
    rb"<(?:v[^<>]*>[^<]*</v></c>|/c>|is><t[^<>]*>[^<]*</t></is></c>"
    rb"|is>(?:</?(?!c[ />])[A-Za-z]+(?:/?>| [^<>]*>)[^<]*){0,999}</c>"
    rb"|(f(?: [^<>]*)?>(?:[^<]*</f>)?)(?:<v[^<>]*>[^<]*</v>)?</c>)"
)
_LINHA = (
    rb'<row r="\d+"[^<>]*>(?:<c r="%b\d{1,%d}"[^<>/r]*(?:/>|>'
    + _CONTEUDO
    + rb'|r"[^<>/r]*(?:/>|>'
    + _CONTEUDO
    + rb"))){0,%d}(?:</row>\s*)?"
)
"""Uma linha da aba como os programas a escrevem: nada que não esteja aqui passa.

Depois do endereço nenhum atributo tem ``r``, salvo no fim de um valor (``t="str"``): não há um segundo endereço.
Em cada ponto só um caminho serve, e as repetições que guardam o caminho de volta têm fim: nada se tenta de novo. Não
se usam quantificadores possessivos, que erram no Python do Debian 12 (3.11.2) e em todos antes do 3.11.5.
"""
_LARGURAS = {26: b"[A-Z]", 78: b"[AB]?[A-Z]", 702: b"[A-Z]{1,2}"}
"""Número de colunas → as letras que vão até ali."""
_CELULA_SOLTA = re.compile(rb"[<:]c[\s/>]")
_ENDERECO = re.compile(rb"""r\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_LINHA_SEM_NUMERO = re.compile(rb"[<:]row(?=[\s/>])(?! r=|[^>]*\sr\s*=)")
_CELULA_SEM_ENDERECO = re.compile(rb"(?:<c|:c)(?=[\s/>])(?! r=|[^>]*\sr\s*=)")
_ABRE_LINHA = re.compile(rb"[<:]row[\s/>]")
_CELULAS_QUE_CABEM, _FOLGA = 20_000_000, 30


class Miolo(NamedTuple):
    """Onde estão as linhas de uma aba que se provou estar na forma de sempre."""

    inicio: int
    fim: int
    formulas: bool
    """Se há alguma fórmula."""


def miolo(xml: bytes) -> Miolo | None:
    """O miolo da aba que está toda na forma de sempre; ``None`` se ela pede um exame mais fino.

    A forma só aceita endereços de poucas letras e algarismos: se o retângulo que eles alcançam cabe na memória,
    nenhuma célula está longe demais, e não é preciso olhar cada endereço.
    """
    inicio, fim = xml.find(b"<row "), xml.rfind(b"</sheetData>")
    if not 0 <= inicio < fim or _CELULA_SOLTA.search(xml, 0, inicio) or _CELULA_SOLTA.search(xml, fim):
        return None
    algarismos = len(str(ultima_linha(xml)))
    for colunas, letras in _LARGURAS.items():
        alcance = colunas * 10**algarismos
        if alcance > _CELULAS_QUE_CABEM and alcance > _FOLGA * xml.count(b'<c r="', inicio, fim):
            return None
        if achado := _por_linhas(xml, inicio, fim, _linha(letras, algarismos, colunas)):
            return achado
    return None


def _por_linhas(xml: bytes, inicio: int, fim: int, linha: re.Pattern[bytes]) -> Miolo | None:
    """O miolo, se ele é uma linha da forma de sempre depois da outra, sem nada entre elas."""
    ate, formulas = inicio, False
    for achada in linha.finditer(xml, inicio, fim):
        comeco, acaba = achada.span()
        if comeco != ate:
            return None
        ate, formulas = acaba, formulas or achada.lastindex is not None
    return Miolo(inicio, fim, formulas) if ate == fim else None


@cache
def _linha(letras: bytes, algarismos: int, colunas: int) -> re.Pattern[bytes]:
    return re.compile(_LINHA % (letras, algarismos, colunas))


def esparsa(xml: bytes) -> str:
    """Por que a aba, tão espalhada, não cabe na memória; vazio se cabe.

    O leitor de células reserva o retângulo inteiro, da primeira à última: uma célula solta em XFD1048576 são
    dezessete bilhões delas. Olha-se todo endereço, de linha ou de célula, em qualquer forma de o escrever; a linha
    ou célula sem endereço vem logo depois da anterior.
    """
    lidas = _ENDERECO.findall(xml)
    linhas = max((int(n.lstrip(b"0")[:8] or 0) for n in {n for _, n in lidas}), default=1) + len(
        _LINHA_SEM_NUMERO.findall(xml)
    )
    letras = {letras for letras, _ in lidas if letras}
    colunas = max((numero_da_coluna(coluna[:4].decode().upper()) for coluna in letras), default=1)
    soltas = len(_CELULA_SEM_ENDERECO.findall(xml))
    if soltas:
        colunas += max(len(_CELULA_SEM_ENDERECO.findall(linha)) for linha in _ABRE_LINHA.split(xml))
    if linhas * colunas <= max(_CELULAS_QUE_CABEM, _FOLGA * (len(lidas) + soltas)):
        return ""
    return f"há células até a linha {linhas} e a coluna {letras_da_coluna(colunas)}, e quase tudo entre elas está vazio"


def cheia(letras: Sequence[str], cabecalho: int) -> re.Pattern[bytes]:
    """O que se acha na aba se alguma célula das colunas dadas, abaixo do cabeçalho, tem conteúdo.

    Só não se acha onde toda linha começa por essas células, vazias, na forma de sempre: na dúvida, têm.
    """
    acima = "|".join(map(str, range(1, cabecalho + 1)))
    vazias = "".join(rf'<c r="{letra}\1"(?: s="\d+")?/>' for letra in letras)
    return re.compile(rf'<row(?! r="(?:{acima})")(?! r="(\d+)"[^<>]*>{vazias})'.encode())


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


def recusar_o_ilegivel(xml: bytes, lugar: Lugar, letras: frozenset[str]) -> None:
    """Recusa a aba com células mescladas na tabela, ou com fórmulas por calcular nas colunas dadas.

    Raises:
        ErroDePlanilha: ``pasta.mescladas`` ou ``pasta.formula_sem_valor``.
    """
    if achadas := mescladas(xml, lugar.cabecalho + 1):
        raise ErroDePlanilha(
            "pasta.mescladas", f"há células mescladas: {', '.join(achadas[:10])}", local=Local(lugar.aba)
        )
    if letras and (vazias := formulas_sem_valor(xml, lugar.cabecalho + 1, letras)):
        texto = f"há fórmulas sem valor calculado: {', '.join(vazias[:10])}"
        raise ErroDePlanilha("pasta.formula_sem_valor", texto, local=Local(lugar.aba))
