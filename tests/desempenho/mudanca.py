"""Um ato custa o que muda: ``python -m tests.desempenho.mudanca --rapido`` ou ``--inteiro``.

A versão de antes roda ao lado da nossa, na mesma hora e com o mesmo Python. O custo é o tempo de processador do
processo inteiro, menos o de um comando que não faz nada. Quanto menor a razão, melhor.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tests.desempenho.casas import Ato, Casa, Posto, antiga, medir, mesa_de, nossa
from tests.desempenho.regua import Medida
from tests.servicos.escritorio import (
    DO_DEBITO,
    Feitio,
    decidir,
    foto,
    primeiro_dia,
    receber,
    retornos_de,
    titulos,
    trazer,
)

POUCOS, DO_MES = 10, 300
RAPIDO, INTEIRO = Feitio(meses=4, debitos=DO_MES, boletos=100), Feitio()
_PAGOS, _ENSAIO = ("--parcelas", "00=100"), ("--ensaio", "--confirmar")
_ATOS_DO_MES = ("conferir", f"gerar {DO_MES}", f"importar {DO_MES}", "receber um título")
_UM = {
    "receber": "receber um título",
    "decidir": "decidir uma divergência",
    "transmitida": "marcar uma remessa como transmitida",
}

Atos = dict[str, tuple[Posto, Ato]]
"""O que se mede: o nome, de onde parte e o que se faz."""
Gastos = Mapping[str, float]
"""Ato → segundos de processador, sem a partida."""


class Linha(NamedTuple):
    """Uma linha da tabela: a razão entre dois custos, ou os segundos de um só."""

    caminho: str
    meta: float
    agora: tuple[float, ...]
    """Os segundos do ato e os daquele que o divide, se há."""
    antes: tuple[float, ...] | None
    """Os mesmos, na versão de antes, se a há."""

    def valores(self) -> tuple[float, float | None]:
        """O que se compara com a meta: agora e antes."""
        return _valor(self.agora), None if self.antes is None else _valor(self.antes)

    def medida(self) -> Medida:
        """A linha na tabela geral."""
        valor, antes = self.valores()
        nosso = _em_segundos(self.agora) + ("" if antes is None else f"; antes {antes:.2f}")
        return Medida(self.caminho, nosso, valor, self.meta, menor=True)


def _valor(segundos: tuple[float, ...]) -> float:
    """A razão, se são dois; com o que se divide no mínimo em um milésimo."""
    return segundos[0] / max(segundos[1], 0.001) if len(segundos) > 1 else segundos[0]


def _em_segundos(segundos: tuple[float, ...]) -> str:
    return " ÷ ".join(f"{s:.2f}" for s in segundos) + " s"


class Oficina(NamedTuple):
    """O que vale para a rodada toda."""

    onde: Path
    casas: Mapping[str, Casa]
    """``agora`` e, se a há, ``antes``."""
    partidas: Mapping[str, float]
    vezes: int
    """Quantas vezes se mede cada ato; vale a menor."""

    def medir(self, por_casa: Mapping[str, Atos]) -> dict[str, Gastos]:
        """O que gasta cada ato em cada casa, com uma casa a seguir à outra em cada ato."""
        nomes = [(casa, ato) for ato in next(iter(por_casa.values())) for casa in por_casa]
        medidos = medir([por_casa[casa][ato] for casa, ato in nomes], self.partidas, self.vezes)
        gastos: dict[str, dict[str, float]] = {casa: {} for casa in por_casa}
        for (casa, ato), segundos in zip(nomes, medidos, strict=True):
            gastos[casa][ato] = segundos
        return dict(gastos)


def _linha(caminho: str, meta: float, gastos: Mapping[str, Gastos], *atos: str) -> Linha:
    """A linha de um ato, ou de um dividido por outro."""
    lados = {nome: tuple(gasto[ato] for ato in atos) for nome, gasto in gastos.items()}
    return Linha(caminho, meta, lados["agora"], lados.get("antes"))


def cobrar_muitos(onde: Path, casa: Casa, n: int) -> Atos:
    """``n`` débitos que se mandam e se respondem; depois, dez a mais, e os atos de um só título."""
    feitio = Feitio(meses=0, debitos=n, boletos=0, por_cliente=10)
    dia, chega = primeiro_dia(1), primeiro_dia(1).replace(day=26)
    mesa = mesa_de(onde)
    casa.montar(mesa, feitio)
    listado = Posto(mesa.rename(onde / f"{casa.nome}-listado"), casa, feitio)
    with listado.na_mesa() as e:
        trazer(e, titulos(feitio, 1), dia)
    mandado = listado.copia(f"{casa.nome}-mandado")
    with mandado.na_mesa() as e:
        remessa = Path(e.fazer("gerar", hoje=dia)["arquivos"][-1])
        (retorno,) = retornos_de(e, remessa, chega, _PAGOS)
    respondido = mandado.copia(f"{casa.nome}-respondido")
    with respondido.na_mesa() as e:
        e.fazer("importar", retorno, *_ENSAIO, hoje=chega)
    return {
        "gerar tudo": (listado, lambda e: e.fazer("gerar", hoje=dia)),
        "gerar nada": (respondido, lambda e: e.fazer("gerar", hoje=chega)),
        "importar tudo": (mandado, lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega)),
        **_mexer_em_poucos(respondido),
    }


def _mexer_em_poucos(respondido: Posto) -> Atos:
    dia, chega = primeiro_dia(2), primeiro_dia(2).replace(day=26)
    mandado = respondido.copia(f"{respondido.guardado.name}-mais-{POUCOS}")
    with mandado.na_mesa() as e:
        trazer(e, titulos(e.feitio, 2)[:POUCOS], dia)
        feito = e.fazer("gerar", hoje=dia)
        remessa = str(feito["dados"]["remessa"])
        (retorno,) = retornos_de(e, Path(feito["arquivos"][-1]), chega, DO_DEBITO)
    recebido = mandado.copia(f"{mandado.guardado.name}-respondido")
    with recebido.na_mesa() as e:
        importado = e.fazer("importar", retorno, *_ENSAIO, hoje=chega)
    return {
        "importar poucos": (mandado, lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega)),
        "transmitida": (mandado, lambda e: e.fazer("remessas transmitida", remessa, hoje=dia)),
        "receber": (recebido, lambda e: receber(e, importado["dados"]["linhas"][1]["titulo"], chega)),
        "decidir": (recebido, lambda e: decidir(e, importado, chega)),
    }


def medir_muitos(o: Oficina, n: int, meta: float, *, um_so: bool = False) -> list[Linha]:
    """Gerar sem nada a mandar e importar dez respostas, cada um sobre o ato de ``n``; e os atos de um título só."""
    onde = o.onde / str(n)
    por_casa = {nome: cobrar_muitos(onde, casa, n) for nome, casa in o.casas.items()}
    if not um_so:
        por_casa = {nome: {ato: atos[ato] for ato in atos if ato not in _UM} for nome, atos in por_casa.items()}
    gastos = o.medir(por_casa)
    shutil.rmtree(onde)
    quantos = f"{n:,}".replace(",", ".")
    linhas = [
        _linha(f"{quantos} débitos: gerar sem nada a mandar ÷ gerar todos", meta, gastos, "gerar nada", "gerar tudo"),
        _linha(f"{quantos} débitos: importar {POUCOS} respostas ÷ importar todas", meta, gastos,
               "importar poucos", "importar tudo"),
    ]  # fmt: skip
    if um_so:
        linhas += [_linha(f"{quantos} débitos: {frase}, em segundos", 1.0, gastos, ato) for ato, frase in _UM.items()]
    return linhas


def medir_o_escritorio(o: Oficina, feitio: Feitio) -> list[Linha]:
    """Os mesmos atos depois do último mês e depois do primeiro.

    A versão de antes vive a história; a nossa trabalha em cópias dela, que traz ao dia e confere antes de medir.
    """
    pedreiro = o.casas.get("antes", o.casas["agora"])
    mesa = mesa_de(o.onde)
    pedreiro.montar(mesa, feitio, 1, feitio.meses)
    shutil.rmtree(mesa)
    por_casa: dict[str, Atos] = {}
    for nome, casa in o.casas.items():
        postos = [Posto(foto(mesa, mes), casa, feitio).copia(f"{nome}-mes-{mes}") for mes in (1, feitio.meses)]
        if casa != pedreiro:
            for posto in postos:
                _trazer_ao_dia(posto)
        primeiro, ultimo = (_um_mes_a_mais(p, mes) for p, mes in zip(postos, (1, feitio.meses), strict=True))
        por_casa[nome] = {
            f"{ato}, {quando}": atos[ato]
            for ato in _ATOS_DO_MES
            for quando, atos in (("primeiro", primeiro), ("último", ultimo))
        }
    gastos = o.medir(por_casa)
    do_mes = f"{feitio.debitos} débitos e {feitio.boletos} boletos por mês"
    return [
        _linha(f"{do_mes}: {ato}, depois de {feitio.meses} meses ÷ depois de um", 1.5, gastos,
               f"{ato}, último", f"{ato}, primeiro")
        for ato in _ATOS_DO_MES
    ]  # fmt: skip


def _trazer_ao_dia(posto: Posto) -> None:
    """O livro e a pasta de trabalho de outra versão, na desta; que confiram."""
    with posto.na_mesa() as e:
        hoje = primeiro_dia(e.feitio.meses + 1)
        e.fazer("atualizar", hoje=hoje)
        conferido = e.fazer("integridade", hoje=hoje)
        assert not conferido["dados"]["achados"], conferido


def _um_mes_a_mais(listado: Posto, mes: int) -> Atos:
    """Trezentos débitos novos depois do fim do mês: conferir, gerar, importar, receber."""
    dia = primeiro_dia(mes + 1)
    chega = dia + timedelta(days=25)
    with listado.na_mesa() as e:
        trazer(e, titulos(e.feitio, mes + 1)[:DO_MES], dia)
    mandado = listado.copia(f"{listado.guardado.name}-mandado")
    with mandado.na_mesa() as e:
        remessa = Path(e.fazer("gerar", hoje=dia)["arquivos"][-1])
        (retorno,) = retornos_de(e, remessa, chega, DO_DEBITO)
    respondido = mandado.copia(f"{listado.guardado.name}-respondido")
    with respondido.na_mesa() as e:
        sem_saldo = e.fazer("importar", retorno, *_ENSAIO, hoje=chega)["dados"]["linhas"][1]["titulo"]
    return dict(zip(_ATOS_DO_MES, (
        (listado, lambda e: e.fazer("conferir", hoje=dia)),
        (listado, lambda e: e.fazer("gerar", hoje=dia)),
        (mandado, lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega)),
        (respondido, lambda e: receber(e, sem_saldo, chega)),
    ), strict=True))  # fmt: skip


def comparar(onde: Path, *, rapido: bool) -> tuple[list[Linha], str]:
    """Todas as linhas; e por que não há versão de antes, se não a há."""
    de_antes = antiga(onde / "antes")
    casas = {casa.nome: casa for casa in (nossa(), de_antes) if isinstance(casa, Casa)}
    o = Oficina(onde, casas, {nome: casa.partida() for nome, casa in casas.items()}, 1 if rapido else 2)
    linhas = medir_muitos(o, 10_000 if rapido else 20_000, 0.2)
    if not rapido:
        linhas += medir_muitos(o, 100_000, 0.3, um_so=True)
    linhas += medir_o_escritorio(o._replace(vezes=o.vezes + 1), RAPIDO if rapido else INTEIRO)
    return linhas, "" if isinstance(de_antes, Casa) else de_antes


def medir_rapido(onde: Path) -> list[Medida]:
    """A forma rápida, para a tabela geral."""
    linhas, falta = comparar(onde / "mudanca", rapido=True)
    if falta:
        print(f"Sem a versão de antes: {falta}.", file=sys.stderr)
    return [linha.medida() for linha in linhas]


def _escrever(linhas: list[Linha], falta: str) -> None:
    print("| caminho | agora | antes | meta | | segundos agora | segundos antes |\n|---|---|---|---|---|---|---|")
    for linha in linhas:
        agora, antes = linha.valores()
        print(
            f"| {linha.caminho} | {agora:.2f} | {'–' if antes is None else f'{antes:.2f}'} | ≤ {linha.meta:.2f} "
            f"| {'sim' if linha.medida().cumprida else 'NÃO'} | {_em_segundos(linha.agora)} "
            f"| {'–' if linha.antes is None else _em_segundos(linha.antes)} |"
        )
    if falta:
        print(f"\nSem a versão de antes: {falta}.")


def main() -> int:
    """Imprime a tabela; com ``--exigir``, falha se alguma meta não se cumpre."""
    leitor = argparse.ArgumentParser(prog="tests.desempenho.mudanca")
    forma = leitor.add_mutually_exclusive_group(required=True)
    forma.add_argument("--rapido", action="store_true", help="10.000 débitos, e um escritório pequeno de quatro meses")
    forma.add_argument("--inteiro", action="store_true", help="20.000 e 100.000, e o escritório grande de dois anos")
    leitor.add_argument("--exigir", action="store_true", help="sai com 1 se alguma meta não se cumpre")
    pedido = leitor.parse_args()
    with tempfile.TemporaryDirectory() as pasta:
        linhas, falta = comparar(Path(pasta), rapido=pedido.rapido)
    _escrever(linhas, falta)
    faltam = sum(not linha.medida().cumprida for linha in linhas)
    return 1 if pedido.exigir and faltam else 0


if __name__ == "__main__":
    sys.exit(main())
