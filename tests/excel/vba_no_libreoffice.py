"""Abre uma pasta no LibreOffice e roda macros dela: ``python3 vba_no_libreoffice.py pasta.xlsm < chamadas.json``.

Roda no Python do sistema, que tem o ``uno``. Lê uma lista de ``[macro, argumentos]``; escreve, em JSON, os
módulos, o nome do projeto, o que cada macro devolveu e o texto de A1.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

ESPERA = 60


def ligar(cano: str) -> Any:
    """O contexto do LibreOffice que escuta no cano."""
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


def rodar(pasta: str, chamadas: list[tuple[str, list[str]]], mesa: Any) -> dict[str, Any]:
    """O que as macros devolveram."""
    uno = importlib.import_module("uno")
    opcoes = []
    for nome, valor in (("Hidden", True), ("MacroExecutionMode", 4)):
        opcoes.append(uno.createUnoStruct("com.sun.star.beans.PropertyValue"))
        opcoes[-1].Name, opcoes[-1].Value = nome, valor
    documento = mesa.loadComponentFromURL(Path(pasta).resolve().as_uri(), "_blank", 0, tuple(opcoes))
    bibliotecas = documento.BasicLibraries
    projeto = bibliotecas.ProjectName
    bibliotecas.loadLibrary(projeto)
    macros = documento.getScriptProvider()
    devolvidos = []
    for macro, argumentos in chamadas:
        roteiro = macros.getScript(f"vnd.sun.star.script:{projeto}.{macro}?language=Basic&location=document")
        devolvidos.append(roteiro.invoke(tuple(argumentos), (), ())[0])
    a1 = documento.Sheets.getByIndex(0).getCellRangeByName("A1").String
    modulos = sorted(bibliotecas.getByName(projeto).ElementNames)
    documento.close(True)
    return {"projeto": projeto, "modulos": modulos, "devolvidos": devolvidos, "a1": a1}


def main() -> None:
    """Sobe um LibreOffice só para isto, com perfil próprio, e o encerra."""
    cano = f"guiche{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory() as perfil:
        comando = ["soffice", f"-env:UserInstallation={Path(perfil).as_uri()}", "--headless", "--norestore"]
        comando += ["--nologo", "--nodefault", f"--accept=pipe,name={cano};urp"]
        processo = subprocess.Popen(comando, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            contexto = ligar(cano)
            mesa = contexto.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", contexto)
            achado = rodar(sys.argv[1], json.load(sys.stdin), mesa)
            mesa.terminate()
            processo.wait(ESPERA)
        finally:
            processo.kill()
    json.dump(achado, sys.stdout)


if __name__ == "__main__":
    main()
