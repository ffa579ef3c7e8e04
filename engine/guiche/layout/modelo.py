"""Campo, registro e layout: valores fechados, medidos em colunas contadas de 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TIPOS = ("texto", "numero", "valor", "data", "hora", "reservado")
FORMATOS_DE_DATA = {"AAAAMMDD": 8, "DDMMAAAA": 8, "DDMMAA": 6}
"""Formatos de data e a largura de cada um; ``DDMMAA`` vai de 1970 a 2069."""
PAPEIS = ("", "cabecalho", "cabecalho_lote", "titulo", "complemento", "avulso", "rodape_lote", "rodape")
"""O que o registro é no arquivo; vazio nos layouts em que a letra já o diz."""


@dataclass(frozen=True, slots=True)
class Campo:
    """Um campo do manual: onde está, que tipo tem e o que aceita."""

    id: str
    """O nome do campo no manual; vazio onde o manual não dá nome."""
    inicio: int
    fim: int
    tipo: str
    nome: str = ""
    """Vazio só nos reservados."""
    titulo: str = ""
    nota: str = ""
    zeros: str = ""
    """``"esquerda"``: texto preenchido com zeros, que se guardam. Num reservado, zeros em vez de brancos."""
    decimais: int = 2
    """Casas decimais implícitas; só em ``valor``."""
    casas_da_taxa: int | None = None
    """Casas quando o que vai é um percentual e não dinheiro, se o manual as dá diferentes."""
    obrigatorio: bool = False
    fixo: str | None = None
    padrao: str | None = None
    vazio: str = ""
    """``"brancos"``: número sem valor se grava em branco, e não com zeros."""
    exato: bool = False
    """Texto em que maiúsculas e minúsculas contam (chave Pix): grava-se como veio."""
    sem_fim: bool = False
    """Data em que ``99999999`` quer dizer prazo indeterminado (``date.max``)."""
    formato: str = "AAAAMMDD"
    """Como se escreve a data."""
    dominio: Mapping[str, str] = field(default_factory=dict)
    """Valores aceitos e seu sentido; numa data, os que não são data ("à vista")."""
    manual: str = ""
    """De que página do manual veio o domínio."""
    duvida: str = ""
    """As leituras entre que nenhum manual decide, e a que se segue."""

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
    """``"confirmado"`` (manual do banco, ou duas fontes), ``"fonte unica"`` ou ``"inferido"`` (só se lê)."""
    fontes: tuple[str, ...]
    nota: str
    largura: int
    campos: tuple[Campo, ...]
    marca: tuple[tuple[int, str], ...] = ()
    """O que toda linha deste registro traz, e em que coluna começa; vazia, não se reconhece pelo conteúdo."""
    papel: str = ""
    """Um de ``PAPEIS``."""
    segue: str = ""
    """O registro de título de que este é complemento."""
    exige: tuple[str, ...] = ()
    """Complementos sem os quais o título está incompleto."""
    partes: Mapping[str, tuple[Campo, ...]] = field(default_factory=dict)
    """Como um campo se divide quando o convênio o compõe; ``aberto`` os põe no lugar."""

    def e(self, linha: str) -> bool:
        """Diz se a linha traz a marca deste registro."""
        return bool(self.marca) and all(linha.startswith(texto, inicio - 1) for inicio, texto in self.marca)

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
    banco: str = ""
    banco_nome: str = ""
    sentido: str = ""
    """``"remessa"`` ou ``"retorno"``; vazio se o layout serve aos dois."""
    variante: str = ""
    """O que distingue dois layouts do mesmo banco, formato e sentido (``"conv6"``)."""
    notas: tuple[str, ...] = ()
    """O que se decidiu onde as fontes discordam."""

    @property
    def apelido(self) -> str:
        """O nome do layout como se diz às pessoas: ``341.cnab400.retorno``."""
        return self.nome.rpartition("/")[2]

    @property
    def por_extenso(self) -> str:
        """O layout de cobrança em palavras: ``Itaú Unibanco, CNAB 400``."""
        return f"{self.banco_nome}, CNAB {self.formato.removeprefix('cnab')}"

    def do_papel(self, papel: str) -> tuple[Registro, ...]:
        """Os registros com esse papel, na ordem do manual."""
        return tuple(r for r in self.registros.values() if r.papel == papel)

    def reconhecer(self, linha: str) -> Registro | None:
        """O registro da linha: entre os que têm a marca, o de marca mais longa."""
        achados = [r for r in self.registros.values() if r.e(linha)]
        return max(achados, key=lambda r: sum(len(texto) for _, texto in r.marca), default=None)
