"""Nomes de arquivo e de pasta que vêm de fora: de uma célula, de uma máscara, de um livro.

Um nome é só um nome: não sai da pasta em que se grava, e abre-se em Windows, Linux e macOS.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from string import Formatter

from guiche.dominio.texto import visivel
from guiche.erros import ErroDeRegra

_PROIBIDOS = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]')
_DISPOSITIVOS = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{porta}{n}" for porta in ("COM", "LPT") for n in "0123456789¹²³"
}
_MAIOR_NOME = 120
_LARGURA_DEMAIS = re.compile(r"\d{3}|[{}]")


def nome_de_arquivo(nome: str) -> str:
    r"""O próprio nome, se serve a um arquivo em qualquer sistema.

    Raises:
        ErroDeRegra: ``nome.arquivo``: vazio, comprido, com barra ou caractere proibido, ou de um dispositivo.

    >>> nome_de_arquivo("DBT_123_000007.rem")
    'DBT_123_000007.rem'
    """
    razao = _defeito(nome)
    if razao:
        raise ErroDeRegra("nome.arquivo", f"{_mostrar(nome)} não serve de nome de arquivo: {razao}")
    return nome


def pasta_de_dentro(texto: str) -> PurePosixPath:
    r"""A pasta, relativa à da pasta de trabalho e dentro dela; aceita as duas barras.

    Raises:
        ErroDeRegra: ``nome.pasta``: começa na raiz, numa unidade ou numa máquina da rede, ou sobe com ``..``.

    >>> pasta_de_dentro("banco\\saida")
    PurePosixPath('banco/saida')
    """
    partes = texto.strip().replace("\\", "/").split("/")
    if len(partes) > 1 and not partes[-1]:
        partes.pop()
    if not partes[0]:
        raise ErroDeRegra("nome.pasta", f"{_mostrar(texto)} não serve de pasta: começa na raiz ou noutra máquina")
    defeito = next((razao for parte in partes if (razao := _defeito(parte))), "")
    if defeito:
        raise ErroDeRegra("nome.pasta", f"{_mostrar(texto)} não serve de pasta: {defeito}")
    return PurePosixPath(*partes)


def _mostrar(texto: str) -> str:
    return repr(visivel(texto[:60]))


def _defeito(nome: str) -> str:
    if not nome.strip(". "):
        return "sobe de pasta" if ".." in nome else "falta o nome"
    if len(nome) > _MAIOR_NOME:
        return f"passa de {_MAIOR_NOME} caracteres"
    if achado := _PROIBIDOS.search(nome):
        return f"tem o caractere {visivel(achado[0])!r}"
    if nome[-1] in ". ":
        return "acaba em ponto ou espaço, que o Windows apaga"
    if nome.partition(".")[0].strip().upper() in _DISPOSITIVOS:
        return "é o nome de um dispositivo do Windows"
    return ""


def conferir_mascara(mascara: str, nomes: Collection[str]) -> None:
    """Confere que a máscara só pede os dados que existem, inteiros, e em largura razoável.

    Raises:
        ValueError: pede outro dado, um pedaço dele, uma conversão, ou mais de 99 posições.

    >>> conferir_mascara("{convenio}-{nsa:06d}", ["convenio", "nsa"])
    >>> conferir_mascara("{convenio:0>999999999}", ["convenio"])
    Traceback (most recent call last):
    ValueError: '0>999999999' é largura demais
    """
    for _, nome, forma, conversao in Formatter().parse(mascara):
        if conversao or (nome is not None and nome not in nomes):
            raise ValueError(f"{{{nome}}} não existe; os dados são {', '.join(nomes)}")
        if forma and _LARGURA_DEMAIS.search(forma):
            raise ValueError(f"{forma[:20]!r} é largura demais")
