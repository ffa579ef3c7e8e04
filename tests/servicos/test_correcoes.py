"""Corrigir o que se descobre tarde: estornar um recebimento, desfazer um ato que não é o último."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.erros import ErroGuiche
from guiche.oficio.recepcao import Aceita
from guiche.servicos.cuidados.desfazer import desfazer, mostrar
from guiche.servicos.cuidados.integridade import verificar
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.supervisao.segredo import definir
from guiche.servicos.titulos import recebimentos
from guiche.servicos.titulos import titulo as servico_do_titulo
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo
from tests.servicos.test_desfazer import DIA, debito, desfeito, retrato
from tests.servicos.test_fechamentos import pasta as pasta_do_fechamento


def saldos(caminho: Path) -> dict[str, float]:
    return {str(t["numero"]): float(str(t["saldo"])) for t in ler(caminho, "titulos")}


def no_caixa(caminho: Path) -> float:
    return sum(float(str(c["valor"])) for c in ler(caminho, "caixa"))


@pytest.mark.caso("M-12")
@pytest.mark.requisito("S-94")
def test_um_recebimento_se_estorna_depois_de_outros_atos_e_uma_vez_so(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo(f"T{n}", DIA, "50.00") for n in (1, 2)])
    with na(caminho) as ctx:
        servico_do_titulo.receber(ctx, "T1", 5_000, dia=HOJE)
        servico_do_titulo.receber(ctx, "T2", 2_000, dia=HOJE)
        servico_do_titulo.receber(ctx, "T2", 1_000, dia=HOJE)
        recebimentos.estornar(ctx, "T1", None, "era do T2")
    assert (saldos(caminho), no_caixa(caminho)) == ({"T1": 50.0, "T2": 20.0}, 30.0)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        recebimentos.estornar(ctx, "T1", None, "outra vez")
    assert erro.value.codigo == "recebimento.ausente"
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        recebimentos.estornar(ctx, "T2", None, "qual?")
    assert erro.value.codigo == "recebimento.qual"
    with na(caminho) as ctx:
        assert sum("Recebimento" in linha for linha in servico_do_titulo.ver(ctx, "T2").linhas) == 2
        recebimentos.estornar(ctx, "T2", 3, "troco errado")
        assert verificar(ctx).feito
    assert (saldos(caminho), no_caixa(caminho)) == ({"T1": 50.0, "T2": 30.0}, 20.0)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        desfazer(ctx, "já se estornou", ato=1)
    assert erro.value.codigo == "desfazer.nao_pode"


@pytest.mark.caso("M-12")
@pytest.mark.requisito("S-110")
def test_estornado_o_recebimento_de_um_membro_a_comissao_e_o_fechamento_seguem(tmp_path: Path) -> None:
    caminho = pasta_do_fechamento(tmp_path, comissao=0.0333)
    with na(caminho) as ctx:
        arquivo = fechamentos.gerar(ctx, "", ["F1"]).arquivos[-1]
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", ["00"]), confirmar=True, baixar_em="CAIXA")
        recebimentos.estornar(ctx, "T2", None, "o banco devolveu")
    (f,) = ler(caminho, "fechamentos")
    assert (f["situacao"], f["recebido"], f["comissao"]) == ("PARCIAL", 600.0, 19.98)
    assert no_caixa(caminho) == 600.0
    with na(caminho) as ctx:
        recebimentos.estornar(ctx, "T1", None, "o banco devolveu")
    (f,) = ler(caminho, "fechamentos")
    assert (f["situacao"], f["recebido"], f["comissao"]) == ("EM ABERTO", 0.0, 0.0)
    with na(caminho) as ctx:
        assert fechamentos.gerar(ctx, "", ["F1"]).dados["total_debito"] == "1000.00"


@pytest.mark.caso("M-12")
def test_desfaz_se_um_ato_velho_de_que_nada_depende_e_em_qualquer_ordem(tmp_path: Path) -> None:
    caminho, _ = debito(tmp_path)
    aberta = retrato(caminho)
    with na(caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T1", "engano")
        servico_do_titulo.estornar(ctx, "T2", "engano")
    with na(caminho) as ctx:
        assert mostrar(ctx, 2).dados["pode"] is True
        desfazer(ctx, "engano", ato=2)
        desfazer(ctx, "engano", ato=3)
    assert retrato(caminho) == aberta
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        desfazer(ctx, "outra vez", ato=2)
    assert "já se desfez" in erro.value.mensagem


@pytest.mark.caso("M-12")
def test_a_importacao_de_que_outro_ato_depende_nao_se_desfaz_e_diz_porque(tmp_path: Path) -> None:
    caminho, enviada = debito(tmp_path)
    with na(caminho) as ctx:
        importar(ctx, retorno(enviada, tmp_path / "r.ret", ["00", "01", "01"]), confirmar=True)
        servico_do_titulo.receber(ctx, "T2", 2_000, dia=HOJE)
        gerar(ctx)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        desfazer(ctx, "errado", ato=2)
    assert "T3 já foi enviado de novo" in erro.value.mensagem
    assert "T2 já se recebeu" in erro.value.mensagem
    with na(caminho) as ctx:
        enviadas.descartar(ctx, 2, "não foi")
        recebimentos.estornar(ctx, "T2", None, "não era")
        desfazer(ctx, "errado", ato=2)
        assert verificar(ctx).feito
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"ENVIADO"}


@pytest.mark.caso("M-12")
def test_a_decisao_de_um_codigo_desconhecido_se_desfaz_com_o_debito(tmp_path: Path) -> None:
    caminho, enviada = debito(tmp_path)
    with na(caminho) as ctx:
        importar(ctx, retorno(enviada, tmp_path / "r.ret", ["ZZ", "01", "01"]), confirmar=True)
    antes = retrato(caminho)
    with na(caminho) as ctx:
        divergencias.decidir(ctx, 1, 2, "VINCULAR")
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        desfazer(ctx, "errado", ato=2)
    assert "a divergência da linha 2" in erro.value.mensagem
    desfeito(caminho)
    assert retrato(caminho) == antes


@pytest.mark.caso("M-10")
@pytest.mark.requisito("K-20")
@pytest.mark.parametrize(("segredo", "codigo"), [("", "supervisor.falta"), ("outro segredo", "supervisor.errado")])
def test_repetir_o_nsa_com_supervisor_pede_o_segredo_dele(tmp_path: Path, segredo: str, codigo: str) -> None:
    caminho, enviada = debito(tmp_path)
    primeiro = retorno(enviada, tmp_path / "r.ret", ["01", "01", "01"])
    outro = retorno(enviada, tmp_path / "s.ret", ["00", "01", "01"])
    with na(caminho) as ctx:
        definir(ctx, "abre-te sésamo", "")
        importar(ctx, primeiro, confirmar=True)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        importar(ctx, outro, confirmar=True, aceita=Aceita("o banco errou", supervisor=segredo))
    assert erro.value.codigo == codigo
    with na(caminho) as ctx:
        feito = importar(ctx, outro, confirmar=True, aceita=Aceita("o banco errou", supervisor="abre-te sésamo"))
    assert feito.dados["codigo"] == 2
