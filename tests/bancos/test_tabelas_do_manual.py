"""As ocorrências e os motivos que cada manual publica, digitados dele, contra as nossas tabelas: nem falta nem sobra.

``manuais.toml`` é cópia do manual, e não da tabela: por banco e formato, os códigos de ocorrência, os que são dinheiro,
baixa, recusa e tarifa, e que motivos valem em que ocorrências. ``a_mais`` são os que vêm de outra versão ou fonte.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.motivos import ClassesComMotivo, Motivos
from guiche.arquivos.plano import formato_com_variante, partir_motivos, regra_do
from guiche.bancos.ocorrencias import motivo, motivos_da, ocorrencia
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


@pytest.mark.parametrize(
    ("apelido", "ocorrencia_e_campo", "classe"),
    [
        ("136.cnab400", "02" + " " * 8 + "  ", "ENTRADA_CONFIRMADA"),
        ("136.cnab400", "02" + "00      " + "02", "BAIXA"),  # a baixa que se pediu
        ("136.cnab240", "02" + "00      " + "06", "ALTERACAO"),
        ("136.cnab400", "03" + "48      " + "01", "ENTRADA_REJEITADA"),
        ("136.cnab240", "03" + "101     " + "09", "INSTRUCAO_REJEITADA"),
        ("033.cnab240", "09" + "92        ", "LIQUIDACAO"),  # a baixa é do Pix que pagou
        ("033.cnab240", "09" + "12        ", "BAIXA"),
        ("085.cnab240", "92" + "S1        ", "INSTRUCAO_REJEITADA"),
        ("085.cnab240", "92" + "40        ", "NEGATIVACAO"),
        ("748.cnab240", "81" + "S1        ", "INSTRUCAO_REJEITADA"),
        ("104.cnab240", "40" + "YE        ", "ENTRADA_REJEITADA"),
        ("341.cnab400", "18" + "42" + " " * 6, "OUTRO"),
    ],
)
def test_a_classe_e_a_da_ocorrencia_com_o_seu_motivo(apelido: str, ocorrencia_e_campo: str, classe: str) -> None:
    layout = carregar(f"cnab/{apelido}.retorno")
    classes = ClassesComMotivo(Motivos(regra_do(layout), layout.banco, formato_com_variante(layout)))
    assert classes[ocorrencia_e_campo] == classe


@pytest.mark.parametrize("manual", [m for m in MANUAIS if m.endswith(".cnab240")])
def test_o_codigo_que_e_o_da_febraban_diz_o_que_ela_diz(manual: str) -> None:
    """O que guarda do texto de uma lista posto noutra: só muda de sentido o que o manual do banco muda."""
    banco, _, formato = manual.partition(".")
    muda = {
        (dona, codigo)
        for donas, _, lista in (linha.partition("|") for linha in MANUAIS[manual].get("outro_sentido", ()))
        for dona in donas.split()
        for codigo in codigos(lista) or ["*"]
    }
    if ("*", "*") in muda:
        return
    for dona in ("02", "03", "06", "09", "17", "26", "28", "30"):
        for codigo in motivos_da("000", formato, dona):
            nosso = motivo(banco, formato, dona, codigo)
            if codigo in motivos_da(banco, formato, dona) and (dona, codigo) not in muda:
                assert nosso.texto == motivo("000", formato, dona, codigo).texto, (dona, codigo)


_TARIFA_FORA_DO_LUGAR = {
    ("041", "cnab240", "92"), ("085", "cnab240", "99"),
    *(("097", "cnab240", c) for c in ("21", "22", "23", "24", "25")),
}  # fmt: skip
"""As que o manual põe no motivo de outra ocorrência que não a de tarifa."""


@pytest.mark.parametrize("banco", sorted(p.stem for p in (pasta() / "codigos/cobranca").glob("*.toml")))
def test_motivo_de_tarifa_so_na_ocorrencia_de_tarifa(banco: str) -> None:
    for linha in ler_toml(f"codigos/cobranca/{banco}").get("motivos", ()):
        tarifa = linha["texto"].startswith(("Tarifa", "Custa", "Custo"))
        for formato in linha["formatos"]:
            for dona in (o for o in linha["ocorrencias"] if o != "*"):
                e_tarifa = ocorrencia(banco, formato, dona).classe == "TARIFA"
                fora = (banco, formato, linha["codigo"]) in _TARIFA_FORA_DO_LUGAR
                reservado = linha["texto"].startswith("Código reservado")
                assert tarifa == e_tarifa or fora or reservado, (formato, dona, linha["codigo"])


@pytest.mark.parametrize("banco", ["435", "633", "643"])
def test_os_bancos_do_leiaute_do_fibra_dizem_o_mesmo(banco: str) -> None:
    """Delcred e Pine não têm manual público: as ocorrências são, palavra por palavra, as do Fibra e do Rendimento."""
    campos = ("texto", "acao", "quem", "gravidade", "campo")
    fibra, dele = (
        {(o, m["codigo"]): [m.get(c) for c in campos] for m in motivos for o in m["ocorrencias"]}
        for motivos in (ler_toml(f"codigos/cobranca/{b}")["motivos"] for b in ("224", banco))
    )
    assert fibra == dele
    assert motivo(banco, "cnab400", "03", "22").texto != motivo(banco, "cnab400", "16", "22").texto
