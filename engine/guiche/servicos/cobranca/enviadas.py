"""O que se faz com uma remessa de boletos já gerada: desfazê-la, estorná-la, imprimi-la."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from guiche.dominio.boletos import ATIVOS, EstadoBoleto
from guiche.dominio.cadastro import Cliente
from guiche.dominio.elegibilidade import escrever_data
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.livro import boletos, remessas
from guiche.livro import pedidos as cobranca
from guiche.livro.atos import registrar
from guiche.livro.pedidos import BAIXAR, DESISTIDO, NA_FILA, REGISTRAR
from guiche.livro.remessas import Remessa
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio
from guiche.servicos.cobranca.fila import NOMES, desfazer_boleto

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Coluna


def devolver(ctx: Contexto, remessa: Remessa) -> None:
    """Os pedidos de uma remessa que não chegou ao banco voltam à fila; dentro da transação do ato.

    Do boleto estornado entretanto nada se pede: o banco nunca soube dele.
    """
    livro = ctx.livro
    pedidos = cobranca.da_remessa(livro, remessa.id)
    cobranca.devolver_a_fila(livro, remessa.id)
    for boleto in boletos.listar(livro, {p.boleto for p in pedidos if p.comando == REGISTRAR}):
        if boleto.estado not in ATIVOS:
            abertos = [p for p in cobranca.do_boleto(livro, boleto.id) if p.situacao == NA_FILA]
            inuteis = [(DESISTIDO, p.id) for p in abertos if p.comando in {REGISTRAR, BAIXAR}]
            cobranca.mudar_pedidos(livro, inuteis)


def estornar(ctx: Contexto, remessa: Remessa) -> Meio:
    """Estorna os boletos que a remessa registrou: os títulos ficam livres, e a baixa de cada um vai à fila.

    Raises:
        ErroDeRegra: ``remessa.fechada``, se algum já foi pago ou baixado, ou se ela não registrou nenhum.
    """
    livro = ctx.livro
    registrados = {p.boleto for p in cobranca.da_remessa(livro, remessa.id) if p.comando == REGISTRAR}
    todos = boletos.listar(livro, registrados)
    fechados = [b for b in todos if b.estado in {EstadoBoleto.PAGO, EstadoBoleto.BAIXADO}]
    if fechados:
        razao = f"o boleto {fechados[0].id} ({fechados[0].nosso_numero}) está {fechados[0].estado}"
        raise ErroDeRegra("remessa.fechada", razao)
    ativos = [b for b in todos if b.estado in ATIVOS]
    if not ativos:
        raise ErroDeRegra("remessa.fechada", f"a remessa {remessa.id} não registrou nenhum boleto em aberto")
    resumo = {"remessa": remessa.id, "boletos": len(ativos)}
    ato = registrar(livro, ctx.autor, "estornar", antes={"situacao": "ATIVA"}, depois=resumo)
    for boleto in ativos:
        desfazer_boleto(ctx, ato, boleto)
    remessas.mudar_situacao(livro, [remessa.id], "ESTORNADA")
    yield
    relato = (
        f"Remessa {remessa.id} estornada: {contar(len(ativos), 'boleto estornado', 'boletos estornados')}, "
        "e os títulos estão livres.",
        "A baixa de cada um está na fila: gere a remessa de boletos e envie-a, senão o cliente ainda pode pagar.",
    )
    return Resultado("estornar", relato, {"origem": remessa.id, "boletos": [b.id for b in ativos]})


def quadro(
    ctx: Contexto, remessa: Remessa, clientes: Mapping[str, Cliente]
) -> tuple[Sequence[Coluna], Sequence[Sequence[Any]]]:
    """As colunas e linhas do relatório da remessa."""
    from guiche.documentos.relatorio import Coluna  # noqa: PLC0415

    pedidos = cobranca.da_remessa(ctx.livro, remessa.id)
    emitidos = {b.id: b for b in boletos.listar(ctx.livro, {p.boleto for p in pedidos})}
    linhas = []
    for pedido in pedidos:
        b = emitidos[pedido.boleto]
        cliente = clientes.get(b.cliente)
        linhas.append((
            str(b.id), b.nosso_numero, cliente.nome if cliente else b.cliente,
            escrever_data(date.fromisoformat(b.vencimento)), b.valor, NOMES[pedido.comando], pedido.situacao, b.estado,
        ))  # fmt: skip
    colunas = (
        Coluna("Boleto", 7), Coluna("Nosso número", 18), Coluna("Cliente", 26), Coluna("Vencimento", 10),
        Coluna("Valor (R$)", 12, "valor"), Coluna("Pedido", 18), Coluna("Resposta", 10), Coluna("Boleto está", 13),
    )  # fmt: skip
    return colunas, linhas
