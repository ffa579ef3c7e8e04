"""Débitos de valor zero, que só mantêm no banco o cadastro de quem está há muito sem débito."""

from __future__ import annotations

from guiche.debito.bloqueios import parado_desde
from guiche.debito.composicao import DEBITO, Item
from guiche.dominio.elegibilidade import recusa_da_autorizacao, recusa_do_cliente
from guiche.erros import ErroDeRegra
from guiche.livro.conexao import Livro
from guiche.livro.optantes import ultimos_vencimentos
from guiche.servicos.debito.selecao import Selecao

_MARCA = "MANUT "


def a_manter(livro: Livro, selecao: Selecao) -> list[Item]:
    """Uma linha de valor zero por optante em ordem, parado, e sem débito nesta remessa.

    Raises:
        ErroDeRegra: ``manutencao.banco``, se o banco não aceita valor zero.
    """
    regras = selecao.regras
    if not regras.filtros.manutencao:
        return []
    if not selecao.perfil.aceita_manutencao:
        razao = f"o banco {selecao.conta.banco} não aceita débito de valor zero"
        raise ErroDeRegra("manutencao.banco", razao)
    vao = {titulo.cliente for titulo, _ in selecao.com_destino("DEBITAR")}
    enviados = ultimos_vencimentos(livro, regras.banco, regras.convenio)
    itens = []
    for codigo, cliente in selecao.clientes.items():
        parado = parado_desde(enviados.get(codigo, ""), cliente.autorizacao_data, regras.hoje)
        recusa = recusa_do_cliente(cliente, codigo, regras) or recusa_da_autorizacao(
            cliente, regras.minimo, regras.hoje
        )
        if codigo not in vao and parado and recusa is None:
            itens.append(Item(f"{_MARCA}{codigo}", codigo, DEBITO, regras.minimo, 0, 0))
    return itens
