"""Quem envia um arquivo de débito: a conta, o perfil do banco dela e a marca do livro."""

from __future__ import annotations

from collections.abc import Mapping

from guiche.debito.composicao import Remetente
from guiche.dominio.cadastro import Cliente, Conta
from guiche.livro.conexao import propriedade
from guiche.oficio.contexto import Contexto


def remetente_da(ctx: Contexto, conta: Conta, clientes: Mapping[str, Cliente]) -> Remetente:
    """Junta a conta, o perfil do banco e a marca do livro."""
    from guiche.bancos.perfil import perfil  # noqa: PLC0415  evita ciclo de leitura em quem só lista

    ligadas = frozenset(ctx.pasta.parametro("versoes_ligadas").replace(",", " ").split())
    return Remetente(conta, perfil(conta.banco), propriedade(ctx.livro, "marca"), clientes, ligadas)
