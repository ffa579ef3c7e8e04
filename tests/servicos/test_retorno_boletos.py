"""O retorno da cobrança sobre o livro: cada ocorrência faz o que deve, e nada mais."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.pix import registros_do_pix
from guiche.arquivos.plano import Titulo
from guiche.bancos.ocorrencias import codigos_da_classe
from guiche.boleto.pix import copia_e_cola, crc16
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.layout.carga import carregar
from guiche.layout.carga import pasta as raiz
from guiche.layout.modelo import Registro
from guiche.livro import boletos as livro_boletos
from guiche.livro.boletos import Boleto
from guiche.oficio.recepcao import Aceita
from guiche.oficio.resultado import Resultado
from guiche.servicos.boletos import emissao, impressao
from guiche.servicos.boletos.impressao import Saida
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.cuidados.desfazer import desfazer
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from guiche.servicos.treino.simulado.escrita import escrever_retorno
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, cliente, conta_de_boletos, ler, montar, na, titulo

CONTRATO: dict[str, Any] = {
    "conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1, São Paulo/SP", "formato": "CNAB400",
}  # fmt: skip
DIA = HOJE + timedelta(days=10)
AGORA = datetime(2026, 8, 15, 8, 0)
CABECALHO: Mapping[str, Any] = {
    "agencia": "0057", "conta": "12345", "dac": "7", "empresa_numero_inscricao": "11222333000181",
}  # fmt: skip
LAYOUT = "341.cnab400.retorno"


def pasta(
    onde: Path, titulos: Sequence[dict[str, Any]], contrato: Mapping[str, Any] | None = None, **conta: Any
) -> Path:
    pessoas = [cliente("A", 1, optante="Não", **ENDERECO), cliente("B", 2, optante="Não", **ENDERECO)]
    contas = [CONTA, conta_de_boletos(**conta)]
    return montar(onde, clientes=pessoas, titulos=titulos, contas=contas, cobranca=[CONTRATO | dict(contrato or {})])


def emitidos(caminho: Path, *, juntar: bool = False) -> list[Boleto]:
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=juntar)
        return livro_boletos.listar(ctx.livro)


def quatro(onde: Path, **conta: Any) -> tuple[Path, list[Boleto]]:
    caminho = pasta(onde, [titulo(f"T{n}", DIA, f"{100 * n}.00", "AB"[n % 2]) for n in range(1, 5)], **conta)
    return caminho, emitidos(caminho)


def resposta(boleto: Boleto, codigo: str = "06", **dados: Any) -> Titulo:
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    pago = boleto.valor if codigo == "06" else None
    return Titulo(**vazio | {
        "linha": 0, "nosso_numero": f"{boleto.numero:08d}", "codigo_movimento": codigo, "motivos": (),
        "classe": "LIQUIDACAO", "valor_titulo": boleto.valor, "valor_pago": pago,
        "data_vencimento": date.fromisoformat(boleto.vencimento),
        "data_ocorrencia": DIA, "codigo_carteira": "109",
    } | dados)  # fmt: skip


def arquivo(
    caminho: Path, respostas: Sequence[Titulo], *, numero: int = 1, nome: str = "", layout: str = LAYOUT
) -> Path:
    destino = caminho.parent / (nome or f"CB{numero:04d}.RET")
    destino.write_bytes(escrever_retorno(carregar(f"cnab/{layout}"), CABECALHO, respostas, numero, AGORA))
    return destino


def importado(caminho: Path, retorno: Path, **opcoes: Any) -> Resultado:
    with na(caminho, AGORA.date(), "rui") as ctx:
        return importar(ctx, retorno, confirmar=True, **opcoes)


def estados(caminho: Path) -> list[str]:
    return [str(b["situacao"]) for b in ler(caminho, "boletos")]


def situacao(caminho: Path) -> dict[str, str]:
    return {str(t["numero"]): str(t["situacao"]) for t in ler(caminho, "titulos")}


@pytest.mark.requisito("K-01", "K-03", "K-05", "K-09", "K-10", "K-11", "K-12", "K-13", "S-82")
def test_tres_pagamentos_pagam_tres_titulos_e_as_contas_fecham(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    retorno = arquivo(caminho, [resposta(b, valor_tarifa=210) for b in emitido[:3]], numero=7)
    with na(caminho, AGORA.date()) as ctx:
        antes = caminho.read_bytes()
        previa = importar(ctx, retorno)
    assert caminho.read_bytes() == antes
    assert "Prévia" in previa.linhas[0]
    feito = importado(caminho, retorno)
    assert {**feito.dados, "codigo": None} == dict(previa.dados)
    assert feito.dados["lidos"] == 3
    assert sum(int(feito.dados[c]) for c in (
        "pagos", "registrados", "rejeitados", "baixados", "divergencias", "ja_processados", "outros"
    )) == 3  # fmt: skip
    assert situacao(caminho) == {"T1": "PAGO", "T2": "PAGO", "T3": "PAGO", "T4": "EM BOLETO"}
    assert estados(caminho) == ["PAGO", "PAGO", "PAGO", "A REGISTRAR"]
    (linha,) = ler(caminho, "retornos")
    assert [linha[c] for c in ("codigo", "numero", "tipo", "usuario", "registros", "debitados", "total_debitado")] == [
        1.0, "00007", "COBRANCA_400", "rui", 3.0, 3.0, 600.0,
    ]  # fmt: skip
    assert linha["data_emissao"] == AGORA.date()
    assert linha["linhas"] == "3 linhas"
    assert openpyxl.load_workbook(caminho)["Retornos"]["K2"].value == (
        """=HYPERLINK("#'Respostas dos boletos'!A2:T4","3 linhas")"""
    )
    movimento = ler(caminho, "movimento_banco")
    assert [(m["titulo"], m["valor"], m["origem"]) for m in movimento] == [
        ("T1", 100.0, "RETORNO"), ("T2", 200.0, "RETORNO"), ("T3", 300.0, "RETORNO"),
        ("", -6.3, "TARIFA"),
    ]  # fmt: skip
    assert {m["data"] for m in movimento} == {DIA}
    assert str(movimento[-1]["historico"]).endswith("(3 tarifas)")
    (primeira, *_) = respostas = ler(caminho, "boleto_respostas")
    assert (primeira["pago"], primeira["tarifa"], primeira["situacao"]) == (100.0, 2.1, "PAGO")
    assert [r["tarifa"] for r in respostas] == [2.1] * 3
    assert "pag" in str(primeira["motivo"]).lower()


@pytest.mark.requisito("K-20")
def test_o_mesmo_arquivo_nao_paga_duas_vezes(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    retorno = arquivo(caminho, [resposta(emitido[0])], numero=3)
    importado(caminho, retorno)
    renomeado = retorno.rename(tmp_path / "outro.txt")
    with pytest.raises(ErroGuiche, match="já importado") as erro:
        importado(caminho, renomeado)
    assert erro.value.codigo == "retorno.ja_importado"
    outro = arquivo(caminho, [resposta(emitido[1])], numero=3, nome="tres.ret")
    with pytest.raises(ErroGuiche) as erro:
        importado(caminho, outro)
    assert erro.value.codigo == "retorno.nsa_repetido"
    assert importado(caminho, outro, aceita=Aceita("o banco recomeçou")).dados["pagos"] == 1
    pulado = importado(caminho, arquivo(caminho, [resposta(emitido[2])], numero=9))
    assert [p.codigo for p in pulado.problemas] == ["retorno.nsa_salto"]
    assert len(ler(caminho, "movimento_banco")) == 3


@pytest.mark.requisito("K-02")
def test_o_que_nao_se_localiza_vai_as_divergencias_com_a_linha(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    estranho = resposta(emitido[3])._replace(nosso_numero="77777777", numero_documento="VELHO")
    feito = importado(caminho, arquivo(caminho, [resposta(emitido[0]), estranho]))
    assert (feito.dados["pagos"], feito.dados["divergencias"]) == (1, 1)
    (d,) = ler(caminho, "divergencias")
    assert (d["linha"], d["quem"], d["valor"]) == (3.0, "77777777", 400.0)
    assert "não localizado" in str(d["aviso"])
    assert any(p.codigo == "retorno.divergencia" and p.local.linha == 3 for p in feito.problemas)


def test_vincular_a_divergencia_escrita_na_aba_da_baixa_no_titulo(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("X1", DIA, "50.00"), titulo("X2", DIA, "70.00")])
    boletos = emitidos(caminho)
    with na(caminho) as ctx:
        fila.estornar(ctx, boletos[0].id)
    estranho = resposta(boletos[0])._replace(nosso_numero="99999999", valor_titulo=5000, valor_pago=5000)
    importado(caminho, arquivo(caminho, [estranho]))
    (d,) = ler(caminho, "divergencias")
    assert d["sugestao"] == "X1"
    with na(caminho, AGORA.date()) as ctx:
        folha = ctx.pasta.ler("divergencias", ("retorno",))
        ctx.pasta.atualizar(
            "divergencias", ("decisao", "titulo", "porque"), {folha.numeros[0]: ("VINCULAR", "X1", "é dele")}
        )
        ctx.salvar()
    with na(caminho, AGORA.date()) as ctx:
        feito = divergencias.decidir(ctx, None, None)
    assert feito.dados == {"decididas": 1}
    assert situacao(caminho) == {"X1": "PAGO", "X2": "EM BOLETO"}
    assert ler(caminho, "divergencias") == []
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        divergencias.decidir(ctx, 1, 2, "IGNORAR")
    assert erro.value.codigo == "divergencia.ausente"


@pytest.mark.parametrize(
    ("decisao", "titulos", "codigo"),
    [
        ("VINCULAR", "", "divergencia.decisao"),
        ("VINCULAR", "NADA", "titulo.ausente"),
        ("VINCULAR", "T4", "divergencia.decisao"),  # vale 400, pagaram 100
        ("BAIXAR PARCIAL", "T3", "titulo.em_boleto"),
        ("SUMIR", "", "divergencia.decisao"),
    ],
)
def test_decisao_que_nao_serve_nada_muda(tmp_path: Path, decisao: str, titulos: str, codigo: str) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        fila.estornar(ctx, emitido[3].id)
    importado(caminho, arquivo(caminho, [resposta(emitido[0])._replace(nosso_numero="99999999")]))
    antes = ler(caminho, "diario")
    with na(caminho, AGORA.date()) as ctx, pytest.raises(ErroGuiche) as erro:
        divergencias.decidir(ctx, 1, 2, decisao, titulos)
    assert erro.value.codigo == codigo
    with na(caminho) as ctx:
        assert len(divergencias.listar(ctx).dados["divergencias"]) == 1
    assert ler(caminho, "diario") == antes


def test_baixar_parcial_tarifar_e_ignorar(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        fila.estornar(ctx, emitido[3].id)
    ruins = [resposta(emitido[0])._replace(nosso_numero=f"9999999{n}") for n in range(3)]
    importado(caminho, arquivo(caminho, ruins))
    for linha, decisao, alvo in ((2, "BAIXAR PARCIAL", "T4"), (3, "LANCAR TARIFA", ""), (4, "IGNORAR", "")):
        with na(caminho, AGORA.date()) as ctx:
            divergencias.decidir(ctx, 1, linha, decisao, alvo)
    assert situacao(caminho)["T4"] == "PARCIAL"
    assert [(m["titulo"], m["valor"]) for m in ler(caminho, "movimento_banco")] == [("T4", 100.0), ("", -100.0)]
    with na(caminho) as ctx:
        assert divergencias.listar(ctx).dados["divergencias"] == []


def test_registro_confirmado_e_rejeitado_com_o_motivo_em_palavras(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    linhas = [
        resposta(emitido[0], "02", classe="ENTRADA_CONFIRMADA"),
        resposta(emitido[1], "03", classe="ENTRADA_REJEITADA", motivos=("48",)),
    ]
    feito = importado(caminho, arquivo(caminho, linhas))
    assert estados(caminho)[:2] == ["REGISTRADO", "REJEITADO"]
    assert (feito.dados["registrados"], feito.dados["rejeitados"]) == (1, 1)
    avisos = [r["aviso"] for r in ler(caminho, "boleto_respostas")]
    assert avisos[0] == ""
    assert len(str(avisos[1])) > 10
    with na(caminho) as ctx:
        fila.reenviar(ctx, emitido[1].id)
    assert estados(caminho)[1] == "A REGISTRAR"
    repetido = importado(caminho, arquivo(caminho, linhas[:1], numero=2))
    assert repetido.dados["ja_processados"] == 1


@pytest.mark.requisito("S-93")
def test_pago_depois_do_estorno_e_divergencia_com_os_titulos_de_antes(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        fila.estornar(ctx, emitido[1].id)
    importado(caminho, arquivo(caminho, [resposta(emitido[1])]))
    assert situacao(caminho)["T2"] == "EM ABERTO"
    (d,) = ler(caminho, "divergencias")
    assert "pago após estorno" in str(d["aviso"])
    assert d["sugestao"] == "T2"
    assert ler(caminho, "movimento_banco") == []
    with na(caminho, AGORA.date()) as ctx:
        divergencias.decidir(ctx, 1, 2, "VINCULAR", "T2", "era dele")
    assert situacao(caminho)["T2"] == "PAGO"


def test_pago_em_duplicidade_e_o_mesmo_pagamento_noutro_arquivo(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    um = importado(caminho, arquivo(caminho, [resposta(emitido[0])] * 2))
    assert (um.dados["pagos"], um.dados["divergencias"]) == (1, 1)
    outro = importado(caminho, arquivo(caminho, [resposta(emitido[0])], numero=2))
    assert (outro.dados["pagos"], outro.dados["ja_processados"], outro.dados["divergencias"]) == (0, 1, 0)
    depois = importado(caminho, arquivo(caminho, [resposta(emitido[0], data_ocorrencia=DIA + timedelta(3))], numero=3))
    assert depois.dados["divergencias"] == 1
    assert len(ler(caminho, "movimento_banco")) == 1


@pytest.mark.requisito("S-81")
def test_boleto_de_tres_titulos_reparte_pagamento_juros_e_falta(tmp_path: Path) -> None:
    partes = [titulo("P1", DIA, "60.00"), titulo("P2", DIA, "30.00"), titulo("P3", DIA, "10.00")]
    caminho = pasta(tmp_path, partes)
    (boleto,) = emitidos(caminho, juntar=True)
    importado(caminho, arquivo(caminho, [resposta(boleto, valor_pago=10_101, valor_juros_multa=101)]))
    linhas = {m["titulo"]: m for m in ler(caminho, "movimento_banco")}
    assert {n: (m["quitado"], m["juros"]) for n, m in linhas.items()} == {
        "P1": (60.0, 0.61), "P2": (30.0, 0.3), "P3": (10.0, 0.1),
    }  # fmt: skip
    assert sum(Decimal(str(m["valor"])) for m in linhas.values()) == Decimal("101.01")
    assert set(situacao(caminho).values()) == {"PAGO"}


def test_pago_a_menor_deixa_saldo_e_com_desconto_quita(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    linhas = [
        resposta(emitido[0], valor_pago=9_000),
        resposta(emitido[1], valor_pago=19_500, valor_desconto=500),
        resposta(emitido[2], valor_pago=30_200, valor_juros_multa=150),
    ]
    feito = importado(caminho, arquivo(caminho, linhas))
    assert situacao(caminho) == {"T1": "PARCIAL", "T2": "PAGO", "T3": "PAGO", "T4": "EM BOLETO"}
    assert estados(caminho)[:3] == ["PAGO"] * 3
    avisos = " ".join(p.mensagem for p in feito.problemas)
    assert "faltam R$ 10,00" in avisos
    assert "a maior: R$ 0,50" in avisos
    movimento = {m["titulo"]: m for m in ler(caminho, "movimento_banco")}
    assert (movimento["T2"]["valor"], movimento["T2"]["quitado"], movimento["T2"]["desconto"]) == (195.0, 200.0, 5.0)


def test_desconto_do_proprio_boleto_quando_o_banco_nao_o_diz(tmp_path: Path) -> None:
    contrato = {"desconto": 0.10, "desconto_dias": 3}
    caminho = pasta(tmp_path, [titulo("T1", DIA, "100.00")], contrato)
    (boleto,) = emitidos(caminho)
    em_dia = resposta(boleto, valor_pago=9_000, data_ocorrencia=DIA - timedelta(days=4))
    importado(caminho, arquivo(caminho, [em_dia]))
    assert situacao(caminho) == {"T1": "PAGO"}


def test_tarifa_sem_boleto_baixa_e_codigo_desconhecido(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    tarifa = codigos_da_classe("341", "cnab400", "TARIFA")[0]
    baixa = codigos_da_classe("341", "cnab400", "BAIXA")[0]
    linhas = [
        resposta(emitido[0], tarifa, valor_tarifa=990)._replace(nosso_numero="00000000", valor_titulo=0),
        resposta(emitido[1], baixa),
        resposta(emitido[2], "ZZ", valor_pago=emitido[2].valor),
    ]
    feito = importado(caminho, arquivo(caminho, linhas))
    assert (feito.dados["baixados"], feito.dados["tarifas"], feito.dados["divergencias"]) == (1, 1, 1)
    assert estados(caminho) == ["A REGISTRAR", "BAIXADO", "A REGISTRAR", "A REGISTRAR"]
    assert situacao(caminho)["T2"] == "EM ABERTO"
    assert [(m["valor"], m["titulo"]) for m in ler(caminho, "movimento_banco")] == [(-9.9, "")]


def test_as_tarifas_de_um_dia_e_uma_ocorrencia_vem_juntas_como_no_extrato(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    dia_seguinte = DIA + timedelta(1)
    linhas = [
        resposta(emitido[0], valor_tarifa=210),
        resposta(emitido[1], valor_tarifa=210, data_ocorrencia=dia_seguinte),
        resposta(emitido[2], "02", classe="ENTRADA_CONFIRMADA", valor_tarifa=150),
        resposta(emitido[3], valor_tarifa=190, data_ocorrencia=dia_seguinte),
    ]
    feito = importado(caminho, arquivo(caminho, linhas))
    assert (feito.dados["tarifas"], feito.dados["total_tarifas"]) == (4, "7.60")
    tarifas = [m for m in ler(caminho, "movimento_banco") if m["origem"] == "TARIFA"]
    assert sorted((m["data"], m["valor"], str(m["historico"]).partition("(")[2]) for m in tarifas) == [
        (DIA, -2.1, f"boleto {emitido[0].nosso_numero})"), (DIA, -1.5, f"boleto {emitido[2].nosso_numero})"),
        (dia_seguinte, -4.0, "2 tarifas)"),
    ]  # fmt: skip
    custos = [linha for linha in ler(caminho, "inicio") if str(linha["quadro"]).startswith("Tarifas")]
    assert len(custos) == 6
    assert [(c["quantidade"], c["valor"]) for c in custos if c["item"]] == [(3.0, 6.1), (1.0, 1.5)]
    assert str(custos[0]["item"]).startswith("ITAU1: ")
    with na(caminho, AGORA.date()) as ctx:
        desfazer(ctx, "engano")
    assert not [1 for c in ler(caminho, "inicio") if str(c["quadro"]).startswith("Tarifas") and c["item"]]


def test_a_tarifa_que_ja_esta_no_movimento_nao_se_lanca_de_novo(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    linhas = [
        resposta(emitido[0], valor_tarifa=210)._replace(nosso_numero="99999999"),
        resposta(emitido[1], valor_tarifa=210)._replace(nosso_numero="99999998"),
        resposta(emitido[2])._replace(nosso_numero="99999997"),
    ]
    importado(caminho, arquivo(caminho, linhas))
    for linha in (2, 3):
        with na(caminho, AGORA.date()) as ctx, pytest.raises(ErroGuiche, match="já está no movimento"):
            divergencias.decidir(ctx, 1, linha, "LANCAR TARIFA")
    for _ in range(2):  # desfeita, pode-se lançar outra vez
        with na(caminho, AGORA.date()) as ctx:
            divergencias.decidir(ctx, 1, 4, "LANCAR TARIFA")
        with na(caminho, AGORA.date()) as ctx:
            desfazer(ctx, "engano")
    assert [m["valor"] for m in ler(caminho, "movimento_banco")] == [-4.2, -300.0, 300.0, -300.0, 300.0]


@pytest.mark.parametrize(
    ("regra", "dia"), [("PAGAMENTO", DIA), ("CREDITO", DIA + timedelta(1)), ("IMPORTACAO", AGORA.date())]
)
def test_a_data_da_baixa_e_a_que_o_contrato_escolhe(tmp_path: Path, regra: str, dia: date) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "100.00")], {"data_da_baixa": regra})
    (boleto,) = emitidos(caminho)
    importado(caminho, arquivo(caminho, [resposta(boleto, data_credito=DIA + timedelta(1))]))
    assert [m["data"] for m in ler(caminho, "movimento_banco")] == [dia]
    (r,) = ler(caminho, "boleto_respostas")
    assert (r["ocorrencia_em"], r["credito_em"]) == (DIA, DIA + timedelta(1))


@pytest.mark.requisito("S-82")
def test_baixa_no_caixa(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    importado(caminho, arquivo(caminho, [resposta(emitido[0], valor_tarifa=100)]), baixar_em="CAIXA")
    assert [m["titulo"] for m in ler(caminho, "caixa")] == ["T1"]
    assert [m["origem"] for m in ler(caminho, "movimento_banco")] == ["TARIFA"]


def _outro_banco(_: dict[str, Any]) -> dict[str, Any]:
    return {"banco": "237"}


def _outra_empresa(_: dict[str, Any]) -> dict[str, Any]:
    return {"empresa_cnpj": "99888777000166"}


def _outra_conta(_: dict[str, Any]) -> dict[str, Any]:
    return {"conta": "99999", "convenio": "88888"}


@pytest.mark.parametrize("muda", [_outro_banco, _outra_conta])
def test_retorno_de_outra_conta_se_recusa(tmp_path: Path, muda: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00")], **muda({}))
    boleto = Boleto(1, "", "341", "", "109", 1, "1", "A", DIA.isoformat(), 100, "", "", "", "", "{}", "", "")
    with pytest.raises(ErroGuiche) as erro:
        importado(caminho, arquivo(caminho, [resposta(boleto)]))
    assert erro.value.codigo == "retorno.conta"


def test_valor_ilegivel_recusa_o_arquivo_inteiro_e_nada_muda(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    retorno = arquivo(caminho, [resposta(b) for b in emitido])
    bruto = retorno.read_bytes()
    campo = next(c for c in carregar(f"cnab/{LAYOUT}").registros["detalhe_1"].campos if c.nome == "valor_creditado")
    meio = 402 * 3 + campo.inicio + 3
    retorno.write_bytes(bruto[:meio] + b"X" + bruto[meio + 1 :])
    antes = caminho.read_bytes()
    with pytest.raises(ErroGuiche) as erro:
        importado(caminho, retorno)
    assert erro.value.local is not None
    assert erro.value.local.linha == 4
    assert caminho.read_bytes() == antes
    with na(caminho) as ctx:
        assert {b.estado for b in livro_boletos.listar(ctx.livro)} == {"A REGISTRAR"}


def test_o_pedido_aceito_muda_o_boleto_e_o_recusado_nao(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
    importado(caminho, arquivo(caminho, [resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in emitido]))
    novo = DIA + timedelta(days=30)
    with na(caminho) as ctx:
        fila.pedir(ctx, emitido[0].id, "alterar_vencimento", dia=novo)
    with na(caminho) as ctx:
        fila.pedir(ctx, emitido[1].id, "conceder_abatimento", valor=1_000)
    with na(caminho) as ctx:
        assert remessa.gerar(ctx, "").dados["por_comando"] == {"alterar_vencimento": 1, "conceder_abatimento": 1}
    alterado = codigos_da_classe("341", "cnab400", "ALTERACAO")[0]
    recusado = codigos_da_classe("341", "cnab400", "INSTRUCAO_REJEITADA")[0]
    linhas = [
        resposta(emitido[0], alterado, classe="ALTERACAO"),
        resposta(emitido[1], recusado, classe="INSTRUCAO_REJEITADA", motivos=("01",)),
    ]
    importado(caminho, arquivo(caminho, linhas, numero=2))
    resultados = [r["situacao"] for r in ler(caminho, "boleto_respostas")][-2:]
    assert resultados == ["PEDIDO FEITO", "PEDIDO RECUSADO"]
    boletos = ler(caminho, "boletos")
    assert (boletos[0]["vencimento"], boletos[1]["vencimento"]) == (novo, DIA)
    assert boletos[0]["linha_digitavel"] != emitido[0].linha_digitavel
    assert [r["situacao"] for r in ler(caminho, "remessas")] == ["PROCESSADA", "PROCESSADA"]


def test_o_numero_que_serve_a_dois_boletos_nao_se_adivinha(tmp_path: Path) -> None:
    """O boleto 40 com dígito e o 4x sem dígito escrevem-se igual; só a remessa diz qual é."""
    caminho = pasta(tmp_path, [titulo(f"T{n}", DIA, "10.00") for n in range(1, 80)])
    emitido = emitidos(caminho)
    por_numero = {b.numero: b for b in emitido}
    com_dv = {int(f"{b.numero}{b.nosso_numero[-1]}"): b for b in emitido}
    duplo = next(n for n in com_dv if n in por_numero and com_dv[n] is not por_numero[n])
    antes = importado(caminho, arquivo(caminho, [resposta(por_numero[duplo])]))
    assert antes.dados["divergencias"] == 1
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
    depois = importado(caminho, arquivo(caminho, [resposta(por_numero[duplo])], numero=2))
    assert depois.dados["pagos"] == 1
    assert situacao(caminho)[f"T{duplo}"] == "PAGO"


# --- o Pix que o banco manda ---

ENDERECO_DO_PIX = "pix.exemplo.com.br/qr/v2/cobv/9d36b84fc70b478fb95c12729b90ca25"
COM_PIX = (
    "341.cnab400.retorno", "033.cnab400.retorno", "033.cnab240.retorno", "237.cnab400.retorno", "748.cnab400.retorno",
    "001.cnab400.retorno", "001.cnab400_conv6.retorno",
)  # fmt: skip


def emv(valor: int | None = None, nome: str = "FARMACIA MODELO LTDA") -> str:
    """O texto de um Pix de endereço; com valor, em centavos, o campo 54."""
    texto = copia_e_cola(ENDERECO_DO_PIX, nome, "SAO PAULO")
    if valor is None:
        return texto
    escrito = f"{valor / 100:.2f}"
    texto = texto[:-4].replace("5303986", f"530398654{len(escrito):02d}{escrito}")
    return texto + crc16(texto)


def test_o_pix_da_confirmacao_sai_no_boleto(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    respostas = [resposta(b, "02") for b in emitido]
    textos = {0: emv(), 1: emv(20_000), 2: emv(1), 3: emv()[:-1] + "x"}
    destino = tmp_path / "pix.ret"
    destino.write_bytes(escrever_retorno(carregar(f"cnab/{LAYOUT}"), CABECALHO, respostas, 1, AGORA, textos))
    feito = importado(caminho, destino)
    assert feito.dados["pix"] == 2
    assert [b["pix"] for b in ler(caminho, "boletos")] == [emv(), emv(20_000), "", ""]
    avisos = [r["aviso"] for r in ler(caminho, "boleto_respostas")]
    assert avisos[:2] == ["", ""]
    assert "é de R$ 0,01" in str(avisos[2])
    assert "não se guardou" in str(avisos[3])
    with na(caminho, AGORA.date()) as ctx:
        impresso = impressao.imprimir(ctx, (1,), Saida())
        livro_boletos.guardar_pix(ctx.livro, {3: emv(nome="OUTRA LOJA LTDA")})
        with pytest.raises(ErroGuiche, match="paga a"):
            impressao.imprimir(ctx, (3,), Saida())
    assert "".join(emv().split()) in _sem_brancos(impresso.arquivos[0])


@pytest.mark.caso("R-05")
@pytest.mark.parametrize("layout", COM_PIX)
def test_o_pix_de_cada_banco_se_le_no_seu_layout(layout: str) -> None:
    """O que volta é do título que vem antes, também se o arquivo é de muitos blocos."""
    lido = abrir(_com_pix(layout), "x.ret", layout)
    achados: dict[int, str] = {}
    de_linha: dict[int, str] = {}
    for lote in lido.lotes():
        de_linha |= {t.linha: str(t.nosso_numero) for t in lote}
        achados |= {int(de_linha[p.linha].lstrip("0")) // 10: p.texto for p in lido.pix}
    quantos = 3_000
    assert achados == {n: _texto(layout, n) for n in range(1, quantos + 1, 2)}
    assert not lido.erros


@pytest.mark.caso("R-05")
@pytest.mark.parametrize(("layout", "registro"), [
    ("748.cnab400.retorno", "8" + "0" * 19 + "{txid}" + " " * 45 + "{emv}"),
    ("748.cnab400.retorno", "8" + "212000016000000" + "    " + "{txid}" + "   " + "{endereco}"),
    ("748.cnab400.retorno", "8    {emv}"),
    ("001.cnab400.retorno", "5" + "08" + "00" + "12345670000000001" + "{endereco}" + " " * 20 + "{txid}"),
    ("001.cnab400.retorno", "509" + "{emv}"),
])  # fmt: skip
def test_o_pix_se_acha_pela_forma_onde_o_registro_o_trouxer(layout: str, registro: str) -> None:
    endereco = "pix.exemplo.com.br/qr/v2/cobv/abcdef0123456789"
    partes = {"txid": "TXID0123456789ABCDEFGHIJKLM", "endereco": endereco, "emv": emv(100)}
    linhas = _um_titulo(layout)
    linhas.insert(2, registro.format(**partes).ljust(394) + "000003")
    lido = abrir("\r\n".join([*linhas, ""]).encode("latin-1"), "x.ret", layout)
    achados = [p for _ in lido.lotes() for p in lido.pix]
    assert [p.texto for p in achados] == [partes["emv" if "{emv}" in registro else "endereco"]]
    assert not [p for p in lido.problemas if p.codigo.startswith("arquivo.registro")]


def _um_titulo(layout: str) -> list[str]:
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    um = Titulo(**vazio | {"linha": 0, "nosso_numero": "11", "codigo_movimento": "02", "motivos": (), "classe": "",
                           "valor_titulo": 100})  # fmt: skip
    escrito = escrever_retorno(carregar(f"cnab/{layout}"), CABECALHO, [um], 1, AGORA)
    return escrito.decode("latin-1").split("\r\n")[:-1]


@pytest.mark.caso("R-05")
@pytest.mark.parametrize("layout", sorted(
    p.name.removesuffix(".toml") for p in (raiz() / "cnab").glob("*.retorno.toml")
))  # fmt: skip
def test_registro_que_nao_se_le_diz_se_qual_e_quantos(layout: str) -> None:
    """Em todo layout de retorno: o que ele conhece e não se usa, e o que ele nem conhece."""
    certo = carregar(f"cnab/{layout}")
    linhas = _um_titulo(layout)
    usados = {"segmento_u", *(r.codigo for r, _ in registros_do_pix(certo))}
    parados = [
        r
        for r in certo.registros.values()
        if r.papel in {"complemento", "avulso"} and r.marca and r.codigo not in usados
    ]
    estranha = ("0010001300004" + "?").ljust(certo.largura) if certo.largura == 240 else "?".ljust(certo.largura)
    corpo = [x for r in parados for x in [_em_branco(r)] * 2] + [estranha]
    fim = len(linhas) - len(certo.do_papel("rodape")) - len(certo.do_papel("rodape_lote"))
    lido = abrir("\r\n".join([*linhas[:fim], *corpo, *linhas[fim:], ""]).encode("latin-1"), "x.ret", layout)
    assert len(list(lido.titulos())) == 1
    ditos = [p for p in lido.problemas if p.codigo == "arquivo.registro_sem_uso"]
    assert sorted(p.mensagem for p in ditos) == sorted(
        f"2 registros de tipo “{r.titulo}” não se usam: o que trazem não foi lido" for r in parados
    )
    assert sum(p.codigo == "arquivo.registro" and "'?'" in p.mensagem.replace("3?", "?") for p in lido.problemas) == 1


def _em_branco(registro: Registro) -> str:
    linha = [" "] * registro.largura
    for inicio, texto in registro.marca:
        linha[inicio - 1 : inicio - 1 + len(texto)] = texto
    return "".join(linha)


def _texto(layout: str, n: int) -> str:
    endereco = f"pix.exemplo.com.br/qr/v2/cobv/{n:08d}"
    return copia_e_cola(endereco, "FARMACIA", "SAO PAULO") if layout.startswith(("341", "748")) else endereco


def _sem_brancos(pdf: Path) -> str:
    return "".join(pypdf.PdfReader(pdf).pages[0].extract_text().split())


def _com_pix(layout: str) -> bytes:
    """Um retorno de três mil confirmações, com Pix de duas em duas."""
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    certo = carregar(f"cnab/{layout}")
    respostas = [
        Titulo(**vazio | {"linha": 0, "nosso_numero": f"{n}1", "codigo_movimento": "02", "motivos": (), "classe": "",
                          "valor_titulo": n})
        for n in range(1, 3_001)
    ]  # fmt: skip
    textos = {n - 1: _texto(layout, n) for n in range(1, 3_001, 2)}
    return escrever_retorno(certo, CABECALHO, respostas, 1, AGORA, textos)


def test_do_endereco_se_monta_o_texto_quando_ha_cidade(tmp_path: Path) -> None:
    """O banco simulado responde à chave da remessa; Bradesco e Santander só dão o endereço."""
    for cidade in ("", "São Paulo"):
        onde = tmp_path / (cidade or "sem")
        onde.mkdir()
        contrato = {"pix_chave": "a@b.com.br", "carteira": "101", "codigo_transmissao": "12345678901234567890",
                    "cidade_no_pix": cidade}  # fmt: skip
        caminho = pasta(onde, [titulo("T1", DIA, "10.00", "A")], contrato, banco="033", convenio="1234567")
        emitidos(caminho)
        with na(caminho) as ctx:
            remessa.gerar(ctx, "")
        (arquivo_,) = (onde / "remessas").iterdir()
        responder(arquivo_, onde / "b.ret", agora=AGORA, escolha=Escolha(codigos=("ABERTO",)))
        assert importado(caminho, onde / "b.ret").dados["pix"] == 1
        (boleto,) = ler(caminho, "boletos")
        assert str(boleto["pix"]).startswith("pix.exemplo.com.br/")
        with na(caminho, AGORA.date()) as ctx:
            feito = impressao.imprimir(ctx, (1,), Saida())
        pagina = _sem_brancos(feito.arquivos[0])
        assert ("PaguecomPix" in pagina) == bool(cidade)
        esperado = copia_e_cola(str(boleto["pix"]), str(COBRANCA["empresa_nome"]), cidade)
        assert "".join(esperado.split()) in pagina
        assert ("preencha Cidade no Pix" in " ".join(feito.linhas)) != bool(cidade)


_CONTAS = ("pagos", "registrados", "rejeitados", "baixados", "divergencias", "ja_processados", "outros")


@pytest.mark.requisito("K-03")
@pytest.mark.caso("R-09", "R-10")
@pytest.mark.parametrize("confirmar", [False, True])
def test_retorno_que_o_banco_manda_de_novo_nao_cobra_a_tarifa_outra_vez_e_as_contas_somam(
    tmp_path: Path, *, confirmar: bool
) -> None:
    """As linhas já processadas repetem a tarifa: no extrato o banco a tirou uma vez só."""
    caminho, emitido = quatro(tmp_path)
    linhas = [
        resposta(emitido[0], valor_tarifa=210), resposta(emitido[1], "28", valor_tarifa=190),
        resposta(emitido[2], "02", valor_tarifa=50),
        resposta(emitido[3], "28", nosso_numero="87654321", valor_tarifa=70, valor_titulo=0),
    ]  # fmt: skip
    importado(caminho, arquivo(caminho, linhas))
    antes = ler(caminho, "movimento_banco")
    assert sum(m["valor"] for m in antes if m["origem"] == "TARIFA") == pytest.approx(-5.20)
    outra = resposta(emitido[3], valor_tarifa=210)
    with na(caminho, AGORA.date()) as ctx:
        feito = importar(ctx, arquivo(caminho, [*linhas, outra], numero=2), confirmar=confirmar)
    assert (feito.dados["tarifas"], feito.dados["total_tarifas"]) == (1, "2.10")
    assert feito.dados["lidos"] == sum(int(feito.dados[c]) for c in _CONTAS) == 5
    assert (feito.dados["pagos"], feito.dados["ja_processados"], feito.dados["outros"]) == (1, 2, 2)
    contado = [
        int(n)
        for n in re.findall(
            r"(?:Pagos|Registrados|Rejeitados|Baixados|Divergentes|Já processados|Outros): (\d+)",
            " ".join(feito.linhas),
        )
    ]
    assert sum(contado) == 5


@pytest.mark.caso("R-09")
def test_pagamento_em_parte_repetido_noutro_retorno_nao_se_recebe_duas_vezes(tmp_path: Path) -> None:
    caminho, emitido = quatro(tmp_path)
    parte = resposta(emitido[0], valor_pago=4000, classe="LIQUIDACAO_PARCIAL")
    (codigo,) = codigos_da_classe("341", "cnab400", "LIQUIDACAO_PARCIAL")[:1]
    parte = parte._replace(codigo_movimento=codigo)
    for numero in (1, 2):
        importado(caminho, arquivo(caminho, [parte], numero=numero))
    assert [m["valor"] for m in ler(caminho, "movimento_banco")] == [40.0]
    assert [r["situacao"] for r in ler(caminho, "boleto_respostas")] == ["PAGO EM PARTE", "JÁ PROCESSADO"]


@pytest.mark.caso("R-07")
@pytest.mark.parametrize(
    ("codigo", "tarifa", "crivel"),
    [
        ("06", 1_018_280_000_560, False), ("06", 100_01, False), ("06", 100_00, True), ("02", 999_999_00, False),
        ("28", 100_01, True), ("28", 5_000_01, False),
    ],
)  # fmt: skip
def test_tarifa_que_nao_e_de_crer_e_divergencia_e_nao_dinheiro(
    tmp_path: Path, codigo: str, tarifa: int, *, crivel: bool
) -> None:
    caminho, emitido = quatro(tmp_path)
    linha = resposta(emitido[0], codigo, valor_tarifa=tarifa)
    if codigo == "06" and not crivel:  # o Itaú põe no retorno o creditado, e o pago é ele com a tarifa
        linha = linha._replace(valor_pago=emitido[0].valor + tarifa)
    feito = importado(caminho, arquivo(caminho, [linha]))
    assert feito.dados["tarifas"] == int(crivel)
    assert feito.dados["divergencias"] == int(not crivel)
    movimento = ler(caminho, "movimento_banco")
    assert [m["valor"] for m in movimento if m["origem"] == "TARIFA"] == ([-tarifa / 100] if crivel else [])
    assert any(m["origem"] == "RETORNO" for m in movimento) == (crivel and codigo == "06")
    if not crivel:
        (aberta,) = ler(caminho, "divergencias")
        assert "não é de crer" in str(aberta["aviso"])
        assert estados(caminho)[0] == ("REGISTRADO" if codigo == "02" else "A REGISTRAR")
