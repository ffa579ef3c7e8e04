"""Atende o ato do banco de faz de conta."""

from __future__ import annotations

from pathlib import Path

from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import lugar_livre


def banco_simulado(p: Pedido) -> Resultado:
    """Ensaiar resposta do banco."""
    from guiche.servicos.treino import simulado  # noqa: PLC0415

    saida: Path = p["saida"] or p["remessa"].with_suffix(".ret")
    if p.na_janela:
        saida = lugar_livre(saida.with_name(f"ensaio-{saida.name}"))
    pares = (par.partition("=") for par in p["parcelas"].split(",") if par)
    parcelas = {codigo.strip(): int(parcela) for codigo, _, parcela in pares}
    codigos = [codigo.strip() for codigo in p["codigos"].split(",") if codigo.strip()]
    registros = [letra.strip().upper() for letra in p["registros"].split(",") if letra.strip()]
    escolha = simulado.Escolha(p["semente"], parcelas, codigos, registros, ensaio=True)
    return simulado.responder(p["remessa"], saida, agora=p.autor.agora, nsa=p["nsa"], dias=p["dias"], escolha=escolha)
