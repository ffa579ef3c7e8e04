"""Quantas travessias entre processos custa um clique; não dependem de quantos títulos, boletos ou ligações há."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from guiche.excel.botao import FEITO, RECUSADO
from tests.excel.conftest import ExcelDeTeste, Tela
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, montar, retorno, titulo

_LISTAS = ("retornos", "remessas_listar")
_RECUSA = {"windows": 150, "macos": 120}
"""Um ato recusado lê as tabelas da pessoa e escreve a aba Problemas: o limite é o de conferir."""
LIMITES: Mapping[str, Mapping[str, int]] = {
    "windows": {"conferir": 150, "gerar": 400, "importar": 400, "atualizar": 800} | dict.fromkeys(_LISTAS, 40),
    "macos": {"conferir": 120, "gerar": 300, "importar": 300, "atualizar": 600} | dict.fromkeys(_LISTAS, 30),
}
"""Chamadas COM no Windows e Apple events no macOS, de cada clique, no máximo."""
_ESCREVEM = {"Celulas.Value=", "workbooks/worksheets/cells/value.set"}
_PUNHADO = 6
"""As colunas do título, a linha do Caixa, os números do Início, o Diário e os parâmetros."""
_FRASES_NA_BARRA = 2
"""Quantas frases de andamento há num clique curto; num demorado, quatro por segundo."""


def preparar(app: ExcelDeTeste, onde: Path, quantos: int) -> Tela:
    caminho = montar(
        onde, contas=[CONTA, COBRANCA], cobranca=[{"conta": "ITAU1", "carteira": "109", "formato": "CNAB400"}],
        clientes=[cliente(f"C{n}", n + 1) for n in range(max(2, quantos // 4))],
        titulos=[
            titulo(f"T{n}", HOJE + timedelta(days=5 + n % 20), "100.00", f"C{n % max(2, quantos // 4)}")
            for n in range(quantos)
        ],
    )  # fmt: skip
    tela = Tela(app, app.abrir(caminho), caminho)
    tela.filtrar("debito", Conta="BB1")
    return tela


def medir_um_dia(tela: Tela, onde: Path, quantos: int) -> dict[str, int]:
    """As travessias de cada clique de um dia: a remessa, o retorno com ligações, as listas."""
    contadas: dict[str, int] = {}

    def clicar(ato: str, *respostas: str, arquivo: Path | None = None) -> None:
        tela.app.excel.zerar()
        assert tela.clicar(ato, *respostas, arquivo=arquivo) == FEITO, tela.caixas
        barra = sum(n for chamada, n in tela.app.excel.chamadas.items() if "tatus" in chamada)
        contadas[ato] = max(contadas.get(ato, 0), tela.app.excel.total - barra + _FRASES_NA_BARRA)

    clicar("conferir")
    clicar("gerar", "yes")
    remessa = next((tela.caminho.parent / "remessas").glob("*.rem"))
    ret = retorno(remessa, onde / "b.ret", [("00", "01")[n % 2] for n in range(quantos)])
    clicar("importar", "yes", arquivo=ret)
    clicar("atualizar")
    for aba in tela.app.livro.pasta:  # tudo por refazer, como na pasta que alguém estragou
        if aba.protection.sheet and not aba.title.startswith(
            ("Filtros", "Dados", "Pedidos", "Livro", "Início", "Parâm")
        ):
            for linha in aba.iter_rows(min_row=2):
                for celula in linha:
                    celula.value = None
    clicar("atualizar")
    clicar("retornos")
    clicar("remessas_listar")
    return contadas


@pytest.mark.parametrize("quantos", [4, 300])
def test_o_custo_de_um_clique_nao_passa_do_limite(app: ExcelDeTeste, tmp_path: Path, quantos: int) -> None:
    contadas = medir_um_dia(preparar(app, tmp_path, quantos), tmp_path, quantos)
    assert contadas.keys() == LIMITES[app.nome].keys()
    assert not {ato: n for ato, n in contadas.items() if n > LIMITES[app.nome][ato]}


def test_o_custo_nao_cresce_com_os_titulos(app: ExcelDeTeste, tmp_path: Path) -> None:
    medidas = []
    for quantos in (4, 300):
        app.excel.livros.clear()
        (tmp_path / str(quantos)).mkdir()
        medidas.append(medir_um_dia(preparar(app, tmp_path / str(quantos), quantos), tmp_path / str(quantos), quantos))
    assert medidas[0] == medidas[1]


def test_o_custo_de_um_ato_recusado(app: ExcelDeTeste, tmp_path: Path) -> None:
    tela = preparar(app, tmp_path, 20)
    for n in range(2, 12):
        tela.escrever("Títulos", **{f"G{n}": "ontem"})
    tela.app.excel.zerar()
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "10 problemas" in tela.caixas[0]
    assert tela.app.excel.total <= _RECUSA[app.nome]


def test_receber_um_titulo_entre_dez_mil_escreve_um_punhado_de_faixas(app: ExcelDeTeste, tmp_path: Path) -> None:
    tela = preparar(app, tmp_path, 10_000 if app.nome == "windows" else 300)
    assert tela.clicar("atualizar") == FEITO
    tela.filtrar("titulos", Título="T7", Valor="1,00")
    tela.app.excel.zerar()
    assert tela.clicar("titulo_receber", "yes") == FEITO, tela.caixas
    escritas = sum(n for chamada, n in tela.app.excel.chamadas.items() if chamada in _ESCREVEM)
    assert 0 < escritas <= _PUNHADO
    assert tela.app.excel.total <= LIMITES[app.nome]["gerar"] * 3 // 4
