"""Atende os atos do que vem do banco. O nome da função é o id do ato."""

from __future__ import annotations

from datetime import timedelta

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def importar(p: Pedido) -> Resultado:
    """Importar retorno."""
    from guiche.oficio.recepcao import Aceita  # noqa: PLC0415
    from guiche.servicos.retornos import importar as servico  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: servico.importar(
            ctx,
            p["retorno"],
            conta=p["conta"],
            baixar_em=p["baixar_em"],
            confirmar=p["confirmar"],
            aceita=Aceita(p["repetir_nsa"], p["ensaio"], p["supervisor"]),
        )
    )


def retornos(p: Pedido) -> Resultado:
    """Ver retornos."""
    from guiche.servicos.retornos import recebidos as servico  # noqa: PLC0415

    desde = None if p["todos"] else p.autor.hoje - timedelta(days=30)
    return p.na_pasta(lambda ctx: servico.listar(ctx, desde, p["ordem"], ao_contrario=p["decrescente"]))


def retornos_ver(p: Pedido) -> Resultado:
    """Ver um retorno."""
    from guiche.servicos.retornos import recebidos as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.ver(ctx, p["retorno"]))


def divergencias_listar(p: Pedido) -> Resultado:
    """Ver divergências."""
    from guiche.servicos.retornos import divergencias  # noqa: PLC0415

    return p.na_pasta(divergencias.listar)


def divergencias_decidir(p: Pedido) -> Resultado:
    """Decidir divergências."""
    from guiche.servicos.retornos import divergencias  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: divergencias.decidir(ctx, p["retorno"], p["linha"], p["decisao"], p["titulo"], p["motivo"])
    )


def conciliar(p: Pedido) -> Resultado:
    """Conciliar extrato."""
    from guiche.servicos.retornos import conciliacao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: conciliacao.conciliar(ctx, p["extrato"], p["conta"]))
