"""Um ato custa o que muda: ``python -m tests.desempenho.mudanca --rapido`` ou ``--inteiro``.

A versão de antes roda ao lado da nossa, na mesma hora e com o mesmo Python. O custo é o tempo de processador do
processo inteiro, menos o de um comando que não faz nada. Quanto menor a razão, melhor.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tests.desempenho.casas import Casa, Mesa, antiga, nossa
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
RAPIDO, INTEIRO = Feitio(meses=6, debitos=DO_MES, boletos=100), Feitio()
_PAGOS, _ENSAIO = ("--parcelas", "00=100"), ("--ensaio", "--confirmar")
_ATOS_DO_MES = ("conferir", f"gerar {DO_MES}", f"importar {DO_MES}", "receber um título")
_UM = {
    "receber": "receber um título",
    "decidir": "decidir uma divergência",
    "transmitida": "marcar uma remessa como transmitida",
}

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

    def mesa(self, casa: Casa, feitio: Feitio) -> Mesa:
        """Um lugar de trabalho; as casas usam o mesmo, uma de cada vez."""
        return Mesa(self.onde / "mesa", casa, feitio, self.partidas[casa.nome])

    def linha(self, caminho: str, meta: float, gastos: Mapping[str, Gastos], *atos: str) -> Linha:
        """A linha de um ato, ou de um dividido por outro."""
        lados = {nome: tuple(gasto[ato] for ato in atos) for nome, gasto in gastos.items()}
        return Linha(caminho, meta, lados["agora"], lados.get("antes"))


def cobrar_muitos(o: Oficina, casa: Casa, n: int, *, um_so: bool) -> Gastos:
    """``n`` débitos mandados e respondidos; depois, dez a mais, e com ``um_so`` os atos de um só título."""
    mesa = o.mesa(casa, Feitio(meses=0, debitos=n, boletos=0, por_cliente=10))
    e, dia = mesa.escritorio, primeiro_dia(1)
    casa.montar(mesa.onde, e.feitio)
    gastos: dict[str, float] = {}
    trazer(e, titulos(e.feitio, 1), dia)
    gastos["gerar tudo"], feito = mesa.medir(lambda e: e.fazer("gerar", hoje=dia), o.vezes)
    chega = dia.replace(day=26)
    (retorno,) = retornos_de(e, Path(feito["arquivos"][-1]), chega, _PAGOS)
    gastos["importar tudo"], _ = mesa.medir(lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega), o.vezes)
    gastos["gerar nada"], feito = mesa.medir(lambda e: e.fazer("gerar", hoje=chega), o.vezes)
    assert "remessa" not in feito["dados"], feito
    return gastos | _mexer_em_poucos(o, mesa, um_so=um_so)


def _mexer_em_poucos(o: Oficina, mesa: Mesa, *, um_so: bool) -> dict[str, float]:
    e, dia = mesa.escritorio, primeiro_dia(2)
    gastos: dict[str, float] = {}
    trazer(e, titulos(e.feitio, 2)[:POUCOS], dia)
    feito = e.fazer("gerar", hoje=dia)
    chega = dia.replace(day=26)
    (retorno,) = retornos_de(e, Path(feito["arquivos"][-1]), chega, DO_DEBITO)
    if um_so:
        gastos["transmitida"], _ = mesa.medir(lambda e: e.fazer("remessas transmitida", "2", hoje=dia), o.vezes)
    gastos["importar poucos"], feito = mesa.medir(lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega), o.vezes)
    if um_so:
        gastos["receber"], _ = mesa.medir(lambda e: receber(e, feito["dados"]["linhas"][1]["titulo"], chega), o.vezes)
        gastos["decidir"], _ = mesa.medir(lambda e: decidir(e, feito, chega), o.vezes)
    return gastos


def medir_muitos(o: Oficina, n: int, meta: float, *, um_so: bool = False) -> list[Linha]:
    """Gerar sem nada a mandar e importar dez respostas, cada um sobre o ato de ``n``; e os atos de um título só."""
    gastos = {nome: cobrar_muitos(o, casa, n, um_so=um_so) for nome, casa in o.casas.items()}
    quantos = f"{n:,}".replace(",", ".")
    linhas = [
        o.linha(f"{quantos} débitos: gerar sem nada a mandar ÷ gerar todos", meta, gastos, "gerar nada", "gerar tudo"),
        o.linha(f"{quantos} débitos: importar {POUCOS} respostas ÷ importar todas", meta, gastos,
                "importar poucos", "importar tudo"),
    ]  # fmt: skip
    if um_so:
        linhas += [o.linha(f"{quantos} débitos: {frase}, em segundos", 1.0, gastos, ato) for ato, frase in _UM.items()]
    return linhas


def medir_o_escritorio(o: Oficina, feitio: Feitio) -> list[Linha]:
    """Os mesmos atos depois do último mês e depois do primeiro.

    A versão de antes vive a história; a nossa trabalha em cópias dela, que traz ao dia antes de medir.
    """
    pedreiro = o.casas.get("antes", o.casas["agora"])
    mesa = o.mesa(pedreiro, feitio)
    pedreiro.montar(mesa.onde, feitio, 1, feitio.meses)
    gastos: dict[str, dict[str, float]] = {nome: {} for nome in o.casas}
    for mes, quando in ((1, "primeiro"), (feitio.meses, "último")):
        for nome, casa in o.casas.items():
            medidos = _um_mes_a_mais(o, o.mesa(casa, feitio), mes, pedreiro)
            gastos[nome] |= {f"{ato}, {quando}": segundos for ato, segundos in medidos.items()}
    do_mes = f"{feitio.debitos} débitos e {feitio.boletos} boletos por mês"
    return [
        o.linha(f"{do_mes}: {ato}, depois de {feitio.meses} meses ÷ depois de um", 1.5, gastos,
                f"{ato}, último", f"{ato}, primeiro")
        for ato in _ATOS_DO_MES
    ]  # fmt: skip


def _um_mes_a_mais(o: Oficina, mesa: Mesa, mes: int, pedreiro: Casa) -> Gastos:
    """Trezentos débitos novos numa cópia do fim do mês: conferir, gerar, importar, receber."""
    mesa.por(foto(mesa.onde, mes))
    e, dia = mesa.escritorio, primeiro_dia(mes + 1)
    if mesa.casa != pedreiro:
        e.fazer("atualizar", hoje=dia)
        conferido = e.fazer("integridade", hoje=dia)
        assert not conferido["dados"]["achados"], conferido
    trazer(e, titulos(e.feitio, mes + 1)[:DO_MES], dia)
    chega = dia + timedelta(days=25)
    conferir, _ = mesa.medir(lambda e: e.fazer("conferir", hoje=dia), o.vezes)
    gerar, feito = mesa.medir(lambda e: e.fazer("gerar", hoje=dia), o.vezes)
    (retorno,) = retornos_de(e, Path(feito["arquivos"][-1]), chega, DO_DEBITO)
    importar, feito = mesa.medir(lambda e: e.fazer("importar", retorno, *_ENSAIO, hoje=chega), o.vezes)
    recebido, _ = mesa.medir(lambda e: receber(e, feito["dados"]["linhas"][1]["titulo"], chega), o.vezes)
    return dict(zip(_ATOS_DO_MES, (conferir, gerar, importar, recebido), strict=True))


def comparar(onde: Path, *, rapido: bool) -> tuple[list[Linha], str]:
    """Todas as linhas; e por que não há versão de antes, se não a há."""
    de_antes = antiga(onde / "antes")
    casas = {casa.nome: casa for casa in (nossa(), de_antes) if isinstance(casa, Casa)}
    o = Oficina(onde, casas, {nome: casa.partida() for nome, casa in casas.items()}, 1 if rapido else 2)
    linhas = medir_muitos(o, 20_000, 0.2)
    if not rapido:
        linhas += medir_muitos(o, 100_000, 0.3, um_so=True)
    linhas += medir_o_escritorio(o._replace(vezes=o.vezes + 1), RAPIDO if rapido else INTEIRO)
    return linhas, "" if isinstance(de_antes, Casa) else de_antes


def medir(onde: Path) -> list[Medida]:
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
    forma.add_argument("--rapido", action="store_true", help="20.000 débitos, e um escritório pequeno de seis meses")
    forma.add_argument("--inteiro", action="store_true", help="também 100.000, e o escritório grande de dois anos")
    leitor.add_argument("--exigir", action="store_true", help="sai com 1 se alguma meta não se cumpre")
    pedido = leitor.parse_args()
    with tempfile.TemporaryDirectory() as pasta:
        linhas, falta = comparar(Path(pasta), rapido=pedido.rapido)
    _escrever(linhas, falta)
    faltam = sum(not linha.medida().cumprida for linha in linhas)
    return 1 if pedido.exigir and faltam else 0


if __name__ == "__main__":
    sys.exit(main())
