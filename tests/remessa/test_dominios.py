"""Todo campo codificado de todo layout que se grava: o que se escreve está no domínio que o manual dá."""

from __future__ import annotations

from typing import Any

import pytest

from guiche.bancos.ocorrencias import comandos
from guiche.layout.modelo import Campo, Registro
from guiche.layout.valores import escrever_campo
from guiche.remessa.receita import Receita, receita
from tests.remessa.sinteticos import GRAVAVEIS

CODIFICADOS = {
    "versao_layout_arquivo", "versao_layout_lote", "densidade_gravacao", "codigo_carteira", "tipo_cobranca",
    "forma_cadastramento", "tipo_documento", "emissao_boleto", "distribuicao_boleto", "postagem_boleto",
    "tipo_emissao", "tipo_distribuicao", "tipo_impressao", "indicador_impressao", "especie_titulo", "aceite",
    "codigo_juros", "tipo_juros", "codigo_multa", "codigo_desconto", "codigo_desconto_1", "codigo_desconto_2",
    "codigo_desconto_3", "tipo_desconto", "codigo_protesto", "codigo_baixa", "codigo_moeda", "instrucao_1",
    "tipo_chave_pix", "pix_tipo_chave", "tipo_valor", "titulo_descontavel", "indicativo_sacador",
}  # fmt: skip
"""Os campos de que o manual lista os valores."""
_NAO_SAO_CODIGOS = {
    "banco_nome", "codigo_convenio", "uso_reservado_empresa", "agencia_cobradora_dv", "agencia_conta_dv",
    "numero_contrato_garantia_dv", "codigo_beneficiario_setimo", "subsequencia_3",
}  # fmt: skip
"""Constantes que são um nome, um dígito, um número de ordem ou um lugar que fica em zeros."""
_DO_COMANDO = {"codigo_movimento", "codigo_ocorrencia"}
"""O domínio deles é a tabela de comandos do banco, em layouts/codigos."""
_CHAVES_DE_CODIGO = {"aceite", "instrucao_a", "instrucao_b", "instrucao_c"}
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
def test_todo_campo_que_sai_de_um_codigo_tem_dominio(nome: str) -> None:
    """Andando pelas fontes, sem lista de nomes: o que vem de constante, de tabela ou de chave codificada."""
    uma = receita(nome)
    sem = []
    for registro, campo in _campos(uma):
        fonte = uma.fontes[registro.codigo].get(campo.nome)
        de_codigo = fonte is not None and (
            fonte.constante is not None or bool(fonte.tabela) or fonte.chave in _CHAVES_DE_CODIGO
        )
        de_padrao = fonte is None and bool(escrever_campo(campo, None).strip(" 0"))
        livre = campo.nome in _NAO_SAO_CODIGOS | _DO_COMANDO
        if campo.tipo == "texto" and (de_codigo or de_padrao) and not livre and not (campo.dominio and campo.manual):
            sem.append((registro.codigo, campo.nome))
    assert not sem


@em_cada
def test_todo_comando_que_se_grava_esta_na_tabela_do_banco(nome: str) -> None:
    uma = receita(nome)
    formato = f"{uma.layout.formato}_{uma.layout.variante}" if uma.layout.variante else uma.layout.formato
    tabela = {c.codigo for c in comandos(uma.layout.banco, formato)}
    fora = {c: v for c, v in uma.codigos["comandos"].items() if v not in tabela}
    assert fora.keys() <= uma.supostos, fora


@em_cada
def test_as_instrucoes_estao_no_dominio_do_campo(nome: str) -> None:
    uma = receita(nome)
    tabela: dict[str, Any] = dict(uma.instrucoes)
    codigos = {c for valor in tabela.values() for c in (valor.values() if isinstance(valor, dict) else [valor])}
    codigos = {c for c in codigos if isinstance(c, str)}
    for _, campo in _campos(uma):
        if campo.nome in {"instrucao_1", "instrucao_protesto"} and campo.dominio:
            assert codigos <= {*campo.dominio, "00", "0000"}, (campo.nome, codigos)
