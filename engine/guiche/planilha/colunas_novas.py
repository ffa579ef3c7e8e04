"""Colunas novas no fim de uma tabela que já está numa aba, como são no modelo: cabeçalho, células, lista e ajuda."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import xml_da_aba
from guiche.planilha.celulas import letras_da_coluna, numero_da_coluna
from guiche.planilha.lugares import Lugar

_VALIDACAO = re.compile(rb"<dataValidation\b[^>]*?(?:/>|>.*?</dataValidation>)", re.DOTALL)


def lugares_livres(xml: bytes, lugar: Lugar, titulos: Sequence[str]) -> dict[str, str]:
    """Letra → título das colunas que se seguem à tabela.

    Raises:
        ErroDePlanilha: ``pasta.sem_lugar``, se há algo escrito nelas, na altura da tabela.
    """
    primeira = numero_da_coluna(lugar.colunas[1]) + 1
    onde = {letras_da_coluna(n): titulo for n, titulo in enumerate(titulos, primeira)}
    for letra in onde:
        for achada in re.finditer(rb'<c r="%s(\d+)"[^>]*?[^/]>(?!</c>)' % letra.encode(), xml):
            if lugar.cabecalho <= int(achada[1]) <= lugar.fim:
                celula = f"{letra}{int(achada[1])}"
                texto = f"há algo escrito em {celula}, onde entra uma coluna nova da tabela"
                raise ErroDePlanilha("pasta.sem_lugar", texto, local=Local(lugar.aba, celula=celula))
    return onde


def na_aba(xml: bytes, lugar: Lugar, onde: Mapping[str, str], modelo: tuple[bytes, Lugar]) -> bytes:
    """A aba com as colunas novas; o modelo é a aba de que se tira como elas são, já com os estilos daqui."""
    la, do_modelo = modelo
    no_modelo = {letra: do_modelo.letra(titulo) for letra, titulo in onde.items()}
    do_topo, do_corpo = (
        {letra: estilos.get(outra, b"0") for letra, outra in no_modelo.items()}
        for estilos in (xml_da_aba.estilos_da_linha(la, do_modelo.cabecalho + n) for n in (0, 1))
    )
    corpo = {n: [None] * len(onde) for n in xml_da_aba.linhas_presentes(xml) if lugar.cabecalho < n <= lugar.fim}
    xml = b"".join(xml_da_aba.remendar(xml, list(onde), corpo, do_corpo))
    xml = b"".join(xml_da_aba.remendar(xml, list(onde), {lugar.cabecalho: list(onde.values())}, do_topo))
    for letra, outra in no_modelo.items():
        xml = _com_validacoes(xml, la, outra, letra)
    return xml


def na_tabela(xml: bytes, lugar: Lugar, onde: Mapping[str, str]) -> bytes:
    """A tabela com as colunas novas no fim."""
    id_ = max(map(int, re.findall(rb'<tableColumn\b[^>]*?\bid="(\d+)"', xml)))
    colunas = b"".join(
        b'<tableColumn id="%d" name=%s/>' % (n, quoteattr(titulo).encode())
        for n, titulo in enumerate(onde.values(), id_ + 1)
    )
    velha = f"{lugar.colunas[0]}{lugar.cabecalho}:{lugar.colunas[1]}"
    nova = f"{lugar.colunas[0]}{lugar.cabecalho}:{list(onde)[-1]}"
    quantas = rb"\g<1>%d" % (len(lugar.titulos) + len(onde))
    xml = xml.replace(b"</tableColumns>", colunas + b"</tableColumns>", 1)
    xml = re.sub(rb'(<tableColumns\b[^>]*?count=")\d+', quantas, xml, count=1)
    return re.sub(rb'\bref="%s(\d+)"' % re.escape(velha.encode()), rb'ref="%s\g<1>"' % nova.encode(), xml)


def _com_validacoes(xml: bytes, modelo: bytes, la: str, letra: str) -> bytes:
    """A lista de valores e a ajuda da coluna, como no modelo."""
    if b"</dataValidations>" not in xml:
        return xml
    for validacao in _VALIDACAO.findall(modelo):
        if re.search(rb'sqref="%s\d' % la.encode(), validacao):
            nova = re.sub(rb'(sqref=")[A-Z]+(\d+)(?::[A-Z]+(\d+))?"', lambda m: _sqref(m, letra), validacao, count=1)
            xml = xml.replace(b"</dataValidations>", nova + b"</dataValidations>", 1)
    quantas = len(_VALIDACAO.findall(xml))
    return re.sub(rb'(<dataValidations\b[^>]*?count=")\d+', rb"\g<1>%d" % quantas, xml, count=1)


def _sqref(achado: re.Match[bytes], letra: str) -> bytes:
    ate = b":%s%s" % (letra.encode(), achado[3]) if achado[3] else b""
    return b'%s%s%s%s"' % (achado[1], letra.encode(), achado[2], ate)
