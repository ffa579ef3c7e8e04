"""Atende os atos sobre os dados das pessoas. O nome da função é o id do ato."""

from __future__ import annotations

from pathlib import Path

from guiche.servicos.pedido import Pedido
from guiche.servicos.resultado import Resultado


def pacote_de_diagnostico(p: Pedido) -> Resultado:
    """Pacote de diagnóstico."""
    from guiche.servicos.privacidade.pacote import empacotar  # noqa: PLC0415

    saida: Path = p["saida"] or p.caminho.with_name("diagnostico.zip")
    return p.na_pasta(lambda ctx: empacotar(saida, ctx))
