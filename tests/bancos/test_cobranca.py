"""As tabelas de códigos da cobrança: fechadas, claras, e que nunca adivinham um pagamento."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from guiche.arquivos.plano import partir_motivos
from guiche.bancos.ocorrencias import PAGAS, classes, codigo_do_pedido, comando, comandos, motivo, ocorrencia, pedidos
from guiche.erros import ErroDeRegra
from guiche.layout.carga import carregar, ler_toml, pasta

BANCOS = sorted(p.stem for p in (pasta() / "codigos" / "cobranca").glob("*.toml"))
QUEM = {"empresa", "banco", "pagador", "ninguem"}
GRAVIDADES = {"informacao", "corrigir", "cobrar", "perda"}
FORMATOS = {
    "cnab240", "cnab400", "cnab444", "cnab240_cnr", "cnab400_cnr", "cnab400_correspondente",
}  # fmt: skip
por_banco = pytest.mark.parametrize("banco", BANCOS)


def linhas(banco: str, tabela: str) -> list[dict[str, Any]]:
    lista: list[dict[str, Any]] = ler_toml(f"codigos/cobranca/{banco}").get(tabela, [])
    return lista


@por_banco
def test_cada_linha_diz_o_que_houve_o_que_fazer_e_quem_age(banco: str) -> None:
    for linha in linhas(banco, "ocorrencias") + linhas(banco, "motivos"):
        assert linha["quem"] in QUEM, linha
        assert linha["gravidade"] in GRAVIDADES, linha
        assert (linha["quem"] == "ninguem") == (linha["acao"] == "nada a fazer"), linha
        assert linha["texto"].endswith("."), linha
        assert linha["texto"][0].isupper(), linha
        assert "apoio da tabela" not in linha["texto"]
        assert set(linha["formatos"]) <= FORMATOS


@por_banco
def test_as_listas_sao_fechadas(banco: str) -> None:
    assert {linha["classe"] for linha in linhas(banco, "ocorrencias")} <= set(classes()) - {"DESCONHECIDA"}
    assert {linha["pedido"] for linha in linhas(banco, "comandos")} <= set(pedidos())


@por_banco
def test_nenhum_codigo_tem_dois_sentidos(banco: str) -> None:
    ocorrencias = [(f, x["codigo"]) for x in linhas(banco, "ocorrencias") for f in x["formatos"]]
    motivos = [
        (f, o, x["codigo"], x.get("lugar")) for x in linhas(banco, "motivos") for f in x["formatos"]
        for o in x["ocorrencias"]
    ]  # fmt: skip
    codigos = [(f, x["codigo"]) for x in linhas(banco, "comandos") for f in x["formatos"]]
    for chaves in (ocorrencias, motivos, codigos):
        assert not [chave for chave, vezes in Counter(chaves).items() if vezes > 1]


@por_banco
def test_registrar_e_baixar_tem_um_codigo_so(banco: str) -> None:
    pares = [(f, x["pedido"]) for x in linhas(banco, "comandos") for f in x["formatos"]]
    assert not [p for p, vezes in Counter(pares).items() if vezes > 1 and p[1] in {"REGISTRAR", "BAIXAR"}]


@pytest.mark.parametrize(
    ("banco", "formato", "codigo", "classe"),
    [
        ("001", "cnab240", "06", "LIQUIDACAO"),
        ("001", "cnab400_conv6", "06", "LIQUIDACAO"),
        ("033", "cnab240", "09", "BAIXA"),
        ("033", "cnab240", "93", "PAGAMENTO_AVISADO"),
        ("077", "cnab400", "04", "LIQUIDACAO"),
        ("077", "cnab400", "06", "LIQUIDACAO"),
        ("341", "cnab400", "10", "BAIXA"),
        ("341", "cnab400", "95", "PAGAMENTO_AVISADO"),
        ("341", "cnab400", "07", "LIQUIDACAO_PARCIAL"),
        ("136", "cnab400", "07", "PAGAMENTO_AVISADO"),
        ("004", "cnab400", "51", "REJEITADA"),
        ("004", "cnab400", "52", "INSTRUCAO_REJEITADA"),
        ("104", "cnab240", "44", "PAGAMENTO_DESFEITO"),
        ("341", "cnab444", "02", "ENTRADA_CONFIRMADA"),
        ("237", "cnab400", "28", "TARIFA"),
        ("655", "cnab240", "06", "LIQUIDACAO"),
        ("399", "cnab400_cnr", "16", "DESCONHECIDA"),
    ],
)
def test_classe_do_manual(banco: str, formato: str, codigo: str, classe: str) -> None:
    assert ocorrencia(banco, formato, codigo).classe == classe


@por_banco
def test_o_padrao_nao_empresta_pagamento_a_banco_que_tem_tabela(banco: str) -> None:
    for formato in ("cnab240", "cnab400"):
        tem_tabela = any(formato in x["formatos"] for x in linhas(banco, "ocorrencias"))
        proprias = {x["codigo"] for x in linhas(banco, "ocorrencias") if formato in x["formatos"]}
        for n in range(100):
            codigo = f"{n:02d}"
            if codigo not in proprias and (tem_tabela or formato == "cnab400"):
                assert ocorrencia(banco, formato, codigo).classe not in PAGAS, codigo


def test_codigo_desconhecido_diz_que_o_e() -> None:
    achada = ocorrencia("341", "cnab400", "00")
    assert (achada.classe, achada.gravidade) == ("DESCONHECIDA", "revisar")
    assert "'00'" in achada.texto
    estranho = motivo("341", "cnab400", "06", "ZZ")
    assert not estranho.conhecido
    assert "'ZZ'" in estranho.texto


def test_o_motivo_depende_da_ocorrencia() -> None:
    assert motivo("237", "cnab400", "03", "08").texto != motivo("237", "cnab400", "28", "08").texto


def test_banco_sem_comandos_so_registra_e_baixa() -> None:
    assert {c.pedido for c in comandos("341", "cnab400")} == {"REGISTRAR", "BAIXAR"}
    with pytest.raises(ErroDeRegra, match="não tem na tabela"):
        codigo_do_pedido("341", "cnab400", "PROTESTAR")


def test_pedido_com_dois_codigos_nao_se_escolhe() -> None:
    with pytest.raises(ErroDeRegra, match="2 códigos"):
        codigo_do_pedido("021", "cnab400", "MENSAGENS")


@por_banco
def test_a_duvida_diz_o_que_se_segue(banco: str) -> None:
    """Se “não se conhece”, a tabela de fato não a tem; senão, tem."""
    for duvida in linhas(banco, "duvidas"):
        for codigo in duvida["codigos"]:
            desconhecida = ocorrencia(banco, duvida["formato"], codigo).classe == "DESCONHECIDA"
            diz = duvida["duvida"].endswith("não se conhece") and "motivo 01" not in duvida["duvida"]
            assert desconhecida == diz, (duvida["formato"], codigo)


@pytest.mark.parametrize(
    ("banco", "formato", "codigo", "pedido"),
    [("104", "cnab240", "06", "ALTERAR_VENCIMENTO"), ("000", "cnab240", "04", "CONCEDER_ABATIMENTO"),
     ("756", "cnab400", "34", "BAIXAR_POR_PAGAMENTO_DIRETO"), ("033", "cnab400", "98", "NAO_PROTESTAR")],
)  # fmt: skip
def test_comando_do_manual(banco: str, formato: str, codigo: str, pedido: str) -> None:
    assert comando(banco, formato, codigo).pedido == pedido
    assert codigo_do_pedido(banco, formato, pedido) == codigo


@pytest.mark.caso("R-04")
@pytest.mark.parametrize(
    ("codigo", "diz"), [("P1", "com o QR Code"), ("P2", "sem o QR Code"), ("P3", "chave não vale")]
)
def test_o_bradesco_diz_se_o_boleto_tem_pix(codigo: str, diz: str) -> None:
    achado = motivo("237", "cnab400", "02", codigo)
    assert achado.conhecido
    assert diz in achado.texto


@pytest.mark.caso("R-03")
def test_os_sinais_do_bnb_sao_motivos_e_o_51_serve_ao_registro_e_aos_pedidos() -> None:
    layout = carregar("cnab/004.cnab400.retorno")
    largura = layout.registros["detalhe_1"].campo("tabela_erros").largura
    campo = "".join("1" if n in {6, 29, 43} else "0" for n in range(1, largura + 1))
    codigos = partir_motivos(layout, "51", campo)
    assert codigos == ("06", "29", "43")
    textos = [motivo("004", "cnab400", "51", codigo) for codigo in codigos]
    assert all(m.conhecido for m in textos)
    assert [m.texto for m in textos][1:] == ["Falta o nome do pagador.", "O título já foi pago."]
    assert ocorrencia("004", "cnab400", "51").classe == "REJEITADA"
    assert "não vale" not in ocorrencia("004", "cnab400", "51").texto
