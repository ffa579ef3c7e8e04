"""O que se leva de um boleto a outras pessoas: a amostra ao banco e o rascunho ao cliente."""

from __future__ import annotations

import email
import json
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest

from guiche.cli import main
from guiche.documentos.conferencia import reler
from guiche.erros import ErroDeRegra
from guiche.livro import boletos as livro_boletos
from guiche.servicos.boletos import rascunhos
from guiche.servicos.boletos.homologacao import MARCA
from guiche.servicos.cobranca import fila
from tests.documentos.test_boleto import emv
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, montar, na, titulo
from tests.servicos.test_boletos import CONTRATO, DIA, gerar, pasta

CONTAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "341": ({}, {"carteira": "109"}),
    "001": ({"banco": "001", "agencia": "1234", "conta": "56789", "convenio": "1234567"},
            {"carteira": "17", "variacao": "019"}),
    "237": ({"banco": "237", "agencia": "1234", "conta": "1234567"}, {"carteira": "09"}),
    "104": ({"banco": "104", "agencia": "1234", "conta": "123456", "convenio": "123456"}, {"carteira": "1"}),
    "748": ({"banco": "748", "agencia": "0165", "conta": "00623", "convenio": "00623"},
            {"carteira": "1", "posto": "02"}),
}  # fmt: skip


@pytest.mark.parametrize("banco", CONTAS)
def test_a_amostra_mostra_todos_os_digitos_e_nao_gasta_numero(
    tmp_path: Path, banco: str, capsys: pytest.CaptureFixture[str]
) -> None:
    conta, contrato = CONTAS[banco]
    caminho = pasta(
        tmp_path, [titulo("T1", DIA, "10.00", "A")], {"nn_inicio": 5001, "nn_fim": 9000} | contrato, **conta
    )
    antes = caminho.read_bytes()
    assert main(["homologacao", str(caminho), "ITAU1", "--hoje", HOJE.isoformat(), "--json"]) == 0
    dados = json.loads(capsys.readouterr().out)["dados"]
    assert set(dados["digitos"]["DV do código de barras"]) == set("123456789")
    for nome in ("DV do nosso número", "último algarismo do campo livre"):
        vistos = set(dados["digitos"][nome])
        assert vistos >= set("0123456789") or len(vistos) == 1 or (banco == "237" and "P" in vistos)
    onde = tmp_path / "homologacao-ITAU1"
    impressos = reler((onde / "boletos.pdf").read_bytes())
    assert 10 <= len(impressos) <= 25
    assert [i.linhas[0] for i in impressos] == dados["boletos"]
    assert all(len(i.codigo_barras) == 44 for i in impressos)
    assert {i.codigo_barras[4] for i in impressos} == set("123456789")
    assert MARCA in pypdf.PdfReader(onde / "boletos.pdf").pages[0].extract_text()
    lista = openpyxl.load_workbook(onde / "homologacao.xlsx")
    assert lista.sheetnames == ["Boletos", "Roteiro"]
    assert all(10 <= float(str(linha[1].value)) <= 50 for linha in lista["Boletos"].iter_rows(min_row=2))
    assert caminho.read_bytes() == antes
    with na(caminho) as ctx:
        assert livro_boletos.listar(ctx.livro) == []


@pytest.mark.requisito("S-66")
def test_homologacao_da_unica_conta_e_de_conta_que_nao_ha(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [])
    assert main(["homologacao", str(caminho), "--hoje", HOJE.isoformat()]) == 0
    assert main(["homologacao", str(caminho), "NADA", "--hoje", HOJE.isoformat()]) != 0


def com_contatos(onde: Path) -> Path:
    pessoas = [
        cliente("A", 1, optante="Não", nome="João das Dores", email="joao@exemplo.com.br", celular="(11) 98888-7777"),
        cliente("B", 2, optante="Não", nome="Maria"),
    ]
    titulos = [titulo("T1", DIA, "123.45", "A"), titulo("T2", DIA, "20.00", "B")]
    return montar(onde, clientes=pessoas, titulos=titulos, contas=[CONTA, COBRANCA], cobranca=[CONTRATO])


def test_rascunhos_com_linha_pix_anexo_e_link(tmp_path: Path) -> None:
    caminho = com_contatos(tmp_path)
    gerar(caminho)
    with na(caminho) as ctx:
        with ctx.livro.transacao():
            livro_boletos.guardar_pix(ctx.livro, {1: emv()})
        feito = rascunhos.rascunhos(ctx, (1, 2))
        linhas = [b.linha_digitavel for b in livro_boletos.listar(ctx.livro)]
    assert [p.name for p in feito.arquivos] == ["boleto-1.eml", "boleto-1.txt", "boleto-2.eml", "boleto-2.txt"]
    carta = email.message_from_bytes(feito.arquivos[0].read_bytes(), policy=default)
    assert (carta["To"], carta["X-Unsent"]) == ("joao@exemplo.com.br", "1")
    corpo = carta.get_body()
    assert corpo is not None
    assert linhas[0] in corpo.get_content()
    assert emv() in corpo.get_content()
    (anexo,) = carta.iter_attachments()
    assert [i.linhas[0] for i in reler(anexo.get_content())] == [linhas[0]]
    link, _, texto = feito.arquivos[1].read_text("utf-8").partition("\n\n")
    assert link.startswith("https://wa.me/5511988887777?text=")
    assert unquote(link.partition("text=")[2]) == texto
    assert "João das Dores" in texto
    sem = email.message_from_bytes(feito.arquivos[2].read_bytes(), policy=default)
    assert sem["To"] is None
    assert feito.arquivos[3].read_text("utf-8").startswith("Olá, Maria.")
    assert "1 sem e-mail" in " ".join(feito.linhas)
    assert "Espere para enviar: 2" in " ".join(feito.linhas)


def test_rascunho_de_boleto_estornado_se_recusa(tmp_path: Path) -> None:
    caminho = com_contatos(tmp_path)
    gerar(caminho)
    with na(caminho) as ctx:
        fila.estornar(ctx, 1)
        with pytest.raises(ErroDeRegra) as erro:
            rascunhos.rascunhos(ctx, (1,))
    assert erro.value.codigo == "boleto.fechado"
    assert not (tmp_path / "rascunhos").exists()


@pytest.mark.parametrize(
    ("escrito", "lido"),
    [("+55 (21) 3333-4444", "552133334444"), ("11 9 8888 7777", "5511988887777"), ("011988887777", ""), ("abc", "")],
)
def test_telefones(escrito: str, lido: str) -> None:
    assert rascunhos.telefone(escrito) == lido
