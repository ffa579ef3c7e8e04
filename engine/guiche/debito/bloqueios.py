"""Optantes que não se debitam enquanto o cadastro não se corrige, cada um com a razão (C-16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from guiche.bancos.codigos import definitivos, interpretar
from guiche.debito.composicao import Remetente, identificacao
from guiche.debito.fila import identidades_recusadas
from guiche.debito.identidade import conta_escrita
from guiche.dominio.elegibilidade import escrever_data
from guiche.dominio.motivos import Motivo, motivo
from guiche.livro import cadastramentos, optantes
from guiche.livro.cadastramentos import EXCLUSAO
from guiche.livro.conexao import Livro
from guiche.livro.optantes import Recusa

BLOQUEADOS = frozenset({"bloqueado", "excluido_no_banco", "identificacao_recusada"})
"""Motivos que a aba Clientes mostra como BLOQUEADO; o outro, a agência que fecha, é PENDENTE."""


def bloqueios(livro: Livro, remetente: Remetente) -> dict[str, Motivo]:
    """Cliente → por que não se debita; a correção do cadastro o tira daqui sem que se peça."""
    achados: dict[str, Motivo] = dict(_em_agencia_a_fechar(livro, remetente))
    achados.update(_recusados(livro, remetente))
    achados.update(_sem_identificacao(livro, remetente))
    achados.update(_excluidos(livro, remetente))
    return achados


def _em_agencia_a_fechar(livro: Livro, remetente: Remetente) -> Iterator[tuple[str, Motivo]]:
    banco = remetente.conta.banco
    fechando = optantes.agencias_a_fechar(livro, banco)
    if fechando:
        for codigo, cliente in remetente.clientes.items():
            agencia = cliente.agencia.lstrip("0")
            if cliente.banco == banco and agencia in fechando:
                yield codigo, motivo("agencia_a_fechar", f"{cliente.agencia} ({fechando[agencia]})")


def _excluidos(livro: Livro, remetente: Remetente) -> Iterator[tuple[str, Motivo]]:
    conta = remetente.conta
    for c in cadastramentos.abertos(livro, conta.banco, conta.convenio):
        if c.movimento == EXCLUSAO and c.cliente:
            dia = date.fromisoformat(c.dia) if c.dia else None
            yield c.cliente, motivo("excluido_no_banco", escrever_data(dia))


def _sem_identificacao(livro: Livro, remetente: Remetente) -> Iterator[tuple[str, Motivo]]:
    """O banco recusou a identificação nova e o cadastro ainda a traz."""
    for codigo, nova in identidades_recusadas(livro, remetente).items():
        cliente = remetente.clientes.get(codigo)
        if cliente and identificacao(remetente, cliente) == nova:
            yield codigo, motivo("identificacao_recusada", nova)


def _recusados(livro: Livro, remetente: Remetente) -> Iterator[tuple[str, Motivo]]:
    conta = remetente.conta
    for r in optantes.recusas_do_cadastro(livro, conta.banco, conta.convenio, definitivos(conta.banco)):
        lido = interpretar(conta.banco, r.versao, str(r.movimento), r.codigo)
        if lido.definitivo and not _corrigido(remetente, r):
            dia = date.fromisoformat(r.importado_em[:10])
            yield r.cliente, motivo("bloqueado", escrever_data(dia), r.codigo, lido.texto)


def _corrigido(remetente: Remetente, recusada: Recusa) -> bool:
    """A conta já não é a que o banco recusou, ou o cliente autorizou de novo depois."""
    cliente = remetente.clientes.get(recusada.cliente)
    if cliente is None:
        return True
    if cliente.autorizacao_data and cliente.autorizacao_data.isoformat() > recusada.importado_em[:10]:
        return True
    return conta_escrita(remetente, recusada.cliente) != (recusada.agencia, recusada.conta)


SEM_MOVIMENTO = 75
"""Dias sem débito em que se age: aos três meses o banco pode excluir o optante."""


def parado_desde(ultimo: str, autorizado: date | None, hoje: date) -> date | None:
    """Desde quando o optante está sem débito, se há quase três meses; quem nunca foi enviado conta da autorização.

    >>> parado_desde("2026-05-01", None, date(2026, 8, 4))
    datetime.date(2026, 5, 1)
    """
    desde = date.fromisoformat(ultimo) if ultimo else autorizado
    return desde if desde and desde <= hoje - timedelta(days=SEM_MOVIMENTO) else None
