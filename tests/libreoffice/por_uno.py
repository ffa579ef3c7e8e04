"""Um LibreOffice sem janela, de perfil próprio, dirigido pelo ``uno``: só no Python do sistema, que o tem."""

from __future__ import annotations

import importlib
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ESPERA = 60


def opcoes(**valores: Any) -> tuple[Any, ...]:
    """As opções na forma em que o LibreOffice as recebe."""
    uno = importlib.import_module("uno")
    feitas = []
    for nome, valor in valores.items():
        feitas.append(uno.createUnoStruct("com.sun.star.beans.PropertyValue"))
        feitas[-1].Name, feitas[-1].Value = nome, valor
    return tuple(feitas)


def _ligar(cano: str) -> Any:
    uno = importlib.import_module("uno")
    achador = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    fim = time.monotonic() + ESPERA
    while True:
        try:
            return achador.resolve(f"uno:pipe,name={cano};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            if time.monotonic() > fim:
                raise
            time.sleep(0.2)


@contextmanager
def libreoffice() -> Iterator[tuple[Any, Any]]:
    """A mesa e o contexto de um LibreOffice que sobe para o bloco e com ele acaba."""
    cano = f"guiche{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory() as perfil:
        comando = ["soffice", f"-env:UserInstallation={Path(perfil).as_uri()}", "--headless", "--norestore"]
        comando += ["--nologo", "--nodefault", f"--accept=pipe,name={cano};urp"]
        processo = subprocess.Popen(comando, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            contexto = _ligar(cano)
            mesa = contexto.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", contexto)
            yield mesa, contexto
            mesa.terminate()
            processo.wait(ESPERA)
        finally:
            processo.kill()
