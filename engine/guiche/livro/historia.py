"""Como era uma conta da última vez que algo dela foi ao livro."""

from __future__ import annotations

from guiche.dominio.cadastro import Conta
from guiche.livro import remessas
from guiche.livro.conexao import Livro


def do_boleto(livro: Livro, conta: str) -> str | None:
    """Os dados, em JSON, do último boleto da conta; ``None`` se não os tem."""
    dados = livro.valor("SELECT dados FROM boleto WHERE conta = ? ORDER BY id DESC LIMIT 1", (conta,))
    return None if dados is None else str(dados)


def da_remessa(livro: Livro, conta: str) -> dict[str, str]:
    """O banco e o convênio da última remessa de débito da conta que vale; vazio se não há."""
    linhas = livro.consultar(
        "SELECT banco, convenio FROM remessa WHERE conta = ? AND tipo <> 'COBRANCA' AND situacao <> 'DESCARTADA'"
        " ORDER BY id DESC LIMIT 1",
        (conta,),
    )
    return {"banco": str(linhas[0][0]), "convenio": str(linhas[0][1])} if linhas else {}


def proximo_nsa(livro: Livro, conta: Conta, produto: str) -> int:
    """O número da próxima remessa da conta.

    O da cobrança segue o da conta, ainda que o convênio, num banco que não o usa, se escreva doutra forma.
    """
    proximo = remessas.proximo_nsa(livro, conta.banco, conta.convenio, conta.nsa_inicial, produto)
    if produto != remessas.COBRANCA:
        return proximo
    de_outro = livro.valor(
        "SELECT MAX(nsa) FROM remessa WHERE conta = ? AND banco = ? AND convenio <> ? AND tipo = 'COBRANCA'"
        " AND situacao <> 'DESCARTADA'",
        (conta.codigo, conta.banco, conta.convenio),
    )
    return max(proximo, int(de_outro) + 1) if de_outro else proximo
