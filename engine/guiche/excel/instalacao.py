"""O que ``guiche instalar`` põe em cada lugar, e como. O plano é puro; executá-lo é percorrer a lista.

Por usuário, sem administrador, quantas vezes se quiser: o que já está igual não se toca, e cada
arquivo se troca inteiro. Os bytes nascem nesta máquina, e por isso o Windows não os marca como
vindos da internet; a pasta de inicialização o Excel já considera confiável.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from guiche.erros import ErroDePlanilha, ErroDeRegra, Local
from guiche.excel.fontes import fonte_do_xlwings
from guiche.excel.maquina import Maquina
from guiche.excel.suplemento import construir as construir_suplemento
from guiche.libreoffice.extensao import construir as construir_extensao
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.saidas import lugar_livre
from guiche.planilha.pronta import caminho_do_modelo

SUPLEMENTO, CONFIGURACAO, EXTENSAO, PASTA = "guiche.xlam", "guiche.conf", "guiche.oxt", "Cobrança.xlsx"
SISTEMAS = ("win32", "darwin", "linux")
_INICIO_NO_MAC = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_DADOS_NO_MAC = "Library/Containers/com.microsoft.Excel/Data"
_SCRIPTS_NO_MAC = "Library/Application Scripts/com.microsoft.Excel"
_EXECUTAVEL = 0o755
PONTE_DO_MAC = "guiche-python"
"""O caminho simples por onde o Excel chama um Python de caminho com espaço ou acento."""
_SIMPLES = re.compile(r"[A-Za-z0-9_./+-]+")
_PASTAS_DO_WINDOWS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
_DOS_OUTROS_NO_MAC = ("Containers", "Group Containers", "Application Scripts")
"""Pastas de ~/Library que o macOS guarda como dados de outro programa."""
_COM_LICENCA_DO_MAC = (
    "Feche o Terminal (⌘Q), abra-o, repita e responda Permitir quando o macOS perguntar se ele pode acessar dados de "
    "outros apps; ou ligue o Terminal em Ajustes do Sistema → Privacidade e Segurança → Acesso Total ao Disco."
)
_COM_O_SEU_USUARIO = "Instale com o seu usuário, sem sudo; o arquivo que ficou de outra instalação, apague-o e repita."
_SEM_ESPACOS = "Instale o Guichê numa pasta de nome simples, sem espaços nem acentos, como /opt/guiche, e repita."
_UNOPKG = {
    "win32": r'"C:\Program Files\LibreOffice\program\unopkg.com"',
    "darwin": "/Applications/LibreOffice.app/Contents/MacOS/unopkg",
    "linux": "unopkg",
}


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
    sem_janela = str(PureWindowsPath(m.interpretador).with_name("pythonw.exe")).replace("%", "%%")
    atalho = f'@chcp 65001 >nul\r\n@start "" "{sem_janela}" -m guiche painel\r\n'.encode()
    mesa = _pasta_do_windows(m, "Desktop", "Desktop")
    yield Passo(mesa / "Guichê.cmd", atalho, "atalho do painel, para onde as macros são proibidas")
    yield _extensao(casa / ".guiche", m)


def _no_mac(m: Maquina) -> Iterator[Passo]:
    casa = PurePosixPath(m.casa.as_posix())
    yield Passo(casa / _INICIO_NO_MAC / SUPLEMENTO, construir_suplemento(), "a faixa, aberta com o Excel")
    yield Passo(casa / _DADOS_NO_MAC / CONFIGURACAO, configuracao(m), "onde está o Python que tem o Guichê")
    script = f"xlwings-{m.xlwings}.applescript"
    yield Passo(casa / _SCRIPTS_NO_MAC / script, fonte_do_xlwings(script), "o Excel só chama scripts desta pasta")
    python = shlex.quote(m.interpretador)
    if chamado_no_mac(m) != m.interpretador:
        ponte = f'#!/bin/sh\nexec {python} "$@"\n'.encode()
        yield Passo(PurePosixPath(chamado_no_mac(m)), ponte, "o Excel não chama caminho com espaço", executavel=True)
    atalho = f"#!/bin/sh\nexec {python} -m guiche painel\n".encode()
    yield Passo(casa / "Desktop" / "Guichê.command", atalho, "atalho do painel", executavel=True)
    yield _extensao(casa / ".guiche", m)


def _no_linux(m: Maquina) -> Iterator[Passo]:
    dados = PurePosixPath(m.ambiente.get("XDG_DATA_HOME") or (m.casa / ".local/share").as_posix())
    yield _extensao(dados / "guiche", m)
    yield Passo(dados / "guiche" / SUPLEMENTO, construir_suplemento(), "a faixa, para levar a um Excel")
    python = re.sub(r'(["`$\\\\])', r"\\\\\1", m.interpretador).replace("%", "%%")
    atalho = (
        "[Desktop Entry]\nType=Application\nName=Guichê\nComment=Cobrança bancária\nCategories=Office;Finance;\n"
        f'Exec="{python}" -m guiche painel\n'
    )
    yield Passo(dados / "applications" / "guiche.desktop", atalho.encode(), "atalho do painel")


def _extensao(onde: PurePath, m: Maquina) -> Passo:
    return Passo(onde / EXTENSAO, construir_extensao(m.interpretador), "o menu Guichê, para o LibreOffice")


def para_o_libreoffice(m: Maquina, extensao: PurePath) -> str:
    """O que escrever para o LibreOffice ganhar o menu, em cada sistema; nos de janela, dois cliques também servem."""
    comando = f'{_UNOPKG[m.sistema]} add -f "{extensao}"'
    if m.sistema == "linux":
        return f"Para o LibreOffice, rode: {comando}, e abra-o: o menu Guichê estará lá."
    return f"Se usa o LibreOffice, feche-o e dê dois cliques em {extensao}, ou rode: {comando}"


def chamado_no_mac(m: Maquina) -> str:
    """O caminho pelo qual o Excel do macOS chama o Python.

    O xlwings o junta sem aspas à linha de comando, e o VBA lê a configuração em MacRoman: só serve um caminho de letras
    simples. Onde não é, chama-se por um script na pasta da pessoa.

    Raises:
        ErroDeRegra: ``instalar.caminho``, se nem a pasta da pessoa tem caminho simples.
    """
    if m.outra or _SIMPLES.fullmatch(m.interpretador):
        return m.interpretador
    ponte = str(PurePosixPath(m.casa.as_posix()) / ".guiche" / PONTE_DO_MAC)
    if not _SIMPLES.fullmatch(ponte):
        raise ErroDeRegra("instalar.caminho", f"o Excel não chama este caminho: {m.interpretador}", dica=_SEM_ESPACOS)
    return ponte


def _documentos(m: Maquina) -> PurePath:
    if m.sistema == "win32":
        return _pasta_do_windows(m, "Personal", "Documents")
    linux_nosso = m.sistema == "linux" and Path(m.casa, "Documentos").is_dir()
    return PurePosixPath(m.casa.as_posix()) / ("Documentos" if linux_nosso else "Documents")


def _pasta_do_windows(m: Maquina, nome: str, de_sempre: str) -> PureWindowsPath:
    """Documentos ou a área de trabalho: o OneDrive, ou a empresa, as leva a outro lugar, e o Windows guarda qual."""
    escrita = m.registro(_PASTAS_DO_WINDOWS, nome)
    ambiente = {"USERPROFILE": str(m.casa), **m.ambiente}
    onde = re.sub(r"%(\w+)%", lambda achada: ambiente.get(achada[1].upper(), achada[0]), escrita)
    return PureWindowsPath(onde or m.casa / de_sempre)


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
    python = chamado_no_mac(m) if m.sistema == "darwin" else m.interpretador
    linhas = (f'"{chave}","{python}"', '"ADD_WORKBOOK_TO_PYTHONPATH","false"', '"USE UDF SERVER","false"')
    try:
        return (fim.join(linhas) + fim).encode("cp1252" if m.sistema == "win32" else "utf-8")
    except UnicodeEncodeError as erro:
        raise ErroDeRegra("instalar.caminho", f"o Excel não lê este caminho: {m.interpretador}") from erro


def executar(passos: Sequence[Passo], sistema: str = sys.platform) -> list[Path]:
    """Grava o que falta ou mudou e devolve o que gravou.

    Raises:
        ErroDePlanilha: ``instalar.excel_aberto`` ou ``disco.gravacao``.
    """
    gravados = []
    for passo in passos:
        destino = Path(passo.destino)
        with _dizendo_a_recusa(destino, sistema):
            if destino.exists() and (passo.da_pessoa or destino.read_bytes() == passo.conteudo):
                continue
            escrever_inteiro(destino, passo.conteudo)
            if passo.executavel:
                destino.chmod(_EXECUTAVEL)
            gravados.append(destino)
    return gravados


def desfazer(passos: Sequence[Passo], sistema: str = sys.platform) -> list[Path]:
    """Tira o que foi instalado, menos a pasta de trabalho, e devolve o que tirou.

    Raises:
        ErroDePlanilha: ``instalar.excel_aberto`` ou ``disco.gravacao``.
    """
    tirados = []
    for passo in passos:
        destino = Path(passo.destino)
        with _dizendo_a_recusa(destino, sistema):
            if passo.da_pessoa or not destino.exists():
                continue
            destino.unlink()
            tirados.append(destino)
    return tirados


@contextmanager
def _dizendo_a_recusa(destino: Path, sistema: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as erro:
        raise recusa(destino, sistema) from erro
    except ErroDePlanilha as erro:
        if isinstance(erro.__cause__, PermissionError):
            raise recusa(destino, sistema) from erro
        raise


def recusa(destino: PurePath, sistema: str) -> ErroDePlanilha:
    """Por que o sistema não deixou mexer no arquivo: só o Windows recusa por ele estar aberto noutro programa."""
    local = Local(str(destino))
    if sistema == "win32":
        return ErroDePlanilha("instalar.excel_aberto", "o arquivo está em uso", local=local)
    texto, dica = "você não tem permissão de gravar aqui", _COM_O_SEU_USUARIO
    if sistema == "darwin" and set(_DOS_OUTROS_NO_MAC) & set(destino.parts):
        texto, dica = "o macOS não deixou o Terminal mexer nos dados do Excel", _COM_LICENCA_DO_MAC
    return ErroDePlanilha("disco.gravacao", texto, local=local, dica=dica)
