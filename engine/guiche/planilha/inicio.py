"""A aba Início: que números mostra e em que linha fica cada um."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

RESUMO = ("Em aberto", "Vencido", "Vence em 7 dias", "No banco, sem resposta", "Recebido hoje", "Recebido no mês")
IDADES = (
    "Vencido há mais de 60 dias", "Vencido de 31 a 60 dias", "Vencido até 30 dias", "Vence até 30 dias",
    "Vence de 31 a 60 dias", "Vence de 61 a 90 dias", "Vence depois de 90 dias",
)  # fmt: skip
JANELAS = ("Últimos 30 dias", "Últimos 60 dias", "Últimos 90 dias")
DIAS, MOTIVOS, TARIFAS = 14, 6, 6
"""Quantos dias, quantos motivos de recusa e quantas tarifas diferentes se mostram."""

QUADROS: dict[str, Sequence[str]] = {
    "Resumo": RESUMO,
    "A receber por vencimento": IDADES,
    "Previsto × recebido": JANELAS,
    "Recebido por dia": ("",) * DIAS,
    "Recusas por motivo, 90 dias": ("",) * MOTIVOS,
    "Tarifas do banco, 30 dias": ("",) * TARIFAS,
}
ROTULOS = tuple((quadro, item) for quadro, itens in QUADROS.items() for item in itens)
"""Quadro e item de cada linha da tabela, na ordem."""

_FINS = tuple(accumulate(map(len, QUADROS.values()), initial=1))
LINHAS = {quadro: (_FINS[i] + 1, _FINS[i + 1]) for i, quadro in enumerate(QUADROS)}
"""Quadro → primeira e última linha na aba."""
