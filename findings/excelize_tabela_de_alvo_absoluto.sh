#!/usr/bin/env bash
# Excelize 0.1.0 (Python, sobre a biblioteca em Go), openpyxl 3.1.5.
# Bom palpite: uma pasta com uma tabela, gravada pelo openpyxl, mostra a tabela em qualquer motor; o OPC (ECMA-376,
#   parte 2, relações) aceita alvo relativo e alvo absoluto ("/xl/tables/table1.xml", que é o que o openpyxl escreve).
# O que se vê: get_tables dá uma lista vazia, sem erro nenhum; com o mesmo alvo escrito relativo, dá a tabela.
# Fonte: qax-os/excelize#2386 (2026-08); o mesmo no calamine (tafia/calamine#587) e no exceljs (exceljs#1468).
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check excelize==0.1.0 openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import sys, zipfile
import excelize, openpyxl
from openpyxl.worksheet.table import Table

pasta = openpyxl.Workbook()
for linha in (["Código", "Valor"], ["A", 1]):
    pasta.active.append(linha)
pasta.active.add_table(Table(displayName="tbVendas", ref="A1:B2"))
pasta.save("absoluto.xlsx")
RELS = "xl/worksheets/_rels/sheet1.xml.rels"
with zipfile.ZipFile("absoluto.xlsx") as velha, zipfile.ZipFile("relativo.xlsx", "w") as nova:
    assert b'Target="/xl/tables/table1.xml"' in velha.read(RELS), "o openpyxl já não escreve alvo absoluto"
    for nome in velha.namelist():
        nova.writestr(nome, velha.read(nome).replace(b'"/xl/tables/', b'"../tables/') if nome == RELS else velha.read(nome))

def tabelas(nome):
    aberta = excelize.open_file(nome)
    try:
        return [tabela.name for tabela in aberta.get_tables("Sheet")]
    finally:
        aberta.close()

vistas = {nome: tabelas(nome) for nome in ("absoluto.xlsx", "relativo.xlsx")}
print("openpyxl vê:", list(openpyxl.load_workbook("absoluto.xlsx").active.tables))
print("excelize vê:", vistas)
sys.exit(vistas != {"absoluto.xlsx": [], "relativo.xlsx": ["tbVendas"]})
PY
