"""O que cada fechamento levava quando foi a débito, no livro: enquanto está no banco, não muda."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from guiche.livro.conexao import Livro

NO_BANCO = "l.substituida_por IS NULL AND (l.estado IN (1, 2) OR (l.estado = 3 AND l.liberada = 0))"
"""A linha ``l`` é a vigente de um débito que prende os seus títulos."""


class Membro(NamedTuple):
    """Um título de um fechamento enviado. Centavos; dia ISO."""

    cadeia: int
    titulo: str
    cliente: str
    vencimento: str
    valor: int


class Congelado(NamedTuple):
    """Um título de um fechamento que está no banco, como foi."""

    titulo: str
    cliente: str
    valor: int
    fechamento: str
    """O número com que o fechamento anda no livro."""
    remessa: int


def guardar(livro: Livro, membros: Iterable[Membro]) -> None:
    """Guarda o que os fechamentos de uma remessa levam."""
    livro.inserir("membro", Membro._fields, membros)


def do_debito(livro: Livro, linha: int) -> list[Membro]:
    """Os títulos do fechamento a cujo débito a linha pertence; vazio se não se guardaram."""
    sql = (
        f"SELECT {', '.join(f'm.{nome}' for nome in Membro._fields)} FROM membro m"  # noqa: S608  nomes do código
        " JOIN linha l ON l.cadeia = m.cadeia WHERE l.id = ? ORDER BY m.titulo"
    )
    return list(map(Membro._make, livro.consultar(sql, (linha,))))


def congelados(livro: Livro) -> list[Congelado]:
    """Os títulos de todos os fechamentos que estão no banco."""
    colunas = "m.titulo, m.cliente, m.valor, l.titulo, l.remessa_id"
    sql = f"SELECT {colunas} FROM membro m JOIN linha l ON l.cadeia = m.cadeia WHERE {NO_BANCO} ORDER BY m.titulo"  # noqa: S608
    return list(map(Congelado._make, livro.consultar(sql)))
