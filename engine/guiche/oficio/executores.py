"""Onde se faz o trabalho em massa: aqui mesmo, em processos desta máquina, ou num cluster Dask.

A unidade de trabalho é uma função pura de um lote para bytes; qualquer executor de ``concurrent.futures`` serve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from guiche.erros import ErroDeRegra

T = TypeVar("T")
DASK = "dask://"


@contextmanager
def executor(pedido: str) -> Iterator[Executor | None]:
    """O executor pedido: ``""`` (nenhum, faz aqui), ``processos:N`` ou ``dask://maquina:porta``.

    Raises:
        ErroDeRegra: ``executor.desconhecido`` ou ``executor.sem_dask``.
    """
    if not pedido:
        yield None
    elif pedido.startswith("processos:") and pedido.removeprefix("processos:").isdigit():
        with ProcessPoolExecutor(int(pedido.removeprefix("processos:"))) as processos:
            yield processos
    elif pedido.startswith(DASK):
        with _dask(pedido.removeprefix(DASK)) as remoto:
            yield remoto
    else:
        raise ErroDeRegra("executor.desconhecido", f"não se entende o executor {pedido}")


@contextmanager
def _dask(endereco: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415  extra: só quem o pede o tem
    except ImportError as erro:
        raise ErroDeRegra("executor.sem_dask", "o Dask não está instalado neste Python") from erro
    with Client(f"tcp://{endereco}") as cliente:
        yield cliente.get_executor()


def mapear(onde: Executor | None, funcao: Callable[..., T], lotes: Iterable[tuple[Any, ...]]) -> Iterator[T]:
    """Aplica a função a cada lote, na ordem; sem executor, um por vez, e só então se pede o lote seguinte."""
    if onde is None:
        yield from (funcao(*lote) for lote in lotes)
    else:
        yield from onde.map(funcao, *zip(*lotes, strict=True))
