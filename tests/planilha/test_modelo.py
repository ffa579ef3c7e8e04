"""O modelo de pasta de trabalho, aba por aba, contra o esquema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from guiche.atos import Painel, paineis
from guiche.planilha.esquema import Coluna, Tabela, esquema
from guiche.planilha.inicio import LINHAS
from guiche.planilha.modelo import ULTIMA_LINHA, construir

TABELAS = pytest.mark.parametrize("tabela", esquema().values(), ids=esquema().keys())


@pytest.fixture(scope="module")
def modelo(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    caminho = tmp_path_factory.mktemp("modelo") / "modelo.xlsx"
    construir(caminho)
    return load_workbook(caminho)


def _aceitos(coluna: Coluna) -> tuple[str, ...]:
    return ("Sim", "Não") if coluna.tipo == "sim_nao" else coluna.lista


def test_duas_construcoes_dao_os_mesmos_bytes(tmp_path: Path) -> None:
    for nome in ("a.xlsx", "b.xlsx"):
        construir(tmp_path / nome)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_abas_na_ordem_do_esquema(modelo: Workbook) -> None:
    assert modelo.sheetnames == [*(t.aba for t in esquema().values()), "Ajuda"]


@TABELAS
def test_cabecalhos_na_ordem_do_esquema_e_congelados(modelo: Workbook, tabela: Tabela) -> None:
    aba = modelo[tabela.aba]
    assert [c.value for c in aba[1]] == [c.titulo for c in tabela.colunas]
    assert aba.freeze_panes == "B2"
    assert list(aba.tables) == [tabela.nome]


DE_LINHAS_LIVRES = pytest.mark.parametrize(
    "tabela", [t for t in esquema().values() if not t.painel], ids=lambda t: t.id
)


@pytest.mark.parametrize("painel", paineis().values(), ids=paineis().keys())
def test_filtros_com_lista_formato_e_ponta_que_nao_se_usa_trancada(modelo: Workbook, painel: Painel) -> None:
    aba = modelo[painel.aba]
    listas = {str(v.sqref): v.formula1 for v in aba.data_validations.dataValidation if v.type == "list"}
    formatos = {"data": "dd/mm/yyyy", "datas": "dd/mm/yyyy", "valor": "#,##0.00", "inteiro": "0"}
    for n, opcao in enumerate(painel.opcoes, 2):
        assert (aba.cell(n, 1).value, aba.cell(n, 4).value) == (opcao.titulo, opcao.ajuda)
        assert aba.cell(n, 2).number_format == formatos.get(opcao.tipo, "@")
        aceitos = ("Sim", "Não") if opcao.tipo == "sim_nao" else opcao.lista
        assert listas.get(f"B{n}") == (f'"{",".join(aceitos)}"' if aceitos else None)
        assert [aba.cell(n, i).protection.locked for i in (1, 2, 3, 4)] == [True, False, len(opcao.chaves) == 1, True]


def test_a_aba_inicio_tem_os_quatro_graficos(modelo: Workbook) -> None:
    graficos: list[Any] = modelo["Início"]._charts  # type: ignore[attr-defined]
    assert len(graficos) == 4
    faixas = {serie.val.numRef.f for g in graficos for serie in g.series}
    assert faixas == {
        f"'Início'!${coluna}${de}:${coluna}${ate}"
        for quadro, colunas in (("A receber por vencimento", "D"), ("Previsto × recebido", "DE"),
                                ("Recebido por dia", "D"), ("Recusas por motivo, 90 dias", "C"))
        for de, ate in (LINHAS[quadro],)
        for coluna in colunas
    }  # fmt: skip


@DE_LINHAS_LIVRES
def test_cada_lista_se_valida_na_coluna_inteira(modelo: Workbook, tabela: Tabela) -> None:
    listas = {str(v.sqref): v.formula1 for v in modelo[tabela.aba].data_validations.dataValidation if v.type == "list"}
    letras = {get_column_letter(i): c for i, c in enumerate(tabela.colunas, 1)}
    assert listas == {
        f"{letra}2:{letra}{ULTIMA_LINHA}": f'"{",".join(_aceitos(c))}"' for letra, c in letras.items() if _aceitos(c)
    }


@TABELAS
def test_toda_lista_se_filtra_pelo_cabecalho_mesmo_protegida(modelo: Workbook, tabela: Tabela) -> None:
    aba = modelo[tabela.aba]
    assert aba.tables[tabela.nome].autoFilter.ref == aba.tables[tabela.nome].ref
    if aba.protection.sheet:
        assert (aba.protection.autoFilter, aba.protection.sort) == (False, False)  # falso é livre


@TABELAS
def test_so_as_abas_do_guiche_se_protegem(modelo: Workbook, tabela: Tabela) -> None:
    assert modelo[tabela.aba].protection.sheet == (tabela.do_guiche or bool(tabela.painel))
    if tabela.painel:
        return
    for i, coluna in enumerate(tabela.colunas, 1):
        assert modelo[tabela.aba].cell(2, i).protection.locked == (coluna.dono == "guiche")
