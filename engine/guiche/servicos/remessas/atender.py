"""Atende os atos sobre remessas já gravadas. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def remessas_listar(p: Pedido) -> Resultado:
    """Ver remessas."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.listar(ctx, banco=p["banco"], situacao=p["situacao"], tipo=p["tipo"]))


def remessas_ver(p: Pedido) -> Resultado:
    """Ver uma remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.ver(ctx, p["remessa"]))


def remessas_exportar(p: Pedido) -> Resultado:
    """Exportar de novo."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.exportar(ctx, p["remessa"], p["saida"]))


def remessas_estornar(p: Pedido) -> Resultado:
    """Estornar remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.estornar(ctx, p["remessa"]))


def remessas_descartar(p: Pedido) -> Resultado:
    """Descartar remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.descartar(ctx, p["remessa"], p["motivo"]))


def remessas_transmitida(p: Pedido) -> Resultado:
    """Marcar transmitida."""
    return _marcar(p, "transmitida")


def remessas_confirmada(p: Pedido) -> Resultado:
    """Marcar confirmada."""
    return _marcar(p, "confirmada")


def _marcar(p: Pedido, marca: str) -> Resultado:
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    return p.na_pasta(lambda ctx: enviadas.marcar(ctx, p["remessa"], marca))


def remessas_imprimir(p: Pedido) -> Resultado:
    """Imprimir remessa."""
    from guiche.servicos.remessas import enviadas  # noqa: PLC0415

    saida = p["saida"] or p.caminho.parent / f"remessa-{p['remessa']}.pdf"
    return p.na_pasta(lambda ctx: enviadas.imprimir(ctx, p["remessa"], saida))


def pendentes(p: Pedido) -> Resultado:
    """Sem resposta."""
    from guiche.servicos.remessas.pendentes import listar_pendentes  # noqa: PLC0415

    saidas = list(p["saida"])
    if p["em_arquivo"]:
        saidas += [p.caminho.parent / f"Pendentes{fim}" for fim in (".pdf", ".xlsx")]
    return p.na_pasta(lambda ctx: listar_pendentes(ctx, dias=p["dias"], saidas=saidas))
