"""O esquema da pasta de trabalho: abas, tabelas e colunas, lidas de ``esquema.toml``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from guiche.atos import Painel, paineis

TIPOS = ("codigo", "texto", "lista", "valor", "data", "momento", "inteiro", "percentual", "sim_nao", "bola", "ligacao")

PESSOAIS = ("codigo", "nome", "documento", "texto", "email", "livre")
"""``codigo`` é o do cliente; ``livre`` é o texto em que pode haver qualquer coisa."""

FORMATOS = {
    "codigo": "@", "texto": "@", "lista": "@", "sim_nao": "@", "valor": "#,##0.00", "data": "dd/mm/yyyy",
    "momento": "dd/mm/yyyy hh:mm", "inteiro": "0", "percentual": "0.00%", "bola": "0",
    "ligacao": "General",
}  # fmt: skip
"""Tipo → formato de número da célula; "@" guarda o texto como está."""


@dataclass(frozen=True, slots=True)
class Coluna:
    """Uma coluna de tabela."""

    id: str
    titulo: str
    """Cabeçalho que o operador lê; é por ele que a coluna se acha, em qualquer posição."""
    tipo: str
    dono: str
    """``"operador"`` escreve nela, ou ``"guiche"`` a reescreve a partir do livro."""
    largura: int = 14
    """Em caracteres."""
    ajuda: str = ""
    lista: tuple[str, ...] = ()
    """Valores aceitos, no tipo ``lista``."""
    obrigatoria: bool = False
    chave: bool = False
    """Não pode repetir na tabela."""
    tamanho: int = 0
    """Quantos caracteres o código tem de ter; 0 se é livre."""
    pessoal: str = ""
    """De que modo a célula identifica alguém, um dos ``PESSOAIS``; vazio se não identifica."""


@dataclass(frozen=True, slots=True)
class Tabela:
    """Uma tabela do Excel, sozinha em sua aba."""

    id: str
    aba: str
    nome: str
    """Nome da tabela no Excel, como ``tbTitulos``; é por ele que ela se acha, mesmo que mudem o nome da aba."""
    ajuda: str
    colunas: tuple[Coluna, ...]
    painel: str = ""
    """Id do painel do registro dos atos cujas opções são as linhas, fixas, desta tabela."""

    @property
    def do_guiche(self) -> bool:
        """Diz se nenhuma coluna é do operador."""
        return all(c.dono == "guiche" for c in self.colunas)

    def coluna(self, id_: str) -> Coluna:
        """A coluna de id dado.

        Raises:
            KeyError: a tabela não tem essa coluna.
        """
        for coluna in self.colunas:
            if coluna.id == id_:
                return coluna
        raise KeyError(id_)

    def posicao(self, tipo: str) -> int:
        """A posição da primeira coluna do tipo dado; -1 se não há."""
        return next((i for i, coluna in enumerate(self.colunas) if coluna.tipo == tipo), -1)

    def pessoais(self, como: str = "") -> tuple[Coluna, ...]:
        """As colunas que identificam alguém, de um modo ou de todos."""
        return tuple(c for c in self.colunas if (c.pessoal == como if como else c.pessoal))

    def ids(self, dono: str = "") -> tuple[str, ...]:
        """Ids das colunas, de um dono ou de todos, em ordem."""
        return tuple(c.id for c in self.colunas if not dono or c.dono == dono)


@cache
def esquema() -> Mapping[str, Tabela]:
    """As tabelas pelo id, na ordem das abas."""
    dados = tomllib.loads(files("guiche.planilha").joinpath("esquema.toml").read_text("utf-8"))
    tabelas = {id_: _tabela(id_, verbete) for id_, verbete in dados.items()}
    return tabelas | {f"painel_{p.id}": _painel(p) for p in paineis().values()}


VERSAO = "versao_do_modelo"
"""O parâmetro que diz com que modelo a pasta de trabalho está em dia."""


FEITIO = 2
"""Muda quando muda, no modelo, o feitio das abas, ainda que tabelas, colunas e filtros sejam os mesmos."""


@cache
def versao() -> str:
    """A marca do modelo de hoje: outra, se muda uma tabela, uma coluna, um filtro ou o feitio das abas."""
    formas = [(t.nome, [c.titulo for c in t.colunas]) for t in esquema().values()]
    filtros = [(p.id, [o.titulo for o in p.opcoes]) for p in paineis().values()]
    return hashlib.sha256(repr((formas, filtros, FEITIO)).encode()).hexdigest()[:8]


_OPCAO, _DE, _ATE, _SENTIDO = (
    Coluna("opcao", "Filtro", "texto", "guiche", 24, "O que se filtra ou se informa."),
    Coluna(
        "de",
        "De (ou valor)",
        "texto",
        "operador",
        20,
        "Início do intervalo, ou o valor. Vazio: não vale.",
        pessoal="livre",
    ),
    Coluna("ate", "Até", "texto", "operador", 20, "Fim do intervalo, inclusive. Vazio: sem fim.", pessoal="livre"),
    Coluna("sentido", "O que quer dizer", "texto", "guiche", 80, "Para que serve."),
)


def _painel(painel: Painel) -> Tabela:
    nome = f"tbPainel{painel.id.capitalize()}"
    return Tabela(f"painel_{painel.id}", painel.aba, nome, painel.ajuda, (_OPCAO, _DE, _ATE, _SENTIDO), painel.id)


def _tabela(id_: str, verbete: Mapping[str, Any]) -> Tabela:
    colunas = []
    for dono in ("operador", "guiche"):
        for linha in verbete.get(dono, ()):
            lista = tuple(linha.get("lista", ()))
            colunas.append(Coluna(**{**linha, "dono": dono, "lista": lista}))
    return Tabela(id_, verbete["aba"], verbete["tabela"], verbete["ajuda"], tuple(colunas))
