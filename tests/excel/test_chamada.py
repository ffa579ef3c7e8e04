"""Qual pasta chamou o Python: o nome vem na linha de comando, e acha-se entre as abertas."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest
import xlwings as xw

from guiche.erros import ErroDePlanilha
from guiche.excel.chamada import livro_que_chamou, nome_da_pasta, opcoes


def cifrado(nome: str) -> str:
    return nome.encode("utf-16-be").hex().upper()


def abrir(app: Any, caminho: Path) -> xw.Book:
    livro: xw.Book = app.abrir(caminho)
    return livro


@pytest.mark.parametrize("nome", ["Cobrança=2026.xlsx", "100% %TEMP%.xlsx", "a|b;c.xlsx", "日本📄.xlsx", "Pasta1", ""])
def test_o_nome_chega_inteiro(nome: str) -> None:
    assert nome_da_pasta(opcoes(["-c", f"--wb={cifrado(nome)}", "--from_xl=1"])["wb"]) == nome


def test_o_suplemento_de_antes_dizia_o_nome_como_e() -> None:
    assert nome_da_pasta(opcoes(["--wb=Cobrança=2026.xlsx"])["wb"]) == "Cobrança=2026.xlsx"
    assert nome_da_pasta("Abade.xlsx") == "Abade.xlsx"


@pytest.mark.skipif(sys.platform == "win32", reason="no Windows acha-se pela janela do Excel que chamou")
@pytest.mark.parametrize("forma", ["NFC", "NFD"])
def test_acha_se_a_pasta_entre_as_abertas(app: Any, tmp_path: Path, forma: Literal["NFC", "NFD"]) -> None:
    nomes = ["Cobrança=2026.xlsx", "Cobrança.xlsx", "Outra %TEMP%.xlsx"]
    for nome in nomes:
        openpyxl.Workbook().save(tmp_path / nome)
        abrir(app, tmp_path / nome)
    for nome in nomes:
        dito = unicodedata.normalize(forma, nome).upper()
        assert livro_que_chamou(["-c", f"--wb={cifrado(dito)}", "--from_xl=1"]).name == nome


@pytest.mark.skipif(sys.platform == "win32", reason="no Windows acha-se pela janela do Excel que chamou")
def test_a_pasta_que_se_fechou_se_diz(app: Any, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    abrir(app, tmp_path / "a.xlsx")
    with pytest.raises(ErroDePlanilha) as erro:
        livro_que_chamou([f"--wb={cifrado('b.xlsx')}"])
    assert erro.value.codigo == "pasta.nao_escolhida"
    assert str(erro.value.local) == "b.xlsx"


def test_sem_nome_na_linha_de_comando_vale_a_pasta_dita_ao_xlwings(app: Any, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    abrir(app, tmp_path / "a.xlsx").set_mock_caller()
    assert livro_que_chamou(["-c"]).name == "a.xlsx"
