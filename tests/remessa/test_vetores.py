"""As remessas de outros projetos: a nossa é igual, ou a diferença foi revista e tem razão escrita."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.remessa.vetores import Diferenca, diferencas, linhas, tabela, vetores

_FORA = "(fora)"


def _casos() -> list[tuple[str, str]]:
    return [
        (nome, layout)
        for nome, vetor in vetores().items()
        for layout in tabela()["layouts"].get(nome, [vetor["layout"].removesuffix(".remessa")])
        if layout != _FORA
    ]


def _revistas(vetor: str, layout: str) -> set[Diferenca]:
    return {
        Diferenca(*(d[nome] for nome in Diferenca._fields))
        for d in tabela()["diferencas"]
        if (d["vetor"], d["layout"]) == (vetor, layout)
    }


@pytest.mark.parametrize(("vetor", "layout"), _casos())
def test_a_remessa_e_a_do_vetor_ou_a_diferenca_foi_revista(vetor: str, layout: str) -> None:
    assert set(diferencas(vetor, layout)) == _revistas(vetor, layout)


def test_toda_diferenca_e_de_um_vetor_que_se_confere_e_tem_razao() -> None:
    casos = set(_casos())
    chaves = Counter(tuple(d[n] for n in Diferenca._fields) for d in tabela()["diferencas"])
    assert {(d["vetor"], d["layout"]) for d in tabela()["diferencas"]} <= casos
    assert all(d["porque"].strip() for d in tabela()["diferencas"])
    assert max(chaves.values()) == 1


def test_so_dois_vetores_ficam_de_fora() -> None:
    assert {nome for nome, _ in _casos()} | {n for n, v in tabela()["layouts"].items() if v == [_FORA]} == set(
        vetores()
    )
    assert sum(v == [_FORA] for v in tabela()["layouts"].values()) == 2


def test_o_nosso_numero_do_brb_e_o_do_vetor_a_menos_dos_digitos() -> None:
    nome = "brcobranca_cnab400_banco_brasilia"
    esperado = next(
        p["valor"] for p in vetores()[nome]["esperado"]["posicoes"]["detalhe_01"] if (p["ini"], p["fim"]) == (210, 221)
    )
    nosso = linhas(nome, "070.cnab400")[1][15:27]
    assert (nosso[:10], nosso[10:], esperado[10:]) == (esperado[:10], "86", "38")
