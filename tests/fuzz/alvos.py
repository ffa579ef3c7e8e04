"""O que se bombardeia: cada leitor do que vem de fora, com amostras boas por onde começar.

Um alvo recebe bytes quaisquer. Recusar (``ErroGuiche``) é bom; qualquer outra exceção é um achado.
"""

from __future__ import annotations

import atexit
import json
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

from guiche.arquivos import cobranca, debito150
from guiche.arquivos.anonimizar import tapar_pontas
from guiche.arquivos.explicar import explicar, ler_json
from guiche.arquivos.explicar_cobranca import explicar_cobranca
from guiche.arquivos.ofx import ler_ofx
from guiche.arquivos.verificar import verificar
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.documentos.boleto import desenhar
from guiche.erros import ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.pronta import caminho_do_modelo
from guiche.planilha.validacao import validar
from guiche.servicos.boletos.numeros import calcular, conferir_pdf, decodificar
from guiche.servicos.cobranca import porta_json
from tests.remessa.vetores import pedido, vetores

Alvo = Callable[[bytes], None]
AMOSTRAS = Path(__file__).parents[1] / "amostras"
HOSTIS = AMOSTRAS / "hostis"
HOJE = date(2026, 8, 4)
_TABELAS = ("contas", "clientes", "titulos")
_MAIOR_AMOSTRA = 40_000


def debito(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        arquivo = debito150.ler(conteudo, "x")
        ler_json(arquivo)
        list(explicar(arquivo))
        for registro in ("E", "F"):
            list(arquivo.detalhes(registro, ("valor_debito", "data_vencimento")))
    verificar(conteudo, "x", HOJE)
    with suppress(ErroGuiche):
        tapar_pontas(conteudo, "x")


def cnab(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        arquivo = cobranca.abrir(conteudo, "x")
        list(explicar_cobranca(arquivo))
        list(cobranca.ler_titulos(conteudo, "x"))
    with suppress(ErroGuiche):
        verificar_cobranca(conteudo, "x", HOJE)


def ofx(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        ler_ofx(_no_disco(conteudo, "fuzz.ofx"))


def planilha(conteudo: bytes) -> None:
    """Metade das vezes os bytes são o pacote; na outra, uma parte dele, que assim se exercita por dentro."""
    escolha, resto = conteudo[:1], conteudo[1:]
    if escolha and escolha[0] % 2:
        nomes = _partes()
        conteudo = _pacote(nomes[escolha[0] // 2 % len(nomes)], resto)
    with suppress(ErroGuiche):
        pasta = PastaEmArquivo(_no_disco(conteudo, "fuzz.xlsx"))
        for tabela in _TABELAS:
            validar(pasta.ler(tabela))
        pasta.parametro("livro_id")


def linha_digitavel(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        decodificar(conteudo.decode("utf-8", "replace"), HOJE)


def remessa_em_json(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        porta_json.gerar(conteudo.decode("utf-8", "replace"))


def boleto_em_json(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        calcular(conteudo.decode("utf-8", "replace"))


def pdf(conteudo: bytes) -> None:
    with suppress(ErroGuiche):
        conferir_pdf(_no_disco(conteudo, "fuzz.pdf"))


ALVOS: dict[str, Alvo] = {
    f.__name__: f for f in (debito, cnab, ofx, planilha, linha_digitavel, remessa_em_json, boleto_em_json, pdf)
}


def _no_disco(conteudo: bytes, nome: str) -> Path:
    caminho = _pasta() / nome
    caminho.write_bytes(conteudo)
    return caminho


@cache
def _pasta() -> Path:
    onde = tempfile.mkdtemp(prefix="guiche-fuzz-")
    atexit.register(shutil.rmtree, onde, ignore_errors=True)
    return Path(onde)


@cache
def _abertas() -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(caminho_do_modelo().read_bytes())) as pacote:
        return {nome: pacote.read(nome) for nome in pacote.namelist()}


@cache
def _partes() -> list[str]:
    """As partes que se leem: as que dizem onde estão as tabelas, e as abas delas."""
    uteis = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/sheet2.xml",
             "xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml", "xl/tables/table2.xml", "xl/tables/table3.xml",
             "xl/worksheets/_rels/sheet2.xml.rels")  # fmt: skip
    return [nome for nome in uteis if nome in _abertas()]


def _pacote(nome: str, conteudo: bytes) -> bytes:
    memoria = BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pacote:
        for parte, bom in _abertas().items():
            pacote.writestr(parte, conteudo if parte == nome else bom)
    return memoria.getvalue()


def amostras(alvo: str) -> list[bytes]:
    """As boas, por onde se começa, e as más que já se acharam."""
    boas = [bom for bom in _boas(alvo) if len(bom) <= _MAIOR_AMOSTRA]
    return [*boas, *(caminho.read_bytes() for caminho in sorted(HOSTIS.glob(f"{alvo}-*")))]


def _boas(alvo: str) -> Iterator[bytes]:
    return _BOAS[alvo]()


def _dos_arquivos(*onde: str) -> Iterator[bytes]:
    arquivos = sorted(caminho for caminho in AMOSTRAS.joinpath(*onde).rglob("*") if caminho.suffix not in _NAO_SAO)
    return (caminho.read_bytes() for caminho in arquivos if caminho.is_file())


def _planilhas() -> Iterator[bytes]:
    yield caminho_do_modelo().read_bytes()
    for i, nome in enumerate(_partes()):
        yield bytes([2 * i + 1]) + _abertas()[nome]


def _remessas() -> Iterator[bytes]:
    for nome, vetor in vetores().items():
        apelido = str(vetor["layout"]).removesuffix(".remessa")
        yield json.dumps(pedido(nome, apelido)).encode()


def _linhas_digitaveis() -> Iterator[bytes]:
    yield b"34191.09008 00000.150057 71234.570001 1 15400000040000"
    yield from (str(caso["expected"]["linha_digitavel"]).encode() for caso in _vetores())


def _pdfs() -> Iterator[bytes]:
    yield desenhar([])
    yield b"%PDF-1.4\n1 0 obj\nstream\n(1,00) Tj (99/99/9999) Tj\nendstream\n"


@cache
def _vetores() -> list[dict[str, dict[str, str]]]:
    """Os vetores de boleto inteiros: entrada e linha digitável."""
    casos: list[dict[str, dict[str, str]]] = json.loads((AMOSTRAS / "boleto" / "vetores.json").read_text("utf-8"))
    return [caso for caso in casos if caso["expected"].get("linha_digitavel")][:20]


_CABECALHO = (
    b"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    b"COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_OFX = (
    _CABECALHO + b"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><BANKACCTFROM><BANKID>0341<ACCTID>12345<ACCTTYPE>CHECKING"
    b"</BANKACCTFROM><BANKTRANLIST><DTSTART>20260801<DTEND>20260804<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260804"
    b"<TRNAMT>-1.234,56<FITID>1<MEMO>cobranca</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
    b'<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>'
    b"<OFX><STMTRS><BANKTRANLIST><STMTTRN><DTPOSTED>20260804</DTPOSTED><TRNAMT>10.50</TRNAMT><NAME>a</NAME>"
    b"</STMTTRN></BANKTRANLIST></STMTRS></OFX>",
)


_NAO_SAO = {".json", ".toml"}
_BOAS: dict[str, Callable[[], Iterator[bytes]]] = {
    "debito": lambda: _dos_arquivos("debito150"),
    "cnab": lambda: _dos_arquivos("cnab", "arquivos"),
    "ofx": lambda: iter(_OFX),
    "planilha": _planilhas,
    "remessa_em_json": _remessas,
    "boleto_em_json": lambda: (json.dumps([caso["input"]]).encode() for caso in _vetores()),
    "linha_digitavel": _linhas_digitaveis,
    "pdf": _pdfs,
}


def mutar(base: bytes, outra: bytes, sorte: random.Random) -> bytes:
    """Uma a quatro mudanças pequenas: trocar, apagar, repetir, enxertar."""
    feito = bytearray(base)
    for _ in range(sorte.randint(1, 4)):
        i = sorte.randint(0, len(feito))
        n = sorte.choice((1, 1, 2, 8, 64))
        match sorte.randrange(6):
            case 0:
                feito[i : i + n] = sorte.randbytes(n)
            case 1:
                del feito[i : i + n]
            case 2:
                feito[i:i] = feito[i : i + n] * sorte.choice((1, 2, 50))
            case 3:
                j = sorte.randint(0, len(outra))
                feito[i : i + n] = outra[j : j + n]
            case 4:
                feito[i:i] = sorte.choice(_VENENOS)
            case _:
                feito[i : i + n] = b"9" * n
    return bytes(feito)


_VENENOS = (
    b"\0", b"\xff\xfe", b"\r\n", b"-", b"1E999999", b"NaN", b"99999999999999999999", b"<!DOCTYPE a>", b"&a;", b"{",
    b"[[[[",
    b"\xc3\x28", "漢".encode(), b'"r="XFD1048576"', b"00000000", b"null", b"true", b" " * 300, b"%", b"/",
)  # fmt: skip
