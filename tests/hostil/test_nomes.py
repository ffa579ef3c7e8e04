"""Nomes que tentam sair da pasta, abrir um dispositivo, mandar no terminal ou gastar a memória."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.cli import main
from guiche.dominio.nomes import conferir_mascara, nome_de_arquivo, pasta_de_dentro
from guiche.dominio.texto import visivel
from guiche.erros import ErroDeRegra
from guiche.livro import atos, remessas
from guiche.servicos.boletos.rascunhos import carta
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas.enviadas import exportar
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import CONTA, cliente, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)
MAUS = [
    "..", "../x", "a/../../x", "/etc/x", "\\x", "C:\\x", "C:x", "\\\\servidor\\pasta\\x", "//servidor/pasta", "x\ny",
    "x\0", "CON", "nul.rem", "Com1.txt", "LPT9", "aux ", "x.", "x ", "", " ", "a" * 200, "a:b", "a|b", "x\u202e/../y",
    "\udcff",
    "a\\..\\..\\b", ".../x",
]  # fmt: skip


@pytest.mark.parametrize("nome", MAUS)
def test_nome_mau_nao_serve_de_arquivo(nome: str) -> None:
    with pytest.raises(ErroDeRegra) as erro:
        nome_de_arquivo(nome)
    assert erro.value.codigo == "nome.arquivo"
    assert len(str(erro.value)) < 400
    str(erro.value).encode()


@pytest.mark.parametrize("nome", [m for m in MAUS if m.strip() == m or not m.strip()])
def test_pasta_ma_nao_serve(nome: str) -> None:
    with pytest.raises(ErroDeRegra) as erro:
        pasta_de_dentro(nome)
    assert erro.value.codigo == "nome.pasta"


@pytest.mark.parametrize(
    "nome", ["remessas", "banco/saida", "banco\\saida", "Remessas de agosto/", "ação", "..oculta", "console"]
)
def test_pasta_boa_fica_dentro(nome: str, tmp_path: Path) -> None:
    assert (tmp_path / pasta_de_dentro(nome)).resolve().is_relative_to(tmp_path)


def _montar(onde: Path, **conta: Any) -> Path:
    devidos = [titulo("T1", DIA, "10.00", "A")]
    return montar(onde, contas=[CONTA | conta], clientes=[cliente("A")], titulos=devidos)


@pytest.mark.parametrize("pasta", ["../fora", "/raiz/fora", "\\\\servidor\\x", "C:\\x", "NUL", "a\nb"])
def test_pasta_das_remessas_que_sai_nao_gera_nem_gasta_numero(tmp_path: Path, pasta: str) -> None:
    dentro = tmp_path / "dentro"
    dentro.mkdir()
    caminho = _montar(dentro, pasta_remessas=pasta)
    with na(caminho) as ctx:
        with pytest.raises(ErroDeRegra, match="pasta"):
            gerar(ctx)
        assert atos.ultimo(ctx.livro) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["dentro"]


def test_livro_de_outro_com_caminho_que_sai_nao_exporta(tmp_path: Path) -> None:
    caminho = _montar(tmp_path)
    with na(caminho) as ctx:
        gerar(ctx)
        with ctx.livro.transacao():
            ctx.livro.executar("UPDATE remessa SET arquivo = ?", ("../../fora.rem",))
        with pytest.raises(ErroDeRegra, match="sobe de pasta"):
            exportar(ctx, 1, None)
        assert remessas.buscar(ctx.livro, 1) is not None


MASCARAS = [
    "{convenio:0>999999999}",
    "{nsa:0{nsa}d}",
    "{convenio.__class__}",
    "{convenio!r}",
    "{nsa[0]}",
    "{outro}",
    "{",
]


@pytest.mark.parametrize("mascara", MASCARAS)
def test_mascara_que_gasta_memoria_ou_espia_se_recusa_ja(mascara: str) -> None:
    inicio = time.monotonic()
    with pytest.raises(ValueError, match=r"largura|existe|expected|Single"):
        conferir_mascara(mascara, ["convenio", "nsa"])
    assert time.monotonic() - inicio < 1


def test_mascara_do_operador_no_debito_passa_pela_mesma_conferencia(tmp_path: Path) -> None:
    conta = {
        "banco": "104", "operacao": "013", "conta_dv": "0", "compromisso": "0001", "layout_versao": "",
        "por_matricula": "Sim",
    }  # fmt: skip
    caminho = montar(
        tmp_path, contas=[CONTA | conta | {"e02_mascara": "{cliente:0>999999999}"}],
        clientes=[cliente("A", banco="104", operacao="013", matricula="9")], titulos=[titulo("T1", DIA, "10.00", "A")],
    )  # fmt: skip
    with na(caminho) as ctx:
        feito = gerar(ctx)
    assert feito.linhas[0] == "Nenhum título a enviar: nada foi gerado."
    assert "a máscara '{cliente:0>999999999}' não serve" in str(ler(caminho, "conferencia")[0]["motivo"])


TORTOS = [
    b"a\nb.ret", b"\x1b[2J.ret", b"=cmd.ret", b"a;b'--.ret", b"..ret",
    pytest.param(
        b"\xff\xfe.ret",
        marks=pytest.mark.skipif(sys.platform == "darwin", reason="o macOS só aceita nomes em UTF-8"),
    ),
]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem arquivos com esses nomes")
@pytest.mark.parametrize("nome", TORTOS)
def test_retorno_de_nome_torto_se_importa_e_o_nome_fica_a_vista(
    tmp_path: Path, nome: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    caminho = _montar(tmp_path)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "x.ret", ["00"])
    torto = tmp_path / os.fsdecode(nome)
    (tmp_path / "x.ret").rename(torto)
    assert main(["importar", str(caminho), str(torto), "--confirmar", "--hoje", "2026-08-05"]) == 0
    saida = capsys.readouterr()
    assert "\x1b" not in saida.out + saida.err
    assert ler(caminho, "retornos")[0]["arquivo"] == visivel(torto.name)
    with na(caminho) as ctx, pytest.raises(ErroDeRegra, match="já importado"):
        importar(ctx, torto, confirmar=True)


def test_o_email_nao_ganha_destinatario_nem_cabecalho() -> None:
    bruto = carta("ana@x.com\r\nBcc: todos@x.com", "Boleto\nX-Mau: 1", "olá", "b.pdf", b"%PDF")
    cabecalho = bruto.split(b"\r\n\r\n")[0]
    assert b"\nBcc:" not in cabecalho
    assert b"\nX-Mau:" not in cabecalho
