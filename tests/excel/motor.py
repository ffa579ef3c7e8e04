"""Um motor do xlwings sobre o openpyxl: o código que fala com o Excel roda no Linux, sem Excel.

Só a fatia da API que o Guichê usa; o resto levanta ``NotImplementedError``, como nas classes do xlwings.
Imita as manias do Excel que já fizeram estrago: números voltam ``float``; texto de algarismos vira número, e
texto com ``=`` vira fórmula, na célula que não é "@"; moeda volta ``Decimal``; vazio volta ``None``; aba
protegida recusa escrita e a sua tabela não muda de tamanho; a pasta só de leitura não salva.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlwings as xw
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from xlwings import base_classes as base

ERROS = set(openpyxl.cell.cell.ERROR_CODES)


class ErroDoExcel(Exception):
    """O que o COM levantaria."""


class Motor:
    name, type = "de_teste", "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(valor: Any, _opcoes: Any) -> Any:
        if isinstance(valor, date) and not isinstance(valor, datetime):
            raise ErroDoExcel("o COM não recebe datas sem hora")
        if isinstance(valor, Decimal):
            raise ErroDoExcel("Decimal viraria moeda e perderia casas")
        return "" if valor is None else valor

    @staticmethod
    def clean_value_data(dados: Any, data: Any, vazio: Any, numero: Any, erro_em_texto: bool) -> Any:
        def limpar(v: Any) -> Any:
            if v in ("", None):
                return vazio
            if isinstance(v, datetime) and data is not datetime:
                return data(month=v.month, day=v.day, year=v.year, hour=v.hour, minute=v.minute, second=v.second,
                            microsecond=v.microsecond, tzinfo=None)  # fmt: skip
            if isinstance(v, str) and v in ERROS:
                return v if erro_em_texto else None
            return numero(v) if numero and isinstance(v, float) else v

        return [[limpar(c) for c in linha] for linha in dados]


class Apps(base.Apps):
    def __init__(self, motor: Motor) -> None:
        self.unico = App(motor)

    def keys(self) -> list[int]:
        return [1]

    def __iter__(self) -> Iterator[App]:
        return iter([self.unico])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _pid: int) -> App:
        return self.unico


class App(base.App):
    # a classe do xlwings só tem propriedades que levantam NotImplementedError; estes viram atributos comuns
    engine: Any = None
    pid: Any = None
    hwnd: Any = None
    books: Any = None
    selection: Any = None
    screen_updating: Any = None
    enable_events: Any = None
    calculation: Any = None
    display_alerts: Any = None
    api = True

    def __init__(self, motor: Motor) -> None:
        self.engine, self.pid, self.hwnd, self.books = motor, 1, 0, Books(self)
        self.screen_updating = self.enable_events = self.display_alerts = True
        self.calculation = "automatic"
        self.barra: list[Any] = []
        self.alertas: list[tuple[str, str]] = []
        self.respostas: list[str] = []
        self.ao_alertar: Any = None

    @property
    def status_bar(self) -> Any:
        return self.barra[-1] if self.barra else False

    @status_bar.setter
    def status_bar(self, valor: Any) -> None:
        self.barra.append(valor)

    def activate(self, *_: Any, **__: Any) -> None:
        """A janela já é a da frente."""

    def alert(self, prompt: str, _title: str, buttons: str, _mode: str, _callback: Any) -> str:
        self.alertas.append((buttons, prompt))
        if self.ao_alertar:
            self.ao_alertar()
        return self.respostas.pop(0) if self.respostas else "ok"


class Books(base.Books):
    app: Any = None
    api = True

    def __init__(self, app: App) -> None:
        self.app = app
        self.abertas: list[Book] = []

    @property
    def active(self) -> Book:
        livro: Book = self.abertas[-1]
        return livro

    def __len__(self) -> int:
        return len(self.abertas)

    def __iter__(self) -> Iterator[Book]:
        return iter(self.abertas)

    def __call__(self, chave: Any) -> Book:
        livros = self.abertas if not isinstance(chave, int) else [self.abertas[chave - 1]]
        for livro in livros:
            if isinstance(chave, int) or livro.name.lower() == str(chave).lower():
                achado: Book = livro
                return achado
        raise KeyError(chave)

    def open(self, fullname: str, *_: Any, **__: Any) -> Book:
        self.abertas.append(Book(self.app, str(fullname)))
        return self.active


class ApiDoLivro:
    ReadOnly = False


class Book(base.Book):
    app: Any = None
    api: Any = None

    def __init__(self, app: Any, caminho: str) -> None:
        self.app, self.caminho, self.api = app, caminho, ApiDoLivro()
        self.pasta = openpyxl.load_workbook(caminho)
        self.endereco = caminho
        self.escritas = 0
        self.ativa = ""

    @property
    def name(self) -> str:
        return Path(self.caminho).name

    @property
    def fullname(self) -> str:
        return self.endereco

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    def save(self, *_: Any, **__: Any) -> None:
        if self.api.ReadOnly:
            raise ErroDoExcel("só leitura")
        self.pasta.save(self.caminho)

    def close(self) -> None:
        self.app.books.abertas.remove(self)

    def activate(self) -> None:
        """Já é a da frente."""


class Sheets(base.Sheets):
    api = True

    def __init__(self, livro: Book) -> None:
        self.livro = livro

    @property
    def active(self) -> Sheet:
        return Sheet(self.livro, self.livro.pasta.active)

    def __len__(self) -> int:
        return len(self.livro.pasta.worksheets)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.livro, aba) for aba in self.livro.pasta.worksheets)

    def __call__(self, chave: Any) -> Sheet:
        for i, aba in enumerate(self.livro.pasta.worksheets, 1):
            if chave in (i, aba.title):
                return Sheet(self.livro, aba)
        raise KeyError(chave)


class ApiDaAba:
    def __init__(self, aba: Any) -> None:
        self.aba = aba

    @property
    def ProtectContents(self) -> bool:  # noqa: N802  nome do COM
        return bool(self.aba.protection.sheet)

    def Unprotect(self) -> None:  # noqa: N802
        self.aba.protection.sheet = False

    def Protect(self, **livres: bool) -> None:  # noqa: N802
        self.aba.protection.sheet = True
        self.aba.protection.autoFilter = not livres["AllowFiltering"]
        self.aba.protection.sort = not livres["AllowSorting"]


class Sheet(base.Sheet):
    book: Any = None

    def __init__(self, livro: Any, aba: Any) -> None:
        self.book, self.aba = livro, aba

    @property
    def api(self) -> ApiDaAba:
        return ApiDaAba(self.aba)

    @property  # type: ignore[misc]
    def name(self) -> str:
        return str(self.aba.title)

    @property
    def index(self) -> int:
        indice: int = self.book.pasta.worksheets.index(self.aba) + 1
        return indice

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def used_range(self) -> Range:
        return Range(self, 1, 1, self.aba.max_row, self.aba.max_column)

    def activate(self) -> None:
        self.book.ativa = self.name

    def range(self, a: Any, b: Any = None) -> Range:
        if isinstance(a, tuple) and len(a) == 4:
            return Range(self, *a)
        cantos = [x if isinstance(x, tuple) else (x.row, x.column) for x in (a, b if b is not None else a)]
        (l1, c1), (l2, c2) = cantos
        return Range(self, l1, c1, l2 - l1 + 1, c2 - c1 + 1)


class Range(base.Range):
    sheet: Any = None
    options: Any = None
    max_cells_per_read: Any = None
    max_cells_per_write: Any = None

    def __init__(self, aba: Any, linha: int, coluna: int, altura: int, largura: int) -> None:
        self.sheet, self.linha, self.coluna, self.altura, self.largura = aba, linha, coluna, altura, largura

    @property
    def api(self) -> bool:
        return True

    @property
    def row(self) -> int:
        return self.linha

    @property
    def column(self) -> int:
        return self.coluna

    @property
    def shape(self) -> tuple[int, int]:
        return self.altura, self.largura

    def __len__(self) -> int:
        return self.altura * self.largura

    def __call__(self, a: int, b: int | None = None) -> Range:
        if b is None:
            a, b = (a - 1) // self.largura + 1, (a - 1) % self.largura + 1
        return Range(self.sheet, self.linha + a - 1, self.coluna + b - 1, 1, 1)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self.sheet.name, self.linha, self.coluna, self.altura, self.largura

    @property
    def ref(self) -> str:
        fim = f"{get_column_letter(self.coluna + self.largura - 1)}{self.linha + self.altura - 1}"
        return f"{get_column_letter(self.coluna)}{self.linha}:{fim}"

    def get_address(self, *_: Any) -> str:
        return self.ref

    @property
    def address(self) -> str:
        return self.ref

    def _celulas(self) -> Any:
        fim, direita = self.linha + self.altura - 1, self.coluna + self.largura - 1
        return self.sheet.aba.iter_rows(self.linha, fim, self.coluna, direita)

    def _escrever(self) -> None:
        if self.sheet.aba.protection.sheet:
            raise ErroDoExcel(f"a aba {self.sheet.name} está protegida")
        self.sheet.book.escritas += 1

    @property
    def merge_cells(self) -> bool | None:
        dentro = [m for m in self.sheet.aba.merged_cells.ranges if m.min_row >= self.linha]
        return None if dentro else False

    @property
    def raw_value(self) -> Any:
        dados = [[_cru(c) for c in linha] for linha in self._celulas()]
        return dados[0][0] if len(self) == 1 else dados

    @raw_value.setter
    def raw_value(self, dados: Any) -> None:
        self._escrever()
        if not isinstance(dados, list | tuple):
            dados = [[dados] * self.largura] * self.altura
        for linha, valores in zip(self._celulas(), dados, strict=True):
            for celula, valor in zip(linha, valores, strict=True):
                celula.value = _como_o_excel(valor, celula.number_format)
                if celula.number_format == "@" and isinstance(celula.value, str):
                    celula.data_type = "s"

    @property
    def formula(self) -> Any:
        return [[c.value for c in linha] for linha in self._celulas()]

    @formula.setter
    def formula(self, dados: Any) -> None:
        self._escrever()
        for linha, valores in zip(self._celulas(), dados, strict=True):
            for celula, valor in zip(linha, valores, strict=True):
                celula.value = valor

    @property
    def number_format(self) -> str:
        return str(next(self._celulas())[0].number_format)

    @number_format.setter
    def number_format(self, formato: str) -> None:
        self._escrever()
        for linha in self._celulas():
            for celula in linha:
                celula.number_format = formato

    def clear_contents(self) -> None:
        self._escrever()
        for linha in self._celulas():
            for celula in linha:
                celula.value = None

    def select(self) -> None:
        self.sheet.book.app.selection = self


def _cru(celula: Any) -> Any:
    valor = celula.value
    if isinstance(valor, bool):
        return valor
    if isinstance(valor, int | float):
        return Decimal(str(valor)) if "R$" in celula.number_format else float(valor)
    return datetime.combine(valor, datetime.min.time()) if type(valor) is date else valor


def _como_o_excel(valor: Any, formato: str) -> Any:
    if valor == "":
        return None
    if isinstance(valor, str) and formato != "@" and re.fullmatch(r"[+-]?\d+([.,]\d+)?", valor.strip()):
        return float(f"{float(valor.replace(',', '.')):.15g}")
    return valor


class Tables(base.Tables):
    api = True

    def __init__(self, aba: Sheet) -> None:
        self.aba = aba

    @property
    def parent(self) -> Sheet:
        return self.aba

    def __iter__(self) -> Iterator[Table]:
        return (Table(self.aba, t) for t in self.aba.aba.tables.values())

    def __len__(self) -> int:
        return len(self.aba.aba.tables)

    def __contains__(self, chave: object) -> bool:
        return chave in self.aba.aba.tables

    def __call__(self, chave: str) -> Table:
        return Table(self.aba, self.aba.aba.tables[chave])


class ApiDaTabela:
    def __init__(self, tabela: Any) -> None:
        self.AutoFilter = type("Filtro", (), {"FilterMode": bool(tabela.autoFilter and tabela.autoFilter.filterColumn)})


class Table(base.Table):
    parent: Any = None

    def __init__(self, aba: Any, tabela: Any) -> None:
        self.parent, self.tabela = aba, tabela

    @property
    def api(self) -> ApiDaTabela:
        return ApiDaTabela(self.tabela)

    @property  # type: ignore[misc]
    def name(self) -> str:
        return str(self.tabela.displayName)

    @property
    def range(self) -> Range:
        faixa: Any = range_boundaries(self.tabela.ref)
        c1, l1, c2, l2 = faixa
        return Range(self.parent, l1, c1, l2 - l1 + 1, c2 - c1 + 1)

    def resize(self, faixa: Any) -> None:
        if self.parent.aba.protection.sheet:
            raise ErroDoExcel("tabela em aba protegida não muda de tamanho")
        self.tabela.ref = faixa.impl.ref
        if self.tabela.autoFilter:
            self.tabela.autoFilter.ref = faixa.impl.ref

    @property
    def show_autofilter(self) -> bool:
        return self.tabela.autoFilter is not None

    @show_autofilter.setter
    def show_autofilter(self, mostra: bool) -> None:
        filtro = AutoFilter(ref=self.tabela.ref) if mostra else None
        self.tabela.autoFilter = filtro
        if not mostra:
            for dimensao in self.parent.aba.row_dimensions.values():
                dimensao.hidden = False


@contextmanager
def excel() -> Iterator[App]:
    """Um Excel de mentira ligado ao xlwings enquanto durar o bloco."""
    motor = Motor()
    anterior = xw.engines.active
    xw.engines.add(xw.Engine(impl=motor))
    xw.engines["de_teste"].activate()
    try:
        yield motor.apps.unico
    finally:
        xw.engines.engines.pop()
        del xw.engines.engines_by_name["de_teste"]
        xw.engines.active = anterior
