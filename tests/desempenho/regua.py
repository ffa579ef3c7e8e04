"""Como se mede: lados intercalados, medianas, razões numa rodada só."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

RAIZ = Path(__file__).parents[2]
RODADAS = 5


class Medida(NamedTuple):
    """Uma linha da tabela. ``razao`` é quantas vezes o nosso é melhor que o outro lado; ``meta`` é o mínimo.

    Com ``menor``, é ao contrário: quanto menor a razão, melhor, e a meta é o máximo.
    """

    caminho: str
    nosso: str
    razao: float
    meta: float
    menor: bool = False

    @property
    def cumprida(self) -> bool:
        """Se a razão alcança a meta."""
        return self.razao <= self.meta if self.menor else self.razao >= self.meta

    @property
    def sinal(self) -> str:
        """De que lado da meta a razão deve ficar."""
        return "≤" if self.menor else "≥"


def medianas(*lados: Callable[[], object], rodadas: int = RODADAS) -> list[float]:
    """Mediana dos segundos de cada lado, medidos alternadamente."""
    tempos: list[list[float]] = [[] for _ in lados]
    for _ in range(rodadas):
        for lado, anotar in zip(lados, tempos, strict=True):
            gc.collect()
            inicio = time.perf_counter()
            lado()
            anotar.append(time.perf_counter() - inicio)
    return [statistics.median(t) for t in tempos]


def em_processo(codigo: str, *dados: str) -> str:
    """Executa o código noutro Python, com o projeto no caminho, e devolve o que ele escreveu."""
    preparo = f"import sys; sys.path[:0] = [{str(RAIZ)!r}, {str(RAIZ / 'engine')!r}]\n"
    comando = [sys.executable, "-c", preparo + codigo, *dados]
    return subprocess.run(comando, capture_output=True, encoding="utf-8", check=True).stdout.strip()
