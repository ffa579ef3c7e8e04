"""Monta a extensão do LibreOffice a partir do registro dos atos: o menu, a lista dos atos e o script que os pede."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from guiche import __version__
from guiche.atos import Ato, Botao, atos, grupos, menus
from guiche.planilha.esquema import esquema

IDENTIFICADOR = "br.guiche"

_CEDO = (1980, 1, 1, 0, 0, 0)
_SCRIPT = "guiche_lo.py"
_XS, _OOR = "http://www.w3.org/2001/XMLSchema", "http://openoffice.org/2001/registry"
_DESCRICAO = "http://openoffice.org/extensions/description/2006"
_MANIFESTO = "http://openoffice.org/2001/manifest"
_PARTES = {
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
    f"python/{_SCRIPT}": "application/vnd.sun.star.uno-component;type=Python",
}
_MINIMO = "6.4"
"""O primeiro LibreOffice com Python 3.7 em todos os sistemas."""


def construir(interpretador: str) -> bytes:
    """O arquivo .oxt; ``interpretador`` é o caminho do Python em que o Guichê está instalado."""
    partes = {
        "Addons.xcu": _menu(),
        "META-INF/manifest.xml": _manifesto(),
        "atos.json": json.dumps(lista(), ensure_ascii=False, indent=1).encode(),
        "description.xml": _descricao(),
        "interpretador.txt": interpretador.encode(),
        f"python/{_SCRIPT}": script(),
    }
    memoria = BytesIO()
    with ZipFile(memoria, "w", ZIP_DEFLATED) as pacote:
        for nome, conteudo in sorted(partes.items()):
            entrada = ZipInfo(nome, _CEDO)
            entrada.compress_type = ZIP_DEFLATED
            entrada.create_system = 3
            entrada.external_attr = 0o644 << 16
            pacote.writestr(entrada, conteudo)
    return memoria.getvalue()


def script() -> bytes:
    """O que roda dentro do LibreOffice: o do pacote instalado, ou o do projeto."""
    pacote = Path(__file__).parents[1]
    instalado = pacote / "_addin" / "libreoffice" / _SCRIPT
    origem = instalado if instalado.exists() else pacote.parents[1] / "addin" / "libreoffice" / _SCRIPT
    return origem.read_bytes()


def lista() -> list[dict[str, Any]]:
    """O que o script precisa saber de cada ato que tem botão."""
    return [_verbete(ato) for ato in atos().values() if ato.botao]


def _verbete(ato: Ato) -> dict[str, Any]:
    """O que o script precisa saber de um ato.

    >>> _verbete(atos()["importar"])["extensoes"], _verbete(atos()["titulo_receber"])["mostra"]
    ([['ret', 'txt']], 'Títulos')
    """
    return {
        "id": ato.id,
        "titulo": ato.titulo,
        "pasta": bool(ato.alvo or ato.painel),
        "previa": bool(ato.previa),
        "extensoes": [list(o.extensoes) for o in ato.arquivos],
        "mostra": _aba(ato.mostra),
    }


def _aba(tabela: str) -> str:
    return esquema()[tabela].aba if tabela in esquema() else tabela.capitalize()


def _menu() -> bytes:
    raiz = ET.Element(
        "oor:component-data",
        {"xmlns:oor": _OOR, "xmlns:xs": _XS, "oor:name": "Addons", "oor:package": "org.openoffice.Office"},
    )
    barra = ET.SubElement(ET.SubElement(raiz, "node", {"oor:name": "AddonUI"}), "node", {"oor:name": "OfficeMenuBar"})
    dentro = _no(barra, "~Guichê", nome=IDENTIFICADOR, submenu=True)
    for id_, titulo in grupos().items():
        _grupo(_no(dentro, titulo, submenu=True), id_)
    return _xml(raiz)


def _grupo(onde: ET.Element, grupo: str) -> None:
    for id_, titulo, filhos in _itens(grupo):
        if filhos is None:
            _no(onde, titulo, ato=id_)
            continue
        dentro = _no(onde, titulo, submenu=True)
        for ato, botao in filhos.items():
            _no(dentro, _com_tecla(atos()[ato].titulo, botao.tecla), ato=ato)


def _itens(grupo: str) -> Iterator[tuple[str, str, Mapping[str, Botao] | None]]:
    """Os botões do grupo e, depois, seus menus com os atos de cada um."""
    botoes = {ato.id: ato.botao for ato in atos().values() if ato.botao}
    for id_, botao in botoes.items():
        if botao.grupo == grupo:
            yield id_, _com_tecla(atos()[id_].titulo, botao.tecla), None
    for id_, menu in menus().items():
        if menu["grupo"] == grupo:
            titulo = _com_tecla(menu["titulo"], menu["tecla"])
            yield id_, titulo, {ato: botao for ato, botao in botoes.items() if botao.menu == id_}


def _com_tecla(titulo: str, tecla: str) -> str:
    """Marca a letra que escolhe o item, se o título a tem.

    >>> _com_tecla("Exportar de novo", "X"), _com_tecla("Ajuda", "H")
    ('E~xportar de novo', 'Ajuda')
    """
    onde = titulo.upper().find(tecla)
    return titulo if onde < 0 else f"{titulo[:onde]}~{titulo[onde:]}"


def _no(onde: ET.Element, titulo: str, *, nome: str = "", ato: str = "", submenu: bool = False) -> ET.Element:
    """Um item de menu; com ``submenu``, devolve o nó em que entram os de dentro."""
    # O LibreOffice mostra os itens na ordem dos nomes, os mais curtos antes; por isso só números, do mesmo tamanho.
    no = ET.SubElement(onde, "node", {"oor:name": nome or f"{len(onde):02d}", "oor:op": "replace"})
    propriedades = {"Title": titulo, "Context": "com.sun.star.sheet.SpreadsheetDocument"}
    if ato:
        propriedades |= {"URL": f"service:{IDENTIFICADOR}.Atos?{ato}", "Target": "_self"}
    for chave, valor in propriedades.items():
        propriedade = ET.SubElement(no, "prop", {"oor:name": chave, "oor:type": "xs:string"})
        ET.SubElement(propriedade, "value").text = valor
    return ET.SubElement(no, "node", {"oor:name": "Submenu"}) if submenu else no


def _manifesto() -> bytes:
    raiz = ET.Element("manifest:manifest", {"xmlns:manifest": _MANIFESTO})
    for caminho, tipo in _PARTES.items():
        ET.SubElement(raiz, "manifest:file-entry", {"manifest:full-path": caminho, "manifest:media-type": tipo})
    return _xml(raiz)


def _descricao() -> bytes:
    raiz = ET.Element("description", {"xmlns": _DESCRICAO})
    ET.SubElement(raiz, "identifier", {"value": IDENTIFICADOR})
    ET.SubElement(raiz, "version", {"value": __version__})
    nome = ET.SubElement(ET.SubElement(raiz, "display-name"), "name", {"lang": "pt-BR"})
    nome.text = "Guichê"
    dependencias = ET.SubElement(raiz, "dependencies")
    ET.SubElement(
        dependencias,
        "lo:LibreOffice-minimal-version",
        {"xmlns:lo": "http://libreoffice.org/extensions/description/2011", "value": _MINIMO, "lo:name": "LibreOffice"},
    )
    return _xml(raiz)


def _xml(raiz: ET.Element) -> bytes:
    ET.indent(raiz)
    texto: bytes = ET.tostring(raiz, encoding="utf-8", xml_declaration=True)
    return texto
