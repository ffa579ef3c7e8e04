"""Pausa da coleta de ciclos: quem cria milhões de valores sem ciclos só a faria percorrê-los."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sem_coleta() -> Iterator[None]:
    """Suspende a coleta no bloco, ou na função que decora; na saída volta ao que era.

    >>> with sem_coleta():
    ...     gc.isenabled()
    False
    """
    ligada = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ligada:
            gc.enable()
