"""A situação de todos os títulos da aba: a de que se lembra, com o que o livro disse depois."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao
from guiche.dominio.estados import Estado
from guiche.livro import atos, depois, lembrancas, titulos
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.planilha.lembradas import em_colunas, guardar

_BLOCO = "situacoes"
_POUCOS = 50
"""Só se guarda de novo o que se lembra se mudou mais que um em tantos: perguntar por poucos custa menos que guardar."""
DE_QUE_DEPENDE = "linha recebimento titulo_evento titulo_vida boleto boleto_titulo membro"
"""As tabelas do livro que mudam a situação de um título; o que delas se usa de uma remessa nunca muda."""


def de_todos(ctx: Contexto, cadastros: Cadastros) -> Mapping[str, Situacao]:
    """A situação de cada título dos cadastros que o livro conhece; quem não está nunca foi enviado."""
    numeros = [t.numero for t in cadastros.titulos]
    if ctx.lembranca is None or cadastros.pagadores != "clientes" or not ctx.pasta.conteudos.de("titulos"):
        return titulos.situacoes(ctx.livro, numeros)
    fatos = lembrancas.fatos(ctx.livro)
    agora = [atos.ultimo(ctx.livro), [fatos.get(tabela, "") for tabela in DE_QUE_DEPENDE.split()]]
    situacoes, quando = _lembradas(ctx.lembranca.bloco(_BLOCO))
    valem = quando[0] <= agora[0] and (quando[1] == agora[1] or depois.so_acrescentam(ctx.livro, quando[0]))
    if not valem:
        situacoes = {}
    perguntar = set() if list(situacoes) == numeros else set(numeros) - situacoes.keys()
    if quando[1] != agora[1]:
        perguntar |= {t for t in depois.tocados(ctx.livro, quando[0]) if t in situacoes}
    if perguntar:
        situacoes |= dict.fromkeys(perguntar, NUNCA_ENVIADO)
        situacoes |= titulos.situacoes(ctx.livro, perguntar)
    if len(situacoes) > len(numeros):
        situacoes = {n: situacoes[n] for n in numeros}
    if len(perguntar) * _POUCOS > len(numeros):
        ctx.lembranca.por_bloco(_BLOCO, guardar([(n, int(s.estado), *s[1:]) for n, s in situacoes.items()], agora))
    return situacoes


def _lembradas(bloco: bytes) -> tuple[dict[str, Situacao], list[Any]]:
    """Título → a situação lembrada, e de quando é."""
    lidas = em_colunas(bloco)
    if not lidas or not lidas[0]:
        return {}, [0, []]
    (numeros, estados, *resto), quando = lidas
    situacoes = map(Situacao._make, zip(map(_ESTADOS.__getitem__, estados), *resto, strict=True))
    return dict(zip(numeros, situacoes, strict=True)), quando


_ESTADOS = tuple(Estado)
