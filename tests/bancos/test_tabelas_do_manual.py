"""As ocorrências e os motivos que cada manual publica, digitados dele, contra as nossas tabelas: nem falta nem sobra.

``manuais.toml`` é cópia do manual, e não da tabela: por banco e formato, os códigos de ocorrência, os que são dinheiro,
baixa, recusa e tarifa, e que motivos valem em que ocorrências. ``a_mais`` são os que vêm de outra versão ou fonte.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from guiche.bancos.cobranca import motivo, motivos_da, ocorrencia
from guiche.layout.carga import ler_toml

pytestmark = pytest.mark.caso("R-17")
MANUAIS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "manuais.toml").read_text("utf-8"))
CLASSES = {
    "entradas": {"ENTRADA_CONFIRMADA"}, "recusas": {"ENTRADA_REJEITADA"}, "recusas_de_qualquer": {"REJEITADA"},
    "pedidos_recusados": {"INSTRUCAO_REJEITADA"}, "pagas": {"LIQUIDACAO", "LIQUIDACAO_PARCIAL"}, "baixas": {"BAIXA"},
    "avisadas": {"PAGAMENTO_AVISADO"}, "desfeitas": {"PAGAMENTO_DESFEITO"}, "tarifas": {"TARIFA"},
}  # fmt: skip
por_manual = pytest.mark.parametrize("manual", MANUAIS)


def codigos(texto: str) -> list[str]:
    """``"01-03 A1"`` → 01, 02, 03 e A1; no intervalo só muda o número do fim."""
    achados: list[str] = []
    for parte in texto.split():
        primeiro, _, ultimo = parte.partition("-")
        letra = primeiro.rstrip("0123456789")
        largura = len(primeiro) - len(letra)
        de, ate = int(primeiro[len(letra) :] or 0), int(ultimo[len(letra) :] or 0)
        achados += [f"{letra}{n:0{largura}d}" for n in range(de, ate + 1)] if ultimo else [primeiro]
    return achados


@por_manual
def test_as_ocorrencias_sao_as_do_manual(manual: str) -> None:
    banco, formato = manual.split(".")
    dados = MANUAIS[manual]
    nossas = {o["codigo"] for o in ler_toml(f"codigos/cobranca/{banco}")["ocorrencias"] if formato in o["formatos"]}
    assert nossas - set(codigos(dados.get("ocorrencias_a_mais", ""))) == set(codigos(dados["ocorrencias"]))


@por_manual
def test_dinheiro_baixa_recusa_e_tarifa_sao_os_do_manual(manual: str) -> None:
    banco, formato = manual.split(".")
    dados = MANUAIS[manual]
    for nome, classes in CLASSES.items():
        sao = {c for c in codigos(dados["ocorrencias"]) if ocorrencia(banco, formato, c).classe in classes}
        assert sao == set(codigos(dados.get(nome, ""))), nome


@por_manual
def test_os_motivos_de_cada_ocorrencia_sao_os_do_manual(manual: str) -> None:
    banco, formato = manual.split(".")
    dados = MANUAIS[manual]
    a_mais = {o: set(codigos(lista)) for donas, lista in dados.get("a_mais", ()) for o in donas.split()}
    do_manual: dict[str, set[str]] = {}
    for donas, lista in dados.get("motivos", ()):
        for dona in donas.split():
            do_manual.setdefault(dona, set()).update(codigos(lista))
    for dona, lista in do_manual.items():
        assert set(motivos_da(banco, formato, dona)) - a_mais.get(dona, set()) == lista, dona


@por_manual
def test_o_motivo_diz_o_que_o_manual_diz(manual: str) -> None:
    banco, formato = manual.split(".")
    for dona, codigo, palavra in (linha.split(maxsplit=2) for linha in MANUAIS[manual].get("diz", ())):
        assert palavra in motivo(banco, formato, dona, codigo).texto.lower(), (dona, codigo)


@por_manual
def test_o_motivo_que_muda_o_sentido_da_ocorrencia_o_diz(manual: str) -> None:
    """O que responde a um pedido e o recusa é recusa, mesmo se a ocorrência é a de andamento."""
    banco, formato = manual.split(".")
    for dona, lista, classe in (linha.split("|") for linha in MANUAIS[manual].get("classes", ())):
        for codigo in codigos(lista):
            assert motivo(banco, formato, dona.strip(), codigo).classe == classe.strip(), (dona, codigo)
