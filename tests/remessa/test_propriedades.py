"""Seja qual for a entrada: ou uma remessa com toda linha na largura, ou um erro do Guichê que nomeia o que houve."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guiche.erros import ErroGuiche
from guiche.remessa.chaves import Chave, catalogo
from guiche.remessa.composicao import compor
from guiche.remessa.pedido import ler_pedido
from guiche.remessa.receita import receita
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, completo, empresa, minimo

_LIXO = st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text(), max_size=2))
_DATAS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
_POR_TIPO: dict[str, st.SearchStrategy[Any]] = {
    "texto": st.text(max_size=30),
    "nome": st.text(max_size=60),
    "algarismos": st.from_regex(r"\A[0-9.\-/]{0,20}\Z"),
    "documento": st.sampled_from(["", "52998224725", "11222333000181", "12ABC34501DE35", "1"]),
    "centavos": st.integers(-1, 10**18),
    "percentual": st.integers(-1, 10**6),
    "inteiro": st.integers(-1, 10**6),
    "data": st.none() | _DATAS,
    "nomes": st.lists(st.text(max_size=50), max_size=12),
    "descontos": st.lists(st.tuples(_DATAS, st.integers(0, 10**6)), max_size=4),
}


def _valor(chave: Chave) -> st.SearchStrategy[Any]:
    proprio = st.sampled_from(["", *chave.opcoes]) if chave.tipo == "opcao" else _POR_TIPO[chave.tipo]
    return st.one_of(proprio, proprio, proprio, _LIXO)


def _algumas(lado: str) -> st.SearchStrategy[dict[str, Any]]:
    chaves = catalogo(lado)
    return st.lists(st.sampled_from(sorted(chaves)), max_size=5, unique=True).flatmap(
        lambda nomes: st.fixed_dictionaries({n: _valor(chaves[n]) for n in nomes})
    )


def _conferir(nome: str, conteudo: bytes) -> None:
    uma = receita(nome)
    linhas = conteudo.removesuffix(uma.fim_de_arquivo).split(b"\r\n")
    assert linhas.pop() == b""
    larguras = {r.largura for r in uma.registros}
    assert all(len(linha) in larguras and linha.isascii() and b"\n" not in linha for linha in linhas)


@given(st.sampled_from(GRAVAVEIS), _algumas("empresa"), st.lists(_algumas("titulo"), min_size=1, max_size=3), st.data())
def test_ou_sai_certa_ou_se_recusa(
    nome: str, da_empresa: dict[str, Any], titulos: list[dict[str, Any]], dados: st.DataObject
) -> None:
    uma = receita(nome)
    base = dados.draw(st.sampled_from([minimo(7), completo(uma, 7), {}]))
    try:
        feita = compor(nome, empresa(nome) | da_empresa, [base | t for t in titulos], AGORA)
    except ErroGuiche as erro:
        assert erro.codigo.split(".")[0] in {"remessa", "campo", "boleto", "layout"}
        return
    _conferir(nome, feita.conteudo)


@given(st.sampled_from(GRAVAVEIS), st.data())
def test_o_campo_dado_pelo_nome_nao_quebra_a_linha(nome: str, dados: st.DataObject) -> None:
    livres = receita(nome).livres()
    escolhidos = dados.draw(st.lists(st.sampled_from(sorted(livres)), max_size=4, unique=True))
    titulo = minimo(5) | {n: dados.draw(_LIXO) for n in escolhidos}
    try:
        _conferir(nome, compor(nome, empresa(nome), [minimo(4), titulo], AGORA).conteudo)
    except ErroGuiche as erro:
        assert erro.mensagem


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda filhos: st.lists(filhos, max_size=3) | st.dictionaries(st.text(max_size=8), filhos, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(GRAVAVEIS), st.dictionaries(st.sampled_from(sorted(catalogo("titulo"))), _JSON, max_size=4))
def test_o_pedido_json_ou_se_le_ou_se_recusa(nome: str, titulo: dict[str, Any]) -> None:
    base = {**minimo(), "valor_titulo": "10.00", "data_vencimento": "2026-08-04"}
    pedido = {"layout": nome, "data_hora": AGORA.isoformat(), "empresa": {}, "titulos": [{**base, **titulo}]}
    pedido["empresa"] = {n: str(v) for n, v in empresa(nome).items()}
    try:
        lido = ler_pedido(json.dumps(pedido))
        _conferir(nome, compor(lido.layout, lido.empresa, lido.titulos, lido.data_hora).conteudo)
    except ErroGuiche as erro:
        assert erro.mensagem
