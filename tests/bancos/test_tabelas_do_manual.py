"""As ocorrências e os motivos que cada manual publica, digitados dele, contra as nossas tabelas: nem falta nem sobra.

``manuais.toml`` é cópia do manual, e não da tabela: por banco e formato, os códigos de ocorrência, os que são dinheiro,
baixa, recusa e tarifa, e que motivos valem em que ocorrências. ``a_mais`` são os que vêm de outra versão ou fonte.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.plano import formato_com_variante, partir_motivos, regra_do
from guiche.bancos.cobranca import motivo, motivos_da, ocorrencia
from guiche.layout.carga import carregar, existe, ler_toml, pasta
from guiche.layout.modelo import Layout

pytestmark = pytest.mark.caso("R-17")
MANUAIS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "manuais.toml").read_text("utf-8"))
CLASSES = {
    "entradas": {"ENTRADA_CONFIRMADA"}, "recusas": {"ENTRADA_REJEITADA"}, "recusas_de_qualquer": {"REJEITADA"},
    "pedidos_recusados": {"INSTRUCAO_REJEITADA"}, "pagas": {"LIQUIDACAO", "LIQUIDACAO_PARCIAL"}, "baixas": {"BAIXA"},
    "avisadas": {"PAGAMENTO_AVISADO"}, "desfeitas": {"PAGAMENTO_DESFEITO"}, "tarifas": {"TARIFA"},
}  # fmt: skip
_SO_DA_ENTRADA = {"399": {"cnab240_cnr", "cnab400_cnr"}}
"""Sem registro, não se pede nada de um título que o banco não tem."""
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
    banco, _, formato = manual.partition(".")
    dados = MANUAIS[manual]
    nossas = {o["codigo"] for o in ler_toml(f"codigos/cobranca/{banco}")["ocorrencias"] if formato in o["formatos"]}
    assert nossas - set(codigos(dados.get("ocorrencias_a_mais", ""))) == set(codigos(dados["ocorrencias"]))


@por_manual
def test_dinheiro_baixa_recusa_e_tarifa_sao_os_do_manual(manual: str) -> None:
    banco, _, formato = manual.partition(".")
    dados = MANUAIS[manual]
    for nome, classes in CLASSES.items():
        sao = {c for c in codigos(dados["ocorrencias"]) if ocorrencia(banco, formato, c).classe in classes}
        assert sao == set(codigos(dados.get(nome, ""))), nome


@por_manual
def test_os_motivos_de_cada_ocorrencia_sao_os_do_manual(manual: str) -> None:
    banco, _, formato = manual.partition(".")
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
    banco, _, formato = manual.partition(".")
    for dona, codigo, palavra in (linha.split(maxsplit=2) for linha in MANUAIS[manual].get("diz", ())):
        assert palavra in motivo(banco, formato, dona, codigo).texto.lower(), (dona, codigo)


@por_manual
def test_o_motivo_que_muda_o_sentido_da_ocorrencia_o_diz(manual: str) -> None:
    """O que responde a um pedido e o recusa é recusa, mesmo se a ocorrência é a de andamento."""
    banco, _, formato = manual.partition(".")
    for dona, lista, classe in (linha.split("|") for linha in MANUAIS[manual].get("classes", ())):
        for codigo in codigos(lista):
            assert motivo(banco, formato, dona.strip(), codigo).classe == classe.strip(), (dona, codigo)


def _no_campo(layout: Layout, dona: str, codigo: str) -> str:
    """O campo de motivos do retorno só com este código, no pedaço dele."""
    regra = regra_do(layout)
    if regra.get("sinais"):
        return "0" * (int(codigo) - 1) + "1"
    por_ocorrencia = regra.get("pedacos_do_motivo", {})
    for de, _, letra in por_ocorrencia.get(dona, por_ocorrencia.get("*", ())):
        if letra and len(codigo) > len("99") and codigo.startswith(letra):
            return f"{'':{de - 1}}{codigo[1:]}"
    return codigo


@pytest.mark.parametrize("apelido", sorted(p.stem for p in (pasta() / "cnab").glob("*.retorno.toml")))
def test_todo_motivo_da_tabela_se_le_do_campo_do_retorno(apelido: str) -> None:
    layout = carregar(f"cnab/{apelido}")
    formato = formato_com_variante(layout)
    linhas = ler_toml(f"codigos/cobranca/{layout.banco}").get("motivos", ()) if existe(_tabela(layout)) else ()
    for linha in (m for m in linhas if formato in m["formatos"] and not m.get("lugar")):
        for dona in linha["ocorrencias"]:
            campo = _no_campo(layout, dona, linha["codigo"])
            assert partir_motivos(layout, dona, campo) == (linha["codigo"],), (dona, linha["codigo"])


def _tabela(layout: Layout) -> str:
    return f"codigos/cobranca/{layout.banco}"


@pytest.mark.parametrize(
    ("apelido", "dona", "campo", "codigos"),
    [
        ("104.cnab240", "06", "020230    ", ("02", "D02")),  # lotérica, em cheque, trinta dias até o crédito
        ("104.cnab240", "06", "020101    ", ("02", "D01")),
        ("104.cnab240", "03", "0848AC    ", ("08", "48", "AC")),
        ("341.cnab240", "03", "031400000000", ("03", "14")),
        ("341.cnab240", "24", "000000003103", ("3103",)),  # o do protesto vem no segmento U
        ("136.cnab400", "03", "101     09", ("101", "I09")),
        ("136.cnab400", "03", "1016    01", ("10", "16", "I01")),
        ("136.cnab240", "02", "00      02", ("I02",)),
        ("136.cnab240", "03", "E10C10  09", ("E10", "C10", "I09")),
    ],
)
def test_cada_pedaco_do_campo_tem_seus_codigos(apelido: str, dona: str, campo: str, codigos: tuple[str, ...]) -> None:
    assert partir_motivos(carregar(f"cnab/{apelido}.retorno"), dona, campo) == codigos


@pytest.mark.parametrize("banco", sorted(p.stem for p in (pasta() / "codigos/cobranca").glob("*.toml")))
def test_a_baixa_que_diz_que_se_pagou_nao_e_so_baixa(banco: str) -> None:
    tabela = ler_toml(f"codigos/cobranca/{banco}")
    baixas = {(f, o["codigo"]) for o in tabela.get("ocorrencias", ()) for f in o["formatos"] if o["classe"] == "BAIXA"}
    for motivo_ in tabela.get("motivos", ()):
        for formato, dona in ((f, o) for f in motivo_["formatos"] for o in motivo_["ocorrencias"]):
            if (formato, dona) in baixas and motivo_["texto"].startswith("Pago"):
                assert motivo_.get("paga") or motivo_.get("classe"), (formato, dona, motivo_["codigo"])


@pytest.mark.parametrize("banco", sorted(p.stem for p in (pasta() / "codigos/cobranca").glob("*.toml")))
def test_quem_recusa_tem_com_que_recusar_um_pedido(banco: str) -> None:
    """Onde só há a recusa da entrada, ela responde também aos pedidos: diz-se sem dizer de qual."""
    ocorrencias = ler_toml(f"codigos/cobranca/{banco}").get("ocorrencias", ())
    for formato in {f for o in ocorrencias for f in o["formatos"]} - _SO_DA_ENTRADA.get(banco, set()):
        classes = {o["classe"] for o in ocorrencias if formato in o["formatos"]}
        assert "ENTRADA_REJEITADA" not in classes or classes & {"REJEITADA", "INSTRUCAO_REJEITADA"}, formato
