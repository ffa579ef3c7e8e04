"""As linhas que se escrevem em lote são as que se escreveriam célula a célula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.planilha.celulas import MAIOR_TEXTO, letras_da_coluna
from guiche.planilha.linhas_em_xml import Formula, conteudo, escritor, linhas_novas

TEXTO = st.text("aé ¦&<>=\t\n\x07'\"{}%", max_size=6)
REAIS = st.integers(-900, 900).map(lambda centavos: Decimal(centavos).scaleb(-2))
VALOR = st.one_of(st.none(), TEXTO, REAIS, st.dates(), st.datetimes(), st.builds(Formula, TEXTO, TEXTO))
COLUNA = st.sampled_from([st.none(), TEXTO, st.just(""), st.integers(), REAIS, VALOR])
ESTILOS = {"A": b"3", "C": b"7"}


def uma_a_uma(linhas: Sequence[Sequence[Any]], primeira: int) -> str:
    """O jeito mais direto."""
    saida = ""
    for n, linha in enumerate(linhas, primeira):
        letras = [letras_da_coluna(i) for i in range(1, len(linha) + 1)]
        estilos = [f' s="{ESTILOS[letra].decode()}"' if letra in ESTILOS else "" for letra in letras]
        celulas = (f'<c r="{letra}{n}"{e}{conteudo(v)}' for letra, e, v in zip(letras, estilos, linha, strict=True))
        saida += f'<row r="{n}">{"".join(celulas)}</row>'
    return saida


@st.composite
def tabelas(sortear: st.DrawFn) -> list[tuple[Any, ...]]:
    quantas = sortear(st.integers(1, 5))
    tipos = sortear(st.lists(COLUNA, min_size=1, max_size=5))
    return list(zip(*(sortear(st.lists(tipo, min_size=quantas, max_size=quantas)) for tipo in tipos), strict=True))


@given(tabelas(), st.integers(1, 99_999))
def test_em_lote_e_celula_a_celula_dao_o_mesmo(linhas: list[tuple[Any, ...]], primeira: int) -> None:
    letras = [letras_da_coluna(i) for i in range(1, len(linhas[0]) + 1)]
    assert b"".join(linhas_novas(linhas, primeira, letras, ESTILOS)).decode() == uma_a_uma(linhas, primeira)


@pytest.mark.parametrize("textos", [
    ["a ", "b"], [" a", "b"], ["a", ""], ["", ""], ["a¦", "b"], ["a¦ b", "c"], ["a", "b "], ["¦", "¦"], ["", "b"],
    ["x" * MAIOR_TEXTO, "y"], ["x" * (MAIOR_TEXTO + 1), "y"], ["{n}", "{v0}"], ["%s", "%"], ["&amp;", "<b>"],
])  # fmt: skip
def test_os_textos_que_enganam(textos: list[str]) -> None:
    linhas = [(texto, "ok") for texto in textos]
    assert b"".join(linhas_novas(linhas, 2, ["A", "B"], {})).decode() == uma_a_uma(linhas, 2).replace(' s="3"', "")


def test_mais_de_um_lote_e_colunas_fora_de_ordem() -> None:
    linhas = [(n, date(2026, 1, 1), f"t{n}") for n in range(9_000)]
    feito = b"".join(linhas_novas(linhas, 5, ["C", "A", "B"], ESTILOS)).decode()
    assert feito == uma_a_uma([(dia, texto, n) for n, dia, texto in linhas], 5)


def test_so_as_celulas_e_o_que_nao_se_sabe_escrever() -> None:
    escrever = escritor([0], ["A"], {})
    assert escrever([7], [(Decimal("1.50"),)]) == ['<c r="A7"><v>1.50</v></c>']
    assert conteudo(datetime(2026, 1, 1, 12)) == "><v>46023.5</v></c>"
    assert conteudo(time(12)) == "><v>0.5</v></c>"
    assert escrever([7], [(True,)]) == ['<c r="A7" t="b"><v>1</v></c>']
    with pytest.raises(TypeError):
        escrever([7], [(object(),)])
