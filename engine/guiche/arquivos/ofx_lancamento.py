"""Lê um lançamento do extrato OFX: a data, o valor com o seu sinal, e se é lançamento ou linha de saldo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from guiche.dominio.datas import PRIMEIRO_DIA
from guiche.dominio.dinheiro import para_centavos
from guiche.dominio.texto import transliterar

_QUANTO_SE_CITA = 40
_SEMPRE_DEBITO = frozenset({"DEBIT", "DIRECTDEBIT"})
_DEBITO_SEM_SINAL = frozenset({"FEE", "SRVCHG", "CHECK", "PAYMENT", "CASH", "REPEATPMT"})
"""Os ``TRNTYPE`` que tiram da conta (OFX 1.6, 11.4.3.1); os outros (XFER, ATM, POS, INT…) dependem do sinal."""
_COMECO_QUE_BASTA = 4
_DATA = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})", re.ASCII)
_VALOR = re.compile(r"([+-]?)\s*(?:R\$\s*)?(\d[\d.,]*|[.,]\d+)\s*(-?)", re.ASCII)
_MILHAR_OU_CASAS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SO_MILHARES = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+")
_COM_CASAS = re.compile(r"(\d*|\d{1,3}(?:\.\d{3})+(?=,)|\d{1,3}(?:,\d{3})+(?=\.))(?:[.,](\d*))?")
_SALDO = re.compile(r"(?:S ?A ?L ?D ?O|SDO|SLD)S?(?![A-Z])(.*)", re.DOTALL)
_PALAVRAS_DO_SALDO = frozenset((
    "A", "ANT", "ANTERIOR", "APL", "APLIC", "APLICACAO", "APLICACOES", "ATE", "ATUAL", "AUT", "AUTOM", "AUTOMATICA",
    "AUTOMATICAS", "BLOQ", "BLOQUEADO", "BRUTO", "C", "CC", "CONSOLIDADO", "CONTA", "CONTABIL", "CORRENTE", "CREDOR",
    "CTA", "CTAS", "DA", "DE", "DEVEDOR", "DIA", "DIARIO", "DISP", "DISPONIVEL", "DO", "E", "EM", "FINAL", "FINANCEIRO",
    "INICIAL", "INVEST", "INVESTIMENTO", "LIMITE", "LIQUIDO", "MAIS", "MES", "NA", "NO", "O", "PARCIAL", "PERIODO",
    "POUPANCA", "PREVISTO", "TOTAL", "TRANSPORTADO", "TRANSPORTAR",
    "JAN", "FEV", "MAR", "ABR", "MAI", "JUN", "JUL", "AGO", "SET", "OUT", "NOV", "DEZ",
))  # fmt: skip
"""As que, depois de "saldo", ainda dizem só de que saldo se trata; com outra qualquer a linha é um lançamento."""


class Lancamento(NamedTuple):
    """Uma linha do extrato; crédito positivo, débito negativo, em centavos."""

    dia: date
    centavos: int
    historico: str


class CampoIlegivel(ValueError):
    """O campo do lançamento que não se lê, e por quê."""

    def __init__(self, campo: str, razao: str) -> None:
        super().__init__(razao)
        self.campo, self.razao = campo, razao


def e_saldo(*textos: str) -> bool:
    """Se algum dos textos é só o nome de um saldo, com ou sem data e número.

    >>> e_saldo("SALDO TOTAL DISPONÍVEL DIA"), e_saldo("", "S A L D O 30/11"), e_saldo("SALDO DO BOLETO 12")
    (True, True, False)
    """
    return any(map(_e_so_saldo, textos))


def _e_so_saldo(texto: str) -> bool:
    achado = _SALDO.fullmatch(" ".join(transliterar(texto).split()))
    return bool(achado) and all(map(_do_saldo, re.split(r"[^\w?\ufffd]|\d", achado[1] if achado else "")))


def _do_saldo(palavra: str) -> bool:
    """Se é palavra de saldo, ainda que o banco lhe tenha estragado a letra de acento (``DISPON?VEL``)."""
    inteira = re.match("[A-Z]*", palavra)
    comeco = inteira[0] if inteira else ""
    if comeco == palavra:
        return not palavra or palavra in _PALAVRAS_DO_SALDO
    return len(comeco) >= _COMECO_QUE_BASTA and any(p.startswith(comeco) for p in _PALAVRAS_DO_SALDO)


def ler_lancamento(campos: Mapping[str, str], ate: date, *, assinado: bool) -> Lancamento:
    """O lançamento; ``assinado`` diz se neste extrato as saídas trazem o sinal de menos.

    Raises:
        CampoIlegivel: data ou valor que não se lê.
    """
    historico = campos.get("MEMO") or campos.get("NAME", "")
    dia = ler_dia(campos.get("DTPOSTED", ""))
    if dia is None or not PRIMEIRO_DIA <= dia <= ate:
        razao = (
            f"a data {campos['DTPOSTED'][:_QUANTO_SE_CITA]!r} não serve" if campos.get("DTPOSTED") else "não há data"
        )
        raise CampoIlegivel("DTPOSTED", razao)
    tipo = campos.get("TRNTYPE", "").upper()
    sai = tipo in _SEMPRE_DEBITO or (tipo in _DEBITO_SEM_SINAL and not assinado)
    return Lancamento(dia, _centavos(campos.get("TRNAMT", ""), sai=sai), historico)


def ler_dia(texto: str) -> date | None:
    """O dia como o banco o escreveu; a hora e o fuso não o mudam.

    >>> ler_dia("20261129100000[-03:EST]"), ler_dia("20260231"), ler_dia("00000000")
    (datetime.date(2026, 11, 29), None, None)
    """
    achado = _DATA.match(texto)
    try:
        return date(int(achado[1]), int(achado[3]), int(achado[4])) if achado else None
    except ValueError:
        return None


def traz_menos(texto: str) -> bool:
    """Se o valor vem com o sinal de menos, antes ou depois."""
    achado = _VALOR.fullmatch(texto)
    return achado is not None and "-" in (achado[1], achado[3])


def _centavos(texto: str, *, sai: bool) -> int:
    """O valor; ``sai`` diz que o tipo é de saída, e então sem sinal é negativo.

    >>> _centavos("-1.234,56", sai=False), _centavos("10.5", sai=False), _centavos("110", sai=True)
    (-123456, 1050, -11000)
    """
    achado = _VALOR.fullmatch(texto)
    if not achado or (achado[1] and achado[3]):
        raise CampoIlegivel("TRNAMT", f"o valor {texto[:_QUANTO_SE_CITA]!r} não se lê" if texto else "não há valor")
    if sai and achado[1] == "+":
        raise CampoIlegivel("TRNAMT", f"o tipo diz saída e o valor, {texto[:_QUANTO_SE_CITA]!r}, diz entrada")
    if _MILHAR_OU_CASAS.fullmatch(achado[2]):
        razao = f"o valor {texto[:_QUANTO_SE_CITA]!r} tanto pode ter milhar como três casas"
        raise CampoIlegivel("TRNAMT", razao)
    try:
        centavos = para_centavos(_reais(achado[2]))
    except ValueError as erro:
        raise CampoIlegivel("TRNAMT", f"o valor {texto[:_QUANTO_SE_CITA]!r} não se lê") from erro
    return -centavos if sai or "-" in (achado[1], achado[3]) else centavos


def _reais(numero: str) -> Decimal:
    """O número de vírgula ou ponto: o separador que só aparece no fim é o das casas.

    Raises:
        ValueError: se os milhares não vêm de três em três.
    """
    if _SO_MILHARES.fullmatch(numero):
        return Decimal(re.sub("[.,]", "", numero))
    achado = _COM_CASAS.fullmatch(numero)
    if not achado:
        raise ValueError(numero)
    inteiro = re.sub("[.,]", "", achado[1])
    return Decimal(f"{inteiro or 0}.{achado[2] or 0}")
