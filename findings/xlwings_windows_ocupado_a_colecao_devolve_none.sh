#!/usr/bin/env bash
# xlwings 0.37.8, Windows: com o Excel ocupado, sheets["Dados"] dá uma folha com None por dentro, e não espera.
#
# O bom palpite: N_COM_ATTEMPTS = 0, o valor de fábrica, quer dizer «tentar sempre», como diz o comentário ao lado: uma
# chamada recusada (RPC_E_CALL_REJECTED, 0x80010001) repete-se até o Excel a aceitar.
# O que acontece: assim é ao ler uma propriedade, escrevê-la ou chamar um método; mas a chamada de uma coleção conta as
# tentativas com range(N_COM_ATTEMPTS + 1): faz uma e, recusada, cai fora do laço e devolve None. O erro aparece
# adiante, longe, como AttributeError de NoneType. Com N_COM_ATTEMPTS = 3 a mesma chamada insiste e consegue.
# Fonte: xlwings/_xlwindows.py, 114 (N_COM_ATTEMPTS) e 246 a 270 (COMRetryObjectWrapper.__call__), ao lado de 209 a 244
# (__getattr__); https://github.com/xlwings/xlwings/issues/1837 (o Excel ocupado recusa chamadas).
# O _xlwindows.py é o verdadeiro; o COM por baixo é um dublê, que recusa uma chamada e aceita a seguinte.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
from pywin32_de_mentira import Com, ErroDoCom

import xlwings as xw
from xlwings import _xlwindows

recusas = []


def responder(valor):
    if recusas:
        raise ErroDoCom(recusas.pop(), "", None, None)
    return valor


class Objeto(Com):
    Name = property(lambda _: responder("Dados"))

    def __call__(self, _nome):
        return responder(Objeto())


pasta = Objeto()
pasta.Worksheets = Objeto()
livro = xw.Book(impl=_xlwindows.Book(xl=_xlwindows.COMRetryObjectWrapper(pasta)))


def com_uma_recusa(ler):
    recusas[:] = [0x80010001 - 2**32]
    try:
        return ler()
    except AttributeError as erro:
        return f"AttributeError: {erro}"


propriedade = com_uma_recusa(lambda: livro.name)
dentro = com_uma_recusa(lambda: livro.sheets["Dados"].api)
nome = com_uma_recusa(lambda: livro.sheets["Dados"].name)
_xlwindows.N_COM_ATTEMPTS = 3
contada = com_uma_recusa(lambda: livro.sheets["Dados"].name)
print(f'recusa na propriedade: {propriedade}; na coleção: .api é {dentro}, .name dá {nome}; com 3 tentativas: {contada}')
assert (propriedade, dentro, contada) == ("Dados", None, "Dados")
assert nome == "AttributeError: 'NoneType' object has no attribute 'Name'"
PY
