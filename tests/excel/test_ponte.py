"""Os botões da faixa, do clique à caixa de resultado, sobre a pasta aberta."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from guiche.arquivos.assinatura import identificar
from guiche.atos import atos, funcao
from guiche.dominio.filtros import Filtros
from guiche.excel import cliques, conversa
from guiche.excel.botao import FALHA, FEITO, RECUSADO
from guiche.excel.conversa import ConversaNoExcel
from guiche.excel.ponte import executar
from guiche.excel.qual_sistema import sistema_de
from guiche.livro.vinculo import VARIAVEL, caminho_do_livro
from guiche.planilha.esquema import esquema
from guiche.servicos.boletos import emissao
from guiche.servicos.debito import atender
from tests.excel.conftest import ExcelDeTeste, Tela
from tests.planilha.test_modernizar import velha
from tests.remessa.test_pedido import PEDIDO
from tests.servicos.apoio import COBRANCA, CONTA, ENDERECO, HOJE, autor, cliente, ler, montar, na, retorno, titulo

CONTRATO = {"conta": "ITAU1", "carteira": "109", "formato": "CNAB400", "endereco": "Rua A, 1"}


def _remessa(tela: Tela) -> Path:
    return next((tela.caminho.parent / "remessas").glob("*.rem"))


@pytest.mark.requisito("S-20", "S-31", "K-14", "K-16", "K-17")
def test_o_caminho_inteiro_com_botoes(tela: Tela, tmp_path: Path) -> None:
    tabelas = ("titulos", "remessas", "diario", "contas")
    antes = [ler(tela.caminho, tabela) for tabela in tabelas]
    assert tela.clicar("conferir") == FEITO
    assert "A debitar: 4 títulos" in tela.caixas[0]
    assert "na aba Conferência" in tela.caixas[0]
    assert tela.app.livro.ativa == "Conferência"
    assert [c["decisao"] for c in ler(tela.caminho, "conferencia")] == ["DEBITAR"] * 4
    assert [ler(tela.caminho, tabela) for tabela in tabelas] == antes
    assert tela.clicar("gerar", "yes") == FEITO
    pergunta, resultado = tela.caixas
    assert "R$ 400,00" in pergunta
    assert "Gerar remessa: confirma?" in pergunta
    assert str(_remessa(tela)) in resultado
    assert "Envie o arquivo ao banco" in resultado
    assert tela.app.livro.ativa == "Conferência"
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["ENVIADO"] * 4
    ret = retorno(_remessa(tela), tmp_path / "Área 100% & Cia's.ret", ["00", "00", "01", "00"])
    assert tela.clicar("novo_retorno", "yes", arquivo=ret) == FEITO
    assert "Prévia: nada foi gravado ainda." in tela.caixas[0]
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["PAGO", "PAGO", "EM ABERTO", "PAGO"]
    assert tela.app.livro.ativa == esquema()["retorno_linhas"].aba


@pytest.mark.parametrize("ato", ["gerar", "importar"])
def test_quem_nao_confirma_nada_muda(tela: Tela, tmp_path: Path, ato: str) -> None:
    ret = None
    if ato == "importar":
        tela.clicar("gerar", "yes")
        ret = retorno(_remessa(tela), tmp_path / "r.ret", ["00"] * 4)
    antes = tela.caminho.read_bytes(), ler(tela.caminho, "diario")
    assert tela.clicar(ato, "no", arquivo=ret) == RECUSADO
    assert (tela.caminho.read_bytes(), ler(tela.caminho, "diario")) == antes
    assert len(tela.caixas) == 1


@pytest.mark.parametrize("ato", ["gerar", "boletos_gerar", "boletos_remessa"])
def test_sem_nada_a_enviar_nao_se_pergunta_e_se_diz_por_que(app: ExcelDeTeste, tmp_path: Path, ato: str) -> None:
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], clientes=[cliente("A")], titulos=[titulo("T1", HOJE, "10.00", "X")],
        cobranca=[CONTRATO],
    )  # fmt: skip
    vazia = Tela(app, app.abrir(caminho), caminho)
    assert vazia.clicar(ato, "yes") == FEITO
    (unica,) = vazia.caixas
    assert "confirma?" not in unica
    assert ler(caminho, "diario") == []
    if ato != "boletos_remessa":
        assert [(c["titulo"], c["decisao"]) for c in ler(caminho, "conferencia")] == [("T1", "FORA")]


@pytest.mark.requisito("S-31")
def test_o_pedido_que_fica_na_fila_se_ve_na_conferencia(app: ExcelDeTeste, tmp_path: Path) -> None:
    """O boleto de um livro antigo, emitido quando ainda não se examinava o endereço do pagador."""
    caminho = montar(
        tmp_path, contas=[COBRANCA], cobranca=[CONTRATO], clientes=[cliente("A", optante="Não")],
        titulos=[titulo("T1", HOJE + timedelta(days=5), "10.00", "A")],
    )  # fmt: skip
    with na(caminho) as ctx:
        emissao.gerar(ctx, "", Filtros(), juntar=False)
    with na(caminho) as ctx, ctx.livro.transacao():
        dados = json.loads(ctx.livro.valor("SELECT dados FROM boleto"))
        dados["pagador"] |= dict.fromkeys(ENDERECO, "")
        ctx.livro.executar("UPDATE boleto SET dados = ?", (json.dumps(dados),))
    tela = Tela(app, app.abrir(caminho), caminho)
    assert tela.clicar("boletos_remessa") == FEITO
    assert "1 × falta endereço do pagador" in tela.caixas[0]
    assert "aba Conferência" in tela.caixas[0]
    assert tela.app.livro.ativa == "Conferência"
    (linha,) = ler(caminho, "conferencia")
    assert (linha["titulo"], linha["movimento"], linha["decisao"]) == ("T1", "REGISTRAR", "FORA")
    assert "Registrar de novo" in str(linha["o_que_fazer"])
    assert ler(caminho, "remessas") == []


@pytest.mark.requisito("S-22", "S-25")
def test_filtros_sao_celulas(tela: Tela) -> None:
    tela.filtrar("debito", Cliente="A", Cliente_ate="A", Vencimento_ate=HOJE + timedelta(days=5))
    assert tela.clicar("conferir") == FEITO
    assert "A debitar: 1 título" in tela.caixas[0]
    tela.filtrar("debito", Data_fixa="amanhã")
    assert tela.clicar("conferir") == RECUSADO
    assert "Filtros do débito!B" in tela.caixas[0]
    assert tela.app.livro.ativa == "Problemas"


@pytest.mark.requisito("S-59")
def test_estornar_a_remessa_da_linha_clicada(tela: Tela) -> None:
    tela.clicar("gerar", "yes")
    assert tela.clicar("remessas_estornar", "yes") == RECUSADO
    assert "clique na linha, na aba Remessas" in tela.caixas[0]
    tela.escolher("Remessas", 2, altura=2)
    assert tela.clicar("remessas_estornar", "yes") == RECUSADO
    tela.escolher("Remessas", 2)
    assert tela.clicar("remessas_transmitida", "yes") == FEITO
    assert tela.clicar("remessas_estornar", "yes") == FEITO
    assert "Remessa 1 (NSA 1" in tela.caixas[0]
    assert [r["situacao"] for r in ler(tela.caminho, "remessas")] == ["ATIVA", "ESTORNADA"]


def test_receber_o_titulo_da_linha_clicada(tela: Tela) -> None:
    tela.escolher("Títulos", 3)
    assert tela.clicar("titulo_receber", "yes") == RECUSADO
    assert "falta Valor" in tela.caixas[0]
    tela.escolher("Títulos", 3)
    tela.filtrar("titulos", Título="T0", Valor=40.0, Dia_do_recebimento=HOJE)
    assert tela.clicar("titulo_receber", "yes") == FEITO
    assert "Título T1" in tela.caixas[0]
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")][:2] == ["EM ABERTO", "PARCIAL"]
    tela.escolher("Dados do título", 2)
    assert tela.clicar("titulo_receber", "no") == RECUSADO
    assert "Título T0" in tela.caixas[0]


def test_problemas_vao_para_a_aba_com_ligacao(tela: Tela) -> None:
    tela.escrever("Títulos", G3="ontem", H4="cem")
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "Há 2 problemas" in tela.caixas[0]
    assert "HYPERLINK" in tela.celula("Problemas", "A2").value
    assert tela.app.livro.ativa == "Problemas"
    assert not (tela.caminho.parent / "remessas").exists()


def test_segundo_clique_enquanto_um_ato_corre(tela: Tela) -> None:
    """O segundo clique chega com a caixa de confirmação ainda aberta, como no macOS."""
    segundo: list[int] = []

    def clicar_de_novo() -> None:
        tela.app.excel.ao_alertar = None
        segundo.append(executar("gerar", "", tela.livro, autor(usuario="bia")))

    tela.app.excel.ao_alertar = clicar_de_novo
    assert tela.clicar("gerar", "ok", "yes") == FEITO
    assert segundo == [RECUSADO]
    assert "m uso por ana" in tela.caixas[1]
    assert len(ler(tela.caminho, "remessas")) == 1


def test_falha_nao_prevista_tem_frase_e_registro_sem_dados(
    tela: Tela, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def quebrar(_: Any) -> None:
        raise ValueError("Cliente A 529.982.247-25 conta 12345")

    monkeypatch.setattr(atender, "gerar", quebrar)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert tela.clicar("gerar", "yes") == FALHA
    assert "Algo inesperado" in tela.caixas[-1]
    registro = Path(tela.caixas[-1].splitlines()[-1])
    texto = registro.read_text("utf-8")
    assert "ValueError" in texto
    assert "quebrar" in texto
    assert not re.search(r"529|12345|Cliente", texto)


@pytest.mark.parametrize(
    ("preparo", "trecho"),
    [
        ("na nuvem", "aberta da nuvem"),
        ("só leitura", "Habilitar Edição"),
        ("não salva", "ainda não foi salva"),
        ("não é do Guichê", "alta a tabela"),
    ],
)
def test_pasta_que_nao_serve(tela: Tela, preparo: str, trecho: str) -> None:
    if preparo == "na nuvem":
        tela.app.livro.endereco = "https://d.docs.live.net/x/Cobran%C3%A7a.xlsx"
    elif preparo == "só leitura":
        tela.app.livro.so_leitura = True
    elif preparo == "não salva":
        tela.app.livro.endereco = "Pasta1"
    else:
        for aba in tela.app.livro.pasta.worksheets:
            aba.tables.clear()
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert trecho in tela.caixas[0]
    assert "O que fazer:" in tela.caixas[0]


def test_excel_que_nao_salva_nao_perde_o_ato(tela: Tela) -> None:
    tela.app.livro.falha_ao_salvar = "disco cheio"
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "não gravou" in tela.caixas[-1]
    tela.app.livro.falha_ao_salvar = ""
    assert _remessa(tela).exists()
    assert tela.clicar("atualizar") == FEITO
    assert [r["nsa"] for r in ler(tela.caminho, "remessas")] == [1.0]
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["ENVIADO"] * 4


def test_esc_interrompe_so_antes_do_livro(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    """Esc só vale na janela deste Excel, e enquanto nada foi ao livro; o macOS não diz que tecla se aperta."""
    monkeypatch.setattr(conversa, "esc_apertado", lambda: True)
    if tela.app.nome == "macos":
        assert tela.clicar("gerar", "yes") == FEITO
        return
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "interrompido" in tela.caixas[-1]
    assert ler(tela.caminho, "remessas") == []
    monkeypatch.setattr(conversa, "esc_apertado", (tela.caminho.parent / "remessas").exists)
    assert tela.clicar("gerar", "yes") == FEITO


def test_esc_noutra_janela_nao_conta(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversa, "esc_apertado", lambda: True)
    tela.app.excel.na_frente = False
    assert tela.clicar("gerar", "yes") == FEITO


def test_listas_ajuda_e_ferramentas(tela: Tela, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    abertos: list[Path] = []
    monkeypatch.setattr(conversa, "abrir_arquivo", abertos.append)
    assert tela.clicar("gerar", "yes") == FEITO
    assert tela.clicar("optantes", "yes") == FEITO
    assert tela.clicar("arquivo_explicar", "no", arquivo=_remessa(tela)) == FEITO
    assert [a.name for a in abertos] == ["Optantes.pdf"]
    assert (tmp_path / "Optantes.xlsx").exists()
    assert list(tmp_path.rglob("* explicado.xlsx"))
    for ato, aba in (("remessas_listar", "Remessas"), ("retornos", "Retornos"), ("ajuda", "Ajuda")):
        assert tela.clicar(ato) == FEITO
        assert tela.app.livro.ativa == aba
    assert tela.clicar("arquivo_verificar", arquivo=_remessa(tela)) == FEITO
    assert tela.clicar("arquivo_ler", arquivo=_remessa(tela)) == FEITO
    assert tela.clicar("arquivo_comparar", "no", arquivo=_remessa(tela), outro=_remessa(tela)) == FEITO
    assert "4 iguais, 0 só em A" in tela.caixas[0]
    assert tela.clicar("arquivo_comparar", arquivo=_remessa(tela)) == RECUSADO
    assert "precisa de 2 arquivos" in tela.caixas[0]
    tela.app.livro.pasta["Títulos"].tables["tbTitulos"].autoFilter.add_filter_column(0, ["x"])
    assert tela.clicar("limpar_filtros") == FEITO
    assert "Filtro tirado de 1 lista" in tela.caixas[0]
    assert tela.clicar("voar") == RECUSADO
    assert tela.clicar("importar") == RECUSADO
    assert "precisa de um arquivo" in tela.caixas[0]


def test_ver_uma_remessa_um_titulo_e_um_retorno_pela_linha_clicada(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    banco = retorno(_remessa(tela), tela.caminho.parent / "banco.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=banco) == FEITO
    for ato, aba, frase, mostra in (
        ("remessas_ver", "Remessas", "Remessa 1 (NSA 1", "Remessas"),
        ("titulo_ver", "Títulos", "T0", "Títulos"),
        ("retornos_ver", "Retornos", "Respostas: 4. Pagas: 3, R$ 300,00.", "Respostas do banco"),
    ):
        tela.app.livro.ativa = aba
        tela.escolher(aba, 2)
        assert tela.clicar(ato) == FEITO
        assert frase in tela.caixas[0]
        assert tela.app.livro.ativa == mostra
    assert str(tela.celula("Retornos", "K2").value) == """=HYPERLINK("#'Respostas do banco'!A2:M5","4 linhas")"""


def test_decodificar_o_que_se_escreveu_nos_dados_do_arquivo(tela: Tela) -> None:
    assert tela.clicar("boleto_decodificar") == RECUSADO
    assert "Dados do arquivo" in tela.caixas[0]
    tela.filtrar("arquivo", Linha_ou_código="34191090080010015005171234570001715380000014875")
    assert tela.clicar("boleto_decodificar") == FEITO
    assert "341" in tela.caixas[0]


def test_nova_pasta_nos_documentos(tela: Tela, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Documents").mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for nome in ("Cobrança.xlsx", "Cobrança 2.xlsx"):
        assert tela.clicar("novo", "no") == FEITO
        assert (tmp_path / "Documents" / nome).exists()


def test_atualizar_poe_em_dia_a_pasta_de_um_modelo_anterior(app: ExcelDeTeste, tmp_path: Path) -> None:
    """A pasta aberta se salva, fecha-se, cresce no disco e volta aberta, com o que se escreveu na tela."""
    caminho = velha(tmp_path)
    tela = Tela(app, app.abrir(caminho), caminho)
    assert tela.clicar("conferir") == RECUSADO
    assert "Atualizar" in tela.caixas[-1]
    tela.celula("Títulos", "H2").value = 25
    assert tela.clicar("atualizar") == FEITO
    assert "Aba nova: Divergências." in tela.caixas[0]
    assert "Divergências" in [aba.name for aba in tela.livro.sheets]
    assert tela.clicar("gerar", "yes") == FEITO
    assert [(t["valor"], t["situacao"]) for t in ler(caminho, "titulos")] == [
        (25.0, "ENVIADO"), (10.0, "ENVIADO"), (10.0, "ENVIADO"),
    ]  # fmt: skip
    assert tela.clicar("atualizar") == FEITO
    assert len(tela.caixas[0].splitlines()) == 1


def test_o_livro_da_janela_e_o_que_vale_sem_se_dizer(tela: Tela) -> None:
    tela.livro.set_mock_caller()
    assert executar("ajuda") == FEITO


def test_barra_de_status_no_maximo_quatro_vezes_por_segundo(tela: Tela) -> None:
    agora = 0.0
    fala = ConversaNoExcel(sistema_de(tela.livro), lambda: agora)
    for n in range(100):
        agora = n / 50
        fala.andamento(f"{n}")
    assert len(tela.app.excel.barra) <= 8
    fala.calar()


def test_o_tempo_de_cada_clique_se_ve_na_verificacao(
    tela: Tela, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """O tempo em que a pergunta esteve na tela não conta."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tela.app.excel.ao_alertar = lambda: time.sleep(1.5)
    assert tela.clicar("gerar", "yes") == FEITO
    tela.app.excel.ao_alertar = None
    assert tela.clicar("conferir") == FEITO
    gerar, conferir = cliques.ultimos()
    assert conferir.startswith("Conferir: ")
    assert 0 < float(gerar.removeprefix("Gerar remessa: ").removesuffix(" s").replace(",", ".")) < 3
    tela.clicar("diagnostico")
    assert any(gerar in texto for texto in tela.caixas)


def test_abrir_arquivo_chama_o_programa_do_sistema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chamados: list[list[str]] = []
    monkeypatch.setattr("subprocess.Popen", chamados.append)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    conversa.abrir_arquivo(tmp_path / "a.pdf")
    assert chamados == [["open", str(tmp_path / "a.pdf")]]


def test_todo_ato_tem_quem_o_atenda() -> None:
    assert all(callable(funcao(ato)) for ato in atos().values())


@pytest.mark.caso("X-01")
def test_todo_botao_responde_sobre_a_pasta_aberta(
    app: ExcelDeTeste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cada ato, com a linha clicada, o arquivo escolhido e a resposta Não: faz ou recusa com uma frase, nunca falha."""
    monkeypatch.setattr(conversa, "abrir_arquivo", lambda _: None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "Documents").mkdir()
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[CONTRATO],
        clientes=[cliente("A", 1), cliente("B", 2, optante="Não")],
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=9), "10.00", "AB"[n % 2]) for n in range(4)],
    )  # fmt: skip
    tela = Tela(app, app.abrir(caminho), caminho)
    tela.filtrar("debito", Cliente="A", Cliente_ate="A")
    assert tela.clicar("gerar", "yes") == FEITO
    banco = retorno(_remessa(tela), tmp_path / "banco.ret", ["00", "01"])
    assert tela.clicar("importar", "yes", arquivo=banco) == FEITO
    assert tela.clicar("boletos_gerar", "yes", "no") == FEITO
    (tmp_path / "lista.csv").write_text("Título;Cliente;Vencimento;Valor\nX;A;10/09/2026;5,00", "utf-8")
    (tmp_path / "x.ofx").write_text("nada")
    escolhas = {"ret": banco, "rem": _remessa(tela), "xlsx": tmp_path / "lista.csv", "ofx": tmp_path / "x.ofx"}
    escolhas["pdf"] = next((tmp_path / "boletos").glob("*.pdf"))
    escolhas["json"] = tmp_path / "pedido.json"
    escolhas["json"].write_text("{}")
    feitos = set()
    for ato in (um for um in atos().values() if um.botao):
        for opcao in (o for o in ato.opcoes if o.selecao):
            clicada = opcao.selecao.split(".")[0]
            tela.escolher("Remessas" if clicada == "*" else esquema()[clicada].aba, 2)
        arquivo, outro, *_ = [*(escolhas[o.extensoes[0]] for o in ato.arquivos), None, None]
        saiu = tela.clicar(ato.id, "no", "no", arquivo=arquivo, outro=outro)
        assert saiu in {FEITO, RECUSADO}, (ato.id, tela.caixas)
        assert tela.caixas, ato.id
        if saiu == FEITO:
            feitos.add(ato.id)
    assert {"conferir", "boletos_conferir", "retornos_ver", "remessas_ver", "titulo_ver", "boletos_detalhes"} <= feitos
    assert len(feitos) > len([um for um in atos().values() if um.botao]) // 2


def test_o_ensaio_so_se_importa_a_pedido(tela: Tela) -> None:
    """O retorno que o botão faz não dá baixa de verdade por descuido."""
    assert tela.clicar("gerar", "yes") == FEITO
    assert tela.clicar("banco_simulado", arquivo=_remessa(tela)) == FEITO
    assert tela.clicar("banco_simulado", arquivo=_remessa(tela)) == FEITO
    ensaio, outro = sorted((tela.caminho.parent / "remessas").glob("ensaio-*.ret"))
    assert ensaio.read_bytes() == outro.read_bytes()
    assert tela.clicar("importar", "yes", arquivo=ensaio) == RECUSADO
    assert "nenhum banco o mandou" in tela.caixas[0]
    assert "Aceitar ensaio" in tela.caixas[0]
    tela.filtrar("retorno", Aceitar_ensaio="Sim")
    assert tela.clicar("importar", "yes", arquivo=ensaio) == FEITO
    assert "PAGO" in [t["situacao"] for t in ler(tela.caminho, "titulos")]


def test_o_pedido_de_outro_programa_vira_remessa(tela: Tela, tmp_path: Path) -> None:
    pedido = tmp_path / "pedido.json"
    pedido.write_text(json.dumps(PEDIDO), "utf-8")
    assert tela.clicar("remessa_gerar", arquivo=pedido) == FEITO
    assert tela.clicar("remessa_gerar", arquivo=pedido) == FEITO
    assert str(tmp_path / "pedido 2.rem") in tela.caixas[0]
    assert (tmp_path / "pedido.rem").read_bytes() == (tmp_path / "pedido 2.rem").read_bytes()
    assert identificar((tmp_path / "pedido.rem").read_text("latin-1").splitlines(), "x").sentido == "remessa"


def test_a_lista_de_outro_programa_vira_boletos_calculados(tela: Tela, tmp_path: Path) -> None:
    lista = tmp_path / "lista.json"
    certo = {"banco": "341", "carteira": "109", "agencia": "0057", "conta": "12345", "nosso_numero": "12345678",
             "valor": "150.00", "vencimento": "2026-09-10"}  # fmt: skip
    lista.write_text(json.dumps([certo, {"banco": "999"}]), "utf-8")
    assert tela.clicar("boleto_calcular", "no", arquivo=lista) == RECUSADO, "um deles não tem banco, e diz-se"
    aba = openpyxl.load_workbook(tmp_path / "lista calculados.xlsx")["Boletos"]
    linhas = list(aba.iter_rows(values_only=True))
    digitavel = linhas[0].index("linha digitavel")
    assert str(linhas[1][digitavel]) in tela.caixas[0]
    assert (linhas[2][digitavel] or "", bool(linhas[2][-1])) == ("", True)
    assert tela.clicar("boleto_calcular", arquivo=tmp_path / "nenhum.json") == RECUSADO


def test_o_exemplo_nasce_nos_documentos(tela: Tela, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    abertos: list[Path] = []
    monkeypatch.setattr(conversa, "abrir_arquivo", abertos.append)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert tela.clicar("demo", "yes") == FEITO
    assert abertos == [tmp_path / "Documents" / "Exemplo do Guichê" / "Farmácia Modelo.xlsx"]
    assert "PAGO" in [t["situacao"] for t in ler(abertos[0], "titulos")]
    assert tela.clicar("demo", "no") == FEITO
    assert str(tmp_path / "Documents" / "Exemplo do Guichê 2") in tela.caixas[0]


@pytest.mark.postgresql
@pytest.mark.parametrize("no_ambiente", [False, True])
def test_o_livro_vai_ao_servidor_com_a_pasta_aberta(
    tela: Tela, servidor_postgresql: str, monkeypatch: pytest.MonkeyPatch, *, no_ambiente: bool
) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    assert tela.clicar("livro_levar") == RECUSADO
    assert "que servidor" in tela.caixas[0]
    if no_ambiente:
        monkeypatch.setenv(VARIAVEL, servidor_postgresql)
        assert tela.clicar("gerar", "yes") == RECUSADO
    else:
        tela.filtrar("livro", Servidor=servidor_postgresql)
    assert tela.clicar("livro_levar") == FEITO
    assert not caminho_do_livro(tela.caminho).exists()
    tela.filtrar("livro", Servidor="")
    assert tela.clicar("livro_levar") == RECUSADO
    ret = retorno(_remessa(tela), tela.caminho.parent / "b.ret", ["00", "00", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["PAGO"] * 4
    with na(tela.caminho) as ctx:
        assert type(ctx.livro).__name__ == "LivroPostgresql"


@pytest.mark.requisito("S-83", "S-88")
def test_boletos_com_botoes(app: ExcelDeTeste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversa, "abrir_arquivo", lambda _: None)
    caminho = montar(
        tmp_path, clientes=[cliente("A", optante="Não")], cobranca=[CONTRATO], contas=[COBRANCA],
        titulos=[titulo(f"T{n}", HOJE + timedelta(days=5), "10.00", "A") for n in range(3)],
    )  # fmt: skip
    tela = Tela(app, app.abrir(caminho), caminho)
    assert tela.clicar("boletos_conferir") == FEITO
    tela.filtrar("boletos", Agrupar="Sim")
    assert tela.clicar("boletos_gerar", "yes", "no") == FEITO
    assert "A emitir: 1 boleto de 3 títulos, R$ 30,00" in tela.caixas[0]
    assert tela.app.livro.ativa == "Boletos"
    tela.escolher("Boletos", 2)
    assert tela.clicar("boletos_detalhes") == FEITO
    assert "Título T2: R$ 10,00." in tela.caixas[0]
    tela.escrever("Boletos", A2="Sim")
    assert tela.clicar("boletos_imprimir", "no") == FEITO
    assert tela.clicar("boletos_segunda_via", "no") == FEITO
    assert tela.clicar("boletos_estornar", "yes") == FEITO
    assert [b["situacao"] for b in ler(caminho, "boletos")] == ["ESTORNADO"]
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"EM ABERTO"}


def test_o_segredo_se_apaga_da_celula_assim_que_se_le(tela: Tela) -> None:
    segredo = "café com pão 42"
    tela.filtrar("livro", Segredo_novo="curto")
    assert tela.clicar("supervisor_definir") == 1
    assert "curto" not in str([c.value for linha in tela.app.livro.pasta["Livro e dados"] for c in linha][0:200:4])
    tela.filtrar("livro", Segredo_novo=segredo)
    assert tela.clicar("supervisor_definir") == 0
    tela.filtrar("livro", Segredo_do_supervisor="errado demais", Próximo_número=30, Motivo="o banco pediu")
    tela.escolher("Contas", 2)
    assert tela.clicar("conta_sequencia") == 1
    tela.filtrar("livro", Segredo_do_supervisor=segredo)
    assert tela.clicar("conta_sequencia") == 0
    assert ler(tela.caminho, "contas")[0]["nsa_proximo"] == 30
    escritos = {str(c.value) for aba in tela.app.livro.pasta for linha in aba.iter_rows() for c in linha}
    assert not {segredo, "errado demais", "curto"} & escritos
    with ZipFile(tela.caminho) as pacote:
        assert not any(segredo.encode() in pacote.read(nome) for nome in pacote.namelist())
