"""Dias úteis bancários e prazos do débito automático."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

_FIXOS = ((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25))
_CONSCIENCIA_NEGRA = (11, 20)
_ANO_DA_CONSCIENCIA_NEGRA = 2024
_EM_TORNO_DA_PASCOA = (-48, -47, -2, 60)  # carnaval (segunda e terça), sexta-feira santa, Corpus Christi

PRIMEIRO_DIA = date(1994, 7, 1)
"""O do real: antes dele não há dinheiro em reais."""


def pascoa(ano: int) -> date:
    """Domingo de Páscoa do calendário gregoriano (algoritmo de Meeus, Jones e Butcher).

    >>> pascoa(2026)
    datetime.date(2026, 4, 5)
    """
    a, (b, c) = ano % 19, divmod(ano, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mes, dia = divmod(h + m - 7 * n + 114, 31)
    return date(ano, mes, dia + 1)


@cache
def feriados_bancarios(ano: int) -> frozenset[date]:
    """Os dias sem expediente bancário nacional no ano, fora sábados e domingos.

    Fonte: Res. CMN 4.880/2020 e lista da FEBRABAN para 2026 (13 datas); 20/11
    vale desde 2024 (Lei 14.759/2023). Feriados locais vêm da tabela de feriados.

    >>> len(feriados_bancarios(2026)), date(2026, 11, 20) in feriados_bancarios(2026)
    (13, True)
    """
    fixos = [date(ano, mes, dia) for mes, dia in _FIXOS]
    if ano >= _ANO_DA_CONSCIENCIA_NEGRA:
        fixos.append(date(ano, *_CONSCIENCIA_NEGRA))
    domingo = pascoa(ano)
    return frozenset(fixos + [domingo + timedelta(days=d) for d in _EM_TORNO_DA_PASCOA])


@dataclass(frozen=True, slots=True)
class Calendario:
    """O calendário nacional com os dias que o operador acrescentou ou retirou."""

    a_mais: frozenset[date] = field(default_factory=frozenset)
    a_menos: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def de_feriados(cls, feriados: Iterable[tuple[date, str, str]]) -> Calendario:
        """Monta a partir das linhas da tabela de feriados (data, descrição, efeito)."""
        linhas = list(feriados)
        return cls(
            frozenset(d for d, _, efeito in linhas if efeito != "DIA UTIL"),
            frozenset(d for d, _, efeito in linhas if efeito == "DIA UTIL"),
        )

    def eh_util(self, dia: date) -> bool:
        """Diz se há expediente bancário no dia."""
        if dia in self.a_menos:
            return True
        return dia.weekday() < 5 and dia not in self.a_mais and dia not in feriados_bancarios(dia.year)  # noqa: PLR2004

    def proximo_util(self, dia: date) -> date:
        """O próprio dia, se útil, ou o primeiro útil depois dele.

        >>> Calendario().proximo_util(date(2026, 8, 8))
        datetime.date(2026, 8, 10)
        """
        while not self.eh_util(dia):
            dia += timedelta(days=1)
        return dia

    def somar_uteis(self, dia: date, dias: int) -> date:
        """Anda ``dias`` dias úteis para a frente.

        >>> Calendario().somar_uteis(date(2026, 8, 7), 1)
        datetime.date(2026, 8, 10)
        """
        for _ in range(dias):
            dia = self.proximo_util(dia + timedelta(days=1))
        return dia

    def uteis_entre(self, de: date, ate: date) -> int:
        """Quantos dias úteis há depois de ``de``, até ``ate`` inclusive.

        >>> Calendario().uteis_entre(date(2026, 8, 7), date(2026, 8, 11))
        2
        """
        return sum(self.eh_util(de + timedelta(days=n)) for n in range(1, (ate - de).days + 1))


def primeiro_vencimento(
    hoje: date, *, dias: int = 3, uteis: bool = False, estrita: bool = False, calendario: Calendario | None = None
) -> date:
    """Primeiro vencimento que o convênio ainda aceita num débito.

    O CAR133 diz "maior que a data atual mais 3 dias", mas o seu exemplo aceita o
    próprio dia (04/08 → 07/08) e conta dias corridos: vale o exemplo. ``estrita``
    dá a outra leitura.

    >>> primeiro_vencimento(date(2026, 8, 4)), primeiro_vencimento(date(2026, 12, 30))
    (datetime.date(2026, 8, 7), datetime.date(2027, 1, 2))
    >>> primeiro_vencimento(date(2026, 8, 4), estrita=True)
    datetime.date(2026, 8, 8)
    """
    minimo = (calendario or Calendario()).somar_uteis(hoje, dias) if uteis else hoje + timedelta(days=dias)
    return minimo + timedelta(days=1) if estrita else minimo
