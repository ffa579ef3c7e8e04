"""A bancada em miniatura: mede o que diz, do mesmo ponto, e diz por que não compara."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.desempenho import casas
from tests.desempenho.casas import Casa, Posto, antiga, medir, mesa_de, nossa
from tests.desempenho.mudanca import Linha, Oficina, medir_muitos
from tests.desempenho.regua import Medida
from tests.servicos.escritorio import Escritorio, Feitio, primeiro_dia, titulos, trazer

so_com_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="o sistema não diz o que gastou cada processo")


@pytest.fixture(scope="module")
def casa() -> Casa:
    return nossa()


def test_quando_menor_e_melhor_a_meta_e_o_maximo() -> None:
    assert Medida("x", "", 0.2, 0.2, menor=True).cumprida
    assert not Medida("x", "", 0.21, 0.2, menor=True).cumprida
    assert not Medida("x", "", 0.2, 0.21).cumprida


def test_a_linha_compara_os_dois_lados() -> None:
    linha = Linha("x", 0.2, (1.0, 4.0), (3.0, 2.0))
    assert linha.valores() == (0.25, 1.5)
    assert linha.medida() == Medida("x", "1.00 ÷ 4.00 s; antes 1.50", 0.25, 0.2, menor=True)


def test_sem_a_revisao_no_git_diz_por_que(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Como num clone raso, que não a tem."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(casas, "RAIZ", tmp_path)
    razao = antiga(tmp_path / "antes")
    assert isinstance(razao, str)
    assert razao.startswith(f"o git não tem a revisão {casas.ANTES}")


@so_com_wait4
def test_cada_vez_parte_do_mesmo_ponto(casa: Casa, tmp_path: Path) -> None:
    """Gerar duas vezes de seguida não daria duas remessas nº 1: a segunda não teria o que mandar."""
    feitio, dia = Feitio(meses=0, debitos=3, boletos=0), primeiro_dia(1)
    casa.montar(mesa_de(tmp_path), feitio)
    posto = Posto(mesa_de(tmp_path).rename(tmp_path / "listado"), casa, feitio)
    with posto.na_mesa() as e:
        trazer(e, titulos(feitio, 1), dia)
    remessas = []

    def gerar(e: Escritorio) -> None:
        remessas.append(e.fazer("gerar", hoje=dia)["dados"]["remessa"])

    (segundos,) = medir([(posto, gerar)], {casa.nome: 0.0}, 2)
    assert remessas == [1, 1]
    assert 0.0 < segundos < 60.0


@so_com_wait4
def test_as_linhas_saem_em_miniatura(casa: Casa, tmp_path: Path) -> None:
    linhas = medir_muitos(Oficina(tmp_path, {"agora": casa}, {"agora": 0.0}, 1), 20, 0.2, um_so=True)
    assert [len(linha.agora) for linha in linhas] == [2, 2, 1, 1, 1]
    assert all(segundos > 0.0 for linha in linhas for segundos in linha.agora)
    assert all(linha.antes is None for linha in linhas)


@so_com_wait4
def test_o_ato_que_recusa_para_a_medida(casa: Casa, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="conferir"):
        casa.rodar("conferir", str(tmp_path / "nenhuma.xlsx"))
