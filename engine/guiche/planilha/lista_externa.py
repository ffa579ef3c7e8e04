"""Lê uma lista qualquer, .xlsx ou .csv, e acha nela as nossas colunas."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDePlanilha, Local
from guiche.planilha.celulas import letras_da_coluna
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Folha

_LINHAS_DE_CABECALHO = 20
"""Até que linha se procura o cabeçalho: relatórios trazem título e data antes dele."""
_EXTENSOES = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt"}
_NADA_DE_LETRAS = re.compile(r"[^A-Z0-9]+")


class Lista(NamedTuple):
    """A lista, nas nossas colunas."""

    folha: Folha
    """As colunas do operador, em ordem; a que a lista não tem vem vazia."""
    achadas: Mapping[str, str]
    """Id da nossa coluna → cabeçalho da lista."""
    sobram: Sequence[str]
    """Cabeçalhos da lista que não são de nenhuma das nossas."""


def normal(texto: Any) -> str:
    """O nome sem acento, maiúscula nem pontuação.

    >>> normal("Nº do Título:")
    'NO DO TITULO'
    """
    return _NADA_DE_LETRAS.sub(" ", transliterar(str(texto))).strip()


@cache
def _nomes(tabela: str) -> Mapping[str, str]:
    """Nome normal → id da nossa coluna."""
    sinonimos = tomllib.loads(files("guiche.planilha").joinpath("sinonimos.toml").read_text("utf-8"))[tabela]
    nomes: dict[str, str] = {}
    for coluna in esquema()[tabela].colunas:
        if coluna.dono == "operador":
            for nome in (coluna.titulo, coluna.id, *sinonimos.get(coluna.id, ())):
                nomes.setdefault(normal(nome), coluna.id)
    return nomes


def ler_lista(caminho: Path, tabela: str, colunas: Mapping[str, str]) -> Lista:
    """Lê a lista e a põe nas colunas da tabela; ``colunas`` diz, por id, o cabeçalho que a pessoa escolheu.

    Raises:
        ErroDePlanilha: ``lista.formato``, se não se lê; ``lista.cabecalho``, se não se acham as colunas obrigatórias.
    """
    aba, linhas = _linhas(caminho)
    escolhidas = {normal(titulo): id_ for id_, titulo in colunas.items()}
    nomes = {**_nomes(tabela), **escolhidas}
    notas = [sum(normal(celula) in nomes for celula in linha) for linha in linhas[:_LINHAS_DE_CABECALHO]]
    melhor = max(notas, default=0)
    obrigatorias = [c for c in esquema()[tabela].colunas if c.dono == "operador" and c.obrigatoria]
    if not melhor:
        raise ErroDePlanilha("lista.cabecalho", "não se acha a linha dos cabeçalhos", local=Local(caminho.name))
    n = notas.index(melhor)
    onde = _onde(linhas[n], nomes, escolhidas)
    faltam = [c.titulo for c in obrigatorias if c.id not in onde]
    if faltam:
        tem = ", ".join(str(c) for c in linhas[n] if str(c).strip())
        razao = f"não se acha a coluna de {', '.join(faltam)}; a lista tem: {tem}"
        raise ErroDePlanilha("lista.cabecalho", razao, local=Local(caminho.name))
    return _montar(tabela, aba, linhas, n, onde)


def _onde(cabecalho: Sequence[Any], nomes: Mapping[str, str], escolhidas: Mapping[str, str]) -> dict[str, int]:
    """Id → posição; a coluna que a pessoa escolheu vale mais que o sinônimo, e entre iguais a primeira."""
    onde: dict[str, int] = {}
    for so_escolhidas in (True, False):
        for i, celula in enumerate(cabecalho):
            nome = normal(celula)
            if nome in nomes and (nome in escolhidas) == so_escolhidas:
                onde.setdefault(nomes[nome], i)
    return onde


def _montar(tabela: str, aba: str, linhas: Sequence[Sequence[Any]], n: int, onde: Mapping[str, int]) -> Lista:
    ids = esquema()[tabela].ids("operador")
    corpo, numeros = [], []
    for i, linha in enumerate(linhas[n + 1 :], n + 2):
        nossa = tuple(linha[onde[id_]] if id_ in onde and onde[id_] < len(linha) else "" for id_ in ids)
        if any(celula not in ("", None) for celula in nossa):
            corpo.append(nossa)
            numeros.append(i)
    letras = {id_: letras_da_coluna(onde[id_] + 1) if id_ in onde else "?" for id_ in ids}
    cabecalho = [str(c).strip() for c in linhas[n]]
    usadas = set(onde.values())
    sobram = [c for i, c in enumerate(cabecalho) if c and i not in usadas]
    folha = Folha(tabela, aba, ids, letras, numeros, corpo)
    return Lista(folha, {id_: cabecalho[i] for id_, i in onde.items()}, sobram)


def _linhas(caminho: Path) -> tuple[str, list[list[Any]]]:
    extensao, local = caminho.suffix.lower(), Local(caminho.name)
    if extensao not in _EXTENSOES:
        raise ErroDePlanilha("lista.formato", f"não sei ler {extensao or 'sem extensão'}", local=local)
    try:
        if extensao in {".csv", ".txt"}:
            return caminho.name, _csv(caminho.read_bytes())
        from python_calamine import CalamineWorkbook  # noqa: PLC0415  só quem lê paga por ele

        pasta = CalamineWorkbook.from_path(str(caminho))
        return pasta.sheet_names[0], pasta.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except ErroDePlanilha:
        raise
    except Exception as erro:  # cada leitor levanta o seu
        raise ErroDePlanilha("lista.formato", f"não foi possível ler: {erro}", local=local) from erro


def _csv(conteudo: bytes) -> list[list[Any]]:
    try:
        texto = conteudo.decode("utf-8-sig")
    except UnicodeDecodeError:
        texto = conteudo.decode("cp1252")
    primeira = texto.split("\n", 1)[0]
    separador = max(";\t,|", key=primeira.count)
    return [list(linha) for linha in csv.reader(io.StringIO(texto), delimiter=separador)]
