"""Trazer uma lista de fora, e achar clientes por parte do nome."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from guiche.erros import ErroGuiche
from guiche.servicos.cuidados.lista_externa import importar_lista, localizar
from tests.servicos.apoio import cliente, ler, montar, na, titulo

DIA = date(2026, 9, 1)


def lista(onde: Path, linhas: list[list[object]]) -> Path:
    pasta = openpyxl.Workbook()
    aba = pasta.active
    assert aba is not None
    aba.title = "Relatório"
    for linha in linhas:
        aba.append(linha)
    pasta.save(onde / "lista.xlsx")
    return onde / "lista.xlsx"


LINHAS: list[list[object]] = [
    ["Contas a receber em 01/08/2026"],
    [],
    ["Duplicata", "Cod. Cliente", "Vencto", "VLR", "Vendedor"],
    ["D1", "A", DIA, 100.5, "Rita"],
    ["D2", "A", "02/09/2026", "1.234,56", "Rita"],
    ["D3", "A", "amanhã", 10, "Rita"],
    ["D4", "A", DIA, 9.999, "Rita"],
]


def test_acha_as_colunas_mostra_antes_e_traz_as_boas(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A", 1)], titulos=[titulo("T0", DIA, "7.00")])
    arquivo = lista(tmp_path, LINHAS)
    antes = caminho.read_bytes()
    with na(caminho) as ctx:
        previa = importar_lista(ctx, arquivo, "TITULOS")
    assert caminho.read_bytes() == antes
    assert (previa.dados["novas"], previa.dados["nao_importadas"]) == (2, 2)
    assert previa.dados["sobram"] == ["Vendedor"]
    assert {str(p.local) for p in previa.problemas} == {"Relatório!C6", "Relatório!D7"}
    with na(caminho) as ctx:
        importar_lista(ctx, arquivo, "TITULOS", confirmar=True)
    titulos = {t["numero"]: t for t in ler(caminho, "titulos")}
    assert set(titulos) == {"T0", "D1", "D2"}
    assert (titulos["D2"]["vencimento"], titulos["D2"]["valor"], titulos["D2"]["situacao"]) == (
        date(2026, 9, 2), 1234.56, "EM ABERTO",
    )  # fmt: skip
    assert len(ler(caminho, "nao_importados")) == 2
    with na(caminho) as ctx:
        de_novo = importar_lista(ctx, arquivo, "TITULOS", confirmar=True)
    assert (de_novo.dados["novas"], de_novo.dados["repetidas"]) == (0, 2)


def test_o_que_ja_esta_com_outros_dados_nao_muda(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A", 1)], titulos=[titulo("D1", DIA, "99.00")])
    with na(caminho) as ctx:
        feito = importar_lista(ctx, lista(tmp_path, LINHAS), "TITULOS", confirmar=True)
    assert [p.codigo for p in feito.problemas].count("lista.diferente") == 1
    assert ler(caminho, "titulos")[0]["valor"] == 99.0


@pytest.mark.requisito("S-104")
@pytest.mark.parametrize("separador", [";", ",", "\t"])
def test_clientes_de_um_csv_com_colunas_casadas_a_mao(tmp_path: Path, separador: str) -> None:
    caminho = montar(tmp_path)
    arquivo = tmp_path / "clientes.csv"
    linhas = [
        ["Código", "Quem", "CPF", "Banco", "Agência", "Conta Corrente"],
        ["01", "José", "52998224725", "001", "0101", "99"],
    ]
    arquivo.write_bytes("\n".join(separador.join(linha) for linha in linhas).encode("cp1252"))
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        importar_lista(ctx, arquivo, "CLIENTES", confirmar=True)
    assert erro.value.codigo == "lista.cabecalho"
    with na(caminho) as ctx:
        importar_lista(ctx, arquivo, "CLIENTES", "nome=Quem", confirmar=True)
    (c,) = ler(caminho, "clientes")
    assert (c["codigo"], c["nome"], c["banco"], c["agencia"], c["conta"]) == ("01", "José", "001", "0101", "99")


@pytest.mark.parametrize(("nome", "conteudo"), [("x.pdf", b"%PDF"), ("x.xlsx", b"PK\x03\x04lixo"), ("x.csv", b"")])
def test_o_que_nao_e_lista(tmp_path: Path, nome: str, conteudo: bytes) -> None:
    caminho = montar(tmp_path)
    (tmp_path / nome).write_bytes(conteudo)
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        importar_lista(ctx, tmp_path / nome, "TITULOS")
    assert erro.value.codigo.startswith("lista.")
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        importar_lista(ctx, tmp_path / nome, "TITULOS", "qualquer coisa")
    assert erro.value.codigo == "lista.colunas"


@pytest.mark.requisito("S-05")
def test_localizar_cliente_por_parte_do_nome(tmp_path: Path) -> None:
    nomes = ["José da SILVA", "Ana Sílva", "Silvana", "Bruno"]
    caminho = montar(tmp_path, clientes=[cliente(f"C{i}", i, nome=nome) for i, nome in enumerate(nomes, 1)])
    with na(caminho) as ctx:
        achados = localizar(ctx, "silva").dados["clientes"]
        for escrito in ("SILVA", "Sílva", " sIlvA "):
            assert localizar(ctx, escrito).dados["clientes"] == achados
        assert localizar(ctx, "ninguém").dados["clientes"] == []
        with pytest.raises(ErroGuiche):
            localizar(ctx, "  ")
    assert [c["nome"] for c in achados] == ["Ana Sílva", "José da SILVA", "Silvana"]
