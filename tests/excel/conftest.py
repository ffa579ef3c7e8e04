"""O Excel de cada sistema, de mentira por baixo e com o xlwings verdadeiro por cima."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import xlwings as xw

from guiche.excel.ponte import executar
from guiche.planilha.esquema import esquema
from tests.excel.sistema import apple, com
from tests.excel.sistema.modelo import Excel, Faixa, Livro
from tests.servicos.apoio import HOJE, autor, cliente, montar, titulo

SISTEMAS: dict[str, ModuleType] = {"windows": com, "macos": apple}


@dataclass
class ExcelDeTeste:
    """Um Excel com o xlwings de um sistema ligado a ele."""

    nome: str
    excel: Excel = field(default_factory=Excel)

    @property
    def _sistema(self) -> Any:
        return SISTEMAS[self.nome]

    @property
    def modulo(self) -> Any:
        """O módulo do xlwings que fala com este Excel."""
        return self._sistema.modulo()

    def abrir(self, caminho: Path) -> xw.Book:
        livro: xw.Book = self._sistema.abrir(self.excel, caminho)
        return livro

    @property
    def livro(self) -> Livro:
        """A pasta da frente, por dentro."""
        return self.excel.livros[-1]

    def aba(self, nome: str) -> Any:
        return self.livro.pasta[nome]


@contextmanager
def ligado(nome: str) -> Iterator[ExcelDeTeste]:
    """O xlwings fala com um Excel novo, deste sistema, enquanto durar o bloco."""
    teste = ExcelDeTeste(nome)
    anterior = xw.engines.active
    with SISTEMAS[nome].ligado(teste.excel) as motor:
        xw.engines.active = xw.Engine(impl=motor)  # type: ignore[assignment]
        try:
            yield teste
        finally:
            xw.engines.active = anterior


@pytest.fixture(params=list(SISTEMAS))
def app(request: pytest.FixtureRequest) -> Iterator[ExcelDeTeste]:
    with ligado(request.param) as teste:
        yield teste


def a_tela_voltou(excel: Excel) -> None:
    """A barra de status e a tela sempre voltam ao Excel."""
    assert excel.status_bar is False
    assert (excel.tela, excel.eventos, excel.calculo) == (True, True, "automatic")


@dataclass
class Tela:
    """A pasta aberta, o que o Excel mostrou e o que a pessoa responde."""

    app: ExcelDeTeste
    livro: xw.Book
    caminho: Path

    def clicar(
        self, ato: str, *respostas: str, arquivo: Path | None = None, outro: Path | None = None, hoje: date = HOJE
    ) -> int:
        self.app.excel.alertas.clear()
        self.app.excel.respostas[:] = respostas
        escolhidos = "\0".join(str(um) for um in (arquivo, outro) if um)
        return executar(ato, escolhidos.encode("utf-16-be").hex(), self.livro, autor(hoje))

    @property
    def caixas(self) -> list[str]:
        return [texto for _, texto in self.app.excel.alertas]

    def celula(self, aba: str, endereco: str) -> Any:
        return self.app.aba(aba)[endereco]

    def escrever(self, aba: str, **celulas: Any) -> None:
        for endereco, valor in celulas.items():
            self.celula(aba, endereco).value = valor

    def filtrar(self, painel: str, **valores: Any) -> None:
        """Escreve nos filtros pelo título da opção, com ``_ate`` para a segunda ponta."""
        aba = self.app.aba(esquema()[f"painel_{painel}"].aba)
        for nome, valor in valores.items():
            titulo_, coluna = (nome.removesuffix("_ate"), 3) if nome.endswith("_ate") else (nome, 2)
            linha = next(r for r in range(2, aba.max_row + 1) if aba.cell(r, 1).value == titulo_.replace("_", " "))
            aba.cell(linha, coluna).value = valor

    def escolher(self, aba: str, linha: int, altura: int = 1, coluna: int = 1) -> None:
        livro = self.app.livro
        livro.ativa = aba
        self.app.excel.selecao = Faixa(livro.aba(aba), linha, coluna, linha + altura - 1, coluna)


@pytest.fixture
def tela(app: ExcelDeTeste, tmp_path: Path) -> Iterator[Tela]:
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1), cliente("B", 2)],
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=5 + n), "100.00", "AB"[n % 2]) for n in range(4)],
    )
    yield Tela(app, app.abrir(caminho), caminho)
    a_tela_voltou(app.excel)
