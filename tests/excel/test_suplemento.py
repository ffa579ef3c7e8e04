"""O suplemento: os mesmos bytes sempre, o que os outros leitores dizem dele e o VBA rodando."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any
from xml.etree import ElementTree as ET

import olefile
import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.integrity import check_file

from guiche.atos import atos
from guiche.erros import ErroDeRegra
from guiche.excel import chamada, suplemento
from guiche.excel.faixa import imagens
from guiche.excel.fontes import fonte, fonte_do_xlwings
from guiche.excel.instalacao import PONTE_DO_MAC, chamado_no_mac, executar, plano
from guiche.excel.maquina import Maquina
from guiche.excel.suplemento import MODULOS, construir, construir_prova
from guiche.planilha.esquema import esquema
from tests.ooxml import sdk

ENGINE = Path(__file__).parents[2] / "engine"
SUSPEITAS_DO_XLWINGS = set(
    re.findall(
        r"\S+",
        "Chr Command CreateObject Environ Exec ExpandEnvironmentStrings FileCopy Kill Lib MacScript MkDir Output "
        "VBComponents VBProject WScript.Shell Windows Write applescript binary call dylib environment libc.dylib open "
        "run shell system",
    )
)
SUSPEITAS_NOSSAS = {"Workbook_Open", "Hex Strings", "Base64 Strings"}
"""As duas últimas, o olevba as vê nos números de classe do Excel e em nomes como tbParametros."""
CAMINHOS = (
    "C:\\Área\\R 1.RET",
    "/Users/joão d'ávila/ret & %TEMP%^!.ret",
    'a"b`c$(d).txt',
    "日本\\返戻.ret",
    "📄.ret",
    "",
)
_TABELA = ET.QName("http://schemas.openxmlformats.org/package/2006/relationships", "Relationship").text


@pytest.fixture(scope="module", params=["guiche.xlam", "prova.xlsm"])
def arquivo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    caminho = tmp_path_factory.mktemp("suplemento") / str(request.param)
    caminho.write_bytes(construir() if caminho.suffix == ".xlam" else construir_prova())
    return caminho


@pytest.fixture(scope="module")
def prova(tmp_path_factory: pytest.TempPathFactory) -> Path:
    caminho = tmp_path_factory.mktemp("prova") / "prova.xlsm"
    caminho.write_bytes(construir_prova())
    return caminho


def _partes(arquivo: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(arquivo) as pacote:
        return {nome: pacote.read(nome) for nome in pacote.namelist()}


def _corpo(texto: str) -> str:
    """O texto sem o cabeçalho de atributos, que a classe tem de modo diferente dentro e fora do projeto."""
    linhas = texto.replace("\r\n", "\n").split("\n")
    while linhas and re.match(r"VERSION|BEGIN|END|  MultiUse|Attribute VB_", linhas[0]):
        linhas.pop(0)
    return "\n".join(linhas).strip("\n")


def _esperados(arquivo: Path) -> dict[str, str]:
    textos = {nome: fonte(f"vba/{nome}.bas").decode() for nome in MODULOS}
    textos |= {"ThisWorkbook": fonte("vba/ThisWorkbook.cls").decode(), "Sheet1": ""}
    if arquivo.suffix == ".xlsm":
        return {**textos, "xlwings": suplemento._DUBLE}
    textos["Dictionary"] = fonte_do_xlwings("addin/Dictionary.cls").decode()
    return {**textos, "xlwings": suplemento._ponte_do_xlwings()}


# --- os bytes ---------------------------------------------------------------------------------------------------


def test_duas_vezes_dao_os_mesmos_bytes() -> None:
    assert construir() == construir()
    assert construir_prova() == construir_prova()


def test_outra_hora_e_outra_pasta_dao_os_mesmos_bytes(tmp_path: Path) -> None:
    codigo = "import sys; from guiche.excel.suplemento import construir; sys.stdout.buffer.write(construir())"
    ambiente = {
        **os.environ,
        "TZ": "Asia/Tokyo",
        "PYTHONPATH": str(ENGINE),
        "TMPDIR": str(tmp_path),
        "PYTHONHASHSEED": "7",
    }
    comando = [sys.executable, "-c", codigo]
    outro = subprocess.run(comando, cwd=tmp_path, env=ambiente, capture_output=True, check=True).stdout
    assert outro == construir()


def test_o_pacote_nao_diz_quem_nem_quando(arquivo: Path) -> None:
    with zipfile.ZipFile(arquivo) as pacote:
        entradas = pacote.infolist()
    assert {entrada.date_time for entrada in entradas} == {(1980, 1, 1, 0, 0, 0)}
    nomes = [entrada.filename for entrada in entradas]
    assert nomes == ["[Content_Types].xml", *sorted(nomes[1:])]
    partes = _partes(arquivo)
    assert not re.search(rb"creator|lastModifiedBy|created|modified", partes["docProps/core.xml"])
    # nem o autor do modelo de que sai o VBA, nem pastas de quem construiu
    assert not [nome for nome, dados in partes.items() if re.search(rb"William|/tmp/|/home/|\\Users\\[a-z]", dados)]


def test_o_tamanho_nao_cresce_sem_se_notar() -> None:
    assert 35_000 < len(construir()) < 55_000


# --- o pacote ---------------------------------------------------------------------------------------------------


def _ligacoes(partes: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Pares (origem, alvo) de todas as ligações."""
    for nome, dados in partes.items():
        if nome.endswith(".rels"):
            pasta = PurePosixPath(nome).parent.parent
            for ligacao in ET.fromstring(dados).iter(_TABELA):
                yield nome, normpath((pasta / ligacao.attrib["Target"]).as_posix())


def test_toda_ligacao_tem_alvo_e_toda_peca_tem_ligacao(arquivo: Path) -> None:
    partes = _partes(arquivo)
    alvos = {alvo for _, alvo in _ligacoes(partes)}
    pecas = {nome for nome in partes if not nome.endswith(".rels") and nome != "[Content_Types].xml"}
    assert alvos == pecas


def test_as_faixas_e_os_desenhos_estao_ligados(arquivo: Path) -> None:
    partes = _partes(arquivo)
    desenhos = {f"customUI/images/{nome}.png" for nome in imagens()}
    for faixa in ("customUI14.xml", "customUI.xml"):
        ligacoes = f"customUI/_rels/{faixa}.rels"
        assert {alvo for origem, alvo in _ligacoes(partes) if origem == ligacoes} == desenhos
        ids = {no.attrib["Id"] for no in ET.fromstring(partes[ligacoes]).iter(_TABELA)}
        assert ids == {no.get("image") for no in ET.fromstring(partes[f"customUI/{faixa}"]).iter()} - {None}
    tipos = partes["[Content_Types].xml"].decode()
    assert 'Extension="png" ContentType="image/png"' in tipos
    assert "customUI" not in tipos


def test_o_tipo_do_arquivo_e_o_da_extensao(arquivo: Path) -> None:
    tipo = "addin" if arquivo.suffix == ".xlam" else "sheet"
    principal = f"application/vnd.ms-excel.{tipo}.macroEnabled.main+xml"
    assert principal in _partes(arquivo)["[Content_Types].xml"].decode()


def test_o_openxml_audit_nao_acha_nada(arquivo: Path) -> None:
    resultado = OpenXmlValidator().validate(arquivo)
    assert resultado.is_valid
    assert not resultado.errors


@pytest.mark.parametrize("versao", ["Microsoft365", "Office2010"])
def test_o_validador_da_microsoft_nao_acha_nada(arquivo: Path, ooxml_validate: list[str], versao: str) -> None:
    assert not sdk(ooxml_validate, arquivo, versao)


@pytest.mark.parametrize("faixa", ["customUI14.xml", "customUI.xml"])
def test_o_validador_da_microsoft_le_a_faixa(
    prova: Path, ooxml_validate: list[str], tmp_path: Path, faixa: str
) -> None:
    partes = _partes(prova)
    partes[f"customUI/{faixa}"] = partes[f"customUI/{faixa}"].replace(b"screentip=", b"dica=", 1)
    (tmp_path / "torta.xlsm").write_bytes(suplemento._zipar(partes))
    assert sdk(ooxml_validate, tmp_path / "torta.xlsm", "Microsoft365") == ["The 'dica' attribute is not declared."]


# --- o projeto de VBA -------------------------------------------------------------------------------------------

com_olevba = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # o olevba chama o pyparsing à moda antiga


@pytest.fixture
def olevba() -> Any:
    return importlib.import_module("oletools.olevba")


def test_o_pyopenvba_le_de_volta_as_mesmas_fontes(arquivo: Path) -> None:
    assert check_file(arquivo).ok
    with ExcelFile(arquivo) as pasta:
        projeto = pasta.vba_project()
        assert not pasta.validate()
        assert projeto.name == "Guiche"
        assert [referencia.name for referencia in pasta.references()] == ["stdole", "Office"]
        lidas = {modulo.name: _corpo(modulo.source) for modulo in projeto.modules}
        assert not [modulo.name for modulo in projeto.modules if modulo.prefix_bytes]
    assert lidas == {nome: _corpo(texto) for nome, texto in _esperados(arquivo).items()}


@com_olevba
def test_o_olevba_le_de_volta_as_mesmas_fontes(arquivo: Path, olevba: Any) -> None:
    leitor = olevba.VBA_Parser(str(arquivo))
    lidas = {nome.rpartition(".")[0]: _corpo(texto) for _, _, nome, texto in leitor.extract_macros()}
    leitor.close()
    assert lidas == {nome: _corpo(texto) for nome, texto in _esperados(arquivo).items()}


@com_olevba
def test_as_palavras_suspeitas_sao_as_de_sempre(arquivo: Path, olevba: Any) -> None:
    leitor = olevba.VBA_Parser(str(arquivo))
    achadas = {palavra for tipo, palavra, _ in leitor.analyze_macros() if tipo in {"AutoExec", "Suspicious"}}
    leitor.close()
    assert achadas == SUSPEITAS_NOSSAS | (SUSPEITAS_DO_XLWINGS if arquivo.suffix == ".xlam" else set())


@com_olevba
def test_nada_vai_compilado_e_o_projeto_tem_nome(arquivo: Path, olevba: Any) -> None:
    with olefile.OleFileIO(BytesIO(_partes(arquivo)["xl/vbaProject.bin"])) as ole:
        assert ole.openstream("VBA/_VBA_PROJECT").read() == b"\xcc\x61\xff\xff\x00\x00\x00"
        linhas = ole.openstream("PROJECT").read().decode("cp1252").splitlines()
        registros = bytes(olevba.decompress_stream(bytearray(ole.openstream("VBA/dir").read())))
        fluxos = {"/".join(partes) for partes in ole.listdir()}
    modulos = set(_esperados(arquivo))
    assert fluxos == {"PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir", *(f"VBA/{nome}" for nome in modulos)}
    assert 'Name="Guiche"' in linhas
    declarados = {re.split(r"[=/]", linha)[1] for linha in linhas if re.match(r"Document=|Module=|Class=", linha)}
    assert declarados == modulos
    assert registros.endswith(b"\x2b\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00")


def test_so_a_configuracao_do_usuario_escolhe_o_python() -> None:
    texto = suplemento._ponte_do_xlwings()
    assert 'PROJECT_NAME As String = "guiche"' in texto
    camadas = re.findall(r"If source = (.*) Then", texto.split("Function GetConfig(")[1].split("End Function")[0])
    assert camadas == ['"sheet"', '"directory"', '"" Or source = "user"']


def test_o_xlwings_que_mudou_de_forma_e_recusado(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suplemento, "fonte_do_xlwings", lambda _: b'Attribute VB_Name = "xlwings"\r\n')
    with pytest.raises(ErroDeRegra, match="mudou de forma"):
        construir()


def test_a_letra_que_o_vba_nao_escreve_e_recusada() -> None:
    assert suplemento._texto("' ção\n".encode()) == "' ção\r\n"
    with pytest.raises(UnicodeEncodeError):
        suplemento._texto("' 日\n".encode())


@pytest.mark.requisito("S-07")
@pytest.mark.parametrize("proibida", ["OnKey", "cmd.exe", "Shell", "Declare ", "CreateObject", "Sub Auto_Open"])
def test_o_nosso_vba_nao_toma_tecla_nem_chama_o_sistema(proibida: str) -> None:
    nossas = [*(f"vba/{nome}.bas" for nome in MODULOS), "vba/ThisWorkbook.cls"]
    assert not [nome for nome in nossas if proibida.lower() in fonte(nome).decode().lower()]


# --- o VBA rodando ----------------------------------------------------------------------------------------------

_BOTAO = "Public ID As String\nPublic Tag As String\n"
_ENSAIO = """
Private ultimo As String
Public Sub RunPython(ByVal comando As String)
    ultimo = comando
End Sub
Public Function Clicar(ByVal quem As String, ByVal marca As String) As String
    Dim botao As New IRibbonControl
    botao.ID = quem
    botao.Tag = marca
    ultimo = ""
    AoClicar botao
    Clicar = ultimo
End Function
Public Function NaCelula(ByVal aba As String, ByVal celula As String) As String
    NaCelula = AtoDaCelula(ActiveWorkbook.Worksheets(aba), ActiveWorkbook.Worksheets(aba).Range(celula))
End Function
Public Function NaLinha(ByVal aba As String, ByVal celula As String) As Boolean
    NaLinha = NumaLinhaDoGuiche(ActiveWorkbook, ActiveWorkbook.Worksheets(aba).Range(celula))
End Function
"""
_QUEBRADO = """
Public Function HaPasta() As Boolean
    Err.Raise 5, , "falhou"
End Function
Public Sub Clicar()
    Acionar "ajuda"
End Sub
"""
_DUPLO = """
Public Sub Falhar()
    Evento Nothing, Nothing, False
End Sub
Public Sub Evento(ByVal Sh As Object, ByVal Target As Range, Cancel As Boolean)
{}
End Sub
"""
_SEM_WINDOWS = (
    ('Environ("Temp")', '"C:\\Temp"'),
    ("Application.Hwnd", '"123"'),
    ("Application.Path", '"C:\\Office"'),
    ("Kill LOG_FILE", ""),
)
"""O que o interpretador do pyOpenVBA não tem: o ambiente, a janela e o disco."""
_CASCA = """
Public ultimo As String
Public Function Run(ByVal comando As String, ByVal estilo As Variant, ByVal espera As Variant) As Long
    ultimo = comando
End Function
"""
_WINDOWS = """
Private guardada As New Casca
Public Function WScript(Optional novo As Boolean) As Object
    Set WScript = guardada
End Function
Public Function FileExists(ByVal nome As String) As Boolean
    FileExists = True
End Function
Public Function CreateGUID() As String
    CreateGUID = "X"
End Function
Public Function GetConfig(chave As String, Optional padrao As String = "", Optional fonte As String = "") As Variant
    GetConfig = padrao
    If chave = "INTERPRETER_WIN" Then GetConfig = "C:\\Py\\python.exe"
    If chave = "USE UDF SERVER" Or chave = "SHOW CONSOLE" Then GetConfig = False
End Function
Public Function Chamar() As String
    Rodar MontarComando("gerar", "")
    Chamar = guardada.ultimo
End Function
"""
_DIALOGO = """
Public escolhido As String
Public Function EscolherArquivo(ByVal marca As String) As String
    EscolherArquivo = InputBox(marca)
End Function
"""


def _excel(modelo: Path, *, sem: str = "", sem_runpython: bool = False) -> ExcelApplication:
    """O interpretador de VBA do pyOpenVBA, com os nossos módulos e um xlwings que só guarda o comando."""
    excel = ExcelApplication.open(modelo, with_vba=False)
    for nome in MODULOS:
        texto = fonte(f"vba/{nome}.bas").decode()
        excel.add_module(
            texto.replace(f"Function {sem}(", "Function Velha_(").replace(f" {sem} =", " Velha_ ="), name=nome
        )
    excel.add_module(_BOTAO, name="IRibbonControl", kind="class")
    if not sem_runpython:
        excel.add_module(_ENSAIO, name="Ensaio")
    return excel


def _decifrado(comando: str) -> tuple[str, str]:
    """O ato e o caminho que o Python receberia."""
    chamada = ast.parse(comando).body[1]
    assert isinstance(chamada, ast.Expr)
    assert isinstance(chamada.value, ast.Call)
    ato, cifrado = (ast.literal_eval(argumento) for argumento in chamada.value.args)
    return ato, bytes.fromhex(cifrado).decode("utf-16-be")


def _corpo_do_evento() -> str:
    """O do duplo clique, tirado da classe: o interpretador não dispara eventos do aplicativo."""
    achado = re.search(r"Cancel As Boolean\)\s*\n(.*?)End Sub", fonte("vba/ThisWorkbook.cls").decode(), re.DOTALL)
    assert achado
    return achado[1]


def _em_unidades(texto: str) -> str:
    """O texto como o VBA o vê: cada letra fora do plano básico são duas."""
    bruto = texto.encode("utf-16-le")
    return "".join(chr(int.from_bytes(bruto[i : i + 2], "little")) for i in range(0, len(bruto), 2))


@pytest.mark.parametrize("caminho", CAMINHOS)
def test_o_caminho_chega_inteiro_e_sem_letra_especial(prova: Path, caminho: str) -> None:
    comando = str(_excel(prova).run("GuichePonte.MontarComando", "importar", _em_unidades(caminho)))
    assert _decifrado(comando) == ("importar", caminho)
    assert re.fullmatch(r"from guiche\.excel\.ponte import executar; executar\('importar', '[0-9A-F]*'\)", comando)


def test_o_clique_na_faixa_chega_ao_python(prova: Path) -> None:
    assert _decifrado(str(_excel(prova).run("Ensaio.Clicar", "ajuda", ""))) == ("ajuda", "")


def test_o_ato_que_compara_pede_dois_arquivos(prova: Path) -> None:
    excel = _excel(prova, sem="EscolherArquivo")
    excel.add_module(_DIALOGO, name="Dialogo")
    excel.answer_dialogs("C:\\a.rem", "C:\\b.ret")
    comando = str(excel.run("Ensaio.Clicar", "arquivo_comparar", "rem|ret,txt"))
    assert [pergunta for _, pergunta, _, _ in excel.dialogs] == ["rem", "ret,txt"]
    assert _decifrado(comando) == ("arquivo_comparar", "C:\\a.rem\0C:\\b.ret")


@pytest.mark.parametrize(("escolha", "chega"), [("C:\\ção.ret", ("importar", "C:\\ção.ret")), ("", None)])
def test_o_ato_que_pede_arquivo_so_segue_com_arquivo(prova: Path, escolha: str, chega: tuple[str, str] | None) -> None:
    excel = _excel(prova, sem="EscolherArquivo")
    excel.add_module(_DIALOGO, name="Dialogo")
    excel.answer_dialogs(escolha)
    comando = str(excel.run("Ensaio.Clicar", "importar", "ret,txt"))
    assert [pergunta for _, pergunta, _, _ in excel.dialogs] == ["ret,txt"]
    assert (_decifrado(comando) if comando else None) == chega


def test_sem_pasta_aberta_explica_o_modo_protegido(prova: Path) -> None:
    excel = _excel(prova)
    excel.workbook.vba_get("Close")
    assert excel.run("Ensaio.Clicar", "conferir", "") == ""
    ((tipo, texto, titulo, _),) = excel.dialogs
    assert (tipo, titulo) == ("MsgBox", "Guichê")
    assert "Habilitar Edição" in texto


def test_o_duplo_clique_so_vale_na_linha_das_tabelas_de_remessas_e_boletos(prova: Path) -> None:
    modelo = ENGINE.parent / "workbooks/guiche.xlsx"
    excel = _excel(modelo)
    atendidas = {t.aba: str(excel.run("GuichePonte.AtoDoDuploClique", t.aba)) for t in esquema().values()}
    assert {aba: ato for aba, ato in atendidas.items() if ato} == {
        esquema()["remessas"].aba: "remessas_ver", esquema()["boletos"].aba: "boletos_detalhes",
        esquema()["retornos"].aba: "retornos_ver",
    }  # fmt: skip
    for ato, selecao in (
        ("remessas_ver", "remessas.codigo"),
        ("boletos_detalhes", "boletos.codigo"),
        ("retornos_ver", "retornos.codigo"),
    ):
        assert atos()[ato].opcoes[0].selecao == selecao
    onde = {celula: excel.run("Ensaio.NaLinha", "Remessas", celula) for celula in ("A1", "B2", "A9", "ZZ2")}
    assert onde == {"A1": False, "B2": True, "A9": False, "ZZ2": False}
    assert _excel(prova).run("Ensaio.NaLinha", "Sheet1", "A1") is False
    assert excel.run("Ensaio.NaCelula", "Remessas", "B2") == "remessas_ver"
    assert excel.run("Ensaio.NaCelula", "Títulos", "B2") == ""


def _protegida(em: Path, **mudancas: str) -> Path:
    """O modelo com as abas dadas sem proteção, e com tabelas renomeadas."""
    pasta = openpyxl.load_workbook(ENGINE.parent / "workbooks/guiche.xlsx")
    for aba, tabela in mudancas.items():
        if tabela == "aberta":
            pasta[aba].protection.disable()
        else:
            (velha,) = pasta[aba].tables.values()
            velha.displayName = velha.name = tabela
    pasta.save(em / "p.xlsx")
    return em / "p.xlsx"


def test_o_duplo_clique_no_cabecalho_de_lista_protegida_ordena(tmp_path: Path) -> None:
    excel = _excel(_protegida(tmp_path, Remessas="aberta", Caixa="outroNome"))
    abas = ["Reenvios", "Conferência", "Diário", "Remessas", "Caixa", "Títulos", "Parâmetros", "Início"]
    cabecalhos = {aba: str(excel.run("Ensaio.NaCelula", aba, "B1")) for aba in [*abas, "Filtros do débito"]}
    assert {aba for aba, ato in cabecalhos.items() if ato == "ordenar"} == {"Reenvios", "Conferência", "Diário"}
    assert set(cabecalhos.values()) == {"", "ordenar"}
    assert excel.run("Ensaio.NaCelula", "Remessas", "B2") == "remessas_ver"
    assert excel.run("Ensaio.NaCelula", "Diário", "ZZ1") == ""


def test_o_duplo_clique_no_cabecalho_de_pasta_que_nao_e_do_guiche_continua_do_excel(tmp_path: Path) -> None:
    excel = _excel(_protegida(tmp_path, Parâmetros="tbOutra"))
    assert excel.run("Ensaio.NaCelula", "Diário", "B1") == ""
    assert excel.run("Ensaio.NaCelula", "Remessas", "B2") == ""


@pytest.mark.parametrize("onde", ["Ensaio.Clicar", "Ensaio.Duplo"])
def test_o_erro_do_vba_se_diz_e_nao_para_o_suplemento(prova: Path, onde: str) -> None:
    excel = _excel(prova, sem="HaPasta" if onde == "Ensaio.Clicar" else "")
    if onde == "Ensaio.Clicar":
        excel.add_module(_QUEBRADO, name="Quebrado")
    excel.add_module(_DUPLO.format(_corpo_do_evento()), name="Duplo")
    excel.run("Duplo.Falhar" if onde == "Ensaio.Duplo" else "Quebrado.Clicar")
    ((tipo, texto, titulo, _),) = excel.dialogs
    assert (tipo, titulo) == ("MsgBox", "Guichê")
    assert texto.startswith("O Excel não conseguiu chamar o Guichê: ")
    assert "guiche diagnostico" in texto


# --- o RunPython do xlwings, como vai no suplemento ---------------------------------------------------------------

NOMES = ("Cobrança=2026.xlsx", "100% %TEMP%.xlsx", "$(touch x) `y` 'a' & b.xlsx", "a|b;c.xlsx", "日本📄.xlsx")


def _funcao(nome: str) -> str:
    texto = suplemento._ponte_do_xlwings().replace("\r\n", "\n")
    achada = re.search(
        rf"^(?:Public |Private )?(?:Function|Sub) {nome}\(.*?^End (?:Function|Sub)$", texto, re.MULTILINE | re.DOTALL
    )
    assert achada
    return achada[0]


@pytest.mark.parametrize("nome", NOMES[:3])
def test_a_linha_de_comando_do_windows_nao_leva_o_nome_da_pasta(tmp_path: Path, nome: str) -> None:
    pasta = tmp_path / nome
    shutil.copyfile(ENGINE.parent / "workbooks/guiche.xlsx", pasta)
    excel = _excel(pasta, sem_runpython=True)
    runpython = "\n".join(_funcao(f) for f in ("RunPython", "ExecuteWindows", "ParentFolder"))
    for velho, novo in _SEM_WINDOWS:
        assert velho in runpython
        runpython = runpython.replace(velho, novo)
    excel.add_module(runpython, name="xlwings")
    excel.add_module(_CASCA, name="Casca", kind="class")
    excel.add_module(_WINDOWS, name="Windows")
    comando = str(excel.run("Windows.Chamar"))
    assert comando.startswith('cmd.exe /C C: & cd "C:\\Py" & "C:\\Py\\python.exe" -B -c "import xlwings.utils;')
    achado = re.search(r" --wb=([0-9A-F]+) --from_xl=1 ", comando)
    assert achado
    assert chamada.nome_da_pasta(achado[1]) == nome
    assert not re.search(r"%|\$|`|TEMP%|2026", comando)


def test_a_linha_de_comando_do_macos_nao_leva_o_nome_da_pasta() -> None:
    executa = _funcao("ExecuteMac")
    assert re.findall(r"ActiveWorkbook\.\w+", executa) == ["ActiveWorkbook.Name"]
    assert "ParaHex(ActiveWorkbook.Name)" in executa
    assert re.findall(r"PYTHONPATH = .*", _funcao("RunPython")) == ['PYTHONPATH = "false"'] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="o applescript monta um comando de sh")
@pytest.mark.parametrize("pasta_do_python", ["py", "Meu Python d'água $(touch x)"])
@pytest.mark.parametrize("nome", NOMES)
def test_o_comando_do_applescript_chega_ao_python(tmp_path: Path, pasta_do_python: str, nome: str) -> None:
    """O script traduzido linha a linha: o que ele junta sem aspas vai ao sh de verdade, com o Python do plano."""
    roteiro = fonte_do_xlwings("xlwings-0.37.8.applescript").decode()
    assert 'PythonInterpreter & " -B -u -W ignore -c' in roteiro
    python = tmp_path / pasta_do_python / "python3"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    m = Maquina("darwin", tmp_path, str(python), "0.37.8", {})
    executar([passo for passo in plano(m) if passo.destino.name == PONTE_DO_MAC])
    cifrado = nome.encode("utf-16-be").hex().upper()
    codigo = "import json, sys; json.dump(sys.argv, open('chamada.json', 'w'))"
    inicio = "import xlwings.utils;xlwings.utils.prepare_sys_path('false;')"
    comando = (
        f'{chamado_no_mac(m)} -B -u -W ignore -c "{inicio};{codigo} "'
        f' "--wb={cifrado}" "--from_xl=1" "--app=/Applications/Microsoft Excel" > /dev/null 2>"erro.log"'
    )
    livre = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p.endswith("site-packages")),
    }
    subprocess.run(["/bin/sh", "-c", comando], cwd=tmp_path, env=livre, check=False)
    assert not (tmp_path / "erro.log").read_text("utf-8")
    dados = chamada.opcoes(json.loads((tmp_path / "chamada.json").read_text("utf-8")))
    assert (chamada.nome_da_pasta(dados["wb"]), dados["from_xl"]) == (nome, "1")
    assert not (tmp_path / "x").exists()


def test_aba_de_nome_terminado_em_py_e_uma_aba_como_as_outras() -> None:
    executa = _funcao("RunPython")
    assert executa.count('".py"') == 1
    assert "uses_embedded_code = True" not in executa.replace("If uses_embedded_code = True", "")


def test_o_que_se_ve_do_runpython_esta_em_portugues() -> None:
    """Cada frase que o módulo pode mostrar; as de ambientes Conda, de UDF e de executáveis o Guichê não alcança."""
    alcancadas = "\n".join(_funcao(f) for f in ("RunPython", "ExecuteMac", "ExecuteWindows", "ShowError", "CleanUp"))
    vistas = re.findall(r"(?:MsgBox|Popup|StatusBar =|Content = )(.*)", alcancadas)
    frases = [frase for linha in vistas for frase in re.findall(r'"([^"]*[a-z]{3}[^"]*)"', linha)]
    assert set(frases) == {
        "Embedded code requires a valid LICENSE_KEY.",  # só com uma aba .py, que já não conta
        "Guichê: em andamento…",
        "O Excel não conseguiu chamar o Guichê. Feche o Excel e rode guiche instalar no Terminal.",
        "O Python do Guichê já não está em ",
        "Feche o Excel e rode guiche instalar com o Python que tem o Guichê.",
        "O Python do Guichê não respondeu. Feche o Excel e rode guiche instalar.",
        "Ctrl+C copia esta mensagem.",
        "Guichê",
    }


def test_os_modulos_da_prova_sao_de_tipo_certo(prova: Path) -> None:
    with ExcelFile(prova) as pasta:
        tipos = {modulo.name: modulo.kind for modulo in pasta.vba_project().modules}
    assert {nome for nome, tipo in tipos.items() if tipo is VBAModuleKind.other} == {"ThisWorkbook", "Sheet1"}


@pytest.mark.libreoffice
def test_o_libreoffice_roda_o_mesmo_vba(prova: Path) -> None:
    python = "/usr/bin/python3"
    tem_os_dois = shutil.which("soffice") and Path(python).exists()
    if not tem_os_dois or subprocess.run([python, "-c", "import uno"], check=False).returncode:
        pytest.skip("falta o LibreOffice, ou o uno do Python do sistema")
    chamadas: list[tuple[str, list[str]]] = [("ThisWorkbook.Workbook_Open", [])]
    chamadas += [("GuichePonte.MontarComando", ["importar", caminho]) for caminho in CAMINHOS]
    chamadas += [("GuichePonte.AtoDoDuploClique", [aba]) for aba in ("Remessas", "Títulos")]
    chamadas.append(("GuichePonte.Acionar", ["ajuda", ""]))
    comando = [python, str(Path(__file__).with_name("vba_no_libreoffice.py")), str(prova)]
    ambiente = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    feito = subprocess.run(
        comando, env=ambiente, input=json.dumps(chamadas), capture_output=True, text=True, timeout=120, check=True
    )
    achado = json.loads(feito.stdout)
    assert (achado["projeto"], achado["modulos"]) == ("Guiche", sorted(_esperados(prova)))
    comandos = achado["devolvidos"][1 : 1 + len(CAMINHOS)]
    assert [_decifrado(comando) for comando in comandos] == [("importar", caminho) for caminho in CAMINHOS]
    assert achado["devolvidos"][-3:-1] == ["remessas_ver", ""]
    assert _decifrado(achado["a1"]) == ("ajuda", "")
