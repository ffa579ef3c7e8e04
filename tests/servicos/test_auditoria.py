"""A pasta de trabalho passa pelo validador depois de cada ato."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.dominio.filtros import Filtros
from guiche.oficio.contexto import Contexto
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.debito.optantes import listar_optantes
from guiche.servicos.pasta.abas import atualizar, mostrar_tudo
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as titulo_
from tests.ooxml import sdk
from tests.planilha.test_arquivo import achados
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, montar, na, retorno, titulo


def test_depois_de_cada_ato(tmp_path: Path) -> None:
    devidos = [titulo(f"T{n}", date(2026, 8, 20), f"{n}.50", "A", observacao=" <&> ") for n in range(1, 6)]
    caminho = montar(
        tmp_path, clientes=[cliente("A"), cliente("B", 2, banco="104")], titulos=devidos, contas=[CONTA, COBRANCA],
        cobranca=[{"conta": "ITAU1", "carteira": "109", "formato": "CNAB400", "multa": 0.02, "endereco": "Rua A, 1"}],
    )  # fmt: skip
    assert achados(caminho) == ""
    remessa = tmp_path / "remessas" / "DBT_654321_000001.rem"
    atos: list[Callable[[Contexto], object]] = [
        gerar,
        lambda ctx: titulo_.estornar(ctx, "T1", "x"),
        lambda ctx: importar(ctx, retorno(remessa, tmp_path / "r.ret", ["97", "00", "01", "77"]), confirmar=True),
        lambda ctx: titulo_.receber(ctx, "T3", 100, dia=HOJE),
        gerar,
        lambda ctx: enviadas.marcar(ctx, 2, "transmitida"),
        lambda ctx: enviadas.estornar(ctx, 2),
        lambda ctx: enviadas.descartar(ctx, 3, "x"),
        listar_optantes,
        lambda ctx: emissao.gerar(ctx, "", Filtros(parcial=True, optantes=True), juntar=True),
        lambda ctx: fila.estornar(ctx, 1),
        mostrar_tudo,
        atualizar,
    ]
    for n, ato in enumerate(atos):
        with na(caminho) as ctx:
            ato(ctx)
        assert achados(caminho) == "", f"depois do ato {n}"


@pytest.mark.parametrize("versao", ["Microsoft365", "Office2016"])
def test_o_validador_da_microsoft_nao_acha_nada_nas_pastas(
    tmp_path: Path, ooxml_validate: list[str], versao: str
) -> None:
    """A vazia, a do exemplo depois de todo o caminho, a lista de optantes e o arquivo explicado."""
    main(["demo", "--em", str(tmp_path), "--hoje", "2026-08-04"])
    main(["novo", str(tmp_path / "Vazia.xlsx")])
    (retornado,) = (tmp_path / "retornos").glob("DBT*")
    main(["arquivo", "explicar", str(retornado), "--saida", str(tmp_path / "explicado.xlsx")])
    pastas = sorted(tmp_path.glob("*.xlsx"))
    assert [p.name for p in pastas] == ["Farmácia Modelo.xlsx", "Optantes.xlsx", "Vazia.xlsx", "explicado.xlsx"]
    assert {p.name: sdk(ooxml_validate, p, versao) for p in pastas} == {p.name: [] for p in pastas}
