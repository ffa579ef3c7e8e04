"""Campo, registro e layout: valores fechados, medidos em colunas contadas de 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TIPOS = ("texto", "numero", "valor", "data", "reservado")


@dataclass(frozen=True, slots=True)
class Campo:
    """Um campo do manual: onde está, que tipo tem e o que aceita."""

    id: str
    inicio: int
    fim: int
    tipo: str
    nome: str = ""
    """Vazio só nos reservados."""
    titulo: str = ""
    nota: str = ""
    zeros: str = ""
    """``"esquerda"``: identificador preenchido com zeros; continua texto e os guarda."""
    decimais: int = 2
    """Casas decimais implícitas; só em ``valor``."""
    obrigatorio: bool = False
    fixo: str | None = None
    padrao: str | None = None
    vazio: str = ""
    """``"brancos"``: número sem valor se grava em branco, e não com zeros."""
    sem_fim: bool = False
    """Data em que ``99999999`` quer dizer prazo indeterminado (``date.max``)."""
    dominio: Mapping[str, str] = field(default_factory=dict)

    @property
    def largura(self) -> int:
        """Quantas colunas o campo ocupa."""
        return self.fim - self.inicio + 1

    @property
    def posicao(self) -> str:
        """Colunas como o manual as escreve.

        >>> Campo("E06", 53, 67, "valor").posicao
        '053-067'
        """
        return f"{self.inicio:03d}-{self.fim:03d}"


@dataclass(frozen=True, slots=True, eq=False)
class Registro:
    """Uma linha do manual: seus campos cobrem todas as colunas, sem furo nem sobra."""

    codigo: str
    titulo: str
    sentido: str
    """``"remessa"``, ``"retorno"`` ou ``"ambos"``."""
    ocorrencia: str
    situacao: str
    """``"confirmado"`` (duas fontes ou mais), ``"fonte unica"`` ou ``"inferido"``."""
    fontes: tuple[str, ...]
    nota: str
    largura: int
    campos: tuple[Campo, ...]

    def campo(self, nome: str) -> Campo:
        """O campo de nome dado.

        Raises:
            KeyError: não há campo com esse nome.
        """
        for campo in self.campos:
            if campo.nome == nome:
                return campo
        raise KeyError(nome)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Um formato numa versão, geral ou de um banco."""

    nome: str
    formato: str
    versao: str
    largura: int
    ativo: bool
    """Falso: lê-se com aviso e não se grava."""
    base: str
    fonte: str
    registros: Mapping[str, Registro]
