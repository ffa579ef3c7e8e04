"""O supervisor: segredo que não se lê em lugar nenhum, numeração que só ele muda, e o exame dela."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.cli import main
from guiche.erros import ErroDeRegra
from guiche.livro import atos
from guiche.livro.conexao import propriedade
from guiche.oficio.segredo import confere, resumir
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas.enviadas import descartar, marcar
from guiche.servicos.supervisao.numeracao import ajustar, examinar
from guiche.servicos.supervisao.segredo import definir
from tests.servicos.apoio import COBRANCA, CONTA, cliente, ler, montar, na, titulo
from tests.servicos.test_boletos import CONTRATO

SEGREDO, OUTRO = "café com pão 42", "bolo de fubá 77"
ENDERECO: dict[str, Any] = {
    "endereco": "Rua A, 1",
    "bairro": "Centro",
    "cidade": "São Paulo",
    "uf": "SP",
    "cep": "01310100",
}
DIA = date(2026, 8, 20)


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    return montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[CONTRATO | {"formato": "CNAB400"}],
        clientes=[cliente("A", **ENDERECO)],
        titulos=[titulo(f"T{n}", DIA, "400.00", "A") for n in range(4)],
    )  # fmt: skip


@pytest.fixture
def com_supervisor(caminho: Path) -> Path:
    with na(caminho) as ctx:
        definir(ctx, SEGREDO, "")
    return caminho


def _arquivo(onde: Path, segredo: str) -> str:
    (onde / "segredo.txt").write_text(f"{segredo}\n", "utf-8")
    return str(onde / "segredo.txt")


def test_o_segredo_so_se_guarda_resumido(caminho: Path) -> None:
    with na(caminho) as ctx:
        definir(ctx, SEGREDO, "")
        guardado = propriedade(ctx.livro, "supervisor")
        tudo = guardado + json.dumps(atos.diario(ctx.livro), ensure_ascii=False)
    assert guardado.startswith("scrypt$16384$8$1$")
    assert SEGREDO not in tudo
    assert confere(SEGREDO, guardado)
    assert not confere(SEGREDO + " ", guardado)
    assert resumir(SEGREDO, b"1" * 16) != resumir(SEGREDO, b"2" * 16)
    assert SEGREDO.encode() not in caminho.with_name("Cobrança.guiche.db").read_bytes()


def test_trocar_pede_o_atual(com_supervisor: Path) -> None:
    with na(com_supervisor) as ctx:
        for atual, codigo in (("", "supervisor.falta"), (OUTRO, "supervisor.errado")):
            with pytest.raises(ErroDeRegra) as erro:
                definir(ctx, OUTRO, atual)
            assert erro.value.codigo == codigo
            assert OUTRO not in str(erro.value)
        definir(ctx, OUTRO, SEGREDO)
        with pytest.raises(ErroDeRegra, match="não confere"):
            definir(ctx, SEGREDO, SEGREDO)
        assert [a[3] for a in atos.diario(ctx.livro)][:2] == ["supervisor recusado", "supervisor definir"]


@pytest.mark.parametrize("curto", ["", "1234567"])
def test_segredo_curto_nao_serve(caminho: Path, curto: str) -> None:
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        definir(ctx, curto, "")
    assert erro.value.codigo == "supervisor.curto"


def test_na_linha_de_comando_o_segredo_vem_de_um_arquivo_e_nao_sai(
    caminho: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certo = _arquivo(tmp_path, SEGREDO)
    assert main(["supervisor", "definir", str(caminho), "--segredo-novo", certo, "--json"]) == 0
    base = ["conta", "sequencia", str(caminho), "BB1", "--proximo", "50", "--motivo", "o banco pediu", "--json"]
    assert main([*base, "--supervisor", certo]) == 0
    assert main([*base[:5], "90", *base[6:], "--supervisor", _arquivo(tmp_path, OUTRO)]) == 1
    saida = capsys.readouterr()
    assert SEGREDO not in saida.out + saida.err
    assert OUTRO not in saida.out + saida.err
    with pytest.raises(SystemExit):
        main([*base, "--supervisor", str(tmp_path / "não há.txt")])


def test_sem_arquivo_pergunta_sem_mostrar(
    com_supervisor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    perguntas: list[str] = []

    def responder(pergunta: str) -> str:
        perguntas.append(pergunta)
        return SEGREDO

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", responder)
    pedido = ["conta", "sequencia", str(com_supervisor), "BB1", "--proximo", "9", "--motivo", "x"]
    assert main(pedido) == 0
    assert perguntas == ["Segredo do supervisor (Enter se não há): "]
    assert SEGREDO not in capsys.readouterr().out


@pytest.mark.requisito("S-101")
def test_o_numero_ajustado_e_o_do_proximo_arquivo_e_segue(com_supervisor: Path) -> None:
    with na(com_supervisor) as ctx:
        ajustar(ctx, "BB1", 500, "o banco recomeçou", SEGREDO)
    assert {c["codigo"]: c["nsa_proximo"] for c in ler(com_supervisor, "contas")} == {"BB1": 500, "ITAU1": 1}
    with na(com_supervisor) as ctx:
        assert gerar(ctx).dados["nsa"] == 500
    with na(com_supervisor) as ctx:
        descartar(ctx, 1, "teste")
        assert gerar(ctx).dados["nsa"] == 501


@pytest.mark.requisito("S-101")
def test_a_cobranca_tem_a_sua_numeracao(com_supervisor: Path) -> None:
    with na(com_supervisor) as ctx:
        ajustar(ctx, "ITAU1", 77, "o banco pediu", SEGREDO)
    for comando in (["boletos", "gerar", "--optantes"], ["boletos", "remessa"]):
        assert main([*comando[:2], str(com_supervisor), *comando[2:], "--conta", "ITAU1", "--hoje", "2026-08-04"]) == 0
    assert [(r["nsa"], r["tipo"]) for r in ler(com_supervisor, "remessas")] == [(77, "COBRANCA")]


@pytest.mark.requisito("S-102")
def test_so_o_supervisor_muda_e_o_diario_diz_tudo(com_supervisor: Path) -> None:
    with na(com_supervisor, usuario="bruno") as ctx:
        for segredo, codigo in (("", "supervisor.falta"), (OUTRO, "supervisor.errado")):
            with pytest.raises(ErroDeRegra) as erro:
                ajustar(ctx, "BB1", 500, "quero", segredo)
            assert erro.value.codigo == codigo
        ajustar(ctx, "BB1", 500, "o banco pediu", SEGREDO)
        (_, _, usuario, tipo, antes, depois), recusa = atos.diario(ctx.livro)[:2]
    assert (usuario, tipo, json.loads(antes)) == ("bruno", "conta sequencia", {"proximo": 1})
    assert json.loads(depois) == {"conta": "BB1", "produto": "DEBITO", "proximo": 500, "motivo": "o banco pediu"}
    assert (recusa[3], json.loads(recusa[5])) == ("supervisor recusado", {"para": "conta sequencia"})


@pytest.mark.requisito("S-102")
def test_livro_sem_supervisor_nao_muda_a_numeracao(caminho: Path) -> None:
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        ajustar(ctx, "BB1", 500, "quero", "qualquer coisa")
    assert erro.value.codigo == "supervisor.ausente"
    assert "supervisor definir" in str(erro.value)


@pytest.mark.parametrize(
    ("conta", "proximo", "motivo", "codigo"),
    [("BB1", 0, "x", "numeracao.faixa"), ("BB1", 10**9, "x", "numeracao.faixa"), ("BB1", 2, " ", "numeracao.motivo"),
     ("BB1", 1, "x", "numeracao.usado"), ("ZZ", 2, "x", "conta.ausente"), ("ITAU1", 10**7, "x", "numeracao.faixa")],
)  # fmt: skip
def test_ajuste_que_nao_serve(com_supervisor: Path, conta: str, proximo: int, motivo: str, codigo: str) -> None:
    with na(com_supervisor) as ctx:
        gerar(ctx)
        with pytest.raises(ErroDeRegra) as erro:
            ajustar(ctx, conta, proximo, motivo, SEGREDO)
        assert erro.value.codigo == codigo


def test_o_exame_mostra_furos_o_que_nao_foi_e_o_que_o_banco_espera(com_supervisor: Path) -> None:
    with na(com_supervisor) as ctx:
        assert "nenhum arquivo ainda" in examinar(ctx).linhas[0]
        gerar(ctx)
        marcar(ctx, 1, "transmitida")
        ajustar(ctx, "BB1", 5, "teste", SEGREDO)
        exame = examinar(ctx, "BB1")
        assert exame.dados["contas"][0] | {"conta": ""} == {
            "conta": "", "produto": "DEBITO", "proximo": 5, "ultimo": 1, "espera": 2, "furos": [], "por_exportar": [],
            "por_transmitir": [], "furos_dos_retornos": [],
        }  # fmt: skip
        assert any("levará 5, e o banco deve esperar 2" in frase for frase in exame.linhas)
    with na(com_supervisor) as ctx:
        from guiche.servicos.remessas.enviadas import estornar as estornar_remessa

        estornar_remessa(ctx, 1)
        with ctx.livro.transacao():
            ctx.livro.executar("UPDATE remessa SET exportada_em = NULL WHERE id = 2")
        (conta,) = examinar(ctx, "BB1").dados["contas"]
        assert (conta["ultimo"], conta["furos"], conta["por_exportar"]) == (5, [2, 3, 4], [5])
        assert any("números pulados: 2, 3, 4" in frase for frase in examinar(ctx, "BB1").linhas)
    with na(com_supervisor) as ctx, pytest.raises(ErroDeRegra):
        examinar(ctx, "ZZ")
