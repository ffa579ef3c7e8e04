"""O PDF de uma aba: as mesmas linhas que a pessoa vê, com totais, páginas e o cabeçalho da empresa."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from guiche.dominio.dinheiro import para_centavos
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.oficio.cadastros import ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.planilha.esquema import Coluna, esquema

_CENTAVO = Decimal("0.01")
_TIPOS = {"valor": "valor", "inteiro": "inteiro", "data": "data"}


@cache
def verbetes() -> Mapping[str, Any]:
    """Os relatórios e suas colunas."""
    return tomllib.loads(files("guiche.documentos").joinpath("relatorios.toml").read_text("utf-8"))


def relatar(
    ctx: Contexto, qual: str, saida: Path | None = None, *, dia: date | None = None, retorno: int | None = None
) -> Resultado:
    """Grava o PDF de um relatório; o de caixa é de um ``dia``, o de respostas, de um ``retorno`` (vazio: o último).

    Raises:
        ErroDeRegra: ``relatorio.vazio``, se não há linhas.
    """
    from guiche.documentos.relatorio import Relatorio, gravar_relatorio  # noqa: PLC0415

    verbete = verbetes()[qual.lower()]
    colunas = [esquema()[verbete["tabela"]].coluna(id_) for id_ in verbete["colunas"]]
    linhas, filtro = _linhas(ctx, verbete, dia, retorno)
    if not linhas:
        raise ErroDeRegra("relatorio.vazio", f"a aba {esquema()[verbete['tabela']].aba} não tem linhas{filtro}")
    destino = saida or ctx.pasta.caminho.parent / "relatorios" / f"{verbete['titulo']}{filtro.replace('/', '-')}.pdf"
    destino.parent.mkdir(parents=True, exist_ok=True)
    gravar_relatorio(destino, Relatorio(
        titulo=verbete["titulo"],
        colunas=_colunas(verbete, colunas),
        linhas=[tuple(_valor(c, linha[c.id]) for c in colunas) for linha in linhas],
        subtitulos=tuple(filter(None, (*_empresas(ctx), _maiuscula(filtro)))),
        totais=(*_somas(verbete, colunas, linhas), ("Linhas", str(len(linhas)))),
        gerado_em=f"{ctx.autor.agora:%d/%m/%Y %H:%M}",
        orientacao="paisagem",
    ))  # fmt: skip
    frase = f"{verbete['titulo']}{filtro}: {contar(len(linhas), 'linha')}, em {destino.name}."
    return Resultado("relatório", (frase,), {"relatorio": qual.lower(), "linhas": len(linhas)}, arquivos=(destino,))


def _linhas(
    ctx: Contexto, verbete: Mapping[str, Any], dia: date | None, retorno: int | None
) -> tuple[list[dict[str, Any]], str]:
    tabela, filtro = verbete["tabela"], verbete.get("filtro", "")
    ids = esquema()[tabela].ids()
    todas: list[dict[str, Any]] = [dict(zip(ids, linha, strict=True)) for linha in ctx.pasta.ler(tabela, ids).linhas]
    if filtro == "data":
        escolhido = dia or ctx.autor.hoje
        return [x for x in todas if x["data"] == escolhido], f" de {escolhido:%d/%m/%Y}"
    if filtro == "retorno" and todas:
        qual = retorno or int(max(float(str(x["retorno"])) for x in todas))
        return [x for x in todas if x["retorno"] == qual], f", retorno {qual}"
    for coluna in reversed(verbete.get("ordem", ())):
        todas.sort(key=lambda x, c=coluna: str(x[c]))  # type: ignore[misc]
    return todas, ""


def _colunas(verbete: Mapping[str, Any], colunas: Sequence[Coluna]) -> list[Any]:
    from guiche.documentos.relatorio import Coluna as NoPapel  # noqa: PLC0415

    return [
        NoPapel(c.titulo, verbete["colunas"][c.id], _TIPOS.get(c.tipo, "texto"))  # type: ignore[arg-type]
        for c in colunas
    ]


def _valor(coluna: Coluna, celula: Any) -> Any:
    if celula == "" or celula is None:
        return None
    if coluna.tipo == "valor":
        return Decimal(repr(celula)).quantize(_CENTAVO)
    if coluna.tipo == "data":
        return celula.date() if isinstance(celula, datetime) else celula
    if isinstance(celula, float):
        return int(celula) if coluna.tipo == "inteiro" else f"{celula:g}"
    return str(celula)


def _maiuscula(filtro: str) -> str:
    """O filtro como linha à parte: ``Retorno 3``, ``De 04/08/2026``."""
    texto = filtro.strip(", ")
    return texto[:1].upper() + texto[1:]


def _somas(
    verbete: Mapping[str, Any], colunas: Sequence[Coluna], linhas: Sequence[Mapping[str, Any]]
) -> list[tuple[str, int]]:
    """O total de cada coluna que soma e, se o relatório se parte em grupos, o de cada grupo."""
    por, totais = verbete.get("por", ""), []
    for coluna in (c for c in colunas if c.id in verbete["soma"]):
        for grupo in sorted({str(x[por]) for x in linhas}) if por else ():
            do_grupo = [x for x in linhas if str(x[por]) == grupo]
            totais.append((f"{grupo} ({len(do_grupo)})", _soma(coluna, do_grupo)))
        totais.append((f"Total: {coluna.titulo}", _soma(coluna, linhas)))
    return totais


def _soma(coluna: Coluna, linhas: Sequence[Mapping[str, Any]]) -> int:
    return sum(para_centavos(v) for x in linhas if (v := _valor(coluna, x[coluna.id])) is not None)


def _empresas(ctx: Contexto) -> list[str]:
    contas = ler_cadastros(ctx.pasta, ctx.lembranca, com_titulos=False).contas.values()
    return list(dict.fromkeys(c.empresa_nome for c in contas if c.ativa is not False and c.empresa_nome))
