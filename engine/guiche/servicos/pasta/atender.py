"""Atende os atos sobre a pasta de trabalho em si. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def limpar_filtros(p: Pedido) -> Resultado:
    """Limpar filtros."""
    from guiche.servicos.pasta.abas import mostrar_tudo  # noqa: PLC0415

    return p.na_pasta(mostrar_tudo)


def atualizar(p: Pedido) -> Resultado:
    """Atualizar abas."""
    from guiche.servicos.pasta.abas import atualizar as servico  # noqa: PLC0415

    return p.na_pasta(servico)


def livro_levar(p: Pedido) -> Resultado:
    """Levar o livro ao servidor."""
    from guiche.servicos.pasta import mudanca  # noqa: PLC0415

    if p.na_janela:
        return p.na_pasta(lambda ctx: mudanca.levar_aberta(ctx, p["servidor"]))
    return mudanca.levar(p.caminho, p.autor, p["servidor"])


def ajuda(_: Pedido) -> Resultado:
    """Ajuda."""
    from guiche.servicos.pasta.abas import ajuda as servico  # noqa: PLC0415

    return servico()


def ordenar(p: Pedido) -> Resultado:
    """Ordenar a lista."""
    from guiche.servicos.pasta.ordem import ordenar as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico(ctx, p["lista"], p["coluna"], decrescente=p["decrescente"]))
