"""O texto de um Pix (EMV) que o banco deu para um boleto: confere a soma, o valor, o recebedor; monta o de um endereço.

Fonte: Manual de Padrões para Iniciação do Pix, BCB (BR Code, EMV QRCPS-MPM).
"""

from __future__ import annotations

import re
from binascii import crc_hqx
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from unicodedata import normalize

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeCampo

_INICIO = "000201"
_VALOR, _NOME, _CIDADE, _SOMA = "54", "59", "60", "63"
_CABECA = 4
_NOME_MAXIMO, _CIDADE_MAXIMA = 25, 15
_ENDERECO = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[\w./-]+")
_NOME_CORTADO = 23
"""O campo 59 tem até 25 letras; cortado no fim de uma palavra, pode ter menos."""
_SEMENTE = 0xFFFF


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
    return f"{crc_hqx(texto.encode(), _SEMENTE):04X}"


def ler(texto: str) -> Pix:
    """Lê e confere o texto.

    Raises:
        ErroDeCampo: ``boleto.pix``, se não é um Pix, a soma não confere ou o valor não se entende.
    """
    if not e_texto(texto):
        raise ErroDeCampo("boleto.pix", "o texto do Pix não começa por 000201")
    campos = dict(_campos(texto))
    if campos.get(_SOMA) != crc16(texto[:-_CABECA]) or not texto.endswith(f"6304{campos.get(_SOMA)}"):
        raise ErroDeCampo("boleto.pix", "a soma de verificação do Pix não confere: o texto está estragado")
    return Pix(campos.get(_NOME, ""), campos.get(_CIDADE, ""), _centavos(campos.get(_VALOR)))


def e_texto(do_banco: str) -> bool:
    """Diz se é o copia e cola, e não um endereço."""
    return do_banco.startswith(_INICIO)


def e_endereco(do_banco: str) -> bool:
    """Diz se é o endereço de uma cobrança Pix, sem o ``https://``.

    >>> e_endereco("pix.example.com/qr/v2/cobv/abcd"), e_endereco("https://exemplo")
    (True, False)
    """
    return _ENDERECO.fullmatch(do_banco) is not None


def copia_e_cola(do_banco: str, recebedor: str, cidade: str) -> str:
    """O texto que se imprime: o que o banco deu, ou o montado com o endereço que ele deu; vazio se falta a cidade.

    >>> copia_e_cola("pix.example.com/8b3da2f39a4140d1a91abd93113bd441", "Fulano de Tal", "BRASILIA")[-19:]
    '62070503***630464E4'
    """
    if not do_banco or e_texto(do_banco):
        return do_banco
    if not cidade or not e_endereco(do_banco):
        return ""
    conta = _campo("00", "br.gov.bcb.pix") + _campo("25", do_banco)
    nome, onde = _sem_acento(recebedor)[:_NOME_MAXIMO].strip(), _sem_acento(cidade)[:_CIDADE_MAXIMA].strip()
    texto = (
        f"{_INICIO}010212{_campo('26', conta)}5204000053039865802BR{_campo(_NOME, nome)}{_campo(_CIDADE, onde)}"
        f"{_campo('62', _campo('05', '***'))}{_SOMA}04"
    )
    return texto + crc16(texto)


def _campo(id_: str, valor: str) -> str:
    return f"{id_}{len(valor):02d}{valor}"


def _sem_acento(texto: str) -> str:
    return "".join(c for c in normalize("NFKD", texto) if c.isascii() and c.isprintable())


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
