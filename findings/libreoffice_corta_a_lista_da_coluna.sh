#!/usr/bin/env bash
# LibreOffice 7.4.7 (Debian 12), openpyxl 3.1.5.
# Bom palpite: uma lista de valores aceitos na coluna inteira (B2:B1048576) volta inteira quando o LibreOffice salva em .xlsx.
# O que se vê: a faixa se corta mil linhas depois da última célula com conteúdo: com 1 linha de dados, B2:B1002; com 500,
#   B2:B1501. Da linha seguinte em diante, quem abre o arquivo no Excel escreve o que quiser, sem aviso nenhum.
# Fonte: medido aqui.
set -euo pipefail
command -v soffice >/dev/null || { echo "falta o soffice: apt-get install libreoffice-calc"; exit 2; }
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
soffice --version 2>/dev/null | head -1
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import pathlib, subprocess, sys
import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

def ida_e_volta(linhas):
    pasta = openpyxl.Workbook()
    for n in range(linhas + 1):
        pasta.active.append([f"linha {n}"])
    lista = DataValidation(type="list", formula1='"Sim,Não"')
    lista.add("B2:B1048576")
    pasta.active.add_data_validation(lista)
    pasta.save("lista.xlsx")
    perfil = f"-env:UserInstallation={pathlib.Path('perfil').resolve().as_uri()}"
    comando = ["soffice", perfil, "--headless", "--convert-to", "xlsx", "--outdir", "salva", "lista.xlsx"]
    subprocess.run(comando, check=True, capture_output=True, timeout=120)
    (volta,) = openpyxl.load_workbook("salva/lista.xlsx").active.data_validations.dataValidation
    return str(volta.sqref)

vistas = {linhas: ida_e_volta(linhas) for linhas in (1, 500)}
for linhas, faixa in vistas.items():
    print(f"{linhas} linhas de dados: B2:B1048576 volta {faixa}")
sys.exit(vistas != {1: "B2:B1002", 500: "B2:B1501"})
PY
