"""Atende os atos de boletos. O nome da função é o id do ato."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guiche.oficio.entradas import ler_texto
from guiche.oficio.pedido import Pedido, filtros
from guiche.oficio.resultado import Resultado

if TYPE_CHECKING:
    from guiche.servicos.boletos.impressao import Saida


def boletos_conferir(p: Pedido) -> Resultado:
    """Conferir boletos."""
    from guiche.servicos.boletos import emissao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: emissao.conferir(ctx, p["conta"], filtros(p), juntar=p["agrupar"], na_aba=p.na_aba))


def boletos_gerar(p: Pedido) -> Resultado:
    """Gerar boletos."""
    from guiche.servicos.boletos import emissao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: emissao.gerar(ctx, p["conta"], filtros(p), juntar=p["agrupar"], saida=_saida(p)))


def boletos_listar(p: Pedido) -> Resultado:
    """Ver boletos."""
    from guiche.servicos.boletos import consulta  # noqa: PLC0415

    emissao = (p["emissao_de"], p["emissao_ate"])
    return p.na_pasta(
        lambda ctx: consulta.listar(
            ctx, banco=p["banco"], situacao=p["situacao"], nosso_numero=p["nosso_numero"], emissao=emissao
        )
    )


def boletos_imprimir(p: Pedido) -> Resultado:
    """Imprimir boletos."""
    from guiche.servicos.boletos import impressao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: impressao.imprimir(ctx, p.intervalo("codigo"), _saida(p), impressora=p["impressora"]))


def _saida(p: Pedido) -> Saida:
    from guiche.servicos.boletos.impressao import Saida  # noqa: PLC0415

    return Saida("carne" if p["carne"] else "a4", separados=p["separados"], executor=p["executor"])


def boletos_detalhes(p: Pedido) -> Resultado:
    """Detalhes do boleto."""
    from guiche.servicos.boletos import consulta  # noqa: PLC0415

    return p.na_pasta(lambda ctx: consulta.detalhes(ctx, p["boleto"]))


def boletos_segunda_via(p: Pedido) -> Resultado:
    """Segunda via."""
    from guiche.servicos.boletos import impressao  # noqa: PLC0415

    return p.na_pasta(lambda ctx: impressao.segunda_via(ctx, p["boleto"], p["dia"] or p.autor.hoje))


def boletos_rascunhos(p: Pedido) -> Resultado:
    """Rascunhos de mensagem."""
    from guiche.servicos.boletos import rascunhos  # noqa: PLC0415

    return p.na_pasta(lambda ctx: rascunhos.rascunhos(ctx, p.intervalo("codigo")))


def homologacao(p: Pedido) -> Resultado:
    """Homologação."""
    from guiche.servicos.boletos import homologacao as kit  # noqa: PLC0415

    return p.na_pasta(lambda ctx: kit.homologacao(ctx, p["conta"]))


def boleto_calcular(p: Pedido) -> Resultado:
    """Calcular boletos."""
    import sys  # noqa: PLC0415

    from guiche.servicos.boletos import numeros  # noqa: PLC0415

    saida = p["saida"]
    if p.na_janela and saida is None:
        saida = p["lista"].with_name(f"{p['lista'].stem} calculados.xlsx")
    texto = ler_texto(p["lista"]) if p["lista"] else sys.stdin.read()
    return numeros.calcular(texto, saida, aceitar_parcial=p["aceitar_parcial"])


def boleto_decodificar(p: Pedido) -> Resultado:
    """Decodificar boleto."""
    from guiche.servicos.boletos import numeros  # noqa: PLC0415

    return numeros.decodificar(p["codigo"], p.autor.hoje)


def boleto_conferir_pdf(p: Pedido) -> Resultado:
    """Conferir PDF de boletos."""
    from guiche.servicos.boletos import numeros  # noqa: PLC0415

    return numeros.conferir_pdf(p["pdf"])
