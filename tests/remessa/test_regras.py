"""O que a remessa decide: números na forma do banco, encargos no que ele aceita, o que se recusa e o que se avisa."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guiche.boleto.calculo import calcular
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche
from guiche.layout.codec import tradutor
from guiche.remessa.composicao import Remessa, compor
from guiche.remessa.receita import receita
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, SO_DE_LER, baixar, empresa, minimo


def _compor(nome: str, *titulos: dict[str, Any], **da_empresa: Any) -> Remessa:
    return compor(nome, empresa(nome) | da_empresa, [minimo(i) | t for i, t in enumerate(titulos, 1)], AGORA)


def _registros(nome: str, feita: Remessa) -> list[tuple[str, dict[str, Any]]]:
    uma = receita(nome)
    linhas = feita.conteudo.removesuffix(uma.fim_de_arquivo).decode().split("\r\n")[:-1]
    achados = [(uma.layout.reconhecer(linha), linha) for linha in linhas]
    return [(r.codigo, tradutor(r).ler(linha)) for r, linha in achados if r]


def _primeiro(nome: str, registro: str, *titulos: dict[str, Any], **da_empresa: Any) -> dict[str, Any]:
    return next(v for r, v in _registros(nome, _compor(nome, *titulos, **da_empresa)) if r == registro)


def _codigos(nome: str, *titulos: dict[str, Any]) -> list[str]:
    return [r for r, _ in _registros(nome, _compor(nome, *titulos))]


@pytest.mark.parametrize(
    ("nome", "convenio", "esperado"),
    [
        ("001.cnab240", "1234567", "12345670000000001"),
        ("001.cnab240", "123456", "123456000017"),
        ("001.cnab240", "1234", "123400000017"),
        ("001.cnab400", "1234567", "12345670000000001"),
    ],
)
def test_o_nosso_numero_do_banco_do_brasil_muda_com_o_convenio(nome: str, convenio: str, esperado: str) -> None:
    registro = receita(nome).titulo.codigo
    lido = _primeiro(nome, registro, {}, convenio=convenio)
    impresso = so_algarismos(
        calcular({**empresa(nome), "convenio": convenio, "banco": "001", "nosso_numero": "1", "centavos": 1,
                  "vencimento": date(2026, 8, 4)}).nosso_numero_formatado
    )  # fmt: skip
    assert lido["nosso_numero"] == impresso
    assert len(lido["nosso_numero"]) == len(esperado)
    assert lido["nosso_numero"].startswith(convenio)


def test_o_convenio_curto_do_banco_do_brasil_tem_layout_proprio() -> None:
    lido = _primeiro("001.cnab400_conv6", "detalhe_1", {})
    assert lido["nosso_numero"] + lido["nosso_numero_dv"] == so_algarismos(
        calcular({**empresa("001.cnab400_conv6"), "banco": "001", "nosso_numero": "1", "centavos": 1,
                  "vencimento": date(2026, 8, 4)}).nosso_numero_formatado
    )  # fmt: skip
    with pytest.raises(ErroDeCampo, match="convenio tem de ter 7"):
        _compor("001.cnab400", {}, convenio="123456")
    with pytest.raises(ErroDeCampo, match="convenio tem de ter 4 ou 6"):
        _compor("001.cnab400_conv6", {}, convenio="1234567")


def test_o_papel_e_a_remessa_levam_o_mesmo_digito() -> None:
    for nome, carteira, registro, campo in (
        ("237.cnab400", "09", "detalhe_1", "nosso_numero_dv"), ("341.cnab240", "109", "segmento_p", "nosso_numero_dac"),
    ):  # fmt: skip
        for numero in range(1, 40):
            lido = _primeiro(nome, registro, {"nosso_numero": str(numero)}, carteira=carteira)
            feito = calcular({**empresa(nome), "carteira": carteira, "banco": nome[:3], "nosso_numero": str(numero),
                              "centavos": 1, "vencimento": date(2026, 8, 4)})  # fmt: skip
            assert str(lido[campo]) == feito.nosso_numero_dv


def test_quando_o_banco_numera_vao_zeros_e_so_se_ele_emite() -> None:
    nome = "237.cnab240"
    lido = _primeiro(nome, "segmento_p", {"nosso_numero": "", "emissor": "BANCO"})
    assert (lido["nosso_numero"].strip("0"), lido["nosso_numero_dv"].strip("0")) == ("", "")
    assert (lido["emissao_boleto"], lido["distribuicao_boleto"]) == ("1", "1")
    lido = _primeiro(nome, "segmento_p", {})
    assert (lido["emissao_boleto"], lido["distribuicao_boleto"]) == ("2", "2")
    with pytest.raises(ErroDeCampo, match="falta nosso_numero"):
        _compor(nome, {"nosso_numero": "0"})
    with pytest.raises(ErroDeCampo, match="falta nosso_numero"):
        _compor(nome, {"nosso_numero": "", "emissor": "BANCO", "comando": "baixar"})
    with pytest.raises(ErroDeRegra, match=r"emissor: a remessa Itaú Unibanco, CNAB 240 não tem lugar"):
        _compor("341.cnab240", {"emissor": "BANCO"})


def test_o_segmento_r_so_vai_com_multa_desconto_a_mais_ou_mensagem() -> None:
    nome = "000.cnab240"
    assert "segmento_r" not in _codigos(nome, {})
    desconto = [(date(2026, 7, 20), 600), (date(2026, 7, 30), 300)]
    for chaves in ({"multa": 400}, {"descontos": desconto}, {"mensagens": ["Olá"]}):
        assert _codigos(nome, {}, chaves).count("segmento_r") == 1
    assert "segmento_r" not in _codigos(nome, {"descontos": desconto[:1]})


def test_cada_titulo_com_seus_registros_em_ordem_e_as_linhas_ditas() -> None:
    feita = _compor("000.cnab240", {}, {"multa": 400}, {"pagador_email": "ana@exemplo.com.br"}, {})
    codigos = [r for r, _ in _registros("000.cnab240", feita)]
    titulos = [["segmento_p", "segmento_q"], ["segmento_p", "segmento_q", "segmento_r"]]
    titulos += [["segmento_p", "segmento_q", "segmento_y03"], ["segmento_p", "segmento_q"]]
    esperado = ["header_arquivo", "header_lote", *sum(titulos, []), "trailer_lote", "trailer_arquivo"]  # noqa: RUF017
    assert codigos == esperado
    assert feita.linhas == (3, 5, 8, 11)


def test_multa_e_juros_no_que_o_layout_aceita() -> None:
    so_percentual = {"multa": 400, "valor_titulo": 19_990}
    assert _primeiro("237.cnab400", "detalhe_1", so_percentual)["percentual_multa"] == 200
    com_os_dois = {"multa": 21, "multa_percentual": 200, "valor_titulo": 1_050}
    assert _primeiro("041.cnab400", "detalhe_1", com_os_dois)["percentual_multa"] == 20
    assert _primeiro("000.cnab240", "segmento_r", com_os_dois)["valor_multa"] == 21
    ao_mes = {"juros_ao_mes": 100, "valor_titulo": 30_000}
    assert _primeiro("341.cnab400", "detalhe_1", ao_mes)["valor_juros_dia"] == 10
    assert _primeiro("000.cnab240", "segmento_p", ao_mes)["codigo_juros"] == "2"
    with pytest.raises(ErroDeRegra, match="só a leva em percentual"):
        _compor("237.cnab400", {"multa": 1, "valor_titulo": 99_999_999})
    with pytest.raises(ErroDeRegra, match="só os leva em centavos por dia"):
        _compor("341.cnab400", {"juros_ao_mes": 1, "valor_titulo": 100})


def test_os_encargos_contam_do_dia_depois_do_vencimento_se_nada_se_diz() -> None:
    lido = _primeiro("000.cnab240", "segmento_p", {"juros_ao_dia": 7})
    assert lido["data_juros"] == date(2026, 8, 5)
    lido = _primeiro("000.cnab240", "segmento_p", {"juros_ao_dia": 7, "juros_desde": date(2026, 8, 10)})
    assert lido["data_juros"] == date(2026, 8, 10)
    sem_data = {"multa_percentual": 200, "multa_desde": date(2026, 8, 10)}
    with pytest.raises(ErroDeRegra, match="multa_desde"):
        _compor("237.cnab400", sem_data)
    assert _compor("237.cnab400", sem_data | {"multa_desde": date(2026, 8, 5)}).avisos == ()


def test_protesto_e_baixa_nas_instrucoes() -> None:
    assert _primeiro("341.cnab400", "detalhe_1", {"protesto_dias": 5})["instrucao_1"] == "09"
    lido = _primeiro("237.cnab400", "detalhe_1", {"baixa_dias": 30})
    assert (lido["instrucao_1"], str(lido["instrucao_2"])) == ("18", "30")
    lido = _primeiro("033.cnab400", "detalhe_1", {"baixa_dias": 15})
    assert lido["instrucao_1"] == "02"
    with pytest.raises(ErroDeRegra, match="só leva 15, 30 dias"):
        _compor("033.cnab400", {"baixa_dias": 20})
    with pytest.raises(ErroDeRegra, match="só tem lugar para um prazo"):
        _compor("237.cnab400", {"protesto_dias": 5, "baixa_dias": 30})
    with pytest.raises(ErroDeRegra, match="não vão juntos"):
        _compor("000.cnab240", {"protesto_dias": 5, "negativacao_dias": 5})


@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_todo_comando_do_banco_se_pede(nome: str) -> None:
    uma = receita(nome)
    descontos = [(date(2026, 7, 30), 300)] if uma.aceita.get("descontos") else []
    for comando in uma.comandos:
        titulo = minimo() | {"comando": comando}
        if comando in {"conceder_desconto", "alterar_desconto"}:
            titulo["descontos"] = descontos
        if comando == "conceder_abatimento":
            titulo["abatimento"] = 500
        if comando == "alterar_juros":
            titulo |= {"juros_ao_dia": 7}
        if comando == "alterar_multa":
            titulo |= {"multa_percentual": 200}
        titulo["numero_documento_empresa"] = "77"
        try:
            (lido,) = (v for r, v in _registros(nome, compor(nome, empresa(nome), [titulo], AGORA))
                       if r == uma.titulo.codigo)  # fmt: skip
        except ErroDeRegra as erro:
            assert comando == "alterar_multa", erro
            continue
        if "codigo_movimento" in lido or "codigo_ocorrencia" in lido:
            assert (lido.get("codigo_movimento") or lido["codigo_ocorrencia"]) == uma.codigos["comandos"][comando]


def test_comando_que_o_banco_nao_tem_se_recusa_com_a_lista_do_que_ele_tem() -> None:
    with pytest.raises(ErroDeRegra, match=r"comando 'negativar' não tem código em 104.*tem: .*baixar") as erro:
        _compor("104.cnab400", {}, {"comando": "negativar"})
    assert erro.value.local
    assert erro.value.local.fonte == "título 2"
    with pytest.raises(ErroDeCampo, match="falta abatimento, para conceder_abatimento"):
        _compor("341.cnab400", {"comando": "conceder_abatimento"})
    with pytest.raises(ErroDeCampo, match="comando não pode ser 'voar'"):
        _compor("341.cnab400", {"comando": "voar"})


def test_nomes_se_cortam_com_aviso_e_o_resto_se_recusa() -> None:
    feita = _compor("341.cnab400", {}, {"pagador_nome": "Conceição " * 10})
    (aviso,) = feita.avisos
    assert (aviso.codigo, aviso.gravidade, aviso.local.fonte) == ("remessa.cortado", "aviso", "título 2")
    assert b"CONCEICAO CONCEICAO CONCEICAO " in feita.conteudo
    with pytest.raises(ErroDeCampo, match=r"numero_documento.*só cabem 10") as erro:
        _compor("341.cnab400", {}, {"numero_documento": "12345678901"})
    assert erro.value.local
    assert erro.value.local.fonte == "título 2"
    with pytest.raises(ErroDeCampo, match=r"valor_titulo.*só cabem 13"):
        _compor("341.cnab400", {"valor_titulo": 10**13})


def test_cnpj_com_letras_vai_onde_o_campo_e_de_texto() -> None:
    assert b"12ABC34501DE35" in _compor("341.cnab240", {"pagador_documento": "12.ABC.345/01DE-35"}).conteudo
    with pytest.raises(ErroGuiche, match=r"boleto\.campo_algarismos"):
        _compor("097.cnab240", {}, empresa_documento="12ABC34501DE35")


def test_o_banrisul_240_termina_em_1a_e_os_outros_em_crlf() -> None:
    for nome in GRAVAVEIS:
        conteudo = compor(nome, empresa(nome), [minimo()], AGORA).conteudo
        assert conteudo.endswith(b"\r\n\x1a" if nome == "041.cnab240" else b"\r\n")


def test_o_que_vai_no_cabecalho_e_igual_em_todos() -> None:
    with pytest.raises(ErroDeRegra, match="codigo_convenio vai no registro header_arquivo") as erro:
        _compor("001.cnab240", {"carteira": "17"}, {"carteira": "11"})
    assert erro.value.codigo == "remessa.mistura"


def test_misturam_se_comandos_e_so_o_registro_exige_tudo() -> None:
    pedido = {n: baixar()[n] for n in ("nosso_numero", "comando")}
    feita = compor("341.cnab400", empresa("341.cnab400"), [minimo(), pedido], AGORA)
    assert [v.get("codigo_ocorrencia") for _, v in _registros("341.cnab400", feita)] == [None, "01", "02", None]
    with pytest.raises(ErroDeCampo, match="falta numero_documento, para registrar") as erro:
        compor("341.cnab400", empresa("341.cnab400"), [minimo(), pedido | {"comando": "registrar"}], AGORA)
    assert erro.value.local
    assert erro.value.local.fonte == "título 2"


def test_o_campo_dado_pelo_nome_vale_mais_que_a_chave() -> None:
    assert _primeiro("341.cnab400", "detalhe_1", {"especie_titulo": "99", "especie": "DM"})["especie_titulo"] == "99"
    feita = _compor("341.cnab400", {}, {"especie_titulo": "99"})
    lidos = [v["especie_titulo"] for r, v in _registros("341.cnab400", feita) if r == "detalhe_1"]
    assert lidos == ["01", "99"]
    with pytest.raises(ErroDeRegra, match="especie “XX” não tem código"):
        _compor("341.cnab400", {"especie": "XX"})


def test_a_chave_pix_vai_com_as_letras_que_tem() -> None:
    chaves = {"pix_chave": "123e4567-e12b-12d1-a456-426655440000", "pix_txid": "aB3dEf"}
    for nome in ("033.cnab240", "033.cnab400", "341.cnab400"):
        conteudo = _compor(nome, {}, chaves, {"pix_chave": "ana@exemplo.com.br"}).conteudo
        assert chaves["pix_chave"].encode() in conteudo
        assert b"ana@exemplo.com.br" in conteudo
        assert chaves["pix_txid"].encode() in conteudo
        assert b"JOAO DA SILVA" in conteudo


def test_o_que_se_diz_da_empresa_vale_para_todos_e_tambem_nao_se_perde() -> None:
    feita = _compor("237.cnab400", {}, {"multa_percentual": 300}, multa_percentual=200)
    lidos = [v["percentual_multa"] for r, v in _registros("237.cnab400", feita) if r == "detalhe_1"]
    assert lidos == [200, 300]
    with pytest.raises(ErroDeRegra, match="multa_percentual: a remessa"):
        _compor("021.cnab400", {}, multa_percentual=200)
    (aviso,) = _compor("341.cnab400", {}, mensagem_1="Olá").avisos
    assert (aviso.codigo, aviso.local.fonte) == ("remessa.nao_vai", "empresa")
    assert _compor("000.cnab240", {}, mensagem_1="Olá").avisos == ()


def test_nenhum_titulo_nao_faz_remessa() -> None:
    with pytest.raises(ErroDeRegra, match="não há título"):
        compor("341.cnab400", empresa("341.cnab400"), [], AGORA)
    assert not set(SO_DE_LER) & set(GRAVAVEIS)


def test_o_lote_de_240_tem_limite() -> None:
    titulos = [minimo(i) for i in range(1, 50_001)]
    with pytest.raises(ErroDeRegra, match="o lote leva 99999"):
        compor("341.cnab240", empresa("341.cnab240"), titulos, AGORA)
