"""O que se quer que o banco de faz de conta responda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Escolha(NamedTuple):
    """Como se sorteiam as respostas."""

    semente: str = "guiche"
    parcelas: Mapping[str, int] = {}
    """Código ou desfecho → parcela em cada 100; vazio: as de costume."""
    codigos: Sequence[str] = ()
    """Um a um, na ordem do arquivo."""
    registros: Sequence[str] = ()
    """Só no débito: as letras dos registros que o retorno traz além das respostas."""
    ensaio: bool = False
    """O retorno leva a marca de que nenhum banco o mandou, e só se importa a pedido."""
