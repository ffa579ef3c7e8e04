#!/usr/bin/env bash
# python-calamine 0.9.1: CalamineWorkbook.from_path segura o arquivo aberto enquanto o objeto viver.
#
# O bom palpite: um leitor que devolve listas prontas (sheet.to_python()) leu o que tinha de ler e fechou o arquivo;
# quem lê e depois grava por cima, no mesmo processo, não precisa pensar nisso.
# O que acontece: o pacote .xlsx fica aberto (lê-se cada aba quando se pede) até close(), o fim do «with» ou a coleta
# do objeto. No Linux e no macOS ninguém nota, porque se troca um arquivo aberto; no Windows os.replace sobre ele é
# recusado, com PermissionError. from_filelike lê tudo logo, e o arquivo pode fechar-se antes de se ler a primeira aba.
# Fonte: https://pypi.org/project/python-calamine/ (o exemplo abre por from_path, lê e não fecha) e a página de MoveFileEx
# da Microsoft, learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexa.
set -euo pipefail

oficina="$(mktemp -d)"
trap 'rm -rf "$oficina"' EXIT
python3 -m venv "$oficina/venv"
"$oficina/venv/bin/pip" install --quiet python-calamine==0.9.1 openpyxl==3.1.5
"$oficina/venv/bin/python" - "$oficina/a.xlsx" <<'PY'
import os
import sys

import openpyxl
from python_calamine import CalamineWorkbook

caminho = os.path.realpath(sys.argv[1])
pasta = openpyxl.Workbook()
pasta.active.append(["título", 10])
pasta.save(caminho)


def aberto() -> bool:
    onde = "/proc/self/fd"
    return any(os.path.realpath(f"{onde}/{n}") == caminho for n in os.listdir(onde) if os.path.exists(f"{onde}/{n}"))


lido = CalamineWorkbook.from_path(caminho)
linhas = lido.get_sheet_by_index(0).to_python()
depois_de_ler = aberto()
lido.close()
depois_de_fechar = aberto()
with open(caminho, "rb") as arquivo:
    outro = CalamineWorkbook.from_filelike(arquivo)
iguais = outro.get_sheet_by_index(0).to_python() == linhas
print(f"from_path, depois de to_python(): aberto={depois_de_ler}; depois de close(): aberto={depois_de_fechar}")
print(f"from_filelike, com o arquivo já fechado: aberto={aberto()}, lê as mesmas linhas={iguais}")
assert (depois_de_ler, depois_de_fechar, aberto(), iguais) == (True, False, False, True)
PY
