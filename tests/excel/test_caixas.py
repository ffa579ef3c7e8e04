"""O que se diz à pessoa quando o Excel, o macOS ou o próprio ato falham; e os Excel dos outros."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from guiche.erros import ErroDePlanilha
from guiche.excel import ponte
from guiche.excel.botao import FALHA, FEITO, RECUSADO
from guiche.excel.no_mac import NoMac
from guiche.excel.ponte import executar, livro_ativo
from guiche.excel.qual_sistema import sistema_de
from guiche.servicos.debito import atender
from tests.excel.conftest import ExcelDeTeste, Tela, ligado
from tests.excel.sistema.apple import PASSOU_DO_TEMPO, SEM_PERMISSAO
from tests.excel.sistema.com import DEPOIS, EDITANDO, RECUSADA
from tests.servicos.apoio import autor, ler

RAIZ = Path(__file__).parents[2]


NO_MAC = pytest.mark.parametrize("app", ["macos"], indirect=True)
NO_WINDOWS = pytest.mark.parametrize("app", ["windows"], indirect=True)


@pytest.fixture
def ditas(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """As últimas palavras, ditas sem o Excel."""
    palavras: list[str] = []
    monkeypatch.setattr(ponte, "ultima_palavra", palavras.append)
    return palavras


@pytest.fixture
def osascript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Um ``osascript`` de verdade no PATH, que anota com que o chamaram."""
    pasta = tmp_path / "bin"
    pasta.mkdir()
    programa = pasta / "osascript"
    programa.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/dito.txt"\n')
    programa.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pasta}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "dito.txt"


# --- caixas ---


@NO_MAC
@pytest.mark.caso("X-04")
def test_a_caixa_espera_quanto_a_pessoa_quiser(tela: Tela) -> None:
    """Sem prazo dito, o appscript desiste aos 60 segundos e o ato morre no meio."""
    tela.app.excel.falha_da_caixa = PASSOU_DO_TEMPO
    assert tela.clicar("gerar", "yes") == FEITO
    assert len(ler(tela.caminho, "remessas")) == 1


@NO_MAC
def test_as_caixas_do_mac_sao_em_portugues(tela: Tela, monkeypatch: pytest.MonkeyPatch) -> None:
    botoes: list[Any] = []
    caixa = tela.app.modulo.osax.OSAX
    mostrar = caixa.display_alert

    def anotar(self: Any, titulo: str, **dados: Any) -> Any:
        botoes.append(dados["buttons"])
        return mostrar(self, titulo, **dados)

    monkeypatch.setattr(caixa, "display_alert", anotar)
    assert tela.clicar("gerar", "no") == RECUSADO
    assert tela.clicar("gerar", "yes") == FEITO
    assert botoes == [["Não", "Sim"], ["Não", "Sim"], "OK"]


@NO_MAC
@pytest.mark.skipif(os.name == "nt", reason="o osascript de mentira é um programa do shell")
def test_sem_a_segunda_permissao_a_ultima_palavra_e_do_sistema(tela: Tela, osascript: Path) -> None:
    """Negado o System Events, nenhuma caixa do Excel se mostra: diz-se numa do macOS, e nada se faz sem resposta."""
    tela.app.excel.falha_da_caixa = SEM_PERMISSAO
    assert tela.clicar("gerar", "yes") == RECUSADO
    dito = osascript.read_text("utf-8")
    assert "System Events" in dito
    assert "Gerar remessa: confirma?" in dito
    assert ler(tela.caminho, "remessas") == []
    assert tela.clicar("conferir") == FEITO
    assert "A debitar: 4 títulos" in osascript.read_text("utf-8")


@NO_MAC
def test_nem_caixa_do_sistema_ha_e_a_frase_vai_a_saida_de_erros(
    tela: Tela, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    tela.app.excel.falha_da_caixa = SEM_PERMISSAO
    assert tela.clicar("conferir") == FEITO
    assert capsys.readouterr().err.startswith("Guichê: Conferência")


@NO_MAC
def test_sem_permissao_para_o_excel_se_diz_onde_a_dar(tela: Tela, ditas: list[str]) -> None:
    tela.app.excel.falha_do_excel = lambda _: SEM_PERMISSAO
    assert tela.clicar("conferir") == RECUSADO
    assert "Privacidade e Segurança, Automação" in " ".join([*ditas, *tela.caixas])
    tela.app.excel.falha_do_excel = lambda _: 0
    tela.app.excel.barra.append(False)


# --- o Excel ocupado ---


@pytest.fixture
def sem_pausa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guiche.excel.no_windows.esperar", lambda: None)


@NO_WINDOWS
@pytest.mark.caso("X-06")
@pytest.mark.usefixtures("sem_pausa")
@pytest.mark.parametrize("codigo", [RECUSADA, DEPOIS, EDITANDO])
@pytest.mark.parametrize("cada", [3, 7])
def test_ocupado_de_vez_em_quando_o_ato_acaba_certo(tela: Tela, codigo: int, cada: int) -> None:
    """Nenhuma chamada se perde, e a tabela ocupada não se toma por ausente."""
    tela.app.excel.ocupado = lambda n: codigo if n % cada == 0 else 0
    assert tela.clicar("gerar", "yes") == FEITO, tela.caixas
    tela.app.excel.ocupado = lambda _: 0
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["ENVIADO"] * 4
    assert "falta a tabela" not in " ".join(tela.caixas)


@NO_WINDOWS
@pytest.mark.usefixtures("sem_pausa")
@pytest.mark.parametrize("codigo", [RECUSADA, DEPOIS, EDITANDO])
def test_ocupado_para_sempre_desiste_e_diz_o_que_fazer(tela: Tela, ditas: list[str], codigo: int) -> None:
    tela.app.excel.ocupado = lambda _: codigo
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "Termine de editar a célula" in ditas[0]
    assert tela.app.excel.total < 200, "espera com pausa, e não às voltas"
    tela.app.excel.ocupado = lambda _: 0
    tela.app.excel.barra.append(False)


@NO_MAC
def test_o_mac_que_nao_responde_se_diz_ocupado(tela: Tela, ditas: list[str]) -> None:
    tela.app.excel.falha_do_excel = lambda _: PASSOU_DO_TEMPO
    assert tela.clicar("conferir") == RECUSADO
    assert "Termine de editar a célula" in " ".join([*ditas, *tela.caixas])
    tela.app.excel.barra.append(False)


@NO_WINDOWS
@pytest.mark.usefixtures("sem_pausa")
def test_o_excel_ocupado_no_fim_nao_perde_o_que_se_fez(tela: Tela) -> None:
    """Ocupa-se depois de o livro gravado: o ato seguinte põe as abas em dia."""
    excel = tela.app.excel
    remessas = tela.caminho.parent / "remessas"
    excel.ocupado = lambda _: DEPOIS if remessas.exists() and not excel.respostas else 0
    sumir: list[int] = []
    excel.ao_alertar = lambda: sumir.append(1)
    tela.clicar("gerar", "yes")
    excel.ocupado, excel.ao_alertar = lambda _: 0, None
    excel.barra.append(False)
    excel.tela = excel.eventos = True
    excel.calculo = "automatic"
    assert len(list(remessas.glob("*.rem"))) == 1
    assert tela.clicar("atualizar") == FEITO
    assert [t["situacao"] for t in ler(tela.caminho, "titulos")] == ["ENVIADO"] * 4
    assert len(ler(tela.caminho, "remessas")) == 1


def test_o_painel_distingue_o_ocupado_do_que_nao_ha(app: ExcelDeTeste, tela: Tela) -> None:
    ativo = livro_ativo()
    assert ativo is not None
    assert ativo.name == "Cobrança.xlsx"
    if app.nome == "windows":
        for codigo in (RECUSADA, DEPOIS, EDITANDO):
            app.excel.ocupado = lambda _, codigo=codigo: codigo  # type: ignore[misc]
            with pytest.raises(ErroDePlanilha, match="ocupado"):
                livro_ativo()
        app.excel.ocupado = lambda _: 0
        app.excel.livros.clear()
        assert livro_ativo() is None
        app.excel.abrir(tela.caminho)
    else:
        app.excel.falha_do_excel = lambda _: PASSOU_DO_TEMPO
        with pytest.raises(ErroDePlanilha, match="ocupado"):
            livro_ativo()


# --- quem chamou ---


def test_falha_antes_de_haver_pasta_tem_frase_em_portugues(ditas: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(xw.Book, "_mock_caller", raising=False)
    assert executar("gerar", quem=autor()) == FALHA
    assert ditas[0].startswith("Algo inesperado aconteceu")
    assert "Traceback" not in ditas[0]


def test_erro_dentro_da_propria_caixa_nao_escapa(
    tela: Tela, ditas: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def quebrar(*_: Any, **__: Any) -> bool:
        raise RuntimeError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(type(sistema_de(tela.livro)), "perguntar", quebrar)
    assert tela.clicar("conferir") == FALHA
    assert "Algo inesperado" in ditas[0]


def test_nem_o_registro_da_falha_se_escreve_e_ha_frase(
    tela: Tela, ditas: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def quebrar(_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(atender, "gerar", quebrar)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "não há"))
    assert tela.clicar("gerar", "yes") == FALHA
    assert ditas[0].startswith("Algo inesperado aconteceu")
    assert "disco está cheio" in ditas[0]


# --- a pasta na nuvem ---


def test_a_nuvem_se_recusa_mesmo_que_haja_pasta_sincronizada(
    tela: Tela, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """O xlwings acharia a pasta local pelo ambiente, ou pela aba xlwings.conf, que não se lê."""
    (tmp_path / "OneDrive").mkdir()
    copia = tmp_path / "OneDrive" / "Cobrança.xlsx"
    copia.write_bytes(tela.caminho.read_bytes())
    for nome in ("OneDrive", "OneDriveConsumer", "ONEDRIVE_CONSUMER_WIN", "ONEDRIVE_CONSUMER_MAC"):
        monkeypatch.setenv(nome, str(tmp_path / "OneDrive"))
    aba = tela.app.livro.pasta.create_sheet("xlwings.conf")
    for n, nome in enumerate(("ONEDRIVE_CONSUMER_WIN", "ONEDRIVE_CONSUMER_MAC"), 1):
        aba.cell(n, 1, nome)
        aba.cell(n, 2, str(tmp_path / "OneDrive"))
    tela.app.livro.endereco = "https://d.docs.live.net/1234567890ABCDEF/Cobran%C3%A7a.xlsx"
    assert tela.clicar("gerar", "yes") == RECUSADO
    assert "aberta da nuvem" in tela.caixas[0]
    assert not list(tmp_path.rglob("OneDrive/*.db"))
    assert not list(tmp_path.rglob("OneDrive/remessas"))


# --- os Excel dos outros ---


@pytest.mark.caso("X-05")
def test_ao_sair_nenhum_excel_dos_outros_se_mata() -> None:
    """Ao fim do processo, o xlwings mataria todo Excel sem pasta à vista: prova-se saindo de verdade."""
    programa = (
        "import atexit, sys, tempfile\n"
        "from pathlib import Path\n"
        "from tests.excel.conftest import ligado\n"
        "from tests.servicos.apoio import autor, montar\n"
        "contexto = ligado('windows'); teste = contexto.__enter__()\n"
        "atexit.register(lambda: None)\n"
        "import xlwings\n"
        "antes = teste.modulo.cleanup\n"
        "caminho = montar(Path(tempfile.mkdtemp()))\n"
        "livro = teste.abrir(caminho)\n"
        "from guiche.excel.ponte import executar\n"
        "if sys.argv[1] == 'com': assert executar('conferir', '', livro, autor()) == 0\n"
        "atexit._run_exitfuncs()\n"
        "print(len(teste.excel.mortos))\n"
    )
    ambiente = os.environ | {"PYTHONPATH": os.pathsep.join([str(RAIZ), str(RAIZ / "engine")])}

    def correr(como: str) -> str:
        comando = [sys.executable, "-c", programa, como]
        feito = subprocess.run(comando, env=ambiente, cwd=RAIZ, capture_output=True, text=True, check=False)
        assert feito.returncode == 0, feito.stderr
        return feito.stdout.strip()

    assert correr("sem") == "1", "a imitação tem a mania"
    assert correr("com") == "0"


@pytest.mark.parametrize("nome", ["windows", "macos"])
def test_o_sistema_e_o_do_excel_que_abriu_a_pasta(nome: str, tmp_path: Path, abre: Callable[..., Path]) -> None:
    with ligado(nome) as teste:
        assert isinstance(sistema_de(teste.abrir(abre(tmp_path))), NoMac) == (nome == "macos")


@pytest.fixture
def abre() -> Callable[..., Path]:
    from tests.servicos.apoio import montar

    return montar
