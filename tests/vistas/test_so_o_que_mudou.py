"""Um ato só refaz o que mudou, e as abas ficam, célula por célula, como as que se refizessem todas."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.livro import atos
from guiche.livro.conexao import Livro
from guiche.livro.sqlite import LivroSqlite
from guiche.oficio.cadastros import ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas.enviadas import descartar, marcar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import receber, recomecar
from guiche.vistas import abas as vistas_das_abas
from guiche.vistas import caixa as vistas_do_caixa
from guiche.vistas import debito as vistas_do_debito
from guiche.vistas.abas import VISTAS, refazer
from guiche.vistas.visao import Visao, Vista
from tests.servicos import escritorio
from tests.servicos.apoio import HOJE, cliente, gravar_tabela, ler, montar, na, retorno, titulo
from tests.servicos.escritorio import Feitio
from tests.servicos.historias import comparar, contar

PEQUENO = Feitio(meses=2, debitos=7, boletos=6)
_DO_DIA = {"inicio"}
"""O que depende do dia em que se olha."""


def celulas(caminho: Path) -> dict[str, Any]:
    """Tudo o que as abas que saem do livro mostram, com o endereço de cada linha."""
    pasta = PastaEmArquivo(caminho)
    folhas = {v.tabela: pasta.ler(v.tabela, esquema()[v.tabela].ids()) for v in VISTAS}
    return {tabela: list(zip(f.numeros, f.linhas, strict=True)) for tabela, f in folhas.items()}


def refeitas(ctx: Contexto, onde: Path) -> dict[str, Any]:
    """As mesmas, numa cópia em que se refazem todas."""
    copia = Path(shutil.copy(ctx.pasta.caminho, onde / "refeita.xlsx"))
    pasta = PastaEmArquivo(copia)
    outro = replace(ctx, pasta=pasta, lembranca=None)
    with ctx.livro.leitura():
        refazer(outro, ler_cadastros(pasta), tudo=True)
    pasta.salvar()
    return celulas(copia)


def conferir(ctx: Contexto, onde: Path) -> None:
    """As abas dizem o que diriam se se refizessem todas; antes do primeiro ato, não dizem nada."""
    if not atos.ultimo(ctx.livro):
        return
    assert celulas(ctx.pasta.caminho) == refeitas(ctx, onde)


@pytest.mark.parametrize("semente", range(100, 106))
def test_em_historias_ao_acaso_de_debito(tmp_path: Path, semente: int) -> None:
    (fora := tmp_path / "fora").mkdir()
    (dentro := tmp_path / "dentro").mkdir()

    def depois(m: Any) -> None:
        comparar(m)
        conferir(m.ctx, fora)

    assert contar(dentro, semente, conferir=depois)


def test_com_mais_linhas_do_que_as_abas_mostram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """De vinte e poucas, saem as mais velhas de duas em duas; nas outras vezes só se acrescenta."""
    (fora := tmp_path / "fora").mkdir()
    for modulo in (vistas_do_debito, vistas_do_caixa, vistas_das_abas):
        monkeypatch.setattr(modulo, "LINHAS_NA_PASTA", 20)
    titulos = [titulo(f"T{n}", date(2026, 8, 20), "10.00") for n in range(27)]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=titulos)
    vistas = []
    for n in range(27, 33):
        with na(caminho) as ctx:
            remessa = Path(gerar(ctx).arquivos[-1])
        devolve = retorno(remessa, tmp_path / f"{n}.ret", ["00"] * (27 if n == 27 else 1), nsa=n)
        with na(caminho) as ctx:
            importar(ctx, devolve, baixar_em="CAIXA", confirmar=True)
            conferir(ctx, fora)
        vistas.append([len(celulas(caminho)[t]) for t in ("remessa_linhas", "retorno_linhas", "caixa")])
        _pedir(caminho, f"T{n}")
    assert vistas == [[n] * 3 for n in (21, 20, 21, 20, 21, 20)]


def test_num_escritorio_de_debitos_e_boletos(tmp_path: Path) -> None:
    (fora := tmp_path / "fora").mkdir()
    vistos = []

    def fazer(*argumentos: str) -> dict[str, Any]:
        feito = escritorio.aqui(*argumentos)
        pasta = tmp_path / "e" / escritorio.NOME
        dia = re.search(r"--hoje (\S+)", " ".join(argumentos))
        if dia and argumentos[0] != "banco-simulado" and "conferir" not in argumentos:
            with na(pasta, date.fromisoformat(dia[1])) as ctx:
                conferir(ctx, fora)
            vistos.append(argumentos[0])
        return feito

    escritorio.viver(tmp_path / "e", PEQUENO, fazer)
    assert {"gerar", "importar", "boletos", "titulo", "divergencias", "remessas"} <= set(vistos)


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    """Uma remessa enviada, de dois títulos, e um título por enviar."""
    caminho = montar(
        tmp_path,
        clientes=[cliente("A"), cliente("B")],
        titulos=[titulo("T1", date(2026, 8, 20), "10.00"), titulo("T2", date(2026, 8, 20), "20.00", cliente="B")],
    )
    with na(caminho) as ctx:
        gerar(ctx)
        marcar(ctx, 1, "transmitida")
    _pedir(caminho, "T3")
    return caminho


def _pedir(caminho: Path, numero: str) -> None:
    """A pessoa escreve mais um título."""
    aberta = PastaEmArquivo(caminho)
    linhas = [*ler(caminho, "titulos"), titulo(numero, date(2026, 8, 21), "30.00")]
    gravar_tabela(aberta, "titulos", linhas)
    aberta.salvar()


def _contadas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Os nomes das tabelas que se escrevem na pasta, à medida que se escrevem."""
    escritas: list[str] = []
    for nome in ("gravar", "atualizar"):  # de tabela inteira, ou de algumas linhas
        original = getattr(PastaEmArquivo, nome)

        def anotado(self: PastaEmArquivo, tabela: str, *resto: Any, _de: Any = original, _n: str = nome) -> Any:
            escritas.extend([tabela] if _n == "gravar" or resto[-1] else [])
            return _de(self, tabela, *resto)

        monkeypatch.setattr(PastaEmArquivo, nome, anotado)
    return escritas


def test_receber_um_titulo_escreve_so_as_abas_dele(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
        descartar(ctx, 2, "engano")
    escritas = _contadas(monkeypatch)
    with na(pasta) as ctx:
        receber(ctx, "T3", 100, dia=HOJE)
    assert set(escritas) <= {"titulos", "inicio", "caixa", "diario", "problemas", "parametros", "divergencias"}
    assert {"titulos", "caixa", "diario"} <= set(escritas)


def test_marcar_uma_remessa_nao_escreve_titulos(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    escritas = _contadas(monkeypatch)
    with na(pasta) as ctx:
        marcar(ctx, 1, "confirmada")
    assert set(escritas) <= {"remessas", "diario", "contas", "problemas", "parametros"}


def test_a_aba_que_nao_mudou_nao_se_le_outra_vez(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    lidas: list[str] = []
    original = PastaEmArquivo.ler

    def anotada(self: PastaEmArquivo, tabela: str, *resto: Any) -> Any:
        lidas.append(tabela)
        return original(self, tabela, *resto)

    monkeypatch.setattr(PastaEmArquivo, "ler", anotada)
    with na(pasta) as ctx:
        gerar(ctx)
    assert not {"titulos", "clientes", "empresas", "feriados"} & set(lidas)
    _pedir(pasta, "T4")
    with na(pasta) as ctx:
        assert "remessa" in gerar(ctx).dados
    assert "titulos" in lidas


@pytest.mark.parametrize("tabela", ["remessa_linhas", "diario", "titulos", "remessas"])
def test_a_aba_em_que_alguem_mexeu_se_endireita(pasta: Path, tabela: str, tmp_path: Path) -> None:
    livro = openpyxl.load_workbook(pasta)
    aba = livro[esquema()[tabela].aba]
    coluna = next(
        c.column for c in aba[1] if c.value == next(c.titulo for c in esquema()[tabela].colunas if c.dono == "guiche")
    )
    aba.cell(2, coluna).value = 777
    livro.save(pasta)
    (fora := tmp_path / "fora").mkdir()
    with na(pasta) as ctx:
        marcar(ctx, 1, "confirmada")
        conferir(ctx, fora)
    assert 777 not in [v for _, linha in celulas(pasta)[tabela] for v in linha]


def test_a_pasta_que_outro_programa_gravou_le_se_e_refaz_se(pasta: Path, tmp_path: Path) -> None:
    (fora := tmp_path / "fora").mkdir()
    openpyxl.load_workbook(pasta).save(pasta)
    with na(pasta) as ctx:
        assert "remessa" in gerar(ctx).dados
        conferir(ctx, fora)


def test_no_dia_seguinte_o_que_e_do_dia_se_refaz(pasta: Path, tmp_path: Path) -> None:
    (fora := tmp_path / "fora").mkdir()
    antes = celulas(pasta)["inicio"]
    with na(pasta, HOJE + timedelta(days=40)) as ctx:
        marcar(ctx, 1, "confirmada")
        conferir(ctx, fora)
    assert celulas(pasta)["inicio"] != antes


def test_o_que_outra_pasta_fez_chega_a_esta(pasta: Path, tmp_path: Path) -> None:
    """O livro mudou sem que esta pasta o soubesse, como no servidor: o ato seguinte mostra tudo."""
    (fora := tmp_path / "fora").mkdir()
    velha = pasta.read_bytes()
    with na(pasta) as ctx:
        gerar(ctx)
        marcar(ctx, 2, "transmitida")
    pasta.write_bytes(velha)
    with na(pasta) as ctx:
        marcar(ctx, 1, "confirmada")
        conferir(ctx, fora)
    assert len(celulas(pasta)["remessas"]) == 2


_LE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)", re.IGNORECASE)
_DE_PASSAGEM = {"pedido", "fato", "lembranca", "propriedade"}
NAO_MUDAM = {
    "ato": "de quem foi e quando",
    "remessa": "a que conta, banco, convénio e versão pertence uma linha",
    "retorno": "de que banco e versão é uma resposta",
    "evento": "como os atos chegaram ao estado das linhas",
    "boleto_evento": "como os atos chegaram ao estado dos boletos",
    "retorno_boleto": "a que boletos um retorno respondeu",
    "optante_no_banco": "muda só com as linhas e os pedidos que se mandam",
}
"""Tabelas de que se lê o que, uma vez escrito, não muda: não é por elas que uma aba fica atrasada."""


def _lidas(fazer: Callable[[], object]) -> set[str]:
    lidas: set[str] = set()
    originais = {nome: getattr(LivroSqlite, nome) for nome in ("consultar", "percorrer")}

    def anotar(nome: str) -> Any:
        def anotado(self: Livro, sql: str, *resto: Any) -> Any:
            lidas.update(_LE.findall(sql))
            return originais[nome](self, sql, *resto)

        return anotado

    with pytest.MonkeyPatch.context() as troca:
        for nome in originais:
            troca.setattr(LivroSqlite, nome, anotar(nome))
        fazer()
    return lidas - _DE_PASSAGEM


@pytest.fixture(scope="module")
def vivido(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Um escritório com de tudo um pouco."""
    onde = tmp_path_factory.mktemp("vivido")
    return escritorio.viver(onde, Feitio(meses=1, debitos=7, boletos=6)).pasta


@pytest.mark.parametrize("vista", VISTAS, ids=lambda v: v.tabela)
def test_cada_vista_diz_de_que_tabelas_do_livro_depende(vivido: Path, vista: Vista) -> None:
    with na(vivido, date(2024, 9, 28)) as ctx:
        visao = Visao(ctx, ler_cadastros(ctx.pasta))
        feita = vista.fazer or vista.colunas
        assert feita is not None
        lidas = _lidas(lambda: list(feita(visao)))
    sempre = NAO_MUDAM.keys() | ({"linha"} if vista.tabela == "retorno_linhas" else set())  # a remessa de cada linha
    nao_ditas = lidas - set(vista.fatos.split()) - sempre
    assert not nao_ditas


def test_o_titulo_que_comeca_de_novo_nao_mostra_a_resposta_da_vida_de_antes(pasta: Path, tmp_path: Path) -> None:
    with na(pasta) as ctx:
        importar(ctx, retorno(next(tmp_path.glob("remessas/*.rem")), tmp_path / "b.ret", ["00", "01"]), confirmar=True)
    assert {t["numero"]: t["codigo_retorno"] for t in ler(pasta, "titulos")} == {"T1": "00", "T2": "01", "T3": ""}
    with na(pasta) as ctx:
        recomecar(ctx, "T1", "outra venda")
    assert {t["numero"]: t["codigo_retorno"] for t in ler(pasta, "titulos")} == {"T1": "", "T2": "01", "T3": ""}
    (fora := tmp_path / "fora").mkdir()
    with na(pasta) as ctx:
        conferir(ctx, fora)
