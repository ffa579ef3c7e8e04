"""As manias do Excel num lugar só: o que ele devolve, o que aceita, e o que só COM ou appscript sabem."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guiche.dominio.texto import visivel
from guiche.planilha.celulas import MAIOR_TEXTO, formula_da_ligacao, vira_formula
from guiche.planilha.linhas_em_xml import Formula
from guiche.planilha.porta import Celula

if TYPE_CHECKING:
    import xlwings as xw

_MEIA_NOITE = time()


def ligacao(onde: str, abas: set[str]) -> str:
    r"""Fórmula que leva à célula; o que não é endereço de uma aba destas fica texto.

    >>> ligacao("Títulos!F12", {"Títulos"}), ligacao("=cmd|calc", {"Títulos"})
    ('=HYPERLINK("#\'Títulos\'!F12","Títulos!F12")', 'cmd|calc')
    """
    aba, separador, celula = onde.rpartition("!")
    if not separador or aba not in abas or not celula.isalnum():
        return onde.lstrip("=+-@ \t\r\n")
    return f"={formula_da_ligacao(aba, celula, onde)}"


def lida(valor: Any, tipo: str) -> Celula:
    """Como o arquivo fechado daria: vazio é ``""``, data sem hora é data, moeda é número."""
    if valor is None:
        return ""
    if isinstance(valor, datetime):
        sem_fuso = valor.replace(tzinfo=None)
        return sem_fuso.date() if sem_fuso.time() == _MEIA_NOITE and tipo != "momento" else sem_fuso
    lido: Celula = float(valor) if isinstance(valor, Decimal) else valor
    return lido


def gravavel(valor: Celula) -> Any:
    """O valor na forma que o Excel recebe; o texto que passa do que a célula guarda leva reticências."""
    if isinstance(valor, str):
        cabe = valor if len(valor) <= MAIOR_TEXTO else f"{valor[: MAIOR_TEXTO - 1]}…"
        return visivel(cabe) or None
    if isinstance(valor, Decimal):
        return float(valor)
    if isinstance(valor, date) and not isinstance(valor, datetime):
        return datetime.combine(valor, _MEIA_NOITE)
    return valor


def em_texto(valor: Any) -> Any:
    """O valor para uma célula sem formato de texto: com apóstrofo na frente, o que viraria fórmula.

    >>> em_texto("=1+1"), em_texto("Ana"), em_texto(2.5)
    ("'=1+1", 'Ana', 2.5)
    """
    if isinstance(valor, Formula):
        return f"={valor.formula}"
    return f"'{valor}" if isinstance(valor, str) and vira_formula(valor) else valor


def propriedade(api: Any, no_windows: str, no_mac: str) -> Any:
    """Uma propriedade que o xlwings não dá: COM no Windows, appscript no macOS."""
    achada = getattr(api, no_windows, None)
    if achada is None or hasattr(achada, "get"):
        achada = getattr(api, no_mac).get()
    return achada


def filtrada(tabela: xw.main.Table) -> bool:
    """Diz se a tabela tem critério de filtro; sem certeza, diz que sim: tirar de novo não custa."""
    try:
        return bool(tabela.api.AutoFilter.FilterMode)
    except AttributeError:
        return bool(tabela.show_autofilter)


@contextmanager
def desprotegida(aba: xw.Sheet) -> Iterator[None]:
    """Tira a proteção (sem senha) enquanto se escreve e a põe de volta, com o filtro e a ordem livres."""
    protegida = bool(propriedade(aba.api, "ProtectContents", "protect_contents"))
    no_mac = not hasattr(aba.api, "Unprotect")
    if protegida:
        (aba.api.unprotect if no_mac else aba.api.Unprotect)()
    try:
        yield
    finally:
        if protegida and no_mac:
            aba.api.protect_worksheet(allow_sorting=True, allow_filtering=True, allow_formatting_columns=True)
        elif protegida:
            aba.api.Protect(AllowSorting=True, AllowFiltering=True, AllowFormattingColumns=True)
