#!/usr/bin/env bash
# xlwings 0.37.8, Windows: range.value = bloco vai ao Excel umas cem vezes; range.raw_value = bloco, uma.
#
# O bom palpite: escrever um bloco inteiro de uma vez, como manda a documentação, é uma ida ao Excel, e o que a
# conversão faz (None, datas) faz-se do lado do Python.
# O que acontece: a conversão redimensiona a faixa duas vezes, e cada vez compara as duas células de canto: folha com
# folha, pasta com pasta, programa com programa, nome com nome, tudo perguntado ao Excel, de um processo ao outro. O
# número não depende do tamanho do bloco; quem escreve muitos blocos pequenos paga-o em cada um.
# Fonte: xlwings/conversion/standard.py, 140 e 177 (os dois resize), xlwings/main.py, 3615 a 3639 (resize), 2110 a 2117,
# 1529 a 1534 e 1112 a 1117 (as comparações); lentidão relatada, sem esta causa, em
# https://github.com/xlwings/xlwings/issues/1086.
# O _xlwindows.py é o verdadeiro; o COM por baixo é um dublê que conta cada leitura, escrita e chamada.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
from pywin32_de_mentira import Com

import xlwings as xw
from xlwings import _xlwindows

idas = []


class Objeto(Com):
    def __init__(self, **nomes):
        vars(self).update(nomes)

    def __getattribute__(self, nome):
        if not nome.startswith("_"):
            idas.append(nome)
        return super().__getattribute__(nome)

    def __setattr__(self, nome, valor):
        idas.append(f"{nome}=")

    def __call__(self, *_):
        idas.append("()")
        return celulas


programa = Objeto(Hwnd=1)
folha = Objeto(Name="Dados", Parent=Objeto(Name="a.xlsx", Application=programa))
vars(programa)["Application"] = programa
celulas = Objeto(Worksheet=folha, Row=1, Column=1, Rows=Objeto(Count=1), Columns=Objeto(Count=1))
vars(folha).update(Cells=Objeto(), Range=Objeto())
_xlwindows.win32process.GetWindowThreadProcessId.return_value = (1, 100)
contas = {}
for linhas in (2, 2000):
    for modo in ("value", "raw_value"):
        faixa = xw.Range(impl=_xlwindows.Range(xl=_xlwindows.COMRetryObjectWrapper(celulas)))
        idas.clear()
        setattr(faixa, modo, [["texto", 1.0]] * linhas)
        contas[modo, linhas] = len(idas)
        assert idas[-1] == "Value="
        print(f"{modo} = bloco de {linhas} linhas: {len(idas)} idas ao Excel")
assert contas["value", 2] == contas["value", 2000] > 80
assert contas["raw_value", 2] == contas["raw_value", 2000] == 1
PY
