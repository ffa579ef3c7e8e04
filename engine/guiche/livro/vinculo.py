"""O laço entre a pasta de trabalho e o seu livro.

A pasta guarda o id do livro; o livro guarda seu id e o caminho da pasta. Assim
se nota uma pasta copiada, um livro perdido ou trocado, antes de gravar qualquer coisa.
No servidor as cópias são bem-vindas: cada operador tem a sua, e o livro é um só.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from guiche.erros import ErroDeLivro, Local
from guiche.livro import sqlite
from guiche.livro.atos import Autor
from guiche.livro.conexao import Livro, definir, propriedade

VARIAVEL = "GUICHE_LIVRO"
"""A variável de ambiente com o endereço do livro, para quem não o escreve na pasta de trabalho."""

ALFABETO = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Sem letras e dígitos que se confundem: a marca do livro vai no uso da empresa de cada linha."""


def caminho_do_livro(pasta: Path) -> Path:
    """Onde fica o livro de uma pasta de trabalho: ao lado dela.

    >>> caminho_do_livro(Path("Cobrança.xlsx")).name
    'Cobrança.guiche.db'
    """
    return pasta.with_name(f"{pasta.stem}.guiche.db")


def endereco_do_livro(na_pasta: str) -> str:
    """O endereço do servidor em que o livro mora: o da pasta de trabalho, ou o do ambiente; ``""`` se ao lado dela.

    Raises:
        ErroDeLivro: ``livro.endereco``, se não é de um servidor PostgreSQL.
    """
    endereco = na_pasta.strip() or os.environ.get(VARIAVEL, "").strip()
    if endereco and not endereco.startswith(("postgresql://", "postgres://")):
        raise ErroDeLivro("livro.endereco", "o endereço do livro tem de começar por postgresql://")
    return endereco


def abrir_vinculado(pasta: Path, id_na_pasta: str, autor: Autor, endereco: str = "") -> Livro:
    """Abre o livro da pasta de trabalho, criando-o na primeira vez, e confere o laço.

    ``id_na_pasta`` é o id que a pasta guarda (``""`` se nunca teve livro); ``endereco`` é o do servidor, se não
    está ao lado dela.

    Raises:
        ErroDeLivro: ``livro.perdido`` (a pasta tem id e o livro não está no lugar), ``livro.sem_pasta`` (há livro,
            mas a pasta não o conhece), ``livro.trocado`` (ids diferentes), ``livro.copia`` (outra pasta, ainda
            no lugar, usa este mesmo livro), ou os de ``servidor.abrir``.
    """
    if endereco:
        return abrir_no_servidor(endereco, pasta, id_na_pasta, autor)
    return abrir_ao_lado(pasta, id_na_pasta, autor)


def abrir_ao_lado(pasta: Path, id_na_pasta: str, autor: Autor) -> sqlite.LivroSqlite:
    """Abre o livro que mora ao lado da pasta de trabalho.

    Raises:
        ErroDeLivro: os de ``abrir_vinculado``.
    """
    caminho = caminho_do_livro(pasta)
    if id_na_pasta and not caminho.exists():
        _acusar_ausencia(pasta, caminho, id_na_pasta)
    livro = sqlite.abrir(caminho, criar=True)
    try:
        _identificar(livro, uuid4().hex, str(pasta.resolve()), autor.agora)
        _conferir(livro, pasta, id_na_pasta)
    except BaseException:
        livro.fechar()
        raise
    return livro


def abrir_no_servidor(endereco: str, pasta: Path, id_na_pasta: str, autor: Autor, *, criar: bool = False) -> Livro:
    """Abre o livro que mora no servidor; ``criar`` o cria vazio, para se copiar outro nele.

    Raises:
        ErroDeLivro: os de ``abrir_vinculado``; ``livro.sem_psycopg``, se falta a biblioteca.
    """
    try:
        from guiche.livro import servidor  # noqa: PLC0415  só quem usa o PostgreSQL precisa dele
    except ImportError as erro:
        razao = "falta a biblioteca que fala com o PostgreSQL"
        raise ErroDeLivro("livro.sem_psycopg", razao, local=Local(pasta.name)) from erro
    origem = f"{socket.gethostname()}:{pasta.resolve()}"
    livro, identidade = servidor.abrir(endereco, id_na_pasta, origem, autor.usuario, criar=criar)
    try:
        _identificar(livro, identidade, origem, autor.agora)
        _conferir_que_conhece(livro, pasta, id_na_pasta)
    except BaseException:
        livro.fechar()
        raise
    return livro


def marcar_pasta_gravada(livro: Livro) -> None:
    """Anota que a pasta de trabalho já guarda o id deste livro."""
    if propriedade(livro, "pasta_gravada") != "sim":
        with livro.transacao():
            definir(livro, "pasta_gravada", "sim")


def _identificar(livro: Livro, identidade: str, pasta: str, agora: datetime) -> None:
    """Dá identidade ao livro novo, ou ao que morreu antes de a ganhar."""
    if propriedade(livro, "id"):
        return
    with livro.transacao():
        definir(livro, "id", identidade)
        definir(livro, "marca", _marca(int(identidade, 16)))
        definir(livro, "criado_em", agora.isoformat(timespec="seconds"))
        definir(livro, "pasta", pasta)


def _marca(numero: int) -> str:
    letras = []
    for _ in range(4):
        numero, resto = divmod(numero, len(ALFABETO))
        letras.append(ALFABETO[resto])
    return "".join(letras)


def _acusar_ausencia(pasta: Path, caminho: Path, id_na_pasta: str) -> NoReturn:
    for outro in sorted(pasta.parent.glob("*.guiche.db")):
        livro = sqlite.abrir(outro)
        try:
            if propriedade(livro, "id") == id_na_pasta:
                raise ErroDeLivro(
                    "livro.copia",
                    f"esta pasta é cópia ou novo nome da que usa o livro {outro.name}",
                    local=Local(pasta.name),
                )
        finally:
            livro.fechar()
    raise ErroDeLivro(
        "livro.perdido",
        f"esta pasta de trabalho já tem um livro, mas {caminho.name} não está ao lado dela",
        local=Local(pasta.name),
    )


def _conferir_que_conhece(livro: Livro, pasta: Path, id_na_pasta: str) -> None:
    if not id_na_pasta and propriedade(livro, "pasta_gravada") == "sim":
        mensagem = f"há um livro desta pasta de trabalho ({livro.nome}), mas ela não o conhece"
        raise ErroDeLivro("livro.sem_pasta", mensagem, local=Local(pasta.name))


def _conferir(livro: Livro, pasta: Path, id_na_pasta: str) -> None:
    onde, aqui = Path(propriedade(livro, "pasta")), pasta.resolve()
    _conferir_que_conhece(livro, pasta, id_na_pasta)
    if id_na_pasta and id_na_pasta != propriedade(livro, "id"):
        mensagem = f"{livro.nome} é o livro de outra pasta de trabalho"
        raise ErroDeLivro("livro.trocado", mensagem, local=Local(pasta.name))
    if onde != aqui:
        if onde.exists() and id_na_pasta:
            mensagem = f"esta pasta é cópia de {onde}, que ainda existe com o mesmo livro"
            raise ErroDeLivro("livro.copia", mensagem, local=Local(pasta.name))
        with livro.transacao():
            definir(livro, "pasta", str(aqui))
