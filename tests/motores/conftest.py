"""Um motor por vez, pulado com a razão onde não está; o LibreOffice sobe uma vez por sessão."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.motores.motores import MOTORES, Motor, encerrar


@pytest.fixture(params=[
    pytest.param(nome, marks=pytest.mark.libreoffice if nome == "libreoffice" else ()) for nome in MOTORES
])  # fmt: skip
def motor(request: pytest.FixtureRequest) -> Motor:
    """Cada motor desta máquina."""
    escolhido = MOTORES[request.param]
    if falta := escolhido.falta():
        pytest.skip(falta)
    return escolhido


@pytest.fixture(scope="session", autouse=True)
def _encerrar_no_fim() -> Iterator[None]:
    yield
    encerrar()
