"""Débitos que o banco não quis cancelar: vão de novo, prendem o título, e há sempre uma decisão que os resolve."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from guiche.bancos.codigos import interpretar
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.livro import titulos
from guiche.oficio.resultado import Resultado
from guiche.servicos.cuidados import integridade
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.fechamentos import atos as fechamentos
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from guiche.servicos.titulos.titulo import CONSIDERAR_CANCELADO, REENVIAR, decidir_cancelamento
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo
from tests.servicos.test_fechamentos import pasta as pasta_do_fechamento

DIA = date(2026, 8, 20)


class Banco:
    """Uma pasta com um título, as remessas que dela saem e os retornos que voltam, uma linha por vez."""

    def __init__(self, onde: Path) -> None:
        self.onde, self.nsa = onde, 0
        self.caminho = montar(onde, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "50.00")])
        self.arquivos: dict[int, Path] = {}

    def gerar(self, **filtros: bool) -> Resultado:
        with na(self.caminho) as ctx:
            feito = gerar(ctx, filtros=Filtros(**filtros))  # type: ignore[arg-type]
        return self._enviar(feito)

    def estornar(self, remessa: int) -> Resultado:
        with na(self.caminho) as ctx:
            feito = enviadas.estornar(ctx, remessa)
        return self._enviar(feito)

    def _enviar(self, feito: Resultado) -> Resultado:
        if "remessa" in feito.dados:
            codigo = int(feito.dados["remessa"])
            self.arquivos[codigo] = feito.arquivos[-1]
            with na(self.caminho) as ctx:
                enviadas.marcar(ctx, codigo, "transmitida")
        return feito

    def responder(self, remessa: int, *codigos: str, movimento: str = "") -> Resultado:
        self.nsa += 1
        saida = self.onde / f"r{self.nsa}.ret"
        arquivo = retorno(self.arquivos[remessa], saida, codigos, nsa=self.nsa, movimento=movimento)
        with na(self.caminho) as ctx:
            return importar(ctx, arquivo, confirmar=True, baixar_em="CAIXA")

    def situacao(self) -> str:
        (t,) = ler(self.caminho, "titulos")
        return str(t["situacao"])

    def movimentos(self, remessa: int) -> list[str]:
        return [linha[149] for linha in self.arquivos[remessa].read_text("ascii").splitlines() if linha[0] == "E"]

    def recebido(self) -> float:
        return sum(float(str(c["valor"])) for c in ler(self.caminho, "caixa"))


@pytest.fixture
def banco(tmp_path: Path) -> Banco:
    return Banco(tmp_path)


@pytest.mark.caso("M-01")
@pytest.mark.parametrize("codigo", ["98", "01"])
def test_o_cancelamento_recusado_vai_de_novo_e_o_titulo_nao_se_debita(banco: Banco, codigo: str) -> None:
    banco.gerar()
    banco.estornar(1)
    assert banco.situacao() == "EM ABERTO"
    banco.responder(2, codigo)
    assert banco.situacao() == "CANCELAMENTO A ENVIAR"
    with na(banco.caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.receber(ctx, "T1", 5000, dia=HOJE)
    assert erro.value.codigo == "titulo.bloqueado"
    feito = banco.gerar()
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (0, 1)
    assert banco.movimentos(3) == ["1"]
    assert banco.situacao() == "CANCELAMENTO ENVIADO"
    assert banco.gerar().dados["debitos"] == 0
    banco.responder(3, "99")
    assert banco.gerar().dados["debitos"] == 1


@pytest.mark.caso("M-01")
def test_pago_no_balcao_enquanto_se_cancela_o_cancelamento_recusado_vai_de_novo(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    with na(banco.caminho) as ctx:
        servico_do_titulo.receber(ctx, "T1", 5000, dia=HOJE)
    banco.responder(2, "98")
    feito = banco.gerar()
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (0, 1)
    banco.responder(3, "99")
    assert (banco.situacao(), banco.recebido()) == ("PAGO", 50.0)


@pytest.mark.caso("M-01")
def test_estornado_enquanto_se_cancela_o_cancelamento_recusado_vai_de_novo(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    with na(banco.caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T1", "nota errada")
    banco.responder(2, "98")
    feito = banco.gerar()
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (0, 1)
    banco.responder(3, "99")
    assert banco.situacao() == "ESTORNADO"


@pytest.mark.caso("M-01")
def test_o_cancelamento_recusado_de_um_debito_velho_vai_ainda_que_haja_um_novo(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    banco.gerar()
    banco.responder(2, "98")
    with na(banco.caminho) as ctx:
        conferir(ctx, na_aba=True)
    assert [(c["titulo"], c["decisao"]) for c in ler(banco.caminho, "conferencia")] == [
        ("T1", "FORA"),
        ("T1", "CANCELAR"),
    ]
    feito = banco.gerar()
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (0, 1)
    banco.responder(3, "01")
    assert banco.situacao() == "CANCELAMENTO ENVIADO", "o débito velho ainda pode ocorrer"
    assert banco.gerar().dados["debitos"] == 0
    banco.responder(4, "99")
    assert banco.gerar().dados["debitos"] == 1


@pytest.mark.caso("M-01")
def test_debitado_pelo_velho_o_novo_se_cancela(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    banco.gerar()
    banco.responder(1, "00")
    assert banco.recebido() == 50.0
    feito = banco.gerar()
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (0, 1)
    banco.responder(4, "99")
    assert (banco.situacao(), banco.recebido()) == ("PAGO", 50.0)


@pytest.mark.caso("M-04")
def test_a_resposta_fecha_a_remessa_da_linha_que_responde(banco: Banco) -> None:
    banco.gerar()
    with na(banco.caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T1", "nota errada")
        gerar(ctx)
    banco.responder(1, "00")
    assert [(r["codigo"], r["situacao"]) for r in ler(banco.caminho, "remessas")] == [(2, "ATIVA"), (1, "PROCESSADA")]
    with na(banco.caminho) as ctx:
        enviadas.exportar(ctx, 2)
        enviadas.descartar(ctx, 2, "já debitado")
    with na(banco.caminho) as ctx:
        assert titulos.situacao(ctx.livro, "T1").estado == 4
        assert integridade.verificar(ctx).feito
    assert (banco.situacao(), banco.recebido()) == ("PAGO", 50.0)


@pytest.mark.caso("M-04")
def test_nao_debitado_e_descartado_o_cancelamento_nada_ha_a_cancelar(banco: Banco) -> None:
    banco.gerar()
    with na(banco.caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T1", "nota errada")
        gerar(ctx)
    banco.responder(1, "01")
    with na(banco.caminho) as ctx:
        enviadas.descartar(ctx, 2, "já respondido")
        assert titulos.situacao(ctx.livro, "T1").estado == 5
        assert "remessa" not in gerar(ctx).dados
    linhas = {(i["remessa"], i["movimento"]): i["codigo_retorno"] for i in ler(banco.caminho, "remessa_linhas")}
    assert linhas[1, "DÉBITO"] == "01"


@pytest.mark.caso("M-04")
def test_a_remessa_estornada_respondida_continua_estornada_e_o_cancelamento_espera(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    banco.responder(1, "01")
    assert [(r["codigo"], r["situacao"]) for r in ler(banco.caminho, "remessas")] == [(2, "ATIVA"), (1, "ESTORNADA")]
    banco.responder(2, "97")
    assert [(r["codigo"], r["situacao"]) for r in ler(banco.caminho, "remessas")] == [
        (2, "PROCESSADA"),
        (1, "ESTORNADA"),
    ]


@pytest.mark.requisito("S-60")
@pytest.mark.caso("M-09")
def test_remessa_que_nao_se_marcou_como_transmitida_nao_se_estorna(banco: Banco) -> None:
    with na(banco.caminho) as ctx:
        gerar(ctx)
    antes = banco.caminho.read_bytes()
    with na(banco.caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        enviadas.estornar(ctx, 1)
    assert (erro.value.codigo, banco.caminho.read_bytes()) == ("remessa.nao_transmitida", antes)
    with na(banco.caminho) as ctx:
        enviadas.descartar(ctx, 1, "não foi")
        assert gerar(ctx).dados["debitos"] == 1


def _com_97(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    banco.responder(2, "97")
    assert banco.situacao() == "CANCELAMENTO A ENVIAR"
    assert "remessa" not in banco.gerar().dados


@pytest.mark.caso("M-05")
def test_o_cancelamento_que_o_banco_nao_achou_se_reenvia_por_decisao(banco: Banco) -> None:
    _com_97(banco)
    with na(banco.caminho) as ctx:
        decidir_cancelamento(ctx, "T1", REENVIAR, "o banco disse que achou")
    assert banco.gerar().dados["cancelamentos"] == 1
    with na(banco.caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        decidir_cancelamento(ctx, "T1", REENVIAR, "outra vez")
    assert erro.value.codigo == "cancelamento.ausente"


@pytest.mark.caso("M-05")
def test_o_cancelamento_que_o_banco_nao_achou_se_da_por_cancelado_e_o_titulo_fica_livre(banco: Banco) -> None:
    _com_97(banco)
    with na(banco.caminho) as ctx:
        decidir_cancelamento(ctx, "T1", CONSIDERAR_CANCELADO, "o banco nunca teve o débito")
    assert banco.situacao() == "EM ABERTO"
    assert any("CONSIDERAR CANCELADO" in str(d["detalhe"]) for d in ler(banco.caminho, "diario"))
    assert banco.gerar().dados["debitos"] == 1


@pytest.mark.caso("M-05")
def test_o_cancelamento_sem_resposta_depois_do_vencimento_tambem_se_resolve(banco: Banco) -> None:
    banco.gerar()
    with na(banco.caminho) as ctx:
        servico_do_titulo.estornar(ctx, "T1", "nota errada")
    depois = DIA + timedelta(days=5)
    with na(banco.caminho, depois) as ctx, pytest.raises(ErroGuiche) as erro:
        decidir_cancelamento(ctx, "T1", REENVIAR, "tarde")
    assert erro.value.codigo == "cancelamento.decisao"
    with na(banco.caminho, depois) as ctx:
        decidir_cancelamento(ctx, "T1", CONSIDERAR_CANCELADO, "o extrato não o traz")
        assert titulos.situacao(ctx.livro, "T1").estado == 5


@pytest.mark.caso("M-06")
def test_codigo_desconhecido_ignorado_libera_o_titulo(banco: Banco) -> None:
    banco.gerar()
    banco.responder(1, "ZZ")
    assert banco.situacao() == "ENVIADO"
    with na(banco.caminho) as ctx:
        divergencias.decidir(ctx, 1, 2, "IGNORAR", motivo="o banco disse que não debitou")
    assert banco.situacao() == "EM ABERTO"
    assert banco.gerar().dados["debitos"] == 1


@pytest.mark.caso("M-06")
def test_codigo_desconhecido_no_cancelamento_ignorado_manda_cancelar_de_novo(banco: Banco) -> None:
    banco.gerar()
    banco.estornar(1)
    banco.responder(2, "ZZ")
    with na(banco.caminho) as ctx:
        divergencias.decidir(ctx, 1, 2, "IGNORAR")
    assert banco.gerar().dados["cancelamentos"] == 1


@pytest.mark.caso("M-06")
@pytest.mark.parametrize(("decisao", "titulo_"), [("VINCULAR", "T1"), ("VINCULAR", ""), ("BAIXAR PARCIAL", "T1")])
def test_codigo_desconhecido_vinculado_da_baixa(banco: Banco, decisao: str, titulo_: str) -> None:
    banco.gerar()
    banco.responder(1, "ZZ")
    with na(banco.caminho) as ctx:
        divergencias.decidir(ctx, 1, 2, decisao, titulo_)
        assert titulos.situacao(ctx.livro, "T1").estado == 4
    assert (banco.situacao(), banco.recebido()) == ("PAGO", 50.0)


@pytest.mark.caso("M-06")
@pytest.mark.requisito("S-110")
def test_codigo_desconhecido_de_fechamento_se_vincula_aos_membros_com_a_comissao(tmp_path: Path) -> None:
    caminho = pasta_do_fechamento(tmp_path)
    with na(caminho) as ctx:
        arquivo = fechamentos.gerar(ctx, "", ["F1"]).arquivos[-1]
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", ["ZZ"]), confirmar=True)
        divergencias.decidir(ctx, 1, 2, "VINCULAR")
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == {
        "T1": "PAGO", "T2": "PAGO", "T3": "EM ABERTO",
    }  # fmt: skip
    assert [c["valor"] for c in ler(caminho, "comissoes")] == [20.0]


@pytest.mark.caso("M-06")
@pytest.mark.parametrize("versao", ["04", "05", "06", "08"])
def test_dp_da_baixa_do_que_saiu_em_toda_versao(versao: str) -> None:
    assert interpretar("001", versao, "0", "DP").classe == "DEBITADO_PARCIAL"
    assert interpretar("001", versao, "1", "DP").classe == "CANCEL_RECUSADO"


@pytest.mark.caso("M-06")
def test_dp_da_baixa_so_da_parte_debitada_e_o_resto_se_cobra(banco: Banco) -> None:
    banco.gerar()
    saida = retorno(banco.arquivos[1], banco.onde / "dp.ret", ["DP"])
    linhas = saida.read_text("ascii").splitlines()
    linhas[1] = linhas[1][:52] + f"{2000:015d}" + linhas[1][67:]
    linhas[-1] = linhas[-1][:7] + f"{2000:017d}" + linhas[-1][24:]
    saida.write_bytes(("\r\n".join(linhas) + "\r\n").encode("ascii"))
    with na(banco.caminho) as ctx:
        importar(ctx, saida, confirmar=True, baixar_em="CAIXA")
    assert (banco.situacao(), banco.recebido()) == ("PARCIAL", 20.0)
    feito = banco.gerar(parcial=True)
    assert (feito.dados["debitos"], feito.dados["total_debito"]) == (1, "30.00")
