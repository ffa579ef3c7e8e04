"""O dígito da conta de quem paga, onde se conhece a conta do banco (S-50)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from guiche.boleto.digitos import DIGITOS
from guiche.layout.carga import ler_toml


@cache
def _regras() -> Mapping[str, Mapping[str, Any]]:
    regras: Mapping[str, Mapping[str, Any]] = ler_toml("leitura/contas")["bancos"]
    return regras


def conhecido(banco: str) -> bool:
    """Diz se há regra para o banco."""
    return banco in _regras()


def digito_confere(banco: str, conta: Mapping[str, str]) -> bool | None:
    """Diz se o dígito confere; ``None`` se não se sabe: banco sem regra, ou conta de outra forma.

    ``conta`` tem ``agencia``, ``operacao``, ``conta`` e ``dv``.

    >>> digito_confere("104", {"agencia": "2004", "operacao": "001", "conta": "448", "dv": "6"})
    True
    >>> digito_confere("001", {"agencia": "7030", "operacao": "", "conta": "5384", "dv": "9"})
    False
    >>> digito_confere("756", {"agencia": "1", "operacao": "", "conta": "1", "dv": "1"}) is None
    True
    """
    regra = _regras().get(banco)
    if regra is None:
        return None
    texto = ""
    for parte in regra["sobre"]:
        nome, _, largura = parte.partition(":")
        dado = "" if nome == "zeros" else conta[nome].lstrip("0")
        if len(dado) > int(largura) or not (dado or "0").isdigit() or not dado.isascii():
            return None
        texto += dado.rjust(int(largura), "0")
    certo = DIGITOS[regra["modulo"]](texto)
    return conta["dv"].upper() in {certo, *regra.get("ou", {}).get(certo, ())}
