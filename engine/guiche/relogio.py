"""O relógio e o usuário do sistema: só as portas (linha de comando, Excel) os olham, e por aqui."""

from __future__ import annotations

import getpass
from datetime import date, datetime

from guiche.livro.atos import Autor


def autor(usuario: str = "", hoje: date | None = None) -> Autor:
    """Quem age e quando; ``hoje`` muda a data, não a hora."""
    agora = datetime.now().replace(microsecond=0)  # noqa: DTZ005, TID251  o relógio entra por aqui, na hora local
    dia = hoje or agora.date()
    return Autor(usuario or getpass.getuser(), datetime.combine(dia, agora.time()), dia)
