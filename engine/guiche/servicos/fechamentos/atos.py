"""Conferir e exportar fechamentos: só por aqui os títulos de uma empresa conveniada vão ao banco (S-106)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from guiche.dominio.cadastro import numero_de
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.estados import Efeito, Evento, transicao
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra
from guiche.livro import titulos
from guiche.livro.atos import registrar
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.fechamentos import exigir, membros, para_boletos, para_debito
from guiche.oficio.recebimento import Quitado, desdobrar, receber
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravando
from guiche.servicos.boletos import emissao
from guiche.servicos.debito import gerar as debito


def conferir(ctx: Contexto, conta: str, codigos: Collection[str], *, na_aba: bool = False) -> Resultado:
    """Mostra os fechamentos que iriam a débito, na conta de cada empresa, como em ``gerar.conferir``."""
    return debito.conferir(ctx, conta, Filtros(), lambda c: para_debito(ctx.livro, c, codigos), na_aba=na_aba)


def gerar(ctx: Contexto, conta: str, codigos: Collection[str]) -> Resultado:
    """Gera a remessa de débito dos fechamentos: uma linha por fechamento, na conta da empresa (S-107)."""
    return debito.gerar(ctx, conta, Filtros(), lambda c: para_debito(ctx.livro, c, codigos))


def boletos(ctx: Contexto, conta: str, codigos: Collection[str]) -> Resultado:
    """Um boleto por fechamento, em nome da empresa; só contas de cobrança servem (S-112)."""
    filtros = Filtros(parcial=True, optantes=True)
    return emissao.gerar(ctx, conta, filtros, juntar=True, carteira=lambda c: para_boletos(c, codigos))


def receber_a_mao(ctx: Contexto, codigo: str, *, dia: date, baixar_em: str, conta: str, desconto: int = 0) -> Resultado:
    """Recebe todo o saldo de um fechamento, como quando o banco o recusou e a empresa pagou por fora (S-109).

    O desconto, em centavos, quita os títulos sem que o dinheiro entre.

    Raises:
        ErroDeRegra: ``fechamento.ausente``, ``titulo.bloqueado``, ``titulo.em_boleto`` ou ``titulo.valor``.
    """
    return _receber_a_mao(ctx, codigo, desconto, dia, (baixar_em, conta))


@gravando("receber fechamento")
def _receber_a_mao(
    ctx: Contexto, cadastros: Cadastros, codigo: str, desconto: int, dia: date, destino: tuple[str, str]
) -> Meio:
    baixar_em, conta = destino
    onde = cadastros.conta(conta).codigo if baixar_em == "CONTA" else ""
    valor = _a_receber(ctx, cadastros, codigo)
    if not 0 <= desconto < valor:
        raise ErroDeRegra("titulo.valor", f"o desconto não serve: o fechamento {codigo} deve {escrever_reais(valor)}")
    depois = {"fechamento": codigo, "centavos": valor - desconto, "desconto": desconto or ""}
    ato = registrar(ctx.livro, ctx.autor, "receber fechamento", depois=depois)
    um = Quitado(numero_de(codigo), "", valor, dia.isoformat(), None, 0, desconto)
    receber(ctx.livro, ato, cadastros, desdobrar(ctx.livro, cadastros, [um]), (baixar_em, onde, None))
    yield
    frase = f"Fechamento {codigo}: recebidos R$ {escrever_reais(valor - desconto)}, repartidos pelos seus títulos."
    return Resultado("receber fechamento", (frase,), {"fechamento": codigo})


def _a_receber(ctx: Contexto, cadastros: Cadastros, codigo: str) -> int:
    exigir(cadastros, [codigo])
    situacao = titulos.situacao(ctx.livro, numero_de(codigo))
    passo = transicao(situacao.estado, Evento.PAGAR, liberada=situacao.liberada)
    if passo.efeito is Efeito.RECUSA:
        raise ErroDeRegra("titulo.bloqueado", f"fechamento {codigo} (remessa {situacao.remessa}): {passo.aviso}")
    numeros = [t.numero for t in membros(cadastros).get(codigo, ())]
    presos = [s.boleto for s in titulos.situacoes(ctx.livro, numeros).values() if s.boleto]
    if presos:
        raise ErroDeRegra("titulo.em_boleto", f"o fechamento {codigo} está no boleto {presos[0]}")
    (titulo,) = para_debito(ctx.livro, cadastros, [codigo]).titulos
    if titulo.valor <= 0:
        raise ErroDeRegra("titulo.valor", f"o fechamento {codigo} não tem saldo a receber")
    return titulo.valor
