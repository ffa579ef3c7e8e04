"""Todo campo codificado de todo layout que se grava: o que se escreve está no domínio que o manual dá."""

from __future__ import annotations

from typing import Any

import pytest

from guiche.cobranca.receita import Receita, receita
from guiche.layout.modelo import Campo, Registro
from guiche.layout.valores import escrever_campo
from tests.cobranca.sinteticos import GRAVAVEIS

CODIFICADOS = {
    "versao_layout_arquivo", "versao_layout_lote", "densidade_gravacao", "codigo_carteira", "tipo_cobranca",
    "forma_cadastramento", "tipo_documento", "emissao_boleto", "distribuicao_boleto", "postagem_boleto",
    "tipo_emissao", "tipo_distribuicao", "tipo_impressao", "indicador_impressao", "especie_titulo", "aceite",
    "codigo_juros", "tipo_juros", "codigo_multa", "codigo_desconto", "codigo_desconto_1", "codigo_desconto_2",
    "codigo_desconto_3", "tipo_desconto", "codigo_protesto", "codigo_baixa", "codigo_moeda", "instrucao_1",
    "tipo_chave_pix", "pix_tipo_chave", "tipo_valor", "titulo_descontavel", "indicativo_sacador",
}  # fmt: skip
"""Os campos de que o manual lista os valores."""
_DA_CONTA = {"carteira", "variacao", "agencia_dv", "conta_dv"}
"""O que a conta traz, e que só o contrato com o banco fecha."""
em_cada = pytest.mark.parametrize("nome", GRAVAVEIS)


def _campos(uma: Receita) -> list[tuple[Registro, Campo]]:
    return [(r, c) for r in uma.registros for c in r.campos if c.nome and c.fixo is None]


def _valores(uma: Receita, registro: Registro, campo: Campo) -> list[str]:
    """O que o layout escreve no campo, na largura dele; vazio se vem da conta ou do título."""
    fonte = uma.fontes[registro.codigo].get(campo.nome)
    if fonte is None:
        return [escrever_campo(campo, None)]
    if fonte.constante is not None:
        return [escrever_campo(campo, fonte.constante)]
    if fonte.tabela:
        return [escrever_campo(campo, v) for v in uma.codigos[fonte.tabela].values()]
    return []


@em_cada
@pytest.mark.caso("B-11", "B-12", "B-14", "B-15")
def test_o_padrao_e_cada_codigo_estao_no_dominio(nome: str) -> None:
    uma = receita(nome)
    for registro, campo in _campos(uma):
        for valor in _valores(uma, registro, campo) if campo.dominio and campo.tipo == "texto" else ():
            assert valor in campo.dominio or not valor.strip(), (registro.codigo, campo.nome, valor)


@em_cada
def test_todo_campo_codificado_tem_dominio_com_a_pagina_do_manual_ou_a_duvida(nome: str) -> None:
    uma = receita(nome)
    for registro, campo in _campos(uma):
        fonte = uma.fontes[registro.codigo].get(campo.nome)
        livre = fonte is not None and (fonte.chave in _DA_CONTA or bool(fonte.modelo))
        if campo.nome in CODIFICADOS and not livre and _valores(uma, registro, campo) != [" " * campo.largura]:
            assert campo.dominio, (registro.codigo, campo.nome)
            assert campo.manual, (registro.codigo, campo.nome)


@em_cada
def test_as_instrucoes_estao_no_dominio_do_campo(nome: str) -> None:
    uma = receita(nome)
    tabela: dict[str, Any] = dict(uma.instrucoes)
    codigos = {c for valor in tabela.values() for c in (valor.values() if isinstance(valor, dict) else [valor])}
    codigos = {c for c in codigos if isinstance(c, str)}
    for _, campo in _campos(uma):
        if campo.nome in {"instrucao_1", "instrucao_protesto"} and campo.dominio:
            assert codigos <= {*campo.dominio, "00", "0000"}, (campo.nome, codigos)
