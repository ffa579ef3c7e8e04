"""As decisões que a pessoa escreve numa aba, sobre as linhas dos retornos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from guiche.erros import Problema
from guiche.oficio.cadastros import ler_tabela
from guiche.planilha.porta import Pasta

T = TypeVar("T", bound=NamedTuple)


def escritas(
    pasta: Pasta, tabela: str, fabrica: Callable[[tuple[Any, ...]], T]
) -> tuple[list[tuple[tuple[int, int], T]], list[Problema]]:
    """O retorno e a linha de cada decisão escrita, o que se escreveu (a decisão é o primeiro) e os problemas da aba."""
    linhas, numeros, problemas = ler_tabela(pasta, tabela, fabrica)
    folha = pasta.ler(tabela, ("retorno", "linha"))
    onde = dict(zip(folha.numeros, folha.linhas, strict=True))
    if problemas:
        return [], problemas
    decididas = ((onde.get(n, ("", "")), um) for n, um in zip(numeros, linhas, strict=True) if um[0])
    return [((_inteiro(a), _inteiro(b)), um) for (a, b), um in decididas if a != ""], []


def _inteiro(celula: Any) -> int:
    return int(float(str(celula)))
