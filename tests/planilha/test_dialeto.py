"""O XML do que escrevemos é o que o Excel escreve: nenhum programa tem de adivinhar."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guiche.planilha.lista import gravar_lista
from guiche.planilha.modelo import construir
from guiche.planilha.modernizar import modernizar
from guiche.planilha.pronta import caminho_do_modelo
from tests.planilha.test_modernizar import PRIMEIRO


def _do_modelo(caminho: Path) -> None:
    construir(caminho)


def _pronta(caminho: Path) -> None:
    shutil.copyfile(caminho_do_modelo(), caminho)


def _lista(caminho: Path) -> None:
    linhas = [("Ação", None, Decimal("2.5"), date(2026, 8, 4)), (None, "x", None, None)]
    gravar_lista(caminho, [("Não é só ASCII", ["Título", "Nº", "Valor", "Dia"], linhas)])


def _antiga(caminho: Path) -> None:
    shutil.copyfile(PRIMEIRO, caminho)
    modernizar(caminho)


@pytest.fixture(params=[_do_modelo, _pronta, _lista, _antiga], ids=lambda f: f.__name__.strip("_"))
def partes(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, bytes]:
    fazer: Callable[[Path], None] = request.param
    fazer(tmp_path / "feita.xlsx")
    with zipfile.ZipFile(tmp_path / "feita.xlsx") as pacote:
        return {nome: pacote.read(nome) for nome in pacote.namelist()}


@pytest.mark.caso("P-03")
def test_os_alvos_sao_relativos_e_existem(partes: dict[str, bytes]) -> None:
    relacoes = {nome: xml for nome, xml in partes.items() if nome.endswith(".rels")}
    alvos = [(nome, alvo.decode()) for nome, xml in relacoes.items() for alvo in re.findall(rb'Target="([^"]*)"', xml)]
    assert alvos
    for nome, alvo in alvos:
        assert not alvo.startswith("/"), nome
        caminho: list[str] = []
        for passo in [*nome.split("/")[:-2], *alvo.split("/")]:
            caminho = caminho[:-1] if passo == ".." else [*caminho, passo]
        assert "/".join(caminho) in partes, (nome, alvo)


@pytest.mark.caso("P-03")
def test_nenhuma_celula_em_branco_tem_tipo(partes: dict[str, bytes]) -> None:
    abas = [xml for nome, xml in partes.items() if nome.startswith("xl/worksheets/sheet")]
    assert abas
    for xml in abas:
        assert b' t="n"' not in xml
        assert not re.search(rb"<c [^>]*></c>", xml)


def test_nenhum_cabecalho_vazio(partes: dict[str, bytes]) -> None:
    for xml in partes.values():
        assert not re.search(rb"<(odd|even|first)(Header|Footer)(/>|></)", xml)


def test_as_letras_vem_por_extenso(partes: dict[str, bytes]) -> None:
    """O Excelize não decifra as letras por número numa lista de valores: mostraria N&#227;o."""
    for nome, xml in partes.items():
        assert not re.search(rb"&#\d{3,};", xml), nome
