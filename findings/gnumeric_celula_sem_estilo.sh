#!/usr/bin/env bash
# gnumeric 1.12.55 (Debian 12, ssconvert), openpyxl 3.1.5.
# Bom palpite: reescrever um .xlsx no gnumeric guarda o formato das células: uma data continua data.
# O que se vê: se a coluna tem formato próprio (<col style>) e a célula o mesmo, o gnumeric grava a célula sem o atributo
#   s, querendo dizer "o da coluna". Para o padrão (ECMA-376, parte 1, 18.3.1.4) s ausente é 0, o formato geral, e o
#   estilo da coluna só vale para célula que não existe (18.3.1.13): a data passa a se ler como o número 46000 no
#   openpyxl e no LibreOffice. Sem formato na coluna, a data sobrevive.
# Fonte: medido aqui.
set -euo pipefail
command -v ssconvert >/dev/null || { echo "falta o ssconvert: apt-get install gnumeric"; exit 2; }
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
ssconvert --version 2>&1 | head -1
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import subprocess, sys
from datetime import date, datetime
import openpyxl

def gravar(nome, com_coluna):
    pasta = openpyxl.Workbook()
    pasta.active["A1"] = date(2025, 12, 9)
    pasta.active["A1"].number_format = "dd/mm/yyyy"
    if com_coluna:
        pasta.active.column_dimensions["A"].number_format = "dd/mm/yyyy"
    pasta.save(nome)
    subprocess.run(["ssconvert", nome, f"gnumeric-{nome}"], check=True, capture_output=True)
    return openpyxl.load_workbook(f"gnumeric-{nome}").active["A1"]

vistos = {}
for nome, com_coluna in (("so_a_celula.xlsx", False), ("celula_e_coluna.xlsx", True)):
    celula = gravar(nome, com_coluna)
    vistos[nome] = celula.value
    print(f"{nome}: depois do gnumeric, {celula.value!r}, formato {celula.number_format!r}")
sys.exit(vistos != {"so_a_celula.xlsx": datetime(2025, 12, 9), "celula_e_coluna.xlsx": 46000})
PY
