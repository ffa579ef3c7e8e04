"""O espaço dos nossos números dos boletos de um livro anterior a eles, e o que nele se repete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guiche.boleto.numeracao import espaco
from guiche.erros import ErroDeCampo
from guiche.livro import numeracao
from guiche.livro.conexao import Livro
from guiche.livro.numeracao import SemEspaco

_DA_CONTA = (
    "agencia", "conta", "convenio", "operacao", "carteira", "modalidade", "posto", "ano_nosso_numero",
    "documento_beneficiario",
)  # fmt: skip
"""O que, da entrada de um boleto guardado, pode fazer o espaço."""


def completar(livro: Livro) -> None:
    """Dá o espaço aos boletos que não o têm, marca os que repetem o número de outro e anota o último de cada espaço."""
    if not numeracao.ha_sem_espaco(livro):
        return
    with livro.transacao():
        prontos = list(_prontos(livro))
        numeracao.guardar_espacos(livro, ((onde, repete, b.id) for b, onde, repete in prontos))
        ultimos: dict[tuple[str, str], int] = {}
        do_contrato = numeracao.por_convenio(livro)
        for b, onde, _ in prontos:
            dado = max(b.numero, do_contrato.get((b.banco, b.convenio, b.carteira), 0))
            ultimos[b.banco, onde] = max(ultimos.get((b.banco, onde), 0), dado)
        for (banco, onde), ultimo in ultimos.items():
            numeracao.definir_ultimo(livro, banco, onde, max(ultimo, numeracao.ultimo(livro, banco, onde)))


def _prontos(livro: Livro) -> Iterator[tuple[SemEspaco, str, int]]:
    """Cada boleto, o seu espaço e o boleto de que repete o número, ou 0."""
    donos: dict[tuple[str, str, int], int] = {}
    espacos: dict[tuple[str, ...], str] = {}
    for b in numeracao.sem_espaco(livro):
        entrada: Mapping[str, Any] = json.loads(b.dados).get("entrada", {})
        chave = (b.banco, b.convenio, b.carteira, *(str(entrada.get(nome) or "") for nome in _DA_CONTA))
        if chave not in espacos:
            espacos[chave] = do_guardado(b, entrada)
        onde = espacos[chave]
        dono = donos.setdefault((b.banco, onde, b.numero), b.id) if b.numero else b.id
        yield b, onde, 0 if dono == b.id else dono


def do_guardado(b: SemEspaco, entrada: Mapping[str, Any]) -> str:
    """O espaço de um boleto já emitido, pelos dados com que se emitiu; sem eles, o convênio e a carteira."""
    try:
        return espaco({"convenio": b.convenio, "carteira": b.carteira, **entrada, "banco": b.banco})
    except ErroDeCampo:  # o banco saiu das regras, ou a conta já não tem forma que sirva
        return f"convenio={b.convenio} carteira={b.carteira}"
