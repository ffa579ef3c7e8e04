"""O logotipo do beneficiário: uma figura que veio de fora e vai a todo boleto."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.utils import ImageReader

_FORMATOS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_MAIOR_ARQUIVO = 2 << 20
_MAIS_PONTOS = 4_000_000


def conferir_logotipo(conteudo: bytes) -> bytes:
    """Os mesmos bytes, se são um PNG ou JPEG inteiro, de até 2 MB e 4 milhões de pontos.

    Raises:
        ValueError: a razão por que não serve.
    """
    if not conteudo.startswith(_FORMATOS):
        raise ValueError("não é PNG nem JPEG")
    if len(conteudo) > _MAIOR_ARQUIVO:
        raise ValueError("passa de 2 MB")
    try:
        figura = ImageReader(BytesIO(conteudo))
        comprimento, altura = figura.getSize()
        if comprimento * altura <= _MAIS_PONTOS:
            figura.getRGBData()
            return conteudo
    except Exception as erro:  # a biblioteca de imagens levanta de tudo
        raise ValueError("a figura está estragada") from erro
    raise ValueError(f"tem {comprimento} × {altura} pontos; cabem 4 milhões")
