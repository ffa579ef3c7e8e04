"""Acima do limite, uma pessoa pede e outra aprova; sem isso nada se grava e nenhum número se gasta."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.erros import ErroDeRegra
from guiche.livro import atos
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas.enviadas import descartar
from guiche.servicos.supervisao.aprovacao import aprovar
from tests.servicos.apoio import COBRANCA, CONTA, cliente, ler, montar, na, titulo
from tests.servicos.test_boletos import CONTRATO
from tests.supervisao.test_supervisor import ENDERECO

DIA = date(2026, 8, 20)


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[CONTRATO | {"formato": "CNAB400"}],
        clientes=[cliente("A"), cliente("B", 2, optante="Não", **ENDERECO)],
        titulos=[titulo(f"T{n}", DIA, "40.00", "A") for n in range(3)] + [titulo("B1", DIA, "200.00", "B")],
    )  # fmt: skip
    _limitar(caminho, "100,00")
    return caminho


def _limitar(caminho: Path, valor: str) -> None:
    pasta = PastaEmArquivo(caminho)
    pasta.definir_parametro("limite_sem_aprovacao", valor)
    pasta.salvar()


def _pedir(caminho: Path, usuario: str = "ana") -> str:
    """Tenta gerar e devolve o código da recusa."""
    with na(caminho, usuario=usuario) as ctx:
        with pytest.raises(ErroDeRegra) as erro:
            gerar(ctx)
        assert erro.value.codigo == "aprovacao.falta"
        assert ctx.livro.valor("SELECT COUNT(*) FROM remessa") == 0
        assert ctx.livro.valor("SELECT COUNT(*) FROM sequencia") == 0
    assert not (caminho.parent / "remessas").exists()
    assert "R$ 120,00, em 3 itens" in str(erro.value)
    return erro.value.mensagem.rpartition(" ")[2]


def test_outra_pessoa_aprova_e_so_entao_se_gera(caminho: Path) -> None:
    codigo = _pedir(caminho)
    assert _pedir(caminho) == codigo
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        aprovar(ctx, codigo)
    assert erro.value.codigo == "aprovacao.mesma_pessoa"
    with na(caminho, usuario=" ANA ") as ctx, pytest.raises(ErroDeRegra):
        aprovar(ctx, codigo)
    with na(caminho, usuario="bruno") as ctx:
        assert "R$ 120,00" in aprovar(ctx, codigo.lower()).linhas[0]
    with na(caminho) as ctx:
        assert gerar(ctx).dados["nsa"] == 1
        feitos = [(a[2], a[3]) for a in atos.diario(ctx.livro)]
    assert feitos == [("ana", "gerar"), ("bruno", "aprovar"), ("ana", "pedir aprovação")]


def test_quem_aprovou_nao_gera_sozinho(caminho: Path) -> None:
    codigo = _pedir(caminho)
    with na(caminho, usuario="bruno") as ctx:
        aprovar(ctx, codigo)
        with pytest.raises(ErroDeRegra, match="uma pessoa pode enviar só"):
            gerar(ctx)


def test_a_aprovacao_e_de_um_conteudo_so(caminho: Path) -> None:
    codigo = _pedir(caminho)
    with na(caminho, usuario="bruno") as ctx:
        aprovar(ctx, codigo)
    pasta = PastaEmArquivo(caminho)
    pasta.atualizar("titulos", ("valor",), {2: (Decimal("41.00"),)})
    pasta.salvar()
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        gerar(ctx)
    assert codigo not in str(erro.value)
    assert "R$ 121,00" in str(erro.value)


@pytest.mark.parametrize("limite", ["", "120,00", "120.0", "5000"])
def test_ate_o_limite_ninguem_aprova(caminho: Path, limite: str) -> None:
    _limitar(caminho, limite)
    with na(caminho) as ctx:
        assert gerar(ctx).dados["remessa"] == 1


def test_limite_que_nao_se_entende_nao_se_ignora(caminho: Path) -> None:
    _limitar(caminho, "cem reais")
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        gerar(ctx)
    assert erro.value.codigo == "aprovacao.limite"


def test_codigo_que_ninguem_pediu(caminho: Path) -> None:
    with na(caminho, usuario="bruno") as ctx, pytest.raises(ErroDeRegra) as erro:
        aprovar(ctx, "00000000")
    assert erro.value.codigo == "aprovacao.ausente"


def test_descartada_a_remessa_o_mesmo_conteudo_continua_aprovado(caminho: Path) -> None:
    codigo = _pedir(caminho)
    with na(caminho, usuario="bruno") as ctx:
        aprovar(ctx, codigo)
    with na(caminho) as ctx:
        gerar(ctx)
        descartar(ctx, 1, "engano")
        assert gerar(ctx).feito


def test_a_remessa_de_boletos_tambem_espera(caminho: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def rodar(*comando: str, quem: str = "ana") -> int:
        return main([*comando, "--hoje", "2026-08-04", "--usuario", quem, "--json"])

    assert rodar("boletos", "gerar", str(caminho), "--conta", "ITAU1", "--cliente-de", "B", "--cliente-ate", "B") == 0
    capsys.readouterr()
    assert rodar("boletos", "remessa", str(caminho)) == 1
    (problema,) = json.loads(capsys.readouterr().out)["problemas"]
    assert problema["codigo"] == "aprovacao.falta"
    codigo = problema["mensagem"].rpartition(" ")[2]
    assert rodar("aprovar", str(caminho), codigo) == 1
    assert rodar("aprovar", str(caminho), codigo, quem="bruno") == 0
    assert rodar("boletos", "remessa", str(caminho)) == 0
    assert [r["tipo"] for r in ler(caminho, "remessas")] == ["COBRANCA"]
