"""As células que levam a linhas de outra aba, como fórmulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from guiche.planilha.celulas import formula_da_ligacao
from guiche.planilha.esquema import Tabela, esquema
from guiche.planilha.linhas_em_xml import Formula
from guiche.planilha.lugares import Lugar
from guiche.planilha.ordem import Ordem
from guiche.planilha.porta import Celula, Ligacao, Linhas


def com_ligacoes(
    tabela: Tabela, linhas: Linhas, ordens: Mapping[str, Ordem], lugar_de: Callable[[Tabela], Lugar]
) -> Iterable[Sequence[Any]]:
    """As linhas, com a ligação de cada uma em fórmula."""
    posicao = tabela.posicao("ligacao")
    if posicao < 0:
        return linhas
    return ((*x[:posicao], _ligada(x[posicao], ordens, lugar_de), *x[posicao + 1 :]) for x in linhas)


def _ligada(celula: Celula, ordens: Mapping[str, Ordem], lugar_de: Callable[[Tabela], Lugar]) -> Any:
    """Para uma lista que a pessoa ordenou, a ligação leva ao cabeçalho: as linhas já não estão juntas."""
    if not isinstance(celula, Ligacao):
        return celula
    lugar = lugar_de(esquema()[celula.tabela])
    topo = lugar.cabecalho + 1
    de, ate = (topo - 1, topo - 1) if celula.tabela in ordens else (topo + celula.de, topo + celula.ate)
    celulas = f"{lugar.colunas[0]}{de}:{lugar.colunas[1]}{ate}"
    return Formula(formula_da_ligacao(lugar.aba, celulas, celula.texto), celula.texto)
