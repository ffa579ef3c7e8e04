"""Um clique no Excel: quantas travessias entre processos, contadas sobre as camadas do xlwings, e os segundos que dão.

As travessias contam-se; os segundos são uma estimativa, porque nada disto se mediu num Excel: 0,2 a 1 ms por chamada
COM, 1 a 5 ms por Apple event.
"""

from __future__ import annotations

from pathlib import Path

from tests.desempenho.regua import Medida
from tests.excel.conftest import ligado
from tests.excel.test_custo import LIMITES, medir_um_dia, preparar

_MILISSEGUNDOS = {"windows": (0.2, 1.0), "macos": (1.0, 5.0)}
_NOMES = {"windows": "chamadas COM", "macos": "Apple events"}


def medir(onde: Path) -> list[Medida]:
    """Uma linha por sistema e por botão: o limite ÷ as travessias do clique."""
    medidas = []
    for nome, limites in LIMITES.items():
        pasta = onde / f"clique-{nome}"
        pasta.mkdir()
        with ligado(nome) as excel:
            contadas = medir_um_dia(preparar(excel, pasta, 20), pasta, 20)
        for ato, limite in limites.items():
            de, ate = (contadas[ato] * ms / 1000 for ms in _MILISSEGUNDOS[nome])
            nosso = f"{contadas[ato]} {_NOMES[nome]}; estimam-se {de:.2f} a {ate:.2f} s".replace(".", ",")
            medidas.append(Medida(f"clique em {ato}: {limite} ÷ travessias", nosso, limite / contadas[ato], 1.0))
    return medidas
