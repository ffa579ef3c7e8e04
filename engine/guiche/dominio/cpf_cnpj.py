"""CPF e CNPJ: limpeza, dígitos verificadores, forma escrita e mascarada.

O CNPJ emitido desde julho de 2026 pode ter letras nas 12 primeiras posições
(IN RFB 2.229/2024): o valor de cada caractere é seu código ASCII menos 48.
"""

from __future__ import annotations

import re

_FORA = re.compile(r"[^0-9A-Z]")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")


def limpar(texto: str) -> str:
    """Tira pontos, barra, traço e espaços; passa letras a maiúsculas.

    >>> limpar("12.abc.345/01de-35")
    '12ABC34501DE35'
    """
    return _FORA.sub("", texto.upper())


def _dv(base: str, pesos_ate: int) -> int:
    soma = sum((ord(c) - 48) * (2 + i % (pesos_ate - 1)) for i, c in enumerate(reversed(base)))
    resto = soma % 11
    return 0 if resto < 2 else 11 - resto  # noqa: PLR2004


def _confere(documento: str) -> bool:
    return documento == completar(documento[:-2])


def completar(base: str) -> str:
    """O documento inteiro: os 9 algarismos de um CPF ou os 12 caracteres de um CNPJ, com os dígitos certos.

    >>> completar("123456789"), completar("12ABC34501DE")
    ('12345678909', '12ABC34501DE35')
    """
    pesos_ate = 11 if len(base) == 9 else 9  # noqa: PLR2004
    primeiro = _dv(base, pesos_ate)
    return f"{base}{primeiro}{_dv(f'{base}{primeiro}', pesos_ate)}"


def tipo(documento: str) -> str:
    """``"CPF"``, ``"CNPJ"`` ou ``""`` se o documento limpo não é válido.

    >>> tipo("12345678909"), tipo("12ABC34501DE35"), tipo("11111111111")
    ('CPF', 'CNPJ', '')
    """
    if len(set(documento)) <= 1:
        return ""
    if len(documento) == 11 and documento.isascii() and documento.isdigit() and _confere(documento):  # noqa: PLR2004
        return "CPF"
    if _CNPJ.fullmatch(documento) and _confere(documento):
        return "CNPJ"
    return ""


def formatar(documento: str) -> str:
    """Forma escrita de um documento limpo; o que não tem tamanho de CPF ou CNPJ volta igual.

    >>> formatar("12345678909"), formatar("12ABC34501DE35")
    ('123.456.789-09', '12.ABC.345/01DE-35')
    """
    d = documento
    if len(d) == 11:  # noqa: PLR2004
        return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}"
    if len(d) == 14:  # noqa: PLR2004
        return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"
    return d
