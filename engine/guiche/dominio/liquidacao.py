"""Como o dinheiro de um boleto pago se reparte pelos títulos que ele junta."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Parte(NamedTuple):
    """A parte de um título num boleto."""

    titulo: str
    valor: int
    """Centavos do título no boleto."""
    vencimento: date


class Quitacao(NamedTuple):
    """O que um título recebe. Em dinheiro entra ``principal + juros - desconto``."""

    titulo: str
    principal: int
    """Centavos do título que se quitam."""
    juros: int
    """Multa e juros pagos a mais."""
    desconto: int
    """Desconto e abatimento que o pagador teve."""


class Rateio(NamedTuple):
    """A repartição de um pagamento."""

    quitacoes: tuple[Quitacao, ...]
    falta: int
    """Centavos que o pagador deixou de pagar; os títulos ficam em aberto por eles."""
    sobra: int
    """Centavos pagos além do valor do boleto, levados a juros."""


def ratear(pago: int, concedido: int, partes: Sequence[Parte]) -> Rateio:
    """Reparte ``pago`` centavos; ``concedido`` é o desconto e o abatimento que o banco diz ter dado.

    O que passa do valor é juros, na proporção das partes. O que falta, descontado o concedido, deixa em
    aberto os títulos de vencimento mais novo: quitam-se primeiro os mais velhos.

    >>> ratear(95, 5, [Parte("A", 60, date(2026, 1, 1)), Parte("B", 40, date(2026, 1, 1))]).quitacoes
    (Quitacao(titulo='A', principal=60, juros=0, desconto=3), Quitacao(titulo='B', principal=40, juros=0, desconto=2))
    """
    devido = sum(p.valor for p in partes)
    sobra = max(pago - devido, 0)
    desconto = min(max(devido - pago, 0), concedido)
    resto = pago - sobra + desconto
    falta = devido - resto
    if len(partes) == 1:
        unica = (Quitacao(partes[0].titulo, resto, sobra, desconto),) if resto else ()
        return Rateio(unica, falta, sobra)
    principais: dict[str, int] = {}
    for parte in sorted(partes, key=lambda p: (p.vencimento, p.titulo)):
        principais[parte.titulo] = min(parte.valor, resto)
        resto -= principais[parte.titulo]
    em_ordem = [principais[p.titulo] for p in partes]
    juros, descontos = proporcional(sobra, [p.valor for p in partes]), proporcional(desconto, em_ordem)
    quitacoes = tuple(
        Quitacao(p.titulo, principal, j, d)
        for p, principal, j, d in zip(partes, em_ordem, juros, descontos, strict=True)
        if principal
    )
    return Rateio(quitacoes, falta, sobra)


def proporcional(total: int, pesos: Sequence[int]) -> list[int]:
    """Reparte o total pelos pesos sem perder centavo: os restos maiores levam o que sobra.

    >>> proporcional(10, [1, 1, 1])
    [4, 3, 3]
    """
    soma = sum(pesos)
    if not soma:
        return [0] * len(pesos)
    cotas = [total * peso // soma for peso in pesos]
    restos = sorted(range(len(pesos)), key=lambda i: (-(total * pesos[i] % soma), i))
    for i in restos[: total - sum(cotas)]:
        cotas[i] += 1
    return cotas
