"""O saldo de um título pago em parte cobra-se de novo, por boleto ou por débito."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.livro.sqlite import abrir
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.cuidados import integridade
from guiche.servicos.cuidados.desfazer import desfazer
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from guiche.servicos.titulos.titulo import Onde
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import HOJE, ler, na, titulo
from tests.servicos.test_fechamentos import pasta as pasta_do_fechamento
from tests.servicos.test_retorno_boletos import AGORA, DIA, pasta


def _pago_em_parte(onde: Path) -> Path:
    caminho = pasta(onde, [titulo("T1", DIA, "100.00"), titulo("T2", DIA, "80.00", "B")])
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=False)
        (enviada,) = remessa.gerar(ctx, "").arquivos
    (resposta,) = responder(
        enviada, onde / "r.ret", agora=AGORA, escolha=Escolha(codigos=["PARCIAL", "ABERTO"])
    ).arquivos
    with na(caminho) as ctx:
        importar(ctx, resposta, confirmar=True)
    return caminho


@pytest.mark.caso("A-01")
@pytest.mark.requisito("S-75")
def test_o_saldo_do_boleto_pago_a_menor_se_emite_num_boleto_novo(tmp_path: Path) -> None:
    caminho = _pago_em_parte(tmp_path)
    saldo = {t["numero"]: t["saldo"] for t in ler(caminho, "titulos")}["T1"]
    assert 0 < float(str(saldo)) < 100
    with na(caminho) as ctx:
        feito = emissao.gerar(ctx, "", Filtros(parcial=True), juntar=False)
        assert integridade.verificar(ctx).feito
    assert feito.dados["boletos"] == 1
    assert [(b["titulos"], b["valor"], b["situacao"]) for b in ler(caminho, "boletos")][-1] == (
        "T1", saldo, "A REGISTRAR",
    )  # fmt: skip
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")}["T1"] == "EM BOLETO"
    with na(caminho) as ctx:
        desfazer(ctx, "era outro valor")
        assert emissao.gerar(ctx, "", Filtros(parcial=True), juntar=False).dados["boletos"] == 1


@pytest.mark.caso("A-01")
def test_o_que_contradiz_o_livro_nao_se_diz_livro_estragado(tmp_path: Path) -> None:
    livro = abrir(tmp_path / "l.db", criar=True)
    repetida = ("DEBITO", "001", "1", 1)
    with pytest.raises(ErroGuiche) as erro, livro.transacao():
        livro.inserir("sequencia", ("produto", "banco", "convenio", "ultimo"), [repetida, repetida])
    livro.fechar()
    assert erro.value.codigo == "livro.contradicao"
    assert "estragado" not in erro.value.mensagem
    assert "constraint" not in erro.value.mensagem


@pytest.mark.caso("M-08")
@pytest.mark.requisito("S-94")
def test_no_balcao_com_desconto_o_titulo_fecha_e_so_o_dinheiro_entra_no_caixa(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "100.00")])
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=False)
        fila.estornar(ctx, 1)
        feito = servico_do_titulo.receber_com_desconto(ctx, "T1", 9_000, 1_000, Onde(HOJE, "CAIXA", ""))
    assert feito.dados == {"titulo": "T1", "valor": "90.00", "desconto": "10.00", "saldo": "0.00"}
    (t,) = ler(caminho, "titulos")
    assert (t["situacao"], t["recebido"], t["saldo"]) == ("PAGO", 100.0, 0.0)
    (c,) = ler(caminho, "caixa")
    assert (c["valor"], c["quitado"], c["desconto"]) == (90.0, 100.0, 10.0)
    with na(caminho) as ctx:
        visto = servico_do_titulo.ver(ctx, "T1")
        assert "Recebido R$ 90,00, com R$ 10,00 de desconto; saldo R$ 0,00." in visto.linhas
        assert emissao.gerar(ctx, "", Filtros(parcial=True), juntar=False).dados["boletos"] == 0
        assert integridade.verificar(ctx).feito
        desfazer(ctx, "era de outro")
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["EM ABERTO"]


@pytest.mark.caso("M-08")
@pytest.mark.parametrize(("valor", "desconto"), [(9_000, 1_001), (0, 10_000), (9_000, -1)])
def test_desconto_que_nao_serve_se_recusa(tmp_path: Path, valor: int, desconto: int) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "100.00")])
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.receber_com_desconto(ctx, "T1", valor, desconto, Onde(HOJE, "CAIXA", ""))
    assert erro.value.codigo == "titulo.valor"


@pytest.mark.caso("M-08")
@pytest.mark.requisito("S-109", "S-110")
def test_fechamento_com_desconto_fecha_e_a_comissao_e_do_que_entrou(tmp_path: Path) -> None:
    caminho = pasta_do_fechamento(tmp_path)
    with na(caminho) as ctx:
        fechamentos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="", desconto=10_000)
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == {
        "T1": "PAGO", "T2": "PAGO", "T3": "EM ABERTO",
    }  # fmt: skip
    assert sum(float(str(c["valor"])) for c in ler(caminho, "caixa")) == 900.0
    assert [c["valor"] for c in ler(caminho, "comissoes")] == [18.0]
