"""O que cada banco escreve no retorno à sua maneira, do arquivo à aba."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from guiche.layout.carga import carregar
from guiche.livro import boletos as livro_boletos
from guiche.livro.boletos import Boleto
from guiche.servicos.boletos import impressao
from guiche.servicos.boletos.impressao import Saida
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado.escrita import escrever_retorno
from tests.servicos.apoio import ler, na, titulo
from tests.servicos.test_retorno_boletos import (
    AGORA,
    DIA,
    arquivo,
    emitidos,
    emv,
    estados,
    importado,
    pasta,
    quatro,
    resposta,
    situacao,
)

BANCOS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "748": (
        {"formato": "CNAB400", "carteira": "1", "posto": "01"},
        {"banco": "748", "agencia": "1234", "convenio": "12345"},
        {"codigo_banco": "748", "codigo_beneficiario": "12345", "empresa_numero_inscricao": "11222333000181"},
    ),
    "001": (
        {"formato": "CNAB400", "carteira": "17", "variacao": "019"},
        {"banco": "001", "agencia": "1234", "convenio": "1234567"},
        {"banco_literal": "001BANCO DO BRASIL", "convenio": "1234567", "convenio_lider": "1234567"},
    ),
    "004": (
        {"formato": "CNAB400", "carteira": "21", "agencia_dv": "3"},
        {"banco": "004", "agencia": "0123", "conta": "0001234", "conta_dv": "5", "convenio": "1234567"},
        {"codigo_banco": "004", "agencia": "0123", "conta": "0001234", "conta_dv": "5"},
    ),
    "237": (
        {"formato": "CNAB400", "carteira": "09", "agencia_dv": "3"},
        {"banco": "237", "agencia": "1234", "convenio": "1234567"},
        {"codigo_banco": "237", "codigo_empresa": "1234567", "empresa_numero_inscricao": "11222333000181"},
    ),
}  # fmt: skip
"""O contrato, a conta e o cabeçalho com que o banco responde."""


def _emitidos(onde: Path, banco: str, quantos: int = 2) -> tuple[Path, list[Boleto]]:
    contrato, conta, _ = BANCOS[banco]
    caminho = pasta(onde, [titulo(f"T{n}", DIA, f"{100 * n}.00") for n in range(1, quantos + 1)], contrato, **conta)
    return caminho, emitidos(caminho)


def _responde(
    caminho: Path,
    banco: str,
    linhas: list[Any],
    numero: int = 1,
    *,
    muda: Callable[[str], str] | None = None,
    **pix: Any,
) -> Any:
    destino = caminho.parent / f"r{numero}.ret"
    layout = carregar(f"cnab/{banco}.cnab400.retorno")
    escrito = escrever_retorno(layout, BANCOS[banco][2], linhas, numero, AGORA, **pix).decode("latin-1")
    destino.write_bytes((muda(escrito) if muda else escrito).encode("latin-1"))
    with na(caminho, AGORA.date()) as ctx:
        return importar(ctx, destino, confirmar=True)


def _nosso(b: Boleto) -> str:
    return "".join(c for c in b.nosso_numero if c.isalnum())


@pytest.mark.caso("R-05")
@pytest.mark.parametrize("banco", ["748", "001"])
def test_o_pix_do_boleto_hibrido_se_guarda_e_se_imprime(tmp_path: Path, banco: str) -> None:
    caminho, feitos = _emitidos(tmp_path, banco)
    linhas = [resposta(b, "02", classe="ENTRADA_CONFIRMADA", nosso_numero=_nosso(b)) for b in feitos]
    feito = _responde(caminho, banco, linhas, pix={0: emv(10_000)})
    assert feito.dados["pix"] == 1
    assert [b["pix"] for b in ler(caminho, "boletos")] == [emv(10_000), ""]
    with na(caminho, AGORA.date()) as ctx:
        (pdf,) = impressao.imprimir(ctx, [1], Saida()).arquivos
    assert "".join(emv(10_000).split()) in "".join(pypdf.PdfReader(pdf).pages[0].extract_text().split())


@pytest.mark.caso("R-03")
def test_o_51_do_bnb_num_boleto_registrado_recusa_o_pedido_e_nao_diz_que_ele_nao_vale(tmp_path: Path) -> None:
    """BNB, CNAB 400 v2.0, p. 12 e 14-15: cada posição de 280 a 394 é um erro."""
    caminho, feitos = _emitidos(tmp_path, "004")
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
    entrada = [resposta(b, "02", classe="ENTRADA_CONFIRMADA", nosso_numero=_nosso(b)) for b in feitos]
    _responde(caminho, "004", entrada)
    with na(caminho) as ctx:
        fila.pedir(ctx, 1, "alterar_vencimento", dia=DIA + timedelta(days=30))
    with na(caminho) as ctx:
        feita = remessa.gerar(ctx, "")
        assert feita.dados.get("por_comando") == {"alterar_vencimento": 1}, (feita.linhas, feita.problemas, feita.dados)
    sinais = "".join("1" if n == 43 else "0" for n in range(1, 116))
    recusa = resposta(feitos[0], "51", classe="REJEITADA", nosso_numero=_nosso(feitos[0]), motivos=(sinais,))
    feito = _responde(caminho, "004", [recusa], 2)
    ultima = ler(caminho, "boleto_respostas")[-1]
    assert ultima["situacao"] == "PEDIDO RECUSADO"
    assert "já foi pago" in str(ultima["aviso"])
    dito = " ".join(map(str, [*feito.linhas, *ultima.values(), *(p.mensagem for p in feito.problemas)]))
    assert "não vale" not in dito
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["REGISTRADO", "REGISTRADO"]
    assert ler(caminho, "boletos")[0]["vencimento"] == DIA
    with na(caminho) as ctx:
        assert livro_boletos.buscar(ctx.livro, 1).codigo_barras == feitos[0].codigo_barras  # type: ignore[union-attr]
        assert "NA FILA" not in {p["situacao"] for p in fila.listar(ctx).dados["pedidos"]}


@pytest.mark.caso("R-01")
@pytest.mark.parametrize(("letra", "situacao"), [("A", "PEDIDO FEITO"), ("D", "PEDIDO RECUSADO")])
def test_pedido_de_protesto_desprezado_e_recusado(tmp_path: Path, letra: str, situacao: str) -> None:
    """Bradesco, CNAB 400, p. 46 e 47: 295 diz A ou D."""
    caminho, feitos = _emitidos(tmp_path, "237")
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
    entrada = [resposta(b, "02", classe="ENTRADA_CONFIRMADA", nosso_numero=_nosso(b)) for b in feitos]
    _responde(caminho, "237", entrada)
    with na(caminho, DIA + timedelta(days=10)) as ctx:
        fila.pedir(ctx, 1, "protestar")
    with na(caminho, DIA + timedelta(days=10)) as ctx:
        remessa.gerar(ctx, "")
    protesto = resposta(feitos[0], "19", classe="PROTESTO", nosso_numero=_nosso(feitos[0]))
    casa = 402 + 294  # a posição 295 da segunda linha
    _responde(caminho, "237", [protesto], 2, muda=lambda escrito: escrito[:casa] + letra + escrito[casa + 1 :])
    assert ler(caminho, "boleto_respostas")[-1]["situacao"] == situacao


@pytest.mark.caso("R-17")
def test_no_bb_o_73_nao_e_dinheiro_e_o_03_de_quem_espera_registro_e_do_registro(tmp_path: Path) -> None:
    """CBR643, notas 05 e 07, p. 17 a 23, e p. 29: o 73 confirma a regra de pagamento em partes."""
    caminho, feitos = _emitidos(tmp_path, "001")
    linhas = [
        resposta(feitos[0], "73", classe="ALTERACAO", nosso_numero=_nosso(feitos[0]), valor_pago=feitos[0].valor),
        resposta(feitos[1], "03", classe="REJEITADA", nosso_numero=_nosso(feitos[1]), motivos=("82",)),
    ]
    feito = _responde(caminho, "001", linhas)
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["A REGISTRAR", "REJEITADO"]
    assert feito.dados["rejeitados"] == 1
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"EM BOLETO"}
    assert "CEP" in str(ler(caminho, "boleto_respostas")[-1]["aviso"])


@pytest.mark.caso("R-17")
def test_a_baixa_de_quem_ja_pagou_nao_devolve_o_titulo_a_cobranca(tmp_path: Path) -> None:
    """Itaú, julho de 2021, nota 17: 09 é baixa simples; 10, baixa por ter sido liquidado."""
    caminho, feitos = quatro(tmp_path)
    linhas = [resposta(feitos[0], "09", classe="BAIXA"), resposta(feitos[1], "10", classe="BAIXA")]
    feito = importado(caminho, arquivo(caminho, linhas))
    assert (feito.dados["baixados"], feito.dados["divergencias"]) == (1, 1)
    assert estados(caminho)[:2] == ["BAIXADO", "A REGISTRAR"]
    assert [situacao(caminho)[t] for t in ("T1", "T2")] == ["EM ABERTO", "EM BOLETO"]
    assert "já foi pago" in str(ler(caminho, "boleto_respostas")[-1]["aviso"])
