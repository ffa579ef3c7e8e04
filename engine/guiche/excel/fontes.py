"""Onde estão os textos e os desenhos de que se faz o suplemento."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path


def fonte(nome: str) -> bytes:
    """Um arquivo da pasta ``addin``: a do pacote instalado, ou a do projeto.

    >>> fonte("vba/GuicheFaixa.bas").decode().splitlines()[0]
    'Attribute VB_Name = "GuicheFaixa"'
    """
    pacote = Path(__file__).parents[1]
    instalada = pacote / "_addin"
    return ((instalada if instalada.exists() else pacote.parents[1] / "addin") / nome).read_bytes()


def fonte_do_xlwings(nome: str) -> bytes:
    """Um arquivo do xlwings instalado, sem carregá-lo."""
    return Path(str(distribution("xlwings").locate_file(f"xlwings/{nome}"))).read_bytes()
