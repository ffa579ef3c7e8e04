"""Onde cada tabela mora no pacote: a aba, a parte, as colunas e as linhas."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha.celulas import letras_da_coluna, numero_da_coluna
from guiche.planilha.pacote import sem_entidades
from guiche.planilha.xml_da_aba import ESPACO

_NS = {"m": ESPACO, "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
_ID = f"{{{_NS['r']}}}id"
_RELACOES_DA_PASTA = "xl/_rels/workbook.xml.rels"
_ALVO = re.compile(r"(?:/xl/)?((?:work|chart|dialog|macro)sheets/[^/\\%]+\.xml)")
_REF = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")
_DO_PACOTE = (
    ET.ParseError, KeyError, ValueError, IndexError, BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError,
    zlib.error,
)  # fmt: skip
"""O que um pacote torto faz a biblioteca levantar."""


@dataclass(frozen=True, slots=True)
class Lugar:
    """Onde uma tabela mora no pacote."""

    aba: str
    parte: str
    parte_da_tabela: str
    colunas: tuple[str, str]
    """Primeira e última letras da tabela."""
    cabecalho: int
    fim: int
    """Última linha da tabela."""
    titulos: tuple[str, ...]
    """Cabeçalhos, da primeira à última coluna."""

    def letra(self, titulo: str) -> str:
        """A letra da coluna de cabeçalho dado.

        Raises:
            ValueError: a tabela não a tem.
        """
        return letras_da_coluna(numero_da_coluna(self.colunas[0]) + self.titulos.index(titulo))


def lugares(partes: ZipFile, nome: str) -> dict[str, Lugar]:
    """As tabelas do pacote pelo nome; ``nome`` é o do arquivo.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``.
    """
    try:
        return _lugares(partes)
    except _DO_PACOTE as erro:
        texto = "a estrutura do arquivo está estragada"
        raise ErroDePlanilha("pasta.ilegivel", texto, local=Local(nome)) from erro


def partes_das_abas(partes: ZipFile, nome: str) -> dict[str, str]:
    """A parte de cada aba, pelo nome dela; ``nome`` é o do arquivo.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``.
    """
    try:
        relacoes = _relacoes(partes, "xl/workbook.xml")
        abas = _raiz(partes, "xl/workbook.xml").findall("m:sheets/m:sheet", _NS)
        return {aba.attrib["name"]: relacoes[aba.attrib[_ID]] for aba in abas}
    except _DO_PACOTE as erro:
        texto = "a estrutura do arquivo está estragada"
        raise ErroDePlanilha("pasta.ilegivel", texto, local=Local(nome)) from erro


def _lugares(partes: ZipFile) -> dict[str, Lugar]:
    relacoes = _relacoes(partes, "xl/workbook.xml")
    abas = _raiz(partes, "xl/workbook.xml").findall("m:sheets/m:sheet", _NS)
    _sem_ambiguidade(partes, abas)
    achadas = {}
    for aba in abas:
        parte = relacoes[aba.attrib[_ID]]
        for alvo in _relacoes(partes, parte).values():
            if "/tables/" in alvo:
                tabela = _raiz(partes, alvo)
                ref = _REF.fullmatch(tabela.attrib["ref"])
                if ref:
                    de, linha, ate, fim = ref.groups()
                    titulos = tuple(
                        c.attrib["name"].strip() for c in tabela.iterfind("m:tableColumns/m:tableColumn", _NS)
                    )
                    lugar = Lugar(aba.attrib["name"], parte, alvo, (de, ate), int(linha), int(fim), titulos)
                    achadas[tabela.attrib["displayName"]] = lugar
    return achadas


def _sem_ambiguidade(partes: ZipFile, abas: Sequence[ET.Element]) -> None:
    """O leitor de células acha a aba pelo nome: tem de ser a mesma parte que aqui se examina.

    Raises:
        ValueError: nome, id ou parte repetidos, ou escritos de um jeito que cada leitor entende a seu modo.
    """
    alvos = [(r.attrib["Id"], r.attrib["Target"]) for r in _raiz(partes, _RELACOES_DA_PASTA)]
    das_abas = {aba.attrib[_ID] for aba in abas}
    nomes = [aba.attrib["name"].casefold() for aba in abas]
    caminhos = [_ALVO.fullmatch(alvo) for id_, alvo in alvos if id_ in das_abas]
    ids = [sum(nome.rpartition("}")[2] == "id" for nome in aba.attrib) for aba in abas]
    arquivos = [achado[1] for achado in caminhos if achado]
    repetem = [len(set(lista)) != len(lista) for lista in (nomes, [id_ for id_, _ in alvos], arquivos)]
    if any(repetem) or len(arquivos) != len(abas) or set(ids) != {1}:
        raise ValueError(len(abas))


def _raiz(partes: ZipFile, parte: str) -> ET.Element:
    return ET.fromstring(sem_entidades(partes.read(parte)))  # noqa: S314  sem declarações não há bomba


def _relacoes(partes: ZipFile, parte: str) -> dict[str, str]:
    """Id → parte, das relações de uma parte."""
    caminho = PurePosixPath(parte)
    nome = f"{caminho.parent}/_rels/{caminho.name}.rels"
    if nome not in partes.namelist():
        return {}
    return {r.attrib["Id"]: _resolver(caminho.parent, r.attrib["Target"]) for r in _raiz(partes, nome)}


def _resolver(de: PurePosixPath, alvo: str) -> str:
    if alvo.startswith("/"):
        return alvo[1:]
    partes = list(de.parts)
    for passo in PurePosixPath(alvo).parts:
        if passo == "..":
            partes.pop()
        else:
            partes.append(passo)
    return "/".join(partes)
