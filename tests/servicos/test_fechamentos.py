"""Fechamentos: débito na conta da empresa, baixa nos membros, comissão uma vez só."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.debito150 import ler as ler_arquivo
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.servicos.cobranca import remessa as remessa_de_boletos
from guiche.servicos.debito.gerar import conferir
from guiche.servicos.fechamentos import atos
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as servico_do_titulo
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, ler, montar, na, retorno, titulo

DIA = HOJE + timedelta(days=10)
EMPRESA: dict[str, Any] = {
    "codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321", "conta": "98765",
    "conta_dv": "4", "vendedor": "Rita", "comissao": 0.02, "endereco": "Av. C, 3", "bairro": "Centro",
    "cidade": "Campinas", "uf": "SP", "cep": "13000-000",
}  # fmt: skip
CONTRATO = {"conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1", "formato": "CNAB400"}


def pasta(onde: Path, **empresa: Any) -> Path:
    membros = [cliente("A", 1, empresa="E1"), cliente("B", 2, empresa="E1")]
    titulos = [
        titulo("T1", DIA, "600.00", "A", fechamento="F1"),
        titulo("T2", DIA - timedelta(3), "400.00", "B", fechamento="F1"),
        titulo("T3", DIA, "50.00", "A"),
    ]  # fmt: skip
    return montar(
        onde, clientes=membros, titulos=titulos, empresas=[EMPRESA | empresa], contas=[CONTA, COBRANCA],
        cobranca=[CONTRATO], fechamentos=[{"codigo": "F1", "empresa": "E1", "vencimento": DIA}],
    )  # fmt: skip


def gerada(caminho: Path) -> Path:
    with na(caminho) as ctx:
        return atos.gerar(ctx, "", ["F1"]).arquivos[-1]


def situacoes(caminho: Path) -> dict[str, str]:
    return {str(t["numero"]): str(t["situacao"]) for t in ler(caminho, "titulos")}


@pytest.mark.requisito("S-106", "S-107")
def test_o_fechamento_vai_numa_linha_na_conta_da_empresa(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    with na(caminho) as ctx:
        do_debito = conferir(ctx)
        antes = caminho.read_bytes()
        previa = atos.conferir(ctx, "", [])
    assert caminho.read_bytes() == antes
    assert (do_debito.dados["debitos"], do_debito.dados["total_debito"]) == (1, "50.00")
    assert (previa.dados["debitos"], previa.dados["total_debito"]) == (1, "1000.00")
    arquivo = ler_arquivo(gerada(caminho).read_bytes(), "f.rem")
    colunas = ("agencia_debito", "id_cliente_banco", "valor_debito", "id_cliente_empresa")
    ((linha,),) = arquivo.detalhes("E", colunas)
    agencia, conta, valor, quem = linha[-4:]
    assert (agencia, conta.lstrip("0"), valor, quem.strip().lstrip("0")) == ("4321", "987654", 100_000, "E1")
    (f,) = ler(caminho, "fechamentos")
    assert (f["nome"], f["titulos"], f["valor"], f["situacao"]) == ("Associação", 2.0, 1000.0, "ENVIADO AO BANCO")


@pytest.mark.requisito("S-108", "S-110")
@pytest.mark.parametrize("destino", ["CAIXA", "CONTA"])
def test_pago_pelo_retorno_quita_os_membros_e_lanca_a_comissao_uma_vez(tmp_path: Path, destino: str) -> None:
    caminho = pasta(tmp_path)
    resposta = retorno(gerada(caminho), tmp_path / "r.ret", ["00"])
    with na(caminho) as ctx:
        importar(ctx, resposta, confirmar=True, baixar_em=destino)
    assert situacoes(caminho) == {"T1": "PAGO", "T2": "PAGO", "T3": "EM ABERTO"}
    movimento = ler(caminho, "caixa" if destino == "CAIXA" else "movimento_banco")
    assert {m["titulo"]: m["valor"] for m in movimento} == {"T1": 600.0, "T2": 400.0}
    assert {m["cliente"] for m in movimento} == {"A", "B"}
    (comissao,) = ler(caminho, "comissoes")
    assert [comissao[c] for c in ("vendedor", "fechamento", "base", "percentual", "valor", "retorno")] == [
        "Rita", "F1", 1000.0, 0.02, 20.0, "1",
    ]  # fmt: skip
    with na(caminho) as ctx, pytest.raises(ErroGuiche):
        importar(ctx, resposta, confirmar=True)
    assert len(ler(caminho, "comissoes")) == 1
    (f,) = ler(caminho, "fechamentos")
    assert (f["situacao"], f["recebido"], f["comissao"]) == ("PAGO", 1000.0, 20.0)


@pytest.mark.requisito("S-109")
def test_recusado_pode_se_receber_a_mao_e_enquanto_vai_nao(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    arquivo = gerada(caminho)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        atos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="")
    assert erro.value.codigo == "titulo.bloqueado"
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        servico_do_titulo.receber(ctx, "T1", 100, dia=HOJE)
    assert erro.value.codigo == "titulo.bloqueado"
    with na(caminho) as ctx:
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", ["01"]), confirmar=True)
    assert [f["situacao"] for f in ler(caminho, "fechamentos")] == ["EM ABERTO"]
    with na(caminho) as ctx:
        servico_do_titulo.receber(ctx, "T1", 10_000, dia=HOJE)
    assert [f["situacao"] for f in ler(caminho, "fechamentos")] == ["PARCIAL"]
    with na(caminho) as ctx:
        atos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="")
    assert situacoes(caminho)["T1"] == situacoes(caminho)["T2"] == "PAGO"
    assert sum(float(str(c["valor"])) for c in ler(caminho, "comissoes")) == 20.0
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        atos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="")
    assert erro.value.codigo == "titulo.valor"


@pytest.mark.requisito("S-112")
def test_boleto_do_fechamento_so_pela_conta_de_cobranca(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        atos.boletos(ctx, "BB1", ["F1"])
    assert erro.value.codigo == "conta.produto"
    with na(caminho) as ctx:
        feito = atos.boletos(ctx, "ITAU1", ["F1"])
    assert feito.dados["boletos"] == 1
    (boleto,) = ler(caminho, "boletos")
    assert (boleto["cliente"], boleto["valor"], boleto["titulos"]) == ("E1", 1000.0, "T1, T2")
    assert situacoes(caminho) == {"T1": "EM BOLETO", "T2": "EM BOLETO", "T3": "EM ABERTO"}
    with na(caminho) as ctx:
        (remessa,) = remessa_de_boletos.gerar(ctx, "").arquivos
        assert conferir(ctx).dados["debitos"] == 1
    (resposta,) = responder(remessa, tmp_path / "r.ret", agora=_agora(), escolha=Escolha(codigos=["PAGO"])).arquivos
    with na(caminho) as ctx:
        importar(ctx, resposta, confirmar=True)
    assert [c["valor"] for c in ler(caminho, "comissoes")] == [20.0]
    assert [f["situacao"] for f in ler(caminho, "fechamentos")] == ["PAGO"]


def _agora() -> Any:
    from datetime import datetime

    return datetime(2026, 8, 20, 9, 0)


def test_fechamento_em_boleto_nao_vai_a_debito_e_sem_conta_da_empresa_fica_fora(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, agencia="")
    with na(caminho) as ctx:
        previa = atos.conferir(ctx, "", ["F1"])
    assert previa.dados["debitos"] == 0
    assert "agência" in " ".join(previa.linhas)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        atos.conferir(ctx, "", ["F9"])
    assert erro.value.codigo == "fechamento.ausente"


def test_os_filtros_do_debito_nao_alcancam_o_fechamento(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    with na(caminho) as ctx:
        so = conferir(ctx, "", Filtros(por="CONVENIO", empresa=("E1", "E1")))
    assert so.dados["total_debito"] == "50.00"
