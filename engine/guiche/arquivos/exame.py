"""O que se sabe de um arquivo de cobrança enquanto se verifica, e como se anota o que se acha."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.fichas import Linha
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo

_LIMITE = 100
"""Quantos achados da mesma regra se guardam; o resto se conta."""


class Achado(NamedTuple):
    """O que uma regra encontrou; ``colunas`` como no manual, vazio se é a linha toda."""

    regra: str
    gravidade: str
    linha: int
    colunas: str
    mensagem: str
    remedio: str


@cache
def regras() -> Mapping[str, Mapping[str, Any]]:
    """As regras pelo id, sem o formato."""
    achadas: Mapping[str, Mapping[str, Any]] = ler_toml("leitura/regras")["regras"]
    return achadas


@dataclass(slots=True)
class Exame:
    """Uma verificação em curso."""

    arquivo: Cobranca
    hoje: date | None
    achados: list[Achado] = field(default_factory=list)
    vezes: Counter[str] = field(default_factory=Counter)

    @property
    def remessa(self) -> bool:
        """Se o arquivo é uma remessa."""
        return self.arquivo.sentido == "remessa"

    @property
    def prefixo(self) -> str:
        """``C240`` ou ``C400``, conforme a família; o de 444 é um 400 mais largo."""
        return "C240" if self.arquivo.formato == "cnab240" else "C400"

    @property
    def gerado_em(self) -> date | None:
        """A data de geração do arquivo; ``None`` se o cabeçalho não a diz."""
        datas = (self.arquivo.cabecalho.get(nome) for nome in ("data_geracao", "data_gravacao", "data_movimento"))
        return next((d for d in datas if isinstance(d, date)), None)

    def anotar(self, id_: str, onde: tuple[Linha, Campo] | Linha | int, detalhe: str = "") -> None:
        """Guarda o achado, se a regra vale neste sentido; passado o limite, só o conta."""
        regra = regras()[id_]
        if regra.get("so", self.arquivo.sentido) != self.arquivo.sentido:
            return
        self.vezes[id_] += 1
        if self.vezes[id_] > _LIMITE:
            return
        linha, colunas = _lugar(onde)
        mensagem = f"{regra['mensagem']}: {detalhe}" if detalhe else regra["mensagem"]
        self.achados.append(self._achado(id_, linha, colunas, mensagem))

    def _achado(self, id_: str, linha: int, colunas: str, mensagem: str) -> Achado:
        regra = regras()[id_]
        gravidade = regra["gravidade"] if self.remessa else regra.get("retorno", regra["gravidade"])
        return Achado(f"{self.prefixo}.{id_}", gravidade, linha, colunas, mensagem, regra["remedio"])

    def fechar(self) -> list[Achado]:
        """Os achados, e quantos mais houve de cada regra que passou do limite."""
        demais = [
            self._achado(id_, 1, "", f"{regras()[id_]['mensagem']}: e mais {vezes - _LIMITE} vezes")
            for id_, vezes in self.vezes.items()
            if vezes > _LIMITE
        ]
        return [*self.achados, *demais]


def _lugar(onde: tuple[Linha, Campo] | Linha | int) -> tuple[int, str]:
    if isinstance(onde, int):
        return onde, ""
    if isinstance(onde, Linha):
        return onde.numero, ""
    linha, campo = onde
    return linha.numero, campo.posicao
