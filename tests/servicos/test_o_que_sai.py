"""O que de fato sai: a linha do arquivo que vai ao banco, e o que depois dela ainda se pode fazer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
import pytest

from guiche.arquivos.cobranca import ler_titulos
from guiche.boleto.barras import decodificar
from guiche.cli import main
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.boletos import impressao
from guiche.servicos.cobranca import fila
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas import enviadas as remessas
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import estornar, receber
from tests.servicos import test_remessa_boletos as de_boletos
from tests.servicos import test_retorno_boletos as do_retorno
from tests.servicos.apoio import (
    COBRANCA,
    CONTA,
    ENDERECO,
    HOJE,
    cliente,
    gravar_tabela,
    ler,
    montar,
    na,
    retorno,
    titulo,
)

DIA = date(2026, 8, 20)


class LinhaE(NamedTuple):
    """O registro E do padrão FEBRABAN de débito automático, nas posições do manual."""

    agencia: str
    conta: str
    vencimento: str
    valor: int
    movimento: str


def enviadas(arquivo: Path) -> list[LinhaE]:
    linhas = arquivo.read_text("ascii").splitlines()
    return [
        LinhaE(e[26:30], e[30:44].strip().lstrip("0"), e[44:52], int(e[52:67]), e[149]) for e in linhas if e[0] == "E"
    ]


def gerada(caminho: Path, hoje: date = HOJE, **filtros: Any) -> Path:
    with na(caminho, hoje) as ctx:
        return gerar(ctx, filtros=Filtros(**filtros)).arquivos[-1]


def situacoes(caminho: Path) -> dict[str, str]:
    return {t["numero"]: t["situacao"] for t in ler(caminho, "titulos")}


@pytest.fixture
def tres(tmp_path: Path) -> Path:
    """Três títulos, cada um com o seu dia."""
    return montar(tmp_path, clientes=[cliente("A")], titulos=[
        titulo(f"T{n}", DIA + timedelta(days=n), f"{n}00.00", tipo_doc=str(n)) for n in (1, 2, 3)
    ])  # fmt: skip


@pytest.mark.requisito("S-09", "S-48")
def test_o_valor_sai_da_conta_do_cliente_e_entra_na_da_empresa(tres: Path, tmp_path: Path) -> None:
    arquivo = gerada(tres, tipos_doc=frozenset("1"))
    assert enviadas(arquivo) == [LinhaE("0101", "10014", "20260821", 10_000, "0")]
    with na(tres) as ctx:
        importar(ctx, retorno(arquivo, tmp_path / "r.ret", ["00"]), baixar_em="CONTA", confirmar=True)
    (linha,) = ler(tres, "movimento_banco")
    assert (linha["titulo"], linha["valor"], linha["conta"]) == ("T1", 100.0, "BB1")


@pytest.mark.requisito("S-27")
def test_cada_linha_leva_o_vencimento_do_titulo_ou_a_data_fixa(tres: Path) -> None:
    assert [e.vencimento for e in enviadas(gerada(tres, tipos_doc=frozenset("12")))] == ["20260821", "20260822"]
    assert [e.vencimento for e in enviadas(gerada(tres, data_fixa=date(2026, 8, 7)))] == ["20260807"]


@pytest.mark.requisito("S-28")
def test_a_data_fixa_so_vale_na_vez_em_que_se_escolhe(tres: Path) -> None:
    comando = ["gerar", str(tres), "--hoje", HOJE.isoformat(), "--tipos-doc"]
    assert main([*comando, "1", "--data-fixa", "2026-08-25"]) == 0
    assert main([*comando, "2"]) == 0
    assert main([*comando, "3", "--vencimento-de", "2026-08-10", "--vencimento-ate", "2026-08-31"]) == 0
    arquivos = sorted((tres.parent / "remessas").glob("*.rem"))
    assert [e.vencimento for arquivo in arquivos for e in enviadas(arquivo)] == ["20260825", "20260822", "20260823"]


@pytest.mark.requisito("S-25")
def test_o_vencimento_inicial_antes_do_minimo_e_recusado(tres: Path) -> None:
    with na(tres) as ctx, pytest.raises(ErroGuiche, match=r"vencimento inicial \(06/08/2026\)") as erro:
        gerar(ctx, filtros=Filtros(vencimento=(HOJE + timedelta(days=2), None)))
    assert erro.value.codigo == "filtro.prazo"
    extremos = (DIA + timedelta(days=1), DIA + timedelta(days=2))
    assert [e.vencimento for e in enviadas(gerada(tres, vencimento=extremos))] == ["20260821", "20260822"]


@pytest.mark.requisito("S-30")
def test_do_pago_em_parte_vai_o_saldo_e_o_retorno_o_quita(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", DIA, "300.00"), titulo("T2", DIA, "50.00")]
    )
    with na(caminho) as ctx:
        receber(ctx, "T1", 12_000, dia=HOJE)
    sem_a_opcao = gerada(caminho)
    assert [e.valor for e in enviadas(sem_a_opcao)] == [5_000]
    arquivo = gerada(caminho, parcial=True)
    assert [e.valor for e in enviadas(arquivo)] == [18_000]
    resposta = retorno(arquivo, tmp_path / "r.ret", ["00"], nsa=1)
    with na(caminho) as ctx:
        importar(ctx, resposta, baixar_em="CAIXA", confirmar=True)
    assert situacoes(caminho) == {"T1": "PAGO", "T2": "ENVIADO"}
    assert [c["valor"] for c in ler(caminho, "caixa")] == [120.0, 180.0]


@pytest.mark.requisito("S-38")
@pytest.mark.parametrize(("falta", "celula"), [("agencia", "Contas!E2"), ("conta", "Contas!G2")])
def test_sem_os_dados_da_conta_a_baixa_se_recusa_com_a_celula(
    tres: Path, tmp_path: Path, falta: str, celula: str
) -> None:
    resposta = retorno(gerada(tres), tmp_path / "r.ret", ["00"] * 3)
    aberta = PastaEmArquivo(tres)
    gravar_tabela(aberta, "contas", [CONTA | {falta: None}])
    aberta.salvar()
    antes = tres.read_bytes()
    with na(tres) as ctx:
        feito = importar(ctx, resposta, baixar_em="CONTA", confirmar=True)
    assert (feito.feito, [str(p.local) for p in feito.problemas]) == (False, [celula])
    assert tres.read_bytes() == antes


@pytest.mark.requisito("S-42")
def test_o_debito_recusado_se_envia_de_novo_ou_se_recebe_a_mao(tres: Path, tmp_path: Path) -> None:
    resposta = retorno(gerada(tres), tmp_path / "r.ret", ["01", "04", "00"])
    with na(tres) as ctx, pytest.raises(ErroGuiche, match="remessa 1"):
        receber(ctx, "T1", 10_000, dia=HOJE)
    with na(tres) as ctx:
        importar(ctx, resposta, confirmar=True)
    assert situacoes(tres) == {"T1": "EM ABERTO", "T2": "EM ABERTO", "T3": "PAGO"}
    with na(tres) as ctx:
        receber(ctx, "T1", 10_000, dia=HOJE)
    assert [(e.valor, e.movimento) for e in enviadas(gerada(tres))] == [(20_000, "0")]
    assert situacoes(tres) == {"T1": "PAGO", "T2": "ENVIADO", "T3": "PAGO"}


@pytest.mark.requisito("S-17", "S-43")
def test_o_estornado_vai_como_cancelamento_e_recusado_vai_outra_vez(tres: Path, tmp_path: Path) -> None:
    original = enviadas(gerada(tres))[0]
    with na(tres) as ctx:
        estornar(ctx, "T1", "devolução")
    primeira = gerada(tres)
    assert enviadas(primeira) == [original._replace(movimento="1")]
    with na(tres) as ctx:
        importar(ctx, retorno(primeira, tmp_path / "r.ret", ["98"]), confirmar=True)
    assert situacoes(tres)["T1"] == "CANCELAMENTO A ENVIAR"
    assert enviadas(gerada(tres)) == [original._replace(movimento="1")]


@pytest.mark.requisito("S-46")
def test_o_livro_guarda_cada_linha_que_alguma_vez_saiu(tres: Path, tmp_path: Path) -> None:
    arquivos = [gerada(tres, tipos_doc=frozenset("12"))]
    with na(tres) as ctx:
        importar(ctx, retorno(arquivos[0], tmp_path / "r.ret", ["01", "00"]), confirmar=True)
    arquivos.append(gerada(tres))
    with na(tres) as ctx:
        remessas.marcar(ctx, 2, "transmitida")
        arquivos.append(remessas.estornar(ctx, 2).arquivos[-1])
    sairam = [(e.vencimento, e.valor, int(e.movimento)) for arquivo in arquivos for e in enviadas(arquivo)]
    assert len(sairam) == 6
    with na(tres) as ctx:
        guardadas = ctx.livro.consultar("SELECT vencimento, valor, movimento FROM linha ORDER BY id")
    assert [(dia.replace("-", ""), valor, movimento) for dia, valor, movimento in guardadas] == sairam


@pytest.mark.requisito("S-36")
@pytest.mark.parametrize(
    ("desde", "trocado", "certo"), [(42, "341", "001"), (2, "999999".ljust(20), "654321")], ids=["banco", "convênio"]
)
def test_o_retorno_de_outra_conta_se_recusa_com_os_dois_codigos(
    tres: Path, tmp_path: Path, desde: int, trocado: str, certo: str
) -> None:
    resposta = retorno(gerada(tres), tmp_path / "r.ret", ["00"] * 3)
    texto = resposta.read_bytes()
    resposta.write_bytes(texto[:desde] + trocado.encode() + texto[desde + len(trocado) :])
    with na(tres) as ctx, pytest.raises(ErroGuiche) as erro:
        importar(ctx, resposta, confirmar=True)
    assert erro.value.codigo == "retorno.conta"
    assert (trocado.strip() in str(erro.value), certo in str(erro.value)) == (True, True)
    assert ler(tres, "retornos") == []


@pytest.mark.requisito("S-57")
def test_a_remessa_estornada_tem_bola_preta_e_nao_se_exporta(tres: Path) -> None:
    arquivo = gerada(tres)
    with na(tres) as ctx:
        remessas.marcar(ctx, 1, "transmitida")
        remessas.estornar(ctx, 1)
    assert [(r["codigo"], r["situacao"], r["bola"]) for r in ler(tres, "remessas")] == [
        (2.0, "ATIVA", 2.0), (1.0, "ESTORNADA", 0.0),
    ]  # fmt: skip
    arquivo.unlink()
    with na(tres) as ctx, pytest.raises(ErroGuiche, match="bola preta"):
        remessas.exportar(ctx, 1)
    assert not arquivo.exists()


@pytest.mark.requisito("S-61")
def test_vencimento_errado_se_cancela_no_banco_e_vai_de_novo_com_o_certo(tres: Path, tmp_path: Path) -> None:
    errada = gerada(tres, tipos_doc=frozenset("1"), data_fixa=date(2026, 8, 10))
    with na(tres) as ctx:
        remessas.marcar(ctx, 1, "transmitida")
    with na(tres) as ctx:
        remessas.marcar(ctx, 1, "transmitida")
        cancela = remessas.estornar(ctx, 1).arquivos[-1]
    certa = gerada(tres, tipos_doc=frozenset("1"), data_fixa=date(2026, 8, 25))
    assert [(e.vencimento, e.movimento) for arquivo in (errada, cancela, certa) for e in enviadas(arquivo)] == [
        ("20260810", "0"), ("20260810", "1"), ("20260825", "0"),
    ]  # fmt: skip
    for nsa, (arquivo, codigo) in enumerate(((cancela, "99"), (certa, "00")), 1):
        with na(tres) as ctx:
            importar(ctx, retorno(arquivo, tmp_path / f"{nsa}.ret", [codigo], nsa=nsa), confirmar=True)
    (linha,) = ler(tres, "movimento_banco")
    assert (linha["titulo"], linha["valor"]) == ("T1", 100.0)
    assert situacoes(tres) == {"T1": "PAGO", "T2": "EM ABERTO", "T3": "EM ABERTO"}


@pytest.mark.requisito("S-111")
def test_filtrar_pela_conveniada_debita_os_membros_nas_contas_deles(tmp_path: Path) -> None:
    empresa = {"codigo": "E1", "nome": "Associação", "cnpj": "11222333000181", "banco": "001", "agencia": "4321",
               "conta": "98765", "conta_dv": "4"}  # fmt: skip
    pessoas = [
        cliente("A", 1, empresa="E1", agencia="0101"), cliente("B", 2, empresa="E1", agencia="0202"),
        cliente("C", 3, agencia="0303"),
    ]  # fmt: skip
    devidos = [titulo(f"T{c}", DIA, "10.00", c) for c in "ABC"]
    caminho = montar(tmp_path, clientes=pessoas, titulos=devidos, empresas=[empresa])
    linhas = enviadas(gerada(caminho, por="CONVENIO", empresa=("E1", "E1")))
    assert [(e.agencia, e.conta) for e in linhas] == [("0101", "10014"), ("0202", "10022")]


@pytest.mark.requisito("S-91")
def test_estornado_o_boleto_a_baixa_sai_na_remessa_e_os_titulos_ficam_livres(tmp_path: Path) -> None:
    caminho = de_boletos.pasta(tmp_path, 3)
    emitido = do_retorno.emitidos(caminho)
    de_boletos.gerada(caminho)
    entrada = [do_retorno.resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in emitido]
    do_retorno.importado(caminho, do_retorno.arquivo(caminho, entrada))
    assert do_retorno.estados(caminho) == ["REGISTRADO"] * 3
    with na(caminho) as ctx:
        for boleto in emitido[:2]:
            fila.estornar(ctx, boleto.id)
    (arquivo,) = de_boletos.gerada(caminho).arquivos
    baixas = [(t.codigo_movimento, int(t.nosso_numero or 0)) for t in ler_titulos(arquivo)]
    assert baixas == [("02", b.numero) for b in emitido[:2]]
    assert do_retorno.situacao(caminho) == {"T1": "EM ABERTO", "T2": "EM ABERTO", "T3": "EM BOLETO"}
    with na(caminho) as ctx:
        receber(ctx, "T1", 10_000, dia=HOJE)
    novos = do_retorno.emitidos(caminho)[3:]
    assert [b.valor for b in novos] == [20_000]
    assert do_retorno.situacao(caminho) == {"T1": "PAGO", "T2": "EM BOLETO", "T3": "EM BOLETO"}


def _impresso(pdf: Path) -> str:
    return "".join(pagina.extract_text() for pagina in pypdf.PdfReader(pdf).pages)


@pytest.mark.requisito("S-10")
def test_o_papel_avisa_enquanto_o_banco_nao_confirma_e_depois_ja_nao(tmp_path: Path) -> None:
    caminho = de_boletos.pasta(tmp_path, 1)
    emitido = do_retorno.emitidos(caminho)
    (emissao_,) = tmp_path.rglob("*.pdf")
    assert "AGUARDANDO REGISTRO" in _impresso(emissao_)
    de_boletos.gerada(caminho)
    entrada = [do_retorno.resposta(b, "02", classe="ENTRADA_CONFIRMADA") for b in emitido]
    do_retorno.importado(caminho, do_retorno.arquivo(caminho, entrada))
    with na(caminho) as ctx:
        (depois,) = impressao.imprimir(ctx, [1], impressao.Saida("a4", separados=False)).arquivos
    assert "AGUARDANDO REGISTRO" not in _impresso(depois)
    assert emitido[0].linha_digitavel in _impresso(depois)


@pytest.mark.requisito("S-73", "S-74", "S-75", "S-79")
def test_a_remessa_e_o_papel_levam_o_vencimento_o_saldo_e_a_carteira(tmp_path: Path) -> None:
    caminho = do_retorno.pasta(tmp_path, [
        titulo("T1", DIA, "100.00", tipo_doc="1"), titulo("T2", DIA + timedelta(days=1), "300.00", tipo_doc="2",
                                                          ja_recebido=120.0),
    ])  # fmt: skip
    comando = ["boletos", "gerar", str(caminho), "--hoje", HOJE.isoformat(), "--tipos-doc"]
    assert main([*comando, "1", "--data-fixa", "2026-09-15"]) == 0
    assert main([*comando, "2", "--parcial"]) == 0
    (remessa,) = de_boletos.gerada(caminho).arquivos
    carteiras = [linha[83:86] for linha in remessa.read_text("ascii").splitlines() if linha[0] == "1"]
    nela = [(t.data_vencimento, t.valor_titulo, c) for t, c in zip(ler_titulos(remessa), carteiras, strict=True)]
    assert nela == [(date(2026, 9, 15), 10_000, "109"), (date(2026, 8, 21), 18_000, "109")]
    emitido = [decodificar(str(b["linha_digitavel"]), HOJE) for b in ler(caminho, "boletos")]
    nas_barras = [(p.vencimento, p.valor, p.campo_livre[:3]) for p in emitido]
    assert nas_barras == nela


@pytest.mark.requisito("S-68", "S-69")
def test_boletos_so_dos_membros_das_conveniadas_do_intervalo(tmp_path: Path) -> None:
    pessoas = [cliente(c, n, empresa=f"E{n}", **ENDERECO) for n, c in enumerate("ABC", 1)]
    caminho = montar(tmp_path, clientes=pessoas, titulos=[titulo(f"T{c}", DIA, "10.00", c) for c in "ABC"],
                     contas=[COBRANCA], cobranca=[do_retorno.CONTRATO])  # fmt: skip
    filtros = ["--por", "CONVENIO", "--empresa-de", "E2", "--empresa-ate", "E3", "--cliente-de", "A"]
    assert main(["boletos", "gerar", str(caminho), "--hoje", HOJE.isoformat(), *filtros]) == 0
    assert [b["cliente"] for b in ler(caminho, "boletos")] == ["B", "C"]
