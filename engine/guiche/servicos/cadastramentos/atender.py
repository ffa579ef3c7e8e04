"""Atende os atos sobre os optantes no banco. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.servicos.pedido import Pedido
from guiche.servicos.resultado import Resultado


def cadastramentos_listar(p: Pedido) -> Resultado:
    """Ver cadastramentos."""
    from guiche.servicos.cadastramentos import decisao  # noqa: PLC0415

    return p.na_pasta(decisao.listar)


def cadastramentos_decidir(p: Pedido) -> Resultado:
    """Decidir cadastramentos."""
    from guiche.servicos.cadastramentos import decisao  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: decisao.decidir(ctx, p["retorno"], p["linha"], p["decisao"], p["cliente"], p["motivo"])
    )
