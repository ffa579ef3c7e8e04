"""Morte súbita em cada ponto de escrita de gerar, importar, estornar e emitir boletos."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).parents[2]
MINIMO = {"gerar": 70, "importar": 70, "estornar": 60, "boletos": 40}


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL e fork são do Unix")
@pytest.mark.parametrize("ato", MINIMO)
def test_morte_em_cada_ponto_de_escrita(ato: str) -> None:
    caminho = [sys.executable, "-m", "tests.servicos.mortes", ato, "1", "1"]
    ambiente = {"PYTHONPATH": f"{RAIZ / 'engine'}:{RAIZ}", "PATH": "/usr/bin:/bin", "USER": "ana", "TMPDIR": "/tmp"}  # noqa: S108
    feito = subprocess.run(caminho, cwd=RAIZ, env=ambiente, capture_output=True, text=True, check=False)
    assert feito.returncode == 0, feito.stderr[-3000:]
    assert int(feito.stdout) >= MINIMO[ato]
