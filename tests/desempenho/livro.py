"""O livro: gravar e atualizar linhas numa transação, contra o sqlite3 puro bem feito."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from guiche.dominio.estados import EM_CURSO, Estado
from guiche.livro import arquivos, remessas
from guiche.livro.atos import registrar
from guiche.livro.conexao import Livro
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.livro.sqlite import abrir
from tests.desempenho.regua import Medida, medianas
from tests.servicos.apoio import autor


def linhas(n: int) -> list[LinhaEnviada]:
    """Linhas fictícias de uma remessa."""
    return [
        LinhaEnviada(i, 1, i + 1, i, f"T{i:08d}", f"C{i % 999:05d}", 0, "2026-08-20", i, f"{i:010d}", "0101",
                     f"{i:014d}", 1, 0, 0, "", None)
        for i in range(1, n + 1)
    ]  # fmt: skip


def gravar(caminho: Path, enviadas: list[LinhaEnviada]) -> Livro:
    """O nosso, num livro novo em arquivo."""
    caminho.unlink(missing_ok=True)
    livro = abrir(caminho, criar=True)
    encher(livro, enviadas)
    return livro


def encher(livro: Livro, enviadas: list[LinhaEnviada]) -> None:
    """Uma remessa inteira e a mudança de estado de todas as linhas, numa transação."""
    with livro.transacao():
        ato = registrar(livro, autor(), "medir", depois={})
        sha = arquivos.guardar(livro, "x", b"x")
        remessa = Remessa(1, "A", "001", "1", "05", 1, "DEBITO", "ATIVA", None, sha, "x", len(enviadas), 0, 0, "", "",
                          None, None, None)  # fmt: skip
        remessas.gravar(livro, ato, remessa, enviadas, {})
        mudancas = [(linha.id, Estado.ENVIADO, Estado.DEBITADO) for linha in enviadas]
        remessas.mudar_estados(livro, ato, "medir", mudancas)


def naive_gravar(caminho: Path, enviadas: list[LinhaEnviada]) -> None:
    """O sqlite3 puro, com as mesmas tabelas, índices e ajustes."""
    caminho.unlink(missing_ok=True)
    abrir(caminho, criar=True).fechar()
    banco = sqlite3.connect(caminho, isolation_level=None)
    banco.execute("PRAGMA synchronous = FULL")
    banco.execute("PRAGMA cache_size = -65536")
    banco.execute("BEGIN IMMEDIATE")
    banco.executemany(f"INSERT INTO linha VALUES ({', '.join('?' * 17)})", enviadas)  # noqa: S608
    banco.executemany("UPDATE linha SET estado = ? WHERE id = ?", [(4, linha.id) for linha in enviadas])
    banco.executemany("INSERT INTO evento VALUES (?, ?, ?, ?, ?)", [(1, linha.id, 1, 4, "medir") for linha in enviadas])
    banco.execute("COMMIT")
    banco.close()


def medir(onde: Path, n: int) -> list[Medida]:
    """Gravar e atualizar; consultar o que está em aberto."""
    enviadas = linhas(n)
    a, b = medianas(
        lambda: gravar(onde / "a.db", enviadas).fechar(), lambda: naive_gravar(onde / "b.db", enviadas), rodadas=3
    )
    livro = gravar(onde / "c.db", enviadas)
    livro.executar("UPDATE linha SET estado = 1 WHERE id % 100 = 0")
    inicio = time.perf_counter()
    remessas.vigentes(livro, "001", "1", EM_CURSO)
    consulta = time.perf_counter() - inicio
    livro.fechar()
    return [
        Medida("livro: inserir e atualizar ÷ sqlite3 puro", f"{n / a:,.0f}/s", b / a, 0.7),
        Medida(f"livro: em aberto, 1 em 100 de {n:,} (0,1 s ÷ tempo)", f"{consulta:.3f} s", 0.1 / consulta, 1.0),
    ]
