"""Um adaptador fino por motor: abre um .xlsx e conta, aba a aba, o que o motor entende dele."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from guiche.planilha.celulas import letras_da_coluna

AQUI = Path(__file__).parent
PYTHON_DO_SISTEMA = "/usr/bin/python3"
LINHA_DE_BAIXO = 10_000
"""Uma linha abaixo de qualquer tabela dos testes: lá só vale o formato da coluna."""
_FORMATOS_DE_FABRICA = {0: "General", 1: "0", 4: "#,##0.00", 10: "0.00%", 49: "@"}


class Aba(NamedTuple):
    """O que um motor diz de uma aba; ``None`` no que ele não conhece."""

    nome: str
    tabelas: Mapping[str, str] | None
    """Nome → faixa, como ``A1:U2``."""
    listas: Mapping[str, Sequence[str]] | None
    """Letra da coluna → valores que a segunda linha aceita."""
    formatos: Sequence[str]
    """O formato de cada coluna na segunda linha, a primeira do corpo."""
    abaixo: Sequence[str]
    """O de cada coluna na ``LINHA_DE_BAIXO``."""
    valores: Sequence[Sequence[Any]]
    """Texto, número ou ``None``; um motor que só dá textos os dá todos."""


class Motor(NamedTuple):
    """Um motor de planilhas."""

    nome: str
    falta: Callable[[], str]
    """O que falta nesta máquina; vazio se nada."""
    abrir: Callable[[Path], list[Aba]]
    salvar: Callable[[Path, Path], object]
    so_textos: bool = False


def _da_lista(formula: str) -> list[str]:
    return formula.replace('";"', ",").strip('"').split(",")


def _aba(lida: Mapping[str, Any], tabelas: Mapping[str, str] | None) -> Aba:
    listas = {letras_da_coluna(int(n) + 1): _da_lista(formula) for n, formula in lida["listas"].items()}
    return Aba(lida["nome"], tabelas, listas, lida["formatos"], lida["abaixo"], lida["valores"])


# LibreOffice: um só para toda a sessão, porque demora a subir.


@cache
def falta_libreoffice() -> str:
    if not shutil.which("soffice"):
        return "não instalado: soffice"
    uno = subprocess.run([PYTHON_DO_SISTEMA, "-c", "import uno"], check=False, capture_output=True)
    return "" if uno.returncode == 0 else "não instalado: python3-uno"


@cache
def _servidor() -> subprocess.Popen[str]:
    comando = [PYTHON_DO_SISTEMA, str(AQUI / "uno_libreoffice.py")]
    ambiente = os.environ | {"PYTHONPATH": str(AQUI.parents[1])}
    return subprocess.Popen(comando, env=ambiente, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def libreoffice(pasta: Path, **pedido: Any) -> Any:
    """Um pedido ao LibreOffice, e a resposta."""
    servidor = _servidor()
    assert servidor.stdin
    assert servidor.stdout
    servidor.stdin.write(json.dumps({"pasta": str(pasta), **{n: x for n, x in pedido.items() if x is not None}}) + "\n")
    servidor.stdin.flush()
    resposta = servidor.stdout.readline()
    assert resposta, "o LibreOffice caiu"
    return json.loads(resposta)


def encerrar() -> None:
    """Encerra o LibreOffice da sessão, se subiu."""
    if _servidor.cache_info().currsize:
        servidor = _servidor()
        servidor.communicate(timeout=60)
        _servidor.cache_clear()


def _do_libreoffice(lida: Mapping[str, Any]) -> Aba:
    faixas = {
        nome: f"{letras_da_coluna(c + 1)}{linha + 1}:{letras_da_coluna(c2 + 1)}{fim + 1}"
        for nome, (c, linha, c2, fim) in lida["tabelas"].items()
    }
    formatos = {parte: [f.lower() if "Y" in f else f for f in lida[parte]] for parte in ("formatos", "abaixo")}
    return _aba({**lida, **formatos}, faixas)


# ONLYOFFICE, num processo por vez.


def _onlyoffice(pasta: Path, *saida: Path) -> list[Aba]:
    comando = [sys.executable, str(AQUI / "onlyoffice.py"), str(pasta), *map(str, saida)]
    feito = subprocess.run(comando, capture_output=True, text=True, check=True, timeout=120)
    contado = json.loads(feito.stdout[feito.stdout.index("[{") :])
    return [_aba(lida, lida["tabelas"]) for lida in contado]


# Excelize (Go) e IronCalc (Rust), no próprio processo.


def _formato_do_excelize(pasta: Any, estilo: int) -> str:
    dele = pasta.get_style(estilo)
    return str(dele.custom_num_fmt or _FORMATOS_DE_FABRICA[dele.num_fmt or 0])


def _abrir_excelize(caminho: Path) -> list[Aba]:
    import excelize

    pasta = excelize.open_file(str(caminho))
    try:
        return [_do_excelize(pasta, nome, excelize.Options(raw_cell_value=True)) for nome in pasta.get_sheet_list()]
    finally:
        pasta.close()


def _do_excelize(pasta: Any, nome: str, crus: Any) -> Aba:
    valores = pasta.get_rows(nome, crus)
    letras = [letras_da_coluna(n) for n in range(1, len(valores[0]) + 1)]
    listas = {}
    for validacao in pasta.get_data_validations(nome):
        if validacao.type == "list" and (achada := re.match(r"([A-Z]+)2(?!\d)", validacao.sqref)):
            listas[achada[1]] = _da_lista(validacao.formula1)
    formatos = [_formato_do_excelize(pasta, pasta.get_cell_style(nome, f"{letra}2")) for letra in letras]
    abaixo = [_formato_do_excelize(pasta, pasta.get_col_style(nome, letra)) for letra in letras]
    tabelas = {tabela.name: tabela.range for tabela in pasta.get_tables(nome)}
    return Aba(nome, tabelas, listas, formatos, abaixo, valores)


def _salvar_excelize(pasta: Path, saida: Path) -> None:
    import excelize

    aberta = excelize.open_file(str(pasta))
    aberta.save_as(str(saida))
    aberta.close()


def _abrir_ironcalc(caminho: Path) -> list[Aba]:
    import ironcalc

    modelo = ironcalc.load_from_xlsx(str(caminho), "en", "UTC", "en")
    return [_do_ironcalc(modelo, n, aba["name"]) for n, aba in enumerate(modelo.get_worksheets_properties())]


def _do_ironcalc(modelo: Any, n: int, nome: str) -> Aba:
    _, ultima, _, largura = modelo.get_sheet_dimensions(n)
    colunas = range(1, largura + 1)
    valores = [[modelo.get_cell_value(n, linha, c) for c in colunas] for linha in range(1, ultima + 1)]
    formatos = [modelo.get_cell_style(n, 2, c)["num_fmt"] for c in colunas]
    abaixo = [(modelo.get_column_style(n, c) or {"num_fmt": "General"})["num_fmt"] for c in colunas]
    formatos, abaixo = ([f.capitalize() if f == "general" else f for f in lista] for lista in (formatos, abaixo))
    return Aba(nome, None, None, formatos, abaixo, valores)


def _salvar_ironcalc(pasta: Path, saida: Path) -> None:
    import ironcalc

    ironcalc.load_from_xlsx(str(pasta), "en", "UTC", "en").save_to_xlsx(str(saida))


def _modulo(nome: str, pacote: str) -> Callable[[], str]:
    return lambda: "" if find_spec(nome) else f"não instalado: {pacote} (pip install --group motores)"


MOTORES = {
    motor.nome: motor
    for motor in (
        Motor("libreoffice", falta_libreoffice, lambda pasta: list(map(_do_libreoffice, libreoffice(pasta))),
              lambda pasta, saida: libreoffice(pasta, saida=str(saida))),
        Motor("onlyoffice", _modulo("docbuilder", "document-builder"), _onlyoffice, _onlyoffice, so_textos=True),
        Motor("excelize", _modulo("excelize", "excelize"), _abrir_excelize, _salvar_excelize, so_textos=True),
        Motor("ironcalc", _modulo("ironcalc", "ironcalc"), _abrir_ironcalc, _salvar_ironcalc),
    )
}  # fmt: skip
