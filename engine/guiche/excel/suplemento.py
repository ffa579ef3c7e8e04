"""O suplemento do Excel, feito de textos: o VBA, a faixa e os desenhos, num arquivo só.

As mesmas fontes dão sempre os mesmos bytes. Nada vai compilado: o Excel compila ao abrir.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress

from guiche.erros import ErroDeRegra
from guiche.excel.faixa import faixa, faixa_2006, imagens
from guiche.excel.fontes import fonte, fonte_do_xlwings

PROJETO = "Guiche"
MODULOS = ("GuicheFaixa", "GuichePonte", "GuicheSistema")
_DUBLE = """Attribute VB_Name = "xlwings"
Option Explicit

Public Function RunPython(ByVal comando As String) As Long
    ThisWorkbook.Worksheets(1).Range("A1").Value = comando
End Function
"""
"""Faz as vezes do xlwings na prova: escreve o comando onde o teste o lê."""
_COM_OS_CAMINHOS = (
    'PYTHONPATH = AddExcelDir & ";" & ActiveFullName & ";" & ThisFullName & ";" & GetConfig("ONEDRIVE_CONSUMER_MAC") & '
    '";" & GetConfig("ONEDRIVE_COMMERCIAL_MAC") & ";" & GetConfig("SHAREPOINT_MAC") & ";" & GetConfig("PYTHONPATH")'
)
_TROCAS = (
    ('PROJECT_NAME As String = "myaddin"', 'PROJECT_NAME As String = "guiche"'),
    ('If source = "" Or source = "sheet" Then', 'If source = "sheet" Then'),
    ('If source = "" Or source = "directory" Then', 'If source = "directory" Then'),
    *((_COM_OS_CAMINHOS.replace("MAC", sistema), 'PYTHONPATH = "false"') for sistema in ("MAC", "WIN")),
    (
        '" --wb=" & """" & ActiveWorkbook.Name & """ --from_xl=1"',
        '" --wb=" & ParaHex(ActiveWorkbook.Name) & " --from_xl=1"',
    ),
    ('ParameterString + "|" + ActiveWorkbook.Name', 'ParameterString + "|" + ParaHex(ActiveWorkbook.Name)'),
    ("                uses_embedded_code = True", "                uses_embedded_code = False"),
    ('"Running..."', '"Guichê: em andamento…"'),
    (
        "\"To enable RunPython, please run 'xlwings runpython install' in a terminal once and try again.\"",
        '"O Excel não conseguiu chamar o Guichê. Feche o Excel e rode guiche instalar no Terminal."',
    ),
    (
        'MsgBox "Could not find Interpreter!", vbCritical',
        'MsgBox "O Python do Guichê já não está em " & PYTHON_WIN & "." & vbCrLf & vbCrLf & '
        '"Feche o Excel e rode guiche instalar com o Python que tem o Guichê.", vbCritical, "Guichê"',
    ),
    ('MsgBox Content, vbCritical, "Error"', 'MsgBox Content, vbCritical, "Guichê"'),
    ('"Press Ctrl+C to copy this message to the clipboard."', '"Ctrl+C copia esta mensagem."'),
    ('WScript.Popup Content, AUTO_DISMISS, "Error"', 'WScript.Popup Content, AUTO_DISMISS, "Guichê"'),
    (
        "        Content = ReadFile(FileName)\r\n    Else",
        '        Content = "O Python do Guichê não respondeu. Feche o Excel e rode guiche instalar." '
        "& vbCrLf & vbCrLf & ReadFile(FileName)\r\n    Else",
    ),
)
"""O que se muda no RunPython do xlwings.

A configuração é a do usuário: uma aba ou um arquivo vindos com a pasta de trabalho não escolhem o Python. A linha de
comando não leva o nome nem o caminho da pasta, em que ``%NOME%``, ``=``, ``$(…)`` ou ``|`` teriam outro sentido: o nome
vai em hexadecimal, e ``guiche.excel.chamada`` o lê. Uma aba de nome terminado em .py é uma aba como as outras. E o que
a pessoa pode ver está em português.
"""
_PECA_DO_VBA = "xl/vbaProject.bin"
_SEM_COMPILADO = b"\xcc\x61\xff\xff\x00\x00\x00"
_PACOTE = "http://schemas.openxmlformats.org/package/2006"
_LIGACAO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FAIXAS = {"customUI14.xml": "2007", "customUI.xml": "2006"}
_CAPA = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="{_PACOTE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">\
<dc:title>Guichê</dc:title><dc:description>Cobrança bancária a partir do Excel</dc:description></cp:coreProperties>
"""


def construir() -> bytes:
    """O suplemento ``guiche.xlam``."""
    classes = {"Dictionary": _texto(fonte_do_xlwings("addin/Dictionary.cls"))}
    return _montar(".xlam", {**_nossos(), "xlwings": _ponte_do_xlwings()}, classes)


def construir_prova() -> bytes:
    """O gêmeo ``.xlsm`` para as provas sem Excel: o mesmo VBA, com um dublê no lugar do xlwings."""
    return _montar(".xlsm", {**_nossos(), "xlwings": _crlf(_DUBLE)}, {})


def _nossos() -> dict[str, str]:
    return {nome: _texto(fonte(f"vba/{nome}.bas")) for nome in MODULOS}


def _ponte_do_xlwings() -> str:
    """O RunPython do xlwings, que só lê a configuração do Guichê deste usuário.

    Raises:
        ErroDeRegra: ``instalar.suplemento``, se o xlwings instalado mudou de forma.
    """
    texto = _texto(fonte_do_xlwings("xlwings_custom_addin.bas"))
    for velho, novo in _TROCAS:
        if texto.count(velho) != 1:
            raise ErroDeRegra("instalar.suplemento", f"o xlwings instalado mudou de forma: procurou-se {velho!r}")
        texto = texto.replace(velho, novo)
    return texto


def _texto(bruto: bytes) -> str:
    texto = _crlf(bruto.decode("utf-8"))
    texto.encode("cp1252")  # o VBA não escreve outras letras, e o pyOpenVBA as trocaria por "?"
    return texto


def _crlf(texto: str) -> str:
    return texto.replace("\r\n", "\n").replace("\n", "\r\n")


def _montar(extensao: str, modulos: Mapping[str, str], classes: Mapping[str, str]) -> bytes:
    partes = _partes_com_vba(extensao, modulos, classes)
    partes[_PECA_DO_VBA] = _acertar(partes[_PECA_DO_VBA])
    partes["docProps/core.xml"] = _CAPA.encode()
    _por_faixa(partes)
    return _zipar(partes)


def _partes_com_vba(extensao: str, modulos: Mapping[str, str], classes: Mapping[str, str]) -> dict[str, bytes]:
    """As peças de uma pasta vazia gravada pelo Excel, com os nossos módulos."""
    with TemporaryDirectory() as pasta:
        caminho = Path(pasta) / f"guiche{extensao}"
        with ExcelFile.create_new(caminho) as arquivo:
            projeto = arquivo.vba_project()
            projeto.delete_module("Module1")
            arquivo.set_module("Sheet1", arquivo.get_module("Sheet1"))
            arquivo.set_module("ThisWorkbook", _texto(fonte("vba/ThisWorkbook.cls")))
            for nome, texto in modulos.items():
                projeto.add_module(nome, texto)
            for nome, texto in classes.items():
                projeto.add_module(nome, texto, kind=VBAModuleKind.other)
            arquivo.save()
        with zipfile.ZipFile(caminho) as pacote:
            return {nome: pacote.read(nome) for nome in pacote.namelist()}


def _acertar(vba: bytes) -> bytes:
    """Dá nome ao projeto e tira o que o Excel compilou no modelo vazio.

    [MS-OVBA] 2.3.4.1: quem grava sem compilar põe a versão 0xFFFF e nenhum cache.
    """
    cfb = CFB.from_bytes(vba)
    registros = decompress(cfb.get_stream_in_storage("VBA", "dir"))
    projeto = cfb.get_stream("PROJECT")
    for fluxo, velho in ((registros, _registro(4, b"VBAProject")), (projeto, b'Name="VBAProject"')):
        if fluxo.count(velho) != 1:
            raise ErroDeRegra(
                "instalar.suplemento", "o modelo vazio do pyOpenVBA mudou: o nome do projeto não está onde estava"
            )
    registros = registros.replace(_registro(4, b"VBAProject"), _registro(4, PROJETO.encode()))
    registros = registros.rstrip(b"\0") + bytes(5)  # o registro final, 0x0010, é vazio
    cfb.write_stream_in_storage("VBA", "dir", compress(registros))
    cfb.write_stream("PROJECT", projeto.replace(b'Name="VBAProject"', f'Name="{PROJETO}"'.encode()))
    cfb.write_stream_in_storage("VBA", "_VBA_PROJECT", _SEM_COMPILADO)
    refeito: bytes = cfb.to_bytes()
    return refeito


def _registro(codigo: int, dados: bytes) -> bytes:
    return codigo.to_bytes(2, "little") + len(dados).to_bytes(4, "little") + dados


def _por_faixa(partes: dict[str, bytes]) -> None:
    """Junta ao pacote as duas faixas, os desenhos e as ligações para eles."""
    textos = {"customUI14.xml": faixa(), "customUI.xml": faixa_2006()}
    desenhos = imagens()
    ligacoes = [(nome, f"{_LIGACAO}/image", f"images/{nome}.png") for nome in desenhos]
    for nome, texto in textos.items():
        partes[f"customUI/{nome}"] = texto.encode()
        partes[f"customUI/_rels/{nome}.rels"] = _ligacoes(ligacoes).encode()
    for nome in desenhos:
        partes[f"customUI/images/{nome}.png"] = fonte(f"icones/{nome}.png")
    office = "http://schemas.microsoft.com/office"
    novas = _elementos(
        (f"faixa{ano}", f"{office}/{ano}/relationships/ui/extensibility", f"customUI/{nome}")
        for nome, ano in _FAIXAS.items()
    )
    partes["_rels/.rels"] = partes["_rels/.rels"].replace(b"</Relationships>", f"{novas}</Relationships>".encode())
    tipos = partes["[Content_Types].xml"]
    partes["[Content_Types].xml"] = tipos.replace(
        b"<Default ", b'<Default Extension="png" ContentType="image/png"/><Default ', 1
    )


def _ligacoes(linhas: Iterable[tuple[str, str, str]]) -> str:
    abre = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{abre}<Relationships xmlns="{_PACOTE}/relationships">{_elementos(linhas)}</Relationships>'


def _elementos(linhas: Iterable[tuple[str, str, str]]) -> str:
    return "".join(f'<Relationship Id="{id_}" Type="{tipo}" Target="{alvo}"/>' for id_, tipo, alvo in linhas)


def _zipar(partes: Mapping[str, bytes]) -> bytes:
    saida = BytesIO()
    with zipfile.ZipFile(saida, "w") as pacote:
        for nome in sorted(partes, key=lambda nome: (nome != "[Content_Types].xml", nome)):
            entrada = zipfile.ZipInfo(nome, (1980, 1, 1, 0, 0, 0))
            entrada.compress_type, entrada.create_system = zipfile.ZIP_DEFLATED, 0
            pacote.writestr(entrada, partes[nome])
    return saida.getvalue()
