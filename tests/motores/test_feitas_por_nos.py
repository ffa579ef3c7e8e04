"""Toda pasta de trabalho que o Guichê faz, aberta por motores que não são nossos."""

from __future__ import annotations

from pathlib import Path

from guiche.planilha.modelo import construir
from tests.motores.conferencia import conferir
from tests.motores.motores import Motor


def test_o_modelo(motor: Motor, tmp_path: Path) -> None:
    construir(tmp_path / "modelo.xlsx")
    conferir(motor, tmp_path / "modelo.xlsx")
