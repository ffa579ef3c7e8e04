"""O .xlsx como pacote zip: lê partes e troca algumas, copiando as outras byte a byte.

O que não se toca (desenhos, macros, estilos) passa comprimido como estava. O novo
arquivo nasce com nome provisório, vai inteiro ao disco e só então toma o lugar do velho.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from guiche.dominio.deflate import Estragado, zlib
from guiche.erros import ErroDePlanilha, Local, do_sistema

_NIVEL = 1
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_FIM = struct.Struct("<4s4H2IH")
_SEM_TAMANHO_ADIANTE = ~8
TEXTOS = "xl/sharedStrings.xml"
"""A tabela de textos, que as células citam por número."""
MAIOR_PACOTE = 3 << 30
"""Bytes de todas as partes abertas; um milhão de títulos ocupa menos da metade."""
_SEM_SUSPEITA = 64 << 20
_MAIOR_RAZAO, _RAZAO_DO_DEFLATE = 150, 1032
"""Quantas vezes uma aba de verdade encolhe, no extremo, e quantas o formato permite."""
_MAIS_PARTES = 10_000
_PEDACO = 1 << 20
_SEM_DECLARACOES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^<>]*\?>)?\s*<[A-Za-z_]")
"""O XML que começa logo pelo elemento de fora: depois dele já nada se pode declarar."""


def ler_partes(caminho: Path) -> zipfile.ZipFile:
    """Abre o pacote para leitura.

    Raises:
        ErroDePlanilha: ``pasta.ausente`` ou ``pasta.ilegivel`` (vazio, estragado, com senha, ou outro formato).
    """
    local = Local(caminho.name)
    try:
        pacote = zipfile.ZipFile(caminho)
    except FileNotFoundError as erro:
        raise ErroDePlanilha("pasta.ausente", "a pasta de trabalho não existe", local=local) from erro
    except (zipfile.BadZipFile, OSError) as erro:
        raise ErroDePlanilha(
            "pasta.ilegivel", "não é uma pasta de trabalho .xlsx que se possa ler", local=local
        ) from erro
    try:
        _conferir(pacote, local)
    except BaseException:
        pacote.close()
        raise
    return pacote


def _conferir(pacote: zipfile.ZipFile, local: Local) -> None:
    """Recusa o pacote que não é do Excel e o que, aberto, não caberia na memória."""
    partes = pacote.infolist()
    if "xl/workbook.xml" not in pacote.namelist():
        raise ErroDePlanilha("pasta.ilegivel", "o arquivo não traz uma pasta de trabalho do Excel", local=local)
    aberto = sum(parte.file_size for parte in partes)
    inchada = any(p.file_size > max(_SEM_SUSPEITA, p.compress_size * _MAIOR_RAZAO) for p in partes)
    if aberto > MAIOR_PACOTE or inchada or len(partes) > _MAIS_PARTES or len(set(pacote.namelist())) < len(partes):
        texto = f"o arquivo tem {len(partes)} partes e se abriria em {aberto >> 20} MB"
        raise ErroDePlanilha("pasta.inchada", texto, local=local)


def conferir_tamanhos(caminho: Path, fora: Collection[str]) -> None:
    """Confere que nenhuma parte grande se abre em mais do que o pacote diz: o leitor de células não olha isso.

    Ficam ``fora`` as partes que se conferem à medida que se leem.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``.
    """
    with ler_partes(caminho) as partes, caminho.open("rb") as cru:
        for parte in partes.infolist():
            if parte.filename not in fora and parte.compress_size * _RAZAO_DO_DEFLATE > _SEM_SUSPEITA:
                for _ in _aos_pedacos(_conteudo(cru, parte)):
                    pass


def _aos_pedacos(parte: Comprimida) -> Iterator[bytes]:
    """O conteúdo da parte, aos poucos.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``, assim que passa do tamanho que o pacote diz.
    """
    if not parte.metodo:
        yield parte.dados
        return
    maquina, entrada, contados = zlib.decompressobj(-15), parte.dados, 0
    while entrada:
        try:
            pedaco = maquina.decompress(entrada, _PEDACO)
        except Estragado as erro:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada") from erro
        contados += len(pedaco)
        if contados > parte.tamanho:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo se abre em mais do que ele diz")
        yield pedaco
        entrada = maquina.unconsumed_tail


def sem_entidades(xml: bytes) -> bytes:
    """O próprio XML.

    Raises:
        ErroDePlanilha: ``pasta.ilegivel``, se declara entidades, que o Excel nunca grava e podem citar outros arquivos.
    """
    em_utf16 = b"\0" in xml[:4]  # com marca de ordem ou sem ela, as declarações não se achariam
    if em_utf16 or (not _SEM_DECLARACOES.match(xml) and (b"<!DOCTYPE" in xml or b"<!ENTITY" in xml)):
        raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo traz declarações que o Excel não grava")
    return xml


class Comprimida(NamedTuple):
    """Uma parte pronta para o pacote."""

    dados: bytes
    metodo: int
    crc: int
    tamanho: int

    def abrir(self) -> bytes:
        """O conteúdo da parte.

        Raises:
            ErroDePlanilha: ``pasta.ilegivel``, se os dados não são o que o pacote diz.
        """
        try:
            dados = zlib.decompressobj(-15).decompress(self.dados, self.tamanho + 1) if self.metodo else self.dados
        except Estragado as erro:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada") from erro
        if len(dados) != self.tamanho or zlib.crc32(dados) != self.crc:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada")
        return sem_entidades(dados)

    def pode_ter(self, marca: re.Pattern[bytes], em: bytes) -> bool:
        """Diz se algum trecho, de um ``em`` até o seguinte, tem a marca; sem nenhum ``em``, pode ter.

        A parte não se abre inteira na memória.
        """
        comeco = b""
        for pedaco in _aos_pedacos(self):
            trecho = comeco + pedaco
            corte = trecho.rfind(em)
            if corte < 0 or marca.search(trecho, 0, corte):
                return True
            comeco = trecho[corte:]
        return marca.search(comeco) is not None

    def sem_o_meio(self, de: bytes, ate: bytes) -> bytes:
        """O conteúdo sem o que há entre a primeira vez de ``de`` e a última de ``ate``; inteiro, se não os tem.

        O meio, que pode ser enorme, não fica na memória.

        Raises:
            ErroDePlanilha: ``pasta.ilegivel``, como em ``abrir``.
        """
        antes, depois, crc, tamanho, achou = b"", b"", 0, 0, False
        for pedaco in _aos_pedacos(self):
            crc, tamanho = zlib.crc32(pedaco, crc), tamanho + len(pedaco)
            if achou:
                depois = _desde(depois + pedaco, ate)
                continue
            antes += pedaco
            achou = (onde := antes.find(de)) >= 0
            if achou:
                antes, depois = antes[:onde], _desde(antes[onde:], ate)
        if (crc, tamanho) != (self.crc, self.tamanho):
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada")
        return sem_entidades(antes) + depois


def _desde(xml: bytes, marca: bytes) -> bytes:
    """O XML da última vez da marca em diante; sem ela, só o fim, em que ela pode estar começando."""
    onde = xml.rfind(marca)
    return xml[onde if onde >= 0 else -len(marca) :]


def ler_parte(caminho: Path, nome: str) -> bytes:
    """O conteúdo de uma parte do pacote.

    Raises:
        ErroDePlanilha: como em ``ler_partes``, ou a parte não está lá ou está estragada.
    """
    return ler_comprimida(caminho, nome).abrir()


@lru_cache(maxsize=4)
def _indice(caminho: Path, _gravado_em: int, _tamanho: int) -> Mapping[str, zipfile.ZipInfo]:
    """As partes do pacote: lê-se uma vez, enquanto ninguém o grava."""
    with ler_partes(caminho) as partes:
        return {parte.filename: parte for parte in partes.infolist()}


@contextmanager
def _sem_pasta(caminho: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as erro:
        raise ErroDePlanilha("pasta.ausente", "a pasta de trabalho não existe", local=Local(caminho.name)) from erro


def ler_comprimida(caminho: Path, nome: str) -> Comprimida:
    """Uma parte do pacote, sem a abrir.

    Raises:
        ErroDePlanilha: como em ``ler_partes``, ou a parte não está lá.
    """
    with _sem_pasta(caminho), caminho.open("rb") as cru:
        estado = os.fstat(cru.fileno())
        try:
            return _conteudo(cru, _indice(caminho, estado.st_mtime_ns, estado.st_size)[nome])
        except KeyError as erro:
            raise ErroDePlanilha("pasta.ilegivel", f"falta a parte {nome}", local=Local(caminho.name)) from erro
        except struct.error as erro:
            raise ErroDePlanilha("pasta.ilegivel", "o arquivo está cortado", local=Local(caminho.name)) from erro


def comprimir(pedacos: Iterable[bytes]) -> Comprimida:
    """Comprime uma parte nova, no nível mais rápido, sem nunca a ter inteira aberta."""
    maquina = zlib.compressobj(_NIVEL, zlib.DEFLATED, -15)
    saida, crc, tamanho = [], 0, 0
    for pedaco in pedacos:
        saida.append(maquina.compress(pedaco))
        crc = zlib.crc32(pedaco, crc)
        tamanho += len(pedaco)
    saida.append(maquina.flush())
    return Comprimida(b"".join(saida), zipfile.ZIP_DEFLATED, crc, tamanho)


def gravar(caminho: Path, trocas: Mapping[str, Comprimida], fora: frozenset[str] = frozenset()) -> None:
    """Reescreve o pacote com as partes trocadas, ou novas, e sem as de ``fora``; as demais vão como estão.

    Raises:
        ErroDePlanilha: ``disco.gravacao``.
    """
    provisorio = caminho.with_name(f".{caminho.name}.provisorio")
    try:
        with zipfile.ZipFile(caminho) as velho, caminho.open("rb") as cru, provisorio.open("wb") as saida:
            _copiar(velho, cru, saida, trocas, fora)
            saida.flush()
            os.fsync(saida.fileno())
        provisorio.replace(caminho)
    except OSError as erro:
        with suppress(OSError):
            provisorio.unlink(missing_ok=True)
        texto = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDePlanilha("disco.gravacao", texto, local=Local(caminho.name)) from erro


def _copiar(
    velho: zipfile.ZipFile, cru: BinaryIO, saida: BinaryIO, trocas: Mapping[str, Comprimida], fora: frozenset[str]
) -> None:
    indice = []
    novas = [zipfile.ZipInfo(nome) for nome in trocas.keys() - set(velho.namelist())]
    for parte in (*velho.infolist(), *sorted(novas, key=lambda parte: parte.filename)):
        if parte.filename in fora:
            continue
        inicio, nome = saida.tell(), parte.filename.encode()
        comprimido, metodo, crc, tamanho = trocas.get(parte.filename) or _conteudo(cru, parte)
        ano, mes, dia, hora, minuto, segundo = parte.date_time
        data, relogio = (ano - 1980) << 9 | mes << 5 | dia, hora << 11 | minuto << 5 | segundo // 2
        marcas = parte.flag_bits & _SEM_TAMANHO_ADIANTE
        comum = (20, marcas, metodo, relogio, data, crc, len(comprimido), tamanho, len(nome), 0)
        saida.write(_LOCAL.pack(b"PK\3\4", *comum) + nome)
        saida.write(comprimido)
        indice.append(_CENTRAL.pack(b"PK\1\2", 20, *comum, 0, 0, 0, parte.external_attr, inicio) + nome)
    inicio, central = saida.tell(), b"".join(indice)
    saida.write(central)
    saida.write(_FIM.pack(b"PK\5\6", 0, 0, len(indice), len(indice), len(central), inicio, 0))


def _conteudo(cru: BinaryIO, parte: zipfile.ZipInfo) -> Comprimida:
    """Os bytes comprimidos da parte, sem abri-los."""
    cru.seek(parte.header_offset)
    cabecalho = cru.read(_LOCAL.size)
    nome, extra = struct.unpack("<HH", cabecalho[26:30])
    cru.seek(nome + extra, os.SEEK_CUR)
    return Comprimida(cru.read(parte.compress_size), parte.compress_type, parte.CRC, parte.file_size)
