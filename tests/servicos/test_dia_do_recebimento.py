"""Dinheiro que entrou tem data que já passou."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from guiche.cli import main
from tests.servicos.apoio import HOJE, cliente, ler, montar, titulo

HOJE_DITO = ("--hoje", HOJE.isoformat(), "--json")


@pytest.mark.caso("O-15")
@pytest.mark.parametrize("ato", ["titulo", "fechamentos"])
@pytest.mark.parametrize(
    ("dia", "serve"),
    [
        (date(2099, 1, 1), False), (HOJE + timedelta(1), False), (date(2, 11, 30), False), (date(1994, 6, 30), False),
        (HOJE, True), (HOJE - timedelta(40), True),
    ],
)  # fmt: skip
def test_recebimento_de_um_dia_que_nao_chegou_se_recusa(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ato: str, dia: date, *, serve: bool
) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", HOJE, "10.00", fechamento="")])
    args = ["titulo", "receber", str(caminho), "T1", "--valor", "10,00"]
    if ato == "fechamentos":
        args = ["fechamentos", "receber", str(caminho), "1"]
    rc = main([*args, "--dia", dia.isoformat(), *HOJE_DITO])
    saiu = capsys.readouterr()
    texto = saiu.out + saiu.err
    assert ("titulo.dia" in texto) == (not serve)
    if ato == "titulo":
        assert (rc == 0) == serve
        assert [m["data"] for m in ler(caminho, "caixa")] == ([dia] if serve else [])
