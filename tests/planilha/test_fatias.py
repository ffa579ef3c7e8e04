"""A aba lida em fatias é a mesma que o leitor daria inteira; a que está fora de ordem não se fatia."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.planilha import exame_da_aba, fatias, pacote
from guiche.planilha.arquivo import PastaEmArquivo
from tests.servicos.apoio import cliente, montar, titulo


@pytest.fixture
def pasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PastaEmArquivo:
    monkeypatch.setattr(fatias, "_GRANDE", 0)
    monkeypatch.setattr(fatias, "_FATIA", 1500)
    titulos = [titulo(f"T{n}", date(2026, 8, 20), f"{n}.50") for n in range(1, 40)]
    return PastaEmArquivo(montar(tmp_path, clientes=[cliente("A")], titulos=titulos))


def _ler(pasta: PastaEmArquivo, xml: bytes | None = None) -> list[list[Any]] | None:
    lugar = pasta.lugares["tbTitulos"]
    xml = xml or pacote.ler_parte(pasta.caminho, lugar.parte)
    miolo = exame_da_aba.miolo(xml)
    assert miolo
    return fatias.ler(pasta.caminho, lugar, xml, miolo)


def test_fatiada_e_igual_a_inteira(pasta: PastaEmArquivo) -> None:
    inteira = pasta._leitor.get_sheet_by_name("Títulos").to_python(skip_empty_area=False)
    assert _ler(pasta) == inteira
    assert [linha[0] for linha in pasta.ler("titulos").linhas] == [f"T{n}" for n in range(1, 40)]


def test_linhas_que_faltam_e_colunas_vazias_ficam_no_lugar(pasta: PastaEmArquivo) -> None:
    lugar = pasta.lugares["tbTitulos"]
    xml = pacote.ler_parte(pasta.caminho, lugar.parte)
    de, ate = xml.find(b'<row r="20"'), xml.rfind(b"</sheetData>")
    fim = (
        b'<row r="50"><c r="C50"><v>7</v></c></row>'
        + b'<row r="60"/>' * 400
        + b'<row r="70"><c r="B70"><v>8</v></c></row>'
    )
    lidas = _ler(pasta, xml[:de] + fim + xml[ate:])
    assert lidas is not None
    assert len(lidas) == 70
    assert {len(linha) for linha in lidas} == {21}
    assert (lidas[18][0], lidas[30], lidas[49][:4], lidas[69][:3]) == (
        "T18",
        [""] * 21,
        ["", "", 7.0, ""],
        ["", 8.0, ""],
    )


def test_fora_de_ordem_nao_se_fatia(pasta: PastaEmArquivo) -> None:
    lugar = pasta.lugares["tbTitulos"]
    xml = pacote.ler_parte(pasta.caminho, lugar.parte)
    assert _ler(pasta, xml.replace(b"</sheetData>", b'<row r="13"><c r="A13"><v>1</v></c></row></sheetData>')) is None


def test_muitos_textos_nao_se_leem_varias_vezes(pasta: PastaEmArquivo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fatias, "_MUITOS_TEXTOS", 0)
    assert _ler(pasta) is None
    assert len(pasta.ler("titulos").linhas) == 39


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
