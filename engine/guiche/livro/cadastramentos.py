"""O que o banco diz dos optantes e o que se pede a ele sobre eles, no livro."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Linha, Livro

A_DECIDIR, INFORMADO, ACEITO, RECUSADO = "A DECIDIR", "INFORMADO", "ACEITO", "RECUSADO"
NA_FILA, ENVIADO = "NA FILA", "ENVIADO"
EXCLUSAO, INCLUSAO = 1, 2


class Cadastramento(NamedTuple):
    """Um registro B (inclusão ou exclusão de optante) ou H (alteração recusada) de um retorno."""

    retorno_id: int
    seq: int
    """Linha no arquivo."""
    registro: str
    movimento: int
    """No B, 1 exclusão e 2 inclusão; no H, 0 alteração e 1 exclusão."""
    banco: str
    convenio: str
    cliente: str
    """Código do cliente; vazio se não se achou."""
    id_cliente: str
    id_novo: str
    agencia: str
    operacao: str
    conta: str
    conta_dv: str
    agencia_no_arquivo: str
    """Como o banco escreveu: é o que se lhe devolve numa recusa."""
    conta_no_arquivo: str
    dia: str | None
    """ISO."""
    texto: str
    situacao: str
    decidido_ato: int | None = None


class PedidoCadastral(NamedTuple):
    """Um registro C ou D por enviar ou enviado."""

    id: int
    banco: str
    convenio: str
    registro: str
    cliente: str
    id_cliente: str
    """Antes da máscara do banco; no D, a anterior."""
    id_novo: str
    """Vazia no D que pede a exclusão do optante."""
    dados: Mapping[str, Any]
    """Campo do layout → valor."""
    situacao: str
    remessa_id: int | None

    @property
    def exclui(self) -> bool:
        """Diz se é o D que pede a exclusão, e não o que troca a identificação."""
        return self.registro == "D" and not self.id_novo

    def ids(self) -> tuple[str, str]:
        """No D, as identificações anterior e atual como foram no arquivo."""
        campos = ("id_cliente_empresa_anterior", "id_cliente_empresa_atual")
        anterior, atual = (str(self.dados.get(campo, "")).strip() for campo in campos)
        return anterior, atual


class Conhecido(NamedTuple):
    """Como o banco conhece um optante: identificação, agência e conta da última linha enviada."""

    cliente: str
    identidade: str
    """A identificação antes da máscara do banco."""
    id_cliente: str
    """O campo como foi no arquivo."""
    agencia: str
    conta: str


_COLUNAS = ", ".join(Cadastramento._fields)
_DO_PEDIDO = ", ".join(PedidoCadastral._fields)
_DO_CONHECIDO = ", ".join(Conhecido._fields)
_POR_VEZ = 512


def gravar(livro: Livro, cadastramentos: Iterable[Cadastramento]) -> None:
    """Acrescenta os de um retorno."""
    livro.inserir("cadastramento", Cadastramento._fields, cadastramentos)


def ultimos(livro: Livro, limite: int) -> list[Cadastramento]:
    """Os que esperam decisão e os mais novos dos outros, até o limite; primeiro os que esperam."""
    onde = "ORDER BY CASE situacao WHEN 'A DECIDIR' THEN 0 ELSE 1 END, retorno_id DESC, seq LIMIT ?"
    return _ler(livro, onde, (limite,))


def abertos(livro: Livro, banco: str, convenio: str) -> list[Cadastramento]:
    """Os do convênio que esperam decisão."""
    onde = "WHERE situacao = 'A DECIDIR' AND banco = ? AND convenio = ? ORDER BY retorno_id, seq"
    return _ler(livro, onde, (banco, convenio))


def aberto(livro: Livro, retorno: int, linha: int) -> Cadastramento | None:
    """O de uma linha de um retorno, ou ``None`` se não há ou já se decidiu."""
    onde = "WHERE situacao = 'A DECIDIR' AND retorno_id = ? AND seq = ?"
    return next(iter(_ler(livro, onde, (retorno, linha))), None)


def aceitos_depois(livro: Livro, ato: int) -> list[Cadastramento]:
    """Os aceitos por atos mais novos que o dado, na ordem das decisões."""
    onde = "WHERE situacao = 'ACEITO' AND decidido_ato > ? ORDER BY decidido_ato, retorno_id, seq"
    return _ler(livro, onde, (ato,))


def decidir(livro: Livro, c: Cadastramento, situacao: str, cliente: str, ato: int) -> None:
    """Anota o que se decidiu, e de que cliente se trata."""
    livro.executar(
        "UPDATE cadastramento SET situacao = ?, cliente = ?, decidido_ato = ? WHERE retorno_id = ? AND seq = ?",
        (situacao, cliente, ato, c.retorno_id, c.seq),
    )


def _ler(livro: Livro, onde: str, dados: Sequence[object] = ()) -> list[Cadastramento]:
    return list(map(Cadastramento._make, livro.consultar(f"SELECT {_COLUNAS} FROM cadastramento {onde}", dados)))  # noqa: S608


def pedir(livro: Livro, ato: int, pedido: PedidoCadastral) -> int:
    """Põe um pedido na fila e devolve seu id."""
    numero = proximo_id(livro, "pedido_cadastral")
    dados = json.dumps(dict(pedido.dados), ensure_ascii=False, sort_keys=True)
    marcas = ", ".join("?" * (len(PedidoCadastral._fields) + 1))
    livro.executar(
        f"INSERT INTO pedido_cadastral (ato_id, {_DO_PEDIDO}) VALUES ({marcas})",  # noqa: S608
        (ato, *pedido._replace(id=numero, dados=dados)),  # type: ignore[arg-type]
    )
    return numero


def fila(livro: Livro, banco: str, convenio: str, situacao: str = NA_FILA) -> list[PedidoCadastral]:
    """Os pedidos do convênio numa situação, na ordem em que se fizeram."""
    linhas = livro.consultar(
        f"SELECT {_DO_PEDIDO} FROM pedido_cadastral WHERE banco = ? AND convenio = ? AND situacao = ? ORDER BY id",  # noqa: S608
        (banco, convenio, situacao),
    )
    return list(map(_pedido, linhas))


def _pedido(linha: Linha) -> PedidoCadastral:
    pedido = PedidoCadastral._make(linha)
    return pedido._replace(dados=json.loads(str(pedido.dados)))


def enviar(livro: Livro, pedidos: Iterable[int], remessa: int) -> None:
    """Anota em que remessa os pedidos foram."""
    mudancas = (("ENVIADO", remessa, pedido) for pedido in pedidos)
    livro.atualizar("pedido_cadastral", "id", ("situacao", "remessa_id"), mudancas)


def recusar(livro: Livro, pedidos: Iterable[int]) -> None:
    """Anota que o banco recusou os pedidos."""
    livro.atualizar("pedido_cadastral", "id", ("situacao",), (("RECUSADO", pedido) for pedido in pedidos))


def devolver(livro: Livro, remessa: int) -> None:
    """Desfaz o que ia numa remessa descartada: as recusas voltam à fila, e o banco não soube do resto."""
    linhas = livro.consultar(f"SELECT {_DO_PEDIDO} FROM pedido_cadastral WHERE remessa_id = ?", (remessa,))  # noqa: S608
    pedidos = list(map(_pedido, linhas))
    livro.executar(
        "UPDATE pedido_cadastral SET situacao = CASE registro WHEN 'C' THEN 'NA FILA' ELSE 'DESISTIDO' END,"
        " remessa_id = NULL WHERE remessa_id = ?",
        (remessa,),
    )
    trocados = [p for p in pedidos if p.registro == "D" and not p.exclui]
    voltar_identidade(livro, trocados)
    _desconhecer(livro, remessa, {p.cliente for p in trocados})


def _desconhecer(livro: Livro, remessa: int, trocados: Collection[str]) -> None:
    """O banco volta a conhecer cada optante pela última linha que recebeu; quem não tinha nenhuma, esquece-se.

    ``trocados`` são os que já voltaram à identificação anterior.
    """
    antes = {
        linha[0]: linha[1:]
        for linha in livro.consultar(
            "SELECT o.cliente, l.remessa_id, l.id_cliente, l.agencia, l.conta FROM optante_no_banco o"
            " JOIN linha l ON l.cliente = o.cliente AND l.movimento = 0"
            " JOIN remessa r ON r.id = l.remessa_id AND r.banco = o.banco AND r.convenio = o.convenio"
            " WHERE o.remessa_id = ? AND r.id <> ? AND r.situacao <> 'DESCARTADA' ORDER BY l.id",
            (remessa, remessa),
        )
    }
    colunas = ("banco", "convenio", "remessa_id", *Conhecido._fields)
    sql = f"SELECT {', '.join(colunas)} FROM optante_no_banco WHERE remessa_id = ?"  # noqa: S608
    ficam = []
    for banco, convenio, _, cliente, identidade, id_cliente, *conta in livro.consultar(sql, (remessa,)):
        foi, escrita, *anterior = antes.get(cliente, (remessa, "", *conta))
        if cliente in trocados or escrita == id_cliente:
            ficam.append((banco, convenio, foi, cliente, identidade, id_cliente, *anterior))
    livro.executar("DELETE FROM optante_no_banco WHERE remessa_id = ?", (remessa,))
    livro.inserir("optante_no_banco", colunas, ficam)


def conhecidos(livro: Livro, banco: str, convenio: str) -> dict[str, Conhecido]:
    """Cliente → como o banco o conhece."""
    sql = f"SELECT {_DO_CONHECIDO} FROM optante_no_banco WHERE banco = ? AND convenio = ?"  # noqa: S608
    return {linha[0]: Conhecido._make(linha) for linha in livro.percorrer(sql, (banco, convenio))}


def conhecer(livro: Livro, banco: str, convenio: str, remessa: int, novos: Iterable[Conhecido]) -> None:
    """Anota como o banco passa a conhecer cada optante."""
    todos = list(novos)
    for de in range(0, len(todos), _POR_VEZ):
        vez = [novo.cliente for novo in todos[de : de + _POR_VEZ]]
        onde = f"cliente IN ({', '.join('?' * len(vez))})"
        sql = f"DELETE FROM optante_no_banco WHERE banco = ? AND convenio = ? AND {onde}"  # noqa: S608
        livro.executar(sql, (banco, convenio, *vez))
    colunas = ("banco", "convenio", "remessa_id", *Conhecido._fields)
    livro.inserir("optante_no_banco", colunas, ((banco, convenio, remessa, *novo) for novo in todos))


def voltar_identidade(livro: Livro, pedidos: Iterable[PedidoCadastral]) -> None:
    """Recusada a troca, o banco continua a conhecer o optante pela identificação anterior."""
    sql = "UPDATE optante_no_banco SET identidade = ?, id_cliente = ? WHERE banco = ? AND convenio = ? AND cliente = ?"
    for p in pedidos:
        if not p.exclui:
            anterior = p.dados["id_cliente_empresa_anterior"]
            livro.executar(sql, (p.id_cliente, anterior, p.banco, p.convenio, p.cliente))


def desrecusar(livro: Livro, retorno: int) -> set[int]:
    """Desfaz as recusas (H) de um retorno: os pedidos voltam a valer. Devolve as remessas em que foram."""
    foram: set[int] = set()
    for h in _ler(livro, "WHERE retorno_id = ? AND registro = 'H'", (retorno,)):
        recusados = [p for p in fila(livro, h.banco, h.convenio, RECUSADO) if p.registro == "D"]
        iguais = [p for p in recusados if p.cliente == h.cliente and p.ids() == (h.id_cliente, h.id_novo)]
        for p in iguais[-1:]:
            livro.executar("UPDATE pedido_cadastral SET situacao = ? WHERE id = ?", (ENVIADO, p.id))
            if not p.exclui:
                sql = "UPDATE optante_no_banco SET identidade = ?, id_cliente = ?"
                onde = (p.banco, p.convenio, p.cliente)
                livro.executar(f"{sql} WHERE banco = ? AND convenio = ? AND cliente = ?", (p.id_novo, h.id_novo, *onde))
            foram.add(p.remessa_id or 0)
    return foram


def excluidos(livro: Livro, banco: str, convenio: str) -> set[str]:
    """Optantes que saíram depois da última linha que se lhes mandou: o banco os excluiu, ou a empresa o pediu."""
    sql = (
        "SELECT c.cliente, r.ato_id, c.seq, c.movimento, m.ato_id FROM cadastramento c"
        " JOIN retorno r ON r.id = c.retorno_id"
        " JOIN optante_no_banco o ON o.banco = c.banco AND o.convenio = c.convenio AND o.cliente = c.cliente"
        " JOIN remessa m ON m.id = o.remessa_id"
        " WHERE c.banco = ? AND c.convenio = ? AND c.registro = 'B' AND c.situacao <> 'RECUSADO'"
        " AND r.desfeito_em IS NULL"
        " UNION ALL SELECT p.cliente, f.ato_id, 0, 1, m.ato_id FROM pedido_cadastral p"
        " JOIN remessa f ON f.id = p.remessa_id"
        " JOIN optante_no_banco o ON o.banco = p.banco AND o.convenio = p.convenio AND o.cliente = p.cliente"
        " JOIN remessa m ON m.id = o.remessa_id"
        " WHERE p.banco = ? AND p.convenio = ? AND p.registro = 'D' AND p.id_novo = '' AND p.situacao = 'ENVIADO'"
        " ORDER BY 2, 3"
    )
    ultimos: dict[str, bool] = {}
    for cliente, ato, _, movimento, conhecido in livro.consultar(sql, (banco, convenio) * 2):
        ultimos[cliente] = movimento == EXCLUSAO and ato > conhecido
    return {cliente for cliente, saiu in ultimos.items() if saiu}
