"""Quem retirou a autorização na empresa: a exclusão do optante que se pede ao banco (registro D, movimento 1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from guiche.debito.composicao import Remetente, identificacao
from guiche.debito.identidade import conta_escrita, identificacao_escrita
from guiche.dominio.cadastro import Cliente
from guiche.dominio.elegibilidade import retirou
from guiche.livro import cadastramentos
from guiche.livro.cadastramentos import Conhecido, PedidoCadastral
from guiche.livro.conexao import Livro

EXCLUI = "1"
RAZAO = "EXCLUSAO POR SOLICITACAO DO CLIENTE EM"
SO_QUEM_CADASTROU = frozenset({"08"})
"""Versões em que só pede a exclusão quem cadastrou o optante; nas outras o banco a aceita da empresa."""


def a_excluir(
    livro: Livro, remetente: Remetente, conhecidos: Mapping[str, Conhecido], fora: Collection[str], hoje: date
) -> tuple[list[PedidoCadastral], list[str]]:
    """As exclusões ainda por pedir, e os clientes cuja exclusão o arquivo deste banco não leva.

    ``fora`` são os que já saíram. A que o banco recusou não se repete igual: só quando muda a data, a identificação
    ou a conta do cadastro.
    """
    pedidos, impedidas = [], []
    recusadas = _recusadas(livro, remetente)
    for codigo, conhecido in conhecidos.items():
        cliente = remetente.clientes.get(codigo)
        if cliente is None or codigo in fora or not conhecido.id_cliente or not retirou(cliente, hoje):
            continue
        if _leva(remetente, cliente):
            pedidos += _pedido(remetente, cliente, conhecido, recusadas.get(codigo, ()))
        elif cliente.optante:
            impedidas.append(codigo)
    return pedidos, impedidas


def _leva(remetente: Remetente, cliente: Cliente) -> bool:
    registro = remetente.layout.registros.get("D")
    if registro is None or EXCLUI not in (registro.campo("codigo_movimento").dominio or ()):
        return False
    return remetente.layout.versao not in SO_QUEM_CADASTROU or cliente.autorizacao_canal != "BANCO"


def _recusadas(livro: Livro, remetente: Remetente) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Cliente → os registros de exclusão que o banco recusou."""
    conta = remetente.conta
    por: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for p in cadastramentos.fila(livro, conta.banco, conta.convenio, cadastramentos.RECUSADO):
        if p.exclui:
            por[p.cliente].append(p.dados)
    return por


def _pedido(
    remetente: Remetente, cliente: Cliente, conhecido: Conhecido, recusadas: Sequence[Mapping[str, Any]]
) -> list[PedidoCadastral]:
    """A exclusão como o banco conhece o optante; recusada, como o cadastro o diz agora. Vazio se nada muda."""
    candidatos = [conhecido, _do_cadastro(remetente, cliente)] if recusadas else [conhecido]
    conta = remetente.conta
    for quem in candidatos:
        dados = {
            "id_cliente_empresa_anterior": quem.id_cliente, "agencia_debito": quem.agencia,
            "id_cliente_banco": quem.conta, "id_cliente_empresa_atual": "",
            "ocorrencia": f"{RAZAO} {cliente.autorizacao_cancelada:%d/%m/%Y}", "codigo_movimento": EXCLUI,
        }  # fmt: skip
        if quem.conta and dados not in recusadas:
            return [
                PedidoCadastral(
                    0, conta.banco, conta.convenio, "D", cliente.codigo, quem.identidade, "", dados, "NA FILA", None
                )
            ]
    return []


def _do_cadastro(remetente: Remetente, cliente: Cliente) -> Conhecido:
    escrita = identificacao_escrita(remetente, remetente.layout.versao, cliente)
    return Conhecido(
        cliente.codigo, identificacao(remetente, cliente), escrita, *conta_escrita(remetente, cliente.codigo)
    )
