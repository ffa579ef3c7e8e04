"""Atende os atos sobre os optantes no banco. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
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


def pendentes(p: Pedido) -> Resultado:
    """Sem resposta."""
    from guiche.servicos.remessas.pendentes import listar_pendentes  # noqa: PLC0415

    saidas = list(p["saida"])
    if p["em_arquivo"]:
        saidas += [p.caminho.parent / f"Pendentes{fim}" for fim in (".pdf", ".xlsx")]
    return p.na_pasta(lambda ctx: listar_pendentes(ctx, dias=p["dias"], saidas=saidas))


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
