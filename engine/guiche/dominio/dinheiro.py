"""Dinheiro: ``Decimal`` em reais nas bordas, centavos inteiros por dentro, float nunca."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_CENTESIMO = Decimal("0.01")
_MAIOR_ORDEM = 14
"""Casas antes da vírgula, menos uma; ``1E999999`` seria um número de um milhão de algarismos."""


def para_centavos(reais: Decimal) -> int:
    """Converte reais em centavos, sem arredondar.

    Raises:
        ValueError: valor não finito, com fração de centavo ou de um quatrilhão para cima.

    >>> para_centavos(Decimal("150.00"))
    15000
    """
    if reais.is_finite() and reais and reais.adjusted() > _MAIOR_ORDEM:
        raise ValueError(f"{reais:.3E}")
    try:
        centavos = reais.scaleb(2)
        exato = centavos.to_integral_value()
    except InvalidOperation as erro:
        raise ValueError(str(reais)) from erro
    if not centavos.is_finite() or centavos != exato:
        raise ValueError(str(reais))
    return int(exato)


def para_reais(centavos: int) -> Decimal:
    """Converte centavos em reais com duas casas.

    >>> para_reais(15050)
    Decimal('150.50')
    """
    return Decimal(centavos) * _CENTESIMO


def escrever_reais(centavos: int) -> str:
    """Valor como se escreve em português.

    >>> escrever_reais(123456789), escrever_reais(-5)
    ('1.234.567,89', '-0,05')
    """
    sinal = "-" if centavos < 0 else ""
    inteiro, fracao = divmod(abs(centavos), 100)
    return f"{sinal}{inteiro:,}".replace(",", ".") + f",{fracao:02d}"
