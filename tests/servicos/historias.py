"""Histórias ao acaso de débitos, pelos atos de verdade, contra um modelo que não sabe do livro.

``python -m tests.servicos.historias --quantas 2000`` conta tantas e para na primeira em que o livro e o modelo
discordam, com a semente e os atos que lá levaram. A mesma semente dá a mesma história.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.livro import integridade
from guiche.oficio.contexto import Contexto
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import recebimentos
from guiche.servicos.titulos import titulo as servico_do_titulo
from guiche.servicos.titulos.titulo import CONSIDERAR_CANCELADO, REENVIAR, Onde
from tests.servicos.apoio import HOJE, cliente, montar, na, retorno, titulo

VENCE = date(2026, 8, 20)
QUANTOS, ATOS = 4, 14
CODIGOS = {0: ("00", "00", "31", "01", "01", "ZZ"), 1: ("99", "98", "97", "01", "ZZ")}
ACONTECE = {
    "D+": {1: 4, 2: 4, 3: 4, 4: 4}, "D-": {1: 0, 2: 5, 3: 3, 5: 5}, "C+": {2: 5, 3: 5, 4: 4, 5: 5},
    "C-": {2: 2, 3: 2, 4: 4},
}  # fmt: skip
"""Evento → estado → estado a que leva; o que não está diverge, e nada muda."""


@dataclass
class Debito:
    """Um débito no banco, como o modelo o imagina."""

    titulo: str
    valor: int
    estado: int
    remessas: list[tuple[int, int]]
    """A remessa e o movimento de cada linha, da primeira à vigente."""
    livre: bool = False
    revisar: bool = False

    @property
    def prende(self) -> bool:
        return self.estado in {1, 2} or (self.estado == 3 and not self.livre)


@dataclass
class Devido:
    """Um título, como o modelo o imagina. Centavos."""

    valor: int
    encerrado: bool = False
    recebidos: list[int] = field(default_factory=list)
    debitos: list[Debito] = field(default_factory=list)

    @property
    def saldo(self) -> int:
        return self.valor - sum(self.recebidos)

    @property
    def preso(self) -> bool:
        return any(d.prende for d in self.debitos)

    @property
    def atual(self) -> Debito | None:
        presos = [d for d in self.debitos if d.prende]
        if presos and not self.debitos[-1].prende:
            return presos[-1]
        return self.debitos[-1] if self.debitos else None


@dataclass
class Mundo:
    """O livro de verdade, e o modelo que o acompanha."""

    ctx: Contexto
    onde: Path
    acaso: random.Random
    titulos: dict[str, Devido]
    remessas: dict[int, str] = field(default_factory=dict)
    linhas: dict[int, list[tuple[Debito, int]]] = field(default_factory=dict)
    arquivos: dict[int, Path] = field(default_factory=dict)
    transmitidas: set[int] = field(default_factory=set)
    duvidas: list[tuple[int, int, Debito, int]] = field(default_factory=list)
    """Códigos desconhecidos por decidir: retorno, linha, débito, movimento."""
    caixa: int = 0
    nsa: int = 0
    atos: list[str] = field(default_factory=list)


def _recusado(fazer: Callable[[], object]) -> bool:
    try:
        fazer()
    except ErroGuiche:
        return True
    return False


def _nova(m: Mundo, codigo: int, caminho: Path, linhas: list[tuple[Debito, int]]) -> None:
    m.remessas[codigo], m.arquivos[codigo], m.linhas[codigo] = "ATIVA", caminho, linhas
    for debito, movimento in linhas:
        debito.remessas.append((codigo, movimento))


def _gerar(m: Mundo) -> str:
    feito = gerar(m.ctx, filtros=Filtros(parcial=True))
    linhas: list[tuple[Debito, int]] = []
    novos = [
        (n, t) for n, t in m.titulos.items() if not t.preso and not t.encerrado and t.saldo > 0
    ]  # fmt: skip
    cancelar = [
        (t, d) for t in m.titulos.values() for d in t.debitos
        if (d.estado == 2 and not d.revisar) or (d.estado == 1 and t.saldo <= 0)
    ]  # fmt: skip
    for numero, t in novos:
        debito = Debito(numero, t.saldo, 1, [])
        t.debitos.append(debito)
        linhas.append((debito, 0))
    # os cancelamentos dos débitos que representam o seu título vão na ordem da aba; os outros, depois
    em_ordem = [d for t, d in cancelar if d is t.atual] + sorted(
        (d for t, d in cancelar if d is not t.atual), key=lambda d: d.remessas[-1][0]
    )
    for debito in em_ordem:
        debito.estado, debito.livre, debito.revisar = 3, False, False
        linhas.append((debito, 1))
    assert bool(linhas) == ("remessa" in feito.dados), "gerar: o modelo e o livro discordam de haver o que enviar"
    if linhas:
        codigo = int(feito.dados["remessa"])
        _nova(m, codigo, feito.arquivos[-1], linhas)
        assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (len(novos), len(cancelar))
        if m.acaso.random() < 0.8:
            enviadas.marcar(m.ctx, codigo, "transmitida")
            m.transmitidas.add(codigo)
    return "gerar"


def _estornar_titulo(m: Mundo) -> str:
    numero = m.acaso.choice(list(m.titulos))
    t = m.titulos[numero]
    recusa = t.atual is not None and t.atual.estado == 4
    assert _recusado(lambda: servico_do_titulo.estornar(m.ctx, numero, "história")) == recusa
    if not recusa:
        t.encerrado = True
        if t.atual and t.atual.estado == 1:
            t.atual.estado = 2
    return f"estornar título {numero}"


def _estornar_remessa(m: Mundo) -> str:
    if not m.remessas:
        return "nada"
    codigo = m.acaso.choice(list(m.remessas))
    vigentes = [(d, mov) for d, mov in m.linhas[codigo] if d.remessas[-1] == (codigo, mov)]
    pode = (
        m.remessas[codigo] == "ATIVA" and codigo in m.transmitidas and vigentes
        and all(d.estado in {1, 2, 3} for d, _ in vigentes)
    )  # fmt: skip
    if not pode:
        assert _recusado(lambda: enviadas.estornar(m.ctx, codigo))
        return f"estornar remessa {codigo}, recusado"
    feito = enviadas.estornar(m.ctx, codigo)
    m.remessas[codigo] = "ESTORNADA"
    for debito, movimento in vigentes:
        debito.livre = movimento == 0 or debito.livre
        debito.estado, debito.revisar = 3, False
    nova = int(feito.dados["remessa"])
    _nova(m, nova, feito.arquivos[-1], [(d, 1) for d, _ in vigentes])
    enviadas.marcar(m.ctx, nova, "transmitida")
    m.transmitidas.add(nova)
    return f"estornar remessa {codigo}"


def _receber(m: Mundo) -> str:
    numero = m.acaso.choice(list(m.titulos))
    t = m.titulos[numero]
    valor, desconto = m.acaso.choice([500, 1_000, max(t.saldo, 1)]), m.acaso.choice([0, 0, 100])
    recusa = t.preso or t.encerrado or valor + desconto > t.saldo
    onde = Onde(HOJE, "CAIXA", "")
    fazer = lambda: servico_do_titulo.receber_com_desconto(m.ctx, numero, valor, desconto, onde)  # noqa: E731
    assert _recusado(fazer) == recusa, f"receber {numero}: o modelo diz {'não' if recusa else 'sim'}"
    if not recusa:
        t.recebidos.append(valor + desconto)
        m.caixa += valor
    return f"receber {numero} {valor} {desconto}"


def _estornar_recebimento(m: Mundo) -> str:
    from guiche.livro import estornos

    numero = m.acaso.choice(list(m.titulos))
    valem = estornos.do_titulo(m.ctx.livro, numero)
    assert sorted(x.valor for x in valem) == sorted(m.titulos[numero].recebidos)
    if not valem:
        assert _recusado(lambda: recebimentos.estornar(m.ctx, numero, None, "história"))
        return f"estornar recebimento {numero}, recusado"
    um = m.acaso.choice(valem)
    recebimentos.estornar(m.ctx, numero, um.id, "história")
    m.titulos[numero].recebidos.remove(um.valor)
    m.caixa -= um.valor + um.juros - um.desconto
    return f"estornar recebimento {um.id} de {numero}"


def _responder(m: Mundo) -> str:
    if not m.transmitidas:
        return "nada"
    codigo = m.acaso.choice(sorted(m.transmitidas))
    linhas = m.linhas[codigo]
    codigos = [m.acaso.choice(CODIGOS[movimento]) for _, movimento in linhas]
    m.nsa += 1
    arquivo = retorno(m.arquivos[codigo], m.onde / f"r{m.nsa}.ret", codigos, nsa=m.nsa)
    feito = importar(m.ctx, arquivo, confirmar=True, baixar_em="CAIXA")
    for n, ((debito, movimento), resposta) in enumerate(zip(linhas, codigos, strict=True)):
        _acontecer(m, debito, movimento, resposta, (int(feito.dados["codigo"]), n + 2))
    return f"responder {codigo}: {','.join(codigos)}"


def _acontecer(m: Mundo, debito: Debito, movimento: int, codigo: str, onde: tuple[int, int]) -> None:
    if codigo == "ZZ":
        m.duvidas.append((*onde, debito, movimento))
        return
    evento = ("C+" if codigo == "99" else "C-") if movimento else ("D+" if codigo in {"00", "31"} else "D-")
    if debito.estado not in ACONTECE[evento]:
        return
    antes, debito.estado = debito.estado, ACONTECE[evento][debito.estado]
    if evento == "D+" and antes != 4:
        m.titulos[debito.titulo].recebidos.append(debito.valor)
        m.caixa += debito.valor
    if evento == "C-":
        debito.revisar = codigo == "97"
    respondida = debito.remessas[0][0] if evento in {"D+", "D-"} else debito.remessas[-1][0]
    if m.remessas[respondida] == "ATIVA":
        m.remessas[respondida] = "PROCESSADA"


def _decidir(m: Mundo) -> str:
    if not m.duvidas:
        return "nada"
    retorno_, linha, debito, movimento = m.duvidas.pop(m.acaso.randrange(len(m.duvidas)))
    divergencias.decidir(m.ctx, retorno_, linha, "IGNORAR")
    if movimento and debito.estado == 3:
        debito.estado = 2
    elif not movimento and debito.estado in {1, 2}:
        debito.estado = {1: 0, 2: 5}[debito.estado]
    return f"ignorar {retorno_}/{linha}"


def _resolver(m: Mundo) -> str:
    numero = m.acaso.choice(list(m.titulos))
    parados = [d for d in m.titulos[numero].debitos if d.estado == 2]
    decisao = m.acaso.choice([REENVIAR, CONSIDERAR_CANCELADO])
    pode = bool(parados) and (decisao == CONSIDERAR_CANCELADO or any(d.revisar for d in parados))
    fazer = lambda: servico_do_titulo.decidir_cancelamento(m.ctx, numero, decisao, "história")  # noqa: E731
    assert _recusado(fazer) != pode
    for debito in parados if pode else ():
        debito.revisar = False
        if decisao == CONSIDERAR_CANCELADO:
            debito.estado = 5
    return f"resolver {numero}: {decisao}"


_ATOS: tuple[Callable[[Mundo], str], ...] = (
    _gerar, _gerar, _gerar, _responder, _responder, _responder, _estornar_titulo, _estornar_remessa, _estornar_remessa,
    _receber, _receber, _estornar_recebimento, _decidir, _resolver,
)  # fmt: skip


def comparar(m: Mundo) -> None:
    """O livro diz o mesmo que o modelo: estados, dinheiro, remessas."""
    livro = m.ctx.livro
    estados: dict[str, list[int]] = {n: [] for n in m.titulos}
    for numero, estado in livro.consultar(
        "SELECT titulo, estado FROM linha WHERE substituida_por IS NULL ORDER BY cadeia"
    ):
        estados[numero].append(estado)
    assert estados == {n: [d.estado for d in t.debitos] for n, t in m.titulos.items()}
    recebido: dict[str, int] = dict(livro.consultar("SELECT titulo, SUM(valor) FROM recebimento GROUP BY titulo"))
    assert {n: int(recebido.get(n, 0)) for n in m.titulos} == {n: sum(t.recebidos) for n, t in m.titulos.items()}
    caixa = livro.valor("SELECT COALESCE(SUM(valor + juros - desconto), 0) FROM recebimento")
    assert int(caixa) == m.caixa
    assert dict(livro.consultar("SELECT id, situacao FROM remessa")) == m.remessas
    assert list(integridade.contas_que_nao_fecham(livro)) == []


def contar(onde: Path, semente: int, atos: int = ATOS, conferir: Callable[[Mundo], None] = comparar) -> Counter[str]:
    """Conta uma história, que se confere depois de cada ato; diz quantas vezes se fez cada um.

    Raises:
        AssertionError: o livro e o modelo discordam; a mensagem traz os atos.
    """
    acaso = random.Random(semente)
    valores = {f"T{n}": acaso.randrange(2_000, 9_000) for n in range(1, QUANTOS + 1)}
    pasta = montar(
        onde, clientes=[cliente("A")], titulos=[titulo(n, VENCE, f"{v / 100:.2f}") for n, v in valores.items()]
    )
    feitos: Counter[str] = Counter()
    with na(pasta) as ctx:
        m = Mundo(ctx, onde, acaso, {n: Devido(v) for n, v in valores.items()})
        for _ in range(atos):
            ato = acaso.choice(_ATOS)
            try:
                m.atos.append(ato(m))
                conferir(m)
            except Exception as erro:
                raise AssertionError(f"semente {semente}, {ato.__name__}, depois de {m.atos}: {erro}") from erro
            feitos[ato.__name__.lstrip("_")] += 1
    return feitos


def main(argumentos: list[str]) -> int:
    """Conta as histórias que se pedem."""
    leitor = argparse.ArgumentParser(description=__doc__)
    leitor.add_argument("--quantas", type=int, default=2_000)
    leitor.add_argument("--semente", type=int, default=0, help="a da primeira história")
    pedido = leitor.parse_args(argumentos)
    inicio, feitos = time.perf_counter(), Counter[str]()
    for semente in range(pedido.semente, pedido.semente + pedido.quantas):
        with tempfile.TemporaryDirectory() as onde:
            feitos += contar(Path(onde), semente)
    segundos = time.perf_counter() - inicio
    sys.stdout.write(f"{pedido.quantas} histórias iguais ao modelo em {segundos:.0f} s: {dict(feitos)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
