"""A vida de um boleto: seus estados, o que muda cada um, e como os títulos se juntam nele."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from guiche.dominio.cadastro import Cliente, Titulo
from guiche.dominio.elegibilidade import Situacao, escrever_data, recusa_do_titulo, retirou
from guiche.dominio.encargos import Encargos
from guiche.dominio.filtros import Filtros, fora_do_filtro
from guiche.dominio.motivos import Motivo, motivo


class EstadoBoleto(StrEnum):
    """Situação de um boleto; em 2026 todo boleto nasce por registrar."""

    A_REGISTRAR = "A REGISTRAR"
    REGISTRADO = "REGISTRADO"
    REJEITADO = "REJEITADO"
    PAGO = "PAGO"
    BAIXADO = "BAIXADO"
    ESTORNADO = "ESTORNADO"


class EventoBoleto(StrEnum):
    """O que pode acontecer a um boleto."""

    REGISTRAR = "banco registrou"
    REJEITAR = "banco rejeitou"
    REENVIAR = "corrigido para novo registro"
    LIQUIDAR = "cliente pagou"
    BAIXAR = "banco baixou"
    ESTORNAR = "estornar"


ATIVOS = frozenset({EstadoBoleto.A_REGISTRAR, EstadoBoleto.REGISTRADO, EstadoBoleto.REJEITADO})
"""Os que prendem seus títulos: nem se pagam, nem se estornam, nem vão a outro boleto (S-90)."""

PAGAVEIS = frozenset({EstadoBoleto.A_REGISTRAR, EstadoBoleto.REGISTRADO})
"""Os que se pagam, já ou depois de registrados; dos outros nada pagável sai em papel nem em mensagem."""

_A, _R, _X, _P, _B, _E = EstadoBoleto
_V = EventoBoleto
TRANSICOES: Mapping[tuple[EstadoBoleto, EventoBoleto], EstadoBoleto] = {
    (_A, _V.REGISTRAR): _R, (_A, _V.REJEITAR): _X, (_A, _V.LIQUIDAR): _P, (_A, _V.BAIXAR): _B, (_A, _V.ESTORNAR): _E,
    (_R, _V.LIQUIDAR): _P, (_R, _V.BAIXAR): _B, (_R, _V.ESTORNAR): _E, (_R, _V.REGISTRAR): _R,
    (_X, _V.REENVIAR): _A, (_X, _V.ESTORNAR): _E, (_X, _V.REGISTRAR): _R, (_X, _V.LIQUIDAR): _P,
    (_P, _V.LIQUIDAR): _P, (_P, _V.BAIXAR): _P, (_P, _V.REGISTRAR): _P,
    (_B, _V.BAIXAR): _B,
    (_E, _V.BAIXAR): _E, (_E, _V.REGISTRAR): _E, (_E, _V.REJEITAR): _E,
}  # fmt: skip
"""O que não está aqui se recusa, ou vira divergência quando é o banco quem diz (pago depois de estornado)."""


class Grupo(NamedTuple):
    """Um boleto por emitir: os títulos que junta e a parte de cada um, em centavos."""

    cliente: str
    vencimento: date
    titulos: tuple[tuple[str, int], ...]
    encargos: Encargos = Encargos()
    instrucoes: tuple[str, ...] = ()
    """O que só os títulos deste boleto mandam imprimir."""
    sacador: tuple[str, str] = ("", "")

    @property
    def valor(self) -> int:
        """Centavos do boleto."""
        return sum(parte for _, parte in self.titulos)


class Aceito(NamedTuple):
    """Um título que vai a um boleto, com o que se cobra dele."""

    titulo: Titulo
    saldo: int
    """Centavos."""
    encargos: Encargos
    instrucao: str = ""
    sacador: tuple[str, str] = ("", "")
    """Nome e documento do sacador avalista, se há."""


def recusa_para_boleto(
    titulo: Titulo,
    cliente: Cliente | None,
    situacao: Situacao,
    filtros: Filtros,
    hoje: date,
    debitam: Collection[str] = (),
) -> Motivo | None:
    """Por que o título não entra num boleto; ``None`` se entra.

    Não se exige optante (S-98) nem antecedência (S-71): basta o título em aberto e o vencimento de hoje em diante.
    ``debitam`` são os bancos em que há conta de débito: quem neles se debita fica para a remessa de débito, a não ser
    que ``filtros.optantes`` o peça.
    """
    if nome := fora_do_filtro(titulo, cliente, filtros, com_data=True):
        return motivo("filtro", nome)
    if situacao.boleto:
        return motivo("no_boleto", situacao.boleto)
    if situacao.no_banco:
        return motivo("enviado", situacao.remessa)
    if recusa := recusa_do_titulo(titulo, situacao, filtros):
        return recusa
    if cliente is None:
        return motivo("sem_cliente", titulo.cliente)
    return _recusa_do_dia(cliente, filtros.data_fixa or titulo.vencimento, hoje, () if filtros.optantes else debitam)


def _recusa_do_dia(cliente: Cliente, dia: date, hoje: date, debitam: Collection[str]) -> Motivo | None:
    if dia < hoje:
        return motivo("boleto_vencido", escrever_data(dia))
    return motivo("optante", cliente.banco) if se_debita(cliente, dia, debitam) else None


def se_debita(cliente: Cliente, dia: date, bancos: Collection[str]) -> bool:
    """Diz se o débito automático o alcança no dia: é optante, num destes bancos, e a autorização vale."""
    fim = cliente.autorizacao_validade
    return bool(cliente.optante) and cliente.banco in bancos and not retirou(cliente, dia) and not (fim and fim < dia)


def agrupar(aceitos: Iterable[Aceito], filtros: Filtros, *, juntar: bool) -> list[Grupo]:
    """Um boleto por título; com ``juntar``, um por cliente e vencimento (S-76), ou por cliente com data fixa (S-77).

    Títulos de condições diferentes não se juntam; os abatimentos se somam.
    """
    grupos: dict[tuple[Any, ...], list[Aceito]] = {}
    for aceito in aceitos:
        titulo = aceito.titulo
        dia = filtros.data_fixa or titulo.vencimento
        condicoes = (aceito.encargos._replace(abatimento=0), aceito.sacador)
        grupos.setdefault((titulo.cliente, dia, condicoes) if juntar else (titulo.numero,), []).append(aceito)
    return [_grupo(juntos, filtros.data_fixa or juntos[0].titulo.vencimento) for juntos in grupos.values()]


def _grupo(juntos: Sequence[Aceito], dia: date) -> Grupo:
    primeiro = juntos[0]
    encargos = primeiro.encargos._replace(abatimento=sum(a.encargos.abatimento for a in juntos))
    partes = tuple((a.titulo.numero, a.saldo) for a in juntos)
    instrucoes = tuple(dict.fromkeys(a.instrucao for a in juntos if a.instrucao))
    return Grupo(primeiro.titulo.cliente, dia, partes, encargos, instrucoes, primeiro.sacador)
