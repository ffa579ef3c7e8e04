"""A matriz de estados inteira, pelos atos de verdade e pelo livro de verdade."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroGuiche
from guiche.livro import titulos
from guiche.oficio.resultado import Resultado
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as titulo_
from tests.servicos.apoio import cliente, ler, montar, na, retorno, titulo

RECUSA = "recusa"
# estado → evento → (estado final ou recusa, houve divergência)
MATRIZ: dict[str, dict[str, tuple[int | str, bool]]] = {
    "-": {"G": (1, False), "EI": (0, False), "PG": (0, False)},
    "0": {"G": (1, False), "EI": (0, False), "ER": (RECUSA, False), "D+": (0, True), "D-": (0, True),
          "C+": (0, True), "C-": (0, True), "PG": (0, False)},
    "1": {"G": (1, False), "EI": (2, False), "ER": (3, False), "D+": (4, False), "D-": (0, False), "C+": (5, True),
          "C-": (1, True), "PG": (RECUSA, False)},
    "2": {"G": (3, False), "EI": (2, False), "ER": (3, False), "D+": (4, False), "D-": (5, False), "C+": (5, False),
          "C-": (2, False), "PG": (RECUSA, False)},
    "3": {"G": (3, False), "EI": (3, False), "ER": (3, False), "D+": (4, False), "D-": (3, False), "C+": (5, False),
          "C-": (2, False), "PG": (RECUSA, False)},
    "3L": {"G": (1, False), "PG": (3, False), "D+": (4, False), "C+": (5, False), "C-": (2, False)},
    "4": {"G": (4, False), "EI": (RECUSA, False), "ER": (RECUSA, False), "D+": (4, False), "D-": (4, True),
          "C+": (4, False), "C-": (4, False), "PG": (RECUSA, False)},
    "5": {"G": (1, False), "EI": (5, False), "ER": (RECUSA, False), "D+": (5, True), "D-": (5, False),
          "C+": (5, False), "C-": (5, True), "PG": (5, False)},
}  # fmt: skip
CASOS = [(de, evento, *fim) for de, eventos in MATRIZ.items() for evento, fim in eventos.items()]
RESPOSTAS = {"D+": ("00", "0"), "D-": ("01", "0"), "C+": ("99", "1"), "C-": ("98", "1")}


class Cena:
    """Um título só, levado de ato em ato."""

    def __init__(self, onde: Path) -> None:
        self.onde = onde
        self.nsa = 0
        self.primeira: Path | None = None
        self.ultima = 0
        self.caminho = montar(onde, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "50.00")])

    def gerar(self) -> Resultado:
        with na(self.caminho) as ctx:
            feito = gerar(ctx)
        if "remessa" in feito.dados:
            self.ultima = int(feito.dados["remessa"])
            self.primeira = self.primeira or feito.arquivos[-1]
            with na(self.caminho) as ctx:
                enviadas.marcar(ctx, self.ultima, "transmitida")
        return feito

    def estornar_titulo(self) -> Resultado:
        with na(self.caminho) as ctx:
            return titulo_.estornar(ctx, "T1", "teste")

    def estornar_remessa(self) -> Resultado:
        with na(self.caminho) as ctx:
            feito = enviadas.estornar(ctx, self.ultima)
        self.ultima = int(feito.dados["remessa"])
        return feito

    def pagar(self) -> Resultado:
        with na(self.caminho) as ctx:
            return titulo_.receber(ctx, "T1", 100, dia=date(2026, 8, 4))

    def responder(self, evento: str) -> Resultado:
        codigo, movimento = RESPOSTAS[evento]
        self.nsa += 1
        assert self.primeira is not None
        arquivo = retorno(self.primeira, self.onde / f"r{self.nsa}.ret", [codigo], nsa=self.nsa, movimento=movimento)
        with na(self.caminho) as ctx:
            return importar(ctx, arquivo, confirmar=True)

    def levar(self, estado: str) -> None:
        roteiros = {
            "-": "", "0": "G D-", "1": "G", "2": "G EI", "3": "G EI G", "3L": "G ER", "4": "G D+", "5": "G ER C+",
        }  # fmt: skip
        for evento in roteiros[estado].split():
            self.fazer(evento)

    def fazer(self, evento: str) -> Resultado:
        atos = {"G": self.gerar, "EI": self.estornar_titulo, "ER": self.estornar_remessa, "PG": self.pagar}
        return atos[evento]() if evento in atos else self.responder(evento)

    def estado(self) -> int:
        with na(self.caminho) as ctx:
            return int(titulos.situacao(ctx.livro, "T1").estado)


@pytest.mark.requisito("S-16", "S-17", "S-47", "S-60", "S-62", "S-64")
@pytest.mark.usefixtures("banco")
@pytest.mark.parametrize(("de", "evento", "final", "diverge"), CASOS, ids=[f"{c[0]}-{c[1]}" for c in CASOS])
def test_matriz(tmp_path: Path, de: str, evento: str, final: int | str, diverge: bool) -> None:
    cena = Cena(tmp_path)
    cena.levar(de)
    antes = cena.estado()
    recebido = [c["valor"] for t in ("caixa", "movimento_banco") for c in ler(cena.caminho, t)]
    if final == RECUSA:
        conteudo = cena.caminho.read_bytes()
        with pytest.raises(ErroGuiche):
            cena.fazer(evento)
        assert cena.estado() == antes
        assert cena.caminho.read_bytes() == conteudo
        return
    feito = cena.fazer(evento)
    assert cena.estado() == final
    assert bool(feito.dados.get("divergencias")) == diverge
    depois = [c["valor"] for t in ("caixa", "movimento_banco") for c in ler(cena.caminho, t)]
    entrou = 50.0 if evento == "D+" and final == 4 and antes != 4 else 1.0 if evento == "PG" else 0
    assert sum(depois) - sum(recebido) == entrou
