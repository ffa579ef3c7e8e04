"""O appscript de mentira: o ``_xlmac.py`` verdadeiro do xlwings corre por cima dele, sobre o Excel em memória.

O vocabulário é o do próprio xlwings (``mac_dict.py``): propriedade que ele não tem levanta ``AttributeError``, e
palavra que o comando não tem, ``TypeError``, como no appscript. Cada comando mandado conta um Apple event.
"""

from __future__ import annotations

import datetime as dt
import struct
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import xlwings as xw

from tests.excel.sistema import modelo
from tests.excel.sistema.copia import carregar, falso
from tests.excel.sistema.modelo import Aba, ErroDoExcel, Excel, Faixa, Livro, Ocupado, Tabela

NOME = "xlwings._xlmac_de_teste"
PASSOU_DO_TEMPO, SEM_PERMISSAO = -1712, -1743
_ERRO_DE_PARAMETRO, _NAO_ACHADO = -50, -1728
_PRAZO = 60
"""Segundos que o appscript espera, se não se diz outro prazo (appscript/reference.py, Command)."""
_DE_FABRICA: dict[str, set[str]] = {
    "get": {"as_"}, "set": {"to"}, "count": {"each"}, "exists": set(), "properties": set(), "activate": set(),
    "make": {"new", "at", "with_data", "with_properties"}, "quit": {"saving"}, "close": {"saving", "saving_in"},
    "save": {"in_", "as_"},
}  # fmt: skip
"""Comandos e palavras que o appscript traz consigo."""


class Palavra:
    """Uma palavra-chave (``k.x``)."""

    def __init__(self, nome: str) -> None:
        self.AS_name = nome

    def __repr__(self) -> str:
        return f"k.{self.AS_name}"


class _Palavras:
    def __init__(self) -> None:
        self._ditas: dict[str, Palavra] = {}

    def __getattr__(self, nome: str) -> Palavra:
        return self._ditas.setdefault(nome, Palavra(nome))


k = _Palavras()


class ErroDeComando(Exception):
    """``appscript.reference.CommandError``."""

    def __init__(self, numero: int, texto: str = "") -> None:
        super().__init__(numero, texto)
        self.errornumber = numero


class ErroDeEvento(Exception):
    """``aem.aemsend.EventError``."""

    def __init__(self, numero: int) -> None:
        super().__init__(numero)
        self.errornumber = numero


@dataclass
class _Vocabulario:
    nomes: set[str]
    comandos: dict[str, set[str]]


@cache
def _vocabulario() -> _Vocabulario:
    dicionario = carregar("xlwings.mac_dict_de_teste", "mac_dict.py")
    nomes = {nome for nome, _ in (*dicionario.properties, *dicionario.elements)} | {"name", "version", "frontmost"}
    comandos = {nome: {palavra for palavra, _ in palavras} for nome, _, palavras in dicionario.commands}
    for nome, palavras in _DE_FABRICA.items():
        comandos[nome] = comandos.get(nome, set()) | palavras
    return _Vocabulario(nomes, comandos)


class Referencia:
    """O caminho até um objeto; só um comando manda um evento."""

    def __init__(self, excel: Excel, passos: tuple[tuple[str, Any], ...] = ()) -> None:
        self._excel, self._passos = excel, passos

    @property
    def AS_appdata(self) -> Any:
        dados = types.SimpleNamespace(coerce=lambda _: types.SimpleNamespace(data=struct.pack("i", 100)))
        return types.SimpleNamespace(target=lambda: types.SimpleNamespace(addressdesc=dados))

    def __getattr__(self, nome: str) -> Any:
        if nome in _vocabulario().comandos:
            return Comando(self, nome)
        if nome in _vocabulario().nomes:
            return Referencia(self._excel, (*self._passos, (nome, None)))
        raise AttributeError(f"Unknown property, element or command: {nome!r}")

    def __getitem__(self, chave: Any) -> Referencia:
        *antes, (nome, _) = self._passos
        return Referencia(self._excel, (*antes, (nome, chave)))


class Comando:
    """Um comando por mandar."""

    def __init__(self, alvo: Referencia, nome: str) -> None:
        self._alvo, self._nome = alvo, nome

    def __call__(self, *posicionais: Any, **nomeados: Any) -> Any:
        excel, nome = self._alvo._excel, self._nome
        palavras = _vocabulario().comandos[nome] | {"timeout", "resulttype", "waitreply"}
        if estranhas := set(nomeados) - palavras:
            raise TypeError(f"Unknown keyword argument {estranhas}")
        nomeados.pop("timeout", None)
        try:
            excel.contar(f"{'/'.join(n for n, _ in self._alvo._passos)}.{nome}")
            if falha := excel.falha_do_excel(excel.total):
                raise ErroDeComando(falha)
            return _COMANDOS[nome](self._alvo, *posicionais, **nomeados)
        except Ocupado as erro:
            raise ErroDeComando(PASSOU_DO_TEMPO, "AppleEvent timed out") from erro
        except (ErroDoExcel, ValueError) as erro:
            raise ErroDeComando(_ERRO_DE_PARAMETRO, str(erro)) from erro
        except KeyError as erro:
            raise ErroDeComando(_NAO_ACHADO, str(erro)) from erro


def _faixa_escolhida(excel: Excel) -> Any:
    if excel.selecao is None:
        raise ErroDoExcel("o que está escolhido não são células")
    return excel.selecao


def _da_tabela(tabela: Tabela, nome: str) -> Any:
    faixa = tabela.faixa
    if nome == "range_object":
        return faixa
    return {"autofilter_object": ("filtro", tabela), "sort_object": ("ordem", tabela)}[nome]


_FILHOS: dict[type, dict[str, Callable[[Any, Any], Any]]] = {
    Excel: {
        "workbooks": lambda e, chave: e.livro(chave),
        "active_workbook": lambda e, _: e.livros[-1],
        "selection": lambda e, _: _faixa_escolhida(e),
    },
    Livro: {
        "worksheets": lambda p, chave: p.aba(chave),
        "sheets": lambda p, chave: p.aba(chave),
        "active_sheet": lambda p, _: p.aba(p.ativa),
    },
    Aba: {
        "cells": lambda a, chave: a.faixa(chave),
        "used_range": lambda a, _: a.usada(),
        "list_objects": lambda a, chave: a.tabela(chave),
        "rows": lambda a, chave: ("linha", a, chave),
    },
    Tabela: {
        "range_object": lambda t, _: _da_tabela(t, "range_object"),
        "autofilter_object": lambda t, _: ("filtro", t) if t.filtro is not None else k.missing_value,
        "sort_object": lambda t, _: ("ordem", t),
        "list_columns": lambda t, chave: ("coluna", t, chave),
    },
}


def _seguir(excel: Excel, passos: tuple[tuple[str, Any], ...]) -> tuple[Any, str]:
    """O objeto do penúltimo passo e o nome da propriedade que falta; ``""`` se o caminho acaba num objeto."""
    onde: Any = excel
    for i, (nome, chave) in enumerate(passos):
        seguinte = _FILHOS.get(type(onde), {}).get(nome) or _DOS_PARES.get((_par(onde), nome))
        if seguinte is None:
            assert i == len(passos) - 1, passos
            return onde, nome
        onde = seguinte(onde, chave)
    return onde, ""


def _par(onde: Any) -> str:
    return onde[0] if isinstance(onde, tuple) else ""


def _coluna(par: Any) -> Faixa:
    _, tabela, numero = par
    f = tabela.faixa
    return Faixa(f.aba, f.l1, f.c1 + numero - 1, f.l2, f.c1 + numero - 1)


_DOS_PARES: dict[tuple[str, str], Callable[[Any, Any], Any]] = {
    ("linha", "columns"): lambda par, chave: Faixa(par[1], par[2], chave, par[2], chave),
    ("coluna", "range_object"): lambda par, _: _coluna(par),
    ("filtro", "filters"): lambda par, chave: ("criterio", par[1], chave),
    ("ordem", "sortfieldset"): lambda par, _: ("chaves", par[1]),
}

_OPERADORES = {
    modelo.E: "autofilter_and", modelo.OU: "autofilter_or", modelo.VALORES: "filter_by_value",
    modelo.COR: "filter_by_cell_color", modelo.DINAMICO: "filter_dynamic",
}  # fmt: skip
_ORDENS = {"sort_ascending": False, "sort_descending": True}
_VISIVEL = {"visible": "sheet_visible", "hidden": "sheet_hidden", "veryHidden": "sheet_very_hidden"}


def _criterio(par: Any, nome: str) -> Any:
    _, tabela, coluna = par
    if coluna is None:
        return [_criterio(("criterio", tabela, n), nome) for n in range(1, tabela.faixa.largura + 1)]
    posto = tabela.criterios().get(coluna)
    if nome == "filter_on":
        return posto is not None
    if posto is None:
        return k.missing_value
    operador, um, dois = posto
    dado = {"operator": getattr(k, _OPERADORES[operador]) if operador else None, "criteria1": um, "criteria2": dois}[
        nome
    ]
    if isinstance(dado, tuple):
        return list(dado)
    return k.missing_value if dado is None else dado


def _celulas(faixa: Faixa, de: Callable[[Any], Any]) -> Any:
    return faixa.valores(de)


def _dado(celula: Any) -> Any:
    """Como o appscript dá a célula: erro é ``k.missing_value``, vazio é ``""``, moeda é número."""
    if modelo.erro_da(celula):
        return k.missing_value
    valor = modelo.valor_da(celula)
    if valor is None:
        return ""
    return valor if isinstance(valor, bool | str | dt.datetime) else float(valor)


def _mostrado(celula: Any) -> str:
    erro = modelo.erro_da(celula)
    valor = modelo.valor_da(celula)
    return erro[1] if erro else "" if valor is None else str(valor)


_LER: dict[type, dict[str, Callable[[Any], Any]]] = {
    Excel: {
        "screen_updating": lambda e: e.tela, "enable_events": lambda e: e.eventos, "display_alerts": lambda e: e.avisos,
        "status_bar": lambda e: e.status_bar, "version": lambda _: "16.90",
        "calculation": lambda e: getattr(k, f"calculation_{e.calculo}"),
    },
    Livro: {"name": lambda p: p.nome, "read_only": lambda p: p.so_leitura, "full_name": lambda p: p.endereco},
    Aba: {
        "name": lambda a: a.nome, "protect_contents": lambda a: a.protegida,
        "visible": lambda a: getattr(k, _VISIVEL[a.ws.sheet_state]),
        "entry_index": lambda a: a.livro.pasta.worksheets.index(a.ws) + 1,
    },
    Tabela: {
        "name": lambda t: t.nome, "total": lambda t: t.totais, "show_autofilter": lambda t: t.filtro is not None,
        "show_headers": lambda _: True,
    },
    Faixa: {
        "value": lambda f: _celulas(f, _dado), "string_value": lambda f: _celulas(f, _mostrado),
        "first_row_index": lambda f: f.l1, "first_column_index": lambda f: f.c1,
        "merge_cells": lambda f: k.missing_value if f.mescladas() is None else f.mescladas(),
        "number_format": lambda f: k.missing_value if f.formato() is None else f.formato(),
        "formula": lambda f: f.formulas()[0][0] if len(f) == 1 else f.formulas(),
    },
}  # fmt: skip


def _get(ref: Referencia, **_: Any) -> Any:
    onde, nome = _seguir(ref._excel, ref._passos)
    if _par(onde) == "criterio":
        return _criterio(onde, nome)
    return _LER[type(onde)][nome](onde)


def _recebido(valor: Any) -> Any:
    """O que chega do appscript: inteiro maior que 32 bits o Excel ignora em silêncio (xlwings#227)."""
    if isinstance(valor, dict | tuple | set):
        raise ErroDoExcel("não se empacota")
    return valor


def _escrever(faixa: Faixa, dados: Any) -> None:
    if isinstance(dados, list):
        faixa.escrever([[_recebido(v) for v in linha] for linha in dados])
    else:
        faixa.escrever(_recebido(dados))


def _por_visivel(aba: Aba, valor: Any) -> None:
    nome = "visible" if valor in {True, k.sheet_visible} else "hidden"
    aba.ws.sheet_state = nome


_POR: dict[type, dict[str, Callable[[Any, Any], Any]]] = {
    Excel: {
        "screen_updating": lambda e, v: setattr(e, "tela", v), "enable_events": lambda e, v: setattr(e, "eventos", v),
        "display_alerts": lambda e, v: setattr(e, "avisos", v), "status_bar": lambda e, v: e.barra.append(v),
        "calculation": lambda e, v: setattr(e, "calculo", v.AS_name.removeprefix("calculation_")),
    },
    Livro: {},
    Aba: {"visible": _por_visivel},
    Tabela: {
        "total": lambda t, v: t.mostrar_totais(mostra=v), "show_autofilter": lambda t, v: t.mostrar_filtro(mostra=v),
    },
    Faixa: {
        "value": _escrever, "number_format": lambda f, v: f.formatar(v),
        "formula": lambda f, v: f.escrever_formulas(v if isinstance(v, list) else [[v]]),
    },
}  # fmt: skip


def _set(ref: Referencia, valor: Any = None, **_: Any) -> None:
    onde, nome = _seguir(ref._excel, ref._passos)
    if _par(onde) == "ordem":
        return
    _POR[type(onde)][nome](onde, valor)


def _objeto(ref: Referencia) -> Any:
    onde, nome = _seguir(ref._excel, ref._passos)
    assert not nome, ref._passos
    return onde


def _existe(ref: Referencia) -> bool:
    try:
        _objeto(ref)
    except (ErroDoExcel, KeyError):
        return False
    return True


def _contar(ref: Referencia, each: Palavra) -> int:
    onde = _objeto(ref)
    contas: dict[str, Callable[[Any], int]] = {
        "row": lambda f: f.altura, "column": lambda f: f.largura, "worksheet": lambda p: len(p.abas()),
        "workbook": lambda e: len(e.livros), "list_object": lambda a: len(a.ws.tables),
    }  # fmt: skip
    return contas[each.AS_name](onde)


def _propriedades(ref: Referencia) -> dict[Palavra, Any]:
    livro = _objeto(ref)
    return {k.full_name: livro.endereco, k.path: livro.endereco.rpartition("/")[0], k.file_format: k.XML_file_format}


def _proteger(ref: Referencia, **livres: Any) -> None:
    _objeto(ref).proteger(
        ordenar=livres.get("allow_sorting", False), filtrar=livres.get("allow_filtering", False),
        formatar_colunas=livres.get("allow_formatting_columns", False), desenhos=livres.get("drawing_objects", True),
        cenarios=livres.get("scenarios", True),
    )  # fmt: skip


def _filtrar(ref: Referencia, field: int, criteria1: Any = None, operator: Any = None, criteria2: Any = None) -> None:
    faixa: Faixa = _objeto(ref)
    tabela = next(t for t in faixa.aba.ws.tables.values() if faixa.aba.faixa(t.ref) == faixa)
    numero = next((n for n, nome in _OPERADORES.items() if operator is not None and operator.AS_name == nome), 0)
    Tabela(faixa.aba, tabela).filtrar(field, numero, criteria1, criteria2)


def _chave_da_ordem(ref: Referencia, key: Referencia, order: Palavra, sorton: Any = None) -> None:
    del sorton
    tabela: Tabela = _objeto(ref)[1]
    coluna: Faixa = _objeto(key)
    tabela.por_ordem([*tabela.ordem(), (coluna.c1 - tabela.faixa.c1 + 1, _ORDENS[order.AS_name])])


_COMANDOS: dict[str, Callable[..., Any]] = {
    "get": _get,
    "set": _set,
    "exists": _existe,
    "count": _contar,
    "properties": _propriedades,
    "get_address": lambda ref, **_: _objeto(ref).endereco,
    "unprotect": lambda ref, password="": _objeto(ref).desproteger(password),
    "protect_worksheet": _proteger,
    "resize": lambda ref, range: _objeto(ref).redimensionar(_objeto(range)),  # noqa: A006  palavra do appscript
    "clear_contents": lambda ref: _objeto(ref).limpar(),
    "save": lambda ref: _objeto(ref).salvar(),
    "close": lambda ref, saving=None: _objeto(ref).fechar(),  # noqa: ARG005
    "activate_object": lambda ref: _objeto(ref).ativar() if isinstance(_objeto(ref), Aba) else None,
    "open_workbook": lambda ref, workbook_file_name, **_: ref._excel.abrir(workbook_file_name),
    "show_all_data": lambda ref: _objeto(ref)[1].mostrar_tudo(),
    "apply_filter": lambda ref: _objeto(ref)[1].reaplicar_filtro(),
    "autofilter_range": _filtrar,
    "clear_sortfieldset": lambda ref: _objeto(ref)[1].por_ordem([]),
    "add_sortfield": _chave_da_ordem,
    "apply_sort": lambda ref: _objeto(ref)[1].ordenar(),
}


class Caixa:
    """``osax.OSAX``: a caixa que passa do prazo, e a segunda permissão que se nega."""

    def __init__(self, **_: Any) -> None:
        self.excel = _ATUAL[-1]
        self.excel.contar("OSAX")
        if self.excel.falha_da_caixa == SEM_PERMISSAO:
            raise ErroDeEvento(SEM_PERMISSAO)

    def activate(self) -> None:
        self.excel.contar("OSAX.activate")

    def display_alert(
        self, titulo: str, *, message: str, buttons: Any = "OK", as_: Any = None, timeout: int = _PRAZO, **_: Any
    ) -> Any:
        del titulo, as_
        self.excel.contar("OSAX.display_alert")
        if self.excel.falha_da_caixa == PASSOU_DO_TEMPO and 0 < timeout <= _PRAZO:
            raise ErroDeComando(PASSOU_DO_TEMPO, "AppleEvent timed out")
        botoes = buttons if isinstance(buttons, list) else [buttons]
        resposta = self.excel.perguntar("yes_no" if len(botoes) > 1 else "ok", message)
        return {k.button_returned: botoes[-1] if resposta in {"yes", "ok"} else botoes[0]}


class _Processo:
    """O que o xlwings pergunta ao macOS: ``lsappinfo``, e o System Events."""

    @staticmethod
    def check_output(comando: list[str]) -> bytes:
        _ATUAL[-1].contar("lsappinfo")
        return b"ASN:0x0-0x1:Microsoft_Excel" if "visibleprocesslist" in comando else b'"pid"=100'


class _Nada:
    """Um objeto do System Events: aceita tudo, e conta."""

    def __getattr__(self, nome: str) -> Any:
        return _Nada()

    def __getitem__(self, _chave: Any) -> Any:
        return _Nada()

    def __call__(self, *_: Any, **__: Any) -> Any:
        _ATUAL[-1].contar("System Events")
        return [True]


_ATUAL: list[Excel] = []


def _aplicacao(nome: str = "", **_: Any) -> Any:
    return _Nada() if nome == "System Events" else Referencia(_ATUAL[-1])


@cache
def modulo() -> Any:
    """O ``_xlmac.py`` do xlwings instalado, sobre o appscript de mentira."""
    referencia = falso("appscript.reference", CommandError=ErroDeComando, Reference=Referencia)
    trocas = {
        "aem": falso(
            "aem", aemsend=types.SimpleNamespace(EventError=ErroDeEvento),
            kae=types.SimpleNamespace(typeKernelProcessID=b"kpid"),
        ),
        "appscript": falso(
            "appscript", its=_Nada(), k=k, mactypes=types.SimpleNamespace(), app=_aplicacao, reference=referencia
        ),
        "appscript.reference": referencia,
        "osax": falso("osax", OSAX=Caixa),
        "psutil": falso("psutil", process_iter=lambda *_: [], Process=None),
    }  # fmt: skip
    feito = carregar(NOME, "_xlmac.py", trocas)
    feito.subprocess = _Processo
    return feito


@contextmanager
def ligado(excel: Excel) -> Iterator[Any]:
    """O motor do xlwings para macOS sobre este Excel."""
    _ATUAL.append(excel)
    try:
        yield modulo().engine
    finally:
        _ATUAL.pop()


def abrir(excel: Excel, caminho: Path) -> xw.Book:
    """Abre a pasta e a dá como o xlwings a daria."""
    livro = excel.abrir(caminho)
    return xw.Book(impl=modulo().Book(modulo().App(xl=Referencia(excel)), livro.nome))
