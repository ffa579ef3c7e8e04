"""O que o livro disse depois de um ato: para mostrar só o que mudou, sem percorrer o que já se mostra."""

from __future__ import annotations

from guiche.livro.conexao import Acrescentadas, Livro, a_mostrar
from guiche.livro.remessas import DA_LINHA, LinhaEnviada
from guiche.livro.respostas import RespostaDeBoleto
from guiche.livro.retornos import RESPONDIDAS
from guiche.livro.titulos import DO_CAIXA

_VOLTAM_ATRAS = ("desfazer", "descartar", "lgpd anonimizar")
"""Atos que mudam, ou tiram, o que outros escreveram, sem que se saiba pelo número do ato em quê."""


def so_acrescentam(livro: Livro, desde: int) -> bool:
    """Diz se nenhum ato, do dado em diante, mudou o que os anteriores escreveram."""
    sql = f"SELECT COUNT(*) FROM ato WHERE id >= ? AND tipo IN ({', '.join('?' * len(_VOLTAM_ATRAS))})"  # noqa: S608
    return not livro.valor(sql, (desde, *_VOLTAM_ATRAS))


_TOCADOS = """
SELECT titulo FROM linha WHERE remessa_id IN (SELECT id FROM remessa WHERE ato_id >= ?)
UNION SELECT l.titulo FROM evento e JOIN linha l ON l.id = e.linha_id WHERE e.ato_id >= ?
UNION SELECT titulo FROM retorno_linha WHERE retorno_id IN (SELECT id FROM retorno WHERE ato_id >= ?)
UNION SELECT titulo FROM recebimento WHERE ato_id >= ?
UNION SELECT titulo FROM titulo_evento WHERE ato_id >= ?
UNION SELECT titulo FROM titulo_vida WHERE ato_id >= ?
UNION SELECT t.titulo FROM boleto_titulo t JOIN boleto b ON b.id = t.boleto_id WHERE b.ato_id >= ?
UNION SELECT t.titulo FROM boleto_titulo t JOIN boleto_evento e ON e.boleto_id = t.boleto_id WHERE e.ato_id >= ?
UNION SELECT t.titulo FROM boleto_titulo t JOIN retorno_boleto i ON i.boleto_id = t.boleto_id
  WHERE i.retorno_id IN (SELECT id FROM retorno WHERE ato_id >= ?)
UNION SELECT m.titulo FROM membro m JOIN linha l ON l.cadeia = m.cadeia JOIN remessa r ON r.id = l.remessa_id
  WHERE r.ato_id >= ?
UNION SELECT m.titulo FROM membro m JOIN linha l ON l.cadeia = m.cadeia JOIN evento e ON e.linha_id = l.id
  WHERE e.ato_id >= ?
"""


def tocados(livro: Livro, desde: int) -> set[str]:
    """Os títulos de que o livro passou a saber alguma coisa no ato dado, ou depois dele."""
    return {titulo for (titulo,) in livro.consultar(_TOCADOS, (desde,) * _TOCADOS.count("?"))}


_MUDADAS = """
SELECT id FROM linha WHERE remessa_id IN (SELECT id FROM remessa WHERE ato_id > ?)
UNION SELECT a.id FROM linha a JOIN linha n ON n.id = a.substituida_por JOIN remessa r ON r.id = n.remessa_id
  WHERE r.ato_id > ?
UNION SELECT linha_id FROM evento WHERE ato_id > ?
UNION SELECT linha_id FROM retorno_linha
  WHERE linha_id IS NOT NULL AND retorno_id IN (SELECT id FROM retorno WHERE ato_id > ?)
"""


def linhas_mudadas(livro: Livro, desde: int, limite: int) -> list[tuple[int, LinhaEnviada]] | None:
    """As de ``remessas.ultimas_linhas`` escritas ou mudadas depois do ato dado, cada uma com o seu lugar, de 0.

    ``None`` se são muitas, se com elas saem as mais velhas ou se o lugar não se sabe.
    """
    todas, primeira, ultima = livro.consultar("SELECT COUNT(*), MIN(id), MAX(id) FROM linha")[0]
    novas = "SELECT COUNT(*) FROM linha WHERE remessa_id IN (SELECT id FROM remessa WHERE ato_id > ?)"
    antes = todas - int(livro.valor(novas, (desde,)))
    fora = todas - a_mostrar(todas, limite)
    if not todas or fora != antes - a_mostrar(antes, limite) or ultima - primeira + 1 != todas:
        return None
    ids = [id_ for (id_,) in livro.consultar(_MUDADAS, (desde,) * 4)]
    if len(ids) * 2 > todas:
        return None
    sql = f"SELECT {DA_LINHA} FROM linha WHERE id IN (#) ORDER BY id"  # noqa: S608
    primeira += fora
    mudadas = map(LinhaEnviada._make, livro.por_chaves(sql, ids))
    return [(linha.id - primeira, linha) for linha in mudadas if linha.id >= primeira]


_DE_DEPOIS = "retorno_id IN (SELECT id FROM retorno WHERE ato_id > ?)"


def respostas_novas(livro: Livro, desde: int, limite: int) -> Acrescentadas | None:
    """As de ``retornos.ultimas_linhas`` que vieram depois do ato dado."""
    sql = f"{RESPONDIDAS} # ORDER BY retorno_id, seq"
    return livro.acrescentadas("retorno_linha", sql, limite, ("1 = 1", _DE_DEPOIS), (desde,))


def respostas_dos_boletos_novas(livro: Livro, desde: int, limite: int) -> Acrescentadas | None:
    """As de ``respostas.ultimas`` que vieram depois do ato dado."""
    sql = f"SELECT {', '.join(RespostaDeBoleto._fields)} FROM retorno_boleto # ORDER BY retorno_id, seq"  # noqa: S608  os nomes vêm do código
    return livro.acrescentadas("retorno_boleto", sql, limite, ("1 = 1", _DE_DEPOIS), (desde,))


def recebimentos_novos(livro: Livro, baixado_em: str, desde: int, limite: int) -> Acrescentadas | None:
    """Os de ``titulos.recebimentos`` que se lançaram depois do ato dado."""
    sql, se = f"{DO_CAIXA} # ORDER BY b.id", ("baixado_em = ?", "ato_id > ?")
    return livro.acrescentadas("recebimento", sql, limite, se, (baixado_em, desde))
