"""O leitor de células, aberto com cuidado: confere antes o que ele não confere, e explica o que ele não lê."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import pacote
from guiche.planilha.celulas import ErroDeFormula, numero_da_coluna
from guiche.planilha.esquema import Tabela
from guiche.planilha.lugares import Lugar
from guiche.planilha.porta import Folha


def abrir_leitor(caminho: Path, conferidas: Collection[str]) -> Any:
    """O leitor da pasta; as partes ``conferidas`` se conferem à medida que se leem.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``, se uma parte se abre em mais do que o pacote diz.
    """
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  só quem lê paga por ele

    pacote.conferir_tamanhos(caminho, conferidas)
    with caminho.open("rb") as arquivo:  # pelo caminho ele o deixaria aberto, e o Windows não o trocaria
        return CalamineWorkbook.from_filelike(arquivo)


_ERRO = re.compile(rb"""<c ([^<>]*\bt=["']e["'][^<>]*)>(?:<f[^<>]*(?:/>|>[^<]*</f>))?\s*<v>([^<]*)</v>""")
_ENDERECO = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_EM_PORTUGUES = {"#N/A": "#N/D", "#NAME?": "#NOME?", "#VALUE!": "#VALOR!", "#NUM!": "#NÚM!", "#NULL!": "#NULO!"}
"""Erro como o arquivo o guarda, seja qual for a língua → como se lê num Excel em português."""


def por_os_erros(xml: bytes, linhas: list[list[Any]]) -> None:
    """Põe nas linhas lidas os erros das células, que o leitor dá por vazias."""
    for achado in _ERRO.finditer(xml):
        endereco = _ENDERECO.search(achado[1])
        if endereco and int(endereco[2]) <= len(linhas):
            linha, coluna = linhas[int(endereco[2]) - 1], numero_da_coluna(endereco[1].decode())
            texto = achado[2].decode("utf-8", "replace")
            if coluna <= len(linha):
                linha[coluna - 1] = ErroDeFormula(_EM_PORTUGUES.get(texto, texto))


def montar_folha(tabela: Tabela, lugar: Lugar, letras: Mapping[str, str], corpo: list[list[Any]]) -> Folha:
    """A folha das colunas dadas (id → letra), das linhas da aba abaixo do cabeçalho; as em branco não vêm."""
    ids = tuple(letras)
    indices = [numero_da_coluna(letra) - 1 for letra in letras.values()]
    if corpo and len(corpo[0]) <= max(indices):  # as últimas colunas da tabela não têm célula nenhuma
        corpo = [[*linha, *[""] * (max(indices) + 1 - len(linha))] for linha in corpo]
    linhas = list(map(itemgetter(*indices), corpo)) if len(ids) > 1 else [(bruta[indices[0]],) for bruta in corpo]
    vazia = ("",) * len(ids)
    if lugar.totais and len(linhas) >= lugar.fim - lugar.cabecalho:
        linhas[lugar.fim - lugar.cabecalho - 1] = vazia
    numeros: Sequence[int] = range(lugar.cabecalho + 1, lugar.cabecalho + 1 + len(linhas))
    if vazia in linhas:
        cheias = [(n, linha) for n, linha in zip(numeros, linhas, strict=True) if linha != vazia]
        numeros, linhas = [n for n, _ in cheias], [linha for _, linha in cheias]
    return Folha(tabela.id, lugar.aba, ids, letras, numeros, linhas)


@contextmanager
def explicar_o_ilegivel(lugar: Lugar) -> Iterator[None]:
    """Traduz o que o leitor levanta num arquivo torto.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, ErroDePlanilha):
        raise
    except BaseException as erro:  # um arquivo torto põe o calamine em pânico, fora de Exception
        texto = f"não se consegue ler a aba ({type(erro).__name__})"
        raise ErroDePlanilha("pasta.ilegivel", texto, local=Local(lugar.aba)) from erro


def marca(caminho: Path) -> tuple[int, int]:
    """O que muda quando outro programa grava o arquivo: quando foi, em ns, e quantos bytes tem."""
    estado = caminho.stat()
    return estado.st_mtime_ns, estado.st_size
