"""As linhas de um arquivo grande, aos blocos, na largura do layout; só se conserta o que não perde nada.

Aceita qualquer fim de linha, marca de ordem de bytes, latin-1 ou UTF-8, brancos finais
cortados ou a mais, linhas vazias e o 0x1A do fim. Linha que sobra com conteúdo é recusada:
é o sinal de colunas deslocadas, e o dinheiro sairia de outro lugar.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from guiche.erros import ErroDeArquivo, Local, Problema, do_sistema
from guiche.layout.modelo import Layout

_PEDACO = 1 << 18
_LINHA_MAXIMA = 1 << 16
_BOM = b"\xef\xbb\xbf"
_CHAVE_NFE = 44
Anotar = Callable[[Problema], None]


class Bloco(NamedTuple):
    """Linhas seguidas, sem as vazias, e o número de cada uma no arquivo."""

    numeros: Sequence[int]
    linhas: Sequence[str]
    ascii: bool
    inteiro: bytes = b""
    """Os bytes de todas, se têm a mesma largura."""

    def coluna(self, i: int) -> str:
        """O caractere de todas as linhas na posição dada, a partir de zero."""
        if self.inteiro:
            return self.inteiro[i :: len(self.linhas[0]) + 2].decode("ascii")
        return "".join([linha[i] for linha in self.linhas])


class Fonte(NamedTuple):
    """Um arquivo em disco ou já em memória, que se pode reler do começo."""

    nome: str
    origem: Path | bytes

    def abrir(self) -> BinaryIO:
        """O arquivo, do começo.

        Raises:
            ErroDeArquivo: ``arquivo.ausente``.
        """
        if isinstance(self.origem, bytes):
            return io.BytesIO(self.origem)
        try:
            return self.origem.open("rb")
        except OSError as erro:
            texto = f"não foi possível abrir: {do_sistema(erro)}"
            raise ErroDeArquivo("arquivo.ausente", texto, local=Local(self.nome)) from erro

    def inicio(self) -> bytes:
        """Os primeiros bytes, que bastam para saber que arquivo é."""
        with self.abrir() as arquivo:
            return arquivo.read(_PEDACO)


def decodificar(linha: bytes, larguras: frozenset[int]) -> str:
    """O texto da linha: o que dá a largura certa decide entre latin-1 e UTF-8.

    >>> decodificar("ação".encode(), frozenset({4})), decodificar("ação".encode("latin-1"), frozenset({4}))
    ('ação', 'ação')
    """
    texto = linha.decode("latin-1")
    if len(linha) in larguras or linha.isascii():
        return texto
    try:
        return linha.decode("utf-8")
    except UnicodeDecodeError:
        return texto


def separar(bruto: bytes, larguras: frozenset[int] = frozenset()) -> list[str]:
    """Linhas de um pedaço, com qualquer fim de linha; a última pode estar incompleta."""
    com_cr = bruto.count(b"\r")
    if com_cr and bruto.isascii() and com_cr == bruto.count(b"\n"):
        linhas = bruto.decode("ascii").split("\r\n")
        if len(linhas) == com_cr + 1:  # todo CR vem com o seu LF: é o caso de sempre, e o mais rápido
            return linhas
    if com_cr:
        bruto = bruto.replace(b"\r\n", b"\n")
        bruto = bruto.replace(b"\r", b"\n") if b"\r" in bruto else bruto
    if bruto.isascii():
        return bruto.decode("ascii").split("\n")
    return [decodificar(linha, larguras) for linha in bruto.split(b"\n")]


def em_pedacos(fonte: Fonte) -> Iterator[bytes]:
    """O arquivo em pedaços que terminam em fim de linha.

    Raises:
        ErroDeArquivo: ``linha.largura``, há uma linha grande demais para ser de um banco.
    """
    resto = b""
    with fonte.abrir() as arquivo:
        so_cr = None
        bruto = arquivo.read(_PEDACO).removeprefix(_BOM)
        while bruto:
            if so_cr is None:
                so_cr = b"\r" in bruto and b"\n" not in bruto
            bruto = resto + (bruto.replace(b"\r", b"\n") if so_cr else bruto)
            corte = bruto.rfind(b"\n") + 1
            resto = bruto[corte:]
            if len(resto) > _LINHA_MAXIMA:
                raise ErroDeArquivo("linha.largura", "não há fim de linha no arquivo", local=Local(fonte.nome))
            if corte:
                yield bruto[:corte]
            bruto = arquivo.read(_PEDACO)
    if resto.strip(b"\x1a \r\n"):
        yield resto + b"\n"


def em_blocos(fonte: Fonte, layout: Layout, minimos: Mapping[str, int], anotar: Anotar) -> Iterator[Bloco]:
    """As linhas na largura do seu registro; ``minimos`` diz, por registro, a última coluna que não pode faltar."""
    regua = _Regua(fonte.nome, layout, minimos, anotar)
    primeira = 1
    for pedaco in em_pedacos(fonte):
        certas = _todas_certas(pedaco, layout.largura)
        linhas = certas or separar(pedaco, regua.larguras)[:-1]
        numeros: Sequence[int] = range(primeira, primeira + len(linhas))
        primeira += len(linhas)
        if not certas and set(map(len, linhas)) != {layout.largura}:
            numeros, linhas = regua.acertar(numeros, linhas)
        yield Bloco(numeros, linhas, pedaco.isascii(), pedaco if certas else b"")


def _todas_certas(pedaco: bytes, largura: int) -> list[str]:
    """As linhas do pedaço só de ASCII, de linhas na largura e com CR e LF; nenhuma, se algo foge disso.

    Nenhum fim de linha tem mais que dois caracteres: se as linhas têm a largura e o total fecha com dois por
    linha, todos são CR e LF, e não há outro no meio delas.
    """
    if not pedaco.isascii():
        return []
    linhas = pedaco.decode("ascii").splitlines()
    return linhas if len(pedaco) == len(linhas) * (largura + 2) and set(map(len, linhas)) == {largura} else []


class _Regua:
    """Põe cada linha na largura do seu registro, e anota o que consertou ou recusou."""

    def __init__(self, fonte: str, layout: Layout, minimos: Mapping[str, int], anotar: Anotar) -> None:
        self.fonte, self.layout, self.minimos, self.anotar = fonte, layout, minimos, anotar
        self.larguras = frozenset(r.largura for r in layout.registros.values())

    def acertar(self, numeros: Sequence[int], linhas: Sequence[str]) -> tuple[list[int], list[str]]:
        certas = [(n, certa) for n, x in zip(numeros, linhas, strict=True) if (certa := self._linha(n, x))]
        return [n for n, _ in certas], [x for _, x in certas]

    def _linha(self, n: int, linha: str) -> str:
        """A linha acertada, ou vazia se não tem conteúdo ou não se aproveita."""
        if not linha.strip(" \x1a"):
            return ""
        registro = self.layout.reconhecer(linha)
        largura = registro.largura if registro else self.layout.largura
        if len(linha) == largura:
            return linha
        aparada = linha.rstrip(" \x1a")
        minimo = self.minimos.get(registro.codigo, 0) if registro else 0
        if len(aparada) > largura:
            return self._sobra(n, aparada, largura)
        if len(linha) < minimo:
            return self._recusar(n, f"a linha tem {len(linha)} posições: faltam valores até a {minimo}")
        if len(linha) < largura:
            self._avisar("arquivo.linha_curta", n, f"a linha veio com {len(linha)} posições")
        return aparada.ljust(largura)

    def _sobra(self, n: int, linha: str, largura: int) -> str:
        chave = linha[largura:]
        if len(chave) == _CHAVE_NFE and chave.isascii() and chave.isdigit():
            self._avisar("arquivo.linha_longa", n, "há uma chave de nota fiscal depois do registro")
            return linha[:largura]
        return self._recusar(n, f"a linha tem {len(linha)} posições, e não {largura}: há colunas deslocadas")

    def _recusar(self, n: int, mensagem: str) -> str:
        self.anotar(Problema("linha.largura", mensagem, Local(self.fonte, n)))
        return ""

    def _avisar(self, codigo: str, n: int, mensagem: str) -> None:
        self.anotar(Problema(codigo, mensagem, Local(self.fonte, n), gravidade="aviso"))
