"""O mesmo ato pelas duas portas: o botão da faixa e a linha de comando."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guiche.atos import atos, menus
from guiche.cli import main
from guiche.excel import conversa
from guiche.excel.botao import FEITO
from guiche.servicos.cobranca import remessa as remessa_de_boletos
from guiche.servicos.treino.simulado import Escolha, responder
from tests.excel.conftest import ExcelDeTeste, Tela
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, autor, cliente, ler, montar, na, retorno, titulo


def _com_remessa(onde: Path) -> Path:
    from guiche.servicos.debito.gerar import gerar

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


@pytest.mark.requisito("S-08", "S-12")
def test_cada_produto_tem_na_faixa_as_suas_opcoes_e_elas_fazem(
    app: ExcelDeTeste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversa, "abrir_arquivo", lambda _: None)
    contrato = {"conta": "ITAU1", "carteira": "109", "formato": "CNAB400", "endereco": "Rua A, 1"}
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato],
        clientes=[cliente("A"), cliente("B", 2, optante="Não", **ENDERECO)],
        titulos=[titulo(f"T{c}", HOJE + timedelta(days=5), "10.00", c) for c in "AB"],
    )  # fmt: skip
    tela = Tela(app, app.abrir(caminho), caminho)

    def clicar(ato: str, grupo: str, arquivo: Path | None = None) -> None:
        botao = atos()[ato].botao
        assert botao is not None
        assert (botao.grupo or menus()[botao.menu]["grupo"]) == grupo
        assert tela.clicar(ato, "yes", "no", arquivo=arquivo) == FEITO, (ato, tela.caixas)

    tela.filtrar("debito", Conta="BB1", Cliente="A", Cliente_ate="A")
    tela.filtrar("boletos", Conta="ITAU1", Cliente="B", Cliente_ate="B")
    clicar("gerar", "debito")
    (remessa,) = (tmp_path / "remessas").glob("*.rem")
    clicar("importar", "debito", retorno(remessa, tmp_path / "d.ret", ["00"]))
    clicar("optantes", "debito")
    clicar("remessas_listar", "debito")
    clicar("boletos_gerar", "boletos")
    with na(caminho) as ctx:
        (arquivo,) = remessa_de_boletos.gerar(ctx, "ITAU1").arquivos
    tela.livro.close()
    tela = Tela(app, app.abrir(caminho), caminho)
    escolha = Escolha(codigos=["PAGO"])
    (resposta,) = responder(arquivo, tmp_path / "b.ret", agora=autor().agora, escolha=escolha).arquivos
    clicar("importar", "debito", resposta)
    clicar("boletos_listar", "boletos")
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "PAGO"]
    assert [o["cliente"] for o in ler(caminho, "optantes")] == ["A"]
    assert [r["tipo"] for r in ler(caminho, "remessas")] == ["COBRANCA", "DEBITO"]
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["PAGO"]
