"""Uma função lembrada por argumento, à velocidade de um dicionário: numa planilha quase tudo se repete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Memoria(dict[Any, Any]):
    """``Memoria(f)[x]`` é ``f(x)``, calculado uma vez por valor. Números iguais dividem o resultado.

    >>> Memoria(str)[7]
    '7'
    """

    def __init__(self, funcao: Callable[[Any], Any]) -> None:
        super().__init__()
        self._funcao = funcao

    def __missing__(self, valor: Any) -> Any:
        pronto = self[valor] = self._funcao(valor)
        return pronto
