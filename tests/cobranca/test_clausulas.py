"""O que se diz que o layout não leva é o que a remessa recusa: nem mais, nem menos."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guiche.cobranca.clausulas import nao_leva
from guiche.cobranca.receita import receita
from guiche.cobranca.remessa import compor
from guiche.dominio.encargos import Clausulas, Desconto, Encargos, clausulas
from guiche.erros import ErroDeRegra
from tests.cobranca.sinteticos import AGORA, GRAVAVEIS, empresa, minimo

VENCIMENTO = date(2026, 8, 4)
ENCARGOS = {
    "nada": Encargos(),
    "juros": Encargos(juros=100),
    "multa": Encargos(multa=200),
    "multa e juros": Encargos(200, 100),
    "um desconto": Encargos(descontos=(Desconto(500, 2),)),
    "três descontos": Encargos(descontos=(Desconto(900, 20), Desconto(600, 10), Desconto(300, 5))),
    "abatimento": Encargos(abatimento=50),
    "protesto": Encargos(protesto_dias=5),
    "negativação": Encargos(negativacao_dias=7),
    "baixa": Encargos(baixa_dias=30),
}
SACADOR = {"sacador_nome": "Indústria Andrade", "sacador_documento": "11222333000181"}


def chaves(c: Clausulas) -> dict[str, Any]:
    todas = c._asdict() | {
        "juros_desde": c.juros_desde if c.juros_ao_dia or c.juros_ao_mes else None,
        "multa_desde": c.multa_desde if c.multa else None,
    }
    return {nome: valor for nome, valor in todas.items() if valor}


def recusa(nome: str, valor: int, dados: dict[str, Any]) -> str:
    try:
        compor(nome, empresa(nome), [minimo() | {"valor_titulo": valor} | dados], AGORA)
    except ErroDeRegra as erro:
        return erro.mensagem
    return ""


@pytest.mark.parametrize("nome", GRAVAVEIS)
@pytest.mark.parametrize("quais", ENCARGOS)
def test_o_que_nao_se_leva_e_o_que_a_remessa_recusa(nome: str, quais: str) -> None:
    como = receita(nome)
    for valor in (123, 1_000, 1_499, 1_500, 19_990, 10_000_000):
        c = clausulas(valor, VENCIMENTO, ENCARGOS[quais])
        dita, recusada = nao_leva(como, valor, c), recusa(nome, valor, chaves(c))
        assert bool(dita) == bool(recusada), (valor, dita, recusada)


@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_o_sacador_tambem(nome: str) -> None:
    c = clausulas(19_990, VENCIMENTO, Encargos())
    assert bool(nao_leva(receita(nome), 19_990, c, sacador=True)) == bool(recusa(nome, 19_990, SACADOR))
