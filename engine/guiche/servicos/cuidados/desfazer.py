"""Desfazer um ato, se nada depois dele dependeu do que ele fez (I-05). Nada se apaga: escreve-se o contrário."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from guiche.dominio.boletos import ATIVOS
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.livro import boletos, dependencias, titulos
from guiche.livro import desfazer as livro_do_contrario
from guiche.livro import remessas as livro_das_remessas
from guiche.livro.atos import em_frase, registrar
from guiche.livro.desfazer import Ato
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravar, lendo, retomando
from guiche.servicos.cobranca.fila import conhecido, desfazer_boleto
from guiche.servicos.remessas import enviadas

_REMESSAS = {"gerar", "remessa de boletos"}
_MOSTRADOS = 5


def mostrar(ctx: Contexto, ato: int | None = None) -> Resultado:
    """Diz qual foi o último ato, ou o pedido, e se se pode desfazer. Não grava nada."""
    if ato is None and livro_do_contrario.ultimo_ato(ctx.livro) is None:
        frase = "Ainda não se fez nenhum ato nesta pasta: nada há a desfazer."
        return Resultado("desfazer", (frase,), {"ato": None, "pode": False}, vazio=True)
    um = _exigir(ctx, ato)
    qual = "O ato" if ato else "O último ato, o"
    frase = f"{qual} {um.id}, de {um.usuario}, foi {um.tipo} ({em_frase(um.depois)})."
    razao = _razao(ctx, um)
    dados = {"ato": um.id, "tipo": um.tipo, "pode": not razao}
    if um.tipo not in _REMESSAS | _CONTRARIOS.keys():
        segue = [
            "Um ato deste tipo não se desfaz por aqui.",
            "Para desfazer outro, diga o número dele, que está no Diário.",
        ]
    else:
        segue = [f"Não se desfaz: {razao}." if razao else "Pode ser desfeito: nada depois dele o impede."]
    return Resultado("desfazer", (frase, *segue), dados, vazio=bool(razao))


@retomando
@lendo("desfazer")
def desfazer(ctx: Contexto, cadastros: Cadastros, motivo: str, ato: int | None = None) -> Resultado:
    """Desfaz o último ato, ou o de número ``ato``, que pode ser qualquer um de que nada depois dependa.

    Importação, recebimento, decisão, pedido ao banco, estorno de título e emissão de boletos ainda não enviados se
    escrevem ao contrário; remessa que não se transmitiu se descarta.

    Raises:
        ErroDeRegra: ``desfazer.nao_pode``, com a razão.
    """
    um = _exigir(ctx, ato)
    if razao := _razao(ctx, um):
        raise ErroDeRegra("desfazer.nao_pode", razao)
    if um.tipo in _REMESSAS:
        return enviadas.descartar(ctx, livro_das_remessas.do_ato(ctx.livro, um.id), motivo or "desfeita")
    return gravar(ctx, cadastros, _desfazer(ctx, cadastros, um, motivo, o_ultimo=ato is None))


def _desfazer(ctx: Contexto, cadastros: Cadastros, um: Ato, motivo: str, *, o_ultimo: bool) -> Meio:
    if o_ultimo and ((agora := livro_do_contrario.ultimo_ato(ctx.livro)) is None or agora.id != um.id):
        raise ErroDeRegra("desfazer.nao_pode", "outro operador acabou de fazer um ato: veja qual foi e repita")
    if razao := _razao(ctx, um):
        raise ErroDeRegra("desfazer.nao_pode", razao)
    depois = {"ato": um.id, "tipo": um.tipo, "motivo": motivo}
    novo = registrar(ctx.livro, ctx.autor, "desfazer", depois=depois)
    frase = _CONTRARIOS[um.tipo](ctx, cadastros, um, novo)
    yield
    return Resultado("desfazer", (f"Desfeito o ato {um.id}, {um.tipo}. {frase}",), {"ato": um.id})


def _razao(ctx: Contexto, um: Ato) -> str:
    """Por que o ato não se desfaz; vazio se se desfaz."""
    if um.tipo == "desfazer":
        return f"o ato {um.id} já foi um desfazer; para desfazer outro, diga o número dele, que está no Diário"
    if um.id in dependencias.desfeitos(ctx.livro):
        return f"o ato {um.id} já se desfez"
    if um.tipo not in _REMESSAS | _CONTRARIOS.keys():
        return f"o ato {um.id} foi {um.tipo}, que não se desfaz por aqui"
    if um.tipo in _REMESSAS:
        return ""  # quem descarta a remessa diz o que o impede
    achados = list(dict.fromkeys(dependencias.impedimentos(ctx.livro, um.id, um.tipo, um.depois)))
    return "; ".join(achados[:_MOSTRADOS])


def _exigir(ctx: Contexto, ato: int | None = None) -> Ato:
    um = livro_do_contrario.buscar_ato(ctx.livro, ato) if ato else livro_do_contrario.ultimo_ato(ctx.livro)
    if um is None:
        razao = f"não há ato {ato} no diário" if ato else "ainda não se fez nenhum ato nesta pasta"
        raise ErroDeRegra("desfazer.nao_pode", razao)
    return um


def _importacao(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    livro, retorno = ctx.livro, int(json.loads(ultimo.depois)["retorno"])
    if livro_do_contrario.mudou_boletos(livro, retorno):
        razao = "o banco já mudou boletos como este retorno diz (vencimento, abatimento…)"
        raise ErroDeRegra("desfazer.nao_pode", razao)
    quantos = livro_do_contrario.devolver_recebimentos(livro, ultimo.id, novo)
    livro_do_contrario.devolver_linhas(livro, ultimo.id, novo)
    livro_do_contrario.devolver_boletos(livro, ultimo.id, novo)
    livro_do_contrario.devolver_pedidos(livro, ultimo.id, retorno)
    livro_do_contrario.esquecer_retorno(livro, retorno, ctx.autor.agora.isoformat(sep=" ", timespec="seconds"))
    livro_do_contrario.remessas_sem_resposta(livro)
    devolvidas = contar(quantos, "baixa devolvida", "baixas devolvidas")
    return f"{devolvidas}; o retorno {retorno} pode ser importado de novo, com outro código."


def _recebimento(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    quantos = livro_do_contrario.devolver_recebimentos(ctx.livro, ultimo.id, novo)
    return f"{contar(quantos, 'recebimento devolvido', 'recebimentos devolvidos')}, com a comissão."


def _decisao(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    dados = json.loads(ultimo.depois)
    livro_do_contrario.devolver_recebimentos(ctx.livro, ultimo.id, novo)
    livro_do_contrario.devolver_linhas(ctx.livro, ultimo.id, novo)
    livro_do_contrario.reabrir_divergencia(ctx.livro, dados["retorno"], dados["linha"])
    return "A divergência voltou a pedir decisão."


def _pedido(ctx: Contexto, _: Cadastros, ultimo: Ato, _novo: int) -> str:
    livro_do_contrario.devolver_pedidos(ctx.livro, ultimo.id, None)
    return "O pedido saiu da fila."


def _titulo(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    dados = json.loads(ultimo.depois)
    titulos.encerrar(ctx.livro, novo, dados["titulo"], json.loads(ultimo.antes).get("encerrado", ""), "desfeito")
    livro_do_contrario.devolver_linhas(ctx.livro, ultimo.id, novo)
    return f"O título {dados['titulo']} voltou ao que era."


def _cancelamento(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    livro_do_contrario.devolver_linhas(ctx.livro, ultimo.id, novo)
    return "O cancelamento voltou a pedir decisão."


def _emissao(ctx: Contexto, _: Cadastros, ultimo: Ato, novo: int) -> str:
    emitidos = boletos.do_ato(ctx.livro, ultimo.id)
    for boleto in emitidos:
        if boleto.estado not in ATIVOS or conhecido(ctx.livro, boleto):
            raise ErroDeRegra("desfazer.nao_pode", f"o boleto {boleto.id} está {boleto.estado}, ou já foi ao banco")
        desfazer_boleto(ctx, novo, boleto)
    estornados = contar(len(emitidos), "boleto estornado", "boletos estornados")
    return f"{estornados}; os números não se usam outra vez. Recolha os que já entregou."


_CONTRARIOS: Mapping[str, Callable[[Contexto, Cadastros, Ato, int], Any]] = {
    "importar": _importacao, "receber": _recebimento, "receber fechamento": _recebimento,
    "decidir divergência": _decisao, "decidir cancelamento": _cancelamento, "pedir ao banco": _pedido,
    "estornar título": _titulo, "gerar boletos": _emissao,
}  # fmt: skip
