"""Reconstrói a pasta de trabalho modelo: ``python workbooks/construir.py``."""

from __future__ import annotations

from pathlib import Path

from guiche.planilha.modelo import construir

if __name__ == "__main__":
    construir(Path(__file__).with_name("guiche.xlsx"))
