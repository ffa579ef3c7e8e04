"""O que muda de um sistema para outro, dito uma vez: quanta memória se gastou, e o ambiente de um processo filho."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).parents[1]
HERDADAS = ("HOME", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE")
"""Sem SYSTEMROOT o Python do Windows não abre soquetes; sem as outras não acha a casa nem a pasta temporária."""


def ambiente(**mais: str) -> dict[str, str]:
    """As variáveis de um Python filho que acha o projeto e escreve em UTF-8, e nada mais do que herda desta mesa."""
    herdadas = {nome: os.environ[nome] for nome in HERDADAS if nome in os.environ}
    caminho = os.pathsep.join((str(RAIZ / "engine"), str(RAIZ)))
    return {**herdadas, "PYTHONPATH": caminho, "PYTHONUTF8": "1", "USER": "ana", "USERNAME": "ana", **mais}


def pico_de_memoria() -> int:
    """Bytes que este processo já ocupou de uma vez.

    No Linux, ``VmHWM``: o ``ru_maxrss`` de um filho começa no pico de quem o criou. No macOS, ``ru_maxrss``, que lá
    se conta em bytes. No Windows, ``PeakWorkingSetSize``.
    """
    if sys.platform == "win32":
        return _pico_no_windows()
    if sys.platform == "darwin":
        import resource  # o Windows não tem

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    linhas = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(linha.split()[1]) for linha in linhas if linha.startswith("VmHWM:")) * 1024


def _pico_no_windows() -> int:
    """``GetProcessMemoryInfo``: a estrutura são dois inteiros de 32 bits e oito do tamanho de um ponteiro."""
    import ctypes

    class Contas(ctypes.Structure):
        _fields_ = (
            ("tamanho", ctypes.c_uint32), ("faltas", ctypes.c_uint32), ("pico", ctypes.c_size_t),
            ("outras", ctypes.c_size_t * 7),
        )  # fmt: skip

    contas, nucleo = Contas(tamanho=ctypes.sizeof(Contas)), _nucleo_do_windows(ctypes)
    nucleo.GetCurrentProcess.restype = ctypes.c_void_p
    nucleo.K32GetProcessMemoryInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32]
    assert nucleo.K32GetProcessMemoryInfo(nucleo.GetCurrentProcess(), ctypes.byref(contas), ctypes.sizeof(contas))
    return int(contas.pico)


def _nucleo_do_windows(ctypes: Any) -> Any:
    return ctypes.windll.kernel32


def como_no_windows() -> None:
    """Daqui em diante, como no Windows, não se troca nem se apaga o arquivo que este processo tem aberto.

    Só nas pastas dos testes, e só no Linux, que diz em /proc o que está aberto: também o que uma biblioteca abriu.
    """
    if sys.platform == "linux":
        sys.addaudithook(_segurar_os_abertos)


def _segurar_os_abertos(evento: str, dados: tuple[Any, ...]) -> None:
    if evento not in {"os.rename", "os.remove"}:
        return
    alvos = {os.path.realpath(os.fsdecode(dado)) for dado in dados[:2] if isinstance(dado, str | bytes | os.PathLike)}
    if presos := {alvo for alvo in alvos if "/pytest-" in alvo} & set(_abertos()):
        raise PermissionError(13, "aberto neste processo, e o Windows não deixaria trocá-lo", presos.pop())


def _abertos() -> Iterator[str]:
    for numero in os.listdir("/proc/self/fd"):  # noqa: PTH208  o que se lista já pode ter fechado
        with suppress(OSError):
            yield os.readlink(f"/proc/self/fd/{numero}")  # noqa: PTH115
