"""O código de barras e a linha digitável de um boleto, nos dois sentidos.

Fontes: Carta-Circular BCB 2.926/2000; Doc5175 do Banco do Brasil (maio de 2019); Anexo 6 do Itaú; comunicados
FEBRABAN FB-082/2012 e FB-122 sobre a volta do fator de vencimento em 22/02/2025.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from guiche.boleto.digitos import GERAL, mod10
from guiche.erros import ErroDeCampo

BASE = date(1997, 10, 7)
MAIOR_FATOR, VOLTA = 9999, 9000
ANTES, DEPOIS = 3000, 5500
"""Dias da janela, em torno do dia de referência, em que um fator vale."""
BARRAS, LINHA, ARRECADACAO = 44, 47, 48
MAIOR_NO_VALOR = 10**10 - 1
"""Centavos que cabem no campo do valor; acima disso ele toma também o fator."""
MAIOR_VALOR = 10**13 - 1


class Partes(NamedTuple):
    """O que um código diz."""

    codigo_barras: str
    banco: str
    moeda: str
    fator: int
    vencimento: date | None
    valor: int
    """Centavos; 0 se o código não traz valor."""
    campo_livre: str
    erros: tuple[str, ...]
    """O que está errado, em palavras; vazio se tudo confere."""


def fator_de(vencimento: date | None) -> int:
    """Fator de vencimento: dias desde 07/10/1997, voltando a 1000 depois de 9999; 0 sem data.

    >>> fator_de(date(2025, 2, 21)), fator_de(date(2025, 2, 22))
    (9999, 1000)
    """
    if vencimento is None:
        return 0
    dias = (vencimento - BASE).days
    return dias if dias <= MAIOR_FATOR else (dias - MAIOR_FATOR - 1) % VOLTA + 1000


def vencimento_de(fator: int, hoje: date) -> date | None:
    """Data do fator, a única dentro da janela de ``hoje`` − 3000 a + 5500 dias; ``None`` se não há.

    >>> vencimento_de(1000, date(2026, 1, 1)), vencimento_de(9999, date(2010, 1, 1)), vencimento_de(0, date(2026, 1, 1))
    (datetime.date(2025, 2, 22), None, None)
    """
    if not fator:
        return None
    primeira, ultima = hoje - timedelta(days=ANTES), hoje + timedelta(days=DEPOIS)
    candidata = BASE + timedelta(days=fator)
    while candidata < primeira:
        candidata += timedelta(days=VOLTA)
    return candidata if candidata <= ultima else None


def montar(banco: str, moeda: str, vencimento: date | None, centavos: int, campo_livre: str) -> str:
    """O código de barras, de 44 algarismos.

    Valor de R$ 100.000.000,00 ou mais toma as posições do fator, e o código deixa de dizer o vencimento.

    Raises:
        ErroDeCampo: ``boleto.valor``.
    """
    if centavos <= MAIOR_NO_VALOR:
        numeros = f"{fator_de(vencimento):04d}{centavos:010d}"
    elif centavos <= MAIOR_VALOR:
        numeros = f"{centavos:014d}"
    else:
        raise ErroDeCampo("boleto.valor", "o valor não cabe no código de barras")
    sem_dv = banco + moeda + numeros + campo_livre
    return sem_dv[:4] + GERAL(sem_dv) + sem_dv[4:]


def linha_digitavel(barras: str) -> str:
    """A linha digitável, com pontos e espaços.

    >>> linha_digitavel("00193373700000001000500940144816060680935031")
    '00190.50095 40144.816069 06809.350314 3 37370000000100'
    """
    campos = (barras[:4] + barras[19:24], barras[24:34], barras[34:44])
    a, b, c = (campo + mod10(campo) for campo in campos)
    return f"{a[:5]}.{a[5:]} {b[:5]}.{b[5:]} {c[:5]}.{c[5:]} {barras[4]} {barras[5:19]}"


def decodificar(texto: str, hoje: date) -> Partes:
    """Lê uma linha digitável ou um código de barras, e diz o que nele não confere.

    Raises:
        ErroDeCampo: ``boleto.codigo``, se não é nem uma coisa nem outra; ``boleto.arrecadacao``, se é guia de
            concessionária ou tributo.
    """
    numeros = "".join(c for c in texto if not c.isspace() and c not in ".-")
    if not (numeros.isascii() and numeros.isdigit()):
        raise ErroDeCampo("boleto.codigo", "há letras ou sinais no código")
    if numeros.startswith("8") and len(numeros) in {BARRAS, ARRECADACAO}:
        raise ErroDeCampo(
            "boleto.arrecadacao", "é uma guia de arrecadação (conta de consumo ou tributo), não um boleto"
        )
    if len(numeros) == BARRAS:
        return _ler(numeros, [], hoje)
    if BARRAS - 10 < len(numeros) <= LINHA:
        linha = numeros[:33] + numeros[33:].rjust(14, "0")  # papéis antigos encurtam o último campo
        barras = linha[:4] + linha[32:47] + linha[4:9] + linha[10:20] + linha[21:31]
        return _ler(barras, _dvs_da_linha(linha), hoje)
    raise ErroDeCampo(
        "boleto.codigo", f"tem {len(numeros)} algarismos; um boleto tem 44 (barras) ou 47 (linha digitável)"
    )


def _dvs_da_linha(linha: str) -> list[str]:
    campos = ((linha[:9], linha[9]), (linha[10:20], linha[20]), (linha[21:31], linha[31]))
    return [
        f"o dígito do {n}º campo da linha digitável é {lido}, e deveria ser {mod10(campo)}"
        for n, (campo, lido) in enumerate(campos, 1)
        if mod10(campo) != lido
    ]


def _ler(barras: str, erros: list[str], hoje: date) -> Partes:
    geral = GERAL(barras[:4] + barras[5:])
    if barras[4] != geral:
        erros.append(f"o dígito geral (posição 5) é {barras[4]}, e deveria ser {geral}")
    if barras[3] not in "09":
        erros.append(f"a moeda (posição 4) é {barras[3]}, e o Real é 9")
    fator, valor = int(barras[5:9]), int(barras[9:19])
    if 0 < fator < 1000:  # noqa: PLR2004  o menor fator: abaixo dele, é o valor que transborda
        fator, valor = 0, int(barras[5:19])
    vencimento = vencimento_de(fator, hoje)
    if fator and vencimento is None:
        erros.append(f"o fator de vencimento {fator} não cai em nenhuma data aceita hoje")
    return Partes(barras, barras[:3], barras[3], fator, vencimento, valor, barras[19:], tuple(erros))
