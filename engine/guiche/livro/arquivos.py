"""Os arquivos trocados com o banco, guardados inteiros, byte a byte."""

from __future__ import annotations

import hashlib
import zlib

from guiche.livro.conexao import Livro

_COMPRESSAO = 1


def guardar(livro: Livro, nome: str, conteudo: bytes) -> str:
    """Guarda o conteúdo comprimido e devolve seu SHA-256; o mesmo conteúdo guarda-se uma vez só."""
    sha = hashlib.sha256(conteudo).hexdigest()
    livro.executar(
        "INSERT INTO arquivo (sha256, nome, tamanho, conteudo) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
        (sha, nome, len(conteudo), zlib.compress(conteudo, _COMPRESSAO)),
    )
    return sha


def recuperar(livro: Livro, sha256: str) -> bytes:
    """Os mesmos bytes que se guardaram."""
    return zlib.decompress(livro.valor("SELECT conteudo FROM arquivo WHERE sha256 = ?", (sha256,)))
