"""A pasta de trabalho passa pelo validador depois de cada ato."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from guiche.servicos import remessas
from guiche.servicos import titulo as titulo_
from guiche.servicos.contexto import Contexto
from guiche.servicos.gerar import gerar
from guiche.servicos.importar import importar
from guiche.servicos.optantes import listar_optantes
from guiche.servicos.pasta import atualizar
from tests.planilha.test_arquivo import achados
from tests.servicos.apoio import HOJE, cliente, montar, na, retorno, titulo


def test_depois_de_cada_ato(tmp_path: Path) -> None:
    devidos = [titulo(f"T{n}", date(2026, 8, 20), f"{n}.50", "A", observacao=" <&> ") for n in range(1, 6)]
    caminho = montar(tmp_path, clientes=[cliente("A"), cliente("B", 2, banco="104")], titulos=devidos)
    assert achados(caminho) == ""
    remessa = tmp_path / "remessas" / "DBT_654321_000001.rem"
    atos: list[Callable[[Contexto], object]] = [
        gerar,
        lambda ctx: titulo_.estornar(ctx, "T1", "x"),
        lambda ctx: importar(ctx, retorno(remessa, tmp_path / "r.ret", ["97", "00", "01", "77"]), confirmar=True),
        lambda ctx: titulo_.receber(ctx, "T3", 100, dia=HOJE),
        gerar,
        lambda ctx: remessas.marcar(ctx, 2, "transmitida"),
        lambda ctx: remessas.estornar(ctx, 2),
        lambda ctx: remessas.descartar(ctx, 3, "x"),
        listar_optantes,
        atualizar,
    ]
    for n, ato in enumerate(atos):
        with na(caminho) as ctx:
            ato(ctx)
        assert achados(caminho) == "", f"depois do ato {n}"
