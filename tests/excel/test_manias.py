"""As manias do Excel, uma a uma: que a imitação as tem, e que a pasta sai certa apesar delas, nos dois sistemas."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles.protection import Protection
from openpyxl.worksheet.filters import ColorFilter, CustomFilter, CustomFilters, FilterColumn
from openpyxl.worksheet.protection import SheetProtection

from guiche.erros import ErroDePlanilha
from guiche.excel import no_windows, ponte
from guiche.excel.aberta import PastaAberta
from guiche.excel.botao import FEITO, RECUSADO
from guiche.excel.parado import tudo_parado
from guiche.excel.sistema import PASSO
from guiche.planilha.esquema import FORMATOS, esquema
from tests.excel.conftest import ExcelDeTeste, Tela
from tests.excel.sistema.com import RECUSADA
from tests.excel.sistema.modelo import ErroDoExcel, Faixa, Tabela
from tests.servicos.apoio import HOJE, ler, montar, retorno

SITUACAO = esquema()["titulos"].ids().index("situacao")


def _remessa(tela: Tela) -> Path:
    return next((tela.caminho.parent / "remessas").glob("*.rem"))


def _situacoes(tela: Tela) -> list[str]:
    return [tela.celula("Títulos", f"M{n}").value for n in range(2, 6)]


def _filtrar(tela: Tela, aba: str, tabela: str, coluna: int, *valores: str) -> Any:
    objeto = tela.app.livro.aba(aba).tabela(tabela)
    objeto.filtrar(coluna, 7 if len(valores) > 2 else 2 if len(valores) == 2 else 0, *_criterios(valores))
    return objeto


def _criterios(valores: tuple[str, ...]) -> tuple[Any, ...]:
    ditos = tuple(f"={v}" for v in valores)
    return (ditos,) if len(ditos) > 2 else ditos


# --- filtros ---


def test_a_imitacao_estraga_o_que_se_escreve_por_cima_de_um_filtro(tela: Tela) -> None:
    """xlwings#747: cada linha à vista recebe o primeiro elemento, e as escondidas nada."""
    _filtrar(tela, "Títulos", "tbTitulos", 1, "T1", "T3")
    tela.livro.sheets["Títulos"].range("L2:L5").raw_value = [["a"], ["b"], ["c"], ["d"]]
    assert [tela.celula("Títulos", f"L{n}").value for n in range(2, 6)] == [None, "a", None, "a"]


@pytest.mark.caso("X-02")
@pytest.mark.parametrize("valores", [("T1",), ("T1", "T3"), ("T0", "T1", "T3")])
def test_lista_filtrada_se_escreve_inteira_e_o_filtro_volta(tela: Tela, tmp_path: Path, valores: tuple[str]) -> None:
    tabela = _filtrar(tela, "Títulos", "tbTitulos", 1, *valores)
    criterios, escondidas = tabela.criterios(), tabela.aba.escondidas_por_filtro()
    assert escondidas
    assert tela.clicar("gerar", "yes") == FEITO
    assert _situacoes(tela) == ["ENVIADO"] * 4
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "00", "01", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    assert _situacoes(tela) == ["PAGO", "PAGO", "EM ABERTO", "PAGO"]
    assert [t["recebido"] for t in ler(tela.caminho, "titulos")] == [100.0, 100.0, 0.0, 100.0]
    assert (tabela.criterios(), tabela.aba.escondidas_por_filtro()) == (criterios, escondidas)


def test_comparacao_e_duas_colunas_filtradas_voltam(tela: Tela) -> None:
    tabela = _filtrar(tela, "Títulos", "tbTitulos", 2, "A")
    comparacao = CustomFilters(_and=True, customFilter=[
        CustomFilter(operator="greaterThanOrEqual", val="50"), CustomFilter(operator="lessThan", val="500"),
    ])  # fmt: skip
    tabela.crua.autoFilter.filterColumn.append(FilterColumn(colId=7, customFilters=comparacao))
    tabela.reaplicar_filtro()
    antes = tabela.criterios()
    assert tela.clicar("gerar", "yes") == FEITO
    assert (_situacoes(tela), tabela.criterios()) == (["ENVIADO"] * 4, antes)


def test_filtro_numa_lista_do_guiche_que_cresce(tela: Tela, tmp_path: Path) -> None:
    """A lista protegida: escreve-se inteira, e a linha nova obedece ao filtro."""
    assert tela.clicar("gerar", "yes") == FEITO
    tabela = _filtrar(tela, "Diário", "tbDiario", 4, "gerar")
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00"] * 4)
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    atos = [linha["acao"] for linha in ler(tela.caminho, "diario")]
    assert len(atos) > 1
    escondidas = {n for n, ato in enumerate(atos, 2) if ato != "gerar"}
    assert tabela.aba.escondidas_por_filtro() == escondidas
    assert tabela.aba.protegida


def test_filtro_por_cor_sai_e_se_diz(tela: Tela) -> None:
    tabela = tela.app.livro.aba("Títulos").tabela("tbTitulos")
    tabela.crua.autoFilter.filterColumn.append(FilterColumn(colId=3, colorFilter=ColorFilter(dxfId=0)))
    tabela.aba.ws.row_dimensions[3].hidden = True
    assert tela.clicar("gerar", "yes") == FEITO
    assert _situacoes(tela) == ["ENVIADO"] * 4
    assert not tabela.criterios()
    assert "O filtro da aba Títulos saiu em parte" in tela.caixas[-1]


def test_atualizar_cura_o_que_outro_programa_estragou_por_cima_do_filtro(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    tabela = _filtrar(tela, "Títulos", "tbTitulos", 1, "T1", "T3")
    tela.escrever("Títulos", M2="PAGO", M3="PAGO")
    assert tela.clicar("atualizar") == FEITO
    assert _situacoes(tela) == ["ENVIADO"] * 4
    assert tabela.aba.escondidas_por_filtro() == {2, 4}


def test_pessoa_escondida_por_filtro_tambem_se_anonimiza(tela: Tela) -> None:
    _filtrar(tela, "Clientes", "tbClientes", 1, "B")
    tela.escrever("Títulos", **{f"{c}{n}": None for n in (2, 4) for c in "ABGH"})
    tela.filtrar("livro", Pessoa="A")
    assert tela.clicar("lgpd_anonimizar", "yes") == FEITO, tela.caixas
    textos = [str(c.value) for linha in tela.app.aba("Clientes").iter_rows() for c in linha]
    assert not any("Cliente A" in texto for texto in textos)
    assert any("Cliente B" in texto for texto in textos)


@pytest.mark.requisito("K-06")
def test_limpar_filtros_conta_os_que_ha(tela: Tela) -> None:
    """Ter a seta no cabeçalho não é ter um critério."""
    assert tela.clicar("limpar_filtros") == FEITO
    assert "Nenhuma lista tinha filtro" in tela.caixas[0]
    for aba, tabela in (("Títulos", "tbTitulos"), ("Retornos", "tbRetornos")):
        _filtrar(tela, aba, tabela, 1, "x")
    assert tela.clicar("limpar_filtros") == FEITO
    assert "Filtros tirados de 2 listas" in tela.caixas[0]
    assert not tela.app.livro.aba("Títulos").escondidas_por_filtro()
    assert tela.app.livro.aba("Títulos").tabela("tbTitulos").filtro is not None, "a seta fica"


# --- proteção ---


def test_aba_com_senha_se_diz_e_o_ato_fica_no_livro(tela: Tela) -> None:
    tela.app.aba("Diário").protection.password = "segredo"  # noqa: S105
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "protegida com uma senha (Diário)" in tela.caixas[-1]
    assert "tire a senha" in tela.caixas[-1]
    tela.app.aba("Diário").protection = SheetProtection(sheet=True)
    assert tela.clicar("atualizar") == FEITO
    assert (_situacoes(tela), len(ler(tela.caminho, "diario"))) == (["ENVIADO"] * 4, 1)


def test_aba_cinza_que_ficou_aberta_fecha_se_na_escrita_seguinte(tela: Tela) -> None:
    """O Excel ocupado até ao fim não deixa pôr a proteção de volta; o ato seguinte a põe, e só nas do Guichê."""
    for aba in ("Diário", "Títulos"):
        tela.app.aba(aba).protection.sheet = False
    assert tela.clicar("gerar", "yes") == FEITO
    assert tela.app.aba("Diário").protection.sheet
    assert not tela.app.aba("Títulos").protection.sheet


def test_linha_de_totais_que_o_excel_nao_deixa_voltar_se_diz(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    objeto = tela.app.livro.aba("Diário")
    objeto.ws.protection.sheet = False
    objeto.tabela("tbDiario").mostrar_totais(mostra=True)
    objeto.ws.protection.sheet = True
    mostrar = Tabela.mostrar_totais

    def so_esconde(self: Tabela, *, mostra: bool) -> None:
        if mostra:
            raise ErroDoExcel("não agora")
        mostrar(self, mostra=mostra)

    monkeypatch.setattr(Tabela, "mostrar_totais", so_esconde)
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "A linha de totais da aba Diário saiu" in tela.caixas[-1]
    monkeypatch.undo()
    assert tela.clicar("atualizar") == FEITO
    assert [d["acao"] for d in ler(tela.caminho, "diario")] == ["gerar"]


@pytest.mark.parametrize("formato", ['"R$" #,##0.00', '_-"R$" * #,##0.00'])
def test_coluna_do_guiche_que_a_pessoa_formatou_como_moeda(tela: Tela, tmp_path: Path, formato: str) -> None:
    """Com formato de moeda o COM dá ``Decimal``, que de volta perderia casas."""
    for n in range(2, 6):
        tela.celula("Títulos", f"N{n}").number_format = formato
        tela.celula("Títulos", f"H{n}").number_format = formato
    assert tela.clicar("gerar", "yes") == FEITO
    for n in range(2, 6):
        tela.celula("Títulos", f"N{n}").number_format = formato
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "01", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    assert [t["recebido"] for t in ler(tela.caminho, "titulos")] == [100.0, 0.0, 0.0, 100.0]


def test_graficos_continuam_a_mover_se_depois_de_um_ato(tela: Tela) -> None:
    """``Protect`` prende desenhos e cenários, se não se diz o contrário; o modelo os deixa livres."""
    antes = {aba.title: (aba.protection.objects, aba.protection.scenarios) for aba in tela.app.livro.pasta}
    assert antes["Início"] == (False, False)
    assert tela.clicar("gerar", "yes") == FEITO
    for aba in tela.app.livro.pasta:
        protecao = aba.protection
        assert (protecao.objects, protecao.scenarios) == antes[aba.title], aba.title
        assert not protecao.sheet or (protecao.autoFilter, protecao.formatColumns) == (False, False)


def test_aba_escondida_pelo_proprio_excel_vem_a_frente(tela: Tela) -> None:
    for estado in ("hidden", "veryHidden"):
        tela.app.aba("Conferência").sheet_state = estado
        assert tela.clicar("conferir") == FEITO
        assert tela.app.livro.ativa == "Conferência"
        assert tela.app.aba("Conferência").sheet_state == "visible"


def test_aba_de_outro_nome_tambem_vem_a_frente(tela: Tela) -> None:
    tela.app.aba("Conferência").title = "O que vai"
    assert tela.clicar("conferir") == FEITO
    assert tela.app.livro.ativa == "O que vai"


# --- totais, tabelas que a pessoa mexeu ---


@pytest.mark.parametrize("aba", ["Títulos", "Diário", "Remessas"])
def test_linha_de_totais_do_excel_fica_abaixo_do_que_se_escreve(tela: Tela, tmp_path: Path, aba: str) -> None:
    objeto = tela.app.livro.aba(aba)
    protegida, objeto.ws.protection.sheet = objeto.protegida, False
    tabela = objeto.tabela({"Títulos": "tbTitulos", "Diário": "tbDiario", "Remessas": "tbRemessas"}[aba])
    tabela.mostrar_totais(mostra=True)
    objeto.ws.protection.sheet = protegida
    assert tela.clicar("gerar", "yes") == FEITO
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    assert (tabela.totais, objeto.protegida) == (True, protegida)
    assert objeto.ws.cell(tabela.faixa.l2, 1).value == "Total"
    assert _situacoes(tela) == ["PAGO", "EM ABERTO", "PAGO", "PAGO"]
    quantas = {"Títulos": 4, "Diário": 2, "Remessas": 1}[aba]
    assert tabela.faixa.altura == 1 + quantas + 1


def test_linhas_coladas_abaixo_da_linha_de_totais_se_leem(tela: Tela) -> None:
    tabela = tela.app.livro.aba("Títulos").tabela("tbTitulos")
    tabela.mostrar_totais(mostra=True)
    dados = dict(
        zip("ABGH", ("T9", "A", datetime.combine(HOJE + timedelta(days=9), datetime.min.time()), 10.0), strict=True)
    )
    tela.escrever("Títulos", **{f"{c}7": v for c, v in dados.items()})
    assert tela.clicar("gerar", "yes") == FEITO
    assert [tela.celula("Títulos", f"A{n}").value for n in (2, 5, 7)] == ["T0", "T3", "T9"]
    assert tela.celula("Títulos", "M7").value == "ENVIADO"
    assert tabela.totais


def test_tabela_que_a_pessoa_aumentou_a_mao(tela: Tela) -> None:
    tabela = tela.app.livro.aba("Títulos").tabela("tbTitulos")
    tabela.crua.ref = tabela.crua.autoFilter.ref = "A1:U40"
    assert tela.clicar("gerar", "yes") == FEITO
    assert _situacoes(tela) == ["ENVIADO"] * 4
    assert tabela.faixa.l2 == 40


def test_colunas_formatadas_ate_o_fim_nao_fazem_ler_um_milhao_de_linhas(tela: Tela) -> None:
    tela.app.aba("Títulos").cell(200_000, 30).value = None
    tela.app.aba("Títulos").row_dimensions[200_000].height = 20
    tela.app.aba("Títulos")["AD200000"].number_format = "@"
    tela.app.excel.zerar()
    assert tela.clicar("conferir") == FEITO
    assert tela.app.excel.total < 160


# --- erros em células ---


@pytest.mark.parametrize(
    ("erro", "coluna"),
    [
        ("#N/A", "A"),
        ("#REF!", "B"),
        ("#VALUE!", "G"),
        ("#NAME?", "H"),
        ("#DIV/0!", "J"),
        ("#SPILL!", "L"),
        ("#CALC!", "D"),
    ],
)
def test_erro_de_formula_nunca_se_le_como_vazio(tela: Tela, erro: str, coluna: str) -> None:
    celula = tela.celula("Títulos", f"{coluna}3")
    celula.value, celula.data_type = erro, "e"
    assert tela.clicar("conferir") == RECUSADO
    assert f"Títulos!{coluna}3" in tela.caixas[0]
    assert "erro de fórmula" in tela.caixas[0]
    assert ler(tela.caminho, "remessas") == []


def test_o_erro_se_diz_em_portugues(tela: Tela) -> None:
    for ingles, portugues in (("#N/A", "#N/D"), ("#VALUE!", "#VALOR!"), ("#NAME?", "#NOME?")):
        celula = tela.celula("Títulos", "L3")
        celula.value, celula.data_type = ingles, "e"
        assert tela.clicar("conferir") == RECUSADO
        assert portugues in tela.caixas[0]


# --- ordem ---


def test_a_imitacao_recusa_ordenar_celulas_trancadas_em_aba_protegida(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    tabela = tela.app.livro.aba("Remessas").tabela("tbRemessas")
    tabela.por_ordem([(2, True)])
    assert tabela.aba.protegida
    with pytest.raises(ErroDoExcel, match="trancadas"):
        tabela.ordenar()
    for linha in tabela.faixa.celulas():
        for celula in linha:
            celula.protection = Protection(locked=False)
    tabela.ordenar()


@pytest.mark.requisito("K-07")
@pytest.mark.caso("X-03")
@pytest.mark.parametrize(
    ("aba", "tabela", "coluna"), [("Linhas enviadas", "remessa_linhas", 0), ("Diário", "diario", 3)]
)
def test_a_lista_protegida_se_ordena_pelo_cabecalho(
    tela: Tela, tmp_path: Path, aba: str, tabela: str, coluna: int
) -> None:
    """Dois cliques no cabeçalho: crescente; outros dois, decrescente; e assim fica no ato seguinte."""
    assert tela.clicar("gerar", "yes") == FEITO
    id_ = esquema()[tabela].ids()[coluna]

    def valores() -> list[Any]:
        return [linha[id_] for linha in ler(tela.caminho, tabela)]

    for desce in (False, True, False, True):
        tela.escolher(aba, 1, coluna=coluna + 1)
        assert tela.clicar("ordenar") == FEITO, tela.caixas
        assert ("do maior" if desce else "do menor") in tela.caixas[0]
        assert valores() == sorted(valores(), reverse=desce)
        assert tela.app.livro.aba(aba).protegida
        assert tela.app.livro.ativa == aba
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    assert valores() == sorted(valores(), reverse=True)
    tela.escolher("Títulos", 1)
    assert tela.clicar("ordenar") == RECUSADO
    assert "seta do cabeçalho" in tela.caixas[0]


@pytest.mark.parametrize(("aba", "tabela"), [("Diário", "diario"), ("Linhas enviadas", "remessa_linhas")])
def test_a_linha_de_totais_de_uma_lista_do_guiche_nao_e_dado(tela: Tela, tmp_path: Path, aba: str, tabela: str) -> None:
    """Nem ao ordenar, que a poria entre as linhas, nem ao comparar a aba com o livro."""
    assert tela.clicar("gerar", "yes") == FEITO
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    antes, objeto = ler(tela.caminho, tabela), tela.app.livro.aba(aba)
    objeto.ws.protection.sheet = False
    objeto.tabela(esquema()[tabela].nome).mostrar_totais(mostra=True)
    objeto.ws.protection.sheet = True
    for _ in range(3):
        tela.escolher(aba, 1, coluna=1)
        assert tela.clicar("ordenar") == FEITO
        assert len(ler(tela.caminho, tabela)) == len(antes)
        assert [c.value for c in objeto.ws["A"]].index("Total") == len(antes) + 1
    assert tela.clicar("integridade") == FEITO, tela.caixas


def test_lista_de_nome_mudado_tambem_se_ordena(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    tela.app.aba("Linhas enviadas").title = "Enviadas"
    for esperada in (["T0", "T1", "T2", "T3"], ["T3", "T2", "T1", "T0"]):
        tela.escolher("Enviadas", 1, coluna=4)
        assert tela.clicar("ordenar") == FEITO, tela.caixas
        assert [linha["titulo"] for linha in ler(tela.caminho, "remessa_linhas")] == esperada


def test_lista_com_celula_estragada_tambem_se_ordena(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    celula = tela.celula("Linhas enviadas", "K3")
    celula.value, celula.data_type = "#N/A", "e"
    tela.escolher("Linhas enviadas", 1, coluna=11)
    assert tela.clicar("ordenar") == FEITO, tela.caixas
    assert tela.clicar("atualizar") == FEITO
    assert [linha["valor"] for linha in ler(tela.caminho, "remessa_linhas")] == [100.0] * 4


@pytest.mark.parametrize("endereco", ["$2:$2", "$A:$C", "$2:$5"])
def test_linhas_e_colunas_inteiras_escolhidas(tela: Tela, monkeypatch: pytest.MonkeyPatch, endereco: str) -> None:
    """O Excel dá o endereço de uma linha inteira sem colunas, e o de uma coluna sem linhas."""
    assert tela.clicar("gerar", "yes") == FEITO
    tela.escolher("Remessas", 2)
    propria = Faixa.endereco.fget  # type: ignore[attr-defined]
    escolhida = tela.app.excel.selecao
    monkeypatch.setattr(Faixa, "endereco", property(lambda f: endereco if f is escolhida else propria(f)))
    saiu = tela.clicar("remessas_imprimir", "no")
    assert saiu == (FEITO if endereco == "$2:$2" else RECUSADO), tela.caixas
    assert not any("inesperado" in texto for texto in tela.caixas)


def test_a_ordem_que_a_pessoa_deu_aos_titulos_fica(tela: Tela, tmp_path: Path) -> None:
    """Na lista da pessoa ordena-se pela seta do cabeçalho, e o que se escreve vai para a linha certa."""
    tabela = tela.app.livro.aba("Títulos").tabela("tbTitulos")
    tabela.por_ordem([(1, True)])
    tabela.ordenar()
    assert tela.clicar("gerar", "yes") == FEITO
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    numeros = [tela.celula("Títulos", f"A{n}").value for n in range(2, 6)]
    assert numeros == ["T3", "T2", "T1", "T0"]
    assert dict(zip(numeros, _situacoes(tela), strict=True))["T2" if numeros[1] == "T2" else "T1"] in {
        "PAGO",
        "EM ABERTO",
    }
    assert sorted(_situacoes(tela)) == ["EM ABERTO", "PAGO", "PAGO", "PAGO"]
    situacao = {t["numero"]: t["situacao"] for t in ler(tela.caminho, "titulos")}
    assert list(situacao) == numeros
    assert tabela.ordem() == [(1, True)]


# --- números e textos ---


def test_quinze_algarismos_bastam_ao_maior_valor(app: ExcelDeTeste, tela: Tela) -> None:
    maior = 9_999_999_999_999.99
    tela.escrever("Títulos", H2=maior)
    assert PastaAberta(tela.livro).ler("titulos", ("valor",)).linhas[0] == (maior,)
    assert app.excel.total


def test_o_que_ja_esta_como_deve_nao_se_escreve(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    assert tela.clicar("atualizar") == FEITO
    tela.app.livro.escritas = 0
    assert tela.clicar("atualizar") == FEITO
    assert tela.app.livro.escritas == 0


def test_aba_que_alguem_mexeu_volta_ao_que_o_livro_diz(tela: Tela) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    tela.escrever("Remessas", C2="OUTRA", F2=99.0)
    tela.escrever("Diário", D2=None)
    assert tela.clicar("atualizar") == FEITO
    assert [(r["conta"], r["nsa"]) for r in ler(tela.caminho, "remessas")] == [("BB1", 1.0)]
    assert [d["acao"] for d in ler(tela.caminho, "diario")] == ["gerar"]


def test_formatos_de_cada_coluna_depois_de_um_ato(tela: Tela, tmp_path: Path) -> None:
    assert tela.clicar("gerar", "yes") == FEITO
    ret = retorno(_remessa(tela), tmp_path / "b.ret", ["00", "01", "00", "00"])
    assert tela.clicar("importar", "yes", arquivo=ret) == FEITO
    pasta = openpyxl.load_workbook(tela.caminho)
    for tabela in (
        esquema()[t] for t in ("titulos", "remessas", "remessa_linhas", "retorno_linhas", "diario", "caixa")
    ):
        aba = pasta[tabela.aba]
        ultima = int(aba.tables[tabela.nome].ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for i, coluna in enumerate(tabela.colunas, 1):
            formatos = {aba.cell(n, i).number_format for n in range(2, ultima + 1)}
            assert formatos == {FORMATOS[coluna.tipo]}, (tabela.id, coluna.id)


def test_calculo_manual_continua_manual(tela: Tela) -> None:
    tela.app.excel.calculo = "manual"
    assert tela.clicar("gerar", "yes") == FEITO
    assert (tela.app.excel.calculo, _situacoes(tela)) == ("manual", ["ENVIADO"] * 4)
    tela.app.excel.calculo = "automatic"


def test_o_que_um_ato_parou_e_nao_pode_soltar_solta_o_seguinte(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    """O Excel fica ocupado no meio da escrita e assim continua: a tela e o cálculo não ficam parados para sempre."""
    monkeypatch.setattr(no_windows, "ESPERA", PASSO)
    monkeypatch.setattr(ponte, "ultima_palavra", lambda _: None)
    excel = tela.app.excel
    parado = (False, False, "manual")

    def ocupado(_n: int) -> bool:
        return (excel.tela, excel.eventos, excel.calculo) == parado

    if tela.app.nome == "windows":
        excel.ocupado = lambda n: RECUSADA if ocupado(n) else 0
    else:
        excel.falha_do_excel = lambda n: -1712 if ocupado(n) else 0
    assert tela.clicar("gerar", "yes") == RECUSADO
    excel.ocupado = excel.falha_do_excel = lambda _n: 0
    assert (excel.tela, excel.eventos, excel.calculo) == parado
    assert tela.clicar("atualizar") == FEITO
    assert (excel.tela, excel.eventos, excel.calculo) == (True, True, "automatic")
    assert _situacoes(tela) == ["ENVIADO"] * 4


def test_filtro_que_o_excel_nao_deixa_repor_se_diz(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    _filtrar(tela, "Títulos", "tbTitulos", 1, "T1")
    filtrar = Tabela.filtrar

    def so_tirar(tabela: Tabela, coluna: int, operador: int = 0, um: Any = None, dois: Any = None) -> None:
        if um is not None:
            raise ErroDoExcel("não se filtra")
        filtrar(tabela, coluna, operador, um, dois)

    monkeypatch.setattr(Tabela, "filtrar", so_tirar)
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "O filtro da aba Títulos saiu, e o Excel não o deixou repor" in tela.caixas[-1]
    assert tela.clicar("atualizar") == FEITO
    assert _situacoes(tela) == ["ENVIADO"] * 4


def test_uma_propriedade_que_nao_volta_nao_impede_as_outras() -> None:
    postas: list[tuple[str, int]] = []

    def por(nome: str, valor: int) -> None:
        if (nome, valor) == ("b", 1):
            raise ErroDoExcel("ocupado")
        postas.append((nome, valor))

    with pytest.raises(ErroDoExcel), tudo_parado(lambda _: 1, por, dict.fromkeys("abc", (0, 1))):
        postas.clear()
    assert sorted(postas) == [("a", 1), ("c", 1)]


# --- a pessoa mexe enquanto o ato corre ---


@pytest.mark.parametrize("app", ["macos"], indirect=True)  # no Windows a caixa prende a janela do Excel
def test_linha_incluida_enquanto_a_pergunta_esta_na_tela(tela: Tela) -> None:
    """No macOS o Excel continua livre; relê-se depois da resposta, e cada situação vai para o seu título."""

    def trocar() -> None:
        tela.app.excel.ao_alertar = None
        um, dois = ([c.value for c in tela.app.aba("Títulos")[n]] for n in (2, 3))
        for n, linha in ((2, dois), (3, um)):
            for c, valor in enumerate(linha, 1):
                tela.app.aba("Títulos").cell(n, c).value = valor
        tela.escrever("Títulos", J2="NOTA CANCELADA")

    tela.app.excel.ao_alertar = trocar
    assert tela.clicar("gerar", "yes") == FEITO
    situacoes = {t["numero"]: t["situacao"] for t in ler(tela.caminho, "titulos")}
    assert situacoes == {"T1": "NOTA CANCELADA", "T0": "ENVIADO", "T2": "ENVIADO", "T3": "ENVIADO"}


def test_linhas_trocadas_entre_a_leitura_e_a_escrita_se_recusam(tela: Tela) -> None:
    pasta = PastaAberta(tela.livro)
    pasta.ler("titulos")
    pasta.atualizar("titulos", ("situacao",), {2: ("PAGO",)})
    tela.escrever("Títulos", A2="T1", A3="T0")
    with pytest.raises(ErroDePlanilha) as erro:
        pasta.salvar()
    assert erro.value.codigo == "pasta.linhas_mudaram"
    assert tela.celula("Títulos", "M2").value is None


LISTAS = [t for t in esquema().values() if not t.painel and t.id != "parametros"]
_EXEMPLOS: dict[str, Any] = {
    "valor": 1.5, "inteiro": 3.0, "bola": 2.0, "percentual": 0.25, "ligacao": None, "data": datetime(2026, 8, 4),
    "momento": datetime(2026, 8, 4, 9, 14),
}  # fmt: skip


@pytest.mark.caso("X-02")
def test_em_toda_lista_filtrada_se_escreve_inteiro(app: ExcelDeTeste, tmp_path: Path) -> None:
    """Trocar o corpo e atualizar linhas, com metade escondida por um filtro, dá o mesmo que sem ele; e ele volta."""
    formas = {t.id: [_EXEMPLOS.get(c.tipo, "t") for c in t.colunas] for t in LISTAS}
    textos = {lista: forma.index("t") + 1 for lista, forma in formas.items()}
    escritas = []
    for filtrar in (False, True):
        (tmp_path / str(filtrar)).mkdir()
        app.excel.livros.clear()
        livro = app.abrir(montar(tmp_path / str(filtrar)))
        objetos = {t.id: app.livro.aba(t.aba).tabela(t.nome) for t in LISTAS}
        pasta = PastaAberta(livro)
        for lista, forma in formas.items():
            pasta.gravar(lista, [_com(forma, str(n)) for n in range(6)])
        pasta.salvar()
        for lista, coluna in textos.items() if filtrar else ():
            objetos[lista].filtrar(coluna, 0, "=t1")
            assert objetos[lista].aba.escondidas_por_filtro() == {2, 4, 5, 6, 7}
        pasta = PastaAberta(livro)
        for lista, forma in formas.items():
            pasta.gravar(lista, [_com(forma, f"{n}!") for n in range(6)])
        pasta.salvar()
        pasta = PastaAberta(livro)
        for t in LISTAS:
            pasta.atualizar(t.id, t.ids(), {3: _com(formas[t.id], "5"), 6: _com(formas[t.id], "0")})
        pasta.salvar()
        for lista, coluna in textos.items() if filtrar else ():
            assert objetos[lista].criterios() == {coluna: (0, "=t1", None)}
        escritas.append({i: [[c.value for c in linha] for linha in o.faixa.celulas()] for i, o in objetos.items()})
    assert escritas[0] == escritas[1]
    for lista, forma in formas.items():
        textos_escritos = [linha[textos[lista] - 1] for linha in escritas[0][lista][1:]]
        assert textos_escritos == ["t0!", "t5", "t2!", "t3!", "t0", "t5!"], (lista, forma)


def _com(forma: list[Any], fim: str) -> tuple[Any, ...]:
    return tuple(f"{v}{fim}" if isinstance(v, str) else v for v in forma)
