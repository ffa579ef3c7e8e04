"""A troca de um texto por outro da mesma forma, sempre o mesmo para a mesma semente.

A troca sai de um HMAC com a semente: quem não a tem não desfaz a troca tentando todos os CPF.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from guiche.dominio import cpf_cnpj

_DOMINIO = "@exemplo.com"
_CNPJ, _RAIZ, _CPF = 14, 8, 11
_DO_BB = "00000"
_ACENTUADAS = "ÁÉÍÓÚÂÊÔÃÕÇ"


class Troca:
    """As trocas de uma semente, com as já feitas guardadas."""

    def __init__(self, semente: bytes) -> None:
        self._semente = semente
        self._feitas: dict[tuple[str, str], str] = {}

    def __call__(self, como: str, texto: str) -> str:
        """O texto trocado, na mesma largura; ``como`` é ``texto``, ``documento`` ou ``email``.

        Brancos em volta e zeros à esquerda ficam; texto só de zeros e brancos volta igual.
        """
        miolo = texto.strip()
        if not miolo.strip("0 "):
            return texto
        if (como, miolo) not in self._feitas:
            self._feitas[como, miolo] = getattr(self, f"_{como}")(miolo)
        inicio = len(texto) - len(texto.lstrip())
        return texto[:inicio] + self._feitas[como, miolo] + texto[inicio + len(miolo) :]

    def _sorte(self, texto: str) -> Iterator[int]:
        """Números de 0 a 255 que só dependem da semente e do texto."""
        vez = 0
        while True:
            yield from hmac.digest(self._semente, f"{vez}:{texto}".encode(), hashlib.sha256)
            vez += 1

    def _texto(self, texto: str) -> str:
        """Letra por letra, algarismo por algarismo; o primeiro algarismo de um número não vira zero.

        Zeros à esquerda não contam: a mesma conta, em campos de outra largura, dá a mesma troca.
        """
        inteiro = texto.lstrip("0")
        trocado = texto[: len(texto) - len(inteiro)]
        for i, (c, sorte) in enumerate(zip(inteiro, self._sorte(inteiro), strict=False)):
            trocado += _trocar(c, sorte, primeiro=i == 0)
        return trocado

    def _documento(self, texto: str) -> str:
        """Um CNPJ ou CPF certo vira outro certo, a filial com a mesma raiz; o que não é certo se troca como texto.

        Um CPF que começa por 00, com zeros à esquerda, também confere como CNPJ: é CPF, a não ser que a raiz do
        CNPJ seja toda de zeros, como a do Banco do Brasil.
        """
        for tamanho, tipo, base in ((_CPF, "CPF", _CPF - 2), (_CNPJ, "CNPJ", _RAIZ)):
            documento, sobra = texto[-tamanho:], texto[:-tamanho]
            do_bb = tipo == "CPF" and len(texto) > _CPF and documento.startswith(_DO_BB)
            if cpf_cnpj.tipo(documento) == tipo and not sobra.strip("0") and not do_bb:
                return sobra + cpf_cnpj.completar(self._texto(documento[:base]) + documento[base:-2])
        return self._texto(texto)

    def _email(self, texto: str) -> str:
        tamanho = len(texto) - len(_DOMINIO)
        if "@" not in texto or tamanho < 1:
            return self._texto(texto)
        quem = "".join(c if c.isalnum() else "x" for c in self._texto(texto)[:tamanho])
        return quem + (_DOMINIO.upper() if texto.isupper() else _DOMINIO)


def _trocar(c: str, sorte: int, *, primeiro: bool) -> str:
    if c.isascii() and c.isdigit():
        return str(1 + sorte % 9) if primeiro else str(sorte % 10)
    if not c.isalpha():
        return c
    letra = chr(ord("A") + sorte % 26) if c.isascii() else _ACENTUADAS[sorte % len(_ACENTUADAS)]
    return letra if c.isupper() else letra.lower()
