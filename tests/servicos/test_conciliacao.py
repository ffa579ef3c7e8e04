"""O extrato OFX contra os créditos que os retornos prometem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from guiche.arquivos.ofx import ler_ofx
from guiche.erros import ErroGuiche
from guiche.livro.boletos import Boleto
from guiche.servicos.retornos.conciliacao import conciliar
from tests.servicos.apoio import ler, na
from tests.servicos.test_retorno_boletos import AGORA, DIA, arquivo, importado, quatro, resposta

CREDITO = DIA + timedelta(days=1)
_V1 = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
_V2 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def ofx(
    onde: Path,
    linhas: Sequence[tuple[date, str, str]],
    *,
    versao: int = 1,
    conta: str = "0057123457",
    banco: str = "0341",
) -> Path:
    def no(nome: str, valor: str) -> str:
        return f"<{nome}>{valor}" + (f"</{nome}>" if versao == 2 else "") + "\n"

    movimentos = "".join(
        "<STMTTRN>\n" + no("TRNTYPE", "CREDIT") + no("DTPOSTED", f"{dia:%Y%m%d}120000[-3:BRT]") + no("TRNAMT", valor)
        + no("FITID", f"{n}") + no("MEMO", memo) + "</STMTTRN>\n"
        for n, (dia, valor, memo) in enumerate(linhas)
    )  # fmt: skip
    corpo = (
        "<OFX><SIGNONMSGSRSV1><SONRS><STATUS>" + no("CODE", "0") + no("SEVERITY", "INFO") + "</STATUS>"
        + no("DTSERVER", "20260820") + no("LANGUAGE", "POR") + "</SONRS></SIGNONMSGSRSV1>\n"
        "<BANKMSGSRSV1><STMTTRNRS>" + no("TRNUID", "1") + "<STATUS>" + no("CODE", "0") + no("SEVERITY", "INFO")
        + "</STATUS><STMTRS>" + no("CURDEF", "BRL") + "<BANKACCTFROM>" + no("BANKID", banco) + no("ACCTID", conta)
        + no("ACCTTYPE", "CHECKING") + "</BANKACCTFROM><BANKTRANLIST>" + no("DTSTART", "20260801")
        + no("DTEND", "20260831") + movimentos + "</BANKTRANLIST><LEDGERBAL>" + no("BALAMT", "0.00")
        + no("DTASOF", "20260831") + "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )  # fmt: skip
    caminho = onde / f"extrato{versao}.ofx"
    caminho.write_bytes((_V1 + corpo).encode("cp1252") if versao == 1 else (_V2 + corpo).encode())
    return caminho


def pagos(onde: Path) -> tuple[Path, list[Boleto]]:
    """Três pagos, R$ 100, 200 e 300, com R$ 2,10 de tarifa cada; crédito no dia seguinte."""
    caminho, emitido = quatro(onde)
    linhas = [resposta(b, valor_tarifa=210, data_credito=CREDITO) for b in emitido[:3]]
    importado(caminho, arquivo(caminho, linhas))
    return caminho, emitido


def com_os_habitos(onde: Path) -> Path:
    """O extrato dos três boletos: um a um, em listas por dia, entre saldos, e sem o banco."""
    dias = (
        [("CREDIT", "", "1000.00", "Saldo Anterior", ""), ("CREDIT", f"{CREDITO:%Y%m%d}", "97.90", "BOLETO 1", "1")],
        [("CREDIT", f"{CREDITO:%Y%m%d}", "197,90", "", "2"), ("DEBIT", f"{CREDITO:%Y%m%d}", "50", "PIX", "3")],
        [
            ("CREDIT", f"{CREDITO:%Y%m%d}", "297.90", "BOLETO 3", "4"),
            ("CREDIT", f"{CREDITO:%Y%m%d}", ".", "PIX", "5"), ("OTHER", "00021130", "1593.70", "Saldo do dia", ""),
        ],
    )  # fmt: skip
    listas = "".join(
        "<BANKTRANLIST>\n" + "".join(
            f"<STMTTRN>\n<TRNTYPE>{tipo}\n<DTPOSTED>{dia}\n<TRNAMT>{valor}\n<FITID>{fitid}\n<NAME>{nome}\n<MEMO>\n</STMTTRN>\n"
            for tipo, dia, valor, nome, fitid in linhas
        ) + "</BANKTRANLIST>\n"
        for linhas in dias
    )  # fmt: skip
    caminho = onde / "habitos.ofx"
    caminho.write_text(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:8859-1\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
        f"<BANKACCTFROM><ACCTID>12345-7</BANKACCTFROM>\n{listas}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
        "cp1252",
    )
    return caminho


def conciliado(caminho: Path, extrato: Path) -> list[dict[str, object]]:
    with na(caminho, AGORA.date()) as ctx:
        conciliar(ctx, extrato)
    return ler(caminho, "conciliacao")


@pytest.mark.parametrize("versao", [1, 2])
def test_credito_liquido_do_dia_confere_nas_duas_versoes(tmp_path: Path, versao: int) -> None:
    caminho, _ = pagos(tmp_path)
    extrato = ofx(
        tmp_path, [(CREDITO, "593.70", "LIQ.COBRANÇA SIMPLES"), (CREDITO, "-50.00", "PIX ENVIADO")], versao=versao
    )
    (linha,) = conciliado(caminho, extrato)
    colunas = ("situacao", "conta", "pagos", "bruto", "tarifas", "liquido", "extrato", "diferenca")
    assert [linha[c] for c in colunas] == [
        "CONFERE", "ITAU1", 3.0, 600.0, 6.3, 593.7, 593.7, 0.0,
    ]  # fmt: skip
    assert linha["historico"] == "LIQ.COBRANÇA SIMPLES"


def test_bruto_com_a_tarifa_a_parte_e_com_virgula(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    extrato = ofx(tmp_path, [(CREDITO, "600,00", "COBRANCA"), (CREDITO, "-6,30", "TAR COBRANCA")])
    (linha,) = conciliado(caminho, extrato)
    assert (linha["situacao"], linha["extrato"], linha["diferenca"]) == ("CONFERE", 593.7, 0.0)


def test_um_a_um_o_que_falta_e_o_que_sobra(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    extrato = ofx(tmp_path, [
        (CREDITO, "97.90", "BOLETO 1"), (CREDITO + timedelta(2), "197.90", "BOLETO 2"),
        (CREDITO, "55.00", "PIX RECEBIDO"),
    ])  # fmt: skip
    linhas = conciliado(caminho, extrato)
    assert [(x["situacao"], x["liquido"], x["extrato"]) for x in linhas] == [
        ("CONFERE", 97.9, 97.9), ("CONFERE", 197.9, 197.9), ("FALTA NO EXTRATO", 297.9, 0.0),
        ("SEM RETORNO", 0.0, 55.0),
    ]  # fmt: skip


def test_extrato_de_outra_conta_e_arquivo_que_nao_e_ofx(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        conciliar(ctx, ofx(tmp_path, [], conta="99999"))
    assert erro.value.codigo == "extrato.conta"
    assert "99999" not in str(erro.value)
    ruim = tmp_path / "x.ofx"
    for conteudo in (b"", b"CSV;1;2", b"OFXHEADER:100\n\n<OFX>", _V1.encode() + b"<OFX><STMTRS>"):
        ruim.write_bytes(conteudo)
        with pytest.raises(ErroGuiche) as erro:
            ler_ofx(ruim)
        assert erro.value.codigo == "extrato.formato"


@pytest.mark.caso("R-11", "R-13", "R-14")
def test_extrato_com_os_habitos_dos_bancos_casa_todos_e_diz_o_destino_de_cada_linha(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    extrato = com_os_habitos(tmp_path)
    with na(caminho, AGORA.date()) as ctx:
        feito = conciliar(ctx, extrato)
    assert [(x["situacao"], x["extrato"]) for x in ler(caminho, "conciliacao")] == [
        ("CONFERE", 97.9), ("CONFERE", 197.9), ("CONFERE", 297.9),
    ]  # fmt: skip
    assert (feito.dados["conferem"], feito.dados["no_arquivo"], feito.dados["lidos"], feito.dados["saldos"]) == (
        3, 7, 4, 2,
    )  # fmt: skip
    (ruim,) = feito.dados["nao_lidos"]
    assert extrato.read_text("cp1252").split("\n")[ruim["linha"] - 1] == "<TRNAMT>."
    assert "O arquivo traz 7 lançamentos: 4 lidos, 2 linhas de saldo puladas, 1 não lido." in feito.linhas
    assert any(f"Linha {ruim['linha']} " in frase for frase in feito.linhas)
    assert any("só pelo número" in frase for frase in feito.linhas)


@pytest.mark.caso("R-11")
def test_valores_todos_sem_virgula_leem_se_em_reais_e_se_diz(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    with na(caminho, AGORA.date()) as ctx:
        feito = conciliar(ctx, ofx(tmp_path, [(CREDITO, "59370", "COBRANCA")]))
    assert (feito.dados["conferem"], feito.dados["total_sem_retorno"]) == (0, "59370.00")
    assert any("centavos" in frase for frase in feito.linhas)


@pytest.mark.caso("R-14")
def test_extrato_que_nao_soma_nada_concilia(tmp_path: Path) -> None:
    caminho, _ = pagos(tmp_path)
    conciliado(caminho, ofx(tmp_path, [(CREDITO, "593.70", "COBRANCA")]))
    antes = ler(caminho, "conciliacao")
    inteiro = ofx(tmp_path, [(CREDITO, "97.90", "BOLETO 1"), (CREDITO, "197.90", "BOLETO 2")])
    inteiro.write_bytes(inteiro.read_bytes().partition(b"197.")[0])
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        conciliar(ctx, inteiro)
    assert erro.value.codigo == "extrato.incompleto"
    assert ler(caminho, "conciliacao") == antes
