"""Desenha os ícones da faixa: ``python addin/icones/desenhar.py`` reescreve os PNG desta pasta.

Cada ícone é uma pilha de formas numa malha de 32 por 32. Só há contas exatas (nem seno, nem
compressão), para que toda máquina escreva os mesmos bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

LADO = 32
AMOSTRAS = 6
"""Amostras por ponto, em cada direção: é o que alisa as bordas."""
VERDE, AZUL, LARANJA = (0x1F, 0x6F, 0x50), (0x2F, 0x5D, 0x8C), (0xC5, 0x5A, 0x11)
AMARELO, PRETO, BRANCO, CLARO = (0xF2, 0xB8, 0x0A), (0x26, 0x26, 0x26), (0xFF, 0xFF, 0xFF), (0xA9, 0xBD, 0xD3)
Cor = tuple[int, int, int]
Forma = Callable[[float, float], bool]
Camada = tuple[Cor | None, Forma]
"""Cor e forma; ``None`` apaga o que está embaixo."""


def quadro(x0: float, y0: float, x1: float, y1: float, raio: float = 0) -> Forma:
    """Retângulo de cantos redondos."""

    def dentro(x: float, y: float) -> bool:
        dx = max(x0 + raio - x, 0, x - (x1 - raio))
        dy = max(y0 + raio - y, 0, y - (y1 - raio))
        return dx * dx + dy * dy <= raio * raio if raio else x0 <= x <= x1 and y0 <= y <= y1

    return dentro


def bola(cx: float, cy: float, raio: float) -> Forma:
    """Disco."""
    return lambda x, y: (x - cx) * (x - cx) + (y - cy) * (y - cy) <= raio * raio


def traco(grossura: float, *pontos: tuple[float, float]) -> Forma:
    """Linha quebrada de pontas redondas."""

    def dentro(x: float, y: float) -> bool:
        return any(_perto(x, y, a, b, grossura / 2) for a, b in pairwise(pontos))

    return dentro


def _perto(x: float, y: float, a: tuple[float, float], b: tuple[float, float], raio: float) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    parte = min(1.0, max(0.0, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)))
    ex, ey = x - a[0] - parte * dx, y - a[1] - parte * dy
    return ex * ex + ey * ey <= raio * raio


def poligono(*pontos: tuple[float, float]) -> Forma:
    """Área cercada pelos pontos, convexa ou não."""
    lados = list(zip(pontos, (*pontos[1:], pontos[0]), strict=True))

    def dentro(x: float, y: float) -> bool:
        cruzados = ((y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0 for (x0, y0), (x1, y1) in lados)
        return sum(cruzados) % 2 == 1

    return dentro


def menos(forma: Forma, *buracos: Forma) -> Forma:
    """A forma sem os buracos."""
    return lambda x, y: forma(x, y) and not any(buraco(x, y) for buraco in buracos)


def folha(x0: float, y0: float, x1: float, y1: float) -> list[Camada]:
    """Folha de papel com o canto dobrado."""
    dobra = 6.0
    fora = poligono((x0, y0), (x1 - dobra, y0), (x1, y0 + dobra), (x1, y1), (x0, y1))
    x2, y2, x3, y3 = x0 + 2, y0 + 2, x1 - 2, y1 - 2
    dentro = poligono((x2, y2), (x1 - dobra - 0.8, y2), (x3, y0 + dobra + 0.8), (x3, y3), (x2, y3))
    orelha = poligono((x1 - dobra, y0), (x1, y0 + dobra), (x1 - dobra, y0 + dobra))
    return [(AZUL, fora), (BRANCO, dentro), (AZUL, orelha)]


def linhas(x0: float, x1: float, *alturas: float, cor: Cor = CLARO) -> list[Camada]:
    """Linhas escritas."""
    return [(cor, quadro(x0, y - 1, x1, y + 1)) for y in alturas]


def seta(x: float, de: float, ate: float) -> Forma:
    """Seta vertical grossa, da altura ``de`` até a ponta em ``ate``."""
    sentido = 1 if ate > de else -1
    ombro = ate - 6.5 * sentido
    return poligono(
        (x - 2.5, de), (x - 2.5, ombro), (x - 7, ombro), (x, ate), (x + 7, ombro), (x + 2.5, ombro), (x + 2.5, de)
    )


def contornada(cor: Cor, forma: Forma, folga: Forma) -> list[Camada]:
    """A forma destacada do fundo por um vão."""
    return [(None, folga), (cor, forma)]


def _conferir() -> list[Camada]:
    prancheta: list[Camada] = [
        (AZUL, quadro(3, 3, 29, 31, 2)),
        (BRANCO, quadro(5.5, 6, 26.5, 28.5)),
        (AZUL, quadro(10, 0.5, 22, 7, 2)),
    ]
    itens = [(VERDE, traco(2.2, (7.6, y), (9.4, y + 1.9), (12.6, y - 2))) for y in (12, 18, 24)]
    return [*prancheta, *itens, *linhas(15, 24.5, 12, 18, 24, cor=AZUL)]


def _banco(x: float, y: float) -> list[Camada]:
    colunas = [(AZUL, quadro(x + dx, y + 6, x + dx + 2.6, y + 11)) for dx in (-8, -3.8, 1.2, 5.4)]
    return [(AZUL, poligono((x, y), (x + 10.5, y + 5.2), (x - 10.5, y + 5.2))), *colunas,
            (AZUL, quadro(x - 10, y + 11, x + 10, y + 13))]  # fmt: skip


def _gerar() -> list[Camada]:
    papel = [(AZUL, menos(quadro(4, 19, 28, 31.5, 1), quadro(6, 18, 26, 29.5))), (BRANCO, quadro(6, 19, 26, 29.5))]
    return [*_banco(16, 0), *papel, *contornada(VERDE, seta(16, 28, 14.5), seta(16, 28, 12.6))]


def _importar() -> list[Camada]:
    return [*folha(4, 5, 28, 31.5), *linhas(8, 24, 27), *contornada(VERDE, seta(16, 0.5, 22.5), quadro(12, 0, 20, 9))]


def _pessoa(cor: Cor, x: float, y: float, medida: float) -> list[Camada]:
    tronco = menos(bola(x, y + 2.5 * medida, 1.6 * medida), quadro(0, y + 2.3 * medida, LADO, LADO + 9))
    return [(cor, bola(x, y, 0.85 * medida)), (cor, tronco)]


def _optantes() -> list[Camada]:
    frente = _pessoa(VERDE, 16, 11, 6.8)
    vao: list[Camada] = [(None, forma) for _, forma in _pessoa(VERDE, 16, 11, 7.9)]
    return [*_pessoa(AZUL, 7.5, 8.5, 4.8), *_pessoa(AZUL, 24.5, 8.5, 4.8), *vao, *frente]


def _remessas() -> list[Camada]:
    bolas: list[Camada] = []
    for borda, cor, y in ((LARANJA, AMARELO, 6), (CLARO, PRETO, 16), (LARANJA, AMARELO, 26)):
        bolas += [(borda, bola(6, y, 4.8)), (cor, bola(6, y, 3.8))]
    return [*bolas, *((AZUL, quadro(14, y - 2, 31, y + 2, 1)) for y in (6, 16, 26))]


def _boleto() -> list[Camada]:
    """Uma folha com um código de barras."""
    larguras = (2, 1, 3, 1, 2, 1, 2)
    barras, x = [], 7.0
    for largura in larguras:
        barras.append((PRETO, quadro(x, 17, x + largura * 0.9, 26)))
        x += largura * 0.9 + 0.9
    return [*folha(3, 4, 29, 29), *linhas(7, 25, 9.5, 13, cor=AZUL), *barras]


def _receber() -> list[Camada]:
    moeda = [(LARANJA, bola(18, 9, 8.5)), (AMARELO, bola(18, 9, 6.6))]
    alto, baixo = (
        ((20.6, 6.6), (18.6, 5.6), (16, 6.1), (15.6, 7.8)),
        ((20.3, 10), (20.2, 12), (17.6, 12.6), (15.4, 11.4)),
    )
    cifra = [(LARANJA, traco(1.7, *alto, *baixo)), (LARANJA, traco(1.4, (18, 4), (18, 14.2)))]
    palma, dedos = ((8, 28.2), (8, 20.5), (13, 19.5), (21, 21.5)), ((22.4, 23), (29.2, 19.6), (31, 21), (30.4, 22.6))
    mao = [(VERDE, poligono(*palma, *dedos, (21, 29.6))), (BRANCO, traco(1.2, (15, 24.6), (22.3, 24.6)))]
    return [*moeda, *cifra, *mao, (AZUL, quadro(1, 19, 6.6, 30.5, 1))]


def _estornar() -> list[Camada]:
    curva = menos(bola(18, 19, 12), bola(18, 19, 7), quadro(0, 0, 18, LADO))
    hastes = [(LARANJA, quadro(10, 7, 18.2, 12)), (LARANJA, quadro(11, 26, 18.2, 31, 1))]
    return [*hastes, (LARANJA, curva), (LARANJA, poligono((1, 9.5), (12, 0.6), (12, 18.4)))]


def _explicar() -> list[Camada]:
    papel = [*folha(2, 1, 25, 29), *linhas(6, 15, 8), *linhas(6, 21, 13, 18, 23)]
    lente: list[Camada] = [
        (None, bola(19.5, 18.5, 9.4)),
        (None, traco(6.4, (26, 25), (29.3, 28.3))),
        (LARANJA, traco(4.2, (25, 24), (29.3, 28.3))),
        (LARANJA, bola(19.5, 18.5, 8.2)),
        (BRANCO, bola(19.5, 18.5, 5.8)),
    ]
    return [*papel, *lente, *linhas(16, 23, 17, 21, cor=AZUL)]


ICONES: Mapping[str, Callable[[], Sequence[Camada]]] = {
    "guiche-conferir": _conferir,
    "guiche-gerar": _gerar,
    "guiche-importar": _importar,
    "guiche-optantes": _optantes,
    "guiche-remessas": _remessas,
    "guiche-boleto": _boleto,
    "guiche-receber": _receber,
    "guiche-estornar": _estornar,
    "guiche-explicar": _explicar,
}


def _ponto(camadas: Sequence[Camada], coluna: int, linha: int) -> bytes:
    """A média das amostras de um ponto, em vermelho, verde, azul e opacidade."""
    soma, cheias = [0, 0, 0], 0
    for amostra in range(AMOSTRAS * AMOSTRAS):
        x = coluna + (amostra % AMOSTRAS + 0.5) / AMOSTRAS
        y = linha + (amostra // AMOSTRAS + 0.5) / AMOSTRAS
        cor = next((cor for cor, forma in camadas if forma(x, y)), None)
        if cor:
            cheias += 1
            soma = [total + parte for total, parte in zip(soma, cor, strict=True)]
    cores = [total // cheias for total in soma] if cheias else soma
    return bytes([*cores, cheias * 255 // (AMOSTRAS * AMOSTRAS)])


def desenhar(nome: str) -> bytes:
    """O PNG de um ícone."""
    camadas = list(reversed(ICONES[nome]()))
    linhas_ = (b"".join(_ponto(camadas, coluna, linha) for coluna in range(LADO)) for linha in range(LADO))
    pontos = b"".join(b"\0" + linha for linha in linhas_)
    cru = b"\x78\x01\x01" + struct.pack("<HH", len(pontos), len(pontos) ^ 0xFFFF) + pontos
    cabecalho = struct.pack(">IIBBBBB", LADO, LADO, 8, 6, 0, 0, 0)
    dados = cru + struct.pack(">I", zlib.adler32(pontos))
    return b"\x89PNG\r\n\x1a\n" + _bloco(b"IHDR", cabecalho) + _bloco(b"IDAT", dados) + _bloco(b"IEND", b"")


def _bloco(tipo: bytes, dados: bytes) -> bytes:
    return struct.pack(">I", len(dados)) + tipo + dados + struct.pack(">I", zlib.crc32(tipo + dados))


if __name__ == "__main__":
    for icone in ICONES:
        Path(__file__).with_name(f"{icone}.png").write_bytes(desenhar(icone))
