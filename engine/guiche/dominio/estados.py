"""A vida de um débito no banco, num lugar só.

Um débito é a cadeia das linhas enviadas com a mesma chave de uso da empresa:
a linha de débito e, depois dela, as de cancelamento que a repetem. O estado é
o da linha vigente, a mais nova da cadeia; as anteriores ficam substituídas.
A situação de um título é a do seu débito mais novo, salvo se um mais velho, cujo
cancelamento o banco recusou, ainda pode ocorrer: esse prende o título.

Os seis valores são os da tabela CARCDT4 (campo ``cdt_enviar_cancelamento``).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Estado(IntEnum):
    """Situação da linha vigente de um débito."""

    LIVRE = 0
    ENVIADO = 1
    A_CANCELAR = 2
    CANCELAMENTO_ENVIADO = 3
    DEBITADO = 4
    CANCELADO = 5


EM_CURSO = frozenset({Estado.ENVIADO, Estado.A_CANCELAR, Estado.CANCELAMENTO_ENVIADO})
"""Os estados que esperam algo do banco."""

NOMES: dict[int, str] = {
    Estado.LIVRE: "LIVRE PARA ENVIAR",
    Estado.ENVIADO: "ENVIADO AO BANCO",
    Estado.A_CANCELAR: "CANCELAMENTO A ENVIAR",
    Estado.CANCELAMENTO_ENVIADO: "CANCELAMENTO ENVIADO",
    Estado.DEBITADO: "DEBITADO",
    Estado.CANCELADO: "DÉBITO CANCELADO",
}


class Evento(StrEnum):
    """O que pode acontecer a um débito."""

    GERAR = "gerar remessa"
    ESTORNAR_TITULO = "estornar título"
    ESTORNAR_REMESSA = "estornar remessa"
    DEBITADO = "banco debitou"
    NAO_DEBITADO = "banco não debitou"
    CANCELADO = "banco cancelou"
    CANCEL_RECUSADO = "banco recusou o cancelamento"
    PAGAR = "pagar à mão"


class Efeito(StrEnum):
    """Como o livro responde ao evento."""

    MUDA = "muda"
    IGUAL = "igual"
    RECUSA = "recusa"
    DIVERGE = "diverge"


class Transicao(NamedTuple):
    """A resposta a um evento num estado."""

    efeito: Efeito
    para: Estado
    aviso: str = ""
    """Texto para o operador; vazio quando o caminho é o normal."""


_L, _E, _A, _C, _D, _X = Estado
_M, _I, _R, _DIV = Efeito
_ORFAO = "o banco respondeu a um débito que não estava em curso"
_NAO_PAGA = "título exportado para débito automático não pode ser pago; espere o retorno ou estorne o título"
_APESAR = "debitado apesar do cancelamento: devolva o valor ao cliente ou acerte com ele"

MATRIZ: dict[tuple[int, Evento], Transicao] = {
    (_L, Evento.GERAR): Transicao(_M, _E),
    (_L, Evento.ESTORNAR_TITULO): Transicao(_I, _L, "o título sai da carteira; nada há a cancelar no banco"),
    (_L, Evento.ESTORNAR_REMESSA): Transicao(_R, _L, "o banco já respondeu a este débito"),
    (_L, Evento.DEBITADO): Transicao(_DIV, _L, _ORFAO),
    (_L, Evento.NAO_DEBITADO): Transicao(_DIV, _L, _ORFAO),
    (_L, Evento.CANCELADO): Transicao(_DIV, _L, _ORFAO),
    (_L, Evento.CANCEL_RECUSADO): Transicao(_DIV, _L, _ORFAO),
    (_L, Evento.PAGAR): Transicao(_I, _L),
    (_E, Evento.GERAR): Transicao(_I, _E, "já enviado ao banco, aguardando retorno"),
    (_E, Evento.ESTORNAR_TITULO): Transicao(_M, _A),
    (_E, Evento.ESTORNAR_REMESSA): Transicao(_M, _C),
    (_E, Evento.DEBITADO): Transicao(_M, _D),
    (_E, Evento.NAO_DEBITADO): Transicao(_M, _L),
    (_E, Evento.CANCELADO): Transicao(_DIV, _X, "o banco cancelou sem que o cancelamento fosse pedido"),
    (_E, Evento.CANCEL_RECUSADO): Transicao(_DIV, _E, "o banco recusou um cancelamento que não foi pedido"),
    (_E, Evento.PAGAR): Transicao(_R, _E, _NAO_PAGA),
    (_A, Evento.GERAR): Transicao(_M, _C),
    (_A, Evento.ESTORNAR_TITULO): Transicao(_I, _A, "o cancelamento já está pedido"),
    (_A, Evento.ESTORNAR_REMESSA): Transicao(_M, _C),
    (_A, Evento.DEBITADO): Transicao(_M, _D, _APESAR),
    (_A, Evento.NAO_DEBITADO): Transicao(_M, _X, "o banco não debitou: já não há o que cancelar"),
    (_A, Evento.CANCELADO): Transicao(_M, _X),
    (_A, Evento.CANCEL_RECUSADO): Transicao(_I, _A, "o cancelamento continua por enviar"),
    (_A, Evento.PAGAR): Transicao(_R, _A, _NAO_PAGA),
    (_C, Evento.GERAR): Transicao(_I, _C, "cancelamento enviado, aguardando retorno"),
    (_C, Evento.ESTORNAR_TITULO): Transicao(_I, _C, "o cancelamento já foi enviado"),
    (_C, Evento.ESTORNAR_REMESSA): Transicao(_M, _C),
    (_C, Evento.DEBITADO): Transicao(_M, _D, _APESAR),
    (_C, Evento.NAO_DEBITADO): Transicao(_I, _C, "o banco não debitou; falta a resposta do cancelamento"),
    (_C, Evento.CANCELADO): Transicao(_M, _X),
    (_C, Evento.CANCEL_RECUSADO): Transicao(_M, _A, "o banco recusou o cancelamento: o débito pode ocorrer"),
    (_C, Evento.PAGAR): Transicao(_R, _C, _NAO_PAGA),
    (_D, Evento.GERAR): Transicao(_I, _D, "já debitado"),
    (_D, Evento.ESTORNAR_TITULO): Transicao(_R, _D, "título já debitado: estorne antes o recebimento"),
    (_D, Evento.ESTORNAR_REMESSA): Transicao(_R, _D, "remessa já processada pelo banco"),
    (_D, Evento.DEBITADO): Transicao(_I, _D, "já processado: o débito já estava baixado"),
    (_D, Evento.NAO_DEBITADO): Transicao(_DIV, _D, "o banco diz que não debitou um título já baixado como debitado"),
    (_D, Evento.CANCELADO): Transicao(_I, _D, "o banco confirmou o cancelamento de um débito já baixado"),
    (_D, Evento.CANCEL_RECUSADO): Transicao(_I, _D, "o débito já estava baixado"),
    (_D, Evento.PAGAR): Transicao(_R, _D, "título já pago por débito automático"),
    (_X, Evento.GERAR): Transicao(_M, _E),
    (_X, Evento.ESTORNAR_TITULO): Transicao(_I, _X, "o título sai da carteira; o débito já estava cancelado"),
    (_X, Evento.ESTORNAR_REMESSA): Transicao(_R, _X, "o banco já respondeu a este débito"),
    (_X, Evento.DEBITADO): Transicao(_DIV, _X, "debitado após cancelado: confira com o banco"),
    (_X, Evento.NAO_DEBITADO): Transicao(_I, _X, "não debitado, como esperado de um débito cancelado"),
    (_X, Evento.CANCELADO): Transicao(_I, _X, "já processado: o cancelamento já estava confirmado"),
    (_X, Evento.CANCEL_RECUSADO): Transicao(_DIV, _X, "o banco recusou um cancelamento que já confirmara"),
    (_X, Evento.PAGAR): Transicao(_I, _X),
}


def transicao(estado: int, evento: Evento, *, liberada: bool = False) -> Transicao:
    """O que o evento faz a um débito no estado dado.

    ``liberada`` diz que a remessa foi estornada e o título já está livre, embora
    a linha de cancelamento ainda espere o banco: então pode ser pago à mão.

    >>> transicao(Estado.ENVIADO, Evento.PAGAR).efeito
    <Efeito.RECUSA: 'recusa'>
    """
    if liberada and estado == Estado.CANCELAMENTO_ENVIADO and evento is Evento.PAGAR:
        return Transicao(Efeito.IGUAL, Estado.CANCELAMENTO_ENVIADO)
    return MATRIZ[estado, evento]
