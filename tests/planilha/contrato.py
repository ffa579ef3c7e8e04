"""O contrato da porta da planilha: o que todo adaptador tem de cumprir.

Cada função recebe um caminho com a pasta modelo e a fábrica do adaptador, que abre o caminho.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from guiche.dominio.texto import visivel
from guiche.planilha.esquema import esquema, versao
from guiche.planilha.porta import Corpo, Ligacao, Pasta

Fabrica = Callable[[Path], Pasta]
TITULO = ("007", "01", "", "NF", "5", None, date(2026, 8, 10), Decimal("1234567.89"), None, "", "", "a & b <c>")
VAZIAS = (None,) * 9
COM_CARA_DE_FORMULA = (
    "=1+1", "+1", "-2+3", "@SOMA(A1)", "\t=1", "\r=1", "  =HYPERLINK(1)", "=cmd|' /C calc'!A0", "'=1", "\n=1",
)  # fmt: skip


def formulas(aba: Any) -> list[str]:
    """As fórmulas de uma aba, fora as ligações que o próprio Guichê faz."""
    return [
        str(c.value)
        for linha in aba.iter_rows()
        for c in linha
        if c.data_type == "f" and not str(c.value).startswith('=HYPERLINK("#')
    ]


def grava_e_le_de_volta(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    pasta.gravar("titulos", [(*TITULO, *VAZIAS)])
    pasta.salvar()
    folha = abrir(caminho).ler("titulos")
    assert folha.aba == "Títulos"
    assert list(folha.numeros) == [2]
    lida = dict(zip(folha.colunas, folha.linhas[0], strict=True))
    assert (lida["numero"], lida["cliente"], lida["observacao"]) == ("007", "01", "a & b <c>")
    assert lida["vencimento"] == date(2026, 8, 10)
    assert Decimal(str(lida["valor"])) == Decimal("1234567.89")
    assert lida["filial"] == ""
    assert folha.celula(0, "valor") == "H2"


def a_ligacao_leva_as_linhas_da_outra_tabela(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    vazia = (None,) * len(esquema()["retornos"].colunas)
    posicao = esquema()["retornos"].posicao("ligacao")
    ligada = (*vazia[:posicao], Ligacao("boleto_respostas", 2, 4, '3 "linhas"'), *vazia[posicao + 1 :])
    pasta.gravar("retornos", [(1, *ligada[1:]), (2, *vazia[1:])])
    pasta.salvar()
    folha = abrir(caminho).ler("retornos", ("codigo", "linhas"))
    assert folha.celula(0, "linhas") == "K2"
    formula = openpyxl.load_workbook(caminho)["Retornos"]["K2"].value
    assert formula == """=HYPERLINK("#'Respostas dos boletos'!A4:T6","3 ""linhas""\")"""


def nada_chega_ao_disco_antes_de_salvar(caminho: Path, abrir: Fabrica) -> None:
    antes = caminho.read_bytes()
    pasta = abrir(caminho)
    pasta.gravar("titulos", [(*TITULO, *VAZIAS)])
    pasta.definir_parametro("livro_id", "x")
    assert caminho.read_bytes() == antes


def atualiza_so_as_colunas_e_linhas_dadas(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    pasta.gravar("titulos", [(f"T{n}", *TITULO[1:], *VAZIAS) for n in range(5)])
    pasta.salvar()
    pasta = abrir(caminho)
    pasta.atualizar(
        "titulos", ("situacao", "saldo", "atualizado_em"), {3: ("PAGO", Decimal("0.10"), datetime(2026, 8, 4, 9, 14))}
    )
    pasta.salvar()
    folha = abrir(caminho).ler("titulos", ("numero", "situacao", "saldo", "atualizado_em"))
    assert folha.linhas[1] == ("T1", "PAGO", 0.1, datetime(2026, 8, 4, 9, 14))
    assert [linha[1:] for i, linha in enumerate(folha.linhas) if i != 1] == [("", "", "")] * 4


def regravar_com_menos_linhas_apaga_as_de_mais(caminho: Path, abrir: Fabrica) -> None:
    for quantas in (5, 2, 0):
        pasta = abrir(caminho)
        pasta.gravar("titulos", [(f"T{n}", *TITULO[1:], *VAZIAS) for n in range(quantas)])
        pasta.salvar()
        assert len(abrir(caminho).ler("titulos").linhas) == quantas


def o_que_se_escreveu_volta_pela_chave(caminho: Path, abrir: Fabrica) -> None:
    quantas = 3_000  # mais de um pedaço do que se descomprime por vez
    vazia = (None,) * (len(esquema()["boletos"].colunas) - 4)
    pasta = abrir(caminho)
    pasta.gravar("boletos", Corpo(quantas, ((None, None, 2, n, *vazia) for n in range(quantas))))
    pasta.salvar()
    pasta = abrir(caminho)
    assert pasta.escritas("boletos", ("imprimir", "pix"), ("codigo",)) == {}
    pasta.atualizar("boletos", ("imprimir", "pix"), {2_502: ("X", None), 3: (None, "texto")})
    pasta.salvar()
    pasta = abrir(caminho)
    assert pasta.escritas("boletos", ("imprimir", "pix"), ("codigo",)) == {(2_500.0,): ("X", ""), (1.0,): ("", "texto")}
    assert len(pasta.ler("boletos", ("codigo",)).linhas) == quantas


def parametros_ficam(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    assert pasta.parametro("livro_id") == ""
    pasta.definir_parametro("livro_id", "abc")
    assert pasta.parametro("livro_id") == "abc"
    pasta.salvar()
    assert abrir(caminho).parametro("livro_id") == "abc"
    assert abrir(caminho).parametro("versao_do_modelo") == versao()


def parametro_novo_se_acrescenta(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    pasta.definir_parametro("inventado", "1")
    pasta.definir_parametro("livro_id", "abc")
    pasta.salvar()
    pasta = abrir(caminho)
    assert (pasta.parametro("inventado"), pasta.parametro("livro_id")) == ("1", "abc")
    assert pasta.ler("parametros", ("nome", "descricao")).linhas[1] == (
        "livro_id",
        "O livro a que esta pasta pertence.",
    )


def caractere_de_controle_fica_a_vista(caminho: Path, abrir: Fabrica) -> None:
    """Recusá-lo travaria a pasta: o texto pode estar num livro já gravado."""
    linha: list[Any] = [*TITULO, *VAZIAS]
    linha[11] = "a\x00b\x1bc\ud800"
    pasta = abrir(caminho)
    pasta.gravar("titulos", [linha])
    pasta.salvar()
    assert abrir(caminho).ler("titulos", ("observacao",)).linhas == [("a␀b␛c\ufffd",)]


def texto_com_cara_de_formula_fica_texto(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    pasta.gravar("titulos", [(*TITULO[:11], texto, *VAZIAS) for texto in COM_CARA_DE_FORMULA])
    pasta.salvar()
    pasta = abrir(caminho)
    pasta.atualizar("titulos", ("situacao",), {n: (texto,) for n, texto in enumerate(COM_CARA_DE_FORMULA, 2)})
    pasta.salvar()
    assert [c for aba in openpyxl.load_workbook(caminho) for c in formulas(aba)] == []
    lidas = abrir(caminho).ler("titulos", ("observacao", "situacao")).linhas
    assert [tuple(map(str.strip, linha)) for linha in lidas] == [  # type: ignore[arg-type]
        (texto.strip().replace("\r", "␍"),) * 2 for texto in map(visivel, COM_CARA_DE_FORMULA)
    ]


def texto_grande_demais_leva_reticencias(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    pasta.gravar("titulos", [(*TITULO[:11], "x" * 40_000, *VAZIAS)])
    pasta.salvar()
    ((lido,),) = abrir(caminho).ler("titulos", ("observacao",)).linhas
    assert lido == "x" * 32_766 + "…"


def toda_tabela_se_le(caminho: Path, abrir: Fabrica) -> None:
    pasta = abrir(caminho)
    for tabela in esquema().values():
        fixas = tabela.painel or tabela.id in {"parametros", "inicio"}
        assert bool(pasta.ler(tabela.id, tabela.ids()).linhas) == bool(fixas)


CONTRATO = (
    grava_e_le_de_volta,
    a_ligacao_leva_as_linhas_da_outra_tabela,
    nada_chega_ao_disco_antes_de_salvar,
    atualiza_so_as_colunas_e_linhas_dadas,
    regravar_com_menos_linhas_apaga_as_de_mais,
    o_que_se_escreveu_volta_pela_chave,
    parametros_ficam,
    parametro_novo_se_acrescenta,
    caractere_de_controle_fica_a_vista,
    texto_com_cara_de_formula_fica_texto,
    texto_grande_demais_leva_reticencias,
    toda_tabela_se_le,
)
