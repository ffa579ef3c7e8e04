"""Os arquivos trocados com o banco, guardados inteiros, byte a byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

from guiche.dominio.deflate import zlib
from guiche.dominio.texto import visivel
from guiche.livro.conexao import Livro

_COMPRESSAO = 1
_PEDACO = 1 << 20


def guardar(livro: Livro, nome: str, conteudo: bytes) -> str:
    """Guarda o conteúdo comprimido e devolve seu SHA-256; o mesmo conteúdo guarda-se uma vez só."""
    sha = hashlib.sha256(conteudo).hexdigest()
    _gravar(livro, sha, nome, len(conteudo), zlib.compress(conteudo, _COMPRESSAO))
    return sha


def guardar_do_disco(livro: Livro, caminho: Path) -> str:
    """Como ``guardar``, de um arquivo de qualquer tamanho: na memória só fica o comprimido."""
    resumo, compressor, partes, tamanho = hashlib.sha256(), zlib.compressobj(_COMPRESSAO), list[bytes](), 0
    with caminho.open("rb") as entrada:
        while pedaco := entrada.read(_PEDACO):
            resumo.update(pedaco)
            partes.append(compressor.compress(pedaco))
            tamanho += len(pedaco)
    _gravar(livro, resumo.hexdigest(), visivel(caminho.name), tamanho, b"".join([*partes, compressor.flush()]))
    return resumo.hexdigest()


def _gravar(livro: Livro, sha: str, nome: str, tamanho: int, comprimido: bytes) -> None:
    livro.executar(
        "INSERT INTO arquivo (sha256, nome, tamanho, conteudo) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
        (sha, nome, tamanho, comprimido),
    )


def recuperar(livro: Livro, sha256: str) -> bytes:
    """Os mesmos bytes que se guardaram."""
    return zlib.decompress(livro.valor("SELECT conteudo FROM arquivo WHERE sha256 = ?", (sha256,)))
