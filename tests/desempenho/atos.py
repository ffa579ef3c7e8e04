"""Os atos inteiros, num processo cada um: tempo e memória de ``gerar`` e ``importar``; e a partida."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.desempenho.planilha import pasta_de
from tests.desempenho.regua import Medida, em_processo, medianas

TETO_DOS_BOLETOS = 60.0
"""Segundos para 100 000 títulos: 8 s dos atos de débito, o resto é desenhar 100 000 páginas a 2 400/s."""
TETOS_DO_BANCO = {
    "remessa de boletos": (20.0, 1_200),
    "retorno que registra boletos": (8.0, 500),
    "retorno que paga boletos": (8.0, 500),
}
"""Segundos e megabytes para 100 000 boletos: os da remessa são nossos, os dos retornos são os de importar débitos."""
ATO = """
import json, time
from pathlib import Path
from tests.servicos.apoio import na
from tests.sistema import pico_de_memoria
onde, ato = Path(sys.argv[1]), sys.argv[2]
inicio = time.perf_counter()
with na(onde / "g.xlsx") as ctx:
    if ato == "gerar":
        from guiche.servicos.debito.gerar import gerar
        feito = gerar(ctx)
    elif ato == "remessa de boletos":
        from guiche.servicos.cobranca.remessa import gerar
        feito = gerar(ctx, "")
    elif ato.startswith("boletos"):
        from guiche.dominio.filtros import Filtros
        from guiche.servicos.boletos.emissao import gerar
        feito = gerar(ctx, "", Filtros(parcial=True, optantes=True), juntar="agrupados" in ato)
    else:
        from guiche.servicos.retornos.importar import importar
        feito = importar(ctx, onde / ("b-d1.ret" if "paga" in ato else "b.ret"), confirmar=True)
assert feito.feito and not feito.vazio and not feito.dados.get("fora"), feito.linhas
print(json.dumps([time.perf_counter() - inicio, pico_de_memoria() / (1 << 20)]))
"""
BANCO = """
from pathlib import Path
from tests.servicos.apoio import HOJE
from guiche.servicos.treino.simulado.debito import responder
onde = Path(sys.argv[1])
responder(next((onde / "remessas").glob("*.rem")), onde / "b.ret", hoje=HOJE)
"""
BANCO_DOS_BOLETOS = """
from datetime import datetime
from pathlib import Path
from guiche.servicos.treino.simulado import Escolha, responder
onde = Path(sys.argv[1])
remessa = next((onde / "remessas").glob("CB*.rem"))
escolha = Escolha(parcelas={"PAGO": 100})
responder(remessa, onde / "b.ret", agora=datetime(2026, 8, 20), dias=2, escolha=escolha)
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
COMANDO = "import contextlib, io\nfrom guiche.cli import main\nwith contextlib.redirect_stdout(io.StringIO()), "
COMANDO += "contextlib.suppress(SystemExit):\n    main({})"
IMPORTAR = "import guiche.servicos.debito.gerar, guiche.planilha.arquivo, python_calamine"


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


def medir_boletos(onde: Path, n: int) -> list[Medida]:
    """Emitir os boletos de ``n`` títulos, um a um e agrupados: livro, PDF e pasta de trabalho; e um décimo deles.

    Dos emitidos um a um, também a remessa e os retornos.
    """
    medidas: list[Medida] = []
    tempos: dict[tuple[str, int], float] = {}
    for ato, quantos in (("boletos", n), ("boletos agrupados", n), ("boletos", n // 10)):
        pasta = onde / f"{ato.replace(' ', '-')}-{quantos}"
        pasta_de(pasta, quantos)
        segundos, megas = json.loads(em_processo(ATO, str(pasta), ato))
        tempos[ato, quantos] = segundos / quantos
        teto = TETO_DOS_BOLETOS * quantos / 100_000
        medidas += [
            Medida(f"{ato}, {quantos:,} títulos: {teto:.1f} s ÷ tempo", f"{segundos:.2f} s", teto / segundos, 1.0),
            Medida(f"{ato}, {quantos:,} títulos: 900 MB ÷ pico", f"{megas:.0f} MB", 900 / megas, 1.0),
        ]
        if ato == "boletos":
            medidas += _medir_o_banco(pasta, quantos, tempos)
    do_decimo = 2 + 2 * len(TETOS_DO_BANCO)
    return medidas[:-do_decimo] + [
        Medida(f"{ato}: por título, {n // 10:,} ÷ {n:,}", f"{1e6 * tempos[ato, n]:.0f} µs",
               tempos[ato, n // 10] / tempos[ato, n], 1 / 1.2)
        for ato in ("boletos", *TETOS_DO_BANCO)
    ]  # fmt: skip


def _medir_o_banco(pasta: Path, n: int, tempos: dict[tuple[str, int], float]) -> list[Medida]:
    """A remessa que registra ``n`` boletos, o retorno em que todos se registram, e o em que se pagam, com tarifa."""
    medidas = []
    for ato, (teto, megas_do_teto) in TETOS_DO_BANCO.items():
        segundos, megas = json.loads(em_processo(ATO, str(pasta), ato))
        if ato == "remessa de boletos":
            em_processo(BANCO_DOS_BOLETOS, str(pasta))
        do_n, tempos[ato, n] = teto * n / 100_000, segundos / n
        medidas += [
            Medida(f"{ato}, {n:,}: {do_n:.1f} s ÷ tempo", f"{segundos:.2f} s", do_n / segundos, 1.0),
            Medida(f"{ato}, {n:,}: {megas_do_teto:,} MB ÷ pico", f"{megas:.0f} MB", megas_do_teto / megas, 1.0),
        ]
    return medidas


def medir_crescimento(onde: Path, pontos: Sequence[int]) -> list[Medida]:
    """Tempo por linha de cada ponto sobre o do maior: 1 ou mais é linear; a meta aceita 1,2 vez mais lento.

    O primeiro ponto é pequeno e paga as partidas: só se mostra, sem meta.
    """
    lados = [json.loads(em_processo(CRESCIMENTO, str(n), str(onde / "cresce.db"))) for n in pontos]
    *menores, maior = lados
    return [
        Medida(f"{nome}: por linha, {n:,} ÷ {pontos[-1]:,}", f"{1e6 * maior[i]:.2f} µs", lado[i] / maior[i], meta)
        for n, lado, meta in zip(pontos, menores, (0.0, 1 / 1.2), strict=False)
        for i, nome in enumerate(("gravar E", "ler F", "livro"))
    ]


def medir_partida(onde: Path, rodadas: int = 11) -> list[Medida]:
    """O que um comando paga além do Python vazio: processos inteiros, intercalados com ele."""
    pasta = pasta_de(onde / "partida", 10)
    lados = {"vazio": "", "ajuda": COMANDO.format(["--help"]), "importar": IMPORTAR}
    lados["conferir"] = COMANDO.format(["conferir", str(pasta), "--hoje", "2026-08-04"])
    vazio, ajuda, importar, conferir = medianas(
        *(partial(em_processo, codigo) for codigo in lados.values()), rodadas=rodadas
    )
    linhas = (("guiche --help", ajuda, 0.06), ("importações de conferir", importar, 0.15), ("conferir", conferir, 0.25))
    return [
        Medida(f"{nome}: {teto * 1000:.0f} ms ÷ tempo", f"{(t - vazio) * 1000:.0f} ms", teto / (t - vazio), 1.0)
        for nome, t, teto in linhas
    ]
