#!/usr/bin/env bash
# ONLYOFFICE Document Builder 10.0.0.170 (PyPI document-builder), openpyxl 3.1.5. Linux de 64 bits.
# Bom palpite: numa coluna de formato texto ("@" em <col style>), SetValue("0002") numa célula ainda sem nada guarda os
#   zeros, como ao digitar no Excel; e GetNumberFormat da célula já diz "@".
# O que se vê: a célula diz "@", SetValue põe o número 2 e o formato dela passa a General; o formato da coluna só vale se
#   a célula o tem escrito nela. Com SetNumberFormat("@") antes, guarda "0002".
# Fonte: medido aqui; ApiRange.SetNumberFormat em api.onlyoffice.com não fala de colunas.
set -euo pipefail
oficina="$(mktemp -d)"; trap 'rm -rf "$oficina"' EXIT; cd "$oficina"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check document-builder==10.0.0.170 openpyxl==3.1.5 2>/dev/null
v/bin/python - <<'PY'
import json, os, sys
import docbuilder, openpyxl

pasta = openpyxl.Workbook()
pasta.active.column_dimensions["A"].number_format = "@"
pasta.active["A1"], pasta.active["A1"].number_format = "0001", "@"
pasta.save("texto.xlsx")
motor = docbuilder.CDocBuilder()
motor.OpenFile(os.path.abspath("texto.xlsx"), "")
motor.GetContext().GetGlobal()
resposta = docbuilder.CDocBuilderValue()
motor.ExecuteCommand("""(function () {
  var aba = Api.GetActiveSheet();
  function por(onde, antes) {
    var celula = aba.GetRange(onde), dizia = celula.GetNumberFormat();
    if (antes) { celula.SetNumberFormat(antes); }
    celula.SetValue("0002");
    return [dizia, celula.GetValue2(), celula.GetNumberFormat()];
  }
  return JSON.stringify({escrita: por("A1"), so_da_coluna: por("A3"), pedida: por("A4", "@")});
})()""", resposta)
visto = json.loads(resposta.ToString())
motor.CloseFile()
for celula, (dizia, valor, ficou) in visto.items():
    print(f"{celula}: dizia {dizia!r}; depois de SetValue('0002'): {valor!r}, formato {ficou!r}")
certo = {"escrita": ["@", "0002", "@"], "so_da_coluna": ["@", "2", "General"], "pedida": ["@", "0002", "@"]}
sys.exit(visto != certo)
PY
