"""O que o banco deveria ter creditado, pelos retornos importados."""

from __future__ import annotations

from typing import NamedTuple

from guiche.livro.conexao import Livro


class Credito(NamedTuple):
    """Um pagamento que um retorno trouxe. Centavos; dia ISO do crédito, ou do pagamento se o banco não o diz."""

    banco: str
    convenio: str
    produto: str
    retorno: int
    dia: str
    pago: int
    tarifa: int


_DOS_BOLETOS = """
SELECT r.banco, r.convenio, 'COBRANCA', r.id, COALESCE(b.credito_em, b.ocorrencia_em), COALESCE(b.pago, 0),
       COALESCE(b.tarifa, 0)
FROM retorno_boleto b JOIN retorno r ON r.id = b.retorno_id
WHERE r.desfeito_em IS NULL AND b.classe IN ('LIQUIDACAO', 'LIQUIDACAO_PARCIAL') AND b.resultado <> 'JÁ PROCESSADO'
  AND COALESCE(b.credito_em, b.ocorrencia_em) BETWEEN ? AND ?
"""
_DOS_DEBITOS = """
SELECT r.banco, r.convenio, 'DEBITO', r.id, i.vencimento, i.valor, 0
FROM retorno_linha i JOIN retorno r ON r.id = i.retorno_id
WHERE r.desfeito_em IS NULL AND i.classe IN ('DEBITADO', 'DEBITADO_PARCIAL') AND i.resultado <> 'JÁ PROCESSADO'
  AND i.vencimento BETWEEN ? AND ?
"""


def esperados(livro: Livro, inicio: str, fim: str) -> list[Credito]:
    """Os créditos esperados entre os dias ISO dados, inclusive."""
    linhas = [*livro.percorrer(_DOS_BOLETOS, (inicio, fim)), *livro.percorrer(_DOS_DEBITOS, (inicio, fim))]
    return sorted(map(Credito._make, linhas), key=lambda c: (c.dia, c.retorno))
