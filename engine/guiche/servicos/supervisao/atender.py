"""Atende os atos do supervisor e da aprovação. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def supervisor_definir(p: Pedido) -> Resultado:
    """Definir o supervisor."""
    from guiche.servicos.supervisao.segredo import definir  # noqa: PLC0415

    return p.na_pasta(lambda ctx: definir(ctx, p["segredo_novo"], p["supervisor"]))


def conta_numeracao(p: Pedido) -> Resultado:
    """Conferir numeração."""
    from guiche.servicos.supervisao.numeracao import examinar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: examinar(ctx, p["conta"]))


def conta_sequencia(p: Pedido) -> Resultado:
    """Ajustar numeração."""
    from guiche.servicos.supervisao.numeracao import ajustar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: ajustar(ctx, p["conta"], p["proximo"], p["motivo"], p["supervisor"]))


def aprovar(p: Pedido) -> Resultado:
    """Aprovar remessa."""
    from guiche.servicos.supervisao.aprovacao import aprovar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico(ctx, p["codigo"]))
