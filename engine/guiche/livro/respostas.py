"""O que o banco respondeu sobre os boletos, no livro: as linhas, as divergências, as tarifas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Linha, Livro, MaisNovas

DIVERGENCIA = "DIVERGÊNCIA"


class RespostaDeBoleto(NamedTuple):
    """Um título do retorno e o que se fez dele. Dinheiro em centavos, ausente ``None``; datas ISO."""

    retorno_id: int
    seq: int
    """Linha no arquivo."""
    boleto_id: int | None
    nosso_numero: str
    documento: str
    codigo: str
    classe: str
    motivos: str
    """Códigos separados por espaço."""
    ocorrencia_em: str | None
    credito_em: str | None
    vencimento: str | None
    valor: int | None
    pago: int | None
    liquido: int | None
    tarifa: int | None
    juros: int | None
    desconto: int | None
    abatimento: int | None
    iof: int | None
    resultado: str
    aviso: str
    decisao: str = ""


_COLUNAS = ", ".join(RespostaDeBoleto._fields)


def gravar(livro: Livro, respostas: Iterable[RespostaDeBoleto]) -> None:
    """Acrescenta as linhas de um retorno."""
    livro.inserir("retorno_boleto", RespostaDeBoleto._fields, respostas)


def ultimas(livro: Livro, limite: int) -> MaisNovas:
    """As mais novas, cada linha na ordem de ``RespostaDeBoleto``."""
    sql = f"SELECT {_COLUNAS} FROM retorno_boleto ORDER BY retorno_id, seq"  # noqa: S608  os nomes vêm do código
    return livro.mais_novas("retorno_boleto", sql, limite)


def ha_tarifas(livro: Livro) -> bool:
    """Diz se o banco já cobrou alguma tarifa."""
    return bool(livro.valor("SELECT 1 FROM tarifa LIMIT 1"))


def do_retorno(livro: Livro, retorno: int) -> list[RespostaDeBoleto]:
    """As de um retorno, na ordem do arquivo."""
    return _ler(livro, "WHERE retorno_id = ? ORDER BY seq", (retorno,))


def do_boleto(livro: Livro, boleto: int) -> list[RespostaDeBoleto]:
    """Tudo o que o banco disse do boleto."""
    return _ler(livro, "WHERE boleto_id = ? AND decisao <> 'DESFEITO' ORDER BY retorno_id, seq", (boleto,))


def tarifado(livro: Livro, retorno: int, seq: int) -> bool:
    """Diz se a linha do retorno tem tarifa no movimento: a que o banco disse nela, ou a que se lançou à mão."""
    sql = (
        "SELECT COALESCE((SELECT tarifa FROM retorno_boleto WHERE retorno_id = ? AND seq = ?), 0) <> 0"
        " OR COALESCE((SELECT SUM(valor) FROM tarifa WHERE retorno_id = ? AND seq = ?), 0) <> 0"
    )
    return bool(livro.valor(sql, (retorno, seq, retorno, seq)))


def tarifas_sem_boleto(livro: Livro, menos: int) -> Iterator[tuple[str, str, str | None, int]]:
    """As de linhas que não são de boleto nosso, fora as de um retorno: (nosso número, código, dia ISO, centavos)."""
    sql = (
        "SELECT nosso_numero, codigo, ocorrencia_em, tarifa FROM retorno_boleto"
        " WHERE boleto_id IS NULL AND tarifa > 0 AND decisao <> 'DESFEITO' AND retorno_id <> ?"
    )
    return ((numero, codigo, dia, int(tarifa)) for numero, codigo, dia, tarifa in livro.percorrer(sql, (menos,)))


def _ler(livro: Livro, onde: str, dados: Sequence[object] = ()) -> list[RespostaDeBoleto]:
    return list(map(RespostaDeBoleto._make, livro.percorrer(f"SELECT {_COLUNAS} FROM retorno_boleto {onde}", dados)))  # noqa: S608


def lancar_tarifas(livro: Livro, ato: int, tarifas: Iterable[Linha]) -> None:
    """Lança tarifas: (retorno, linha se à mão, quantas são, conta, dia ISO, centavos, histórico)."""
    colunas = ("id", "ato_id", "retorno_id", "seq", "quantas", "conta", "dia", "valor", "historico")
    inicio = proximo_id(livro, "tarifa")
    livro.inserir("tarifa", colunas, ((inicio + i, ato, *tarifa) for i, tarifa in enumerate(tarifas)))


def custos(livro: Livro, desde: str) -> list[tuple[str, str, int, int]]:
    """Quantas tarifas de cada conta e histórico, e quantos centavos, do dia ISO dado em diante."""
    sql = "SELECT conta, historico, SUM(quantas), SUM(valor) FROM tarifa WHERE dia >= ? GROUP BY conta, historico"
    return [(conta, texto, int(n), int(soma)) for conta, texto, n, soma in livro.consultar(sql, (desde,))]


def tarifas(livro: Livro, limite: int) -> MaisNovas:
    """As tarifas mais novas: (dia, conta, centavos, histórico, retorno, usuário)."""
    sql = (
        "SELECT t.dia, t.conta, t.valor, t.historico, t.retorno_id, a.usuario FROM tarifa t"
        " JOIN ato a ON a.id = t.ato_id ORDER BY t.id"
    )
    return livro.mais_novas("tarifa", sql, limite)
