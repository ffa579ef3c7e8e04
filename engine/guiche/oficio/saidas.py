"""Leva uma lista a um arquivo .xlsx, .csv ou .pdf, por inteiro ou nada."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiche.erros import ErroDePlanilha, Local
from guiche.oficio.entrega import escrever_inteiro

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Relatorio

Aba = tuple[str, Sequence[str], Sequence[Sequence[Any]]]
"""Nome, cabeçalho e linhas."""


def lugar_livre(caminho: Path, *irmaos: str) -> Path:
    """O próprio caminho ou, se já há algo ali, o do mesmo nome com o primeiro número que ninguém tem.

    ``irmaos`` são as extensões dos outros arquivos que levam o mesmo nome: também elas têm de estar livres.
    """
    outros = (caminho.with_name(f"{caminho.stem} {n}{caminho.suffix}") for n in count(2))
    extensoes = (caminho.suffix, *irmaos)
    return next(c for c in chain([caminho], outros) if not any(c.with_suffix(e).exists() for e in extensoes))


def gravar_saida(saida: Path, abas: Sequence[Aba], relatorio: Callable[[], Relatorio] | None = None) -> None:
    """Grava a lista: no .xlsx todas as abas, no .csv só a primeira, no .pdf o relatório.

    Raises:
        ErroDePlanilha: ``saida.formato``, se a extensão não é uma delas, ou não há relatório; ``disco.gravacao``.
    """
    formato = saida.suffix.lower()
    if formato == ".csv":
        from guiche.planilha.lista import em_csv  # noqa: PLC0415

        _, cabecalho, linhas = abas[0]
        escrever_inteiro(saida, em_csv(cabecalho, linhas))
    elif formato == ".xlsx":
        from guiche.planilha.lista import gravar_lista  # noqa: PLC0415

        gravar_lista(saida, abas)
    elif formato == ".pdf" and relatorio:
        from guiche.documentos.relatorio import gravar_relatorio  # noqa: PLC0415

        gravar_relatorio(saida, relatorio())
    else:
        raise ErroDePlanilha("saida.formato", f"não sei gravar {formato or 'sem extensão'}", local=Local(saida.name))
