"""Os dígitos verificadores que os bancos usam, cada um pelo nome que os dados de ``layouts/boleto`` citam.

Fontes: manuais do Banco do Brasil (Doc5175), Itaú, Santander, Banestes, Banrisul, Caixa, HSBC e Unicred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice
from operator import mul

from guiche.erros import ErroDeCampo

_VALORES = {c: i for i, c in enumerate("0123456789")}
_DOBROS = bytes(48) + bytes(2 * i // 10 + 2 * i % 10 for i in range(10)) + bytes(198)
"""Algarismo em ASCII → a soma dos algarismos do seu dobro."""
Digito = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Modulo11:
    """Soma de algarismos por pesos, módulo 11."""

    pesos: Sequence[int]
    """Repetem-se em círculo a partir do último algarismo; do primeiro, se ``da_esquerda``."""
    especiais: Mapping[int, str] = field(default_factory=dict)
    """Resultado → dígito; os outros resultados são o próprio dígito."""
    resto: bool = False
    """O resultado é o resto da divisão; senão, 11 menos ele."""
    da_esquerda: bool = False
    fator: int = 1
    """Multiplica a soma."""

    def __call__(self, texto: str) -> str:
        """O dígito do texto de algarismos.

        Raises:
            ErroDeCampo: ``boleto.campo_algarismos``, se há nele outra coisa.
        """
        pesos, zeros = _alinhados(self.pesos, len(texto), self.da_esquerda)
        _so_algarismos(texto)
        soma = (sum(map(mul, pesos, texto.encode())) - zeros) * self.fator
        resultado = soma % 11 if self.resto else 11 - soma % 11
        return self.especiais.get(resultado) or str(resultado)


@cache
def _alinhados(pesos: Sequence[int], tamanho: int, da_esquerda: bool) -> tuple[tuple[int, ...], int]:  # noqa: FBT001
    """Os pesos de um texto desse tamanho, na ordem de leitura, e a soma que ele daria se fosse só de zeros."""
    circulo = tuple(islice(cycle(pesos), tamanho))
    return circulo if da_esquerda else circulo[::-1], ord("0") * sum(circulo)


def _so_algarismos(texto: str) -> None:
    if not (texto.isascii() and texto.isdigit()):
        raise ErroDeCampo("boleto.campo_algarismos", "o dígito se tira só de algarismos, e há outra coisa num deles")


def mod10(texto: str) -> str:
    """Módulo 10: pesos 2 e 1 da direita, somando os algarismos de cada produto.

    >>> mod10("001905009")
    '5'
    """
    _so_algarismos(texto)
    octetos = texto.encode()
    soma = sum(octetos[::-2].translate(_DOBROS)) + sum(octetos[-2::-2]) - ord("0") * (len(octetos) // 2)
    return str(-soma % 10)


def duplo_digito(texto: str) -> str:
    """Módulo 10 seguido de módulo 11 de pesos 2 a 7; quando este dá resto 1, o primeiro se soma de um e se refaz.

    >>> duplo_digito("00000001")
    '83'
    """
    primeiro = int(mod10(texto))
    while (resto := _resto_2_7(f"{texto}{primeiro}")) == 1:
        primeiro = (primeiro + 1) % 10
    return f"{primeiro}{-resto % 11}"


def _resto_2_7(texto: str) -> int:
    return sum(_VALORES[c] * p for c, p in zip(reversed(texto), cycle(range(2, 8)), strict=False)) % 11


def duplo_banestes(texto: str) -> str:
    """Dois módulos 11: pesos 2 a 9 sobre o número, e 2 a 10 sobre o número com o primeiro dígito.

    >>> duplo_banestes("00010297")
    '03'
    """
    primeiro = DIGITOS["mod11_2_9_00"](texto)
    return primeiro + DIGITOS["mod11_2_10_00"](texto + primeiro)


_PESOS_DO_SANTANDER = (9, 7, 3, 1, 0, 0, 9, 7, 1, 3, 1, 9, 7, 3)


def mod10_santander(texto: str) -> str:
    """Conta do Santander: pesos fixos sobre agência, dois zeros e conta; de cada produto vale só a unidade.

    >>> mod10_santander("01890001017417")
    '9'
    """
    _so_algarismos(texto)
    soma = sum(_VALORES[c] * p % 10 for c, p in zip(texto, _PESOS_DO_SANTANDER, strict=True))
    return str(-soma % 10)


_DE_2_A_9 = range(2, 10)
_ZEROS = {10: "0", 11: "0"}
GERAL: Digito = Modulo11(_DE_2_A_9, {10: "1", 11: "1"})
"""O da posição 5 do código de barras; 11 menos resto 1 é 10, menos resto 0 é 11, e nunca dá 0."""

# Um nome como mod11_2_7_P0 lê-se: módulo 11, pesos de 2 a 7, "P" onde o resultado é 10 e "0" onde é 11. Com ``resto``,
# o dígito é o resto (mod11_resto_9_2_1: pesos de 9 a 2, "1" onde seria 10); um número solto são os pesos, ou o fator.
DIGITOS: Mapping[str, Digito] = {
    "mod10": mod10,
    "mod10_santander": mod10_santander,
    "mod11_geral": GERAL,
    "mod11_2_9_00": Modulo11(_DE_2_A_9, _ZEROS),
    "mod11_2_8_00": Modulo11(range(2, 9), _ZEROS),
    "mod11_2_7_00": Modulo11(range(2, 8), _ZEROS),
    "mod11_2_10_00": Modulo11(range(2, 11), _ZEROS),
    "mod11_2_9_01": Modulo11(_DE_2_A_9, {10: "0", 11: "1"}),
    "mod11_2_7_P0": Modulo11(range(2, 8), {10: "P", 11: "0"}),
    "mod11_2_5_P0": Modulo11(range(2, 6), {10: "P", 11: "0"}),
    "mod11_2_9_X0": Modulo11(_DE_2_A_9, {10: "X", 11: "0"}),
    "mod11_resto_9_2_0": Modulo11(range(9, 1, -1), {10: "0"}, resto=True),
    "mod11_resto_9_2_1": Modulo11(range(9, 1, -1), {0: "1", 10: "1"}, resto=True),
    "mod11_x10": Modulo11(_DE_2_A_9, {10: "0"}, resto=True, fator=10),
    "mod11_3197": Modulo11((3, 1, 9, 7), _ZEROS, da_esquerda=True),
    "duplo_digito": duplo_digito,
    "duplo_banestes": duplo_banestes,
}
