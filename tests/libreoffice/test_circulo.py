"""O círculo inteiro, da janela de um LibreOffice de verdade."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.libreoffice.circulo import CODIGOS, DOCUMENTO, circulo
from tests.libreoffice.tela import falta


@pytest.mark.libreoffice
@pytest.mark.skipif(bool(falta()), reason=falta())
def test_o_circulo_inteiro_pela_janela(tmp_path: Path) -> None:
    feito = circulo(tmp_path)
    esperadas = ["PAGO" if codigo == "00" else "EM ABERTO" for codigo in CODIGOS]
    assert [t["situacao"] for t in feito["titulos"]] == esperadas
    assert feito["titulos"][0]["documento"] == DOCUMENTO
    assert feito["depois"] == feito["titulos"]
    assert feito["remessa"].read_bytes()[:1] == b"A"
