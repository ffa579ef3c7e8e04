"""Dos títulos de uma remessa, os que o banco aceitaria e os que não, com a razão de cada um."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche

T = TypeVar("T")


def separar(compor: Callable[[Sequence[T]], object], itens: Sequence[T]) -> tuple[list[T], list[tuple[T, ErroGuiche]]]:
    """Os itens que ``compor`` aceita e os que não, na ordem dada; parte ao meio enquanto houver quem não se aceite.

    >>> def compor(itens):
    ...     if 3 in itens:
    ...         raise ErroDeRegra("remessa.juros", "não")
    >>> separar(compor, range(5))
    ([0, 1, 2, 4], [(3, ErroDeRegra('não'))])
    """
    try:
        compor(itens)
    except (ErroDeCampo, ErroDeRegra) as erro:
        if len(itens) == 1:
            return [], [(itens[0], erro)]
        meio = len(itens) // 2
        antes, depois = separar(compor, itens[:meio]), separar(compor, itens[meio:])
        return antes[0] + depois[0], antes[1] + depois[1]
    return list(itens), []
