"""O ensaio: um retorno que nenhum banco mandou e que se reconhece como tal.

O banco de faz de conta escreve a marca onde o banco escreveria o próprio nome, que todo cabeçalho de retorno tem.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guiche.layout.modelo import Registro

MARCA = "ENSAIO SEM VALOR"
_NOME_DO_BANCO = ("nome_banco", "banco_nome", "banco_literal")


def marca(cabecalho: Registro) -> dict[str, str]:
    """O campo em que a marca vai, com o que dela cabe: 3 letras no mais estreito dos layouts."""
    return {c.nome: MARCA[: c.largura].rstrip() for c in cabecalho.campos if c.nome in _NOME_DO_BANCO}


def e_ensaio(cabecalho: Registro, lido: Mapping[str, Any]) -> bool:
    """Diz se o cabeçalho lido traz a marca."""
    return any(str(lido.get(nome) or "").strip() == escrito for nome, escrito in marca(cabecalho).items())
