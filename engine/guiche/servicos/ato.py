"""O esqueleto de um ato: retomar, ler os cadastros ou recusar, gravar tudo ou nada, refazer as abas, nesta ordem.

Um ato dá só o seu meio. O que só lê é ``lendo``. O que grava é ``gravando``; se tem o que fazer antes da transação, é
``retomando`` e ``lendo``, e chama ``gravar``. O que escreve no livro e não mexe nas abas é ``anotando``; o que só refaz
abas chama ``refazer``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from guiche.erros import Problema
from guiche.oficio.cadastros import Cadastros, ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos, ler_contratos
from guiche.oficio.resultado import Resultado, recusa
from guiche.vistas.abas import atualizar_pasta
from guiche.vistas.retomada import retomar

P = ParamSpec("P")
T = TypeVar("T")
Ato = Callable[Concatenate[Contexto, P], Resultado]
ComCadastros = Callable[Concatenate[Contexto, Cadastros, P], Resultado]
ComContratos = Callable[Concatenate[Contexto, Cadastros, Contratos, P], Resultado]
Meio = Generator[None, None, Resultado]
"""O que se grava: até ao ``yield``, na transação; dali em diante, com o livro gravado e as abas por refazer.

O que acaba antes do ``yield`` recusou-se, ou só mostra: nada gravou.
"""
ComMeio = Callable[Concatenate[Contexto, Cadastros, P], Meio]


def lendo(nome: str, *, com_titulos: bool = True, dizendo: str = "") -> Callable[[ComCadastros[P]], Ato[P]]:
    """Dá ao ato os cadastros; se têm problemas, recusa-o com todos. ``dizendo`` é a frase do andamento."""

    def do(ato: ComCadastros[P]) -> Ato[P]:
        @wraps(ato)
        def lido(ctx: Contexto, /, *args: P.args, **kwargs: P.kwargs) -> Resultado:
            if dizendo:
                ctx.progresso(dizendo)
            cadastros = ler_cadastros(ctx.pasta, ctx.lembranca, com_titulos=com_titulos)
            if cadastros.problemas:
                return recusa(nome, cadastros.problemas)
            return ato(ctx, cadastros, *args, **kwargs)

        return lido

    return do


def lendo_contratos(nome: str, *, com_titulos: bool = True) -> Callable[[ComContratos[P]], Ato[P]]:
    """Como ``lendo``, também os contratos de boletos e os seus problemas."""

    def do(ato: ComContratos[P]) -> Ato[P]:
        @wraps(ato)
        def lido(ctx: Contexto, /, *args: P.args, **kwargs: P.kwargs) -> Resultado:
            cadastros = ler_cadastros(ctx.pasta, ctx.lembranca, com_titulos=com_titulos)
            contratos, problemas = ler_contratos(ctx.pasta, cadastros)
            if achados := [*cadastros.problemas, *problemas]:
                return recusa(nome, achados)
            return ato(ctx, cadastros, contratos, *args, **kwargs)

        return lido

    return do


def retomando(ato: Ato[P]) -> Ato[P]:
    """Acaba, antes do ato, o que um interrompido deixou a meio."""

    @wraps(ato)
    def retomado(ctx: Contexto, /, *args: P.args, **kwargs: P.kwargs) -> Resultado:
        retomar(ctx)
        return ato(ctx, *args, **kwargs)

    return retomado


def entregando_o_retomado(ato: Ato[P]) -> Ato[P]:
    """Como ``retomando``, e o ato entrega, antes dos seus, os arquivos de remessas que faltavam no disco."""

    @wraps(ato)
    def retomado(ctx: Contexto, /, *args: P.args, **kwargs: P.kwargs) -> Resultado:
        exportados = retomar(ctx)
        feito = ato(ctx, *args, **kwargs)
        return replace(feito, arquivos=(*exportados, *feito.arquivos)) if feito.feito else feito

    return retomado


def gravando(nome: str, *, dizendo: str = "") -> Callable[[ComMeio[P]], Ato[P]]:
    """O ato que é todo ele o meio: retoma, lê os cadastros e grava."""

    def do(ato: ComMeio[P]) -> Ato[P]:
        @retomando
        @lendo(nome, dizendo=dizendo)
        @wraps(ato)
        def gravado(ctx: Contexto, cadastros: Cadastros, /, *args: P.args, **kwargs: P.kwargs) -> Resultado:
            return gravar(ctx, cadastros, ato(ctx, cadastros, *args, **kwargs))

        return gravado

    return do


def gravar(ctx: Contexto, cadastros: Cadastros, meio: Meio, *, reler: bool = False) -> Resultado:
    """Faz o meio e refaz as abas; com ``reler``, dos cadastros como ele os deixou nas tabelas do operador."""
    with ctx.livro.transacao():
        feito = _ate_o_yield(meio)
    if feito:
        return feito
    while feito is None:
        feito = _ate_o_yield(meio)
    if reler:
        cadastros = ler_cadastros(ctx.pasta, ctx.lembranca)
    atualizar_pasta(ctx, cadastros, conferencia=feito.conferencia, problemas=feito.problemas)
    return feito


def refazer(ctx: Contexto, *, tudo: bool = False) -> list[Problema]:
    """Refaz as abas de um ato que só mexe nelas, com ``tudo`` também as que estão em dia.

    Devolve os problemas dos cadastros, e se os há nada refaz.
    """
    cadastros = ler_cadastros(ctx.pasta, ctx.lembranca)
    if not cadastros.problemas:
        atualizar_pasta(ctx, cadastros, tudo=tudo)
    return cadastros.problemas


def _ate_o_yield(meio: Meio) -> Resultado | None:
    try:
        next(meio)
    except StopIteration as fim:
        feito: Resultado = fim.value
        return feito
    return None


def anotando(escrita: Callable[Concatenate[Contexto, P], T]) -> Callable[Concatenate[Contexto, P], T]:
    """Corre a função na transação. Não retoma nem refaz abas: nada que elas mostrem muda, fora o diário."""

    @wraps(escrita)
    def anotada(ctx: Contexto, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with ctx.livro.transacao():
            return escrita(ctx, *args, **kwargs)

    return anotada
