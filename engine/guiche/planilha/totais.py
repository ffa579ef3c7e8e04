"""A linha de totais do Excel numa tabela: não é dado, e fica sempre abaixo do que se escreve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guiche.planilha.lugares import Lugar
from guiche.planilha.xml_da_aba import acrescentar, linha_inteira

_ENDERECO = re.compile(rb'( r="[A-Z]*)\d+"')


def separar(xml: bytes, lugar: Lugar) -> tuple[bytes, bytes]:
    """A aba sem a linha de totais, e ela; ``b""`` se a tabela não a mostra."""
    linha = linha_inteira(xml, lugar.fim) if lugar.totais else b""
    return (xml.replace(linha, b"", 1), linha) if linha else (xml, b"")


def repor(xml: Iterable[bytes], linha: bytes, numero: int) -> Iterator[bytes]:
    """A aba com a linha de totais na linha dada, abaixo de todas."""
    return acrescentar(xml, [renumerar(linha, numero)]) if linha else iter(xml)


def renumerar(linha: bytes, numero: int) -> bytes:
    """A linha com outro número, em todas as células.

    >>> renumerar(b'<row r="6" ht="15"><c r="A6" t="s"><v>6</v></c><c r="AB6"/></row>', 12)
    b'<row r="12" ht="15"><c r="A12" t="s"><v>6</v></c><c r="AB12"/></row>'
    """
    return _ENDERECO.sub(rb'\g<1>%d"' % numero, linha)
