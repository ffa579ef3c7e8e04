"""Lê JSON que outro programa escreveu: o que não se entende é recusa, e nunca uma falha."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class ChaveRepetida(ValueError):
    """O objeto diz duas vezes a mesma chave; a mensagem diz qual."""


def ler_json(texto: str) -> Any:
    """O valor que o texto diz.

    Raises:
        ValueError: não é JSON, tem NaN ou infinito, uma chave duas vezes no mesmo objeto, ou listas dentro de listas
            sem fim.
    """
    try:
        return json.loads(texto, parse_constant=_recusar, object_pairs_hook=_sem_repetir)
    except RecursionError as erro:
        raise ValueError("listas ou objetos aninhados demais") from erro


def _recusar(nome: str) -> NoReturn:
    raise ValueError(f"{nome} não é número")


def _sem_repetir(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    """O Python ficaria com o último dos dois, em silêncio."""
    objeto = dict(pares)
    if len(objeto) < len(pares):
        repetida = next(nome for i, (nome, _) in enumerate(pares) if nome in dict(pares[:i]))
        raise ChaveRepetida(f'a chave "{repetida[:40]}" aparece duas vezes no mesmo objeto')
    return objeto
