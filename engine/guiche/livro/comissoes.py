"""As comissões lançadas; acrescentam-se, nunca se mudam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Livro


class Comissao(NamedTuple):
    """A comissão de uma baixa. Dinheiro em centavos, percentual em centésimos de por cento, dia ISO."""

    fechamento: str
    empresa: str
    vendedor: str
    dia: str
    base: int
    percentual: int
    valor: int
    retorno: int | None


_COLUNAS = ("fechamento", "empresa", "vendedor", "dia", "base", "percentual", "valor", "retorno_id")


def lancar(livro: Livro, ato: int, comissoes: Iterable[Comissao]) -> None:
    """Acrescenta comissões."""
    inicio = proximo_id(livro, "comissao")
    colunas = ("id", "ato_id", *_COLUNAS)
    livro.inserir("comissao", colunas, ((inicio + i, ato, *comissao) for i, comissao in enumerate(comissoes)))


def listar(livro: Livro) -> list[Comissao]:
    """Todas, na ordem em que se lançaram."""
    return list(map(Comissao._make, livro.consultar(f"SELECT {', '.join(_COLUNAS)} FROM comissao ORDER BY id")))  # noqa: S608
