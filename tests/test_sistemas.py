"""Os mesmos testes nos três sistemas: nada que só exista num deles se carrega, nem se chama, sem perguntar antes."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.pasta.abas import criar
from tests.sistema import RAIZ, ambiente

DE_UM_SISTEMA = {
    "_curses", "_posixsubprocess", "_winapi", "appscript", "crypt", "curses", "fcntl", "grp", "msvcrt", "nis", "nt",
    "ossaudiodev", "posix", "pty", "pwd", "pythoncom", "pywintypes", "readline", "resource", "spwd", "syslog",
    "termios", "tty", "uno", "win32api", "win32com", "winreg", "winsound",
}  # fmt: skip
"""Módulos que faltam no Windows, ou que só há nele, segundo o índice do Python; e os que cada Office traz."""
SO_NO_UNIX = {
    "os": {
        "chown", "chroot", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgrouplist",
        "getloadavg", "getpgid", "getpgrp", "getresuid", "getsid", "getuid", "initgroups", "killpg", "lchown", "mkfifo",
        "mknod", "nice", "openpty", "pathconf", "posix_spawn", "sched_getaffinity", "setegid", "seteuid", "setgid",
        "setpgid", "setsid", "setuid", "statvfs", "sync", "sysconf", "uname", "wait", "wait3", "wait4", "waitid",
        "WIFSIGNALED", "WEXITSTATUS", "WTERMSIG",
    },
    "signal": {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE", "alarm", "pause"},
    "time": {"tzset"},
    "socket": {"AF_UNIX"},
}  # fmt: skip
"""O que o manual do Python marca com «Availability: Unix»."""
CIENTES = {
    "addin/libreoffice/guiche_lo.py": "roda dentro do LibreOffice, que traz o uno",
    "tests/postgresql.py": "o servidor de teste não se monta no Windows, e diz isso antes",
    "tests/servicos/mortes.py": "test_mortes o roda noutro processo, e se pula no Windows",
    "tests/desempenho/casas.py": "mede o processador de um processo; no Windows não se mede",
    "tests/tela.py": "só abre tela onde há Xvfb",
}
"""Quem usa algo de um sistema só, e por que pode."""
PASTAS = ("addin", "docs", "engine", "tests", "workbooks")
MODULOS = sorted(arquivo for pasta in PASTAS for arquivo in (RAIZ / pasta).rglob("*.py"))


def carregados(arvore: ast.Module) -> Iterator[str]:
    """Os módulos que se carregam ao importar este; os de dentro de função, ``if`` ou ``try`` já perguntaram antes."""
    for no in arvore.body:
        if isinstance(no, ast.Import):
            yield from (nome.name.partition(".")[0] for nome in no.names)
        elif isinstance(no, ast.ImportFrom) and no.module:
            yield no.module.partition(".")[0]


def chamados(arvore: ast.Module) -> Iterator[str]:
    """O que se tira dos módulos que existem em todo sistema, mas não inteiros."""
    for no in ast.walk(arvore):
        if isinstance(no, ast.Attribute) and no.attr in SO_NO_UNIX.get(ast.unparse(no.value), ()):
            yield ast.unparse(no)


POSSESSIVO = re.compile(r"(?<!\\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")
"""``*+``, ``?+``, ``{2,3}+`` e ``(?>``: chegaram ao Python 3.11 com defeitos, que só o 3.11.5 tirou."""


CARGAS = ["import resource", "from fcntl import flock", "import pwd, os", "import os.path, tty"]


@pytest.mark.parametrize("codigo", CARGAS)
def test_a_regra_apanha_o_que_se_carrega_sem_perguntar(codigo: str) -> None:
    assert DE_UM_SISTEMA & set(carregados(ast.parse(codigo)))
    assert not DE_UM_SISTEMA & set(carregados(ast.parse(f"def f():\n    {codigo}\ntry:\n    {codigo}\nfinally: ...")))


def test_a_regra_apanha_o_que_so_ha_no_unix() -> None:
    arvore = ast.parse("def f(): os.kill(os.getuid(), signal.SIGKILL)")
    assert set(chamados(arvore)) == {"os.getuid", "signal.SIGKILL"}


def test_nada_de_um_sistema_so_se_usa_sem_perguntar() -> None:
    assert len(MODULOS) > 200
    achados = {}
    for modulo in MODULOS:
        arvore = ast.parse(modulo.read_text("utf-8"))
        if maus := {*DE_UM_SISTEMA & set(carregados(arvore)), *chamados(arvore)}:
            achados[modulo.relative_to(RAIZ).as_posix()] = maus
    assert achados.keys() == CIENTES.keys(), achados


@pytest.mark.skipif(sys.platform != "linux", reason="só se confere onde a lista se pode comparar com o sistema")
def test_a_lista_e_do_python_que_corre() -> None:
    """Um nome escrito errado na lista nunca apanharia nada."""
    for modulo, nomes in SO_NO_UNIX.items():
        assert nomes <= set(dir(__import__(modulo))), modulo
    assert hasattr(os, "kill")
    assert hasattr(signal, "SIGTERM")  # estes há também no Windows


def _num_filho(codigo: str, pasta: Path) -> str:
    comando = [sys.executable, "-c", codigo]
    return subprocess.run(
        comando, env=ambiente(), cwd=pasta, capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()


def test_o_pico_de_memoria_e_em_bytes_e_so_do_filho(tmp_path: Path) -> None:
    do_pai = bytearray(b"x" * (200 << 20))
    codigo = """
from tests.sistema import pico_de_memoria
antes = pico_de_memoria()
cheio = bytearray(b"x" * (96 << 20))
cheio = None
print(antes >> 20, (pico_de_memoria() - antes) >> 20)
"""
    antes, a_mais = map(int, _num_filho(codigo, tmp_path).split())
    assert 1 < antes < 150 < len(do_pai) >> 20
    assert 90 <= a_mais < 220


def test_o_ambiente_do_filho_acha_o_projeto_e_escreve_acentos(tmp_path: Path) -> None:
    assert _num_filho("import guiche, tests.sistema, socket; print('Guichê')", tmp_path) == "Guichê"


@pytest.mark.parametrize("padrao", ["a*+", "(?:a)?+", "a{2}+", "a{2,3}+", "(?>a)", "[a]++"])
def test_a_regra_apanha_o_quantificador_possessivo(padrao: str) -> None:
    re.compile(padrao)
    assert POSSESSIVO.search(padrao)
    assert not POSSESSIVO.search(r"a\++|[0-9]{2}|\(\?>|a+b")


def test_nenhuma_expressao_nossa_e_possessiva() -> None:
    """O Python do Debian 12 é o 3.11.2, e nele essas expressões às vezes não acham o que está lá."""
    achados = [
        (modulo.relative_to(RAIZ).as_posix(), no.value)
        for modulo in MODULOS
        if modulo not in {Path(__file__), RAIZ / "tests/motores/onlyoffice.py"}  # o segundo leva JavaScript, com n++
        for no in ast.walk(ast.parse(modulo.read_text("utf-8")))
        if isinstance(no, ast.Constant) and isinstance(no.value, str | bytes)
        if POSSESSIVO.search(no.value if isinstance(no.value, str) else no.value.decode("latin-1"))
    ]
    assert not achados


def test_nenhuma_expressao_dos_layouts_e_possessiva() -> None:
    assert not [
        arquivo for arquivo in (RAIZ / "layouts").rglob("*.toml") if POSSESSIVO.search(arquivo.read_text("utf-8"))
    ]


@pytest.mark.skipif(sys.platform == "darwin", reason="o macOS não diz em /proc o que está aberto")
def test_o_arquivo_aberto_nao_se_troca_nem_se_apaga(tmp_path: Path) -> None:
    """Nos testes o Linux faz como o Windows: quem lê uma pasta e depois a grava tem de a ter largado."""
    um, outro = tmp_path / "um", tmp_path / "outro"
    for arquivo in (um, outro):
        arquivo.write_bytes(b"x")
    with um.open("rb"):
        for gesto in (lambda: outro.replace(um), lambda: um.rename(tmp_path / "novo"), um.unlink):
            with pytest.raises(PermissionError):
                gesto()
    outro.replace(um)
    um.unlink()


def test_a_pasta_de_trabalho_lida_nao_fica_aberta(tmp_path: Path) -> None:
    criar(tmp_path / "a.xlsx")
    pasta = PastaEmArquivo(tmp_path / "a.xlsx")
    assert pasta.parametro("pasta_versao") is not None
    assert pasta.ler("feriados", ("data",)).aba == "Feriados"
    (tmp_path / "a.xlsx").rename(tmp_path / "b.xlsx")
