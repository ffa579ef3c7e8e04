"""A situação de um título numa palavra."""

from __future__ import annotations

from collections.abc import Collection

from guiche.dominio.cadastro import Titulo
from guiche.dominio.elegibilidade import Situacao, de_outro, recebido
from guiche.dominio.estados import Estado


def situacao_do_titulo(titulo: Titulo, situacao: Situacao, empresas: Collection[str] = ()) -> str:
    """Uma palavra para o operador."""
    if not situacao.no_banco and de_outro(titulo, situacao, empresas):
        return "NÚMERO JÁ USADO"
    if situacao.no_banco or situacao.fechamento:
        em_que_pe = {Estado.A_CANCELAR: "CANCELAMENTO A ENVIAR", Estado.CANCELAMENTO_ENVIADO: "CANCELAMENTO ENVIADO"}
        return em_que_pe.get(situacao.estado, "ENVIADO") if situacao.no_banco else "ENVIADO"
    if situacao.boleto:
        return "EM BOLETO"
    pago = recebido(titulo, situacao)
    if pago >= titulo.valor:
        return "PAGO"
    if titulo.encerrado or situacao.encerrado:
        return titulo.encerrado or situacao.encerrado
    return "PARCIAL" if pago else "EM ABERTO"
