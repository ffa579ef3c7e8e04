"""O plano de reenvio do que o banco recusou por saldo, e a lista de migração ao Pix Automático."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.debito.pix_automatico import CABECALHO, listar
from guiche.servicos.debito.repetir import propor, reenviar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import receber
from tests.servicos.apoio import CONTA, cliente, gravar_tabela, ler, montar, na, retorno, titulo

VENCE = date(2026, 8, 10)  # segunda-feira
NOMES = "ABCDEF"
CODIGOS = ["01", "04", "05", "12", "15", "00"]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    caminho = montar(
        tmp_path,
        clientes=[cliente(c, n) for n, c in enumerate(NOMES, 1)],
        titulos=[titulo(f"T{c}", VENCE, "10.00", c) for c in NOMES],
    )
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    with na(caminho, VENCE) as ctx:
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", CODIGOS, hoje=VENCE), confirmar=True)
    return caminho


def _plano(pasta: Path, hoje: date, **opcoes: Any) -> dict[str, Any]:
    with na(pasta, hoje) as ctx:
        return {r["titulo"]: r for r in propor(ctx, **opcoes).dados["reenvios"]}


def test_so_saldo_e_limite_ganham_dia_e_o_dia_respeita_prazo_e_expediente(pasta: Path) -> None:
    plano = _plano(pasta, VENCE)
    dias = {t: r["reenviar_em"] for t, r in plano.items()}
    assert dias == {"TA": "2026-08-13", "TB": "2026-08-13", "TC": "2026-08-13", "TD": None, "TE": None}
    assert plano["TE"]["razao"] == "Peça a conta certa ao pagador e corrija o cadastro."
    # hoje + 3 corridos cai no domingo 16/08: vai para a segunda
    assert _plano(pasta, date(2026, 8, 13))["TA"]["reenviar_em"] == "2026-08-17"
    assert {r["titulo"] for r in ler(pasta, "reenvios")} == {"TA", "TB", "TC", "TD", "TE"}
    assert ler(pasta, "reenvios")[0]["reenviar_em"] == date(2026, 8, 17)


def test_espera_o_dia_do_salario_e_o_ultimo_do_mes_que_nao_o_tem(pasta: Path) -> None:
    assert _plano(pasta, VENCE, no_dia=5)["TA"]["reenviar_em"] == "2026-09-08"  # 5/9 é sábado, e 7/9, feriado
    assert _plano(pasta, date(2026, 9, 10), no_dia=31)["TA"]["reenviar_em"] == "2026-09-30"


def test_o_que_ja_se_recebeu_nao_se_propoe_e_a_repeticao_tem_limite(pasta: Path, tmp_path: Path) -> None:
    with na(pasta, VENCE) as ctx:
        receber(ctx, "TB", 1000, dia=VENCE, baixar_em="CAIXA", conta="")
    hoje, nsa = VENCE, 2
    for _ in range(2):
        dia = date.fromisoformat(_plano(pasta, hoje)["TA"]["reenviar_em"])
        with na(pasta, hoje) as ctx:
            arquivo = gerar(ctx, filtros=Filtros(cliente=("A", "A"), data_fixa=dia)).arquivos[-1]
        assert "TA" not in _plano(pasta, hoje)
        hoje = dia
        with na(pasta, hoje) as ctx:
            importar(ctx, retorno(arquivo, tmp_path / f"r{nsa}.ret", ["01"], nsa=nsa, hoje=hoje), confirmar=True)
        nsa += 1
    plano = _plano(pasta, hoje)
    assert (plano["TA"]["tentativas"], plano["TA"]["reenviar_em"]) == (3, None)
    assert "combine com o cliente" in plano["TA"]["razao"]
    assert _plano(pasta, hoje, vezes=3)["TA"]["reenviar_em"] is not None
    assert "TB" not in plano


def test_pix_automatico_so_os_de_banco_sem_conta(tmp_path: Path) -> None:
    pasta = montar(
        tmp_path,
        contas=[CONTA],
        clientes=[
            cliente("A", 1),
            cliente("B", 2, banco="341", celular="11999990000", autorizacao_validade=date(2027, 1, 1)),
            cliente("C", 3, banco="999", cpf_cnpj="11111111111"),
            cliente("D", 4, banco="341", optante="Não"),
        ],
        titulos=[titulo("T1", date(2026, 9, 1), "10.00", "B"), titulo("T2", date(2026, 8, 1), "10.00", "B")],
    )
    saidas = [tmp_path / "pix.csv", tmp_path / "pix.xlsx"]
    with na(pasta) as ctx:
        feito = listar(ctx, saidas=saidas)
        todos = listar(ctx, todos=True).dados["optantes"]
    b, c = feito.dados["optantes"]
    assert (b["rec.vinculo.contrato"], b["rec.vinculo.devedor.cpf"], b["rec.vinculo.devedor.cnpj"]) == (
        "B",
        "90000000256",
        "",
    )
    assert (b["rec.calendario.dataInicial"], b["rec.calendario.dataFinal"]) == ("2026-09-01", "2027-01-01")
    assert b["solicrec.destinatario.ispbParticipante"] == "60701190"
    assert b["mensagem"].startswith("Cliente B, o débito em conta de FARMACIA MODELO LTDA passa ao Pix Automático.")
    assert (c["rec.vinculo.devedor.cpf"], c["solicrec.destinatario.ispbParticipante"]) == ("", "")
    assert "A completar: 1 sem CPF ou CNPJ certo, 1 sem o ISPB do banco." in feito.linhas
    assert [d["cliente"] for d in todos] == ["A", "B", "C"]
    with saidas[0].open(encoding="utf-8-sig", newline="") as arquivo:
        do_csv = list(csv.reader(arquivo, delimiter=";"))
    aba = openpyxl.load_workbook(saidas[1])["Pix Automático"]
    assert tuple(do_csv[0]) == CABECALHO == next(aba.iter_rows(max_row=1, values_only=True))
    assert [linha[18] for linha in do_csv[1:]] == ["B", "C"]


@pytest.mark.caso("M-11")
def test_reenviar_o_plano_leva_so_os_titulos_dele_cada_um_no_seu_dia(pasta: Path) -> None:
    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "titulos", [
        *(titulo(f"T{c}", VENCE, "10.00", c) for c in NOMES), titulo("TZ", date(2026, 9, 1), "10.00", "F"),
    ])  # fmt: skip
    aberta.salvar()
    with na(pasta, VENCE) as ctx:
        feito = reenviar(ctx)
    assert feito.dados["debitos"] == 3
    enviadas = [i for i in ler(pasta, "remessa_linhas") if i["remessa"] == feito.dados["remessa"]]
    assert {(i["titulo"], i["vencimento"]) for i in enviadas} == {
        (t, date(2026, 8, 13)) for t in ("TA", "TB", "TC")
    }  # fmt: skip
    with na(pasta, VENCE) as ctx, pytest.raises(ErroGuiche) as erro:
        reenviar(ctx)
    assert erro.value.codigo == "reenvio.vazio"


@pytest.mark.caso("M-11")
def test_conferir_avisa_do_debito_antes_do_vencimento(pasta: Path) -> None:
    aberta = PastaEmArquivo(pasta)
    gravar_tabela(aberta, "titulos", [titulo("TZ", date(2026, 9, 1), "10.00", "F")])
    aberta.salvar()
    with na(pasta, VENCE) as ctx:
        cedo = conferir(ctx, filtros=Filtros(data_fixa=date(2026, 8, 20)))
        no_dia = conferir(ctx)
    assert any("1 título a debitar antes do vencimento" in linha for linha in cedo.linhas)
    assert not any("antes do vencimento" in linha for linha in no_dia.linhas)


@pytest.mark.caso("M-15")
def test_tipo_de_documento_em_minusculas_vale_e_o_que_nao_ha_se_diz(tmp_path: Path) -> None:
    devidos = [titulo("T1", VENCE, "10.00", tipo_doc="NF"), titulo("T2", VENCE, "10.00", tipo_doc="ch")]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    with na(caminho) as ctx:
        assert conferir(ctx, filtros=Filtros(tipos_doc=frozenset({"nf"}))).dados["debitos"] == 1
        assert conferir(ctx, filtros=Filtros(tipos_doc=frozenset({"CH", "nf"}))).dados["debitos"] == 2
        nada = conferir(ctx, filtros=Filtros(tipos_doc=frozenset({"bo"})))
    assert nada.dados["debitos"] == 0
    assert "Atenção: não há título do tipo BO." in nada.linhas
