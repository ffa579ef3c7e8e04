"""Uma volta curta, sempre a mesma, por todos os leitores; e o que já os derrubou não os derruba mais."""

from __future__ import annotations

import random
import time

import pytest

from tests.fuzz.alvos import ALVOS, HOSTIS, amostras, mutar

RODADAS = {"planilha": 60, "cnab": 100}
ACHADOS = sorted(HOSTIS.glob("*-*"))


@pytest.mark.parametrize("nome", ALVOS)
def test_volta_curta(nome: str) -> None:
    sorte, bases = random.Random(nome), amostras(nome)
    assert bases
    for _ in range(RODADAS.get(nome, 250)):
        ALVOS[nome](mutar(sorte.choice(bases), sorte.choice(bases), sorte))


@pytest.mark.parametrize("nome", ALVOS)
@pytest.mark.parametrize("entrada", [b"", b"\0", b"\n", b"\xff" * 300, b"A" * 5000, b"0" * 5000, b" " * 5000])
def test_lixo(nome: str, entrada: bytes) -> None:
    ALVOS[nome](entrada)


@pytest.mark.parametrize("achado", ACHADOS, ids=lambda caminho: caminho.name)
def test_o_que_ja_derrubou_um_leitor(achado: object) -> None:
    caminho = next(c for c in ACHADOS if c == achado)
    inicio = time.monotonic()
    ALVOS[caminho.name.split("-")[0]](caminho.read_bytes())
    assert time.monotonic() - inicio < 10


def test_os_nomes_dos_achados_dizem_o_alvo() -> None:
    assert {caminho.name.split("-")[0] for caminho in ACHADOS} <= set(ALVOS)
