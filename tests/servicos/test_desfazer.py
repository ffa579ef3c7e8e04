"""Desfazer o último ato: tudo volta ao que era, nada se apaga, e o que depende dele não deixa."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.cli import main
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila
from guiche.servicos.cobranca import remessa as remessa_de_boletos
from guiche.servicos.cuidados.desfazer import desfazer, mostrar
from guiche.servicos.cuidados.integridade import verificar
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from tests.servicos import test_fechamentos, test_remessa_boletos, test_retorno_boletos
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo
from tests.servicos.test_retorno_boletos import AGORA, arquivo, emitidos, importado, quatro, resposta

DIA = HOJE + timedelta(days=10)
TABELAS = ("titulos", "boletos", "boleto_titulos", "divergencias", "fechamentos", "remessa_linhas")


def retrato(caminho: Path) -> dict[str, list[dict[str, Any]]]:
    """O que a pessoa vê, sem a hora em que cada linha mudou."""
    return {t: [{c: v for c, v in x.items() if c != "atualizado_em"} for x in ler(caminho, t)] for t in TABELAS}


def desfeito(caminho: Path, dia: Any = HOJE) -> str:
    with na(caminho, dia, "rui") as ctx:
        frase = desfazer(ctx, "engano").linhas[0]
    with na(caminho, dia) as ctx:
        assert verificar(ctx).problemas == ()
    return frase


def debito(onde: Path) -> tuple[Path, Path]:
    caminho = montar(onde, clientes=[cliente("A", 1)], titulos=[titulo(f"T{n}", DIA, f"{n}0.00") for n in (1, 2, 3)])
    with na(caminho) as ctx:
        return caminho, gerar(ctx).arquivos[-1]


def somas(caminho: Path, aba: str = "movimento_banco") -> float:
    return round(sum(float(str(m["valor"])) for m in ler(caminho, aba)), 2)


@pytest.mark.requisito("K-08")
def test_importacao_de_debito_volta_e_o_arquivo_pode_vir_de_novo(tmp_path: Path) -> None:
    caminho, remessa = debito(tmp_path)
    antes = retrato(caminho)
    do_banco = retorno(remessa, tmp_path / "r.ret", ["00", "01", "00"])
    with na(caminho) as ctx:
        importar(ctx, do_banco, confirmar=True)
    depois = retrato(caminho)
    assert depois != antes
    desfeito(caminho)
    assert retrato(caminho) == antes
    assert somas(caminho) == 0.0
    assert [r["situacao"] for r in ler(caminho, "remessas")] == ["ATIVA"]
    with na(caminho) as ctx:
        importar(ctx, do_banco, confirmar=True)
    assert retrato(caminho) == depois
    assert [(r["codigo"], bool(r["desfeito_em"])) for r in ler(caminho, "retornos")] == [(1.0, True), (2.0, False)]


def test_importacao_da_cobranca_volta(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        remessa_de_boletos.gerar(ctx, "")
    antes = retrato(caminho)
    linhas = [
        resposta(emitido[0], valor_tarifa=210),
        resposta(emitido[1], "02", classe="ENTRADA_CONFIRMADA"),
        resposta(emitido[2], "03", classe="ENTRADA_REJEITADA", motivos=("48",)),
        resposta(emitido[3])._replace(nosso_numero="99999999"),
    ]
    do_banco = arquivo(caminho, linhas)
    importado(caminho, do_banco)
    desfeito(caminho, AGORA.date())
    assert retrato(caminho) == antes
    assert somas(caminho) == 0.0
    with na(caminho) as ctx:
        assert {p["situacao"] for p in fila.listar(ctx).dados["pedidos"]} == {"ENVIADO"}
    feito = importado(caminho, do_banco)
    assert (feito.dados["pagos"], feito.dados["registrados"], feito.dados["ja_processados"]) == (1, 1, 0)


def test_recebimento_titulo_pedido_emissao_e_remessa(tmp_path: Path) -> None:
    caminho = test_remessa_boletos.pasta(tmp_path, 2)
    with na(caminho) as ctx:
        atualizar(ctx)
    antes = retrato(caminho)
    with na(caminho) as ctx:
        servico_do_titulo.receber(ctx, "T1", 5_000, dia=HOJE)
    assert "1 recebimento devolvido" in desfeito(caminho)
    with na(caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T2", "engano")
    desfeito(caminho)
    assert retrato(caminho) == antes
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=False)
    assert "2 boletos estornados" in desfeito(caminho)
    assert retrato(caminho)["titulos"] == antes["titulos"]
    emitidos(caminho)
    com_boletos = retrato(caminho)
    with na(caminho) as ctx:
        remessa_de_boletos.gerar(ctx, "")
    assert "os pedidos voltaram à fila" in desfeito(caminho)
    assert retrato(caminho) == com_boletos


def test_decisao_de_divergencia_volta_a_pedir_decisao(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        fila.estornar(ctx, emitido[0].id)
    importado(caminho, arquivo(caminho, [resposta(emitido[0])]))
    antes = retrato(caminho)
    with na(caminho, AGORA.date()) as ctx:
        divergencias.decidir(ctx, 1, 2, "VINCULAR", "T1")
    assert retrato(caminho) != antes
    desfeito(caminho, AGORA.date())
    assert retrato(caminho) == antes


def test_recebido_o_fechamento_desfazer_leva_a_comissao(tmp_path: Path) -> None:
    caminho = test_fechamentos.pasta(tmp_path)
    with na(caminho) as ctx:
        atualizar(ctx)
    antes = retrato(caminho)
    with na(caminho) as ctx:
        fechamentos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="")
    desfeito(caminho)
    assert retrato(caminho) == antes
    assert [c["valor"] for c in ler(caminho, "comissoes")] == [20.0, -20.0]


def test_o_que_nao_se_desfaz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        remessa_de_boletos.gerar(ctx, "")
    importado(caminho, arquivo(caminho, [resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in emitido]))
    with na(caminho) as ctx:
        fila.pedir(ctx, emitido[0].id, "conceder_abatimento", valor=100)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        desfazer(ctx, "x", ato=1)
    assert erro.value.codigo == "desfazer.nao_pode"
    with na(caminho) as ctx:
        assert mostrar(ctx).dados["pode"] is True
    assert "saiu da fila" in desfeito(caminho)
    with na(caminho) as ctx, pytest.raises(ErroGuiche):
        desfazer(ctx, "desfazer não se desfaz")
    assert main(["desfazer-mostrar", str(caminho)]) == 0, "quem só pergunta não errou"
    dito = capsys.readouterr()
    assert ("Um ato deste tipo não se desfaz por aqui." in dito.out, dito.err) == (True, "")
    assert test_retorno_boletos.estados(caminho) == ["REGISTRADO"] * 4
