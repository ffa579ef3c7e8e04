"""Uma tela de mentira (Xvfb) com um gerente de janelas, para testar e fotografar janelas de verdade."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMAS = ("Xvfb", "openbox", "xdotool", "import", "convert")
_CORES = "64"


def faltam() -> list[str]:
    """Programas que a tela usa e não estão nesta máquina."""
    return [programa for programa in PROGRAMAS if shutil.which(programa) is None]


@dataclass
class Tela:
    """A tela e o teclado dela."""

    ambiente: dict[str, str]

    def _xdotool(self, *comando: str) -> str:
        feito = subprocess.run(["xdotool", *comando], env=self.ambiente, capture_output=True, text=True, check=False)
        return feito.stdout.strip()

    def janelas(self, titulo: str) -> list[str]:
        """As janelas visíveis cujo título casa com a expressão."""
        return self._xdotool("search", "--onlyvisible", "--name", titulo).split()

    def esperar_janela(self, titulo: str, quantas: int = 1, segundos: float = 30) -> str:
        """Espera que haja ``quantas`` janelas e devolve a última."""
        esperar(lambda: len(self.janelas(titulo)) >= quantas, segundos, f"janela {titulo}")
        return self.janelas(titulo)[-1]

    def focar(self, janela: str) -> None:
        """Põe a janela na frente."""
        self._xdotool("windowactivate", "--sync", janela)

    def teclar(self, *teclas: str) -> None:
        """Aperta as teclas na janela da frente."""
        self._xdotool("key", "--clearmodifiers", *teclas)

    def escrever(self, texto: str) -> None:
        """Digita o texto na janela da frente."""
        self._xdotool("type", "--delay", "5", texto)

    def fotografar(self, destino: Path) -> None:
        """A tela inteira, em poucas cores."""
        destino.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", "-colors", _CORES, str(destino)], env=self.ambiente, check=True)


def esperar(pronto: Callable[[], bool], segundos: float, que: str) -> None:
    """Espera até que ``pronto`` diga que sim.

    Raises:
        TimeoutError: passou o prazo.
    """
    fim = time.monotonic() + segundos
    while not pronto():
        if time.monotonic() > fim:
            raise TimeoutError(f"não veio em {segundos} s: {que}")
        time.sleep(0.1)


@contextmanager
def tela(largura: int = 1280, altura: int = 800) -> Iterator[Tela]:
    """Uma tela nova enquanto durar o bloco."""
    leitura, escrita = os.pipe()
    servidor = subprocess.Popen(
        ["Xvfb", "-displayfd", str(escrita), "-screen", "0", f"{largura}x{altura}x24"],
        pass_fds=[escrita], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(escrita)
    with os.fdopen(leitura) as numero:
        ambiente = dict(os.environ) | {"DISPLAY": f":{numero.readline().strip()}"}
    gerente = subprocess.Popen(["openbox"], env=ambiente, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Tela(ambiente)
    finally:
        for processo in (gerente, servidor):
            processo.terminate()
            processo.wait(10)
