"""Os filtros como estão nas abas: cada tipo de célula, o que falta, a linha clicada."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.atos import atos, padroes, paineis
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.modelo import construir
from guiche.planilha.paineis import Clicada, ler_filtros, ler_opcoes


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    construir(tmp_path / "Cobrança.xlsx")
    return tmp_path / "Cobrança.xlsx"


def escrever(caminho: Path, painel: str, **valores: tuple[Any, Any]) -> PastaEmArquivo:
    """Escreve como a pessoa: nas células do modelo, com o formato que têm."""
    pasta = openpyxl.load_workbook(caminho)
    aba = pasta[paineis()[painel].aba]
    linhas = {o.id: n for n, o in enumerate(paineis()[painel].opcoes, 2)}
    for nome, (de, ate) in valores.items():
        aba.cell(linhas[nome], 2).value, aba.cell(linhas[nome], 3).value = de, ate
    pasta.save(caminho)
    return PastaEmArquivo(caminho)


def test_em_branco_valem_os_padroes(caminho: Path) -> None:
    for ato in atos().values():
        assert ler_filtros(PastaEmArquivo(caminho), ato) == (padroes(ato), [])


def test_cada_tipo_de_filtro(caminho: Path) -> None:
    pasta = escrever(
        caminho, "debito", conta=("BB1", None), filial=("01", "09"), por=("convenio", None), parcial=("Sim", None),
        vencimento=(date(2026, 8, 7), "31/08/2026"), data_fixa=(date(2026, 9, 1), None), cliente=(7, None),
    )  # fmt: skip
    opcoes, problemas = ler_filtros(pasta, atos()["gerar"])
    assert not problemas
    assert opcoes | {"parcial": True} == padroes(atos()["gerar"]) | {
        "conta": "BB1", "filial_de": "01", "filial_ate": "09", "por": "CONVENIO", "parcial": True, "cliente_de": "7",
        "vencimento_de": date(2026, 8, 7), "vencimento_ate": date(2026, 8, 31), "data_fixa": date(2026, 9, 1),
    }  # fmt: skip


def test_o_que_nao_se_entende_diz_a_celula(caminho: Path) -> None:
    pasta = escrever(
        caminho, "debito", por=("bairro", None), vencimento=("ontem", "32/01/2026"), parcial=("quiçá", None)
    )
    problemas = ler_filtros(pasta, atos()["conferir"])[1]
    assert {p.codigo for p in problemas} == {"celula.lista", "celula.data", "celula.sim_nao"}
    assert all(str(p.local).startswith("Filtros do débito!") for p in problemas)
    assert len(problemas) == 4


def test_o_que_falta_diz_onde_preencher_ou_clicar(caminho: Path) -> None:
    opcoes, problemas = ler_opcoes(PastaEmArquivo(caminho), atos()["titulo_receber"])
    assert [p.codigo for p in problemas] == ["filtro.falta"]
    assert problemas[0].fazer == "Para Receber, clique na linha, na aba Títulos, ou preencha Dados do título!B2."
    pasta = escrever(caminho, "titulos", numero=("T9", None), valor=(Decimal("10.50"), None))
    opcoes, problemas = ler_opcoes(pasta, atos()["titulo_receber"])
    assert (problemas, opcoes["numero"], opcoes["valor"]) == ([], "T9", 1050)


def test_a_linha_clicada_vale_mais_que_a_aba_de_filtros(caminho: Path) -> None:
    pasta = escrever(caminho, "titulos", numero=("T9", None), motivo=("erro", None))
    linha = ["T1", "C", "", "", "", None, date(2026, 8, 10), Decimal(5), None, "", "", "", *[None] * 9]
    pasta.gravar("titulos", [linha])
    pasta.salvar()
    ato = atos()["titulo_estornar"]
    numeros = [
        ler_opcoes(PastaEmArquivo(caminho), ato, clicada)[0]["numero"]
        for clicada in (Clicada("Títulos", 2), Clicada("Títulos", 9), Clicada("Remessas", 2), None)
    ]
    assert numeros == ["T1", "T9", "T9", "T9"]


def test_pasta_de_modelo_anterior_sem_a_aba_de_filtros(caminho: Path) -> None:
    pasta = PastaEmArquivo(caminho)
    del pasta._lugares["tbPainelDebito"]
    assert ler_filtros(pasta, atos()["gerar"]) == (padroes(atos()["gerar"]), [])


def test_a_chave_ilegivel_da_linha_clicada_e_problema(caminho: Path) -> None:
    pasta = openpyxl.load_workbook(caminho)
    pasta["Títulos"]["A2"].value, pasta["Títulos"]["A2"].number_format = date(2026, 8, 1), "dd/mm/yyyy"
    pasta.save(caminho)
    problemas = ler_opcoes(PastaEmArquivo(caminho), atos()["titulo_estornar"], Clicada("Títulos", 2))[1]
    assert [(p.codigo, str(p.local)) for p in problemas] == [("celula.virou_data", "Títulos!A2")]
