"""Multa, juros e desconto de um título: quanto são num dia, e como se dizem.

Fontes: CDC art. 52 § 1º (multa de 2 %); Lei 14.905/2024 (juros); Lei 7.089/1983 (vencimento em dia sem expediente).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais

MAIOR_MULTA, MAIORES_JUROS = 200, 100
"""Centésimos de por cento que se aceitam de pessoa física: 2 % de multa e 1 % ao mês."""
_CEM_POR_CENTO = 10_000
_DIAS_DO_MES = 30


class Encargos(NamedTuple):
    """O que o contrato cobra ou desconta, em centésimos de por cento; 0 se nada."""

    multa: int = 0
    juros: int = 0
    """Ao mês, simples."""
    desconto: int = 0
    desconto_dias: int = 0
    """Dias antes do vencimento em que o desconto acaba."""
    protesto_dias: int | None = None
    baixa_dias: int | None = None


class Devido(NamedTuple):
    """Quanto se deve num dia, em centavos."""

    valor: int
    multa: int
    juros: int
    desconto: int
    dias: int
    """Dias de atraso que contam."""

    @property
    def total(self) -> int:
        """O que se paga no dia."""
        return self.valor + self.multa + self.juros - self.desconto


def dividir(numerador: int, denominador: int) -> int:
    """Divide centavos arredondando o meio para cima.

    >>> dividir(25, 10), dividir(24, 10)
    (3, 2)
    """
    return (2 * numerador + denominador) // (2 * denominador)


def no_dia(valor: int, vencimento: date, dia: date, encargos: Encargos, calendario: Calendario) -> Devido:
    """Quanto se deve no dia dado.

    Quem vence em dia sem expediente e paga no primeiro dia útil não deve encargos; se não paga nele, os
    juros contam do vencimento.
    """
    if dia <= calendario.proximo_util(vencimento):
        limite = vencimento - timedelta(days=encargos.desconto_dias)
        desconto = dividir(valor * encargos.desconto, _CEM_POR_CENTO) if dia <= limite else 0
        return Devido(valor, 0, 0, desconto, 0)
    dias = (dia - vencimento).days
    juros = dividir(valor * encargos.juros * dias, _CEM_POR_CENTO * _DIAS_DO_MES)
    return Devido(valor, dividir(valor * encargos.multa, _CEM_POR_CENTO), juros, 0, dias)


def frases(valor: int, vencimento: date, encargos: Encargos) -> list[str]:
    """As instruções do boleto, em valores e datas, que são o que o caixa lê."""
    textos = []
    if encargos.desconto:
        limite = vencimento - timedelta(days=encargos.desconto_dias)
        desconto = dividir(valor * encargos.desconto, _CEM_POR_CENTO)
        textos.append(f"Até {limite:%d/%m/%Y}, desconto de R$ {escrever_reais(desconto)}.")
    if encargos.multa:
        multa = dividir(valor * encargos.multa, _CEM_POR_CENTO)
        textos.append(f"Após {vencimento:%d/%m/%Y}, multa de R$ {escrever_reais(multa)}.")
    if encargos.juros:
        ao_dia = dividir(valor * encargos.juros, _CEM_POR_CENTO * _DIAS_DO_MES)
        quanto = f"R$ {escrever_reais(ao_dia)} ao dia" if ao_dia else f"{_percentual(encargos.juros)} ao mês"
        textos.append(f"Após {vencimento:%d/%m/%Y}, juros de {quanto} de atraso.")
    if encargos.protesto_dias:
        textos.append(f"Protestar depois de {encargos.protesto_dias} dias do vencimento.")
    if encargos.baixa_dias:
        textos.append(f"Não receber depois de {encargos.baixa_dias} dias do vencimento.")
    return textos


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
