"""Salva por outro programa e posta de volta no lugar: os atos seguintes trabalham e dão o certo."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from guiche.erros import ErroDePlanilha
from guiche.planilha.acabamento import acabar
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import conferir as conferir_antes
from guiche.servicos.pasta.abas import atualizar
from tests.motores.motores import MOTORES, Motor
from tests.motores.test_um_dia import DEPOIS, DIA, comecar
from tests.planilha.test_arquivo import achados
from tests.servicos.apoio import ler, na


def _trocar(pasta: Path, salvar: Callable[[Path, Path], object]) -> None:
    """O programa abre a pasta e a salva por cima."""
    saida = pasta.with_name("salva.xlsx")
    salvar(pasta, saida)
    saida.replace(pasta)


def _fazer(pasta: Path, *atos: str) -> None:
    for ato in atos:
        with na(pasta) as ctx:
            DIA[ato](ctx)


def _situacoes(pasta: Path) -> list[object]:
    return [t["situacao"] for t in ler(pasta, "titulos")]


_LISTA = re.compile(r'<dataValidation (?=[^>]*type="list")[^>]*sqref="([^"]*)"')
GUARDAM = ("libreoffice", "onlyoffice", "excelize")
"""Os motores que guardam as tabelas."""


def _de(nome: str) -> Motor:
    if falta := MOTORES[nome].falta():
        pytest.skip(falta)
    return MOTORES[nome]


@pytest.mark.parametrize(
    "nome", [pytest.param(n, marks=pytest.mark.libreoffice if n == "libreoffice" else ()) for n in GUARDAM]
)
@pytest.mark.caso("P-05")
def test_os_atos_seguem_na_pasta_que_outro_programa_salvou(nome: str, tmp_path: Path) -> None:
    motor, pasta = _de(nome), comecar(tmp_path)
    _trocar(pasta, motor.salvar)
    _fazer(pasta, "gerar", "transmitir")
    _trocar(pasta, motor.salvar)
    _fazer(pasta, "importar", "boletos")
    assert _situacoes(pasta)[:6] == DEPOIS
    assert _situacoes(pasta)[6:] == ["EM BOLETO"] * 3
    assert [t["numero"] for t in ler(pasta, "titulos")][:2] == ["0000", "0001"]
    _trocar(pasta, motor.salvar)
    _fazer(pasta, "registrar", "retorno dos boletos", "atualizar")
    assert _situacoes(pasta)[6:] == ["PAGO", "EM BOLETO", "EM BOLETO"]
    with zipfile.ZipFile(pasta) as partes:
        abas = [partes.read(nome).decode() for nome in partes.namelist() if nome.startswith("xl/worksheets/sheet")]
    listas = [faixa for aba in abas for faixa in _LISTA.findall(aba)]
    assert len(listas) > 20
    inteiras = [faixa for faixa in listas if re.fullmatch(r"([A-Z]+)2:\1(1048576)", faixa)]
    assert set(listas) - set(inteiras) <= {f"B{n}" for n in range(2, 99)}  # as dos filtros valem numa célula só


def _gnumeric(pasta: Path, saida: Path) -> None:
    subprocess.run(["ssconvert", str(pasta), str(saida)], check=True, capture_output=True, timeout=120)


def _largar_tabelas(pasta: Path, saida: Path) -> None:
    """Um programa que guarda as células e os formatos, e deixa cair todas as tabelas."""
    aberta = openpyxl.load_workbook(pasta)
    for aba in aberta.worksheets:
        for nome in list(aba.tables):
            del aba.tables[nome]
    aberta.save(saida)
    saida.write_bytes(acabar(saida.read_bytes()))  # só para o validador não se queixar do que é do openpyxl


DEIXAM_CAIR: dict[str, Callable[[Path, Path], object]] = {
    "ironcalc": MOTORES["ironcalc"].salvar,
    "gnumeric": _gnumeric,
    "qualquer": _largar_tabelas,
}


@pytest.mark.parametrize("nome", DEIXAM_CAIR)
@pytest.mark.caso("P-02")
def test_sem_as_tabelas_se_diz_e_atualizar_as_repoe(nome: str, tmp_path: Path) -> None:
    if nome == "ironcalc":
        _de(nome)
    if nome == "gnumeric" and not shutil.which("ssconvert"):
        pytest.skip("não instalado: ssconvert (gnumeric)")
    pasta = comecar(tmp_path)
    _fazer(pasta, "gerar", "transmitir")
    antes = ler(pasta, "titulos")
    _trocar(pasta, DEIXAM_CAIR[nome])
    assert not PastaEmArquivo(pasta).lugares
    with pytest.raises(ErroDePlanilha, match="outro programa salvou") as recusa, na(pasta) as ctx:
        conferir_antes(ctx)
    assert recusa.value.codigo == "pasta.sem_tabelas"
    assert "guiche atualizar" in recusa.value.fazer
    with na(pasta) as ctx:
        relato = atualizar(ctx).linhas
    assert any("repostas: 52" in frase for frase in relato), relato
    assert ler(pasta, "titulos") == antes
    assert (tmp_path / "Cobrança (modelo anterior).xlsx").exists()
    if nome == "qualquer":  # os outros já trazem nos estilos o que o validador recusa
        assert achados(pasta) == ""
    _fazer(pasta, "importar")
    assert _situacoes(pasta)[:6] == DEPOIS


def test_sem_o_cabecalho_nao_se_adivinha(tmp_path: Path) -> None:
    pasta = comecar(tmp_path)
    _trocar(pasta, _largar_tabelas)
    aberta = openpyxl.load_workbook(pasta)
    aberta["Títulos"]["H1"] = "Vlr"
    aberta.save(pasta)
    antes = pasta.read_bytes()
    with pytest.raises(ErroDePlanilha, match="tbTitulos") as recusa, na(pasta) as ctx:
        atualizar(ctx)
    assert recusa.value.codigo == "pasta.sem_tabelas"
    assert pasta.read_bytes() == antes
