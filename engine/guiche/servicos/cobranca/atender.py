"""Atende os atos da conversa com o banco sobre os boletos. O nome da função é o id do ato."""

from __future__ import annotations

from collections.abc import Collection

from guiche.oficio.contexto import Contexto
from guiche.oficio.entradas import ler_texto
from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import lugar_livre


def boletos_remessa_conferir(p: Pedido) -> Resultado:
    """Conferir remessa de boletos."""
    from guiche.servicos.cobranca import remessa  # noqa: PLC0415

    return p.na_pasta(lambda ctx: remessa.conferir(ctx, p["conta"], _escolhidos(ctx, p), na_aba=p.na_aba))


def boletos_remessa(p: Pedido) -> Resultado:
    """Remessa de boletos."""
    from guiche.servicos.cobranca import remessa  # noqa: PLC0415

    return p.na_pasta(lambda ctx: remessa.gerar(ctx, p["conta"], _escolhidos(ctx, p)))


def boletos_fila(p: Pedido) -> Resultado:
    """Ver a fila."""
    from guiche.servicos.cobranca import fila  # noqa: PLC0415

    return p.na_pasta(fila.listar)


def boletos_pedir(p: Pedido) -> Resultado:
    """Pedir ao banco."""
    from guiche.servicos.cobranca import fila  # noqa: PLC0415

    return p.na_pasta(
        lambda ctx: fila.pedir(
            ctx, p["boleto"], p["pedido"], dia=p["dia"], valor=p["valor"] or 0, dias=p["dias_depois"] or 0
        )
    )


def boletos_reenviar(p: Pedido) -> Resultado:
    """Registrar de novo."""
    from guiche.servicos.cobranca import fila  # noqa: PLC0415

    return p.na_pasta(lambda ctx: fila.reenviar(ctx, p["boleto"]))


def _escolhidos(ctx: Contexto, p: Pedido) -> Collection[int]:
    """Os marcados na aba Boletos, se é o que se pede, ou o intervalo; vazio: todos os da fila."""
    from guiche.servicos.boletos.impressao import marcados  # noqa: PLC0415

    return marcados(ctx) if p["marcados"] else p.intervalo("codigo")


def remessa_gerar(p: Pedido) -> Resultado:
    """Compor remessa de cobrança."""
    import sys  # noqa: PLC0415

    from guiche.servicos.cobranca import porta_json  # noqa: PLC0415

    saida = p["saida"]
    if p.na_janela and saida is None:
        saida = lugar_livre(p["pedido"].with_suffix(".rem"))
    texto = ler_texto(p["pedido"]) if p["pedido"] else sys.stdin.read()
    return porta_json.gerar(texto, saida, p.autor.hoje)


def boletos_estornar(p: Pedido) -> Resultado:
    """Estornar boleto."""
    from guiche.servicos.cobranca import fila  # noqa: PLC0415

    return p.na_pasta(lambda ctx: fila.estornar(ctx, p["boleto"]))
