"""O que se fez depois de um ato e conta com ele: enquanto houver, o ato não se desfaz. Cada achado é uma frase."""

from __future__ import annotations

import json
from collections.abc import Iterator

from guiche.livro.conexao import Livro

_LINHAS = (
    ("o título {} já mudou de situação no banco depois deste ato",
     "SELECT DISTINCT l.titulo FROM evento e JOIN linha l ON l.id = e.linha_id WHERE e.ato_id = ?"
     " AND (l.substituida_por IS NOT NULL OR NOT EXISTS (SELECT 1 FROM evento f WHERE f.ato_id = e.ato_id"
     " AND f.linha_id = e.linha_id AND f.para = l.estado))"),
    ("o título {} já foi enviado de novo",
     "SELECT DISTINCT l.titulo FROM evento e JOIN linha l ON l.id = e.linha_id JOIN linha n ON n.titulo = l.titulo"
     " AND n.cadeia > l.cadeia JOIN remessa r ON r.id = n.remessa_id WHERE e.ato_id = ? AND e.de IN (1, 2, 3)"
     " AND n.estado IN (1, 2, 3, 4) AND r.situacao <> 'DESCARTADA' AND r.ato_id > e.ato_id"),
    ("o título {} já se recebeu de outro modo",
     "SELECT DISTINCT l.titulo FROM evento e JOIN linha l ON l.id = e.linha_id"
     " JOIN recebimento b ON b.titulo = l.titulo WHERE e.ato_id = ? AND e.de IN (1, 2) AND b.ato_id > e.ato_id"
     " AND b.estorna IS NULL"
     " AND NOT EXISTS (SELECT 1 FROM recebimento x WHERE x.estorna = b.id)"),
    ("o título {}, do fechamento, já se recebeu de outro modo",
     "SELECT DISTINCT b.titulo FROM evento e JOIN linha l ON l.id = e.linha_id JOIN membro m ON m.cadeia = l.cadeia"
     " JOIN recebimento b ON b.titulo = m.titulo WHERE e.ato_id = ? AND e.de IN (1, 2) AND b.ato_id > e.ato_id"
     " AND b.estorna IS NULL AND NOT EXISTS (SELECT 1 FROM recebimento x WHERE x.estorna = b.id)"),
    ("o título {} já está num boleto",
     "SELECT DISTINCT l.titulo FROM evento e JOIN linha l ON l.id = e.linha_id"
     " LEFT JOIN membro m ON m.cadeia = l.cadeia JOIN boleto_titulo t ON t.titulo = COALESCE(m.titulo, l.titulo)"
     " JOIN boleto b ON b.id = t.boleto_id WHERE e.ato_id = ? AND e.de IN (1, 2) AND b.ato_id > e.ato_id"
     " AND t.desfeito_em IS NULL AND b.estado IN ('A REGISTRAR', 'REGISTRADO', 'REJEITADO')"),
)  # fmt: skip
_BOLETOS = (
    ("o boleto {} já mudou depois deste ato",
     "SELECT DISTINCT e.boleto_id FROM boleto_evento e JOIN boleto b ON b.id = e.boleto_id WHERE e.ato_id = ?"
     " AND EXISTS (SELECT 1 FROM boleto_evento d WHERE d.boleto_id = e.boleto_id AND d.ato_id > e.ato_id"
     " AND d.ato_id NOT IN (SELECT id FROM ato WHERE tipo = 'desfazer')) AND b.estado <> e.para"),
    ("o título {} já está noutro boleto",
     "SELECT DISTINCT t.titulo FROM boleto_evento e JOIN boleto_titulo t ON t.boleto_id = e.boleto_id"
     " JOIN boleto_titulo o ON o.titulo = t.titulo AND o.boleto_id <> t.boleto_id AND o.desfeito_em IS NULL"
     " WHERE e.ato_id = ? AND e.para IN ('PAGO', 'BAIXADO', 'ESTORNADO')"),
    ("o título {} já se recebeu de outro modo",
     "SELECT DISTINCT t.titulo FROM boleto_evento e JOIN boleto_titulo t ON t.boleto_id = e.boleto_id"
     " JOIN recebimento r ON r.titulo = t.titulo WHERE e.ato_id = ? AND e.para IN ('BAIXADO', 'ESTORNADO', 'PAGO')"
     " AND r.ato_id > e.ato_id AND r.estorna IS NULL"
     " AND NOT EXISTS (SELECT 1 FROM recebimento x WHERE x.estorna = r.id)"),
    ("o título {} já foi a débito",
     "SELECT DISTINCT t.titulo FROM boleto_evento e JOIN boleto_titulo t ON t.boleto_id = e.boleto_id"
     " JOIN linha l ON l.titulo = t.titulo JOIN remessa r ON r.id = l.remessa_id WHERE e.ato_id = ?"
     " AND e.para IN ('PAGO', 'BAIXADO', 'ESTORNADO') AND r.ato_id > e.ato_id AND l.substituida_por IS NULL"
     " AND l.estado IN (1, 2, 3, 4)"),
    ("o pedido do boleto {} já foi ao banco",
     "SELECT DISTINCT boleto_id FROM pedido_ao_banco WHERE ato_id = ? AND situacao NOT IN ('NA FILA', 'DESISTIDO')"),
)  # fmt: skip
_DO_RETORNO = (
    ("a divergência da linha {} deste retorno já se decidiu: desfaça antes a decisão",
     "SELECT seq FROM retorno_linha WHERE retorno_id = ? AND decisao NOT IN ('', 'DESFEITO')"
     " UNION SELECT seq FROM retorno_boleto WHERE retorno_id = ? AND decisao NOT IN ('', 'DESFEITO')"),
    ("o cadastramento da linha {} deste retorno já se decidiu",
     "SELECT seq FROM cadastramento WHERE retorno_id = ? AND decidido_ato IS NOT NULL AND retorno_id = ?"),
)  # fmt: skip
_ESTORNADO = (
    "SELECT r.titulo FROM recebimento r JOIN recebimento e ON e.estorna = r.id JOIN ato a ON a.id = e.ato_id"
    " WHERE r.ato_id = ? AND a.tipo = 'estornar recebimento'"
)
_TITULO_MUDADO = "SELECT titulo FROM titulo_evento WHERE titulo = ? AND ato_id > ? AND motivo <> 'desfeito'"


def impedimentos(livro: Livro, ato: int, tipo: str, depois: str) -> Iterator[str]:
    """O que impede desfazer o ato, do tipo dado e com o que o diário guarda dele."""
    dados = json.loads(depois)
    for frase, sql in (*_LINHAS, *_BOLETOS):
        yield from (frase.format(quem) for (quem,) in livro.consultar(sql, (ato,)))
    if tipo == "importar":
        for frase, sql in _DO_RETORNO:
            yield from (frase.format(quem) for (quem,) in livro.consultar(sql, (dados["retorno"],) * 2))
    if tipo == "estornar título":
        for (titulo,) in livro.consultar(_TITULO_MUDADO, (dados["titulo"], ato)):
            yield f"o título {titulo} já mudou depois deste ato"
    yield from (f"um recebimento do título {t} já se estornou" for (t,) in livro.consultar(_ESTORNADO, (ato,)))


def desfeitos(livro: Livro) -> set[int]:
    """Os atos que já se desfizeram."""
    dos_atos = livro.consultar("SELECT depois FROM ato WHERE tipo = 'desfazer'")
    das_remessas = livro.consultar("SELECT ato_id FROM remessa WHERE situacao = 'DESCARTADA'")
    return {int(json.loads(depois)["ato"]) for (depois,) in dos_atos} | {int(ato) for (ato,) in das_remessas}
