"""Desfaz um ato pelo que ele escreveu: cada mudança se repete ao contrário, e nada se apaga."""

from __future__ import annotations

from typing import NamedTuple

from guiche.livro import cadastramentos
from guiche.livro.atos import proximo_id, registrar_eventos
from guiche.livro.cobranca import DESISTIDO, ENVIADO, NA_FILA
from guiche.livro.conexao import Livro
from guiche.livro.respostas import lancar_tarifas

_RECEBIMENTO = (
    "id", "ato_id", "titulo", "cliente", "valor", "dia", "baixado_em", "conta", "retorno_id", "linha_id", "boleto_id",
    "juros", "desconto",
)  # fmt: skip
_COMISSAO = (
    "id", "ato_id", "fechamento", "empresa", "vendedor", "dia", "base", "percentual", "valor", "retorno_id",
)  # fmt: skip


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


def devolver_recebimentos(livro: Livro, de: int, ato: int) -> int:
    """Repete com sinal de menos os recebimentos, as comissões e as tarifas do ato ``de``; diz quantos recebimentos."""
    recebidos = livro.consultar(
        "SELECT titulo, cliente, -valor, dia, baixado_em, conta, retorno_id, linha_id, boleto_id, -juros, -desconto"
        " FROM recebimento WHERE ato_id = ? ORDER BY id",
        (de,),
    )
    inicio = proximo_id(livro, "recebimento")
    livro.inserir("recebimento", _RECEBIMENTO, ((inicio + i, ato, *linha) for i, linha in enumerate(recebidos)))
    comissoes = livro.consultar(
        "SELECT fechamento, empresa, vendedor, dia, -base, percentual, -valor, retorno_id FROM comissao"
        " WHERE ato_id = ? ORDER BY id",
        (de,),
    )
    inicio = proximo_id(livro, "comissao")
    livro.inserir("comissao", _COMISSAO, ((inicio + i, ato, *linha) for i, linha in enumerate(comissoes)))
    tarifas = livro.consultar(
        "SELECT retorno_id, seq, -quantas, conta, dia, -valor, historico FROM tarifa WHERE ato_id = ? ORDER BY id",
        (de,),
    )
    lancar_tarifas(livro, ato, tarifas)
    return len(recebidos)


def devolver_linhas(livro: Livro, de: int, ato: int) -> None:
    """Leva de volta as linhas de débito cujo estado o ato mudou; a resposta de antes volta a ser a última."""
    eventos = livro.consultar("SELECT linha_id, de, para FROM evento WHERE ato_id = ? ORDER BY linha_id", (de,))
    livro.atualizar("linha", "id", ("estado",), ((antes, linha) for linha, antes, _ in eventos))
    registrar_eventos(livro, ato, "desfazer", ((linha, para, antes) for linha, antes, para in eventos))


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
        "SELECT e.boleto_id FROM boleto_evento e WHERE e.ato_id = ? AND e.para IN ('BAIXADO', 'ESTORNADO')", (de,)
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
        " AND i.decisao <> 'DESFEITO' ORDER BY i.retorno_id DESC LIMIT 1), ''), revisar = 0"
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
