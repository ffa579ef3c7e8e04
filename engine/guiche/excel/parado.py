"""O que se para no Excel enquanto se escreve, e como volta: a tela, os eventos e o cálculo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

NO_WINDOWS = {"ScreenUpdating": (False, True), "EnableEvents": (False, True), "Calculation": (-4135, -4105)}
"""Propriedade → parada e solta; -4135 é xlCalculationManual, -4105 o automático."""
NO_MAC = {"screen_updating": (False, True), "enable_events": (False, True), "calculation": ("manual", "automatic")}
"""As mesmas, com os nomes do xlwings."""


@contextmanager
def tudo_parado(
    ler: Callable[[str], Any], por: Callable[[str, Any], None], propriedades: Mapping[str, tuple[Any, Any]]
) -> Iterator[None]:
    """Para as propriedades, e ao fim as põe como estavam.

    A primeira é a tela, que só se acha parada se um ato não a pôde soltar, com o Excel ocupado: soltam-se então
    todas, ou o cálculo ficaria manual para sempre.
    """
    antes = {nome: ler(nome) for nome in propriedades}
    if not next(iter(antes.values())):
        antes = {nome: solta for nome, (_, solta) in propriedades.items()}
    with ExitStack() as volta:  # a que não volta não tira a vez às outras
        for nome, valor in antes.items():
            volta.callback(por, nome, valor)
        for nome, (parada, _) in propriedades.items():
            por(nome, parada)
        yield
