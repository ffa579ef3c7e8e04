"""Cada estrago numa remessa boa é achado pela sua regra, e a remessa boa não tem achado."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guiche.arquivos.verificar import verificar

BOA = Path(__file__).parents[1] / "amostras/debito150/compostas/03_v05_remessa_sicredi.txt"
CONTEUDO = BOA.read_bytes()


def test_remessa_boa_nao_tem_achado() -> None:
    assert verificar(CONTEUDO, "r", date(2026, 2, 2)) == []


@pytest.mark.parametrize(
    ("antes", "depois", "regra"),
    [
        (b"20260202000005", b"20260202000000", "D150.A08"),
        (b"DEBITO AUTOMATICO", b"DEB AUTOMAT      ", "D150.A10"),
        (b"20260210", b"20260101", "D150.E05"),
        (b"2000052998224725    0", b"2000052998224724    0", "D150.E10"),
        (b"2000052998224725    0", b"1000052998224725    0", "D150.E10"),
        (b"2000052998224725    0", b"2000052998224725 X  0", "D150.RES"),
        (b"2000052998224725    0", b"2000052998224725    9", "D150.MOV"),
        (b"BX5ZZKBKACTAV9WEVGEMMVRZ", b"ARZ3NDEKTSV4RRFFQ69G5FAV", "D150.E08"),
        (b"FARMACIA", b"Farmacia", "D150.CAR"),
        (b"A1", b"B1", "D150.arquivo.formato"),
    ],
)
def test_cada_estrago_tem_sua_regra(antes: bytes, depois: bytes, regra: str) -> None:
    assert antes in CONTEUDO
    assert regra in {a.regra for a in verificar(CONTEUDO.replace(antes, depois, 1), "r")}


def test_banco_que_exige_o_registro_j() -> None:
    remessa = CONTEUDO.replace(b"748SICREDI  ", b"033SANTANDER")
    assert {a.regra for a in verificar(remessa, "r")} >= {"D150.J"}
    assert "D150.J" not in {a.regra for a in verificar(CONTEUDO, "r")}


def test_arquivo_do_futuro() -> None:
    assert [a.regra for a in verificar(CONTEUDO, "r", date(2026, 2, 1))] == ["D150.A07"]


RETORNO = (Path(__file__).parents[1] / "amostras/debito150/compostas/02_v04_retorno_generico.txt").read_bytes()


def test_total_de_debitados() -> None:
    linha_t = next(linha for linha in RETORNO.split(b"\r\n") if linha.startswith(b"T"))
    assert "D150.T" not in {a.regra for a in verificar(RETORNO, "r")}
    errado = RETORNO.replace(linha_t, linha_t[:1] + b"000099" + linha_t[7:])
    achado = next(a for a in verificar(errado, "r") if a.regra == "D150.T")
    assert "99 débitos" in achado.mensagem
