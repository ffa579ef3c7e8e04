"""Bombardeia os leitores: ``python -m tests.fuzz [--segundos N] [--alvo X]``.

Com o atheris instalado (``pip install --group fuzz``; Linux e macOS) a cobertura do código guia o sorteio; sem ele,
sorteiam-se mutações das amostras às cegas, e a primeira linha o diz. O que derruba um leitor se grava em
``tests/amostras/hostis``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RESPOSTA_DEMORADA, _MEMORIA = 10, 2048
"""Segundos e megabytes que uma entrada pode gastar."""


def _com_atheris(nome: str, segundos: int) -> int:
    """Não volta: o atheris acaba o processo, com 0 se nada achou."""
    import atheris

    with atheris.instrument_imports(include=["guiche"]):
        from tests.fuzz.alvos import ALVOS, HOSTIS, amostras
    with tempfile.TemporaryDirectory() as corpo:
        for i, amostra in enumerate(amostras(nome)):
            (Path(corpo) / str(i)).write_bytes(amostra)
        opcoes = [
            sys.argv[0], corpo, f"-max_total_time={segundos}", f"-timeout={_RESPOSTA_DEMORADA}",
            f"-rss_limit_mb={_MEMORIA}", f"-artifact_prefix={HOSTIS}/{nome}-", "-max_len=60000", "-verbosity=0",
            "-print_final_stats=1",
        ]  # fmt: skip
        atheris.Setup(opcoes, ALVOS[nome])
        atheris.Fuzz()
    return 0


def _as_cegas(nome: str, segundos: int) -> int:
    from tests.fuzz.alvos import ALVOS, HOSTIS, amostras, mutar

    sorte, bases, fim, vezes = random.Random(), amostras(nome), time.monotonic() + segundos, 0
    while time.monotonic() < fim:
        entrada = mutar(sorte.choice(bases), sorte.choice(bases), sorte)
        vezes += 1
        try:
            ALVOS[nome](entrada)
        except Exception as erro:
            achado = HOSTIS / f"{nome}-{hashlib.sha256(entrada).hexdigest()[:12]}"
            achado.write_bytes(entrada)
            print(f"{nome}: {type(erro).__name__}: {achado}")
            return 1
    print(f"{nome}: {vezes} entradas, nenhum achado")
    return 0


def main() -> int:
    """Um processo por alvo; sai com 1 se algum leitor caiu."""
    leitor = argparse.ArgumentParser(description="Bombardeia os leitores do que vem de fora.")
    leitor.add_argument("--segundos", type=int, default=120, help="tempo de todos os alvos juntos")
    leitor.add_argument("--alvo", default="", help="um alvo só")
    pedido = leitor.parse_args()
    atheris = importlib.util.find_spec("atheris") is not None
    if pedido.alvo:
        return (_com_atheris if atheris else _as_cegas)(pedido.alvo, pedido.segundos)
    from tests.fuzz.alvos import ALVOS

    print("com cobertura, pelo atheris" if atheris else "às cegas: sem o atheris a cobertura não guia o sorteio")
    caidos = []
    for nome in ALVOS:
        cada = max(1, pedido.segundos // len(ALVOS))
        comando = [sys.executable, "-m", "tests.fuzz", "--alvo", nome, "--segundos", str(cada)]
        feito = subprocess.run(comando, capture_output=True, encoding="utf-8", check=False)
        bom = feito.returncode == 0
        rodadas = [linha for linha in feito.stderr.splitlines() if "number_of_executed_units" in linha]
        print(f"{nome}: {'nada' if bom else 'CAIU'} {''.join(rodadas[-1:]) or feito.stdout.strip()}", flush=True)
        if not bom:
            print("\n".join((feito.stdout + feito.stderr).splitlines()[-25:]))
            caidos.append(nome)
    return 1 if caidos else 0


if __name__ == "__main__":
    sys.exit(main())
