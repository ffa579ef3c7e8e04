"""Confere a instalação: cada atrito conhecido entre o Excel, o Python e a máquina, e como se resolve."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from guiche.excel.instalacao import CONFIGURACAO, SUPLEMENTO, Passo, configuracao, plano
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
OK, AVISO, FALTA = "ok", "aviso", "falta"


class Exame(NamedTuple):
    """O que se conferiu: o achado e o que fazer."""

    nome: str
    resultado: str
    """``ok``, ``aviso`` (funciona, mas convém olhar) ou ``falta`` (assim não funciona)."""
    achado: str
    fazer: str = ""


def examinar(maquina: Maquina, pasta: Path | None = None) -> list[Exame]:
    """Todos os exames que valem para este sistema."""
    passos = plano(maquina, pasta)
    exames = [_python(maquina), _versao_do_xlwings(maquina), *(_instalado(p) for p in passos), _janelas()]
    if maquina.sistema == "win32":
        exames += [exame(maquina, passos) for exame in _DO_WINDOWS]
    if maquina.sistema != "linux":
        exames.append(_configuracao(maquina, passos))
    return exames


def _python(m: Maquina) -> Exame:
    if "WindowsApps" in PureWindowsPath(m.interpretador).parts:
        return Exame(
            "Python", FALTA, "é o da Loja da Microsoft, que o Excel não consegue chamar",
            "Instale o Python de python.org (só para você, sem administrador), o Guichê, e repita guiche instalar.",
        )  # fmt: skip
    return Exame("Python", OK, m.interpretador)


def _versao_do_xlwings(m: Maquina) -> Exame:
    maior, menor = (int(parte) for parte in m.xlwings.split(".")[:2])
    if maior != 0 or menor < 37:  # noqa: PLR2004  a faixa aceita em pyproject.toml
        return Exame("xlwings", FALTA, f"versão {m.xlwings}", "Rode: pip install -U guiche, depois guiche instalar.")
    return Exame("xlwings", OK, f"versão {m.xlwings}")


def _instalado(passo: Passo) -> Exame:
    destino = Path(passo.destino)
    if not destino.exists():
        return Exame(destino.name, FALTA, f"não está em {destino.parent}", "Rode guiche instalar, com o Excel fechado.")
    if not passo.da_pessoa and destino.read_bytes() != passo.conteudo:
        return Exame(
            destino.name, FALTA, "é de outra versão do Guichê ou do xlwings",
            "Rode guiche instalar de novo, com o Excel fechado.",
        )  # fmt: skip
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


def _configuracao(m: Maquina, passos: list[Passo]) -> Exame:
    caminho = Path(next(p.destino for p in passos if p.destino.name == CONFIGURACAO))
    if not caminho.exists():
        return Exame("Configuração", FALTA, "o suplemento não sabe qual Python chamar", "Rode guiche instalar.")
    if caminho.read_bytes() != configuracao(m):
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
        marca = {OK: "✓", AVISO: "!", FALTA: "✗"}[exame.resultado]
        yield f"{marca} {exame.nome}: {exame.achado}."
        if exame.fazer:
            yield f"   O que fazer: {exame.fazer}"
