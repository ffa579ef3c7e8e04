"""Leva uma lista a um arquivo .xlsx, .csv ou .pdf, por inteiro ou nada."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiche.dominio.dinheiro import escrever_reais, para_centavos
from guiche.erros import ErroDePlanilha, Local
from guiche.servicos.gravacao import escrever_inteiro

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Relatorio

Aba = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
"""Nome, cabeçalho e linhas."""


def gravar_saida(saida: Path, abas: Sequence[Aba], relatorio: Callable[[], Relatorio] | None = None) -> None:
    """Grava a lista: no .xlsx todas as abas, no .csv só a primeira, no .pdf o relatório.

    Raises:
        ErroDePlanilha: ``saida.formato``, se a extensão não é uma delas, ou não há relatório; ``disco.gravacao``.
    """
    formato = saida.suffix.lower()
    if formato == ".csv":
        escrever_inteiro(saida, _csv(abas[0]))
    elif formato == ".xlsx":
        from guiche.planilha.lista import gravar_lista  # noqa: PLC0415

        gravar_lista(saida, abas)
    elif formato == ".pdf" and relatorio:
        from guiche.documentos.relatorio import gravar_relatorio  # noqa: PLC0415

        gravar_relatorio(saida, relatorio())
    else:
        raise ErroDePlanilha("saida.formato", f"não sei gravar {formato or 'sem extensão'}", local=Local(saida.name))


def _csv(aba: Aba) -> bytes:
    _, cabecalho, linhas = aba
    texto = io.StringIO(newline="")
    saida = csv.writer(texto, delimiter=";")
    saida.writerow(cabecalho)
    for linha in linhas:
        saida.writerow([_texto(v) for v in linha])
    return texto.getvalue().encode("utf-8-sig")


def _texto(valor: Any) -> Any:
    if isinstance(valor, date):
        return f"{valor:%d/%m/%Y}"
    return escrever_reais(para_centavos(valor)) if isinstance(valor, Decimal) else valor
