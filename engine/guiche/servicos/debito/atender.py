"""Atende os atos do débito automático. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido, filtros
from guiche.oficio.resultado import Resultado


def cadastramentos_listar(p: Pedido) -> Resultado:
    """Ver cadastramentos."""
    from guiche.servicos.debito import decisao  # noqa: PLC0415

    return p.na_pasta(decisao.listar)


def cadastramentos_decidir(p: Pedido) -> Resultado:
    """Decidir cadastramentos."""
    from guiche.servicos.debito import decisao  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: decisao.decidir(ctx, p["retorno"], p["linha"], p["decisao"], p["cliente"], p["motivo"])
    )


def debito_repetir(p: Pedido) -> Resultado:
    """Plano de reenvio."""
    from guiche.servicos.debito.repetir import propor  # noqa: PLC0415

    return p.na_pasta(lambda ctx: propor(ctx, p["conta"], vezes=p["vezes"], no_dia=p["no_dia"]))


def debito_reenviar(p: Pedido) -> Resultado:
    """Reenviar o plano."""
    from guiche.servicos.debito.repetir import reenviar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: reenviar(ctx, p["conta"], vezes=p["vezes"], no_dia=p["no_dia"]))


def optantes_pix_automatico(p: Pedido) -> Resultado:
    """Migrar ao Pix Automático."""
    from guiche.servicos.debito.pix_automatico import listar  # noqa: PLC0415

    saidas = list(p["saida"])
    if p.na_janela:
        saidas.append(p.caminho.parent / "Pix Automático.xlsx")
    return p.na_pasta(lambda ctx: listar(ctx, p["conta"], todos=p["todos"], saidas=saidas))


def conferir(p: Pedido) -> Resultado:
    """Conferir."""
    from guiche.servicos.debito import gerar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.conferir(ctx, p["conta"], filtros(p), na_aba=p.na_aba))


def gerar(p: Pedido) -> Resultado:
    """Gerar remessa."""
    from guiche.servicos.debito import gerar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.gerar(ctx, p["conta"], filtros(p)))


def optantes(p: Pedido) -> Resultado:
    """Optantes."""
    from guiche.servicos.debito.optantes import listar_optantes  # noqa: PLC0415

    saidas = list(p["saida"])
    if p.na_janela:
        saidas += [p.caminho.parent / f"Optantes{fim}" for fim in (".pdf", ".xlsx")]
    empresa = (p["empresa_de"], p["empresa_ate"])
    return p.na_pasta(
        lambda ctx: listar_optantes(ctx, p["conta"], empresa=empresa, saidas=saidas, vence_em=p["vence_em"])
    )
