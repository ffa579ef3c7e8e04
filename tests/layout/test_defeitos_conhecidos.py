"""Erros vistos em implementações públicas do leiaute 150; cada teste falha se o erro entrar aqui."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.debito150 import ler
from guiche.arquivos.verificar import verificar
from guiche.bancos.codigos import interpretar
from guiche.bancos.perfil import perfil
from guiche.debito.composicao import DEBITO, Escrita, Item, Remetente, compor
from guiche.dominio.cadastro import Cliente, Conta
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor

AMOSTRAS = Path(__file__).parents[1] / "amostras" / "debito150" / "compostas"
HOJE = date(2026, 2, 2)
LAYOUTS = ("v04", "v05", "v06", "v08", "v04-001", "v05-001", "v04-341", "v05-041", "v04-104")


def coluna(layout: str, registro: str, campo: str) -> str:
    return carregar(f"febraban150/{layout}").registros[registro].campo(campo).posicao


def remessa(banco: str, versao: str, valor: int = 12345, **dados: Any) -> Escrita:
    conta = Conta._make([""] * len(Conta._fields))._replace(
        banco=banco, convenio="123", empresa_nome="Panificação São João", layout_versao=versao, produto="DEBITO"
    )
    padrao = {"codigo": "1", "agencia": "12", "conta": "345", "conta_dv": "6", "cpf_cnpj": "11222333000181"}
    pessoa = Cliente._make([""] * len(Cliente._fields))._replace(**padrao | dados)
    remetente = Remetente(conta, perfil(banco), "AAAA", {"1": pessoa})
    return compor(remetente, [Item("T", "1", DEBITO, date(2026, 2, 10), valor, 7)], nsa=34, hoje=HOJE)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_o_nsa_esta_em_074_079_e_nao_em_076(layout: str) -> None:
    assert coluna(layout, "A", "nsa") == "074-079"


@pytest.mark.parametrize(("banco", "versao"), [("001", "04"), ("748", "05"), ("341", "04")])
def test_o_nsa_gravado_e_lido_de_volta(banco: str, versao: str) -> None:
    assert ler(remessa(banco, versao).conteudo, "x").nsa == 34


def test_a_identificacao_nova_do_registro_d_muda_de_lugar_so_na_08() -> None:
    assert coluna("v05", "D", "id_cliente_empresa_atual") == "045-069"
    assert coluna("v08", "D", "id_cliente_empresa_atual") == "051-075"


def test_o_uso_da_empresa_da_08_comeca_depois_da_moeda() -> None:
    assert coluna("v08", "E", "uso_empresa") == "076-128"


def test_a_06_tem_o_seu_proprio_literal() -> None:
    campo = carregar("febraban150/v06").registros["A"].campo("versao_layout")
    assert (campo.posicao, campo.fixo) == ("080-081", "06")


def test_registros_misturados_no_meio_do_arquivo() -> None:
    linhas = (AMOSTRAS / "02_v04_retorno_generico.txt").read_text("ascii").splitlines()
    detalhes = [x for x in linhas if x[0] not in "AZ"]
    outra = tradutor(carregar("febraban150/v04").registros["B"]).escrever(
        {"id_cliente_empresa": "9", "agencia_debito": "1", "id_cliente_banco": "2", "data_opcao_exclusao": HOJE,
         "codigo_movimento": "2"}
    )  # fmt: skip
    mistas = [x for f in detalhes for x in (outra, f)]
    fecho = f"Z{len(mistas) + 2:06d}" + linhas[-1][7:]
    arquivo = ler(("\r\n".join([linhas[0], *mistas, fecho]) + "\r\n").encode("ascii"), "x")
    assert not arquivo.erros
    lidos = [linha for bloco in arquivo.detalhes("F", ("codigo_retorno",)) for linha in bloco]
    assert len(lidos) == sum(1 for x in detalhes if x[0] == "F") > 1


@pytest.mark.parametrize("centavos", [1, 10, 29, 70, 115, 999_999_999_999_999, 900_719_925_474_099])
def test_o_valor_nao_passa_por_ponto_flutuante(centavos: int) -> None:
    escrita = remessa("001", "04", centavos)
    assert escrita.linhas[0][52:67] == f"{centavos:015d}"
    assert next(ler(escrita.conteudo, "x").detalhes("E", ("valor_debito",)))[0][-1] == centavos


@pytest.mark.parametrize("layout", ["v04", "v05", "v06", "v04-001", "v05-001", "v04-341"])
def test_o_vencimento_comeca_em_045_e_nao_em_044(layout: str) -> None:
    assert coluna(layout, "E", "data_vencimento") == "045-052"
    assert coluna(layout, "F", "data_vencimento_ou_debito") == "045-052"


@pytest.mark.parametrize(("documento", "tipo"), [("11222333000181", "1"), ("52998224725", "2")])
def test_cnpj_e_cpf_se_distinguem_pelo_tamanho_verdadeiro(documento: str, tipo: str) -> None:
    linha = remessa("748", "05", cpf_cnpj=documento).linhas[0]
    assert linha[129:145] == tipo + documento.rjust(15, "0")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_o_fecho_e_o_do_150_e_nao_o_do_cnab_240(layout: str) -> None:
    assert coluna(layout, "Z", "total_registros") == "002-007"
    assert coluna(layout, "Z", "valor_total") == "008-024"


def test_zeros_vao_a_esquerda_do_valor_e_da_agencia() -> None:
    linha = remessa("001", "04").linhas[0]
    assert (linha[26:30], linha[52:67]) == ("0012", "000000000012345")


def test_a_versao_do_itau_nao_e_um_pedaco_da_data() -> None:
    cabecalho = remessa("341", "04").conteudo[:150].decode("ascii")
    assert (cabecalho[65:73], cabecalho[79:81]) == ("20260202", "04")


@pytest.mark.parametrize("versao", ["04", "05"])
def test_debito_comum_nao_leva_a_marca_de_fidc(versao: str) -> None:
    assert remessa("001", versao).linhas[0][128] == " "


def test_cada_codigo_tem_o_seu_texto() -> None:
    textos = [interpretar("001", "04", "0", codigo).texto for codigo in ("01", "02", "04", "05", "10")]
    assert len(set(textos)) == len(textos)


def test_codigo_do_banco_e_texto_e_a_chave_vai_a_esquerda() -> None:
    escrita = remessa("001", "04")
    assert escrita.conteudo[42:45] == b"001"
    assert ler(escrita.conteudo, "x").banco == "001"
    assert escrita.linhas[0][69:].startswith("AAAAT0000000007")


def test_acentos_viram_letras_simples_sem_mudar_a_largura() -> None:
    linhas = remessa("001", "04").conteudo.split(b"\r\n")
    assert {len(x) for x in linhas[:-1]} == {150}
    assert linhas[0][22:42] == b"PANIFICACAO SAO JOAO"


def test_o_fecho_conta_todas_as_linhas_uma_vez() -> None:
    linhas = remessa("001", "04").conteudo.split(b"\r\n")[:-1]
    assert linhas[-1][1:7] == f"{len(linhas):06d}".encode()


@pytest.mark.parametrize("layout", ["v05", "v06", "v08"])
def test_o_documento_esta_em_131_145(layout: str) -> None:
    for registro in ("E", "F"):
        assert coluna(layout, registro, "identificacao") == "131-145"


def test_a_identificacao_do_cliente_pode_ter_letras() -> None:
    conteudo = remessa("748", "05", id_no_debito="LOJA-7B").conteudo
    assert next(ler(conteudo, "x").detalhes("E", ("id_cliente_empresa",)))[0][-1] == "LOJA-7B"


def test_registros_inventados_nao_passam() -> None:
    boa = remessa("001", "04").conteudo.split(b"\r\n")
    inventada = b"\r\n".join([boa[0], b"P" + boa[1][1:], boa[2], b""])
    assert [e.codigo for e in ler(inventada, "x").erros][:1] == ["arquivo.registro"]
    assert verificar(inventada, "x")
