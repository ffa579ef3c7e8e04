"""O que o livro diz dos boletos de um retorno, à medida que ele passa: o estado de cada um e o que se pediu ao banco.

O que a leitura de um lote muda vale para os seguintes, grave-se ou só se mostre a prévia.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from guiche.arquivos.plano import Titulo
from guiche.dominio.boletos import EstadoBoleto
from guiche.livro import boletos
from guiche.livro import pedidos as cobranca
from guiche.livro.conexao import Livro, propriedade
from guiche.livro.pedidos import ACEITO, DESISTIDO, NA_FILA, REGISTRAR, PedidoAoBanco
from guiche.servicos.cobranca.apuracao import Lote
from guiche.servicos.cobranca.casamento import Casador


class Pedidos:
    """Os que estão na fila ou sem resposta, por boleto, na ordem em que se fizeram."""

    def __init__(self) -> None:
        self._abertos: dict[int, Sequence[PedidoAoBanco]] = {}

    def conhecer(self, livro: Livro, dos_boletos: Collection[int]) -> None:
        """Os pedidos de mais boletos."""
        novos = [boleto for boleto in dos_boletos if boleto not in self._abertos]
        self._abertos.update(dict.fromkeys(novos, ()))
        self._abertos.update(cobranca.em_aberto(livro, novos))

    def aberto(self, boleto: int, comandos: Collection[str] | None) -> PedidoAoBanco | None:
        """O mais velho dos enviados, entre os comandos dados; ``None``, qualquer um depois do registro."""
        enviados = (p for p in self._abertos[boleto] if p.situacao != NA_FILA)
        if comandos is None:
            return next((p for p in enviados if p.comando != REGISTRAR), None)
        return next((p for p in enviados if p.comando in comandos), None)

    def responder(
        self, lote: Lote, boleto: int, comandos: Collection[str] | None, situacao: str
    ) -> PedidoAoBanco | None:
        """Dá por respondido o mais velho dos enviados, e o devolve."""
        pedido = self.aberto(boleto, comandos)
        if pedido is not None:
            self._tirar(lote, pedido, situacao)
        return pedido

    def esquecer(self, lote: Lote, boleto: int, comandos: Collection[str]) -> None:
        """O que estava na fila já não é preciso: o banco soube por outro caminho."""
        for pedido in self._abertos[boleto]:
            if pedido.situacao == NA_FILA and pedido.comando in comandos:
                self._tirar(lote, pedido, DESISTIDO)

    def fechar(self, lote: Lote, boleto: int) -> None:
        """O boleto fechou: o que se pedia sobre ele já não se pede."""
        for pedido in self._abertos[boleto]:
            registrado = pedido.comando == REGISTRAR and pedido.situacao != NA_FILA
            self._tirar(lote, pedido, ACEITO if registrado else DESISTIDO)

    def _tirar(self, lote: Lote, pedido: PedidoAoBanco, situacao: str) -> None:
        self._abertos[pedido.boleto] = [p for p in self._abertos[pedido.boleto] if p is not pedido]
        lote.pedidos.append((situacao, pedido.id))
        if pedido.remessa is not None:
            lote.respondidas.add(pedido.remessa)


class Conhecidos:
    """Os boletos de que o retorno fala: os de cada lote, pela chave; se alguma faltar, todos os das contas."""

    def __init__(self, livro: Livro, contas: Collection[str], *, grava: bool) -> None:
        self.livro, self._contas, self._grava = livro, contas, grava
        self._todos = False
        self.casador = Casador(propriedade(livro, "marca"))
        self._esquecer()

    def _esquecer(self) -> None:
        self.estado: dict[int, EstadoBoleto] = {}
        self.ja_pago: dict[int, int] = {}
        self.partes: dict[int, list[tuple[str, int]]] = {}
        self.recebido: dict[tuple[int, str], int] = {}
        self.pedidos = Pedidos()

    def buscar(self, titulos: Sequence[Titulo], mais: int | None) -> None:
        """Traz do livro os boletos de um lote, e mais um; ``grava``: o que os lotes de antes mudaram já está lá."""
        if self._todos:
            return
        if self._grava:
            self._esquecer()
        chaves = set(map(self.casador.chave, titulos))
        pedidos = {chave for chave in (*chaves, mais) if chave is not None}
        emitidos = boletos.das_contas(self.livro, self._contas, pedidos)
        if None in chaves or len(emitidos) < len(pedidos):
            self._todos = True
            emitidos = boletos.das_contas(self.livro, self._contas)
        self.casador.boletos = {b.id: b for b in emitidos}
        if self._todos:
            self.casador.indexar()
            sem_numero = [b.id for b in emitidos if not b.numero]
            self.casador.documentos = {
                b.id: json.loads(b.dados)["documento"] for b in boletos.listar(self.livro, sem_numero)
            }
        self.estado = {b.id: EstadoBoleto(b.estado) for b in emitidos} | self.estado
        self.ja_pago = {b.id: b.valor_pago for b in emitidos if b.valor_pago} | self.ja_pago
        self.partes = boletos.partes(self.livro, self.casador.boletos)
        self.recebido = boletos.recebido_dos_titulos(self.livro, self.casador.boletos) | self.recebido
        self.pedidos.conhecer(self.livro, self.casador.boletos)
