"""O que se grava, lido pelo leitor de arquivos do banco: os mesmos títulos, sem erro nem aviso."""

from __future__ import annotations

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.remessa.composicao import compor
from guiche.remessa.receita import receita
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, baixar, completo, empresa, minimo

_GERAL = "000.cnab240"
"""Com o código de um banco que tem layout próprio, o arquivo se reconhece como dele."""


@pytest.mark.parametrize("nome", GRAVAVEIS)
@pytest.mark.parametrize("diz_o_layout", [True, False])
def test_le_se_de_volta(nome: str, *, diz_o_layout: bool) -> None:
    uma = receita(nome)
    titulos = [minimo(1), completo(uma, 2), baixar(3) if "baixar" in uma.comandos else minimo(3)]
    conteudo = compor(nome, empresa(nome), titulos, AGORA).conteudo
    arquivo = abrir(conteudo, layout=f"{nome}.remessa" if diz_o_layout else "")
    lidos = list(arquivo.titulos())
    assert arquivo.problemas == ()
    assert arquivo.layout.apelido == f"{nome}.remessa" or (nome, diz_o_layout) == (_GERAL, False)
    assert [(t.valor_titulo, t.data_vencimento, str(t.numero_documento).strip()) for t in lidos] == [
        (t["valor_titulo"], t["data_vencimento"], t["numero_documento"]) for t in titulos
    ]
    for lido, titulo in zip(lidos, titulos, strict=True):
        assert titulo["nosso_numero"] in str(lido.nosso_numero)
        if "comando" in titulo:
            assert lido.codigo_movimento == uma.codigos["comandos"]["baixar"]
    if lidos[1].valor_abatimento is not None:
        assert lidos[1].valor_abatimento == titulos[1].get("abatimento", 0)
