"""O nosso número que o banco dá se entende em todo layout; onde é ele que o dá, o registro vai com zeros."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.boleto.regras import banco
from guiche.erros import ErroDeCampo
from guiche.layout.carga import carregar, pasta
from guiche.remessa.composicao import compor
from guiche.remessa.numero_do_banco import forma, ler
from guiche.remessa.receita import receita
from guiche.servicos.boletos import numeros
from guiche.servicos.cobranca.porta_json import gerar
from tests.boleto.test_numeros import VARIANTES, entrada_de
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, empresa, minimo

RETORNOS = sorted(p.name.removesuffix(".toml") for p in (pasta() / "cnab").glob("*.retorno.toml"))
CASOS = [
    (retorno, variante)
    for retorno in RETORNOS
    for codigo, variante in VARIANTES
    if codigo == retorno.split(".")[0]
    and retorno.removesuffix(".retorno") in GRAVAVEIS
    and variante["id"] != "convenio_6_nn17"  # sem registro: o número é sempre de quem emite
]


@pytest.mark.caso("B-20")
@pytest.mark.parametrize(("retorno", "variante"), CASOS, ids=[f"{r}-{v['id']}" for r, v in CASOS])
@given(dados=st.data())
def test_o_numero_se_tira_da_forma_em_que_vem(retorno: str, variante: dict[str, Any], dados: st.DataObject) -> None:
    layout = carregar(f"cnab/{retorno}")
    largura = next(c.largura for c in layout.do_papel("titulo")[0].campos if c.nome == "nosso_numero")
    maior = 10 ** min(variante["nosso_numero"], largura - 1, 15) - 1
    entrada = entrada_de(layout.banco, variante, dados.draw(st.integers(1, maior)))
    numero = int(entrada["nosso_numero"])
    if banco(layout.banco).variante(entrada).id != variante["id"]:
        return
    escrito = forma(layout, entrada)
    for veio in (escrito, escrito.rjust(largura, "0"), f"{escrito} "):
        assert ler(layout, entrada | {"nosso_numero": ""}, veio) == numero


def _pedido(layout: str, empresa_: dict[str, Any], titulo: dict[str, Any]) -> str:
    textos = {n: str(v) for n, v in empresa_.items()}
    return json.dumps({"layout": layout, "data_hora": "2026-11-28T10:00:00", "empresa": textos, "titulos": [titulo]})


INTER = {"empresa_nome": "EMPRESA FICTICIA LTDA", "empresa_documento": "11222333000181", "agencia": "0001",
         "agencia_dv": "9", "conta": "1234567", "conta_dv": "8", "convenio": "1234567",
         "sequencial_arquivo": "7"}  # fmt: skip
TITULO = {"numero_documento": "D1", "valor_titulo": "100.00", "data_vencimento": "2026-12-20",
          "data_emissao": "2026-11-28", "pagador_nome": "FULANO FICTICIO", "pagador_documento": "11144477735",
          "pagador_endereco": "RUA A, 1", "pagador_bairro": "CENTRO", "pagador_cep": "01001000",
          "pagador_cidade": "SAO PAULO", "pagador_uf": "SP", "carteira": "112"}  # fmt: skip


@pytest.mark.caso("B-20")
@pytest.mark.parametrize("numero", [{"nosso_numero": "8"}, {"nosso_numero": "0"}, {}])
def test_a_porta_json_registra_com_zeros_onde_o_banco_numera(numero: dict[str, str]) -> None:
    """Inter, carteira 112: o nosso número vem no retorno; o que se dê no registro não vai, e se diz."""
    feito = gerar(_pedido("077.cnab400", INTER, TITULO | numero))
    assert feito.feito
    assert feito.conteudo
    (detalhe,) = [linha for linha in feito.conteudo.decode("ascii").split("\r\n") if linha[:1] == "1"]
    layout = carregar("cnab/077.cnab400.remessa")
    campo = next(c for c in layout.do_papel("titulo")[0].campos if c.nome == "nosso_numero")
    assert not detalhe[campo.inicio - 1 : campo.fim].strip("0 ")
    ditos = [p.mensagem for p in feito.problemas if "nosso_numero" in p.mensagem]
    assert bool(ditos) == (numero.get("nosso_numero") == "8")


@pytest.mark.caso("B-20")
def test_o_pedido_de_baixa_leva_o_numero_que_o_banco_deu() -> None:
    feito = gerar(_pedido("077.cnab400", INTER, TITULO | {"nosso_numero": "8", "comando": "baixar"}))
    assert feito.feito
    assert feito.conteudo
    assert b"00000000080"[:10] in feito.conteudo


@pytest.mark.caso("B-20")
@pytest.mark.parametrize("numero", ["", "0", "0000000000"])
def test_sem_o_numero_do_banco_nao_ha_codigo_de_barras(numero: str) -> None:
    pedido = {"banco": "077", "agencia": "0001", "convenio": "1234567", "carteira": "112", "nosso_numero": numero,
              "valor": "10.00", "vencimento": "2026-12-20"}  # fmt: skip
    (resposta,) = numeros.calcular(json.dumps([pedido])).lista or ()
    assert resposta["codigo_barras"] is None
    assert resposta["linha_digitavel"] is None
    assert "no retorno" in resposta["aviso"]
    assert resposta["espera_o_banco"]
    assert numeros.calcular(json.dumps([pedido])).feito
    (com_ele,) = numeros.calcular(json.dumps([pedido | {"nosso_numero": "8"}])).lista or ()
    assert len(com_ele["codigo_barras"]) == 44


@pytest.mark.caso("B-20")
@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_toda_carteira_em_que_o_banco_numera_vai_com_zeros(nome: str) -> None:
    layout = receita(nome).layout
    try:
        carteiras = banco(layout.banco).numera.carteiras
    except ErroDeCampo:
        return
    for carteira in sorted(carteiras):
        com_numero = compor(nome, empresa(nome) | {"carteira": carteira}, [minimo()], AGORA)
        sem_numero = compor(nome, empresa(nome) | {"carteira": carteira}, [minimo() | {"nosso_numero": ""}], AGORA)
        assert com_numero.conteudo == sem_numero.conteudo


@pytest.mark.caso("B-01")
@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_dois_registros_com_um_numero_num_arquivo_sao_erro(nome: str) -> None:
    uma = empresa(nome)
    if nome.startswith("336"):
        uma = uma | {"carteira": "20"}
    feita = compor(nome, uma, [minimo(), minimo() | {"numero_documento": "NF 2"}], AGORA)
    achados = verificar_cobranca(feita.conteudo, "remessa", AGORA.date(), f"{nome}.remessa")
    assert [a.gravidade for a in achados if a.regra.endswith(".N01")] == ["erro"]
