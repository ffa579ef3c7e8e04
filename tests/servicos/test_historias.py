"""Algumas histórias ao acaso em cada suíte; as duas mil são de ``python -m tests.servicos.historias``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servicos.historias import contar


@pytest.mark.caso("M-01", "M-04", "M-05", "M-12")
@pytest.mark.parametrize("semente", range(24))
def test_o_livro_e_o_modelo_dizem_o_mesmo(tmp_path: Path, semente: int) -> None:
    assert sum(contar(tmp_path, semente).values()) > 0
