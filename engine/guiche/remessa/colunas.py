"""Uma remessa vista em colunas: o que é igual em todos os títulos conta-se uma vez só."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Protocol

from guiche.dominio.texto import so_algarismos, transliterar_muitos
from guiche.erros import ErroDeCampo, ErroGuiche, Local
from guiche.layout.modelo import Campo
from guiche.layout.valores import recusar
from guiche.remessa.receita import Receita

DEZ_MIL = "dez_mil"
"""Dinheiro ou percentual com quatro casas: centavos × 100."""
_CASAS = {"centavos": 2, "percentual": 2, DEZ_MIL: 4}


@dataclass(frozen=True, slots=True)
class Coluna:
    """Um valor por título, ou um só para todos."""

    tipo: str
    """O de ``chaves.toml``, ou ``dez_mil``, ou ``codigo`` (texto que já é do banco)."""
    unico: Any = None
    lista: list[Any] | None = None

    def iterar(self) -> Iterator[Any]:
        """Os valores, sem fim se é um só."""
        return repeat(self.unico) if self.lista is None else iter(self.lista)

    def alguma(self) -> bool:
        """Se algum título tem valor."""
        return bool(self.unico) if self.lista is None else any(self.lista)


class Colunas(Protocol):
    """O que um campo composto, ou tirado de muitos, pede à remessa."""

    receita: Receita
    total: int
    """Quantos títulos."""
    empresa: dict[str, Any]

    @property
    def banco(self) -> str:
        """Código do banco de que são as regras."""
        ...

    def coluna(self, nome: str) -> Coluna:
        """A coluna de uma chave, da empresa, do título ou tirada deles."""
        ...

    def modelo(self, texto: str) -> Coluna:
        """Um campo composto."""
        ...

    def todos(self, nome: str) -> list[Any]:
        """Os valores de uma coluna, um por título."""
        ...

    def livre(self, nome: str) -> list[Any] | None:
        """O que se deu pelo nome do campo: um por título, ou um só, da empresa."""
        ...


def juntar(tipo: str, valores: list[Any]) -> Coluna:
    """A coluna dos valores; se são todos iguais, um só."""
    primeiro = valores[0]
    return Coluna(tipo, primeiro) if valores.count(primeiro) == len(valores) else Coluna(tipo, lista=valores)


def mapear(tipo: str, conta: Callable[..., Any], *colunas: Coluna) -> Coluna:
    """A conta feita título a título, ou uma vez só se nada varia.

    Raises:
        ErroGuiche: o da conta, com o número do título.
    """
    if all(c.lista is None for c in colunas):
        return Coluna(tipo, conta(*(c.unico for c in colunas)))
    try:
        return Coluna(tipo, lista=list(map(conta, *(c.iterar() for c in colunas))))
    except ErroGuiche:
        tamanho = next(len(c.lista) for c in colunas if c.lista is not None)
        for n, valores in zip(range(1, tamanho + 1), zip(*(c.iterar() for c in colunas), strict=False), strict=False):
            localizar(n, conta, *valores)
        raise


def localizar(n: int, conta: Callable[..., Any], *valores: Any) -> Any:
    """A conta, e no seu erro o número do título."""
    try:
        return conta(*valores)
    except ErroGuiche as erro:
        local = Local(f"título {n}", None, erro.local.colunas if erro.local else None)
        raise type(erro)(erro.codigo, erro.mensagem, local=local, dica=erro.dica) from erro


def adaptar(campo: Campo, coluna: Coluna, cortes: Callable[[Campo, list[int]], None]) -> Coluna:
    """A coluna na forma que o campo grava; ``cortes`` recebe os títulos cujo nome se cortou, contados de 0.

    Raises:
        ErroDeCampo: valor que o campo não sabe dizer, com o número do título.
    """
    if campo.tipo in {"data", "hora"}:
        return coluna
    if campo.tipo == "texto":
        return _em_texto(campo, coluna, cortes)
    casas = _CASAS.get(coluna.tipo, 0)
    if coluna.tipo in _CASAS:
        return _escalada(campo, coluna, casas)
    return coluna if coluna.tipo in {"inteiro", "valor"} else mapear("inteiro", lambda v: _numero(campo, v), coluna)


def _escalada(campo: Campo, coluna: Coluna, casas: int) -> Coluna:
    alvo = campo.decimais if campo.tipo == "valor" else 0
    if alvo == casas:
        return coluna
    passo = int(10 ** (casas - alvo)) if alvo < casas else 0
    if coluna.lista is not None and passo and set(map(passo.__rmod__, coluna.lista)) == {0}:
        return Coluna(coluna.tipo, lista=[v // passo for v in coluna.lista])
    return mapear(coluna.tipo, lambda v: _nas_casas(campo, v, casas), coluna)


def _nas_casas(campo: Campo, valor: int, casas: int) -> int:
    alvo = campo.decimais if campo.tipo == "valor" else 0
    if alvo >= casas:
        return valor * int(10 ** (alvo - casas))
    certo, sobra = divmod(valor, int(10 ** (casas - alvo)))
    if sobra:
        raise recusar(campo, "campo.decimais", f"leva {alvo} casas decimais e o valor tem mais")
    return certo


def _numero(campo: Campo, valor: Any) -> int:
    if isinstance(valor, int):
        return valor
    limpo = so_algarismos(valor or "")
    if limpo and not (limpo.isascii() and limpo.isdigit()):
        raise recusar(campo, "campo.tipo", "só aceita algarismos")
    return int(limpo or 0)


def _em_texto(campo: Campo, coluna: Coluna, cortes: Callable[[Campo, list[int]], None]) -> Coluna:
    if coluna.tipo == "nome":
        return _cortado(campo, coluna, cortes)
    if coluna.tipo == "inteiro":
        return mapear("codigo", lambda v: f"{v:0{campo.largura}d}" if v else "", coluna)
    if coluna.tipo in {"centavos", "percentual", DEZ_MIL, "data"}:
        raise ErroDeCampo("campo.tipo", f"{campo.nome} é texto no layout e vem de {coluna.tipo}")
    largura = campo.largura
    if campo.zeros and _maior(coluna) > largura:
        return mapear(coluna.tipo, lambda v: v[-largura:] if not v[:-largura].strip("0") else v, coluna)
    return coluna


def _maior(coluna: Coluna) -> int:
    return max(map(len, coluna.lista)) if coluna.lista is not None else len(coluna.unico or "")


def _cortado(campo: Campo, coluna: Coluna, cortes: Callable[[Campo, list[int]], None]) -> Coluna:
    textos = transliterar_muitos(coluna.lista if coluna.lista is not None else [coluna.unico or ""])
    largura = campo.largura
    compridos = [i for i, t in enumerate(textos) if len(t) > largura] if max(map(len, textos)) > largura else []
    for i in compridos:
        textos[i] = textos[i][:largura].rstrip()
    if compridos:
        cortes(campo, compridos if coluna.lista is not None else [])
    return Coluna("codigo", textos[0]) if coluna.lista is None else Coluna("codigo", lista=textos)
