"""Uma cópia de um módulo do xlwings instalado, carregada com módulos de mentira no lugar dos do sistema."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlwings as xw


def falso(nome: str, **nomes: Any) -> types.ModuleType:
    """Um módulo com os nomes dados."""
    modulo = types.ModuleType(nome)
    vars(modulo).update(nomes)
    return modulo


@contextmanager
def _emprestados(modulos: Mapping[str, types.ModuleType]) -> Iterator[None]:
    """Os módulos de mentira no lugar dos outros, só enquanto durar o bloco."""
    antes = {nome: sys.modules.get(nome) for nome in modulos}
    sys.modules.update(modulos)
    try:
        yield
    finally:
        for nome, anterior in antes.items():
            sys.modules.pop(nome)
            if anterior is not None:
                sys.modules[nome] = anterior


def carregar(nome: str, arquivo: str, falsos: Mapping[str, types.ModuleType] | None = None) -> Any:
    """A cópia, com outro nome, para que o mesmo valha onde o xlwings tem o módulo verdadeiro."""
    spec = importlib.util.spec_from_file_location(nome, Path(xw.__path__[0]) / arquivo)
    assert spec
    assert spec.loader
    feito = importlib.util.module_from_spec(spec)
    sys.modules[nome] = feito
    with _emprestados(falsos or {}):
        spec.loader.exec_module(feito)
    return feito
