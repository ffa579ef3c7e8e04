"""O desenho do código de barras e do QR como operadores de PDF, em vetores.

O código é Intercalado 2 de 5, sem dígito próprio e sem texto, na razão 3:1. Quem diz as barras é o
python-barcode: delas se tira, uma vez, uma tabela por posição, e desenhar um código é juntar 22 pedaços.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from barcode.itf import ITF
from reportlab.graphics.barcode import qrencoder
from reportlab.lib.units import mm

LARGURA, ALTURA = 103, 13
"""Milímetros, em todos os manuais."""
_PARES = 22
_INICIO, _FIM = 4, 5
"""Módulos das barras de início e de fim."""
_ESCURAS = re.compile("1+")
_SILENCIO = 4
"""Módulos em branco em volta de um QR."""


class Tabela(NamedTuple):
    """Operadores de cada par de algarismos em cada posição, e os das pontas; tudo em módulos."""

    pares: tuple[dict[str, str], ...]
    inicio: str
    fim: str
    modulos: int


def _barras_de(par: str) -> str:
    return str(ITF(par, narrow=1, wide=3).build()[0])


def _retangulos(modulos: str, deslocamento: int) -> str:
    return "".join(f"{deslocamento + b.start()} 0 {b.end() - b.start()} 1 re " for b in _ESCURAS.finditer(modulos))


@cache
def tabela() -> Tabela:
    """A tabela, tirada uma vez do python-barcode."""
    inteiras = {f"{n:02d}": _barras_de(f"{n:02d}") for n in range(100)}
    miolos = {par: modulos[_INICIO:-_FIM] for par, modulos in inteiras.items()}
    largura = len(miolos["00"])
    ponta = _INICIO + largura * _PARES
    pares = tuple(
        {par: _retangulos(modulos, _INICIO + largura * i) for par, modulos in miolos.items()} for i in range(_PARES)
    )
    exemplo = inteiras["00"]
    return Tabela(pares, _retangulos(exemplo[:_INICIO], 0), _retangulos(exemplo[-_FIM:], ponta), ponta + _FIM)


def codigo_de_barras(codigo: str, x: float, y: float) -> str:
    """Operadores que desenham os 44 algarismos com o canto inferior esquerdo em (x, y), em pontos."""
    t = tabela()
    pares = "".join([pares[codigo[i : i + 2]] for pares, i in zip(t.pares, range(0, 2 * _PARES, 2), strict=True)])
    escala = f"{LARGURA * mm / t.modulos:.6f} 0 0 {ALTURA * mm:.4f} {x:.4f} {y:.4f}"
    return f"q {escala} cm {t.inicio}{pares}{t.fim}f Q\n"


def qr(texto: str, x: float, y: float, lado: float) -> str:
    """Operadores que desenham o QR do texto num quadrado de ``lado`` pontos, com a zona de silêncio dentro dele."""
    codigo = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    codigo.addData(texto)
    codigo.make()
    n = codigo.getModuleCount()
    linhas = ("".join("01"[bool(codigo.isDark(i, j))] for j in range(n)) for i in range(n))
    retangulos = "".join(
        f"{b.start() + _SILENCIO} {n - 1 - i + _SILENCIO} {b.end() - b.start()} 1 re "
        for i, linha in enumerate(linhas)
        for b in _ESCURAS.finditer(linha)
    )
    modulo = lado / (n + 2 * _SILENCIO)
    return f"q {modulo:.6f} 0 0 {modulo:.6f} {x:.4f} {y:.4f} cm {retangulos}f Q\n"
