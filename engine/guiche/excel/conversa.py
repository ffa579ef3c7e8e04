"""O que se diz à pessoa na janela do Excel e o que ela responde."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings as xw

TITULO = "Guichê"
_INTERVALO = 0.25
"""Segundos entre duas frases na barra de status."""
_ESC = 0x1B


class ConversaNoExcel:
    """Caixas de mensagem, barra de status e a aba que se mostra."""

    def __init__(self, livro: xw.Book, relogio: Callable[[], float] = time.monotonic) -> None:
        self._livro = livro
        self._relogio = relogio
        self._ultima = float("-inf")

    def avisar(self, texto: str, *, grave: bool = False) -> None:
        """Mostra o texto numa caixa com um botão só."""
        self._livro.app.alert(texto, TITULO, "ok", "critical" if grave else "info")

    def confirmar(self, texto: str) -> bool:
        """Pergunta e diz se a resposta foi sim."""
        return bool(self._livro.app.alert(texto, TITULO, "yes_no", "info") == "yes")

    def andamento(self, frase: str) -> None:
        """A frase na barra de status, no máximo quatro por segundo."""
        agora = self._relogio()
        if agora - self._ultima >= _INTERVALO:
            self._ultima = agora
            self._livro.app.status_bar = f"{TITULO}: {frase}"

    def interrompida(self) -> bool:
        """Diz se a pessoa segura a tecla Esc."""
        return esc_apertado()

    def abrir(self, caminho: Path) -> None:
        """Abre o arquivo no programa que a pessoa usa para ele."""
        abrir_arquivo(caminho)

    def calar(self) -> None:
        """Devolve a barra de status ao Excel."""
        self._livro.app.status_bar = False

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente, se existe."""
        for achada in self._livro.sheets:
            if achada.name == aba:
                achada.activate()

    def clicada(self) -> tuple[str, int] | None:
        """A aba e a linha em que a pessoa clicou; ``None`` se há mais de uma linha escolhida, ou nenhuma."""
        escolha = self._livro.app.selection
        if escolha is None or escolha.shape[0] != 1:
            return None
        return escolha.sheet.name, escolha.row


def esc_apertado() -> bool:
    """Diz se a pessoa segura a tecla Esc; só o Windows sabe responder."""
    if os.name != "nt":
        return False
    import ctypes  # noqa: PLC0415  # pragma: no cover

    janelas: Any = ctypes  # pragma: no cover
    return bool(janelas.windll.user32.GetAsyncKeyState(_ESC) & 0x8000)  # pragma: no cover


def abrir_arquivo(caminho: Path) -> None:
    """Abre o arquivo no programa que a pessoa usa para ele."""
    if os.name == "nt":  # pragma: no cover
        sistema: Any = os
        sistema.startfile(caminho)
    else:
        programa = "open" if platform.system() == "Darwin" else "xdg-open"
        subprocess.Popen([programa, str(caminho)])  # noqa: S603
