"""Desfazer o último ato, se nada depois dele dependeu do que ele fez (I-05). Nada se apaga: escreve-se o contrário."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from guiche.dominio.boletos import ATIVOS
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.livro import boletos, titulos
from guiche.livro import desfazer as livro_do_contrario
from guiche.livro import remessas as livro_das_remessas
from guiche.livro.atos import em_frase, registrar
from guiche.livro.desfazer import Ato
from guiche.servicos import remessas
from guiche.servicos.cadastros import Cadastros, ler_cadastros
from guiche.servicos.cobranca.fila import conhecido, desfazer_boleto
from guiche.servicos.contexto import Contexto
from guiche.servicos.resultado import Resultado, recusa
from guiche.servicos.retomada import retomar
from guiche.servicos.vistas import atualizar_pasta

_REMESSAS = {"gerar", "remessa de boletos"}


def mostrar(ctx: Contexto) -> Resultado:
    """Diz qual foi o último ato e se se pode desfazer. Não grava nada."""
    ultimo = livro_do_contrario.ultimo_ato(ctx.livro)
    if ultimo is None:
        frase = "Ainda não se fez nenhum ato nesta pasta: nada há a desfazer."
        return Resultado("desfazer", (frase,), {"ato": None, "pode": False}, vazio=True)
    frase = f"O último ato, o {ultimo.id}, de {ultimo.usuario}, foi {ultimo.tipo} ({em_frase(ultimo.depois)})."
    pode = ultimo.tipo in _REMESSAS or ultimo.tipo in _CONTRARIOS
    dados = {"ato": ultimo.id, "tipo": ultimo.tipo, "pode": pode}
    segue = "Pode ser desfeito." if pode else "Um ato deste tipo não se desfaz por aqui."
    return Resultado("desfazer", (frase, segue), dados, vazio=not pode)


def desfazer(ctx: Contexto, motivo: str, ato: int | None = None) -> Resultado:
    """Desfaz o último ato. ``ato``, se dado, tem de ser ele: assim não se desfaz o que outro operador acaba de fazer.

    Importação, recebimento, decisão de divergência, pedido ao banco, estorno de título e emissão de boletos ainda não
    enviados se escrevem ao contrário; remessa que não se transmitiu se descarta.

    Raises:
        ErroDeRegra: ``desfazer.nao_pode``, com a razão.
    """
    retomar(ctx)
    cadastros = ler_cadastros(ctx.pasta)
    if cadastros.problemas:
        return recusa("desfazer", cadastros.problemas)
    ultimo = _exigir(ctx, ato)
    if ultimo.tipo in _REMESSAS:
        return remessas.descartar(ctx, livro_das_remessas.do_ato(ctx.livro, ultimo.id), motivo or "desfeita")
    contrario = _CONTRARIOS.get(ultimo.tipo)
    if contrario is None:
        raise ErroDeRegra("desfazer.nao_pode", f"o último ato foi {ultimo.tipo}, que não se desfaz por aqui")
    with ctx.livro.transacao():
        if (agora := livro_do_contrario.ultimo_ato(ctx.livro)) is None or agora.id != ultimo.id:
            raise ErroDeRegra("desfazer.nao_pode", "outro operador acabou de fazer um ato: veja qual foi e repita")
        depois = {"ato": ultimo.id, "tipo": ultimo.tipo, "motivo": motivo}
        novo = registrar(ctx.livro, ctx.autor, "desfazer", depois=depois)
        frase = contrario(ctx, cadastros, ultimo, novo)
    atualizar_pasta(ctx, cadastros)
    return Resultado("desfazer", (f"Desfeito o ato {ultimo.id}, {ultimo.tipo}. {frase}",), {"ato": ultimo.id})


def _exigir(ctx: Contexto, ato: int | None = None) -> Ato:
    ultimo = livro_do_contrario.ultimo_ato(ctx.livro)
    if ultimo is None:
        raise ErroDeRegra("desfazer.nao_pode", "ainda não se fez nenhum ato nesta pasta")
    if ato is not None and ultimo.id != ato:
        raise ErroDeRegra("desfazer.nao_pode", f"o último ato é o {ultimo.id}, {ultimo.tipo}; só ele se desfaz")
    return ultimo


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
    "decidir divergência": _decisao, "pedir ao banco": _pedido, "estornar título": _titulo, "gerar boletos": _emissao,
}  # fmt: skip
