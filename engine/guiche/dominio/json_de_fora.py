"""Lê JSON que outro programa escreveu: o que não se entende é recusa, e nunca uma falha."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def ler_json(texto: str) -> Any:
    """O valor que o texto diz.

    Raises:
        ValueError: não é JSON, tem NaN ou infinito, ou listas dentro de listas sem fim.
    """
    try:
        return json.loads(texto, parse_constant=_recusar)
    except RecursionError as erro:
        raise ValueError("listas ou objetos aninhados demais") from erro


def _recusar(nome: str) -> NoReturn:
    raise ValueError(f"{nome} não é número")
