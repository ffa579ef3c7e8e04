"""A baixa de um fechamento: o dinheiro se reparte pelos títulos dos membros, e a comissão se lança uma vez (S-110)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from guiche.dominio.elegibilidade import NUNCA_ENVIADO, recebido
from guiche.dominio.encargos import dividir
from guiche.dominio.liquidacao import Parte, ratear
from guiche.livro import comissoes, titulos
from guiche.livro.comissoes import Comissao
from guiche.livro.conexao import Livro
from guiche.servicos.cadastros import Cadastros
from guiche.servicos.fechamentos.carteira import fechamento_de, membros

_CEM_POR_CENTO = 10_000


class Quitado(NamedTuple):
    """Quanto de um título se quitou, em centavos, num dia ISO; e por que linha do retorno."""

    titulo: str
    cliente: str
    valor: int
    dia: str
    linha: int | None
    juros: int = 0


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
        lista = juntos.get(fechamento, ())
        situacoes = titulos.situacoes(livro, [t.numero for t in lista])
        partes = [
            Parte(t.numero, saldo, t.vencimento) for t in lista
            if (saldo := t.valor - recebido(t, situacoes.get(t.numero, NUNCA_ENVIADO))) > 0
        ]  # fmt: skip
        donos = {t.numero: t.cliente for t in lista}
        for q in ratear(quitado.valor, 0, partes).quitacoes:
            yield Quitado(q.titulo, donos[q.titulo], q.principal, quitado.dia, quitado.linha, q.juros)


def receber(
    livro: Livro, ato: int, cadastros: Cadastros, quitados: Iterable[Quitado], onde: tuple[str, str, int | None]
) -> None:
    """Grava o que se quitou e lança as comissões; ``onde`` é CAIXA ou CONTA, a conta e o retorno."""
    destino, conta, retorno = onde
    todos = list(quitados)
    simples = [(q.titulo, q.cliente, q.valor, q.dia, destino, conta, retorno, q.linha) for q in todos if not q.juros]
    com_juros = [
        (q.titulo, q.cliente, q.valor, q.dia, destino, conta, retorno, None, q.juros, 0) for q in todos if q.juros
    ]
    titulos.receber(livro, ato, simples)
    titulos.receber_de_boletos(livro, ato, com_juros)
    lancar_comissoes(livro, ato, cadastros, ((q.titulo, q.valor, q.dia) for q in todos), retorno)


def lancar_comissoes(
    livro: Livro, ato: int, cadastros: Cadastros, quitados: Iterable[tuple[str, int, str]], retorno: int | None
) -> None:
    """Lança a comissão do que se quitou de títulos em fechamento: (título, centavos, dia ISO).

    A base é o que se recebeu, sem multa nem juros; empresa sem percentual não gera comissão.
    """
    de_que = {t.numero: t.fechamento for t in cadastros.titulos if t.fechamento}
    bases: dict[tuple[str, str], int] = defaultdict(int)
    for titulo, centavos, dia in quitados:
        if de := de_que.get(titulo):
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
