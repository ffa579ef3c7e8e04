"""O que está no banco fica como foi: fechamentos congelados, marcas escritas à mão que não casam com ele."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.boletos import emissao
from guiche.servicos.cuidados import integridade
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.fechamentos import atos
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from tests.servicos.apoio import HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo
from tests.servicos.test_cancelamentos import Banco
from tests.servicos.test_fechamentos import DIA, gerada, pasta


def mudar(caminho: Path, numero: str, **dados: Any) -> None:
    """Escreve à mão nas células de um título da pasta."""
    aberta = PastaEmArquivo(caminho)
    folha = aberta.ler("titulos", ("numero",))
    (linha,) = (n for n, (escrito,) in zip(folha.numeros, folha.linhas, strict=True) if escrito == numero)
    aberta.atualizar("titulos", tuple(dados), {linha: tuple(dados.values())})
    aberta.salvar()


def _vinculado(caminho: Path, onde: Path, codigo: str = "00") -> Any:
    with na(caminho) as ctx:
        arquivo = onde / "remessas" / "DBT_654321_000001.rem"
        return importar(ctx, retorno(arquivo, onde / "r.ret", [codigo]), confirmar=True, baixar_em="CAIXA")


@pytest.mark.caso("M-02")
@pytest.mark.requisito("S-106")
def test_tirado_do_fechamento_que_esta_no_banco_o_titulo_nao_vai_de_outro_jeito(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    mudar(caminho, "T2", fechamento="")
    with na(caminho) as ctx:
        feito = conferir(ctx)
        assert feito.dados["debitos"] == 1
        assert any("já não diz esse fechamento" in linha for linha in feito.linhas)
        assert not integridade.verificar(ctx).feito
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.receber(ctx, "T2", 100, dia=HOJE)
    assert erro.value.codigo == "titulo.no_fechamento"
    feito = _vinculado(caminho, tmp_path)
    assert any(p.codigo == "retorno.mudado" for p in feito.problemas)
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == {
        "T1": "PAGO", "T2": "PAGO", "T3": "EM ABERTO",
    }  # fmt: skip
    assert {(c["titulo"], c["valor"], c["juros"]) for c in ler(caminho, "caixa")} == {("T1", 600, 0), ("T2", 400, 0)}
    assert [c["valor"] for c in ler(caminho, "comissoes")] == [20.0]


@pytest.mark.caso("M-02")
def test_valor_mudado_no_fechamento_que_esta_no_banco_nao_vira_juros(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    mudar(caminho, "T1", valor=200.0)
    with na(caminho) as ctx:
        assert any("mudou depois de ir com R$ 600,00" in linha for linha in atos.conferir(ctx, "", []).linhas)
    _vinculado(caminho, tmp_path)
    assert {(c["titulo"], c["valor"], c["juros"]) for c in ler(caminho, "caixa")} == {("T1", 600, 0), ("T2", 400, 0)}
    with na(caminho) as ctx:
        assert "mais que o seu valor" in str(integridade.verificar(ctx).problemas)


@pytest.mark.caso("M-02")
def test_titulo_que_entra_no_fechamento_que_esta_no_banco_fica_para_a_proxima(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    mudar(caminho, "T3", fechamento="F1")
    with na(caminho) as ctx:
        assert any("T3 entrou no fechamento F1" in linha for linha in conferir(ctx).linhas)
    _vinculado(caminho, tmp_path)
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")}["T3"] == "EM ABERTO"
    with na(caminho) as ctx:
        feito = atos.gerar(ctx, "", ["F1"])
    assert feito.dados["total_debito"] == "50.00"


@pytest.mark.caso("M-02")
def test_mudado_de_fechamento_nao_vai_em_dois(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "fechamentos", [
        {"codigo": "F1", "empresa": "E1", "vencimento": DIA}, {"codigo": "F2", "empresa": "E1", "vencimento": DIA},
    ])  # fmt: skip
    aberta.salvar()
    mudar(caminho, "T2", fechamento="F2")
    with na(caminho) as ctx:
        assert atos.conferir(ctx, "", ["F2"]).dados["debitos"] == 0


@pytest.mark.caso("M-02")
def test_recusado_o_fechamento_os_titulos_ficam_livres(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == {
        "T1": "ENVIADO", "T2": "ENVIADO", "T3": "EM ABERTO",
    }  # fmt: skip
    _vinculado(caminho, tmp_path, "01")
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"EM ABERTO"}
    with na(caminho) as ctx:
        servico_do_titulo.receber(ctx, "T2", 40_000, dia=HOJE)


@pytest.mark.caso("M-03")
@pytest.mark.requisito("S-17")
def test_titulo_de_fechamento_que_esta_no_banco_nao_se_estorna(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    for numero in ("T1", "T2"):
        with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
            servico_do_titulo.estornar(ctx, numero, "errado")
        assert erro.value.codigo == "titulo.no_fechamento"
    mudar_fechamento(caminho, encerrado="ESTORNADO")
    with na(caminho) as ctx:
        assert atos.gerar(ctx, "", ["F1"]).dados["cancelamentos"] == 1


def mudar_fechamento(caminho: Path, **dados: Any) -> None:
    """Escreve à mão na linha do fechamento F1."""
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "fechamentos", [{"codigo": "F1", "empresa": "E1", "vencimento": DIA} | dados])
    aberta.salvar()


@pytest.mark.caso("M-02")
def test_titulo_de_fechamento_no_banco_nao_vai_a_boleto(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    mudar(caminho, "T1", fechamento="")
    with na(caminho) as ctx:
        detalhes = emissao.conferir(ctx, "", Filtros(), juntar=False).detalhar()
    assert {t["titulo"]: t["motivo"] for t in detalhes["titulos_fora"]}["T1"] == "no_fechamento"


@pytest.mark.caso("M-07")
@pytest.mark.parametrize("marca", [{"encerrado": "PAGO"}, {"ja_recebido": 50.0}])
def test_marcado_como_pago_estando_no_banco_se_diz(tmp_path: Path, marca: dict[str, Any]) -> None:
    banco = Banco(tmp_path)
    banco.gerar()
    mudar(banco.caminho, "T1", **marca)
    with na(banco.caminho) as ctx:
        assert any("o débito está no banco, na remessa 1" in linha for linha in conferir(ctx).linhas)
        achado = integridade.verificar(ctx)
        assert "o débito está no banco" in str(achado.problemas)
    feito = banco.responder(1, "00")
    assert [p.codigo for p in feito.problemas if p.codigo == "retorno.mudado"] == ["retorno.mudado"]
    if "ja_recebido" in marca:
        with na(banco.caminho) as ctx:
            assert "recebeu R$ 100,00, mais que o seu valor" in str(integridade.verificar(ctx).problemas)


@pytest.mark.caso("M-07")
def test_marcado_como_pago_estando_em_boleto_se_diz(tmp_path: Path) -> None:
    from tests.servicos.test_retorno_boletos import DIA as VENCE
    from tests.servicos.test_retorno_boletos import pasta as pasta_dos_boletos

    caminho = pasta_dos_boletos(tmp_path, [titulo("T1", VENCE, "100.00")])
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=False)
    mudar(caminho, "T1", encerrado="PAGO")
    with na(caminho) as ctx:
        assert "ainda se pode pagar" in str(integridade.verificar(ctx).problemas)


def test_fechamento_de_livro_antigo_sem_membros_se_reparte_pelo_que_esta_na_pasta(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    gerada(caminho)
    with na(caminho) as ctx, ctx.livro.transacao():
        ctx.livro.executar("DELETE FROM membro")
    _vinculado(caminho, tmp_path)
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == {
        "T1": "PAGO", "T2": "PAGO", "T3": "EM ABERTO",
    }  # fmt: skip


@pytest.mark.caso("A-02")
def test_o_numero_de_um_titulo_pago_nao_serve_a_outro_cliente_sem_um_sim(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A"), cliente("B", 2)], titulos=[titulo("T1", DIA, "50.00", "A")])
    with na(caminho) as ctx:
        servico_do_titulo.receber(ctx, "T1", 5_000, dia=HOJE)
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "titulos", [titulo("T1", DIA, "70.00", "B")])
    aberta.salvar()
    with na(caminho) as ctx:
        feito = gerar(ctx)
        assert "já se usou com o cliente A" in " ".join(feito.linhas)
        assert "já se usou com o cliente A" in str(integridade.verificar(ctx).problemas)
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["NÚMERO JÁ USADO"]
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.receber(ctx, "T1", 100, dia=HOJE)
    assert erro.value.codigo == "titulo.outro_cliente"
    with na(caminho) as ctx:
        servico_do_titulo.recomecar(ctx, "T1", "é outro título")
        assert integridade.verificar(ctx).feito
        assert gerar(ctx).dados["total_debito"] == "70.00"
    assert [c["valor"] for c in ler(caminho, "caixa")] == [50.0]
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.recomecar(ctx, "T1", "no banco")
    assert erro.value.codigo == "titulo.bloqueado"
