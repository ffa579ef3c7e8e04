"""As linhas de um arquivo de cobrança, reconhecidas, e o título com os seus complementos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import Cobranca
from guiche.erros import ErroDeCampo
from guiche.layout.modelo import Campo, Layout, Registro
from guiche.layout.valores import ler_campo

_CASAS_DO_CENTAVO = 2


class Linha(NamedTuple):
    """Uma linha e o registro a que pertence; nenhum, se o layout não a conhece."""

    numero: int
    texto: str
    registro: Registro | None

    @property
    def papel(self) -> str:
        """O papel do registro; vazio se não há registro."""
        return self.registro.papel if self.registro else ""

    def bruto(self, campo: Campo) -> str:
        """O trecho da linha que o campo ocupa."""
        return self.texto[campo.inicio - 1 : campo.fim]


class Ficha(NamedTuple):
    """Um título como está no arquivo: a sua linha e as que o completam."""

    linhas: tuple[Linha, ...]

    @property
    def numero(self) -> int:
        """O número da linha do título."""
        return self.linhas[0].numero

    def achar(self, nome: str) -> tuple[Linha, Campo] | None:
        """Onde está o campo: na linha do título, ou na primeira das outras que o tem."""
        for linha in self.linhas:
            if linha.registro and (campo := indice(linha.registro).get(nome)):
                return linha, campo
        return None

    def primeiro(self, *nomes: str) -> tuple[Linha, Campo] | None:
        """Onde está o primeiro dos campos que o título tem."""
        return next((achado for nome in nomes if (achado := self.achar(nome))), None)

    def bruto(self, *nomes: str) -> str:
        """O texto do primeiro dos campos que o título tem, sem brancos em volta."""
        achado = self.primeiro(*nomes)
        return achado[0].bruto(achado[1]).strip() if achado else ""

    def ler(self, nome: str) -> Any:
        """O valor do campo; ``None`` se o título não o tem, está vazio ou não se lê."""
        achado = self.achar(nome)
        if achado is None:
            return None
        linha, campo = achado
        try:
            return ler_campo(campo, linha.bruto(campo), None)
        except ErroDeCampo:
            return None

    def centavos(self, nome: str) -> int | None:
        """O dinheiro do campo em centavos, quantas forem as suas casas; fração de centavo se perde."""
        lido, achado = self.ler(nome), self.achar(nome)
        if lido is None or achado is None:
            return None
        return int(Decimal(lido).scaleb(_CASAS_DO_CENTAVO - achado[1].decimais))


@cache
def indice(registro: Registro) -> Mapping[str, Campo]:
    """Os campos do registro pelo nome."""
    return {campo.nome: campo for campo in registro.campos if campo.nome}


class Reconhecedor:
    """O mesmo que ``Layout.reconhecer``, lembrando as marcas já vistas."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        marcas = {(inicio - 1, len(texto)) for r in layout.registros.values() for inicio, texto in r.marca}
        self.trechos = [slice(inicio, inicio + largura) for inicio, largura in sorted(marcas)]
        self.vistos: dict[tuple[str, ...], Registro | None] = {}

    def __call__(self, linha: str) -> Registro | None:
        """O registro da linha."""
        chave = tuple([linha[trecho] for trecho in self.trechos])
        if chave not in self.vistos:
            self.vistos[chave] = self.layout.reconhecer(linha)
        return self.vistos[chave]


def ler_linhas(arquivo: Cobranca) -> Iterator[Linha]:
    """Cada linha com o seu registro, aos poucos."""
    reconhecer = Reconhecedor(arquivo.layout)
    for bloco in arquivo.blocos():
        for n, texto in zip(bloco.numeros, bloco.linhas, strict=True):
            yield Linha(n, texto, reconhecer(texto))


def agrupar(linhas: Iterator[Linha]) -> Iterator[Ficha]:
    """Os títulos, cada um com os complementos que o seguem; o resto das linhas não passa."""
    atual: list[Linha] = []
    for linha in linhas:
        if linha.papel == "complemento":
            if atual:
                atual.append(linha)
            continue
        if atual:
            yield Ficha(tuple(atual))
        atual = [linha] if linha.papel == "titulo" else []
    if atual:
        yield Ficha(tuple(atual))
