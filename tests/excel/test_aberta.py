"""A pasta aberta no Excel cumpre o mesmo contrato da pasta em arquivo."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from guiche.erros import ErroDePlanilha
from guiche.excel.aberta import PastaAberta
from guiche.planilha.esquema import esquema
from guiche.planilha.pronta import caminho_do_modelo
from tests.excel.conftest import ExcelDeTeste, a_tela_voltou
from tests.planilha.contrato import CONTRATO, TITULO, VAZIAS


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    return Path(shutil.copy(caminho_do_modelo(), tmp_path / "Cobrança.xlsx"))


Abrir = Callable[[Path], PastaAberta]


@pytest.fixture
def abrir(app: ExcelDeTeste) -> Abrir:
    """Fecha o que estiver aberto e abre de novo: o que não foi salvo se perde, como no Excel."""

    def abrir(caminho: Path) -> PastaAberta:
        for livro in list(app.excel.livros):
            livro.fechar()
        return PastaAberta(app.abrir(caminho))

    return abrir


def _no_excel(caminho: Path) -> PastaAberta:
    for livro in list(xw.books):
        livro.close()
    return PastaAberta(xw.Book(str(caminho)))


@pytest.mark.parametrize("clausula", CONTRATO, ids=lambda f: f.__name__)
def test_contrato(app: ExcelDeTeste, caminho: Path, abrir: Abrir, clausula: Callable[..., None]) -> None:
    clausula(caminho, abrir)
    a_tela_voltou(app.excel)


@pytest.mark.excel
@pytest.mark.skipif(sys.platform not in {"win32", "darwin"}, reason="o Excel só existe no Windows e no macOS")
@pytest.mark.parametrize("clausula", CONTRATO, ids=lambda f: f.__name__)
def test_contrato_no_excel_de_verdade(caminho: Path, clausula: Callable[..., None]) -> None:
    with xw.App(visible=False, add_book=False):
        clausula(caminho, _no_excel)


def _titulos(pasta: PastaAberta, quantos: int, **dados: Any) -> None:
    ids = esquema()["titulos"].ids()
    base = dict(zip(ids, (*TITULO, *VAZIAS), strict=True))
    pasta.gravar("titulos", [tuple((base | {"numero": f"{n:04d}"} | dados).values()) for n in range(quantos)])
    pasta.salvar()


def test_zeros_a_esquerda_ficam_quando_a_tabela_cresce(abrir: Abrir, caminho: Path) -> None:
    _titulos(abrir(caminho), 30)
    assert [linha[0] for linha in abrir(caminho).ler("titulos", ("numero",)).linhas][:2] == ["0000", "0001"]


@pytest.mark.parametrize("texto", ["=1+1", "+55", "-3", "@SOMA(A1)", "007", "1E5"])
def test_texto_nunca_vira_formula_nem_numero(app: ExcelDeTeste, abrir: Abrir, caminho: Path, texto: str) -> None:
    _titulos(abrir(caminho), 1, observacao=texto)
    celula = app.livro.pasta["Títulos"]["L2"]
    assert (celula.value, celula.data_type) == (texto, "s")


def test_a_escrita_e_em_bloco(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    """As mesmas travessias e as mesmas escritas, seja qual for o número de linhas."""
    vistas = []
    for quantos in (2, 2000):
        pasta = abrir(caminho)
        app.livro.escritas = app.excel.total = 0
        _titulos(pasta, quantos)
        vistas.append((app.livro.escritas, app.excel.total))
    assert vistas[0] == vistas[1]
    assert vistas[0][0] < len(esquema()["titulos"].colunas)


def test_matriz_grande_vai_aos_pedacos(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    """O Excel recusa de uma vez mais de 100.000 células."""
    _titulos(abrir(caminho), 6000)
    assert app.aba("Títulos")["A6001"].value == "5999"


def test_moeda_decimal_vira_numero(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    _titulos(abrir(caminho), 1)
    pasta = abrir(caminho)
    app.livro.pasta["Títulos"]["H2"].number_format = 'R$ "#,##0.00'
    assert pasta.ler("titulos", ("valor",)).linhas == [(1234567.89,)]


def test_linhas_coladas_abaixo_da_tabela_e_colunas_da_pessoa(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    pasta = abrir(caminho)
    aba = app.livro.pasta["Filiais"]
    tabela = aba.tables["tbFiliais"]
    tabela.tableColumns[0].name, tabela.tableColumns[1].name = "Nome", "Código"
    aba["A1"], aba["B1"], aba["A2"], aba["B2"], aba["A3"], aba["B3"] = "Nome", "Código", "Matriz", "01", "Sul", "02"
    aba.title = "Lojas"
    folha = pasta.ler("filiais")
    assert (folha.aba, folha.linhas, folha.celula(1, "codigo")) == ("Lojas", [("01", "Matriz"), ("02", "Sul")], "B3")
    pasta.gravar("filiais", [("=9", "Centro")])
    pasta.salvar()
    assert (aba["A2"].value, aba["B2"].value, aba["A3"].value) == ("Centro", "=9", "Sul")


def test_aba_protegida_se_abre_para_escrever_e_se_fecha(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    pasta = abrir(caminho)
    pasta.gravar("filiais", [("01", "Matriz")])
    pasta.gravar("diario", [(1, None, "ana", "gerar", "x")])
    pasta.salvar()
    aba = app.livro.pasta["Diário"]
    assert (aba.protection.sheet, aba.protection.autoFilter, aba["C2"].value) == (True, False, "ana")
    assert not app.livro.pasta["Filiais"].protection.sheet


def test_problemas_ganham_ligacao(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    pasta = abrir(caminho)
    pasta.gravar("problemas", [("Títulos!F12", "c", "erro", "m", "f"), ("ret.txt:7", "c", "erro", "=m", "f")])
    pasta.salvar()
    aba = app.livro.pasta["Problemas"]
    assert aba["A2"].value == '=HYPERLINK("#\'Títulos\'!F12","Títulos!F12")'
    assert (aba["A3"].value, aba["D3"].data_type) == ("ret.txt:7", "s")


def test_filtro_tirado_e_tela_restaurada_quando_o_excel_falha(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    pasta = abrir(caminho)
    aba = app.livro.pasta["Títulos"]
    aba.tables["tbTitulos"].autoFilter.add_filter_column(0, ["x"])
    aba.row_dimensions[2].hidden = True
    assert (pasta.mostrar_tudo(), aba.row_dimensions[2].hidden, pasta.mostrar_tudo()) == (1, False, 0)
    app.livro.so_leitura = True
    pasta.gravar("filiais", [("01", "Matriz")])
    with pytest.raises(ErroDePlanilha) as erro:
        pasta.salvar()
    assert erro.value.codigo == "disco.gravacao"
    assert (app.excel.tela, app.excel.eventos, app.excel.calculo) == (True, True, "automatic")


def test_pasta_que_nao_serve_se_recusa_com_a_razao(app: ExcelDeTeste, caminho: Path) -> None:
    livro = app.abrir(caminho)
    casos = {"https://x.sharepoint.com/a.xlsx": "pasta.na_nuvem", "Pasta1": "pasta.nao_salva"}
    for endereco, codigo in casos.items():
        app.livro.endereco = endereco
        with pytest.raises(ErroDePlanilha) as erro:
            PastaAberta(livro)
        assert erro.value.codigo == codigo
    app.livro.endereco, app.livro.so_leitura = str(caminho), True
    with pytest.raises(ErroDePlanilha) as erro:
        PastaAberta(livro)
    assert erro.value.codigo == "pasta.so_leitura"


def test_mescladas_e_colunas_que_faltam(app: ExcelDeTeste, abrir: Abrir, caminho: Path) -> None:
    pasta = abrir(caminho)
    aba = app.livro.pasta["Títulos"]
    aba["A1"] = "Outra"
    with pytest.raises(ErroDePlanilha, match="faltam colunas: Título"):
        pasta.ler("titulos")
    aba["A1"] = "Título"
    aba.merge_cells("B3:C3")
    pasta.esquecer_o_que_se_leu()
    with pytest.raises(ErroDePlanilha) as erro:
        pasta.ler("titulos")
    assert erro.value.codigo == "pasta.mescladas"


def test_atualizar_poucas_linhas_nao_toca_nas_outras(abrir: Abrir, caminho: Path) -> None:
    _titulos(abrir(caminho), 5, situacao="EM ABERTO", saldo=Decimal("1.50"))
    pasta = abrir(caminho)
    pasta.atualizar("titulos", ("situacao", "saldo"), {3: ("PAGO", Decimal(0)), 8: ("NOVO", None)})
    pasta.salvar()
    folha = abrir(caminho).ler("titulos", ("numero", "situacao", "saldo", "vencimento"))
    assert folha.linhas[1] == ("0001", "PAGO", 0.0, date(2026, 8, 10))
    assert folha.linhas[2][1:3] == ("EM ABERTO", 1.5)
    assert (folha.numeros[-1], folha.linhas[-1][:3]) == (8, ("", "NOVO", ""))


@pytest.mark.parametrize("coluna", ["valor", "vencimento", "estado"])
def test_texto_de_formula_em_coluna_que_nao_e_de_texto_nao_vira_formula(
    abrir: Abrir, caminho: Path, coluna: str
) -> None:
    _titulos(abrir(caminho), 2, **{coluna: "=cmd|' /C calc'!A0"})
    aba = openpyxl.load_workbook(caminho)["Títulos"]
    assert not [c.coordinate for linha in aba.iter_rows() for c in linha if c.data_type == "f"]
