"""Filtros, prazos, exportar, estornar, descartar, imprimir: a tela das remessas e o que entra nelas."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from guiche.boleto.contas import certo
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo as titulo_
from guiche.servicos.treino.simulado.debito import Sorteio, responder
from tests.servicos.apoio import CONTA, HOJE, cliente, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)


def _debitados(caminho: Path, hoje: date = HOJE, **filtros: Any) -> list[str]:
    with na(caminho, hoje) as ctx:
        titulos = conferir(ctx, filtros=Filtros(**filtros)).como_dict()["dados"]["titulos"]
    return [t["titulo"] for t in titulos if t["destino"] == "DEBITAR"]


@pytest.fixture
def variada(tmp_path: Path) -> Path:
    """Títulos que diferem num filtro cada um."""
    pessoas = [
        cliente("9", 1, empresa="E1", matricula="7"), cliente("10", 2, empresa="E2", matricula="70"),
        cliente("A1", 3, matricula="X7"),
    ]  # fmt: skip
    devidos = [
        titulo("T1", DIA, "10.00", "9", filial="1", tipo_doc="NF"),
        titulo("T2", DIA, "20.00", "10", filial="2", tipo_doc="CH"),
        titulo("T3", DIA + timedelta(days=5), "30.00", "A1", filial="10", tipo_doc="NF"),
    ]
    return montar(tmp_path, clientes=pessoas, titulos=devidos)


@pytest.mark.requisito("S-21", "S-22", "S-23", "S-24", "S-25", "S-26")
@pytest.mark.parametrize(
    ("filtros", "esperados"),
    [
        ({}, ["T1", "T2", "T3"]),
        ({"filial": ("2", "10")}, ["T2", "T3"]),
        ({"cliente": ("9", "10")}, ["T1", "T2"]),
        ({"matricula": ("8", "80")}, ["T2"]),
        ({"por": "CONVENIO", "empresa": ("E1", "E1"), "cliente": ("ZZ", "ZZ")}, ["T1"]),
        ({"empresa": ("E1", "E1")}, ["T1", "T2", "T3"]),
        ({"vencimento": (DIA + timedelta(days=1), None)}, ["T3"]),
        ({"vencimento": (None, DIA)}, ["T1", "T2"]),
        ({"tipo_doc": ("NF", "NF")}, ["T1", "T3"]),
        ({"tipos_doc": frozenset({"CH"})}, ["T2"]),
    ],
)
def test_filtros(variada: Path, filtros: dict[str, Any], esperados: list[str]) -> None:
    assert _debitados(variada, **filtros) == esperados


@pytest.mark.requisito("S-18")
def test_data_fixa_vai_em_todas_as_linhas(variada: Path) -> None:
    with na(variada) as ctx:
        gerar(ctx, filtros=Filtros(data_fixa=date(2026, 8, 7)))
    assert {linha["vencimento"] for linha in ler(variada, "remessa_linhas")} == {date(2026, 8, 7)}
    with na(variada) as ctx, pytest.raises(ErroGuiche) as erro:
        conferir(ctx, filtros=Filtros(data_fixa=date(2026, 8, 6)))
    assert erro.value.codigo == "filtro.prazo"


@pytest.mark.requisito("S-18", "S-19")
@pytest.mark.parametrize(
    ("hoje", "conta", "primeiro"),
    [
        (date(2026, 8, 4), {}, date(2026, 8, 7)),
        (date(2026, 8, 7), {}, date(2026, 8, 10)),
        (date(2026, 12, 30), {}, date(2027, 1, 2)),
        (date(2026, 8, 4), {"antecedencia_estrita": "Sim"}, date(2026, 8, 8)),
        (date(2026, 8, 7), {"antecedencia_dias": 2, "antecedencia_tipo": "UTEIS"}, date(2026, 8, 11)),
        (date(2026, 9, 4), {"antecedencia_dias": 1, "antecedencia_tipo": "UTEIS"}, date(2026, 9, 8)),
    ],
)
def test_primeiro_vencimento_aceito(tmp_path: Path, hoje: date, conta: dict[str, Any], primeiro: date) -> None:
    dias = [titulo("VESPERA", primeiro - timedelta(days=1), "1.00"), titulo("DIA", primeiro, "1.00"),
            titulo("DEPOIS", primeiro + timedelta(days=1), "1.00")]  # fmt: skip
    caminho = montar(tmp_path, contas=[CONTA | conta], clientes=[cliente("A")], titulos=dias)
    assert _debitados(caminho, hoje) == ["DIA", "DEPOIS"]


@pytest.mark.requisito("S-15", "S-50")
@pytest.mark.parametrize(
    ("dados", "motivo"),
    [
        ({"autorizacao_cancelada": DIA - timedelta(days=1)}, "autorizacao_cancelada"),
        ({"autorizacao_validade": DIA - timedelta(days=1)}, "autorizacao_vencida"),
        ({"autorizacao_data": HOJE + timedelta(days=1)}, "autorizacao_futura"),
        ({"agencia": None}, "sem_conta"),
        ({"banco": "237"}, "outro_banco"),
        ({"optante": "Não"}, "nao_optante"),
    ],
)
def test_quem_nao_pode_ser_debitado(tmp_path: Path, dados: dict[str, Any], motivo: str) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A", **dados)], titulos=[titulo("T1", DIA, "1.00")])
    with na(caminho) as ctx:
        fora = conferir(ctx).como_dict()["dados"]["titulos"][0]
    assert (fora["destino"], fora["motivo"]) == ("FORA", motivo)
    assert fora["fazer"]


@pytest.fixture
def tres(tmp_path: Path) -> Path:
    """Remessa 1 com T1 e T2; depois T1 estornado e a remessa 2 com T3 e o cancelamento de T1."""
    devidos = [titulo(f"T{n}", DIA, f"{n}0.00", tipo_doc=str(min(n, 2))) for n in (1, 2, 3)]
    devidos[1]["tipo_doc"] = "1"
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    with na(caminho) as ctx:
        gerar(ctx, filtros=Filtros(tipos_doc=frozenset({"1"})))
    with na(caminho) as ctx:
        titulo_.estornar(ctx, "T1", "engano")
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


def _linhas(caminho: Path, nsa: int) -> list[str]:
    arquivo = caminho.parent / "remessas" / f"DBT_654321_{nsa:06d}.rem"
    return [linha for linha in arquivo.read_text("ascii").splitlines() if linha[0] == "E"]


@pytest.mark.requisito("S-59", "S-62", "S-63", "S-64")
def test_estornar_repete_tudo_como_cancelamento_e_libera(tres: Path) -> None:
    with na(tres) as ctx:
        enviadas.marcar(ctx, 2, "transmitida")
        feito = enviadas.estornar(ctx, 2)
    assert feito.dados["nsa"] == 3
    originais, cancelamentos = _linhas(tres, 2), _linhas(tres, 3)
    assert [linha[149] for linha in originais] == ["0", "1"]
    assert [linha[:149] for linha in cancelamentos] == [linha[:149] for linha in originais]
    assert {linha[149] for linha in cancelamentos} == {"1"}
    with na(tres) as ctx:
        nova = gerar(ctx)
    assert nova.dados["debitos"] == 1
    chaves = {linha[69:84] for linha in _linhas(tres, 4)} & {linha[69:84] for linha in originais}
    assert not chaves, "o débito novo precisa de chave nova"
    assert {r["situacao"] for r in ler(tres, "remessas")} == {"ATIVA", "ESTORNADA"}


@pytest.mark.requisito("S-60", "S-57")
def test_remessa_respondida_nao_se_estorna_nem_se_exporta(tres: Path) -> None:
    arquivo = tres.parent / "remessas" / "DBT_654321_000001.rem"
    resposta = retorno(arquivo, tres.parent / "b.ret", ["01", "01"])
    with na(tres) as ctx:
        importar(ctx, resposta, confirmar=True)
    antes = tres.read_bytes()
    for ato in (enviadas.estornar, enviadas.exportar):
        with na(tres) as ctx, pytest.raises(ErroGuiche, match="bola preta"):
            ato(ctx, 1)
    assert tres.read_bytes() == antes


@pytest.mark.requisito("S-58")
def test_exportar_de_novo_da_os_mesmos_bytes(tres: Path) -> None:
    arquivo = tres.parent / "remessas" / "DBT_654321_000001.rem"
    original = arquivo.read_bytes()
    arquivo.unlink()
    with na(tres, HOJE + timedelta(days=2)) as ctx:
        enviadas.exportar(ctx, 1)
    assert arquivo.read_bytes() == original


@pytest.mark.requisito("S-54", "S-55", "S-56", "S-57")
def test_lista_com_filtros_e_bolas(tres: Path) -> None:
    with na(tres) as ctx:
        enviadas.marcar(ctx, 2, "transmitida")
        enviadas.estornar(ctx, 2)
    with na(tres) as ctx:
        todas = enviadas.listar(ctx).dados["remessas"]
        estornadas = enviadas.listar(ctx, situacao="ESTORNADA").dados["remessas"]
        cancelamentos = enviadas.listar(ctx, tipo="CANCELAMENTO").dados["remessas"]
        de_outro = enviadas.listar(ctx, banco="104").dados["remessas"]
    assert [(r["id"], r["bola"]) for r in todas] == [(3, "amarela"), (2, "preta"), (1, "amarela")]
    with na(tres) as ctx:
        assert [linha.split()[:2] for linha in enviadas.listar(ctx).linhas] == [
            ["amarela", "3"],
            ["preta", "2"],
            ["amarela", "1"],
        ]
    assert ([r["id"] for r in estornadas], [r["id"] for r in cancelamentos], de_outro) == ([2], [3], [])
    assert [r["bola"] for r in ler(tres, "remessas")] == [2, 0, 2]


def test_descartar_devolve_tudo_ao_que_era(tres: Path) -> None:
    with na(tres) as ctx:
        enviadas.descartar(ctx, 2, "conta errada")
    estados = {t["numero"]: t["estado"] for t in ler(tres, "titulos")}
    assert estados == {"T1": 2, "T2": 1, "T3": 0}
    assert (tres.parent / "remessas" / "DBT_654321_000002.rem.descartado").exists()
    with na(tres) as ctx:
        assert gerar(ctx).dados["nsa"] == 3


def test_descartar_a_ultima_devolve_o_nsa_se_o_banco_nao_quer_lacuna(tmp_path: Path) -> None:
    caminho = montar(tmp_path, contas=[CONTA | {"nsa_sem_lacuna": "Sim"}], clientes=[cliente("A")],
                     titulos=[titulo("T1", DIA, "1.00")])  # fmt: skip
    with na(caminho) as ctx:
        gerar(ctx)
    with na(caminho) as ctx:
        enviadas.descartar(ctx, 1, "teste")
    with na(caminho) as ctx:
        assert gerar(ctx).dados["nsa"] == 1


def test_transmitida_nao_se_descarta(tres: Path) -> None:
    with na(tres) as ctx:
        enviadas.marcar(ctx, 1, "transmitida")
    with na(tres) as ctx, pytest.raises(ErroGuiche) as erro:
        enviadas.descartar(ctx, 1, "x")
    assert erro.value.codigo == "remessa.transmitida"


@pytest.mark.requisito("S-105")
def test_marcar_transmitida_e_confirmada(tres: Path) -> None:
    for marca in ("transmitida", "confirmada"):
        with na(tres) as ctx:
            enviadas.marcar(ctx, 1, marca)
    linha = ler(tres, "remessas")[-1]
    assert str(linha["transmitida_em"])[:16] == str(linha["confirmada_em"])[:16] == "2026-08-04 09:14"


@pytest.mark.requisito("S-20", "S-65")
def test_imprimir(tres: Path) -> None:
    saida = tres.parent / "r.pdf"
    with na(tres) as ctx:
        enviadas.imprimir(ctx, 2, saida)
    texto = PdfReader(saida).pages[0].extract_text()
    for parte in ("T1", "T3", "Cliente A", "20/08/2026", "CANCELAMENTO", "Total a debitar", "30,00", "Total cancelado"):
        assert parte in texto
    assert "00000000010014" not in texto
    assert "…014" in texto


@pytest.mark.requisito("S-13", "S-16", "S-17")
def test_encerrado_na_planilha_depois_de_enviado_pede_o_cancelamento(tmp_path: Path) -> None:
    from guiche.planilha.arquivo import PastaEmArquivo

    devidos = [titulo("T1", DIA, "1.00"), titulo("T2", DIA, "2.00")]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    with na(caminho) as ctx:
        gerar(ctx)
    pasta = PastaEmArquivo(caminho)
    pasta.atualizar("titulos", ["encerrado"], {2: ["NOTA CANCELADA"], 3: ["PAGO"]})
    pasta.salvar()
    with na(caminho) as ctx:
        feito = gerar(ctx).como_dict()["dados"]
    assert feito["total_cancelamento"] == "1.00"
    assert [t["motivo"] for t in feito["titulos"]] == [None, "encerrado_enviado"]
    assert [t["estado"] for t in ler(caminho, "titulos")] == [3, 1]


def test_cancelamento_de_titulo_que_saiu_da_planilha_tambem_vai(tres: Path) -> None:
    from guiche.planilha.arquivo import PastaEmArquivo
    from tests.servicos.apoio import gravar_tabela

    with na(tres) as ctx:
        titulo_.estornar(ctx, "T2", "engano")
    pasta = PastaEmArquivo(tres)
    gravar_tabela(pasta, "titulos", [titulo("T9", DIA, "9.00")])
    pasta.salvar()
    with na(tres) as ctx:
        feito = gerar(ctx)
    assert (feito.dados["debitos"], feito.dados["cancelamentos"]) == (1, 1)


CAIXA = CONTA | {
    "codigo": "CX", "banco": "104", "agencia": "0647", "operacao": "003", "conta": "354",
    "conta_dv": "1", "convenio": "123456",
    "compromisso": "1", "layout_versao": "04", "por_matricula": "Sim",
}  # fmt: skip


@pytest.mark.requisito("S-29", "S-32", "S-33", "S-34", "S-35")
def test_caixa_com_matricula_no_e02(tmp_path: Path) -> None:
    pessoa = cliente("4711", 1, banco="104", operacao="001", conta="12345", matricula="99")
    caminho = montar(tmp_path, contas=[CAIXA], clientes=[pessoa], titulos=[titulo("T1", DIA, "150.75", "4711")])
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    cabecalho, debito, fecho = arquivo.read_text("ascii").splitlines()
    assert cabecalho[2:22] == "123456110001        "
    assert cabecalho[98:116] == "0647003000003541PP"
    assert debito[1:26] == "1234560000004711000000099"
    assert debito[30:44] == "001000123452  "
    assert (debito[143:149], fecho[143:149]) == ("000001", "000002")
    responder(arquivo, tmp_path / "cx.ret", hoje=HOJE, sorteio=Sorteio(codigos=["00"]))
    with na(caminho) as ctx:
        assert importar(ctx, tmp_path / "cx.ret", confirmar=True).dados["total_debitado"] == "150.75"


@pytest.mark.requisito("S-29")
def test_matricula_so_vale_na_caixa(tmp_path: Path) -> None:
    caminho = montar(tmp_path, contas=[CONTA | {"por_matricula": "Sim"}], clientes=[cliente("A", matricula="99")],
                     titulos=[titulo("T1", DIA, "1.00")])  # fmt: skip
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    assert arquivo.read_text("ascii").splitlines()[1][1:26].lstrip("0") == "A"


@pytest.mark.requisito("S-11")
def test_dois_convenios_do_mesmo_banco_se_escolhem(tmp_path: Path) -> None:
    contas = [CONTA, CONTA | {"codigo": "BB2", "convenio": "777"}]
    caminho = montar(tmp_path, contas=contas, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "1.00")])
    with na(caminho) as ctx:
        feito = gerar(ctx, "BB2")
    assert feito.arquivos[-1].name == "DBT_777_000001.rem"


@pytest.mark.parametrize("banco", ["341", "033", "041", "748", "756", "237"])
def test_cada_banco_gera_e_recebe(tmp_path: Path, banco: str) -> None:
    convenio = {"041": "12345", "341": "1234567890123", "748": "ABC"}.get(banco, "654321")
    dv = certo(banco, "conta_dv", CONTA) or "2"
    conta = CONTA | {"banco": banco, "convenio": convenio, "layout_versao": None, "conta_dv": dv}
    pessoa = cliente("77", 1, banco=banco, conta="12345")
    caminho = montar(tmp_path, contas=[conta], clientes=[pessoa], titulos=[titulo("T1", DIA, "10.00", "77")])
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    responder(arquivo, tmp_path / "b.ret", hoje=HOJE, sorteio=Sorteio(codigos=["00"]))
    with na(caminho) as ctx:
        assert importar(ctx, tmp_path / "b.ret", confirmar=True).dados["debitados"] == 1
    assert ler(caminho, "titulos")[0]["situacao"] == "PAGO"


@pytest.mark.requisito("S-16")
def test_receber_no_balcao(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "10.00")])
    with na(caminho) as ctx:
        titulo_.receber(ctx, "T1", 400, dia=HOJE)
    with na(caminho) as ctx, pytest.raises(ErroGuiche, match="o saldo do título é R\\$ 6,00"):
        titulo_.receber(ctx, "T1", 700, dia=HOJE)
    with na(caminho) as ctx:
        titulo_.receber(ctx, "T1", 600, dia=HOJE, baixar_em="CONTA")
    assert ler(caminho, "titulos")[0]["situacao"] == "PAGO"
    valores = [sum(Decimal(str(c["valor"])) for c in ler(caminho, t)) for t in ("caixa", "movimento_banco")]
    assert valores == [4, 6]
