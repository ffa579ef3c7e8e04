"""Leva o livro de uma pasta de trabalho do arquivo ao lado dela para um servidor, inteiro, com o mesmo id."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from guiche.erros import ErroDeLivro, Local
from guiche.livro.atos import Autor, ultimo
from guiche.livro.conexao import A_MEIO, Livro, propriedade
from guiche.livro.sqlite import LivroSqlite
from guiche.livro.vinculo import abrir_ao_lado, abrir_no_servidor, caminho_do_livro


def levar(pasta: Path, id_na_pasta: str, autor: Autor, endereco: str) -> int:
    """Copia o livro, numa transação do servidor, e devolve quantos atos ele tem.

    Repetida depois de interrompida, acaba o que faltava; o arquivo só se aposenta à parte (``aposentar``).

    Raises:
        ErroDeLivro: ``livro.ausente``, se não há livro ao lado da pasta; ``livro.dividido``, se o servidor já tem este
            livro com outros atos.
    """
    caminho = caminho_do_livro(pasta)
    if not id_na_pasta or not caminho.exists():
        raise ErroDeLivro("livro.ausente", "não há livro ao lado desta pasta de trabalho", local=Local(caminho.name))
    with ExitStack() as fim:
        velho = abrir_ao_lado(pasta, id_na_pasta, autor)
        fim.callback(velho.fechar)
        novo = abrir_no_servidor(endereco, pasta, id_na_pasta, autor, criar=True)
        fim.callback(novo.fechar)
        return _copiar(velho, novo)


def aposentar(pasta: Path) -> Path:
    """Tira do lado da pasta o arquivo do livro que já mora no servidor, guardando-o com outro nome."""
    caminho = caminho_do_livro(pasta)
    return caminho.replace(caminho.with_name(f"{caminho.name}.mudado"))


def _copiar(velho: LivroSqlite, novo: Livro) -> int:
    with velho.leitura(), novo.transacao():
        atos = ultimo(velho)
        if propriedade(novo, A_MEIO):  # some com as outras propriedades, que dão lugar às do livro velho
            for tabela, colunas in velho.tabelas().items():
                novo.executar(f"DELETE FROM {tabela}")  # noqa: S608  os nomes vêm do banco
                novo.inserir(tabela, colunas, velho.percorrer(f"SELECT {', '.join(colunas)} FROM {tabela}"))  # noqa: S608
            novo.executar("DELETE FROM lembranca")
            novo.executar("UPDATE ato SET origem = ?", (novo.origem,))
            novo.executar("UPDATE propriedade SET valor = ? WHERE nome = 'pasta'", (novo.origem,))
        elif ultimo(novo) != atos:
            razao = f"{novo.nome} já tem este livro, e os dois têm atos diferentes"
            raise ErroDeLivro("livro.dividido", razao, local=Local(velho.nome))
    return atos
