"""A folha de papel: blocos empilhados de cima para baixo, quebrados em páginas.

Medidas em pontos (1/72 de polegada). Um bloco conhece sua altura antes de ser
pintado; por isso o total de páginas se sabe antes da primeira.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from guiche.documentos.modelo import Alinhamento
from guiche.documentos.tipografia import NORMAL, largura

MARGEM = 42.0
ENTRELINHA = 1.25
"""Distância entre linhas, em corpos."""


class Tela(NamedTuple):
    """Onde se pinta uma página: os traços e fundos no papel, as letras todas juntas por cima."""

    papel: Any
    letras: Any


Pintor = Callable[[Tela, float], None]
"""Pinta o bloco com o topo na ordenada dada."""


class Bloco(NamedTuple):
    """Um pedaço da folha que não se divide."""

    altura: float
    pintar: Pintor
    tabela: bool = False
    """Pede o cabeçalho das colunas no alto de cada página."""


def escrever(tela: Tela, x: float, y: float, texto: str, corpo: float, fonte: str = NORMAL) -> None:
    """Põe o texto, já imprimível, com o pé da letra em ``y``."""
    tela.letras.setFont(fonte, corpo)
    tela.letras.setTextOrigin(x, y)
    tela.letras.textOut(texto)


def abscissa(texto: str, fonte: str, corpo: float, faixa: tuple[float, float], lado: Alinhamento) -> float:
    """Onde começa o texto para ficar à esquerda, no centro ou à direita da faixa (início, largura)."""
    inicio, disponivel = faixa
    if lado == "esquerda":
        return inicio
    sobra = disponivel - largura(texto, fonte, corpo)
    return inicio + (sobra if lado == "direita" else sobra / 2)


def empilhar(blocos: Iterable[Bloco], altura: float, cabecalho: Bloco) -> list[list[Bloco]]:
    """Reparte os blocos em páginas de ``altura`` útil, com o cabeçalho antes da primeira linha de tabela de cada uma.

    Bloco mais alto que a página fica sozinho nela: quem o monta cuida de não o fazer.
    """
    paginas: list[list[Bloco]] = [[]]
    livre = altura
    for bloco in blocos:
        pagina = paginas[-1]
        pede_cabecalho = bloco.tabela and not (pagina and pagina[-1].tabela)
        if pagina and bloco.altura + (cabecalho.altura if pede_cabecalho else 0) > livre:
            pagina, livre, pede_cabecalho = [], altura, bloco.tabela
            paginas.append(pagina)
        novos = [cabecalho, bloco] if pede_cabecalho else [bloco]
        pagina += novos
        livre -= sum(novo.altura for novo in novos)
    return paginas
