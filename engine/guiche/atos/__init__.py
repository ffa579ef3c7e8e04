"""O registro dos atos: o que o Guichê faz, com que opções e por que portas se pede.

Lê ``atos.toml``. A linha de comando, a faixa do Excel, a janela do painel, a extensão do
LibreOffice e as abas de filtros saem daqui; um ato novo é um verbete e a função que o atende.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from guiche.erros import ErroDeRegra

TIPOS = (
    "texto", "inteiro", "valor", "data", "sim_nao", "lista", "intervalo", "datas", "arquivo", "saida", "saidas",
    "segredo",
)  # fmt: skip
PONTAS = ("de", "ate")


@dataclass(frozen=True, slots=True)
class Opcao:
    """O que um ato pode receber."""

    id: str
    titulo: str
    tipo: str
    """Um dos ``TIPOS``; ``intervalo`` e ``datas`` dão duas chaves, ``_de`` e ``_ate``."""
    ajuda: str
    chave: str = ""
    """Nome com que o valor chega a quem atende; o id, se não se diz outro."""
    lista: tuple[str, ...] = ()
    padrao: Any = ""
    extensoes: tuple[str, ...] = ()
    """De arquivos que se escolhem numa caixa de diálogo."""
    posicional: bool = False
    dispensavel: bool = False
    """Posicional que se pode omitir; no registro, a opção com ``^``. Com ``!``, obrigatória."""
    so_na_linha: bool = False
    """Só existe na linha de comando."""
    selecao: str = ""
    """``tabela.coluna`` de onde o valor se tira, na linha em que a pessoa clicou."""
    obrigatoria: bool = False
    com: str = ""
    """Segredo que só se pergunta quando esta outra opção se diz."""

    @property
    def chaves(self) -> tuple[str, ...]:
        """Nomes com que os valores chegam a quem atende.

        >>> Opcao("filial", "Filial", "intervalo", "").chaves
        ('filial_de', 'filial_ate')
        """
        nome = self.chave or self.id
        return tuple(f"{nome}_{ponta}" for ponta in PONTAS) if self.tipo in {"intervalo", "datas"} else (nome,)

    @property
    def no_painel(self) -> bool:
        """Diz se a pessoa a preenche numa aba de filtros."""
        return not self.so_na_linha and self.tipo not in {"arquivo", "saida", "saidas"}


@dataclass(frozen=True, slots=True)
class Botao:
    """O lugar de um ato na faixa."""

    imagem: str
    tecla: str
    grupo: str = ""
    menu: str = ""
    grande: bool = False


@dataclass(frozen=True, slots=True)
class Ato:
    """Algo que se pede ao Guichê."""

    id: str
    titulo: str
    ajuda: str
    comando: str
    onde: str = ""
    alvo: str = ""
    painel: str = ""
    previa: str = ""
    mostra: str = ""
    opcoes: tuple[Opcao, ...] = ()
    apelidos: tuple[str, ...] = ()
    bruto: bool = False
    """A saída são os bytes de um arquivo: erros e avisos vão à saída de erros, também em JSON."""
    ao_lado: bool = False
    """Num clique, age sobre o livro que mora ao lado da pasta, ainda que se diga um servidor."""
    igual_a: str = ""
    """Outro ato, que este só chama por outro nome."""
    botao: Botao | None = None

    @property
    def segredos(self) -> tuple[Opcao, ...]:
        """As opções que se leem sem mostrar, e se apagam de onde se escreveram."""
        return tuple(o for o in self.opcoes if o.tipo == "segredo")

    @property
    def arquivos(self) -> tuple[Opcao, ...]:
        """As opções que se escolhem em caixas de diálogo, uma depois da outra, antes do ato."""
        return tuple(o for o in self.opcoes if o.tipo == "arquivo" and o.extensoes)

    def escolhidos(self, caminhos: Sequence[Path]) -> dict[str, Path]:
        """Cada arquivo escolhido, pela chave com que chega a quem atende.

        Raises:
            ErroDeRegra: ``ato.sem_arquivo``.
        """
        if len(caminhos) != len(self.arquivos):
            quantos = "um arquivo" if len(self.arquivos) == 1 else f"{len(self.arquivos)} arquivos"
            raise ErroDeRegra("ato.sem_arquivo", f"{self.titulo} precisa de {quantos}")
        return {opcao.chaves[0]: caminho for opcao, caminho in zip(self.arquivos, caminhos, strict=True)}

    @property
    def atende(self) -> str:
        """Id do ato cuja função atende este."""
        return self.igual_a or self.id


@dataclass(frozen=True, slots=True)
class Painel:
    """Uma aba de filtros."""

    id: str
    aba: str
    ajuda: str
    opcoes: tuple[Opcao, ...]


@cache
def _dados() -> Mapping[str, Any]:
    return tomllib.loads(files("guiche.atos").joinpath("atos.toml").read_text("utf-8"))


def grupos() -> Mapping[str, str]:
    """Grupos da faixa, em ordem: id → título."""
    return {id_: grupo["titulo"] for id_, grupo in _dados()["grupos"].items()}


def menus() -> Mapping[str, Mapping[str, str]]:
    """Menus da faixa: id → título, grupo, imagem, tecla e dica."""
    achados: Mapping[str, Mapping[str, str]] = _dados()["menus"]
    return achados


@cache
def atos() -> Mapping[str, Ato]:
    """Todos os atos pelo id, na ordem do registro."""
    todos: dict[str, Ato] = {}
    for id_, verbete in _dados()["atos"].items():
        dados = dict(verbete)
        botao = Botao(**dados.pop("faixa")) if "faixa" in dados else None
        if igual := dados.get("igual_a"):
            todos[id_] = replace(todos[igual], id=id_, titulo=dados["titulo"], igual_a=igual, botao=botao, apelidos=())
        else:
            opcoes = tuple(map(_opcao, dados.pop("opcoes", ())))
            dados["apelidos"] = tuple(dados.get("apelidos", ()))
            todos[id_] = Ato(id_, opcoes=opcoes, botao=botao, **dados)
    return todos


def _opcao(nome: str) -> Opcao:
    id_ = nome.rstrip("!^")
    dados = dict(_dados()["opcoes"][id_])
    for lista in ("lista", "extensoes"):
        dados[lista] = tuple(dados.get(lista, ()))
    solta = nome.endswith("^")
    return Opcao(
        id_, obrigatoria=nome.endswith("!"), dispensavel=solta, **(dados | {"posicional": True} if solta else dados)
    )


@cache
def paineis() -> Mapping[str, Painel]:
    """As abas de filtros, com as opções de todos os atos de cada uma, sem repetir."""
    achados = {}
    for id_, verbete in _dados()["paineis"].items():
        opcoes = {o.id: o for ato in atos().values() if ato.painel == id_ for o in ato.opcoes if o.no_painel}
        achados[id_] = Painel(id_, verbete["aba"], verbete["ajuda"], tuple(opcoes.values()))
    return achados


def funcao(ato: Ato) -> Callable[..., Any]:
    """A função que atende o ato: recebe um ``Pedido`` e devolve um ``Resultado``."""
    achada: Callable[..., Any] = getattr(importlib.import_module(f"guiche.{ato.onde}.atender"), ato.atende)
    return achada


def padroes(ato: Ato) -> dict[str, Any]:
    """Cada chave que quem atende espera, com o valor de quem nada pediu.

    >>> padroes(atos()["titulo_receber"])
    {'numero': '', 'valor': None, 'desconto': None, 'dia': None, 'baixar_em': 'CAIXA', 'conta': ''}
    """
    return {chave: o.padrao or _VAZIOS.get(o.tipo, "") for o in ato.opcoes for chave in o.chaves}


_VAZIOS: Mapping[str, Any] = {
    "inteiro": None, "valor": None, "data": None, "datas": None, "arquivo": None, "saida": None, "saidas": (),
    "sim_nao": False,
}  # fmt: skip
