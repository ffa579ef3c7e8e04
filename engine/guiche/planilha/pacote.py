"""O .xlsx como pacote zip: lê partes e troca algumas, copiando as outras byte a byte.

O que não se toca (desenhos, macros, estilos) passa comprimido como estava. O novo
arquivo nasce com nome provisório, vai inteiro ao disco e só então toma o lugar do velho.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from guiche.erros import ErroDePlanilha, Local

try:
    from isal import isal_zlib as zlib  # o mesmo formato, umas seis vezes mais depressa
except ImportError:  # máquina sem pacote pronto do isal
    import zlib  # type: ignore[no-redef]

_ERRO_DO_ZLIB: type[Exception] = zlib.error  # type: ignore[assignment]

_NIVEL = 1
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_FIM = struct.Struct("<4s4H2IH")
_SEM_TAMANHO_ADIANTE = ~8


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
    if "xl/workbook.xml" not in pacote.namelist():
        pacote.close()
        raise ErroDePlanilha("pasta.ilegivel", "o arquivo não traz uma pasta de trabalho do Excel", local=local)
    return pacote


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
            dados = zlib.decompress(self.dados, -15, self.tamanho) if self.metodo else self.dados
        except _ERRO_DO_ZLIB as erro:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada") from erro
        if zlib.crc32(dados) != self.crc:
            raise ErroDePlanilha("pasta.ilegivel", "uma parte do arquivo está estragada")
        return dados


def ler_parte(caminho: Path, nome: str) -> bytes:
    """O conteúdo de uma parte do pacote.

    Raises:
        ErroDePlanilha: como em ``ler_partes``, ou a parte não está lá ou está estragada.
    """
    with ler_partes(caminho) as partes, caminho.open("rb") as cru:
        try:
            return _conteudo(cru, partes.getinfo(nome)).abrir()
        except KeyError as erro:
            raise ErroDePlanilha("pasta.ilegivel", f"falta a parte {nome}", local=Local(caminho.name)) from erro


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
    """Reescreve o pacote com as partes trocadas e sem as de ``fora``; as demais vão como estão.

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
        texto = f"não foi possível gravar: {erro.strerror}"
        raise ErroDePlanilha("disco.gravacao", texto, local=Local(caminho.name)) from erro


def _copiar(
    velho: zipfile.ZipFile, cru: BinaryIO, saida: BinaryIO, trocas: Mapping[str, Comprimida], fora: frozenset[str]
) -> None:
    indice = []
    for parte in velho.infolist():
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
