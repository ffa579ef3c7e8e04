"""Quebra em páginas e medida do texto, sem PDF nenhum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guiche.documentos.folha import Bloco, Tela, empilhar
from guiche.documentos.tipografia import MENOR_CORPO, NORMAL, corpo_que_cabe, imprimivel, largura, quebrar


def _nada(_tela: Tela, _topo: float) -> None: ...


CABECALHO = Bloco(10, _nada)


@given(st.lists(st.tuples(st.floats(1, 80), st.booleans()), max_size=60))
def test_nenhuma_pagina_passa_da_altura_e_nenhum_bloco_se_perde(medidas: list[tuple[float, bool]]) -> None:
    blocos = [Bloco(altura, _nada, tabela) for altura, tabela in medidas]
    paginas = empilhar(blocos, 100, CABECALHO)
    assert [b for pagina in paginas for b in pagina if b is not CABECALHO] == blocos
    assert all(sum(b.altura for b in pagina) <= 100 + 1e-9 for pagina in paginas)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_linha_de_tabela_vem_sempre_debaixo_do_cabecalho(tabelas: list[bool]) -> None:
    for pagina in empilhar([Bloco(30, _nada, t) for t in tabelas], 100, CABECALHO):
        for anterior, bloco in zip([None, *pagina], pagina, strict=False):
            if bloco.tabela:
                assert anterior is CABECALHO or (anterior is not None and anterior.tabela)


@given(st.text(max_size=80), st.floats(20, 200))
def test_quebrar_guarda_toda_letra_e_cabe(texto: str, disponivel: float) -> None:
    linhas = quebrar(texto, NORMAL, 8, disponivel)
    esperado = "".join(imprimivel(linha) for linha in texto.splitlines())
    assert "".join("".join(linhas).split()) == "".join(esperado.split())
    assert all(largura(linha, NORMAL, 8) <= disponivel for linha in linhas)


@given(st.text(alphabet="0123456789.,-", min_size=1, max_size=40), st.floats(10, 200))
def test_corpo_que_cabe_cabe_mesmo(texto: str, disponivel: float) -> None:
    corpo = corpo_que_cabe(texto, NORMAL, 8, disponivel)
    assert corpo == MENOR_CORPO or largura(texto, NORMAL, corpo) <= disponivel
    assert MENOR_CORPO <= corpo <= 8


@given(st.text())
def test_imprimivel_sempre_cabe_no_winansi(texto: str) -> None:
    feito = imprimivel(texto)
    assert feito.encode("cp1252").decode("cp1252") == feito
