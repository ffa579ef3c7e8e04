"""A faixa de nossos números que o banco reservou: o próximo, o fim, quantos restam (I-21)."""

from __future__ import annotations

from datetime import date

from guiche.boleto.regras import banco
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.erros import ErroDeRegra
from guiche.livro import boletos
from guiche.livro.conexao import Livro
from guiche.servicos.boletos.papel import entrada_do_calculo

_POUCOS = 10
"""Por cento da faixa: abaixo disto se avisa que ela está no fim."""


def maior_numero(conta: Conta, cobranca: Cobranca) -> int:
    """O último nosso número que cabe: o fim da faixa, ou o que a variante do banco comporta."""
    if cobranca.nn_fim:
        return cobranca.nn_fim
    entrada = entrada_do_calculo(conta, cobranca, 1, date(2026, 1, 1))
    tamanho: int = 10 ** banco(conta.banco).variante(entrada).tamanho - 1
    return tamanho


def proximo_numero(livro: Livro, conta: Conta, cobranca: Cobranca) -> int:
    """O nosso número do próximo boleto do contrato."""
    ultimo = boletos.ultimo_numero(livro, conta.banco, conta.convenio, cobranca.carteira)
    return max(ultimo + 1, cobranca.nn_inicio or 1)


def conferir_faixa(conta: Conta, cobranca: Cobranca, ultimo: int) -> None:
    """Confere que o último número pedido ainda é da faixa.

    Raises:
        ErroDeRegra: ``boleto.faixa``.
    """
    limite = maior_numero(conta, cobranca)
    if ultimo > limite:
        raise ErroDeRegra("boleto.faixa", f"faltam {ultimo - limite} números na faixa da conta {conta.codigo}")


def aviso_da_faixa(cobranca: Cobranca, ultimo: int) -> str:
    """Aviso de faixa no fim; vazio se há folga, ou se o contrato não tem faixa."""
    if not cobranca.nn_fim:
        return ""
    restam, tamanho = cobranca.nn_fim - ultimo, cobranca.nn_fim - (cobranca.nn_inicio or 1) + 1
    if restam * 100 >= _POUCOS * tamanho:
        return ""
    return f"Atenção: restam {restam} números na faixa que o banco reservou; peça outra."
