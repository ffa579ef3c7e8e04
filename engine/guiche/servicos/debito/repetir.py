"""Quando reenviar o débito que o banco recusou por falta de saldo ou de limite (I-31)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from guiche.bancos.codigos import CodigoRetorno, interpretar
from guiche.bancos.perfil import perfil
from guiche.debito.bloqueios import bloqueios
from guiche.dominio.cadastro import Conta, Titulo
from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import (
    NUNCA_ENVIADO,
    Regras,
    Situacao,
    recusa_da_autorizacao,
    recusa_do_cliente,
    recusa_do_titulo,
    saldo,
)
from guiche.dominio.estados import Estado
from guiche.dominio.filtros import Filtros
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.exame.clientes import com_digito_errado
from guiche.livro import titulos
from guiche.livro.retornos import NaoDebitado, nao_debitados
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.remetente import remetente_da
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import lendo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.debito.selecao import minimo_da_conta

REPETICOES = 2
"""Quantas vezes se reenvia, depois da primeira, sem pedir outra coisa ao cliente. É costume, não lei."""
INTERVALO = 3
"""Dias corridos entre uma recusa e a nova tentativa."""
_LIVRES = frozenset({Estado.LIVRE, Estado.CANCELADO})


class Proposta(NamedTuple):
    """Um título recusado e o dia em que convém reenviá-lo; sem dia, por que não."""

    titulo: Titulo
    valor: int
    recusado: NaoDebitado
    lido: CodigoRetorno
    tentativas: int
    dia: date | None
    razao: str


@lendo("debito-repetir")
def propor(
    ctx: Contexto, cadastros: Cadastros, conta: str = "", *, vezes: int = REPETICOES, no_dia: int | None = None
) -> Resultado:
    """Mostra na aba Reenvios cada título recusado por saldo ou limite, com o dia proposto.

    O dia respeita a antecedência do convênio, ``INTERVALO`` dias depois da recusa e o expediente bancário. Com
    ``no_dia`` (1 a 31), espera-se esse dia do mês, o do salário. Recusa definitiva não se propõe.
    """
    escolhida = cadastros.conta(conta)
    propostas = _propostas(ctx, cadastros, escolhida, vezes, no_dia)
    ctx.pasta.gravar("reenvios", [_linha(p, cadastros) for p in propostas])
    ctx.salvar()
    com_dia = [p for p in propostas if p.dia]
    relato = [f"A reenviar: {contar(len(com_dia), 'título')}. Não se propõem: {len(propostas) - len(com_dia)}."]
    por_dia = Counter(p.dia for p in com_dia if p.dia)
    relato += [f"  {dia:%d/%m/%Y}: {quantos}" for dia, quantos in sorted(por_dia.items())]
    if com_dia:
        relato.append("Para enviá-los, cada um no seu dia: Reenviar o plano.")
    return Resultado("debito-repetir", tuple(relato), {"reenvios": [_em_dict(p) for p in propostas]})


@lendo("debito-reenviar")
def reenviar(
    ctx: Contexto, cadastros: Cadastros, conta: str = "", *, vezes: int = REPETICOES, no_dia: int | None = None
) -> Resultado:
    """Gera a remessa do plano: só os seus títulos, cada um no dia proposto.

    Raises:
        ErroDeRegra: ``reenvio.vazio``, se o plano não tem título a reenviar.
    """
    propostas = _propostas(ctx, cadastros, cadastros.conta(conta), vezes, no_dia)
    dias = {p.titulo.numero: p.dia for p in propostas if p.dia}
    if not dias:
        raise ErroDeRegra("reenvio.vazio", "o plano não tem nenhum título a reenviar")
    return replace(gerar(ctx, conta, Filtros(parcial=True, dias=dias)), ato="debito-reenviar")


def _propostas(ctx: Contexto, cadastros: Cadastros, conta: Conta, vezes: int, no_dia: int | None) -> list[Proposta]:
    recusas = _por_titulo(ctx, conta)
    situacoes = titulos.situacoes(ctx.livro, recusas)
    hoje, remetente = ctx.autor.hoje, remetente_da(ctx, conta, cadastros.clientes)
    minimo = minimo_da_conta(conta, perfil(conta.banco), hoje, cadastros)
    presos = com_digito_errado(ctx, cadastros, conta.banco) | bloqueios(ctx.livro, remetente)
    regras = Regras(
        hoje, conta.banco, conta.convenio, minimo, remetente.perfil.usa_operacao, Filtros(parcial=True), presos
    )
    achadas = []
    for titulo in cadastros.titulos:
        situacao = situacoes.get(titulo.numero, NUNCA_ENVIADO)
        if titulo.numero not in recusas or situacao.estado not in _LIVRES or _fechado(titulo, situacao, regras):
            continue
        ultima = recusas[titulo.numero][-1]
        lido = interpretar(conta.banco, ultima.versao, str(ultima.movimento), ultima.codigo)
        tentativas = len(recusas[titulo.numero])
        dia = _dia(ultima, minimo, cadastros.calendario, no_dia)
        razao = _impede(cadastros, titulo, regras, lido, dia)
        if not razao and tentativas > vezes:
            razao = f"já se tentou {tentativas} vezes: combine com o cliente outra forma de pagar"
        valor = saldo(titulo, situacao)
        achadas.append(Proposta(titulo, valor, ultima, lido, tentativas, None if razao else dia, razao))
    return achadas


def _por_titulo(ctx: Contexto, conta: Conta) -> Mapping[str, Sequence[NaoDebitado]]:
    por: dict[str, list[NaoDebitado]] = defaultdict(list)
    for recusado in nao_debitados(ctx.livro, conta.banco, conta.convenio):
        por[recusado.titulo].append(recusado)
    return por


def _fechado(titulo: Titulo, situacao: Situacao, regras: Regras) -> bool:
    """Já pago, encerrado, em boleto ou em fechamento: não se reenvia por aqui."""
    return recusa_do_titulo(titulo, situacao, regras.filtros) is not None


def _impede(cadastros: Cadastros, titulo: Titulo, regras: Regras, lido: CodigoRetorno, dia: date) -> str:
    if not lido.de_saldo:
        return lido.acao
    cliente = cadastros.clientes.get(titulo.cliente)
    razao = recusa_do_cliente(cliente, titulo.cliente, regras)
    if razao is None and cliente is not None:
        razao = recusa_da_autorizacao(cliente, dia, regras.hoje)
    return razao.texto if razao else ""


def _dia(recusado: NaoDebitado, minimo: date, calendario: Calendario, no_dia: int | None) -> date:
    """O primeiro dia útil que serve a todos."""
    ultimo = date.fromisoformat(recusado.vencimento or recusado.importado_em[:10])
    dia = max(minimo, ultimo + timedelta(days=INTERVALO))
    while no_dia and dia.day != no_dia and not _ultimo_antes(dia, no_dia):
        dia += timedelta(days=1)
    return calendario.proximo_util(dia)


def _ultimo_antes(dia: date, no_dia: int) -> bool:
    """O último dia de um mês que não chega ao dia pedido."""
    amanha = dia + timedelta(days=1)
    return amanha.day == 1 and dia.day < no_dia


def _linha(p: Proposta, cadastros: Cadastros) -> tuple[Any, ...]:
    cliente = cadastros.clientes.get(p.titulo.cliente)
    return (
        p.titulo.numero, p.titulo.cliente, cliente.nome if cliente else "", para_reais(p.valor),
        date.fromisoformat(p.recusado.importado_em[:10]), p.recusado.codigo, p.lido.texto, p.tentativas, p.dia,
        p.razao or "Reenviar o plano",
    )  # fmt: skip


def _em_dict(p: Proposta) -> dict[str, Any]:
    return {
        "titulo": p.titulo.numero,
        "cliente": p.titulo.cliente,
        "valor": str(para_reais(p.valor)),
        "codigo": p.recusado.codigo,
        "motivo": p.lido.texto,
        "tentativas": p.tentativas,
        "reenviar_em": p.dia.isoformat() if p.dia else None,
        "razao": p.razao or None,
    }
