#!/usr/bin/env bash
# xlwings 0.37.8: Book.caller() não acha a pasta que tem «=» no nome.
#
# O bom palpite: «Cobranca=2026.xlsm» é nome de arquivo que o Windows e o Excel aceitam; o RunPython manda-o inteiro,
# entre aspas, em --wb="…", e o Python o recebe inteiro.
# O que acontece: recebe, mas corta-o em cada «=» e fica com o segundo pedaço, «Cobranca»: KeyError, com a pasta aberta
# à frente da pessoa.
# Fonte: xlwings/main.py, 1143 a 1150 (arg.split("=")[1]); xlwings/xlwings.bas, 306 (como o nome vai). O nome válido:
# learn.microsoft.com/windows/win32/fileio/naming-a-file. Não achamos relato público.
# O main.py e o _xlwindows.py são os verdadeiros; o COM por baixo é um dublê.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
import sys

from pywin32_de_mentira import Com, ErroDoCom

import xlwings as xw
from xlwings import _xlwindows


class Pastas(Com):
    abertas = ("Cobranca=2026.xlsm", "Cobranca-2026.xlsm")

    def __call__(self, nome):
        pasta = Com()
        pasta.Name = next((aberta for aberta in self.abertas if aberta.lower() == nome.lower()), None)
        if pasta.Name is None:
            raise ErroDoCom(-2147352565, "", None, None)
        return pasta


excel = Com()
excel.Application, excel.Workbooks = excel, Pastas()
_xlwindows.Dispatch = lambda _: excel


def chamar(nome):
    sys.argv = ["-c", f"--wb={nome}", "--from_xl=1", "--hwnd=10"]
    sys.platform = "win32"
    try:
        return xw.Book.caller().name
    except KeyError as erro:
        return f"KeyError: {erro}"
    finally:
        sys.platform = "linux"


com_hifen, com_igual = map(chamar, ("Cobranca-2026.xlsm", "Cobranca=2026.xlsm"))
print(f"chamada da pasta Cobranca-2026.xlsm: {com_hifen}; da pasta Cobranca=2026.xlsm: {com_igual}")
assert (com_hifen, com_igual) == ("Cobranca-2026.xlsm", "KeyError: 'cobranca'")
PY
