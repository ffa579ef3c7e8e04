"""Cada comando chama um serviço. Aqui, e só aqui, se olha o relógio e o usuário do sistema."""

from __future__ import annotations

import getpass
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from guiche.livro.atos import Autor
from guiche.servicos.resultado import Resultado

if TYPE_CHECKING:
    from guiche.dominio.elegibilidade import Filtros
    from guiche.servicos.contexto import Contexto


def autor(pedido: Namespace) -> Autor:
    """Quem age e quando; ``--hoje`` muda a data, não a hora."""
    agora = datetime.now().replace(microsecond=0)  # noqa: DTZ005, TID251  o relógio entra por aqui, na hora local
    hoje = pedido.hoje or agora.date()
    return Autor(pedido.usuario or getpass.getuser(), datetime.combine(hoje, agora.time()), hoje)


def _na_pasta(pedido: Namespace, ato: Callable[[Contexto], Resultado]) -> Resultado:
    from guiche.servicos.contexto import abrir  # noqa: PLC0415

    with abrir(pedido.pasta, autor(pedido), _progresso(pedido)) as ctx:
        return ato(ctx)


def _progresso(pedido: Namespace) -> Callable[[str], None]:
    import sys  # noqa: PLC0415

    from guiche.servicos.contexto import calado  # noqa: PLC0415

    if pedido.json or not sys.stderr.isatty():
        return calado
    return lambda frase: print(frase, file=sys.stderr)


def filtros(pedido: Namespace) -> Filtros:
    """Os filtros da linha de comando."""
    from guiche.dominio.elegibilidade import Filtros  # noqa: PLC0415

    return Filtros(
        filial=(pedido.filial_de, pedido.filial_ate),
        por=pedido.por,
        empresa=(pedido.empresa_de, pedido.empresa_ate),
        cliente=(pedido.cliente_de, pedido.cliente_ate),
        matricula=(pedido.matricula_de, pedido.matricula_ate),
        vencimento=(pedido.vencimento_de, pedido.vencimento_ate),
        tipo_doc=(pedido.tipo_doc_de, pedido.tipo_doc_ate),
        tipos_doc=frozenset(filter(None, pedido.tipos_doc.split(","))),
        data_fixa=pedido.data_fixa,
        parcial=pedido.parcial,
    )


def novo(pedido: Namespace) -> Resultado:
    """``guiche novo``."""
    from guiche.servicos.pasta import criar  # noqa: PLC0415

    return criar(pedido.pasta)


def conferir(pedido: Namespace) -> Resultado:
    """``guiche conferir``."""
    from guiche.servicos import gerar as servico  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: servico.conferir(ctx, pedido.conta, filtros(pedido)))


def gerar(pedido: Namespace) -> Resultado:
    """``guiche gerar``."""
    from guiche.servicos import gerar as servico  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: servico.gerar(ctx, pedido.conta, filtros(pedido)))


def importar(pedido: Namespace) -> Resultado:
    """``guiche importar``."""
    from guiche.servicos import importar as servico  # noqa: PLC0415

    return _na_pasta(
        pedido,
        lambda ctx: servico.importar(
            ctx,
            pedido.arquivo,
            conta=pedido.conta,
            baixar_em=pedido.baixar_em,
            confirmar=pedido.confirmar,
            repetir_nsa=pedido.repetir_nsa,
        ),
    )


def optantes(pedido: Namespace) -> Resultado:
    """``guiche optantes``."""
    from guiche.servicos.optantes import listar_optantes  # noqa: PLC0415

    empresa = (pedido.empresa_de, pedido.empresa_ate)
    return _na_pasta(pedido, lambda ctx: listar_optantes(ctx, pedido.conta, empresa=empresa, saidas=pedido.saida))


def retornos(pedido: Namespace) -> Resultado:
    """``guiche retornos``."""
    from guiche.servicos.pasta import listar_retornos  # noqa: PLC0415

    desde = None if pedido.todos else autor(pedido).hoje - timedelta(days=30)
    return _na_pasta(pedido, lambda ctx: listar_retornos(ctx, desde))


def atualizar(pedido: Namespace) -> Resultado:
    """``guiche atualizar``."""
    from guiche.servicos.pasta import atualizar as servico  # noqa: PLC0415

    return _na_pasta(pedido, servico)


def remessas_listar(pedido: Namespace) -> Resultado:
    """``guiche remessas listar``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(
        pedido, lambda ctx: remessas.listar(ctx, banco=pedido.banco, situacao=pedido.situacao, tipo=pedido.tipo)
    )


def remessas_exportar(pedido: Namespace) -> Resultado:
    """``guiche remessas exportar``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: remessas.exportar(ctx, pedido.remessa, pedido.saida))


def remessas_estornar(pedido: Namespace) -> Resultado:
    """``guiche remessas estornar``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: remessas.estornar(ctx, pedido.remessa))


def remessas_descartar(pedido: Namespace) -> Resultado:
    """``guiche remessas descartar``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: remessas.descartar(ctx, pedido.remessa, pedido.motivo))


def remessas_transmitida(pedido: Namespace) -> Resultado:
    """``guiche remessas transmitida``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: remessas.marcar(ctx, pedido.remessa, "transmitida"))


def remessas_confirmada(pedido: Namespace) -> Resultado:
    """``guiche remessas confirmada``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    return _na_pasta(pedido, lambda ctx: remessas.marcar(ctx, pedido.remessa, "confirmada"))


def remessas_imprimir(pedido: Namespace) -> Resultado:
    """``guiche remessas imprimir``."""
    from guiche.servicos import remessas  # noqa: PLC0415

    saida = pedido.saida or pedido.pasta.parent / f"remessa-{pedido.remessa}.pdf"
    return _na_pasta(pedido, lambda ctx: remessas.imprimir(ctx, pedido.remessa, saida))


def titulo_estornar(pedido: Namespace) -> Resultado:
    """``guiche titulo estornar``."""
    from guiche.servicos import titulo  # noqa: PLC0415

    encerrado = "NOTA CANCELADA" if pedido.nota_cancelada else "ESTORNADO"
    return _na_pasta(pedido, lambda ctx: titulo.estornar(ctx, pedido.numero, pedido.motivo, encerrado))


def titulo_receber(pedido: Namespace) -> Resultado:
    """``guiche titulo receber``."""
    from guiche.servicos import titulo  # noqa: PLC0415

    dia = pedido.dia or autor(pedido).hoje
    return _na_pasta(
        pedido,
        lambda ctx: titulo.receber(
            ctx, pedido.numero, pedido.valor, dia=dia, baixar_em=pedido.baixar_em, conta=pedido.conta
        ),
    )


def arquivo_ler(pedido: Namespace) -> Resultado:
    """``guiche arquivo ler``."""
    from guiche.servicos import arquivo  # noqa: PLC0415

    return arquivo.ler(pedido.arquivo)


def arquivo_explicar(pedido: Namespace) -> Resultado:
    """``guiche arquivo explicar``."""
    from guiche.servicos import arquivo  # noqa: PLC0415

    return arquivo.explicar(pedido.arquivo, pedido.saida)


def arquivo_verificar(pedido: Namespace) -> Resultado:
    """``guiche arquivo verificar``."""
    from guiche.servicos import arquivo  # noqa: PLC0415

    return arquivo.verificar(pedido.arquivo, autor(pedido).hoje)


def banco_simulado(pedido: Namespace) -> Resultado:
    """``guiche banco-simulado``."""
    from guiche.servicos.banco_simulado import PARCELAS, Sorteio, responder  # noqa: PLC0415

    saida: Path = pedido.saida or pedido.remessa.with_suffix(".ret")
    pares = (par.partition("=") for par in pedido.parcelas.split(",") if par)
    parcelas = {codigo: int(parcela) for codigo, _, parcela in pares} or PARCELAS
    codigos = [codigo for codigo in pedido.codigos.split(",") if codigo]
    sorteio = Sorteio(pedido.semente, parcelas, codigos)
    return responder(pedido.remessa, saida, hoje=autor(pedido).hoje, nsa=pedido.nsa, sorteio=sorteio)


def demo(pedido: Namespace) -> Resultado:
    """``guiche demo``."""
    from guiche.servicos.demo import demonstrar  # noqa: PLC0415

    return demonstrar(pedido.em, autor(pedido))
