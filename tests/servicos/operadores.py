"""Vários operadores ao mesmo tempo num livro só: geram, importam e estornam ao acaso, cada um num processo.

``python -m tests.servicos.operadores OPERADOR PASTA SEMENTE VEZES`` é um deles; escreve em JSON o que fez.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from guiche.dominio.estados import Estado
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.livro import arquivos, remessas
from guiche.livro.conexao import ESPERA_SEGUNDOS, Livro
from guiche.livro.remessas import Remessa
from guiche.livro.vinculo import VARIAVEL
from guiche.oficio.contexto import Contexto
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.remessas.enviadas import estornar, marcar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo
from tests.sistema import RAIZ, ambiente

CLIENTES, POR_CLIENTE = 8, 6
PERDEU = {
    "remessa.fechada", "remessa.ausente", "retorno.ja_importado", "cadastramento.ausente", "titulo.bloqueado",
    "titulo.valor",
}  # fmt: skip
"""Recusas de quem chegou depois de outro operador: são o que se espera."""
_EM_USO = "pasta.em_uso"
_INSISTE_SEGUNDOS = 60.0


Ato = Callable[[Contexto, random.Random], str]
"""Faz algo e diz o quê."""


class Relato(NamedTuple):
    """O que os operadores fizeram juntos."""

    atos: Counter[str]
    segundos: float
    mais_longo: float
    """O ato que mais demorou, com a espera pelos outros."""


def preparar(onde: Path, quantos: int) -> list[Path]:
    """A pasta de trabalho de cada operador: no servidor, uma cópia para cada; senão, a mesma para todos."""
    pessoas = [cliente(f"C{n}", n + 1) for n in range(CLIENTES)]
    devidos = [
        titulo(f"T{c}-{n}", HOJE + timedelta(days=10), "100.00", f"C{c}")
        for c in range(CLIENTES) for n in range(POR_CLIENTE)
    ]  # fmt: skip
    primeira = onde / "operador0"
    primeira.mkdir(parents=True)
    caminho = montar(primeira, clientes=pessoas, titulos=devidos)
    with na(caminho) as ctx:
        conferir(ctx)
        ctx.salvar()
    return para_todos(caminho, quantos)


def para_todos(caminho: Path, quantos: int) -> list[Path]:
    """No servidor, uma cópia da pasta de trabalho para cada operador, sem as remessas; senão, a mesma para todos."""
    if not os.environ.get(VARIAVEL):
        return [caminho] * quantos
    onde, sem = caminho.parent, shutil.ignore_patterns("remessas")
    copias = [shutil.copytree(onde, onde.with_name(f"operador{n}"), ignore=sem) for n in range(1, quantos)]
    return [caminho, *(copia / caminho.name for copia in copias)]


def trabalhar(pastas: Sequence[Path], vezes: int, semente: int, modulo: str = "tests.servicos.operadores") -> Relato:
    """Põe todos a trabalhar, cada um num processo do módulo dado, e espera; falha se algum falha ou não acaba."""
    comando = [sys.executable, "-m", modulo]
    onde = ambiente(**{VARIAVEL: os.environ.get(VARIAVEL, "")})
    inicio = time.perf_counter()
    processos = [
        subprocess.Popen(
            [*comando, f"op{n}", str(pasta), str(semente + n), str(vezes)],
            cwd=RAIZ, env=onde, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for n, pasta in enumerate(pastas)
    ]  # fmt: skip
    atos, mais_longo = Counter[str](), 0.0
    for processo in processos:
        saida, erro = processo.communicate(timeout=vezes * len(pastas) * ESPERA_SEGUNDOS)
        assert processo.returncode == 0, erro.decode()[-3000:]
        for ato, segundos in json.loads(saida):
            atos[ato] += 1
            mais_longo = max(mais_longo, segundos)
    return Relato(atos, time.perf_counter() - inicio, mais_longo)


def operador(usuario: str, pasta: Path, semente: int, vezes: int, atos: Sequence[Ato] = ()) -> list[tuple[str, float]]:
    """Faz ``vezes`` atos ao acaso; diz o que deu e quanto demorou cada um."""
    acaso, feitos = random.Random(semente), []
    for _ in range(vezes):
        ato = acaso.choice(atos or [_gerar, _gerar, _importar, _estornar])
        inicio = time.perf_counter()
        nome = _insistindo(ato, pasta, usuario, acaso)
        feitos.append((nome, time.perf_counter() - inicio))
    return feitos


def _insistindo(ato: Ato, pasta: Path, usuario: str, acaso: random.Random) -> str:
    """Quem acha a pasta de trabalho em uso tenta de novo, como faria a pessoa."""
    limite = time.monotonic() + _INSISTE_SEGUNDOS
    while True:
        try:
            with na(pasta, usuario=usuario) as ctx:
                return ato(ctx, acaso)
        except ErroGuiche as erro:
            if erro.codigo in PERDEU:
                return erro.codigo
            if erro.codigo != _EM_USO or time.monotonic() > limite:
                raise
        time.sleep(acaso.uniform(0.01, 0.05))


def _gerar(ctx: Contexto, acaso: random.Random) -> str:
    de = acaso.randrange(CLIENTES)
    feito = gerar(ctx, filtros=Filtros(cliente=(f"C{de}", f"C{min(de + 3, CLIENTES - 1)}")))
    return "gerar" if "remessa" in feito.dados else "nada a gerar"


def _importar(ctx: Contexto, acaso: random.Random) -> str:
    """As remessas de número par o banco responde, e as ímpares se estornam: nenhuma sofre as duas coisas."""
    pares = [r for r in _ativas(ctx.livro) if r.id % 2 == 0]
    if not pares:
        return "nada a importar"
    r = acaso.choice(pares)
    arquivo = ctx.pasta.caminho.parent / f"r{r.id}.rem"
    arquivo.write_bytes(arquivos.recuperar(ctx.livro, r.sha256))
    codigos = ["01" if (r.id + n) % 3 else "00" for n in range(r.linhas)]
    resposta = retorno(arquivo, arquivo.with_suffix(".ret"), codigos, nsa=r.id)
    importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    return "importar"


def _estornar(ctx: Contexto, acaso: random.Random) -> str:
    impares = [r for r in _ativas(ctx.livro) if r.id % 2]
    if not impares:
        return "nada a estornar"
    escolhida = acaso.choice(impares).id
    marcar(ctx, escolhida, "transmitida")
    estornar(ctx, escolhida)
    return "estornar"


def _ativas(livro: Livro) -> list[Remessa]:
    return remessas.listar(livro, situacoes=["ATIVA"], tipo="DEBITO")


def conferir_tudo(pastas: Sequence[Path]) -> None:
    """O que tem de valer por mais que se tenham cruzado."""
    for pasta in dict.fromkeys(pastas):
        with na(pasta) as ctx:
            atualizar(ctx)
    with na(pastas[0]) as ctx:
        _conferir_debitos(ctx.livro)
    conferir_remessas(pastas)
    vistas = [(ler(p, "remessas"), ler(p, "diario"), ler(p, "caixa"), _situacoes(p)) for p in dict.fromkeys(pastas)]
    assert all(vista == vistas[0] for vista in vistas), "as pastas de trabalho não contam a mesma história"


def conferir_remessas(pastas: Sequence[Path]) -> None:
    """Cada arquivo numa pasta só, igual ao do livro; nenhum título em dois; NSA sem furo."""
    with na(pastas[0]) as ctx:
        todas = remessas.listar(ctx.livro)[::-1]
        _conferir_envios(ctx.livro)
        for r in todas:
            copias = [p for pasta in set(pastas) if (p := pasta.parent / r.arquivo).exists()]
            assert len(copias) == 1, f"a remessa {r.id} está em {len(copias)} pastas"
            assert copias[0].read_bytes() == arquivos.recuperar(ctx.livro, r.sha256)
    assert [r.nsa for r in todas] == list(range(1, len(todas) + 1)), "NSA com furo ou fora de ordem"


def _situacoes(pasta: Path) -> list[object]:
    return [(t["numero"], t["situacao"]) for t in ler(pasta, "titulos")]


_DEBITOS = """
SELECT l.titulo, l.cadeia, r.ato_id,
  (SELECT MIN(x.ato_id) FROM (
     SELECT e.ato_id AS ato_id FROM evento e JOIN linha v ON v.id = e.linha_id
     WHERE v.cadeia = l.cadeia AND e.para IN (0, 5)
     UNION ALL
     SELECT c.ato_id FROM linha v JOIN remessa c ON c.id = v.remessa_id WHERE v.cadeia = l.cadeia AND v.movimento = 1
   ) x)
FROM linha l JOIN remessa r ON r.id = l.remessa_id WHERE l.movimento = 0 ORDER BY l.titulo, l.cadeia
"""


def _conferir_envios(livro: Livro) -> None:
    """Um título só vai de novo ao banco depois que o débito anterior voltou ou teve o cancelamento pedido."""
    anterior: tuple[str, int | None] = ("", None)
    for titulo_, _, ato, solto in livro.consultar(_DEBITOS):
        if anterior[0] == titulo_:
            assert anterior[1] is not None, f"{titulo_} em duas remessas"
            assert anterior[1] < ato, f"{titulo_} em duas remessas"
        anterior = (titulo_, solto)


def _conferir_debitos(livro: Livro) -> None:
    """Cada título debitado se paga uma vez."""
    pagos = livro.consultar("SELECT titulo, COUNT(*), SUM(valor) FROM recebimento GROUP BY titulo")
    assert all(quantos == 1 and int(soma) == 10_000 for _, quantos, soma in pagos), "título pago duas vezes"
    debitados = livro.valor("SELECT COUNT(*) FROM linha WHERE estado = ?", (int(Estado.DEBITADO),))
    assert len(pagos) == debitados


if __name__ == "__main__":
    print(json.dumps(operador(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
