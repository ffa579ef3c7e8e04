"""A pasta de trabalho vazia, já construída."""

from __future__ import annotations

from pathlib import Path


def caminho_do_modelo() -> Path:
    """A do pacote instalado, ou a do projeto."""
    pacote = Path(__file__).parents[1]
    instalada = pacote / "_workbooks" / "guiche.xlsx"
    return instalada if instalada.exists() else pacote.parents[1] / "workbooks" / "guiche.xlsx"
