"""O extrato OFX com os costumes dos bancos brasileiros: tudo o que se escreve se vê, e com o sinal certo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiche.arquivos.ofx import Extrato, ler_ofx
from guiche.erros import ErroDeArquivo

INTEIRO = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
CABECALHOS = {
    "inteiro": INTEIRO,
    "quatro campos": "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:1252\n",
    "8859-1": INTEIRO.replace("1252", "8859-1"),
    "numa linha só": INTEIRO.replace("\n", " "),
    "diz UTF-8": INTEIRO.replace("USASCII", "UTF-8").replace("1252", "NONE"),
    "nenhum": "",
    "xml": '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n',
}
SALDOS = (
    "Saldo Anterior", "SALDO DO DIA", "SALDO DIA", "Saldo do dia", "SALDO TOTAL DISPONÍVEL DIA", "S A L D O",
    "SALDO FINAL", "SDO CTA/APL AUTOMATICAS", "SALDO EM C/C 30/11/2026",
)  # fmt: skip
HISTORICOS = ("PIX RECEBIDO", "LIQ.COBRANÇA SIMPLES", "TED JOÃO & FILHOS", "SALDO DO BOLETO 12", "SALDANHA LTDA", "")
PONTO, VIRGULA, MILHAR, MILHAR_AO_CONTRARIO = "{:.2f}", "v", "m", "{:,.2f}"


def escrever(centavos: int, forma: str) -> str:
    reais = f"{centavos / 100:,.2f}" if forma in (MILHAR, MILHAR_AO_CONTRARIO) else f"{centavos / 100:.2f}"
    if forma == VIRGULA:
        return reais.replace(".", ",")
    return reais.translate(str.maketrans(".,", ",.")) if forma == MILHAR else reais


class Habitos(NamedTuple):
    """Como um banco escreve o extrato."""

    cabecalho: str
    codificacao: str
    fim_de_linha: str
    fecha: bool
    forma: str
    sinal: bool
    """Falso: as saídas não trazem o menos, e só o tipo as diz."""
    fuso: str
    lista_por_dia: bool
    com_banco: bool
    junto: bool
    """Sem quebra de linha entre as etiquetas."""


class Linha(NamedTuple):
    """O que o banco pôs no extrato."""

    dia: date
    centavos: int
    historico: str
    saldo: bool
    ruim: str


def folha(nome: str, valor: str, h: Habitos) -> str:
    quebra = "" if h.junto else "\n"
    return f"<{nome}>{valor}</{nome}>{quebra}" if h.fecha else f"<{nome}>{valor}{quebra}"


def escrito(linha: Linha, h: Habitos) -> str:
    tipo = "CREDIT" if linha.centavos >= 0 else "DEBIT"
    sinal = "-" if linha.centavos < 0 and h.sinal else ""
    campos = [
        ("TRNTYPE", tipo), ("DTPOSTED", linha.dia.strftime("%Y%m%d") + h.fuso),
        ("TRNAMT", sinal + escrever(abs(linha.centavos), h.forma)), ("FITID", "" if linha.saldo else "1"),
        ("NAME" if linha.saldo else "MEMO", linha.historico.replace("&", "&amp;")), ("CHECKNUM", ""),
    ]  # fmt: skip
    trocas = {"data": ("DTPOSTED", "00021130000000"), "ponto": ("TRNAMT", "     .  "), "vazio": ("TRNAMT", "")}
    if linha.ruim:
        campos = [trocas[linha.ruim] if nome == trocas[linha.ruim][0] else (nome, v) for nome, v in campos]
    return "<STMTTRN>\n" + "".join(folha(nome, valor, h) for nome, valor in campos) + "</STMTTRN>\n"


def extrato(linhas: list[Linha], h: Habitos) -> bytes:
    dias = sorted({x.dia for x in linhas}) if h.lista_por_dia else [None]
    listas = "".join(
        "<BANKTRANLIST>\n" + folha("DTSTART", "20261101", h) + folha("DTEND", "20261130", h)
        + "".join(escrito(x, h) for x in linhas if dia in (None, x.dia)) + "</BANKTRANLIST>\n"
        for dia in dias
    )  # fmt: skip
    corpo = (
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<BANKACCTFROM>\n" + (folha("BANKID", "0341", h) if h.com_banco else "")
        + folha("ACCTID", "12345-7", h) + "</BANKACCTFROM>\n" + listas + "<LEDGERBAL>" + folha("BALAMT", "100.00", h)
        + "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )  # fmt: skip
    return (CABECALHOS[h.cabecalho] + corpo).replace("\n", h.fim_de_linha).encode(h.codificacao)


def lido(onde: Path, conteudo: bytes, ate: date = date.max) -> Extrato:
    (onde / "extrato.ofx").write_bytes(conteudo)
    (um,) = ler_ofx(onde / "extrato.ofx", ate)
    return um


HABITOS = st.builds(
    Habitos, st.sampled_from(sorted(CABECALHOS)), st.sampled_from(["utf-8", "cp1252", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from([PONTO, VIRGULA, MILHAR, MILHAR_AO_CONTRARIO]),
    st.booleans(), st.sampled_from(["", "000000[-3:BRT]", "100000[-03:EST]", "120000"]), st.booleans(), st.booleans(),
    st.booleans(),
)  # fmt: skip
LINHAS = st.lists(
    st.builds(
        lambda dia, centavos, historico, saldo, ruim: Linha(
            date(2026, 11, 1) + timedelta(dia), centavos, saldo or historico, bool(saldo), ruim
        ),
        st.integers(0, 29), st.integers(-10_000_000_00, 10_000_000_00), st.sampled_from(HISTORICOS),
        st.sampled_from(["", "", "", *SALDOS]), st.sampled_from(["", "", "", "", "data", "ponto", "vazio"]),
    ),
    max_size=12,
)  # fmt: skip


@pytest.mark.caso("R-11", "R-13", "R-14")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(linhas=LINHAS, habitos=HABITOS)
def test_ve_tudo_o_que_o_banco_escreveu_com_o_valor_e_o_sinal(
    tmp_path: Path, linhas: list[Linha], habitos: Habitos
) -> None:
    if not linhas and habitos.lista_por_dia:
        linhas = [Linha(date(2026, 11, 3), 100, "PIX", saldo=False, ruim="")]
    na_ordem = sorted(linhas, key=lambda x: x.dia) if habitos.lista_por_dia else linhas
    um = lido(tmp_path, extrato(linhas, habitos))
    assert um.vistos == len(linhas)
    assert um.saldos == sum(x.saldo for x in linhas)
    assert len(um.nao_lidos) == sum(bool(x.ruim) and not x.saldo for x in linhas)
    bons = [x for x in na_ordem if not x.saldo and not x.ruim]
    assert [(x.dia, x.centavos, x.historico) for x in um.lancamentos] == [
        (x.dia, x.centavos, x.historico) for x in bons
    ]
    assert (um.banco, um.conta) == ("0341" if habitos.com_banco else "", "12345-7")


H = Habitos("inteiro", "cp1252", "\n", False, PONTO, True, "", False, True, False)
UM = Linha(date(2026, 11, 29), 146_65, "COBRANCA", saldo=False, ruim="")


@pytest.mark.caso("R-11")
def test_a_linha_que_nao_se_le_se_diz_e_as_outras_ficam(tmp_path: Path) -> None:
    conteudo = extrato([UM, UM._replace(ruim="ponto"), UM._replace(ruim="data"), UM], H)
    um = lido(tmp_path, conteudo)
    linhas = conteudo.decode("cp1252").split("\n")
    assert [x.centavos for x in um.lancamentos] == [146_65, 146_65]
    assert [linhas[x.linha - 1] for x in um.nao_lidos] == ["<TRNAMT>     .  ", "<DTPOSTED>00021130000000"]
    assert [x.razao for x in um.nao_lidos] == ["o valor '.' não se lê", "a data '00021130000000' não serve"]


@pytest.mark.caso("R-11")
@pytest.mark.parametrize(
    ("escrito_no_valor", "centavos"),
    [
        ("110", 110_00), ("1342,9", 1342_90), ("1.234,56", 1234_56), ("1,234.56", 1234_56), ("1.234.567", 1234567_00),
        ("1.234.567,8", 1234567_80), ("+10.50", 10_50), ("- 10,50", -10_50), ("10,50-", -10_50), (",50", 50),
        ("1234.560", 1234_56), ("0,000", 0), ("R$ 5,00", 5_00),
        ("1.234", None), ("1.00.00", None), ("12.34,56", None), ("1,234,56", None), ("0,001", None), ("--1", None),
        ("1E5", None), ("NaN", None), ("٣,00", None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_valor_de_ponto_ou_virgula_e_o_duvidoso_nao_se_adivinha(
    tmp_path: Path, escrito_no_valor: str, centavos: int | None
) -> None:
    um = lido(tmp_path, extrato([UM], H).replace(b"146.65", escrito_no_valor.encode()))
    assert [x.centavos for x in um.lancamentos] == ([] if centavos is None else [centavos])
    assert um.vistos == 1


@pytest.mark.caso("R-13")
@pytest.mark.parametrize(
    ("tipo", "valor", "centavos"),
    [
        ("DEBIT", "110", -110_00), ("DIRECTDEBIT", "110", -110_00), ("FEE", "2,10", -2_10), ("CHECK", "5.00", -5_00),
        ("CREDIT", "150", 150_00), ("DEP", "150", 150_00), ("XFER", "150", 150_00), ("CREDIT", "-50.00", -50_00),
    ],
)  # fmt: skip
def test_saida_sem_sinal_e_saida_pelo_tipo(tmp_path: Path, tipo: str, valor: str, centavos: int) -> None:
    conteudo = extrato([UM], H).replace(b"CREDIT", tipo.encode()).replace(b"146.65", valor.encode())
    assert lido(tmp_path, conteudo).lancamentos[0].centavos == centavos


@pytest.mark.caso("R-13")
def test_estorno_de_tarifa_num_extrato_que_assina_as_saidas_continua_entrada(tmp_path: Path) -> None:
    conteudo = extrato([UM, UM._replace(centavos=-2_10)], H).replace(b"CREDIT", b"FEE")
    assert [x.centavos for x in lido(tmp_path, conteudo).lancamentos] == [146_65, -2_10]


@pytest.mark.caso("R-13")
def test_um_extrato_por_dia_da_mesma_conta_e_um_so(tmp_path: Path) -> None:
    outro = UM._replace(dia=date(2026, 11, 30), centavos=80_00)
    conteudo = extrato([UM], H) + extrato([outro], H)
    assert [x.centavos for x in lido(tmp_path, conteudo).lancamentos] == [146_65, 80_00]


@pytest.mark.caso("R-14")
@pytest.mark.parametrize(
    "estragar",
    [
        lambda c: c[: c.rindex(b"</STMTTRN>")],
        lambda c: c[: c.rindex(b"146.65") + 3],
        lambda c: c[: c.rindex(b"<STMTTRN>")],
        lambda c: c.replace(b"</STMTRS>", b"</STMTRS><CCSTMTRS><STMTTRN><TRNAMT>1</STMTTRN></CCSTMTRS>"),
        lambda c: c.replace(b"<LEDGERBAL>", b"<!-- <STMTTRN> --><LEDGERBAL>"),
    ],
    ids=["sem fecho", "no meio de um valor", "entre dois", "cartão junto", "comentado"],
)
def test_o_que_se_viu_nao_soma_o_que_esta_escrito(tmp_path: Path, estragar: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        lido(tmp_path, estragar(extrato([UM, UM], H)))
    assert erro.value.codigo == "extrato.incompleto"
    assert "nada se conciliou" in str(erro.value)


def test_data_de_daqui_a_muitos_anos_nao_serve(tmp_path: Path) -> None:
    um = lido(tmp_path, extrato([UM, UM._replace(dia=date(2098, 1, 1))], H), date(2027, 11, 29))
    assert (len(um.lancamentos), len(um.nao_lidos)) == (1, 1)
