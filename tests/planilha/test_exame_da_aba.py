"""O exame da aba antes de a ler: a forma de sempre se prova de uma vez; o que foge dela pede outro exame."""

from __future__ import annotations

import time

import pytest

from guiche.planilha import exame_da_aba


@pytest.mark.parametrize(
    ("celula", "formulas"),
    [
        (b'<c r="A9"><f>B9*2</f><v>4</v></c>', True),
        (b'<c r="A9"><f t="shared" si="0"/><v>4</v></c>', True),
        (b'<c r="A9" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r></is></c>', False),
        (b'<c r="ZZ9" s="1" t="s" cm="1"><v xml:space="preserve">4</v></c>', False),
        (b'<c r="A9" t="str"><f>B9&amp;"x"</f><v>4x</v></c>', True),
        (b'<c r="A9" s="4" t="str"/><c r="C9" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', False),
        (b'<c r="A9"></c><c r="C9" t="b"><v>1</v></c>', False),
        (b'<c r="A9"><is><r><t>a</t></r><phoneticPr fontId="1"/></is></c>', False),
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
        b'<c s="1" r="A9"/>', b'<c r="A9"><v><!-- --></v></c>', b'<c r="A9" t="str" r="B9"/>', b'<c r="A9"\nr="B9"/>',
        b'<c r="A9" x:r="B9"/>', b'<c r="A9"><f/><c r="A8"/></c>', b'<c r="A9"><is><t>a</t><c r="A8"/></is></c>',
    ],
)  # fmt: skip
def test_o_que_nao_e_de_sempre_pede_outro_exame(celula: bytes) -> None:
    xml = b'<x><sheetData><row r="9"><c r="B9" s="2"/>%b</row></sheetData></x>' % celula
    assert exame_da_aba.miolo(xml) is None


FUNDO = {
    "etiquetas sem fim": b'<row r="1"><c r="A1"><is>' + b"<b x/>" * 400_000,
    "etiquetas ambíguas": (b'<row r="1"><c r="A1"><is>' + b"<b x/>" * 900 + b"</row>") * 300,
    "células repetidas": b'<row r="1">' + b'<c r="A1"/>' * 1_000_000,
    "atributo sem fim": b'<row r="1"><c r="A1"><v ' + b" " * 2_000_000,
    "atributos repetidos": b'<row r="1"><c r="A1"' + b' cm="1"' * 500_000,
    "texto sem fim": b'<row r="1"><c r="A1"><is><b>' + b"a" * 2_000_000 + b"<c/>",
    "nome sem fim": b'<row r="1"><c r="A1"><is><' + b"a" * 2_000_000,
    "linhas e um erro": b'<row r="1">' * 300_000 + b"!",
    "brancos e um erro": b'<row r="1"></row>' + b" " * 5_000_000 + b"!",
    "linhas sem fecho": b'<row r="1" ' * 300_000,
    "número sem fim": b'<row r="' + b"1" * 2_000_000,
    "fórmulas sem fecho": b'<row r="1">' + b'<c r="A1"><f>' * 300_000,
}


@pytest.mark.parametrize("caso", FUNDO)
def test_o_feito_para_cansar_o_exame_se_decide_logo(caso: str) -> None:
    inicio = time.monotonic()
    assert exame_da_aba.miolo(b"<x><sheetData>" + FUNDO[caso] + b"</sheetData></x>") is None
    assert time.monotonic() - inicio < 5


def test_a_aba_de_muitas_linhas_se_percorre_inteira() -> None:
    linhas = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5001))
    inteira = b"<x><sheetData>%b</sheetData></x>"
    assert exame_da_aba.miolo(inteira % linhas) == (14, 14 + len(linhas), False)
    assert exame_da_aba.miolo(inteira % (linhas + b"<row/>")) is None
    assert exame_da_aba.miolo(inteira % (linhas[:-6] + b"<!-- --></row>")) is None
