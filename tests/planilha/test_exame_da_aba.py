"""O exame da aba antes de a ler: a forma de sempre se prova de uma vez; o que foge dela pede outro exame."""

from __future__ import annotations

import pytest

from guiche.planilha import exame_da_aba


@pytest.mark.parametrize(
    ("celula", "formulas"),
    [
        (b'<c r="A9"><f>B9*2</f><v>4</v></c>', True),
        (b'<c r="A9"><f t="shared" si="0"/><v>4</v></c>', True),
        (b'<c r="A9" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r></is></c>', False),
        (b'<c r="ZZ9" s="1" t="s" cm="1"><v xml:space="preserve">4</v></c>', False),
    ],
)
def test_formas_de_sempre(celula: bytes, formulas: bool) -> None:
    xml = b'<x><sheetData><row r="9" spans="1:3">%b<c r="B9" s="2"/></row></sheetData></x>' % celula
    miolo = exame_da_aba.miolo(xml)
    assert miolo
    assert miolo.formulas is formulas


@pytest.mark.parametrize(
    "celula",
    [
        b'<c r="AAA9"/>', b'<c r="A99"/>', b'<c r="A9" r="B9"/>', b"<c/>", b"<c r='A9'/>", b'<f:c r="A9"/>',
        b'<c r="A9"><f:c r="A8"/></c>', b'<c r="A9"><is><c r="A8"/></is></c>', b"<!-- -->", b"<![CDATA[<row ]]>",
        b'<c s="1" r="A9"/>', b'<c r="A9"><v><!-- --></v></c>',
    ],
)  # fmt: skip
def test_o_que_nao_e_de_sempre_pede_outro_exame(celula: bytes) -> None:
    xml = b'<x><sheetData><row r="9"><c r="B9" s="2"/>%b</row></sheetData></x>' % celula
    assert exame_da_aba.miolo(xml) is None
