"""Reescreve na pasta de trabalho o que o livro diz: a planilha mostra, o livro sabe.

As tabelas do Guichê são refeitas inteiras; nas do operador só mudam as colunas do
Guichê das linhas que precisam. Pode-se repetir à vontade: o resultado é o mesmo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from guiche.bancos.codigos import CodigoRetorno, interpretar
from guiche.dominio.cadastro import Cliente, Titulo
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.dominio.estados import NOMES, Estado
from guiche.dominio.texto import contar
from guiche.erros import Problema
from guiche.livro import atos, historia, remessas, retornos, titulos
from guiche.livro import respostas as livro_das_respostas
from guiche.livro.conexao import Linha, Livro
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.livro.respostas import RespostaDeBoleto
from guiche.oficio.cadastros import Cadastros, codigo_da_celula
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.situacao import situacao_do_titulo
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Corpo, Ligacao
from guiche.vistas.boletos import faixas
from guiche.vistas.boletos import tabelas as tabelas_dos_boletos
from guiche.vistas.cadastramentos import dos_clientes, escrever_aceitos, linhas_dos_cadastramentos
from guiche.vistas.caixa import caixa, movimento
from guiche.vistas.cobranca import divergencias, respostas_dos_boletos
from guiche.vistas.fechamentos import colunas as dos_fechamentos
from guiche.vistas.fechamentos import linhas_das_comissoes
from guiche.vistas.indicadores import indicadores

LINHAS_NA_PASTA = 100_000
"""Quantas linhas enviadas, respostas e recebimentos, os mais novos, a pasta mostra; o livro guarda todos."""

ATOS_NA_PASTA = 1_000
BOLA_AMARELA, BOLA_PRETA = 2, 0
MOVIMENTOS = ("DÉBITO", "CANCELAMENTO")


def atualizar_pasta(
    ctx: Contexto,
    cadastros: Cadastros,
    *,
    conferencia: Sequence[Sequence[Any]] | None = None,
    problemas: Sequence[Problema] = (),
) -> None:
    """Refaz as vistas, todas do mesmo instante do livro, e grava a pasta de trabalho."""
    with ctx.livro.leitura():
        cadastros = escrever_aceitos(ctx, cadastros)
        refazer(ctx, cadastros)
        ctx.pasta.definir_parametro("ultimo_ato", str(atos.ultimo(ctx.livro)))
    ctx.pasta.gravar("problemas", linhas_dos_problemas(problemas))
    if conferencia is not None:
        ctx.pasta.gravar("conferencia", conferencia)
    ctx.salvar()


def refazer(ctx: Contexto, cadastros: Cadastros) -> None:
    """Escreve na pasta, sem a salvar, tudo o que sai do livro."""
    enviadas = {r.id: r for r in remessas.listar(ctx.livro)}
    situacoes = titulos.situacoes(ctx.livro, (t.numero for t in cadastros.titulos))
    _so_o_que_mudou(ctx, "titulos", _titulos(ctx, cadastros, situacoes), ignorar=1)
    _so_o_que_mudou(ctx, "contas", _contas(ctx, cadastros))
    _so_o_que_mudou(ctx, "clientes", dos_clientes(ctx, cadastros))
    _so_o_que_mudou(ctx, "fechamentos", _fechamentos(ctx, cadastros, situacoes))
    _so_o_que_mudou(ctx, "cobranca", faixas(ctx.livro, ctx.pasta, cadastros.contas, ctx.autor.hoje))
    gravar = ctx.pasta.gravar
    gravar("inicio", indicadores(ctx.livro, cadastros.titulos, situacoes, ctx.autor.hoje))
    gravar("remessas", [_remessa(r) for r in enviadas.values()])
    gravar("remessa_linhas", _linhas_enviadas(ctx, cadastros.clientes, enviadas))
    gravar("retornos", _retornos(ctx.livro))
    quantas, do_debito = retornos.ultimas_linhas(ctx.livro, LINHAS_NA_PASTA)
    gravar("retorno_linhas", Corpo(quantas, respostas_do_debito(ctx.livro, do_debito)))
    quantas, dos_boletos = livro_das_respostas.ultimas(ctx.livro, LINHAS_NA_PASTA)
    respostas = map(RespostaDeBoleto._make, dos_boletos)
    gravar("boleto_respostas", Corpo(quantas, respostas_dos_boletos(ctx.livro, respostas)))
    gravar("caixa", caixa(ctx.livro, cadastros.clientes, LINHAS_NA_PASTA))
    gravar("movimento_banco", movimento(ctx.livro, cadastros.clientes, LINHAS_NA_PASTA))
    for tabela, linhas in tabelas_dos_boletos(ctx.livro, ctx.pasta, cadastros.clientes):
        gravar(tabela, linhas)
    gravar("divergencias", divergencias(ctx.livro, ctx.pasta, cadastros.titulos, situacoes))
    gravar("cadastramentos", linhas_dos_cadastramentos(ctx, cadastros.clientes))
    gravar("comissoes", linhas_das_comissoes(ctx.livro))
    gravar("diario", [_ato(a) for a in atos.diario(ctx.livro)[:ATOS_NA_PASTA]])


def levar_a_conferencia(ctx: Contexto, feito: Resultado, linhas: Sequence[Sequence[Any]]) -> Resultado:
    """Escreve a conferência na aba dela, e o diz."""
    ctx.pasta.gravar("conferencia", linhas)
    ctx.salvar()
    resumo = feito.linhas[0].replace("nada foi gravado.", "nada foi gerado. Título a título, na aba Conferência.")
    return replace(feito, linhas=(resumo, *feito.linhas[1:]), mostra="conferencia")


def linhas_dos_problemas(problemas: Sequence[Problema]) -> list[tuple[str, ...]]:
    """O corpo da tabela de problemas."""
    return [(str(p.local), p.codigo, p.gravidade, p.mensagem, p.fazer) for p in problemas]


def _momento(texto: str | None) -> datetime | None:
    return datetime.fromisoformat(texto) if texto else None


@cache
def _dia(texto: str | None) -> date | None:
    return date.fromisoformat(texto) if texto else None


def resposta(banco: str, versao: str, movimento: int, codigo: str) -> CodigoRetorno | None:
    """O código do banco em palavras; ``None`` se ainda não houve resposta."""
    return interpretar(banco, versao, str(movimento), codigo) if codigo else None


# --- títulos, contas e clientes: só as colunas do Guichê, só as linhas que mudam ---


def _colunas_do_guiche(tabela: str) -> tuple[str, ...]:
    return tuple(c.id for c in esquema()[tabela].colunas if c.dono == "guiche")


def _so_o_que_mudou(ctx: Contexto, tabela: str, novas: Iterable[tuple[int, Sequence[Any]]], ignorar: int = 0) -> None:
    """Escreve as linhas (número, valores) cujas colunas do Guichê diferem.

    As ``ignorar`` últimas colunas não contam como diferença.
    """
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


def _titulos(
    ctx: Contexto, cadastros: Cadastros, situacoes: Mapping[str, Situacao]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    respostas = titulos.ultimas_respostas(ctx.livro)
    agora = ctx.autor.agora.replace(tzinfo=None, microsecond=0)
    for numero, t in zip(cadastros.numeros, cadastros.titulos, strict=True):
        situacao = situacoes.get(t.numero, NUNCA_ENVIADO)
        palavra = situacao_do_titulo(t, situacao, cadastros.empresas)
        yield numero, (palavra, *_titulo(t, situacao, respostas.get(t.numero), agora))


def _titulo(titulo: Titulo, situacao: Situacao, ultima: titulos.Resposta | None, agora: datetime) -> tuple[Any, ...]:
    vale = ultima is not None and situacao.estado is not Estado.ENVIADO  # reenviado: a resposta velha já não diz nada
    lida = resposta(ultima.banco, ultima.versao, ultima.movimento, ultima.codigo) if ultima and vale else None
    pago = recebido(titulo, situacao)
    return (
        para_reais(pago),
        para_reais(max(titulo.valor - pago, 0)),
        int(situacao.estado),
        str(situacao.remessa or ""),
        lida.codigo if lida else "",
        lida.texto if lida else "",
        lida.acao if lida else "",
        agora,
    )


def _contas(ctx: Contexto, cadastros: Cadastros) -> Iterator[tuple[int, tuple[Any, ...]]]:
    folha = ctx.pasta.ler("contas", ("codigo",))
    ultimas = {r.conta: r.gerada_em for r in reversed(remessas.listar(ctx.livro))}
    for numero, (codigo,) in zip(folha.numeros, folha.linhas, strict=True):
        conta = cadastros.contas.get(codigo_da_celula(codigo))
        if conta:
            nsa = historia.proximo_nsa(ctx.livro, conta, conta.produto)
            yield numero, (nsa, _momento(ultimas.get(conta.codigo)))


def _fechamentos(
    ctx: Contexto, cadastros: Cadastros, situacoes: Mapping[str, Situacao]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    folha = ctx.pasta.ler("fechamentos", ("codigo",))
    linhas = {codigo_da_celula(codigo): numero for numero, (codigo,) in zip(folha.numeros, folha.linhas, strict=True)}
    for codigo, valores in dos_fechamentos(ctx.livro, cadastros, situacoes):
        if codigo in linhas:
            yield linhas[codigo], valores


# --- tabelas do Guichê, refeitas inteiras ---


def bola(remessa: Remessa) -> int:
    """Amarela: pode ser reenviada. Preta: processada, estornada ou descartada (S-56, S-57)."""
    return BOLA_AMARELA if remessa.situacao == "ATIVA" else BOLA_PRETA


def _remessa(r: Remessa) -> tuple[Any, ...]:
    return (
        bola(r), r.id, r.conta, r.banco, r.convenio, r.nsa, r.tipo, r.situacao, _momento(r.gerada_em), r.usuario,
        Path(r.arquivo).name, r.linhas, para_reais(r.total_debito), para_reais(r.total_cancelamento),
        _momento(r.transmitida_em), _momento(r.confirmada_em), str(r.origem_id or ""), "",
    )  # fmt: skip


def _linhas_enviadas(ctx: Contexto, clientes: Mapping[str, Cliente], enviadas: Mapping[int, Remessa]) -> Corpo:
    quantas, linhas = remessas.ultimas_linhas(ctx.livro, LINHAS_NA_PASTA)
    return Corpo(quantas, (_linha_enviada(linha, clientes, enviadas) for linha in map(LinhaEnviada._make, linhas)))


def _linha_enviada(
    linha: LinhaEnviada, clientes: Mapping[str, Cliente], enviadas: Mapping[int, Remessa]
) -> tuple[Any, ...]:
    remessa, cliente = enviadas[linha.remessa_id], clientes.get(linha.cliente)
    lida = resposta(remessa.banco, remessa.versao, linha.movimento, linha.codigo)
    nome = "SUBSTITUÍDA" if linha.substituida_por else NOMES[linha.estado]
    return (
        remessa.id, remessa.nsa, linha.seq, linha.titulo, linha.cliente, cliente.nome if cliente else "",
        remessa.banco, linha.agencia, linha.conta, _dia(linha.vencimento), para_reais(linha.valor),
        MOVIMENTOS[linha.movimento], int(linha.estado), nome, linha.codigo, lida.texto if lida else "",
    )  # fmt: skip


def _retornos(livro: Livro) -> list[tuple[Any, ...]]:
    """Os retornos, cada um com a ligação para as linhas dele que a aba mostra: estão juntas, e na ordem deles."""
    onde: dict[int, Ligacao] = {}
    for tabela, no_livro in (("retorno_linhas", "retorno_linha"), ("boleto_respostas", "retorno_boleto")):
        de_cada = retornos.quantas_linhas(livro, no_livro)
        ate = min(sum(quantas for _, quantas in de_cada), LINHAS_NA_PASTA)
        for retorno, todas in reversed(de_cada):
            quantas = min(todas, ate)
            if quantas:
                onde[retorno] = Ligacao(tabela, ate - quantas, ate - 1, contar(quantas, "linha"))
            ate -= quantas
    return [_retorno(r, onde.get(r.id)) for r in retornos.listar(livro)]


def _retorno(r: retornos.Retorno, linhas: Ligacao | None) -> tuple[Any, ...]:
    return (
        r.id, r.numero, r.tipo, _dia(r.gerado_em), _momento(r.importado_em), r.usuario,
        r.arquivo, r.banco, r.convenio, r.registros, linhas, r.debitados, para_reais(r.total_debitado), r.recusados,
        r.cancelados, r.divergencias, _momento(r.desfeito_em),
    )  # fmt: skip


def respostas_do_debito(livro: Livro, linhas: Iterable[Linha]) -> Iterator[tuple[Any, ...]]:
    """As linhas da aba Respostas do banco; cada uma dada é uma ``LinhaRecebida`` e a remessa respondida."""
    bancos = {r.id: (r.banco, r.versao) for r in retornos.listar(livro)}
    for *recebida, origem in linhas:
        i = retornos.LinhaRecebida._make(recebida)
        lida = resposta(*bancos[i.retorno_id], i.movimento, i.codigo)
        acao, quem = (i.aviso or lida.acao, lida.quem) if lida else (i.aviso, "")
        yield (
            i.retorno_id, i.seq, i.titulo, i.cliente, _dia(i.vencimento), para_reais(i.valor), i.codigo, i.classe,
            lida.texto if lida else "", acao, quem, i.resultado, str(origem or ""),
        )  # fmt: skip


def _ato(ato: tuple[Any, ...]) -> tuple[Any, ...]:
    numero, quando, usuario, tipo, antes, depois = ato
    detalhe = atos.em_frase(depois) if antes == "{}" else f"{atos.em_frase(antes)} → {atos.em_frase(depois)}"
    return numero, _momento(quando), usuario, tipo, detalhe
