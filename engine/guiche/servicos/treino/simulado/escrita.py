"""Escreve um retorno de cobrança em qualquer layout, a partir dos títulos que ele há de dizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from guiche.arquivos.pix import registros_do_pix
from guiche.arquivos.plano import Titulo, campos_do_dado, regra_do
from guiche.bancos.ocorrencias import PAGAS
from guiche.layout.carga import ler_toml
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Layout, Registro

_DADOS = tuple(d for d in Titulo._fields if d not in {"linha", "classe", "motivos", "motivo_texto"})
_LARGURA_240 = 240
_SEQUENCIAIS = ("sequencial_registro", "numero_sequencial_lote")
_QUANTIDADES = ("quantidade_registros", "quantidade_lotes")


def escrever_retorno(
    layout: Layout,
    cabecalho: Mapping[str, Any],
    titulos: Sequence[Titulo],
    numero: int,
    agora: datetime,
    pix: Mapping[int, str] = MappingProxyType({}),
) -> bytes:
    """O arquivo inteiro, com cabeçalhos, trailers e sequências.

    ``cabecalho`` são os campos do cabeçalho da remessa; os de mesmo nome se repetem. Texto que não cabe perde o
    começo, como o banco faz com zeros à esquerda. ``pix`` dá o do n-ésimo título, contado de 0.
    """
    corpo: list[tuple[Registro, dict[str, Any]]] = []
    complemento = layout.registros.get("segmento_u")
    principal = layout.do_papel("titulo")[0]
    for i, titulo in enumerate(titulos):
        valores = _do_titulo(layout, principal, complemento, titulo)
        corpo.append((principal, valores))
        if complemento:
            corpo.append((complemento, valores))
        corpo += [
            (registro, valores | {campo.nome: pix[i]}) for registro, campo in registros_do_pix(layout) if i in pix
        ]
    fixos = _do_cabecalho(cabecalho, numero, agora)
    lotes = (layout.do_papel("cabecalho_lote")[:1], layout.do_papel("rodape_lote")[:1])
    pontas = [[(r, fixos) for r in parte] for parte in (layout.do_papel("cabecalho")[:1], *lotes)]
    fim = [(r, fixos) for r in layout.do_papel("rodape")[:1]]
    registros = [*pontas[0], *pontas[1], *corpo, *pontas[2], *fim]
    de_240 = layout.largura == _LARGURA_240
    quantos = {"quantidade_registros": len(registros), "quantidade_lotes": 1}
    do_lote = quantos | {"quantidade_registros": len(corpo) + 2}
    linhas = []
    for n, (registro, valores) in enumerate(registros, 1):
        contas = do_lote if registro.papel == "rodape_lote" else quantos
        sequencia = dict.fromkeys(_SEQUENCIAIS, n - 2 if de_240 else n)
        lote = {} if registro.papel in {"cabecalho", "rodape"} else {"lote_servico": 1}
        linhas.append(_linha(registro, {**fixos, **valores, **contas, **sequencia, **lote}))
    return ("\r\n".join(linhas) + "\r\n").encode("latin-1")


def _do_cabecalho(cabecalho: Mapping[str, Any], numero: int, agora: datetime) -> dict[str, Any]:
    nomes = ler_toml("leitura/retorno")
    proprios = {"codigo_remessa", "codigo_retorno", "literal_remessa", "versao_layout_arquivo", "lote_servico"}
    herdados = {nome: valor for nome, valor in cabecalho.items() if nome not in proprios}
    return {
        **herdados, **dict.fromkeys(nomes["numero"], numero), **dict.fromkeys(nomes["data"], agora.date()),
        "hora_geracao": agora.time(), "data_gravacao": agora.date(),
    }  # fmt: skip


def _do_titulo(layout: Layout, principal: Registro, complemento: Registro | None, titulo: Titulo) -> dict[str, Any]:
    regra = regra_do(layout)
    existem = {c.nome for r in (principal, complemento) if r for c in r.campos if c.nome}
    valores: dict[str, Any] = {}
    for dado in _DADOS:
        valor = getattr(titulo, dado)
        if dado == "valor_pago" and regra.get("pago_sem_tarifa") and titulo.classe in PAGAS and valor is not None:
            valor -= titulo.valor_tarifa or 0
        if valor is not None and (nomes := campos_do_dado(regra, dado, existem)):
            valores[nomes[0]] = valor
    if titulo.motivos and (nomes := campos_do_dado(regra, "motivos", existem)):
        valores[nomes[0]] = "".join(titulo.motivos)
    return valores


def _linha(registro: Registro, valores: Mapping[str, Any]) -> str:
    meus = {
        c.nome: _na_forma(c, valores[c.nome])
        for c in registro.campos
        if c.nome in valores and c.fixo is None and valores[c.nome] is not None
    }
    return tradutor(registro).escrever(meus)


def _na_forma(campo: Campo, valor: Any) -> Any:
    """O valor no tipo e na largura do campo."""
    if campo.tipo == "texto":
        return str(valor)[-campo.largura :] if not isinstance(valor, date) else ""
    if campo.tipo == "numero":
        algarismos = "".join(c for c in str(valor) if c.isdigit())
        return int(algarismos[-campo.largura :] or 0)
    if campo.tipo == "valor":
        return valor * 10 ** (campo.decimais - 2) if campo.decimais >= 2 else valor  # noqa: PLR2004  centavos
    return valor
