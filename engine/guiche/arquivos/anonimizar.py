"""Um arquivo do banco sem as pessoas: o que as identifica se troca, o resto fica byte a byte.

Larguras, fins de linha, codificação e defeitos ficam como estão, que é o que se quer mostrar. O que se troca
é dado (``layouts/leitura/pessoais.toml``); na dúvida, troca-se.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fnmatch import translate
from functools import cache
from typing import Any, NamedTuple

from guiche.arquivos import cobranca, debito150
from guiche.arquivos.cobranca_json import resumir
from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.arquivos.fichas import Reconhecedor
from guiche.arquivos.linhas import decodificar
from guiche.arquivos.troca import Troca
from guiche.erros import ErroDeArquivo, Local
from guiche.layout.carga import carregar, ler_toml
from guiche.layout.modelo import Campo, Layout, Registro

_BOM = b"\xef\xbb\xbf"
_CHAVE_NFE = 44
_DO_240 = 17
"""Até o código de movimento: o que diz que linha é, quando o layout não a conhece."""
Trecho = tuple[slice, str]


class Anonimo(NamedTuple):
    """O arquivo trocado."""

    conteudo: bytes
    linhas: int
    trocados: int
    """Quantos trechos de linha mudaram."""


def anonimizar(conteudo: bytes, fonte: str, semente: bytes, dito: str = "") -> Anonimo:
    """Troca nomes, documentos, contas, endereços e todo texto livre; o arquivo continua a dizer o mesmo do dinheiro.

    ``dito`` é o layout de cobrança por que se lê; sem isso, o que o conteúdo mostra.

    Raises:
        ErroDeArquivo: não se sabe que arquivo é; ou o trocado não se lê como o original.
    """
    layout = _layout(conteudo, fonte, dito)
    feito = _trocar(conteudo, layout, Troca(semente))
    if retrato(conteudo, fonte, dito) != retrato(feito.conteudo, fonte, dito):
        razao = "o arquivo trocado não se lê como o original; nada foi gravado"
        raise ErroDeArquivo("arquivo.troca", razao, local=Local(fonte))
    return feito


def _layout(conteudo: bytes, fonte: str, dito: str = "") -> Layout:
    if dito or detectar(conteudo) == COBRANCA:
        return cobranca.abrir(conteudo, fonte, dito).layout
    return carregar(debito150.ler(conteudo, fonte).layout)


def retrato(conteudo: bytes, fonte: str, dito: str = "") -> tuple[Any, ...]:
    """O que a troca não pode mudar: layout, quantidades, totais, ocorrências e defeitos."""
    if dito or detectar(conteudo) == COBRANCA:
        arquivo = cobranca.abrir(conteudo, fonte, dito)
        resumo = resumir(arquivo)
        return arquivo.layout.nome, resumo, _defeitos(arquivo.problemas)
    debito = debito150.ler(conteudo, fonte)
    letras = Counter(linha[:1] for linha in debito.linhas)
    return debito.layout, letras, debito.trailer, _defeitos([*debito.erros, *debito.problemas])


def _defeitos(problemas: Sequence[Any]) -> Counter[tuple[str, int | None]]:
    return Counter((p.codigo, p.local.linha) for p in problemas)


def _trocar(conteudo: bytes, layout: Layout, troca: Troca) -> Anonimo:
    reconhecer = Reconhecedor(layout)
    larguras = frozenset(r.largura for r in layout.registros.values())
    prontas, trocados, quantas = [], 0, 0
    bom = _BOM if conteudo.startswith(_BOM) else b""
    for bruta in conteudo[len(bom) :].splitlines(keepends=True):
        miolo = bruta.rstrip(b"\r\n")
        texto = decodificar(miolo, larguras)
        registro = reconhecer(texto)
        nova = list(texto)
        for trecho, como in _trechos_da_linha(reconhecer, registro, texto):
            antes = texto[trecho]
            depois = troca(como, antes)
            nova[trecho] = depois
            trocados += antes != depois
        codificacao = "utf-8" if texto.encode("utf-8") == miolo else "latin-1"
        prontas.append("".join(nova).encode(codificacao) + bruta[len(miolo) :])
        quantas += bool(miolo.strip())
    return Anonimo(bom + b"".join(prontas), quantas, trocados)


def tapar_pontas(conteudo: bytes, fonte: str) -> list[str]:
    """A primeira e a última linha, com um ``x`` em cada posição de tudo o que se trocaria.

    Raises:
        ErroDeArquivo: não se sabe que arquivo é.
    """
    layout = _layout(conteudo, fonte)
    reconhecer, larguras = Reconhecedor(layout), frozenset(r.largura for r in layout.registros.values())
    linhas = [linha for linha in conteudo.removeprefix(_BOM).splitlines() if linha.strip(b" \x1a")]
    tapadas = []
    for bruta in (linhas[0], linhas[-1]):
        texto = decodificar(bruta, larguras)
        nova = list(texto)
        for trecho, _ in _trechos_da_linha(reconhecer, reconhecer(texto), texto):
            nova[trecho] = ("x" if c != " " else c for c in texto[trecho])
        tapadas.append("".join(nova))
    return tapadas


def _trechos_da_linha(reconhecer: Reconhecedor, registro: Registro | None, texto: str) -> Iterator[Trecho]:
    """Os trechos a trocar; linha que não se conhece, ou de colunas deslocadas, troca-se quase toda."""
    largura = registro.largura if registro else reconhecer.layout.largura
    sobra = texto[largura:].strip(" \x1a")
    chave = len(sobra) == _CHAVE_NFE and sobra.isascii() and sobra.isdigit()
    if registro is None or (sobra and not chave):
        yield from _entre_as_marcas(reconhecer, texto)
        return
    yield from trechos(registro)
    if chave:
        yield slice(largura, len(texto)), "texto"


def _entre_as_marcas(reconhecer: Reconhecedor, texto: str) -> Iterator[Trecho]:
    """A linha toda, menos as colunas em que os registros se reconhecem: ela não passa a parecer outra."""
    inicio = _DO_240 if reconhecer.layout.formato == "cnab240" else 1
    for marca in reconhecer.trechos:
        if marca.start > inicio:
            yield slice(inicio, marca.start), "texto"
        inicio = max(inicio, marca.stop)
    yield slice(inicio, len(texto)), "texto"


@cache
def trechos(registro: Registro) -> tuple[Trecho, ...]:
    """Os campos do registro que se trocam, e como."""
    marcas = {inicio for inicio, _ in registro.marca}
    return tuple(
        (slice(campo.inicio - 1, campo.fim), como)
        for campo in registro.campos
        if (como := como_trocar(campo)) and not any(campo.inicio <= m <= campo.fim for m in marcas)
    )


@cache
def _padroes() -> dict[str, Callable[[str], object]]:
    dados = ler_toml("leitura/pessoais")
    return {como: re.compile("|".join(map(translate, nomes))).fullmatch for como, nomes in dados.items()}


def como_trocar(campo: Campo) -> str:
    """``texto``, ``documento`` ou ``email``; vazio se o campo fica.

    >>> from guiche.layout.carga import carregar
    >>> q = carregar("cnab/104.cnab240.remessa").registros["segmento_q"]
    >>> [como_trocar(q.campo(n)) for n in ("pagador_nome", "pagador_numero_inscricao", "pagador_uf")]
    ['texto', 'documento', '']
    """
    eh = _padroes()
    if campo.tipo in {"valor", "data", "hora"} or campo.fixo is not None:
        return ""
    if como := next((como for como in ("documento", "email") if eh[como](campo.nome)), ""):
        return como
    if eh["troca"](campo.nome):
        return "texto"
    return "" if campo.tipo == "numero" or eh["fica"](campo.nome) else "texto"
