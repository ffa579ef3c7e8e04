"""Que registros vão com cada comando: é dado do banco, e nada do que o comando muda se perde."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.erros import ErroDeRegra
from guiche.remessa.composicao import compor
from guiche.remessa.conferencia import usadas
from guiche.remessa.pedido import ler_pedido
from guiche.remessa.receita import receita
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, empresa, minimo

em_cada = pytest.mark.parametrize("nome", GRAVAVEIS)
_DE_TODO_TITULO = {"valor_titulo", "data_vencimento", "numero_documento", "numero_documento_empresa", "comando"}


def _segmentos(nome: str, **titulo: Any) -> list[str]:
    feita = compor(nome, empresa(nome), [minimo(1) | titulo], AGORA)
    linhas = feita.conteudo.decode("ascii").split("\r\n")
    return [linha[13] for linha in linhas if linha[7:8] == "3"]


@pytest.mark.caso("B-09")
@pytest.mark.parametrize("nome", [n for n in GRAVAVEIS if "cnab240" in n and "baixar" in receita(n).comandos])
def test_a_baixa_em_240_vai_so_com_o_p(nome: str) -> None:
    assert _segmentos(nome, comando="baixar", mensagens=["Uma", "Outra"]) == ["P"]
    assert _segmentos(nome)[:2] == ["P", "Q"]


@pytest.mark.caso("B-09")
def test_no_mesmo_arquivo_so_a_entrada_leva_o_pagador() -> None:
    titulos = [minimo(1), minimo(2) | {"comando": "baixar"}, minimo(3) | {"comando": "alterar_vencimento"}]
    feita = compor("033.cnab240", empresa("033.cnab240"), titulos, AGORA)
    detalhes = [x for x in feita.conteudo.decode("ascii").split("\r\n") if x[7:8] == "3"]
    assert [(x[13], x[15:17], x[8:13]) for x in detalhes] == [
        ("P", "01", "00001"), ("Q", "01", "00002"), ("P", "02", "00003"), ("P", "06", "00004"),
    ]  # fmt: skip
    assert feita.linhas == (3, 5, 6)


@em_cada
def test_o_que_o_comando_muda_vai_num_registro_que_o_acompanha(nome: str) -> None:
    uma = receita(nome)
    sempre = [uma.titulo, *uma.cabecalhos]
    for comando in set(uma.comandos) - {"registrar"}:
        mudadas = {chave for nomes in uma.exige.get(comando, ()) for chave in nomes.split("|")} - _DE_TODO_TITULO
        for complemento in uma.complementos:
            so_nele = (usadas(uma, [complemento.registro]) - usadas(uma, sempre)) & mudadas
            assert not so_nele or comando in complemento.comandos, (comando, complemento.registro.codigo, so_nele)


@pytest.mark.caso("B-10")
@pytest.mark.parametrize(("chaves", "campo"), [
    ({"juros_ao_mes": 100}, "2" + "12082026" + "000000000100000"),
    ({"juros_ao_dia": 100}, "1" + "12082026" + "000000000000100"),
])  # fmt: skip
def test_a_taxa_do_santander_tem_cinco_casas_e_o_valor_duas(chaves: dict[str, int], campo: str) -> None:
    titulo = minimo(1) | chaves | {"juros_desde": date(2026, 8, 12)}
    feita = compor("033.cnab240", empresa("033.cnab240"), [titulo], AGORA)
    p = next(x for x in feita.conteudo.decode("ascii").split("\r\n") if x[13:14] == "P")
    assert p[117:141] == campo


@pytest.mark.caso("B-10")
@pytest.mark.parametrize(("nome", "chaves", "campo"), [
    ("224.cnab400", {"multa_percentual": 200}, "2" + "0000000020000"),
    ("224.cnab400", {"multa": 200}, "1" + "0000000000200"),
    ("633.cnab400", {"multa_percentual": 225}, "2" + "0000000022500"),
])  # fmt: skip
def test_a_multa_em_taxa_tem_quatro_casas_no_molde_da_fibra(nome: str, chaves: dict[str, int], campo: str) -> None:
    feita = compor(nome, empresa(nome), [minimo(1) | chaves], AGORA)
    assert feita.conteudo.decode("ascii").split("\r\n")[1][89:103] == campo


@pytest.mark.caso("B-22")
@pytest.mark.parametrize(("chaves", "instrucoes", "campo"), [
    ({"multa_percentual": 200}, "1600", "0508260200000"),
    ({"multa_percentual": 1050, "multa_desde": date(2026, 8, 15)}, "1600", "1508261050000"),
    ({"abatimento": 500}, "0000", "0000000000500"),
    ({"abatimento": 500, "comando": "conceder_abatimento"}, "0000", "0000000000500"),
    ({}, "0000", "0000000000000"),
])  # fmt: skip
def test_a_multa_do_safra_vai_na_instrucao_16_e_no_campo_do_abatimento(
    chaves: dict[str, Any], instrucoes: str, campo: str
) -> None:
    """Safra, CNAB 400, 2016, 6.1.5 e 6.1.8, p. 11: data da multa, percentual 99v99 e zeros."""
    feita = compor("422.cnab400", empresa("422.cnab400"), [minimo(1) | chaves], AGORA)
    linha = feita.conteudo.decode("ascii").split("\r\n")[1]
    assert (linha[156:160], linha[205:218]) == (instrucoes, campo)
    assert not [
        a for a in verificar_cobranca(feita.conteudo, "x", None, "422.cnab400.remessa") if a.gravidade == "erro"
    ]
    (lido,) = abrir(feita.conteudo).titulos()
    assert (lido.valor_abatimento or 0) == chaves.get("abatimento", 0)


@pytest.mark.caso("B-22")
@pytest.mark.parametrize(("chaves", "razao"), [
    ({"multa_percentual": 200, "abatimento": 500}, "um dos dois"),
    ({"multa_percentual": 200, "comando": "baixar"}, "entrada"),
    ({"multa_percentual": 10000}, "duas casas"),
])  # fmt: skip
def test_a_multa_que_o_safra_nao_levaria_se_recusa(chaves: dict[str, Any], razao: str) -> None:
    with pytest.raises(ErroDeRegra, match=razao):
        compor("422.cnab400", empresa("422.cnab400"), [minimo(1) | chaves], AGORA)


@pytest.mark.caso("B-21")
@pytest.mark.parametrize(("comando", "codigo"), [
    ("registrar", "01"), ("alterar_vencimento", "06"), ("baixar", "07"), ("alterar_valor", "20"),
])  # fmt: skip
def test_os_comandos_do_inter(comando: str, codigo: str) -> None:
    assert _posicoes("077.cnab400", "1", 109, 110, comando=comando) == codigo


@pytest.mark.caso("B-13")
@pytest.mark.parametrize(("chaves", "campo"), [
    ({}, "3" + "00" + "1" + "999"),
    ({"baixa_dias": 30}, "3" + "00" + "1" + "030"),
    ({"protesto_dias": 5}, "1" + "05" + "2" + "   "),
    ({"protesto_dias": 5, "baixa_dias": 30}, "1" + "05" + "1" + "030"),
])  # fmt: skip
def test_sem_protesto_a_caixa_baixa_e_com_prazo(chaves: dict[str, int], campo: str) -> None:
    feita = compor("104.cnab240", empresa("104.cnab240"), [minimo(1) | chaves], AGORA)
    p = next(x for x in feita.conteudo.decode("ascii").split("\r\n") if x[13:14] == "P")
    assert p[220:227] == campo


@pytest.mark.caso("B-13")
def test_em_400_a_devolucao_da_caixa_tambem_tem_prazo() -> None:
    feita = compor("104.cnab400", empresa("104.cnab400"), [minimo(1)], AGORA)
    linha = feita.conteudo.decode("ascii").split("\r\n")[1]
    assert (linha[156:158], linha[391:393]) == ("02", "99")


def _da_caixa(convenio: str, formato: str = "104.cnab240") -> list[str]:
    feita = compor(formato, empresa(formato) | {"convenio": convenio}, [minimo(1)], AGORA)
    return feita.conteudo.decode("ascii").split("\r\n")


@pytest.mark.caso("B-17")
def test_o_beneficiario_de_sete_algarismos_da_caixa_tem_a_sua_versao() -> None:
    header, lote, p, *_ = _da_caixa("1234567")
    assert (header[58:72], header[163:166]) == ("1234567" + "0000000", "107")
    assert (lote[13:16], lote[33:53], lote[59:72]) == ("067", "1234567" + "0" * 13, "0" * 13)
    assert p[23:37] == "1234567" + "0000000"


@pytest.mark.caso("B-17")
@pytest.mark.parametrize("convenio", ["123456", "0123456"])
def test_o_de_seis_vai_como_ia(convenio: str) -> None:
    header, lote, p, *_ = _da_caixa(convenio)
    assert (header[58:72], header[163:166]) == ("123456" + "00000000", "101")
    assert (lote[13:16], lote[33:53], lote[59:72]) == ("060", "123456" + "0" * 14, "123456" + "0" * 7)
    assert p[23:37] == "123456" + "00000000"


@pytest.mark.caso("B-17")
@pytest.mark.parametrize(("convenio", "campo"), [("123456", " 123456"), ("1234567", "1234567")])
def test_em_400_a_versao_007_serve_aos_dois(convenio: str, campo: str) -> None:
    header, titulo, *_ = _da_caixa(convenio, "104.cnab400")
    assert (header[30:37], header[100:103], titulo[20:27]) == (campo, "007", campo)


_ZEROS_DO_ITAU = {
    "1": [(12, 13), (54, 54), (60, 66)],
    "P": [(18, 18), (24, 30), (58, 62), (106, 106), (118, 118), (142, 142), (227, 239)],
    "Q": [(210, 212)], "R": [(18, 18), (42, 42), (200, 215), (217, 228), (231, 231)], "5": [(70, 115)], "9": [(30, 35)],
}  # fmt: skip
"""Itaú, CNAB 240, janeiro de 2017, p. 8 a 11 e 16."""


@pytest.mark.caso("B-15")
def test_onde_o_manual_do_itau_pede_zeros_ha_zeros() -> None:
    titulo = minimo(1) | {"descontos": [(date(2026, 7, 10), 900), (date(2026, 7, 20), 600)], "multa": 300}
    feita = compor("341.cnab240", empresa("341.cnab240"), [titulo | {"juros_ao_dia": 7}], AGORA)
    vistos = set()
    for linha in feita.conteudo.decode("ascii").split("\r\n")[:-1]:
        qual = linha[13] if linha[7] == "3" else linha[7]
        vistos.add(qual)
        for de, ate in _ZEROS_DO_ITAU.get(qual, ()):
            assert set(linha[de - 1 : ate]) == {"0"}, (qual, de, ate)
    assert vistos >= _ZEROS_DO_ITAU.keys()


def _posicoes(nome: str, registro: str, de: int, ate: int, **titulo: Any) -> str:
    feita = compor(nome, empresa(nome), [minimo(1) | titulo], AGORA)
    linhas = feita.conteudo.decode("ascii").split("\r\n")
    achada = next(x for x in linhas if (x[13] if x[7:8] == "3" else x[7:8]) == registro or x[:1] == registro)
    return achada[de - 1 : ate]


@pytest.mark.caso("B-11", "B-12", "B-14", "B-15", "B-23")
@pytest.mark.parametrize(("nome", "registro", "de", "ate", "titulo", "certo"), [
    ("341.cnab240", "P", 107, 108, {"especie": "DM"}, "01"),
    ("341.cnab240", "P", 107, 108, {"especie": "NP"}, "02"),
    ("341.cnab240", "P", 107, 108, {"especie": "ND"}, "13"),
    ("341.cnab240", "P", 107, 108, {"especie": "CPS"}, "17"),
    ("097.cnab240", "P", 107, 108, {"especie": "DM"}, "03"),
    ("097.cnab400", "1", 95, 96, {"especie": "DM"}, "03"),
    ("097.cnab400", "1", 95, 96, {"especie": "DS"}, "05"),
    ("104.cnab240", "P", 60, 60, {}, "2"),
    ("001.cnab240", "P", 224, 227, {}, "0000"),
    ("237.cnab240", "0", 167, 171, {}, "01600"),
    ("756.cnab240", "0", 72, 72, {}, "0"),
    ("041.cnab240", "0", 164, 166, {}, "103"),
    ("041.cnab240", "1", 14, 16, {}, "060"),
    ("133.cnab400", "1", 148, 149, {"especie": "DM"}, "02"),
    ("336.cnab400", "1", 148, 149, {"especie": "DS"}, "02"),
    ("336.cnab400", "1", 148, 149, {"especie": "NP"}, "03"),
    ("021.cnab400", "1", 148, 149, {"especie": "DS"}, "11"),
    ("077.cnab400", "1", 148, 149, {"especie": "DM"}, "99"),
    ("745.cnab400", "1", 63, 64, {"especie": "DM"}, "02"),
    ("748.cnab240", "P", 107, 108, {"especie": "DMI"}, "03"),
    ("136.cnab240", "P", 118, 118, {}, "5"),
])  # fmt: skip
def test_o_codigo_e_o_do_manual_do_banco(
    nome: str, registro: str, de: int, ate: int, titulo: dict[str, Any], certo: str
) -> None:
    assert _posicoes(nome, registro, de, ate, **titulo) == certo


@pytest.mark.caso("B-15")
def test_o_valor_do_pix_do_santander_400_e_em_reais() -> None:
    titulo = {"pix_chave": "a@b.com.br", "pix_txid": "TX1"}
    assert _posicoes("033.cnab400", "8", 6, 6, **titulo) == "2"


@pytest.mark.caso("B-10")
def test_o_pedido_em_json_leva_a_taxa_com_cinco_casas() -> None:
    titulo = {
        "nosso_numero": "8", "numero_documento": "D1", "valor_titulo": "100.00", "data_vencimento": "2026-12-20",
        "pagador_nome": "Fulano", "pagador_documento": "11144477735", "pagador_endereco": "Rua A, 1",
        "pagador_cep": "01001000", "pagador_cidade": "São Paulo", "pagador_uf": "SP", "juros_ao_mes": "1.00",
    }  # fmt: skip
    da_empresa = {n: str(v) for n, v in empresa("033.cnab240").items()}
    texto = json.dumps(
        {"layout": "033.cnab240", "data_hora": "2026-11-28T10:00:00", "empresa": da_empresa, "titulos": [titulo]}
    )
    lida = ler_pedido(texto)
    linhas = compor(lida.layout, lida.empresa, lida.titulos, lida.data_hora).conteudo.decode("ascii").split("\r\n")
    assert linhas[2][126:141] == "000000000100000"
