"""Acaba um .xlsx feito pelo openpyxl como o próprio Excel o faria.

Textos numa tabela só (o openpyxl os deixa dentro das células, e o Excel reescreveria
o arquivo ao salvar), fontes na ordem do esquema, o dialeto do Excel e datas fixas: mesmos dados, mesmos bytes.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

from guiche.planilha.dialeto import no_dialeto, por_extenso
from guiche.planilha.xml_da_aba import ESPACO

_DATA = (2026, 1, 1, 0, 0, 0)
_INLINE = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*?) t="inlineStr"([^>]*)><is>(<t.*?</t>|<t/>)</is></c>', re.DOTALL)
_MODIFICADO = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_ORDEM_DA_FONTE = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip
_TIPO = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
_RELACAO = (
    b'<Relationship Id="rIdTextos" Target="sharedStrings.xml"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)


def acabar(pacote: bytes) -> bytes:
    """O mesmo pacote, acabado."""
    textos: dict[bytes, int] = {}
    usos = 0
    saida = BytesIO()
    with zipfile.ZipFile(BytesIO(pacote)) as velho, zipfile.ZipFile(saida, "w") as novo:
        for nome in velho.namelist():
            conteudo = velho.read(nome)
            if nome.startswith("xl/worksheets/sheet"):
                usos += len(_INLINE.findall(conteudo))
                conteudo = _INLINE.sub(lambda m: _compartilhado(m, textos), conteudo)
            _juntar(novo, nome, no_dialeto(nome, _parte(nome, conteudo)))
        _juntar(novo, "xl/sharedStrings.xml", por_extenso(_tabela(textos, usos)))
    return saida.getvalue()


def _compartilhado(achado: re.Match[bytes], textos: dict[bytes, int]) -> bytes:
    endereco, antes, depois, texto = achado.groups()
    return b'<c r="%s"%s%s t="s"><v>%d</v></c>' % (endereco, antes, depois, textos.setdefault(texto, len(textos)))


def _tabela(textos: dict[bytes, int], usos: int) -> bytes:
    itens = b"".join(b"<si>%s</si>" % texto for texto in textos)
    medida = b'count="%d" uniqueCount="%d"' % (usos, len(textos))
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="%s" %s>%s</sst>' % (
        ESPACO.encode(), medida, itens,
    )  # fmt: skip


def _parte(nome: str, conteudo: bytes) -> bytes:
    if nome == "[Content_Types].xml":
        return conteudo.replace(b"</Types>", _TIPO + b"</Types>")
    if nome == "xl/_rels/workbook.xml.rels":
        return conteudo.replace(b"</Relationships>", _RELACAO + b"</Relationships>")
    if nome == "xl/styles.xml":
        return _ordenar_fontes(conteudo)
    if nome == "docProps/core.xml":
        return _MODIFICADO.sub(rb"\g<1>2026-01-01T00:00:00Z", conteudo)
    return conteudo


def _ordenar_fontes(xml: bytes) -> bytes:
    ET.register_namespace("", ESPACO)
    raiz = ET.fromstring(xml)  # noqa: S314  saiu do openpyxl agora mesmo
    for fonte in raiz.iter(f"{{{ESPACO}}}font"):
        fonte[:] = sorted(fonte, key=lambda e: _ORDEM_DA_FONTE.index(e.tag.rpartition("}")[2]))
    return bytes(ET.tostring(raiz, encoding="UTF-8", xml_declaration=True))


def _juntar(pacote: zipfile.ZipFile, nome: str, conteudo: bytes) -> None:
    pacote.writestr(zipfile.ZipInfo(nome, _DATA), conteudo, zipfile.ZIP_DEFLATED, 9)
