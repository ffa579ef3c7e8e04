"""O laço entre a pasta de trabalho e o seu livro.

A pasta guarda o id do livro; o livro guarda seu id e o caminho da pasta. Assim
se nota uma pasta copiada, um livro perdido ou trocado, antes de gravar qualquer coisa.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from guiche.erros import ErroDeLivro, Local
from guiche.livro.conexao import Livro, abrir, definir, propriedade

ALFABETO = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Sem letras e dígitos que se confundem: a marca do livro vai no uso da empresa de cada linha."""


def caminho_do_livro(pasta: Path) -> Path:
    """Onde fica o livro de uma pasta de trabalho: ao lado dela.

    >>> caminho_do_livro(Path("Cobrança.xlsx")).name
    'Cobrança.guiche.db'
    """
    return pasta.with_name(f"{pasta.stem}.guiche.db")


def abrir_vinculado(pasta: Path, id_na_pasta: str, agora: datetime) -> Livro:
    """Abre o livro da pasta de trabalho, criando-o na primeira vez, e confere o laço.

    ``id_na_pasta`` é o id que a pasta guarda (``""`` se nunca teve livro).

    Raises:
        ErroDeLivro: ``livro.perdido`` (a pasta tem id e o livro não está ao lado), ``livro.sem_pasta`` (há livro,
            mas a pasta não o conhece), ``livro.trocado`` (ids diferentes) ou ``livro.copia`` (outra pasta, ainda
            no lugar, usa este mesmo livro).
    """
    caminho = caminho_do_livro(pasta)
    if id_na_pasta and not caminho.exists():
        _acusar_ausencia(pasta, caminho, id_na_pasta)
    livro = abrir(caminho, criar=True)
    try:
        _identificar(livro, pasta, agora)
        _conferir(livro, pasta, id_na_pasta)
    except BaseException:
        livro.fechar()
        raise
    return livro


def marcar_pasta_gravada(livro: Livro) -> None:
    """Anota que a pasta de trabalho já guarda o id deste livro."""
    if propriedade(livro, "pasta_gravada") != "sim":
        with livro.transacao():
            definir(livro, "pasta_gravada", "sim")


def _identificar(livro: Livro, pasta: Path, agora: datetime) -> None:
    """Dá identidade ao livro novo, ou ao que morreu antes de a ganhar."""
    if propriedade(livro, "id"):
        return
    with livro.transacao():
        identidade = uuid.uuid4()
        definir(livro, "id", identidade.hex)
        definir(livro, "marca", _marca(identidade.int))
        definir(livro, "criado_em", agora.isoformat(timespec="seconds"))
        definir(livro, "pasta", str(pasta.resolve()))


def _marca(numero: int) -> str:
    letras = []
    for _ in range(4):
        numero, resto = divmod(numero, len(ALFABETO))
        letras.append(ALFABETO[resto])
    return "".join(letras)


def _acusar_ausencia(pasta: Path, caminho: Path, id_na_pasta: str) -> NoReturn:
    for outro in sorted(pasta.parent.glob("*.guiche.db")):
        livro = abrir(outro)
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


def _conferir(livro: Livro, pasta: Path, id_na_pasta: str) -> None:
    onde, aqui = Path(propriedade(livro, "pasta")), pasta.resolve()
    if not id_na_pasta:
        if propriedade(livro, "pasta_gravada") == "sim":
            mensagem = f"{livro.caminho.name} está ao lado desta pasta de trabalho, mas ela não o conhece"
            raise ErroDeLivro("livro.sem_pasta", mensagem, local=Local(pasta.name))
    elif id_na_pasta != propriedade(livro, "id"):
        mensagem = f"{livro.caminho.name} é o livro de outra pasta de trabalho"
        raise ErroDeLivro("livro.trocado", mensagem, local=Local(pasta.name))
    if onde != aqui:
        if onde.exists() and id_na_pasta:
            mensagem = f"esta pasta é cópia de {onde}, que ainda existe com o mesmo livro"
            raise ErroDeLivro("livro.copia", mensagem, local=Local(pasta.name))
        with livro.transacao():
            definir(livro, "pasta", str(aqui))
