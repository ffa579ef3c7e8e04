"""O adaptador do arquivo fechado: o contrato da porta e o que é só dele."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiche.erros import ErroDePlanilha
from guiche.planilha import pacote
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.planilha.lista import gravar_lista
from guiche.planilha.modelo import construir
from guiche.servicos.pasta.abas import criar
from tests.planilha.contrato import CONTRATO, TITULO, VAZIAS
from tests.servicos.apoio import ler


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    criar(tmp_path / "Cobrança.xlsx")
    return tmp_path / "Cobrança.xlsx"


def achados(caminho: Path) -> str:
    """O veredito do openxml-audit; vazio quando ele não acha nada."""
    comando = [str(Path(sys.executable).with_name("openxml-audit")), str(caminho)]
    feito = subprocess.run(
        comando, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=False
    )
    return "" if "open cleanly (no findings)" in feito.stdout and "Errors: 0" in feito.stdout else feito.stdout


@pytest.mark.parametrize("clausula", CONTRATO, ids=lambda f: f.__name__)
def test_contrato(caminho: Path, clausula: Callable[..., None]) -> None:
    clausula(caminho, PastaEmArquivo)


def _com_prefixo(xml: bytes) -> bytes:
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml).replace(b' xmlns="', b' xmlns:x="', 1)


def _noutra_ordem(xml: bytes) -> bytes:
    return re.sub(rb'<c (r="\w+") (s="\d+")', rb"<c \2 \1", xml)


@pytest.mark.parametrize("como", [None, _com_prefixo, _noutra_ordem], ids=["textos à parte", "prefixo", "outra ordem"])
def test_o_que_a_pessoa_escreveu_se_acha_como_quer_que_se_escreva(
    caminho: Path, como: Callable[[bytes], bytes] | None
) -> None:
    pasta = PastaEmArquivo(caminho)
    pasta.gravar("boletos", [(None, None, 2, 7, *(None,) * (len(esquema()["boletos"].colunas) - 4))])
    pasta.salvar()
    if como is None:
        livro = openpyxl.load_workbook(caminho)
        livro["Boletos"]["A2"] = "X"
        livro.save(caminho)
    else:
        pasta.atualizar("boletos", ("imprimir",), {2: ("X",)})
        pasta.salvar()
        parte = PastaEmArquivo(caminho).lugares["tbBoletos"].parte
        pacote.gravar(caminho, {parte: pacote.comprimir([como(pacote.ler_parte(caminho, parte))])})
    assert PastaEmArquivo(caminho).escritas("boletos", ("imprimir", "pix"), ("codigo",)) == {(7.0,): ("X", "")}


def _encher(caminho: Path, linhas: int = 30) -> None:
    pasta = PastaEmArquivo(caminho)
    pasta.gravar("titulos", [(f"T{n}", *TITULO[1:], *VAZIAS) for n in range(linhas)])
    pasta.gravar("remessas", [(2, 1, "A", "001", "1", 1, "DEBITO", "ATIVA", None, "ana", "x", 1, Decimal(1), None,
                               None, None, "", "")])  # fmt: skip
    pasta.salvar()
    pasta = PastaEmArquivo(caminho)
    pasta.atualizar("titulos", ("situacao", "saldo"), {n: ("PAGO", Decimal("1.5")) for n in range(2, linhas, 3)})
    pasta.salvar()


def test_o_validador_nao_acha_nada_no_que_se_grava(caminho: Path) -> None:
    assert achados(caminho) == ""
    _encher(caminho)
    assert achados(caminho) == ""


def test_o_validador_acha_o_que_esta_errado(caminho: Path) -> None:
    from guiche.planilha import pacote

    with pacote.ler_partes(caminho) as partes:
        xml = partes.read("xl/worksheets/sheet1.xml").replace(b"<sheetData>", b"<sheetData><errado/>")
    pacote.gravar(caminho, {"xl/worksheets/sheet1.xml": pacote.comprimir([xml])})
    assert "errado" in achados(caminho)


def test_pasta_salva_por_outro_programa_se_remenda_de_novo(caminho: Path) -> None:
    _encher(caminho)
    openpyxl.load_workbook(caminho).save(caminho)
    _encher(caminho, 40)
    titulos = ler(caminho, "titulos")
    assert [t["situacao"] for t in titulos[:4]] == ["PAGO", "", "", "PAGO"]
    assert len(titulos) == 40


@pytest.mark.libreoffice
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice não instalado")
def test_pasta_salva_pelo_libreoffice(caminho: Path, tmp_path: Path) -> None:
    _encher(caminho)
    entrada = tmp_path / "entrada.xlsx"
    caminho.rename(entrada)
    perfil = f"-env:UserInstallation={(tmp_path / 'perfil').as_uri()}"
    comando = [
        "soffice",
        perfil,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "s"),
    ]
    subprocess.run([*comando, str(entrada)], check=True, capture_output=True, timeout=120)
    salva = tmp_path / "s" / "entrada.xlsx"
    assert len(ler(salva, "titulos")) == 30
    _encher(salva, 35)
    titulos = ler(salva, "titulos")
    assert (len(titulos), titulos[0]["numero"], titulos[0]["situacao"]) == (35, "T0", "PAGO")


def test_colunas_em_outra_ordem_e_colunas_da_pessoa(caminho: Path) -> None:
    pasta = openpyxl.load_workbook(caminho)
    tabela = pasta["Filiais"].tables["tbFiliais"]
    tabela.tableColumns[0].name, tabela.tableColumns[1].name = "Nome", "Código"
    pasta["Filiais"]["A1"], pasta["Filiais"]["B1"] = "Nome", "Código"
    pasta["Filiais"]["A2"], pasta["Filiais"]["B2"] = "Matriz", "01"
    pasta["Filiais"].title = "Lojas"
    pasta.save(caminho)
    folha = PastaEmArquivo(caminho).ler("filiais")
    assert (folha.aba, folha.linhas, folha.celula(0, "codigo")) == ("Lojas", [("01", "Matriz")], "B2")
    gravada = PastaEmArquivo(caminho)
    gravada.gravar("filiais", [("02", "Centro")])
    gravada.salvar()
    assert openpyxl.load_workbook(caminho)["Lojas"]["B2"].value == "02"


def test_quem_mudou_o_arquivo_no_meio_nao_perde_nada(caminho: Path) -> None:
    pasta = PastaEmArquivo(caminho)
    pasta.gravar("titulos", [(*TITULO, *VAZIAS)])
    os.utime(caminho, (1, 1))
    antes = caminho.read_bytes()
    with pytest.raises(ErroDePlanilha) as erro:
        pasta.salvar()
    assert erro.value.codigo == "pasta.mudou"
    assert caminho.read_bytes() == antes


def test_modelo_se_reconstroi_igual(tmp_path: Path) -> None:
    construir(tmp_path / "m.xlsx")
    modelo = Path(__file__).parents[2] / "workbooks" / "guiche.xlsx"
    assert (tmp_path / "m.xlsx").read_bytes() == modelo.read_bytes(), "rode python workbooks/construir.py"


@pytest.mark.requisito("S-56", "S-103", "K-18")
def test_modelo_tem_o_que_o_operador_espera(caminho: Path) -> None:
    pasta = openpyxl.load_workbook(caminho)
    assert pasta.sheetnames[:2] == ["Início", "Títulos"]
    assert pasta.sheetnames[-1] == "Ajuda"
    escrito = [str(c) for linha in pasta["Ajuda"].iter_rows(values_only=True) for c in linha if c]
    assert "negocie com o banco" in escrito[escrito.index("1.") + 1]
    ajuda = " ".join(escrito)
    assert all(nome in ajuda for nome in pasta.sheetnames[:-1])
    titulos, remessas = pasta["Títulos"], pasta["Remessas"]
    assert titulos.freeze_panes == "B2"
    assert titulos["A2"].number_format == "@"
    assert titulos["G2"].number_format == "dd/mm/yyyy"
    assert any(v.formula1 and "NOTA CANCELADA" in v.formula1 for v in titulos.data_validations.dataValidation)
    assert titulos.tables["tbTitulos"].autoFilter is not None
    assert remessas.protection.sheet
    assert not titulos.protection.sheet
    regras = [r for faixa in remessas.conditional_formatting for r in faixa.rules]
    assert [r.iconSet.iconSet for r in regras if r.iconSet] == ["4TrafficLights"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texto=st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=40),
    centavos=st.integers(0, 10**11),
    dia=st.dates(date(1990, 1, 1), date(2100, 12, 31)),
)
def test_o_que_se_grava_se_le(caminho: Path, texto: str, centavos: int, dia: date) -> None:
    linha: list[Any] = [*TITULO, *VAZIAS]
    linha[6], linha[7], linha[11] = dia, Decimal(centavos).scaleb(-2), texto
    pasta = PastaEmArquivo(caminho)
    pasta.gravar("titulos", [linha])
    pasta.salvar()
    lida = PastaEmArquivo(caminho).ler("titulos", ("vencimento", "valor", "observacao")).linhas[0]
    assert lida[0] == dia
    assert round(float(str(lida[1] or 0)) * 100) == centavos
    assert (lida[2] or "") == texto


def test_lista_simples(tmp_path: Path) -> None:
    saida = tmp_path / "lista.xlsx"
    gravar_lista(saida, [("A", ("Código", "Valor"), [("001", Decimal("1.50")), ("=1+1", None)])])
    aba = openpyxl.load_workbook(saida)["A"]
    assert [c.value for c in aba[2]] == ["001", 1.5]
    assert (aba["A3"].value, aba["A3"].data_type) == ("=1+1", "s")
    assert achados(saida) == ""
