"""Os textos do pacote fora das células das tabelas: o que sobra na tabela de textos, e o que a pessoa pôs em volta."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from guiche.planilha import pacote
from guiche.planilha.xml_da_aba import normalizar

_ITEM = re.compile(rb"<si\b[^>]*?(?:/>|>.*?</si>)", re.DOTALL)
_TEXTO = re.compile(rb"(<(?:\w+:)?t\b[^>]*>)([^<]*)(</(?:\w+:)?t>)")
_USO = re.compile(rb't="s"[^>]*>\s*<v>(\d+)</v>')
_CELULA = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_VALOR = re.compile(rb"<v>([^<]*)</v>")
_SEM_TEXTO = b"<si><t/></si>"
_ALGARISMOS_QUE_IDENTIFICAM = 6
Troca = Callable[[str], str]


def sem_os_que_nao_se_usam(textos: bytes, abas: Iterable[bytes]) -> bytes:
    """A tabela de textos com os que nenhuma aba cita em branco; a numeração dos outros não muda."""
    usados = {int(n) for aba in abas for n in _USO.findall(aba)}
    contados = iter(range(1 << 30))
    return _ITEM.sub(lambda item: item[0] if next(contados) in usados else _SEM_TEXTO, textos)


def limpar(caminho: Path) -> bool:
    """Apaga da pasta de trabalho salva os textos que nenhuma célula usa mais; diz se ela os tinha à parte."""
    with pacote.ler_partes(caminho) as partes:
        nomes = frozenset(partes.namelist())
    if pacote.TEXTOS not in nomes:
        return False
    abas = (pacote.ler_parte(caminho, n) for n in sorted(nomes) if n.startswith("xl/worksheets/sheet"))
    limpos = sem_os_que_nao_se_usam(pacote.ler_parte(caminho, pacote.TEXTOS), abas)
    pacote.gravar(caminho, {pacote.TEXTOS: pacote.comprimir([limpos])})
    return True


def itens(textos: bytes) -> list[str]:
    """O que diz cada item da tabela de textos, sem a formatação."""
    return ["".join(unescape(t.decode()) for _, t, _ in _TEXTO.findall(item)) for item in _ITEM.findall(textos)]


def trocar_textos(xml: bytes, trocar: Troca, marca: bytes = b"t") -> bytes:
    """O XML com o texto de cada elemento ``marca`` trocado."""
    elemento = re.compile(rb"(<(?:\w+:)?%s\b[^>]*[^/]>|<(?:\w+:)?%s>)([^<]*)(</(?:\w+:)?%s>)" % (marca, marca, marca))

    def um(achado: re.Match[bytes]) -> bytes:
        return achado[1] + escape(trocar(unescape(achado[2].decode()))).encode() + achado[3]

    return elemento.sub(um, xml)


def trocar_celulas(
    xml: bytes, sabidas: Mapping[str, int], textos: Collection[str], trocar: Troca, lista: Sequence[str]
) -> bytes:
    """A aba com as células fora das colunas ``sabidas`` (letra → linha do cabeçalho) trocadas.

    Fica o texto que está em ``textos``, que não é de ninguém; ``lista`` é a tabela de textos, para quem a cita.
    Fórmula fica; o texto que ela deu se apaga, que o Excel o calcula de novo ao abrir.
    """

    def uma(achada: re.Match[bytes]) -> bytes:
        letra, linha, atributos, dentro = achada.groups()
        if dentro is None:
            return achada[0]
        if b"<f" in dentro:
            return _sem_resultado(achada[0]) if b't="str"' in atributos or _identifica(dentro) else achada[0]
        if int(linha) >= sabidas.get(letra.decode(), 1 << 30):
            return achada[0]
        return _trocada(achada, textos, trocar, lista)

    return _CELULA.sub(uma, normalizar(xml))


def _sem_resultado(celula: bytes) -> bytes:
    return _VALOR.sub(b"<v></v>", celula)


def _identifica(dentro: bytes) -> bool:
    valor = _VALOR.search(dentro)
    return valor is not None and valor[1].isdigit() and len(valor[1]) >= _ALGARISMOS_QUE_IDENTIFICAM


def _trocada(achada: re.Match[bytes], textos: Collection[str], trocar: Troca, lista: Sequence[str]) -> bytes:
    letra, linha, atributos, dentro = achada.groups()
    valor = _VALOR.search(dentro)
    if b't="s"' in atributos and valor is not None:
        dito = lista[int(valor[1])] if int(valor[1]) < len(lista) else ""
    elif b't="inlineStr"' in atributos:
        dito = "".join(unescape(t.decode()) for _, t, _ in _TEXTO.findall(dentro))
    elif _identifica(dentro) and valor is not None:
        return achada[0].replace(valor[0], b"<v>%s</v>" % trocar(valor[1].decode()).encode())
    else:
        return achada[0]
    if dito in textos:
        return achada[0]
    outros = re.sub(rb'\s*t="\w+"', b"", atributos)
    novo = escape(trocar(dito)).encode()
    return b'<c r="%s%s"%s t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (letra, linha, outros, novo)
