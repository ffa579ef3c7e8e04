"""Levar o livro para um servidor, quando a pasta de trabalho ganha mais operadores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from guiche.erros import ErroDeLivro
from guiche.livro import mudanca
from guiche.livro.atos import Autor
from guiche.livro.vinculo import endereco_do_livro
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.porta import Pasta
from guiche.planilha.trava import trava


def levar(caminho: Path, autor: Autor, servidor: str) -> Resultado:
    """Copia o livro para o servidor e guarda o arquivo com outro nome; ``servidor``, se dado, fica na pasta.

    Raises:
        ErroDeLivro: ``livro.endereco``, se não se diz o servidor; os de ``mudanca.levar``.
    """
    with trava(caminho, usuario=autor.usuario, agora=autor.agora):
        return _levar(PastaEmArquivo(caminho), autor, servidor)


def levar_aberta(ctx: Contexto, servidor: str) -> Resultado:
    """Como ``levar``, da pasta de trabalho que a pessoa tem à frente; fecha o livro do contexto.

    Raises:
        ErroDeLivro: como em ``levar``; ``livro.ausente``, se ele já está num servidor.
    """
    return _levar(ctx.pasta, ctx.autor, servidor, ctx.livro.fechar)


def _levar(pasta: Pasta, autor: Autor, servidor: str, fechar: Callable[[], None] | None = None) -> Resultado:
    endereco = endereco_do_livro(servidor)
    if not endereco:
        raise ErroDeLivro("livro.endereco", "falta dizer para que servidor")
    atos = mudanca.levar(pasta.caminho, pasta.parametro("livro_id"), autor, endereco)
    if servidor:
        pasta.definir_parametro("livro", servidor)
        pasta.salvar()
    if fechar:
        fechar()
    guardado = mudanca.aposentar(pasta.caminho)
    relato = (
        f"O livro, com {atos} atos, está no servidor.",
        f"O arquivo ficou guardado como {guardado.name}; já não se usa.",
        "Agora pode copiar a pasta de trabalho para os outros operadores.",
    )
    return Resultado("levar ao servidor", relato, {"atos": atos})
