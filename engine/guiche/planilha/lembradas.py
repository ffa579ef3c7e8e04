"""Linhas em colunas, em JSON comprimido: o que já se leu e conferiu volta sem se ler outra vez.

Só se guardam textos, inteiros, datas e Sim ou Não, que voltam iguais; o que tem outra coisa não se lembra.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from guiche.dominio.deflate import Estragado, zlib

_SIMPLES = frozenset({str, int, bool, type(None)})
_DATAS = frozenset({date, type(None)})


class NaoSeLembra(Exception):
    """Há um valor que não volta igual do JSON."""


def guardar(linhas: Sequence[Sequence[Any]], resto: Any = None) -> bytes:
    """As linhas, e o que mais se queira com elas, num bloco.

    Raises:
        NaoSeLembra: um valor não é texto, inteiro, data, Sim ou Não, ou nada.
    """
    colunas = [_coluna(valores) for valores in zip(*linhas, strict=True)]
    texto = json.dumps([len(linhas), colunas, resto], ensure_ascii=False, separators=(",", ":"))
    maquina = zlib.compressobj(1, zlib.DEFLATED, -15)
    return maquina.compress(texto.encode()) + maquina.flush()


def lembrar(bloco: bytes, fabrica: Callable[[tuple[Any, ...]], Any] = tuple) -> tuple[list[Any], Any] | None:
    """As linhas e o resto; ``None`` se o bloco não é um que ``guardar`` fez.

    >>> lembrar(guardar([("a", 1, None), ("b", 2, None)], "x"))
    ([('a', 1, None), ('b', 2, None)], 'x')
    >>> lembrar(b"outra coisa")
    """
    lembradas = em_colunas(bloco)
    return lembradas and (list(map(fabrica, zip(*lembradas[0], strict=True))), lembradas[1])


def em_colunas(bloco: bytes) -> tuple[list[Sequence[Any]], Any] | None:
    """Como ``lembrar``, mas as colunas, cada uma com todos os seus valores."""
    try:
        quantas, colunas, resto = json.loads(zlib.decompressobj(-15).decompress(bloco))
        return [_valores(c, quantas) for c in colunas], resto
    except (Estragado, ValueError, TypeError, KeyError):
        return None


def _coluna(valores: Sequence[Any]) -> list[Any]:
    tipos = set(map(type, valores))
    if len(tipos) == 1 and tipos <= _SIMPLES and len(set(valores)) == 1:
        return ["igual", valores[0]]
    if tipos <= _SIMPLES:
        return ["cada", valores]
    if tipos <= _DATAS:
        return ["dias", [v and v.toordinal() for v in valores]]
    raise NaoSeLembra


def _valores(coluna: Sequence[Any], quantas: int) -> Sequence[Any]:
    como, valores = coluna
    if como == "igual":
        return [valores] * quantas
    if como == "dias":
        dias = {n: n and date.fromordinal(n) for n in set(valores)}
        return [dias[n] for n in valores]
    if como == "cada" and len(valores) == quantas:
        return list(valores)
    raise ValueError(como)
