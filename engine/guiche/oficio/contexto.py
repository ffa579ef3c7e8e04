"""O que todo ato precisa: a pasta de trabalho travada, o livro certo e quem age."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guiche.dominio.coleta import sem_coleta
from guiche.livro.atos import Autor
from guiche.livro.conexao import Livro, propriedade
from guiche.livro.vinculo import abrir_vinculado, endereco_do_livro, marcar_pasta_gravada
from guiche.oficio.espacos import completar
from guiche.oficio.lembranca import Lembranca
from guiche.planilha.porta import Pasta

Progresso = Callable[[str], None]
"""Recebe, de tempos em tempos, uma frase curta sobre o andamento."""


def calado(_frase: str) -> None:
    """Progresso que não diz nada."""


@dataclass(frozen=True, slots=True)
class Contexto:
    """Uma pasta de trabalho aberta para um ato."""

    pasta: Pasta
    livro: Livro
    autor: Autor
    progresso: Progresso = calado
    lembranca: Lembranca | None = None
    """O que se lembra da pasta; ``None``: lê-se e refaz-se tudo."""

    def salvar(self) -> None:
        """Grava a pasta de trabalho com o id do livro, e lembra-se de como ficou."""
        self.pasta.definir_parametro("livro_id", propriedade(self.livro, "id"))
        self.pasta.salvar()
        marcar_pasta_gravada(self.livro)
        if self.lembranca:
            self.lembranca.salvar()


def _do_arquivo(caminho: Path) -> Pasta:
    from guiche.planilha.arquivo import PastaEmArquivo  # noqa: PLC0415  só quem abre pasta paga por ela

    return PastaEmArquivo(caminho)


@contextmanager
def abrir(
    caminho: Path,
    autor: Autor,
    progresso: Progresso = calado,
    aberta: Callable[[Path], Pasta] | None = None,
    *,
    ao_lado: bool = False,
) -> Iterator[Contexto]:
    """Abre e trava uma pasta de trabalho, com seu livro.

    Sem ``aberta`` é a pasta em arquivo; com ela, a que está aberta no Excel, que ``aberta`` adapta. ``ao_lado``
    abre o livro que mora ao lado da pasta, ainda que se diga um servidor.

    Raises:
        ErroDePlanilha: a pasta não existe, não é do Guichê, está aberta no Excel ou em uso por outro ato.
        ErroDeLivro: o livro não está, é de outra pasta ou está ocupado.
    """
    from guiche.planilha.trava import trava  # noqa: PLC0415

    with trava(caminho, usuario=autor.usuario, agora=autor.agora, aberta=aberta is not None):
        pasta = (aberta or _do_arquivo)(caminho)
        endereco = "" if ao_lado else endereco_do_livro(pasta.parametro("livro"))
        livro = abrir_vinculado(caminho, pasta.parametro("livro_id"), autor, endereco)
        try:
            completar(livro)
            with sem_coleta():
                yield Contexto(pasta, livro, autor, progresso, Lembranca(livro, pasta))
        finally:
            livro.fechar()
