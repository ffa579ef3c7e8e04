"""Cada tipo de célula: o que se aceita, como se lê, e o que se recusa."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiche.dominio import cadastro
from guiche.planilha.celulas import LEITORES, Recusa, de_lista
from guiche.planilha.esquema import esquema
from guiche.planilha.validacao import leitor, ler_coluna
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.privacidade import copia
from tests.servicos.apoio import cliente, ler, montar, na, titulo

BOAS: list[tuple[str, Any, Any]] = [
    ("codigo", 17.0, "17"), ("codigo", " 007 ", "007"), ("codigo", None, ""), ("codigo", 5, "5"),
    ("texto", 12.0, "12"), ("texto", None, ""), ("texto", True, "VERDADEIRO"), ("texto", False, "FALSO"),
    ("valor", 0.1 + 0.2, 30), ("valor", "R$ 1.234,56", 123456), ("valor", "1234.56", 123456),
    ("valor", "1.234", 123400),
    ("valor", Decimal("7.50"), 750), ("valor", "", None), ("valor", 9999999999.99, 999999999999),
    ("data", datetime(2026, 8, 4), date(2026, 8, 4)), ("data", "4/8/2026", date(2026, 8, 4)),
    ("data", "2026-08-04", date(2026, 8, 4)), ("data", " ", None),
    ("inteiro", 3.0, 3), ("inteiro", "3", 3), ("inteiro", None, None),
    ("percentual", 0.025, 250), ("percentual", "2,5%", 250), ("percentual", None, None),
    ("sim_nao", "não", False), ("sim_nao", "S", True), ("sim_nao", True, True), ("sim_nao", " ", None),
]  # fmt: skip
RUINS: list[tuple[str, Any, str]] = [
    ("codigo", 1.5, "celula.codigo"), ("codigo", date(2026, 1, 2), "celula.virou_data"),
    ("codigo", True, "celula.codigo"),
    ("valor", 10.005, "celula.centavos"), ("valor", "10,005", "celula.valor"), ("valor", -0.01, "celula.valor"),
    ("valor", 1e20, "celula.valor"), ("valor", float("nan"), "celula.valor"), ("valor", True, "celula.valor"),
    ("valor", "1,234.56", "celula.valor"), ("valor", Decimal("0.001"), "celula.centavos"),
    ("data", 46000.0, "celula.data"), ("data", "04/08/26", "celula.data"), ("data", date(1926, 1, 1), "celula.data"),
    ("data", "31/02/2026", "celula.data"),
    ("inteiro", 1.5, "celula.inteiro"), ("inteiro", -1, "celula.inteiro"), ("inteiro", "x", "celula.inteiro"),
    ("percentual", 2.5, "celula.percentual"), ("percentual", "2,5", "celula.percentual"),
    ("sim_nao", "talvez", "celula.sim_nao"), ("sim_nao", 1.0, "celula.sim_nao"),
]  # fmt: skip


@pytest.mark.parametrize(("tipo", "cru", "lido"), BOAS)
def test_celula_boa(tipo: str, cru: Any, lido: Any) -> None:
    assert LEITORES[tipo](cru) == lido


@pytest.mark.parametrize(("tipo", "cru", "codigo"), RUINS)
def test_celula_ruim(tipo: str, cru: Any, codigo: str) -> None:
    with pytest.raises(Recusa) as recusa:
        LEITORES[tipo](cru)
    assert recusa.value.codigo == codigo


def test_lista_aceita_sem_acento_e_em_minusculas() -> None:
    ler = de_lista(("PRODUCAO", "TESTE"))
    assert (ler("produção"), ler(None)) == ("PRODUCAO", "")
    with pytest.raises(Recusa):
        ler("homologação")


@pytest.mark.parametrize(
    ("tabela", "classe"),
    [
        ("contas", cadastro.Conta), ("clientes", cadastro.Cliente), ("empresas", cadastro.Empresa),
        ("titulos", cadastro.Titulo), ("filiais", cadastro.Codigo), ("tipos_doc", cadastro.Codigo),
        ("feriados", cadastro.Feriado), ("cobranca", cadastro.Cobranca),
    ],
)  # fmt: skip
def test_as_colunas_do_operador_sao_as_da_classe(tabela: str, classe: Any) -> None:
    assert esquema()[tabela].ids("operador") == classe._fields


def test_retornos_tem_as_seis_colunas() -> None:
    titulos = [c.titulo for c in esquema()["retornos"].colunas[:6]]
    assert titulos == ["Código", "Nº retorno", "Tipo", "Data emissão", "Data importação", "Usuário"]


CELULAS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.floats(-1, 1e6), st.decimals(0, 99, places=2),
    st.sampled_from(["", " ", "007", " a b ", "R$ 1,00", "10,00", "SIM", "2026-08-04", "\u00a0x", "PAGO"]),
    st.sampled_from([0.0, 1.0, 12.34]),
    st.dates(date(1980, 1, 1), date(2110, 1, 1)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(*[CELULAS] * 12), min_size=1, max_size=4))
def test_ler_por_coluna_da_o_mesmo_que_celula_a_celula(linhas: list[tuple[Any, ...]]) -> None:
    colunas = [c for c in esquema()["titulos"].colunas if c.dono == "operador"]
    for coluna, celulas in zip(colunas, zip(*linhas, strict=True), strict=True):
        try:
            esperado = [leitor(coluna)(celula) for celula in celulas]
        except Recusa:
            with pytest.raises(Recusa):
                ler_coluna(coluna, celulas)
        else:
            assert list(ler_coluna(coluna, celulas)) == esperado


@pytest.mark.parametrize("tipo", ["codigo", "valor", "data", "inteiro", "percentual"])
def test_a_celula_com_verdadeiro_se_recusa_na_nossa_lingua(tipo: str) -> None:
    with pytest.raises(Recusa) as recusa:
        LEITORES[tipo](True)
    assert "True" not in recusa.value.frase


@pytest.mark.caso("P-05")
def test_verdadeiro_na_observacao_nao_para_nenhum_ato(tmp_path: Path) -> None:
    """Digitado numa célula de formato geral, o Excel faz dele um valor lógico; numa de texto, não."""
    pasta = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 9, 1), "7.00", observacao=True)])
    with na(pasta) as ctx:
        assert gerar(ctx).feito
    with na(pasta) as ctx:
        copia.copiar(ctx, tmp_path / "mascarada.xlsx")
    assert [(t["situacao"], t["observacao"]) for t in ler(pasta, "titulos")] == [("ENVIADO", True)]
