"""A remessa de boletos: leva ao banco o que está na fila, na ordem em que se pediu (S-91, S-95)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from guiche.arquivos.cobranca import ler_titulos
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.nomes import pasta_de_dentro
from guiche.dominio.texto import contar
from guiche.livro import arquivos, boletos, pedidos, remessas
from guiche.livro.atos import proximo_id, registrar
from guiche.livro.remessas import COBRANCA, Remessa
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos
from guiche.oficio.entrega import exportar_arquivo, nome_livre
from guiche.oficio.nome import nome_da_remessa
from guiche.oficio.resultado import Resultado
from guiche.remessa.composicao import Remessa as Composta
from guiche.servicos.ato import Meio, entregando_o_retomado, gravar, lendo_contratos
from guiche.servicos.boletos.emissao import recusa_da_conta
from guiche.servicos.cobranca.selecao import Selecao, selecionar
from guiche.servicos.supervisao.aprovacao import Pendencia, pedir, pendencia
from guiche.vistas.abas import levar_a_conferencia


@lendo_contratos("boletos")
def conferir(
    ctx: Contexto,
    cadastros: Cadastros,
    contratos: Contratos,
    conta: str,
    codigos: Collection[int] = (),
    *,
    na_aba: bool = False,
) -> Resultado:
    """Mostra o que a remessa levaria e por que o resto fica. Não consome NSA nem muda boleto algum.

    Com ``na_aba``, leva o relatório, pedido a pedido, à aba Conferência; sem isso, não escreve nada.
    """
    escolhida = cadastros.conta(conta, COBRANCA, inativa=True)
    if recusada := recusa_da_conta(ctx, cadastros, contratos, escolhida, "remessa de boletos"):
        return recusada
    selecao = selecionar(ctx, escolhida, contratos.da_conta(escolhida), codigos)
    relato = (f"Conferência da remessa de boletos da conta {escolhida.codigo}: nada foi gravado.", *selecao.relato())
    relato += tuple(_das_inativas(ctx, cadastros, escolhida))
    feito = Resultado("conferir remessa", relato, selecao.dados(), selecao.avisos(), vazio=not selecao.itens)
    return levar_a_conferencia(ctx, feito, _conferencia(ctx, selecao)) if na_aba else feito


@entregando_o_retomado
@lendo_contratos("boletos")
def gerar(
    ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: str, codigos: Collection[int] = ()
) -> Resultado:
    """Gera a remessa com o que está na fila: livro, arquivo, pasta de trabalho, nessa ordem.

    ``codigos``, se dados, são os boletos que ela leva; os outros continuam na fila.

    Raises:
        ErroDeRegra: ``remessa.formato``, se o contrato não diz qual dos formatos do banco; ``remessa.nome``;
            ``aprovacao.falta``, se o total passa do limite e outra pessoa ainda não o aprovou.
        ErroDeCampo: falta um dado da empresa que o banco pede.
    """
    escolhida = cadastros.conta(conta, COBRANCA, inativa=True)
    if recusada := recusa_da_conta(ctx, cadastros, contratos, escolhida, "remessa de boletos"):
        return recusada
    return gravar(ctx, cadastros, _gerar(ctx, cadastros, escolhida, contratos.da_conta(escolhida), codigos))


def _gerar(ctx: Contexto, cadastros: Cadastros, escolhida: Conta, contrato: Cobranca, codigos: Collection[int]) -> Meio:
    ctx.progresso("Compondo a remessa…")
    selecao = selecionar(ctx, escolhida, contrato, codigos)
    if falta := _por_aprovar(ctx, selecao):
        yield from pedir(ctx, falta)
    remessa = _gravar(ctx, selecao, selecao.composta) if selecao.composta else None
    yield
    conferencia = _conferencia(ctx, selecao)
    if remessa is None:
        relato = ("Nada a enviar: nada foi gerado.", *selecao.relato(), *_das_inativas(ctx, cadastros, escolhida))
        return Resultado("remessa de boletos", relato, selecao.dados(), conferencia=conferencia)
    caminho = exportar_arquivo(ctx, remessa)
    relato = (
        f"Remessa {remessa.id} gerada (NSA {remessa.nsa}, {selecao.receita.layout.por_extenso}): {caminho.name}.",
        *selecao.relato(),
        f"Envie o arquivo ao banco e depois marque a remessa {remessa.id} como transmitida.",
        *_das_inativas(ctx, cadastros, escolhida),
    )
    dados = selecao.dados() | {"remessa": remessa.id, "nsa": remessa.nsa, "sha256": remessa.sha256}
    ctx.progresso("Atualizando a pasta de trabalho…")
    return Resultado("remessa de boletos", relato, dados, selecao.avisos(), (caminho,), conferencia=conferencia)


def _das_inativas(ctx: Contexto, cadastros: Cadastros, escolhida: Conta) -> Iterator[str]:
    """O que as contas desativadas ainda têm a mandar: nenhuma outra remessa o leva."""
    desativadas = (c for c in cadastros.contas.values() if c.produto == COBRANCA and c.ativa is False)
    for conta in desativadas:
        quantos = 0 if conta is escolhida else len(pedidos.na_fila(ctx.livro, conta.codigo))
        if quantos:
            dita = f"A conta {conta.codigo}, desativada, ainda tem {contar(quantos, 'pedido')} na fila"
            yield f"{dita}: escolha-a e gere a remessa dela."


def _conferencia(ctx: Contexto, selecao: Selecao) -> list[tuple[Any, ...]]:
    todos = {item.boleto.id for item in (*selecao.itens, *(item for item, _ in selecao.fora))}
    return selecao.linhas_da_conferencia(boletos.partes(ctx.livro, todos))


def _por_aprovar(ctx: Contexto, selecao: Selecao) -> Pendencia | None:
    itens = [
        (i.boleto.id, i.boleto.valor, i.boleto.vencimento, i.pedido.comando, i.pedido.dados) for i in selecao.itens
    ]
    return pendencia(ctx, selecao.conta.codigo, selecao.total, itens)


# --- o que se grava ---


def _gravar(ctx: Contexto, selecao: Selecao, composta: Composta) -> Remessa:
    livro, conta, agora = ctx.livro, selecao.conta, ctx.autor.agora
    resumo = {"conta": conta.codigo, "pedidos": len(selecao.itens), "centavos": selecao.total}
    ato = registrar(livro, ctx.autor, "remessa de boletos", depois=resumo)
    nome = nome_livre(ctx, _nome(ctx, selecao), selecao.nsa)
    remessa = Remessa(
        id=proximo_id(livro, "remessa"),
        conta=conta.codigo,
        banco=conta.banco,
        convenio=conta.convenio,
        versao=selecao.receita.layout.apelido,
        nsa=selecao.nsa,
        tipo=COBRANCA,
        situacao="ATIVA",
        origem_id=None,
        sha256=arquivos.guardar(livro, nome, composta.conteudo),
        arquivo=(pasta_de_dentro(conta.pasta_remessas or "remessas") / nome).as_posix(),
        linhas=len(selecao.itens),
        total_debito=selecao.total,
        total_cancelamento=0,
        gerada_em=agora.isoformat(sep=" ", timespec="seconds"),
        usuario=ctx.autor.usuario,
        exportada_em=None,
        transmitida_em=None,
        confirmada_em=None,
    )
    remessas.abrir(livro, ato, remessa)
    pedidos.enviar(livro, remessa.id, [i.pedido.id for i in selecao.itens])
    escritos = ler_titulos(composta.conteudo, nome)
    boletos.guardar_no_banco(livro, (
        (titulo.nosso_numero, item.boleto.id) for titulo, item in zip(escritos, selecao.itens, strict=True)
        if titulo.nosso_numero and titulo.nosso_numero.strip("0")
    ))  # fmt: skip
    return remessa


def _nome(ctx: Contexto, selecao: Selecao) -> str:
    return nome_da_remessa(selecao.conta, selecao.cobranca, selecao.receita, selecao.nsa, ctx.autor.hoje)
