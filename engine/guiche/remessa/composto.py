"""Campos compostos: o nosso número, o convênio, o código da empresa, por um modelo escrito no TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from guiche.boleto.entrada import normal
from guiche.boleto.regras import banco, imprimir
from guiche.erros import ErroGuiche, Local
from guiche.layout.carga import existe
from guiche.remessa import numero
from guiche.remessa.chaves import AUSENTE
from guiche.remessa.colunas import Coluna, Colunas, mapear

_DO_TITULO = ("carteira", "modalidade", "variacao", "parcela", "byte_idt", "ano")
"""O que muda o número além dele mesmo."""
_DO_NUMERO = re.compile(r"\{(impresso|nosso_numero|dv|@)")
_DA_EMPRESA = ("agencia", "agencia_dv", "conta", "conta_dv", "convenio", "codigo_beneficiario", "codigo_empresa",
               "posto", "cooperativa", "codigo_transmissao", "numero_contrato")  # fmt: skip


def _base(q: Colunas, valores: Mapping[str, Any]) -> dict[str, Any]:
    """Os dados do boleto que fazem o nosso número."""
    junto = {"banco": q.banco, "documento_beneficiario": q.empresa.get("empresa_documento"), **valores}
    junto |= {n: q.coluna(n).unico for n in _DA_EMPRESA}
    junto["ano_nosso_numero"] = junto.pop("ano", None) or q.coluna("ano").unico
    return dict(normal({n: v for n, v in junto.items() if v not in AUSENTE}))


def digito(q: Colunas, nome: str) -> str:
    """O dígito da agência ou da conta pela regra do banco; vazio se não a há."""
    regras = banco(q.banco).digitos if existe(f"boleto/{q.banco}") else {}
    return regras[nome]({n: q.coluna(n).unico for n in ("agencia", "conta")}) if nome in regras else ""


def compor_modelo(q: Colunas, texto: str) -> Coluna:
    """A coluna de um modelo.

    Raises:
        ErroDeCampo: falta ou não cabe um dado de que ele depende, com o número do título.
    """
    do_numero = bool(_DO_NUMERO.search(texto))
    nomes = [n for n in _DO_TITULO if do_numero or n in texto]
    colunas = [q.coluna(n) for n in nomes]
    if do_numero and numero.muda_com_o_tamanho(q.banco):
        colunas.append(mapear("inteiro", len, q.coluna("nosso_numero")))
    if all(c.lista is None for c in colunas):
        unicos = {n: c.unico for n, c in zip(nomes, colunas, strict=False)}
        if do_numero:
            return Coluna("codigo", lista=_grupo(q, texto, range(q.total), unicos))
        return Coluna("codigo", _da_empresa(texto, _base(q, unicos)))
    grupos: dict[tuple[Any, ...], list[int]] = {}
    for i, valores in zip(range(q.total), zip(*(c.iterar() for c in colunas), strict=False), strict=False):
        grupos.setdefault(valores, []).append(i)
    prontos = [""] * q.total
    for valores, indices in grupos.items():
        textos = _grupo(q, texto, indices, dict(zip(nomes, valores, strict=False)))
        for i, pronto in zip(indices, textos, strict=True):
            prontos[i] = pronto
    return Coluna("codigo", lista=prontos)


def _da_empresa(texto: str, base: Mapping[str, Any]) -> str:
    """O modelo que não depende do número."""
    try:
        return "".join(imprimir(p, base, "", "") for _, p in numero.pedacos(texto))
    except ErroGuiche as erro:
        raise type(erro)(erro.codigo, erro.mensagem, local=Local("empresa"), dica=erro.dica) from erro


def _grupo(q: Colunas, texto: str, indices: Sequence[int], valores: Mapping[str, Any]) -> list[str]:
    """O modelo nos títulos do grupo, que só diferem no número."""
    try:
        return _do_grupo(q, texto, indices, _base(q, valores))
    except ErroGuiche as erro:
        local = erro.local or Local(f"título {indices[0] + 1}")
        raise type(erro)(erro.codigo, erro.mensagem, local=local, dica=erro.dica) from erro


def _do_grupo(q: Colunas, texto: str, indices: Sequence[int], base: dict[str, Any]) -> list[str]:
    todos = q.todos("nosso_numero")
    numeros = todos if len(indices) == q.total else [todos[i] for i in indices]
    uma = numero.regra(q.banco, {**base, "nosso_numero": numeros[0]})
    partes = numero.pedacos(numero.por_extenso(texto, uma.variante.impresso if uma.variante else ""))
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
