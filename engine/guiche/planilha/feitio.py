"""O feitio das colunas de uma aba que já existe: formato na coluna inteira, e listas que vão até a última linha."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from guiche.planilha.celulas import numero_da_coluna
from guiche.planilha.xml_da_aba import inserir

_COLUNAS = re.compile(rb"<cols>(.*?)</cols>", re.DOTALL)
_COLUNA = re.compile(rb"<col\b([^>]*?)(?:/>|>\s*</col>)")
_ATRIBUTO = re.compile(rb'(\w+)="([^"]*)"')
_VALIDACAO = re.compile(rb"<dataValidation\b[^>]*?(?:/>|>.*?</dataValidation>)", re.DOTALL)
_SQREF = re.compile(rb'\bsqref="([^"]*)"')
_FAIXA = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")
_ULTIMA = 1_048_576
MAIS_COLUNAS = 16_384
"""Até que coluna vai uma aba."""
_SEM_ESTILO = re.compile(rb'<c r="([A-Z]+)\d+"(?![^>]*\bs=")')
_DE_LISTA = b'type="list"'


class Trecho(NamedTuple):
    """Colunas vizinhas com o mesmo feitio."""

    de: int
    ate: int
    outros: tuple[tuple[bytes, bytes], ...]
    """Os outros atributos, como a largura."""
    estilo: int


def trechos(xml: bytes) -> list[Trecho]:
    """Os trechos de que a aba trata, em ordem."""
    achadas = _COLUNAS.search(xml)
    lidos = []
    for coluna in _COLUNA.findall(achadas[1] if achadas else b""):
        atributos = dict(_ATRIBUTO.findall(coluna))
        de, ate, estilo = (int(atributos.pop(nome, b"0")) for nome in (b"min", b"max", b"style"))
        lidos.append(Trecho(de, ate, tuple(atributos.items()), estilo))
    return sorted(lidos)


def com_formatos(xml: bytes, certos: Mapping[int, Trecho], geral: Callable[[int], bool]) -> bytes:
    """A aba com o feitio certo em cada coluna (número → como deve ser) que não tem formato próprio.

    ``geral`` diz se um estilo é o de quem não escolheu formato nenhum. A largura que a coluna tem fica.
    """
    novos: list[Trecho] = []
    faltam = dict(certos)
    for trecho in trechos(xml):
        dele = sorted(n for n in certos if trecho.de <= n <= trecho.ate)
        mudam = [n for n in dele if geral(trecho.estilo) and not geral(certos[n].estilo)]
        novos += _recortar(trecho, mudam, certos)
        for n in dele:
            faltam.pop(n)
    novos += [trecho._replace(de=n, ate=n) for n, trecho in faltam.items()]
    if sorted(novos) == trechos(xml):
        return xml
    escritas = b"<cols>%s</cols>" % b"".join(map(_escrever, sorted(novos)))
    return _COLUNAS.sub(lambda _: escritas, xml) if _COLUNAS.search(xml) else _antes_das_linhas(xml, escritas)


def _antes_das_linhas(xml: bytes, colunas: bytes) -> bytes:
    return re.sub(rb"<cols\s*/>", b"", xml, count=1).replace(b"<sheetData", colunas + b"<sheetData", 1)


def _recortar(trecho: Trecho, mudam: Sequence[int], certos: Mapping[int, Trecho]) -> Iterator[Trecho]:
    inicio = trecho.de
    for n in mudam:
        if inicio < n:
            yield trecho._replace(de=inicio, ate=n - 1)
        yield trecho._replace(de=n, ate=n, estilo=certos[n].estilo)
        inicio = n + 1
    if inicio <= trecho.ate:
        yield trecho._replace(de=inicio)


def _escrever(trecho: Trecho) -> bytes:
    outros = b"".join(b' %s="%s"' % par for par in trecho.outros)
    estilo = b' style="%d"' % trecho.estilo if trecho.estilo else b""
    return b'<col min="%d" max="%d"%s%s/>' % (trecho.de, trecho.ate, outros, estilo)


def celulas_da_coluna(xml: bytes) -> bytes:
    """A aba com o estilo da coluna nas células que não dizem nenhum.

    O gnumeric as grava assim, querendo dizer isso; para o Excel, porém, célula sem estilo é de formato geral.
    """
    das_colunas = {n: t.estilo for t in trechos(xml) if t.estilo for n in range(t.de, min(t.ate, MAIS_COLUNAS) + 1)}

    def com_estilo(celula: re.Match[bytes]) -> bytes:
        estilo = das_colunas.get(numero_da_coluna(celula[1].decode()))
        return b'%s s="%d"' % (celula[0], estilo) if estilo else celula[0]

    return _SEM_ESTILO.sub(com_estilo, xml)


def com_listas(xml: bytes, certas: Mapping[str, bytes], primeira: int) -> bytes:
    """A aba com a lista de cada coluna (letra → a validação que deve ter) até a última linha.

    A que outro programa cortou volta a ir até o fim; a que sumiu volta. Onde a pessoa pôs listas suas, nada muda.
    """
    for letra, certa in certas.items():
        donas = [v for v in _VALIDACAO.findall(xml) if _DE_LISTA in v and _faixas(v, letra)]
        if not donas:
            xml = _acrescentar(xml, _SQREF.sub(b'sqref="%s"' % _inteira(letra, primeira).encode(), certa, count=1))
        elif len(donas) == 1 and (nova := _ate_o_fim(donas[0], letra, primeira)) != donas[0]:
            xml = xml.replace(donas[0], nova, 1)
    return xml


def lista_da_coluna(xml: bytes, letra: str) -> bytes:
    """A validação de lista que cobre a coluna; vazia se nenhuma."""
    return next((v for v in _VALIDACAO.findall(xml) if _DE_LISTA in v and _faixas(v, letra)), b"")


def _inteira(letra: str, primeira: int) -> str:
    return f"{letra}{primeira}:{letra}{_ULTIMA}"


def _lidas(validacao: bytes) -> list[str]:
    achado = _SQREF.search(validacao)
    return achado[1].decode().split() if achado else []


def _contem(faixa: str, letra: str) -> bool:
    achada = _FAIXA.fullmatch(faixa)
    if not achada:
        return False
    de, ate = (numero_da_coluna(x) for x in (achada[1], achada[3] or achada[1]))
    return de <= numero_da_coluna(letra) <= ate


def _faixas(validacao: bytes, letra: str) -> list[str]:
    return [faixa for faixa in _lidas(validacao) if _contem(faixa, letra)]


def _ate_o_fim(validacao: bytes, letra: str, primeira: int) -> bytes:
    """A validação que ia desde a primeira linha da tabela, indo até o fim; a que começa noutra, a pessoa a pôs."""
    dela = [faixa for faixa in _lidas(validacao) if _contem(faixa, letra)]
    if not any(int(_FAIXA.fullmatch(faixa)[2]) == primeira for faixa in dela):  # type: ignore[index]
        return validacao
    prontas = [_esticar(faixa) if faixa in dela else faixa for faixa in _lidas(validacao)]
    return _SQREF.sub(b'sqref="%s"' % " ".join(prontas).encode(), validacao, count=1)


def _esticar(faixa: str) -> str:
    de, primeira, ate, _ = _FAIXA.fullmatch(faixa).groups()  # type: ignore[union-attr]
    return f"{de}{primeira}:{ate or de}{_ULTIMA}"


def _acrescentar(xml: bytes, validacao: bytes) -> bytes:
    if b"</dataValidations>" not in xml:
        return inserir(xml, b'<dataValidations count="1">%s</dataValidations>' % validacao, antes_de="hyperlinks")
    xml = xml.replace(b"</dataValidations>", validacao + b"</dataValidations>", 1)
    quantas = len(_VALIDACAO.findall(xml))
    return re.sub(rb'(<dataValidations\b[^>]*?count=")\d+', rb"\g<1>%d" % quantas, xml, count=1)
