"""O que entrou e o que o banco cobrou: as abas Caixa e Movimento bancário."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import Any

from guiche.dominio.cadastro import Cliente
from guiche.dominio.dinheiro import para_reais
from guiche.livro import depois, respostas, titulos
from guiche.planilha.porta import Corpo
from guiche.vistas.debito import LINHAS_NA_PASTA
from guiche.vistas.visao import Numeradas, Visao, numeradas


@cache
def _dia(texto: str) -> date:
    return date.fromisoformat(texto)


def caixa(visao: Visao) -> Corpo:
    """As linhas da aba Caixa, as mais novas."""
    quantos, recebidos = titulos.recebimentos(visao.livro, "CAIXA", LINHAS_NA_PASTA)
    return Corpo(quantos, (_recebimento(r, visao.cadastros.clientes) for r in recebidos))


def caixa_nova(visao: Visao, desde: int) -> Numeradas | None:
    """As linhas que a aba Caixa ganhou depois do ato dado."""
    novos = depois.recebimentos_novos(visao.livro, "CAIXA", desde, LINHAS_NA_PASTA)
    return numeradas(novos, lambda linhas: (_recebimento(r, visao.cadastros.clientes) for r in linhas))


def movimento_novo(visao: Visao, desde: int) -> Numeradas | None:
    """As que ganhou a aba Movimento bancário; ``None`` se nela há tarifas, que vão depois dos recebimentos."""
    if respostas.ha_tarifas(visao.livro):
        return None
    novos = depois.recebimentos_novos(visao.livro, "CONTA", desde, LINHAS_NA_PASTA)
    return numeradas(novos, lambda linhas: (_na_conta(r, visao.cadastros.clientes) for r in linhas))


def movimento(visao: Visao) -> Corpo:
    """As da aba Movimento bancário: os recebimentos e, com sinal de menos, as tarifas."""
    quantos, recebidos = titulos.recebimentos(visao.livro, "CONTA", LINHAS_NA_PASTA)
    quantas, tarifas = respostas.tarifas(visao.livro, LINHAS_NA_PASTA)
    do_banco = (
        (_dia(dia), "", "", "", para_reais(-valor), None, None, None, "TARIFA", str(retorno), usuario, conta, texto)
        for dia, conta, valor, texto, retorno, usuario in tarifas
    )
    entradas = (_na_conta(r, visao.cadastros.clientes) for r in recebidos)
    return Corpo(quantos + quantas, chain(entradas, do_banco))


def _na_conta(linha: Sequence[Any], clientes: Mapping[str, Cliente]) -> tuple[Any, ...]:
    return (*_recebimento(linha, clientes), linha[6], f"boleto {linha[9]}" if linha[9] else "")


def _recebimento(linha: Sequence[Any], clientes: Mapping[str, Cliente]) -> tuple[Any, ...]:
    dia, titulo, codigo, valor, juros, desconto, _, retorno, usuario, _ = linha
    cliente = clientes.get(codigo)
    return (
        _dia(dia), titulo, codigo, cliente.nome if cliente else "", para_reais(valor + juros - desconto),
        para_reais(valor), para_reais(juros), para_reais(desconto), "RETORNO" if retorno else "MANUAL",
        str(retorno or ""), usuario,
    )  # fmt: skip
