"""O que se olha da máquina para instalar e diagnosticar, num valor só, que os testes trocam."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

_FLUXO_DA_INTERNET = ":Zone.Identifier"


def _sem_registro(_chave: str, _nome: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Maquina:
    """Sistema, pastas do usuário, Python e políticas."""

    sistema: str
    """``win32``, ``darwin`` ou ``linux``."""
    casa: Path
    interpretador: str
    xlwings: str
    """Versão do xlwings instalado."""
    ambiente: Mapping[str, str] = field(default_factory=dict)
    outra: bool = False
    """Não é a máquina em que se corre: dela só se quer o plano, e o Python de lá não se conhece."""
    registro: Callable[[str, str], str] = _sem_registro
    """Valor do registro do Windows: chave abaixo de HKCU ou HKLM, e nome; ``""`` se não há."""


def esta_maquina() -> Maquina:
    """A máquina em que se corre."""
    sistema = sys.platform if sys.platform in {"win32", "darwin"} else "linux"
    registro = _do_registro if sistema == "win32" else _sem_registro
    return Maquina(sistema, Path.home(), sys.executable, version("xlwings"), dict(os.environ), registro=registro)


def _do_registro(chave: str, nome: str) -> str:  # pragma: no cover  só existe no Windows
    import winreg  # noqa: PLC0415

    janelas: Any = winreg
    for raiz in (janelas.HKEY_CURRENT_USER, janelas.HKEY_LOCAL_MACHINE):
        try:
            with janelas.OpenKey(raiz, chave) as aberta:
                return str(janelas.QueryValueEx(aberta, nome)[0])
        except OSError:
            continue
    return ""


def veio_da_internet(caminho: Path) -> bool:
    """Diz se o Windows marcou o arquivo como baixado; noutros sistemas a marca não existe."""
    return Path(f"{caminho}{_FLUXO_DA_INTERNET}").exists()
