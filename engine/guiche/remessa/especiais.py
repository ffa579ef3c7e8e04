"""Chaves que não saem de outras título a título: totais do arquivo, instruções, dígito do nosso número."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import Any

from guiche.remessa.colunas import Coluna, Colunas, mapear
from guiche.remessa.derivadas import instrucoes

INSTRUCOES = {"protesto": "protesto_dias", "negativacao": "negativacao_dias", "baixa": "baixa_prazo"}
"""Instrução → a chave com seus dias."""


def _nosso_numero_dv(q: Colunas) -> Coluna:
    coluna = q.modelo("{dv}")
    numeros = q.coluna("nosso_numero")
    return mapear("codigo", lambda dv, n: dv if n.strip("0") else "", coluna, numeros)


def _instrucoes(q: Colunas) -> Coluna:
    tabela = q.receita.instrucoes
    nomes = [n for n in INSTRUCOES if n in tabela]
    colunas = [q.coluna(INSTRUCOES[n]) for n in nomes]
    if "multa" in tabela:
        nomes, colunas = [*nomes, "multa"], [*colunas, q.coluna("multa_valor")]

    def conta(*dias: int) -> Any:
        return instrucoes(tabela, {n: d for n, d in zip(nomes, dias, strict=True) if d})

    return mapear("instrucoes", conta, *colunas) if colunas else Coluna("instrucoes", conta())


def _instrucao(posicao: int) -> Callable[[Colunas], Coluna]:
    def fazer(q: Colunas) -> Coluna:
        nenhuma = q.receita.instrucoes.get("nenhuma", "")
        return mapear(
            "codigo", lambda i: i.codigos[posicao] if len(i.codigos) > posicao else nenhuma, q.coluna("instrucoes")
        )

    return fazer


def _soma(tipos: str, *, valor: bool) -> Callable[[Colunas], Coluna]:
    """Quantos títulos, ou quanto valem, numa modalidade de carteira; a simples é o que não é nenhuma outra."""

    def fazer(q: Colunas) -> Coluna:
        dado = q.livre("codigo_carteira") or [None]
        codigos = dado if len(dado) == q.total else dado * q.total
        escolhe = [(c in {"2", "3", "4"}) if not tipos else c == tipos for c in codigos]
        if not tipos:
            escolhe = [not e for e in escolhe]
        centavos = list(compress(q.todos("valor_titulo"), escolhe))
        return Coluna("centavos", sum(centavos)) if valor else Coluna("inteiro", len(centavos))

    return fazer


def _conta_final(q: Colunas) -> Coluna:
    return Coluna("codigo", (q.coluna("conta").unico + q.coluna("conta_dv").unico)[-2:])


ESPECIAIS: dict[str, Callable[[Colunas], Coluna]] = {
    "nosso_numero_dv": _nosso_numero_dv,
    "instrucoes": _instrucoes,
    "instrucao_a": _instrucao(0),
    "instrucao_b": _instrucao(1),
    "instrucao_c": _instrucao(2),
    "prazo": lambda q: mapear("inteiro", lambda i: i.prazo, q.coluna("instrucoes")),
    "aviso_1": lambda q: Coluna("nome", q.empresa.get("mensagem_1", "")),
    "aviso_2": lambda q: Coluna("nome", q.empresa.get("mensagem_2", "")),
    "conta_final": _conta_final,
    "quantidade_titulos": lambda q: Coluna("inteiro", q.total),
    "valor_total": lambda q: Coluna("centavos", sum(q.todos("valor_titulo"))),
    "quantidade_simples": _soma("", valor=False),
    "quantidade_vinculada": _soma("2", valor=False),
    "quantidade_caucionada": _soma("3", valor=False),
    "quantidade_descontada": _soma("4", valor=False),
    "valor_simples": _soma("", valor=True),
    "valor_vinculada": _soma("2", valor=True),
    "valor_caucionada": _soma("3", valor=True),
    "valor_descontada": _soma("4", valor=True),
}
