"""Os atos inteiros, num processo cada um: tempo e memória de ``gerar`` e ``importar``; e a partida."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from tests.desempenho.planilha import pasta_de
from tests.desempenho.regua import Medida, em_processo

ATO = """
import json, re, resource, time
from pathlib import Path
from tests.servicos.apoio import na
onde, ato = Path(sys.argv[1]), sys.argv[2]
inicio = time.perf_counter()
with na(onde / "g.xlsx") as ctx:
    if ato == "gerar":
        from guiche.servicos.gerar import gerar
        gerar(ctx)
    else:
        from guiche.servicos.importar import importar
        importar(ctx, onde / "b.ret", confirmar=True)
try:  # ru_maxrss guarda o pico de quem criou o processo; VmHWM é só deste
    pico = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
except OSError:
    pico = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - inicio, pico]))
"""
BANCO = """
from pathlib import Path
from tests.servicos.apoio import HOJE
from guiche.servicos.banco_simulado import responder
onde = Path(sys.argv[1])
responder(next((onde / "remessas").glob("*.rem")), onde / "b.ret", hoje=HOJE)
"""
CRESCIMENTO = """
import json, time
from pathlib import Path
from tests.desempenho import codec, livro
n = int(sys.argv[1])
tuplas, bloco, enviadas = codec.lote_e(n), codec.bloco_f(n), livro.linhas(n)
tempos = []
for f in (lambda: codec.escrever_e(tuplas), lambda: codec.ler_f(bloco),
          lambda: livro.gravar(Path(sys.argv[2]), enviadas).fechar()):
    melhor = 9e9
    for _ in range(2):
        inicio = time.perf_counter(); f(); melhor = min(melhor, time.perf_counter() - inicio)
    tempos.append(melhor / n)
print(json.dumps(tempos))
"""
PARTIDA = "import time; i = time.perf_counter()\n{}\nprint(time.perf_counter() - i)"


def medir(onde: Path, n: int) -> list[Medida]:
    """Gerar e importar ``n`` títulos."""
    pasta = onde / "atos"
    pasta_de(pasta, n)
    medidas = []
    for ato in ("gerar", "importar"):
        segundos, megas = json.loads(em_processo(ATO, str(pasta), ato))
        if ato == "gerar":
            em_processo(BANCO, str(pasta))
        teto = 8.0 * n / 100_000
        medidas += [
            Medida(f"{ato} {n:,} títulos: {teto:.1f} s ÷ tempo", f"{segundos:.2f} s", teto / segundos, 1.0),
            Medida(f"{ato} {n:,} títulos: 500 MB ÷ pico", f"{megas:.0f} MB", 500 / megas, 1.0),
        ]
    return medidas


def medir_crescimento(onde: Path, *, meio: int, maior: int) -> list[Medida]:
    """Tempo por linha do meio sobre o do maior: 1 ou mais é linear; a meta aceita 1,2 vez mais lento."""
    lados = [json.loads(em_processo(CRESCIMENTO, str(n), str(onde / "cresce.db"))) for n in (meio, maior)]
    nomes = ("gravar E", "ler F", "livro")
    return [
        Medida(f"{nome}: por linha, {meio:,} ÷ {maior:,}", f"{1e6 * b:.2f} µs", a / b, 1 / 1.2)
        for nome, a, b in zip(nomes, *lados, strict=True)
    ]


def medir_partida(rodadas: int = 11) -> list[Medida]:
    """O que um comando paga em importações, além do Python vazio."""
    ajuda = "import contextlib, io\nfrom guiche.cli import main\nwith contextlib.redirect_stdout(io.StringIO()), "
    ajuda += "contextlib.suppress(SystemExit):\n    main(['--help'])"
    ato = "import guiche.cli.comandos, guiche.servicos.gerar, guiche.planilha.arquivo, python_calamine"
    medidas = []
    for nome, codigo, teto in (("guiche --help", ajuda, 0.06), ("importações de conferir", ato, 0.15)):
        tempo = statistics.median(float(em_processo(PARTIDA.format(codigo))) for _ in range(rodadas))
        medidas.append(Medida(f"{nome}: {teto * 1000:.0f} ms ÷ tempo", f"{tempo * 1000:.0f} ms", teto / tempo, 1.0))
    return medidas
