"""O que se digita abaixo da primeira linha, no LibreOffice de verdade: código guarda os zeros, data é data."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.celulas import letras_da_coluna
from guiche.planilha.esquema import FORMATOS, Coluna, Tabela, esquema
from guiche.planilha.modelo import construir
from guiche.servicos.pasta.abas import atualizar
from tests.motores.motores import falta_libreoffice, libreoffice
from tests.servicos.apoio import na

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(falta_libreoffice()), reason=falta_libreoffice()),
]
ANTIGA = Path(__file__).parents[1] / "planilha" / "modelos" / "primeiro.xlsx"
LIVRES = [t for t in esquema().values() if not t.painel and not t.do_guiche]
TECLAS = {
    "codigo": "0002",
    "texto": "0002",
    "valor": "1234.5",
    "data": "2026-12-10",
    "inteiro": "7",
    "percentual": "2%",
}
GUARDADO = {"codigo": "0002", "texto": "0002", "valor": 1234.5, "data": 46366.0, "inteiro": 7.0, "percentual": 0.02}
"""O que tem de ficar na célula; a data é o número de dias do Excel."""


def _onde(tabela: Tabela, coluna: Coluna) -> str:
    return f"{letras_da_coluna(tabela.ids().index(coluna.id) + 1)}4"


def _digitar(pasta: Path, tabelas: list[Tabela], saida: Path) -> list[tuple[Tabela, Coluna, list[object]]]:
    onde = [(t, c) for t in tabelas for c in t.colunas if c.dono == "operador" and c.tipo in TECLAS]
    teclas = [[t.aba, _onde(t, c), TECLAS[c.tipo]] for t, c in onde]
    guardado = libreoffice(pasta, teclas=teclas, saida=str(saida))
    return [(t, c, visto) for (t, c), visto in zip(onde, guardado, strict=True)]


@pytest.mark.caso("P-01")
def test_no_modelo_novo_em_toda_coluna_de_toda_tabela_da_pessoa(tmp_path: Path) -> None:
    construir(tmp_path / "nova.xlsx")
    salva = tmp_path / "salva.xlsx"
    for tabela, coluna, (valor, formato) in _digitar(tmp_path / "nova.xlsx", LIVRES, salva):
        assert valor == GUARDADO[coluna.tipo], f"{tabela.aba}, {coluna.titulo}"
        assert str(formato).lower() == FORMATOS[coluna.tipo].lower(), f"{tabela.aba}, {coluna.titulo}"
    for id_ in ("clientes", "titulos"):
        chave = esquema()[id_].colunas[0].id
        assert PastaEmArquivo(salva).ler(id_, (chave,)).linhas == [("0002",)]


@pytest.mark.caso("P-01")
def test_numa_pasta_antiga_depois_de_atualizar(tmp_path: Path) -> None:
    pasta = tmp_path / "Cobrança.xlsx"
    shutil.copyfile(ANTIGA, pasta)
    with na(pasta) as ctx:
        atualizar(ctx)
    titulos = {t.id: t for t in LIVRES}["titulos"]
    lugar = PastaEmArquivo(pasta).lugares[titulos.nome]
    onde = [c for c in titulos.colunas if c.dono == "operador" and c.tipo in TECLAS]
    teclas = [[titulos.aba, f"{lugar.letra(c.titulo)}4", TECLAS[c.tipo]] for c in onde]
    guardado = libreoffice(pasta, teclas=teclas, saida=str(tmp_path / "salva.xlsx"))
    assert [valor for valor, _ in guardado] == [GUARDADO[c.tipo] for c in onde]


def test_a_coluna_nao_muda_a_tranca_de_nenhuma_celula(tmp_path: Path) -> None:
    """Abaixo da tabela: trancada nas abas protegidas, como antes; livre nas colunas em que a pessoa escreve."""
    construir(tmp_path / "nova.xlsx")
    pasta = openpyxl.load_workbook(tmp_path / "nova.xlsx")
    for tabela in esquema().values():
        aba = pasta[tabela.aba]
        for n, coluna in enumerate(tabela.colunas, 1):
            da_coluna = aba.column_dimensions[letras_da_coluna(n)]
            livre = coluna.dono == "operador" and not tabela.painel
            assert da_coluna.protection.locked != livre, f"{tabela.aba}, {coluna.titulo}"
            if aba.protection.sheet:
                assert da_coluna.protection.locked, f"{tabela.aba}, {coluna.titulo}"


def test_as_colunas_da_pessoa_ao_lado_da_tabela_ficam_como_ela_as_deixou(tmp_path: Path) -> None:
    pasta = tmp_path / "Cobrança.xlsx"
    shutil.copyfile(ANTIGA, pasta)
    aberta = openpyxl.load_workbook(pasta)
    aberta["Títulos"].column_dimensions["AH"].width = 33
    aberta["Títulos"].column_dimensions["G"].number_format = "dd/mm/yy"
    aberta.save(pasta)
    with na(pasta) as ctx:
        atualizar(ctx)
    depois = openpyxl.load_workbook(pasta)["Títulos"]
    assert depois.column_dimensions["AH"].width == 33
    assert depois.column_dimensions["G"].number_format == "dd/mm/yy"
    assert depois.column_dimensions["A"].number_format == "@"
    with zipfile.ZipFile(pasta) as partes:
        assert partes.testzip() is None
