"""A baixa de um fechamento: o dinheiro se reparte pelos títulos dos membros, e a comissão se lança uma vez (S-110)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from guiche.dominio.cadastro import Titulo, fechamento_de
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, recebido
from guiche.dominio.encargos import dividir
from guiche.dominio.liquidacao import Parte, ratear
from guiche.livro import comissoes, titulos
from guiche.livro.comissoes import Comissao
from guiche.livro.conexao import Livro
from guiche.livro.membros import do_debito as membros_do_debito
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.fechamentos import membros

_CEM_POR_CENTO = 10_000


class Quitado(NamedTuple):
    """Quanto de um título se quitou, em centavos, num dia ISO; e por que linha do retorno.

    Em dinheiro entra ``valor + juros - desconto``.
    """

    titulo: str
    cliente: str
    valor: int
    dia: str
    linha: int | None
    juros: int = 0
    desconto: int = 0
    fechamento: str = ""
    """O fechamento por que se quitou; vazio se não foi por um."""


def desdobrar(livro: Livro, cadastros: Cadastros, quitados: Iterable[Quitado]) -> Iterator[Quitado]:
    """O que se recebeu de um fechamento, repartido pelos seus títulos, do vencimento mais velho ao mais novo.

    O que passa do que eles devem entra como juros; o que não é fechamento passa como está.
    """
    juntos = membros(cadastros)
    for quitado in quitados:
        fechamento = fechamento_de(quitado.titulo)
        if not fechamento:
            yield quitado
            continue
        partes, donos = _que_foram(livro, quitado.linha) or _que_estao(livro, juntos.get(fechamento, ()))
        for q in ratear(quitado.valor - quitado.desconto, quitado.desconto, partes).quitacoes:
            yield Quitado(
                q.titulo, donos[q.titulo], q.principal, quitado.dia, quitado.linha, q.juros, q.desconto, fechamento
            )


def _que_foram(livro: Livro, linha: int | None) -> tuple[list[Parte], dict[str, str]] | None:
    """As partes do fechamento como foi ao banco, e de quem são; ``None`` se o livro não as guardou."""
    if linha is None or not (guardados := membros_do_debito(livro, linha)):
        return None
    partes = [Parte(m.titulo, m.valor, date.fromisoformat(m.vencimento)) for m in guardados]
    return partes, {m.titulo: m.cliente for m in guardados}


def _que_estao(livro: Livro, lista: Sequence[Titulo]) -> tuple[list[Parte], dict[str, str]]:
    """As partes do fechamento como está na pasta, e de quem são."""
    situacoes = titulos.situacoes(livro, [t.numero for t in lista])
    partes = [
        Parte(t.numero, saldo, t.vencimento) for t in lista
        if (saldo := t.valor - recebido(t, situacoes.get(t.numero, NUNCA_ENVIADO))) > 0
    ]  # fmt: skip
    return partes, {t.numero: t.cliente for t in lista}


def receber(
    livro: Livro, ato: int, cadastros: Cadastros, quitados: Iterable[Quitado], onde: tuple[str, str, int | None]
) -> None:
    """Grava o que se quitou e lança as comissões; ``onde`` é CAIXA ou CONTA, a conta e o retorno."""
    destino, conta, retorno = onde
    todos = list(quitados)
    titulos.receber(livro, ato, [
        (q.titulo, q.cliente, q.valor, q.dia, destino, conta, retorno, q.linha)
        for q in todos if not (q.juros or q.desconto)
    ])  # fmt: skip
    titulos.receber_de_boletos(livro, ato, [
        (q.titulo, q.cliente, q.valor, q.dia, destino, conta, retorno, None, q.juros, q.desconto)
        for q in todos if q.juros or q.desconto
    ])  # fmt: skip
    de_que = _fechamentos_dos(cadastros)
    bases = ((q.fechamento or de_que.get(q.titulo, ""), q.valor - q.desconto, q.dia) for q in todos)
    _lancar(livro, ato, cadastros, bases, retorno)


def lancar_comissoes(
    livro: Livro, ato: int, cadastros: Cadastros, quitados: Iterable[tuple[str, int, str]], retorno: int | None
) -> None:
    """Lança a comissão do que se quitou de títulos em fechamento: (título, centavos, dia ISO).

    A base é o que se recebeu, sem multa nem juros, e já sem o desconto; empresa sem percentual não gera comissão.
    """
    de_que = _fechamentos_dos(cadastros)
    _lancar(livro, ato, cadastros, ((de_que.get(titulo, ""), valor, dia) for titulo, valor, dia in quitados), retorno)


def _fechamentos_dos(cadastros: Cadastros) -> dict[str, str]:
    return {t.numero: t.fechamento for t in cadastros.titulos if t.fechamento}


def _lancar(
    livro: Livro, ato: int, cadastros: Cadastros, quitados: Iterable[tuple[str, int, str]], retorno: int | None
) -> None:
    """Lança as comissões do que se quitou: (fechamento, ou vazio, centavos, dia ISO)."""
    bases: dict[tuple[str, str], int] = defaultdict(int)
    for de, centavos, dia in quitados:
        if de:
            bases[de, dia] += centavos
    novas = []
    for (codigo, dia), base in bases.items():
        fechamento = cadastros.fechamentos.get(codigo)
        empresa = cadastros.empresas.get(fechamento.empresa) if fechamento else None
        if empresa and empresa.comissao:
            valor = dividir(base * empresa.comissao, _CEM_POR_CENTO)
            novas.append(Comissao(
                codigo, empresa.codigo, empresa.vendedor, dia, base, empresa.comissao, valor, retorno
            ))  # fmt: skip
    comissoes.lancar(livro, ato, novas)
