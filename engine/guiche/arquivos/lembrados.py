"""O que se repete de título em título e não vale ler de novo: datas, textos curtos, classes de ocorrência."""

from __future__ import annotations

from datetime import date

from guiche.bancos.ocorrencias import ocorrencia
from guiche.layout.modelo import Campo
from guiche.layout.valores import ler_data


class Datas(dict[str, date | None]):
    """Memória de datas já lidas."""

    def __init__(self, campo: Campo) -> None:
        self.campo = campo

    def __missing__(self, bruto: str) -> date | None:
        lida = self[bruto] = ler_data(self.campo, bruto)
        return lida


class Textos(dict[str, str | None]):
    """Memória dos textos que se repetem: banco, agência, carteira."""

    def __missing__(self, bruto: str) -> str | None:
        texto = self[bruto] = bruto.strip() or None
        return texto


class Classes(dict[str, str]):
    """Ocorrência como está na linha → classe, neste banco e formato."""

    def __init__(self, banco: str, formato: str) -> None:
        self.de = banco, formato

    def __missing__(self, bruto: str) -> str:
        classe = self[bruto] = ocorrencia(*self.de, bruto.strip()).classe
        return classe
