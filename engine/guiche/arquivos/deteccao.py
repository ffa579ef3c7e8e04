"""Que arquivo é este? Recusa com a razão o que ainda não se lê."""

from __future__ import annotations

import re

from guiche.arquivos.assinatura import familia_de
from guiche.erros import ErroDeArquivo

DEBITO150, COBRANCA = "debito150", "cobranca"
_SERVICO = slice(81, 98)
_MAGICOS = ((b"PK\x03\x04", "uma pasta do Excel ou um ZIP"), (b"%PDF", "um PDF"), (b"\xd0\xcf\x11\xe0", "um XLS"))


def e_debito(servico: str) -> bool:
    """Diz se o campo A10 é de débito automático, com ou sem acento, inteiro ou abreviado.

    >>> e_debito("DEB AUTOMAT"), e_debito("DÉBITO AUTOMÁTICO"), e_debito("CODIGO DE BARRAS")
    (True, True, False)
    """
    return servico.upper().startswith(("DEB", "DÉB"))


def detectar(conteudo: bytes) -> str:
    """Diz o que o arquivo é pelos seus primeiros bytes: ``"debito150"`` ou ``"cobranca"``.

    Raises:
        ErroDeArquivo: vazio, binário, arrecadação ou formato desconhecido.
    """
    for magico, nome in _MAGICOS:
        if conteudo.startswith(magico):
            raise ErroDeArquivo("arquivo.formato", f"isto é {nome}, não um arquivo do banco")
    texto = conteudo.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a\r\n ")
    if not texto:
        raise ErroDeArquivo("arquivo.vazio", "o arquivo está vazio")
    if b"\0" in texto:
        raise ErroDeArquivo("arquivo.formato", "o arquivo é binário, não um texto do banco")
    primeira = _texto(re.split(rb"\r\n|\n|\r", texto.lstrip(b"\r\n"), maxsplit=1)[0])
    return COBRANCA if familia_de(primeira) else _da_primeira(primeira)


def _texto(linha: bytes) -> str:
    try:
        return linha.decode("utf-8")
    except UnicodeDecodeError:
        return linha.decode("latin-1")


def _da_primeira(primeira: str) -> str:
    if primeira[:2] not in {"A1", "A2"} or len(primeira) < _SERVICO.start:
        razao = "a primeira linha não é um cabeçalho de débito automático (A1 ou A2) nem de cobrança CNAB"
        raise ErroDeArquivo("arquivo.formato", razao)
    if not e_debito(primeira[_SERVICO]):
        raise ErroDeArquivo("arquivo.servico", f"o serviço é {primeira[_SERVICO].strip()!r}: é arrecadação?")
    return DEBITO150
