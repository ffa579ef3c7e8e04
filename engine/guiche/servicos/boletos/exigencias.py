"""O que um boleto tem de ter para que dele se faça papel que se pague."""

from __future__ import annotations

from collections.abc import Sequence

from guiche.boleto.numeracao import o_banco_numera
from guiche.dominio import cpf_cnpj
from guiche.dominio.boletos import PAGAVEIS
from guiche.erros import ErroDeRegra, Local
from guiche.livro.boletos import Boleto
from guiche.oficio.contratos import Contratos


def exigir_pagavel(boleto: Boleto) -> None:
    """Recusa o que já não se paga: dele não se faz segunda via nem mensagem.

    Raises:
        ErroDeRegra: ``boleto.fechado``.
    """
    if boleto.estado not in PAGAVEIS:
        raise ErroDeRegra("boleto.fechado", f"o boleto {boleto.id} está {boleto.estado}: não há o que pagar")


def exigir_beneficiario(lista: Sequence[Boleto], contratos: Contratos) -> None:
    """Recusa o papel em que a lei manda que o beneficiário se identifique, e a pasta de trabalho já não o diz.

    Raises:
        ErroDeRegra: ``boleto.beneficiario``, com a célula; ``conta.ausente``.
    """
    for b in {b.conta: b for b in lista}.values():
        conta, contrato = contratos.do(b)
        if not contrato.endereco:
            local = contratos.lugares.celula(conta.codigo, "endereco")
            raise ErroDeRegra("boleto.beneficiario", "falta o endereço do beneficiário", local=local)
        if not cpf_cnpj.tipo(cpf_cnpj.limpar(conta.empresa_cnpj)):
            razao = f"o CNPJ da empresa falta ou não confere na conta {conta.codigo}"
            raise ErroDeRegra("boleto.beneficiario", razao, local=Local("Contas"))


def exigir_numero(lista: Sequence[Boleto]) -> None:
    """Recusa o papel do boleto a que o banco ainda não deu o nosso número: não há nele o que pagar.

    Raises:
        ErroDeRegra: ``boleto.sem_numero``.
    """
    if sem := [b.id for b in lista if not b.linha_digitavel]:
        quais = ", ".join(map(str, sem[:5]))
        raise ErroDeRegra("boleto.sem_numero", f"o banco ainda não deu o nosso número aos boletos {quais}")


def exigir_que_se_imprima(lista: Sequence[Boleto]) -> None:
    """Recusa o papel que é o banco que faz; o de que ele só deu o número, faz-se.

    Raises:
        ErroDeRegra: ``boleto.do_banco``.
    """
    do_banco = [b.id for b in lista if b.emissor == "BANCO" and not o_banco_numera(b.banco, b.carteira, b.emissor)]
    if do_banco:
        raise ErroDeRegra("boleto.do_banco", f"o banco é que imprime e entrega os boletos {do_banco[:5]}")


def desenha_se(boleto: Boleto) -> bool:
    """Diz se o papel se faz logo que se emite: nem é o banco que o faz, nem é dele que vem o número."""
    return boleto.emissor != "BANCO" and not o_banco_numera(boleto.banco, boleto.carteira, boleto.emissor)
