"""Atende os atos sobre um título. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def titulo_ver(p: Pedido) -> Resultado:
    """Ver um título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.ver(ctx, p["numero"]))


def titulo_estornar(p: Pedido) -> Resultado:
    """Estornar título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    encerrado = "NOTA CANCELADA" if p["nota_cancelada"] else "ESTORNADO"
    return p.na_pasta(lambda ctx: titulo.estornar(ctx, p["numero"], p["motivo"], encerrado))


def titulo_recomecar(p: Pedido) -> Resultado:
    """Começar de novo."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.recomecar(ctx, p["numero"], p["motivo"]))


def titulo_estornar_recebimento(p: Pedido) -> Resultado:
    """Estornar recebimento."""
    from guiche.servicos.titulos import recebimentos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: recebimentos.estornar(ctx, p["numero"], p["lancamento"], p["motivo"]))


def titulo_cancelamento(p: Pedido) -> Resultado:
    """Resolver cancelamento."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    return p.na_pasta(lambda ctx: titulo.decidir_cancelamento(ctx, p["numero"], p["decisao"], p["motivo"]))


def titulo_receber(p: Pedido) -> Resultado:
    """Receber título."""
    from guiche.servicos.titulos import titulo  # noqa: PLC0415

    onde = titulo.Onde(p.dia_do_recebimento(), p["baixar_em"], p["conta"])
    return p.na_pasta(lambda ctx: titulo.receber_com_desconto(ctx, p["numero"], p["valor"], p["desconto"] or 0, onde))
