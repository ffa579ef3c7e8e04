"""SQL, OFX, JSON, PDF e figuras feitos para enganar, travar ou derrubar."""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from guiche.arquivos.ofx import ler_ofx
from guiche.cli import main
from guiche.documentos.conferencia import reler
from guiche.documentos.logotipo import conferir_logotipo
from guiche.dominio.dinheiro import para_centavos
from guiche.erros import ErroDeArquivo, ErroGuiche
from guiche.oficio.recepcao import Aceita
from guiche.servicos.boletos.numeros import calcular, conferir_pdf
from guiche.servicos.cobranca import porta_json
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import estornar, receber
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)
SQL = "x'); DROP TABLE titulo_evento; DELETE FROM linha; --"
TABELAS = {"ato", "arquivo", "remessa", "linha", "evento", "titulo_evento", "retorno", "recebimento", "boleto"}


def _depressa(segundos: float = 5) -> Callable[[], None]:
    inicio = time.monotonic()

    def conferir() -> None:
        assert time.monotonic() - inicio < segundos

    return conferir


def test_sql_em_qualquer_campo_e_so_texto(tmp_path: Path) -> None:
    campos: dict[str, Any] = dict.fromkeys(("nome", "email", "celular", "endereco", "cidade"), SQL)
    pessoas = [cliente(SQL, id_no_debito="77", **campos), cliente("B", 2)]
    devidos = [titulo(SQL, DIA, "10.00", SQL, observacao=SQL, documento=SQL), titulo("T2", DIA, "20.00", "B"),
               titulo(f"{SQL}2", DIA, "30.00", "B")]  # fmt: skip
    caminho = montar(tmp_path, clientes=pessoas, titulos=devidos)
    with na(caminho, usuario=SQL) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "a'b;--.ret", ["00", "01", "01"])
    with na(caminho, usuario=SQL) as ctx:
        importar(ctx, tmp_path / "a'b;--.ret", confirmar=True, aceita=Aceita(SQL))
        receber(ctx, "T2", 500, dia=HOJE, baixar_em="CAIXA")
        estornar(ctx, f"{SQL}2", SQL, "ESTORNADO")
        assert {n for (n,) in ctx.livro.consultar("SELECT name FROM sqlite_master WHERE type = 'table'")} >= TABELAS
        assert ctx.livro.valor("SELECT COUNT(*) FROM linha") == 3
        assert ctx.livro.valor("SELECT COUNT(*) FROM ato WHERE usuario = ?", (SQL,)) == 4
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "PARCIAL", "ESTORNADO"]
    assert ler(caminho, "titulos")[0]["numero"] == SQL


OFX = (
    b"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    b"COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
CONTA_OFX = b"<OFX><STMTRS><BANKTRANLIST><STMTTRN><DTPOSTED>20260101<TRNAMT>%s</STMTTRN></BANKTRANLIST></STMTRS></OFX>"
OFX_MAUS = {
    "fundo": OFX + b"<OFX>" + b"<A>" * 200_000,
    "fundo e fechado": OFX + b"<OFX>" + b"<A>" * 100_000 + b"</A>" * 100_000 + b"</OFX>",
    "um milhão de algarismos": OFX + CONTA_OFX % b"1E9999999",
    "infinito": OFX + CONTA_OFX % b"Infinity",
    "não é número": OFX + CONTA_OFX % b"NaN",
    "nome comprido": OFX + b"<OFX><" + b"A" * 2_000_000,
    "cabeçalho de brancos": b"OFXHEADER:" + b" " * 300_000 + b"x",
    "zeros": OFX + b"\0" * 100_000,
    "vazio": b"",
    "só menores": OFX + b"<OFX>" + b"<" * 500_000,
}


@pytest.mark.parametrize("caso", OFX_MAUS)
def test_ofx_mau_se_recusa_depressa(tmp_path: Path, caso: str) -> None:
    (tmp_path / "x.ofx").write_bytes(OFX_MAUS[caso])
    no_tempo = _depressa()
    with pytest.raises(ErroDeArquivo) as erro:
        ler_ofx(tmp_path / "x.ofx")
    assert erro.value.codigo == "extrato.formato"
    assert len(str(erro.value)) < 400
    no_tempo()


def test_ofx_com_entidades_nao_as_abre(tmp_path: Path) -> None:
    cabeca = b'<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE"'
    cabeca += b' NEWFILEUID="NONE"?>'
    entidades = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    corpo = (CONTA_OFX % b"1.00").replace(b"</STMTTRN>", b"<MEMO>&a;</MEMO></STMTTRN>")
    corpo = corpo.replace(b"<DTPOSTED>20260101", b"<DTPOSTED>20260101</DTPOSTED>").replace(b"1.00", b"1.00</TRNAMT>")
    (tmp_path / "x.ofx").write_bytes(cabeca + entidades + corpo)
    try:
        lido = str(ler_ofx(tmp_path / "x.ofx"))
    except ErroDeArquivo as erro:
        lido = str(erro)
    assert "root:" not in lido


JSON_MAUS = {
    "fundo": "[" * 200_000,
    "fundo e fechado": "[" * 100_000 + "]" * 100_000,
    "objetos": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "infinito": "[Infinity]",
    "algarismos": "[" + "9" * 100_000 + "]",
    "vazio": "",
    "nulo": "null",
    "metade de um par": '["\\ud800"]',
    "texto": '"x"',
}


@pytest.mark.parametrize("caso", JSON_MAUS)
def test_json_mau_nunca_e_falha(tmp_path: Path, caso: str, capsys: pytest.CaptureFixture[str]) -> None:
    pedido = tmp_path / "x.json"
    pedido.write_text(JSON_MAUS[caso], "utf-8")
    no_tempo = _depressa()
    assert main(["remessa", "gerar", "--pedido", str(pedido)]) == 1
    assert main(["boleto", "calcular", "--lista", str(pedido), "--json"]) in {0, 1}
    saida = capsys.readouterr()
    assert "Falha não prevista" not in saida.err
    assert len(saida.out + saida.err) < 5000
    no_tempo()


VALORES = [
    "1E999999",
    "9" * 5000,
    "NaN",
    "sNaN",
    "Infinity",
    "-1",
    "1e-999999",
    "",
    {"a": []},
    [1],
    1e400,
    True,
    10**400,
]


@pytest.mark.parametrize("valor", VALORES, ids=lambda v: str(v)[:12])
def test_valor_absurdo_num_boleto_ou_remessa_e_uma_recusa(valor: object) -> None:
    no_tempo = _depressa()
    texto = json.dumps([{"banco": "341", "valor": valor, "vencimento": "2026-08-20"}])
    try:
        (resposta,) = calcular(texto).lista or ()
        assert "erro" in resposta or "faltas" in resposta
        assert len(str(resposta)) < 2000
    except ErroGuiche as erro:
        assert erro.codigo == "boleto.entrada"
    pedido = {"layout": "341.cnab400", "data_hora": "2026-08-04T10:00:00", "empresa": {},
              "titulos": [{"valor_titulo": valor, "vencimento": valor, "pagador_nome": valor}]}  # fmt: skip
    with pytest.raises(ErroGuiche) as recusa:
        porta_json.gerar(json.dumps(pedido))
    assert len(str(recusa.value)) < 2000
    no_tempo()


@pytest.mark.parametrize(
    "layout", ["../../pyproject", "/etc/passwd", "341.cnab400/../../../x", "x" * 5000, "\0", "..", ""]
)
def test_nome_de_layout_nao_e_caminho(layout: str) -> None:
    with pytest.raises(ErroGuiche) as erro:
        porta_json.gerar(json.dumps({"layout": layout, "empresa": {}, "titulos": []}))
    assert erro.value.codigo == "layout.ausente"
    assert len(str(erro.value)) < 400


@pytest.mark.parametrize(
    "mudanca", [{"vencimento": ""}, {"vencimento": False}, {"banco": True}, {"convenio": True}, {"nosso_numero": True}]
)
def test_boleto_com_tipo_trocado_e_uma_recusa(mudanca: dict[str, object]) -> None:
    bom = {"banco": "341", "agencia": "0057", "conta": "12345", "carteira": "109", "nosso_numero": "1", "valor": "1.00"}
    (resposta,) = calcular(json.dumps([bom | {"vencimento": "2026-08-20"} | mudanca])).lista or ()
    assert "erro" in resposta or "faltas" in resposta or resposta["codigo_barras"]


def test_dinheiro_de_um_milhao_de_algarismos_nao_se_escreve() -> None:
    from decimal import Decimal

    with pytest.raises(ValueError, match="E"):
        para_centavos(Decimal("1E999990"))
    assert para_centavos(Decimal("999999999999999.99")) == 99999999999999999


def _pdf(conteudo: bytes) -> bytes:
    return b"%PDF-1.4\n1 0 obj\nstream\n" + zlib.compress(conteudo, 9) + b"\nendstream\nendobj\n"


def test_pdf_inchado_se_recusa(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(_pdf(b" " * (200 << 20)))
    no_tempo = _depressa()
    with pytest.raises(ErroDeArquivo) as erro:
        conferir_pdf(tmp_path / "x.pdf")
    assert erro.value.codigo == "pdf.inchado"
    no_tempo()


def test_pdf_de_um_milhao_de_comecos_nao_demora() -> None:
    no_tempo = _depressa()
    assert reler(b"stream\n" * 300_000) == []
    assert reler(_pdf(b"(" * 3_000_000)) == []
    assert reler(_pdf(b"(\\" * 1_000_000)) == []
    assert reler(_pdf(b"q 1 0 0 1 1 1 cm " + b"1 0 1 1 re " * 300_000)) == []
    no_tempo()


def _png(comprimento: int, altura: int) -> bytes:
    def bloco(tipo: bytes, dados: bytes) -> bytes:
        return struct.pack(">I", len(dados)) + tipo + dados + struct.pack(">I", zlib.crc32(tipo + dados))

    cabeca = struct.pack(">IIBBBBB", comprimento, altura, 8, 0, 0, 0, 0)
    linhas = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + bloco(b"IHDR", cabeca) + bloco(b"IDAT", linhas) + bloco(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "figura",
    [b"", b"texto", b"GIF89a", b"\x89PNG\r\n\x1a\n", _png(60_000, 60_000), _png(9_000, 9_000), _png(100, 100)[:40],
     b"\xff\xd8\xff" + b"x" * 100, b"\x89PNG\r\n\x1a\n" + b"\0" * (3 << 20)],
    ids=["vazia", "texto", "gif", "só a marca", "bomba", "grande", "metade", "jpeg torto", "pesada"],
)  # fmt: skip
def test_figura_que_nao_serve_de_logotipo(figura: bytes) -> None:
    no_tempo = _depressa()
    with pytest.raises(ValueError, match=r"não é|passa|estragada|pontos"):
        conferir_logotipo(figura)
    no_tempo()


@pytest.mark.parametrize("formato", ["PNG", "JPEG"])
def test_logotipo_bom_passa(formato: str) -> None:
    memoria = BytesIO()
    Image.new("RGB", (300, 100), "red").save(memoria, formato)
    assert conferir_logotipo(memoria.getvalue()) == memoria.getvalue()
