"""O que se lê de fora, em texto."""

from __future__ import annotations

from pathlib import Path

from guiche.erros import ErroDeArquivo, Local, do_sistema


def ler_texto(caminho: Path) -> str:
    """O texto do pedido.

    Raises:
        ErroDeArquivo: ``arquivo.ausente`` ou ``arquivo.formato``.
    """
    try:
        return caminho.read_text("utf-8-sig")
    except OSError as erro:
        razao = f"não foi possível abrir: {do_sistema(erro)}"
        raise ErroDeArquivo("arquivo.ausente", razao, local=Local(caminho.name)) from erro
    except UnicodeDecodeError as erro:
        raise ErroDeArquivo("arquivo.formato", "o pedido não está em UTF-8", local=Local(caminho.name)) from erro
