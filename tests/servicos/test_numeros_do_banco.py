"""Onde o banco dá o nosso número: emitir, mandar com zeros, importar o número, e só então imprimir."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir as abrir_arquivo
from guiche.arquivos.cobranca import ler_titulos
from guiche.bancos.ocorrencias import codigos_da_classe
from guiche.cli import main
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra, ErroGuiche
from guiche.layout.carga import carregar
from guiche.livro import boletos as livro_boletos
from guiche.livro.boletos import Boleto
from guiche.oficio.contexto import Contexto
from guiche.remessa.numero_do_banco import forma
from guiche.servicos.boletos import emissao, homologacao, impressao, rascunhos
from guiche.servicos.boletos.impressao import Saida
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.cuidados.integridade import verificar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from guiche.servicos.treino.simulado.escrita import escrever_retorno
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, cliente, ler, montar, na, titulo
from tests.servicos.test_retorno_boletos import AGORA, DIA

CONTAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "inter": ({"banco": "077", "agencia": "0001", "convenio": "1234567"}, {"carteira": "112", "formato": "CNAB400"}),
    "itau400": ({}, {"carteira": "112", "formato": "CNAB400"}),
    "itau240": ({}, {"carteira": "112", "formato": "CNAB240"}),
    "c6": ({"banco": "336", "convenio": "111122223333"}, {"carteira": "10", "formato": "CNAB400"}),
    "bnb": ({"banco": "004", "conta": "1234567", "conta_dv": "7"}, {"carteira": "41", "formato": "CNAB400"}),
    "fibra": ({"banco": "224", "convenio": "1234567"}, {"carteira": "112", "formato": "CNAB400"}),
    "rendimento": ({"banco": "633", "convenio": "1234567"}, {"carteira": "112", "formato": "CNAB400"}),
    "pine": ({"banco": "643", "convenio": "1234567"}, {"carteira": "112", "formato": "CNAB400"}),
    "sofisa": ({"banco": "637", "convenio": "1234567"}, {"carteira": "112", "formato": "CNAB400"}),
    "bradesco240": (
        {"banco": "237", "convenio": "1234567"}, {"carteira": "09", "formato": "CNAB240", "emissor": "BANCO"}
    ),
    "caixa240": (
        {"banco": "104", "convenio": "123456"}, {"carteira": "1", "formato": "CNAB240", "emissor": "BANCO"}
    ),
    "sicredi240": (
        {"banco": "748", "agencia": "0165", "convenio": "00623", "conta_dv": "7"},
        {"carteira": "1", "formato": "CNAB240", "posto": "02", "emissor": "BANCO"},
    ),
    "sicoob240": (
        {"banco": "756", "agencia": "3069", "convenio": "1295270"},
        {"carteira": "1", "formato": "CNAB240", "modalidade": "01", "agencia_dv": "4", "emissor": "BANCO"},
    ),
    "bb240": (
        {"banco": "001", "convenio": "1234567"},
        {"carteira": "17", "variacao": "019", "formato": "CNAB240", "emissor": "BANCO"},
    ),
}  # fmt: skip
_REGISTRAR = Escolha(parcelas={"ABERTO": 100})


def pasta(onde: Path, qual: str, quantos: int = 2) -> Path:
    conta, contrato = CONTAS[qual]
    pessoas = [cliente("A", 1, optante="Não", **ENDERECO)]
    titulos = [titulo(f"T{n}", DIA, f"{100 * n}.00") for n in range(1, quantos + 1)]
    cobranca = {"conta": "ITAU1", "endereco": "Rua A, 1, São Paulo/SP"} | contrato
    return montar(
        onde,
        clientes=pessoas,
        titulos=titulos,
        contas=[CONTA, COBRANCA | {"conta_dv": ""} | conta],
        cobranca=[cobranca],
    )


def emitir(caminho: Path) -> list[Boleto]:
    with na(caminho) as ctx:
        feito = emissao.gerar(ctx, "", Filtros(), juntar=False)
        assert not feito.arquivos
        assert "o banco dá no retorno" in feito.linhas[0]
    return do_livro(caminho)


def do_livro(caminho: Path) -> list[Boleto]:
    with na(caminho) as ctx:
        return livro_boletos.listar(ctx.livro)


def ida_e_volta(caminho: Path, onde: Path, escolha: Escolha = _REGISTRAR) -> list[str]:
    """A remessa ao banco de faz de conta, e o retorno importado; devolve o relato."""
    with na(caminho) as ctx:
        (arquivo,) = remessa.gerar(ctx, "").arquivos
    assert all(not (t.nosso_numero or "").strip("0") for t in ler_titulos(arquivo))
    responder(arquivo, onde / "retorno.ret", agora=AGORA, escolha=escolha)
    if not any((t.nosso_numero or "").strip("0") for t in ler_titulos(onde / "retorno.ret")):
        da_agencia(caminho, arquivo, onde / "retorno.ret")
    with na(caminho) as ctx:
        return list(importar(ctx, onde / "retorno.ret", confirmar=True).linhas)


def da_agencia(caminho: Path, arquivo: Path, saida: Path) -> None:
    """O retorno de um banco cuja remessa não diz a agência ou o convênio, que o dígito do número leva: ele sabe-os."""
    remessa_ = abrir_arquivo(arquivo)
    enviados = [t for lote in remessa_.lotes() for t in lote]
    layout = carregar(f"cnab/{remessa_.layout.apelido.replace('remessa', 'retorno')}")
    (codigo, *_) = codigos_da_classe(layout.banco, layout.formato, "ENTRADA_CONFIRMADA")
    respostas = [
        t._replace(
            nosso_numero=forma(layout, json.loads(b.dados)["entrada"] | {"nosso_numero": str(123 + b.id)}),
            codigo_movimento=codigo, classe="ENTRADA_CONFIRMADA", data_ocorrencia=HOJE, motivos=(),
        )
        for t, b in zip(enviados, do_livro(caminho), strict=True)
    ]  # fmt: skip
    saida.write_bytes(escrever_retorno(layout, remessa_.cabecalho, respostas, 1, AGORA))


def circulo(onde: Path, qual: str) -> None:
    caminho = pasta(onde, qual)
    antes = emitir(caminho)
    assert [(b.numero, b.nosso_numero, b.codigo_barras, b.linha_digitavel) for b in antes] == [(0, "", "", "")] * 2
    assert not list(onde.rglob("*.pdf"))
    papeis: tuple[Callable[[Contexto], object], ...] = (
        lambda ctx: impressao.imprimir(ctx, [1], Saida()), lambda ctx: impressao.segunda_via(ctx, 1, HOJE),
        lambda ctx: rascunhos.rascunhos(ctx, [1]),
    )  # fmt: skip
    for papel in papeis:
        with na(caminho) as ctx, pytest.raises(ErroDeRegra) as recusa:
            papel(ctx)
        assert recusa.value.codigo == "boleto.sem_numero"
    relato = ida_e_volta(caminho, onde)
    assert any("nosso número que o banco deu: 2" in linha for linha in relato), relato
    depois = do_livro(caminho)
    assert all(b.numero and b.nosso_numero and len(b.codigo_barras) == 44 for b in depois)
    assert len({b.numero for b in depois}) == 2
    assert [b["nosso_numero"] for b in ler(caminho, "boletos")] == [b.nosso_numero for b in depois]
    with na(caminho) as ctx:
        (pdf,) = impressao.imprimir(ctx, [1, 2], Saida()).arquivos
        assert impressao.segunda_via(ctx, 1, HOJE).arquivos
        assert rascunhos.rascunhos(ctx, [1]).arquivos
        assert verificar(ctx).feito
    assert main(["boleto", "conferir-pdf", str(pdf)]) == 0


def no_inter(onde: Path) -> None:
    circulo(onde, "inter")


@pytest.mark.caso("B-20")
@pytest.mark.parametrize("qual", CONTAS)
def test_emite_manda_importa_e_imprime(tmp_path: Path, qual: str) -> None:
    circulo(tmp_path, qual)


@pytest.mark.caso("B-20")
def test_a_homologacao_nao_mostra_boletos_que_o_banco_numera(tmp_path: Path) -> None:
    with na(pasta(tmp_path, "inter")) as ctx, pytest.raises(ErroGuiche, match="quem dá o nosso número é o banco"):
        homologacao.homologacao(ctx, "")


@pytest.mark.caso("B-20")
def test_rejeitado_nao_ganha_numero_e_se_registra_de_novo(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, "itau400", 1)
    emitir(caminho)
    ida_e_volta(caminho, tmp_path, Escolha(parcelas={"REJEITADO": 100}))
    (boleto,) = do_livro(caminho)
    assert (boleto.estado, boleto.numero) == ("REJEITADO", 0)
    with na(caminho) as ctx:
        fila.reenviar(ctx, boleto.id)
    with na(caminho) as ctx:
        assert remessa.gerar(ctx, "").dados["pedidos"] == 1


@pytest.mark.caso("B-20")
def test_pago_no_mesmo_arquivo_que_o_registra(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, "inter", 1)
    emitir(caminho)
    ida_e_volta(caminho, tmp_path, Escolha(parcelas={"PAGO": 100}))
    (boleto,) = do_livro(caminho)
    assert boleto.estado == "PAGO"
    assert boleto.numero


@pytest.mark.caso("B-20")
def test_o_boleto_de_um_livro_antigo_com_numero_nosso_nao_se_registra(tmp_path: Path) -> None:
    """Um Guichê anterior o numerava e imprimia: registrado, teria no banco outro número que o do papel."""
    caminho = pasta(tmp_path, "inter", 1)
    emitir(caminho)
    with na(caminho) as ctx, ctx.livro.transacao():
        ctx.livro.executar("UPDATE boleto SET numero = 7, nosso_numero = '7'")
    with na(caminho) as ctx:
        (fora,) = remessa.conferir(ctx, "").dados["fora"]
        assert "quem o dá é o banco" in fora["motivo"]
        assert not remessa.gerar(ctx, "").arquivos
