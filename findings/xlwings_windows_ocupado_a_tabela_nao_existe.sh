#!/usr/bin/env bash
# xlwings 0.37.8, Windows: com o Excel ocupado, «nome in folha.tables» responde False, e tables[nome], KeyError.
#
# O bom palpite: «in» diz se a tabela existe; Excel que não pode responder agora é outra coisa, e levanta o erro do COM.
# O que acontece: qualquer erro do COM, também «tente mais tarde» (RPC_E_SERVERCALL_RETRYLATER, 0x8001010A, que o
# xlwings não tenta de novo), vira «não existe». Quem cria a tabela que falta vai criá-la outra vez, e quem avisa a
# pessoa manda-a procurar uma tabela que está lá. Só se a recusa apanha a chamada Item: um passo antes, em folha.tables,
# o erro sobe.
# Fonte: xlwings/_xlwindows.py, 2586 a 2604 (Collection.__call__ e __contains__) e 128 a 156 (o que se tenta de novo);
# https://github.com/xlwings/xlwings/issues/1837 (o Excel ocupado recusa chamadas).
# O _xlwindows.py é o verdadeiro; o COM por baixo é um dublê.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet xlwings==0.37.8
PYTHONPATH="$(dirname "$0")" "$oficina/venv/bin/python" -B - <<'PY'
from pywin32_de_mentira import Com, ErroDoCom

import xlwings as xw
from xlwings import _xlwindows

TENTE_MAIS_TARDE = 0x8001010A - 2**32


ocupado = False


def responder():
    if ocupado:
        raise ErroDoCom(TENTE_MAIS_TARDE, "", None, None)
    return Objeto()


class Objeto(Com):
    ListObjects = property(lambda _: responder())

    def Item(self, _nome):
        return responder()


def erro_de(perguntar):
    try:
        return perguntar()
    except Exception as erro:
        return type(erro).__name__


folha = xw.Sheet(impl=_xlwindows.Sheet(xl=_xlwindows.COMRetryObjectWrapper(Objeto())))
tabelas = folha.tables
livre = "tbTitulos" in tabelas
ocupado = True
recusado, pedida = "tbTitulos" in tabelas, erro_de(lambda: tabelas["tbTitulos"])
antes = erro_de(lambda: folha.tables)
print(f'"tbTitulos" in tabelas: com o Excel livre, {livre}; ocupado, {recusado}; tabelas["tbTitulos"]: {pedida}')
print(f"recusado um passo antes, em folha.tables: {antes}")
assert (livre, recusado, pedida, antes) == (True, False, "KeyError", "ErroDoCom")
PY
