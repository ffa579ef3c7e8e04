"""Definir e trocar o segredo do supervisor."""

from __future__ import annotations

from guiche.erros import ErroDeRegra
from guiche.livro.atos import registrar
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.segredo import exigir, guardar, ha_supervisor
from guiche.servicos.ato import anotando

_MENOR = 8


def definir(ctx: Contexto, novo: str, atual: str) -> Resultado:
    """Guarda o segredo; para o trocar é preciso o atual.

    Raises:
        ErroDeRegra: ``supervisor.curto``, ``supervisor.falta`` ou ``supervisor.errado``.
    """
    if len(novo) < _MENOR:
        raise ErroDeRegra("supervisor.curto", f"o segredo novo tem de ter ao menos {_MENOR} caracteres")
    havia = ha_supervisor(ctx)
    if havia:
        exigir(ctx, atual, "supervisor definir")
    _guardar(ctx, novo, havia=havia)
    frase = "Segredo do supervisor trocado." if havia else "Segredo do supervisor definido."
    return Resultado("supervisor definir", (frase, "Guarde-o: sem ele não se troca, e não há como lê-lo."))


@anotando
def _guardar(ctx: Contexto, novo: str, *, havia: bool) -> None:
    registrar(ctx.livro, ctx.autor, "supervisor definir", depois={"trocado": havia})
    guardar(ctx, novo)
