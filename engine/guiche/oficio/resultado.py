"""O que um ato devolve, para a pessoa e para a máquina."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guiche.dominio.texto import contar
from guiche.erros import Problema

A_DETALHAR = 10_000
"""Quantas linhas de um retorno, as primeiras, se guardam para ``detalhar``."""


@dataclass(frozen=True, slots=True)
class Resultado:
    """O desfecho de um ato."""

    ato: str
    linhas: tuple[str, ...]
    """O relato em português, uma frase por linha; a primeira é o resumo."""
    dados: Mapping[str, Any] = field(default_factory=dict)
    """O mesmo, para ``--json``: dinheiro em texto decimal, datas ISO."""
    problemas: tuple[Problema, ...] = ()
    arquivos: tuple[Path, ...] = ()
    detalhar: Callable[[], Mapping[str, Any]] = dict
    """O que só ``--json`` mostra, linha a linha; calcula-se só se pedido."""
    so_dados: bool = False
    """Em ``--json`` vão só os dados, sem o relato: o ato é uma consulta a um arquivo."""
    lista: Sequence[Any] | None = None
    """Em ``--json`` vai só esta lista: o ato responde a muitos de uma vez."""
    conteudo: bytes | None = None
    """Os bytes que vão à saída, em vez do relato: o ato escreve um arquivo que não se pediu para gravar."""
    conferencia: Sequence[Sequence[Any]] | None = None
    """O que a aba Conferência passa a mostrar, se o ato refaz as abas; ``None``: fica como está."""
    mostra: str = ""
    """A tabela cuja aba se abre, quando depende do que se achou; vazio: a do registro do ato."""
    feito: bool = True
    """Falso quando o ato foi recusado e nada mudou."""
    vazio: bool = False
    """Na prévia: nada há a fazer, e a pessoa não precisa confirmar."""

    def para_json(self) -> dict[str, Any] | Sequence[Any]:
        """O que ``--json`` escreve."""
        return self.como_dict() if self.lista is None else self.lista

    def como_dict(self) -> dict[str, Any]:
        """O relato e os dados; só os dados, se o ato é uma consulta."""
        if self.so_dados:
            return {**self.dados, **self.detalhar()}
        return {
            "ato": self.ato,
            "feito": self.feito,
            "relato": list(self.linhas),
            "dados": {**self.dados, **self.detalhar()},
            "problemas": [p.como_dict() for p in self.problemas],
            "arquivos": [str(a) for a in self.arquivos],
        }


def recusa(ato: str, problemas: list[Problema]) -> Resultado:
    """O ato parou por dados errados: todos de uma vez, e nada mudou."""
    quantos = contar(len(problemas), "problema")
    resumo = f"Nada foi feito: há {quantos} na pasta de trabalho. Corrija as células indicadas e repita."
    return Resultado(ato, (resumo,), {}, tuple(problemas), feito=False)
