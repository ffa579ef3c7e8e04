"""Vários operadores ao mesmo tempo: nenhum título em duas remessas, NSA sem furo, ninguém espera para sempre."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.livro.conexao import ESPERA_SEGUNDOS
from tests.postgresql import POSTGRESQL
from tests.servicos.operadores import PERDEU, conferir_tudo, preparar, trabalhar


@pytest.mark.parametrize(("quantos", "vezes"), [(2, 16), (8, 6)])
def test_operadores_ao_mesmo_tempo(banco: str, tmp_path: Path, quantos: int, vezes: int) -> None:
    pastas = preparar(tmp_path, quantos)
    assert len(set(pastas)) == (quantos if banco == POSTGRESQL else 1)
    relato = trabalhar(pastas, vezes, semente=20261121)
    assert relato.mais_longo < ESPERA_SEGUNDOS
    assert sum(relato.atos.values()) == quantos * vezes
    assert {"gerar", "importar", "estornar"} <= set(relato.atos) <= {
        "gerar", "importar", "estornar", "nada a gerar", "nada a importar", "nada a estornar", *PERDEU,
    }  # fmt: skip
    conferir_tudo(pastas)
