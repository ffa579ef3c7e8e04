"""A marca de ensaio cabe em todo retorno, e nenhum retorno de verdade a traz."""

from __future__ import annotations

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.ensaio import e_ensaio, marca
from guiche.erros import ErroGuiche
from guiche.layout.carga import carregar, pasta
from tests.arquivos.amostras_cnab import PASTA, indice

RETORNOS = sorted(p.stem for p in (pasta() / "cnab").glob("*.retorno.toml"))
DEBITO = sorted(p.stem for p in (pasta() / "febraban150").glob("v*.toml"))


@pytest.mark.parametrize("nome", [*(f"cnab/{n}" for n in RETORNOS), *(f"febraban150/{n}" for n in DEBITO)])
def test_todo_cabecalho_tem_onde_levar_a_marca(nome: str) -> None:
    layout = carregar(nome)
    cabecalho = layout.registros["A"] if nome.startswith("febraban") else layout.do_papel("cabecalho")[0]
    ((campo, escrito),) = marca(cabecalho, "341").items()
    assert cabecalho.campo(campo).fixo is None
    assert 3 <= len(escrito) <= cabecalho.campo(campo).largura
    assert e_ensaio(cabecalho, {campo: escrito}, "341")
    assert not e_ensaio(cabecalho, {campo: "BANCO ITAU SA"}, "341")
    assert not e_ensaio(cabecalho, {}, "341")


def test_o_arquivo_de_banco_nao_traz_a_marca_e_marcado_ainda_se_reconhece() -> None:
    lidos = 0
    for amostra in indice():
        try:
            arquivo = abrir(PASTA / amostra["arquivo"])
        except ErroGuiche:
            continue
        cabecalho = arquivo.layout.do_papel("cabecalho")[0]
        assert not e_ensaio(cabecalho, arquivo.cabecalho, arquivo.banco), amostra["arquivo"]
        if arquivo.sentido == "retorno":
            lidos += 1
            ((nome, escrito),) = marca(cabecalho, arquivo.banco).items()
            campo, conteudo = cabecalho.campo(nome), (PASTA / amostra["arquivo"]).read_bytes()
            inicio = 3 if conteudo.startswith(b"\xef\xbb\xbf") else 0
            de, ate = inicio + campo.inicio - 1, inicio + campo.fim
            marcado = abrir(conteudo[:de] + escrito.ljust(campo.largura).encode() + conteudo[ate:])
            assert marcado.layout is arquivo.layout
            assert e_ensaio(cabecalho, marcado.cabecalho, marcado.banco), amostra["arquivo"]
    assert lidos > 20
