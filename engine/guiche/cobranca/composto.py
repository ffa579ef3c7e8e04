"""Campos compostos: o nosso número, o convênio, o código da empresa, por um modelo escrito no TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from guiche.boleto.regras import imprimir
from guiche.cobranca import numero
from guiche.cobranca.chaves import AUSENTE
from guiche.cobranca.colunas import Coluna
from guiche.erros import ErroGuiche, Local

if TYPE_CHECKING:
    from guiche.cobranca.quadro import Quadro

_DO_TITULO = ("carteira", "modalidade", "variacao", "parcela", "byte_idt", "ano")
"""O que muda o número além dele mesmo."""
_DA_EMPRESA = ("agencia", "agencia_dv", "conta", "conta_dv", "convenio", "codigo_beneficiario", "codigo_empresa", "posto",
               "cooperativa", "codigo_transmissao", "numero_contrato")  # fmt: skip


def _base(q: Quadro, valores: Mapping[str, Any]) -> dict[str, Any]:
    """Os dados do boleto que fazem o nosso número."""
    junto = {"banco": q.banco, "documento_beneficiario": q.empresa.get("empresa_documento"), **valores}
    junto |= {n: q.coluna(n).unico for n in _DA_EMPRESA}
    junto["ano_nosso_numero"] = junto.pop("ano", "")
    return {n: v for n, v in junto.items() if v not in AUSENTE}


def compor_modelo(q: Quadro, texto: str) -> Coluna:
    """A coluna de um modelo.

    Raises:
        ErroDeCampo: falta ou não cabe um dado de que ele depende, com o número do título.
    """
    partes = numero.pedacos(texto)
    colunas = [q.coluna(n) for n in _DO_TITULO]
    varia = any(c.lista is not None for c in colunas)
    if not varia and all(tipo == "fixo" for tipo, _ in partes):
        base = _base(q, {n: c.unico for n, c in zip(_DO_TITULO, colunas, strict=True)})
        return Coluna("codigo", "".join(imprimir(p, base, "", "") for _, p in partes))
    if not varia:
        unicos = {n: c.unico for n, c in zip(_DO_TITULO, colunas, strict=True)}
        return Coluna("codigo", lista=_grupo(q, partes, range(q.total), unicos))
    grupos: dict[tuple[Any, ...], list[int]] = {}
    for i, valores in enumerate(zip(*(q.todos(n) for n in _DO_TITULO), strict=True)):
        grupos.setdefault(valores, []).append(i)
    prontos = [""] * q.total
    for valores, indices in grupos.items():
        textos = _grupo(q, partes, indices, dict(zip(_DO_TITULO, valores, strict=True)))
        for i, pronto in zip(indices, textos, strict=True):
            prontos[i] = pronto
    return Coluna("codigo", lista=prontos)


def _grupo(
    q: Quadro, partes: Sequence[tuple[str, str]], indices: Sequence[int], valores: Mapping[str, Any]
) -> list[str]:
    """O modelo nos títulos do grupo, que só diferem no número."""
    try:
        return _do_grupo(q, partes, indices, _base(q, valores))
    except ErroGuiche as erro:
        local = erro.local or Local(f"título {indices[0] + 1}")
        raise type(erro)(erro.codigo, erro.mensagem, local=local, dica=erro.dica) from erro


def _do_grupo(q: Quadro, partes: Sequence[tuple[str, str]], indices: Sequence[int], base: dict[str, Any]) -> list[str]:
    todos = q.todos("nosso_numero")
    numeros = todos if len(indices) == q.total else [todos[i] for i in indices]
    uma = numero.regra(q.banco, base)
    colunas: list[Sequence[str]] = []
    for tipo, parte in partes:
        if tipo == "fixo":
            colunas.append([imprimir(parte, base, "", "") if parte.startswith("{") else parte] * len(indices))
        elif tipo == "numero":
            colunas.append(numero.preencher(numeros, int(parte or uma.tamanho), indices))
        elif tipo == "dv":
            colunas.append(numero.digitos(uma, base, numeros, indices))
        else:
            dias = q.todos("data_vencimento")
            livres = numero.campos_livres(uma, base, numeros, [dias[i] for i in indices])
            colunas.append([imprimir(parte, base, livre, "") for livre in livres])
    prontos = list(map("".join, zip(*colunas, strict=True)))
    if any(tipo != "fixo" for tipo, _ in partes):
        for i, n in enumerate(numeros):
            if not n.strip("0"):
                prontos[i] = "0" * len(prontos[i])
    return prontos
