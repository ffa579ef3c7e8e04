"""O validador da Microsoft (Open XML SDK), empacotado para o node: o segundo juiz dos arquivos do Office."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def ooxml_validate(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """O validador da Microsoft (Open XML SDK), empacotado para o node."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("não há npm nesta máquina")
    pasta = tmp_path_factory.mktemp("npm")
    comando = [npm, "install", "--prefix", str(pasta), "--no-audit", "--no-fund", "--fetch-retries=0"]
    try:
        feito = subprocess.run([*comando, "@ooxml-tools/validate@0.4.6"], cwd=pasta, capture_output=True, timeout=90)  # noqa: PLW1510
    except subprocess.TimeoutExpired:
        pytest.skip("o npm não respondeu a tempo")
    if feito.returncode:
        pytest.skip("o npm não instalou @ooxml-tools/validate")
    programa = shutil.which("ooxml-validate", path=pasta / "node_modules" / ".bin")  # no Windows, um .cmd
    assert programa
    return [programa, "-f", "xlsx", "--of", "json"]


def sdk(comando: list[str], arquivo: Path, versao: str) -> list[str]:
    """O que o validador acha no arquivo, na versão do Office dada."""
    feito = subprocess.run([*comando, "--ov", versao, str(arquivo)], capture_output=True, encoding="utf-8", check=True)
    return [erro["description"] for erro in json.loads(feito.stdout)]
