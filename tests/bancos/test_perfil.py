"""Cada perfil compõe uma linha A e uma E que se leem de volta; onde há amostra, os mesmos bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.bancos.codigos import interpretar
from guiche.bancos.perfil import perfil, preencher
from guiche.erros import ErroDeCampo
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor

AMOSTRAS = Path(__file__).parents[1] / "amostras" / "debito150" / "compostas"
CASOS = [(b, v) for b in ("001", "104", "341", "033", "041", "748", "756", "237") for v in sorted(perfil(b).versoes)]
DO_A = {
    "convenio": "12345", "compromisso": "1", "empresa_nome": "FARMACIA MODELO LTDA", "empresa_cnpj": "11222333000181",
    "agencia": "0647", "operacao": "003", "conta": "35", "dv": "0", "ambiente": "T", "marca_teste": "TESTE",
}  # fmt: skip
DO_E = {
    "id_cliente": "4711", "agencia": "647", "operacao": "1", "conta": "12345", "dv": "6", "doc": "52998224725",
    "tipo_doc": "2", "doc15": "000052998224725", "ordem": "1",
}  # fmt: skip


@pytest.mark.parametrize(("banco", "versao"), CASOS)
def test_o_perfil_compoe_linhas_que_se_leem_de_volta(banco: str, versao: str) -> None:
    habitos = perfil(banco)
    registros = carregar(habitos.versoes[versao]).registros
    a: dict[str, Any] = preencher(habitos.mascaras("A", versao), DO_A) | {
        "codigo_remessa": "1", "codigo_banco": banco, "nome_banco": habitos.nome,
        "identificacao_servico": habitos.servico,
    }  # fmt: skip
    e: dict[str, Any] = preencher(habitos.mascaras("E", versao), DO_E) | {
        "codigo_movimento": "0",
        "uso_empresa": "CHAVE",
    }
    linha_a = tradutor(registros["A"]).escrever({**a, "data_geracao": date(2026, 2, 2), "nsa": 1})
    linha_e = tradutor(registros["E"]).escrever({**e, "data_vencimento": date(2026, 2, 10), "valor_debito": 15075})
    assert tradutor(registros["A"]).ler(linha_a)["nsa"] == 1
    lido = tradutor(registros["E"]).ler(linha_e)
    assert (lido["valor_debito"], lido["uso_empresa"], lido["codigo_moeda"]) == (15075, "CHAVE", "03")
    assert "4711" in lido["id_cliente_empresa"]
    assert "12345" in linha_e[30:50]


@pytest.mark.requisito("S-29")
def test_a_linha_da_caixa_e_igual_a_amostra() -> None:
    esperadas = (AMOSTRAS / "05_v04_remessa_caixa_siacc.txt").read_text("ascii").splitlines()
    habitos, registros = perfil("104"), carregar("febraban150/v04-104").registros
    e: dict[str, Any] = preencher(habitos.campos["E"], DO_E) | {"codigo_movimento": "0", "uso_empresa": "T0000000001"}
    e |= {"data_vencimento": date(2026, 2, 10), "valor_debito": 15075}
    assert tradutor(registros["E"]).escrever(e) == esperadas[1]
    a: dict[str, Any] = preencher(habitos.campos["A"], {**DO_A, "convenio": "123456"}) | {
        "codigo_remessa": "1",
        "codigo_banco": "104",
    }
    a |= {"nome_banco": habitos.nome, "identificacao_servico": habitos.servico}
    a |= {"data_geracao": date(2026, 2, 2), "nsa": 12, "conta_compromisso_conta": "00300000354"}
    assert tradutor(registros["A"]).escrever(a) == esperadas[0]
    partes = {"convenio": "123456", "cliente": "42", "matricula": "789"}
    assert preencher({"e02": habitos.e02_matricula}, partes) == {"e02": "1234560000000042000000789"}


def test_a_linha_do_sicredi_e_igual_a_amostra() -> None:
    esperada = (AMOSTRAS / "03_v05_remessa_sicredi.txt").read_text("ascii").splitlines()[1]
    e: dict[str, Any] = preencher(perfil("748").campos["E"], {**DO_E, "id_cliente": "52998224725", "agencia": "0268"})
    e |= {"data_vencimento": date(2026, 2, 10), "valor_debito": 31457, "codigo_movimento": "0"}
    e |= {"uso_empresa": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert tradutor(carregar("febraban150/v05").registros["E"]).escrever(e) == esperada


def test_so_a_caixa_aceita_matricula() -> None:
    assert [b for b, _ in CASOS if perfil(b).permite_matricula_em_e02] == ["104"]


@pytest.mark.parametrize("mascara", ["{nao_existe}", "{conta", "{conta:d}", "{conta.x}", "{}"])
def test_mascara_ruim_e_recusada(mascara: str) -> None:
    with pytest.raises(ErroDeCampo) as erro:
        preencher({"campo": mascara}, {"conta": "1"})
    assert erro.value.codigo == "campo.mascara"


@pytest.mark.requisito("S-41", "S-42")
@pytest.mark.parametrize(
    ("movimento", "codigo", "classe"),
    [
        ("0", "00", "DEBITADO"), ("0", "31", "DEBITADO"), ("1", "00", "CANCELADO"), ("1", "99", "CANCELADO"),
        ("1", "97", "CANCEL_RECUSADO"), ("1", "31", "CANCEL_RECUSADO"), ("1", "01", "CANCEL_RECUSADO"),
        ("0", "01", "NAO_DEBITADO"), ("0", "96", "CADASTRO"), ("0", "77", "DESCONHECIDO"), ("1", "77", "DESCONHECIDO"),
        ("5", "00", "DESCONHECIDO"),
    ],
)  # fmt: skip
def test_classe_do_codigo(movimento: str, codigo: str, classe: str) -> None:
    assert interpretar("001", "05", movimento, codigo).classe == classe
