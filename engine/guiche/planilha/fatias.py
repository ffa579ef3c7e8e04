"""Lê uma aba grande em fatias de linhas, ao mesmo tempo: o leitor de células não segura o Python enquanto trabalha.

Só serve à aba que se provou estar inteira na forma de sempre, em que toda célula diz o seu endereço.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from guiche.planilha.exame_da_aba import Miolo
from guiche.planilha.lugares import Lugar
from guiche.planilha.pacote import TEXTOS, so_com_esta_aba, tamanho_da_parte

_AO_MESMO_TEMPO = 2
_FATIA = 1 << 21
"""Bytes de XML de cada fatia: as grandes pesam na memória, e as pequenas repetem muitas vezes a partida."""
_MUITOS_TEXTOS = 1 << 18
"""Bytes da tabela de textos que já custaria caro ler de novo em cada fatia."""
_GRANDE, _ENORME = 1 << 20, 1 << 24
"""Bytes de XML a partir dos quais compensa fatiar, e a partir dos quais a memória que as fatias deixam presa pesa."""


class _Fatia(NamedTuple):
    """As células de uma fatia, e onde começam e acabam (linha, coluna), a partir de zero."""

    inicio: tuple[int, int]
    fim: tuple[int, int]
    linhas: list[list[Any]]


def ler(caminho: Path, lugar: Lugar, xml: bytes, miolo: Miolo) -> list[list[Any]] | None:
    """As linhas da aba, da primeira à última com valor; ``None`` se não compensa ou se não estão em ordem."""
    cortes = _cortar(xml, miolo)
    if not _GRANDE <= len(xml) <= _ENORME or -1 in cortes or tamanho_da_parte(caminho, TEXTOS) > _MUITOS_TEXTOS:
        return None

    def uma(corte: tuple[int, int]) -> _Fatia | None:
        return _ler_uma(caminho, lugar, b"".join((xml[: miolo.inicio], xml[slice(*corte)], xml[miolo.fim :])))

    with ThreadPoolExecutor(_AO_MESMO_TEMPO) as ao_lado:
        lidas = list(ao_lado.map(uma, pairwise(cortes)))
    return _juntar([fatia for fatia in lidas if fatia])


def _cortar(xml: bytes, miolo: Miolo) -> list[int]:
    """Onde começa cada fatia, sempre numa linha, e onde acaba a última."""
    de, ate = miolo.inicio, miolo.fim
    quantas = max(_AO_MESMO_TEMPO, (ate - de) // _FATIA)
    return [de, *(xml.find(b"<row ", de + (ate - de) * i // quantas, ate) for i in range(1, quantas)), ate]


def _ler_uma(caminho: Path, lugar: Lugar, xml: bytes) -> _Fatia | None:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  só quem lê paga por ele

    aba = CalamineWorkbook.from_filelike(so_com_esta_aba(caminho, lugar.parte, xml)).get_sheet_by_name(lugar.aba)
    return _Fatia(aba.start, aba.end, aba.to_python()) if aba.start and aba.end else None


def _juntar(fatias: Sequence[_Fatia]) -> list[list[Any]] | None:
    """As linhas de todas, na mesma largura; ``None`` se não vêm em ordem."""
    largura = max((fatia.fim[1] + 1 for fatia in fatias), default=0)
    todas: list[list[Any]] = []
    for (linha, coluna), (_, ultima), linhas in fatias:
        if linha < len(todas):
            return None
        todas += [[""] * largura for _ in range(linha - len(todas))]
        antes, depois = [""] * coluna, [""] * (largura - 1 - ultima)
        for celulas in linhas if antes or depois else ():
            celulas[:0] = antes
            celulas.extend(depois)
        todas += linhas
    return todas
