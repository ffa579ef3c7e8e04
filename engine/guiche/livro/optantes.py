"""O que o livro sabe dos optantes: recusas por causa do cadastro, agências que fecham, o último débito de cada um."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guiche.livro.conexao import Livro

A_FECHAR = "B"
"""Situação de agência em encerramento, como o registro X a escreve."""


class Recusa(NamedTuple):
    """Um débito recusado pelo que está no cadastro do cliente."""

    cliente: str
    codigo: str
    movimento: int
    versao: str
    importado_em: str
    agencia: str
    """Como foi no arquivo."""
    conta: str
    retorno: int


def anotar_agencias(livro: Livro, banco: str, retorno: int, agencias: Iterable[tuple[str, str, str]]) -> None:
    """Guarda o que o banco diz de cada agência: (código, nome, situação)."""
    sql = (
        "INSERT INTO agencia (banco, codigo, nome, situacao, retorno_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (banco, codigo) DO UPDATE SET nome = excluded.nome, situacao = excluded.situacao,"
        " retorno_id = excluded.retorno_id"
    )
    for codigo, nome, situacao in agencias:
        livro.executar(sql, (banco, codigo, nome, situacao, retorno))


def agencias_a_fechar(livro: Livro, banco: str) -> dict[str, str]:
    """Código, sem zeros à esquerda → nome das agências do banco que vão fechar."""
    linhas = livro.consultar(
        "SELECT a.codigo, a.nome FROM agencia a JOIN retorno r ON r.id = a.retorno_id"
        " WHERE a.banco = ? AND a.situacao = ? AND r.desfeito_em IS NULL",
        (banco, A_FECHAR),
    )
    return {codigo.lstrip("0"): nome for codigo, nome in linhas}


def recusas_do_cadastro(livro: Livro, banco: str, convenio: str, codigos: Sequence[str]) -> list[Recusa]:
    """A última recusa de cada cliente por um dos códigos dados, se depois dela nada se debitou dele."""
    if not codigos:
        return []
    linhas = livro.consultar(
        "SELECT i.cliente, i.codigo, i.movimento, r.versao, r.importado_em, l.agencia, l.conta, i.retorno_id"  # noqa: S608
        " FROM retorno_linha i JOIN retorno r ON r.id = i.retorno_id JOIN linha l ON l.id = i.linha_id"
        f" WHERE i.classe = 'NAO_DEBITADO' AND i.codigo IN ({', '.join('?' * len(codigos))})"
        " AND i.resultado <> 'DIVERGÊNCIA' AND r.banco = ? AND r.convenio = ? AND r.desfeito_em IS NULL"
        " ORDER BY i.retorno_id, i.seq",
        (*codigos, banco, convenio),
    )
    ultimas = {linha[0]: Recusa._make(linha) for linha in linhas}
    if not ultimas:
        return []
    pagos: dict[str, int] = dict(
        livro.consultar(
            "SELECT cliente, MAX(retorno_id) FROM retorno_linha"
            " WHERE classe IN ('DEBITADO', 'DEBITADO_PARCIAL') AND resultado <> 'DIVERGÊNCIA'"
            " AND decisao <> 'DESFEITO' GROUP BY cliente"
        )
    )
    return [r for r in ultimas.values() if pagos.get(r.cliente, 0) <= r.retorno]


def ultimos_vencimentos(livro: Livro, banco: str, convenio: str) -> dict[str, str]:
    """Cliente → vencimento ISO do último débito enviado ao convênio."""
    linhas = livro.percorrer(
        "SELECT l.cliente, MAX(l.vencimento) FROM linha l JOIN remessa r ON r.id = l.remessa_id"
        " WHERE r.banco = ? AND r.convenio = ? AND r.situacao <> 'DESCARTADA' AND l.movimento = 0 GROUP BY l.cliente",
        (banco, convenio),
    )
    return dict(linhas)
