"""Atende os atos sobre um arquivo do banco. O nome da função é o id do ato."""

from __future__ import annotations

from pathlib import Path

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado


def arquivo_ler(p: Pedido) -> Resultado:
    """Ler arquivo."""
    from guiche.servicos.arquivo import leitura  # noqa: PLC0415

    return leitura.ler(p["arquivo"], p["layout"])


def arquivo_explicar(p: Pedido) -> Resultado:
    """Explicar arquivo."""
    from guiche.servicos.arquivo import leitura  # noqa: PLC0415

    saida = p["saida"]
    if p.na_janela and saida is None:
        saida = p["arquivo"].with_name(f"{p['arquivo'].name} explicado.xlsx")
    return leitura.explicar(p["arquivo"], saida)


def arquivo_verificar(p: Pedido) -> Resultado:
    """Verificar arquivo."""
    from guiche.servicos.arquivo import leitura  # noqa: PLC0415

    return leitura.verificar(p["arquivo"], p.autor.hoje, p["layout"])


def arquivo_comparar(p: Pedido) -> Resultado:
    """Comparar arquivos."""
    from guiche.servicos.arquivo.comparacao import comparar  # noqa: PLC0415

    a, b = p["arquivo"], p["outro"]
    saida = p["saida"]
    if p.na_janela and saida is None:
        saida = a.with_name(f"{a.stem} comparado com {b.stem}.xlsx")
    return comparar(a, b, saida)


def arquivo_anonimizar(p: Pedido) -> Resultado:
    """Anonimizar arquivo."""
    from guiche.servicos.arquivo.anonimizacao import anonimizar  # noqa: PLC0415

    caminho: Path = p["arquivo"]
    saida: Path = p["saida"] or caminho.with_name(f"{caminho.stem} sem pessoas{caminho.suffix}")
    return anonimizar(caminho, saida, p["semente"], p["layout"])
