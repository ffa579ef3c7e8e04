"""O que impede cobrar um cliente pelo seu cadastro: o dígito que não confere, o CEP que não é um."""

from __future__ import annotations

from collections.abc import Iterator

from guiche.boleto.contas import conhecido, discordancia, ja_traz_o_digito
from guiche.dominio.cadastro import Cliente, Empresa
from guiche.dominio.escritos import UFS, cep_inteiro
from guiche.dominio.motivos import Motivo, motivo
from guiche.oficio.cadastros import Cadastros, Lugares
from guiche.oficio.contexto import Contexto

A_DIZER = 5
"""Quantas células um relato diz."""


def da_conta(pagador: Cliente | Empresa, agencia_dv: str, onde: Lugares) -> str:
    """Por que a conta do pagador não serve a um débito, com a célula; vazio se serve, ou se não se conhece a regra."""
    dados = {"agencia": pagador.agencia, "operacao": pagador.operacao, "conta": pagador.conta}
    if razao := discordancia(pagador.banco, "agencia_dv", agencia_dv, dados):
        return f"{razao} ({onde.celula(pagador.codigo, 'agencia')})"
    razao = discordancia(pagador.banco, "conta_dv", pagador.conta_dv, dados) if conhecido(pagador.banco) else ""
    if razao:
        return f"{razao} ({onde.celula(pagador.codigo, 'conta_dv')})"
    if not pagador.conta_dv and ja_traz_o_digito(pagador.banco, dados):
        celula = onde.celula(pagador.codigo, "conta_dv")
        return f"falta o dígito da conta, e não se sabe se ele já está na coluna Conta ({celula})"
    return ""


def com_digito_errado(ctx: Contexto, cadastros: Cadastros, banco: str) -> dict[str, Motivo]:
    """Cliente do banco → por que a conta dele não se debita."""
    if ctx.lembranca is None:
        razoes = _razoes(cadastros, banco)
    else:
        chave = [ctx.pasta.conteudos.de(cadastros.pagadores), cadastros.pagadores]
        razoes = ctx.lembranca.calculo(f"digitos {banco}", chave, lambda: _razoes(cadastros, banco))
    return {codigo: motivo("digito", razao) for codigo, razao in razoes.items()}


def _razoes(cadastros: Cadastros, banco: str) -> dict[str, str]:
    onde = cadastros.lugares[cadastros.pagadores]
    achados = {}
    for codigo, cliente in cadastros.clientes.items():
        if cliente.banco == banco:
            dv = cadastros.agencias_dv.get((cadastros.pagadores, codigo), "")
            if razao := da_conta(cliente, dv, onde):
                achados[codigo] = razao
    return achados


def do_endereco(pagador: Cliente | Empresa, onde: Lugares) -> str:
    """O que no endereço escrito nenhum banco lê, com a célula; vazio se nada. O que falta é outra coisa."""
    if pagador.cep and not cep_inteiro(pagador.cep):
        return f"o CEP não tem oito algarismos ({onde.celula(pagador.codigo, 'cep')})"
    if pagador.uf and pagador.uf.upper() not in UFS:
        return f"a UF não existe ({onde.celula(pagador.codigo, 'uf')})"
    return ""


def completados(cadastros: Cadastros) -> list[str]:
    """O que se completou ao ler a pasta, como um relato o diz: os primeiros, com a célula, e de quantos mais."""
    frases = [f"Repare: {p.local}: {p.mensagem}." for p in cadastros.avisos[:A_DIZER]]
    mais = len(cadastros.avisos) - A_DIZER
    return [*frases, *([f"Repare: mais {mais} células se leram assim; a Prontidão as mostra."] if mais > 0 else [])]


def dos_pagadores(cadastros: Cadastros) -> Iterator[tuple[str, str]]:
    """Código do cliente ou da empresa, e o que no cadastro dele impede cobrá-lo."""
    for tabela, pagadores in (("clientes", cadastros.clientes), ("empresas", cadastros.empresas)):
        for codigo, pagador in pagadores.items():
            onde, dv = cadastros.lugares[tabela], cadastros.agencias_dv.get((tabela, codigo), "")
            for razao in filter(None, (da_conta(pagador, dv, onde), do_endereco(pagador, onde))):
                yield codigo, razao
