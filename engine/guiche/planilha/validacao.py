"""Confere as linhas de uma tabela do operador e lhes dá tipo; junta todos os problemas, cada um com sua célula.

O lote bom se lê coluna por coluna. Se alguma célula não serve, um ``TypeAdapter`` de tuplas, com os mesmos
leitores, o percorre de novo e devolve cada erro com (linha, coluna), que é o endereço da célula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from operator import itemgetter
from types import GenericAlias
from typing import Annotated, Any

from pydantic import PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from guiche.dominio.coleta import sem_coleta
from guiche.erros import Local, Problema
from guiche.planilha.acertos import acertar
from guiche.planilha.celulas import (
    LEITORES,
    MAIOR_TEXTO,
    ErroDeFormula,
    Recusa,
    centavos_em_lote,
    citar,
    de_lista,
    sem_erro,
)
from guiche.planilha.esquema import Coluna, esquema
from guiche.planilha.memoria import Memoria
from guiche.planilha.porta import Folha, Validada

_TEXTUAIS = {"codigo", "texto"}
_NUMEROS = {bool, int, float, Decimal}
LIMITE = 1_000
"""Quantos problemas se mostram; do resto se diz só a conta."""


def leitor(coluna: Coluna) -> Callable[[Any], Any]:
    """A função que lê uma célula da coluna, com obrigatoriedade e tamanho conferidos."""
    ler = de_lista(coluna.lista) if coluna.tipo == "lista" else LEITORES[coluna.tipo]
    if not coluna.obrigatoria and not coluna.tamanho:
        return ler
    vazios = ("", None)

    def conferir(valor: Any) -> Any:
        lido = ler(valor)
        if lido in vazios:
            if coluna.obrigatoria:
                raise Recusa("celula.vazia", f"{coluna.titulo} é obrigatório")
        elif coluna.tamanho and len(lido) != coluna.tamanho:
            raise Recusa("celula.tamanho", f"{coluna.titulo} tem {coluna.tamanho} caracteres; veio {citar(lido)}")
        return lido

    return conferir


@cache
def adaptador(tabela: str) -> TypeAdapter[list[tuple[Any, ...]]]:
    """O adaptador de lotes da tabela, feito uma vez."""
    tipos = tuple(
        Annotated[object, PlainValidator(_traduzindo(leitor(c)))]
        for c in esquema()[tabela].colunas
        if c.dono == "operador"
    )
    linha: Any = GenericAlias(tuple, tipos)
    return TypeAdapter(list[linha])


def _traduzindo(ler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Passa a recusa ao pydantic sem que as chaves da frase virem moldes."""

    def validar_celula(valor: Any) -> Any:
        try:
            return ler(sem_erro(valor))
        except Recusa as recusa:
            raise PydanticCustomError("recusa", "{frase}", {"codigo": recusa.codigo, "frase": recusa.frase}) from recusa

    return validar_celula


def validar(folha: Folha) -> Validada:
    """Confere todas as linhas da folha, lida com as colunas do operador em ordem."""
    with sem_coleta():
        tipadas, tipados, problemas = _tipar(folha)
        acertadas = acertar(folha, tipadas, tipados)
    linhas, numeros = acertadas.linhas, acertadas.numeros
    problemas += acertadas.problemas
    repetidas = _repetidas(folha, linhas, numeros)
    if repetidas:
        ruins = {numero for numero, _ in repetidas}
        boas = [(n, linha) for n, linha in zip(numeros, linhas, strict=True) if n not in ruins]
        linhas, numeros = [linha for _, linha in boas], [n for n, _ in boas]
        problemas += [problema for _, problema in repetidas]
    return Validada(linhas, numeros, _limitar(folha, problemas), acertadas.avisos)


def _tipar(folha: Folha) -> tuple[list[tuple[Any, ...]], list[int], list[Problema]]:
    colunas = [c for c in esquema()[folha.tabela].colunas if c.dono == "operador"]
    try:
        lidas = [ler_coluna(*par) for par in zip(colunas, zip(*folha.linhas, strict=True), strict=bool(folha.linhas))]
        return list(zip(*lidas, strict=True)), list(folha.numeros), []
    except Recusa:
        return _tipar_achando_erros(folha)


def ler_coluna(coluna: Coluna, celulas: Sequence[Any]) -> Sequence[Any]:
    """Todas as células de uma coluna. Valores repetidos, que são a regra, se leem uma vez só.

    Raises:
        Recusa: alguma não serve.
    """
    if coluna.tipo in _TEXTUAIS and (textos := _so_textos(celulas)) and _tamanhos_certos(coluna, textos):
        return textos
    tipos = set(map(type, celulas))
    if ErroDeFormula in tipos:
        raise Recusa("celula.erro_de_formula", "há um erro de fórmula")
    if coluna.tipo == "valor" and tipos == {float} and (centavos := centavos_em_lote(celulas)):
        return centavos
    ler = leitor(coluna)
    misturados = len(tipos & _NUMEROS) > 1  # 1, 1.0 e True são a mesma chave de dicionário
    return list(map(ler if misturados else Memoria(ler).__getitem__, celulas))


def _so_textos(celulas: Sequence[Any]) -> Sequence[str] | None:
    """Os textos aparados; ``None`` se há outra coisa no meio."""
    try:
        tudo = "".join(celulas)
    except TypeError:
        return None
    sem_brancos = tudo.isprintable() and " " not in tudo
    return celulas if sem_brancos else list(map(str.strip, celulas))


def _tamanhos_certos(coluna: Coluna, lidas: Sequence[Any]) -> bool:
    tamanhos = set(map(len, lidas))
    if max(tamanhos, default=0) > MAIOR_TEXTO:
        return False
    return not (coluna.obrigatoria and 0 in tamanhos) and (not coluna.tamanho or tamanhos <= {0, coluna.tamanho})


def _tipar_achando_erros(folha: Folha) -> tuple[list[tuple[Any, ...]], list[int], list[Problema]]:
    adaptar = adaptador(folha.tabela).validate_python
    try:
        return adaptar(folha.linhas), list(folha.numeros), []
    except ValidationError as erro:
        achados = erro.errors(include_url=False, include_input=False)
    ruins = {int(e["loc"][0]) for e in achados}
    boas = [i for i in range(len(folha.linhas)) if i not in ruins]
    problemas = [_problema(folha, e) for e in achados]
    return adaptar([folha.linhas[i] for i in boas]), [folha.numeros[i] for i in boas], problemas


def _problema(folha: Folha, erro: Any) -> Problema:
    linha, coluna = int(erro["loc"][0]), folha.colunas[int(erro["loc"][1])]
    local = Local(folha.aba, celula=folha.celula(linha, coluna))
    return Problema(erro["ctx"]["codigo"], erro["ctx"]["frase"], local)


def _repetidas(folha: Folha, linhas: Sequence[tuple[Any, ...]], numeros: Sequence[int]) -> list[tuple[int, Problema]]:
    """Linhas cuja coluna chave repete: (número da linha, problema)."""
    achadas = []
    for i, coluna in enumerate(c for c in esquema()[folha.tabela].colunas if c.dono == "operador"):
        if not coluna.chave:
            continue
        if len(set(map(itemgetter(i), linhas))) == len(linhas):
            continue
        vezes = Counter(map(itemgetter(i), linhas))
        for numero, linha in zip(numeros, linhas, strict=True):
            if vezes[linha[i]] > 1:
                local = Local(folha.aba, celula=f"{folha.letras[coluna.id]}{numero}")
                qual = citar(linha[i]).strip("'")
                frase = f"{coluna.titulo} {qual} aparece {vezes[linha[i]]} vezes"
                achadas.append((numero, Problema("celula.repetida", frase, local)))
    return achadas


def _limitar(folha: Folha, problemas: list[Problema]) -> list[Problema]:
    if len(problemas) <= LIMITE:
        return problemas
    resto = Problema("tabela.muitos_problemas", f"e mais {len(problemas) - LIMITE} problemas", Local(folha.aba))
    return [*problemas[:LIMITE], resto]
