"""Quanto demorou cada clique, fora o tempo em que uma caixa esperou pela pessoa: para a ficha de quem tem um Excel."""

from __future__ import annotations

import tempfile
from pathlib import Path

ULTIMOS = 12
"""Quantos cliques se guardam."""


def _onde() -> Path:
    return Path(tempfile.gettempdir()) / "guiche-cliques.txt"


def anotar(titulo: str, segundos: float) -> None:
    """Guarda o tempo do clique; se não se consegue escrever, o clique não sofre com isso."""
    try:
        linhas = [*ultimos(), f"{titulo}: {segundos:.1f} s".replace(".", ",")]
        _onde().write_text("\n".join(linhas[-ULTIMOS:]), "utf-8")
    except OSError:
        return


def ultimos() -> list[str]:
    """Os últimos cliques, do mais velho ao mais novo, cada um com seu tempo."""
    try:
        return _onde().read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
