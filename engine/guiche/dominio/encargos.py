"""Multa, juros e desconto de um título: quanto são num dia, e como se dizem.

Fontes: CDC art. 52 § 1º (multa de 2 %); Lei 14.905/2024 (juros); Lei 7.089/1983 (vencimento em dia sem expediente).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais

MAIOR_MULTA, MAIORES_JUROS = 200, 100
"""Centésimos de por cento que se aceitam de pessoa física: 2 % de multa e 1 % ao mês."""
_CEM_POR_CENTO = 10_000
_DIAS_DO_MES = 30


class Desconto(NamedTuple):
    """Um desconto para quem paga antes."""

    parte: int
    """Centésimos de por cento do valor."""
    dias: int = 0
    """Dias antes do vencimento em que ele acaba."""
    centavos: int = 0
    """Quando se concede em dinheiro, e não em parte do valor."""

    def de(self, valor: int) -> int:
        """Centavos do desconto num boleto do valor dado."""
        return self.centavos or dividir(valor * self.parte, _CEM_POR_CENTO)


class Encargos(NamedTuple):
    """O que se cobra ou desconta de um título; 0 se nada. Percentuais em centésimos de por cento."""

    multa: int = 0
    juros: int = 0
    """Ao mês, simples."""
    descontos: tuple[Desconto, ...] = ()
    """Até três, do que acaba primeiro ao que acaba por último."""
    abatimento: int = 0
    """Centavos."""
    protesto_dias: int = 0
    negativacao_dias: int = 0
    baixa_dias: int = 0

    @classmethod
    def de_json(cls, guardado: Mapping[str, Any]) -> Encargos:
        """Os encargos como ``_asdict`` os deixou num JSON."""
        return cls(**{**guardado, "descontos": tuple(Desconto(*d) for d in guardado["descontos"])})


class Clausulas(NamedTuple):
    """Os encargos de um boleto em centavos e datas: é deles que saem o papel e a remessa, para não discordarem."""

    multa: int
    multa_desde: date
    juros_ao_dia: int
    """Centavos por dia; 0 se o dia não chega a meio centavo, e então vale a taxa."""
    juros_ao_mes: int
    """A taxa, quando o valor por dia arredondaria para zero."""
    juros_desde: date
    descontos: tuple[tuple[date, int], ...]
    """Último dia e centavos de cada um."""
    abatimento: int
    protesto_dias: int
    negativacao_dias: int
    baixa_dias: int


class Devido(NamedTuple):
    """Quanto se deve num dia, em centavos."""

    valor: int
    multa: int
    juros: int
    desconto: int
    abatimento: int
    dias: int
    """Dias de atraso que contam."""

    @property
    def total(self) -> int:
        """O que se paga no dia."""
        return self.valor + self.multa + self.juros - self.desconto - self.abatimento


def dividir(numerador: int, denominador: int) -> int:
    """Divide centavos arredondando o meio para cima.

    >>> dividir(25, 10), dividir(24, 10)
    (3, 2)
    """
    return (2 * numerador + denominador) // (2 * denominador)


def no_dia(valor: int, vencimento: date, dia: date, encargos: Encargos, calendario: Calendario) -> Devido:
    """Quanto se deve no dia dado; multa, juros e desconto são partes do valor do documento.

    Quem vence em dia sem expediente e paga no primeiro dia útil não deve encargos; se não paga nele, os
    juros contam do vencimento.
    """
    if dia <= calendario.proximo_util(vencimento):
        em_vigor = [d.de(valor) for d in encargos.descontos if dia <= vencimento - timedelta(days=d.dias)]
        return Devido(valor, 0, 0, em_vigor[0] if em_vigor else 0, encargos.abatimento, 0)
    dias = (dia - vencimento).days
    juros = dividir(valor * encargos.juros * dias, _CEM_POR_CENTO * _DIAS_DO_MES)
    multa = dividir(valor * encargos.multa, _CEM_POR_CENTO)
    return Devido(valor, multa, juros, 0, encargos.abatimento, dias)


def clausulas(valor: int, vencimento: date, encargos: Encargos) -> Clausulas:
    """Os encargos do boleto de valor (centavos) e vencimento dados."""
    depois = vencimento + timedelta(days=1)
    ao_dia = dividir(valor * encargos.juros, _CEM_POR_CENTO * _DIAS_DO_MES)
    return Clausulas(
        dividir(valor * encargos.multa, _CEM_POR_CENTO), depois, ao_dia, 0 if ao_dia else encargos.juros, depois,
        tuple((vencimento - timedelta(days=d.dias), d.de(valor)) for d in encargos.descontos),
        encargos.abatimento, encargos.protesto_dias, encargos.negativacao_dias, encargos.baixa_dias,
    )  # fmt: skip


def frases(vencimento: date, c: Clausulas) -> list[str]:
    """As instruções do boleto, em valores e datas, que são o que o caixa lê."""
    textos = [f"Até {limite:%d/%m/%Y}, desconto de R$ {escrever_reais(desconto)}." for limite, desconto in c.descontos]
    if c.abatimento:
        textos.append(f"Conceder abatimento de R$ {escrever_reais(c.abatimento)}.")
    if c.multa:
        textos.append(f"Após {vencimento:%d/%m/%Y}, multa de R$ {escrever_reais(c.multa)}.")
    if c.juros_ao_dia:
        textos.append(f"Após {vencimento:%d/%m/%Y}, juros de R$ {escrever_reais(c.juros_ao_dia)} ao dia de atraso.")
    if c.juros_ao_mes:
        textos.append(f"Após {vencimento:%d/%m/%Y}, juros de {_percentual(c.juros_ao_mes)} ao mês de atraso.")
    if c.protesto_dias:
        textos.append(f"Protestar depois de {c.protesto_dias} dias do vencimento.")
    if c.negativacao_dias:
        textos.append(f"Negativar depois de {c.negativacao_dias} dias do vencimento.")
    if c.baixa_dias:
        textos.append(f"Não receber depois de {c.baixa_dias} dias do vencimento.")
    return textos


def incoerencias(encargos: Encargos) -> list[str]:
    """O que os encargos têm de impossível, em palavras; vazio se estão bem."""
    partes, dias = [d.parte for d in encargos.descontos], [d.dias for d in encargos.descontos]
    faltas = {
        "o desconto tem de ficar abaixo de 100%": any(p >= _CEM_POR_CENTO for p in partes),
        "cada desconto acaba num dia diferente, e o menor por último": dias != sorted(set(dias), reverse=True)
        or partes != sorted(partes, reverse=True),
        "protesto e negativação não vão juntos: escolha um": bool(encargos.protesto_dias and encargos.negativacao_dias),
        "o banco deixaria de receber antes do protesto ou da negativação": 0
        < encargos.baixa_dias
        <= max(encargos.protesto_dias, encargos.negativacao_dias),
    }
    return [falta for falta, ha in faltas.items() if ha]


def _percentual(centesimos: int) -> str:
    return f"{centesimos // 100},{centesimos % 100:02d}%"


def abusivos(encargos: Encargos, *, pessoa_fisica: bool) -> list[str]:
    """O que passa do que a lei e o costume aceitam de um consumidor."""
    if not pessoa_fisica:
        return []
    achados = []
    if encargos.multa > MAIOR_MULTA:
        achados.append(f"multa de {_percentual(encargos.multa)}, e a lei aceita 2,00% de pessoa física")
    if encargos.juros > MAIORES_JUROS:
        achados.append(f"juros de {_percentual(encargos.juros)} ao mês, e o costume aceita 1,00% de pessoa física")
    return achados
