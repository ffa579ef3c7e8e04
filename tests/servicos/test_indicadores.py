"""Os números da aba Início contra somas feitas à mão."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from guiche.planilha.inicio import LINHAS, ROTULOS
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import estornar, receber
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo


def _quadros(caminho: Path) -> dict[str, list[tuple[Any, ...]]]:
    quadros: dict[str, list[tuple[Any, ...]]] = {}
    for linha in ler(caminho, "inicio"):
        quadros.setdefault(linha["quadro"], []).append(tuple(linha.values())[1:])
    return quadros


def test_cada_linha_no_seu_lugar() -> None:
    assert [r[0] for r in ROTULOS][LINHAS["Recebido por dia"][0] - 2] == "Recebido por dia"
    assert max(fim for _, fim in LINHAS.values()) == len(ROTULOS) + 1


def test_idades_janelas_e_resumo(tmp_path: Path) -> None:
    dias = {-90: "1.00", -61: "2.00", -60: "4.00", -31: "8.00", -30: "16.00", -1: "32.00", 0: "64.00", 30: "128.00",
            31: "256.00", 60: "512.00", 61: "1024.00", 90: "2048.00", 91: "4096.00"}  # fmt: skip
    titulos = [titulo(f"T{dia}", HOJE + timedelta(days=dia), valor, "X") for dia, valor in dias.items()]
    caminho = montar(tmp_path, titulos=[*titulos, titulo("FORA", HOJE, "9999.00", "X")])
    with na(caminho) as ctx:
        receber(ctx, "T-1", 3200, dia=HOJE)
        receber(ctx, "T0", 1400, dia=HOJE - timedelta(days=1))
        estornar(ctx, "FORA", "engano")
    quadros = _quadros(caminho)
    assert [(q, v) for _, q, v, _ in quadros["A receber por vencimento"]] == [
        (2, 3.0), (2, 12.0), (1, 16.0), (2, 178.0), (2, 768.0), (2, 3072.0), (1, 4096.0),
    ]  # fmt: skip
    assert quadros["Previsto × recebido"] == [
        ("Últimos 30 dias", 2.0, 96.0, 46.0), ("Últimos 60 dias", 4.0, 120.0, 46.0),
        ("Últimos 90 dias", 6.0, 126.0, 46.0),
    ]  # fmt: skip
    resumo = {item: (q, v) for item, q, v, _ in quadros["Resumo"]}
    assert resumo == {
        "Em aberto": (12.0, 8145.0), "Vencido": (5.0, 31.0), "Vence em 7 dias": (1.0, 50.0),
        "No banco, sem resposta": (0.0, 0.0), "Recebido hoje": (1.0, 32.0), "Recebido no mês": (2.0, 46.0),
    }  # fmt: skip
    por_dia = quadros["Recebido por dia"]
    assert (len(por_dia), por_dia[-1][:3], por_dia[-2][:3]) == (14, ("04/08", 1.0, 32.0), ("03/08", 1.0, 14.0))


def test_no_banco_e_recusas_por_motivo(tmp_path: Path) -> None:
    clientes = [cliente("A", 1)]
    caminho = montar(
        tmp_path, clientes=clientes,
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=5), "10.00", "A") for n in range(6)],
    )  # fmt: skip
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    assert next(linha for linha in _quadros(caminho)["Resumo"] if linha[0] == "No banco, sem resposta")[1:3] == (
        6,
        60.0,
    )
    ret = retorno(remessa, tmp_path / "r.ret", ["01", "01", "15", "00", "30", "01"])
    with na(caminho) as ctx:
        importar(ctx, ret, confirmar=True)
    recusas = _quadros(caminho)["Recusas por motivo, 90 dias"]
    assert [q for _, q, *_ in recusas] == [3.0, 1.0, 1.0, "", "", ""]
    assert recusas[0][0] == "A conta do pagador não tinha dinheiro no dia."
    with na(caminho, HOJE + timedelta(days=91)) as ctx:
        atualizar(ctx)
    assert [q for _, q, *_ in _quadros(caminho)["Recusas por motivo, 90 dias"]] == [""] * 6
