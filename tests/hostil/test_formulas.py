"""Texto de fora que parece fórmula continua texto em tudo o que o Guichê escreve."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from guiche.cli import main
from guiche.excel.traducao import em_texto, gravavel, ligacao
from guiche.planilha.celulas import vira_formula
from guiche.planilha.lista import em_csv, gravar_lista
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from tests.planilha.contrato import COM_CARA_DE_FORMULA, formulas
from tests.servicos.apoio import cliente, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)
FORMULA = "=cmd|' /C calc'!A0"


def _formulas(caminho: Path) -> Iterator[str]:
    for aba in openpyxl.load_workbook(caminho):
        yield from formulas(aba)


@pytest.mark.parametrize("texto", COM_CARA_DE_FORMULA)
def test_o_que_vira_formula_se_reconhece(texto: str) -> None:
    assert vira_formula(texto) or texto.startswith("'")


@pytest.mark.parametrize("texto", ["Ana", "", "1,50", "a=b", "D'Ávila", "007"])
def test_texto_comum_nao_se_toca(texto: str) -> None:
    assert not vira_formula(texto)
    assert em_texto(texto) == texto
    assert (gravavel(texto) or "") == texto


def test_nomes_e_observacoes_com_formula_atravessam_a_remessa_e_o_retorno(tmp_path: Path) -> None:
    pessoas = [cliente("A", nome=FORMULA, email="@SOMA(A1)"), cliente("B", 2, nome="+55 11 9999")]
    devidos = [titulo("T1", DIA, "10.00", "A", observacao="-2+3"), titulo("=T2", DIA, "20.00", "B")]
    caminho = montar(tmp_path, clientes=pessoas, titulos=devidos)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "=1+1.ret", ["00", "01"])
    with na(caminho) as ctx:
        importar(ctx, tmp_path / "=1+1.ret", confirmar=True)
    assert list(_formulas(caminho)) == []
    assert ler(caminho, "movimento_banco")[0]["nome"] == FORMULA
    assert ler(caminho, "retornos")[0]["arquivo"] == "=1+1.ret"
    assert ler(caminho, "retorno_linhas")[1]["titulo"] == "=T2"


@pytest.mark.parametrize("fim", [".csv", ".xlsx"])
def test_a_lista_de_optantes_nao_leva_formula(tmp_path: Path, fim: str) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A", nome=FORMULA), cliente("B", 2, nome="\tAna")])
    saida = tmp_path / f"optantes{fim}"
    assert main(["optantes", str(caminho), "--saida", str(saida), "--hoje", "2026-08-04"]) == 0
    if fim == ".xlsx":
        assert list(_formulas(saida)) == []
        return
    celulas = [c for linha in csv.reader(saida.read_text("utf-8-sig").splitlines(), delimiter=";") for c in linha]
    assert f"'{FORMULA}" in celulas
    assert not [c for c in celulas if vira_formula(c)]


def test_o_csv_protege_cada_texto_e_nao_os_numeros() -> None:
    linhas = em_csv(["a", "b"], [("=1", -2), (" @x", date(2026, 8, 4)), ("\x1b[2J", None)]).decode("utf-8-sig")
    assert linhas.split("\r\n")[1:4] == ["'=1;-2", "' @x;04/08/2026", "␛[2J;"]


def test_o_arquivo_explicado_com_formula_e_controle(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "10.00", "A")])
    with na(caminho) as ctx:
        linhas = gerar(ctx).arquivos[-1].read_bytes().splitlines(keepends=True)
    linhas[1] = linhas[1][:1] + b"=1+1\x1b".ljust(25) + linhas[1][26:]
    (tmp_path / "x.rem").write_bytes(b"".join(linhas))
    saida = tmp_path / "x.xlsx"
    main(["arquivo", "explicar", str(tmp_path / "x.rem"), "--saida", str(saida)])
    assert list(_formulas(saida)) == []
    celulas = [str(c) for linha in openpyxl.load_workbook(saida).worksheets[0].values for c in linha]
    assert any("=1+1␛" in c for c in celulas)


def test_o_xml_gravado_nao_tem_formula_nenhuma(tmp_path: Path) -> None:
    gravar_lista(tmp_path / "x.xlsx", [("A", ["=1", "b"], [(texto, "x") for texto in COM_CARA_DE_FORMULA])])
    with ZipFile(tmp_path / "x.xlsx") as pacote:
        assert b"<f>" not in pacote.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("onde", ["=1", " =1", "\t=1", "\r\n=cmd!A1", "+x!A1", "Aba=1!A1", "=T!A1"])
def test_so_o_endereco_de_uma_aba_vira_ligacao(onde: str) -> None:
    assert not vira_formula(ligacao(onde, {"Títulos"}))


def test_ligacao_nao_se_fecha_por_dentro() -> None:
    assert ligacao('A"&cmd!B1', {'A"&cmd'}) == '=HYPERLINK("#\'A""&cmd\'!B1","A""&cmd!B1")'
