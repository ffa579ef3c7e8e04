"""Atende os atos que cuidam da pasta de trabalho. O nome da função é o id do ato."""

from __future__ import annotations

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def importar_planilha(p: Pedido) -> Resultado:
    """Importar planilha."""
    from guiche.servicos.cuidados.lista_externa import importar_lista  # noqa: PLC0415

    return p.na_pasta(lambda ctx: importar_lista(ctx, p["lista"], p["para"], p["colunas"], confirmar=p["confirmar"]))


def cliente_localizar(p: Pedido) -> Resultado:
    """Localizar cliente."""
    from guiche.servicos.cuidados.lista_externa import localizar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: localizar(ctx, p["nome"] or ""))


def integridade(p: Pedido) -> Resultado:
    """Verificar integridade."""
    from guiche.servicos.cuidados import integridade as servico  # noqa: PLC0415

    return p.na_pasta(servico.verificar)


def lote(p: Pedido) -> Resultado:
    """Lote."""
    from guiche.servicos.cuidados.lote import exigir_pasta, fazer  # noqa: PLC0415

    ao_lado = p.caminho.parent
    if p["entrada"] is not None:
        exigir_pasta(p["entrada"], p.caminho)
    entrada, saida = p["entrada"] or ao_lado / "entrada", p["saida"] or ao_lado / "saida"
    return p.na_pasta(lambda ctx: fazer(ctx, entrada, saida, gerar=not p["so_importar"]))


def desfazer_mostrar(p: Pedido) -> Resultado:
    """O que se pode desfazer."""
    from guiche.servicos.cuidados import desfazer as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.mostrar(ctx, p["numero"]))


def desfazer(p: Pedido) -> Resultado:
    """Desfazer o último ato."""
    from guiche.servicos.cuidados import desfazer as servico  # noqa: PLC0415

    return p.na_pasta(lambda ctx: servico.desfazer(ctx, p["motivo"], p["numero"]))


def relatorio(p: Pedido) -> Resultado:
    """Relatório em PDF."""
    from guiche.servicos.cuidados.relatorios import relatar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: relatar(ctx, p["qual"], p["saida"], dia=p["dia"], retorno=p["retorno"]))


def prontidao(p: Pedido) -> Resultado:
    """Como o banco lê."""
    from guiche.servicos.cuidados import prontidao as servico  # noqa: PLC0415

    return p.na_pasta(servico.verificar)
