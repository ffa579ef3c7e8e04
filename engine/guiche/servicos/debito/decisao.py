"""Decidir o que o banco cadastrou: aceitar muda o cliente, recusar avisa o banco na próxima remessa (I-10)."""

from __future__ import annotations

from typing import NamedTuple

from guiche.debito import fila
from guiche.erros import ErroDeRegra, Local
from guiche.livro import cadastramentos
from guiche.livro.atos import registrar
from guiche.livro.cadastramentos import ACEITO, RECUSADO, Cadastramento
from guiche.oficio.cadastros import Cadastros, ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.decisoes import escritas
from guiche.oficio.resultado import Resultado, recusa
from guiche.servicos.ato import Meio, gravando
from guiche.vistas.cadastramentos import NA_ABA, nome_do_registro, proposta

ACEITAR, RECUSAR = "ACEITAR", "RECUSAR"
RAZAO = "CLIENTE NAO RECONHECIDO PELA EMPRESA"


class Escrito(NamedTuple):
    """O que a pessoa escreveu numa linha da aba Cadastramentos."""

    decisao: str
    cliente: str
    porque: str


def listar(ctx: Contexto) -> Resultado:
    """Os cadastramentos do banco, os que esperam decisão primeiro. Não grava nada."""
    clientes = ler_cadastros(ctx.pasta, ctx.lembranca, com_titulos=False).clientes
    achados = cadastramentos.ultimos(ctx.livro, NA_ABA)
    linhas = [
        f"Retorno {c.retorno_id}, linha {c.seq}: {nome_do_registro(c)}, {c.situacao.lower()}, "
        f"{c.cliente or '(não identificado)'}: {proposta(c, clientes.get(c.cliente))}"
        for c in achados
    ]
    dados = {"cadastramentos": [c._asdict() for c in achados]}
    return Resultado("cadastramentos", tuple(linhas) or ("O banco não informou nenhum cadastramento.",), dados)


def decidir(
    ctx: Contexto, retorno: int | None, linha: int | None, decisao: str = "", cliente: str = "", motivo: str = ""
) -> Resultado:
    """Aplica a decisão a uma linha de um retorno; sem linha, as decisões escritas na aba Cadastramentos.

    Raises:
        ErroDeRegra: ``cadastramento.ausente``, ``cadastramento.decisao`` ou ``cadastramento.cliente``.
    """
    onde = None if retorno is None or linha is None else (retorno, linha)
    return _decidir_as_pedidas(ctx, onde, Escrito(decisao, cliente, motivo))


@gravando("decidir cadastramentos")
def _decidir_as_pedidas(ctx: Contexto, cadastros: Cadastros, uma: tuple[int, int] | None, escrito: Escrito) -> Meio:
    if uma is None:
        pedidas, problemas = escritas(ctx.pasta, "cadastramentos", Escrito._make)
        if problemas:
            return recusa("decidir cadastramentos", problemas)
    else:
        pedidas = [(uma, escrito)]
    if not pedidas:
        raise ErroDeRegra("cadastramento.decisao", "nenhuma linha da aba Cadastramentos tem decisão escrita")
    relato = [_decidir(ctx, cadastros, onde, escrito) for onde, escrito in pedidas]
    yield
    return Resultado("decidir cadastramentos", tuple(relato), {"decididos": len(relato)})


def _decidir(ctx: Contexto, cadastros: Cadastros, onde: tuple[int, int], escrito: Escrito) -> str:
    c = cadastramentos.aberto(ctx.livro, *onde)
    if c is None:
        razao = f"não há cadastramento a decidir na linha {onde[1]} do retorno {onde[0]}"
        raise ErroDeRegra("cadastramento.ausente", razao)
    local = Local(f"retorno {c.retorno_id}", c.seq)
    if escrito.decisao not in {ACEITAR, RECUSAR}:
        razao = f"a decisão {escrito.decisao!r} não se entende; são: {ACEITAR}, {RECUSAR}"
        raise ErroDeRegra("cadastramento.decisao", razao, local=local)
    if escrito.decisao == ACEITAR:
        return _aceitar(ctx, cadastros, c, escrito.cliente or c.cliente)
    return _recusar(ctx, c, escrito.porque or RAZAO)


def _aceitar(ctx: Contexto, cadastros: Cadastros, c: Cadastramento, codigo: str) -> str:
    if codigo not in cadastros.clientes:
        quem = f"o cliente {codigo} não está na aba Clientes" if codigo else "não se sabe de que cliente se trata"
        raise ErroDeRegra("cadastramento.cliente", quem, local=Local(f"retorno {c.retorno_id}", c.seq))
    depois = {"retorno": c.retorno_id, "linha": c.seq, "decisao": ACEITAR, "cliente": codigo}
    ato = registrar(ctx.livro, ctx.autor, "decidir cadastramento", depois=depois)
    cadastramentos.decidir(ctx.livro, c, ACEITO, codigo, ato)
    return f"Retorno {c.retorno_id}, linha {c.seq}: {nome_do_registro(c).lower()} aceita para o cliente {codigo}."


def _recusar(ctx: Contexto, c: Cadastramento, razao: str) -> str:
    if len(razao) > fila.MAIOR_RAZAO:
        texto = f"a razão tem {len(razao)} letras, e o banco lê {fila.MAIOR_RAZAO}"
        raise ErroDeRegra("cadastramento.decisao", texto, local=Local(f"retorno {c.retorno_id}", c.seq))
    depois = {"retorno": c.retorno_id, "linha": c.seq, "decisao": RECUSAR, "porque": razao}
    ato = registrar(ctx.livro, ctx.autor, "decidir cadastramento", depois=depois)
    cadastramentos.decidir(ctx.livro, c, RECUSADO, c.cliente, ato)
    cadastramentos.pedir(ctx.livro, ato, fila.recusa(c, razao))
    return f"Retorno {c.retorno_id}, linha {c.seq}: recusada; a próxima remessa leva a recusa ao banco."
