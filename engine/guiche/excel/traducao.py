"""O que vai para as células e o que delas vem: a forma que o Excel recebe, e a que o resto do Guichê espera."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from guiche.dominio.texto import visivel
from guiche.planilha.celulas import MAIOR_TEXTO, ErroDeFormula, formula_da_ligacao, vira_formula
from guiche.planilha.linhas_em_xml import Formula
from guiche.planilha.porta import Celula

_ERROS = {
    -2146826281: "#DIV/0!", -2146826246: "#N/D", -2146826259: "#NOME?", -2146826288: "#NULO!", -2146826252: "#NÚM!",
    -2146826265: "#REF!", -2146826273: "#VALOR!", -2146826243: "#DESPEJAR!",
}  # fmt: skip
"""O inteiro que o COM dá por uma célula com erro → como se lê num Excel em português."""
_FAIXA_DOS_ERROS = range(-2146826300, -2146826199)
"""Todos os erros de célula, os que o Excel ganhou depois também."""
_MEIA_NOITE = time()
_MEIO_SEGUNDO = timedelta(seconds=0.5)


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
    """Como o arquivo fechado daria: vazio é ``""``, e data sem hora é data."""
    if valor is None:
        return ""
    if isinstance(valor, datetime):
        return valor.date() if valor.time() == _MEIA_NOITE and tipo != "momento" else valor
    lido: Celula = valor
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
    return f"'{valor}" if isinstance(valor, str) and vira_formula(valor) else valor


def igual(na_celula: Any, novo: Any) -> bool:
    """Diz se a célula já mostra o que se lhe poria: 15 algarismos, e as horas ao segundo.

    >>> igual(0.30000000000000004, 0.3), igual("007", 7.0), igual(None, "")
    (True, False, True)
    """
    if isinstance(novo, Formula):
        novo = novo.texto
    if isinstance(na_celula, ErroDeFormula):
        return False
    if na_celula in (None, "") or novo in (None, ""):
        return na_celula in (None, "") and novo in (None, "")
    if isinstance(novo, datetime):
        return isinstance(na_celula, datetime) and abs(na_celula - novo) < _MEIO_SEGUNDO
    if isinstance(novo, bool) or isinstance(na_celula, bool | str | datetime):
        return type(na_celula) is type(novo) and bool(na_celula == novo)
    return not isinstance(novo, str) and f"{float(na_celula):.15g}" == f"{float(novo):.15g}"


def iguais(na_aba: Sequence[Sequence[Any]], novas: Sequence[Sequence[Any]]) -> bool:
    """Diz se um bloco de células já mostra o que se lhe poria."""
    return len(na_aba) == len(novas) and all(
        igual(velho, novo) for a, b in zip(na_aba, novas, strict=True) for velho, novo in zip(a, b, strict=True)
    )


def do_com(valor: Any) -> Any:
    """O valor que o COM deu: erro vem como um inteiro, data com fuso, moeda como ``Decimal``."""
    if type(valor) is int:
        return ErroDeFormula(_ERROS.get(valor, "#ERRO!")) if valor in _FAIXA_DOS_ERROS else float(valor)
    if isinstance(valor, datetime):
        return datetime(  # noqa: DTZ001  a do Excel não tem fuso
            valor.year, valor.month, valor.day, valor.hour, valor.minute, valor.second, valor.microsecond
        )
    if isinstance(valor, Decimal):  # moeda
        return float(valor)
    return None if valor == "" else valor


def do_appscript(valores: list[list[Any]], textos: list[list[str]], ausente: Any) -> list[list[Any]]:
    """Os valores que o appscript deu, com o texto mostrado onde ele não dá valor: é um erro, na língua do Excel.

    >>> do_appscript([[1.0, None]], [["1", "#N/D"]], None)
    [[1.0, ErroDeFormula(texto='#N/D')]]
    """
    return [
        [ErroDeFormula(t if t.startswith("#") else "#ERRO!") if v == ausente else v for v, t in zip(a, b, strict=True)]
        for a, b in zip(valores, textos, strict=True)
    ]
