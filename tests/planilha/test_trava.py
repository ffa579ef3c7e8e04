"""A trava da pasta de trabalho: um ato por vez."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from guiche.erros import ErroDePlanilha
from guiche.planilha.trava import trava

AGORA = datetime(2026, 8, 4, 9, 14)


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    (tmp_path / "x.xlsx").write_bytes(b"x")
    return tmp_path / "x.xlsx"


def _trava_de(caminho: Path, pid: int, maquina: str = "") -> None:
    dono = {"usuario": "bia", "maquina": maquina or socket.gethostname(), "pid": pid, "desde": "04/08/2026 09:00"}
    caminho.with_name(f".{caminho.name}.guiche-trava").write_text(json.dumps(dono), "utf-8")


def test_o_segundo_e_recusado_e_sabe_por_quem(caminho: Path) -> None:
    espera = pytest.raises(ErroDePlanilha, match=r"em uso por ana .* desde 04/08/2026 09:14")
    with trava(caminho, usuario="ana", agora=AGORA), espera, trava(caminho, usuario="bia", agora=AGORA):
        pass
    assert list(caminho.parent.iterdir()) == [caminho]


def test_solta_mesmo_quando_o_ato_falha(caminho: Path) -> None:
    with pytest.raises(ZeroDivisionError), trava(caminho, usuario="ana", agora=AGORA):
        raise ZeroDivisionError
    with trava(caminho, usuario="ana", agora=AGORA):
        pass


def test_a_de_um_morto_se_toma(caminho: Path) -> None:
    morto = subprocess.Popen([sys.executable, "-c", ""])
    morto.wait()
    _trava_de(caminho, morto.pid)
    with trava(caminho, usuario="ana", agora=AGORA):
        pass
    assert list(caminho.parent.iterdir()) == [caminho]


def test_a_de_outra_maquina_se_respeita(caminho: Path) -> None:
    _trava_de(caminho, os.getpid(), "outra")
    with pytest.raises(ErroDePlanilha, match="bia na máquina outra"), trava(caminho, usuario="ana", agora=AGORA):
        pass


def test_a_ilegivel_se_toma(caminho: Path) -> None:
    caminho.with_name(f".{caminho.name}.guiche-trava").write_text("{", "utf-8")
    with trava(caminho, usuario="ana", agora=AGORA):
        pass


def test_aberta_no_excel(caminho: Path) -> None:
    caminho.with_name("~$x.xlsx").write_bytes(b"")
    with pytest.raises(ErroDePlanilha) as erro, trava(caminho, usuario="ana", agora=AGORA):
        pass
    assert erro.value.codigo == "pasta.aberta_no_excel"
