"""As linhas novas de uma aba, em XML: cada lote por uma expressão compilada para a forma das suas colunas.

Quase todo lote tem colunas só de números, só de textos sem nada a proteger, ou vazias: essas vão direto à linha. As
outras se escrevem antes, célula a célula, e o que se repete sai da memória.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from html import escape
from itertools import islice
from typing import Any, NamedTuple

from guiche.dominio.texto import visivel
from guiche.planilha.celulas import MAIOR_TEXTO, numero_da_coluna
from guiche.planilha.memoria import Memoria

_PEDACO = 4096
_EPOCA = date(1899, 12, 30)
_SEGUNDOS_DO_DIA = 86_400
Estilos = Mapping[str, bytes]
Escritor = Callable[[Sequence[int], Sequence[Sequence[Any]]], list[str]]


class Formula(NamedTuple):
    """Uma fórmula e o texto que ela dá. Só o Guichê as faz: texto de fora nunca vira fórmula."""

    formula: str
    texto: str


class _Forma(StrEnum):
    """De que é uma coluna do lote; o valor é o que dela vai na linha, depois do endereço e do estilo da célula."""

    VAZIA = "/>"
    NUMERO = "><v>{%s!s}</v></c>"
    TEXTO = ' t="inlineStr"><is><t>{%s}</t></is></c>'
    ESCRITA = "{%s}"


_NUMEROS = {int, float, Decimal}
_NADA = type(None)
_ENTRE = "¦"


def _texto(valor: Any) -> str:
    """Sempre texto, nunca fórmula, comece como começar; o que passa do que a célula guarda leva reticências."""
    cabe = visivel(valor) if len(valor) <= MAIOR_TEXTO else f"{visivel(valor[: MAIOR_TEXTO - 1])}…"
    espaco = "" if cabe == cabe.strip() else ' xml:space="preserve"'
    return f' t="inlineStr"><is><t{espaco}>{escape(cabe, quote=False)}</t></is></c>'


def _dia(valor: date) -> str:
    if isinstance(valor, datetime):
        return f"><v>{(valor.date() - _EPOCA).days + _hora(valor)}</v></c>"
    return f"><v>{(valor - _EPOCA).days}</v></c>"


def _hora(valor: datetime | time) -> float:
    return round((valor.hour * 3600 + valor.minute * 60 + valor.second) / _SEGUNDOS_DO_DIA, 9)


def conteudo(valor: Any) -> str:
    """Conteúdo XML de um valor: texto fica texto, dinheiro vai com seus algarismos, data vai como número do Excel."""
    if valor is None or valor == "":
        return "/>"
    if isinstance(valor, str):
        return _texto(valor)
    if isinstance(valor, (date, time)):
        return _dia(valor) if isinstance(valor, date) else f"><v>{_hora(valor)}</v></c>"
    if isinstance(valor, bool):
        return f' t="b"><v>{valor:d}</v></c>'
    if isinstance(valor, (int, float, Decimal)):
        return f"><v>{valor!s}</v></c>"
    if isinstance(valor, Formula):
        return f' t="str"><f>{escape(valor.formula, quote=False)}</f><v>{escape(valor.texto, quote=False)}</v></c>'
    raise TypeError(type(valor).__name__)


def linhas_novas(
    linhas: Iterable[Sequence[Any]], primeira: int, colunas: Sequence[str], estilos: Estilos
) -> Iterator[bytes]:
    """O XML do corpo, em pedaços, com as colunas (letras) na ordem dada."""
    ordem = sorted(range(len(colunas)), key=lambda i: numero_da_coluna(colunas[i]))
    escrever = escritor(ordem, [colunas[i] for i in ordem], estilos, '<row r="{n}">', "</row>")
    restantes = iter(linhas)
    while pedaco := list(islice(restantes, _PEDACO)):
        yield "".join(escrever(range(primeira, primeira + len(pedaco)), pedaco)).encode()
        primeira += len(pedaco)


def escritor(
    ordem: Sequence[int], letras: Sequence[str], estilos: Estilos, antes: str = "", depois: str = ""
) -> Escritor:
    """Função que escreve as linhas de um lote: os seus números e os seus valores, na ordem dada."""
    marcas = [f' s="{estilos[letra].decode()}"' if estilos.get(letra) else "" for letra in letras]
    celulas = [f'<c r="{letra}{{n}}"{marca}' for letra, marca in zip(letras, marcas, strict=True)]
    escrito = Memoria(conteudo).__getitem__

    @cache
    def compilado(formas: tuple[_Forma, ...]) -> Any:
        cheias = [(f"v{i}", forma) for i, forma in enumerate(formas)]
        molde = "".join(
            celula + (forma % nome if forma is not _Forma.VAZIA else forma)
            for celula, (nome, forma) in zip(celulas, cheias, strict=True)
        )
        nomes = ", ".join(nome for nome, forma in cheias if forma is not _Forma.VAZIA)
        codigo = f"lambda linhas: [f{antes + molde + depois!r} for n, {nomes} in linhas]"
        return eval(codigo)  # noqa: S307  só letras de colunas e números de estilos

    def escrever(numeros: Sequence[int], linhas: Sequence[Sequence[Any]]) -> list[str]:
        colunas = list(zip(*linhas, strict=True))
        formas = tuple(_forma(colunas[i]) for i in ordem)
        cheias = (
            map(escrito, colunas[i]) if forma is _Forma.ESCRITA else colunas[i]
            for i, forma in zip(ordem, formas, strict=True) if forma is not _Forma.VAZIA
        )  # fmt: skip
        escritas: list[str] = compilado(formas)(zip(map(str, numeros), *cheias, strict=True))
        return escritas

    return escrever


def _forma(valores: Sequence[Any]) -> _Forma:
    """A forma da coluna; na dúvida, a que se escreve célula a célula."""
    try:
        tudo = _ENTRE.join(valores)
    except TypeError:
        tipos = set(map(type, valores))
        return _Forma.NUMERO if tipos <= _NUMEROS else _Forma.VAZIA if tipos == {_NADA} else _Forma.ESCRITA
    vai_direto = (
        tudo.isprintable()
        and not any(c in tudo for c in _A_OLHAR)
        and tudo[:1] not in _NAS_PONTAS
        and tudo[-1:] not in _NAS_PONTAS
        and (len(tudo) <= MAIOR_TEXTO or max(map(len, valores)) <= MAIOR_TEXTO)
    )
    return _Forma.TEXTO if vai_direto else _Forma.ESCRITA if any(valores) else _Forma.VAZIA


_A_OLHAR = ("&", "<", ">", f"{_ENTRE} ", f" {_ENTRE}", _ENTRE * 2)
"""O que se protege; espaço na ponta de um texto; e texto vazio."""
_NAS_PONTAS = {"", " ", _ENTRE}
