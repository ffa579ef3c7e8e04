"""O que uma vista vê: o livro num instante, os cadastros, e desde quando a aba dela já mostra o que há."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from guiche.dominio.elegibilidade import Situacao
from guiche.livro import atos, depois, lembrancas, remessas
from guiche.livro.conexao import Acrescentadas, Linha
from guiche.livro.remessas import Remessa
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.situacoes import de_todos
from guiche.planilha.ordem import PARAMETRO
from guiche.planilha.porta import Linhas

_PARAMETROS = (PARAMETRO, "versoes_ligadas")
"""Parâmetros da pasta de que as vistas dependem."""


class Visao:
    """O livro e a pasta, como as vistas os veem num ato."""

    def __init__(self, ctx: Contexto, cadastros: Cadastros) -> None:
        self.ctx, self.livro, self.pasta, self.cadastros = ctx, ctx.livro, ctx.pasta, cadastros
        self.hoje = ctx.autor.hoje
        self.fatos = lembrancas.fatos(ctx.livro)
        self.ato = atos.ultimo(ctx.livro)
        """O último ato do livro."""
        self.parametros = [ctx.pasta.parametro(nome) for nome in _PARAMETROS]

    @cached_property
    def enviadas(self) -> Mapping[int, Remessa]:
        """Todas as remessas, da mais nova à mais velha."""
        return {r.id: r for r in remessas.listar(self.livro)}

    @cached_property
    def situacoes(self) -> Mapping[str, Situacao]:
        """A situação de cada título da aba; quem não está nunca foi enviado."""
        return de_todos(self.ctx, self.cadastros)

    def so_acrescentam(self, desde: int) -> bool:
        """Diz se depois do ato dado nenhum mudou o que os de antes escreveram."""
        return depois.so_acrescentam(self.livro, desde + 1)

    def tocados(self, desde: int) -> set[str]:
        """Os números dos títulos de que o livro disse alguma coisa depois do ato dado."""
        return depois.tocados(self.livro, desde + 1)


def numeradas(
    novas: Acrescentadas | None, fazer: Callable[[Iterable[Linha]], Iterable[Sequence[Any]]]
) -> Numeradas | None:
    """As linhas que a aba ganha, cada uma com o seu número; ``None`` se há que a refazer."""
    return None if novas is None else enumerate(fazer(novas.linhas), novas.antes)


Numeradas = Iterable[tuple[int, Sequence[Any]]]
"""Linhas, cada uma com o seu número."""


class Vista(NamedTuple):
    """Uma tabela da pasta que sai do livro: de que ela depende, e quem a faz."""

    tabela: str
    fatos: str
    """As tabelas do livro que a mudam; das outras que se leem, o que se usa nunca muda, depois de escrito."""
    abas: str
    """As tabelas do operador de que ela depende."""
    fazer: Callable[[Visao], Linhas] | None = None
    """Todas as linhas de uma tabela do Guichê."""
    colunas: Callable[[Visao], Numeradas] | None = None
    """Numa tabela do operador, as colunas do Guichê de cada linha da aba."""
    mudadas: Callable[[Visao, int], Numeradas | None] | None = None
    """Só as linhas que mudaram depois de um ato, contadas como ``fazer`` (de 0) ou ``colunas`` (da aba) as contam, e as
    novas, no fim; ``None`` se há que refazer tudo."""
    essencia: Callable[[Visao], str] | None = None
    """O que, dos fatos, a muda: se mudaram e isto é o mesmo, ela também o é."""
    do_dia: Callable[[Visao], str] | None = None
    """O que, do dia em que se olha, a muda, ainda que nada se faça."""

    def carimbo(self, visao: Visao) -> str:
        """O que, da pasta e do dia, a faz como é; vazio se não se sabe sem ler as abas."""
        conteudos = [visao.pasta.conteudos.de(aba) for aba in self.abas.split()]
        if not all(conteudos) or not visao.pasta.conteudos.identidade(self.tabela):
            return ""
        dia = self.do_dia(visao) if self.do_dia else ""
        return hashlib.blake2b(repr((conteudos, visao.parametros, dia)).encode(), digest_size=12).hexdigest()

    def versao(self, visao: Visao) -> str:
        """O que, do livro, a faz como é."""
        versoes = [visao.fatos.get(tabela, "") for tabela in self.fatos.split()]
        return hashlib.blake2b(repr(versoes).encode(), digest_size=12).hexdigest()
