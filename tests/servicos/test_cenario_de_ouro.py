"""O cenário de ouro: onze títulos, todas as situações, com as suas contas exatas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as titulo_
from tests.servicos.apoio import CONTA, cliente, gravar_tabela, ler, montar, na, retorno, titulo

ANTES = date(2026, 7, 20)
CLIENTES = [
    cliente("A", 1), cliente("B", 2), cliente("C", 3, optante="Não"), cliente("D", 4, banco="104", operacao="001"),
]  # fmt: skip
TITULOS = [
    titulo("T01", date(2026, 8, 6), "100.00"),
    titulo("T02", date(2026, 8, 7), "150.00"),
    titulo("T03", date(2026, 8, 8), "200.00"),
    titulo("T04", date(2026, 8, 10), "300.00", "B", ja_recebido=Decimal("120.00")),
    titulo("T05", date(2026, 8, 10), "90.00", "C"),
    titulo("T06", date(2026, 8, 10), "75.50", tipo_doc="1"),
    titulo("T07", date(2026, 8, 11), "60.00", "B", tipo_doc="1"),
    titulo("T08", date(2026, 8, 6), "40.00", "B", tipo_doc="1"),
    titulo("T09", date(2026, 8, 12), "55.00", "D"),
    titulo("T10", date(2026, 8, 12), "500.00", fechamento="F1"),
    titulo("T11", date(2026, 8, 12), "25.25", tipo_doc="2"),
]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    """A pasta em 04/08: T06 enviado, T07 e T08 a cancelar, T11 recusado uma vez."""
    caminho = montar(tmp_path, clientes=CLIENTES, titulos=TITULOS)
    with na(caminho, ANTES) as ctx:
        gerar(ctx, filtros=Filtros(tipos_doc=frozenset({"1"})))
    with na(caminho, ANTES) as ctx:
        segunda = gerar(ctx, filtros=Filtros(tipos_doc=frozenset({"2"})))
    resposta = retorno(segunda.arquivos[-1], tmp_path / "antes.ret", ["01"], hoje=ANTES)
    with na(caminho, ANTES) as ctx:
        importar(ctx, resposta, confirmar=True)
    with na(caminho, ANTES) as ctx:
        titulo_.estornar(ctx, "T07", "devolução", "NOTA CANCELADA")
    with na(caminho, ANTES) as ctx:
        titulo_.estornar(ctx, "T08", "erro de lançamento")
    return caminho


def _destinos(dados: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {t["titulo"]: t["destino"] if t["destino"] != "FORA" else t["motivo"] for t in dados["titulos"]}


@pytest.mark.requisito("S-13", "S-14", "S-15", "S-18", "S-20", "S-31", "S-106")
def test_conferir(pasta: Path) -> None:
    antes = {p: p.read_bytes() for p in pasta.parent.rglob("*") if p.is_file()}
    with na(pasta) as ctx:
        dados = conferir(ctx).como_dict()["dados"]
    assert _destinos(dados) == {
        "T01": "prazo", "T02": "DEBITAR", "T03": "DEBITAR", "T04": "parcial", "T05": "nao_optante", "T06": "enviado",
        "T07": "CANCELAR", "T08": "CANCELAR", "T09": "outro_banco", "T10": "fechamento", "T11": "DEBITAR",
    }  # fmt: skip
    assert (dados["debitos"], dados["total_debito"]) == (3, "375.25")
    assert (dados["cancelamentos"], dados["total_cancelamento"]) == (2, "100.00")
    assert {p: p.read_bytes() for p in pasta.parent.rglob("*") if p.is_file()} == antes


def test_com_pagamento_parcial_vai_o_saldo(pasta: Path) -> None:
    with na(pasta) as ctx:
        dados = conferir(ctx, filtros=Filtros(parcial=True)).como_dict()["dados"]
    assert (dados["debitos"], dados["total_debito"]) == (4, "555.25")
    assert next(t for t in dados["titulos"] if t["titulo"] == "T04")["valor"] == "180.00"


def test_leitura_estrita(pasta: Path) -> None:
    from guiche.planilha.arquivo import PastaEmArquivo

    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "contas", [CONTA | {"antecedencia_estrita": "Sim"}])
    aberta.salvar()
    with na(pasta) as ctx:
        dados = conferir(ctx).dados
    assert (dados["debitos"], dados["total_debito"]) == (2, "225.25")


@pytest.mark.requisito("S-01", "S-20", "S-37", "S-39", "S-40", "S-41", "S-44", "K-20")
def test_gerar_e_importar(pasta: Path, tmp_path: Path) -> None:
    with na(pasta) as ctx:
        gerada = gerar(ctx)
    arquivo = gerada.arquivos[-1]
    linhas = arquivo.read_bytes().decode("ascii").split("\r\n")
    assert [linha[0] for linha in linhas[:-1]] == list("AEEEEEZ")
    assert {len(linha) for linha in linhas[:-1]} == {150}
    assert linhas[-2][1:24] == "000007" + f"{37525 + 10000:017d}"
    assert any("em cima da hora" in frase for frase in gerada.linhas)
    com_erro = [t for t in ler(pasta, "titulos") if t["situacao"] == "ENVIADO"]
    assert {t["numero"] for t in com_erro} == {"T02", "T03", "T06", "T11"}

    resposta = retorno(arquivo, tmp_path / "hoje.ret", ["00", "01", "31", "99", "98"], nsa=2)
    with na(pasta) as ctx:
        previa = importar(ctx, resposta, baixar_em="CAIXA")
    assert ler(pasta, "caixa") == []
    with na(pasta) as ctx:
        feita = importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    assert previa.dados["total_debitado"] == feita.dados["total_debitado"] == "175.25"
    assert sorted(c["valor"] for c in ler(pasta, "caixa")) == [25.25, 150.0]

    por_numero = {t["numero"]: t for t in ler(pasta, "titulos")}
    assert {n: (por_numero[n]["situacao"], por_numero[n]["estado"]) for n in ("T02", "T03", "T07", "T08", "T11")} == {
        "T02": ("PAGO", 4), "T03": ("EM ABERTO", 0), "T07": ("NOTA CANCELADA", 5),
        "T08": ("CANCELAMENTO A ENVIAR", 2), "T11": ("PAGO", 4),
    }  # fmt: skip
    assert por_numero["T03"]["motivo"] == "A conta do pagador não tinha dinheiro no dia."
    alertas = [p.mensagem for p in feita.problemas]
    assert any("T08" in a and "fora do tempo hábil" in a for a in alertas)

    antes = pasta.read_bytes()
    with na(pasta) as ctx, pytest.raises(ErroDeRegra, match=r"retorno já importado \(código 2\)"):
        importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    assert pasta.read_bytes() == antes
    assert len(ler(pasta, "caixa")) == 2
