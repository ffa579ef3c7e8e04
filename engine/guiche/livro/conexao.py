"""A conexão com o livro: um arquivo SQLite ao lado da pasta de trabalho.

O SQL do resto do pacote usa ``?`` e só o que SQLite e PostgreSQL têm em comum.
O diário do SQLite é o de reversão, não o WAL: fica tudo num arquivo só, que
se copia junto com a pasta de trabalho, e funciona em qualquer disco.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from guiche.erros import ErroDeLivro, Local

ESPERA_SEGUNDOS = 30.0
"""Quanto se espera por outro ato que esteja gravando no mesmo livro."""

Linha = tuple[Any, ...]


class Livro:
    """Um livro aberto. As escritas só se fazem dentro de ``transacao``."""

    def __init__(self, conexao: sqlite3.Connection, caminho: Path) -> None:
        self._conexao = conexao
        self.caminho = caminho

    def consultar(self, sql: str, dados: Sequence[Any] = ()) -> list[Linha]:
        """Todas as linhas de uma consulta."""
        with self._traduzindo():
            return self._conexao.execute(sql, dados).fetchall()

    def percorrer(self, sql: str, dados: Sequence[Any] = ()) -> Iterator[Linha]:
        """As linhas de uma consulta, uma a uma: para as que são muitas."""
        with self._traduzindo():
            yield from self._conexao.execute(sql, dados)

    def valor(self, sql: str, dados: Sequence[Any] = ()) -> Any:
        """A primeira coluna da primeira linha, ou ``None``."""
        linhas = self.consultar(sql, dados)
        return linhas[0][0] if linhas else None

    def executar(self, sql: str, dados: Sequence[Any] = ()) -> int:
        """Executa um comando e devolve quantas linhas ele tocou."""
        with self._traduzindo():
            return self._conexao.execute(sql, dados).rowcount

    def executar_lote(self, sql: str, linhas: Iterable[Sequence[Any]]) -> None:
        """Executa o comando para cada linha de dados."""
        with self._traduzindo():
            self._conexao.executemany(sql, linhas)

    @contextmanager
    def transacao(self) -> Iterator[None]:
        """Um ato: tudo o que se grava aqui dentro fica, ou nada fica. Um só ato grava por vez.

        Raises:
            ErroDeLivro: ``livro.ocupado``, se outro ato não acaba em 30 s.
        """
        with self._traduzindo():
            self._conexao.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._traduzindo():
                self._conexao.execute("COMMIT")
        except BaseException:
            if self._conexao.in_transaction:
                self._conexao.execute("ROLLBACK")
            raise

    def fechar(self) -> None:
        """Fecha a conexão; o que não foi confirmado se perde."""
        self._conexao.close()

    @contextmanager
    def _traduzindo(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as erro:
            codigo = "livro.ocupado" if "locked" in str(erro) else "livro.falha"
            raise ErroDeLivro(codigo, str(erro), local=Local(self.caminho.name)) from erro
        except sqlite3.DatabaseError as erro:
            raise ErroDeLivro("livro.estragado", str(erro), local=Local(self.caminho.name)) from erro


def abrir(caminho: Path, *, criar: bool = False) -> Livro:
    """Abre o livro e o traz para a versão atual do esquema.

    Raises:
        ErroDeLivro: não existe (e ``criar`` é falso), está estragado, ocupado, ou é de um Guichê mais novo.
    """
    if not criar and not caminho.exists():
        raise ErroDeLivro(
            "livro.ausente", "o livro desta pasta de trabalho não foi encontrado", local=Local(caminho.name)
        )
    conexao = sqlite3.connect(caminho, timeout=ESPERA_SEGUNDOS, isolation_level=None)
    livro = Livro(conexao, caminho)
    try:
        for ajuste in ("foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY", "cache_size = -65536"):
            livro.executar(f"PRAGMA {ajuste}")
        migrar(livro)
    except BaseException:
        livro.fechar()
        raise
    return livro


def versoes() -> list[tuple[int, str]]:
    """As migrações do programa, em ordem: número e texto SQL."""
    pasta = files("guiche.livro").joinpath("migracoes")
    arquivos = sorted((f for f in pasta.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(int(f.name.removesuffix(".sql")), f.read_text("utf-8")) for f in arquivos]


def migrar(livro: Livro, migracoes: Sequence[tuple[int, str]] | None = None) -> int:
    """Aplica as migrações que faltam, cada uma numa transação, e devolve a versão final.

    Raises:
        ErroDeLivro: ``livro.mais_novo``, se o livro foi gravado por um Guichê mais novo que este.
    """
    todas = versoes() if migracoes is None else migracoes
    livro.executar("CREATE TABLE IF NOT EXISTS propriedade (nome TEXT PRIMARY KEY, valor TEXT NOT NULL)")
    atual = int(livro.valor("SELECT valor FROM propriedade WHERE nome = 'versao'") or 0)
    ultima = max(numero for numero, _ in todas)
    if atual > ultima:
        raise ErroDeLivro(
            "livro.mais_novo",
            f"o livro é da versão {atual} e este Guichê conhece até a {ultima}",
            local=Local(livro.caminho.name),
        )
    for numero, texto in todas:
        if numero > atual:
            _aplicar(livro, numero, texto)
    return ultima


def _aplicar(livro: Livro, numero: int, texto: str) -> None:
    linhas = [linha for linha in texto.splitlines() if not linha.lstrip().startswith("--")]
    with livro.transacao():
        if int(livro.valor("SELECT valor FROM propriedade WHERE nome = 'versao'") or 0) >= numero:
            return
        for comando in "\n".join(linhas).split(";"):
            if comando.strip():
                livro.executar(comando)
        definir(livro, "versao", str(numero))


def propriedade(livro: Livro, nome: str) -> str:
    """Valor de uma propriedade do livro; ``""`` se não há."""
    return str(livro.valor("SELECT valor FROM propriedade WHERE nome = ?", (nome,)) or "")


def definir(livro: Livro, nome: str, valor: str) -> None:
    """Grava uma propriedade do livro."""
    livro.executar(
        "INSERT INTO propriedade (nome, valor) VALUES (?, ?) ON CONFLICT (nome) DO UPDATE SET valor = excluded.valor",
        (nome, valor),
    )
