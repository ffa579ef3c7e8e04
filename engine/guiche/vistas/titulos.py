"""As colunas do Guichê na aba Títulos: a situação de cada um, o que se recebeu e o que o banco disse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from guiche.bancos.codigos import CodigoRetorno, interpretar
from guiche.dominio.cadastro import Titulo
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.dominio.estados import Estado
from guiche.livro import titulos
from guiche.oficio.situacao import situacao_do_titulo
from guiche.vistas.visao import Visao


def colunas(visao: Visao) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Linha na aba Títulos → as colunas do Guichê, de todos."""
    todos = [t.numero for t in visao.cadastros.titulos]
    return _de(visao, todos, zip(visao.cadastros.numeros, visao.cadastros.titulos, strict=True))


def mudadas(visao: Visao, desde: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """As dos títulos de que o livro disse alguma coisa depois do ato dado."""
    pedidos, todos = visao.tocados(desde), zip(visao.cadastros.numeros, visao.cadastros.titulos, strict=True)
    return _de(visao, pedidos, ((numero, t) for numero, t in todos if t.numero in pedidos))


def _de(
    visao: Visao, pedidos: Collection[str], escolhidos: Iterable[tuple[int, Titulo]]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    situacoes, empresas = visao.situacoes, visao.cadastros.empresas
    respostas = titulos.ultimas_respostas(visao.livro, pedidos)
    agora = visao.ctx.autor.agora.replace(tzinfo=None, microsecond=0)
    for numero, t in escolhidos:
        situacao = situacoes.get(t.numero, NUNCA_ENVIADO)
        palavra = situacao_do_titulo(t, situacao, empresas)
        yield numero, (palavra, *_titulo(t, situacao, respostas.get(t.numero), agora))


def _titulo(titulo: Titulo, situacao: Situacao, ultima: titulos.Resposta | None, agora: datetime) -> tuple[Any, ...]:
    vale = ultima is not None and situacao.estado is not Estado.ENVIADO  # reenviado: a resposta velha já não diz nada
    lida = resposta(ultima.banco, ultima.versao, ultima.movimento, ultima.codigo) if ultima and vale else None
    pago = recebido(titulo, situacao)
    return (
        para_reais(pago),
        para_reais(max(titulo.valor - pago, 0)),
        int(situacao.estado),
        str(situacao.remessa or ""),
        lida.codigo if lida else "",
        lida.texto if lida else "",
        lida.acao if lida else "",
        agora,
    )


def resposta(banco: str, versao: str, movimento: int, codigo: str) -> CodigoRetorno | None:
    """O código do banco em palavras; ``None`` se ainda não houve resposta."""
    return interpretar(banco, versao, str(movimento), codigo) if codigo else None
