"""O livro no PostgreSQL: gravar em massa contra o psycopg puro, consultar, e vários operadores ao mesmo tempo."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from guiche.dominio.estados import EM_CURSO
from guiche.livro import remessas, servidor
from guiche.livro.conexao import ESPERA_SEGUNDOS
from guiche.livro.postgresql import LivroPostgresql
from guiche.livro.remessas import LinhaEnviada
from guiche.livro.vinculo import VARIAVEL
from tests.desempenho.livro import encher, linhas
from tests.desempenho.regua import Medida, medianas
from tests.postgresql import SemPostgresqlError
from tests.postgresql import servidor as servidor_de_teste
from tests.servicos.operadores import conferir_tudo, preparar, trabalhar

_COLUNAS = ", ".join(LinhaEnviada._fields)
_DO_EVENTO = "ato_id, linha_id, de, para, gatilho"
_REMESSA = """
INSERT INTO remessa VALUES (1, 1, 'A', '001', '1', '05', 1, 'DEBITO', 'ATIVA', NULL, 'x', 'x', 0, 0, 0, '', 'ana')
"""
_PREPARO = "INSERT INTO ato VALUES (1, '', '', '', '', '', '', ''); INSERT INTO arquivo VALUES ('x', '', 0, '')"


def medir(onde: Path, n: int, vezes: int) -> list[Medida]:
    """Todas as linhas; sem PostgreSQL nesta máquina, só as do SQLite, e o aviso."""
    no_sqlite = _operadores(onde / "sqlite", "SQLite", vezes)
    try:
        with servidor_de_teste(ao_disco=True) as endereco:
            return [*no_sqlite, *_massa(endereco, n), *_no_servidor(endereco, onde / "pg", vezes)]
    except SemPostgresqlError as razao:
        print(f"sem as medidas do PostgreSQL: {razao}", file=sys.stderr)
        return no_sqlite


def _massa(endereco: str, n: int) -> list[Medida]:
    enviadas = linhas(n)
    livros = count(1)

    def num_livro(gravar: Callable[[LivroPostgresql, psycopg.Connection], None]) -> None:
        livro, identidade = servidor.abrir(endereco, "", f"medida:{next(livros)}", "ana")
        with psycopg.connect(endereco, autocommit=True) as puro:
            puro.execute(f"SET search_path TO guiche_{identidade}")
            gravar(livro, puro)
        livro.fechar()

    nosso, copia, um_a_um = medianas(
        lambda: num_livro(lambda livro, _: encher(livro, enviadas)),
        lambda: num_livro(lambda _, puro: _naive_copia(puro, enviadas)),
        lambda: num_livro(lambda _, puro: _naive_um_a_um(puro, enviadas)),
        rodadas=3,
    )
    return [
        Medida("livro no PostgreSQL: inserir e atualizar ÷ psycopg puro com COPY", f"{n / nosso:,.0f}/s",
               copia / nosso, 0.7),
        Medida("livro no PostgreSQL: inserir e atualizar ÷ executemany", f"{n / nosso:,.0f}/s", um_a_um / nosso, 1.5),
        *_consultas(endereco, enviadas),
    ]  # fmt: skip


def _consultas(endereco: str, enviadas: list[LinhaEnviada]) -> list[Medida]:
    livro, identidade = servidor.abrir(endereco, "", "medida:consulta", "ana")
    encher(livro, enviadas)
    with psycopg.connect(endereco, autocommit=True) as puro:
        puro.execute(f"SET search_path TO guiche_{identidade}")
        nosso, outro = medianas(
            lambda: remessas.linhas_da(livro, 1), lambda: _naive_linhas(puro), rodadas=3
        )  # fmt: skip
    livro.executar("UPDATE linha SET estado = 1 WHERE id % 100 = 0")
    inicio = time.perf_counter()
    remessas.vigentes(livro, "001", "1", EM_CURSO)
    consulta = time.perf_counter() - inicio
    livro.fechar()
    n = len(enviadas)
    em_aberto = f"livro no PostgreSQL: em aberto, 1 em 100 de {n:,} (0,1 s ÷ tempo)"
    return [
        Medida("livro no PostgreSQL: ler as linhas de uma remessa ÷ psycopg puro", f"{n / nosso:,.0f}/s",
               outro / nosso, 0.7),
        Medida(em_aberto, f"{consulta:.3f} s", 0.1 / consulta, 1.0),
    ]  # fmt: skip


def _naive_linhas(puro: psycopg.Connection) -> list[LinhaEnviada]:
    """Tudo de uma vez, sem cursor do servidor."""
    linhas_ = puro.execute(f"SELECT {_COLUNAS} FROM linha WHERE remessa_id = 1 ORDER BY seq").fetchall()  # noqa: S608
    return list(map(LinhaEnviada._make, linhas_))


def _naive_copia(puro: psycopg.Connection, enviadas: list[LinhaEnviada]) -> None:
    """O psycopg puro, com a mesma técnica."""
    with puro.transaction(), puro.cursor() as cursor:
        _preparar(cursor)
        _copiar(cursor, f"linha ({_COLUNAS})", enviadas)
        cursor.execute("CREATE TEMPORARY TABLE novas (id INTEGER, estado INTEGER) ON COMMIT DROP")
        _copiar(cursor, "novas", ((linha.id, 4) for linha in enviadas))
        cursor.execute("UPDATE linha SET estado = novas.estado FROM novas WHERE linha.id = novas.id")
        _copiar(cursor, f"evento ({_DO_EVENTO})", ((1, linha.id, 1, 4, "medir") for linha in enviadas))


def _naive_um_a_um(puro: psycopg.Connection, enviadas: list[LinhaEnviada]) -> None:
    """O psycopg puro, linha a linha."""
    marcas = ", ".join(["%s"] * len(LinhaEnviada._fields))
    with puro.transaction(), puro.cursor() as cursor:
        _preparar(cursor)
        cursor.executemany(f"INSERT INTO linha ({_COLUNAS}) VALUES ({marcas})", enviadas)  # noqa: S608
        cursor.executemany("UPDATE linha SET estado = %s WHERE id = %s", [(4, linha.id) for linha in enviadas])
        cursor.executemany(
            f"INSERT INTO evento ({_DO_EVENTO}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
            [(1, linha.id, 1, 4, "medir") for linha in enviadas],
        )


def _preparar(cursor: psycopg.Cursor) -> None:
    cursor.execute(_PREPARO)
    cursor.execute(_REMESSA)


def _copiar(cursor: psycopg.Cursor, para: str, dados: object) -> None:
    assert isinstance(dados, Iterator | list)
    with cursor.copy(f"COPY {para} FROM STDIN") as copia:
        for linha in dados:
            copia.write_row(linha)


@contextmanager
def _ambiente(endereco: str) -> Iterator[None]:
    antes = os.environ.get(VARIAVEL, "")
    os.environ[VARIAVEL] = endereco
    try:
        yield
    finally:
        os.environ[VARIAVEL] = antes


def _no_servidor(endereco: str, onde: Path, vezes: int) -> list[Medida]:
    with _ambiente(endereco):
        return _operadores(onde, "PostgreSQL", vezes)


def _operadores(onde: Path, nome: str, vezes: int) -> list[Medida]:
    """Dois e oito operadores: quantos atos por segundo, e quanto esperou o que mais esperou."""
    medidas = []
    for quantos in (2, 8):
        pastas = preparar(onde / str(quantos), quantos)
        relato = trabalhar(pastas, vezes, semente=20261121)
        conferir_tudo(pastas)
        ritmo = f"{quantos * vezes / relato.segundos:.1f} atos/s; {relato.mais_longo:.2f} s"
        caminho = f"{quantos} operadores no {nome}: 30 s ÷ o ato mais longo, com a espera"
        medidas.append(Medida(caminho, ritmo, ESPERA_SEGUNDOS / relato.mais_longo, 1.0))
    return medidas
