"""Lê as abas de filtros: o que a pessoa escreveu para um ato."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from guiche.atos import Ato, Opcao, padroes
from guiche.erros import ErroDePlanilha, Local, Problema
from guiche.planilha import celulas
from guiche.planilha.porta import Celula, Pasta

_LEITURAS: Mapping[str, Callable[[Any], Any]] = {
    "inteiro": celulas.inteiro, "valor": celulas.centavos, "data": celulas.dia, "datas": celulas.dia,
    "sim_nao": celulas.sim_nao,
}  # fmt: skip


def ler_filtros(pasta: Pasta, ato: Ato) -> tuple[dict[str, Any], list[Problema]]:
    """As opções do ato como estão na sua aba de filtros, e o que nela não se entende.

    Sem aba de filtros (a pasta é de um modelo anterior, ou a pessoa a apagou), valem os padrões.
    """
    opcoes, problemas = padroes(ato), []
    for opcao, valores, enderecos in _escritos(pasta, ato):
        for chave, valor, endereco in zip(opcao.chaves, valores, enderecos, strict=False):
            try:
                lido = _ler(opcao, valor)
            except celulas.Recusa as recusa:
                problemas.append(Problema(recusa.codigo, recusa.frase, endereco))
                continue
            if lido not in (None, ""):
                opcoes[chave] = lido
    return opcoes, problemas


def _escritos(pasta: Pasta, ato: Ato) -> list[tuple[Opcao, tuple[Celula, Celula], tuple[Local, Local]]]:
    if not ato.painel:
        return []
    try:
        folha = pasta.ler(f"painel_{ato.painel}", ("opcao", "de", "ate"))
    except ErroDePlanilha as erro:
        if erro.codigo == "pasta.tabela_ausente":
            return []
        raise
    do_ato = {o.titulo: o for o in ato.opcoes if o.no_painel}
    achados = []
    for n, (titulo, de, ate) in enumerate(folha.linhas):
        if opcao := do_ato.get(str(titulo)):
            locais = (Local(folha.aba, celula=folha.celula(n, "de")), Local(folha.aba, celula=folha.celula(n, "ate")))
            achados.append((opcao, (de, ate), locais))
    return achados


def _ler(opcao: Opcao, valor: Celula) -> Any:
    leitura: Callable[[Any], Any] = _LEITURAS.get(opcao.tipo, celulas.codigo)
    lido = leitura(valor)
    if opcao.lista and lido:
        lido = str(lido).upper()
        if lido not in opcao.lista:
            raise celulas.Recusa("celula.lista", f"não serve: {valor!r}; use {', '.join(opcao.lista)}")
    return lido
