"""O livro num arquivo SQLite ao lado da pasta de trabalho.

O diário do SQLite é o de reversão, não o WAL: fica tudo num arquivo só, que
se copia junto com a pasta de trabalho, e funciona em qualquer disco.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

from guiche.erros import ErroDeLivro, Local
from guiche.livro import conexao
from guiche.livro.conexao import Linha, Livro, contradiz, criar_propriedades, migrar

_ULTIMA = itemgetter(-1)
_AJUSTES = (
    "page_size = 8192",  # só no livro novo: muitas linhas grandes se leem de uma vez
    "foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY", "cache_size = -65536",
)  # fmt: skip


class LivroSqlite(Livro):
    """Um livro em arquivo."""

    def __init__(self, ligacao: sqlite3.Connection, nome: str) -> None:
        super().__init__()
        self._ligacao = ligacao
        self.nome = nome

    def consultar(self, sql: str, dados: Sequence[Any] = ()) -> list[Linha]:
        """Todas as linhas de uma consulta."""
        with self._traduzindo():
            return self._ligacao.execute(sql, dados).fetchall()

    def percorrer(self, sql: str, dados: Sequence[Any] = ()) -> Iterator[Linha]:
        """As linhas de uma consulta, uma a uma."""
        with self._traduzindo():
            yield from self._ligacao.execute(sql, dados)

    def executar(self, sql: str, dados: Sequence[Any] = ()) -> int:
        """Executa um comando e devolve quantas linhas ele tocou."""
        with self._traduzindo():
            quantas = self._ligacao.execute(sql, dados).rowcount
        return self._tocar(sql, quantas)

    def estruturar(self, comando: str) -> None:
        """Executa um comando que cria ou muda tabelas."""
        self.executar(comando)

    def inserir(self, tabela: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]]) -> None:
        """Insere linhas em massa."""
        marcas = ", ".join("?" * len(colunas))
        sql = f"INSERT INTO {tabela} ({', '.join(colunas)}) VALUES ({marcas})"  # noqa: S608  os nomes vêm do código
        with self._traduzindo():
            quantas = self._ligacao.executemany(sql, linhas).rowcount
        self._tocar(sql, quantas)

    def atualizar(
        self, tabela: str, chave: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]], se: str = ""
    ) -> None:
        """Muda as colunas das linhas dadas, na ordem da chave: é quase o dobro mais rápido que fora dela."""
        valores = ", ".join(f"{coluna} = ?" for coluna in colunas)
        sql = f"UPDATE {tabela} SET {valores} WHERE {chave} = ?"  # noqa: S608  os nomes vêm do código
        with self._traduzindo():
            quantas = self._ligacao.executemany(f"{sql} AND {se}" if se else sql, sorted(linhas, key=_ULTIMA)).rowcount
        self._tocar(sql, quantas)

    def tabelas(self) -> dict[str, list[str]]:
        """As tabelas e suas colunas, na ordem em que se criaram: nenhuma se refere a uma que vem depois."""
        nomes = self.consultar("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        return {n: [c for (c,) in self.consultar("SELECT name FROM pragma_table_info(?)", (n,))] for (n,) in nomes}

    @contextmanager
    def transacao(self) -> Iterator[None]:
        """Um ato inteiro; o ``BEGIN IMMEDIATE`` faz os outros esperarem."""
        with self._tudo_ou_nada("BEGIN IMMEDIATE"):
            yield
            self._carimbar()

    @contextmanager
    def leitura(self) -> Iterator[None]:
        """Um instante do livro."""
        with self._tudo_ou_nada("BEGIN"):
            yield

    def fechar(self) -> None:
        """Fecha a conexão; o que não foi confirmado se perde."""
        self._ligacao.close()

    @contextmanager
    def _tudo_ou_nada(self, comeco: str) -> Iterator[None]:
        with self._traduzindo():
            self._ligacao.execute(comeco)
        try:
            yield
            with self._traduzindo():
                self._ligacao.execute("COMMIT")
        except BaseException:
            if self._ligacao.in_transaction:
                self._ligacao.execute("ROLLBACK")
            raise

    @contextmanager
    def _traduzindo(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as erro:
            codigo = "livro.ocupado" if "locked" in str(erro) else "livro.falha"
            raise ErroDeLivro(codigo, str(erro), local=Local(self.nome)) from erro
        except sqlite3.IntegrityError as erro:
            onde = str(erro).partition(": ")[2] or "um valor que não se aceita"
            raise ErroDeLivro("livro.contradicao", contradiz(onde), local=Local(self.nome)) from erro
        except sqlite3.DatabaseError as erro:
            raise ErroDeLivro("livro.estragado", str(erro), local=Local(self.nome)) from erro


def abrir(caminho: Path, *, criar: bool = False) -> LivroSqlite:
    """Abre o livro e o traz para a versão atual do esquema.

    Raises:
        ErroDeLivro: não existe (e ``criar`` é falso), está estragado, ocupado, ou é de um Guichê mais novo.
    """
    if not criar and not caminho.exists():
        raise ErroDeLivro(
            "livro.ausente", "o livro desta pasta de trabalho não foi encontrado", local=Local(caminho.name)
        )
    livro = LivroSqlite(sqlite3.connect(caminho, timeout=conexao.ESPERA_SEGUNDOS, isolation_level=None), caminho.name)
    try:
        for ajuste in _AJUSTES:
            livro.executar(f"PRAGMA {ajuste}")
        criar_propriedades(livro)
        migrar(livro)
    except BaseException:
        livro.fechar()
        raise
    return livro
