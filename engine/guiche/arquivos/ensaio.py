"""O ensaio: um retorno que nenhum banco mandou e que se reconhece como tal.

O banco de faz de conta escreve a marca onde o banco escreveria o próprio nome, que todo cabeçalho de retorno tem.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guiche.layout.modelo import Registro

MARCA = "ENSAIO SEM VALOR"
_NOME, _CODIGO_E_NOME = ("nome_banco", "banco_nome"), "banco_literal"
_CODIGO = 3


def marca(cabecalho: Registro, banco: str) -> dict[str, str]:
    """O campo em que a marca vai, com o que dela cabe: 3 letras no mais estreito dos layouts.

    Onde o nome vem colado ao código do banco, o código fica: é por ele que se reconhece o arquivo.
    """
    nomes = {c.nome: MARCA[: c.largura].rstrip() for c in cabecalho.campos if c.nome in _NOME}
    colados = {c.nome: c.largura for c in cabecalho.campos if c.nome == _CODIGO_E_NOME}
    return nomes | {nome: f"{banco}{MARCA[: largura - _CODIGO].rstrip()}" for nome, largura in colados.items()}


def e_ensaio(cabecalho: Registro, lido: Mapping[str, Any], banco: str) -> bool:
    """Diz se o cabeçalho lido traz a marca."""
    return any(str(lido.get(nome) or "").strip() == escrito for nome, escrito in marca(cabecalho, banco).items())
