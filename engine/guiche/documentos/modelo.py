"""O que um relatório diz, sem nada de como se desenha.

Os serviços montam estes valores sem carregar o reportlab, que só entra na hora de gravar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from guiche.dominio.dinheiro import escrever_reais, para_centavos

Tipo = Literal["texto", "valor", "inteiro", "data"]
Alinhamento = Literal["esquerda", "centro", "direita"]
Orientacao = Literal["retrato", "paisagem"]
Valor = str | int | Decimal | date | None
"""Centavos em ``int`` ou reais em ``Decimal`` na coluna de valor; ``str`` sai como veio; ``None`` fica em branco."""

_ALINHAMENTOS: dict[Tipo, Alinhamento] = {
    "texto": "esquerda",
    "valor": "direita",
    "inteiro": "direita",
    "data": "centro",
}


@dataclass(frozen=True, slots=True)
class Coluna:
    """Uma coluna do relatório."""

    titulo: str
    largura: float
    """Relativa: a largura útil da folha se reparte na proporção destes números."""
    tipo: Tipo = "texto"
    alinhamento: Alinhamento | None = None
    """Sem ele, vale o do tipo: texto à esquerda, números à direita, data no centro."""

    @property
    def lado(self) -> Alinhamento:
        """O alinhamento que vale."""
        return self.alinhamento or _ALINHAMENTOS[self.tipo]


@dataclass(frozen=True, slots=True)
class Relatorio:
    """Um relatório de uma tabela só, pronto para ser gravado."""

    titulo: str
    colunas: Sequence[Coluna]
    linhas: Sequence[Sequence[Valor]]
    subtitulos: Sequence[str] = ()
    """Empresa, banco, convênio, filtros: uma linha cada, só na primeira folha."""
    totais: Sequence[tuple[str, int | str]] = ()
    """Rótulo e valor: ``int`` são centavos e saem em reais; quantidade vai como ``str``."""
    observacoes: Sequence[str] = ()
    """Parágrafos depois dos totais."""
    assinaturas: Sequence[str] = ()
    """O que se lê embaixo de cada linha de assinatura."""
    gerado_em: str = ""
    """Data e hora já escritas; sai no pé de toda folha."""
    orientacao: Orientacao = "retrato"


def escrever_valor(valor: Valor, tipo: Tipo) -> str:
    """Texto de uma célula, como se escreve em português.

    Raises:
        TypeError: ``float``, ou valor de outro tipo que o da coluna. É engano de quem programa.

    >>> escrever_valor(123456, "valor"), escrever_valor(date(2026, 8, 7), "data"), escrever_valor(None, "inteiro")
    ('1.234,56', '07/08/2026', '')
    """
    match valor, tipo:
        case None, _:
            return ""
        case str(), _:
            return valor
        case bool(), _:
            pass
        case int(), "valor":
            return escrever_reais(valor)
        case Decimal(), "valor":
            return escrever_reais(para_centavos(valor))
        case int(), "inteiro" | "texto":
            return str(valor)
        case date(), "data":
            return f"{valor:%d/%m/%Y}"
    raise TypeError(f"coluna de {tipo} não aceita {type(valor).__name__}")
