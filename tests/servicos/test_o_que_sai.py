"""O que de fato sai: a linha do arquivo que vai ao banco, e o que depois dela ainda se pode fazer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guiche.arquivos.cobranca import ler_titulos
from guiche.cli import main
from guiche.dominio.elegibilidade import Filtros
from guiche.erros import ErroGuiche
from guiche.servicos import remessas
from guiche.servicos.cobranca import fila
from guiche.servicos.gerar import gerar
from guiche.servicos.importar import importar
from guiche.servicos.titulo import receber
from tests.servicos import test_remessa_boletos as de_boletos
from tests.servicos import test_retorno_boletos as do_retorno
from tests.servicos.apoio import HOJE, cliente, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)


class LinhaE(NamedTuple):
    """O registro E do padrão FEBRABAN de débito automático, nas posições do manual."""

    agencia: str
    conta: str
    vencimento: str
    valor: int
    movimento: str


def enviadas(arquivo: Path) -> list[LinhaE]:
    linhas = arquivo.read_text("ascii").splitlines()
    return [LinhaE(e[26:30], e[30:44].strip(), e[44:52], int(e[52:67]), e[149]) for e in linhas if e[0] == "E"]


def gerada(caminho: Path, hoje: date = HOJE, **filtros: Any) -> Path:
    with na(caminho, hoje) as ctx:
        return gerar(ctx, filtros=Filtros(**filtros)).arquivos[-1]


def situacoes(caminho: Path) -> dict[str, str]:
    return {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")}


@pytest.fixture
def tres(tmp_path: Path) -> Path:
    """Três títulos, cada um com o seu dia."""
    return montar(tmp_path, clientes=[cliente("A")], titulos=[
        titulo(f"T{n}", DIA + timedelta(days=n), f"{n}00.00", tipo_doc=str(n)) for n in (1, 2, 3)
    ])  # fmt: skip


@pytest.mark.requisito("S-27")
def test_cada_linha_leva_o_vencimento_do_titulo_ou_a_data_fixa(tres: Path) -> None:
    assert [e.vencimento for e in enviadas(gerada(tres, tipos_doc=frozenset("12")))] == ["20260821", "20260822"]
    assert [e.vencimento for e in enviadas(gerada(tres, data_fixa=date(2026, 8, 7)))] == ["20260807"]


@pytest.mark.requisito("S-28")
def test_a_data_fixa_so_vale_na_vez_em_que_se_escolhe(tres: Path) -> None:
    comando = ["gerar", str(tres), "--hoje", HOJE.isoformat(), "--tipos-doc"]
    assert main([*comando, "1", "--data-fixa", "2026-08-25"]) == 0
    assert main([*comando, "2"]) == 0
    assert main([*comando, "3", "--vencimento-de", "2026-08-10", "--vencimento-ate", "2026-08-31"]) == 0
    arquivos = sorted((tres.parent / "remessas").glob("*.rem"))
    assert [e.vencimento for arquivo in arquivos for e in enviadas(arquivo)] == ["20260825", "20260822", "20260823"]


@pytest.mark.requisito("S-25")
def test_o_vencimento_inicial_antes_do_minimo_e_recusado(tres: Path) -> None:
    with na(tres) as ctx, pytest.raises(ErroGuiche, match=r"vencimento inicial \(06/08/2026\)") as erro:
        gerar(ctx, filtros=Filtros(vencimento=(HOJE + timedelta(days=2), None)))
    assert erro.value.codigo == "filtro.prazo"
    extremos = (DIA + timedelta(days=1), DIA + timedelta(days=2))
    assert [e.vencimento for e in enviadas(gerada(tres, vencimento=extremos))] == ["20260821", "20260822"]


@pytest.mark.requisito("S-30")
def test_do_pago_em_parte_vai_o_saldo_e_o_retorno_o_quita(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "300.00"), titulo("T2", DIA, "50.00")]
    )
    with na(caminho) as ctx:
        receber(ctx, "T1", 12_000, dia=HOJE)
    sem_a_opcao = gerada(caminho)
    assert [e.valor for e in enviadas(sem_a_opcao)] == [5_000]
    arquivo = gerada(caminho, parcial=True)
    assert [e.valor for e in enviadas(arquivo)] == [18_000]
    resposta = retorno(arquivo, tmp_path / "r.ret", ["00"], nsa=1)
    with na(caminho) as ctx:
        importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    assert situacoes(caminho) == {"T1": "PAGO", "T2": "ENVIADO"}
    assert [c["valor"] for c in ler(caminho, "caixa")] == [120.0, 180.0]


@pytest.mark.requisito("S-42")
def test_o_debito_recusado_se_envia_de_novo_ou_se_recebe_a_mao(tres: Path, tmp_path: Path) -> None:
    resposta = retorno(gerada(tres), tmp_path / "r.ret", ["01", "04", "00"])
    with na(tres) as ctx, pytest.raises(ErroGuiche, match="remessa 1"):
        receber(ctx, "T1", 10_000, dia=HOJE)
    with na(tres) as ctx:
        importar(ctx, resposta, confirmar=True)
    assert situacoes(tres) == {"T1": "EM ABERTO", "T2": "EM ABERTO", "T3": "PAGO"}
    with na(tres) as ctx:
        receber(ctx, "T1", 10_000, dia=HOJE)
    assert [(e.valor, e.movimento) for e in enviadas(gerada(tres))] == [(20_000, "0")]
    assert situacoes(tres) == {"T1": "PAGO", "T2": "ENVIADO", "T3": "PAGO"}


@pytest.mark.requisito("S-57")
def test_a_remessa_estornada_tem_bola_preta_e_nao_se_exporta(tres: Path) -> None:
    arquivo = gerada(tres)
    with na(tres) as ctx:
        remessas.estornar(ctx, 1)
    assert [(r["codigo"], r["situacao"], r["bola"]) for r in ler(tres, "remessas")] == [
        (2.0, "ATIVA", 2.0), (1.0, "ESTORNADA", 0.0),
    ]  # fmt: skip
    arquivo.unlink()
    with na(tres) as ctx, pytest.raises(ErroGuiche, match="bola preta"):
        remessas.exportar(ctx, 1)
    assert not arquivo.exists()


@pytest.mark.requisito("S-111")
def test_filtrar_pela_conveniada_debita_os_membros_nas_contas_deles(tmp_path: Path) -> None:
    empresa = {"codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321",
               "conta": "98765", "conta_dv": "1"}  # fmt: skip
    pessoas = [
        cliente("A", 1, empresa="E1", agencia="0101"), cliente("B", 2, empresa="E1", agencia="0202"),
        cliente("C", 3, agencia="0303"),
    ]  # fmt: skip
    devidos = [titulo(f"T{c}", DIA, "10.00", c) for c in "ABC"]
    caminho = montar(tmp_path, clientes=pessoas, titulos=devidos, empresas=[empresa])
    linhas = enviadas(gerada(caminho, por="CONVENIO", empresa=("E1", "E1")))
    assert [(e.agencia, e.conta.lstrip("0")) for e in linhas] == [("0101", "10015"), ("0202", "10025")]


@pytest.mark.requisito("S-91")
def test_estornado_o_boleto_a_baixa_sai_na_remessa_e_os_titulos_ficam_livres(tmp_path: Path) -> None:
    caminho = de_boletos.pasta(tmp_path, 3)
    emitido = do_retorno.emitidos(caminho)
    de_boletos.gerada(caminho)
    entrada = [do_retorno.resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in emitido]
    do_retorno.importado(caminho, do_retorno.arquivo(caminho, entrada))
    assert do_retorno.estados(caminho) == ["REGISTRADO"] * 3
    with na(caminho) as ctx:
        for boleto in emitido[:2]:
            fila.estornar(ctx, boleto.id)
    (arquivo,) = de_boletos.gerada(caminho).arquivos
    baixas = [(t.codigo_movimento, int(t.nosso_numero or 0)) for t in ler_titulos(arquivo)]
    assert baixas == [("02", b.numero) for b in emitido[:2]]
    assert do_retorno.situacao(caminho) == {"T1": "EM ABERTO", "T2": "EM ABERTO", "T3": "EM BOLETO"}
    with na(caminho) as ctx:
        receber(ctx, "T1", 10_000, dia=HOJE)
    novos = do_retorno.emitidos(caminho)[3:]
    assert [b.valor for b in novos] == [20_000]
    assert do_retorno.situacao(caminho) == {"T1": "PAGO", "T2": "EM BOLETO", "T3": "EM BOLETO"}
