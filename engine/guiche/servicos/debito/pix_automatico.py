"""A lista de migração ao Pix Automático, com os campos da API do Banco Central, e o recado a cada cliente (I-10).

Fonte dos nomes: a API Pix do Banco Central (openapi 2.9.0), objetos ``rec`` e ``solicrec``. Nada se envia: a lista se
leva ao provedor que a empresa contratou.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from guiche.dominio.cadastro import Cliente, Conta
from guiche.dominio.cpf_cnpj import limpar, tipo
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, saldo
from guiche.dominio.texto import contar
from guiche.layout.carga import ler_toml
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import gravar_saida
from guiche.oficio.situacoes import de_todos
from guiche.servicos.ato import lendo
from guiche.servicos.debito.optantes import bancos_com_conta

CABECALHO = (
    "rec.vinculo.contrato", "rec.vinculo.objeto", "rec.vinculo.devedor.cpf", "rec.vinculo.devedor.cnpj",
    "rec.vinculo.devedor.nome", "rec.calendario.dataInicial", "rec.calendario.dataFinal",
    "rec.calendario.periodicidade", "rec.valor.valorRec", "rec.valor.valorMinimoRecebedor", "rec.politicaRetentativa",
    "rec.recebedor.convenio", "solicrec.destinatario.cpf", "solicrec.destinatario.cnpj",
    "solicrec.destinatario.ispbParticipante", "solicrec.destinatario.agencia", "solicrec.destinatario.conta",
    "solicrec.calendario.dataExpiracaoSolicitacao", "cliente", "banco", "celular", "email", "mensagem",
)  # fmt: skip
_RESPONDER_EM = 30
"""Dias que o cliente tem para autorizar no aplicativo do banco."""


@lendo("pix automático")
def listar(
    ctx: Contexto, cadastros: Cadastros, conta: str = "", *, todos: bool = False, saidas: Sequence[Path] = ()
) -> Resultado:
    """Os optantes de banco em que não há conta de débito; com ``todos``, todos os optantes.

    O valor fica em branco (variável): quem cobra sempre o mesmo o preenche em ``valorRec``. CPF ou CNPJ que não
    confere e banco cujo ISPB não se conhece vão em branco, e se contam.
    """
    escolhida = cadastros.conta(conta)
    com_conta = bancos_com_conta(cadastros)
    escolhidos = [c for c in cadastros.clientes.values() if c.optante and (todos or c.banco not in com_conta)]
    datas = _primeiros_vencimentos(ctx, cadastros)
    linhas = [_linha(c, escolhida, datas.get(c.codigo), ctx.autor.hoje) for c in escolhidos]
    for saida in saidas:
        gravar_saida(saida, [("Pix Automático", CABECALHO, linhas)])
    em_dicts = [dict(zip(CABECALHO, linha, strict=True)) for linha in linhas]
    sem_documento = sum(not (d[CABECALHO[2]] or d[CABECALHO[3]]) for d in em_dicts)
    sem_ispb = sum(not d["solicrec.destinatario.ispbParticipante"] for d in em_dicts)
    relato = [f"A migrar ao Pix Automático: {contar(len(linhas), 'optante')}."]
    if sem_documento or sem_ispb:
        relato.append(f"A completar: {sem_documento} sem CPF ou CNPJ certo, {sem_ispb} sem o ISPB do banco.")
    relato += [f"Gravado: {saida}" for saida in saidas]
    return Resultado("pix automático", tuple(relato), {"optantes": em_dicts}, arquivos=tuple(saidas))


def _primeiros_vencimentos(ctx: Contexto, cadastros: Cadastros) -> Mapping[str, date]:
    """Cliente → o primeiro vencimento de hoje em diante do que ele deve."""
    situacoes = de_todos(ctx, cadastros)
    primeiros: dict[str, date] = {}
    for t in sorted(cadastros.titulos, key=lambda t: t.vencimento):
        deve = saldo(t, situacoes.get(t.numero, NUNCA_ENVIADO)) > 0 and not t.encerrado
        if deve and t.vencimento >= ctx.autor.hoje:
            primeiros.setdefault(t.cliente, t.vencimento)
    return primeiros


def _linha(cliente: Cliente, conta: Conta, inicio: date | None, hoje: date) -> tuple[Any, ...]:
    documento = limpar(cliente.cpf_cnpj)
    qual = tipo(documento)
    cpf, cnpj = (documento if qual == "CPF" else ""), (documento if qual == "CNPJ" else "")
    objeto = cliente.autorizacao_finalidade or f"Compras em {conta.empresa_nome}"
    return (
        cliente.id_no_debito or cliente.codigo, objeto, cpf, cnpj, cliente.nome,
        _iso(inicio or hoje), _iso(cliente.autorizacao_validade), "MENSAL", "", "", "NAO_PERMITE", conta.convenio,
        cpf, cnpj, ispb(cliente.banco), cliente.agencia, f"{cliente.conta}{cliente.conta_dv}",
        _iso(hoje + timedelta(days=_RESPONDER_EM)), cliente.codigo, cliente.banco, cliente.celular, cliente.email,
        mensagem(cliente, conta),
    )  # fmt: skip


def _iso(dia: date | None) -> str:
    return dia.isoformat() if dia else ""


def ispb(banco: str) -> str:
    """O código do banco no Pix; vazio se não se conhece."""
    return str(ler_toml("leitura/ispb")["ispb"].get(banco, ""))


def mensagem(cliente: Cliente, conta: Conta) -> str:
    """O que se diz ao cliente."""
    return (
        f"{cliente.nome}, o débito em conta de {conta.empresa_nome} passa ao Pix Automático. Você vai receber no "
        "aplicativo do seu banco um pedido de autorização: confira o nome da empresa, escolha se quer um valor máximo "
        "e autorize. Você pode cancelar quando quiser, no próprio aplicativo. Não pedimos senha nem código."
    )
