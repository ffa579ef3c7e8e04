"""Lê o extrato OFX da conta, versões 1 (SGML) e 2 (XML), como os bancos o escrevem de fato."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ofxtools.Parser import OFXTree

from guiche.dominio.dinheiro import para_centavos
from guiche.erros import ErroDeArquivo, Local, do_sistema

_DATA = 8
_MAIOR_EXTRATO, _MAIOR_CABECALHO = 64 << 20, 4096
"""Bytes; o cabeçalho se lê com uma expressão que leva um minuto em 300 KB de brancos."""
_QUANTO_SE_CITA = 40


class Lancamento(NamedTuple):
    """Uma linha do extrato; crédito positivo, débito negativo, em centavos."""

    dia: date
    centavos: int
    historico: str


class Extrato(NamedTuple):
    """O extrato de uma conta."""

    banco: str
    conta: str
    """Como o banco a escreve: com ou sem agência, com ou sem dígito."""
    inicio: date | None
    fim: date | None
    lancamentos: tuple[Lancamento, ...]


def ler_ofx(caminho: Path) -> tuple[Extrato, ...]:
    """Os extratos do arquivo, um por conta.

    Raises:
        ErroDeArquivo: ``arquivo.ausente`` ou ``extrato.formato``.
    """
    local = Local(caminho.name)
    try:
        conteudo = caminho.read_bytes()
    except OSError as erro:
        raise ErroDeArquivo("arquivo.ausente", f"não foi possível abrir: {do_sistema(erro)}", local=local) from erro
    arvore, inicio = OFXTree(), conteudo.lstrip(b"\xef\xbb\xbf \r\n\t")
    if len(inicio) > _MAIOR_EXTRATO or b"<OFX" not in inicio[:_MAIOR_CABECALHO]:
        raise ErroDeArquivo("extrato.formato", "não começa como um OFX, ou passa de 64 MB", local=local)
    try:
        arvore.parse(BytesIO(inicio))
        raiz = arvore.getroot()
        achados = raiz.findall(".//STMTRS") if raiz is not None else []
        extratos = tuple(map(_extrato, achados))
    except Exception as erro:  # a biblioteca levanta de tudo: árvore, cabeçalho, codificação
        razao = (
            str(erro) if type(erro) is ValueError else "a estrutura está estragada"
        )  # a da biblioteca cita o extrato
        raise ErroDeArquivo("extrato.formato", f"não é um OFX que se leia: {razao}", local=local) from erro
    if not extratos or not all(e.conta for e in extratos):
        raise ErroDeArquivo("extrato.formato", "o arquivo não traz extrato de conta", local=local)
    return extratos


def _extrato(no: Element) -> Extrato:
    movimento = no.find("BANKTRANLIST")
    linhas = movimento.findall("STMTTRN") if movimento is not None else []
    return Extrato(
        _texto(no, "BANKACCTFROM/BANKID"), _texto(no, "BANKACCTFROM/ACCTID"),
        _dia(_texto(no, "BANKTRANLIST/DTSTART")), _dia(_texto(no, "BANKTRANLIST/DTEND")),
        tuple(
            Lancamento(_exigir(_texto(t, "DTPOSTED")), _centavos(_texto(t, "TRNAMT")),
                       _texto(t, "MEMO") or _texto(t, "NAME"))
            for t in linhas
        ),
    )  # fmt: skip


def _texto(no: Element, caminho: str) -> str:
    achado = no.find(caminho)
    return (achado.text or "").strip() if achado is not None else ""


def _dia(texto: str) -> date | None:
    return datetime.strptime(texto[:_DATA], "%Y%m%d").date() if texto[:_DATA].strip("0") else None  # noqa: DTZ007


def _exigir(texto: str) -> date:
    dia = _dia(texto)
    if dia is None:
        raise ValueError("lançamento sem data")
    return dia


def _centavos(texto: str) -> int:
    """O valor, com ponto ou vírgula.

    >>> _centavos("-1.234,56"), _centavos("10.5")
    (-123456, 1050)
    """
    pontos = texto.replace(".", "").replace(",", ".") if "," in texto else texto
    try:
        return para_centavos(Decimal(pontos))
    except (InvalidOperation, ValueError) as erro:
        raise ValueError(f"valor {texto[:_QUANTO_SE_CITA]!r}") from erro
