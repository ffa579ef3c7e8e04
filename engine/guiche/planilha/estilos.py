"""Leva os estilos de um pacote para outro: o que uma aba usa lá se acrescenta aqui, e o que já havia fica."""

from __future__ import annotations

import re
from functools import cache

_XF = re.compile(rb"<xf [^>]*?/>|<xf [^>]*?>.*?</xf>", re.DOTALL)
_DA_CELULA = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*? s="|<col [^>]*?style=")(\d+)"')
_PRIMEIRO_FORMATO_LIVRE = 164


class Estilos:
    """Os estilos de um pacote que recebe abas de outro. Os dois são o texto de ``xl/styles.xml``."""

    def __init__(self, recebe: bytes, da: bytes) -> None:
        self.xml = recebe
        self._da = da
        self._entendidos = b"<cellXfs count=" in recebe
        self.traduzido = cache(self._traduzido)

    def traduzir(self, aba: bytes) -> bytes:
        """A aba do outro pacote com os números que os estilos dela passam a ter neste."""
        return _DA_CELULA.sub(lambda m: b'%s%d"' % (m[1], self.traduzido(int(m[2]))), aba)

    def geral(self, numero: int) -> bool:
        """Diz se um estilo deste pacote é o de quem não escolheu formato de número."""
        itens = _itens(self.xml, b"cellXfs", _XF)
        return numero < len(itens) and _achado(rb'numFmtId="(\d+)"', itens[numero]) == b"0"

    def _traduzido(self, numero: int) -> int:
        """O número, neste pacote, de um estilo do outro; 0, o comum, se aqui não se entende onde os pôr."""
        if not self._entendidos or not numero:
            return 0
        xf = _itens(self._da, b"cellXfs", _XF)[numero]
        for atributo, lista, item in ((b"fontId", b"fonts", b"font"), (b"fillId", b"fills", b"fill")):
            xf = self._trocar(xf, atributo, lista, item)
        xf = re.sub(rb'borderId="\d+"', b'borderId="0"', xf)
        return self._por(b"cellXfs", _XF, self._com_formato(xf))

    def _trocar(self, xf: bytes, atributo: bytes, lista: bytes, item: bytes) -> bytes:
        padrao = re.compile(rb"<%s\b[^>]*?/>|<%s\b[^>]*?>.*?</%s>" % (item, item, item), re.DOTALL)
        velho = int(_achado(rb'%s="(\d+)"' % atributo, xf))
        novo = self._por(lista, padrao, _itens(self._da, lista, padrao)[velho])
        return re.sub(rb'%s="\d+"' % atributo, b'%s="%d"' % (atributo, novo), xf)

    def _com_formato(self, xf: bytes) -> bytes:
        numero = int(_achado(rb'numFmtId="(\d+)"', xf))
        if numero < _PRIMEIRO_FORMATO_LIVRE:
            return xf
        codigo = _achado(rb'<numFmt numFmtId="%d" formatCode="([^"]*)"' % numero, self._da)
        return re.sub(rb'numFmtId="\d+"', b'numFmtId="%d"' % self._formato(codigo), xf)

    def _formato(self, codigo: bytes) -> int:
        if igual := re.search(rb'<numFmt numFmtId="(\d+)" formatCode="%s"' % re.escape(codigo), self.xml):
            return int(igual[1])
        usados = [int(n) for n in re.findall(rb'<numFmt numFmtId="(\d+)"', self.xml)]
        novo = max([_PRIMEIRO_FORMATO_LIVRE - 1, *usados]) + 1
        if not usados:
            self.xml = re.sub(rb"(<styleSheet[^>]*>)", rb'\1<numFmts count="0"></numFmts>', self.xml, count=1)
        self._juntar(b"numFmts", b'<numFmt numFmtId="%d" formatCode="%s"/>' % (novo, codigo))
        return novo

    def _por(self, lista: bytes, padrao: re.Pattern[bytes], item: bytes) -> int:
        """A posição do item na lista, posto no fim se lá não está igual."""
        itens = _itens(self.xml, lista, padrao)
        if item in itens:
            return itens.index(item)
        self._juntar(lista, item)
        return len(itens)

    def _juntar(self, lista: bytes, item: bytes) -> None:
        def com_mais_um(m: re.Match[bytes]) -> bytes:
            return b'%s%d"%s%s%s' % (m[1], int(m[2]) + 1, m[3], item, m[4])

        padrao = rb'(<%s\b[^>]*?count=")(\d+)"([^>]*>.*?)(</%s>)' % (lista, lista)
        self.xml = re.sub(padrao, com_mais_um, self.xml, count=1, flags=re.DOTALL)


def _itens(xml: bytes, lista: bytes, padrao: re.Pattern[bytes]) -> list[bytes]:
    achada = re.search(rb"<%s\b[^>]*>(.*?)</%s>" % (lista, lista), xml, re.DOTALL)
    return padrao.findall(achada[1]) if achada else []


def _achado(padrao: bytes, xml: bytes) -> bytes:
    achado = re.search(padrao, xml)
    return achado[1] if achado else b"0"
