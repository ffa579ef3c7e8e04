"""O livro num servidor PostgreSQL, para vários operadores.

Grava um ato por vez, com uma trava do servidor que some com a conexão de quem a tem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import unquote

import psycopg

from guiche.erros import ErroDeLivro, Local
from guiche.livro import conexao
from guiche.livro.conexao import Linha, Livro, contradiz

_POR_VEZ = 5_000
_QUEM_GRAVA = """
SELECT s.application_name, s.xact_start FROM pg_locks t JOIN pg_stat_activity s ON s.pid = t.pid
WHERE t.locktype = 'advisory' AND t.granted AND t.objsubid = 1 AND s.datname = current_database()
  AND t.database = s.datid AND ((t.classid::bigint << 32) | t.objid::bigint) = %s
"""
_DONO = re.compile(r"guiche:(.+)@(.+)")


@cache
def _traduzido(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")


class LivroPostgresql(Livro):
    """Um livro num servidor."""

    def __init__(self, ligacao: psycopg.Connection[Linha], nome: str, origem: str, trava: int) -> None:
        super().__init__()
        self._ligacao = ligacao
        self.nome, self.origem = nome, origem
        self._trava = trava
        self._percursos = count(1)

    def consultar(self, sql: str, dados: Sequence[Any] = ()) -> list[Linha]:
        """Todas as linhas de uma consulta."""
        with self._traduzindo():
            return self._ligacao.execute(_traduzido(sql), dados).fetchall()

    def percorrer(self, sql: str, dados: Sequence[Any] = ()) -> Iterator[Linha]:
        """As linhas de uma consulta, aos poucos, por um cursor do servidor."""
        nome = f"percurso_{next(self._percursos)}"
        with self._traduzindo(), self._ligacao.cursor(nome, withhold=True) as cursor:
            cursor.itersize = _POR_VEZ
            cursor.execute(_traduzido(sql), dados)
            yield from cursor

    def executar(self, sql: str, dados: Sequence[Any] = ()) -> int:
        """Executa um comando e devolve quantas linhas ele tocou."""
        with self._traduzindo():
            quantas = self._ligacao.execute(_traduzido(sql), dados).rowcount
        return self._tocar(sql, quantas)

    def estruturar(self, comando: str) -> None:
        """Executa um comando que cria ou muda tabelas; os textos ordenam-se por byte, como no SQLite."""
        self.executar(re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', comando))

    def inserir(self, tabela: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]]) -> None:
        """Insere linhas em massa, por ``COPY``."""
        sql = f"COPY {tabela} ({', '.join(colunas)}) FROM STDIN"
        with self._traduzindo(), self._ligacao.cursor() as cursor, cursor.copy(sql) as copia:
            quantas = 0
            for quantas, linha in enumerate(linhas, 1):  # noqa: B007  é quantas são
                copia.write_row(linha)
        self._tocar(f"INSERT INTO {tabela}", quantas)

    def atualizar(
        self, tabela: str, chave: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]], se: str = ""
    ) -> None:
        """Muda as colunas das linhas dadas: os valores vão por ``COPY`` a uma tabela de passagem."""
        novas = {linha[-1]: linha for linha in linhas}
        if not novas:
            return
        nomes = [f"valor{n}" for n in range(len(colunas))]
        campos = ", ".join(
            f"{coluna} AS {nome}" for coluna, nome in zip((*colunas, chave), (*nomes, "chave"), strict=True)
        )
        trocas = ", ".join(f"{coluna} = passagem.{nome}" for coluna, nome in zip(colunas, nomes, strict=True))
        condicao = f"{chave} = passagem.chave{f' AND {se}' if se else ''}"
        self.executar(f"CREATE TEMPORARY TABLE passagem ON COMMIT DROP AS SELECT {campos} FROM {tabela} WITH NO DATA")  # noqa: S608
        self.inserir("passagem", (*nomes, "chave"), novas.values())
        self.executar(f"UPDATE {tabela} SET {trocas} FROM passagem WHERE {condicao}")  # noqa: S608  nomes do código
        self.executar("DROP TABLE passagem")

    @contextmanager
    def transacao(self) -> Iterator[None]:
        """Um ato inteiro; a trava do livro, que é da transação, faz os outros esperarem."""
        espera = int(conexao.ESPERA_SEGUNDOS * 1000)
        vez = f"BEGIN; SET LOCAL lock_timeout = {espera}; SELECT pg_advisory_xact_lock({self._trava})"
        with self._tudo_ou_nada(vez):
            yield
            self._carimbar()

    @contextmanager
    def leitura(self) -> Iterator[None]:
        """Um instante do livro."""
        with self._tudo_ou_nada("BEGIN ISOLATION LEVEL REPEATABLE READ"):
            yield

    def fechar(self) -> None:
        """Fecha a conexão; o que não foi confirmado se perde."""
        self._ligacao.close()

    @contextmanager
    def _tudo_ou_nada(self, comeco: str) -> Iterator[None]:
        try:
            with self._traduzindo():
                self._ligacao.execute(comeco)
            yield
            with self._traduzindo():
                fim = self._ligacao.execute("COMMIT").statusmessage
            if fim != "COMMIT":  # um comando recusado no meio: o servidor desfaz tudo, e não chama a isso erro
                raise ErroDeLivro("livro.falha", "o servidor desfez o ato", local=Local(self.nome))
        except BaseException:
            with suppress(psycopg.Error):  # sem conexão, o próprio servidor desfaz
                self._ligacao.execute("ROLLBACK")
            raise

    @contextmanager
    def _traduzindo(self) -> Iterator[None]:
        with traduzindo(self._ligacao, self.nome):
            try:
                yield
            except psycopg.errors.LockNotAvailable as erro:
                raise ErroDeLivro("livro.ocupado", self._quem_grava(), local=Local(self.nome)) from erro

    def _quem_grava(self) -> str:
        """Quem está com a vez, se o servidor o diz."""
        self._ligacao.execute("ROLLBACK")
        achados = self._ligacao.execute(_QUEM_GRAVA, (self._trava,)).fetchall()
        dono = _DONO.fullmatch(achados[0][0] or "") if achados else None
        if dono is None:
            return "outro ato está gravando neste livro"
        usuario, maquina = map(unquote, dono.groups())
        return f"{usuario}, na máquina {maquina}, está gravando neste livro desde {achados[0][1].astimezone():%H:%M}"


@contextmanager
def traduzindo(ligacao: psycopg.Connection[Linha], nome: str) -> Iterator[None]:
    """Os erros do servidor em palavras do Guichê."""
    try:
        yield
    except psycopg.IntegrityError as erro:
        raise ErroDeLivro("livro.contradicao", contradiz(erro.diag.constraint_name or ""), local=Local(nome)) from erro
    except psycopg.Error as erro:
        codigo = "livro.conexao" if ligacao.closed else "livro.falha"
        raise ErroDeLivro(codigo, primeira_linha(erro), local=Local(nome)) from erro


def primeira_linha(erro: psycopg.Error) -> str:
    """O que o servidor disse, numa linha."""
    return next((linha.strip() for linha in str(erro).splitlines() if linha.strip()), type(erro).__name__)
