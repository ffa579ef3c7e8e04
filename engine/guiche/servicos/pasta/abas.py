"""A pasta de trabalho em si: criar do modelo, refazer as vistas, tirar os filtros."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from guiche.erros import ErroDePlanilha, Local
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.esquema import VERSAO, versao
from guiche.planilha.pronta import caminho_do_modelo
from guiche.servicos.ato import entregando_o_retomado, refazer


def criar(caminho: Path) -> Resultado:
    """Cria uma pasta de trabalho vazia; não sobrescreve nada.

    Raises:
        ErroDePlanilha: ``pasta.existe``, ou o nome não termina em .xlsx (``pasta.extensao``).
    """
    if caminho.suffix.lower() != ".xlsx":
        raise ErroDePlanilha(
            "pasta.extensao", "a pasta de trabalho tem de terminar em .xlsx", local=Local(caminho.name)
        )
    if caminho.exists():
        raise ErroDePlanilha("pasta.existe", "já existe um arquivo com esse nome", local=Local(caminho.name))
    escrever_inteiro(caminho, caminho_do_modelo().read_bytes())
    relato = (f"Pasta de trabalho criada: {caminho}.", "Preencha as abas Contas, Clientes e Títulos.")
    return Resultado("novo", relato, arquivos=(caminho,))


def atualizar(ctx: Contexto) -> Resultado:
    """Exporta o que ficou pendente de um ato interrompido e refaz as abas do Guichê a partir do livro.

    À pasta de um modelo anterior acrescenta antes o que lhe falta.
    """
    novidades: list[str] = []
    if ctx.pasta.parametro(VERSAO) != versao():
        from guiche.planilha.modernizar import modernizar  # noqa: PLC0415  só a pasta velha paga por ela

        novidades = ctx.pasta.refazer_no_disco(modernizar)
        ctx.pasta.definir_parametro(VERSAO, versao())
    feito = _refazer(ctx)
    exportados = [f"Arquivo pendente exportado: {caminho.name}." for caminho in feito.arquivos]
    return replace(feito, linhas=(*feito.linhas, *novidades, *exportados)) if feito.feito else feito


@entregando_o_retomado
def _refazer(ctx: Contexto) -> Resultado:
    if problemas := refazer(ctx, tudo=True):
        return recusa("atualizar", problemas)
    return Resultado("atualizar", ("As abas do Guichê mostram de novo o que está no livro.",))


def mostrar_tudo(ctx: Contexto) -> Resultado:
    """Tira os filtros de todas as listas: tudo volta a aparecer (K-06)."""
    quantas = ctx.pasta.mostrar_tudo()
    ctx.pasta.salvar()
    frases = {0: "Nenhuma lista tinha filtro.", 1: "Filtro tirado de 1 lista."}
    return Resultado(
        "limpar filtros", (frases.get(quantas, f"Filtros tirados de {quantas} listas."),), {"listas": quantas}
    )


def ajuda() -> Resultado:
    """Os passos, as cores e as palavras do Guichê, os mesmos da aba Ajuda."""
    from guiche.planilha.modelo import CORES, PALAVRAS, PASSOS  # noqa: PLC0415

    passos = [f"{n}. {passo}" for n, passo in enumerate(PASSOS, 1)]
    palavras = [f"{palavra}: {sentido}" for palavra, sentido in PALAVRAS]
    return Resultado("ajuda", ("A ajuda está na aba Ajuda da pasta de trabalho.", *passos, *CORES, *palavras))
