"""Nada do que a pessoa pôs na pasta de trabalho se perde, nem quando outro programa a grava."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from guiche.planilha.modelo import construir
from guiche.servicos.debito.gerar import gerar
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, titulo

MINHA = "Minhas contas"


def _enriquecer(caminho: Path) -> None:
    """O que uma pessoa de finanças costuma pôr: aba própria, fórmulas, gráfico, comentário, cores, nomes."""
    pasta = openpyxl.load_workbook(caminho)
    minha = pasta.create_sheet(MINHA, 0)
    minha["A1"], minha["B1"] = "Total a receber", "=SUM(tbTitulos[Valor])"
    for n in range(2, 8):
        minha.cell(n, 1, f"mês {n}")
        minha.cell(n, 2, n * 100)
    linha = LineChart()
    linha.add_data(Reference(minha, min_col=2, min_row=2, max_row=7))
    minha.add_chart(linha, "D2")
    minha.merge_cells("A9:C9")
    minha["A9"].hyperlink = "https://exemplo.com.br"
    minha.conditional_formatting.add("B2:B7", DataBarRule("min", 0, "max", 0, "638EC6"))  # type: ignore[no-untyped-call]
    lista = DataValidation(type="list", formula1='"sim,talvez"')
    lista.add("C2:C7")
    minha.add_data_validation(lista)
    pasta.defined_names["meta_do_mes"] = DefinedName("meta_do_mes", attr_text=f"'{MINHA}'!$B$7")
    titulos = pasta["Títulos"]
    titulos["D3"].comment = Comment("Ligar antes de cobrar", "Ana")
    titulos["L3"].fill = PatternFill("solid", fgColor="FFEB9C")
    titulos["L3"].font = Font(italic=True, color="9C5700")
    titulos.column_dimensions["D"].hidden = True
    titulos["X3"] = "=H3*2"
    pasta.save(caminho)


def _partes(caminho: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(caminho) as pacote:
        return {nome: pacote.read(nome) for nome in pacote.namelist()}


@pytest.fixture
def rica(tmp_path: Path) -> Path:
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1)],
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=5), "10.00", "A", observacao="obs") for n in range(4)],
    )
    _enriquecer(caminho)
    return caminho


def test_o_ato_so_toca_nas_suas_abas(rica: Path) -> None:
    antes = _partes(rica)
    with na(rica) as ctx:
        gerar(ctx)
    depois = _partes(rica)
    assert set(antes) - set(depois) <= {"xl/calcChain.xml"}
    mudaram = {nome for nome in depois if antes.get(nome) != depois[nome]}
    pasta = openpyxl.load_workbook(rica)
    do_guiche = {f"xl/worksheets/sheet{n}.xml" for n, nome in enumerate(pasta.sheetnames, 1) if nome != MINHA}
    assert mudaram <= do_guiche | {n for n in depois if n.startswith("xl/tables/")}
    assert [t["situacao"] for t in ler(rica, "titulos")] == ["ENVIADO"] * 4


def test_o_que_a_pessoa_pos_continua_na_aba_de_titulos(rica: Path) -> None:
    with na(rica) as ctx:
        gerar(ctx)
    pasta = openpyxl.load_workbook(rica)
    titulos = pasta["Títulos"]
    assert titulos["D3"].comment.text == "Ligar antes de cobrar"
    assert (titulos["L3"].fill.fgColor.rgb, titulos["L3"].font.i) == ("00FFEB9C", True)
    assert titulos.column_dimensions["D"].hidden
    assert titulos["X3"].value == "=H3*2"
    assert pasta[MINHA]["B1"].value == "=SUM(tbTitulos[Valor])"
    assert "meta_do_mes" in pasta.defined_names
    assert len(pasta[MINHA]._charts) == 1  # type: ignore[attr-defined]


def _contas(caminho: Path) -> dict[str, dict[str, int]]:
    """Por aba: tabelas, listas, formatos condicionais, gráficos, filtros e proteção."""
    pasta = openpyxl.load_workbook(caminho)
    contas: dict[str, dict[str, int]] = {}
    for aba in pasta.worksheets:
        graficos: list[Any] = aba._charts  # type: ignore[attr-defined]
        listas = [v for v in aba.data_validations.dataValidation if v.type == "list"]
        contas[aba.title] = {
            "tabelas": len(aba.tables),
            "filtros": sum(t.autoFilter is not None for t in aba.tables.values()),
            "listas": len(listas),
            "regras": sum(len(faixa.rules) for faixa in aba.conditional_formatting),
            "graficos": len(graficos),
            "protegida": int(aba.protection.sheet),
            "congelada": int(aba.freeze_panes is not None),
        }
    return contas


def test_a_ida_e_volta_pelo_openpyxl_guarda_partes_e_contas(tmp_path: Path) -> None:
    construir(tmp_path / "m.xlsx")
    openpyxl.load_workbook(tmp_path / "m.xlsx").save(tmp_path / "v.xlsx")

    def nomes(caminho: Path) -> set[str]:
        return {re.sub(r"\d+", "#", nome) for nome in _partes(caminho)}

    sumiram = nomes(tmp_path / "m.xlsx") - nomes(tmp_path / "v.xlsx")
    assert sumiram <= {"xl/sharedStrings.xml"}, "o openpyxl põe os textos dentro das células"
    assert _contas(tmp_path / "v.xlsx") == _contas(tmp_path / "m.xlsx")


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="não há LibreOffice nesta máquina")
def test_o_libreoffice_abre_com_filtros_listas_bolas_e_graficos(tmp_path: Path) -> None:
    construir(tmp_path / "m.xlsx")
    perfil = f"-env:UserInstallation={(tmp_path / 'perfil').as_uri()}"
    comando = ["soffice", perfil, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*comando, str(tmp_path / "lo"), str(tmp_path / "m.xlsx")], check=True, capture_output=True)
    antes, depois = _contas(tmp_path / "m.xlsx"), _contas(tmp_path / "lo" / "m.xlsx")
    assert list(depois) == list(antes)
    for aba, contas in antes.items():
        for que in ("tabelas", "filtros", "graficos", "protegida"):
            assert (aba, que, depois[aba][que]) == (aba, que, contas[que])
        assert depois[aba]["listas"] >= bool(contas["listas"])
    bolas = openpyxl.load_workbook(tmp_path / "lo" / "m.xlsx")["Remessas"].conditional_formatting
    assert [r.iconSet.iconSet for f in bolas for r in f.rules if r.iconSet] == ["4TrafficLights"]
