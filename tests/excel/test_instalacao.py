"""O plano de instalação de cada sistema, sua execução e o diagnóstico."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from guiche.cli import main
from guiche.erros import ErroDePlanilha, ErroDeRegra
from guiche.excel.diagnostico import AVISO, FALTA, OK, examinar
from guiche.excel.instalacao import SISTEMAS, Passo, configuracao, desfazer, executar, plano
from guiche.excel.maquina import Maquina, esta_maquina

CASA = Path("/home/joão")
PYTHON = {"win32": r"C:\Users\João\py\python.exe", "darwin": "/opt/py/bin/python3", "linux": "/usr/bin/python3"}


def maquina(sistema: str, **dados: object) -> Maquina:
    base = Maquina(sistema, CASA, PYTHON[sistema], "0.37.8", {})
    return replace(base, **dados)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sistema", "esperados"),
    [
        (
            "win32",
            ["AppData/Roaming/Microsoft/Excel/XLSTART/guiche.xlam", ".guiche/guiche.conf", "Desktop/Guichê.cmd"],
        ),
        (
            "darwin",
            [
                "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel/guiche.xlam",
                "Library/Containers/com.microsoft.Excel/Data/guiche.conf",
                "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript",
                "Desktop/Guichê.command",
            ],
        ),
        (
            "linux",
            [".local/share/guiche/guiche.oxt", ".local/share/guiche/guiche.xlam",
             ".local/share/applications/guiche.desktop"],
        ),
    ],
)  # fmt: skip
def test_cada_sistema_tem_seu_plano(sistema: str, esperados: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guiche.excel.instalacao.fonte_do_xlwings", lambda nome: nome.encode())
    passos = plano(maquina(sistema))
    assert [p.destino.as_posix().removeprefix(f"{CASA}/") for p in passos] == [*esperados, "Documents/Cobrança.xlsx"]
    assert [p.da_pessoa for p in passos] == [False] * (len(passos) - 1) + [True]
    assert all(p.conteudo and p.porque for p in passos)


def test_pastas_redirecionadas_pelo_ambiente() -> None:
    passos = plano(maquina("win32", ambiente={"APPDATA": r"D:\Perfis\joão\Roaming"}))
    assert str(passos[0].destino).startswith(r"D:\Perfis\joão\Roaming\Microsoft\Excel\XLSTART")
    linux = plano(maquina("linux", ambiente={"XDG_DATA_HOME": "/dados"}))
    assert linux[0].destino.as_posix() == "/dados/guiche/guiche.oxt"


def test_a_configuracao_diz_o_python_sem_linha_em_branco() -> None:
    texto = configuracao(maquina("win32"))
    assert texto.decode("cp1252").splitlines()[0] == f'"INTERPRETER_WIN","{PYTHON["win32"]}"'
    assert b"\r\n\r\n" not in texto
    assert configuracao(maquina("darwin")).startswith(b'"INTERPRETER_MAC","/opt/py/bin/python3"\n')
    with pytest.raises(ErroDeRegra) as erro:
        configuracao(maquina("win32", interpretador=r"C:\日本\python.exe"))
    assert erro.value.codigo == "instalar.caminho"


@pytest.mark.parametrize("sistema", SISTEMAS)
def test_instalar_repetir_e_desinstalar_numa_pasta(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sistema: str
) -> None:
    onde = ["--pasta", str(tmp_path / "Área de trabalho"), "--sistema", sistema]
    assert main(["instalar", *onde]) == 0
    nomes = {p.name for p in (tmp_path / "Área de trabalho").iterdir()}
    assert {"guiche.xlam", "Cobrança.xlsx"} <= nomes
    capsys.readouterr()
    assert main(["instalar", *onde, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dados"]["gravados"] == []
    (tmp_path / "Área de trabalho" / "Cobrança.xlsx").write_bytes(b"da pessoa")
    assert main(["instalar", *onde]) == 0
    assert main(["desinstalar", *onde]) == 0
    assert [p.name for p in (tmp_path / "Área de trabalho").iterdir()] == ["Cobrança.xlsx"]
    assert (tmp_path / "Área de trabalho" / "Cobrança.xlsx").read_bytes() == b"da pessoa"
    assert main(["desinstalar", *onde]) == 0


def test_outro_sistema_so_com_pasta(capsys: pytest.CaptureFixture[str]) -> None:
    outro = "win32" if esta_maquina().sistema != "win32" else "darwin"
    assert main(["instalar", "--sistema", outro]) == 1
    assert "instalar.sistema" in capsys.readouterr().err


def test_excel_aberto_se_diz_e_nada_fica_pela_metade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passos = [Passo(tmp_path / "a.xlam", b"novo", "x")]
    (tmp_path / "a.xlam").write_bytes(b"velho")

    def em_uso(*_: object, **__: object) -> None:
        raise PermissionError(13, "em uso")

    for metodo, ato in (("replace", executar), ("unlink", desfazer)):
        with monkeypatch.context() as preso:
            preso.setattr(Path, metodo, em_uso)
            with pytest.raises(ErroDePlanilha) as erro:
                ato(passos)
        assert erro.value.codigo == "instalar.excel_aberto"
        assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.xlam", b"velho")]


def _resultados(m: Maquina, pasta: Path) -> dict[str, str]:
    return {e.nome: e.resultado for e in examinar(m, pasta)}


@pytest.fixture
def windows(tmp_path: Path) -> Maquina:
    m = maquina("win32", casa=tmp_path)
    executar(plano(m, tmp_path))
    return m


def test_diagnostico_de_uma_instalacao_boa(windows: Maquina, tmp_path: Path) -> None:
    assert set(_resultados(windows, tmp_path).values()) == {OK}


@pytest.mark.parametrize(
    ("nome", "mudanca", "resultado"),
    [
        ("Python", {"interpretador": r"C:\Users\x\AppData\Local\Microsoft\WindowsApps\python.exe"}, FALTA),
        ("xlwings", {"xlwings": "0.30.1"}, FALTA),
        ("xlwings", {"xlwings": "1.0.0"}, FALTA),
        ("Configuração", {"interpretador": r"C:\outro\python.exe"}, FALTA),
    ],
)
def test_diagnostico_do_python(
    windows: Maquina, tmp_path: Path, nome: str, mudanca: dict[str, str], resultado: str
) -> None:
    assert _resultados(replace(windows, **mudanca), tmp_path)[nome] == resultado  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("nome", "valores"),
    [
        ("Antivírus", {"d4f940ab-401b-4efc-aadc-ad5f3c50688a": "1"}),
        ("Macros", {"VBAWarnings": "4"}),
        ("Macros", {"AllLocationsDisabled": "1"}),
    ],
)
def test_diagnostico_das_politicas(windows: Maquina, tmp_path: Path, nome: str, valores: dict[str, str]) -> None:
    com_politica = replace(windows, registro=lambda _, chave: valores.get(chave, ""))
    achados = [e for e in examinar(com_politica, tmp_path) if e.nome == nome]
    assert [e.resultado for e in achados] == [FALTA]
    assert "guiche painel" in achados[0].fazer


def test_diagnostico_das_pastas(windows: Maquina, tmp_path: Path) -> None:
    loja = tmp_path / "local/Packages/Microsoft.Office.Desktop_8wekyb3d8bbwe"
    outro = tmp_path / "roaming/Microsoft/AddIns/guiche.xlam"
    for pasta in (loja, outro.parent, tmp_path / "nuvem/Documents"):
        pasta.mkdir(parents=True)
    outro.write_bytes(b"x")
    ambiente = {"LOCALAPPDATA": str(tmp_path / "local"), "APPDATA": str(tmp_path / "roaming"),
                "OneDrive": str(tmp_path / "nuvem")}  # fmt: skip
    achados = _resultados(replace(windows, ambiente=ambiente), tmp_path)
    assert {achados[nome] for nome in ("Office", "OneDrive", "Cópia antiga")} == {AVISO}


def test_diagnostico_do_que_falta_mudou_ou_veio_da_internet(windows: Maquina, tmp_path: Path) -> None:
    (tmp_path / "guiche.xlam").write_bytes(b"de outra versao")
    (tmp_path / "guiche.conf").unlink()
    (tmp_path / "Guichê.cmd:Zone.Identifier").write_bytes(b"[ZoneTransfer]\r\nZoneId=3\r\n")
    achados = {e.nome: e for e in examinar(windows, tmp_path)}
    assert "outra versão" in achados["guiche.xlam"].achado
    assert achados["Configuração"].resultado == achados["guiche.conf"].resultado == FALTA
    assert "vindo da internet" in achados["Guichê.cmd"].achado


def test_diagnostico_pela_linha_de_comando(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnostico", "--pasta", str(tmp_path)]) == 1
    assert "O que fazer: Rode guiche instalar" in capsys.readouterr().out
    assert main(["instalar", "--pasta", str(tmp_path)]) == 0
    capsys.readouterr()
    main(["diagnostico", "--pasta", str(tmp_path)])
    assert "✓ Python" in capsys.readouterr().out


def test_sem_tkinter_o_diagnostico_avisa(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert _resultados(maquina("linux"), tmp_path)["Painel"] == AVISO


def test_o_plano_nao_toca_no_disco(tmp_path: Path) -> None:
    destinos: list[PurePath] = [p.destino for p in plano(maquina("linux", casa=tmp_path))]
    assert destinos
    assert not list(tmp_path.iterdir())
