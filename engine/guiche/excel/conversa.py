"""O que se diz à pessoa na janela do Excel e o que ela responde."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from guiche.erros import ErroGuiche
from guiche.excel.caixa_do_mac import caixa_do_sistema
from guiche.excel.sistema import Sistema
from guiche.planilha.paineis import Clicada

TITULO = "Guichê"
_INTERVALO = 0.25
"""Segundos entre duas frases na barra de status."""
_ESC = 0x1B
_CAIXA_DE_AVISO = 0x1030
"""Um botão, o desenho de aviso, e por cima das outras janelas (MB_ICONWARNING | MB_SYSTEMMODAL)."""


def _nada() -> None:
    """Ninguém espera a resposta."""


class ConversaNoExcel:
    """Caixas de mensagem, barra de status e a aba que se mostra."""

    def __init__(self, excel: Sistema, relogio: Callable[[], float] = time.monotonic) -> None:
        self._excel = excel
        self._relogio = relogio
        self._ultima = float("-inf")
        self._notas: list[str] = []
        self.esperou = 0.0
        """Segundos em que uma caixa esteve na tela."""
        self.ao_responder: Callable[[], None] = _nada
        """O que se faz depois de cada pergunta: enquanto ela esteve na tela, a pasta pode ter mudado."""
        self.nome_da_aba: Callable[[str], str] = str
        """O nome que uma aba do esquema tem na pasta aberta."""

    def notar(self, frase: str) -> None:
        """Guarda uma frase para a próxima caixa."""
        if frase not in self._notas:
            self._notas.append(frase)

    def _com_notas(self, texto: str) -> str:
        notas, self._notas = self._notas, []
        return "\n\n".join([texto, *notas])

    def _perguntar(self, texto: str, *, pergunta: bool, grave: bool) -> bool:
        inicio = self._relogio()
        try:
            return self._excel.perguntar(self._com_notas(texto), TITULO, pergunta=pergunta, grave=grave)
        finally:
            self.esperou += self._relogio() - inicio

    def avisar(self, texto: str, *, grave: bool = False) -> None:
        """Mostra o texto numa caixa com um botão só."""
        self._perguntar(texto, pergunta=False, grave=grave)

    def confirmar(self, texto: str) -> bool:
        """Pergunta e diz se a resposta foi sim."""
        try:
            return self._perguntar(texto, pergunta=True, grave=False)
        finally:
            self.ao_responder()

    def andamento(self, frase: str) -> None:
        """A frase na barra de status, no máximo quatro por segundo."""
        agora = self._relogio()
        if agora - self._ultima >= _INTERVALO:
            self._ultima = agora
            self._excel.barra(f"{TITULO}: {frase}")

    def interrompida(self) -> bool:
        """Diz se a pessoa segura a tecla Esc, na janela do Excel."""
        return esc_apertado() and self._excel.na_frente()

    def abrir(self, caminho: Path) -> None:
        """Abre o arquivo no programa que a pessoa usa para ele."""
        abrir_arquivo(caminho)

    def calar(self) -> None:
        """Devolve a barra de status ao Excel; se ele nem a isso atende, fica como está."""
        try:
            self._excel.barra(None)
        except ErroGuiche:
            return

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente, se existe."""
        self._excel.mostrar(self.nome_da_aba(aba))

    def clicada(self) -> Clicada | None:
        """Onde a pessoa clicou; ``None`` se há mais de uma linha escolhida, ou nenhuma."""
        escolhida = self._excel.escolhida()
        if escolhida is None or escolhida[1].topo != escolhida[1].fim:
            return None
        aba, faixa = escolhida
        return Clicada(aba, faixa.topo, faixa.esquerda)


def esc_apertado() -> bool:
    """Diz se a pessoa segura a tecla Esc; só o Windows sabe responder."""
    if os.name != "nt":
        return False
    import ctypes  # noqa: PLC0415  # pragma: no cover

    janelas: Any = ctypes  # pragma: no cover
    return bool(janelas.windll.user32.GetAsyncKeyState(_ESC) & 0x8000)  # pragma: no cover


def ultima_palavra(texto: str) -> None:
    """Diz o texto sem passar pelo Excel, que não atende: numa caixa do sistema."""
    if os.name == "nt":  # pragma: no cover
        import ctypes  # noqa: PLC0415

        janelas: Any = ctypes
        janelas.windll.user32.MessageBoxW(0, texto, TITULO, _CAIXA_DE_AVISO)
    else:
        caixa_do_sistema(texto, TITULO)


def abrir_arquivo(caminho: Path) -> None:
    """Abre o arquivo no programa que a pessoa usa para ele."""
    if os.name == "nt":  # pragma: no cover
        sistema: Any = os
        sistema.startfile(caminho)
    else:
        programa = "open" if platform.system() == "Darwin" else "xdg-open"
        subprocess.Popen([programa, str(caminho)])  # noqa: S603
