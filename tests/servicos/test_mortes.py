"""Morte súbita e queda da conexão nos pontos de escrita de cada ato, nos dois bancos.

Todos os pontos são mais de 3 000; aqui vão duzentos, e ``python -m tests.servicos.mortes --vezes 1000``
sorteia quantos se queira.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import POSTGRESQL, SQLITE
from tests.servicos.cenas import ATOS
from tests.servicos.mortes import SERVIDOR

RAIZ = Path(__file__).parents[2]
PASSO = 17
MINIMO = {
    "gerar": 120, "importar": 70, "estornar": 70, "boletos": 120, "remessa_boletos": 60, "retorno_boletos": 90,
    "exclusao": 85, "descartar": 85, "registros": 85, "decidir": 51, "desfazer_registros": 68, "fechamento": 70,
    "comissao": 68, "desfazer": 68,
}  # fmt: skip
"""De quantos pontos de escrita, pelo menos, é cada ato."""


def _golpear(banco: str, ato: str, endereco: str = "") -> None:
    caminho = [sys.executable, "-m", "tests.servicos.mortes", "--banco", banco, "--ato", ato]
    ambiente = {
        "PYTHONPATH": f"{RAIZ / 'engine'}:{RAIZ}", "PATH": "/usr/bin:/bin", "USER": "ana", "TMPDIR": "/tmp",  # noqa: S108
        SERVIDOR: endereco,
    }  # fmt: skip
    pontos = ["--inicio", str(1 + len(ato) % PASSO), "--passo", str(PASSO)]
    feito = subprocess.run([*caminho, *pontos], cwd=RAIZ, env=ambiente, capture_output=True, text=True, check=False)
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
