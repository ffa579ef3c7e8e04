"""Uma tela virtual com um LibreOffice de verdade, teclado e fotografias."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from guiche.libreoffice.extensao import construir

T = TypeVar("T")
ENGINE = Path(__file__).parents[2] / "engine"
PYTHON_DO_SISTEMA = "/usr/bin/python3"
PROGRAMAS = ("soffice", "unopkg", "Xvfb", "xdotool")
TAMANHO = "1440x810x24"
PACIENCIA = 30.0
"""Segundos que se espera por uma janela antes de desistir."""
PAUSA = 0.25
PERFIL = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop>
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="UILocale" oor:op="fuse"><value>pt-BR</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>pt-BR</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
</oor:items>
"""


def falta() -> str:
    """O que falta nesta máquina para abrir o LibreOffice numa tela virtual; vazio se nada."""
    ausentes = [programa for programa in PROGRAMAS if shutil.which(programa) is None]
    if ausentes:
        return f"não instalado: {', '.join(ausentes)}"
    uno = subprocess.run([PYTHON_DO_SISTEMA, "-c", "import uno"], check=False, capture_output=True)
    return "" if uno.returncode == 0 else "não instalado: python3-uno"


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

    def janela(self, titulo: str) -> str:
        """Espera a janela cujo título casa com a expressão e devolve o número dela."""
        procurar = ("search", "--onlyvisible", "--name", titulo)
        return esperar(lambda: self.xdotool(*procurar).partition("\n")[0], f"a janela {titulo!r}")

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
        visiveis = ("search", "--onlyvisible", "--name", ".")
        esperar(lambda: janela not in self.xdotool(*visiveis).split(), f"fechar a janela {janela}")

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
def tela(imagens: Path | None) -> Iterator[Tela]:
    """Uma tela virtual só nossa."""
    comando = ["Xvfb", "-displayfd", "1", "-screen", "0", TAMANHO, "-nolisten", "tcp"]
    with _processo(comando, dict(os.environ)) as xvfb:
        assert xvfb.stdout
        numero = xvfb.stdout.readline().decode().strip()
        assert numero, "o Xvfb não abriu"
        yield Tela(numero, imagens)


@contextmanager
def libreoffice(onde: Tela, perfil: Path, documento: Path) -> Iterator[str]:
    """O LibreOffice aberto no documento, com perfil próprio e a extensão; dá o número da janela."""
    (perfil / "user").mkdir(parents=True)
    (perfil / "user" / "registrymodifications.xcu").write_text(PERFIL, "utf-8")
    extensao, interpretador = perfil / "guiche.oxt", perfil / "python"
    extensao.write_bytes(construir("/nao/existe/python"))
    interpretador.write_text(f'#!/bin/sh\nPYTHONPATH="{ENGINE}" exec "{sys.executable}" "$@"\n', "utf-8")
    interpretador.chmod(0o755)
    # O unopkg se recusa a instalar para o root; as extensões "de todos" podem morar no perfil, e servem a qualquer um.
    lugar = [
        f"-env:UserInstallation={perfil.as_uri()}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={(perfil / 'extensoes').as_uri()}",
    ]
    instalar = ["unopkg", "add", "--shared", "--force", "--suppress-license", *lugar, str(extensao)]
    subprocess.run(instalar, env=onde.ambiente, check=True, capture_output=True, timeout=60)
    abrir = ["soffice", "--norestore", "--nologo", *lugar, str(documento)]
    with _processo(abrir, onde.ambiente | {"GUICHE_PYTHON": str(interpretador)}):
        janela = onde.janela("LibreOffice Calc$")
        time.sleep(1.5)
        try:
            yield janela
        except TimeoutError:
            onde.foto("falha")
            raise


@contextmanager
def _processo(comando: list[str], ambiente: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """O processo e seus filhos, que acabam com o bloco."""
    saida = subprocess.PIPE if "-displayfd" in comando else subprocess.DEVNULL
    with subprocess.Popen(
        comando, env=ambiente, stdout=saida, stderr=subprocess.DEVNULL, start_new_session=True
    ) as processo:
        try:
            yield processo
        finally:
            for sinal in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(processo.pid, sinal)
                with suppress(subprocess.TimeoutExpired):
                    processo.wait(5)
                    break
