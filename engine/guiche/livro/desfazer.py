"""Desfaz um ato pelo que ele escreveu: cada mudança se repete ao contrário, e nada se apaga."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guiche.livro import cadastramentos, estornos
from guiche.livro.atos import registrar_eventos
from guiche.livro.conexao import Livro
from guiche.livro.pedidos import DESISTIDO, ENVIADO, NA_FILA
from guiche.livro.respostas import lancar_tarifas


class Ato(NamedTuple):
    """Um ato do diário."""

    id: int
    tipo: str
    usuario: str
    antes: str
    """JSON."""
    depois: str


def ultimo_ato(livro: Livro) -> Ato | None:
    """O último ato, ou ``None`` se o livro é novo."""
    linhas = livro.consultar("SELECT id, tipo, usuario, antes, depois FROM ato ORDER BY id DESC LIMIT 1")
    return Ato._make(linhas[0]) if linhas else None


def buscar_ato(livro: Livro, ato: int) -> Ato | None:
    """O ato de número dado, ou ``None``."""
    linhas = livro.consultar("SELECT id, tipo, usuario, antes, depois FROM ato WHERE id = ?", (ato,))
    return Ato._make(linhas[0]) if linhas else None


def devolver_recebimentos(livro: Livro, de: int, ato: int) -> int:
    """Repete com sinal de menos os recebimentos, as comissões e as tarifas do ato ``de``; diz quantos recebimentos."""
    lancamentos = estornos.do_ato(livro, de)
    estornos.devolver(livro, ato, lancamentos)
    estornos.devolver_comissoes_do_ato(livro, de, ato)
    tarifas = livro.consultar(
        "SELECT retorno_id, seq, -quantas, conta, dia, -valor, historico FROM tarifa WHERE ato_id = ? ORDER BY id",
        (de,),
    )
    lancar_tarifas(livro, ato, tarifas)
    return len(lancamentos)


def devolver_linhas(livro: Livro, de: int, ato: int) -> None:
    """Leva de volta as linhas de débito cujo estado o ato mudou; a resposta de antes volta a ser a última."""
    mudancas: dict[int, list[tuple[int, int]]] = {}
    for linha, antes, para in livro.consultar("SELECT linha_id, de, para FROM evento WHERE ato_id = ?", (de,)):
        mudancas.setdefault(linha, []).append((antes, para))
    eventos = [(linha, *_de_ponta_a_ponta(passos)) for linha, passos in sorted(mudancas.items())]
    livro.atualizar("linha", "id", ("estado",), ((antes, linha) for linha, antes, _ in eventos))
    registrar_eventos(livro, ato, "desfazer", ((linha, para, antes) for linha, antes, para in eventos))
    parados = [(1, linha) for linha, antes, para in eventos if antes == para]  # o cancelamento que se ia reenviar
    livro.atualizar("linha", "id", ("revisar",), parados)


def _de_ponta_a_ponta(passos: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """De que estado a que estado levam, todos, os passos de um ato numa linha."""
    saidas, chegadas = [de for de, _ in passos], [para for _, para in passos]
    comeco = next((de for de in saidas if de not in chegadas), saidas[0])
    return comeco, next((para for para in chegadas if para not in saidas), chegadas[-1])


def devolver_boletos(livro: Livro, de: int, ato: int) -> None:
    """Leva de volta o estado dos boletos, os laços e o pagamento que o ato anotou."""
    eventos = livro.consultar(
        "SELECT boleto_id, de, para FROM boleto_evento WHERE ato_id = ? ORDER BY boleto_id", (de,)
    )
    livro.atualizar("boleto", "id", ("estado",), ((antes, boleto) for boleto, antes, _ in eventos))
    livro.inserir(
        "boleto_evento",
        ("ato_id", "boleto_id", "de", "para", "gatilho"),
        ((ato, boleto, para, antes, "desfazer") for boleto, antes, para in eventos),
    )
    pagos = livro.consultar(
        "SELECT b.id, SUM(r.valor + r.juros - r.desconto), MAX(r.dia) FROM boleto b"
        " LEFT JOIN recebimento r ON r.boleto_id = b.id"
        " WHERE b.id IN (SELECT boleto_id FROM recebimento WHERE ato_id = ?) GROUP BY b.id",
        (de,),
    )
    livro.atualizar(
        "boleto", "id", ("valor_pago", "pago_em"), ((soma or None, dia if soma else None, b) for b, soma, dia in pagos)
    )
    presos = livro.consultar(
        "SELECT e.boleto_id FROM boleto_evento e WHERE e.ato_id = ? AND e.para IN ('PAGO', 'BAIXADO', 'ESTORNADO')",
        (de,),
    )
    for (boleto,) in presos:
        livro.executar("UPDATE boleto_titulo SET desfeito_em = NULL WHERE boleto_id = ?", (boleto,))


def devolver_pedidos(livro: Livro, de: int, retorno: int | None) -> None:
    """Os pedidos que o ato fez já não se pedem; os que o retorno respondeu voltam a esperar."""
    livro.executar(
        "UPDATE pedido_ao_banco SET situacao = ? WHERE ato_id = ? AND situacao = ?", (DESISTIDO, de, NA_FILA)
    )
    if retorno is not None:
        livro.executar(
            "UPDATE pedido_ao_banco SET situacao = CASE WHEN remessa_id IS NULL THEN ? ELSE ? END, retorno_id = NULL"
            " WHERE retorno_id = ?",
            (NA_FILA, ENVIADO, retorno),
        )


def esquecer_retorno(livro: Livro, retorno: int, quando: str) -> None:
    """O retorno fica na lista como desfeito; o mesmo arquivo pode vir outra vez (K-08)."""
    livro.executar("UPDATE retorno SET desfeito_em = ?, nsa = NULL WHERE id = ?", (quando, retorno))
    livro.executar("UPDATE retorno_boleto SET decisao = 'DESFEITO' WHERE retorno_id = ?", (retorno,))
    livro.executar("UPDATE retorno_linha SET decisao = 'DESFEITO' WHERE retorno_id = ?", (retorno,))
    livro.executar(
        "UPDATE cadastramento SET situacao = 'INFORMADO' WHERE retorno_id = ? AND situacao = 'A DECIDIR'", (retorno,)
    )
    livro.executar(
        "UPDATE linha SET codigo = COALESCE((SELECT i.codigo FROM retorno_linha i WHERE i.linha_id = linha.id"
        " AND i.decisao <> 'DESFEITO' ORDER BY i.retorno_id DESC LIMIT 1), ''), revisar = CASE WHEN EXISTS (SELECT 1"
        " FROM retorno_linha i WHERE i.linha_id = linha.id AND i.decisao <> 'DESFEITO' AND i.codigo = '97'"
        " AND i.classe = 'CANCEL_RECUSADO') THEN 1 ELSE 0 END"
        " WHERE id IN (SELECT linha_id FROM retorno_linha WHERE retorno_id = ?)",
        (retorno,),
    )
    dos_pedidos = cadastramentos.desrecusar(livro, retorno)
    das_linhas = livro.consultar(
        "SELECT DISTINCT l.remessa_id FROM retorno_linha i JOIN linha l ON l.id = i.linha_id WHERE i.retorno_id = ?",
        (retorno,),
    )
    for remessa in dos_pedidos.union(remessa for (remessa,) in das_linhas):
        livro.executar(
            "UPDATE remessa SET situacao = 'ATIVA' WHERE id = ? AND situacao = 'PROCESSADA' AND NOT EXISTS (SELECT 1"
            " FROM retorno_linha o JOIN linha p ON p.id = o.linha_id WHERE p.remessa_id = remessa.id"
            " AND o.decisao <> 'DESFEITO') AND NOT EXISTS (SELECT 1 FROM pedido_cadastral c"
            " WHERE c.remessa_id = remessa.id AND c.situacao = 'RECUSADO')",
            (remessa,),
        )


def remessas_sem_resposta(livro: Livro) -> None:
    """A remessa de boletos a que nenhum retorno responde mais volta a ser reenviável."""
    livro.executar(
        "UPDATE remessa SET situacao = 'ATIVA' WHERE situacao = 'PROCESSADA' AND tipo = 'COBRANCA' AND NOT EXISTS"
        " (SELECT 1 FROM pedido_ao_banco p WHERE p.remessa_id = remessa.id AND p.situacao <> 'ENVIADO')"
    )


def mudou_boletos(livro: Livro, retorno: int) -> bool:
    """Diz se o retorno fez o banco mudar algum boleto: isso não se desfaz daqui."""
    consulta = "SELECT 1 FROM retorno_boleto WHERE retorno_id = ? AND resultado = 'PEDIDO FEITO' LIMIT 1"
    return bool(livro.valor(consulta, (retorno,)))


def reabrir_divergencia(livro: Livro, retorno: int, linha: int) -> None:
    """A divergência volta a pedir decisão."""
    for tabela in ("retorno_boleto", "retorno_linha"):
        livro.executar(f"UPDATE {tabela} SET decisao = '' WHERE retorno_id = ? AND seq = ?", (retorno, linha))  # noqa: S608
