"""O que ``guiche instalar`` põe em cada lugar, e como. O plano é puro; executá-lo é percorrer a lista.

Por usuário, sem administrador, quantas vezes se quiser: o que já está igual não se toca, e cada
arquivo se troca inteiro. Os bytes nascem nesta máquina, e por isso o Windows não os marca como
vindos da internet; a pasta de inicialização o Excel já considera confiável.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from guiche.erros import ErroDePlanilha, ErroDeRegra, Local
from guiche.excel.fontes import fonte_do_xlwings
from guiche.excel.maquina import Maquina
from guiche.excel.suplemento import construir as construir_suplemento
from guiche.libreoffice.extensao import construir as construir_extensao
from guiche.planilha.pronta import caminho_do_modelo
from guiche.servicos.gravacao import escrever_inteiro
from guiche.servicos.saidas import lugar_livre

SUPLEMENTO, CONFIGURACAO, EXTENSAO, PASTA = "guiche.xlam", "guiche.conf", "guiche.oxt", "Cobrança.xlsx"
SISTEMAS = ("win32", "darwin", "linux")
_INICIO_NO_MAC = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_DADOS_NO_MAC = "Library/Containers/com.microsoft.Excel/Data"
_SCRIPTS_NO_MAC = "Library/Application Scripts/com.microsoft.Excel"
_EXECUTAVEL = 0o755


@dataclass(frozen=True, slots=True)
class Passo:
    """Um arquivo a pôr no lugar."""

    destino: PurePath
    conteudo: bytes
    porque: str
    da_pessoa: bool = False
    """A pasta de trabalho: só se cria se falta, e nunca se apaga."""
    executavel: bool = False


def plano(maquina: Maquina, pasta: Path | None = None) -> list[Passo]:
    """Tudo o que se instala na máquina; com ``pasta``, tudo dentro dela."""
    passos = {"win32": _no_windows, "darwin": _no_mac, "linux": _no_linux}[maquina.sistema](maquina)
    comeco = caminho_do_modelo().read_bytes()
    todos = [*passos, Passo(_documentos(maquina) / PASTA, comeco, "pasta de trabalho para começar", da_pessoa=True)]
    if pasta is None:
        return todos
    return [Passo(pasta / p.destino.name, p.conteudo, p.porque, p.da_pessoa, p.executavel) for p in todos]


def _no_windows(m: Maquina) -> Iterator[Passo]:
    casa = PureWindowsPath(m.casa)
    dados = PureWindowsPath(m.ambiente.get("APPDATA") or casa / "AppData/Roaming")
    yield Passo(dados / "Microsoft/Excel/XLSTART" / SUPLEMENTO, construir_suplemento(), "a faixa, aberta com o Excel")
    yield Passo(casa / ".guiche" / CONFIGURACAO, configuracao(m), "onde está o Python que tem o Guichê")
    sem_janela = PureWindowsPath(m.interpretador).with_name("pythonw.exe")
    atalho = f'@chcp 65001 >nul\r\n@start "" "{sem_janela}" -m guiche painel\r\n'.encode()
    yield Passo(casa / "Desktop" / "Guichê.cmd", atalho, "atalho do painel, para onde as macros são proibidas")


def _no_mac(m: Maquina) -> Iterator[Passo]:
    casa = PurePosixPath(m.casa)
    yield Passo(casa / _INICIO_NO_MAC / SUPLEMENTO, construir_suplemento(), "a faixa, aberta com o Excel")
    yield Passo(casa / _DADOS_NO_MAC / CONFIGURACAO, configuracao(m), "onde está o Python que tem o Guichê")
    script = f"xlwings-{m.xlwings}.applescript"
    yield Passo(casa / _SCRIPTS_NO_MAC / script, fonte_do_xlwings(script), "o Excel só chama scripts desta pasta")
    atalho = f"#!/bin/sh\nexec '{m.interpretador}' -m guiche painel\n".encode()
    yield Passo(casa / "Desktop" / "Guichê.command", atalho, "atalho do painel", executavel=True)


def _no_linux(m: Maquina) -> Iterator[Passo]:
    dados = PurePosixPath(m.ambiente.get("XDG_DATA_HOME") or m.casa / ".local/share")
    extensao = construir_extensao(m.interpretador)
    yield Passo(dados / "guiche" / EXTENSAO, extensao, "o menu Guichê, para o LibreOffice")
    yield Passo(dados / "guiche" / SUPLEMENTO, construir_suplemento(), "a faixa, para levar a um Excel")
    atalho = (
        "[Desktop Entry]\nType=Application\nName=Guichê\nComment=Cobrança bancária\nCategories=Office;Finance;\n"
        f'Exec="{m.interpretador}" -m guiche painel\n'
    )
    yield Passo(dados / "applications" / "guiche.desktop", atalho.encode(), "atalho do painel")


def _documentos(m: Maquina) -> PurePath:
    classe = PureWindowsPath if m.sistema == "win32" else PurePosixPath
    return classe(m.casa) / ("Documentos" if m.sistema == "linux" and (m.casa / "Documentos").is_dir() else "Documents")


def nos_documentos(m: Maquina, nome: str) -> Path:
    """Onde criar algo nos documentos da pessoa, sem tomar o lugar do que lá está."""
    return lugar_livre(Path(_documentos(m)) / nome)


def configuracao(m: Maquina) -> bytes:
    """O arquivo que diz ao suplemento qual Python chamar.

    Sem linha em branco, em que o leitor do VBA para, e na página de código que ele lê no Windows.

    Raises:
        ErroDeRegra: ``instalar.caminho``.
    """
    chave, fim = ("INTERPRETER_WIN", "\r\n") if m.sistema == "win32" else ("INTERPRETER_MAC", "\n")
    linhas = (f'"{chave}","{m.interpretador}"', '"ADD_WORKBOOK_TO_PYTHONPATH","false"', '"USE UDF SERVER","false"')
    try:
        return (fim.join(linhas) + fim).encode("cp1252" if m.sistema == "win32" else "utf-8")
    except UnicodeEncodeError as erro:
        raise ErroDeRegra("instalar.caminho", f"o Excel não lê este caminho: {m.interpretador}") from erro


def executar(passos: Sequence[Passo]) -> list[Path]:
    """Grava o que falta ou mudou e devolve o que gravou.

    Raises:
        ErroDePlanilha: ``instalar.excel_aberto``, se o Excel segura o suplemento; ``disco.gravacao``.
    """
    gravados = []
    for passo in passos:
        destino = Path(passo.destino)
        if destino.exists() and (passo.da_pessoa or destino.read_bytes() == passo.conteudo):
            continue
        try:
            escrever_inteiro(destino, passo.conteudo)
        except ErroDePlanilha as erro:
            if isinstance(erro.__cause__, PermissionError):
                raise _excel_aberto(destino) from erro
            raise
        if passo.executavel:
            destino.chmod(_EXECUTAVEL)
        gravados.append(destino)
    return gravados


def desfazer(passos: Sequence[Passo]) -> list[Path]:
    """Tira o que foi instalado, menos a pasta de trabalho, e devolve o que tirou.

    Raises:
        ErroDePlanilha: ``instalar.excel_aberto``.
    """
    tirados = []
    for passo in passos:
        destino = Path(passo.destino)
        if passo.da_pessoa or not destino.exists():
            continue
        try:
            destino.unlink()
        except PermissionError as erro:
            raise _excel_aberto(destino) from erro
        tirados.append(destino)
    return tirados


def _excel_aberto(destino: Path) -> ErroDePlanilha:
    return ErroDePlanilha("instalar.excel_aberto", "o arquivo está em uso", local=Local(str(destino)))
