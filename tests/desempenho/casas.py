"""Duas versões do Guichê lado a lado, com o mesmo Python: a desta árvore e a de antes, tirada do git."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.desempenho.regua import RAIZ
from tests.servicos.escritorio import NOME, Comando, Escritorio, Feitio

ANTES = "f49255d"
"""A revisão com que se compara."""
_PARTIDAS = 7


class Casa(NamedTuple):
    """Uma versão do Guichê: só se lhe fala por comandos, cada um num processo."""

    nome: str
    motor: Path
    """A pasta em que está o pacote ``guiche``."""

    def rodar(self, *argumentos: str) -> tuple[float, dict[str, Any]]:
        """Os segundos de processador do comando e o que ele respondeu."""
        segundos, dito = self._processo("-m", "guiche", *argumentos, "--json")
        return segundos, json.loads(dito)

    def guiche(self, *argumentos: str) -> dict[str, Any]:
        """O que o comando respondeu."""
        return self.rodar(*argumentos)[1]

    def partida(self) -> float:
        """Segundos de processador do comando que não faz nada: o menor de alguns."""
        return min(self._processo("-m", "guiche", "--version")[0] for _ in range(_PARTIDAS))

    def montar(self, onde: Path, feitio: Feitio, *fotos: int) -> None:
        """Monta o escritório em ``onde``, que se limpa, e guarda cópias dele no fim dos meses que se dizem."""
        shutil.rmtree(onde, ignore_errors=True)
        tamanho = [f"--{nome.replace('_', '-')}={n}" for nome, n in feitio._asdict().items()]
        self._processo("-m", "tests.servicos.escritorio", str(onde), *tamanho, *(f"--foto={mes}" for mes in fotos))

    def _processo(self, *argumentos: str) -> tuple[float, str]:
        """Um processo do Python com este motor; as respostas vão a um arquivo, que não enche como um cano.

        Raises:
            RuntimeError: o processo saiu com erro.
        """
        ambiente = {k: v for k, v in os.environ.items() if k != "GUICHE_LIVRO"} | {
            "PYTHONPATH": str(self.motor), "PYTHONUTF8": "1",
        }  # fmt: skip
        comando = [sys.executable, *argumentos]
        processo = subprocess.Popen(
            comando, cwd=RAIZ, env=ambiente, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
        )
        assert processo.stdout
        dito = processo.stdout.read()
        processo.stdout.close()
        _, estado, uso = os.wait4(processo.pid, 0)
        processo.returncode = os.waitstatus_to_exitcode(estado)
        if processo.returncode:
            raise RuntimeError(f"{self.nome}: {' '.join(comando)[:300]}: {dito[-2000:]}")
        return uso.ru_utime + uso.ru_stime, dito


def nossa() -> Casa:
    """A versão desta árvore."""
    return _compilada(Casa("agora", RAIZ / "engine"))


def antiga(onde: Path) -> Casa | str:
    """A versão de antes, posta em ``onde``; ou por que não a há, como num clone raso."""
    git = ["git", "-c", "safe.directory=*", "-C", str(RAIZ)]
    try:
        pacote = subprocess.run([*git, "archive", "--format=zip", ANTES], capture_output=True, check=True).stdout
    except FileNotFoundError:
        return "não há git nesta máquina"
    except subprocess.CalledProcessError as erro:
        dito = erro.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"o git não tem a revisão {ANTES}, talvez por ser um clone raso ({dito[-1] if dito else erro})"
    with zipfile.ZipFile(io.BytesIO(pacote)) as arvore:
        arvore.extractall(onde)
    return _compilada(Casa("antes", onde / "engine"))


def _compilada(casa: Casa) -> Casa:
    """Compila o motor, que o primeiro ato não o pague, e confere que é ele que o Python acha."""
    casa._processo("-m", "compileall", "-q", str(casa.motor / "guiche"))
    achado = casa._processo("-c", "import guiche; print(guiche.__file__)")[1].strip()
    assert Path(achado).is_relative_to(casa.motor), achado
    return casa


Ato = Callable[[Escritorio], object]
"""Um ato só, feito pela linha de comando."""


class Posto:
    """Um escritório guardado, que para trabalhar vem à mesa: o livro conhece a pasta de trabalho pelo caminho dela."""

    def __init__(self, guardado: Path, casa: Casa, feitio: Feitio) -> None:
        self.guardado, self.casa, self.feitio = guardado, casa, feitio

    @contextmanager
    def na_mesa(self) -> Iterator[Escritorio]:
        """O escritório no lugar em que nasceu, enquanto se trabalha nele."""
        mesa = mesa_de(self.guardado.parent)
        self.guardado.rename(mesa)
        try:
            yield Escritorio(mesa / NOME, self.feitio, self.casa.guiche)
        finally:
            mesa.rename(self.guardado)

    def copia(self, nome: str) -> Posto:
        """Outro, que parte daqui."""
        copiado = self.guardado.with_name(nome)
        shutil.copytree(self.guardado, copiado)
        return Posto(copiado, self.casa, self.feitio)


def mesa_de(onde: Path) -> Path:
    """O lugar em que todos trabalham, um de cada vez."""
    return onde / "mesa"


def medir(atos: Sequence[tuple[Posto, Ato]], partidas: Mapping[str, float], vezes: int) -> list[float]:
    """Os segundos de processador de cada ato, sem os da partida: os menores das vezes.

    Em cada vez fazem-se todos, um a seguir ao outro, e cada um parte do que está no seu posto, que não muda.
    """
    gastos: list[list[float]] = [[] for _ in atos]
    for _ in range(vezes):
        for (posto, ato), anotados in zip(atos, gastos, strict=True):
            copia = posto.copia("de-usar")
            with copia.na_mesa() as e:
                antes = len(anotados)
                ato(e._replace(guiche=_anotado(posto.casa, anotados)))
                assert len(anotados) == antes + 1, "mede-se um ato de cada vez"
            shutil.rmtree(copia.guardado)
    return [
        max(min(anotados) - partidas[posto.casa.nome], 0.0)
        for (posto, _), anotados in zip(atos, gastos, strict=True)
    ]  # fmt: skip


def _anotado(casa: Casa, gastos: list[float]) -> Comando:
    def guiche(*argumentos: str) -> dict[str, Any]:
        segundos, feito = casa.rodar(*argumentos)
        gastos.append(segundos)
        return feito

    return guiche
