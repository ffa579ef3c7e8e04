"""Comparar dois arquivos do banco, título a título."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from guiche.arquivos.comparar import Comparacao
from guiche.arquivos.comparar import comparar as comparar_fontes
from guiche.arquivos.linhas import Fonte
from guiche.oficio.resultado import Resultado

COLUNAS = ("Título", "Onde", "Linha em A", "Linha em B", "Campo", "Em A", "Em B")
_LIMITE = 200
"""Quantas diferenças se escrevem na tela; todas vão para a planilha e para ``--json``."""


def comparar(a: Path, b: Path, saida: Path | None = None) -> Resultado:
    """O que só A tem, o que só B tem e o que mudou de um para o outro (I-09); ``feito`` só se nada difere."""
    comparacao = comparar_fontes(Fonte(a.name, a), Fonte(b.name, b))
    linhas = list(_linhas(comparacao))
    if saida is not None:
        from guiche.planilha.lista import gravar_lista  # noqa: PLC0415

        gravar_lista(saida, [("Comparação", COLUNAS, linhas)])
    relato = [f"A é {a.name}; B é {b.name}.", _resumo(comparacao)]
    relato += [_frase(linha) for linha in linhas[:_LIMITE]]
    if len(linhas) > _LIMITE:
        relato.append(f"E mais {len(linhas) - _LIMITE} diferenças: use --saida para as ver numa planilha.")
    return Resultado(
        "arquivo comparar", tuple(relato), _dados(comparacao), comparacao.problemas, (saida,) if saida else (),
        so_dados=True, feito=comparacao.nada_mudou,
    )  # fmt: skip


def _resumo(c: Comparacao) -> str:
    partes = (len(c.so_em_a), "só em A"), (len(c.so_em_b), "só em B"), (len(c.mudados), "com diferença")
    dito = ", ".join(f"{quantos} {nome}" for quantos, nome in partes)
    return f"Títulos: {c.iguais} iguais, {dito}. Cabeçalho: {len(c.cabecalho)} campos diferentes."


def _linhas(c: Comparacao) -> Iterator[tuple[str, str, int | None, int | None, str, str, str]]:
    for m in c.cabecalho:
        yield "", "cabeçalho", 1, 1, m.nome, m.a, m.b
    for par in c.so_em_a:
        yield par.titulo, "só em A", par.linha_a, None, "", "", ""
    for par in c.so_em_b:
        yield par.titulo, "só em B", None, par.linha_b, "", "", ""
    for par in c.mudados:
        for m in par.mudancas:
            yield par.titulo, "mudou", par.linha_a, par.linha_b, m.nome, m.a, m.b


def _frase(linha: tuple[str, str, int | None, int | None, str, str, str]) -> str:
    titulo, onde, em_a, em_b, campo, a, b = linha
    lugar = " e ".join(f"linha {n} de {lado}" for n, lado in ((em_a, "A"), (em_b, "B")) if n)
    dito = f"{onde}, {lugar}" + (f": {campo}: {a!r} em A, {b!r} em B" if campo else "")
    return f"{titulo}: {dito}" if titulo else dito[:1].upper() + dito[1:]


def _dados(c: Comparacao) -> dict[str, object]:
    return {
        "iguais": c.iguais,
        "so_em_a": [{"titulo": p.titulo, "linha": p.linha_a} for p in c.so_em_a],
        "so_em_b": [{"titulo": p.titulo, "linha": p.linha_b} for p in c.so_em_b],
        "mudados": [
            {
                "titulo": p.titulo,
                "linha_a": p.linha_a,
                "linha_b": p.linha_b,
                "campos": [m._asdict() for m in p.mudancas],
            }
            for p in c.mudados
        ],
        "cabecalho": [m._asdict() for m in c.cabecalho],
        "problemas": [p.como_dict() for p in c.problemas],
    }
