"""O XML de uma aba: troca o corpo de uma tabela ou remenda células, sem tocar no resto.

Só se olha para as linhas que mudam. Cada célula nova leva o estilo que a célula já
tinha, ou o da primeira linha da tabela na mesma coluna.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from guiche.erros import ErroDePlanilha
from guiche.planilha.celulas import numero_da_coluna
from guiche.planilha.linhas_em_xml import Estilos, escritor

ESPACO = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELULA = re.compile(rb'<c r="([A-Z]+)\d+"([^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
_ESTILO = re.compile(rb'\bs="(\d+)"')
_LINHA = re.compile(rb'<row r="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_NUMERO_DA_LINHA = re.compile(rb'<row r="(\d+)"')
_DIMENSAO = re.compile(rb'<dimension ref="[^"]*"\s*/>')
_PEDACO = 4096
_DEPOIS_DAS_LINHAS = (
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""O que o padrão manda vir depois das validações, na ordem."""


def normalizar(xml: bytes) -> bytes:
    """O mesmo XML com o espaço de nomes da planilha sem prefixo, como o Excel grava.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``.
    """
    if b"<sheetData" in xml:
        return xml
    try:
        for _, (prefixo, uri) in ET.iterparse(BytesIO(xml), events=["start-ns"]):  # noqa: S314  já sem declarações
            ET.register_namespace("" if uri == ESPACO else prefixo, uri)
        return bytes(ET.tostring(ET.fromstring(xml), encoding="UTF-8", xml_declaration=True))  # noqa: S314
    except (ET.ParseError, ValueError) as erro:
        raise ErroDePlanilha("pasta.ilegivel", "o conteúdo de uma aba está estragado") from erro


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


def linha_inteira(xml: bytes, numero: int) -> bytes:
    """O XML da linha dada; ``b""`` se a aba não a tem."""
    trecho = _linha(xml, numero)
    return xml[trecho[0] : trecho[1]] if trecho else b""


def trocar_corpo(xml: bytes, cabecalho: int, linhas: Iterable[bytes], canto: str) -> Iterator[bytes]:
    """O XML, em pedaços, com outras linhas abaixo do cabeçalho; ``canto`` é a última célula da aba."""
    trecho = _linha(xml, cabecalho)
    fim = xml.find(b"</sheetData>")
    if trecho is None or fim < 0:
        raise ErroDePlanilha("pasta.ilegivel", "a aba não tem a linha de cabeçalho da tabela")
    yield _DIMENSAO.sub(b'<dimension ref="A1:%s"/>' % canto.encode(), xml[: trecho[1]], count=1)
    yield from linhas
    yield xml[fim:]


def linhas_presentes(xml: bytes) -> list[int]:
    """Números das linhas que a aba tem, em ordem."""
    return list(map(int, _NUMERO_DA_LINHA.findall(xml)))


def ultima_linha(xml: bytes) -> int:
    """Número da última linha que a aba tem; 0 se nenhuma."""
    return int(achada[1]) if (achada := _NUMERO_DA_LINHA.match(xml, xml.rfind(b'<row r="'))) else 0


def acrescentar(xml: Iterable[bytes], linhas: Iterable[bytes]) -> Iterator[bytes]:
    """O XML, em pedaços, com as linhas dadas depois da última."""
    antes, fim, depois = b"".join(xml).partition(b"</sheetData>")
    yield antes
    yield from linhas
    yield fim + depois


def remendar(
    xml: bytes, colunas: Sequence[str], mudancas: Mapping[int, Sequence[Any]], estilos: Estilos
) -> Iterator[bytes]:
    """O XML, em pedaços, com as colunas (letras) dadas escritas nas linhas dadas, no estilo de cada coluna."""
    ordem = sorted(range(len(colunas)), key=lambda i: numero_da_coluna(colunas[i]))
    letras = [colunas[i] for i in ordem]
    juntas = numero_da_coluna(letras[-1]) - numero_da_coluna(letras[0]) == len(letras) - 1
    escrever = escritor(ordem, letras, estilos)
    posicao = 0
    numeros = sorted(mudancas)
    for de in range(0, len(numeros), _PEDACO):
        pedaco = numeros[de : de + _PEDACO]
        partes: list[bytes] = []
        for numero, novas in zip(pedaco, escrever(pedaco, [mudancas[n] for n in pedaco]), strict=True):
            inicio = xml.find(b'<row r="%d"' % numero, posicao)
            if inicio < 0:
                raise ErroDePlanilha("pasta.mudou", f"a linha {numero} já não está na aba")
            pronta = _trocar_juntas(xml, inicio, numero, letras, novas.encode()) if juntas else None
            if pronta is None:
                fim = _fim_da_linha(xml, inicio)
                pronta = _mesclar(xml[inicio:fim], novas.encode()), fim
            partes += (xml[posicao:inicio], pronta[0])
            posicao = pronta[1]
        yield b"".join(partes)
    yield xml[posicao:]


def _trocar_juntas(
    xml: bytes, inicio: int, numero: int, letras: Sequence[str], novas: bytes
) -> tuple[bytes, int] | None:
    """O caso comum: colunas vizinhas, todas com célula. Devolve a linha nova e onde acabava a velha."""
    fim = xml.find(b"</row>", inicio)
    primeira = xml.find(b'<c r="%s%d"' % (letras[0].encode(), numero), inicio, fim)
    ultima = xml.find(b'<c r="%s%d"' % (letras[-1].encode(), numero), primeira, fim)
    if primeira < 0 or ultima < 0:
        return None
    depois = xml.find(b'<c r="', ultima + 1, fim)
    resto = xml[depois:fim] if depois >= 0 else b""
    return b"".join((xml[inicio:primeira], novas, resto, b"</row>")), fim + len(b"</row>")


def _fim_da_linha(xml: bytes, inicio: int) -> int:
    achada = _LINHA.match(xml, inicio)
    if achada is None:
        raise ErroDePlanilha("pasta.ilegivel", "a aba tem uma linha que não fecha")
    return achada.end()


def _mesclar(linha: bytes, novas: bytes) -> bytes:
    """A linha com as células novas no lugar das velhas, na ordem das colunas."""
    abertura = linha[: linha.index(b">") + 1]
    if abertura.endswith(b"/>"):
        abertura = abertura[:-2] + b">"
    celulas = {m[1]: m[0] for trecho in (linha, novas) for m in _CELULA.finditer(trecho)}
    return abertura + b"".join(celulas[c] for c in sorted(celulas, key=lambda c: (len(c), c))) + b"</row>"


_LINHA_OCULTA = re.compile(rb'(<row [^>]*?) hidden="(?:1|true)"')


def sem_linhas_ocultas(xml: bytes) -> bytes:
    """A aba com todas as linhas à vista.

    >>> sem_linhas_ocultas(b'<row r="2" hidden="1" ht="15"><c/></row>')
    b'<row r="2" ht="15"><c/></row>'
    """
    return _LINHA_OCULTA.sub(rb"\1", xml)


def inserir(xml: bytes, elemento: bytes, *, antes_de: str) -> bytes:
    """A aba com um elemento novo no lugar que o padrão manda: antes do nomeado e dos que o seguem.

    >>> inserir(b"<sheetData/><pageMargins/></worksheet>", b"<novo/>", antes_de="hyperlinks")
    b'<sheetData/><novo/><pageMargins/></worksheet>'
    """
    seguintes = "|".join(_DEPOIS_DAS_LINHAS[_DEPOIS_DAS_LINHAS.index(antes_de) :])
    fim = max(xml.rfind(b"</sheetData>"), 0)
    achado = re.compile(rf"<(?:{seguintes})\b|</worksheet>".encode()).search(xml, fim)
    if not achado:
        raise ErroDePlanilha("pasta.ilegivel", "a estrutura do arquivo não se reconhece")
    return xml[: achado.start()] + elemento + xml[achado.start() :]
