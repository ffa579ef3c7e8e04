"""O que o banco vê de um texto: maiúsculas ASCII, sem acento."""

from __future__ import annotations

import unicodedata

_TROCAS = str.maketrans(
    {"º": "O", "ª": "A", "°": "O", "–": "-", "—": "-", "‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"'}
    | {"ß": "SS", "Æ": "AE", "æ": "AE", "Ø": "O", "ø": "O", "\u00a0": " "}
)


def transliterar(texto: str) -> str:
    """Tira acentos e passa a maiúsculas; o que não tem letra ASCII equivalente fica como está.

    Quem grava confere depois se sobrou caractere que o banco não aceita: aqui nada se apaga.

    >>> transliterar("São João – nº 1")
    'SAO JOAO - NO 1'
    """
    if texto.isascii():
        return texto.upper()
    decomposto = unicodedata.normalize("NFKD", texto.translate(_TROCAS))
    return "".join(c for c in decomposto if not unicodedata.combining(c)).upper()


_PONTUACAO = str.maketrans("", "", ".-/ ")


def so_algarismos(texto: str) -> str:
    """O texto sem a pontuação com que se escrevem números; o que não é pontuação fica, para ser recusado.

    >>> so_algarismos("12.345-6"), so_algarismos("12a")
    ('123456', '12a')
    """
    return texto.translate(_PONTUACAO)
