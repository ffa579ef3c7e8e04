"""O relógio e o usuário do sistema: só as portas (linha de comando, Excel) os olham, e por aqui."""

from __future__ import annotations

import getpass
from datetime import date, datetime

from guiche.livro.atos import Autor


def agora() -> datetime:
    """O instante, na hora local, ao segundo."""
    return datetime.now().replace(microsecond=0)  # noqa: DTZ005, TID251  o relógio entra por aqui


def autor(usuario: str = "", hoje: date | None = None) -> Autor:
    """Quem age e quando; ``hoje`` muda a data, não a hora."""
    instante = agora()
    dia = hoje or instante.date()
    return Autor(usuario or getpass.getuser(), datetime.combine(dia, instante.time()), dia)
