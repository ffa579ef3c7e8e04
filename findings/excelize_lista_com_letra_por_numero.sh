#!/usr/bin/env bash
# Excelize 0.1.0, openpyxl 3.1.5.
# Bom palpite: &#227; e ã são o mesmo texto em XML (XML 1.0, 4.1): a lista "Sim,Não" se lê "Sim,Não" de um jeito e do outro.
# O que se vê: get_data_validations devolve o XML cru da fórmula, "Sim,N&#227;o" (o openpyxl escreve em ASCII, com as
#   letras por número quando o lxml está instalado); quem compara com os valores aceitos não acha "Não". O valor de célula, este, vem decifrado.
# Fonte: medido aqui; a fórmula é guardada como ",innerxml" na biblioteca (qax-os/excelize, xmlWorksheet.go, xlsxInnerXML).
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check excelize==0.1.0 openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import sys, zipfile
import excelize, openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

pasta = openpyxl.Workbook()
pasta.active["A1"] = "Não"
lista = DataValidation(type="list", formula1='"Sim,Não"')
lista.add("B1")
pasta.active.add_data_validation(lista)
pasta.save("feita.xlsx")
trocas = {"por_numero.xlsx": ("ã".encode(), b"&#227;"), "por_extenso.xlsx": (b"&#227;", "ã".encode())}
for saida, (de, para) in trocas.items():
    with zipfile.ZipFile("feita.xlsx") as velha, zipfile.ZipFile(saida, "w") as nova:
        for nome in velha.namelist():
            nova.writestr(nome, velha.read(nome).replace(de, para))

def ver(nome):
    aberta = excelize.open_file(nome)
    try:
        return aberta.get_cell_value("Sheet", "A1"), aberta.get_data_validations("Sheet")[0].formula1
    finally:
        aberta.close()

vistos = {nome: ver(nome) for nome in ("por_numero.xlsx", "por_extenso.xlsx")}
for nome, (celula, lista) in vistos.items():
    print(f"{nome}: célula {celula!r}, lista {lista!r}")
certo = {"por_numero.xlsx": ("Não", '"Sim,N&#227;o"'), "por_extenso.xlsx": ("Não", '"Sim,Não"')}
sys.exit(vistos != certo)
PY
