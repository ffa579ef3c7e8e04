"""O escritório de mentira: os mesmos atos, a mesma história, e o livro confere no fim."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.servicos.escritorio import Escritorio, Feitio, clientes, foto, primeiro_dia, titulos, viver

PEQUENO = Feitio(meses=2, debitos=9, boletos=4)
_TABELAS = ("remessa", "linha", "retorno", "boleto")


def consultar(e: Escritorio, consulta: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(e.pasta.with_suffix(".guiche.db"))) as livro:
        return livro.execute(consulta).fetchall()


@pytest.fixture(scope="module")
def escritorio(tmp_path_factory: pytest.TempPathFactory) -> Escritorio:
    return viver(tmp_path_factory.mktemp("escritorio") / "um", PEQUENO)


def test_cada_mes_manda_e_recebe_tudo(escritorio: Escritorio) -> None:
    """Por mês: uma remessa de débito e uma de boletos; o retorno do débito e os dois dos boletos."""
    contado = {t: consultar(escritorio, f"SELECT COUNT(*) FROM {t}")[0][0] for t in _TABELAS}  # noqa: S608
    assert contado["remessa"] == 2 * 2
    assert contado["retorno"] == 3 * 2
    assert contado["linha"] == 9 * 2
    assert contado["boleto"] >= 4 * 2


def test_no_fim_o_livro_e_as_abas_conferem(escritorio: Escritorio) -> None:
    feito = escritorio.fazer("integridade", hoje=primeiro_dia(3))
    assert feito["dados"]["achados"] == 0


def test_o_balcao_recebeu_dos_que_nao_tinham_saldo(escritorio: Escritorio) -> None:
    """O segundo e o terceiro débitos de cada mês não tinham saldo, e pagaram dez reais no balcão."""
    pagos = consultar(escritorio, "SELECT titulo FROM recebimento WHERE valor = 1000 ORDER BY titulo")
    assert [numero for (numero,) in pagos] == ["M001-000002", "M001-000003", "M002-000002", "M002-000003"]


def test_o_mesmo_feitio_da_o_mesmo_escritorio(escritorio: Escritorio, tmp_path: Path) -> None:
    outro = viver(tmp_path / "outro", PEQUENO)
    for consulta in (
        "SELECT titulo, valor, estado FROM linha ORDER BY id",
        "SELECT titulo, valor FROM recebimento ORDER BY id",
    ):
        assert consultar(outro, consulta) == consultar(escritorio, consulta)


def test_cada_cliente_tem_os_titulos_que_se_pedem() -> None:
    feitio = Feitio(debitos=5, boletos=3, por_cliente=2)
    dos = Counter(t.cliente for t in titulos(feitio, 1))
    assert list(dos.values()) == [2, 2, 1, 2, 1]
    assert [c["codigo"] for c in clientes(feitio)] == list(dos)
    assert [c["optante"] for c in clientes(feitio)] == ["Sim", "Sim", "Sim", "Não", "Não"]


def test_a_copia_do_mes_fica_ao_lado(tmp_path: Path) -> None:
    assert foto(tmp_path / "mesa", 3) == tmp_path / "mesa-3"
