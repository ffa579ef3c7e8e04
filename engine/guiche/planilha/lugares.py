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
from guiche.planilha.esquema import Tabela
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
    totais: bool = False
    """A última linha é a de totais do Excel."""

    def letra(self, titulo: str) -> str:
        """A letra da coluna de cabeçalho dado.

        Raises:
            ValueError: a tabela não a tem.
        """
        return letras_da_coluna(numero_da_coluna(self.colunas[0]) + self.titulos.index(titulo))


def letras_das_colunas(tabela: Tabela, lugar: Lugar, ids: Sequence[str]) -> dict[str, str]:
    """Letra de cada coluna pedida, achada pelo cabeçalho.

    Raises:
        ErroDePlanilha: ``pasta.coluna_ausente``, com todas as que faltam.
    """
    primeira = numero_da_coluna(lugar.colunas[0])
    onde = {titulo: letras_da_coluna(i) for i, titulo in enumerate(lugar.titulos, primeira)}
    faltam = [tabela.coluna(i).titulo for i in ids if tabela.coluna(i).titulo not in onde]
    if faltam:
        texto = f"faltam colunas: {', '.join(faltam)}"
        raise ErroDePlanilha("pasta.coluna_ausente", texto, local=Local(lugar.aba))
    return {i: onde[tabela.coluna(i).titulo] for i in ids}


def ate_a_linha(xml: bytes, lugar: Lugar, fim: int) -> bytes:
    """O XML da tabela que passa a acabar na linha ``fim``; o filtro não leva a linha de totais."""
    de, ate = (letra.encode() for letra in lugar.colunas)
    for elemento, ultima in ((b"table", fim), (b"autoFilter", fim - lugar.totais)):
        novo = rb'\g<1>ref="%b%d:%b%d"' % (de, lugar.cabecalho, ate, ultima)
        xml = re.sub(rb'(<(?:\w+:)?%b\b[^>]*?\s)ref="[^"]*"' % elemento, novo, xml, count=1)
    return xml


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
                    totais = tabela.attrib.get("totalsRowCount", "0") != "0"
                    lugar = Lugar(aba.attrib["name"], parte, alvo, (de, ate), int(linha), int(fim), titulos, totais)
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
