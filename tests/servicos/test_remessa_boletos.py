"""A remessa de boletos: da fila ao arquivo do banco, e a vida dela depois."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.arquivos.cobranca import abrir as abrir_arquivo
from guiche.arquivos.cobranca import ler_titulos
from guiche.bancos.ocorrencias import codigos_da_classe
from guiche.cli import main
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.layout.codec import tradutor
from guiche.livro import boletos as livro_boletos
from guiche.livro import pedidos
from guiche.livro.boletos import Boleto
from guiche.oficio.recepcao import Aceita
from guiche.oficio.resultado import Resultado
from guiche.planilha.esquema import esquema
from guiche.remessa.receita import gravaveis
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.cobranca.casamento import boleto_da_chave
from guiche.servicos.remessas import enviadas
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, cliente, conta_de_boletos, ler, montar, na, titulo
from tests.servicos.test_retorno_boletos import AGORA, DIA, emitidos, situacao

CONTRATO: dict[str, Any] = {
    "conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1", "formato": "CNAB400", "multa": 0.02, "juros": 0.01,
}  # fmt: skip


def pasta(onde: Path, quantos: int = 4, contrato: Mapping[str, Any] | None = None, **conta: Any) -> Path:
    pessoas = [cliente("A", 1, optante="Não", **ENDERECO), cliente("S", 2, optante="Não")]
    titulos = [titulo(f"T{n}", DIA, f"{100 * n}.00") for n in range(1, quantos + 1)]
    return montar(
        onde, clientes=pessoas, titulos=titulos, contas=[CONTA, conta_de_boletos(**conta)],
        cobranca=[CONTRATO | dict(contrato or {})],
    )  # fmt: skip


def gerada(caminho: Path, codigos: range = range(0)) -> Resultado:
    with na(caminho) as ctx:
        return remessa.gerar(ctx, "", codigos)


def do_livro(caminho: Path) -> list[Boleto]:
    with na(caminho) as ctx:
        return livro_boletos.listar(ctx.livro)


@pytest.mark.requisito("S-95", "S-97")
def test_a_fila_vai_na_remessa_e_so_uma_vez(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    emitido = emitidos(caminho)
    antes = caminho.read_bytes()
    with na(caminho) as ctx:
        previa = remessa.conferir(ctx, "")
    assert caminho.read_bytes() == antes
    assert "Registrar: 4." in previa.linhas[1]
    feita = gerada(caminho)
    (arquivo,) = feita.arquivos
    assert arquivo.name == "CB04080001.rem"
    titulos = list(ler_titulos(arquivo))
    assert [t.valor_titulo for t in titulos] == [b.valor for b in emitido]
    assert [boleto_da_chave(str(t.uso_empresa)[:4], t.uso_empresa) for t in titulos] == [b.id for b in emitido]
    assert "Nada a enviar" in gerada(caminho).linhas[0]
    (linha,) = ler(caminho, "remessas")
    assert (linha["bola"], linha["tipo"], linha["linhas"], linha["total_debito"]) == (2.0, "COBRANCA", 4.0, 1000.0)
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["A REGISTRAR"] * 4


def test_so_os_boletos_escolhidos_vao_e_o_resto_espera(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    emitidos(caminho)
    assert gerada(caminho, range(2, 4)).dados["pedidos"] == 2
    with na(caminho) as ctx:
        assert [p["boleto"] for p in fila.listar(ctx).dados["pedidos"] if p["situacao"] == "NA FILA"] == [1, 4]
    assert gerada(caminho).dados["pedidos"] == 2
    assert [r["nsa"] for r in ler(caminho, "remessas")] == [2.0, 1.0]


@pytest.mark.requisito("S-95")
def test_so_os_marcados_vao_na_remessa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caminho = pasta(tmp_path, 3)
    emitidos(caminho)
    ato = ["boletos", "remessa", str(caminho), "--marcados", "--hoje", "2026-08-04"]
    assert main(ato) == 1
    assert "boleto.nenhum_marcado" in capsys.readouterr().err
    aberta = openpyxl.load_workbook(caminho)
    aberta["Boletos"]["A3"] = "Sim"
    aberta.save(caminho)
    assert main(ato) == 0
    with na(caminho) as ctx:
        assert [p.boleto for p in pedidos.na_fila(ctx.livro, "ITAU1")] == [1, 3]


@pytest.mark.requisito("S-95")
def test_boleto_que_o_banco_imprime_sai_com_o_codigo_do_banco(tmp_path: Path) -> None:
    caminho = pasta(
        tmp_path, 1, {"formato": "CNAB240", "emissor": "BANCO", "carteira": "09"}, banco="237", convenio="1234567"
    )
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    lido = abrir_arquivo(arquivo)
    p = lido.layout.registros["segmento_p"]
    linha = next(x for bloco in lido.blocos() for x in bloco.linhas if p.e(x))
    assert tradutor(p).ler(linha)["emissao_boleto"] == "1"


def test_pdf_livro_e_remessa_dizem_os_mesmos_encargos(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 1, {"desconto": 0.05, "desconto_dias": 2})
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    lido = abrir_arquivo(arquivo)
    principal = lido.layout.do_papel("titulo")[0]
    linhas = [x for bloco in lido.blocos() for x in bloco.linhas]
    campos = tradutor(principal).ler(next(x for x in linhas if principal.e(x)))
    assert (campos["valor_juros_dia"], campos["valor_desconto"]) == (3, 500)
    assert campos["data_desconto"] == DIA - timedelta(days=2)
    multa = lido.layout.registros["detalhe_2_multa"]
    assert any(multa.e(x) for x in linhas)


def test_quem_nao_tem_endereco_nao_recebe_boleto_ate_que_se_corrija(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 2)
    sem = dict.fromkeys(ENDERECO, "")
    with na(caminho) as ctx:
        numeros = ctx.pasta.ler("titulos", ("numero",)).numeros
        ctx.pasta.atualizar("titulos", ("cliente",), {numeros[1]: ("S",)})
        numeros = ctx.pasta.ler("clientes", ("codigo",)).numeros
        ctx.pasta.atualizar("clientes", tuple(sem), {numeros[1]: tuple(sem.values())})
        ctx.salvar()
    assert len(emitidos(caminho)) == 1
    (fora,) = [c for c in ler(caminho, "conferencia") if c["decisao"] == "FORA"]
    assert (fora["titulo"], fora["codigo"]) == ("T2", "cadastro")
    assert "endereço do pagador" in fora["motivo"]
    assert "aba Clientes" in fora["o_que_fazer"]
    with na(caminho) as ctx:
        ctx.pasta.atualizar("clientes", tuple(ENDERECO), {numeros[1]: tuple(ENDERECO.values())})
        ctx.salvar()
    assert [b.numero for b in emitidos(caminho)] == [1, 2]
    assert gerada(caminho).dados["pedidos"] == 2


def test_o_que_a_remessa_ja_nao_leva_fica_na_fila_com_a_razao_e_vai_depois(tmp_path: Path) -> None:
    """O contrato muda depois da emissão: a remessa diz pedido a pedido o que ficou, e nada se perde."""
    caminho = pasta(tmp_path, 2, {"carteira": "09"}, banco="237", agencia="1234", convenio="1234567")
    emitidos(caminho)

    def mudar(chave: str) -> None:
        with na(caminho) as ctx:
            (numero,) = ctx.pasta.ler("cobranca", ("conta",)).numeros
            ctx.pasta.atualizar("cobranca", ("pix_chave",), {numero: (chave,)})
            ctx.salvar()

    mudar("123e4567-e89b-12d3-a456-426614174000")
    feita = gerada(caminho)
    assert feita.arquivos == ()
    assert [f["boleto"] for f in feita.dados["fora"]] == [1, 2]
    assert all("Pix" in f["motivo"] and "Estorne o boleto" in f["fazer"] for f in feita.dados["fora"])
    conferencia = ler(caminho, "conferencia")
    assert [(c["titulo"], c["movimento"], c["decisao"]) for c in conferencia] == [
        ("T1", "REGISTRAR", "FORA"), ("T2", "REGISTRAR", "FORA"),
    ]  # fmt: skip
    assert [c["motivo"] for c in conferencia] == [f["motivo"] for f in feita.dados["fora"]]
    mudar("")
    assert gerada(caminho).dados["pedidos"] == 2


@pytest.mark.requisito("S-92", "S-97")
def test_exportar_de_novo_descartar_e_estornar(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    bytes_ = arquivo.read_bytes()
    arquivo.unlink()
    with na(caminho) as ctx:
        assert enviadas.exportar(ctx, 1).arquivos[0].read_bytes() == bytes_
    with na(caminho) as ctx:
        assert "os pedidos voltaram à fila" in enviadas.descartar(ctx, 1, "errei").linhas[0]
    assert not arquivo.exists()
    assert gerada(caminho).dados["nsa"] == 2
    with na(caminho) as ctx:
        enviadas.marcar(ctx, 2, "transmitida")
        with pytest.raises(ErroGuiche) as erro:
            enviadas.descartar(ctx, 2, "tarde")
        assert erro.value.codigo == "remessa.transmitida"
    with na(caminho) as ctx:
        enviadas.estornar(ctx, 2)
    assert set(situacao(caminho).values()) == {"EM ABERTO"}
    assert [r["situacao"] for r in ler(caminho, "remessas")] == ["ESTORNADA", "DESCARTADA"]
    assert gerada(caminho).dados["por_comando"] == {"baixar": 4}
    with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
        enviadas.estornar(ctx, 2)
    assert erro.value.codigo == "remessa.fechada"


def test_descartada_a_remessa_o_boleto_ja_estornado_nao_pede_mais_nada(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 2)
    emitidos(caminho)
    gerada(caminho)
    with na(caminho) as ctx:
        fila.estornar(ctx, 1)
    with na(caminho) as ctx:
        enviadas.descartar(ctx, 1, "não mandei")
    assert gerada(caminho).dados["por_comando"] == {"registrar": 1}
    with na(caminho) as ctx:
        assert {p.situacao for p in pedidos.do_boleto(ctx.livro, 1)} == {"DESISTIDO"}


def test_ver_e_imprimir_a_remessa_de_boletos(tmp_path: Path) -> None:
    from pypdf import PdfReader

    caminho = pasta(tmp_path)
    emitidos(caminho)
    gerada(caminho)
    with na(caminho) as ctx:
        assert "Pedidos: 4" in enviadas.ver(ctx, 1).linhas[1]
        (pdf,) = enviadas.imprimir(ctx, 1, tmp_path / "r.pdf").arquivos
    texto = "".join(p.extract_text() for p in PdfReader(pdf).pages)
    assert "Total a registrar" in texto
    assert "1.000,00" in texto


@pytest.mark.parametrize(
    ("contrato", "conta", "codigo"),
    [
        ({"formato": ""}, {}, "remessa.formato"),
        ({"formato": "CNAB444", "carteira": "09"}, {"banco": "237", "convenio": "1234567"}, "remessa.formato"),
        ({"nome_da_remessa": "{nada}.rem"}, {}, "remessa.nome"),
        ({"nome_da_remessa": "../{nsa}.rem"}, {}, "nome.arquivo"),
    ],
)
def test_o_que_o_contrato_tem_de_dizer(
    tmp_path: Path, contrato: dict[str, Any], conta: dict[str, Any], codigo: str
) -> None:
    caminho = pasta(tmp_path, 1, contrato, **conta)
    for ato in (emissao.conferir, emissao.gerar):
        with na(caminho) as ctx, pytest.raises(ErroGuiche) as erro:
            ato(ctx, "", Filtros(), juntar=False)
        assert erro.value.codigo == codigo
    assert ler(caminho, "boletos") == []
    with na(caminho) as ctx:
        assert livro_boletos.listar(ctx.livro) == []
    assert not (tmp_path / "boletos").exists()


@pytest.mark.parametrize(("convenio", "layout"), [("1234567", "001.cnab400"), ("123456", "001.cnab400_conv6")])
def test_no_banco_do_brasil_o_convenio_escolhe_o_layout(tmp_path: Path, convenio: str, layout: str) -> None:
    caminho = pasta(tmp_path, 1, {"carteira": "17", "variacao": "019"}, banco="001", agencia="1234", convenio=convenio)
    emitidos(caminho)
    assert gerada(caminho).dados["layout"] == f"{layout}.remessa"


def test_a_chave_pix_vai_onde_o_banco_a_leva_e_onde_nao_leva_se_diz(tmp_path: Path) -> None:
    chave = "123e4567-e89b-12d3-a456-426614174000"
    caminho = pasta(tmp_path, 1, {"pix_chave": chave})
    emitidos(caminho)
    lido = abrir_arquivo(gerada(caminho).arquivos[0])
    pix = lido.layout.registros["detalhe_3_pix"]
    linha = next(x for bloco in lido.blocos() for x in bloco.linhas if pix.e(x))
    assert chave in linha
    (tmp_path / "outro").mkdir()
    sem = pasta(
        tmp_path / "outro", 1, {"pix_chave": chave, "carteira": "09"}, banco="237", agencia="1234", convenio="1234567"
    )
    with na(sem) as ctx:
        conferido = emissao.conferir(ctx, "", Filtros(), juntar=False)
    assert conferido.dados["boletos"] == 0
    assert any("Pix" in linha for linha in conferido.linhas)


@pytest.mark.requisito("S-31")
def test_conferir_na_janela_mostra_pedido_a_pedido_e_nao_muda_mais_nada(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 2)
    emitidos(caminho)
    antes = {aba: ler(caminho, aba) for aba in ("titulos", "boletos", "remessas")}
    with na(caminho) as ctx:
        feito = remessa.conferir(ctx, "", na_aba=True)
    assert feito.mostra == "conferencia"
    assert "Título a título, na aba Conferência" in feito.linhas[0]
    assert [(c["titulo"], c["nome"], c["valor"], c["decisao"]) for c in ler(caminho, "conferencia")] == [
        ("T1", "Cliente A", 100.0, "ENVIAR"), ("T2", "Cliente A", 200.0, "ENVIAR"),
    ]  # fmt: skip
    assert {aba: ler(caminho, aba) for aba in antes} == antes


@pytest.mark.requisito("S-78")
def test_o_que_o_banco_nao_registraria_nao_se_emite(tmp_path: Path) -> None:
    """O Itaú leva juros em centavos por dia, e 1% ao mês de R$ 10,00 não chega a um; sem registro não se paga."""
    caminho = montar(
        tmp_path, clientes=[cliente("A", 1, optante="Não", **ENDERECO)], contas=[CONTA, COBRANCA], cobranca=[CONTRATO],
        titulos=[titulo("T1", DIA, "10.00"), titulo("T2", DIA, "10.00"), titulo("T3", DIA, "100.00")],
    )  # fmt: skip
    with na(caminho) as ctx:
        juntos = emissao.conferir(ctx, "", Filtros(), juntar=True)
    assert (juntos.dados["boletos"], juntos.dados["fora"]) == (1, 0)  # somados, os juros de um dia chegam a um centavo
    with na(caminho) as ctx:
        conferidos = emissao.conferir(ctx, "", Filtros(), juntar=False)
    fora = conferidos.detalhar()["titulos_fora"]
    assert [(f["titulo"], f["motivo"]) for f in fora] == [("T1", "registro"), ("T2", "registro")]
    assert "juros" in fora[0]["texto"]
    assert "Condições" in fora[0]["fazer"]
    with na(caminho) as ctx:
        ctx.pasta.gravar("condicoes", [("T1", None, 0, *[None] * (len(esquema()["condicoes"].colunas) - 3))])
        ctx.salvar()
    assert [b.valor for b in emitidos(caminho)] == [1_000, 10_000]
    assert gerada(caminho).dados["fora"] == []


def test_nome_do_arquivo_como_o_banco_quer(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 1, {"nome_da_remessa": "{convenio:0>5}{mes}{hoje:%d}.CRM"})
    emitidos(caminho)
    assert gerada(caminho).arquivos[0].name == "00001804.CRM"


@pytest.mark.requisito("K-01", "K-17")
def test_o_circulo_emissao_remessa_banco_retorno_baixa(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    escolha = Escolha(codigos=["PAGO", "ATRASADO", "REJEITADO", "PIX"])
    retornos = responder(arquivo, tmp_path / "r.ret", agora=AGORA, dias=3, escolha=escolha).arquivos
    assert len(retornos) >= 2
    for retorno in retornos:
        with na(caminho, AGORA.date() + timedelta(days=3)) as ctx:
            importar(ctx, retorno, confirmar=True)
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["PAGO", "PAGO", "REJEITADO", "PAGO"]
    assert situacao(caminho) == {"T1": "PAGO", "T2": "PAGO", "T3": "EM BOLETO", "T4": "PAGO"}
    assert [r["situacao"] for r in ler(caminho, "remessas")] == ["PROCESSADA"]
    tarifas = [m["valor"] for m in ler(caminho, "movimento_banco") if m["origem"] == "TARIFA"]
    assert round(sum(map(float, map(str, tarifas))), 2) == -6.3


CIRCULOS = {
    "001.cnab240": {"banco": "001", "agencia": "1234", "convenio": "1234567"},
    "001.cnab400": {"banco": "001", "agencia": "1234", "convenio": "1234567"},
    "033.cnab240": {"banco": "033", "agencia": "1234", "convenio": "1234567"},
    "104.cnab240": {"banco": "104", "agencia": "1234", "convenio": "123456"},
    "237.cnab400": {"banco": "237", "agencia": "1234", "convenio": "1234567"},
    "237.cnab240": {"banco": "237", "agencia": "1234", "convenio": "1234567"},
    "341.cnab240": {},
    "341.cnab400": {},
    "748.cnab400": {"banco": "748", "agencia": "1234", "convenio": "12345"},
    "756.cnab240": {"banco": "756", "agencia": "1234", "convenio": "123456"},
    "041.cnab240": {"banco": "041", "agencia": "1234", "convenio": "1234567"},
}
CARTEIRAS = {"001": "17", "033": "101", "104": "1", "237": "09", "748": "1", "756": "1", "041": "1"}


@pytest.mark.parametrize("layout", CIRCULOS)
def test_o_circulo_em_cada_banco(tmp_path: Path, layout: str) -> None:
    banco, formato = layout.split(".")
    assert layout in gravaveis(banco)
    contrato = {
        "carteira": CARTEIRAS.get(banco, "109"), "formato": formato.upper(), "variacao": "019", "posto": "01",
        "modalidade": {"104": "SIGCB", "756": "01"}.get(banco, ""), "codigo_transmissao": "123400001234567",
        "agencia_dv": "3",
    }  # fmt: skip
    caminho = pasta(tmp_path, 3, contrato, **CIRCULOS[layout])
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    codigos = ["PAGO", "ABERTO", "REJEITADO"]
    (ensaio,) = responder(
        arquivo, tmp_path / "e.ret", agora=AGORA, nsa=None, escolha=Escolha(codigos=codigos, ensaio=True)
    ).arquivos
    with na(caminho, AGORA.date()) as ctx, pytest.raises(ErroGuiche, match="nenhum banco o mandou") as erro:
        importar(ctx, ensaio, confirmar=True)
    assert erro.value.codigo == "retorno.ensaio"
    with na(caminho, AGORA.date()) as ctx:
        previa = importar(ctx, ensaio, aceita=Aceita(ensaio=True))
    assert (previa.dados["pagos"], previa.problemas[0].codigo) == (1, "retorno.ensaio")
    assert "apague" in erro.value.fazer
    assert "apague" not in previa.problemas[0].fazer  # quem o aceitou está importando: não é hora de apagar
    (retorno,) = responder(arquivo, tmp_path / "r.ret", agora=AGORA, escolha=Escolha(codigos=codigos)).arquivos
    rejeita = any(codigos_da_classe(banco, formato, c) for c in ("ENTRADA_REJEITADA", "REJEITADA"))
    with na(caminho, AGORA.date()) as ctx:
        feito = importar(ctx, retorno, confirmar=True)
    assert [b["situacao"] for b in ler(caminho, "boletos")] == [
        "PAGO", "REGISTRADO", "REJEITADO" if rejeita else "REGISTRADO"
    ], feito.problemas  # fmt: skip
    assert feito.dados["divergencias"] == 0
    assert feito.dados["total_pago"] == "100.00"


def test_instrucoes_vao_na_remessa_com_o_que_mudam(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 2)
    emitidos(caminho)
    (arquivo,) = gerada(caminho).arquivos
    (retorno,) = responder(
        arquivo, tmp_path / "r.ret", agora=AGORA, escolha=Escolha(codigos=["ABERTO", "ABERTO"])
    ).arquivos
    with na(caminho, AGORA.date()) as ctx:
        importar(ctx, retorno, confirmar=True)
    novo = date(2026, 10, 1)
    with na(caminho) as ctx:
        fila.pedir(ctx, 1, "alterar_vencimento", dia=novo)
    with na(caminho) as ctx:
        fila.pedir(ctx, 2, "conceder_abatimento", valor=1234)
    (arquivo,) = gerada(caminho).arquivos
    um, dois = ler_titulos(arquivo)
    assert (um.codigo_movimento, um.data_vencimento) == ("06", novo)
    assert (dois.codigo_movimento, dois.valor_abatimento) == ("04", 1234)
    responder(arquivo, tmp_path / "r2.ret", agora=AGORA, nsa=2)
    with na(caminho, AGORA.date()) as ctx:
        importar(ctx, tmp_path / "r2.ret", confirmar=True)
    assert ler(caminho, "boletos")[0]["vencimento"] == novo
    with na(caminho) as ctx:
        assert json.loads(livro_boletos.listar(ctx.livro)[1].dados)["encargos"]["abatimento"] == 1234
        assert fila.listar(ctx).dados["pedidos"] == []


def test_morte_depois_do_livro_e_antes_do_arquivo_exporta_no_ato_seguinte(tmp_path: Path) -> None:
    caminho = pasta(tmp_path)
    emitidos(caminho)
    matar = (
        "import sys, os; from datetime import date, datetime; from pathlib import Path;"
        "from guiche.servicos.cobranca import remessa; from tests.servicos.apoio import na;"
        "remessa.exportar_arquivo = lambda *a: os._exit(9);"
        f"caminho = Path({str(caminho)!r});"
        "\nwith na(caminho) as ctx: remessa.gerar(ctx, '')"
    )
    fim = subprocess.run([sys.executable, "-c", matar], env=os.environ | {"PYTHONPATH": "engine:."}, check=False)
    assert fim.returncode == 9
    assert not list(tmp_path.glob("remessas/*"))
    de_novo = gerada(caminho)
    assert "Nada a enviar" in de_novo.linhas[0]
    assert [a.name for a in de_novo.arquivos] == ["CB04080001.rem"]
    assert len(list(ler_titulos(de_novo.arquivos[0]))) == 4


def test_pela_linha_de_comando(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caminho = pasta(tmp_path)
    emitidos(caminho)
    hoje = ["--hoje", HOJE.isoformat(), "--json"]
    assert main(["boletos", "conferir-remessa", str(caminho), *hoje]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["pedidos"] == 4
    assert main(["boletos", "remessa", str(caminho), *hoje]) == 0
    (arquivo,) = json.loads(capsys.readouterr().out)["arquivos"]
    assert main(["banco-simulado", arquivo, "--codigos", "PAGO,PAGO,PAGO,PAGO", *hoje]) == 0
    (retorno,) = json.loads(capsys.readouterr().out)["arquivos"]
    assert main(["importar", str(caminho), retorno, "--confirmar", *hoje]) == 1
    assert json.loads(capsys.readouterr().out)["problemas"][0]["codigo"] == "retorno.ensaio"
    assert main(["importar", str(caminho), retorno, "--confirmar", "--ensaio", *hoje]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["pagos"] == 4
    assert main(["boletos", "fila", str(caminho), *hoje]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["pedidos"] == []
    assert main(["divergencias", "listar", str(caminho), *hoje]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["divergencias"] == []


@pytest.mark.usefixtures("banco")
def test_dois_operadores_nenhum_boleto_vai_duas_vezes(tmp_path: Path) -> None:
    caminho = pasta(tmp_path, 40)
    emitidos(caminho)
    agora = datetime(2026, 8, 4, 9, 0)
    assert agora.date() == HOJE
    comando = [sys.executable, "-m", "guiche", "boletos", "remessa", str(caminho), "--hoje", HOJE.isoformat(), "--json"]
    ambiente = os.environ | {"PYTHONPATH": "engine:."}
    dois = [subprocess.Popen(comando, env=ambiente, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for processo in dois:
        processo.communicate()
    feitas = ler(caminho, "remessas")
    assert sum(int(r["linhas"]) for r in feitas) == 40
    assert len(feitas) == 1
