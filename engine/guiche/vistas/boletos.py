"""As abas dos boletos, refeitas a partir do livro; o que a pessoa marcou para imprimir fica."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from guiche.dominio.boletos import ATIVOS
from guiche.dominio.cadastro import Cliente, Cobranca
from guiche.dominio.dinheiro import para_reais
from guiche.livro import boletos
from guiche.livro.boletos import Emitido, Laco
from guiche.oficio.cadastros import ler_tabela
from guiche.oficio.faixa import proximo_numero
from guiche.planilha.porta import Corpo
from guiche.vistas.visao import Visao

_AMARELA, _PRETA = 2, 0
_TITULOS_A_VISTA = 5
_NADA = ("", "")
_dia, _momento = cache(date.fromisoformat), cache(datetime.fromisoformat)


def linhas(visao: Visao) -> Corpo:
    """A aba Boletos."""
    quantos, _ = boletos.quantos(visao.livro)
    clientes = visao.cadastros.clientes
    escritos = visao.pasta.escritas("boletos", ("imprimir", "pix"), ("codigo",))
    emitidos = boletos.emitidos(visao.livro)
    return Corpo(quantos, (_linha(b, titulos, clientes, escritos.get((b.id,), _NADA)) for b, titulos in emitidos))


def titulos_de_cada(visao: Visao) -> Corpo:
    """A aba dos títulos de cada boleto."""
    _, nos_boletos = boletos.quantos(visao.livro)
    return Corpo(nos_boletos, map(_laco, boletos.lacos(visao.livro)))


def faixas(visao: Visao) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """O próximo nosso número, quantos restam e quanto se usou da faixa de cada linha da aba Cobrança."""
    cobrancas, numeros, _ = ler_tabela(visao.pasta, "cobranca", Cobranca._make)
    for numero, cobranca in zip(numeros, cobrancas, strict=True):
        if conta := visao.cadastros.contas.get(cobranca.conta):
            proximo = proximo_numero(visao.livro, conta, cobranca, visao.hoje)
            if cobranca.nn_fim is None or proximo is None:
                yield numero, (None if proximo is None else str(proximo), None, None)
            else:
                restam, todos = cobranca.nn_fim - proximo + 1, cobranca.nn_fim - (cobranca.nn_inicio or 1) + 1
                usada = Decimal(todos - restam) / todos if todos > 0 else None
                yield numero, (str(proximo), restam, None if usada is None else round(usada, 4))


def _linha(
    b: Emitido, titulos: Sequence[str], clientes: Mapping[str, Cliente], escritos: Sequence[Any]
) -> tuple[Any, ...]:
    cliente = clientes.get(b.cliente)
    return (
        escritos[0] or None, escritos[1] or b.pix or None, _AMARELA if b.estado in ATIVOS else _PRETA, b.id,
        b.nosso_numero, b.conta, b.banco, b.cliente, cliente.nome if cliente else "",
        a_vista(titulos),
        _dia(b.vencimento), para_reais(b.valor), b.estado, _momento(b.gerado_em),
        b.usuario, _dia(b.pago_em) if b.pago_em else None,
        None if b.valor_pago is None else para_reais(b.valor_pago), b.linha_digitavel,
    )  # fmt: skip


def a_vista(titulos: Sequence[str]) -> str:
    """Os títulos de um boleto, se são poucos; de muitos, os primeiros.

    >>> a_vista(list("ABCDEFG"))
    'A, B, C, D, E +2'
    """
    mais = f" +{len(titulos) - _TITULOS_A_VISTA}" if len(titulos) > _TITULOS_A_VISTA else ""
    return ", ".join(titulos[:_TITULOS_A_VISTA]) + mais


def _laco(laco: Laco) -> tuple[Any, ...]:
    desfeito = _momento(laco.desfeito_em) if laco.desfeito_em else None
    return laco.boleto, laco.nosso_numero, laco.titulo, para_reais(laco.valor), desfeito
