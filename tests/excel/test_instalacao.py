"""O plano de instalação de cada sistema, sua execução e o diagnóstico."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePath, PureWindowsPath
from zipfile import ZipFile

import pytest

from guiche.cli import main
from guiche.erros import ErroDePlanilha, ErroDeRegra
from guiche.excel.diagnostico import AVISO, FALTA, OK, SABER, examinar, faixa_do_xlwings
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
            [
                "AppData/Roaming/Microsoft/Excel/XLSTART/guiche.xlam",
                ".guiche/guiche.conf",
                "Desktop/Guichê.cmd",
                ".guiche/guiche.oxt",
            ],
        ),
        (
            "darwin",
            [
                "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel/guiche.xlam",
                "Library/Containers/com.microsoft.Excel/Data/guiche.conf",
                "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript",
                "Desktop/Guichê.command",
                ".guiche/guiche.oxt",
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
    destinos = [p.destino.as_posix().removeprefix(f"{CASA.as_posix()}/") for p in passos]
    assert destinos == [*esperados, "Documents/Cobrança.xlsx"]
    assert [p.da_pessoa for p in passos] == [False] * (len(passos) - 1) + [True]
    assert all(p.conteudo and p.porque for p in passos)


@pytest.mark.parametrize("sistema", SISTEMAS)
def test_o_plano_de_um_sistema_se_faz_em_qualquer_outro(sistema: str) -> None:
    """Também no Windows, cujos caminhos o posix não lê; e na casa com espaço de quem só leva os arquivos."""
    daqui = plano(maquina(sistema, casa=Path("/Users/ana")))
    do_windows: list[Passo] = plano(maquina(sistema, casa=PureWindowsPath("/Users/ana")))
    assert [p.destino for p in do_windows] == [p.destino for p in daqui]
    assert plano(maquina(sistema, casa=PureWindowsPath(r"C:\Users\Ana Maria"), interpretador=TORTOS[0], outra=True))


def test_pastas_redirecionadas_pelo_ambiente() -> None:
    passos = plano(maquina("win32", ambiente={"APPDATA": r"D:\Perfis\joão\Roaming"}))
    assert str(passos[0].destino).startswith(r"D:\Perfis\joão\Roaming\Microsoft\Excel\XLSTART")
    linux = plano(maquina("linux", ambiente={"XDG_DATA_HOME": "/dados"}))
    assert linux[0].destino.as_posix() == "/dados/guiche/guiche.oxt"


def test_documentos_e_area_de_trabalho_que_o_onedrive_levou() -> None:
    levadas = {"Personal": r"%USERPROFILE%\OneDrive\Documentos", "Desktop": r"%OneDrive%\Área de Trabalho"}
    m = maquina(
        "win32", casa=Path(r"C:\Users\ana"), ambiente={"ONEDRIVE": r"D:\Nuvem"},
        registro=lambda chave, nome: levadas.get(nome, "") if chave.endswith("User Shell Folders") else "",
    )  # fmt: skip
    destinos = {str(p.destino) for p in plano(m)}
    assert {r"C:\Users\ana\OneDrive\Documentos\Cobrança.xlsx", r"D:\Nuvem\Área de Trabalho\Guichê.cmd"} <= destinos


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
        for sistema, codigo in (("win32", "instalar.excel_aberto"), ("linux", "disco.gravacao")):
            with monkeypatch.context() as preso:
                preso.setattr(Path, metodo, em_uso)
                with pytest.raises(ErroDePlanilha) as erro:
                    ato(passos, sistema)
            assert erro.value.codigo == codigo
        assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.xlam", b"velho")]


@pytest.mark.parametrize("metodo", ["replace", "unlink", "exists", "read_bytes"])
@pytest.mark.parametrize("dentro", ["Containers/com.microsoft.Excel/Data", "Group Containers/UBF8T346G9.Office"])
def test_o_macos_que_guarda_as_pastas_do_excel_se_diz_como_e(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metodo: str, dentro: str
) -> None:
    destino = tmp_path / "Library" / dentro / "guiche.conf"
    destino.parent.mkdir(parents=True)
    destino.write_bytes(b"velho")

    def recusado(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, metodo, recusado)
    with pytest.raises(ErroDePlanilha) as erro:
        (desfazer if metodo == "unlink" else executar)([Passo(destino, b"novo", "x")], "darwin")
    assert erro.value.codigo == "disco.gravacao"
    assert "dados de outros apps" in erro.value.fazer
    assert "em uso" not in str(erro.value)


def test_o_diagnostico_no_macos_sem_licenca_diz_onde_a_dar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    livre = Path.exists

    def recusado(caminho: Path) -> bool:
        if "com.microsoft.Excel" in caminho.parts or "UBF8T346G9.Office" in caminho.parts:
            raise PermissionError(1, "Operation not permitted")
        return livre(caminho)

    m = maquina("darwin", casa=tmp_path)
    executar(plano(m))
    monkeypatch.setattr(Path, "exists", recusado)
    achado = next(e for e in examinar(m) if e.nome == "guiche.xlam")
    assert achado.resultado == FALTA
    assert "Privacidade e Segurança" in achado.fazer


def test_o_diagnostico_no_macos_explica_a_segunda_permissao(tmp_path: Path) -> None:
    m = maquina("darwin", casa=tmp_path)
    executar(plano(m))
    achados = {e.nome: e for e in examinar(m)}
    assert {e.resultado for e in achados.values()} <= {OK, SABER}
    assert "System Events" in achados["Permissões"].achado
    assert "-1743" in achados["Permissões"].achado
    assert "Automação" in achados["Permissões"].fazer
    assert "Permissões" not in {e.nome for e in examinar(maquina("win32", casa=tmp_path))}


TORTOS = ["/Users/ana/Meus Projetos/.venv/bin/python", "/Users/ana/Cobrança/bin/python3", "/opt/d'água/$(x)/python"]


@pytest.mark.parametrize("interpretador", TORTOS)
def test_o_python_de_caminho_torto_se_chama_por_um_caminho_simples(interpretador: str) -> None:
    m = maquina("darwin", casa=Path("/Users/ana"), interpretador=interpretador)
    assert configuracao(m).decode("ascii").splitlines()[0] == '"INTERPRETER_MAC","/Users/ana/.guiche/guiche-python"'
    (ponte,) = (p for p in plano(m) if p.destino.name == "guiche-python")
    assert ponte.destino.as_posix() == "/Users/ana/.guiche/guiche-python"
    assert ponte.executavel
    caminho = next(e for e in examinar(m) if e.nome == "Caminho do Python")
    assert (caminho.resultado, "/Users/ana/.guiche/guiche-python" in caminho.achado) == (OK, True)


def test_o_python_de_caminho_simples_se_chama_pelo_seu_nome() -> None:
    m = maquina("darwin")
    assert b'"INTERPRETER_MAC","/opt/py/bin/python3"' in configuracao(m)
    assert "guiche-python" not in {p.destino.name for p in plano(m)}


def test_sem_caminho_simples_no_macos_o_diagnostico_diz_o_que_fazer() -> None:
    m = maquina("darwin", casa=Path("/Volumes/Meu Disco/ana"), interpretador=TORTOS[0])
    with pytest.raises(ErroDeRegra) as erro:
        plano(m)
    assert erro.value.codigo == "instalar.caminho"
    configurado = next(e for e in examinar(m) if e.nome == "Configuração")
    assert configurado.resultado == FALTA
    assert "sem espaços" in configurado.fazer


@pytest.mark.skipif(os.name == "nt", reason="são scripts de sh")
@pytest.mark.parametrize("pasta", ["Meu Python", "d'água", 'aspas" e $(touch furo) `touch furo`', "Ação"])
def test_os_scripts_do_macos_chamam_o_python_de_qualquer_caminho(tmp_path: Path, pasta: str) -> None:
    python = tmp_path / pasta / "python3"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    m = maquina("darwin", casa=tmp_path, interpretador=str(python))
    scripts = [p for p in plano(m) if p.executavel]
    executar(scripts)
    ponte, atalho = (Path(p.destino) for p in scripts)
    comando = [str(ponte), "-c", "import sys; print(sys.argv[1:])", "a b", "$c"]
    feito = subprocess.run(comando, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert feito.stdout.strip() == "['a b', '$c']"
    atalho.write_text(atalho.read_text("utf-8").replace("-m guiche painel", "-c 'print(7)'"), "utf-8")
    feito = subprocess.run([str(atalho)], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert feito.stdout.strip() == "7"
    assert not (tmp_path / "furo").exists()


def test_os_atalhos_guardam_os_sinais_do_caminho() -> None:
    linux = maquina("linux", interpretador='/opt/a"b $x `c` 10%/python')
    atalho = next(p.conteudo.decode() for p in plano(linux) if p.destino.name == "guiche.desktop")
    assert r"""Exec="/opt/a\\"b \\$x \\`c\\` 10%%/python" -m guiche painel""" in atalho
    janelas = maquina("win32", interpretador=r"C:\%TEMP%\python.exe")
    atalho = next(p.conteudo.decode() for p in plano(janelas) if p.destino.name == "Guichê.cmd")
    assert r'"C:\%%TEMP%%\pythonw.exe"' in atalho


@pytest.mark.parametrize("sistema", SISTEMAS)
def test_a_extensao_do_libreoffice_e_de_cada_sistema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sistema: str
) -> None:
    assert main(["instalar", "--pasta", str(tmp_path), "--sistema", sistema]) == 0
    with ZipFile(tmp_path / "guiche.oxt") as pacote:
        assert pacote.read("interpretador.txt").decode() == sys.executable
    dito = capsys.readouterr().out
    unopkg = {
        "win32": r"C:\Program Files\LibreOffice\program\unopkg.com",
        "darwin": "LibreOffice.app",
        "linux": "unopkg",
    }
    assert unopkg[sistema] in dito
    assert f'add -f "{tmp_path / "guiche.oxt"}"' in dito
    assert ("dois cliques" in dito) == (sistema != "linux")
    no_lugar = plano(maquina(sistema, casa=Path("/home/ana"), interpretador="/opt/py 3/python"))
    (oxt,) = (p for p in no_lugar if p.destino.name == "guiche.oxt")
    with ZipFile(BytesIO(oxt.conteudo)) as pacote:
        assert pacote.read("interpretador.txt").decode() == "/opt/py 3/python"


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
        ("xlwings", {"xlwings": "0.36.99"}, FALTA),
        ("xlwings", {"xlwings": "0.99"}, OK),
        ("xlwings", {"xlwings": faixa_do_xlwings()[0]}, OK),
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
