"""Ordenar uma lista do Guichê pelo cabeçalho: crescente, e na vez seguinte decrescente (K-07)."""

from __future__ import annotations

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeRegra
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.celulas import numero_da_coluna
from guiche.planilha.esquema import Coluna, Tabela, esquema
from guiche.planilha.ordem import PARAMETRO, Ordem, escrever_ordens, ler_ordens, tem_ordem
from guiche.planilha.porta import Linhas, Pasta
from guiche.servicos.ato import refazer


def ordenar(ctx: Contexto, lista: str, coluna: str, *, decrescente: bool) -> Resultado:
    """Põe a lista na ordem da coluna; se já está na crescente dela, na decrescente.

    ``lista`` é o nome da aba, ou o id da tabela; ``coluna``, o cabeçalho, o id, ou a posição na aba, de 1.

    Raises:
        ErroDeRegra: ``ordem.lista`` ou ``ordem.coluna``.
    """
    tabela = _tabela(ctx.pasta, lista)
    achada = _coluna(ctx.pasta, tabela, coluna)
    ordens = ler_ordens(ctx.pasta.parametro(PARAMETRO))
    desce = decrescente or ordens.get(tabela.id) == Ordem(achada.id)
    ctx.pasta.definir_parametro(PARAMETRO, escrever_ordens({**ordens, tabela.id: Ordem(achada.id, desce)}))
    if _liga_ou_e_ligada(tabela):
        if problemas := refazer(ctx):
            return recusa("ordenar", problemas)
    else:
        ctx.pasta.gravar(tabela.id, _como_esta(ctx.pasta, tabela))
        ctx.pasta.salvar()
    sentido = "do maior para o menor" if desce else "do menor para o maior"
    frase = f"{tabela.aba} em ordem de {achada.titulo}, {sentido}."
    dados = {"lista": tabela.id, "coluna": achada.id, "decrescente": desce}
    return Resultado("ordenar", (frase,), dados, mostra=tabela.id)


def _tabela(pasta: Pasta, lista: str) -> Tabela:
    procurada = transliterar(lista)
    achada = next((t for t in esquema().values() if procurada in {transliterar(t.aba), transliterar(t.id)}), None)
    if achada is None and lista:  # a pessoa mudou o nome da aba
        achada = next((t for t in esquema().values() if pasta.ler(t.id, t.ids()[:1]).aba == lista), None)
    if achada is None:
        raise ErroDeRegra("ordem.lista", f"a aba {lista or 'em que você clicou'} não tem uma lista do Guichê")
    if not tem_ordem(achada):
        raise ErroDeRegra("ordem.lista", f"a aba {achada.aba} é sua: o Guichê não muda a ordem dela")
    return achada


def _coluna(pasta: Pasta, tabela: Tabela, escrita: str) -> Coluna:
    procurada = transliterar(escrita)
    letras = pasta.ler(tabela.id, tabela.ids()).letras
    for coluna in tabela.colunas:
        posicao = str(numero_da_coluna(letras[coluna.id]))
        if procurada in {transliterar(coluna.titulo), transliterar(coluna.id), posicao}:
            return coluna
    raise ErroDeRegra("ordem.coluna", f"a aba {tabela.aba} não tem a coluna {escrita}")


def _liga_ou_e_ligada(tabela: Tabela) -> bool:
    """Diz se a tabela tem ligações, ou é destino delas: as linhas de uma e de outra têm de se refazer juntas."""
    return tabela.posicao("ligacao") >= 0 or tabela.id in DESTINOS


DESTINOS = {"retorno_linhas", "boleto_respostas"}
"""As tabelas a que uma ligação leva."""


def _como_esta(pasta: Pasta, tabela: Tabela) -> Linhas:
    folha = pasta.ler(tabela.id, tabela.ids())
    return [tuple(None if celula == "" else celula for celula in linha) for linha in folha.linhas]
