"""Recebimentos escritos ao contrário, um a um ou os de um ato inteiro, com a comissão que geraram."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from guiche.dominio.cadastro import fechamento_de
from guiche.dominio.encargos import dividir
from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Livro

_CEM_POR_CENTO = 10_000


class Lancamento(NamedTuple):
    """Um recebimento que ainda vale. Dinheiro em centavos; dia ISO."""

    id: int
    ato: int
    titulo: str
    cliente: str
    valor: int
    """O que quitou; em dinheiro entrou ``valor + juros - desconto``."""
    juros: int
    desconto: int
    dia: str
    baixado_em: str
    conta: str
    retorno: int | None
    linha: int | None
    boleto: int | None


_VALEM = (
    "SELECT r.id, r.ato_id, r.titulo, r.cliente, r.valor, r.juros, r.desconto, r.dia, r.baixado_em, r.conta,"
    " r.retorno_id, r.linha_id, r.boleto_id FROM recebimento r WHERE r.estorna IS NULL AND r.valor + r.juros > 0"
    " AND NOT EXISTS (SELECT 1 FROM recebimento e WHERE e.estorna = r.id)"
)
_COLUNAS = (
    "id", "ato_id", "titulo", "cliente", "valor", "juros", "desconto", "dia", "baixado_em", "conta", "retorno_id",
    "linha_id", "boleto_id", "estorna",
)  # fmt: skip
_DA_COMISSAO = (
    "id", "ato_id", "fechamento", "empresa", "vendedor", "dia", "base", "percentual", "valor", "retorno_id", "estorna",
)  # fmt: skip


def do_titulo(livro: Livro, titulo: str) -> list[Lancamento]:
    """Os recebimentos do título que ainda valem, do mais velho ao mais novo."""
    vida = "r.ato_id > COALESCE((SELECT v.ato_id FROM titulo_vida v WHERE v.titulo = r.titulo), 0)"
    linhas = livro.consultar(f"{_VALEM} AND r.titulo = ? AND {vida} ORDER BY r.id", (titulo,))
    return list(map(Lancamento._make, linhas))


def do_ato(livro: Livro, ato: int) -> list[Lancamento]:
    """Os recebimentos do ato que ainda valem."""
    return list(map(Lancamento._make, livro.consultar(f"{_VALEM} AND r.ato_id = ? ORDER BY r.id", (ato,))))


def devolver(livro: Livro, ato: int, lancamentos: Iterable[Lancamento], dia: str = "") -> None:
    """Repete os recebimentos com sinal de menos, no dia dado ou no de cada um."""
    inicio = proximo_id(livro, "recebimento")
    livro.inserir("recebimento", _COLUNAS, (
        (inicio + i, ato, x.titulo, x.cliente, -x.valor, -x.juros, -x.desconto, dia or x.dia, x.baixado_em, x.conta,
         x.retorno, x.linha, x.boleto, x.id)
        for i, x in enumerate(lancamentos)
    ))  # fmt: skip


def devolver_comissao(livro: Livro, ato: int, lancamento: Lancamento, fechamento: str, dia: str) -> None:
    """Devolve a comissão de um só recebimento, do ato que o lançou e do fechamento dado, sem sobrar centavo.

    A comissão se lança de uma vez por todos os títulos do dia: o que se devolve é a diferença entre a que havia e
    a que cabe ao que restou.
    """
    achadas = livro.consultar(
        "SELECT id, empresa, vendedor, base, percentual, valor, retorno_id FROM comissao"
        " WHERE ato_id = ? AND fechamento = ? AND dia = ? AND estorna IS NULL ORDER BY id",
        (lancamento.ato, fechamento, lancamento.dia),
    )
    for id_, empresa, vendedor, base, percentual, valor, retorno in achadas[:1]:
        ((tirada, paga),) = livro.consultar(
            "SELECT COALESCE(SUM(base), 0), COALESCE(SUM(valor), 0) FROM comissao WHERE estorna = ?", (id_,)
        )
        resta = base + int(tirada) - (lancamento.valor - lancamento.desconto)
        menos = dividir(resta * percentual, _CEM_POR_CENTO) - valor - int(paga)
        nova = (
            proximo_id(livro, "comissao"), ato, fechamento, empresa, vendedor, dia,
            -(lancamento.valor - lancamento.desconto), percentual, menos, retorno, id_,
        )  # fmt: skip
        livro.inserir("comissao", _DA_COMISSAO, [nova])


def fechamentos_do_ato(livro: Livro, ato: int) -> set[str]:
    """Os fechamentos por que o ato lançou comissão."""
    return {
        codigo for (codigo,) in livro.consultar("SELECT DISTINCT fechamento FROM comissao WHERE ato_id = ?", (ato,))
    }


def devolver_comissoes_do_ato(livro: Livro, de: int, ato: int) -> None:
    """Repete com sinal de menos o que resta das comissões do ato."""
    linhas = livro.consultar(
        "SELECT c.id, c.fechamento, c.empresa, c.vendedor, c.dia, c.percentual, c.retorno_id,"
        " c.base + COALESCE((SELECT SUM(e.base) FROM comissao e WHERE e.estorna = c.id), 0),"
        " c.valor + COALESCE((SELECT SUM(e.valor) FROM comissao e WHERE e.estorna = c.id), 0)"
        " FROM comissao c WHERE c.ato_id = ? AND c.estorna IS NULL ORDER BY c.id",
        (de,),
    )
    inicio = proximo_id(livro, "comissao")
    livro.inserir("comissao", _DA_COMISSAO, (
        (inicio + i, ato, fechamento, empresa, vendedor, dia, -base, percentual, -valor, retorno, id_)
        for i, (id_, fechamento, empresa, vendedor, dia, percentual, retorno, base, valor) in enumerate(linhas)
        if base or valor
    ))  # fmt: skip


def fechamentos_do_titulo(livro: Livro, lancamento: Lancamento) -> set[str]:
    """Os fechamentos, como foram ao banco, cujo débito o recebimento quitou."""
    linhas = livro.consultar(
        "SELECT DISTINCT l.titulo FROM membro m JOIN linha l ON l.cadeia = m.cadeia WHERE m.titulo = ? AND l.id = ?",
        (lancamento.titulo, lancamento.linha),
    )
    return {fechamento_de(titulo) for (titulo,) in linhas}
