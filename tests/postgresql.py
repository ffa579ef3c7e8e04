"""Um servidor PostgreSQL de verdade, só para os testes: nasce numa pasta temporária e some no fim."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from guiche.livro.vinculo import VARIAVEL

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BANCOS = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)]
_DEPRESSA = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class SemPostgresqlError(Exception):
    """Por que não há servidor."""


def _binarios() -> Path:
    """Onde estão ``initdb`` e ``pg_ctl``; o Debian não os põe no caminho."""
    achado = shutil.which("initdb")
    candidatos = [Path(achado).resolve().parent] if achado else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not candidatos or not (candidatos[-1] / "initdb").exists():
        raise SemPostgresqlError("não há initdb: instale o pacote postgresql para rodar estes testes")
    return candidatos[-1]


def _dono() -> dict[str, Any]:
    """O PostgreSQL recusa o root: com ele, roda um usuário qualquer."""
    if sys.platform == "win32":
        raise SemPostgresqlError("o servidor de teste só se monta no Linux e no macOS")
    import pwd  # o Windows não tem

    if os.getuid() != 0:
        return {}
    nomes = {usuario.pw_name for usuario in pwd.getpwall()}
    return {"user": next(nome for nome in ("postgres", "nobody") if nome in nomes), "extra_groups": []}


def _rodar(*comando: str | Path, **opcoes: Any) -> None:
    feito = subprocess.run(
        comando, capture_output=True, encoding="utf-8", errors="replace", check=False, cwd="/", **opcoes
    )
    if feito.returncode:
        raise SemPostgresqlError(f"{Path(comando[0]).name} falhou: {feito.stderr.strip()[-300:]}")


@contextmanager
def servidor(*, ao_disco: bool = False) -> Iterator[str]:
    """O endereço de um servidor recém-nascido; ``ao_disco`` faz cada confirmação esperar pelo disco."""
    dono, binarios = _dono(), _binarios()
    with tempfile.TemporaryDirectory(prefix="guiche-pg-", dir="/tmp") as pasta:
        onde = Path(pasta)
        if dono:
            shutil.chown(onde, dono["user"])
        dados = onde / "dados"
        _rodar(
            binarios / "initdb", "-D", dados, "-U", "guiche", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
            **dono,
        )  # fmt: skip
        opcoes = f"-c listen_addresses= -k {onde} {'' if ao_disco else _DEPRESSA}"
        _rodar(
            binarios / "pg_ctl", "-D", dados, "-w", "-l", onde / "servidor.log", "-o", opcoes, "start",
            stdin=subprocess.DEVNULL, **dono,
        )  # fmt: skip
        try:
            yield f"postgresql://guiche@/postgres?host={onde}"
        finally:
            _rodar(binarios / "pg_ctl", "-D", dados, "-m", "immediate", "stop", **dono)


@pytest.fixture(scope="session")
def servidor_postgresql() -> Iterator[str]:
    """O endereço do servidor desta rodada de testes."""
    try:
        with servidor() as endereco:
            yield endereco
    except SemPostgresqlError as razao:
        pytest.skip(str(razao))


@pytest.fixture(params=BANCOS)
def banco(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Faz o teste rodar com o livro ao lado da pasta, e de novo com ele no servidor."""
    if request.param == POSTGRESQL:
        monkeypatch.setenv(VARIAVEL, request.getfixturevalue("servidor_postgresql"))
    else:
        monkeypatch.delenv(VARIAVEL, raising=False)
    return str(request.param)
