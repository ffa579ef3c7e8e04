#!/usr/bin/env bash
# xlwings 0.37.8, macOS: options(err_to_str=True) não lê um bloco de várias linhas: TypeError.
#
# O bom palpite: a opção, que existe para trazer em texto o erro da célula («#N/A»), vale para qualquer faixa, como no
# Windows.
# O que acontece: uma célula e uma linha só se leem; um bloco, que o appscript já entrega como lista de listas, levanta
# TypeError, haja ou não haja erro nele: a função que leva o valor a duas dimensões nada devolve ao que já as tem.
# Fonte: xlwings/_xlmac.py, 1083 a 1102 (ensure_2d, dentro de raw_value); a opção está na docstring de Range.options
# (xlwings/main.py, 2235). Não achamos relato público. O _xlmac.py é o verdadeiro; o appscript por baixo é um dublê.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
"$oficina/venv/bin/python" - <<'PY'
import sys
from unittest.mock import MagicMock

for nome in ("aem", "appscript", "appscript.reference", "osax", "psutil"):
    sys.modules[nome] = MagicMock()

import xlwings as xw
from xlwings import _xlmac

excel = MagicMock(**{"AS_appdata.target.return_value.addressdesc.coerce.return_value.data": b"\1\0\0\0"})


def ler(valor, texto, **opcoes):
    """Lê pelo xlwings as células que o appscript entrega assim."""
    folha = _xlmac.Sheet(_xlmac.Book(_xlmac.App(xl=excel), "a.xlsx"), "Dados")
    celulas = MagicMock(**{"value.get.return_value": valor, "string_value.get.return_value": texto})
    celulas.count.return_value = 2
    folha.xl.cells = {"A1": celulas}
    try:
        return xw.Range(impl=_xlmac.Range(folha, "A1")).options(ndim=2, **opcoes).value
    except TypeError as erro:
        return f"TypeError: {erro}"


numeros = [[1.0, 2.0], [3.0, 4.0]]
sem_opcao = ler(numeros, [["1", "2"], ["3", "4"]])
celula, linha = ler(1.0, "1", err_to_str=True), ler([1.0, 2.0], ["1", "2"], err_to_str=True)
bloco = ler(numeros, [["1", "2"], ["3", "4"]], err_to_str=True)
print(f"sem a opção, um bloco: {sem_opcao}")
print(f"com err_to_str=True, uma célula: {celula}; uma linha: {linha}; um bloco: {bloco}")
assert (sem_opcao, celula, linha) == (numeros, [[1.0]], [[1.0, 2.0]])
assert bloco == "TypeError: 'NoneType' object is not iterable"
PY
