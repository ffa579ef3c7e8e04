#!/usr/bin/env bash
# IronCalc 0.9.1, openpyxl 3.1.5.
# Bom palpite: um motor que calcula referências a tabelas (tbVendas[Valor]) as guarda quando abre e salva a pasta.
# O que se vê: ele calcula a soma da tabela certo, e no arquivo que salva não há tabela nem lista de valores; a fórmula
#   passa a citar a faixa de agora ($B$2:$B$3), e a venda que se acrescentar já não entra na soma. Sem erro nem aviso.
# Fonte: medido aqui; ironcalc/IronCalc#1158 (2026-06) diz que tabelas ainda não se suportam por inteiro.
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check ironcalc==0.9.1 openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import sys
import ironcalc, openpyxl
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

pasta = openpyxl.Workbook()
for linha in (["Pago", "Valor"], ["Sim", 10], ["Não", 5]):
    pasta.active.append(linha)
pasta.active.add_table(Table(displayName="tbVendas", ref="A1:B3"))
lista = DataValidation(type="list", formula1='"Sim,Não"')
lista.add("A2:A3")
pasta.active.add_data_validation(lista)
pasta.active["D1"] = "=SUM(tbVendas[Valor])"
pasta.save("vendas.xlsx")
modelo = ironcalc.load_from_xlsx("vendas.xlsx", "en", "UTC", "en")
modelo.evaluate()
soma = modelo.get_cell_value(0, 1, 4)
modelo.save_to_xlsx("salva.xlsx")
visto = {}
for nome in ("vendas.xlsx", "salva.xlsx"):
    aba = openpyxl.load_workbook(nome).active
    visto[nome] = (list(aba.tables), len(aba.data_validations.dataValidation), aba["D1"].value)
    print(f"{nome}: tabelas {visto[nome][0]}, listas {visto[nome][1]}, D1 {visto[nome][2]!r}")
print("a soma que o IronCalc calcula:", soma)
sys.exit(not (soma == 15 and visto["vendas.xlsx"][:2] == (["tbVendas"], 1) and visto["salva.xlsx"] == ([], 0, "=SUM($B$2:$B$3)")))
PY
