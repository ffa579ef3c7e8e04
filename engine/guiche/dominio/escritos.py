"""O que a pessoa escreve de um cadastro, na forma em que se usa: conta e dígito, agência e dígito, CEP, documento.

Só se separa ou se completa o que não tem duas leituras; o resto se recusa ou fica como veio, e quem usa o recusa.
"""

from __future__ import annotations

import re

from guiche.dominio import cpf_cnpj

_HIFENS = str.maketrans("‐‑‒–—−", "------")
_BRANCOS = str.maketrans("", "", "  ")
_DIGITO = re.compile(r"[0-9A-Z]{1,2}")
_MILHARES = re.compile(r"\d{1,3}(?:\.\d{3})+")
_COM_OPERACAO = re.compile(r"\d{3,4}\.\d{5,}")
_PONTUACAO_DO_CEP = str.maketrans("", "", " .-")
_CEP, _CPF, _CNPJ = 8, 11, 14
_MENOR_CPF, _MENOR_CNPJ = 8, 12
UFS = frozenset(
    "AC AL AM AP BA CE DF ES EX GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905
)
"""As siglas dos Estados, e EX, o exterior."""
SEPARE = "escreva o número numa célula, sem dígito, e o dígito na outra"


def _so_algarismos(texto: str) -> bool:
    return texto.isascii() and texto.isdigit()


def _sem_pontos(texto: str) -> str:
    """O número sem os pontos que só o enfeitam; vazio se um ponto pode separar outra coisa."""
    if "." not in texto:
        return texto
    enfeite = _MILHARES.fullmatch(texto) or not _COM_OPERACAO.match(texto)
    partes = texto.split(".")
    return "".join(partes) if enfeite and all(map(_so_algarismos, partes)) else ""


_NENHUM = {"nenhum", "não", "nao", "nada", "isento"}


def convenio_com_numero(escrito: str) -> str:
    """O convênio; vazio se na célula só há palavras ou traços, como se faz onde o banco não o usa.

    >>> [convenio_com_numero(escrito) for escrito in ("não tem", "-", "0123456", "ABC")]
    ['', '', '0123456', 'ABC']
    """
    sem_numero = not any(c.isdigit() for c in escrito)
    return "" if sem_numero and (not escrito.isalnum() or escrito.casefold() in _NENHUM) else escrito


def separar(numero: str, digito: str) -> tuple[str, str]:
    """O número e o dígito que se escreveram em duas células, ou juntos na primeira.

    Raises:
        ValueError: a frase que diz por que não se separam.

    >>> separar("55.432-1", ""), separar("12345-6", "6"), separar("12345", "x"), separar("", "")
    (('55432', '1'), ('12345', '6'), ('12345', 'X'), ('', ''))
    """
    escrito = numero.translate(_HIFENS).translate(_BRANCOS).upper()
    da_celula = digito.translate(_HIFENS).translate(_BRANCOS).upper().removeprefix("-")
    parte, hifen, junto = escrito.rpartition("-") if "-" in escrito else (escrito, "", "")
    limpo = _sem_pontos(parte)
    if escrito and not _so_algarismos(limpo):
        raise ValueError(f"não se sabe o que nela é número e o que é dígito: {SEPARE}")
    if (hifen and not _DIGITO.fullmatch(junto)) or (da_celula and not _DIGITO.fullmatch(da_celula)):
        raise ValueError(f"o dígito é um algarismo ou uma letra: {SEPARE}")
    if junto and da_celula and junto != da_celula:
        raise ValueError(f"o dígito escrito junto é {junto}, e a célula do dígito diz {da_celula}: {SEPARE}")
    return limpo, junto if hifen else da_celula


def cep(escrito: str) -> str:
    """O CEP a que o programa de planilha tirou o zero da frente, inteiro; o que não tem sete algarismos volta igual.

    O menor CEP do país é 01000-000: de sete algarismos só falta um zero.

    >>> cep("1001000"), cep("01001-000"), cep("100")
    ('01001-000', '01001-000', '100')
    """
    limpo = escrito.translate(_PONTUACAO_DO_CEP)
    if len(limpo) == _CEP - 1 and _so_algarismos(limpo) and limpo[0] != "0":
        return f"0{limpo[:4]}-{limpo[4:]}"
    return escrito


def cep_inteiro(escrito: str) -> bool:
    """Diz se é um CEP de oito algarismos.

    >>> cep_inteiro("01001-000"), cep_inteiro("1001000")
    (True, False)
    """
    limpo = escrito.translate(_PONTUACAO_DO_CEP)
    return len(limpo) == _CEP and _so_algarismos(limpo)


def documento(escrito: str) -> str:
    """O CPF ou CNPJ a que faltam zeros à frente, se com eles os dígitos conferem e só há uma leitura.

    >>> documento("1234567890"), documento("191"), documento("12.abc.345/01de-35")
    ('012.345.678-90', '191', '12.abc.345/01de-35')
    """
    limpo = cpf_cnpj.limpar(escrito)
    if not _so_algarismos(limpo) or cpf_cnpj.tipo(limpo):
        return escrito
    larguras = [
        *([_CPF] if _MENOR_CPF <= len(limpo) < _CPF else []), *([_CNPJ] if _MENOR_CNPJ <= len(limpo) < _CNPJ else [])
    ]  # fmt: skip
    certos = [inteiro for n in larguras if cpf_cnpj.tipo(inteiro := limpo.zfill(n))]
    return cpf_cnpj.formatar(certos[0]) if len(certos) == 1 else escrito
