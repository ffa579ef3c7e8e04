"""Toda pasta de trabalho que o Guichê faz, aberta por motores que não são nossos."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from guiche.oficio.contexto import abrir
from guiche.planilha.lista import gravar_lista
from guiche.planilha.modelo import construir
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.privacidade import pessoa
from guiche.servicos.treino.demo import NOME, demonstrar
from tests.motores.conferencia import conferir, igual
from tests.motores.motores import Aba, Motor
from tests.planilha.test_modernizar import PRIMEIRO
from tests.servicos.apoio import autor, na


def test_o_modelo(motor: Motor, tmp_path: Path) -> None:
    construir(tmp_path / "modelo.xlsx")
    conferir(motor, tmp_path / "modelo.xlsx")


@pytest.fixture(scope="module")
def demonstracao(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pasta do disco em que a demonstração se fez."""
    onde = tmp_path_factory.mktemp("demonstracao")
    demonstrar(onde, autor())
    return onde


def test_a_pasta_da_demonstracao(motor: Motor, demonstracao: Path) -> None:
    conferir(motor, demonstracao / NOME)


def test_a_antiga_posta_em_dia(motor: Motor, tmp_path: Path) -> None:
    pasta = tmp_path / "Cobrança.xlsx"
    shutil.copyfile(PRIMEIRO, pasta)
    with na(pasta) as ctx:
        atualizar(ctx)
    conferir(motor, pasta)


def _lista_de_tudo(onde: Path) -> Path:
    linhas = [
        ("0002", "=1+1", date(2026, 12, 10), Decimal("1234.56"), None),
        ("Ação", "+55", None, Decimal("0.10"), "x"),
    ]
    gravar_lista(onde / "lista.xlsx", [("Lista", ["Código", "Texto", "Dia", "Valor", "Nada"], linhas)])
    return onde / "lista.xlsx"


def test_a_lista_exportada(motor: Motor, tmp_path: Path) -> None:
    (aba,) = motor.abrir(_lista_de_tudo(tmp_path))
    assert list(aba.formatos)[:4] == ["@", "@", "dd/mm/yyyy", "#,##0.00"]
    esperadas: list[list[Any]] = [["Código", "Texto", "Dia", "Valor", "Nada"], ["0002", "=1+1", 46366, 1234.56, None],
                                  ["Ação", "+55", None, 0.1, "x"]]  # fmt: skip
    _iguais(aba, esperadas, motor)


def test_o_pacote_da_lgpd(motor: Motor, demonstracao: Path, tmp_path: Path) -> None:
    saida = tmp_path / "pessoa.json"
    with abrir(demonstracao / NOME, autor()) as ctx:
        feito = pessoa.exportar(ctx, "0001", saida)
    (planilha,) = [arquivo for arquivo in feito.arquivos if arquivo.suffix == ".xlsx"]
    vistas = {aba.nome: aba for aba in motor.abrir(planilha)}
    nosso = CalamineWorkbook.from_path(str(planilha))
    assert list(vistas) == nosso.sheet_names
    for nome, aba in vistas.items():
        _iguais(aba, nosso.get_sheet_by_name(nome).to_python(skip_empty_area=False), motor)


def _iguais(aba: Aba, esperadas: Sequence[Sequence[Any]], motor: Motor) -> None:
    for n, linha in enumerate(esperadas):
        vista = [*(aba.valores[n] if n < len(aba.valores) else []), *[None] * len(linha)]
        for certo, visto in zip(linha, vista, strict=False):
            assert igual(certo, visto, so_texto=motor.so_textos), (
                f"{aba.nome}, linha {n + 1}: {visto!r}, e não {certo!r}"
            )
