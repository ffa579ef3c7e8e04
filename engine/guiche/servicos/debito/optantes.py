"""A lista de optantes do convênio, para a agência cadastrar (S-49..S-53)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiche.bancos.perfil import perfil
from guiche.boleto.contas import conhecido
from guiche.debito.bloqueios import bloqueios, parado_desde
from guiche.debito.composicao import identificacao
from guiche.dominio.cadastro import Cliente, Conta
from guiche.dominio.cpf_cnpj import formatar, limpar
from guiche.dominio.elegibilidade import Regras, escrever_data, recusa_da_autorizacao, recusa_do_cliente
from guiche.dominio.filtros import Filtros, dentro
from guiche.dominio.motivos import Motivo, motivo
from guiche.dominio.texto import contar
from guiche.exame.clientes import com_digito_errado, completados
from guiche.exame.contas import do_debito
from guiche.livro.optantes import ultimos_vencimentos
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.remetente import remetente_da
from guiche.oficio.resultado import Resultado, recusa
from guiche.oficio.saidas import gravar_saida
from guiche.servicos.ato import lendo

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Relatorio

CABECALHO = (
    "Banco", "Agência", "Operação", "Conta", "Dígito", "Nome", "CPF/CNPJ", "Identificação no débito", "Matrícula",
    "Autorizado em", "Cliente",
)  # fmt: skip
VENCE_EM = 30
"""Dias em que uma autorização a vencer já se avisa."""
CABECALHO_PENDENTES = ("Cliente", "Nome", "Banco", "Código", "Motivo", "O que fazer")
AVISO = (
    "As informações foram dadas pelos próprios clientes; sua exatidão é um acordo entre empresa, banco e cliente. "
    "Dados pessoais: entregue só à agência do convênio."
)

Linha = tuple[Any, ...]


@lendo("optantes", com_titulos=False)
def listar_optantes(
    ctx: Contexto,
    cadastros: Cadastros,
    conta: str = "",
    *,
    empresa: tuple[str, str] = ("", ""),
    saidas: Sequence[Path] = (),
    vence_em: int = VENCE_EM,
) -> Resultado:
    """Monta a lista, a grava na pasta de trabalho e em cada saída pedida (.xlsx, .csv ou .pdf).

    Optantes bloqueados, com dados faltando, com dígito que não confere, com a autorização fora de vigor ou de banco em
    que não há conta ficam só na lista de pendências, com a razão: são os mesmos que a remessa não debita. O que é aviso
    (autorização a vencer em até ``vence_em`` dias, quase três meses sem movimento) também vai às pendências, e não tira
    ninguém da lista.
    """
    escolhida = cadastros.conta(conta)
    if achados := do_debito(cadastros, escolhida):
        return recusa("optantes", achados)
    optantes, pendentes = _separar(ctx, cadastros, escolhida, empresa)
    pendentes += avisos(ctx, cadastros, escolhida, {linha[-1] for linha in optantes}, vence_em)
    abas = [("Optantes", CABECALHO, optantes), ("Pendências", CABECALHO_PENDENTES, pendentes)]
    for saida in saidas:
        gravar_saida(saida, abas, lambda: _relatorio(ctx, escolhida, optantes))
    ctx.pasta.gravar("optantes", optantes)
    ctx.pasta.gravar("optantes_pendentes", pendentes)
    ctx.salvar()
    relato = [
        f"Conta {escolhida.codigo}: {contar(len(optantes), 'optante')} para a agência {escolhida.agencia}.",
        f"Pendências: {len(pendentes)}, cada uma com a razão na aba Pendências de optantes.",
        *_sem_regra(escolhida.banco),
        *completados(cadastros),
        *(f"Gravado: {saida}" for saida in saidas),
    ]
    dados = {
        "conta": escolhida.codigo,
        "optantes": [_em_dict(CABECALHO, linha) for linha in optantes],
        "pendentes": [_em_dict(CABECALHO_PENDENTES, linha) for linha in pendentes],
    }
    return Resultado("optantes", tuple(relato), dados, arquivos=tuple(saidas))


def _em_dict(cabecalho: Sequence[str], linha: Linha) -> dict[str, Any]:
    valores = (v.isoformat() if isinstance(v, date) else v for v in linha)
    return dict(zip(cabecalho, valores, strict=True))


def _separar(
    ctx: Contexto, cadastros: Cadastros, conta: Conta, empresa: tuple[str, str]
) -> tuple[list[Linha], list[Linha]]:
    hoje, remetente = ctx.autor.hoje, remetente_da(ctx, conta, cadastros.clientes)
    presos = com_digito_errado(ctx, cadastros, conta.banco) | bloqueios(ctx.livro, remetente)
    regras = Regras(hoje, conta.banco, conta.convenio, hoje, perfil(conta.banco).usa_operacao, Filtros(), presos)
    de_outra_conta = bancos_com_conta(cadastros) - {conta.banco}
    optantes, pendentes = [], []
    for cliente in cadastros.clientes.values():
        if not cliente.optante or not dentro(cliente.empresa, empresa) or cliente.banco in de_outra_conta:
            continue
        if razao := recusa_do_cliente(cliente, cliente.codigo, regras) or recusa_da_autorizacao(cliente, hoje, hoje):
            pendentes.append(_pendente(cliente, razao))
        else:
            optantes.append(_optante(cliente, identificacao(remetente, cliente)))
    optantes.sort(key=lambda linha: (linha[1].rjust(10), linha[3].rjust(20), linha[5]))
    return optantes, pendentes


def bancos_com_conta(cadastros: Cadastros) -> set[str]:
    """Os bancos em que há conta de débito ativa."""
    return {c.banco for c in cadastros.contas.values() if c.produto == "DEBITO" and c.ativa is not False}


def avisos(ctx: Contexto, cadastros: Cadastros, conta: Conta, codigos: Collection[str], vence_em: int) -> list[Linha]:
    """O que convém ver dos optantes que estão em ordem."""
    hoje = ctx.autor.hoje
    enviados = ultimos_vencimentos(ctx.livro, conta.banco, conta.convenio)
    linhas = []
    for codigo in sorted(codigos):
        cliente = cadastros.clientes[codigo]
        razoes = (_a_vencer(cliente, hoje, vence_em), _parado(cliente, enviados.get(codigo, ""), hoje))
        linhas += [_pendente(cliente, razao) for razao in razoes if razao]
    return linhas


def _a_vencer(cliente: Cliente, hoje: date, dias: int) -> Motivo | None:
    fim = cliente.autorizacao_validade
    if fim and fim <= hoje + timedelta(days=dias):
        return motivo("autorizacao_a_vencer", escrever_data(fim))
    return None


def _parado(cliente: Cliente, ultimo: str, hoje: date) -> Motivo | None:
    desde = parado_desde(ultimo, cliente.autorizacao_data, hoje)
    return motivo("sem_movimento", escrever_data(desde)) if desde else None


def _sem_regra(banco: str) -> list[str]:
    frase = f"O dígito das contas do banco {banco} não se conferiu: não se conhece a regra dele."
    return [] if conhecido(banco) else [frase]


def _optante(cliente: Cliente, identidade: str) -> Linha:
    return (
        cliente.banco, cliente.agencia, cliente.operacao, cliente.conta, cliente.conta_dv, cliente.nome,
        formatar(limpar(cliente.cpf_cnpj)), identidade, cliente.matricula, cliente.autorizacao_data, cliente.codigo,
    )  # fmt: skip


def _pendente(cliente: Cliente, razao: Motivo) -> Linha:
    return cliente.codigo, cliente.nome, cliente.banco, razao.codigo, razao.texto, razao.fazer


def _relatorio(ctx: Contexto, conta: Conta, optantes: Sequence[Linha]) -> Relatorio:
    from guiche.documentos.relatorio import Coluna, Relatorio  # noqa: PLC0415

    colunas = (
        Coluna("Agência", 7), Coluna("Oper.", 6), Coluna("Conta", 13), Coluna("Nome", 30), Coluna("CPF/CNPJ", 16),
        Coluna("Identificação no débito", 22), Coluna("Autorizado em", 11),
    )  # fmt: skip
    linhas = [
        (a, op, f"{c}-{dv}" if dv else c, nome, doc, ident, f"{dia:%d/%m/%Y}" if dia else "")
        for _, a, op, c, dv, nome, doc, ident, _, dia, _ in optantes
    ]
    return Relatorio(
        titulo="Clientes optantes do débito automático",
        colunas=colunas,
        linhas=linhas,
        subtitulos=(
            conta.empresa_nome,
            f"Banco {conta.banco}, agência {conta.agencia}, conta {conta.conta}, convênio {conta.convenio}",
        ),
        totais=(("Optantes", str(len(linhas))),),
        observacoes=(AVISO,),
        assinaturas=("Pela empresa", "Pela agência"),
        gerado_em=f"{ctx.autor.agora:%d/%m/%Y %H:%M}",
        orientacao="paisagem",
    )  # fmt: skip
