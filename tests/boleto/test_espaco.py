"""O espaço em que o nosso número é um só, e quem o dá: dados de cada banco, percorridos todos."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.boleto.calculo import calcular
from guiche.boleto.entrada import NUMERICOS
from guiche.boleto.numeracao import chaves, espaco, numerado_por, o_banco_numera
from guiche.boleto.regras import banco
from tests.boleto.test_numeros import CODIGOS, LAYOUTS, VARIANTES, entrada_de

por_variante = pytest.mark.parametrize(("codigo", "variante"), VARIANTES, ids=[f"{c}-{v['id']}" for c, v in VARIANTES])
_NOME = re.compile(r"[a-z_]{5,}")


def _dados(codigo: str) -> dict[str, Any]:
    return tomllib.loads((LAYOUTS / f"{codigo}.toml").read_text("utf-8"))


def _outro(entrada: dict[str, Any], nome: str) -> dict[str, Any]:
    """A mesma entrada com outro valor num dado, sem mudar de variante."""
    if nome == "ano_nosso_numero":
        return entrada | {nome: "27" if entrada.get(nome) != "27" else "28"}
    if nome == "raiz_cnpj":
        return entrada | {"documento_beneficiario": "55666777000188"}
    if nome == "byte_idt":
        return entrada | {nome: "3"}
    velho = str(entrada.get(nome) or "1")
    return entrada | {nome: velho[:-1] + str((int(velho[-1]) + 1) % 10)}


@pytest.mark.caso("B-01")
@por_variante
def test_todo_banco_diz_o_espaco_do_seu_numero(codigo: str, variante: dict[str, Any]) -> None:
    """Está nos dados, e é feito do que o código de barras, o dígito ou o número impresso levam."""
    dados = _dados(codigo)
    assert variante.get("espaco", dados.get("espaco"))
    levados = set(_NOME.findall(f"{variante['campo_livre']} {variante.get('dv')} {variante['impresso']}"))
    assert set(chaves(entrada_de(codigo, variante, 7))) <= levados | {f"{nome}()" for nome in levados}


@pytest.mark.caso("B-01")
@por_variante
def test_so_o_que_faz_o_espaco_o_muda(codigo: str, variante: dict[str, Any]) -> None:
    entrada = entrada_de(codigo, variante, 7)
    do_espaco = {nome.removesuffix("()") for nome in chaves(entrada)}
    antes = calcular(entrada)
    for nome in do_espaco - ({"convenio"} if "operacao" in do_espaco else set()):  # a operação, se há, vale por ele
        outra = _outro(entrada, nome)
        if banco(codigo).variante(outra).id != variante["id"] or (nome == "carteira" and _dados(codigo)["carteiras"]):
            continue
        depois = calcular(outra)
        assert espaco(outra) != espaco(entrada), nome
        ditos = (antes.campo_livre, antes.nosso_numero_formatado), (depois.campo_livre, depois.nosso_numero_formatado)
        assert ditos[0] != ditos[1], f"{nome}: dois espaços, e o boleto é o mesmo"
    for nome in {"agencia", "conta", "posto", "variacao", "conta_dv", "agencia_dv"} - do_espaco:
        assert espaco(_outro(entrada, nome)) == espaco(entrada), nome


@pytest.mark.caso("B-16")
@por_variante
@given(zeros=st.dictionaries(st.sampled_from(NUMERICOS), st.integers(1, 6)))
def test_zeros_a_esquerda_nao_mudam_a_conta(codigo: str, variante: dict[str, Any], zeros: dict[str, int]) -> None:
    """A conta escrita com zeros é a mesma: um código de barras, um número impresso, um espaço."""
    entrada = entrada_de(codigo, variante, 7)
    outra = entrada | {
        nome: "0" * quantos + str(entrada[nome])
        for nome, quantos in zeros.items()
        if str(entrada.get(nome) or "").isdigit()
    }
    assert calcular(outra) == calcular(entrada)
    assert espaco(outra) == espaco(entrada)
    assert banco(codigo).variante(outra) is banco(codigo).variante(entrada)


@pytest.mark.caso("B-16")
@given(codigo=st.integers(1, 9_999_999))
def test_a_forma_da_caixa_vai_pelo_valor_do_codigo(codigo: int) -> None:
    """Manual SIGCB: de 1.100.000 em diante são sete posições, sem dígito; abaixo, seis e o dígito."""
    entrada = {"banco": "104", "agencia": "1234", "carteira": "1", "nosso_numero": "1"}
    esperada = "SIGCB_7" if codigo >= 1_100_000 else "SIGCB"
    if 999_999 < codigo < 1_100_000:  # nenhum beneficiário tem código assim
        return
    for escrito in (str(codigo), f"{codigo:07d}", f"{codigo:010d}"):
        assert banco("104").variante(entrada | {"convenio": escrito}).id == esperada


@pytest.mark.caso("B-29")
@pytest.mark.parametrize(
    ("carteira", "identificador"), [("10", "3"), ("20", "4"), ("30", "3"), ("40", "4"), ("60", "3")]
)
def test_o_campo_livre_do_c6_diz_quem_emite(carteira: str, identificador: str) -> None:
    """C6, CNAB 400, junho de 2022, D019 e 10.1."""
    pedido = {"banco": "336", "agencia": "0001", "convenio": "111122223333", "carteira": carteira, "nosso_numero": "1",
              "centavos": 100}  # fmt: skip
    assert calcular(pedido).campo_livre[-1] == identificador


@pytest.mark.caso("B-20")
@pytest.mark.parametrize("codigo", CODIGOS)
def test_toda_carteira_em_que_o_banco_numera_e_dele(codigo: str) -> None:
    """As carteiras de ``banco_numera`` existem no banco; com elas numera o banco, seja quem for que emite."""
    carteiras = _dados(codigo).get("banco_numera", {}).get("carteiras", [])
    assert not _dados(codigo)["so_estas_carteiras"] or set(carteiras) <= set(_dados(codigo)["carteiras"])
    for carteira in carteiras:
        assert o_banco_numera(codigo, carteira, "")
        assert o_banco_numera(codigo, f"0{carteira}", "CLIENTE")
    assert not o_banco_numera(codigo, "99", "CLIENTE")


@pytest.mark.caso("B-20")
@pytest.mark.parametrize(
    ("codigo", "carteira", "emissor", "do_banco"),
    [
        ("077", "112", "CLIENTE", True),  # Inter, manual da remessa: o número vem no retorno
        ("077", "110", "CLIENTE", False),
        ("341", "112", "CLIENTE", True),  # Itaú, nota 3: escriturais vão com zeros
        ("341", "115", "CLIENTE", False),  # Itaú, nota 3: a faixa da 115 é do beneficiário
        ("341", "109", "BANCO", False),  # Itaú, nota 3: nas diretas o número é do beneficiário
        ("336", "10", "CLIENTE", True),
        ("336", "20", "CLIENTE", False),
        ("004", "41", "CLIENTE", True),  # BNB: zeros se não é o cliente que emite
        ("224", "112", "CLIENTE", True),  # Fibra, nota 7: zeros fora da carteira D
        ("224", "110", "CLIENTE", False),
        ("237", "09", "BANCO", True),  # Bradesco: com zeros, o número é gerado pelo banco
        ("104", "1", "BANCO", True),
        ("001", "17", "CLIENTE", False),
    ],
)
def test_quem_numera(codigo: str, carteira: str, emissor: str, do_banco: bool) -> None:
    assert o_banco_numera(codigo, carteira, emissor) is do_banco


def test_o_numero_que_o_banco_da_diz_no_codigo_de_barras_que_foi_ele() -> None:
    """Caixa: o segundo algarismo do nosso número é 1 na emissão pelo banco; no Sicredi, o byte é 1."""
    da_caixa = numerado_por(
        {"banco": "104", "agencia": "1", "convenio": "123456", "carteira": "1", "nosso_numero": "9"}
    )
    assert calcular(da_caixa).nosso_numero_formatado.startswith("11")
    do_sicredi = {"banco": "748", "agencia": "165", "posto": "2", "convenio": "623", "carteira": "1",
                  "ano_nosso_numero": "26", "nosso_numero": "3"}  # fmt: skip
    assert calcular(numerado_por(do_sicredi)).nosso_numero_formatado.startswith("26/100003")
