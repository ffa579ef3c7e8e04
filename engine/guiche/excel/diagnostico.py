"""Confere a instalação: cada atrito conhecido entre o Excel, o Python e a máquina, e como se resolve."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterator
from importlib.metadata import requires
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from guiche.erros import ErroDeRegra
from guiche.excel.cliques import ultimos
from guiche.excel.instalacao import (
    CONFIGURACAO,
    SUPLEMENTO,
    Passo,
    chamado_no_mac,
    plano,
    recusa,
)
from guiche.excel.maquina import Maquina, veio_da_internet

_SEGURANCA = r"Software\Microsoft\Office\16.0\Excel\Security"
_POLITICA = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_REDUCAO_DE_ATAQUE = (
    r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    "d4f940ab-401b-4efc-aadc-ad5f3c50688a",
)
"""Regra do Defender que proíbe o Office de abrir outros programas."""
_LIGADA = {"1", "6"}
_SEM_MACROS = "4"
OK, SABER, AVISO, FALTA = "ok", "saber", "aviso", "falta"


class Exame(NamedTuple):
    """O que se conferiu: o achado e o que fazer."""

    nome: str
    resultado: str
    """``ok``, ``saber`` (não se consegue conferir), ``aviso`` (convém olhar) ou ``falta`` (assim não funciona)."""
    achado: str
    fazer: str = ""


def examinar(maquina: Maquina, pasta: Path | None = None) -> list[Exame]:
    """Todos os exames que valem para este sistema."""
    primeiros = [_python(maquina), _versao_do_xlwings(maquina), _janelas()]
    try:
        passos = plano(maquina, pasta)
    except ErroDeRegra as erro:
        return [*primeiros, Exame("Configuração", FALTA, erro.mensagem, erro.fazer)]
    exames = [*primeiros, *(_olhar(_instalado, p, maquina) for p in passos)]
    if maquina.sistema == "win32":
        exames += [exame(maquina, passos) for exame in _DO_WINDOWS]
    if maquina.sistema == "darwin":
        exames += [_caminho_no_mac(maquina), _PERMISSOES_DO_MAC]
    if maquina.sistema != "linux":
        exames.append(_olhar(_configuracao, next(p for p in passos if p.destino.name == CONFIGURACAO), maquina))
    if cliques := ultimos():
        exames.append(Exame("Cliques", OK, f"os últimos, do mais velho ao mais novo: {'; '.join(cliques)}"))
    return exames


def _python(m: Maquina) -> Exame:
    if "WindowsApps" in PureWindowsPath(m.interpretador).parts:
        return Exame(
            "Python", FALTA, "é o da Loja da Microsoft, que o Excel não consegue chamar",
            "Instale o Python de python.org (só para você, sem administrador), o Guichê, e repita guiche instalar.",
        )  # fmt: skip
    return Exame("Python", OK, m.interpretador)


def _versao_do_xlwings(m: Maquina) -> Exame:
    menor, limite = faixa_do_xlwings()
    if not _numeros(menor) <= _numeros(m.xlwings) < _numeros(limite):
        fazer = f"O Guichê pede da {menor} em diante, antes da {limite}. Atualize o Guichê e repita guiche instalar."
        return Exame("xlwings", FALTA, f"versão {m.xlwings}", fazer)
    return Exame("xlwings", OK, f"versão {m.xlwings}")


def faixa_do_xlwings() -> tuple[str, str]:
    """A menor versão aceita e a primeira que já não serve: as que o pacote instalado declara.

    >>> faixa_do_xlwings()[1]
    '1'
    """
    (declarada,) = (r for r in requires("guiche") or () if r.startswith("xlwings"))
    limites = dict(re.findall(r"(>=|<)\s*([\d.]+)", declarada))
    return limites[">="], limites["<"]


def _numeros(versao: str) -> list[int]:
    return [int(parte) for parte in re.findall(r"\d+", versao)]


def _olhar(exame: Callable[[Passo, Maquina], Exame], passo: Passo, maquina: Maquina) -> Exame:
    """O exame do arquivo; o que o sistema não deixa nem olhar também se diz."""
    try:
        return exame(passo, maquina)
    except PermissionError:
        recusado = recusa(passo.destino, maquina.sistema)
        return Exame(passo.destino.name, FALTA, recusado.mensagem, recusado.fazer)


def _instalado(passo: Passo, _: Maquina) -> Exame:
    destino = Path(passo.destino)
    if not destino.exists():
        return Exame(destino.name, FALTA, f"não está em {destino.parent}", "Rode guiche instalar, com o Excel fechado.")
    if not passo.da_pessoa and destino.read_bytes() != passo.conteudo:
        return Exame(
            destino.name, FALTA, "é de outra versão do Guichê ou do xlwings",
            "Rode guiche instalar de novo, com o Excel fechado.",
        )  # fmt: skip
    if passo.executavel and not os.access(destino, os.X_OK):
        return Exame(destino.name, FALTA, "não se deixa executar", "Rode guiche desinstalar e guiche instalar.")
    if veio_da_internet(destino):
        return Exame(
            destino.name, FALTA, "o Windows o marca como vindo da internet e bloqueia as macros",
            "Nas propriedades do arquivo, marque Desbloquear; ou rode guiche desinstalar e guiche instalar.",
        )  # fmt: skip
    return Exame(destino.name, OK, str(destino))


def _janelas() -> Exame:
    if importlib.util.find_spec("tkinter") is None:
        return Exame("Painel", AVISO, "este Python não tem tkinter", "Instale o pacote python3-tk do seu sistema.")
    return Exame("Painel", OK, "guiche painel pode abrir")


def _caminho_no_mac(m: Maquina) -> Exame:
    chamado = chamado_no_mac(m)
    if chamado == m.interpretador:
        return Exame("Caminho do Python", OK, "só tem letras simples")
    return Exame("Caminho do Python", OK, f"tem espaço ou acento, e o Excel o chama por {chamado}")


_PERMISSOES_DO_MAC = Exame(
    "Permissões", SABER,
    "o macOS pergunta duas coisas na primeira vez: se o Excel pode controlar o Python, e se pode controlar o System"
    " Events; sem a segunda (erro -1743) nenhuma caixa do Guichê aparece",
    "Se recusou alguma: Ajustes do Sistema → Privacidade e Segurança → Automação, e ligue as duas debaixo de Microsoft"
    " Excel; depois feche o Excel (⌘Q) e abra de novo.",
)  # fmt: skip
"""Só o próprio Excel saberia se já respondeu: perguntá-lo daqui seria perguntar pelo Terminal."""


def _configuracao(passo: Passo, m: Maquina) -> Exame:
    caminho = Path(passo.destino)
    if not caminho.exists():
        return Exame("Configuração", FALTA, "o suplemento não sabe qual Python chamar", "Rode guiche instalar.")
    if caminho.read_bytes() != passo.conteudo:
        return Exame(
            "Configuração", FALTA, "aponta para outro Python", "Rode guiche instalar com o Python que tem o Guichê."
        )
    return Exame("Configuração", OK, m.interpretador)


def _nuvem(m: Maquina, _: list[Passo]) -> Exame:
    nuvem = m.ambiente.get("OneDrive", "")
    if nuvem and (Path(nuvem) / "Documents").exists():
        return Exame(
            "OneDrive", AVISO, f"os Documentos são sincronizados em {nuvem}",
            "Guarde a pasta de trabalho e o livro numa pasta que o OneDrive não sincronize, como C:\\Guiche.",
        )  # fmt: skip
    return Exame("OneDrive", OK, "os Documentos ficam neste computador")


def _office_da_loja(m: Maquina, _: list[Passo]) -> Exame:
    local = Path(m.ambiente.get("LOCALAPPDATA", "")) / "Packages/Microsoft.Office.Desktop_8wekyb3d8bbwe"
    if m.ambiente.get("LOCALAPPDATA") and local.exists():
        return Exame(
            "Office", AVISO, "veio da Loja da Microsoft, e isola os suplementos",
            "Se os botões não responderem, use guiche painel, ou instale o Office de office.com.",
        )  # fmt: skip
    return Exame("Office", OK, "não é o da Loja da Microsoft")


def _programas_filhos(m: Maquina, _: list[Passo]) -> Exame:
    if m.registro(*_REDUCAO_DE_ATAQUE) in _LIGADA:
        return Exame(
            "Antivírus", FALTA, "uma regra da empresa proíbe o Office de abrir outros programas (ASR)",
            "Use guiche painel, ou peça à informática uma exceção para o Python do Guichê.",
        )  # fmt: skip
    return Exame("Antivírus", OK, "nenhuma regra conhecida impede o Excel de chamar o Python")


def _macros(m: Maquina, _: list[Passo]) -> Exame:
    for chave in (_POLITICA, _SEGURANCA):
        if m.registro(chave, "VBAWarnings") == _SEM_MACROS:
            return Exame(
                "Macros", FALTA, "todas estão proibidas",
                "Use guiche painel; ou, na Central de Confiabilidade, permita macros com aviso.",
            )  # fmt: skip
        if m.registro(rf"{chave}\Trusted Locations", "AllLocationsDisabled") == "1":
            return Exame(
                "Macros", FALTA, "os locais confiáveis estão desligados",
                "Na Central de Confiabilidade, religue Locais Confiáveis; ou use guiche painel.",
            )  # fmt: skip
    return Exame("Macros", OK, "permitidas na pasta de inicialização do Excel")


def _duplicados(m: Maquina, _: list[Passo]) -> Exame:
    dados = m.ambiente.get("APPDATA")
    outro = Path(dados or "") / "Microsoft/AddIns" / SUPLEMENTO
    if dados and outro.exists():
        return Exame("Cópia antiga", AVISO, f"há outro suplemento em {outro}", "Apague-o, para a faixa não se repetir.")
    return Exame("Cópia antiga", OK, "não há")


_DO_WINDOWS: tuple[Callable[[Maquina, list[Passo]], Exame], ...] = (
    _nuvem, _office_da_loja, _programas_filhos, _macros, _duplicados,
)  # fmt: skip


def relato(exames: list[Exame]) -> Iterator[str]:
    """Uma frase por exame; as que pedem algo dizem o quê."""
    for exame in exames:
        marca = {OK: "✓", SABER: "·", AVISO: "!", FALTA: "✗"}[exame.resultado]
        yield f"{marca} {exame.nome}: {exame.achado}."
        if exame.fazer:
            yield f"   O que fazer: {exame.fazer}"
