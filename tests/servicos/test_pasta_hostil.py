"""Pastas de trabalho erradas: uma lista de problemas com o endereço das células, e nada feito pela metade."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.erros import ErroGuiche
from guiche.livro import atos
from guiche.oficio.contexto import abrir
from guiche.oficio.resultado import Resultado
from guiche.servicos.debito.gerar import conferir, gerar
from tests.servicos.apoio import CONTA, autor, cliente, ler, montar, na, titulo

BONS = [titulo(f"T{n}", date(2026, 8, 20), f"{10 * n}.00", "A") for n in (1, 2, 3)]


def _gerar(caminho: Path) -> Resultado:
    with na(caminho) as ctx:
        return gerar(ctx)


def _sem_marcas(caminho: Path) -> None:
    """Nada se gravou: nem ato no livro, nem remessa no disco."""
    with na(caminho) as ctx:
        assert atos.ultimo(ctx.livro) == 0
    assert not (caminho.parent / "remessas").exists()


CELULAS: dict[str, tuple[dict[str, Any], str, str]] = {
    "texto no valor": ({"valor": "dez"}, "Títulos!H3", "celula.valor"),
    "fração de centavo": ({"valor": 10.005}, "Títulos!H3", "celula.centavos"),
    "valor negativo": ({"valor": -1}, "Títulos!H3", "celula.valor"),
    "dia que não existe": ({"vencimento": "31/02/2026"}, "Títulos!G3", "celula.data"),
    "ano de dois dígitos": ({"vencimento": "20/08/26"}, "Títulos!G3", "celula.data"),
    "valor vazio": ({"valor": None}, "Títulos!H3", "celula.vazia"),
    "fora da lista": ({"encerrado": "SUMIU"}, "Títulos!J3", "celula.lista"),
    "título repetido": ({"numero": "T1"}, "Títulos!A3", "celula.repetida"),
}


@pytest.mark.requisito("S-31")
@pytest.mark.parametrize("caso", CELULAS)
def test_celula_errada_recusa_tudo_e_diz_onde(tmp_path: Path, caso: str) -> None:
    mudanca, onde, codigo = CELULAS[caso]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[BONS[0], BONS[1] | mudanca, BONS[2]])
    antes = caminho.read_bytes()
    feito = _gerar(caminho)
    assert not feito.feito
    assert (onde, codigo) in {(str(p.local), p.codigo) for p in feito.problemas}
    assert caminho.read_bytes() == antes
    _sem_marcas(caminho)


def test_todos_os_problemas_de_uma_vez(tmp_path: Path) -> None:
    ruins = [cliente("A", banco="1"), cliente("B", 2, optante="talvez")]
    caminho = montar(tmp_path, clientes=ruins, titulos=[BONS[0] | {"valor": "x", "vencimento": "y"}])
    assert {str(p.local) for p in _gerar(caminho).problemas} == {
        "Clientes!G2",
        "Clientes!F3",
        "Títulos!G2",
        "Títulos!H2",
    }


def test_cliente_que_falta_fica_fora_com_a_razao(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[*BONS, titulo("T4", date(2026, 8, 20), "5.00", "ZZ")])
    with na(caminho) as ctx:
        titulos = conferir(ctx).como_dict()["dados"]["titulos"]
    assert (titulos[3]["motivo"], "ZZ" in titulos[3]["texto"]) == ("sem_cliente", True)


def test_dado_que_nao_cabe_no_arquivo_fica_fora_com_a_razao(tmp_path: Path) -> None:
    pessoas = [cliente("A"), cliente("B", 2, conta="9" * 20), cliente("C", 3, cpf_cnpj="123")]
    devidos = [*BONS, titulo("T4", date(2026, 8, 20), "5.00", "B"), titulo("T5", date(2026, 8, 20), "6.00", "C")]
    caminho = montar(tmp_path, clientes=pessoas, titulos=devidos)
    feito = _gerar(caminho)
    fora = {c["titulo"]: c["motivo"] for c in ler(caminho, "conferencia") if c["decisao"] == "FORA"}
    assert set(fora) == {"T4", "T5"}
    assert "só cabem" in str(fora["T4"])
    assert "CPF" in str(fora["T5"])
    assert feito.dados["debitos"] == 3


def _apagar_coluna(pasta: Any) -> None:
    pasta["Títulos"].tables["tbTitulos"].tableColumns[7].name = "Preço"
    pasta["Títulos"]["H1"] = "Preço"


def _apagar_aba(pasta: Any) -> None:
    del pasta["Clientes"]


def _mesclar(pasta: Any) -> None:
    pasta["Títulos"].merge_cells("A3:A4")


def _formula(pasta: Any) -> None:
    pasta["Títulos"]["H3"] = "=10+10"


ESTRUTURAS: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "coluna ausente": (_apagar_coluna, "pasta.coluna_ausente", "Valor"),
    "aba ausente": (_apagar_aba, "pasta.tabela_ausente", "tbClientes"),
    "células mescladas": (_mesclar, "pasta.mescladas", "A3:A4"),
    "fórmula sem valor": (_formula, "pasta.formula_sem_valor", "H3"),
}


@pytest.mark.parametrize("caso", ESTRUTURAS)
def test_estrutura_errada(tmp_path: Path, caso: str) -> None:
    mudar, codigo, fato = ESTRUTURAS[caso]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=BONS)
    pasta = openpyxl.load_workbook(caminho)
    mudar(pasta)
    pasta.save(caminho)
    antes = caminho.read_bytes()
    with pytest.raises(ErroGuiche) as erro:
        _gerar(caminho)
    assert erro.value.codigo == codigo
    assert fato in str(erro.value)
    assert caminho.read_bytes() == antes


@pytest.mark.parametrize(
    "conteudo", [b"", b"nao e zip", b"PK\x05\x06" + b"\0" * 18], ids=["vazio", "texto", "zip vazio"]
)
def test_arquivo_que_nao_e_pasta_de_trabalho(tmp_path: Path, conteudo: bytes) -> None:
    caminho = tmp_path / "x.xlsx"
    caminho.write_bytes(conteudo)
    with pytest.raises(ErroGuiche) as erro:
        _gerar(caminho)
    assert erro.value.codigo == "pasta.ilegivel"
    assert list(tmp_path.iterdir()) == [caminho]


def test_pasta_que_nao_existe(tmp_path: Path) -> None:
    with pytest.raises(ErroGuiche) as erro, abrir(tmp_path / "x.xlsx", autor()):
        pass
    assert erro.value.codigo == "pasta.ausente"


def test_pasta_sem_titulos(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")])
    feito = _gerar(caminho)
    assert feito.linhas[0] == "Nenhum título a enviar: nada foi gerado."
    _sem_marcas(caminho)


def test_cem_mil_linhas_com_uma_em_cem_errada(tmp_path: Path) -> None:
    devidos = [
        titulo(f"T{n:06d}", date(2026, 8, 20), "1.00", "A") | ({"valor": "?"} if n % 100 == 0 else {})
        for n in range(100_000)
    ]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    feito = _gerar(caminho)
    assert len(feito.problemas) == 1_000
    assert str(feito.problemas[-1].local) == "Títulos!H99902"
    _sem_marcas(caminho)


def test_formula_calculada_vale_e_texto_colado_abaixo_da_tabela_entra(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=BONS)
    pasta = openpyxl.load_workbook(caminho)
    aba = pasta["Títulos"]
    nova: dict[str, Any] = {"A": "T9", "B": "A", "G": date(2026, 8, 21), "H": 7.5}
    for coluna, valor in nova.items():
        aba[f"{coluna}5"] = valor
    pasta.save(caminho)
    feito = _gerar(caminho)
    assert feito.dados["total_debito"] == "67.50"
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")}["T9"] == "ENVIADO"
    assert openpyxl.load_workbook(caminho)["Títulos"].tables["tbTitulos"].ref.endswith("5")


def test_cabecalho_que_nao_cabe_nao_culpa_os_titulos(tmp_path: Path) -> None:
    conta = CONTA | {"empresa_nome": "FARMACIA DE NOME COMPRIDO DEMAIS"}
    caminho = montar(tmp_path, contas=[conta], clientes=[cliente("A")], titulos=BONS)
    with pytest.raises(ErroGuiche, match=r"nome_empresa.*só cabem 20"):
        _gerar(caminho)
    _sem_marcas(caminho)
