"""Lê o extrato OFX da conta, versões 1 (SGML) e 2 (XML), como os bancos brasileiros o escrevem de fato.

Há etiquetas vazias por fechar, uma lista por dia, saldos entre os lançamentos, cabeçalhos que mentem. Por isso não se
monta a árvore: corta-se o texto em ``<STMTTRN>`` e de cada pedaço se tiram os campos, e um lançamento ruim não leva
os outros. O que se viu tem de somar o que está escrito.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from guiche.arquivos.ofx_lancamento import CampoIlegivel, Lancamento, e_saldo, ler_dia, ler_lancamento, traz_menos
from guiche.erros import ErroDeArquivo, Local, do_sistema

_MAIOR_EXTRATO, _MAIOR_CABECALHO = 64 << 20, 4096
"""Bytes."""
_MARCAS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OFX = re.compile(r"<OFX[\s>]", re.IGNORECASE)
_EXTRATO = re.compile(r"<STMTRS(?:\s[^<>]*)?>", re.IGNORECASE)
_LANCAMENTO = re.compile(r"<STMTTRN(?:\s[^<>]*)?>", re.IGNORECASE)
_ESCRITO = re.compile(rb"<STMTTRN[\s/>]", re.IGNORECASE)
_ABRE = re.compile(r"<(?:BANKTRANLIST|STMTTRN)[\s>]", re.IGNORECASE)
_FECHA_LANCAMENTO = re.compile(r"</(?:STMTTRN|BANKTRANLIST|STMTRS)\s*>", re.IGNORECASE)
_FECHA_LISTA = re.compile(r"</(?:BANKTRANLIST|STMTRS)\s*>", re.IGNORECASE)
_ACABA = re.compile(r"</(?:STMTRS|STMTTRNRS|BANKMSGSRSV1)\s*>|<(?:STMTRS|CCSTMTRS|INVSTMTRS|SONRS)[\s>]", re.IGNORECASE)
"""O que vem depois do extrato de uma conta, feche-se ele ou não."""
_ETIQUETA = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_.]*)(?:\s[^<>]*)?/?>")


class NaoLido(NamedTuple):
    """Um lançamento cuja data ou cujo valor não se lê."""

    linha: int
    """A do arquivo, de 1 em diante."""
    razao: str


class Extrato(NamedTuple):
    """O extrato de uma conta."""

    banco: str
    """Vazio quando o arquivo não o diz."""
    conta: str
    """Como o banco a escreve: com ou sem agência, com ou sem dígito."""
    inicio: date | None
    fim: date | None
    lancamentos: tuple[Lancamento, ...]
    saldos: int = 0
    """Quantas linhas de saldo vinham entre os lançamentos: não são dinheiro que entrou."""
    nao_lidos: tuple[NaoLido, ...] = ()
    sem_casas: bool = False
    """Há valores, e nenhum traz vírgula nem ponto."""

    @property
    def vistos(self) -> int:
        """Todos os lançamentos que o banco escreveu nesta conta."""
        return len(self.lancamentos) + self.saldos + len(self.nao_lidos)


class _Texto(NamedTuple):
    conteudo: str
    quebras: Sequence[int]

    def linha(self, posicao: int) -> int:
        return bisect_left(self.quebras, posicao) + 1


class _Campo(NamedTuple):
    nome: str
    valor: str
    posicao: int


def ler_ofx(caminho: Path, ate: date = date.max) -> tuple[Extrato, ...]:
    """Os extratos do arquivo, um por conta; um lançamento de depois de ``ate`` não se lê.

    Raises:
        ErroDeArquivo: ``arquivo.ausente``, ``extrato.formato`` ou ``extrato.incompleto``.
    """
    local = Local(caminho.name)
    try:
        conteudo = caminho.read_bytes()
    except OSError as erro:
        raise ErroDeArquivo("arquivo.ausente", f"não foi possível abrir: {do_sistema(erro)}", local=local) from erro
    if len(conteudo) > _MAIOR_EXTRATO:
        raise ErroDeArquivo("extrato.formato", "passa de 64 MB", local=local)
    texto = _texto(conteudo)
    if not _OFX.search(texto.conteudo[:_MAIOR_CABECALHO]):
        raise ErroDeArquivo("extrato.formato", "não começa como um OFX", local=local)
    extratos = _por_conta([_extrato(texto, inicio, fim, ate) for inicio, fim in _trechos(texto, local)])
    if not extratos or not all(e.conta for e in extratos):
        raise ErroDeArquivo("extrato.formato", "o arquivo não traz extrato de conta", local=local)
    _conferir_quantos(conteudo, extratos, local)
    return extratos


def _texto(conteudo: bytes) -> _Texto:
    """O texto pelo que os bytes são, e não pelo que o cabeçalho diz deles."""
    codificacao = next((nome for marca, nome in _MARCAS if conteudo.startswith(marca)), "utf-8")
    try:
        texto = conteudo.decode(codificacao)
    except UnicodeDecodeError:
        texto = conteudo.decode("cp1252", "replace")
    texto = texto.replace("\r\n", "\n").replace("\r", "\n")
    texto = _trocar_miolo(texto, ("<!--", "-->"), lambda miolo: "\n" * miolo.count("\n"))
    texto = _trocar_miolo(texto, ("<![CDATA[", "]]>"), lambda miolo: miolo.replace("&", "&amp;").replace("<", "&lt;"))
    return _Texto(texto, [achada.start() for achada in re.finditer("\n", texto)])


def _trocar_miolo(texto: str, marcas: tuple[str, str], trocar: Callable[[str], str]) -> str:
    inicio, *trechos = texto.split(marcas[0])
    partes = [inicio]
    for trecho in trechos:
        miolo, achada, resto = trecho.partition(marcas[1])
        partes += [trocar(miolo), resto] if achada else [trecho]
    return "".join(partes)


def _trechos(texto: _Texto, local: Local) -> Iterator[tuple[int, int]]:
    """Onde começa e acaba cada extrato.

    Raises:
        ErroDeArquivo: ``extrato.incompleto``, se a última lista não se fecha: a transferência parou no meio.
    """
    for achado in _EXTRATO.finditer(texto.conteudo):
        acaba = _ACABA.search(texto.conteudo, achado.end())
        inicio, fim = achado.end(), acaba.end() if acaba else len(texto.conteudo)
        ultimo = max((um.start() for um in _ABRE.finditer(texto.conteudo, inicio, fim)), default=-1)
        if ultimo >= 0 and not _FECHA_LISTA.search(texto.conteudo, ultimo, fim):
            razao = f"o arquivo acaba no meio dos lançamentos, na linha {texto.linha(ultimo)}; nada se conciliou"
            raise ErroDeArquivo("extrato.incompleto", razao, local=local)
        yield inicio, fim


def _extrato(texto: _Texto, inicio: int, fim: int, ate: date) -> Extrato:
    """O extrato de um trecho: o que está dentro dos lançamentos, e em volta deles a conta e o período."""
    marcos = [achado.span() for achado in _LANCAMENTO.finditer(texto.conteudo, inicio, fim)]
    em_volta = _campos(texto, inicio, marcos[0][0] if marcos else fim)
    brutos = []
    for (_, comeco), (proximo, _) in pairwise([*marcos, (fim, fim)]):
        fecho = _FECHA_LANCAMENTO.search(texto.conteudo, comeco, proximo)
        meio = fecho.start() if fecho else proximo
        brutos.append([_Campo("", "", comeco), *_campos(texto, comeco, meio)])
        em_volta += _campos(texto, meio, proximo)
    return _montar(texto, em_volta, brutos, ate)


def _campos(texto: _Texto, inicio: int, fim: int) -> list[_Campo]:
    """As etiquetas que abrem, com o que vem até a seguinte: vazio, se é grupo ou se o banco nada pôs."""
    etiquetas = _ETIQUETA.finditer(texto.conteudo, inicio, fim)
    return [
        _Campo(uma[2].upper(), html.unescape(" ".join(texto.conteudo[uma.end() : seguinte].split())), uma.start())
        for uma, seguinte in _com_o_fim(etiquetas, fim)
        if not uma[1]
    ]


def _com_o_fim(etiquetas: Iterator[re.Match[str]], fim: int) -> Iterator[tuple[re.Match[str], int]]:
    anterior = None
    for uma in etiquetas:
        if anterior:
            yield anterior, uma.start()
        anterior = uma
    if anterior:
        yield anterior, fim


def _montar(texto: _Texto, em_volta: Sequence[_Campo], brutos: Sequence[Sequence[_Campo]], ate: date) -> Extrato:
    da_conta = _por_nome(em_volta)
    dias = {nome: [d for c in em_volta if c.nome == nome and (d := ler_dia(c.valor))] for nome in ("DTSTART", "DTEND")}
    escritos = [c.valor for campos in brutos for c in campos if c.nome == "TRNAMT"]
    assinado = any(map(traz_menos, escritos))
    lancamentos, nao_lidos, saldos = [], [], 0
    for campos in brutos:
        valores = _por_nome(campos)
        if e_saldo(valores.get("NAME", ""), valores.get("MEMO", "")):
            saldos += 1
            continue
        try:
            lancamentos.append(ler_lancamento(valores, ate, assinado=assinado))
        except CampoIlegivel as erro:
            onde = next((c.posicao for c in campos if c.nome == erro.campo), campos[0].posicao)
            nao_lidos.append(NaoLido(texto.linha(onde), erro.razao))
    return Extrato(
        da_conta.get("BANKID", ""), da_conta.get("ACCTID", ""), min(dias["DTSTART"], default=None),
        max(dias["DTEND"], default=None), tuple(lancamentos), saldos, tuple(nao_lidos),
        bool(lancamentos) and not re.search("[.,]", "".join(escritos)),
    )  # fmt: skip


def _por_nome(campos: Sequence[_Campo]) -> dict[str, str]:
    """O primeiro valor de cada etiqueta."""
    return {c.nome: c.valor for c in reversed(campos)}


def _por_conta(extratos: Sequence[Extrato]) -> tuple[Extrato, ...]:
    """Um extrato só por conta, ainda que o banco abra um por dia."""
    juntos: dict[tuple[str, str], Extrato] = {}
    for um in extratos:
        outro = juntos.get((um.banco, um.conta))
        juntos[um.banco, um.conta] = _juntar(outro, um) if outro else um
    return tuple(juntos.values())


def _juntar(um: Extrato, outro: Extrato) -> Extrato:
    return Extrato(
        um.banco, um.conta, min(filter(None, (um.inicio, outro.inicio)), default=None),
        max(filter(None, (um.fim, outro.fim)), default=None), um.lancamentos + outro.lancamentos,
        um.saldos + outro.saldos, um.nao_lidos + outro.nao_lidos, um.sem_casas and outro.sem_casas,
    )  # fmt: skip


def _conferir_quantos(conteudo: bytes, extratos: Sequence[Extrato], local: Local) -> None:
    """O que se viu é o que está escrito, contado nos bytes e não no que se leu.

    Raises:
        ErroDeArquivo: ``extrato.incompleto``.
    """
    escritos, vistos = len(_ESCRITO.findall(conteudo.replace(b"\0", b""))), sum(e.vistos for e in extratos)
    if escritos != vistos:
        razao = f"o arquivo traz {escritos} lançamentos e só {vistos} são de um extrato de conta; nada se conciliou"
        raise ErroDeArquivo("extrato.incompleto", razao, local=local)
