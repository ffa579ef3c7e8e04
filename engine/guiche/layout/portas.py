"""Como outro programa escreve cada valor em JSON, e o que se diz do que veio errado.

Os tipos são os de ``layouts/portas.toml``. Dinheiro, percentual e código só em texto: um número do JSON não diz se
são reais ou centavos, e perde os zeros da esquerda.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from guiche.layout.carga import ler_toml

_MAIOR_NOME = 40


@dataclass(frozen=True, slots=True)
class Tipo:
    """Um tipo de valor no JSON."""

    nome: str
    diz: str
    exemplo: str
    molde: str = ""
    """Expressão que o texto inteiro segue; vazia, qualquer texto."""
    casas: int = 0


@dataclass(frozen=True, slots=True)
class Chave:
    """Uma chave que só a porta tem."""

    tipo: str
    diz: str


@cache
def tipos() -> Mapping[str, Tipo]:
    """Os tipos pelo nome."""
    return {nome: Tipo(**dados) for nome, dados in ler_toml("portas")["tipos"].items()}


@cache
def chaves(porta: str) -> Mapping[str, Chave]:
    """As chaves de uma porta.

    >>> chaves("boleto_calcular")["valor"].tipo
    'centavos'
    """
    return {nome: Chave(**dados) for nome, dados in ler_toml("portas")[porta]["chaves"].items()}


def estranha(nome: str, conhecidas: Iterable[str]) -> str:
    """O que se diz de uma chave que a porta não conhece, com a conhecida que mais se parece.

    >>> estranha("valor_titlo", ["valor_titulo", "vencimento"])
    'não se conhece a chave "valor_titlo"; seria "valor_titulo"?'
    """
    from difflib import get_close_matches  # noqa: PLC0415  só se paga quando há o que dizer

    parecidas = get_close_matches(nome[:_MAIOR_NOME].lower(), list(conhecidas), 1)
    seria = f'; seria "{parecidas[0]}"?' if parecidas else ""
    return f'não se conhece a chave "{nome[:_MAIOR_NOME]}"{seria}'


def ler(tipo: str, valor: Any, casas: int | None = None) -> Any:
    """O valor na forma de dentro: dinheiro em centavos, percentual em centésimos, data em ``date``.

    ``casas`` é quantos algarismos há depois do ponto, se não são os do tipo.

    Raises:
        ValueError: como o valor se tem de escrever; o próprio valor não se repete, que pode ser de uma pessoa.

    >>> ler("centavos", "199.9"), ler("percentual", "1.00"), ler("inteiro", 5)
    (19990, 100, 5)
    """
    regra = tipos()[tipo]
    leitura = _LEITURAS.get(tipo)
    if leitura is not None:
        return leitura(regra, valor)
    texto = _texto(regra, valor)
    return _escalar(regra, texto, regra.casas if casas is None else casas) if regra.casas else texto


def _escreva(regra: Tipo) -> str:
    return f"escreva {regra.diz}, como {regra.exemplo}"


def _que_e(valor: Any) -> str:
    if isinstance(valor, bool):
        return "verdadeiro ou falso"
    return "número" if isinstance(valor, int | float) else "lista" if isinstance(valor, list) else "objeto"


def _escalar(regra: Tipo, texto: str, casas: int) -> int:
    escalado = Decimal(texto).scaleb(casas)
    if escalado != escalado.to_integral_value():
        raise ValueError(f"tem mais de {casas} casas; {_escreva(regra)}")
    return int(escalado)


def _texto(regra: Tipo, valor: Any) -> str:
    if not isinstance(valor, str):
        raise ValueError(f"veio como {_que_e(valor)}; {_escreva(regra)}")
    if regra.molde and re.fullmatch(regra.molde, valor, re.ASCII) is None:
        raise ValueError(f"não se lê; {_escreva(regra)}")
    return valor


def _inteiro(regra: Tipo, valor: Any) -> int:
    return int(_texto(regra, str(valor) if type(valor) is int else valor))


def _sim_nao(regra: Tipo, valor: Any) -> bool:
    if not isinstance(valor, bool):
        raise ValueError(f"não se lê; {_escreva(regra)}")
    return valor


def _data(regra: Tipo, valor: Any) -> date:
    texto = _texto(regra, valor)
    try:
        return date.fromisoformat(texto[:10])
    except ValueError:
        raise ValueError(f"não é um dia do calendário; {_escreva(regra)}") from None


def _data_hora(regra: Tipo, valor: Any) -> datetime:
    texto = _texto(regra, valor)
    try:
        return datetime.fromisoformat(texto)
    except ValueError:
        raise ValueError(f"não é um instante do calendário; {_escreva(regra)}") from None


def _nomes(regra: Tipo, valor: Any) -> list[str]:
    lista = [valor] if isinstance(valor, str) else valor
    if not isinstance(lista, list) or not all(isinstance(v, str) for v in lista):
        raise ValueError(f"não se lê; {_escreva(regra)}")
    return lista


def _descontos(regra: Tipo, valor: Any) -> list[tuple[date, int]]:
    if not isinstance(valor, list) or not all(isinstance(par, list) and len(par) == 2 for par in valor):  # noqa: PLR2004
        raise ValueError(f"não se lê; {_escreva(regra)}")
    return [(ler("data", dia), ler("centavos", reais)) for dia, reais in valor]


_LEITURAS: Mapping[str, Callable[[Tipo, Any], Any]] = {
    "inteiro": _inteiro, "sim_nao": _sim_nao, "data": _data, "data_hora": _data_hora, "nomes": _nomes,
    "descontos": _descontos,
}  # fmt: skip
