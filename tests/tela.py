"""Uma tela virtual com teclado e fotografias, para testar janelas de verdade."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
TAMANHO = "1440x810"
PACIENCIA = 30.0
"""Segundos que se espera por uma janela antes de desistir."""
PAUSA = 0.25


def falta(*programas: str) -> str:
    """O que falta nesta máquina para abrir uma tela virtual com estes programas; vazio se nada."""
    ausentes = [programa for programa in ("Xvfb", "xdotool", *programas) if shutil.which(programa) is None]
    return f"não instalado: {', '.join(ausentes)}" if ausentes else ""


def esperar(achar: Callable[[], T], oque: str, paciencia: float = PACIENCIA) -> T:
    """O que ``achar`` devolve, assim que não for vazio."""
    fim = time.monotonic() + paciencia
    while time.monotonic() < fim:
        if achado := achar():
            return achado
        time.sleep(0.1)
    raise TimeoutError(f"esperei {paciencia:.0f} s e não veio: {oque}")


class Tela:
    """A tela virtual: acha janelas, aperta teclas e fotografa."""

    def __init__(self, numero: str, imagens: Path | None) -> None:
        self.ambiente = os.environ | {"DISPLAY": f":{numero}", "SAL_USE_VCLPLUGIN": "gen", "LC_ALL": "C.UTF-8"}
        self.ambiente.pop("PYTHONPATH", None)
        self._imagens = imagens

    def xdotool(self, *argumentos: str) -> str:
        comando = ["xdotool", *argumentos]
        return subprocess.run(
            comando, env=self.ambiente, check=False, capture_output=True, encoding="latin-1"
        ).stdout.strip()

    def janelas(self, titulo: str) -> list[str]:
        """As janelas à vista cujo título casa com a expressão."""
        return self.xdotool("search", "--onlyvisible", "--name", titulo).split()

    def janela(self, titulo: str, *, alem_de: str = "") -> str:
        """Espera a janela cujo título casa com a expressão e devolve o número dela."""
        achar = lambda: next((j for j in self.janelas(titulo) if j != alem_de), "")  # noqa: E731
        return esperar(achar, f"a janela {titulo!r}")

    def teclar(self, janela: str, *teclas: str) -> None:
        """Aperta as teclas na janela; entre aspas simples, escreve o texto."""
        self.xdotool("windowfocus", janela)
        time.sleep(PAUSA)
        for tecla in teclas:
            if tecla.startswith("'"):
                self.xdotool("type", "--delay", "20", tecla.strip("'"))
            else:
                self.xdotool("key", tecla)
            time.sleep(PAUSA)

    def fechar(self, janela: str, *teclas: str) -> None:
        """Aperta as teclas e espera a janela sumir."""
        self.teclar(janela, *teclas)
        esperar(lambda: janela not in self.janelas("."), f"fechar a janela {janela}")

    def foto(self, nome: str) -> None:
        """Guarda a tela como está."""
        if self._imagens:
            time.sleep(0.5)
            destino = str(self._imagens / f"{nome}.png")
            subprocess.run(
                ["import", "-window", "root", "+dither", "-colors", "64", f"PNG8:{destino}"],
                env=self.ambiente,
                check=True,
            )


@contextmanager
def tela(imagens: Path | None, tamanho: str = TAMANHO, gerente: str = "") -> Iterator[Tela]:
    """Uma tela virtual só nossa; ``gerente`` é o programa que põe molduras nas janelas."""
    comando = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{tamanho}x24", "-nolisten", "tcp"]
    with ExitStack() as aberto:
        xvfb = aberto.enter_context(processo(comando, dict(os.environ)))
        assert xvfb.stdout
        numero = xvfb.stdout.readline().decode().strip()
        assert numero, "o Xvfb não abriu"
        nova = Tela(numero, imagens)
        if gerente:
            aberto.enter_context(processo([gerente], nova.ambiente))
        yield nova


@contextmanager
def processo(comando: list[str], ambiente: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """O processo e seus filhos, que acabam com o bloco."""
    saida = subprocess.PIPE if "-displayfd" in comando else subprocess.DEVNULL
    with subprocess.Popen(
        comando, env=ambiente, stdout=saida, stderr=subprocess.DEVNULL, start_new_session=True
    ) as filho:
        try:
            yield filho
        finally:
            for sinal in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(filho.pid, sinal)
                with suppress(subprocess.TimeoutExpired):
                    filho.wait(5)
                    break
