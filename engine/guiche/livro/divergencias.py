"""O que os retornos disseram e não casa com o livro, de débito e de cobrança, e o que se decidiu."""

from __future__ import annotations

from typing import NamedTuple

from guiche.livro.conexao import Livro
from guiche.livro.numeracao import repetidos


class Divergencia(NamedTuple):
    """Uma resposta do banco à espera de decisão. Dinheiro em centavos, datas ISO."""

    retorno: int
    linha: int
    de_boleto: int
    """1 se é de cobrança, 0 se é de débito."""
    boleto: int | None
    quem: str
    """Nosso número, ou o título que o débito trazia."""
    codigo: str
    aviso: str
    valor: int | None
    dia: str | None
    vencimento: str | None
    banco: str
    convenio: str
    baixar_em: str


_ABERTAS = """
SELECT d.*, r.banco, r.convenio, r.baixar_em FROM (
  SELECT retorno_id AS retorno, seq AS linha, 1 AS de_boleto, boleto_id AS boleto, nosso_numero AS quem, codigo, aviso,
         pago AS valor, ocorrencia_em AS dia, vencimento
  FROM retorno_boleto WHERE resultado = 'DIVERGÊNCIA' AND decisao = ''
  UNION ALL
  SELECT retorno_id, seq, 0, NULL, titulo, codigo, aviso, valor, vencimento, vencimento
  FROM retorno_linha WHERE resultado = 'DIVERGÊNCIA' AND decisao = ''
) d JOIN retorno r ON r.id = d.retorno
"""
DO_LIVRO = 0
"""O "retorno" do que não veio em retorno nenhum: o livro é que não fecha consigo; a linha é o boleto."""
REPETIDO = "REPETIDO"


def abertas(livro: Livro, limite: int) -> list[Divergencia]:
    """As que pedem decisão, na ordem em que chegaram, até o limite."""
    dos_retornos = livro.percorrer(f"{_ABERTAS} ORDER BY d.retorno, d.linha LIMIT ?", (limite,))
    return [*_repetidas(livro), *map(Divergencia._make, dos_retornos)][:limite]


def aberta(livro: Livro, retorno: int, linha: int) -> Divergencia | None:
    """A de uma linha de um retorno, ou ``None`` se não há ou já se decidiu."""
    if retorno == DO_LIVRO:
        return next((d for d in _repetidas(livro) if d.linha == linha), None)
    achadas = livro.consultar(f"{_ABERTAS} WHERE d.retorno = ? AND d.linha = ?", (retorno, linha))
    return Divergencia._make(achadas[0]) if achadas else None


def _repetidas(livro: Livro) -> list[Divergencia]:
    """Os pares de boletos de um só nosso número, que um livro antigo pode ter."""
    achadas = []
    for r in repetidos(livro):
        aviso = f"o boleto {r.boleto} tem o nosso número do boleto {r.outro}: estorne um dos dois e emita outro"
        achadas.append(Divergencia(
            DO_LIVRO, r.boleto, 1, r.boleto, r.nosso_numero, REPETIDO, aviso, None, None, None, "", "", ""
        ))  # fmt: skip
    return achadas


def decidir(livro: Livro, divergencia: Divergencia, decisao: str) -> None:
    """Anota o que se decidiu."""
    tabela = "retorno_boleto" if divergencia.de_boleto else "retorno_linha"
    livro.executar(
        f"UPDATE {tabela} SET decisao = ? WHERE retorno_id = ? AND seq = ?",  # noqa: S608  os nomes vêm do código
        (decisao, divergencia.retorno, divergencia.linha),
    )
