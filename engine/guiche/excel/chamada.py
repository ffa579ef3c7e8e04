"""Qual pasta de trabalho chamou o Python: o suplemento diz o nome dela na linha de comando."""

from __future__ import annotations

import importlib
import sys
import unicodedata
from collections.abc import Sequence

import xlwings as xw

from guiche.erros import ErroDePlanilha, Local
from guiche.excel.sistema import sem_esperar


def livro_que_chamou(argumentos: Sequence[str] | None = None) -> xw.Book:
    """A pasta de onde veio o clique, achada pelo nome entre as abertas: o Excel não abre duas de nome igual.

    Raises:
        ErroDePlanilha: ``pasta.nao_escolhida``, se ela já não está aberta.
    """
    dados = opcoes(sys.argv if argumentos is None else argumentos)
    if "wb" not in dados:
        return xw.Book.caller()
    nome = nome_da_pasta(dados["wb"])
    excel = _excel(dados.get("hwnd", ""))
    for livro in excel.books if excel else ():
        if _comparavel(livro.name) == _comparavel(nome):
            return livro
    raise ErroDePlanilha("pasta.nao_escolhida", "a pasta de trabalho já não está aberta no Excel", local=Local(nome))


def opcoes(argumentos: Sequence[str]) -> dict[str, str]:
    """As opções ``--nome=valor``; o valor vai até o fim, com os ``=`` que tiver.

    >>> opcoes(["-c", "--wb=Cobrança=2026.xlsx", "--from_xl=1"])
    {'wb': 'Cobrança=2026.xlsx', 'from_xl': '1'}
    """
    partes = (argumento[2:].partition("=") for argumento in argumentos if argumento.startswith("--"))
    return {nome: valor.strip() for nome, _, valor in partes}


def nome_da_pasta(escrito: str) -> str:
    """O nome, escrito em UTF-16BE hexadecimal; o suplemento de antes o escrevia como é, e aí há sempre um ponto.

    >>> nome_da_pasta("00610062002E0078006C00730078"), nome_da_pasta("ab.xlsx")
    ('ab.xlsx', 'ab.xlsx')
    """
    try:
        return bytes.fromhex(escrito).decode("utf-16-be")
    except ValueError:
        return escrito


def _comparavel(nome: str) -> str:
    """O macOS separa a letra do acento, e o Excel não distingue maiúsculas."""
    return unicodedata.normalize("NFC", nome).casefold()


def _excel(janela: str) -> xw.App | None:
    """O Excel da janela dada, no Windows; nos outros, o que está aberto."""
    if sys.platform == "win32":
        modulo = importlib.import_module("xlwings._xlwindows")
        sem_esperar(modulo)
        return xw.App(impl=modulo.App(xl=int(janela)))
    return xw.apps.active
