"""Mover em uma coluna qualquer fronteira de E ou F é sempre notado por uma linha cheia."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guiche.erros import ErroDeCampo
from guiche.layout.carga import carregar, pasta
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Registro

LAYOUTS = sorted(f"febraban150/{p.stem}" for p in (pasta() / "febraban150").glob("*.toml"))
_CHEIO = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" * 5


def _cheio(campo: Campo) -> object:
    if campo.fixo is not None or campo.dominio:
        return campo.fixo or sorted(campo.dominio)[-1]
    if campo.tipo == "data":
        return date(2026, 12, 21)
    if campo.tipo in {"numero", "valor"} or campo.zeros:
        digitos = ("1234567891" * 3)[: campo.largura]
        return digitos if campo.zeros else int(digitos)
    return _CHEIO[: campo.largura]


def _mutantes(registro: Registro) -> list[Registro]:
    saida = []
    for i in range(len(registro.campos) - 1):
        for passo in (-1, 1):
            campos = list(registro.campos)
            campos[i] = replace(campos[i], fim=campos[i].fim + passo)
            campos[i + 1] = replace(campos[i + 1], inicio=campos[i + 1].inicio + passo)
            saida.append(replace(registro, campos=tuple(campos)))
    return saida


def _suja(registro: Registro, linha: str) -> str:
    """A linha com os reservados ocupados: só assim se nota o texto que os invade."""
    partes = [linha[c.inicio - 1 : c.fim] if c.nome else "#" * c.largura for c in registro.campos]
    return "".join(partes)


@pytest.mark.parametrize("letra", ["E", "F"])
@pytest.mark.parametrize("nome", LAYOUTS)
def test_fronteira_movida_e_notada(nome: str, letra: str) -> None:
    registro = carregar(nome).registros[letra]
    valores = {campo.nome: _cheio(campo) for campo in registro.campos if campo.nome}
    linha = _suja(registro, tradutor(registro).escrever(valores))
    assert tradutor(registro).ler(linha) == valores
    for mutante in _mutantes(registro):
        try:
            lido = tradutor(mutante).ler(linha)
        except ErroDeCampo:
            continue
        assert lido != valores, mutante.campos
