"""Reescreve na pasta de trabalho o que o livro diz: a planilha mostra, o livro sabe.

As tabelas do Guichê são refeitas inteiras; nas do operador só mudam as colunas do Guichê das linhas que precisam. Cada
tabela diz, em ``VISTAS``, o que a faz mudar: a que nada mudou não se faz. Pode-se repetir à vontade: o resultado é o
mesmo, e é o de as refazer todas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from guiche.erros import Problema
from guiche.livro import atos, depois
from guiche.livro import respostas as livro_das_respostas
from guiche.livro.respostas import RespostaDeBoleto
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.situacoes import DE_QUE_DEPENDE
from guiche.planilha.esquema import esquema
from guiche.planilha.ordem import ler_ordens
from guiche.planilha.porta import Corpo
from guiche.vistas import boletos, caixa, debito, fechamentos, titulos
from guiche.vistas.cadastramentos import (
    datas_ja_passadas,
    dos_clientes,
    escrever_aceitos,
    linhas_dos_cadastramentos,
    quem_esta_bloqueado,
)
from guiche.vistas.debito import LINHAS_NA_PASTA
from guiche.vistas.do_banco import divergencias, respostas_dos_boletos
from guiche.vistas.indicadores import indicadores
from guiche.vistas.visao import Numeradas, Visao, Vista, numeradas

ATOS_NA_PASTA = 1_000


def atualizar_pasta(
    ctx: Contexto,
    cadastros: Cadastros,
    *,
    conferencia: Sequence[Sequence[Any]] | None = None,
    problemas: Sequence[Problema] = (),
    tudo: bool = False,
) -> None:
    """Refaz as vistas que mudaram, todas do mesmo instante do livro, e grava a pasta de trabalho; ``tudo``: todas."""
    with ctx.livro.leitura():
        cadastros = escrever_aceitos(ctx, cadastros)
        refazer(ctx, cadastros, tudo=tudo)
        ctx.pasta.definir_parametro("ultimo_ato", str(atos.ultimo(ctx.livro)))
    ctx.pasta.gravar("problemas", linhas_dos_problemas(problemas))
    if conferencia is not None:
        ctx.pasta.gravar("conferencia", conferencia)
    ctx.salvar()


def refazer(ctx: Contexto, cadastros: Cadastros, *, tudo: bool = False) -> None:
    """Escreve na pasta, sem a salvar, o que sai do livro e ela ainda não mostra."""
    visao, lembranca = Visao(ctx, cadastros), ctx.lembranca
    lembradas = {} if tudo or lembranca is None else lembranca.vistas
    feitas: dict[str, str] = {}
    for vista in VISTAS:
        carimbo, versao = vista.carimbo(visao), vista.versao(visao)
        como_ficou = " ".join((carimbo, visao.pasta.conteudos.identidade(vista.tabela)))
        (do_livro, essencia), da_pasta = _lembrada(lembradas.get(vista.tabela, ""))
        a_mesma = bool(carimbo) and da_pasta == como_ficou
        if vista.essencia and not (a_mesma and do_livro == versao):
            velha, essencia = essencia, vista.essencia(visao)
            do_livro = versao if velha == essencia else do_livro
        if not a_mesma or do_livro != versao:
            _escrever(vista, visao, lembranca.ato if lembranca and a_mesma else 0)
        feitas[vista.tabela] = f"{versao}/{essencia} {carimbo}"
    if lembranca:
        lembranca.vistas = {t: f"{como} {ctx.pasta.conteudos.identidade(t)}" for t, como in feitas.items()}
        lembranca.ato = visao.ato


def _lembrada(escrita: str) -> tuple[tuple[str, str], str]:
    """Da vista como se lembra: a versão do livro e a essência dela, e como ficou a aba."""
    do_livro, _, da_pasta = escrita.partition(" ")
    versao, _, essencia = do_livro.partition("/")
    return (versao, essencia), da_pasta


def _escrever(vista: Vista, visao: Visao, desde: int) -> None:
    if desde and vista.mudadas and not _ordenada(vista, visao) and visao.so_acrescentam(desde):
        mudadas = vista.mudadas(visao, desde)
        if mudadas is not None:
            if vista.colunas:
                visao.pasta.atualizar(vista.tabela, _colunas_do_guiche(vista.tabela), dict(mudadas))
            else:
                visao.pasta.remendar(vista.tabela, dict(mudadas))
            return
    if vista.colunas:
        _so_o_que_mudou(visao.ctx, vista.tabela, vista.colunas(visao), ignorar=vista.tabela == "titulos")
    elif vista.fazer:
        visao.pasta.gravar(vista.tabela, vista.fazer(visao))


def _ordenada(vista: Vista, visao: Visao) -> bool:
    """Diz se as linhas não estão na ordem do livro, mas na que a pessoa pediu."""
    return vista.tabela in ler_ordens(visao.parametros[0])


def levar_a_conferencia(ctx: Contexto, feito: Resultado, linhas: Sequence[Sequence[Any]]) -> Resultado:
    """Escreve a conferência na aba dela, e o diz."""
    ctx.pasta.gravar("conferencia", linhas)
    ctx.salvar()
    resumo = feito.linhas[0].replace("nada foi gravado.", "nada foi gerado. Título a título, na aba Conferência.")
    return replace(feito, linhas=(resumo, *feito.linhas[1:]), mostra="conferencia")


def linhas_dos_problemas(problemas: Sequence[Problema]) -> list[tuple[str, ...]]:
    """O corpo da tabela de problemas."""
    return [(str(p.local), p.codigo, p.gravidade, p.mensagem, p.fazer) for p in problemas]


# --- só as colunas do Guichê, só as linhas que mudam ---


def _colunas_do_guiche(tabela: str) -> tuple[str, ...]:
    return tuple(c.id for c in esquema()[tabela].colunas if c.dono == "guiche")


def _so_o_que_mudou(ctx: Contexto, tabela: str, novas: Iterable[tuple[int, Sequence[Any]]], *, ignorar: bool) -> None:
    """Escreve as linhas (número, valores) cujas colunas do Guichê diferem; com ``ignorar``, menos pela última delas."""
    colunas = _colunas_do_guiche(tabela)
    comparadas = colunas[: len(colunas) - ignorar]
    atual = ctx.pasta.ler(tabela, comparadas)
    velhas = dict(zip(atual.numeros, atual.linhas, strict=True))
    nenhuma = (None,) * len(comparadas)
    mudou = {
        n: v for n, v in novas
        if _FORMA[v[0].__class__](v[0]) != (velha := velhas.get(n, nenhuma))[0]
        or tuple([_FORMA[x.__class__](x) for x in v[: len(comparadas)]]) != velha
    }  # fmt: skip
    del atual, velhas  # o que se escreve já ocupa bastante memória
    if mudou:
        ctx.pasta.atualizar(tabela, colunas, mudou)


def _igual(valor: Any) -> Any:
    return valor


def _vazio(_: None) -> str:
    return ""


_FORMA: Mapping[type, Callable[[Any], Any]] = {
    str: _igual, int: float, Decimal: float, date: _igual, datetime: _igual, type(None): _vazio,
}  # fmt: skip
"""A forma em que cada tipo de valor volta da planilha."""


# --- as vistas ---


def _respostas_dos_boletos(visao: Visao) -> Corpo:
    quantas, dos_boletos = livro_das_respostas.ultimas(visao.livro, LINHAS_NA_PASTA)
    return Corpo(quantas, respostas_dos_boletos(visao.livro, map(RespostaDeBoleto._make, dos_boletos)))


def _respostas_novas(visao: Visao, desde: int) -> Numeradas | None:
    novas = depois.respostas_dos_boletos_novas(visao.livro, desde, LINHAS_NA_PASTA)
    return numeradas(novas, lambda linhas: respostas_dos_boletos(visao.livro, map(RespostaDeBoleto._make, linhas)))


def _diario(visao: Visao) -> list[tuple[Any, ...]]:
    return [_ato(a) for a in atos.diario(visao.livro)[:ATOS_NA_PASTA]]


def _ato(ato: tuple[Any, ...]) -> tuple[Any, ...]:
    numero, quando, usuario, tipo, antes, depois = ato
    detalhe = atos.em_frase(depois) if antes == "{}" else f"{atos.em_frase(antes)} → {atos.em_frase(depois)}"
    return numero, datetime.fromisoformat(quando), usuario, tipo, detalhe


_DO_OPTANTE = "agencia cadastramento pedido_cadastral retorno retorno_linha linha"

VISTAS: tuple[Vista, ...] = (
    Vista("titulos", f"{DE_QUE_DEPENDE} retorno_linha", "titulos empresas", colunas=titulos.colunas,
          mudadas=titulos.mudadas),
    Vista("contas", "remessa sequencia", "contas", colunas=debito.contas),
    Vista("clientes", _DO_OPTANTE, "clientes contas", colunas=dos_clientes,
          essencia=quem_esta_bloqueado, do_dia=datas_ja_passadas),
    Vista("fechamentos", f"{DE_QUE_DEPENDE} comissao", "fechamentos titulos empresas", colunas=fechamentos.colunas),
    Vista("cobranca", "boleto numeracao", "cobranca contas", colunas=boletos.faixas, do_dia=lambda v: f"{v.hoje:%Y}"),
    Vista("inicio", f"{DE_QUE_DEPENDE} retorno retorno_linha tarifa", "titulos", indicadores,
          do_dia=lambda v: v.hoje.isoformat()),
    Vista("remessas", "remessa", "", debito.linhas_das_remessas),
    Vista("remessa_linhas", "linha", "clientes", debito.linhas_enviadas, mudadas=debito.enviadas_mudadas),
    Vista("retornos", "retorno retorno_linha retorno_boleto", "", debito.linhas_dos_retornos),
    Vista("retorno_linhas", "retorno_linha", "", debito.linhas_respondidas, mudadas=debito.respondidas_novas),
    Vista("boleto_respostas", "retorno_boleto", "", _respostas_dos_boletos, mudadas=_respostas_novas),
    Vista("caixa", "recebimento", "clientes", caixa.caixa, mudadas=caixa.caixa_nova),
    Vista("movimento_banco", "recebimento tarifa", "clientes", caixa.movimento, mudadas=caixa.movimento_novo),
    Vista("boletos", "boleto boleto_titulo", "clientes", boletos.linhas),
    Vista("boleto_titulos", "boleto boleto_titulo", "", boletos.titulos_de_cada),
    Vista("divergencias", f"{DE_QUE_DEPENDE} retorno retorno_linha retorno_boleto", "titulos", divergencias),
    Vista("cadastramentos", "cadastramento retorno", "clientes", linhas_dos_cadastramentos),
    Vista("comissoes", "comissao", "", fechamentos.linhas_das_comissoes),
    Vista("diario", "ato", "", _diario),
)  # fmt: skip
"""As tabelas que saem do livro, na ordem em que se escrevem."""
