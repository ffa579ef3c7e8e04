"""O que o banco nunca respondeu, por idade."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from guiche.dominio.filtros import Filtros
from guiche.servicos.boletos.emissao import gerar as emitir
from guiche.servicos.cobranca.remessa import gerar as remeter
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas import enviadas as tela
from guiche.servicos.remessas.pendentes import listar_pendentes
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import COBRANCA, CONTA, cliente, ler, montar, na, retorno, titulo
from tests.servicos.cenas import CONTRATO

VENCE = date(2026, 8, 10)  # segunda-feira


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return montar(
        tmp_path,
        clientes=[cliente("A", 1), cliente("B", 2)],
        titulos=[titulo("T1", VENCE, "10.00"), titulo("T2", VENCE, "20.00", "B")],
    )


def test_so_o_que_passou_do_prazo_e_ninguem_respondeu(pasta: Path, tmp_path: Path) -> None:
    with na(pasta) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    with na(pasta, date(2026, 8, 13)) as ctx:
        assert listar_pendentes(ctx).dados["pendentes"] == []
    with na(pasta, date(2026, 8, 14)) as ctx:
        assert len(listar_pendentes(ctx).dados["pendentes"]) == 2
    assert [(p["de_que"], p["dias_uteis"], p["nome"]) for p in ler(pasta, "pendentes")] == [
        ("T1", 4, "Cliente A"),
        ("T2", 4, "Cliente B"),
    ]
    linhas = arquivo.read_text("ascii").splitlines()
    so_um = tmp_path / "so-um.rem"
    so_um.write_bytes(arquivo.read_bytes())
    retorno(so_um, tmp_path / "r.ret", ["00", "00"])
    respondidas = (tmp_path / "r.ret").read_text("ascii").splitlines()
    corpo = [respondidas[0], respondidas[1], f"Z{3:06d}{1000:017d}".ljust(150)]
    (tmp_path / "r.ret").write_bytes(("\r\n".join(corpo) + "\r\n").encode("ascii"))
    assert len(linhas) == 4
    with na(pasta, date(2026, 8, 14)) as ctx:
        importar(ctx, tmp_path / "r.ret", confirmar=True)
        assert [p["de_que"] for p in listar_pendentes(ctx).dados["pendentes"]] == ["T2"]


def test_cancelamento_sem_resposta_tambem_espera(pasta: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
        tela.marcar(ctx, 1, "transmitida")
        tela.estornar(ctx, 1)
    with na(pasta, date(2026, 8, 14)) as ctx:
        tipos = {p["tipo"] for p in listar_pendentes(ctx).dados["pendentes"]}
    assert tipos == {"CANCELAMENTO"}


def test_remessa_transmitida_sem_confirmacao_depois_de_um_dia_util(pasta: Path) -> None:
    sexta = date(2026, 8, 7)
    with na(pasta) as ctx:
        gerar(ctx)
    with na(pasta, sexta) as ctx:
        tela.marcar(ctx, 1, "transmitida")
    with na(pasta, date(2026, 8, 10)) as ctx:  # só um dia útil depois
        assert listar_pendentes(ctx).dados["por_tipo"] == {}
    with na(pasta, date(2026, 8, 11)) as ctx:
        assert listar_pendentes(ctx).dados["por_tipo"] == {"REMESSA": 1}
        tela.marcar(ctx, 1, "confirmada")
        assert listar_pendentes(ctx).dados["por_tipo"] == {}


def test_pedido_sobre_boleto_conta_da_transmissao(tmp_path: Path) -> None:
    pasta = montar(
        tmp_path,
        contas=[CONTA, COBRANCA],
        cobranca=[CONTRATO | {"nn_inicio": 1, "nn_fim": 99}],
        clientes=[cliente("A", 1, optante="Não", endereco="Rua A, 1", cidade="São Paulo", uf="SP", cep="01001-000")],
        titulos=[titulo("T1", date(2026, 9, 10), "50.00")],
    )
    with na(pasta) as ctx:
        emitir(ctx, "ITAU1", Filtros(), juntar=False)
        remeter(ctx, "ITAU1")
    with na(pasta, date(2026, 8, 7)) as ctx:
        assert listar_pendentes(ctx).dados["pendentes"] == []
    with na(pasta, date(2026, 8, 10)) as ctx:
        (p,) = listar_pendentes(ctx).dados["pendentes"]
    assert (p["tipo"], p["detalhe"], p["dias_uteis"]) == ("PEDIDO", "registrar", 4)
    assert ler(pasta, "pendentes")[0]["tipo"] == "PEDIDO: registrar"


def test_pdf_e_planilha(pasta: Path, tmp_path: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    saidas = [tmp_path / "p.pdf", tmp_path / "p.xlsx", tmp_path / "p.csv"]
    with na(pasta, date(2026, 8, 20)) as ctx:
        listar_pendentes(ctx, dias=5, saidas=saidas)
    texto = PdfReader(saidas[0]).pages[0].extract_text()
    assert "Cliente B" in texto
    assert "30,00" in texto
    aba = openpyxl.load_workbook(saidas[1])["Pendentes"]
    assert [linha[5] for linha in aba.iter_rows(min_row=2, values_only=True)] == ["T1", "T2"]
    assert ";10/08/2026;8;10,00;" in saidas[2].read_text("utf-8-sig")
