"""O leitor de células, aberto com cuidado: confere antes o que ele não confere, e explica o que ele não lê."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import pacote
from guiche.planilha.celulas import ErroDeFormula, numero_da_coluna
from guiche.planilha.lugares import Lugar


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
