"""Interrompe atos em cada ponto de escrita e confere que, repetidos, nada se perdeu nem se repetiu.

A morte é um SIGKILL num processo filho, logo antes de um comando ao banco de dados, de abrir um arquivo para
gravar, de trocar um nome ou de apagar. A queda, só no PostgreSQL, é o servidor que larga a conexão.

Uma sequência de pontos: ``python -m tests.servicos.mortes --ato gerar --banco postgresql --inicio 1 --passo 2``.
Ao acaso, com a semente dita no começo: ``python -m tests.servicos.mortes --vezes 1000``.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from guiche.erros import ErroDeLivro
from guiche.livro.vinculo import VARIAVEL
from tests.postgresql import POSTGRESQL, SQLITE, servidor
from tests.servicos.cenas import ATOS, Fotografia, conferir, fazer, fotografar, preparar

MORTE, QUEDA = "morte", "queda"
SERVIDOR = "GUICHE_SERVIDOR_DE_TESTE"
"""A variável de ambiente com o endereço do servidor em que se criam os bancos de dados."""

EVENTOS = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate"}
_CAIU = 3


class _Contador:
    """Conta os pontos de escrita deste processo e, no de número ``alvo``, golpeia."""

    def __init__(self, alvo: int, golpe: str) -> None:
        self.alvo, self.golpe = alvo, golpe
        self.passados = 0

    def ponto(self, ligacao: psycopg.Connection[Any] | None = None) -> None:
        self.passados += 1
        if self.passados != self.alvo:
            return
        if self.golpe == MORTE:
            os.kill(os.getpid(), signal.SIGKILL)
        elif ligacao is None:
            self.alvo += 1  # só se derruba uma conexão: fica para o próximo comando
        else:
            _derrubar(ligacao.info.backend_pid)

    def instalar(self) -> None:
        """A partir daqui todo ponto de escrita passa por ``ponto``."""
        conectar, esperar = sqlite3.connect, psycopg.Connection.wait

        def conectar_contando(*dados: Any, **opcoes: Any) -> sqlite3.Connection:
            ligacao: sqlite3.Connection = conectar(*dados, **opcoes)
            ligacao.set_trace_callback(lambda _: self.ponto())
            return ligacao

        def esperar_contando(ligacao: psycopg.Connection[Any], *dados: Any, **opcoes: Any) -> Any:
            self.ponto(ligacao)
            return esperar(ligacao, *dados, **opcoes)

        def auditor(evento: str, dados: tuple[Any, ...]) -> None:
            escrita = evento != "open" or (isinstance(dados[2], int) and dados[2] & (os.O_WRONLY | os.O_RDWR))
            if evento in EVENTOS and escrita:
                self.ponto()

        setattr(sqlite3, "connect", conectar_contando)  # noqa: B010  o mypy recusa a troca direta
        setattr(psycopg.Connection, "wait", esperar_contando)  # noqa: B010
        sys.addaudithook(auditor)


def _derrubar(pid: int) -> None:
    """O servidor larga a conexão, como se a rede tivesse caído."""
    with psycopg.connect(os.environ[VARIAVEL]) as outra:
        assert outra.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,)).fetchone() == (True,)


def _num_filho(trabalho: Callable[[], None], alvo: int = 0, golpe: str = MORTE, contas: Path | None = None) -> bool:
    """Executa num filho; ``True`` se ele chegou ao fim sem golpe. Em ``contas`` escreve por quantos pontos passou."""
    filho = os.fork()
    if filho == 0:
        codigo = 1
        try:
            contador = _Contador(alvo, golpe)
            contador.instalar()
            trabalho()
            if contas:
                contas.write_text(str(contador.passados))
            codigo = 0
        except ErroDeLivro as erro:
            assert (golpe, erro.codigo) == (QUEDA, "livro.conexao"), erro
            codigo = _CAIU
        finally:
            os._exit(codigo)
    _, situacao = os.waitpid(filho, 0)
    if os.WIFSIGNALED(situacao):
        return False
    saida = os.waitstatus_to_exitcode(situacao)
    assert saida in {0, _CAIU}, "o ato falhou sem ser morto"
    return saida == 0


@dataclass(frozen=True)
class Modelo:
    """Um ato preparado, que se copia a cada morte, e o que dele resulta quando ninguém o interrompe."""

    banco: str
    ato: str
    caminho: Path
    pontos: int
    inteira: Fotografia

    @contextmanager
    def copia(self) -> Iterator[Path]:
        """Uma cópia da pasta de trabalho e do livro, que se pode estragar."""
        with _copia(self.banco, self.caminho) as caminho:
            yield caminho


def modelo(banco: str, ato: str, onde: Path) -> Modelo:
    """Prepara o ato, conta seus pontos de escrita e guarda o que ele faz inteiro."""
    onde.mkdir()
    with _no_banco(banco, onde.name):
        caminho = preparar(onde, ato)
    with _copia(banco, caminho) as copiado:
        contas = onde / "pontos"
        assert _num_filho(lambda: fazer(copiado, ato), contas=contas)
        return Modelo(banco, ato, caminho, int(contas.read_text()), fotografar(copiado))


@contextmanager
def _no_banco(banco: str, nome: str, molde: str = "template1") -> Iterator[None]:
    """No PostgreSQL, cria o banco de dados e o põe no ambiente; o de um molde some no fim."""
    antes = os.environ.get(VARIAVEL, "")
    if banco == SQLITE:
        os.environ[VARIAVEL] = ""
    else:
        _comandar(f"DROP DATABASE IF EXISTS {nome} WITH (FORCE)")
        _comandar(f"CREATE DATABASE {nome} TEMPLATE {molde}")
        os.environ[VARIAVEL] = _endereco().replace("/postgres?", f"/{nome}?")
    try:
        yield
    finally:
        os.environ[VARIAVEL] = antes
        if banco == POSTGRESQL and molde != "template1":
            _comandar(f"DROP DATABASE {nome} WITH (FORCE)")


def _endereco() -> str:
    return os.environ[SERVIDOR]


def _comandar(comando: str) -> None:
    with psycopg.connect(_endereco(), autocommit=True) as ligacao:
        ligacao.execute(comando)


@contextmanager
def _copia(banco: str, caminho: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporaria, _no_banco(banco, "copia", caminho.parent.name):
        onde = Path(temporaria) / "p"
        shutil.copytree(caminho.parent, onde)
        copiado = onde / caminho.name
        _mudar_de_casa(copiado)
        yield copiado


def _mudar_de_casa(caminho: Path) -> None:
    """Faz o livro copiado reconhecer sua nova pasta, como se nunca tivesse saído dela."""
    livro = caminho.with_name(f"{caminho.stem}.guiche.db")
    if livro.exists():
        ligacao = sqlite3.connect(livro)
        with ligacao:
            ligacao.execute("UPDATE propriedade SET valor = ? WHERE nome = 'pasta'", (str(caminho.resolve()),))
        ligacao.close()


def golpear(m: Modelo, alvo: int, golpe: str = MORTE) -> bool:
    """Um golpe no ponto ``alvo``, a repetição do ato e a conferência; ``False`` se o ato acaba antes do ponto."""
    with m.copia() as caminho:
        chegou = _num_filho(lambda: fazer(caminho, m.ato), alvo, golpe)
        assert _num_filho(lambda: fazer(caminho, m.ato))
        conferir(caminho, m.ato, m.inteira)
    return not chegou


def golpe_de(banco: str, n: int) -> str:
    """No PostgreSQL, um golpe em cada três é uma queda."""
    return QUEDA if banco == POSTGRESQL and n % 3 == 0 else MORTE


def em_sequencia(m: Modelo, inicio: int, passo: int) -> int:
    """Golpeia em cada ponto da sequência e devolve quantos golpes houve."""
    alvos = range(inicio, m.pontos + 1, passo)
    return sum(golpear(m, alvo, golpe_de(m.banco, n)) for n, alvo in enumerate(alvos))


def ao_acaso(onde: Path, bancos: list[str], atos: list[str], vezes: int, semente: int) -> None:
    """Golpes sorteados entre os bancos, os atos e os pontos; o que falha diz como se repete."""
    acaso, modelos, golpes = random.Random(semente), dict[tuple[str, str], Modelo](), Counter[str]()
    print(f"semente {semente}: repita com --vezes {vezes} --semente {semente}", flush=True)
    for n in range(1, vezes + 1):
        banco, ato = acaso.choice(bancos), acaso.choice(atos)
        if (banco, ato) not in modelos:
            modelos[banco, ato] = modelo(banco, ato, onde / f"{banco}_{ato}")
        alvo, golpe = acaso.randint(1, modelos[banco, ato].pontos), golpe_de(banco, acaso.randrange(3))
        try:
            golpes[f"{banco}: {golpe}" if golpear(modelos[banco, ato], alvo, golpe) else "sem golpe"] += 1
        except AssertionError:
            print(f"FALHOU na vez {n}: {banco}, {ato}, {golpe} no ponto {alvo}", flush=True)
            raise
        if n % 100 == 0:
            print(f"{n}: {dict(golpes)}", flush=True)
    print(f"{vezes} tentativas: {dict(sorted(golpes.items()))}")


@contextmanager
def _servidor(bancos: list[str]) -> Iterator[None]:
    """O servidor que já está no ambiente, ou um novo, se é preciso algum."""
    if POSTGRESQL not in bancos or os.environ.get(SERVIDOR):
        yield
        return
    with servidor() as endereco:
        os.environ[SERVIDOR] = endereco
        yield


def main() -> None:
    """A linha de comando."""
    leitor = argparse.ArgumentParser(prog="tests.servicos.mortes")
    leitor.add_argument("--banco", choices=[SQLITE, POSTGRESQL], action="append")
    leitor.add_argument("--ato", choices=ATOS, action="append")
    leitor.add_argument("--inicio", type=int, default=1)
    leitor.add_argument("--passo", type=int, default=1)
    leitor.add_argument("--vezes", type=int)
    leitor.add_argument("--semente", type=int, default=secrets.randbelow(10**6))
    p = leitor.parse_args()
    bancos, atos = p.banco or [SQLITE, POSTGRESQL], p.ato or list(ATOS)
    with tempfile.TemporaryDirectory() as temporaria, _servidor(bancos):
        if p.vezes:
            ao_acaso(Path(temporaria), bancos, atos, p.vezes, p.semente)
        else:
            m = modelo(bancos[0], atos[0], Path(temporaria) / f"modelo_{atos[0]}")
            print(em_sequencia(m, p.inicio, p.passo))


if __name__ == "__main__":
    main()
