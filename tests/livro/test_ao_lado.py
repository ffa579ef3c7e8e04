"""O livro ao lado da pasta de trabalho: cópias, perdas, trocas."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDeLivro
from guiche.livro import sqlite
from guiche.livro.vinculo import VARIAVEL, caminho_do_livro
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from tests.servicos.apoio import cliente, montar, na, titulo


@pytest.fixture
def pasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uma pasta de trabalho com uma remessa já gerada."""
    monkeypatch.delenv(VARIAVEL, raising=False)
    onde = tmp_path / "original"
    onde.mkdir()
    caminho = montar(onde, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


def _recusa(caminho: Path) -> str:
    with pytest.raises(ErroDeLivro) as erro, na(caminho):
        pass
    assert "o que fazer" in str(erro.value)
    return erro.value.codigo


def test_livro_perdido(pasta: Path) -> None:
    caminho_do_livro(pasta).unlink()
    assert _recusa(pasta) == "livro.perdido"
    assert not caminho_do_livro(pasta).exists()


def test_livro_ausente(tmp_path: Path) -> None:
    with pytest.raises(ErroDeLivro) as erro:
        sqlite.abrir(tmp_path / "x.guiche.db")
    assert erro.value.codigo == "livro.ausente"
    assert list(tmp_path.iterdir()) == []


def test_copia_da_pasta_ao_lado_da_original(pasta: Path) -> None:
    copia = pasta.with_name("Cópia.xlsx")
    shutil.copy(pasta, copia)
    assert _recusa(copia) == "livro.copia"


def test_copia_das_duas_em_outro_lugar(pasta: Path, tmp_path: Path) -> None:
    shutil.copytree(pasta.parent, tmp_path / "copia")
    assert _recusa(tmp_path / "copia" / pasta.name) == "livro.copia"


def test_mudar_de_lugar_nao_e_copiar(pasta: Path, tmp_path: Path) -> None:
    pasta.parent.rename(tmp_path / "novo")
    with na(tmp_path / "novo" / pasta.name) as ctx:
        assert atualizar(ctx).feito


def test_livro_de_outra_pasta(pasta: Path, tmp_path: Path) -> None:
    outra = montar(
        tmp_path, nome="outra.xlsx", clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")]
    )
    with na(outra) as ctx:
        gerar(ctx)
    shutil.copy(caminho_do_livro(outra), caminho_do_livro(pasta))
    assert _recusa(pasta) == "livro.trocado"


def test_livro_estragado(pasta: Path) -> None:
    caminho_do_livro(pasta).write_bytes(b"isto nao e um banco de dados" * 100)
    assert _recusa(pasta) == "livro.estragado"
