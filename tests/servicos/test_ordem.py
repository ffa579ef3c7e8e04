"""Cada lista se ordena por qualquer cabeçalho, crescente e depois decrescente, e assim fica de um ato para o outro."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.erros import ErroDeRegra
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.celulas import ErroDeFormula
from guiche.planilha.esquema import esquema
from guiche.planilha.ordem import Ordem, em_ordem, tem_ordem
from guiche.planilha.porta import Ligacao
from guiche.servicos.cuidados.integridade import verificar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.pasta.ordem import DESTINOS, ordenar
from guiche.servicos.treino.demo import demonstrar
from tests.servicos.apoio import HOJE, autor, ler, na

REFEITAS = [t.id for t in esquema().values() if tem_ordem(t)]


@pytest.fixture(scope="module")
def exemplo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstrar(tmp_path_factory.mktemp("exemplo"), autor(HOJE)).arquivos[0]


def _pedir(caminho: Path, lista: str, coluna: str, *, decrescente: bool = False) -> Any:
    with na(caminho, HOJE + timedelta(days=30)) as ctx:
        return ordenar(ctx, lista, coluna, decrescente=decrescente)


def _coluna(caminho: Path, tabela: str, coluna: str) -> list[Any]:
    return [linha[coluna] for linha in ler(caminho, tabela)]


@pytest.mark.requisito("K-07")
@pytest.mark.parametrize("lista", REFEITAS)
def test_cada_lista_por_cada_cabecalho_nos_dois_sentidos(exemplo: Path, lista: str) -> None:
    """Um pedido, crescente; outro na mesma coluna, decrescente; noutra coluna, crescente de novo."""
    tabela = esquema()[lista]
    for coluna in tabela.colunas if len(ler(exemplo, lista)) > 1 else tabela.colunas[:1]:
        for desce in (False, True):
            assert _pedir(exemplo, tabela.aba, coluna.titulo).dados["decrescente"] is desce
            valores = [v for v in _coluna(exemplo, lista, coluna.id) if v != ""]
            if not any(isinstance(v, str) for v in valores):
                assert valores == sorted(valores, reverse=desce)
    assert _pedir(exemplo, lista, "1").dados["decrescente"] is (len(tabela.colunas) == 1)


def test_o_que_tem_e_de_quem_e_as_listas() -> None:
    da_pessoa = {"titulos", "clientes", "contas", "cobranca", "condicoes", "empresas", "fechamentos", "filiais",
                 "tipos_doc", "feriados"}  # fmt: skip
    assert not da_pessoa & set(REFEITAS)
    assert {"remessas", "retornos", "boletos", "divergencias", "diario", "problemas"} <= set(REFEITAS)
    ligacoes = {t.id for t in esquema().values() if t.posicao("ligacao") >= 0}
    assert set(REFEITAS) >= DESTINOS
    assert ligacoes == {"retornos"}


def test_a_ordem_fica_depois_de_outro_ato(exemplo: Path) -> None:
    _pedir(exemplo, "Diário", "O que fez" if "O que fez" in _titulos("diario") else "1")
    _pedir(exemplo, "remessas", "nsa", decrescente=True)
    antes = _coluna(exemplo, "remessas", "nsa")
    assert antes == sorted(antes, reverse=True)
    with na(exemplo, HOJE + timedelta(days=31)) as ctx:
        assert atualizar(ctx).feito
    assert _coluna(exemplo, "remessas", "nsa") == antes


def test_lista_ordenada_confere_com_o_livro(exemplo: Path) -> None:
    """Também onde duas linhas empatam, e a ordem entre elas é a de um pedido anterior."""
    for coluna in ("Valor", "Cliente"):
        _pedir(exemplo, "Linhas enviadas", coluna, decrescente=True)
    with na(exemplo, HOJE + timedelta(days=30)) as ctx:
        achados = verificar(ctx).problemas
    assert not [p for p in achados if str(p.local).startswith("Linhas enviadas")]


def test_celula_mudada_em_lista_ordenada_ainda_se_acha(exemplo: Path) -> None:
    _pedir(exemplo, "Linhas enviadas", "Valor", decrescente=True)
    pasta = PastaEmArquivo(exemplo)
    folha = pasta.ler("remessa_linhas", ("nome",))
    pasta.atualizar("remessa_linhas", ("nome",), {folha.numeros[0]: ("Outra pessoa",)})
    pasta.salvar()
    with na(exemplo, HOJE + timedelta(days=30)) as ctx:
        achados = [p for p in verificar(ctx).problemas if "Outra pessoa" in p.mensagem]
        assert [str(p.local) for p in achados] == [f"Linhas enviadas!{folha.letras['nome']}{folha.numeros[0]}"]
        atualizar(ctx)


def _titulos(tabela: str) -> list[str]:
    return [c.titulo for c in esquema()[tabela].colunas]


def test_a_ligacao_para_uma_lista_ordenada_leva_ao_cabecalho(exemplo: Path) -> None:
    _pedir(exemplo, "Respostas do banco", "1", decrescente=True)
    coluna = [c.id for c in esquema()["retornos"].colunas].index("linhas") + 1
    aba = openpyxl.load_workbook(exemplo)["Retornos"]
    formulas = [str(aba.cell(n, coluna).value) for n in range(2, aba.max_row + 1)]
    assert any("'Respostas do banco'!A1:" in formula for formula in formulas)
    assert not any("'Respostas do banco'!A2" in formula for formula in formulas)


def test_cada_tipo_como_e_e_o_vazio_no_fim() -> None:
    tabela = esquema()["caixa"]
    ids = tabela.ids()

    def linhas(posicao: int, *valores: Any) -> list[tuple[Any, ...]]:
        return [tuple(v if i == posicao else n for i in range(len(ids))) for n, v in enumerate(valores)]

    def ordenadas(posicao: int, *valores: Any, desce: bool = False) -> list[Any]:
        ordem = {tabela.id: Ordem(ids[posicao], desce)}
        return [linha[posicao] for linha in em_ordem(tabela, linhas(posicao, *valores), ordem)]

    assert ordenadas(0, "9", None, "10", "Água", "abacate", "") == ["10", "9", "abacate", "Água", None, ""]
    assert ordenadas(0, Decimal("10.5"), None, Decimal(9), desce=True) == [Decimal("10.5"), Decimal(9), None]
    assert ordenadas(0, datetime(2026, 8, 4, 9), date(2026, 8, 4)) == [date(2026, 8, 4), datetime(2026, 8, 4, 9)]
    assert ordenadas(0, Ligacao("retornos", 0, 1, "b"), "a") == ["a", Ligacao("retornos", 0, 1, "b")]
    assert ordenadas(0, "#N/D", ErroDeFormula("#N/D"), 2, None, 1) == [1, 2, "#N/D", ErroDeFormula("#N/D"), None]
    estavel = em_ordem(tabela, [(1, "b"), (0, "b"), (1, "a")], {tabela.id: Ordem(ids[0], desce=True)})
    assert [linha[1] for linha in estavel] == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("lista", "coluna", "codigo"),
    [("Títulos", "Título", "ordem.lista"), ("Nada", "x", "ordem.lista"), ("Início", "1", "ordem.lista"),
     ("Filtros do débito", "1", "ordem.lista"), ("Remessas", "Nada", "ordem.coluna"),
     ("Remessas", "99", "ordem.coluna")],
)  # fmt: skip
def test_o_que_nao_se_ordena_diz_por_que(exemplo: Path, lista: str, coluna: str, codigo: str) -> None:
    with pytest.raises(ErroDeRegra) as erro:
        _pedir(exemplo, lista, coluna)
    assert erro.value.codigo == codigo
