"""O que se pede ao banco sobre os boletos, no livro: a fila, as remessas que a levam, o que o banco respondeu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Livro

NA_FILA, ENVIADO, ACEITO, RECUSADO, DESISTIDO = "NA FILA", "ENVIADO", "ACEITO", "RECUSADO", "DESISTIDO"
REGISTRAR, BAIXAR = "registrar", "baixar"
_POR_VEZ = 512


class RemessaDeCobranca(NamedTuple):
    """Uma remessa de boletos; seu código é da mesma numeração das remessas de débito."""

    id: int
    conta: str
    banco: str
    contrato: str
    """O convênio, ou agência e conta onde o banco não dá convênio."""
    layout: str
    nsa: int
    situacao: str
    sha256: str
    arquivo: str
    pedidos: int
    total: int
    """Centavos dos boletos que ela registra."""
    gerada_em: str
    usuario: str
    exportada_em: str | None
    transmitida_em: str | None
    confirmada_em: str | None


class PedidoAoBanco(NamedTuple):
    """Um pedido sobre um boleto."""

    id: int
    boleto: int
    comando: str
    dados: str
    """JSON: o que o comando muda; ``{}`` se nada além de si."""
    situacao: str
    remessa: int | None
    ordem: int | None


_DA_REMESSA = ", ".join(RemessaDeCobranca._fields)
_DO_PEDIDO = "id, boleto_id, comando, dados, situacao, remessa_id, ordem"


def pedir(livro: Livro, ato: int, pedidos: Iterable[tuple[int, str, str]]) -> None:
    """Põe na fila pedidos (boleto, comando, dados em JSON)."""
    primeiro = proximo_id(livro, "pedido_ao_banco")
    livro.executar_lote(
        "INSERT INTO pedido_ao_banco (id, ato_id, boleto_id, comando, dados, situacao) VALUES (?, ?, ?, ?, ?, ?)",
        ((primeiro + i, ato, *pedido, NA_FILA) for i, pedido in enumerate(pedidos)),
    )


def na_fila(livro: Livro, conta: str) -> list[PedidoAoBanco]:
    """Os pedidos da conta que esperam remessa, na ordem em que se fizeram."""
    onde = "WHERE situacao = 'NA FILA' AND boleto_id IN (SELECT id FROM boleto WHERE conta = ?) ORDER BY id"
    return _pedidos(livro, onde, (conta,))


def em_aberto(livro: Livro) -> dict[int, list[PedidoAoBanco]]:
    """Os pedidos na fila ou sem resposta, por boleto, na ordem em que se fizeram."""
    por_boleto: dict[int, list[PedidoAoBanco]] = {}
    for pedido in _pedidos(livro, "WHERE situacao IN ('NA FILA', 'ENVIADO') ORDER BY id"):
        por_boleto.setdefault(pedido.boleto, []).append(pedido)
    return por_boleto


def do_boleto(livro: Livro, boleto: int) -> list[PedidoAoBanco]:
    """Tudo o que já se pediu sobre o boleto."""
    return _pedidos(livro, "WHERE boleto_id = ? ORDER BY id", (boleto,))


def da_remessa(livro: Livro, remessa: int) -> list[PedidoAoBanco]:
    """Os pedidos que a remessa levou, na ordem do arquivo."""
    return _pedidos(livro, "WHERE remessa_id = ? ORDER BY ordem", (remessa,))


def _pedidos(livro: Livro, onde: str, dados: Sequence[object] = ()) -> list[PedidoAoBanco]:
    return list(map(PedidoAoBanco._make, livro.percorrer(f"SELECT {_DO_PEDIDO} FROM pedido_ao_banco {onde}", dados)))  # noqa: S608


def mudar_pedidos(livro: Livro, pedidos: Iterable[tuple[str, int]]) -> None:
    """Leva cada pedido à situação dada: (situação, id)."""
    livro.executar_lote("UPDATE pedido_ao_banco SET situacao = ? WHERE id = ?", pedidos)


def proximo_nsa(livro: Livro, banco: str, contrato: str, inicial: int | None) -> int:
    """Número que a próxima remessa de boletos do contrato levará."""
    consulta = "SELECT ultimo FROM sequencia_cobranca WHERE banco = ? AND contrato = ?"
    ultimo = livro.valor(consulta, (banco, contrato))
    return (inicial or 1) if ultimo is None else int(ultimo) + 1


def definir_nsa(livro: Livro, banco: str, contrato: str, ultimo: int) -> None:
    """Grava o último número usado pelo contrato."""
    livro.executar(
        "INSERT INTO sequencia_cobranca (banco, contrato, ultimo) VALUES (?, ?, ?)"
        " ON CONFLICT (banco, contrato) DO UPDATE SET ultimo = excluded.ultimo",
        (banco, contrato, ultimo),
    )


def gravar(livro: Livro, ato: int, remessa: RemessaDeCobranca, pedidos: Sequence[int]) -> None:
    """Grava a remessa, marca os pedidos que ela leva, na ordem dada, e consome o NSA."""
    marcas = ", ".join("?" * len(RemessaDeCobranca._fields))
    livro.executar(f"INSERT INTO remessa_cobranca (ato_id, {_DA_REMESSA}) VALUES (?, {marcas})", (ato, *remessa))  # noqa: S608
    livro.executar_lote(
        "UPDATE pedido_ao_banco SET situacao = 'ENVIADO', remessa_id = ?, ordem = ? WHERE id = ?",
        ((remessa.id, n, pedido) for n, pedido in enumerate(pedidos, 1)),
    )
    definir_nsa(livro, remessa.banco, remessa.contrato, remessa.nsa)


def listar(livro: Livro) -> list[RemessaDeCobranca]:
    """As remessas de boletos, da mais nova à mais velha."""
    linhas = livro.consultar(f"SELECT {_DA_REMESSA} FROM remessa_cobranca ORDER BY id DESC")  # noqa: S608
    return list(map(RemessaDeCobranca._make, linhas))


def buscar(livro: Livro, remessa: int) -> RemessaDeCobranca | None:
    """A remessa de boletos de código dado, ou ``None``."""
    linhas = livro.consultar(f"SELECT {_DA_REMESSA} FROM remessa_cobranca WHERE id = ?", (remessa,))  # noqa: S608
    return RemessaDeCobranca._make(linhas[0]) if linhas else None


def por_exportar(livro: Livro) -> list[RemessaDeCobranca]:
    """As que o disco ainda não tem: um ato interrompido as deixa assim."""
    return [r for r in listar(livro) if r.situacao == "ATIVA" and r.exportada_em is None][::-1]


def marcar(livro: Livro, remessa: int, marca: str, quando: str) -> None:
    """Preenche ``exportada_em``, ``transmitida_em`` ou ``confirmada_em``, se ainda vazia."""
    if marca not in {"exportada_em", "transmitida_em", "confirmada_em"}:
        raise ValueError(marca)
    livro.executar(f"UPDATE remessa_cobranca SET {marca} = COALESCE({marca}, ?) WHERE id = ?", (quando, remessa))  # noqa: S608


def mudar_situacao(livro: Livro, remessas: Iterable[int], situacao: str) -> None:
    """Muda a situação das remessas dadas."""
    livro.executar_lote("UPDATE remessa_cobranca SET situacao = ? WHERE id = ?", ((situacao, r) for r in remessas))


def devolver_a_fila(livro: Livro, remessa: int) -> None:
    """Os pedidos de uma remessa que não chegou ao banco voltam à fila."""
    livro.executar(
        "UPDATE pedido_ao_banco SET situacao = 'NA FILA', remessa_id = NULL, ordem = NULL WHERE remessa_id = ?",
        (remessa,),
    )
