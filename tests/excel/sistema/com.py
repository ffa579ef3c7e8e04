"""O pywin32 de mentira: o ``_xlwindows.py`` verdadeiro do xlwings corre por cima dele, sobre o Excel em memória.

Cada leitura de propriedade, escrita ou chamada de um objeto COM conta uma, como atravessaria de um processo ao outro.
O módulo do xlwings carrega-se numa cópia, para que o mesmo valha num Windows que tenha o seu.
"""

from __future__ import annotations

import builtins
import ctypes
import datetime as dt
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import xlwings as xw

from tests.excel.sistema import modelo
from tests.excel.sistema.copia import carregar, falso
from tests.excel.sistema.modelo import Aba, ErroDoExcel, Excel, Faixa, Livro, Ocupado, Tabela

NOME = "xlwings._xlwindows_de_teste"
RECUSADA, DEPOIS, EDITANDO = -2147418111, -2147417846, -2146777998
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER e VBA_E_IGNORE (0x800AC472)."""
_EXCECAO = -2147352567
_RESPOSTAS = {"ok": 1, "cancel": 2, "yes": 6, "no": 7}
_BOTOES = {0: "ok", 1: "ok_cancel", 4: "yes_no"}
_CALCULO = {"automatic": -4105, "manual": -4135, "semiautomatic": 2}
_OCULTA = {"visible": -1, "hidden": 0, "veryHidden": 2}


class ErroDoCom(Exception):
    """``pywintypes.com_error``."""

    def __init__(self, hresult: int, texto: str = "", excecao: Any = None, argumento: Any = None) -> None:
        super().__init__(hresult, texto, excecao, argumento)
        self.hresult, self.strerror, self.excepinfo, self.argerror = hresult, texto, excecao, argumento


class Despacho:
    """``win32com.client.CDispatch``: o que o xlwings embrulha."""


class Momento(dt.datetime):
    """``pywintypes.TimeType``."""


@contextmanager
def _do_com(*, escrevendo: bool = False) -> Iterator[None]:
    try:
        yield
    except Ocupado as erro:
        if erro.codigo == EDITANDO and escrevendo:
            raise ErroDoCom(_EXCECAO, "", (0, None, None, None, 0, EDITANDO)) from erro
        raise ErroDoCom(erro.codigo) from erro
    except (ErroDoExcel, KeyError, ValueError) as erro:
        raise ErroDoCom(
            _EXCECAO, "Exception occurred.", (0, "Microsoft Excel", str(erro), None, 0, -2146827284)
        ) from erro


class Com(Despacho):
    """Um objeto COM: ``g_X`` lê a propriedade X, ``s_X`` a escreve, ``m_X`` é o método X."""

    def __init__(self, alvo: Any, excel: Excel) -> None:
        object.__setattr__(self, "alvo", alvo)
        object.__setattr__(self, "excel", excel)

    def __getattr__(self, nome: str) -> Any:
        if nome.startswith("_"):
            raise AttributeError(nome)
        classe = type(self)
        if ler := getattr(classe, f"g_{nome}", None):
            with _do_com():
                self.excel.contar(f"{classe.__name__}.{nome}")
                return ler(self)
        metodo = getattr(classe, f"m_{nome}", None)
        if metodo is None:
            raise ErroDoCom(-2147352570, f"nome desconhecido: {nome}")

        def chamar(self: Com, *posicionais: Any, **nomeados: Any) -> Any:
            with _do_com():
                self.excel.contar(f"{classe.__name__}.{nome}()")
                return metodo(self, *map(_cru, posicionais), **{k: _cru(v) for k, v in nomeados.items()})

        return types.MethodType(chamar, self)

    def __setattr__(self, nome: str, valor: Any) -> None:
        escrever = getattr(type(self), f"s_{nome}", None)
        if escrever is None:
            raise ErroDoCom(-2147352570, f"não se escreve: {nome}")
        with _do_com(escrevendo=True):
            self.excel.contar(f"{type(self).__name__}.{nome}=")
            escrever(self, _cru(valor))

    def __call__(self, *posicionais: Any) -> Any:
        with _do_com():
            self.excel.contar(f"{type(self).__name__}()")
            return self.item(*map(_cru, posicionais))

    def item(self, *_: Any) -> Any:
        raise ErroDoCom(-2147352573, "não é uma coleção")


def _cru(valor: Any) -> Any:
    return getattr(valor, "_inner", valor) if type(valor).__name__ == "COMRetryObjectWrapper" else valor


class Aplicacao(Com):
    def g_Application(self) -> Any:
        return self

    def g_Workbooks(self) -> Any:
        return Pastas(self.excel, self.excel)

    def g_ActiveWorkbook(self) -> Any:
        return Pasta(self.excel.livros[-1], self.excel) if self.excel.livros else None

    def g_Hwnd(self) -> int:
        return 1

    def g_Version(self) -> str:
        return "16.0"

    def g_Selection(self) -> Any:
        if self.excel.selecao is None:
            raise ErroDoExcel("o que está escolhido não são células")
        return Celulas([self.excel.selecao], self.excel)

    def g_ScreenUpdating(self) -> bool:
        return bool(self.excel.tela)

    def s_ScreenUpdating(self, valor: bool) -> None:
        self.excel.tela = valor

    def g_EnableEvents(self) -> bool:
        return bool(self.excel.eventos)

    def s_EnableEvents(self, valor: bool) -> None:
        self.excel.eventos = valor

    def g_DisplayAlerts(self) -> bool:
        return bool(self.excel.avisos)

    def s_DisplayAlerts(self, valor: bool) -> None:
        self.excel.avisos = valor

    def g_Calculation(self) -> int:
        return _CALCULO[self.excel.calculo]

    def s_Calculation(self, valor: int) -> None:
        self.excel.calculo = next(nome for nome, numero in _CALCULO.items() if numero == valor)

    def g_StatusBar(self) -> Any:
        return self.excel.status_bar

    def s_StatusBar(self, valor: Any) -> None:
        self.excel.barra.append(valor)


class Pastas(Com):
    def g_Application(self) -> Any:
        return Aplicacao(self.excel, self.excel)

    def g_Count(self) -> int:
        return len(self.excel.livros)

    def item(self, chave: Any) -> Any:
        return Pasta(self.excel.livro(chave), self.excel)

    def __iter__(self) -> Iterator[Any]:
        for livro in list(self.excel.livros):
            self.excel.contar("Pastas.Next")
            yield Pasta(livro, self.excel)

    def m_Open(self, caminho: str, *_: Any) -> Any:
        return Pasta(self.excel.abrir(caminho), self.excel)


class Pasta(Com):
    alvo: Livro

    def g_Application(self) -> Any:
        return Aplicacao(self.excel, self.excel)

    def g_Name(self) -> str:
        return self.alvo.nome

    def g_FullName(self) -> str:
        return self.alvo.endereco

    def g_Path(self) -> str:
        return self.alvo.endereco.rpartition("/")[0]

    def g_FileFormat(self) -> int:
        return 51

    def g_ReadOnly(self) -> bool:
        return self.alvo.so_leitura

    def g_Worksheets(self) -> Any:
        return Abas(self.alvo, self.excel)

    def g_ActiveSheet(self) -> Any:
        return Folha(self.alvo.aba(self.alvo.ativa), self.excel)

    def m_Save(self) -> None:
        self.alvo.salvar()

    def m_Close(self, SaveChanges: bool = False) -> None:
        self.alvo.fechar()

    def m_Activate(self) -> None:
        """Já é a da frente."""


class Abas(Com):
    alvo: Livro

    def g_Count(self) -> int:
        return len(self.alvo.abas())

    def g_Parent(self) -> Any:
        return Pasta(self.alvo, self.excel)

    def item(self, chave: Any) -> Any:
        return Folha(self.alvo.aba(chave), self.excel)

    def __iter__(self) -> Iterator[Any]:
        self.excel.contar("Abas._NewEnum")
        for aba in self.alvo.abas():
            self.excel.contar("Abas.Next")
            yield Folha(aba, self.excel)


class Folha(Com):
    alvo: Aba

    def g_Application(self) -> Any:
        return Aplicacao(self.excel, self.excel)

    def g_Parent(self) -> Any:
        return Pasta(self.alvo.livro, self.excel)

    def g_Name(self) -> str:
        return self.alvo.nome

    def g_Index(self) -> int:
        return int(self.alvo.livro.pasta.worksheets.index(self.alvo.ws)) + 1

    def g_Visible(self) -> int:
        return _OCULTA[self.alvo.ws.sheet_state]

    def s_Visible(self, valor: Any) -> None:
        numero = -1 if valor is True else int(valor)
        self.alvo.ws.sheet_state = next(nome for nome, n in _OCULTA.items() if n == numero)

    def g_ListObjects(self) -> Any:
        return Tabelas(self.alvo, self.excel)

    def g_UsedRange(self) -> Any:
        return Celulas([self.alvo.usada()], self.excel)

    def g_Cells(self) -> Any:
        return TodasAsCelulas(self.alvo, self.excel)

    def g_ProtectContents(self) -> bool:
        return self.alvo.protegida

    def m_Unprotect(self, Password: str = "") -> None:
        self.alvo.desproteger(Password)

    def m_Protect(
        self, *, AllowSorting: bool = False, AllowFiltering: bool = False, AllowFormattingColumns: bool = False,
        DrawingObjects: bool = True, Scenarios: bool = True, Contents: bool = True,
    ) -> None:  # fmt: skip
        assert Contents
        self.alvo.proteger(
            ordenar=AllowSorting, filtrar=AllowFiltering, formatar_colunas=AllowFormattingColumns,
            desenhos=DrawingObjects, cenarios=Scenarios,
        )  # fmt: skip

    def m_Range(self, um: Any, dois: Any = None) -> Any:
        if isinstance(um, str):
            return Celulas([self.alvo.faixa(parte) for parte in um.split(",")], self.excel)
        de, ate = um.alvo[0], (dois or um).alvo[0]
        return Celulas([Faixa(self.alvo, de.l1, de.c1, ate.l2, ate.c2)], self.excel)

    def m_Activate(self) -> None:
        self.alvo.ativar()


class TodasAsCelulas(Com):
    alvo: Aba

    def item(self, linha: int, coluna: int) -> Any:
        return Celulas([Faixa(self.alvo, linha, coluna, linha, coluna)], self.excel)


class Tabelas(Com):
    alvo: Aba

    def g_Count(self) -> int:
        return len(self.alvo.ws.tables)

    def m_Item(self, nome: Any) -> Any:
        if isinstance(nome, int):
            nome = list(self.alvo.ws.tables)[nome - 1]
        return ListObject(self.alvo.tabela(nome), self.excel)

    def item(self, nome: Any) -> Any:
        return Tabelas.m_Item(self, nome)


class ListObject(Com):
    alvo: Tabela

    def g_Name(self) -> str:
        return self.alvo.nome

    def g_Parent(self) -> Any:
        return Folha(self.alvo.aba, self.excel)

    def g_Range(self) -> Any:
        return Celulas([self.alvo.faixa], self.excel)

    def g_ShowHeaders(self) -> bool:
        return True

    def g_ShowTotals(self) -> bool:
        return self.alvo.totais

    def s_ShowTotals(self, valor: bool) -> None:
        self.alvo.mostrar_totais(mostra=valor)

    def g_ShowAutoFilter(self) -> bool:
        return self.alvo.filtro is not None

    def s_ShowAutoFilter(self, valor: bool) -> None:
        self.alvo.mostrar_filtro(mostra=valor)

    def g_AutoFilter(self) -> Any:
        return Filtro(self.alvo, self.excel) if self.alvo.filtro is not None else None

    def g_Sort(self) -> Any:
        return Ordem(self.alvo, self.excel)

    def m_ListColumns(self, numero: int) -> Any:
        return Coluna((self.alvo, numero), self.excel)

    def m_Resize(self, faixa: Any) -> None:
        self.alvo.redimensionar(faixa.alvo[0])


class Coluna(Com):
    def g_Range(self) -> Any:
        tabela, numero = self.alvo
        f = tabela.faixa
        return Celulas([Faixa(f.aba, f.l1, f.c1 + numero - 1, f.l2, f.c1 + numero - 1)], self.excel)


class Filtro(Com):
    alvo: Tabela

    def g_FilterMode(self) -> bool:
        return bool(self.alvo.criterios())

    def g_Filters(self) -> Any:
        return Criterios(self.alvo, self.excel)

    def m_ShowAllData(self) -> None:
        self.alvo.mostrar_tudo()

    def m_ApplyFilter(self) -> None:
        self.alvo.reaplicar_filtro()


class Criterios(Com):
    alvo: Tabela

    def item(self, coluna: int) -> Any:
        return Criterio((self.alvo, coluna), self.excel)


class Criterio(Com):
    def _posto(self) -> tuple[int, Any, Any]:
        tabela, coluna = self.alvo
        posto: tuple[int, Any, Any] = tabela.criterios()[coluna]
        return posto

    def g_On(self) -> bool:
        tabela, coluna = self.alvo
        return coluna in tabela.criterios()

    def g_Operator(self) -> int:
        return Criterio._posto(self)[0]

    def g_Criteria1(self) -> Any:
        if Criterio._posto(self)[1] is None:
            raise ErroDoExcel("o critério não se lê")
        return Criterio._posto(self)[1]

    def g_Criteria2(self) -> Any:
        if Criterio._posto(self)[2] is None:
            raise ErroDoExcel("não há segundo critério")
        return Criterio._posto(self)[2]


class Ordem(Com):
    alvo: Tabela

    def g_SortFields(self) -> Any:
        return Chaves(self.alvo, self.excel)

    def _por(self, _valor: Any) -> None:
        """Cabeçalho, caixa e sentido: os de sempre."""

    s_Header = s_MatchCase = s_Orientation = _por

    def m_Apply(self) -> None:
        self.alvo.ordenar()


class Chaves(Com):
    alvo: Tabela

    def g_Count(self) -> int:
        return len(self.alvo.ordem())

    def m_Clear(self) -> None:
        self.alvo.por_ordem([])

    def m_Add(self, Key: Any = None, SortOn: int = 0, Order: int = 1) -> None:
        coluna = Key.alvo[0].c1 - self.alvo.faixa.c1 + 1
        self.alvo.por_ordem([*self.alvo.ordem(), (coluna, Order == 2)])

    def m_Item(self, numero: int) -> Any:
        return Chave(self.alvo.ordem()[numero - 1], self.excel)

    def item(self, numero: int) -> Any:
        return Chaves.m_Item(self, numero)


class Chave(Com):
    def g_Order(self) -> int:
        return 2 if self.alvo[1] else 1


class Quantos(Com):
    def g_Count(self) -> int:
        return int(self.alvo)


class Celulas(Com):
    alvo: list[Faixa]

    def g_Application(self) -> Any:
        return Aplicacao(self.excel, self.excel)

    def g_Worksheet(self) -> Any:
        return Folha(self.alvo[0].aba, self.excel)

    def g_Row(self) -> int:
        return self.alvo[0].l1

    def g_Column(self) -> int:
        return self.alvo[0].c1

    def g_Rows(self) -> Any:
        return Quantos(self.alvo[0].altura, self.excel)

    def g_Columns(self) -> Any:
        return Quantos(self.alvo[0].largura, self.excel)

    def g_Count(self) -> int:
        return sum(map(len, self.alvo))

    def g_Address(self) -> str:
        return ",".join(faixa.endereco for faixa in self.alvo)

    def g_MergeCells(self) -> bool | None:
        return self.alvo[0].mescladas()

    def g_Value(self) -> Any:
        lidos = self.alvo[0].valores(_dado)
        return tuple(map(tuple, lidos)) if isinstance(lidos, list) else lidos

    def s_Value(self, dados: Any) -> None:
        matriz = isinstance(dados, list | tuple)
        self.alvo[0].escrever([[_recebido(v) for v in linha] for linha in dados] if matriz else _recebido(dados))

    def g_Formula(self) -> Any:
        formulas = self.alvo[0].formulas()
        return formulas[0][0] if len(self.alvo[0]) == 1 else tuple(map(tuple, formulas))

    def s_Formula(self, dados: Any) -> None:
        self.alvo[0].escrever_formulas(dados if isinstance(dados, list | tuple) else [[dados]])

    def g_NumberFormat(self) -> str | None:
        formatos = {faixa.formato() for faixa in self.alvo}
        return formatos.pop() if len(formatos) == 1 else None

    def s_NumberFormat(self, formato: str) -> None:
        for faixa in self.alvo:
            faixa.formatar(formato)

    def m_ClearContents(self) -> None:
        self.alvo[0].limpar()

    def m_AutoFilter(self, Field: int, Criteria1: Any = None, Operator: int = 0, Criteria2: Any = None) -> None:
        faixa = self.alvo[0]
        tabela = next(t for t in faixa.aba.ws.tables.values() if faixa.aba.faixa(t.ref) == faixa)
        Tabela(faixa.aba, tabela).filtrar(Field, Operator, Criteria1, Criteria2)

    def item(self, linha: int, coluna: int | None = None) -> Any:
        faixa = self.alvo[0]
        if coluna is None:
            linha, coluna = (linha - 1) // faixa.largura + 1, (linha - 1) % faixa.largura + 1
        l, c = faixa.l1 + linha - 1, faixa.c1 + coluna - 1
        return Celulas([Faixa(faixa.aba, l, c, l, c)], self.excel)

    def m_Select(self) -> None:
        self.excel.selecao = self.alvo[0]


def _dado(celula: Any) -> Any:
    """Como o COM dá a célula: erro é um inteiro, data tem fuso, vazio é ``None``."""
    if erro := modelo.erro_da(celula):
        return erro[0]
    valor = modelo.valor_da(celula)
    if isinstance(valor, dt.datetime):
        return Momento.combine(valor.date(), valor.time(), dt.UTC)
    return valor


def _recebido(valor: Any) -> Any:
    if isinstance(valor, dt.datetime):
        if valor.tzinfo is None:
            raise ErroDoExcel("data sem fuso não se recebe")
        return valor.replace(tzinfo=None)
    return valor


class _Janelas:
    """O que o xlwings pergunta ao Windows sobre as janelas do Excel."""

    def __init__(self, de: Callable[[], Excel]) -> None:
        self.de = de
        self.user32 = self
        self.ole32 = self.oleacc = types.SimpleNamespace(
            CLSIDFromString=lambda *_: 0, AccessibleObjectFromWindow=lambda *_: 0
        )

    def GetTopWindow(self, _de: Any) -> int:
        return 1

    def GetWindow(self, _janela: int, _qual: int) -> int:
        return 0

    def GetForegroundWindow(self) -> int:
        return 1 if self.de().na_frente else 2

    def FindWindowEx(self, _de: int, _depois: int, _classe: str, _titulo: Any) -> int:
        return 1 if self.de().livros else 0

    def MessageBox(self, _janela: int, texto: str, _titulo: str, estilo: int) -> int:
        self.de().anotar("MessageBox")
        return _RESPOSTAS[self.de().perguntar(_BOTOES[estilo & 0xF], texto)]

    def run(self, comando: list[str], **_: Any) -> Any:
        """``tasklist`` mostra também o Excel escondido de outro programa; ``taskkill`` anota-se."""
        self.de().mortos += [" ".join(comando)] if comando[0] == "taskkill" else []
        return types.SimpleNamespace(stdout="\n\n\nEXCEL.EXE 100 Console 1 9 K\nEXCEL.EXE 200 Console 1 9 K")


_ATUAL: list[Excel] = []


def _falsos(janelas: _Janelas) -> dict[str, types.ModuleType]:
    def aplicacao(_ponteiro: Any) -> Any:
        return Aplicacao(_ATUAL[-1], _ATUAL[-1])

    cliente = falso(
        "win32com.client", CDispatch=Despacho, CoClassBaseClass=Despacho, DispatchBaseClass=Despacho,
        Dispatch=aplicacao, DispatchEx=aplicacao,
    )  # fmt: skip
    fuso = type("TimeZoneInfo", (), {"utc": staticmethod(lambda: dt.UTC)})
    return {
        "pywintypes": falso(
            "pywintypes", com_error=ErroDoCom, TimeType=Momento, error=type("error", (Exception,), {}), IID=str
        ),
        "win32api": falso("win32api", MessageBox=janelas.MessageBox),
        "win32con": falso(
            "win32con", MB_OK=0, MB_OKCANCEL=1, MB_YESNO=4, MB_YESNOCANCEL=3, MB_ICONINFORMATION=64, MB_ICONWARNING=48
        ),
        "pythoncom": falso("pythoncom", __file__="pythoncom", ole_error=ErroDoCom, CoInitialize=lambda: None),
        "win32com": falso("win32com", client=cliente),
        "win32com.client": cliente,
        "win32gui": falso("win32gui", FindWindowEx=janelas.FindWindowEx),
        "win32process": falso("win32process", GetWindowThreadProcessId=lambda _: (1, 100)),
        "win32timezone": falso("win32timezone", TimeZoneInfo=fuso),
        "xlwings._win32patch": falso("xlwings._win32patch", CoClassBaseClass=Despacho),
    }


@cache
def modulo() -> Any:
    """O ``_xlwindows.py`` do xlwings instalado, sobre o COM de mentira."""
    janelas = _Janelas(lambda: _ATUAL[-1])
    do_ctypes = {nome: getattr(ctypes, nome, None) for nome in ("oledll", "windll", "PyDLL")}
    cria = types.SimpleNamespace(PyCom_PyObjectFromIUnknown=type("F", (), {"__call__": lambda *_: None})())
    try:
        setattr(builtins, "WindowsError", OSError)  # noqa: B010  só existe no Windows
        ctypes.oledll = ctypes.windll = janelas  # type: ignore[attr-defined]
        ctypes.PyDLL = lambda _: cria  # type: ignore[assignment,misc]
        feito = carregar(NOME, "_xlwindows.py", _falsos(janelas))
    finally:
        for nome, valor in do_ctypes.items():
            if valor is not None:
                setattr(ctypes, nome, valor)
            else:
                delattr(ctypes, nome)
    feito.subprocess = types.SimpleNamespace(run=janelas.run, PIPE=-1, STDOUT=-2, CREATE_NO_WINDOW=0)
    return feito


@contextmanager
def ligado(excel: Excel) -> Iterator[Any]:
    """O motor do xlwings para Windows sobre este Excel."""
    _ATUAL.append(excel)
    try:
        yield modulo().engine
    finally:
        _ATUAL.pop()


def abrir(excel: Excel, caminho: Path) -> xw.Book:
    """Abre a pasta e a dá como o xlwings a daria."""
    livro = excel.abrir(caminho)
    return xw.Book(impl=modulo().Book(xl=modulo().COMRetryObjectWrapper(Pasta(livro, excel))))
