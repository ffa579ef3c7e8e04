"""O registro de uma falha não prevista: o bastante para o suporte, nada de pessoas, contas ou valores."""

from __future__ import annotations

import platform
import tempfile
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from guiche import __version__


def registrar_falha(erro: BaseException, ato: str, agora: datetime) -> Path:
    """Escreve o registro na pasta temporária e devolve onde.

    Só vão o tipo de cada erro e as linhas de código por onde passou: as mensagens podem citar dados.
    """
    caminho = Path(tempfile.gettempdir()) / f"guiche-falha-{agora:%Y%m%d-%H%M%S}.txt"
    cabecalho = [f"Guichê {__version__}, Python {platform.python_version()}, {platform.system()}", f"ato: {ato}"]
    caminho.write_text("\n".join([*cabecalho, *por_onde_passou(erro)]) + "\n", "utf-8")
    return caminho


def por_onde_passou(erro: BaseException | None) -> Iterator[str]:
    """O tipo de cada erro e as linhas de código por onde passou, sem as mensagens."""
    while erro is not None:
        yield type(erro).__name__
        for quadro in traceback.extract_tb(erro.__traceback__):
            yield f"  {Path(quadro.filename).name}:{quadro.lineno} {quadro.name}"
        erro = erro.__cause__ or erro.__context__
