"""O XML de uma aba: troca o corpo de uma tabela ou remenda células, sem tocar no resto.

Só se olha para as linhas que mudam. Cada célula nova leva o estilo que a célula já
tinha, ou o da primeira linha da tabela na mesma coluna.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from guiche.erros import ErroDePlanilha

ESPACO = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELULA = re.compile(rb'<c r="([A-Z]+)\d+"([^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
_ESTILO = re.compile(rb'\bs="(\d+)"')
_LINHA = re.compile(rb'<row r="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_DIMENSAO = re.compile(rb'<dimension ref="[^"]*"\s*/>')
_MESCLADA = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA_VAZIA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>|</c>)')
_PROIBIDOS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EPOCA = date(1899, 12, 30)
_SEGUNDOS_DO_DIA = 86_400
Estilos = Mapping[str, bytes]


def numero_da_coluna(letras: str) -> int:
    """``"A"`` é 1, ``"AA"`` é 27.

    >>> numero_da_coluna("AA")
    27
    """
    numero = 0
    for letra in letras:
        numero = numero * 26 + ord(letra) - 64
    return numero


def letras_da_coluna(numero: int) -> str:
    """Inversa de ``numero_da_coluna``.

    >>> letras_da_coluna(27)
    'AA'
    """
    letras = ""
    while numero:
        numero, resto = divmod(numero - 1, 26)
        letras = chr(65 + resto) + letras
    return letras


def normalizar(xml: bytes) -> bytes:
    """O mesmo XML com o espaço de nomes da planilha sem prefixo, como o Excel grava."""
    if b"<sheetData" in xml:
        return xml
    for _, (prefixo, uri) in ET.iterparse(BytesIO(xml), events=["start-ns"]):  # noqa: S314  arquivo do próprio usuário
        ET.register_namespace("" if uri == ESPACO else prefixo, uri)
    return bytes(ET.tostring(ET.fromstring(xml), encoding="UTF-8", xml_declaration=True))  # noqa: S314


def mescladas(xml: bytes, primeira: int) -> list[str]:
    """Células mescladas que entram no corpo da tabela (da linha ``primeira`` em diante)."""
    return [
        f"{a.decode()}{int(de)}:{b.decode()}{int(ate)}"
        for a, de, b, ate in _MESCLADA.findall(xml)
        if int(ate) >= primeira
    ]


def formulas_sem_valor(xml: bytes, primeira: int, letras: frozenset[str]) -> list[str]:
    """Células das colunas dadas com fórmula que nenhum programa calculou."""
    if b"<f" not in xml:
        return []
    return [
        f"{letra.decode()}{int(n)}"
        for letra, n in _FORMULA_VAZIA.findall(xml)
        if int(n) >= primeira and letra.decode() in letras
    ]


def estilos_da_linha(xml: bytes, numero: int) -> dict[str, bytes]:
    """Estilo (``s="n"``) de cada coluna na linha dada."""
    trecho = _linha(xml, numero)
    if trecho is None:
        return {}
    achados = ((m[1].decode(), _ESTILO.search(m[2])) for m in _CELULA.finditer(xml, *trecho))
    return {letras: estilo[1] for letras, estilo in achados if estilo}


def _linha(xml: bytes, numero: int, desde: int = 0) -> tuple[int, int] | None:
    """Onde começa e acaba a linha; ``None`` se não está no XML."""
    inicio = xml.find(b'<row r="%d"' % numero, desde)
    if inicio < 0:
        return None
    achada = _LINHA.match(xml, inicio)
    return (inicio, achada.end()) if achada else None


def trocar_corpo(xml: bytes, cabecalho: int, linhas: Sequence[bytes], canto: str) -> bytes:
    """Troca todas as linhas abaixo do cabeçalho; ``canto`` é a última célula da aba."""
    trecho = _linha(xml, cabecalho)
    fim = xml.find(b"</sheetData>")
    if trecho is None or fim < 0:
        raise ErroDePlanilha("pasta.ilegivel", "a aba não tem a linha de cabeçalho da tabela")
    corpo = b"".join(linhas)
    if proibido := _PROIBIDOS.search(corpo):
        raise ErroDePlanilha("celula.caractere", f"há um caractere de controle ({proibido[0]!r}) num texto a gravar")
    novo = b"".join((xml[: trecho[1]], corpo, xml[fim:]))
    return _DIMENSAO.sub(b'<dimension ref="A1:%s"/>' % canto.encode(), novo, count=1)


def remendar(xml: bytes, mudancas: Mapping[int, Mapping[str, bytes]], estilos: Estilos) -> bytes:
    """Escreve células: linha → coluna → conteúdo (o que vem de ``escritor``, sem o estilo)."""
    partes, posicao = [], 0
    for numero in sorted(mudancas):
        trecho = _linha(xml, numero, posicao)
        if trecho is None:
            raise ErroDePlanilha("pasta.mudou", f"a linha {numero} já não está na aba")
        inicio, fim = trecho
        partes += [xml[posicao:inicio], _linha_remendada(xml[inicio:fim], numero, mudancas[numero], estilos)]
        posicao = fim
    partes.append(xml[posicao:])
    return b"".join(partes)


def _linha_remendada(linha: bytes, numero: int, novas: Mapping[str, bytes], estilos: Estilos) -> bytes:
    abertura = linha[: linha.index(b">") + 1]
    if abertura.endswith(b"/>"):
        abertura = abertura[:-2] + b">"
    celulas = {m[1].decode(): m for m in _CELULA.finditer(linha)}
    prontas = {letras: m[0] for letras, m in celulas.items()}
    for letras, conteudo in novas.items():
        velho = _ESTILO.search(celulas[letras][2]) if letras in celulas else None
        estilo = velho[1] if velho else estilos.get(letras, b"")
        prontas[letras] = celula(f"{letras}{numero}", estilo, conteudo)
    ordem = sorted(prontas, key=lambda letras: (len(letras), letras))
    return abertura + b"".join(prontas[letras] for letras in ordem) + b"</row>"


def celula(endereco: str, estilo: bytes, conteudo: bytes) -> bytes:
    """Uma célula: ``conteudo`` são os atributos de tipo e o valor, já em XML."""
    marca = b' s="%s"' % estilo if estilo else b""
    return b'<c r="%s"%s%s' % (endereco.encode(), marca, conteudo)


_VAZIA = b"/>"


def _texto(valor: Any) -> bytes:
    return b' t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % escape(str(valor)).encode()


def _numero(valor: Any) -> bytes:
    return b"><v>%s</v></c>" % str(valor).encode()


def _dia(valor: Any) -> bytes:
    if isinstance(valor, datetime):
        segundos = valor.hour * 3600 + valor.minute * 60 + valor.second
        return _numero((valor.date() - _EPOCA).days + round(segundos / _SEGUNDOS_DO_DIA, 9))
    return _numero((valor - _EPOCA).days)


def conteudo(valor: Any) -> bytes:
    """Conteúdo XML de um valor: texto fica texto, dinheiro vai com seus algarismos, data vai como número do Excel."""
    if valor is None or valor == "":
        return _VAZIA
    if isinstance(valor, str):
        return _texto(valor)
    if isinstance(valor, bool):
        return b' t="b"><v>%d</v></c>' % valor
    if isinstance(valor, date):
        return _dia(valor)
    if isinstance(valor, (int, float, Decimal)):
        return _numero(valor)
    raise TypeError(type(valor).__name__)


def linhas_novas(
    linhas: Sequence[Sequence[Any]], primeira: int, colunas: Sequence[str], estilos: Estilos
) -> list[bytes]:
    """O XML de cada linha do corpo, com as colunas (letras) na ordem dada."""
    ordem = sorted(range(len(colunas)), key=lambda i: numero_da_coluna(colunas[i]))
    marcas = [(i, colunas[i], _marca(estilos.get(colunas[i], b""))) for i in ordem]
    escrever = _com_memoria()
    prontas = []
    for numero, linha in enumerate(linhas, primeira):
        celulas = [f'<c r="{letras}{numero}"{marca}{escrever(linha[i])}' for i, letras, marca in marcas]
        prontas.append(f'<row r="{numero}">{"".join(celulas)}</row>'.encode())
    return prontas


def _marca(estilo: bytes) -> str:
    return f' s="{estilo.decode()}"' if estilo else ""


class _Memoria(dict[Any, str]):
    """Conteúdos já escritos: datas, situações e motivos se repetem muito."""

    def __missing__(self, valor: Any) -> str:
        pronto = self[valor] = conteudo(valor).decode()
        return pronto


def _com_memoria() -> Callable[[Any], str]:
    """Escreve um valor; valores de tipos diferentes e iguais entre si (1 e 1.0) têm memórias separadas."""
    memorias: dict[type, _Memoria] = {}

    def escrever(valor: Any) -> str:
        memoria = memorias.get(type(valor))
        if memoria is None:
            memoria = memorias[type(valor)] = _Memoria()
        return memoria[valor]

    return escrever
