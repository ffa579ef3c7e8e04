"""A linha de totais do Excel não é dado e fica abaixo do que se escreve; a célula com erro nunca se lê como vazia."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.erros import Problema
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    return montar(
        tmp_path,
        clientes=[cliente("A", 1), cliente("B", 2)],
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=5 + n), "100.00", "AB"[n % 2]) for n in range(4)],
    )


def com_totais(caminho: Path, aba: str) -> None:
    """Liga a linha de totais da lista, como o Excel a grava: o filtro acaba uma linha antes."""
    pasta = openpyxl.load_workbook(caminho)
    folha = pasta[aba]
    (tabela,) = folha.tables.values()
    de, _, ate = tabela.ref.partition(":")
    letras, ultima = ate.rstrip("0123456789"), int(ate.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    tabela.autoFilter.ref = tabela.ref
    tabela.ref = f"{de}:{letras}{ultima + 1}"
    tabela.totalsRowCount = 1
    folha[f"A{ultima + 1}"] = "Total"
    folha[f"H{ultima + 1}"] = f"=SUBTOTAL(109,H2:H{ultima})"
    pasta.save(caminho)
    conferido = openpyxl.load_workbook(caminho)
    conferido[aba][f"H{ultima + 1}"] = 400
    conferido.save(caminho)


def _tabela(caminho: Path, aba: str) -> tuple[Any, Any]:
    folha = openpyxl.load_workbook(caminho)[aba]
    return folha, next(iter(folha.tables.values()))


@pytest.mark.caso("R-16")
@pytest.mark.parametrize("aba", ["Títulos", "Diário", "Remessas", "Linhas enviadas"])
def test_a_linha_de_totais_nao_e_dado_e_fica_por_baixo(caminho: Path, tmp_path: Path, aba: str) -> None:
    com_totais(caminho, aba)
    with na(caminho) as ctx:
        assert gerar(ctx).feito
    remessa = next((tmp_path / "remessas").glob("*.rem"))
    with na(caminho) as ctx:
        assert importar(ctx, retorno(remessa, tmp_path / "b.ret", ["00", "01", "00", "00"]), confirmar=True).feito
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "EM ABERTO", "PAGO", "PAGO"]
    folha, tabela = _tabela(caminho, aba)
    quantas = len(ler(caminho, next(t.id for t in esquema().values() if t.aba == aba)))
    assert quantas == {"Títulos": 4, "Diário": 2, "Remessas": 1, "Linhas enviadas": 4}[aba]
    ultima = quantas + 2
    assert tabela.ref.endswith(str(ultima))
    assert tabela.autoFilter.ref.endswith(str(ultima - 1))
    assert (tabela.totalsRowCount, folha[f"A{ultima}"].value) == (1, "Total")
    assert folha.max_row == ultima


@pytest.mark.caso("R-16")
def test_o_que_se_colou_abaixo_dos_totais_entra_e_os_totais_descem(caminho: Path) -> None:
    com_totais(caminho, "Títulos")
    pasta = openpyxl.load_workbook(caminho)
    folha = pasta["Títulos"]
    colados: dict[str, str | int | date] = {"A": "T9", "B": "A", "G": HOJE + timedelta(days=9), "H": 10}
    for letra, valor in colados.items():
        folha[f"{letra}8"] = valor
    pasta.save(caminho)
    with na(caminho) as ctx:
        assert gerar(ctx).feito
    assert {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")} == dict.fromkeys(
        ("T0", "T1", "T2", "T3", "T9"), "ENVIADO"
    )
    folha, tabela = _tabela(caminho, "Títulos")
    assert (tabela.ref, folha["A9"].value, folha["A8"].value) == ("A1:U9", "Total", "T9")


ERROS = {"#N/A": "#N/D", "#REF!": "#REF!", "#VALUE!": "#VALOR!", "#NAME?": "#NOME?", "#DIV/0!": "#DIV/0!"}


@pytest.mark.caso("R-15")
@pytest.mark.parametrize("tabela", ["titulos", "clientes", "contas"])
def test_erro_de_formula_em_qualquer_celula_da_pessoa_recusa_se_com_o_endereco(caminho: Path, tabela: str) -> None:
    """Em toda coluna que a pessoa preenche, obrigatória ou não, e com fórmula ou sem ela."""
    folha = PastaEmArquivo(caminho).ler(tabela)
    pasta = openpyxl.load_workbook(caminho)
    postos = {}
    for n, coluna in enumerate(folha.colunas):
        celula = pasta[folha.aba][folha.celula(0, coluna)]
        celula.value, celula.data_type = list(ERROS)[n % len(ERROS)], "e"
        postos[f"{folha.aba}!{folha.celula(0, coluna)}"] = ERROS[list(ERROS)[n % len(ERROS)]]
    pasta.save(caminho)
    with na(caminho) as ctx:
        problemas: list[Problema] = list(conferir(ctx).problemas)
    achados = {str(p.local): p.mensagem for p in problemas if p.codigo == "celula.erro_de_formula"}
    assert achados == {onde: f"há um erro de fórmula ({erro})" for onde, erro in postos.items()}


@pytest.mark.caso("R-15")
def test_a_formula_que_o_excel_gravou_com_erro(caminho: Path) -> None:
    """A forma em que o Excel a grava: a fórmula, e o erro como valor calculado."""
    from zipfile import ZipFile

    with ZipFile(caminho) as pacote:
        partes = {nome: pacote.read(nome) for nome in pacote.namelist()}
    parte = next(n for n, x in partes.items() if n.startswith("xl/worksheets/sheet") and b"T0" in x)
    xml = partes[parte]
    inicio = xml.index(b'<c r="J3"')
    fim = xml.index(b'<c r="K3"')
    estilo = xml[inicio:fim].split(b's="')[1].split(b'"')[0]
    novo = b'<c r="J3" s="%s" t="e"><f>VLOOKUP(A3,X:X,1,0)</f><v>#N/A</v></c>' % estilo
    partes[parte] = xml[:inicio] + novo + xml[fim:]
    with ZipFile(caminho, "w") as pacote:
        for nome, conteudo in partes.items():
            pacote.writestr(nome, conteudo)
    with na(caminho) as ctx:
        (problema,) = conferir(ctx).problemas
    assert (str(problema.local), problema.codigo) == ("Títulos!J3", "celula.erro_de_formula")


def test_numero_com_letra_de_erro_no_texto_continua_texto(caminho: Path) -> None:
    """Quem escreve #N/D com as próprias mãos escreveu um texto."""
    pasta = PastaEmArquivo(caminho)
    vazias = [None] * 9
    pasta.gravar(
        "titulos", [("T0", "A", "", "", "", None, date(2026, 8, 10), Decimal(5), None, "", "", "#N/D", *vazias)]
    )
    pasta.salvar()
    assert PastaEmArquivo(caminho).ler("titulos", ("observacao",)).linhas == [("#N/D",)]
