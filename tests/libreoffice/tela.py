"""Um LibreOffice de verdade, com a extensão, numa tela virtual."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guiche.libreoffice.extensao import construir
from tests import tela as telas
from tests.tela import Tela, processo

ENGINE = Path(__file__).parents[2] / "engine"
PYTHON_DO_SISTEMA = "/usr/bin/python3"
TENTATIVAS = 3
"""O unopkg se recusa a correr ao lado de outro."""
PERFIL = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop>
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="UILocale" oor:op="fuse"><value>pt-BR</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>pt-BR</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
</oor:items>
"""


def falta() -> str:
    """O que falta nesta máquina para abrir o LibreOffice numa tela virtual; vazio se nada."""
    if ausentes := telas.falta("soffice", "unopkg"):
        return ausentes
    uno = subprocess.run([PYTHON_DO_SISTEMA, "-c", "import uno"], check=False, capture_output=True)
    return "" if uno.returncode == 0 else "não instalado: python3-uno"


@contextmanager
def libreoffice(onde: Tela, perfil: Path, documento: Path) -> Iterator[str]:
    """O LibreOffice aberto no documento, com perfil próprio e a extensão; dá o número da janela."""
    (perfil / "user").mkdir(parents=True)
    (perfil / "user" / "registrymodifications.xcu").write_text(PERFIL, "utf-8")
    extensao, interpretador = perfil / "guiche.oxt", perfil / "python"
    extensao.write_bytes(construir("/nao/existe/python"))
    interpretador.write_text(f'#!/bin/sh\nPYTHONPATH="{ENGINE}" exec "{sys.executable}" "$@"\n', "utf-8")
    interpretador.chmod(0o755)
    # O unopkg se recusa a instalar para o root; as extensões "de todos" podem morar no perfil, e servem a qualquer um.
    lugar = [
        f"-env:UserInstallation={perfil.as_uri()}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={(perfil / 'extensoes').as_uri()}",
    ]
    instalar = ["unopkg", "add", "--shared", "--force", "--suppress-license", *lugar, str(extensao)]
    ambiente = onde.ambiente | {"PATH": os.defpath}  # o Python de um venv no PATH confunde o que o LibreOffice embute
    _instalar(instalar, ambiente)
    abrir = ["soffice", "--norestore", "--nologo", *lugar, str(documento)]
    with processo(abrir, ambiente | {"GUICHE_PYTHON": str(interpretador)}):
        janela = onde.janela("LibreOffice Calc$")
        time.sleep(1.5)
        try:
            yield janela
        except TimeoutError:
            onde.foto("falha")
            raise


def _instalar(comando: list[str], ambiente: dict[str, str]) -> None:
    for _ in range(TENTATIVAS):
        feito = subprocess.run(comando, env=ambiente, check=False, capture_output=True, encoding="utf-8", timeout=60)
        if feito.returncode == 0:
            return
        time.sleep(1)
    raise RuntimeError(f"o unopkg não instalou a extensão: {feito.stdout}{feito.stderr}")
