"""Atende os atos dos fechamentos. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def fechamentos_conferir(p: Pedido) -> Resultado:
    """Conferir fechamentos."""
    from guiche.servicos.fechamentos import atos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: atos.conferir(ctx, p["conta"], _codigos(p), na_aba=p.na_aba))


def fechamentos_gerar(p: Pedido) -> Resultado:
    """Gerar remessa de fechamentos."""
    from guiche.servicos.fechamentos import atos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: atos.gerar(ctx, p["conta"], _codigos(p)))


def fechamentos_boletos(p: Pedido) -> Resultado:
    """Boletos de fechamentos."""
    from guiche.servicos.fechamentos import atos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: atos.boletos(ctx, p["conta"], _codigos(p)))


def fechamentos_receber(p: Pedido) -> Resultado:
    """Receber fechamento."""
    from guiche.servicos.fechamentos import atos  # noqa: PLC0415

    como = {"dia": p.dia_do_recebimento(), "baixar_em": p["baixar_em"], "conta": p["conta"]}
    return p.na_pasta(lambda ctx: atos.receber_a_mao(ctx, p["fechamento"], **como, desconto=p["desconto"] or 0))


def _codigos(p: Pedido) -> list[str]:
    return [codigo.strip() for codigo in p["fechamento"].split(",") if codigo.strip()]
