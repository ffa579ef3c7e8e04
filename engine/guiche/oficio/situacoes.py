"""A situação de todos os títulos da aba: a de que se lembra, com o que o livro disse depois."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao
from guiche.dominio.estados import Estado
from guiche.livro import atos, depois, lembrancas, titulos
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.planilha.lembradas import guardar, lembrar

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
    lidas, quando = lembrar(ctx.lembranca.bloco(_BLOCO), _lida) or ([], [0, []])
    valem = quando[0] <= agora[0] and (quando[1] == agora[1] or depois.so_acrescentam(ctx.livro, quando[0]))
    situacoes: dict[str, Situacao] = dict(lidas) if valem else {}
    perguntar = set(numeros) - situacoes.keys()
    if quando[1] != agora[1]:
        perguntar |= depois.tocados(ctx.livro, quando[0]) & set(numeros)
    if perguntar:
        situacoes |= dict.fromkeys(perguntar, NUNCA_ENVIADO)
        situacoes |= titulos.situacoes(ctx.livro, perguntar)
    if len(situacoes) > len(numeros):
        situacoes = {n: situacoes[n] for n in numeros}
    if len(perguntar) * _POUCOS > len(numeros):
        ctx.lembranca.por_bloco(_BLOCO, guardar([(n, int(s.estado), *s[1:]) for n, s in situacoes.items()], agora))
    return situacoes


def _lida(escrita: tuple[Any, ...]) -> tuple[str, Situacao]:
    numero, estado, *resto = escrita
    return numero, Situacao(_ESTADOS[estado], *resto)


_ESTADOS = tuple(Estado)
