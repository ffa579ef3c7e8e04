"""Grava listas simples em .xlsx: cabeçalho em negrito, larguras pelo conteúdo, texto que fica texto."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from guiche.dominio.dinheiro import escrever_reais, para_centavos
from guiche.dominio.texto import visivel
from guiche.erros import ErroDePlanilha, Local, do_sistema
from guiche.planilha.acabamento import acabar
from guiche.planilha.celulas import MAIOR_TEXTO, vira_formula

_LARGURA_MAXIMA = 60
FORMATOS = {str: "@", date: "dd/mm/yyyy", datetime: "dd/mm/yyyy hh:mm", Decimal: "#,##0.00"}


def gravar_lista(caminho: Path, abas: Sequence[tuple[str, Sequence[str], Sequence[Sequence[Any]]]]) -> None:
    """Escreve cada aba (nome, cabeçalho, linhas), por inteiro ou nada.

    Raises:
        ErroDePlanilha: ``disco.gravacao``.
    """
    from openpyxl import Workbook  # noqa: PLC0415  só quem exporta paga por ele

    pasta = Workbook()
    pasta.remove(pasta.worksheets[0])
    for nome, cabecalho, linhas in abas:
        _preencher(pasta.create_sheet(nome), cabecalho, linhas)
    provisorio = caminho.with_name(f".{caminho.name}.provisorio")
    try:
        caminho.parent.mkdir(parents=True, exist_ok=True)
        memoria = BytesIO()
        pasta.save(memoria)
        with provisorio.open("wb") as arquivo:
            arquivo.write(acabar(memoria.getvalue()))
            os.fsync(arquivo.fileno())
        provisorio.replace(caminho)
    except OSError as erro:
        texto = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDePlanilha("disco.gravacao", texto, local=Local(caminho.name)) from erro


def _preencher(aba: Any, cabecalho: Sequence[str], linhas: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    aba.append(list(cabecalho))
    for celula in aba[1]:
        celula.font = Font(bold=True)
        celula.data_type = "s"
    for linha in linhas:
        aba.append([visivel(v)[:MAIOR_TEXTO] if isinstance(v, str) else v for v in linha])
        for celula in aba[aba.max_row]:
            celula.number_format = FORMATOS.get(type(celula.value), "General")
            if isinstance(celula.value, str):
                celula.data_type = "s"
    aba.freeze_panes = "A2"
    for i, titulo in enumerate(cabecalho):
        maior = max([len(titulo), *(len(str(linha[i])) for linha in linhas if linha[i] is not None)])
        aba.column_dimensions[get_column_letter(i + 1)].width = min(maior + 2, _LARGURA_MAXIMA)


def em_csv(cabecalho: Sequence[str], linhas: Sequence[Sequence[Any]]) -> bytes:
    """Um CSV que o Excel brasileiro abre; texto que viraria fórmula leva um apóstrofo na frente."""
    texto = StringIO(newline="")
    saida = csv.writer(texto, delimiter=";")
    saida.writerow(cabecalho)
    for linha in linhas:
        saida.writerow([_no_csv(valor) for valor in linha])
    return texto.getvalue().encode("utf-8-sig")


def _no_csv(valor: Any) -> Any:
    if isinstance(valor, date):
        return f"{valor:%d/%m/%Y}"
    if isinstance(valor, Decimal):
        return escrever_reais(para_centavos(valor))
    if isinstance(valor, str):
        return f"'{visivel(valor)}" if vira_formula(valor) else visivel(valor)
    return valor
