"""Atende os atos sobre os dados das pessoas. O nome da função é o id do ato."""

from __future__ import annotations

from pathlib import Path

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def pacote_de_diagnostico(p: Pedido) -> Resultado:
    """Pacote de diagnóstico."""
    from guiche.servicos.privacidade.pacote import empacotar  # noqa: PLC0415

    saida: Path = p["saida"] or p.caminho.with_name("diagnostico.zip")
    return p.na_pasta(lambda ctx: empacotar(saida, ctx))


def lgpd_exportar(p: Pedido) -> Resultado:
    """Exportar uma pessoa."""
    from guiche.servicos.privacidade.pessoa import exportar  # noqa: PLC0415

    saida: Path = p["saida"] or p.caminho.with_name("dados da pessoa.json")
    return p.na_pasta(lambda ctx: exportar(ctx, p["cliente"], saida))


def lgpd_anonimizar(p: Pedido) -> Resultado:
    """Anonimizar uma pessoa."""
    from guiche.servicos.privacidade.pessoa import anonimizar  # noqa: PLC0415

    return p.na_pasta(lambda ctx: anonimizar(ctx, p["cliente"], confirmar=p["confirmar"]))


def copia_mascarada(p: Pedido) -> Resultado:
    """Cópia mascarada."""
    from guiche.oficio.saidas import lugar_livre  # noqa: PLC0415
    from guiche.servicos.privacidade.copia import copiar  # noqa: PLC0415

    saida: Path = p["saida"] or lugar_livre(p.caminho.with_name(f"{p.caminho.stem} mascarada.xlsx"))
    return p.na_pasta(lambda ctx: copiar(ctx, saida))
