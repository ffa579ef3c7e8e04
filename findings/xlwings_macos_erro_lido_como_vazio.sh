#!/usr/bin/env bash
# xlwings 0.37.8, macOS: com options(empty=…), a célula com erro passa por vazia; no Windows, não.
#
# O bom palpite: o erro vem como None, que é o que diz a documentação, e options(empty="vazia") põe o que se pediu só
# nas células vazias; com isso se separa uma coisa da outra, e o mesmo programa lê o mesmo nos dois sistemas.
# O que acontece: no macOS a célula com #N/D chega como k.missing_value e sai pelo caminho da vazia: None sem a opção, e
# "vazia" com ela. No Windows sai None com a opção e sem ela. Um #N/D some, no macOS, como se ninguém o tivesse escrito.
# Fonte: xlwings/_xlmac.py, 72 a 76, e xlwings/_xlwindows.py, 455 a 469 (_clean_value_data_element); docstring de
# Range.options, xlwings/main.py, 2224 e 2235; https://github.com/xlwings/xlwings/issues/1188 (#N/A dá None no macOS).
# Correm aqui os dois arquivos verdadeiros; o appscript e o pywin32 por baixo são dublês.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
import sys
from unittest.mock import MagicMock

import pywin32_de_mentira

for nome in ("aem", "appscript", "appscript.reference", "osax", "psutil"):
    sys.modules[nome] = MagicMock()

import xlwings as xw
from xlwings import _xlmac, _xlwindows

excel = MagicMock(**{"AS_appdata.target.return_value.addressdesc.coerce.return_value.data": b"\1\0\0\0"})
folha = _xlmac.Sheet(_xlmac.Book(_xlmac.App(xl=excel), "a.xlsx"), "Dados")
do_mac = MagicMock(**{"value.get.return_value": ["", _xlmac.kw.missing_value, 1.0], "count.return_value": 2})
folha.xl.cells = {"A1:C1": do_mac}
macos = xw.Range(impl=_xlmac.Range(folha, "A1:C1"))
do_windows = MagicMock(Value=((None, -2146826246, 1.0),), **{"Rows.Count": 1, "Columns.Count": 3})
windows = xw.Range(impl=_xlwindows.Range(xl=do_windows))
lidos = {}
for sistema, faixa in (("macOS", macos), ("Windows", windows)):
    lidos[sistema] = faixa.value, faixa.options(empty="vazia").value
    print(f"{sistema}, as células vazia, #N/D e 1: {lidos[sistema][0]}; com empty: {lidos[sistema][1]}")
assert lidos["macOS"] == ([None, None, 1.0], ["vazia", "vazia", 1.0])
assert lidos["Windows"] == ([None, None, 1.0], ["vazia", None, 1.0])
PY
