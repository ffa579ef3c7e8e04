"""Acerta, nas linhas já com tipo, o que se escreve de mais de um jeito: conta e dígito, agência, CEP, CPF e CNPJ.

O que se completa diz-se, com a célula; o que não se separa recusa-se, com a célula. A agência com dígito fica como
``0101-5``: a célula do dígito dela, quando há, é de outra aba.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from guiche.dominio import escritos
from guiche.erros import Local, Problema
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Folha

_DOCUMENTOS = frozenset({"cpf_cnpj", "cnpj", "empresa_cnpj", "sacador_documento"})
_COMPLETAR: Mapping[str, Callable[[str], str]] = {
    "cep": escritos.cep, **dict.fromkeys(_DOCUMENTOS, escritos.documento)
}  # fmt: skip


class Acertadas(NamedTuple):
    """As linhas boas, o número de cada uma na aba, o que se completou e o que não se separa."""

    linhas: Sequence[tuple[Any, ...]]
    numeros: Sequence[int]
    avisos: Sequence[Problema]
    problemas: Sequence[Problema]


@cache
def _onde(tabela: str) -> Mapping[str, int]:
    """As colunas que se acertam e a posição de cada uma entre as do operador."""
    ids = esquema()[tabela].ids("operador")
    daqui = {id_: i for i, id_ in enumerate(ids)}
    contas = ("agencia", "conta", "conta_dv") if {"agencia", "conta", "conta_dv"} <= daqui.keys() else ()
    return {id_: daqui[id_] for id_ in (*contas, *(_COMPLETAR.keys() & daqui.keys()))}


def acertar(folha: Folha, linhas: Sequence[tuple[Any, ...]], numeros: Sequence[int]) -> Acertadas:
    """As linhas da folha, acertadas; a que traz o que não se separa sai, com o problema."""
    onde = _onde(folha.tabela)
    if not onde or not linhas:
        return Acertadas(linhas, numeros, (), ())
    boas, certos = [], []
    avisos: list[Problema] = []
    problemas: list[Problema] = []
    for numero, linha in zip(numeros, linhas, strict=True):
        nova = list(linha)
        ruins = list(_separar(folha, onde, nova, numero)) if "conta" in onde else []
        avisos += _completar(folha, onde, nova, numero)
        problemas += ruins
        if not ruins:
            boas.append(tuple(nova))
            certos.append(numero)
    return Acertadas(boas, certos, avisos, problemas)


def _separar(folha: Folha, onde: Mapping[str, int], linha: list[Any], numero: int) -> Iterator[Problema]:
    conta, dv = linha[onde["conta"]], linha[onde["conta_dv"]]
    if conta or dv:
        try:
            linha[onde["conta"]], linha[onde["conta_dv"]] = escritos.separar(conta, dv)
        except ValueError as erro:
            yield Problema("celula.conta", f"a conta: {erro}", _local(folha, "conta", numero))
    if agencia := linha[onde["agencia"]]:
        try:
            linha[onde["agencia"]] = "-".join(filter(None, escritos.separar(agencia, "")))
        except ValueError as erro:
            yield Problema("celula.agencia", f"a agência: {erro}", _local(folha, "agencia", numero))


def _local(folha: Folha, coluna: str, numero: int) -> Local:
    return Local(folha.aba, celula=f"{folha.letras[coluna]}{numero}")


def _completar(folha: Folha, onde: Mapping[str, int], linha: list[Any], numero: int) -> Iterator[Problema]:
    for coluna, completar in _COMPLETAR.items():
        if coluna not in onde or not (escrito := linha[onde[coluna]]):
            continue
        inteiro = completar(escrito)
        if inteiro != escrito:
            linha[onde[coluna]] = inteiro
            local = _local(folha, coluna, numero)
            yield Problema("celula.completada", _lido(coluna, escrito, inteiro), local, gravidade="aviso")


def _lido(coluna: str, escrito: str, inteiro: str) -> str:
    if coluna == "cep":
        return f"CEP {inteiro} lido de {escrito}"
    qual = "CNPJ" if "/" in inteiro else "CPF"
    return f"{qual} lido com o zero que lhe faltava à frente; os dígitos conferem"
