"""Os pedidos sem resposta, à medida que o retorno passa: qual deles o banco respondeu, e quais já não se pedem."""

from __future__ import annotations

from collections.abc import Collection

from guiche.livro.cobranca import ACEITO, DESISTIDO, NA_FILA, REGISTRAR, PedidoAoBanco
from guiche.servicos.cobranca.lote import Lote


class Pedidos:
    """Os que estão na fila ou sem resposta, por boleto, na ordem em que se fizeram."""

    def __init__(self, abertos: dict[int, list[PedidoAoBanco]]) -> None:
        self._abertos = abertos

    def aberto(self, boleto: int, comandos: Collection[str] | None) -> PedidoAoBanco | None:
        """O mais velho dos enviados, entre os comandos dados; ``None``, qualquer um depois do registro."""
        enviados = (p for p in self._abertos.get(boleto, ()) if p.situacao != NA_FILA)
        if comandos is None:
            return next((p for p in enviados if p.comando != REGISTRAR), None)
        return next((p for p in enviados if p.comando in comandos), None)

    def responder(
        self, lote: Lote, boleto: int, comandos: Collection[str] | None, situacao: str
    ) -> PedidoAoBanco | None:
        """Dá por respondido o mais velho dos enviados, e o devolve."""
        pedido = self.aberto(boleto, comandos)
        if pedido is not None:
            self._abertos[boleto].remove(pedido)
            self._anotar(lote, pedido, situacao)
        return pedido

    def esquecer(self, lote: Lote, boleto: int, comandos: Collection[str]) -> None:
        """O que estava na fila já não é preciso: o banco soube por outro caminho."""
        for pedido in [p for p in self._abertos.get(boleto, ()) if p.situacao == NA_FILA and p.comando in comandos]:
            self._abertos[boleto].remove(pedido)
            self._anotar(lote, pedido, DESISTIDO)

    def fechar(self, lote: Lote, boleto: int) -> None:
        """O boleto fechou: o que se pedia sobre ele já não se pede."""
        for pedido in self._abertos.pop(boleto, ()):
            registrado = pedido.comando == REGISTRAR and pedido.situacao != NA_FILA
            self._anotar(lote, pedido, ACEITO if registrado else DESISTIDO)

    def _anotar(self, lote: Lote, pedido: PedidoAoBanco, situacao: str) -> None:
        lote.pedidos.append((situacao, pedido.id))
        if pedido.remessa is not None:
            lote.respondidas.add(pedido.remessa)
