"""Os números da aba Início: o que há a receber, o que entrou, o que o banco recusou (I-15)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from guiche.bancos.codigos import interpretar
from guiche.dominio.cadastro import Titulo
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.livro import respostas, retornos, titulos
from guiche.livro.conexao import Livro
from guiche.planilha.inicio import DIAS, IDADES, JANELAS, MOTIVOS, QUADROS, TARIFAS
from guiche.vistas.visao import Visao

_LIMITES = (-60, -30, 0, 31, 61, 91)
"""Onde começa cada faixa de ``IDADES`` depois da primeira, em dias até o vencimento."""
_PRAZOS = (30, 60, 90)
_RECUSAS, _CUSTOS = 90, 30
"""Dias de respostas que contam nas recusas por motivo, e de tarifas nos custos."""
Soma = list[int]
"""Quantidade e centavos."""


def indicadores(visao: Visao) -> list[tuple[Any, ...]]:
    """As linhas da tabela da aba Início, na ordem de ``ROTULOS``."""
    livro, hoje = visao.livro, visao.hoje
    idades, janelas, resumo = _somar(visao.cadastros.titulos, visao.situacoes, hoje)
    por_dia = titulos.recebido_por_dia(livro, _antes(hoje, max(DIAS, hoje.day)).isoformat())
    no_dia = por_dia.get(hoje.isoformat(), (0, 0))
    no_mes = [soma for dia, soma in por_dia.items() if dia[:7] == hoje.isoformat()[:7]]
    vencido = [sum(faixa) for faixa in zip(*idades[:3], strict=True)]
    quadros: Sequence[Sequence[tuple[Any, ...]]] = (
        [_linha("", s) for s in (resumo[0], vencido, *resumo[1:], no_dia, [sum(x) for x in zip(*no_mes, strict=True)])],
        [_linha("", faixa) for faixa in idades],
        [(*_linha("", janela[:2])[:3], para_reais(janela[2])) for janela in janelas],
        [_linha(f"{dia:%d/%m}", por_dia.get(dia.isoformat(), (0, 0))) for dia in _dias(hoje)],
        _recusas(livro, hoje),
        _tarifas(livro, hoje),
    )
    saida = []
    for (quadro, itens), linhas in zip(QUADROS.items(), quadros, strict=True):
        saida += [(quadro, item or linha[0], *linha[1:]) for item, linha in zip(itens, linhas, strict=True)]
    return saida


def _linha(item: str, soma: Sequence[int]) -> tuple[str, int, Decimal, None]:
    quantos, centavos = soma or (0, 0)
    return item, quantos, para_reais(centavos), None


def _antes(hoje: date, dias: int) -> date:
    return hoje - timedelta(days=dias)


def _dias(hoje: date) -> list[date]:
    return [_antes(hoje, n) for n in reversed(range(DIAS))]


def _somar(
    carteira: Sequence[Titulo], situacoes: Mapping[str, Situacao], hoje: date
) -> tuple[list[Soma], list[Soma], list[Soma]]:
    """Somas por idade; por janela (quantos, previsto, recebido); e em aberto, vence em 7 dias, no banco."""
    idades: list[Soma] = [[0, 0] for _ in IDADES]
    janelas: list[Soma] = [[0, 0, 0] for _ in JANELAS]
    aberto, semana = [0, 0], [0, 0]
    por_dia, banco = _por_vencimento(carteira, situacoes)
    for vencimento, (quantos, valor, pago, com_saldo, saldo) in por_dia.items():
        falta = (vencimento - hoje).days
        for janela, prazo in zip(janelas, _PRAZOS, strict=True):
            if -prazo < falta <= 0:
                _acrescentar(janela, quantos, valor, pago)
        _acrescentar(aberto, com_saldo, saldo)
        _acrescentar(idades[bisect_right(_LIMITES, falta)], com_saldo, saldo)
        if 0 <= falta <= 7:  # noqa: PLR2004  a semana
            _acrescentar(semana, com_saldo, saldo)
    return idades, janelas, [aberto, semana, banco]


def _por_vencimento(
    carteira: Sequence[Titulo], situacoes: Mapping[str, Situacao]
) -> tuple[dict[date, list[int]], Soma]:
    """Vencimento → títulos, o seu valor, o recebido, os que têm saldo e quanto; e o saldo que está no banco."""
    por_dia: dict[date, list[int]] = {}
    banco = [0, 0]
    for titulo in carteira:
        situacao = situacoes.get(titulo.numero, NUNCA_ENVIADO)
        if situacao.encerrado or (titulo.encerrado and titulo.encerrado != "PAGO"):
            continue
        soma = por_dia.setdefault(titulo.vencimento, [0, 0, 0, 0, 0])
        pago, valor = recebido(titulo, situacao), titulo.valor
        soma[0] += 1
        soma[1] += valor
        soma[2] += pago
        if pago < valor:
            soma[3] += 1
            soma[4] += valor - pago
            if situacao.no_banco:
                _acrescentar(banco, 1, valor - pago)
    return por_dia, banco


def _acrescentar(soma: Soma, *mais: int) -> None:
    for i, valor in enumerate(mais):
        soma[i] += valor


def _recusas(livro: Livro, hoje: date) -> list[tuple[Any, ...]]:
    """Os motivos mais frequentes, em palavras; linhas em branco completam o quadro."""
    vezes: dict[str, int] = {}
    for banco, versao, movimento, codigo, quantos in retornos.recusas(livro, _antes(hoje, _RECUSAS).isoformat()):
        texto = interpretar(banco, versao, str(movimento), codigo).texto
        vezes[texto] = vezes.get(texto, 0) + quantos
    maiores = sorted(vezes.items(), key=lambda par: (-par[1], par[0]))[:MOTIVOS]
    return _completo([(texto, quantos, None, None) for texto, quantos in maiores], MOTIVOS)


def _tarifas(livro: Livro, hoje: date) -> list[tuple[Any, ...]]:
    """O que mais custou em cada conta, com quantas foram (I-32)."""
    somas: dict[str, Soma] = {}
    for conta, historico, quantas, centavos in respostas.custos(livro, _antes(hoje, _CUSTOS).isoformat()):
        soma = somas.setdefault(f"{conta}: {historico.partition(' (')[0]}", [0, 0])
        soma[0] += quantas
        soma[1] += centavos
    maiores = sorted(somas.items(), key=lambda par: (-par[1][1], par[0]))[:TARIFAS]
    return _completo([_linha(item, soma) for item, soma in maiores if soma[0]], TARIFAS)


def _completo(linhas: list[tuple[Any, ...]], quantas: int) -> list[tuple[Any, ...]]:
    """Linhas em branco completam o quadro."""
    return linhas + [(None, None, None, None)] * (quantas - len(linhas))
