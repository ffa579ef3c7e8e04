#!/usr/bin/env bash
# python-calamine 0.9.1, SheetJS 0.18.5 (npm xlsx), odfpy 1.4.1.
# Bom palpite: um .ods gravado pelo SheetJS se lê com o calamine; quebra de linha entre <table:table-row> e a célula é
#   espaço sem sentido no OpenDocument 1.2 (parte 1, 3.18: só vale dentro de parágrafos).
# O que se vê: "Expecting 'table-cell', found 'Text(...)'" na abertura; o mesmo arquivo sem o recuo se lê, e o odfpy lê os
#   dois. O gnumeric grava com recuo também.
# Fonte: medido aqui.
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check python-calamine==0.9.1 odfpy==1.4.1 2>/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null 2>&1
node -e 'const X = require("xlsx"); const w = X.utils.book_new();
  X.utils.book_append_sheet(w, X.utils.aoa_to_sheet([["Código", "Valor"], ["A", 1.5]]), "Lista"); X.writeFile(w, "recuo.ods");'
v/bin/python - <<'PY'
import re, sys, zipfile
from odf import opendocument, table
from python_calamine import CalamineError, CalamineWorkbook

with zipfile.ZipFile("recuo.ods") as velha, zipfile.ZipFile("corrido.ods", "w") as nova:
    for nome in velha.namelist():
        xml = velha.read(nome)
        nova.writestr(nome, re.sub(rb">\s*\n\s*<", b"><", xml) if nome == "content.xml" else xml)

def pelo_calamine(nome):
    try:
        return CalamineWorkbook.from_path(nome).get_sheet_by_index(0).to_python()
    except CalamineError as erro:
        return str(erro)

def pelo_odfpy(nome):
    celulas = opendocument.load(nome).getElementsByType(table.TableCell)
    return [str(celula) for celula in celulas]

vistos = {nome: (pelo_calamine(nome), pelo_odfpy(nome)) for nome in ("recuo.ods", "corrido.ods")}
for nome, (calamine, odfpy) in vistos.items():
    print(f"{nome}\n  calamine: {calamine}\n  odfpy:    {odfpy}")
certo = [["Código", "Valor"], ["A", 1.5]]
falhou = isinstance(vistos["recuo.ods"][0], str) and "table-cell" in vistos["recuo.ods"][0]
sys.exit(not (falhou and vistos["corrido.ods"][0] == certo and vistos["recuo.ods"][1] == vistos["corrido.ods"][1]))
PY
