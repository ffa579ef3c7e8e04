"""A trava da pasta de trabalho: um ato por vez, e nunca com o arquivo aberto no Excel."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from guiche.erros import ErroDePlanilha, Local, do_sistema

_TENTATIVAS = 5


@contextmanager
def trava(caminho: Path, *, usuario: str, agora: datetime, aberta: bool = False) -> Iterator[None]:
    """Segura a pasta de trabalho enquanto durar o bloco; ``aberta`` diz que quem a pede é o próprio Excel.

    Raises:
        ErroDePlanilha: ``pasta.ausente``, ``pasta.aberta_no_excel``, ``pasta.em_uso`` (diz por quem e desde quando)
            ou ``disco.gravacao``.
    """
    local = Local(caminho.name)
    if not caminho.exists():
        raise ErroDePlanilha("pasta.ausente", "a pasta de trabalho não existe", local=local)
    if not aberta and caminho.with_name(f"~${caminho.name}").exists():
        raise ErroDePlanilha("pasta.aberta_no_excel", "a pasta de trabalho está aberta no Excel", local=local)
    arquivo = caminho.with_name(f".{caminho.name}.guiche-trava")
    dono = {"usuario": usuario, "maquina": socket.gethostname(), "pid": os.getpid(), "desde": f"{agora:%d/%m/%Y %H:%M}"}
    _tomar(arquivo, dono, local)
    try:
        yield
    finally:
        arquivo.unlink(missing_ok=True)


def _tomar(arquivo: Path, dono: dict[str, Any], local: Local) -> None:
    """Cria a trava já escrita: quem a vê, vê o dono inteiro."""
    pronta = arquivo.with_name(f"{arquivo.name}.{os.getpid()}")
    try:
        pronta.write_text(json.dumps(dono), "utf-8")
        for _ in range(_TENTATIVAS):
            try:
                os.link(pronta, arquivo)
            except FileExistsError:
                _despejar_morto(arquivo, local)
            else:
                return
    except OSError as erro:
        raise ErroDePlanilha("disco.gravacao", f"não foi possível travar: {do_sistema(erro)}", local=local) from erro
    finally:
        pronta.unlink(missing_ok=True)
    raise ErroDePlanilha("pasta.em_uso", "outro ato está usando a pasta de trabalho", local=local)


def _despejar_morto(arquivo: Path, local: Local) -> None:
    """Tira a trava que um processo morto desta máquina deixou; a de um vivo se respeita."""
    dono = _dono(arquivo)
    if dono is None:
        return
    if dono and (dono["maquina"] != socket.gethostname() or _vivo(int(dono["pid"]))):
        texto = f"em uso por {dono['usuario']} na máquina {dono['maquina']} desde {dono['desde']}"
        raise ErroDePlanilha("pasta.em_uso", texto, local=local)
    despejada = arquivo.with_name(f"{arquivo.name}.despejada.{os.getpid()}")
    with suppress(FileNotFoundError):
        arquivo.rename(despejada)
        if _dono(despejada) != dono:  # outro já a tomara: devolve
            with suppress(FileExistsError):
                os.link(despejada, arquivo)
        despejada.unlink()


def _dono(arquivo: Path) -> dict[str, Any] | None:
    """Quem segura a trava; ``None`` se ela sumiu e ``{}`` se não se entende."""
    try:
        dados = json.loads(arquivo.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return dados if isinstance(dados, dict) and {"usuario", "maquina", "pid", "desde"} <= set(dados) else {}


def _vivo(pid: int) -> bool:
    if os.name == "nt":
        return _vivo_no_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _vivo_no_windows(pid: int) -> bool:  # pragma: no cover  só existe no Windows
    import ctypes  # noqa: PLC0415

    janelas: Any = ctypes
    alca = janelas.windll.kernel32.OpenProcess(0x1000, 0, pid)
    if alca:
        janelas.windll.kernel32.CloseHandle(alca)
    return bool(alca)
