"""A ordem que a pessoa deu a cada lista que o Guichê refaz.

O Excel não ordena células trancadas em aba protegida, deixe-o a proteção ou não: quem ordena é o Guichê, ao escrever.
A ordem mora num parâmetro da pasta, e por isso fica de um ato para o outro, com a pasta aberta ou fechada.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from guiche.dominio.texto import transliterar
from guiche.planilha.celulas import ErroDeFormula
from guiche.planilha.esquema import Tabela
from guiche.planilha.porta import Celula, Ligacao, Linhas

PARAMETRO = "ordens"
_DESCE, _SEPARADOR = "-", "; "
_LINHAS_FIXAS = {"inicio", "parametros"}


class Ordem(NamedTuple):
    """Por que coluna uma lista se ordena."""

    coluna: str
    """Id no esquema."""
    desce: bool = False


def tem_ordem(tabela: Tabela) -> bool:
    """Diz se as linhas da tabela são do Guichê; as que a pessoa cria, ordena-as ela pela seta do cabeçalho."""
    da_pessoa = any(c.dono == "operador" and (c.chave or c.obrigatoria) for c in tabela.colunas)
    return not tabela.painel and tabela.id not in _LINHAS_FIXAS and not da_pessoa


def ler_ordens(escrito: str) -> dict[str, Ordem]:
    """As ordens como o parâmetro as guarda; o que nele não se entende não vale.

    >>> ler_ordens("remessas nsa-; caixa dia; x")
    {'remessas': Ordem(coluna='nsa', desce=True), 'caixa': Ordem(coluna='dia', desce=False)}
    """
    pares = (parte.split() for parte in escrito.split(_SEPARADOR.strip()))
    return {
        par[0]: Ordem(par[1].removesuffix(_DESCE), par[1].endswith(_DESCE)) for par in pares if len(par) == 2  # noqa: PLR2004
    }  # fmt: skip


def escrever_ordens(ordens: Mapping[str, Ordem]) -> str:
    """Inversa de ``ler_ordens``.

    >>> escrever_ordens({"remessas": Ordem("nsa", True)})
    'remessas nsa-'
    """
    return _SEPARADOR.join(f"{t} {o.coluna}{_DESCE if o.desce else ''}" for t, o in ordens.items())


def em_ordem(tabela: Tabela, linhas: Linhas, ordens: Mapping[str, Ordem]) -> Linhas:
    """As linhas na ordem que a pessoa deu à tabela, se deu: estável, cada tipo como é, e o vazio sempre no fim."""
    ordem = ordens.get(tabela.id)
    if ordem is None or not tem_ordem(tabela) or ordem.coluna not in tabela.ids():
        return linhas
    posicao = tabela.ids().index(ordem.coluna)
    cheias: list[Sequence[Celula]] = []
    vazias: list[Sequence[Celula]] = []
    for linha in linhas:
        (vazias if linha[posicao] in (None, "") else cheias).append(linha)
    cheias.sort(key=_chave(posicao), reverse=ordem.desce)
    return [*cheias, *vazias]


def _chave(posicao: int) -> Callable[[Sequence[Celula]], tuple[int, Any]]:
    def chave(linha: Sequence[Celula]) -> tuple[int, Any]:
        valor = linha[posicao]
        if isinstance(valor, ErroDeFormula):
            return 3, valor.texto
        if isinstance(valor, Ligacao):
            return 2, transliterar(valor.texto)
        if isinstance(valor, date):
            momento = valor if isinstance(valor, datetime) else datetime.combine(valor, datetime.min.time())
            return 1, momento.replace(tzinfo=None)
        return (2, transliterar(valor)) if isinstance(valor, str) else (0, valor)

    return chave
