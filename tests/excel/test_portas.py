"""O mesmo ato pelas duas portas: o botão da faixa e a linha de comando."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.excel.botao import FEITO
from tests.excel.conftest import ExcelDeTeste, Tela
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo


def _com_remessa(onde: Path) -> Path:
    from guiche.servicos.gerar import gerar

    onde.mkdir()
    devidos = [titulo(f"T{n}", HOJE + timedelta(days=5), f"{n}0.00") for n in (1, 2, 3)]
    caminho = montar(onde, clientes=[cliente("A")], titulos=devidos)
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


@pytest.mark.requisito("K-04")
def test_importar_pela_faixa_e_pela_linha_de_comando_faz_e_diz_o_mesmo(
    app: ExcelDeTeste, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    na_faixa, na_linha = (_com_remessa(tmp_path / nome) for nome in ("faixa", "linha"))
    for caminho in (na_faixa, na_linha):
        (remessa,) = (caminho.parent / "remessas").glob("*.rem")
        retorno(remessa, caminho.parent / "banco.ret", ["00", "01", "00"])
    tela = Tela(app, app.abrir(na_faixa), na_faixa)
    assert tela.clicar("importar", "yes", arquivo=na_faixa.parent / "banco.ret") == FEITO
    comando = ["importar", str(na_linha), str(na_linha.parent / "banco.ret"), "--confirmar"]
    assert main([*comando, "--hoje", HOJE.isoformat(), "--usuario", "ana"]) == 0
    dito = capsys.readouterr().out.splitlines()
    assert [frase for frase in dito if frase not in tela.caixas[-1]] == []
    # "linhas" é uma fórmula de ligação, que o Excel de teste não calcula; os instantes são os de cada clique
    for tabela in ("titulos", "retornos", "retorno_linhas", "caixa", "movimento_banco", "remessas"):
        feitas, esperadas = ([
            {n: v for n, v in linha.items() if n != "linhas" and not isinstance(v, datetime)}
            for linha in ler(caminho, tabela)
        ] for caminho in (na_faixa, na_linha))  # fmt: skip
        assert feitas == esperadas, tabela
    assert [t["situacao"] for t in ler(na_linha, "titulos")] == ["PAGO", "EM ABERTO", "PAGO"]
