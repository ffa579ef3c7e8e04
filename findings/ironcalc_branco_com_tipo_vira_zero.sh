#!/usr/bin/env bash
# IronCalc 0.9.1, openpyxl 3.1.5.
# Bom palpite: célula formatada e em branco é em branco; o openpyxl a escreve <c r="A2" s="1" t="n"></c>, e "n" é só o
#   tipo padrão de t (ECMA-376, parte 1, 18.3.1.4), o mesmo que não dizer nada.
# O que se vê: com t="n" e sem valor, o IronCalc lê 0: CONT.NÚM conta a célula e MÉDIA muda; sem o t, lê vazio.
# Fonte: ironcalc/IronCalc, PR 1425 (2026-09), ainda não nesta versão.
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check ironcalc==0.9.1 openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import sys, zipfile
import ironcalc, openpyxl

pasta = openpyxl.Workbook()
aba = pasta.active
aba["A1"] = 10
aba["A2"].number_format = "#,##0.00"
aba["B1"] = "=COUNT(A1:A2)"
aba["B2"] = "=AVERAGE(A1:A2)"
pasta.save("com_tipo.xlsx")
ABA = "xl/worksheets/sheet1.xml"
with zipfile.ZipFile("com_tipo.xlsx") as velha, zipfile.ZipFile("sem_tipo.xlsx", "w") as nova:
    xml = velha.read(ABA)
    assert b't="n"></c>' in xml or b't="n"/>' in xml or b't="n" />' in xml, "o openpyxl já não escreve o tipo"
    for nome in velha.namelist():
        nova.writestr(nome, xml.replace(b' t="n"', b"") if nome == ABA else velha.read(nome))

def ver(nome):
    modelo = ironcalc.load_from_xlsx(nome, "en", "UTC", "en")
    modelo.evaluate()
    return [modelo.get_cell_value(0, linha, coluna) for linha, coluna in ((2, 1), (1, 2), (2, 2))]

vistos = {nome: ver(nome) for nome in ("com_tipo.xlsx", "sem_tipo.xlsx")}
for nome, (branco, quantas, media) in vistos.items():
    print(f"{nome}: A2 = {branco}, CONT.NÚM = {quantas}, MÉDIA = {media}")
sys.exit(vistos != {"com_tipo.xlsx": [0.0, 2.0, 5.0], "sem_tipo.xlsx": [None, 1.0, 10.0]})
PY
