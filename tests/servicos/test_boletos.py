"""A vida dos boletos, da carteira ao papel, sobre pastas de trabalho e livros de verdade."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from guiche.cli import main
from guiche.documentos.conferencia import reler
from guiche.dominio.boletos import ATIVOS, TRANSICOES, EstadoBoleto, EventoBoleto
from guiche.dominio.datas import Calendario
from guiche.dominio.encargos import Desconto, Encargos, abusivos, clausulas, frases, incoerencias, no_dia
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra, ErroGuiche
from guiche.livro import boletos as livro_boletos
from guiche.livro.atos import registrar
from guiche.oficio import executores
from guiche.oficio.resultado import Resultado
from guiche.servicos.boletos import consulta, emissao, impressao
from guiche.servicos.boletos.impressao import Saida
from guiche.servicos.cobranca import fila
from guiche.servicos.debito import gerar as debito
from guiche.servicos.titulos.titulo import estornar as estornar_titulo
from guiche.servicos.titulos.titulo import receber
from tests.documentos.test_boleto import emv
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, conta_de_boletos, ler, montar, na, titulo

CONTRATO: dict[str, Any] = {
    "conta": "ITAU1", "carteira": "109", "multa": 0.02, "endereco": "Rua A, 1, São Paulo/SP",
    "instrucao": "Obrigado.", "formato": "CNAB240",
}  # fmt: skip
DIA = HOJE + timedelta(days=37)
BRADESCO: tuple[dict[str, Any], dict[str, Any]] = (
    {"carteira": "09"}, {"banco": "237", "agencia": "1234", "convenio": "1234567"},
)  # fmt: skip
"""O contrato e a conta de um banco cuja remessa leva os juros ao mês."""


def pasta(
    onde: Path,
    titulos: list[dict[str, Any]],
    contrato: dict[str, Any] | None = None,
    condicoes: Sequence[dict[str, Any]] = (),
    **conta: Any,
) -> Path:
    pessoas = [
        cliente("A", 1, optante="Não"),
        cliente("B", 2, optante="Não"),
        cliente("S", 3, cpf_cnpj="", optante="Não"),
    ]
    return montar(
        onde, clientes=pessoas, titulos=titulos, contas=[CONTA, conta_de_boletos(**conta)],
        cobranca=[CONTRATO | (contrato or {})], condicoes=list(condicoes),
    )  # fmt: skip


def gerar(caminho: Path, *, juntar: bool = False, hoje: date = HOJE, **filtros: Any) -> Resultado:
    with na(caminho, hoje) as ctx:
        return emissao.gerar(ctx, "", Filtros(**filtros), juntar=juntar)


def dez(onde: Path) -> Path:
    return pasta(onde, [titulo(f"T{n}", DIA, f"{10 + n}.00", "AB"[n % 2]) for n in range(10)])


@pytest.mark.requisito("S-66", "S-78", "S-80", "S-84", "S-89", "S-98")
def test_dez_titulos_dez_boletos_e_um_pdf_que_diz_o_mesmo(tmp_path: Path) -> None:
    caminho = dez(tmp_path)
    with na(caminho) as ctx:
        antes = caminho.read_bytes()
        conferido = emissao.conferir(ctx, "", Filtros(), juntar=False)
    assert caminho.read_bytes() == antes
    assert conferido.dados["boletos"] == 10
    feito = gerar(caminho)
    impressos = reler(feito.arquivos[0].read_bytes())
    linhas = ler(caminho, "boletos")
    assert [str(b["nosso_numero"])[4:12] for b in linhas] == [f"{n:08d}" for n in range(1, 11)]
    assert len(impressos) == 10
    assert [i.linhas[0] for i in impressos] == [b["linha_digitavel"] for b in linhas]
    assert {b["situacao"] for b in linhas} == {"A REGISTRAR"}
    assert {b["bola"] for b in linhas} == {2.0}
    assert {i.codigo_barras[19:22] for i in impressos} == {"109"}
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"EM BOLETO"}
    texto = pypdf.PdfReader(BytesIO(feito.arquivos[0].read_bytes())).pages[0].extract_text()
    for trecho in ("AGUARDANDO REGISTRO", "0057 / 12345-7", "multa de R$ 0,20", "Obrigado.", "13000-000"):
        assert trecho in texto
    assert main(["boleto", "conferir-pdf", str(feito.arquivos[0])]) == 0
    assert gerar(caminho).dados["boletos"] == 0
    assert len(ler(caminho, "boletos")) == 10


@pytest.mark.requisito("S-76", "S-77")
def test_agrupar_por_cliente_e_vencimento_ou_por_cliente_com_data_fixa(tmp_path: Path) -> None:
    titulos = [titulo(f"T{n}", DIA, "10.00", "A") for n in range(3)] + [
        titulo("T9", DIA + timedelta(days=10), "5.00", "A")
    ]
    caminho = pasta(tmp_path, titulos)
    with na(caminho) as ctx:
        separados = emissao.conferir(ctx, "", Filtros(data_fixa=DIA), juntar=False).dados
        juntos = emissao.conferir(ctx, "", Filtros(), juntar=True).para_json()
        fixos = emissao.conferir(ctx, "", Filtros(data_fixa=DIA), juntar=True).dados
    assert separados["boletos"] == 4
    assert isinstance(juntos, dict)
    assert [(g["valor"], len(g["titulos"])) for g in juntos["dados"]["grupos"]] == [("30.00", 3), ("5.00", 1)]
    assert (fixos["boletos"], fixos["total"]) == (1, "35.00")
    gerar(caminho, juntar=True, data_fixa=DIA)
    assert [linha["titulo"] for linha in ler(caminho, "boleto_titulos")] == ["T0", "T1", "T2", "T9"]
    (boleto,) = ler(caminho, "boletos")
    assert (boleto["valor"], boleto["vencimento"]) == (35.0, DIA)


@pytest.mark.requisito("S-67", "S-70", "S-71", "S-72")
def test_filtros_e_razoes_de_quem_fica_fora(tmp_path: Path) -> None:
    titulos = [
        titulo("HOJE", HOJE, "10.00", "A", filial="01", tipo_doc="NF"),
        titulo("ONTEM", HOJE - timedelta(days=1), "10.00", "A"),
        titulo("PARTE", DIA, "10.00", "A", ja_recebido=4.0),
        titulo("PAGO", DIA, "10.00", "A", ja_recebido=10.0),
        titulo("SEMDOC", DIA, "10.00", "S"),
        titulo("SEMCLI", DIA, "10.00", "Z"),
        titulo("OUTRO", DIA, "10.00", "B", filial="02", tipo_doc="CH"),
    ]
    caminho = pasta(tmp_path, titulos)

    def conferir(**filtros: Any) -> tuple[set[str], dict[str, str]]:
        with na(caminho) as ctx:
            feito = emissao.conferir(ctx, "", Filtros(**filtros), juntar=False).para_json()
        assert isinstance(feito, dict)
        dados = feito["dados"]
        vao = {numero for g in dados["grupos"] for numero in g["titulos"]}
        return vao, {f["titulo"]: f["motivo"] for f in dados["titulos_fora"]}

    vao, fora = conferir()
    assert vao == {"HOJE", "OUTRO"}
    assert fora == {"ONTEM": "boleto_vencido", "PARTE": "parcial", "PAGO": "pago", "SEMDOC": "sem_documento",
                    "SEMCLI": "sem_cliente"}  # fmt: skip
    assert conferir(parcial=True)[0] == {"HOJE", "OUTRO", "PARTE"}
    assert conferir(data_fixa=DIA)[0] == {"HOJE", "ONTEM", "OUTRO"}
    assert conferir(filial=("02", "02"))[0] == {"OUTRO"}
    assert conferir(cliente=("A", "A"))[0] == {"HOJE"}
    assert conferir(tipos_doc=frozenset({"CH"}))[0] == {"OUTRO"}
    assert conferir(vencimento=(None, HOJE))[0] == {"HOJE"}
    assert conferir(por="CONVENIO", empresa=("E1", "E9"))[0] == set()
    with pytest.raises(ErroDeRegra, match="já passou"):
        conferir(data_fixa=HOJE - timedelta(days=1))


@pytest.mark.requisito("S-90", "S-91", "S-94")
def test_titulo_em_boleto_fica_preso_ate_o_estorno(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "100.00", "A")])
    gerar(caminho)
    with na(caminho) as ctx:
        with pytest.raises(ErroDeRegra, match="está no boleto 109/00000001") as erro:
            receber(ctx, "T1", 5000, dia=HOJE)
        assert erro.value.codigo == "titulo.em_boleto"
        with pytest.raises(ErroDeRegra, match="está no boleto 109/00000001"):
            estornar_titulo(ctx, "T1", "engano")
    with na(caminho) as ctx:
        feito = fila.estornar(ctx, 1)
    assert not feito.dados["pedir_baixa"]
    with na(caminho) as ctx:
        receber(ctx, "T1", 9000, dia=HOJE)
    assert [(b["situacao"], b["bola"]) for b in ler(caminho, "boletos")] == [("ESTORNADO", 0.0)]
    assert ler(caminho, "boleto_titulos")[0]["desfeito_em"]
    assert ler(caminho, "titulos")[0]["situacao"] == "PARCIAL"
    gerar(caminho, parcial=True)
    assert [(b["codigo"], b["valor"]) for b in ler(caminho, "boletos")][1] == (2.0, 10.0)


def _mudar(caminho: Path, codigo: int, evento: EventoBoleto) -> str:
    """Aplica um evento pela tabela, como fará o retorno do banco."""
    with na(caminho) as ctx, ctx.livro.transacao():
        boleto = impressao.exigir(ctx, codigo)
        para = TRANSICOES[EstadoBoleto(boleto.estado), evento]
        ato = registrar(ctx.livro, ctx.autor, evento, depois={"boleto": codigo})
        livro_boletos.mudar(ctx.livro, ato, boleto, para, evento)
        return para


@pytest.mark.requisito("S-87", "S-92", "S-97")
def test_registrado_pede_baixa_e_pago_nao_se_estorna(tmp_path: Path) -> None:
    caminho = dez(tmp_path)
    gerar(caminho)
    assert _mudar(caminho, 1, EventoBoleto.REGISTRAR) == "REGISTRADO"
    assert _mudar(caminho, 2, EventoBoleto.LIQUIDAR) == "PAGO"
    with na(caminho) as ctx:
        assert fila.estornar(ctx, 1).dados["pedir_baixa"]
        for codigo in (1, 2):
            with pytest.raises(ErroDeRegra) as erro:
                fila.estornar(ctx, codigo)
            assert erro.value.codigo == "boleto.fechado"
        with pytest.raises(ErroDeRegra, match="não há boleto 99"):
            fila.estornar(ctx, 99)
        contas = {s: len(consulta.listar(ctx, situacao=s).dados["boletos"]) for s in ("ATIVO", "PAGO", "GERAL")}
    assert contas == {"ATIVO": 8, "PAGO": 1, "GERAL": 10}


@pytest.mark.parametrize("estado", EstadoBoleto)
def test_so_os_ativos_se_estornam(estado: EstadoBoleto) -> None:
    assert ((estado, EventoBoleto.ESTORNAR) in TRANSICOES) == (estado in ATIVOS)
    assert (EstadoBoleto.ESTORNADO, EventoBoleto.LIQUIDAR) not in TRANSICOES


@pytest.mark.requisito("S-83", "S-84", "S-85", "S-86", "S-96")
def test_lista_filtros_e_detalhes(tmp_path: Path) -> None:
    caminho = dez(tmp_path)
    gerar(caminho)
    amanha = HOJE + timedelta(days=1)
    with na(caminho) as ctx:

        def quantos(**filtros: Any) -> int:
            return len(consulta.listar(ctx, **filtros).dados["boletos"])

        assert quantos(nosso_numero="109/0000000 3") == 1
        assert (quantos(banco="341"), quantos(banco="001")) == (10, 0)
        assert (quantos(emissao=(HOJE, HOJE)), quantos(emissao=(amanha, None)), quantos(emissao=(None, HOJE))) == (
            10,
            0,
            10,
        )
        detalhe = consulta.detalhes(ctx, 3)
    assert [t["titulo"] for t in detalhe.dados["titulos"]] == ["T2"]
    assert "1 título, R$ 12,00." in detalhe.linhas


@pytest.mark.requisito("S-88")
def test_imprimir_so_os_marcados(tmp_path: Path) -> None:
    caminho = dez(tmp_path)
    gerar(caminho)
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        impressao.imprimir(ctx, (), Saida())
    assert erro.value.codigo == "boleto.nenhum_marcado"
    aberta = openpyxl.load_workbook(caminho)
    aberta["Boletos"]["A3"], aberta["Boletos"]["A5"] = "Sim", "Sim"
    aberta.save(caminho)
    with na(caminho) as ctx:
        feito = impressao.imprimir(ctx, (), Saida())
        carne = impressao.imprimir(ctx, range(1, 8), Saida("carne"))
    numeros = [b["linha_digitavel"] for b in ler(caminho, "boletos")]
    assert [i.linhas[0] for i in reler(feito.arquivos[0].read_bytes())] == [numeros[1], numeros[3]]
    assert len(pypdf.PdfReader(carne.arquivos[0]).pages) == 3
    with na(caminho) as ctx:
        fila.estornar(ctx, 5)
    assert [b["imprimir"] for b in ler(caminho, "boletos")][1:5] == ["Sim", "", "Sim", ""]


def test_segunda_via_diz_quanto_se_deve_no_dia(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", date(2026, 11, 21), "1000.00", "A")], {"juros": 0.01})
    gerar(caminho)
    with na(caminho) as ctx:
        no_prazo = impressao.segunda_via(ctx, 1, date(2026, 11, 23))
        atrasada = impressao.segunda_via(ctx, 1, date(2026, 11, 24))
    assert no_prazo.dados["total"] == "1000.00"
    assert (atrasada.dados["multa"], atrasada.dados["juros"], atrasada.dados["total"]) == ("20.00", "1.00", "1021.00")
    texto = pypdf.PdfReader(atrasada.arquivos[0]).pages[0].extract_text()
    assert "a pagar R$ 1.021,00" in texto.replace("\n", " ")
    _mudar(caminho, 1, EventoBoleto.LIQUIDAR)
    with na(caminho) as ctx, pytest.raises(ErroDeRegra):
        impressao.segunda_via(ctx, 1, HOJE)


def test_faixa_de_nosso_numero_com_fim_e_aviso(tmp_path: Path) -> None:
    titulos = [titulo(f"T{n:03d}", DIA, "1.00", "A") for n in range(100)]
    caminho = pasta(tmp_path, titulos, {"nn_inicio": 501, "nn_fim": 600})
    feito = gerar(caminho, cliente=("A", "A"), vencimento=(None, DIA))
    assert any("restam 0 números" in linha for linha in feito.linhas)
    assert ler(caminho, "boletos")[0]["nosso_numero"].startswith("109/00000501-")
    outra = pasta(tmp_path / "o", [*titulos, titulo("T999", DIA, "1.00", "A")], {"nn_inicio": 501, "nn_fim": 600})
    with pytest.raises(ErroDeRegra, match="faltam 1 números"):
        gerar(outra)
    with na(outra) as ctx:
        assert livro_boletos.listar(ctx.livro) == []


@pytest.mark.parametrize(
    ("contrato", "conta", "codigo"),
    [
        ({"carteira": "57"}, {"banco": "356"}, "boleto.nao_se_emite"),
        ({"conta": "OUTRA"}, {}, "boleto.sem_contrato"),
    ],
)
def test_o_que_nao_se_emite(tmp_path: Path, contrato: dict[str, Any], conta: dict[str, Any], codigo: str) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")], contrato, **conta)
    with pytest.raises(ErroDeRegra) as erro:
        gerar(caminho)
    assert erro.value.codigo == codigo


@pytest.mark.caso("B-05")
@pytest.mark.parametrize(
    ("tabela", "coluna", "onde"), [("cobranca", "endereco", "X2"), ("contas", "empresa_cnpj", "Contas")]
)
def test_sem_o_endereco_ou_o_cnpj_do_beneficiario_nao_se_imprime_outra_vez(
    tmp_path: Path, tabela: str, coluna: str, onde: str
) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")])
    gerar(caminho)
    antes = sorted((tmp_path / "boletos").iterdir())
    with na(caminho) as ctx:
        numero = max(ctx.pasta.ler(tabela, (coluna,)).numeros)
        ctx.pasta.atualizar(tabela, (coluna,), {numero: ("",)})
        ctx.salvar()
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        impressao.imprimir(ctx, (1,), Saida())
    assert erro.value.codigo == "boleto.beneficiario"
    assert onde in str(erro.value.local)
    with na(caminho) as ctx, pytest.raises(ErroDeRegra):
        impressao.segunda_via(ctx, 1, DIA)
    assert sorted((tmp_path / "boletos").iterdir()) == antes


@pytest.mark.parametrize("carteira", ["16", "18"])
def test_a_carteira_que_era_do_boleto_sem_registro_recusa_se_com_a_celula(tmp_path: Path, carteira: str) -> None:
    conta: dict[str, Any] = {"banco": "001", "convenio": "1234567"}
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")], {"carteira": carteira}, **conta)
    (problema,) = gerar(caminho).problemas
    assert str(problema.local) == "Cobrança!B2"
    assert "17" in problema.mensagem


def test_titulo_no_debito_nao_vai_a_boleto_nem_o_contrario(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path, clientes=[cliente("A", 1)], contas=[CONTA, COBRANCA], cobranca=[CONTRATO],
        titulos=[titulo("T1", DIA, "1.00", "A"), titulo("T2", DIA + timedelta(days=9), "1.00", "A")],
    )  # fmt: skip
    with na(caminho) as ctx:
        debito.gerar(ctx, "BB1", Filtros(vencimento=(None, DIA)))
    gerar(caminho, optantes=True)
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["ENVIADO", "EM BOLETO"]
    with na(caminho) as ctx:
        feito = debito.conferir(ctx, "BB1").para_json()
    assert isinstance(feito, dict)
    assert [t["motivo"] for t in feito["dados"]["titulos"]] == ["enviado", "no_boleto"]


@pytest.mark.caso("M-14")
@pytest.mark.requisito("S-98")
def test_quem_se_debita_fica_para_o_debito_a_nao_ser_que_se_peca(tmp_path: Path) -> None:
    pessoas = {
        "A": cliente("A", 1),
        "B": cliente("B", 2, optante="Não"),
        "C": cliente("C", 3, banco="104", operacao="001"),
        "D": cliente("D", 4, autorizacao_cancelada=DIA - timedelta(days=1)),
        "E": cliente("E", 5, autorizacao_validade=DIA - timedelta(days=1)),
        "F": cliente("F", 6, autorizacao_validade=DIA),
    }
    caminho = montar(
        tmp_path, clientes=list(pessoas.values()), contas=[CONTA, COBRANCA], cobranca=[CONTRATO],
        titulos=[titulo(f"T{codigo}", DIA, "1.00", codigo) for codigo in pessoas],
    )  # fmt: skip
    with na(caminho) as ctx:
        conferido = emissao.conferir(ctx, "", Filtros(), juntar=False)
    assert any("é optante do débito automático no banco 001" in linha for linha in conferido.linhas)
    assert gerar(caminho).dados["boletos"] == 4
    emitidos = [t["numero"] for t in ler(caminho, "titulos") if t["situacao"] == "EM BOLETO"]
    assert emitidos == ["TB", "TC", "TD", "TE"]
    fora = {linha["titulo"]: linha["codigo"] for linha in ler(caminho, "conferencia") if linha["decisao"] == "FORA"}
    assert fora == {"TA": "optante", "TF": "optante"}
    with na(caminho) as ctx:
        debito.conferir(ctx, "BB1", na_aba=True)
    linhas = ler(caminho, "conferencia")
    assert [linha["titulo"] for linha in linhas if linha["decisao"] == "DEBITAR"] == ["TA", "TF"]
    assert main(["boletos", "gerar", str(caminho), "--optantes", "--hoje", "2026-08-04"]) == 0
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["EM BOLETO"] * 6


@pytest.mark.caso("M-14")
def test_sem_conta_de_debito_ativa_o_optante_recebe_boleto(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path, clientes=[cliente("A", 1)], contas=[CONTA | {"ativa": "Não"}, COBRANCA], cobranca=[CONTRATO],
        titulos=[titulo("T1", DIA, "1.00", "A")],
    )  # fmt: skip
    assert gerar(caminho).dados["boletos"] == 1


def test_o_banco_que_imprime_nao_nos_da_pdf(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")], {"emissor": "BANCO"} | BRADESCO[0], **BRADESCO[1])
    feito = gerar(caminho)
    assert (feito.dados["boletos"], feito.arquivos) == (1, ())
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        impressao.imprimir(ctx, (1,), Saida())
    assert erro.value.codigo == "boleto.sem_numero"


def test_muitos_titulos_num_boleto_cabem_no_recibo(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo(f"T{n:03d}", DIA, "1.00", "A") for n in range(120)])
    feito = gerar(caminho, juntar=True)
    texto = pypdf.PdfReader(feito.arquivos[0]).pages[0].extract_text()
    assert "… e mais 57 títulos, R$ 57,00" in texto
    assert "T000 +119" in texto


def test_reimpressao_sai_igual_mesmo_que_o_cadastro_mude(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")])
    primeiro = gerar(caminho).arquivos[0].read_bytes()
    aberta = openpyxl.load_workbook(caminho)
    aberta["Clientes"]["B2"] = "Outro Nome"
    aberta["Títulos"]["H2"] = 99.0
    aberta.save(caminho)
    with na(caminho, HOJE + timedelta(days=400)) as ctx:
        assert impressao.imprimir(ctx, (1,), Saida()).arquivos[0].read_bytes() == primeiro


def test_encargos_frases_e_limites() -> None:
    e = Encargos(multa=200, juros=100, descontos=(Desconto(500, 5),), protesto_dias=10, baixa_dias=60)
    sexta, calendario = date(2026, 8, 14), Calendario()
    assert no_dia(10_000, sexta, sexta - timedelta(days=5), e, calendario).total == 9_500
    assert no_dia(10_000, sexta, sexta - timedelta(days=4), e, calendario).total == 10_000
    assert no_dia(10_000, sexta, date(2026, 8, 24), e, calendario)[1:] == (200, 33, 0, 0, 10)
    textos = frases(sexta, clausulas(10_000, sexta, e))
    assert textos[0] == "Até 09/08/2026, desconto de R$ 5,00."
    assert textos[2] == "Após 14/08/2026, juros de R$ 0,03 ao dia de atraso."
    assert "1,00% ao mês" in frases(sexta, clausulas(1_000, sexta, Encargos(juros=100)))[0]
    assert abusivos(Encargos(multa=300, juros=200), pessoa_fisica=False) == []
    assert len(abusivos(Encargos(multa=300, juros=200), pessoa_fisica=True)) == 2


def test_logotipo_que_nao_abre_se_diz(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A")], {"logotipo": "nada.png"})
    with pytest.raises(ErroDeRegra) as erro:
        gerar(caminho)
    assert erro.value.codigo == "boleto.logotipo"


def test_pix_so_do_banco_conferido_e_do_mesmo_valor(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "123.45", "A")])
    gerar(caminho)
    ruins = (emv(12346), emv()[:-1], emv(nome="OUTRA LOJA LTDA"))
    for texto, codigo in (*((t, "boleto.pix") for t in ruins), (emv(), "")):
        aberta = openpyxl.load_workbook(caminho)
        aberta["Boletos"]["B2"] = texto
        aberta.save(caminho)
        with na(caminho) as ctx:
            if codigo:
                with pytest.raises(ErroGuiche) as erro:
                    impressao.imprimir(ctx, (1,), Saida())
                assert erro.value.codigo == codigo
            else:
                feito = impressao.imprimir(ctx, (1,), Saida())
    pagina = pypdf.PdfReader(feito.arquivos[0]).pages[0].extract_text()
    assert "Pague com Pix" in pagina
    assert ler(caminho, "boletos")[0]["pix"] == emv()


@pytest.mark.parametrize("onde", ["", "processos:2", "dask"])
def test_muitos_arquivos_em_qualquer_executor_saem_iguais(
    tmp_path: Path, onde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impressao, "PAGINAS_POR_ARQUIVO", 4)
    caminho = dez(tmp_path)
    with na(caminho) as ctx, cluster(onde) as pedido:
        feito = emissao.gerar(ctx, "", Filtros(), juntar=False, saida=Saida(executor=pedido))
    assert [len(reler(p.read_bytes())) for p in feito.arquivos] == [4, 4, 2]
    impressos = [i.linhas[0] for p in feito.arquivos for i in reler(p.read_bytes())]
    assert impressos == [b["linha_digitavel"] for b in ler(caminho, "boletos")]


@contextmanager
def cluster(onde: str) -> Iterator[str]:
    """Um cluster Dask de verdade, nesta máquina, se é ele que se pede."""
    if onde != "dask":
        yield onde
        return
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=1, processes=True, dashboard_address=None) as local:
            yield f"dask://{local.scheduler_address.removeprefix('tcp://')}"


def test_executor_que_nao_se_entende(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impressao, "PAGINAS_POR_ARQUIVO", 4)
    with na(dez(tmp_path)) as ctx, pytest.raises(ErroDeRegra) as erro:
        emissao.gerar(ctx, "", Filtros(), juntar=False, saida=Saida(executor="nuvem"))
    assert erro.value.codigo == "executor.desconhecido"
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ErroDeRegra) as erro, executores.executor("dask://x:1"):
        pass
    assert erro.value.codigo == "executor.sem_dask"


def textos(feito: Resultado) -> list[str]:
    """O texto de cada página do primeiro PDF, numa linha só."""
    return [p.extract_text().replace("\n", " ") for p in pypdf.PdfReader(feito.arquivos[0]).pages]


def test_condicoes_do_titulo_valem_mais_que_as_do_contrato(tmp_path: Path) -> None:
    caminho = pasta(
        tmp_path, [titulo(f"T{n}", DIA, "1000.00", "A") for n in range(5)],
        {"desconto": 0.05, "juros": 0.01, "protesto_dias": 10, "carteira": "1", "posto": "02"},
        [
            {"titulo": "T1", "multa": 0, "juros": 0, "protesto_dias": 0, "instrucao": "Só este."},
            {"titulo": "T2", "desconto": 0.1, "desconto_dias": 10, "desconto2": 0.05, "desconto2_dias": 5,
             "desconto3": 0.01},
            {"titulo": "T3", "abatimento": 30, "protesto_dias": 0, "negativacao_dias": 7},
            {"titulo": "T4", "protesto_dias": 10, "negativacao_dias": 5},
        ],
        banco="748", agencia="0165", convenio="00623",
    )  # fmt: skip
    feito = gerar(caminho)
    t0, t1, t2, t3 = textos(feito)
    assert "desconto de R$ 50,00" in t0
    assert "Protestar depois de 10 dias" in t0
    assert "multa" not in t1.replace("Juros / Multa", "")
    assert "Só este." in t1
    assert "Protestar" not in t1
    dias = [(DIA - timedelta(days=d)).strftime("%d/%m/%Y") for d in (10, 5, 0)]
    for dia, quanto in zip(dias, ("100,00", "50,00", "10,00"), strict=True):
        assert f"Até {dia}, desconto de R$ {quanto}." in t2
    assert "abatimento de R$ 30,00" in t3
    assert t3.count("30,00") == 2  # a instrução e o campo da ficha
    assert "Negativar depois de 7 dias" in t3
    (fora,) = [linha for linha in ler(caminho, "conferencia") if linha["decisao"] == "FORA"]
    assert (fora["titulo"], fora["codigo"]) == ("T4", "encargos")
    assert "não vão juntos" in fora["motivo"]
    with na(caminho) as ctx:
        assert impressao.segunda_via(ctx, 4, DIA).dados["total"] == "920.00"  # o desconto do contrato e o abatimento


def test_condicoes_diferentes_nao_se_juntam_e_abatimentos_se_somam(tmp_path: Path) -> None:
    caminho = pasta(
        tmp_path, [titulo(f"T{n}", DIA, "100.00", "A") for n in range(4)], None,
        [{"titulo": "T0", "multa": 0}, {"titulo": "T1", "abatimento": 1}, {"titulo": "T2", "abatimento": 2.5}],
    )  # fmt: skip
    um, juntos = textos(gerar(caminho, juntar=True))
    assert "abatimento" not in um
    assert "abatimento de R$ 3,50" in juntos
    assert [b["valor"] for b in ler(caminho, "boletos")] == [100.0, 300.0]


@pytest.mark.parametrize(
    ("encargos", "trecho"),
    [
        (Encargos(descontos=(Desconto(10_000),)), "100%"),
        (Encargos(descontos=(Desconto(100, 5), Desconto(200, 1))), "dia diferente"),
        (Encargos(descontos=(Desconto(200, 5), Desconto(100, 5))), "dia diferente"),
        (Encargos(protesto_dias=3, negativacao_dias=3), "escolha um"),
        (Encargos(protesto_dias=30, baixa_dias=30), "deixaria de receber"),
        (Encargos(200, 100, (Desconto(200, 5), Desconto(100, 1)), 5, 0, 10, 60), ""),
    ],
)
def test_encargos_impossiveis(encargos: Encargos, trecho: str) -> None:
    assert trecho in " ".join(incoerencias(encargos))
    assert bool(incoerencias(encargos)) == bool(trecho)


def test_contrato_impossivel_e_abatimento_grande_demais(tmp_path: Path) -> None:
    ruim = pasta(tmp_path / "a", [titulo("T1", DIA, "10.00", "A")], {"protesto_dias": 5, "negativacao_dias": 5})
    with pytest.raises(ErroDeRegra) as erro:
        gerar(ruim)
    assert erro.value.codigo == "boleto.encargos"
    todo = pasta(tmp_path / "b", [titulo("T1", DIA, "10.00", "A")], None, [{"titulo": "T1", "abatimento": 10}])
    assert gerar(todo).dados == {"conta": "ITAU1", "boletos": 0, "total": "0.00", "fora": 1, "codigos": []}


def test_conselhos_sobre_o_vencimento_e_os_juros(tmp_path: Path) -> None:
    sabado = date(2026, 11, 21)
    caminho = pasta(
        tmp_path, [titulo("T1", sabado, "10.00", "A"), titulo("T2", date(2026, 11, 24), "1000.00", "A")],
        {"juros": 0.01} | BRADESCO[0], **BRADESCO[1],
    )  # fmt: skip
    feito = gerar(caminho)
    conselhos = [linha["motivo"] for linha in ler(caminho, "conferencia")]
    assert "até 23/11/2026" in conselhos[0]
    assert "taxa ao mês" in conselhos[0]
    assert conselhos[1] == ""
    assert sum(linha.startswith("Repare: 1 × vence em dia sem expediente") for linha in feito.linhas) == 1
    assert "juros de 1,00% ao mês" in textos(feito)[0]
    assert "juros de R$ 0,33 ao dia" in textos(feito)[1]


def test_parcelas_do_mesmo_documento(tmp_path: Path) -> None:
    titulos = [titulo(f"T{n}", DIA + timedelta(days=30 * n), "10.00", "A", documento="NF7") for n in (2, 0, 1)]
    caminho = pasta(tmp_path, [*titulos, titulo("X", DIA, "10.00", "A", documento="NF8")])
    with na(caminho) as ctx:
        feito = emissao.gerar(ctx, "", Filtros(), juntar=False, saida=Saida("carne"))
    (folha, outra) = textos(feito)
    assert [folha.count(p) for p in ("1/3", "2/3", "3/3")] == [1, 1, 1]
    assert "/3" not in outra


@pytest.mark.parametrize(
    ("mascara", "nomes"),
    [
        ("", ["boleto-1.pdf", "boleto-2.pdf"]),
        ("{cliente}_{documento}", ["boleto-a_nf-1.pdf", "boleto-b_nf-2.pdf"]),
        ("../../{vencimento} {nosso_numero}", None),
    ],
)
def test_um_arquivo_por_boleto_com_nome_pela_mascara(tmp_path: Path, mascara: str, nomes: list[str] | None) -> None:
    caminho = pasta(
        tmp_path, [titulo("T1", DIA, "1.00", "A", documento="NF/1"), titulo("T2", DIA, "1.00", "B", documento="NF/2")]
    )
    with na(caminho) as ctx:
        ctx.pasta.definir_parametro("nome_do_boleto", mascara)
        feito = emissao.gerar(ctx, "", Filtros(), juntar=False, saida=Saida(separados=True))
    assert {p.parent for p in feito.arquivos} == {tmp_path / "boletos"}
    assert nomes is None or [p.name for p in feito.arquivos] == nomes
    assert [len(reler(p.read_bytes())) for p in feito.arquivos] == [1, 1]


@pytest.mark.parametrize("mascara", ["{senha}", "fixo", "{}", "///"])
def test_mascara_que_nao_serve(tmp_path: Path, mascara: str) -> None:
    caminho = pasta(tmp_path, [titulo("T1", DIA, "1.00", "A"), titulo("T2", DIA, "1.00", "A")])
    gerar(caminho)
    with na(caminho) as ctx:
        ctx.pasta.definir_parametro("nome_do_boleto", mascara)
        with pytest.raises(ErroDeRegra) as erro:
            impressao.imprimir(ctx, (1, 2), Saida(separados=True))
    assert erro.value.codigo == "boleto.mascara"


@pytest.mark.requisito("S-88")
def test_impressora_do_windows_ou_o_caminho_do_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caminho = dez(tmp_path)
    gerar(caminho)
    with na(caminho) as ctx:
        feito = impressao.imprimir(ctx, (1,), Saida(), impressora=True)
    assert any(str(feito.arquivos[0]) in linha for linha in feito.linhas) == (sys.platform != "win32")
    mandados: list[tuple[Path, str]] = []
    monkeypatch.setattr("os.startfile", lambda pdf, verbo: mandados.append((pdf, verbo)), raising=False)
    assert "impressora padrão" in impressao.mandar_a_impressora(feito.arquivos, "win32")
    assert mandados == [(feito.arquivos[0], "print")]

    def sem_impressora(*_: object) -> None:
        raise OSError(1155, "sem programa associado")

    monkeypatch.setattr("os.startfile", sem_impressora, raising=False)
    assert "abra e imprima" in impressao.mandar_a_impressora(feito.arquivos, "win32")


def test_a_aba_cobranca_mostra_o_proximo_numero_e_quanto_resta(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, [titulo(f"T{n}", DIA, "1.00", "A") for n in range(5)], {"nn_inicio": 11, "nn_fim": 20})
    gerar(caminho)
    (linha,) = ler(caminho, "cobranca")
    assert (linha["proximo"], linha["restam"], linha["usada"]) == ("16", 5.0, 0.5)


CONCORRENTE = """
import sys, time
from pathlib import Path
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila
from tests.servicos.apoio import na
caminho, quem = Path(sys.argv[1]), sys.argv[2]
for volta in range(3):
    for _ in range(2000):
        try:
            with na(caminho) as ctx:
                feito = emissao.gerar(ctx, "", Filtros(cliente=(quem, quem)), juntar=False)
                if volta < 2:
                    fila.estornar(ctx, feito.dados["codigos"][0])
            break
        except ErroGuiche as erro:
            assert erro.codigo in {"pasta.em_uso", "livro.ocupado"}, erro
            time.sleep(0.01)
    else:
        sys.exit("não conseguiu a vez")
"""


@pytest.mark.usefixtures("banco")
def test_dois_operadores_emitindo_nao_repetem_nem_pulam_nosso_numero(tmp_path: Path) -> None:
    caminho = dez(tmp_path)
    raiz = Path(__file__).parents[2]
    ambiente = os.environ | {"PYTHONPATH": os.pathsep.join((str(raiz / "engine"), str(raiz)))}
    comando = [sys.executable, "-c", CONCORRENTE, str(caminho)]
    pares = [subprocess.Popen([*comando, quem], env=ambiente, stderr=subprocess.PIPE) for quem in "AB"]
    for par in pares:
        _, erro = par.communicate(timeout=120)
        assert par.returncode == 0, erro.decode()
    with na(caminho) as ctx:
        emitidos = livro_boletos.listar(ctx.livro)
        presos = [laco for laco in livro_boletos.lacos(ctx.livro) if laco.desfeito_em is None]
    assert [b.numero for b in emitidos] == list(range(1, 15))  # dez títulos e quatro estornos
    assert sorted(laco.titulo for laco in presos) == [f"T{n}" for n in range(10)]
    assert sum(b.estado == "ESTORNADO" for b in emitidos) == 4
