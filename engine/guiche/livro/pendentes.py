"""O que foi ao banco e não teve resposta, no livro."""

from __future__ import annotations

from typing import NamedTuple

from guiche.livro.conexao import Livro


class SemResposta(NamedTuple):
    """Uma linha de débito, um pedido sobre boleto ou uma remessa inteira. Centavos; datas ISO."""

    tipo: str
    """``DÉBITO``, ``CANCELAMENTO``, ``PEDIDO`` ou ``REMESSA``."""
    remessa: int
    nsa: int
    banco: str
    conta: str
    de_que: str
    """Título, nosso número, ou o nome do arquivo."""
    cliente: str
    detalhe: str
    """O comando do pedido."""
    desde: str
    """Vencimento do débito, ou quando a remessa foi transmitida, ou gerada se não se marcou."""
    valor: int


_CONSULTA = """
SELECT CASE l.estado WHEN 1 THEN 'DÉBITO' ELSE 'CANCELAMENTO' END AS tipo, r.id, r.nsa, r.banco, r.conta, l.titulo,
       l.cliente, '' AS detalhe, l.vencimento AS desde, l.valor
FROM linha l JOIN remessa r ON r.id = l.remessa_id
WHERE l.estado IN (1, 3) AND l.substituida_por IS NULL AND l.vencimento < ?
UNION ALL
SELECT 'PEDIDO', r.id, r.nsa, r.banco, r.conta, b.nosso_numero, b.cliente, p.comando,
       SUBSTR(COALESCE(r.transmitida_em, r.gerada_em), 1, 10), b.valor
FROM pedido_ao_banco p JOIN remessa r ON r.id = p.remessa_id JOIN boleto b ON b.id = p.boleto_id
WHERE p.situacao = 'ENVIADO' AND SUBSTR(COALESCE(r.transmitida_em, r.gerada_em), 1, 10) < ?
UNION ALL
SELECT 'REMESSA', id, nsa, banco, conta, arquivo, '', '', SUBSTR(transmitida_em, 1, 10), total_debito
FROM remessa
WHERE situacao = 'ATIVA' AND confirmada_em IS NULL AND transmitida_em IS NOT NULL AND SUBSTR(transmitida_em, 1, 10) < ?
ORDER BY 9, 2, 6
"""


def sem_resposta(livro: Livro, hoje: str) -> list[SemResposta]:
    """Tudo o que espera o banco desde antes de hoje, do mais velho ao mais novo."""
    return list(map(SemResposta._make, livro.percorrer(_CONSULTA, (hoje, hoje, hoje))))
