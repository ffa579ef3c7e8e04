#!/usr/bin/env bash
# xlwings 0.37.8, Windows: ao fim do Python, mata à força todo Excel sem pasta aberta, de quem quer que seja.
#
# O bom palpite: a biblioteca fecha, quando muito, o Excel que ela abriu; um programa que só a importa não mexe em nada.
# O que acontece: importar já registra, no atexit, uma limpeza de «zumbis»: lista os EXCEL.EXE e manda taskkill /F a
# cada um que não tenha uma janela EXCEL7, isto é, uma pasta aberta. Não é só zumbi que é assim: é também o Excel
# escondido que outro programa dirige, entre um arquivo e o seguinte, e o que está na tela inicial.
# Fonte: xlwings/_xlwindows.py, 119 a 125 (atexit), 369 e 370 (sem pasta não há EXCEL7) e 526 a 552 (Apps.cleanup);
# https://github.com/xlwings/xlwings/issues/2001 e https://github.com/xlwings/xlwings/pull/2191 (de onde veio a
# limpeza).
# O _xlwindows.py é o verdadeiro; o Windows por baixo é um dublê, e os comandos só se escrevem: nada se mata.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
saida="$(PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
from types import SimpleNamespace

import pywin32_de_mentira

import xlwings as xw
from xlwings import _xlwindows

# A janela 10 é do processo 100, com uma pasta aberta; a 20, do 200, sem pasta: tem XLDESK, e dentro dela nada.
_xlwindows.windll.user32 = SimpleNamespace(GetTopWindow=lambda _: 10, GetWindow=lambda janela, _: {10: 20}.get(janela))
filhas = {(10, "XLDESK"): 11, (20, "XLDESK"): 21, (11, "EXCEL7"): 12}
_xlwindows.win32gui.FindWindowEx = lambda mae, _, classe, titulo: filhas.get((mae, classe), 0)
_xlwindows.win32process.GetWindowThreadProcessId = lambda janela: (1, janela * 10)


def correr(comando, **_):
    print("ao sair, o xlwings manda:", *comando)
    cabecalho = "\nImage Name      PID Session Name  Session#  Mem Usage\n=====\n"
    return SimpleNamespace(stdout=cabecalho + "".join(f"EXCEL.EXE {n} Console 1 98.765 K\n" for n in (100, 200)))


_xlwindows.subprocess = SimpleNamespace(run=correr, PIPE=-1, STDOUT=-2, CREATE_NO_WINDOW=0)
xw.engines.add(xw.Engine(impl=_xlwindows.engine))
xw.engines.active = xw.engines["excel"]
print("o programa acaba aqui, sem ter pedido nada ao Excel", flush=True)
PY
)"
echo "$saida"
[ "$(grep -c taskkill <<<"$saida")" = 1 ]
grep -q 'taskkill /PID 200 /F' <<<"$saida"
