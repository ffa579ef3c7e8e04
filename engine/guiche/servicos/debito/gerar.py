"""Conferir e gerar a remessa de débito automático (S-13..S-35)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from guiche.debito.bloqueios import bloqueios
from guiche.debito.composicao import CANCELAMENTO, DEBITO, Item, Remetente, compor
from guiche.debito.fila import Cadastrais, a_enviar
from guiche.dominio.estados import EM_CURSO, Estado, Evento, transicao
from guiche.dominio.filtros import Filtros
from guiche.dominio.motivos import motivo
from guiche.dominio.texto import contar
from guiche.erros import ErroDeCampo
from guiche.exame.clientes import com_digito_errado, completados
from guiche.exame.contas import do_debito
from guiche.livro import arquivos, remessas
from guiche.livro.atos import proximo_id, registrar
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.oficio.cadastros import Cadastros, Carteira, todos
from guiche.oficio.chave import recusa_se_mudou
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import exportar_arquivo
from guiche.oficio.fechamentos import congelar
from guiche.oficio.mudados import relato as relato_dos_mudados
from guiche.oficio.remetente import remetente_da
from guiche.oficio.resultado import Resultado, recusa
from guiche.servicos.ato import Meio, entregando_o_retomado, gravando, lendo
from guiche.servicos.debito.gravacao import gravar_remessa
from guiche.servicos.debito.manutencao import a_manter
from guiche.servicos.debito.selecao import Selecao, selecionar
from guiche.servicos.supervisao.aprovacao import Pendencia, pedir, pendencia
from guiche.vistas.abas import levar_a_conferencia
from guiche.vistas.cadastramentos import com_os_aceitos


@lendo("conferir")
def conferir(
    ctx: Contexto,
    cadastros: Cadastros,
    conta: str = "",
    filtros: Filtros | None = None,
    carteira: Carteira = todos,
    *,
    na_aba: bool = False,
) -> Resultado:
    """Mostra o que a remessa levaria e por que o resto fica fora. Não consome NSA nem muda título algum (S-31).

    Com ``na_aba``, leva o relatório, título a título, à aba Conferência; sem isso, não escreve nada.
    """
    if mudou := recusa_se_mudou(ctx, "conferir", cadastros.conta(conta)):
        return mudou
    if achados := do_debito(cadastros, cadastros.conta(conta)):
        return recusa("conferir", achados)
    selecao = _selecionar(ctx, carteira(cadastros), conta, filtros)
    cadastrais = _cadastrais(ctx, remetente_da(ctx, selecao.conta, selecao.clientes), carteira)
    manter = a_manter(ctx.livro, selecao)
    do_cadastro = [
        *_da_manutencao(manter),
        *(cadastrais.relato() if cadastrais else []),
        *relato_dos_mudados(ctx.livro, cadastros),
        *completados(cadastros),
    ]
    relato = [f"Conferência da conta {selecao.conta.codigo}: nada foi gravado.", *selecao.relato(), *do_cadastro]
    vazio = not (selecao.ha() or manter or (cadastrais and cadastrais.ha()))
    feito = Resultado("conferir", tuple(relato), selecao.dados(), detalhar=selecao.detalhar, vazio=vazio)
    return levar_a_conferencia(ctx, feito, selecao.linhas_da_conferencia()) if na_aba else feito


@entregando_o_retomado
@gravando("gerar", dizendo="Lendo a pasta de trabalho…")
def gerar(
    ctx: Contexto, cadastros: Cadastros, conta: str = "", filtros: Filtros | None = None, carteira: Carteira = todos
) -> Meio:
    """Gera a remessa: livro, arquivo, pasta de trabalho, nessa ordem.

    Sem título a enviar nada se gera nem se consome. Títulos cujos dados o banco não
    aceita ficam fora, com a razão; o arquivo nunca leva dado cortado.

    Raises:
        ErroDeRegra: ``aprovacao.falta``, se o total passa do limite e outra pessoa ainda não o aprovou.
    """
    if mudou := recusa_se_mudou(ctx, "gerar", cadastros.conta(conta)):
        return mudou
    if achados := do_debito(cadastros, cadastros.conta(conta)):
        return recusa("gerar", achados)
    ctx.progresso("Escolhendo os títulos…")
    mudados = [*relato_dos_mudados(ctx.livro, cadastros), *completados(cadastros)]
    selecao = _selecionar(ctx, carteira(com_os_aceitos(ctx, cadastros)), conta, filtros)
    if falta := _por_aprovar(ctx, selecao):
        yield from pedir(ctx, falta)
    remessa, do_cadastro = _gravar(ctx, selecao, carteira)
    if remessa:
        congelar(ctx.livro, cadastros, remessa.id)
    yield
    if remessa is None:
        relato = ["Nenhum título a enviar: nada foi gerado.", *selecao.relato(), *do_cadastro, *mudados]
        feito = Resultado("gerar", tuple(relato), selecao.dados(), detalhar=selecao.detalhar)
    else:
        ctx.progresso("Gravando o arquivo…")
        feito = _relatar(selecao, remessa, exportar_arquivo(ctx, remessa), [*do_cadastro, *mudados])
        ctx.progresso("Atualizando a pasta de trabalho…")
    return replace(feito, conferencia=selecao.linhas_da_conferencia())


def _por_aprovar(ctx: Contexto, selecao: Selecao) -> Pendencia | None:
    debitos = [_item(selecao, n) for n, d in enumerate(selecao.decisoes) if d.destino == "DEBITAR"]
    return pendencia(ctx, selecao.conta.codigo, sum(i.valor for i in debitos), debitos)


def _selecionar(ctx: Contexto, cadastros: Cadastros, conta: str, filtros: Filtros | None) -> Selecao:
    """Seleciona e tira da seleção os títulos cujos dados o layout do banco não aceita."""
    escolhida = cadastros.conta(conta)
    bloqueados = com_digito_errado(ctx, cadastros, escolhida.banco) | bloqueios(
        ctx.livro, remetente_da(ctx, escolhida, cadastros.clientes)
    )
    selecao = selecionar(ctx, cadastros, escolhida, filtros or Filtros(), bloqueados)
    return _sem_o_que_nao_cabe(ctx, selecao)


def _sem_o_que_nao_cabe(ctx: Contexto, selecao: Selecao) -> Selecao:
    """Põe fora, com a razão, cada débito que não cabe nos campos do banco."""
    remetente = remetente_da(ctx, selecao.conta, selecao.clientes)
    compor(remetente, [], nsa=1, hoje=ctx.autor.hoje)  # recusa já a versão ou o cabeçalho que não serve
    debitos = [(n, d) for n, d in enumerate(selecao.decisoes) if d.destino == "DEBITAR"]
    itens = [_item(selecao, n) for n, _ in debitos]
    try:
        if itens:
            compor(remetente, itens, nsa=1, hoje=ctx.autor.hoje)
    except ErroDeCampo:
        decisoes = list(selecao.decisoes)
        for (n, decisao), item in zip(debitos, itens, strict=True):
            if razao := _nao_cabe(remetente, item, ctx.autor.hoje):
                decisoes[n] = decisao._replace(destino="FORA", motivo=motivo("campo", razao))
        return Selecao(
            selecao.conta, selecao.perfil, selecao.regras, selecao.clientes, selecao.titulos, selecao.situacoes,
            decisoes, selecao.orfaos,
        )  # fmt: skip
    return selecao


def _nao_cabe(remetente: Remetente, item: Item, hoje: date) -> str:
    try:
        compor(remetente, [item], nsa=1, hoje=hoje)
    except ErroDeCampo as erro:
        return erro.mensagem
    return ""


def _item(selecao: Selecao, n: int) -> Item:
    titulo, decisao = selecao.titulos[n], selecao.decisoes[n]
    return Item(titulo.numero, titulo.cliente, DEBITO, decisao.vencimento or titulo.vencimento, decisao.valor, 0)


def _gravar(ctx: Contexto, selecao: Selecao, carteira: Carteira) -> tuple[Remessa | None, list[str]]:
    """Monta os itens e grava a remessa, na transação do ato; ``None`` se não há o que enviar.

    Devolve também o que se diz do que vai, ou não vai, sobre os optantes.
    """
    debitos = [n for n, d in enumerate(selecao.decisoes) if d.destino == "DEBITAR"]
    cancelar = _linhas_a_cancelar(ctx, selecao)
    remetente = remetente_da(ctx, selecao.conta, selecao.clientes)
    cadastrais = _cadastrais(ctx, remetente, carteira)
    manter = a_manter(ctx.livro, selecao)
    relato = [*_da_manutencao(manter), *(cadastrais.relato() if cadastrais else [])]
    if not (debitos or cancelar or manter or (cadastrais and cadastrais.ha())):
        return None, relato
    n, debitar, m, total = selecao.totais()
    resumo = {"conta": selecao.conta.codigo, "debitos": n, "manutencoes": len(manter), "centavos_a_debitar": debitar,
              "cancelamentos": m, "centavos_a_cancelar": total}  # fmt: skip
    ato = registrar(ctx.livro, ctx.autor, "gerar", depois=resumo)
    pedidos = [linha for linha in cancelar if linha.estado == Estado.ENVIADO]
    remessas.mudar_estados(ctx.livro, ato, Evento.ESTORNAR_TITULO, _mudancas(pedidos, Evento.ESTORNAR_TITULO))
    base = proximo_id(ctx.livro, "linha")
    a_debitar = [_item(selecao, n) for n in debitos] + manter
    itens = [item._replace(cadeia=base + i) for i, item in enumerate(a_debitar)]
    itens += repetir(ctx, cancelar)
    return gravar_remessa(ctx, ato, remetente, itens, cadastrais=cadastrais), relato


def _da_manutencao(itens: Sequence[Item]) -> list[str]:
    return [f"De valor zero, para manter o cadastro: {contar(len(itens), 'optante')}."] if itens else []


def _cadastrais(ctx: Contexto, remetente: Remetente, carteira: Carteira) -> Cadastrais | None:
    """O que a remessa diz ao banco sobre os optantes; nos fechamentos as linhas são de empresas, e nada se diz."""
    return a_enviar(ctx.livro, remetente, ctx.autor.hoje) if carteira is todos else None


def _mudancas(linhas: Sequence[LinhaEnviada], evento: Evento) -> list[tuple[int, int, int]]:
    return [(linha.id, linha.estado, transicao(linha.estado, evento).para) for linha in linhas]


def _linhas_a_cancelar(ctx: Contexto, selecao: Selecao) -> list[LinhaEnviada]:
    banco, convenio = selecao.conta.banco, selecao.conta.convenio
    vigentes = {linha.id: linha for linha in remessas.vigentes(ctx.livro, banco, convenio, EM_CURSO)}
    ids = [selecao.situacoes[t.numero].linha_id for t, _ in selecao.com_destino("CANCELAR")]
    return [vigentes[i] for i in ids] + list(selecao.orfaos)


def repetir(ctx: Contexto, linhas: Sequence[LinhaEnviada], *, liberar: bool = False) -> list[Item]:
    """Cancelamentos das linhas dadas: cada um repete a linha original, só com o movimento trocado (S-62).

    Com ``liberar``, o título do débito ainda não cancelado fica livre (S-64); o de um que já se cancelava, como estava.
    """
    textos: dict[int, list[str]] = {}
    itens = []
    for linha in linhas:
        if linha.remessa_id not in textos:
            remessa = remessas.buscar(ctx.livro, linha.remessa_id)
            conteudo = arquivos.recuperar(ctx.livro, remessa.sha256) if remessa else b""
            textos[linha.remessa_id] = conteudo.decode("ascii").splitlines()
        original = textos[linha.remessa_id][linha.seq - 1]
        vencimento = date.fromisoformat(linha.vencimento)
        dados = (linha.titulo, linha.cliente, CANCELAMENTO, vencimento, linha.valor, linha.cadeia)
        livre = liberar and (linha.movimento == DEBITO or bool(linha.liberada))
        itens.append(Item(*dados, original, linha.id, livre))
    return itens


def _relatar(selecao: Selecao, remessa: Remessa, caminho: Path, do_cadastro: Sequence[str]) -> Resultado:
    relato = [
        f"Remessa {remessa.id} gerada (NSA {remessa.nsa}): {caminho.name}.",
        *selecao.relato(),
        *do_cadastro,
        f"Envie o arquivo ao banco e depois marque a remessa {remessa.id} como transmitida.",
    ]
    dados = selecao.dados() | {"remessa": remessa.id, "nsa": remessa.nsa, "sha256": remessa.sha256}
    return Resultado("gerar", tuple(relato), dados, arquivos=(caminho,), detalhar=selecao.detalhar)
