"""A última palavra no macOS: uma caixa do próprio sistema, quando o Excel não deixa mostrar a dele."""

from __future__ import annotations

import subprocess
import sys

_CAIXA = (
    "on run argv",
    'display alert (item 1 of argv) message (item 2 of argv) as critical buttons {"OK"}',
    "end run",
)
"""O texto vai como argumento, e nunca dentro do que o AppleScript interpreta."""


def sem_caixa(texto: str, *, pergunta: bool) -> str:
    """O que se diz no lugar de uma caixa que não se pôde mostrar; a pergunta ficou sem resposta."""
    if not pergunta:
        return texto
    return (
        "O macOS não deixou fazer uma pergunta no Excel, e por isso nada se fez.\n\nO que fazer: em Ajustes do "
        "Sistema, Privacidade e Segurança, Automação, permita ao Python controlar o System Events. A pergunta era:\n\n"
        f"{texto}"
    )


def caixa_do_sistema(texto: str, titulo: str) -> None:
    """A última palavra, sem o Excel: uma caixa do próprio macOS; se nem ela se mostra, a saída de erros, que ele lê."""
    comando = ["osascript", *(parte for linha in _CAIXA for parte in ("-e", linha)), titulo, texto]
    try:
        subprocess.run(comando, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        sys.stderr.write(f"{titulo}: {texto}\n")
