"""O XML de um pacote como o próprio Excel o escreve: o que o padrão admite e algum programa não entende sai daqui.

Alvo de relação sempre relativo, célula em branco sem tipo, letras acentuadas por extenso, e nenhum cabeçalho ou rodapé
vazio.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_RELACAO = re.compile(rb"<Relationship\b[^>]*>")
_ABSOLUTO = re.compile(rb'\bTarget="/([^"]+)"')
_TIPO_DE_NUMERO = re.compile(rb'(<c [^>]*?) t="n"')
_ABRE_E_FECHA = re.compile(rb"(<c [^>]*[^>/])></c>")
_CABECALHO_VAZIO = re.compile(rb"<(odd|even|first)(Header|Footer)(?:\s*/>|></\1\2>)")
_NENHUM_CABECALHO = re.compile(rb"<headerFooter(?:\s*/>|></headerFooter>)")
_POR_NUMERO = re.compile(rb"&#(\d{3,6});")
_ASCII = 127
_OUTRA_CODIFICACAO = re.compile(rb"""<\?xml\b[^>]*\bencoding=["'](?!utf-8["'])""", re.IGNORECASE)


def no_dialeto(nome: str, xml: bytes) -> bytes:
    """A parte de nome dado, escrita como o Excel a escreve; o que ela diz não muda."""
    if nome.endswith(".rels"):
        return relativas(nome, xml)
    if nome.startswith("xl/worksheets/sheet"):
        return por_extenso(_aba(xml))
    return por_extenso(xml) if nome.endswith(".xml") else xml


def por_extenso(xml: bytes) -> bytes:
    """O XML com as letras que vinham por número: o que se lê sem as decifrar as mostraria assim.

    >>> por_extenso(b"N&#227;o &#38; &#10;").decode()
    'Não &#38; &#10;'
    """
    if _OUTRA_CODIFICACAO.match(xml):
        return xml
    return _POR_NUMERO.sub(lambda m: chr(int(m[1])).encode() if int(m[1]) > _ASCII else m[0], xml)


def relativas(nome: str, xml: bytes) -> bytes:
    r"""As relações com alvos relativos à parte de que são.

    >>> relativas("xl/worksheets/_rels/sheet1.xml.rels", b'<Relationship Id="a" Target="/xl/tables/table1.xml"/>')
    b'<Relationship Id="a" Target="../tables/table1.xml"/>'
    """
    de = PurePosixPath(nome).parent.parent.parts

    def relativa(relacao: re.Match[bytes]) -> bytes:
        if b'TargetMode="External"' in relacao[0]:
            return relacao[0]
        return _ABSOLUTO.sub(lambda m: b'Target="%s"' % _ate(de, m[1].decode()).encode(), relacao[0])

    return _RELACAO.sub(relativa, xml)


def _ate(de: tuple[str, ...], alvo: str) -> str:
    partes = alvo.split("/")
    comuns = 0
    while comuns < min(len(de), len(partes) - 1) and de[comuns] == partes[comuns]:
        comuns += 1
    return "/".join([*[".."] * (len(de) - comuns), *partes[comuns:]])


def _aba(xml: bytes) -> bytes:
    r"""A aba sem tipo nas células de número e em branco, e sem cabeçalhos vazios.

    >>> _aba(b'<c r="A1" s="6" t="n"></c><c r="B1" t="n"><v>2</v></c><headerFooter><oddHeader/></headerFooter>')
    b'<c r="A1" s="6"/><c r="B1"><v>2</v></c>'
    """
    xml = _ABRE_E_FECHA.sub(rb"\1/>", _TIPO_DE_NUMERO.sub(rb"\1", xml))
    return _NENHUM_CABECALHO.sub(b"", _CABECALHO_VAZIO.sub(b"", xml))
