"""A conta escrita com zeros à esquerda, ou sem eles, vai na remessa da mesma forma, em todo layout."""

from __future__ import annotations

import pytest

from guiche.boleto.entrada import NUMERICOS
from guiche.remessa.composicao import compor
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, empresa, minimo


@pytest.mark.caso("B-16")
@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_zeros_a_esquerda_nao_mudam_o_que_se_registra(nome: str) -> None:
    uma = empresa(nome)
    numericas = {chave: uma[chave].lstrip("0") for chave in NUMERICOS if str(uma.get(chave) or "").isdigit()}
    esperada = compor(nome, uma | numericas, [minimo()], AGORA).conteudo
    for zeros in ("0", "000"):
        com_zeros = {chave: zeros + valor for chave, valor in numericas.items()}
        assert compor(nome, uma | com_zeros, [minimo()], AGORA).conteudo == esperada


@pytest.mark.caso("B-16")
@pytest.mark.parametrize(("convenio", "no_arquivo"), [("123456", b"123456"), ("0123456", b"123456"), ("1234567", None)])
def test_o_beneficiario_da_caixa_e_um_so(convenio: str, no_arquivo: bytes | None) -> None:
    uma = empresa("104.cnab240") | {"convenio": convenio}
    conteudo = compor("104.cnab240", uma, [minimo()], AGORA).conteudo
    if no_arquivo:
        sem_zeros = compor("104.cnab240", uma | {"convenio": "123456"}, [minimo()], AGORA).conteudo
        assert conteudo == sem_zeros
    else:
        assert b"1234567" in conteudo
