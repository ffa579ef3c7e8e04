"""Duas pessoas para uma remessa acima do limite: uma pede, outra aprova aquele conteúdo e nenhum outro (I-33)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable
from typing import Any, NamedTuple, NoReturn

from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.livro.atos import diario, registrar
from guiche.livro.conexao import Livro
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.planilha.celulas import Recusa, centavos
from guiche.servicos.ato import anotando

PARAMETRO = "limite_sem_aprovacao"
_PEDIR, _APROVAR = "pedir aprovação", "aprovar"
_LETRAS = 8


class Pendencia(NamedTuple):
    """Uma remessa que espera outra pessoa."""

    codigo: str
    total: int
    itens: int


def pendencia(ctx: Contexto, conta: str, total: int, itens: Iterable[tuple[Any, ...]]) -> Pendencia | None:
    """O que falta aprovar para gravar estes itens; ``None`` se cabe no limite ou outra pessoa já aprovou.

    Raises:
        ErroDeRegra: ``aprovacao.limite``, se o parâmetro não é um valor.
    """
    limite = _limite(ctx)
    if limite is None or total <= limite:
        return None
    lista = sorted(map(str, itens))
    resumo = hashlib.sha256("\n".join([conta, str(total), *lista]).encode()).hexdigest()
    codigo = resumo[:_LETRAS].upper()
    aprovaram = {usuario for usuario, dados in _do_tipo(ctx.livro, _APROVAR) if dados["codigo"] == codigo}
    if any(not _mesmo(quem, ctx.autor.usuario) for quem in aprovaram):
        return None
    return Pendencia(codigo, total, len(lista))


def pedir(ctx: Contexto, falta: Pendencia) -> Generator[None, None, NoReturn]:
    """O resto do meio de um ato que ainda não se aprovou: anota o pedido e, gravado ele, recusa; mais nada se grava.

    Raises:
        ErroDeRegra: ``aprovacao.falta``.
    """
    if not any(dados["codigo"] == falta.codigo and _mesmo(quem, ctx.autor.usuario)
               for quem, dados in _do_tipo(ctx.livro, _PEDIR)):  # fmt: skip
        pedido = {"codigo": falta.codigo, "centavos": falta.total, "itens": falta.itens}
        registrar(ctx.livro, ctx.autor, _PEDIR, depois=pedido)
    yield
    itens = contar(falta.itens, "item", "itens")
    quanto = f"R$ {escrever_reais(falta.total)}, em {itens}, é mais do que uma pessoa pode enviar só"
    dica = (
        f"Outra pessoa confere e aprova, com o botão Aprovar remessa ou guiche aprovar PASTA {falta.codigo}. "
        "Depois repita este ato."
    )
    raise ErroDeRegra("aprovacao.falta", f"{quanto}; código {falta.codigo}", dica=dica)


@anotando
def aprovar(ctx: Contexto, codigo: str) -> Resultado:
    """Aprova a remessa de código dado, que outra pessoa pediu.

    Raises:
        ErroDeRegra: ``aprovacao.ausente``; ``aprovacao.mesma_pessoa``.
    """
    escrito = codigo.strip().upper()
    pedidos = [(quem, dados) for quem, dados in _do_tipo(ctx.livro, _PEDIR) if dados["codigo"] == escrito]
    if not pedidos:
        raise ErroDeRegra("aprovacao.ausente", "ninguém pediu aprovação com esse código neste livro")
    if any(_mesmo(quem, ctx.autor.usuario) for quem, _ in pedidos):
        raise ErroDeRegra("aprovacao.mesma_pessoa", "quem pediu não aprova")
    dados = pedidos[0][1]
    registrar(ctx.livro, ctx.autor, _APROVAR, depois=dados)
    relato = (
        f"Aprovada a remessa {escrito}: {contar(dados['itens'], 'item', 'itens')}, "
        f"R$ {escrever_reais(dados['centavos'])}.",
        "Vale para esse conteúdo: se um título mudar, o código muda. Quem pediu pode gerá-la agora.",
    )
    return Resultado("aprovar", relato, {"codigo": escrito, "itens": dados["itens"]})


def _limite(ctx: Contexto) -> int | None:
    escrito = ctx.pasta.parametro(PARAMETRO)
    try:
        return centavos(escrito)
    except Recusa as erro:
        raise ErroDeRegra("aprovacao.limite", f"o parâmetro {PARAMETRO} não é um valor em reais") from erro


def _do_tipo(livro: Livro, tipo: str) -> list[tuple[str, dict[str, Any]]]:
    """Quem fez e o que fez, do mais novo ao mais velho."""
    return [(usuario, json.loads(depois)) for _, _, usuario, qual, _, depois in diario(livro) if qual == tipo]


def _mesmo(um: str, outro: str) -> bool:
    return um.strip().casefold() == outro.strip().casefold()
