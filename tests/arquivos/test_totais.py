"""As contas de ``arquivo ler``: só é pago o que a ocorrência diz que se pagou."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.cobranca_json import ler_json, resumir
from guiche.arquivos.plano import Titulo
from guiche.layout.carga import carregar
from guiche.servicos.arquivo.leitura import ler
from guiche.servicos.treino.simulado.escrita import escrever_retorno

EMPRESA = {"agencia": "1234", "conta": "12345", "dac": "6", "empresa_numero_inscricao": "11222333000181"}


def _resposta(codigo: str, pago: int, tarifa: int) -> Titulo:
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    return Titulo(**vazio | {
        "linha": 0, "nosso_numero": "00000001", "codigo_movimento": codigo, "motivos": (),
        "classe": "LIQUIDACAO" if codigo == "06" else "",
        "valor_titulo": 844_00, "valor_pago": pago, "valor_tarifa": tarifa,
        "valor_liquido": pago - tarifa if codigo == "06" else pago,
        "data_vencimento": date(2026, 12, 21), "data_ocorrencia": date(2026, 11, 28), "codigo_carteira": "109",
    })  # fmt: skip


@pytest.mark.caso("R-06")
def test_o_pago_do_arquivo_e_so_o_que_se_pagou(tmp_path: Path) -> None:
    """No Itaú 400 a baixa (09) traz a sua tarifa nos campos do pagamento: não é dinheiro de ninguém."""
    retorno = tmp_path / "itau.ret"
    retorno.write_bytes(escrever_retorno(
        carregar("cnab/341.cnab400.retorno"), EMPRESA,
        [_resposta("02", 0, 0), _resposta("09", 4_99, 4_99), _resposta("06", 100_00, 2_10)], 1,
        datetime(2026, 11, 28, 8, 0),
    ))  # fmt: skip
    totais = resumir(abrir(retorno)).totais
    assert (totais["valor_pago"], totais["valor_liquido"], totais["valor_tarifa"]) == (100_00, 97_90, 7_09)
    assert ler_json(abrir(retorno))["totais"]["valor_pago"] == "100.00"
    assert "Pago: R$ 100,00." in ler(retorno).linhas


@pytest.mark.caso("R-05")
def test_ler_mostra_o_pix_de_cada_titulo(tmp_path: Path) -> None:
    """Sicredi 400: o registro 8 traz o Pix do título da linha de cima."""
    retorno, pix = tmp_path / "sicredi.ret", f"00020126{'X' * 60}6304A1B2"
    dados = {"conta_beneficiario": "12345", "empresa_numero_inscricao": "11222333000181"}
    linhas = escrever_retorno(
        carregar("cnab/748.cnab400.retorno"), dados, [_resposta("02", 0, 0)._replace(classe="ENTRADA_CONFIRMADA")], 1,
        datetime(2026, 11, 28, 8, 0),
    ).decode("latin-1").split("\r\n")  # fmt: skip
    linhas.insert(2, f"8    {pix}".ljust(394) + "000003")
    linhas[3] = linhas[3][:394] + "000004"
    retorno.write_bytes("\r\n".join(linhas).encode("latin-1"))
    assert ler_json(abrir(retorno))["pix"] == [{"linha": 2, "texto": pix}]
    assert "Com Pix: 1 título." in ler(retorno).linhas
