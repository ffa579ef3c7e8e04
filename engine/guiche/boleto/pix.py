"""Confere o texto de um Pix (EMV) que o banco deu para um boleto: a soma, o valor, o recebedor.

Fonte: Manual de Padrões para Iniciação do Pix, BCB (BR Code, EMV QRCPS-MPM).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeCampo

_INICIO = "000201"
_VALOR, _NOME, _CIDADE, _SOMA = "54", "59", "60", "63"
_CABECA = 4
_NOME_CORTADO = 23
"""O campo 59 tem até 25 letras; cortado no fim de uma palavra, pode ter menos."""
_POLINOMIO, _SEMENTE, _MASCARA = 0x1021, 0xFFFF, 0xFFFF


class Pix(NamedTuple):
    """O que diz o texto do Pix."""

    recebedor: str
    cidade: str
    centavos: int | None
    """``None`` se o texto não fixa valor."""


def crc16(texto: str) -> str:
    """CRC-16/CCITT-FALSE, em quatro algarismos hexadecimais.

    >>> crc16("123456789")
    '29B1'
    """
    soma = _SEMENTE
    for byte in texto.encode("utf-8"):
        soma ^= byte << 8
        for _ in range(8):
            soma = (soma << 1 ^ _POLINOMIO if soma & 0x8000 else soma << 1) & _MASCARA
    return f"{soma:04X}"


def ler(texto: str) -> Pix:
    """Lê e confere o texto.

    Raises:
        ErroDeCampo: ``boleto.pix``, se não é um Pix, a soma não confere ou o valor não se entende.
    """
    if not texto.startswith(_INICIO):
        raise ErroDeCampo("boleto.pix", "o texto do Pix não começa por 000201")
    campos = dict(_campos(texto))
    if campos.get(_SOMA) != crc16(texto[:-_CABECA]) or not texto.endswith(f"6304{campos.get(_SOMA)}"):
        raise ErroDeCampo("boleto.pix", "a soma de verificação do Pix não confere: o texto está estragado")
    return Pix(campos.get(_NOME, ""), campos.get(_CIDADE, ""), _centavos(campos.get(_VALOR)))


def mesmo_recebedor(no_pix: str, esperado: str) -> bool:
    """Diz se o nome no Pix, que o banco corta em 25 letras, é o que se espera; acentos e maiúsculas não contam.

    >>> mesmo_recebedor("Farmacia Modelo Comercio d", "FARMÁCIA MODELO COMÉRCIO DE REMÉDIOS LTDA")
    True
    """
    lido, inteiro = (" ".join(transliterar(nome).split()) for nome in (no_pix, esperado))
    return bool(lido) and (lido == inteiro or (len(lido) >= _NOME_CORTADO and inteiro.startswith(lido)))


def _campos(texto: str) -> Iterator[tuple[str, str]]:
    posicao = 0
    while posicao < len(texto):
        tamanho = texto[posicao + 2 : posicao + _CABECA]
        if not tamanho.isdigit():
            raise ErroDeCampo("boleto.pix", "o texto do Pix está cortado ou estragado")
        fim = posicao + _CABECA + int(tamanho)
        yield texto[posicao : posicao + 2], texto[posicao + _CABECA : fim]
        posicao = fim


def _centavos(escrito: str | None) -> int | None:
    if escrito is None:
        return None
    try:
        cem = Decimal(escrito) * 100
    except InvalidOperation as erro:
        raise ErroDeCampo("boleto.pix", f"o valor do Pix não se entende: {escrito}") from erro
    if cem != cem.to_integral_value():
        raise ErroDeCampo("boleto.pix", f"o valor do Pix tem fração de centavo: {escrito}")
    return int(cem)
