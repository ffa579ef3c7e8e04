"""Conferir e gerar boletos (S-66..S-80)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from guiche.dominio.cadastro import Conta
from guiche.dominio.filtros import Filtros, tipos_sem_titulo
from guiche.dominio.texto import contar
from guiche.exame.clientes import completados
from guiche.exame.contas import dos_boletos
from guiche.livro import boletos, numeracao
from guiche.livro import pedidos as cobranca_do_livro
from guiche.livro.atos import registrar
from guiche.livro.boletos import Boleto
from guiche.oficio.cadastros import Cadastros, Carteira, todos
from guiche.oficio.chave import recusa_se_mudou
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos
from guiche.oficio.faixa import aviso_da_faixa
from guiche.oficio.resultado import Resultado, recusa
from guiche.servicos.ato import Meio, gravar, lendo_contratos, retomando
from guiche.servicos.boletos.exigencias import desenha_se
from guiche.servicos.boletos.impressao import Saida, gravar_pdf
from guiche.servicos.boletos.preparo import Preparo, preparar
from guiche.servicos.boletos.selecao import SelecaoDeBoletos, selecionar
from guiche.vistas.abas import levar_a_conferencia


class Emissao(NamedTuple):
    """De que se fazem boletos."""

    conta: str
    filtros: Filtros
    juntar: bool
    carteira: Carteira


def conferir(
    ctx: Contexto,
    conta: str,
    filtros: Filtros,
    *,
    juntar: bool,
    carteira: Carteira = todos,
    na_aba: bool = False,
) -> Resultado:
    """Mostra os boletos que se emitiriam e por que o resto fica fora. Não gasta nosso número (S-78).

    Com ``na_aba``, leva o relatório, título a título, à aba Conferência; sem isso, não escreve nada.
    """
    return _conferir(ctx, Emissao(conta, filtros, juntar, carteira), na_aba=na_aba)


@lendo_contratos("boletos")
def _conferir(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, que: Emissao, *, na_aba: bool) -> Resultado:
    if recusada := recusa_da_conta(ctx, cadastros, contratos, cadastros.conta(que.conta, "COBRANCA")):
        return recusada
    selecao = _preparar(ctx, cadastros, contratos, que).selecao
    relato = [
        f"Conferência de boletos da conta {selecao.conta.codigo}: nada foi gravado.",
        *selecao.relato(),
        *_ditos(cadastros, que.filtros),
    ]
    vazio = not selecao.grupos
    feito = Resultado("conferir boletos", tuple(relato), selecao.dados(), detalhar=selecao.detalhar, vazio=vazio)
    return levar_a_conferencia(ctx, feito, selecao.linhas_da_conferencia()) if na_aba else feito


def gerar(
    ctx: Contexto,
    conta: str,
    filtros: Filtros,
    *,
    juntar: bool,
    saida: Saida | None = None,
    carteira: Carteira = todos,
) -> Resultado:
    """Emite os boletos: livro, PDF, pasta de trabalho, nessa ordem. Nascem A REGISTRAR, e o papel o diz.

    Raises:
        ErroDeRegra: ``boleto.faixa``, se a faixa acabou; ``boleto.nao_se_emite``, se o banco ou a carteira não servem.
    """
    return _gerar(ctx, Emissao(conta, filtros, juntar, carteira), saida)


@retomando
@lendo_contratos("boletos")
def _gerar(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, que: Emissao, saida: Saida | None) -> Resultado:
    if recusada := recusa_da_conta(ctx, cadastros, contratos, cadastros.conta(que.conta, "COBRANCA")):
        return recusada
    pendentes = _imprimir_pendentes(ctx, contratos)
    feito = gravar(ctx, cadastros, _emitir_e_desenhar(ctx, cadastros, contratos, que, saida))
    return replace(feito, arquivos=(*pendentes, *feito.arquivos))


def _emitir_e_desenhar(
    ctx: Contexto, cadastros: Cadastros, contratos: Contratos, que: Emissao, saida: Saida | None
) -> Meio:
    ctx.progresso("Escolhendo os títulos…")
    preparo = _preparar(ctx, cadastros, contratos, que)
    if preparo.boletos:
        _emitir(ctx, preparo)
    yield
    selecao, emitidos = preparo.selecao, preparo.boletos
    del preparo  # de muitos boletos é muita memória
    caminhos: list[Path] = []
    if emitidos and desenha_se(emitidos[0]):
        ctx.progresso("Desenhando os boletos…")
        caminhos = gravar_pdf(ctx, emitidos, contratos, saida)
    relato = (*_relato(selecao, emitidos), *_ditos(cadastros, que.filtros))
    dados = selecao.dados() | {"codigos": [b.id for b in emitidos]}
    ctx.progresso("Atualizando a pasta de trabalho…")
    feito = Resultado("gerar boletos", relato, dados, arquivos=tuple(caminhos), detalhar=selecao.detalhar)
    return replace(feito, conferencia=selecao.linhas_da_conferencia())


def _preparar(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, que: Emissao) -> Preparo:
    conta, filtros, juntar, carteira = que
    return preparar(ctx, selecionar(ctx, carteira(cadastros), contratos, conta, filtros, juntar=juntar))


def _imprimir_pendentes(ctx: Contexto, contratos: Contratos) -> list[Path]:
    """O PDF dos boletos que um ato interrompido emitiu e não chegou a desenhar."""
    pendentes = [b for b in boletos.por_imprimir(ctx.livro) if desenha_se(b)]
    return gravar_pdf(ctx, pendentes, contratos) if pendentes else []


def recusa_da_conta(
    ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: Conta, ato: str = "boletos"
) -> Resultado | None:
    """A recusa do que falta à conta de boletos ou nela não serve, ou das células da chave que mudaram.

    Raises:
        ErroDeRegra: ``boleto.sem_contrato``.
    """
    if achados := dos_boletos(cadastros, contratos, conta, ctx.autor.hoje):
        return recusa("boletos", achados)
    return recusa_se_mudou(ctx, ato, conta, contratos.da_conta(conta))


def _ditos(cadastros: Cadastros, filtros: Filtros) -> list[str]:
    """O que se completou ao ler, e o tipo de documento pedido que nenhum título tem."""
    sem = tipos_sem_titulo(filtros, cadastros.titulos)
    return [*completados(cadastros), *(f"Atenção: não há título do tipo {t}." for t in sem)]


def _relato(selecao: SelecaoDeBoletos, emitidos: Sequence[Boleto]) -> list[str]:
    if not emitidos:
        return ["Nenhum título a cobrar: nada foi emitido.", *selecao.relato()]
    primeiro, ultimo = emitidos[0].nosso_numero, emitidos[-1].nosso_numero
    numeros = f"nosso número {primeiro} a {ultimo}" if primeiro else "sem nosso número, que o banco dá no retorno"
    relato = [f"{contar(len(emitidos), 'boleto emitido', 'boletos emitidos')}, {numeros}.", *selecao.relato()]
    relato.append(
        "Ainda não se podem pagar: falta registrá-los no banco." if primeiro
        else "Nada se imprime ainda: envie a remessa e importe o retorno, que traz os números."
    )  # fmt: skip
    if primeiro and (aviso := aviso_da_faixa(selecao.cobranca, emitidos[-1].numero)):
        relato.append(aviso)
    return relato


def _emitir(ctx: Contexto, preparo: Preparo) -> None:
    conta, emitidos = preparo.selecao.conta, preparo.boletos
    resumo = {
        "conta": conta.codigo,
        "boletos": len(emitidos),
        "primeiro": emitidos[0].numero,
        "centavos": sum(b.valor for b in emitidos),
    }
    ato = registrar(ctx.livro, ctx.autor, "gerar boletos", depois=resumo)
    boletos.emitir(ctx.livro, ato, emitidos, preparo.lacos)
    cobranca_do_livro.pedir(ctx.livro, ato, ((b.id, cobranca_do_livro.REGISTRAR, "{}") for b in emitidos))
    if ultimo := emitidos[-1].numero:
        numeracao.definir_ultimo(ctx.livro, conta.banco, emitidos[-1].espaco, ultimo)
