"""A lista de optantes para a agência, e as pendências com a razão."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from guiche.erros import ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.debito.optantes import listar_optantes
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo

PESSOAS = [
    cliente("1", 1, agencia="0200", empresa="E1"),
    cliente("2", 2, agencia="0100", empresa="E2"),
    cliente("3", 3, banco="104"), cliente("4", 4, agencia=None), cliente("5", 5, optante="Não"),
    cliente("6", 6, autorizacao_validade=date(2026, 8, 1)),
]  # fmt: skip


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return montar(tmp_path, clientes=PESSOAS)


@pytest.mark.requisito("S-49", "S-50", "S-15")
def test_so_os_do_banco_e_o_resto_com_a_razao(pasta: Path) -> None:
    with na(pasta) as ctx:
        listar_optantes(ctx)
    assert [(o["cliente"], o["agencia"]) for o in ler(pasta, "optantes")] == [("2", "0100"), ("1", "0200")]
    pendentes = {p["cliente"]: p["codigo"] for p in ler(pasta, "optantes_pendentes")}
    assert pendentes == {"3": "outro_banco", "4": "sem_conta", "6": "autorizacao_vencida"}


@pytest.mark.requisito("S-51", "S-52")
def test_pdf_csv_e_planilha_tem_as_mesmas_linhas(pasta: Path, tmp_path: Path) -> None:
    saidas = [tmp_path / f"optantes.{fim}" for fim in ("pdf", "csv", "xlsx")]
    with na(pasta) as ctx:
        listar_optantes(ctx, saidas=saidas)
    texto = PdfReader(saidas[0]).pages[0].extract_text()
    with saidas[1].open(encoding="utf-8-sig", newline="") as arquivo:
        do_csv = [linha["Nome"] for linha in csv.DictReader(arquivo, delimiter=";")]
    aba = openpyxl.load_workbook(saidas[2])["Optantes"]
    da_planilha = [linha[5] for linha in aba.iter_rows(min_row=2, values_only=True)]
    assert do_csv == da_planilha == ["Cliente 2", "Cliente 1"]
    assert aba["B2"].value == "0100"
    for parte in (*do_csv, "Pela agência", "Pela empresa", "acordo entre empresa, banco e cliente"):
        assert parte in texto


@pytest.mark.requisito("S-53")
def test_intervalo_de_empresa_conveniada(pasta: Path) -> None:
    with na(pasta) as ctx:
        feito = listar_optantes(ctx, empresa=("E2", "E2"))
    assert [o["Cliente"] for o in feito.dados["optantes"]] == ["2"]


def test_formato_desconhecido_nao_grava_nada(pasta: Path, tmp_path: Path) -> None:
    antes = pasta.read_bytes()
    with na(pasta) as ctx, pytest.raises(ErroGuiche) as erro:
        listar_optantes(ctx, saidas=[tmp_path / "optantes.docx"])
    assert erro.value.codigo == "saida.formato"
    assert pasta.read_bytes() == antes


def _pendencias(tmp_path: Path, *pessoas: dict[str, Any], contas: tuple[dict[str, Any], ...] = (CONTA,)) -> Any:
    caminho = montar(tmp_path, clientes=pessoas, contas=contas)
    with na(caminho) as ctx:
        feito = listar_optantes(ctx)
    return {(p["Cliente"], p["Código"]) for p in feito.dados["pendentes"]}, len(feito.dados["optantes"]), feito.linhas


def test_so_o_digito_tira_da_lista_os_outros_avisos_nao(tmp_path: Path) -> None:
    certo = {"conta": "5384", "conta_dv": "8"}
    achadas, quantos, linhas = _pendencias(
        tmp_path,
        cliente("1", 1, **certo),
        cliente("2", 2, **certo | {"conta_dv": "9"}),
        cliente("3", 3, **certo, autorizacao_validade=HOJE + timedelta(days=30)),
        cliente("4", 4, **certo, autorizacao_validade=HOJE + timedelta(days=31)),
        cliente("5", 5, **certo, autorizacao_data=HOJE - timedelta(days=75)),
        cliente("6", 6, **certo, autorizacao_data=HOJE - timedelta(days=74)),
    )
    assert achadas == {("2", "digito"), ("3", "autorizacao_a_vencer"), ("5", "sem_movimento")}
    assert quantos == 5
    assert not [frase for frase in linhas if "não se conferiu" in frase]


def test_banco_sem_regra_de_digito_se_diz(tmp_path: Path) -> None:
    sicoob = CONTA | {"codigo": "SI1", "banco": "756"}
    achadas, quantos, linhas = _pendencias(tmp_path, cliente("1", 1, banco="756"), contas=(sicoob,))
    assert (achadas, quantos) == (set(), 1)
    assert "O dígito das contas do banco 756 não se conferiu: não se conhece a regra dele." in linhas


def test_alarme_so_do_banco_em_que_nao_ha_conta(tmp_path: Path) -> None:
    caixa = CONTA | {"codigo": "CX1", "banco": "104", "layout_versao": "04", "operacao": "003"}
    pessoas = [cliente("1", 1, banco="104"), cliente("2", 2, banco="341"), cliente("3", 3)]
    caminho = montar(tmp_path, clientes=pessoas, contas=[CONTA, caixa])
    with na(caminho) as ctx:
        feito = listar_optantes(ctx, "BB1")
    assert [(p["Cliente"], p["Código"]) for p in feito.dados["pendentes"]] == [("2", "outro_banco")]


@pytest.mark.requisito("S-50")
def test_recusa_definitiva_bloqueia_ate_corrigir_a_conta_ou_a_autorizacao(tmp_path: Path) -> None:
    vence = date(2026, 8, 10)
    nomes = "ABCDE"
    pessoas = [cliente(c, n) for n, c in enumerate(nomes, 1)]
    titulos = [titulo(f"T{c}", vence, "10.00", c) for c in nomes]
    caminho = montar(tmp_path, clientes=pessoas, titulos=titulos)
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", ["02", "14", "15", "01", "12"]), confirmar=True)
    situacoes = {c["codigo"]: (c["situacao_optante"], c["pendencia"]) for c in ler(caminho, "clientes")}
    assert [situacoes[c][0] for c in nomes] == ["BLOQUEADO", "BLOQUEADO", "BLOQUEADO", "OPTANTE", "OPTANTE"]
    assert "04/08/2026 (código 14): A agência do pagador não existe" in situacoes["B"][1]
    corrigidas = [c | {"agencia": "0999"} if c["codigo"] == "B" else c for c in pessoas]
    corrigidas = [c | {"autorizacao_data": date(2026, 8, 5)} if c["codigo"] == "A" else c for c in corrigidas]
    corrigir(caminho, corrigidas)
    with na(caminho, date(2026, 8, 5)) as ctx:
        feito = gerar(ctx)
        enviados = {t["titulo"] for t in feito.detalhar()["titulos"] if t["destino"] == "DEBITAR"}
        fora = {t["titulo"]: t["motivo"] for t in feito.detalhar()["titulos"] if t["destino"] == "FORA"}
    assert enviados == {"TA", "TB", "TD", "TE"}
    assert fora == {"TC": "bloqueado"}


def corrigir(caminho: Path, clientes: list[dict[str, Any]]) -> None:
    aberta = PastaEmArquivo(caminho)
    gravar_tabela(aberta, "clientes", clientes)
    aberta.salvar()
