"""A faixa de nossos números que o banco reservou: o próximo, o fim, quantos restam (I-21)."""

from __future__ import annotations

from datetime import date

from guiche.boleto.entrada import entrada_do_calculo
from guiche.boleto.numeracao import espaco, numerado_por, o_banco_numera
from guiche.boleto.regras import banco
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.erros import ErroDeCampo, ErroDeRegra
from guiche.livro import numeracao
from guiche.livro.conexao import Livro

_POUCOS = 10
"""Por cento da faixa: abaixo disto se avisa que ela está no fim."""


def maior_numero(conta: Conta, cobranca: Cobranca) -> int:
    """O último nosso número que cabe: o fim da faixa, ou o que a variante do banco comporta."""
    if cobranca.nn_fim:
        return cobranca.nn_fim
    entrada = entrada_do_calculo(conta, cobranca, 1, date(2026, 1, 1))
    tamanho: int = 10 ** banco(conta.banco).variante(entrada).tamanho - 1
    return tamanho


def espaco_da(conta: Conta, cobranca: Cobranca, hoje: date) -> str:
    """O espaço em que o nosso número dos boletos que a conta emite hoje é um só.

    Raises:
        ErroDeCampo: ``boleto.banco`` ou ``boleto.variante``.
    """
    entrada = entrada_do_calculo(conta, cobranca, 1, hoje)
    return espaco(numerado_por(entrada) if o_banco_da(conta, cobranca) else entrada)


def o_banco_da(conta: Conta, cobranca: Cobranca) -> bool:
    """Diz se, no contrato, quem dá o nosso número é o banco.

    Raises:
        ErroDeCampo: ``boleto.banco``.
    """
    return o_banco_numera(conta.banco, cobranca.carteira, cobranca.emissor)


def proximo_numero(livro: Livro, conta: Conta, cobranca: Cobranca, hoje: date) -> int | None:
    """O nosso número do próximo boleto do contrato; ``None`` se quem o dá é o banco, ou se nenhum se poderia emitir."""
    try:
        return None if o_banco_da(conta, cobranca) else _seguintes(livro, conta, cobranca, hoje, 1)[0]
    except ErroDeCampo:
        return None


def proximos_numeros(livro: Livro, conta: Conta, cobranca: Cobranca, hoje: date, quantos: int) -> list[int]:
    """Os números dos próximos boletos; zeros se quem os dá é o banco.

    Raises:
        ErroDeRegra: ``boleto.faixa``, se não chegam.
    """
    if o_banco_da(conta, cobranca):
        return [0] * quantos
    numeros = _seguintes(livro, conta, cobranca, hoje, quantos)
    conferir_faixa(conta, cobranca, numeros[-1])
    return numeros


def _seguintes(livro: Livro, conta: Conta, cobranca: Cobranca, hoje: date, quantos: int) -> list[int]:
    onde = espaco_da(conta, cobranca, hoje)
    primeiro = max(numeracao.ultimo(livro, conta.banco, onde) + 1, cobranca.nn_inicio or 1)
    return numeracao.livres(livro, conta.banco, onde, primeiro, quantos)


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
