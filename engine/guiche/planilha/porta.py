"""A porta da planilha: o pouco que os serviços pedem a uma pasta de trabalho.

Dois adaptadores a cumprem: o arquivo fechado (``arquivo.py``, sem Excel) e o
Excel aberto (xlwings). A mesma bateria de testes vale para os dois. Leitura e
escrita são sempre por tabela inteira ou por lote de linhas, nunca célula a célula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from guiche.erros import Problema
from guiche.planilha.celulas import ErroDeFormula
from guiche.planilha.conteudos import Conteudos


class Ligacao(NamedTuple):
    """Uma célula que leva a linhas de outra tabela."""

    tabela: str
    """Id no esquema."""
    de: int
    """Primeira e última linhas do corpo, contadas de 0."""
    ate: int
    texto: str


Celula = str | int | float | bool | date | datetime | Decimal | Ligacao | ErroDeFormula | None
"""O que uma célula guarda. Ao gravar, dinheiro vai em ``Decimal`` reais; ``float`` só aparece na leitura crua."""


@dataclass(frozen=True, slots=True)
class Folha:
    """Conteúdo cru de uma tabela, na ordem das colunas pedidas."""

    tabela: str
    aba: str
    colunas: tuple[str, ...]
    """Ids do esquema, na ordem em que vêm em cada linha."""
    letras: Mapping[str, str]
    """Id → letra da coluna na aba."""
    numeros: Sequence[int]
    """Número da linha na aba (1 é a primeira) de cada linha lida; linhas em branco não vêm."""
    linhas: Sequence[tuple[Celula, ...]]
    """Célula vazia é ``""``."""

    def celula(self, linha: int, coluna: str) -> str:
        """Endereço (``"F12"``) da coluna dada na ``linha``-ésima linha lida, contada de 0."""
        return f"{self.letras[coluna]}{self.numeros[linha]}"


@dataclass(frozen=True, slots=True)
class Validada:
    """As linhas boas, com tipo e na ordem do esquema, e os problemas das outras."""

    linhas: Sequence[tuple[Any, ...]]
    numeros: Sequence[int]
    problemas: Sequence[Problema]
    avisos: Sequence[Problema] = ()
    """O que se completou ao ler, cada coisa com sua célula."""


def so_escritas(folha: Folha, colunas: int) -> dict[tuple[Celula, ...], tuple[Celula, ...]]:
    """Das linhas em que alguma das primeiras ``colunas`` tem valor: as outras, que são a chave, e elas."""
    vazia = ("",) * colunas
    return {linha[colunas:]: linha[:colunas] for linha in folha.linhas if linha[:colunas] != vazia}


@dataclass(frozen=True, slots=True)
class Corpo:
    """As linhas de uma tabela grande, que se fazem à medida que se gravam: só se percorrem uma vez."""

    quantas: int
    linhas: Iterable[Sequence[Celula]]

    def __len__(self) -> int:
        return self.quantas

    def __iter__(self) -> Iterator[Sequence[Celula]]:
        return iter(self.linhas)


Linhas = Sequence[Sequence[Celula]] | Corpo


class Pasta(Protocol):
    """Uma pasta de trabalho do Guichê. Nada chega ao disco antes de ``salvar``."""

    conteudos: Conteudos
    """Como está cada tabela, sem a ler."""

    @property
    def caminho(self) -> Path:
        """Arquivo da pasta de trabalho."""
        ...

    def ler(self, tabela: str, colunas: Sequence[str] | None = None) -> Folha:
        """Lê a tabela; sem ``colunas``, as do operador.

        Raises:
            ErroDePlanilha: falta a aba, a tabela ou uma coluna, ou há células mescladas no corpo.
        """
        ...

    def escritas(
        self, tabela: str, colunas: Sequence[str], chave: Sequence[str]
    ) -> dict[tuple[Celula, ...], tuple[Celula, ...]]:
        """O que se escreveu em colunas quase sempre vazias: chave → valores das linhas em que há algum.

        As colunas da chave são as que dizem de que linha se trata; número volta como ``float``.
        """
        ...

    def gravar(self, tabela: str, linhas: Linhas) -> None:
        """Troca todo o corpo da tabela pelas linhas dadas, com todas as colunas do esquema, em ordem."""
        ...

    def atualizar(self, tabela: str, colunas: Sequence[str], mudancas: Mapping[int, Sequence[Celula]]) -> None:
        """Escreve as colunas dadas nas linhas dadas (número da linha na aba → valores); cria as que faltam."""
        ...

    def remendar(self, tabela: str, mudancas: Mapping[int, Sequence[Celula]]) -> None:
        """Troca as linhas dadas do corpo da tabela, contadas de 0; as que passam do fim acrescentam-se."""
        ...

    def parametro(self, nome: str) -> str:
        """Valor da linha ``nome`` da tabela de parâmetros; ``""`` se vazia ou ausente."""
        ...

    def definir_parametro(self, nome: str, valor: str) -> None:
        """Escreve o valor de um parâmetro do Guichê."""
        ...

    def mostrar_tudo(self) -> int:
        """Tira os critérios dos filtros de todas as tabelas e devolve em quantas havia algum."""
        ...

    def salvar(self) -> None:
        """Leva ao disco, de uma vez, tudo o que foi gravado; ou nada."""
        ...

    def refazer_no_disco(self, fazer: Callable[[Path], list[str]]) -> list[str]:
        """Deixa que ``fazer`` mude o arquivo da pasta, e devolve o que disse que mudou; se mudou, lê-se de novo."""
        ...

    def esquecer(self) -> None:
        """Apaga do arquivo salvo os textos que nenhuma célula usa mais; onde o programa já o faz, nada."""
        ...


def gravar_parametros(pasta: Pasta, valores: Mapping[str, str]) -> None:
    """Leva parâmetros à tabela deles; só os valores mudam: as outras células, e o que a pessoa pode escrever, ficam."""
    if not valores:
        return
    folha = pasta.ler("parametros", ("nome", "valor", "descricao"))
    onde = {str(linha[0]): n for n, linha in zip(folha.numeros, folha.linhas, strict=True)}
    if novos := [(nome, valor, "") for nome, valor in valores.items() if nome not in onde]:
        pasta.gravar("parametros", [*folha.linhas, *novos])
    pasta.atualizar("parametros", ("valor",), {onde[nome]: (v,) for nome, v in valores.items() if nome in onde})
