"""Morte súbita e queda da conexão nos pontos de escrita de cada ato, nos dois bancos.

Todos os pontos são mais de 3 000; aqui vão uns noventa, e ``python -m tests.servicos.mortes --vezes 1000``
sorteia quantos se queira.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.postgresql import POSTGRESQL, SQLITE
from tests.servicos.cenas import ATOS
from tests.servicos.mortes import SERVIDOR
from tests.sistema import RAIZ, ambiente

PASSO = 37
MINIMO = {
    "gerar": 120, "importar": 70, "estornar": 70, "boletos": 120, "remessa_boletos": 60, "retorno_boletos": 90,
    "exclusao": 85, "descartar": 85, "registros": 85, "decidir": 51, "desfazer_registros": 68, "fechamento": 70,
    "comissao": 68, "desfazer": 68,
}  # fmt: skip
"""De quantos pontos de escrita, pelo menos, é cada ato."""


def _golpear(banco: str, ato: str, endereco: str = "") -> None:
    caminho = [sys.executable, "-m", "tests.servicos.mortes", "--banco", banco, "--ato", ato]
    pontos = ["--inicio", str(1 + len(ato) % PASSO), "--passo", str(PASSO)]
    feito = subprocess.run(
        [*caminho, *pontos], cwd=RAIZ, env=ambiente(**{SERVIDOR: endereco}), capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert feito.returncode == 0, feito.stderr[-3000:]
    assert int(feito.stdout) >= MINIMO[ato] // PASSO


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL e fork são do Unix")
@pytest.mark.parametrize("ato", ATOS)
def test_morte_com_o_livro_ao_lado_da_pasta(ato: str) -> None:
    _golpear(SQLITE, ato)


@pytest.mark.postgresql
@pytest.mark.parametrize("ato", ATOS)
def test_morte_e_queda_com_o_livro_no_servidor(ato: str, servidor_postgresql: str) -> None:
    _golpear(POSTGRESQL, ato, servidor_postgresql)
