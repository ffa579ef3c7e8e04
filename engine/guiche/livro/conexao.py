"""O livro, seja qual for o banco de dados: ler, gravar em massa, um ato por vez.

Os bancos são dois: um arquivo SQLite ao lado da pasta de trabalho (``sqlite``) e o
PostgreSQL, para vários operadores (``postgresql``). O SQL do resto do pacote é um só:
usa ``?`` e o que os dois têm em comum.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from importlib.resources import files
from typing import Any, NamedTuple
from uuid import uuid4

from guiche.erros import ErroDeLivro, Local

ESPERA_SEGUNDOS = 30.0
"""Quanto se espera por outro ato que esteja gravando no mesmo livro."""

CHAVES_POR_VEZ = 512
"""Quantas chaves se perguntam numa consulta: mais que isso já não apressa."""

A_MEIO = "a_meio"
"""A propriedade do livro que se está levando ao servidor: até ela sumir, ninguém o toma por um livro sem atos."""

Linha = tuple[Any, ...]
_ESCREVE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)
_SEM_FATO = frozenset({"pedido", "passagem", "propriedade", "fato", "lembranca"})
"""Tabelas de que nada se mostra."""


def a_mostrar(todas: int, limite: int) -> int:
    """Quantas linhas, as mais novas, mostra uma tabela que só cresce: todas até o limite, e até um décimo mais.

    As mais velhas saem de décimo em décimo do limite: assim as outras não mudam de lugar a cada ato.

    >>> a_mostrar(90, 100), a_mostrar(100, 100), a_mostrar(104, 100), a_mostrar(110, 100), a_mostrar(125, 100)
    (90, 100, 104, 100, 105)
    """
    return todas if todas <= limite else limite + (todas - limite) % max(limite // 10, 1)


class MaisNovas(NamedTuple):
    """As linhas mais novas de uma tabela que só cresce, da mais velha à mais nova."""

    quantas: int
    linhas: Iterator[Linha]


class Acrescentadas(NamedTuple):
    """As linhas que uma tabela que só cresce ganhou, e quantas já tinha."""

    antes: int
    linhas: list[Linha]


class Livro(ABC):
    """Um livro aberto. As escritas só se fazem dentro de ``transacao``."""

    nome: str
    """Como as mensagens o chamam."""
    origem: str = ""
    """De que pasta de trabalho são os atos desta conexão; vazio se o livro só pode ter uma."""
    conta_fatos: bool = False
    """Já se pode anotar que tabelas um ato mudou: o esquema está em dia."""

    def __init__(self) -> None:
        self._tocadas: set[str] = set()

    def valor(self, sql: str, dados: Sequence[Any] = ()) -> Any:
        """A primeira coluna da primeira linha, ou ``None``."""
        linhas = self.consultar(sql, dados)
        return linhas[0][0] if linhas else None

    def por_chaves(self, sql: str, chaves: Iterable[Any]) -> Iterator[Linha]:
        """As linhas de uma consulta ``… IN (#)…``, com as chaves dadas, em ordem, aos poucos no lugar de ``#``."""
        todas = sorted(chaves)
        for de in range(0, len(todas), CHAVES_POR_VEZ):
            vez = todas[de : de + CHAVES_POR_VEZ]
            yield from self.consultar(sql.replace("#", ", ".join("?" * len(vez))), vez)

    def mais_novas(self, tabela: str, sql: str, limite: int, se: str = "", dados: Sequence[Any] = ()) -> MaisNovas:
        """As últimas linhas de uma consulta ``sql`` em ordem, com uma linha para cada uma da ``tabela``.

        São tantas quantas ``a_mostrar`` diz; ``se`` é a condição sobre a tabela, que a consulta repete. Só valem dentro
        da ``leitura`` em que se pedem.
        """
        todas = int(self.valor(f"SELECT COUNT(*) FROM {tabela} {se}", dados))  # noqa: S608  os nomes vêm do código
        quantas = a_mostrar(todas, limite)
        return MaisNovas(quantas, self.percorrer(f"{sql} LIMIT ? OFFSET ?", (*dados, quantas, todas - quantas)))

    def acrescentadas(
        self, tabela: str, sql: str, limite: int, se: tuple[str, str], dados: Sequence[Any]
    ) -> Acrescentadas | None:
        """As linhas que ``mais_novas`` daria a mais; ``None`` se são muitas, ou se com elas saem as mais velhas.

        ``se`` são a condição sobre a tabela, que a consulta repete, e a das novas; ``dados`` são os das duas.
        """
        sobre, das_novas = se
        todas = int(self.valor(f"SELECT COUNT(*) FROM {tabela} WHERE {sobre}", dados[: sobre.count("?")]))  # noqa: S608
        onde = f"WHERE {sobre} AND {das_novas}"
        quantas = int(self.valor(f"SELECT COUNT(*) FROM {tabela} {onde}", dados))  # noqa: S608  nomes do código
        antes = a_mostrar(todas - quantas, limite)
        if quantas * 2 > todas or antes + quantas != a_mostrar(todas, limite):
            return None
        return Acrescentadas(antes, self.consultar(sql.replace("#", onde), dados))

    def _tocar(self, sql: str, quantas: int) -> int:
        """Anota a tabela que o comando escreveu, se mudou alguma linha; devolve quantas."""
        if quantas and (achada := _ESCREVE.match(sql)):
            self._tocadas.add(achada[1])
        return quantas

    def _carimbar(self) -> None:
        """Dá versão nova às tabelas que a transação escreveu; a de um livro reposto de uma cópia não se repete."""
        tocadas, self._tocadas = sorted(self._tocadas - _SEM_FATO), set()
        if not self.conta_fatos:
            return
        versao = uuid4().hex
        for tabela in tocadas:
            self.executar(
                "INSERT INTO fato (tabela, versao) VALUES (?, ?)"
                " ON CONFLICT (tabela) DO UPDATE SET versao = excluded.versao",
                (tabela, versao),
            )

    @abstractmethod
    def consultar(self, sql: str, dados: Sequence[Any] = ()) -> list[Linha]:
        """Todas as linhas de uma consulta."""

    @abstractmethod
    def percorrer(self, sql: str, dados: Sequence[Any] = ()) -> Iterator[Linha]:
        """As linhas de uma consulta, aos poucos: para as que são muitas."""

    @abstractmethod
    def executar(self, sql: str, dados: Sequence[Any] = ()) -> int:
        """Executa um comando e devolve quantas linhas ele tocou."""

    @abstractmethod
    def estruturar(self, comando: str) -> None:
        """Executa um comando que cria ou muda tabelas; é aqui que cada banco põe o que tem de seu."""

    @abstractmethod
    def inserir(self, tabela: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]]) -> None:
        """Insere linhas em massa."""

    @abstractmethod
    def atualizar(
        self, tabela: str, chave: str, colunas: Sequence[str], linhas: Iterable[Sequence[Any]], se: str = ""
    ) -> None:
        """Muda as colunas das linhas dadas, em massa: cada uma são os valores e, por último, a chave.

        De uma chave repetida vale a última; ``se`` é uma condição a mais sobre a tabela.
        """

    @abstractmethod
    def transacao(self) -> AbstractContextManager[None]:
        """Um ato: tudo o que se grava aqui dentro fica, ou nada fica. Um só ato grava por vez.

        Raises:
            ErroDeLivro: ``livro.ocupado``, se outro ato não acaba em 30 s.
        """

    @abstractmethod
    def leitura(self) -> AbstractContextManager[None]:
        """O que se lê aqui dentro é de um mesmo instante, por mais que outros gravem."""

    @abstractmethod
    def fechar(self) -> None:
        """Fecha a conexão; o que não foi confirmado se perde."""


def versoes() -> list[tuple[int, str]]:
    """As migrações do programa, em ordem: número e texto SQL."""
    pasta = files("guiche.livro").joinpath("migracoes")
    arquivos = sorted((f for f in pasta.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(int(f.name.removesuffix(".sql")), f.read_text("utf-8")) for f in arquivos]


def migrar(livro: Livro, migracoes: Sequence[tuple[int, str]] | None = None) -> int:
    """Aplica as migrações que faltam, cada uma numa transação, e devolve a versão final.

    Raises:
        ErroDeLivro: ``livro.mais_novo``, se o livro foi gravado por um Guichê mais novo que este.
    """
    todas = versoes() if migracoes is None else migracoes
    atual = _versao(livro)
    ultima = max(numero for numero, _ in todas)
    if atual > ultima:
        raise ErroDeLivro(
            "livro.mais_novo",
            f"o livro é da versão {atual} e este Guichê conhece até a {ultima}",
            local=Local(livro.nome),
        )
    for numero, texto in todas:
        if numero > atual:
            _aplicar(livro, numero, texto)
    livro.conta_fatos = livro.conta_fatos or ultima >= _COM_FATOS
    if atual < ultima and livro.conta_fatos:
        with livro.transacao():
            livro.executar("DELETE FROM lembranca")  # o que se mostra pode vir de outras colunas
    return ultima


_COM_FATOS = 10
"""A primeira versão do livro com a tabela ``fato``."""


def _versao(livro: Livro) -> int:
    return int(propriedade(livro, "versao") or 0)


def _aplicar(livro: Livro, numero: int, texto: str) -> None:
    linhas = [linha for linha in texto.splitlines() if not linha.lstrip().startswith("--")]
    with livro.transacao():
        if _versao(livro) >= numero:
            return
        for comando in "\n".join(linhas).split(";"):
            if comando.strip():
                livro.estruturar(comando)
        definir(livro, "versao", str(numero))


def criar_propriedades(livro: Livro) -> None:
    """A tabela por onde um livro começa."""
    livro.estruturar("CREATE TABLE IF NOT EXISTS propriedade (nome TEXT PRIMARY KEY, valor TEXT NOT NULL)")


def contradiz(onde: str) -> str:
    """A frase de quando o que se ia gravar contradiz o que o livro já tem; ``onde`` é a coluna ou a regra."""
    return f"o ato gravaria o que contradiz o que o livro já tem ({onde}), e nada foi gravado"


def propriedade(livro: Livro, nome: str) -> str:
    """Valor de uma propriedade do livro; ``""`` se não há."""
    return str(livro.valor("SELECT valor FROM propriedade WHERE nome = ?", (nome,)) or "")


def definir(livro: Livro, nome: str, valor: str) -> None:
    """Grava uma propriedade do livro."""
    livro.executar(
        "INSERT INTO propriedade (nome, valor) VALUES (?, ?) ON CONFLICT (nome) DO UPDATE SET valor = excluded.valor",
        (nome, valor),
    )
