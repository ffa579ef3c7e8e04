"""Os vetores de remessa: a entrada nas nossas chaves, o arquivo composto e em que ele difere do esperado."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from guiche.dominio.texto import transliterar
from guiche.layout.modelo import Registro
from guiche.remessa.composicao import compor
from guiche.remessa.pedido import ler_pedido
from guiche.remessa.receita import receita

PASTA = Path(__file__).parents[1] / "amostras" / "cnab"
_NOMES = {"pagador_nome", "pagador_endereco", "pagador_bairro", "pagador_cidade", "sacador_nome", "empresa_nome"}
_PONTUACAO = re.compile(r"[,!^.?\\/@]")
_ESPACOS = re.compile(r" +")
_HOJE = re.compile(r"\{hoje:(\w+)\}")
_FORMATOS = {"DDMMAAAA": "%d%m%Y", "DDMMAA": "%d%m%y", "AAAAMMDDHHMMSS": "%Y%m%d%H%M%S"}


class Diferenca(NamedTuple):
    """Onde o vetor e a nossa remessa não dizem o mesmo."""

    vetor: str
    layout: str
    registro: str
    col: str
    deles: str
    nosso: str


@cache
def vetores() -> dict[str, dict[str, Any]]:
    """Vetor → entrada e esperado, como o outro projeto os escreve."""
    return {v["id"]: v for v in json.loads((PASTA / "remessas.json").read_text("utf-8"))}


@cache
def tabela() -> dict[str, Any]:
    """O que se revisou: a entrada de cada vetor nas nossas chaves, e as diferenças aceitas."""
    return tomllib.loads((PASTA / "diferencas_remessa.toml").read_text("utf-8"))


def pedido(vetor: str, layout: str) -> dict[str, Any]:
    """O vetor como pedido JSON, com o que se ajustou nele."""
    deles, ajuste = vetores()[vetor]["entrada"], tabela()["entrada"].get(vetor, {})
    da_empresa, do_titulo = ({**ajuste.get(n, {}), **ajuste.get(layout, {}).get(n, {})} for n in ("empresa", "titulo"))
    return {
        "layout": layout,
        "data_hora": instante(vetor).isoformat(),
        "empresa": _ajustar(vetor, deles["empresa"], da_empresa),
        "titulos": [_ajustar(vetor, t, do_titulo) for t in deles["titulos"]],
    }


def _ajustar(vetor: str, dados: Mapping[str, Any], ajuste: Mapping[str, Any]) -> dict[str, Any]:
    junto = {n: v for n, v in {**dados, **ajuste}.items() if v != "(tirar)"}
    if "normalizacao" in vetores()[vetor] or vetor == "brcobranca_cnab240_comum":
        for nome in _NOMES & junto.keys():
            junto[nome] = _ESPACOS.sub(" ", _PONTUACAO.sub("", junto[nome]))
    return junto


def instante(vetor: str) -> datetime:
    """O dia e a hora do vetor."""
    return datetime.fromisoformat(vetores()[vetor]["data_hora"] or "2015-07-14T16:15:15")


def linhas(vetor: str, layout: str) -> list[str]:
    """As linhas da nossa remessa."""
    lido = ler_pedido(json.dumps(pedido(vetor, layout)))
    feita = compor(lido.layout, lido.empresa, lido.titulos, lido.data_hora)
    return feita.conteudo.decode("ascii").split("\r\n")[:-1]


def diferencas(vetor: str, layout: str) -> Iterator[Diferenca]:
    """O que o vetor espera e a nossa remessa não diz, campo a campo."""
    uma, nossas = receita(layout), linhas(vetor, layout)
    registros = [(r, n) for n in nossas if (r := uma.layout.reconhecer(n))]
    esperado = vetores()[vetor]["esperado"]
    if arquivo := esperado.get("arquivo"):
        deles = (PASTA / "arquivos" / arquivo).read_text("ascii").splitlines()
        yield from _arquivo(vetor, layout, registros, deles)
    if esperado.get("posicoes"):
        yield from _posicoes(vetor, layout, registros)


def _arquivo(vetor: str, layout: str, registros: list[tuple[Registro, str]], deles: list[str]) -> Iterator[Diferenca]:
    nossas: dict[str, list[str]] = {}
    for registro, linha in registros:
        nossas.setdefault(registro.codigo, []).append(linha)
    for crua in deles:
        achado = receita(layout).layout.reconhecer(crua)
        assert achado is not None, crua
        if nossas.get(achado.codigo):
            yield from _linha(vetor, layout, achado, (crua.ljust(achado.largura), nossas[achado.codigo].pop(0)))
        else:
            yield Diferenca(vetor, layout, achado.codigo, "linha", "1", "0")
    for codigo, sobram in nossas.items():
        yield from (Diferenca(vetor, layout, codigo, "linha", "0", "1") for _ in sobram)


def _linha(vetor: str, layout: str, registro: Registro, linhas_: tuple[str, str]) -> Iterator[Diferenca]:
    for campo in registro.campos:
        d, n = (linha[campo.inicio - 1 : campo.fim] for linha in linhas_)
        if transliterar(d) != n:
            yield Diferenca(vetor, layout, registro.codigo, campo.posicao, d, n)
    if sobra := linhas_[0][registro.largura :].strip():
        yield Diferenca(vetor, layout, registro.codigo, "sobra", sobra, "")


def _posicoes(vetor: str, layout: str, registros: list[tuple[Registro, str]]) -> Iterator[Diferenca]:
    for nome, trechos in vetores()[vetor]["esperado"]["posicoes"].items():
        codigo = tabela()["registros"].get(nome, nome)
        achadas = [n for r, n in registros if r.codigo == codigo]
        if not achadas:
            yield Diferenca(vetor, layout, codigo, "linha", "1", "0")
            continue
        aceitos: dict[tuple[int, int], list[str]] = {}
        for t in trechos:
            valor = _HOJE.sub(lambda m: instante(vetor).strftime(_FORMATOS[m[1]]), t["valor"])
            aceitos.setdefault((t["ini"], t["fim"]), []).append(valor)
        for (ini, fim), valores in aceitos.items():
            nosso = achadas[0][ini - 1 : fim]
            if nosso not in map(transliterar, valores):
                yield Diferenca(vetor, layout, codigo, f"{ini:03d}-{fim:03d}", " | ".join(valores), nosso)
