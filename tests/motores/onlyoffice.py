"""Abre uma pasta no ONLYOFFICE: ``python onlyoffice.py pasta.xlsx [saida.xlsx]``; escreve o que vê, em JSON.

Corre num processo à parte: o motor é C++ e JavaScript, e leva o Python junto quando cai.
"""

from __future__ import annotations

import sys
from pathlib import Path

CONTAR = """(function () {
  return JSON.stringify(Api.GetSheets().map(function (aba) {
    var valores = aba.GetUsedRange().GetValue2();
    if (!Array.isArray(valores)) { valores = [[valores]]; }
    var largura = valores[0].length, listas = {}, formatos = [], abaixo = [];
    for (var n = 0; n < largura; n++) {
      var celula = aba.GetRangeByNumber(1, n), validacao = celula.GetValidation();
      if (validacao && validacao.GetType() === "xlValidateList") { listas[n] = validacao.GetFormula1(); }
      formatos.push(celula.GetNumberFormat());
      abaixo.push(aba.GetRangeByNumber(9999, n).GetNumberFormat());
    }
    var tabelas = {};
    aba.GetListObjects().forEach(function (tabela) {
      tabelas[tabela.GetName()] = tabela.GetRange().GetAddress().replace(/.*!|[$]/g, "");
    });
    return {nome: aba.GetName(), tabelas: tabelas, listas: listas, formatos: formatos, abaixo: abaixo,
            valores: valores};
  }));
})()"""


def main() -> None:
    """Conta o que há na pasta; com saída, salva-a lá."""
    import docbuilder

    motor = docbuilder.CDocBuilder()
    if motor.OpenFile(sys.argv[1], ""):
        sys.exit("o ONLYOFFICE não abriu a pasta")
    motor.GetContext().GetGlobal()  # sem isto o motor cai ao devolver o valor
    resposta = docbuilder.CDocBuilderValue()
    if not motor.ExecuteCommand(CONTAR, resposta):
        sys.exit("o ONLYOFFICE não respondeu")
    sys.stdout.write(resposta.ToString())
    if len(sys.argv) > 2:
        motor.SaveFile("xlsx", str(Path(sys.argv[2]).resolve()))
    motor.CloseFile()


if __name__ == "__main__":
    main()
