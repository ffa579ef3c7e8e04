"""O beneficiário de sete algarismos da Caixa, da emissão à baixa, e ao lado do de seis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.layout.codec import tradutor
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import remessa
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, cliente, ler, montar, na, titulo
from tests.servicos.test_retorno_boletos import AGORA, DIA, emitidos, situacao

pytestmark = pytest.mark.caso("B-17")
CONTRATO = {"carteira": "1", "modalidade": "SIGCB", "endereco": "Rua A, 1"}


def _pasta(onde: Path, formato: str, *convenios: str) -> Path:
    contas = [COBRANCA | {"codigo": f"CX{len(c)}", "banco": "104", "agencia": "1234", "convenio": c} for c in convenios]
    contratos: list[dict[str, Any]] = [CONTRATO | {"conta": c["codigo"], "formato": formato} for c in contas]
    return montar(
        onde, clientes=[cliente("A", 1, optante="Não", **ENDERECO)], contas=[CONTA, *contas], cobranca=contratos,
        titulos=[titulo(f"T{n}", DIA, f"{100 * n}.00") for n in (1, 2, 3)],
    )  # fmt: skip


def _respondida(caminho: Path, conta: str = "") -> Path:
    with na(caminho) as ctx:
        (arquivo,) = remessa.gerar(ctx, conta, range(0)).arquivos
    escolha = Escolha(codigos=["PAGO", "ABERTO", "PAGO"])
    return responder(arquivo, caminho.parent / f"{conta or 'r'}.ret", agora=AGORA, escolha=escolha).arquivos[0]


@pytest.mark.parametrize("formato", ["CNAB240", "CNAB400"])
@pytest.mark.parametrize("convenio", ["1234567", "123456", "0123456", "1100000"])
def test_da_emissao_a_baixa(tmp_path: Path, convenio: str, formato: str) -> None:
    caminho = _pasta(tmp_path, formato, convenio)
    emitidos(caminho)
    retorno = _respondida(caminho)
    with na(caminho, AGORA.date()) as ctx:
        feito = importar(ctx, retorno, confirmar=True)
    assert situacao(caminho) == {"T1": "PAGO", "T2": "EM BOLETO", "T3": "PAGO"}
    assert (feito.dados["total_pago"], feito.dados["divergencias"]) == ("400.00", 0)
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["PAGO", "REGISTRADO", "PAGO"]


@pytest.mark.parametrize(("convenio", "campo"), [("1234567", "1234567"), ("123456", "1234560")])
def test_o_codigo_esta_nas_sete_posicoes_do_header_do_lote_e_do_t(tmp_path: Path, convenio: str, campo: str) -> None:
    caminho = _pasta(tmp_path, "CNAB240", convenio)
    emitidos(caminho)
    retorno = _respondida(caminho)
    header, lote, t, *_ = retorno.read_bytes().decode("ascii").splitlines()
    assert (header[58:65], lote[33:40], t[23:30]) == (campo, campo, campo)
    lido = tradutor(abrir(retorno).layout.registros["segmento_t"]).ler(t)
    assert f"{lido['codigo_beneficiario']}{lido['codigo_beneficiario_setimo']}" == campo


def _trocado(retorno: Path, de: str, para: str) -> Path:
    texto = retorno.read_bytes().decode("ascii").replace(de, para)
    outro = retorno.with_name("outro.ret")
    outro.write_bytes(texto.encode("ascii"))
    return outro


def test_o_de_seis_e_o_de_sete_nao_se_confundem(tmp_path: Path) -> None:
    """123456 está dentro de 1234567: o retorno de um nunca é do outro."""
    caminho = _pasta(tmp_path, "CNAB240", "123456", "1234567")
    with na(caminho) as ctx:
        emissao.gerar(ctx, "CX7", Filtros(), juntar=False)
    retorno = _respondida(caminho, "CX7")
    with na(caminho, AGORA.date()) as ctx:
        assert "Conta CX7" in importar(ctx, retorno).linhas[1]
    for campo in ("1234560", "0123456"):
        with na(caminho, AGORA.date()) as ctx:
            assert "Conta CX6" in importar(ctx, _trocado(retorno, "1234567", campo)).linhas[1]
    for estranho in ("1234568", "0012345", "1123456"):
        with na(caminho, AGORA.date()) as ctx, pytest.raises(ErroGuiche) as erro:
            importar(ctx, _trocado(retorno, "1234567", estranho))
        assert erro.value.codigo == "retorno.conta"
        assert estranho in erro.value.mensagem
