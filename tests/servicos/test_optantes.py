"""A lista de optantes para a agência, e as pendências com a razão."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from guiche.erros import ErroGuiche
from guiche.servicos.optantes import listar_optantes
from tests.servicos.apoio import cliente, ler, montar, na

PESSOAS = [
    cliente("1", 1, agencia="0200", empresa="E1"), cliente("2", 2, agencia="0100", empresa="E2"),
    cliente("3", 3, banco="104"), cliente("4", 4, agencia=None), cliente("5", 5, optante="Não"),
    cliente("6", 6, autorizacao_validade=date(2026, 8, 1)),
]  # fmt: skip


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return montar(tmp_path, clientes=PESSOAS)


@pytest.mark.requisito("S-49", "S-50", "S-15")
def test_so_os_do_banco_e_o_resto_com_a_razao(pasta: Path) -> None:
    with na(pasta) as ctx:
        listar_optantes(ctx)
    assert [(o["cliente"], o["agencia"]) for o in ler(pasta, "optantes")] == [("2", "0100"), ("1", "0200")]
    pendentes = {p["cliente"]: p["codigo"] for p in ler(pasta, "optantes_pendentes")}
    assert pendentes == {"3": "outro_banco", "4": "sem_conta", "6": "autorizacao_vencida"}


@pytest.mark.requisito("S-51", "S-52")
def test_pdf_csv_e_planilha_tem_as_mesmas_linhas(pasta: Path, tmp_path: Path) -> None:
    saidas = [tmp_path / f"optantes.{fim}" for fim in ("pdf", "csv", "xlsx")]
    with na(pasta) as ctx:
        listar_optantes(ctx, saidas=saidas)
    texto = PdfReader(saidas[0]).pages[0].extract_text()
    with saidas[1].open(encoding="utf-8-sig", newline="") as arquivo:
        do_csv = [linha["Nome"] for linha in csv.DictReader(arquivo, delimiter=";")]
    aba = openpyxl.load_workbook(saidas[2])["Optantes"]
    da_planilha = [linha[5] for linha in aba.iter_rows(min_row=2, values_only=True)]
    assert do_csv == da_planilha == ["Cliente 2", "Cliente 1"]
    assert aba["B2"].value == "0100"
    for parte in (*do_csv, "Pela agência", "Pela empresa", "acordo entre empresa, banco e cliente"):
        assert parte in texto


@pytest.mark.requisito("S-53")
def test_intervalo_de_empresa_conveniada(pasta: Path) -> None:
    with na(pasta) as ctx:
        feito = listar_optantes(ctx, empresa=("E2", "E2"))
    assert [o["Cliente"] for o in feito.dados["optantes"]] == ["2"]


def test_formato_desconhecido_nao_grava_nada(pasta: Path, tmp_path: Path) -> None:
    antes = pasta.read_bytes()
    with na(pasta) as ctx, pytest.raises(ErroGuiche) as erro:
        listar_optantes(ctx, saidas=[tmp_path / "optantes.docx"])
    assert erro.value.codigo == "saida.formato"
    assert pasta.read_bytes() == antes
