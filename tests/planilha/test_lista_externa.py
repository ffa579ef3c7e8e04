"""Listas que outros programas gravaram, e as escritas de data e de valor de fora."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDePlanilha
from guiche.planilha.lista_externa import ler_lista
from guiche.planilha.validacao import validar

LISTAS = Path(__file__).parents[1] / "amostras" / "listas"


def _lidos(caminho: Path) -> list[tuple[str, date, int]]:
    """Número, vencimento e valor em centavos de cada linha boa."""
    validada = validar(ler_lista(caminho, "titulos", {}).folha)
    assert not validada.problemas
    return [(linha[0], linha[6], linha[7]) for linha in validada.linhas]


def _csv(onde: Path, linhas: Sequence[str]) -> Path:
    arquivo = onde / "lista.csv"
    arquivo.write_text("\n".join(["Título;Cliente;Vencimento;Valor", *linhas]), "utf-8")
    return arquivo


@pytest.mark.parametrize(("nome", "codigos"), [("sheetjs.ods", ("0001", "0002")), ("gnumeric.ods", ("D1", "D2"))])
@pytest.mark.caso("P-04")
def test_o_ods_com_recuos_se_le(nome: str, codigos: tuple[str, str]) -> None:
    certos = [(date(2026, 12, 10), 123456), (date(2026, 12, 11), 5000)]
    assert _lidos(LISTAS / nome) == [(codigo, *certo) for codigo, certo in zip(codigos, certos, strict=True)]


@pytest.mark.skipif(not shutil.which("ssconvert"), reason="não instalado: ssconvert (gnumeric)")
def test_o_ods_que_o_gnumeric_desta_maquina_grava(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text("Título,Cliente,Vencimento,Valor\nD1,A,2026-12-10,1234.56\n", "utf-8")
    comando = ["ssconvert", str(tmp_path / "lista.csv"), str(tmp_path / "lista.ods")]
    subprocess.run(comando, check=True, capture_output=True, timeout=60)
    assert _lidos(tmp_path / "lista.ods") == [("D1", date(2026, 12, 10), 123456)]


@pytest.mark.parametrize("extensao", [".ods", ".xlsx", ".xls", ".csv"])
def test_o_que_nao_se_le_se_diz_na_nossa_lingua(extensao: str, tmp_path: Path) -> None:
    ruim = tmp_path / f"lista{extensao}"
    ruim.write_bytes(b"PK\x03\x04 isto nao e planilha" if extensao != ".csv" else b"\x00;\x00\n")
    with pytest.raises(ErroDePlanilha) as erro:
        ler_lista(ruim, "titulos", {})
    assert erro.value.codigo in {"lista.formato", "lista.cabecalho"}
    for ingles in ("Expecting", "Error", "error", "not ", "file", "zip", "Zip", "line contains"):
        assert ingles not in erro.value.mensagem


def test_datas_do_ano_antes_se_a_coluna_toda_e_assim(tmp_path: Path) -> None:
    lista = _csv(tmp_path, ["D1;A;2026/12/10;1,00", "D2;A;2026/1/5;2,00"])
    assert [vence for _, vence, _ in _lidos(lista)] == [date(2026, 12, 10), date(2026, 1, 5)]


def test_valores_com_ponto_se_a_coluna_toda_e_assim(tmp_path: Path) -> None:
    lista = _csv(tmp_path, ["D1;A;10/12/2026;1,234.56", "D2;A;10/12/2026;1,234", "D3;A;10/12/2026;9.5"])
    assert [valor for _, _, valor in _lidos(lista)] == [123456, 123400, 950]


@pytest.mark.parametrize(
    ("linhas", "recusadas"),
    [
        (["D1;A;2026/12/10;1,00", "D2;A;10/12/2026;1,00"], ["lista.csv!C2"]),
        (["D1;A;2026/13/10;1,00", "D2;A;2026/12/10;1,00"], ["lista.csv!C2"]),
        (["D1;A;10/12/2026;1,234.56", "D2;A;10/12/2026;12,50"], ["lista.csv!D2"]),
        (["D1;A;10/12/2026;1,234", "D2;A;10/12/2026;7"], ["lista.csv!D2"]),
    ],
    ids=["data misturada", "mês que não existe", "valor misturado", "valor que pode ser dois"],
)
@pytest.mark.caso("P-04")
def test_a_coluna_que_nao_concorda_se_recusa_com_a_celula(
    linhas: list[str], recusadas: list[str], tmp_path: Path
) -> None:
    validada = validar(ler_lista(_csv(tmp_path, linhas), "titulos", {}).folha)
    assert [str(p.local) for p in validada.problemas] == recusadas
