"""O que se pede ao banco sobre os boletos, no livro: a fila, a remessa que a leva, o que o banco fez dela."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Livro

NA_FILA, ENVIADO, ACEITO, RECUSADO, DESISTIDO = "NA FILA", "ENVIADO", "ACEITO", "RECUSADO", "DESISTIDO"
REGISTRAR, BAIXAR = "registrar", "baixar"
_ABERTOS = {NA_FILA, ENVIADO}


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


_DO_PEDIDO = "id, boleto_id, comando, dados, situacao, remessa_id, ordem"


def pedir(livro: Livro, ato: int, pedidos: Iterable[tuple[int, str, str]]) -> None:
    """Põe na fila pedidos (boleto, comando, dados em JSON)."""
    primeiro = proximo_id(livro, "pedido_ao_banco")
    linhas = ((primeiro + i, ato, *pedido, NA_FILA) for i, pedido in enumerate(pedidos))
    livro.inserir("pedido_ao_banco", ("id", "ato_id", "boleto_id", "comando", "dados", "situacao"), linhas)


def na_fila(livro: Livro, conta: str) -> list[PedidoAoBanco]:
    """Os pedidos da conta que esperam remessa, na ordem em que se fizeram."""
    onde = "WHERE situacao = 'NA FILA' AND boleto_id IN (SELECT id FROM boleto WHERE conta = ?) ORDER BY id"
    return _pedidos(livro, onde, (conta,))


def em_aberto(livro: Livro, dos_boletos: Iterable[int] | None = None) -> dict[int, list[PedidoAoBanco]]:
    """Os pedidos na fila ou sem resposta, por boleto, na ordem em que se fizeram; de todos, ou só dos boletos dados."""
    sql = f"SELECT {_DO_PEDIDO} FROM pedido_ao_banco WHERE"  # noqa: S608  os nomes vêm do código
    if dos_boletos is None:
        linhas = livro.percorrer(f"{sql} situacao IN ('NA FILA', 'ENVIADO') ORDER BY id")
    else:  # a situação, aqui, faria o SQLite percorrer a fila inteira a cada vez, em vez dos boletos dados
        linhas = livro.por_chaves(f"{sql} boleto_id IN (#) ORDER BY id", dos_boletos)
    por_boleto: dict[int, list[PedidoAoBanco]] = {}
    for pedido in map(PedidoAoBanco._make, linhas):
        if pedido.situacao in _ABERTOS:
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
    livro.atualizar("pedido_ao_banco", "id", ("situacao",), pedidos)


def responder(livro: Livro, retorno: int, pedidos: Iterable[tuple[str, int]]) -> None:
    """Como ``mudar_pedidos``, e anota que retorno os respondeu."""
    mudancas = ((situacao, retorno, pedido) for situacao, pedido in pedidos)
    livro.atualizar("pedido_ao_banco", "id", ("situacao", "retorno_id"), mudancas)


def enviar(livro: Livro, remessa: int, pedidos: Sequence[int]) -> None:
    """Marca os pedidos que a remessa leva, na ordem do arquivo."""
    linhas = ((ENVIADO, remessa, n, pedido) for n, pedido in enumerate(pedidos, 1))
    livro.atualizar("pedido_ao_banco", "id", ("situacao", "remessa_id", "ordem"), linhas)


def devolver_a_fila(livro: Livro, remessa: int) -> None:
    """Os pedidos de uma remessa que não chegou ao banco voltam à fila."""
    livro.executar(
        "UPDATE pedido_ao_banco SET situacao = 'NA FILA', remessa_id = NULL, ordem = NULL WHERE remessa_id = ?",
        (remessa,),
    )
