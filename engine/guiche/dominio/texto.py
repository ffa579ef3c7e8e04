"""O que o banco vê de um texto: maiúsculas ASCII, sem acento."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_TROCAS = str.maketrans(
    {"º": "O", "ª": "A", "°": "O", "–": "-", "—": "-", "‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"'}
    | {"ß": "SS", "Æ": "AE", "æ": "AE", "Ø": "O", "ø": "O", "\u00a0": " "}
)


def contar(quantos: int, um: str, muitos: str = "") -> str:
    """Quantos de quê; o plural, se não se diz, é o de acrescentar um s.

    >>> contar(1, "título"), contar(3, "item", "itens"), contar(0, "linha")
    ('1 título', '3 itens', '0 linhas')
    """
    return f"{quantos} {um if quantos == 1 else muitos or f'{um}s'}"


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


def _tabela() -> bytes:
    """Byte latin-1 → seu ASCII; 0 onde a troca não é de um por um. A quebra de linha separa os textos."""
    trocas = [transliterar(chr(i)) for i in range(256)]
    return bytes(ord(t) if t == "\n" or (len(t) == 1 and " " <= t <= "~") else 0 for t in trocas)


_TABELA = _tabela()


def transliterar_muitos(textos: Sequence[str]) -> list[str]:
    """``transliterar`` de cada texto, todos de uma vez quando a troca é de um por um.

    >>> transliterar_muitos(["São", "Strauß"])
    ['SAO', 'STRAUSS']
    """
    try:
        trocado = "\n".join(textos).encode("latin-1").translate(_TABELA)
    except UnicodeEncodeError:
        return list(map(transliterar, textos))
    if 0 in trocado or trocado.count(b"\n") != len(textos) - 1:
        return list(map(transliterar, textos))
    return trocado.decode("ascii").split("\n")


_DESENHOS = {c: chr(0x2400 + c) for c in range(0x20) if chr(c) not in "\t\n"} | {0x7F: "\u2421"}
_CRUS = {**_DESENHOS, **dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")}
"""O que nem tela nem planilha guardam: controles, e bytes de um nome de arquivo que não formam letra."""


def visivel(texto: str) -> str:
    r"""O texto com o sinal de cada caractere de controle no lugar dele; nada some, e nada manda no terminal.

    >>> visivel("a\x00b\x1b[2J")
    'a␀b␛[2J'
    """
    return texto if texto.isprintable() else texto.translate(_CRUS)


_PONTUACAO = str.maketrans("", "", ".-/ ")


def so_algarismos(texto: str) -> str:
    """O texto sem a pontuação com que se escrevem números; o que não é pontuação fica, para ser recusado.

    >>> so_algarismos("12.345-6"), so_algarismos("12a")
    ('123456', '12a')
    """
    return texto.translate(_PONTUACAO)
