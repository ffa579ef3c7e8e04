"""Lê as abas de filtros: o que a pessoa escreveu para um ato."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from guiche.atos import Ato, Opcao, padroes, paineis
from guiche.dominio.dinheiro import escrever_reais
from guiche.erros import ErroDePlanilha, Local, Problema
from guiche.planilha import celulas
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Celula, Pasta


class Clicada(NamedTuple):
    """Onde a pessoa clicou."""

    aba: str
    linha: int
    coluna: int = 0
    """Contada de 1; 0 se a porta não a diz."""


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


def ler_opcoes(pasta: Pasta, ato: Ato, clicada: Clicada | None = None) -> tuple[dict[str, Any], list[Problema]]:
    """As opções do ato: a linha em que a pessoa clicou, e o que está na aba de filtros.

    Na aba da tabela, vale a linha clicada; fora dela, o que a aba de filtros diz. O que falta é problema.
    """
    opcoes, problemas = ler_filtros(pasta, ato)
    for opcao in ato.opcoes:
        if opcao.selecao.startswith("*.") and clicada:
            opcoes[opcao.chaves[0]] = clicada.aba if opcao.selecao == "*.aba" else str(clicada.coluna or "")
        elif opcao.selecao and clicada:
            _da_linha(pasta, opcao, clicada, opcoes, problemas)
        if opcao.obrigatoria and opcoes[opcao.chaves[0]] in (None, "") and not problemas:
            problemas.append(_falta(pasta, ato, opcao))
    return opcoes, problemas


def dizer_opcoes(ato: Ato, opcoes: Mapping[str, Any]) -> list[str]:
    """Os valores e os dias que a pessoa escreveu, para que os veja antes de confirmar.

    >>> from datetime import date
    >>> from guiche.atos import atos
    >>> dizer_opcoes(atos()["titulo_receber"], {"valor": 5000, "dia": date(2026, 8, 4)})
    ['Valor: R$ 50,00.', 'Dia do recebimento: 04/08/2026.']
    """
    ditas = []
    for opcao in ato.opcoes:
        valor = opcoes.get(opcao.chaves[0])
        if opcao.tipo == "valor" and valor is not None:
            ditas.append(f"{opcao.titulo}: R$ {escrever_reais(valor)}.")
        elif opcao.tipo == "data" and valor is not None:
            ditas.append(f"{opcao.titulo}: {valor:%d/%m/%Y}.")
    return ditas


def apagar_segredos(pasta: Pasta, ato: Ato) -> None:
    """Tira da aba de filtros os segredos que se leram, e salva já: o que falhar depois não os deixa lá."""
    segredos = {o.titulo for o in ato.segredos}
    if not segredos or not ato.painel:
        return
    folha = pasta.ler(f"painel_{ato.painel}", ("opcao", "de"))
    linhas = zip(folha.numeros, folha.linhas, strict=True)
    if escritos := {n: (None,) for n, (titulo, de) in linhas if titulo in segredos and de != ""}:
        pasta.atualizar(f"painel_{ato.painel}", ("de",), escritos)
        pasta.salvar()
        pasta.esquecer()


def _da_linha(pasta: Pasta, opcao: Opcao, clicada: Clicada, opcoes: dict[str, Any], problemas: list[Problema]) -> None:
    """Se a linha clicada é da tabela da opção, vale o que está nela."""
    tabela, coluna = opcao.selecao.split(".")
    folha = pasta.ler(tabela, (coluna,))
    if folha.aba != clicada.aba or clicada.linha not in folha.numeros:
        return
    posicao = list(folha.numeros).index(clicada.linha)
    try:
        opcoes[opcao.chaves[0]] = _ler(opcao, folha.linhas[posicao][0]) or opcoes[opcao.chaves[0]]
    except celulas.Recusa as recusa:
        endereco = Local(folha.aba, celula=folha.celula(posicao, coluna))
        problemas.append(Problema(recusa.codigo, recusa.frase, endereco))


def _falta(pasta: Pasta, ato: Ato, opcao: Opcao) -> Problema:
    if not ato.painel:
        fazer = f"Abra a pasta no Excel, clique no cabeçalho da coluna e aperte {ato.titulo}."
        return Problema("filtro.falta", f"falta {opcao.titulo}", Local(pasta.caminho.name), fazer)
    clique = f"clique na linha, na aba {esquema()[opcao.selecao.split('.')[0]].aba}, ou " if opcao.selecao else ""
    locais = [local[0] for achada, _, local in _escritos(pasta, ato) if achada.id == opcao.id]
    local = locais[0] if locais else Local(paineis()[ato.painel].aba)
    return Problema("filtro.falta", f"falta {opcao.titulo}", local, f"Para {ato.titulo}, {clique}preencha {local}.")


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
    celulas.sem_erro(valor)
    leitura: Callable[[Any], Any] = _LEITURAS.get(opcao.tipo, celulas.codigo)
    return celulas.de_lista(opcao.lista)(valor) if opcao.lista else leitura(valor)
