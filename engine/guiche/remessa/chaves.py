"""As chaves de uma empresa e de um título: o que são e se estão certas.

O catálogo é ``layouts/remessa/chaves.toml``. Fora dele só se aceita o nome de um campo do próprio layout
(``especie_titulo``, ``instrucao_1``, ``codigo_carteira``…), que se grava como veio e vale mais que o que se
tiraria das outras chaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from guiche.dominio.cpf_cnpj import limpar
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo, Local
from guiche.layout.carga import ler_toml

TEXTOS = {"texto", "nome", "algarismos", "documento", "opcao"}
INTEIROS = {"centavos", "percentual", "inteiro"}
_DOCUMENTOS = {0, 11, 14}
MAIS_DESCONTOS = 3
AUSENTE: tuple[Any, ...] = (None, "", (), [])


@dataclass(frozen=True, slots=True)
class Chave:
    """Um verbete do catálogo."""

    nome: str
    tipo: str
    diz: str
    opcoes: tuple[str, ...] = ()
    exigida: bool = False
    """Não pode faltar, se o layout a leva."""


@cache
def catalogo(de: str) -> Mapping[str, Chave]:
    """As chaves de ``"empresa"`` ou de ``"titulo"``.

    >>> catalogo("titulo")["juros_ao_mes"].tipo
    'percentual'
    """
    verbetes = ler_toml("remessa/chaves")[de].items()
    return {n: Chave(n, v["tipo"], v["diz"], tuple(v.get("opcoes", ())), v.get("exigida", False)) for n, v in verbetes}


def procurar(nome: str) -> Chave | None:
    """O verbete do nome, seja de que lado for."""
    return catalogo("titulo").get(nome) or catalogo("empresa").get(nome)


def recusar(nome: str, razao: str, onde: str, codigo: str = "remessa.chave") -> ErroDeCampo:
    """Erro que diz a chave e de quem ela é."""
    return ErroDeCampo(codigo, f"{nome} {razao}", local=Local(onde))


def acertar(chave: Chave, valores: Sequence[Any]) -> list[Any]:
    """Os valores na forma em que a remessa os usa; o vazio vira "", 0, ``None`` ou ``()`` conforme o tipo.

    Raises:
        ErroDeCampo: ``remessa.chave``, com o número do título, se um valor não é do tipo ou não serve.
    """
    if chave.tipo in TEXTOS:
        return _acertar_textos(chave, ["" if v is None else v for v in valores])
    if chave.tipo in INTEIROS:
        prontos = [0 if v in AUSENTE else v for v in valores]
        if set(map(type, prontos)) <= {int} and min(prontos, default=0) >= 0:
            return prontos
        return [_um(chave, v, i) for i, v in enumerate(prontos, 1)]
    if chave.tipo == "data":
        prontos = [None if v in AUSENTE else v for v in valores]
        return prontos if set(map(type, prontos)) <= {date, type(None)} else _cada(chave, prontos)
    return _cada(chave, valores)


def _acertar_textos(chave: Chave, valores: list[Any]) -> list[str]:
    if not set(map(type, valores)) <= {str}:
        return [str(v) for v in _cada(chave, valores)]
    if chave.tipo == "algarismos":
        junto = "\n".join(valores)
        if not junto.replace("\n", "0").isdigit() or not junto.isascii():
            return [str(v) for v in _cada(chave, valores)]
    elif chave.tipo in {"documento", "opcao"}:
        return [str(v) for v in _cada(chave, valores)]
    return valores


def _cada(chave: Chave, valores: Sequence[Any]) -> list[Any]:
    lembrados: dict[Any, Any] = {}
    prontos = []
    for i, valor in enumerate(valores, 1):
        if type(valor) is str and valor in lembrados:
            prontos.append(lembrados[valor])
            continue
        certo = _um(chave, valor, i)
        if type(valor) is str:
            lembrados[valor] = certo
        prontos.append(certo)
    return prontos


def _um(chave: Chave, valor: Any, n: int) -> Any:
    certo, razao = _CONFERENCIAS[chave.tipo](chave, valor)
    if razao:
        raise recusar(chave.nome, razao, f"título {n}")
    return certo


def _texto(_: Chave, valor: Any) -> tuple[Any, str]:
    return valor, "" if isinstance(valor, str) else "é texto"


def _algarismos(_: Chave, valor: Any) -> tuple[Any, str]:
    if not isinstance(valor, str):
        return valor, "é texto de algarismos"
    limpo = so_algarismos(valor)
    return limpo, "" if not limpo or (limpo.isascii() and limpo.isdigit()) else "só aceita algarismos"


def _documento(_: Chave, valor: Any) -> tuple[Any, str]:
    if not isinstance(valor, str):
        return valor, "é texto"
    limpo = limpar(valor)
    return limpo, "" if len(limpo) in _DOCUMENTOS else "não tem 11 posições (CPF) nem 14 (CNPJ)"


def _opcao(chave: Chave, valor: Any) -> tuple[Any, str]:
    return valor, "" if not valor or valor in chave.opcoes else f"não pode ser {valor!r}: {', '.join(chave.opcoes)}"


def _inteiro(chave: Chave, valor: Any) -> tuple[Any, str]:
    certo = type(valor) is int and valor >= 0
    unidade = {"centavos": "centavos", "percentual": "centésimos de por cento"}.get(chave.tipo, "unidades")
    return valor, "" if certo else f"é número inteiro, em {unidade}, e não negativo"


def _data(_: Chave, valor: Any) -> tuple[Any, str]:
    return valor, "" if valor is None or type(valor) is date else "é data"


def _nomes(_: Chave, valor: Any) -> tuple[Any, str]:
    lista = () if valor in AUSENTE else valor
    certo = isinstance(lista, list | tuple) and all(isinstance(v, str) for v in lista)
    return tuple(lista) if certo else lista, "" if certo else "é lista de textos"


def _descontos(_: Chave, valor: Any) -> tuple[Any, str]:
    lista = () if valor in AUSENTE else valor
    certo = isinstance(lista, list | tuple) and all(
        isinstance(d, list | tuple) and len(d) == 2 and type(d[0]) is date and type(d[1]) is int and d[1] > 0  # noqa: PLR2004
        for d in lista
    )
    if not certo or len(lista) > MAIS_DESCONTOS:
        return valor, "é lista de até três pares (data, centavos)"
    dias = [d[0] for d in lista]
    return tuple(map(tuple, lista)), "" if dias == sorted(set(dias)) else "tem de estar em ordem de data, sem repetir"


_CONFERENCIAS = {
    "texto": _texto, "nome": _texto, "algarismos": _algarismos, "documento": _documento, "opcao": _opcao,
    "centavos": _inteiro, "percentual": _inteiro, "inteiro": _inteiro, "data": _data, "nomes": _nomes,
    "descontos": _descontos,
}  # fmt: skip
