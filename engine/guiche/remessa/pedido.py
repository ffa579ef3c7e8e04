"""O pedido de remessa escrito em JSON, nas chaves de ``compor``: textos viram centavos, datas e listas.

Aceita os nomes de ``layouts/remessa/chaves.toml`` e os que ``layouts/remessa/entrada.toml`` diz valerem o mesmo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from guiche.dominio.json_de_fora import ChaveRepetida, ler_json
from guiche.erros import ErroDeCampo, Local, Problema
from guiche.layout import portas
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo
from guiche.remessa.chaves import AUSENTE, catalogo, procurar, recusar
from guiche.remessa.receita import Receita, receita

_CODIGOS_DE_COMANDO = ("codigo_ocorrencia", "codigo_movimento")
_DESCONTO = ("data_desconto", "valor_desconto")
_LARGURA_DO_COMANDO = 2
_DOS_CAMPOS = {"valor": "valor", "numero": "inteiro", "data": "data"}
"""Tipo de um campo do layout → o do JSON; os outros se gravam como vieram."""


class Entrada(NamedTuple):
    """Um pedido lido, como ``compor`` o recebe."""

    layout: str
    empresa: dict[str, Any]
    titulos: list[dict[str, Any]]
    data_hora: datetime
    avisos: tuple[Problema, ...]


def ler_pedido(texto: str) -> Entrada:
    """Lê ``{"layout", "data_hora", "empresa", "titulos"}``; dinheiro em reais, data em AAAA-MM-DD, tudo em texto.

    Raises:
        ErroDeCampo: ``remessa.entrada``, se não é um pedido; ``remessa.chave``, se um valor não se lê;
            ``remessa.chave_estranha``, se uma chave não se conhece.
        ErroDeRegra, ErroDeLayout: o layout não se grava, ou não há.
    """
    try:
        pedido = ler_json(texto)
    except ChaveRepetida as erro:
        raise _recusar(str(erro)) from erro
    except ValueError as erro:
        raise _recusar("a entrada não é JSON") from erro
    if not isinstance(pedido, dict) or not isinstance(pedido.get("layout"), str):
        raise _recusar('a entrada é um objeto com "layout", "data_hora", "empresa" e "titulos"')
    return traduzir(receita(pedido["layout"]), pedido)


def traduzir(uma: Receita, pedido: Mapping[str, Any]) -> Entrada:
    """O pedido nas chaves de ``compor``; erros como em ``ler_pedido``."""
    empresa, titulos, quando = _partes(pedido)
    lados = [("empresa", empresa, "empresa"), *(("titulo", t, f"título {n}") for n, t in enumerate(titulos, 1))]
    avisos = [a for lado, dados, _ in lados for a in _ignorados(uma, lado, dados)]
    lados[0] = ("empresa", {**ler_toml("remessa/entrada")["padroes"], **empresa}, "empresa")
    nossa, *nossos = [_nas_chaves(uma, lado, _lidos(uma, lado, dados, onde), onde) for lado, dados, onde in lados]
    return Entrada(uma.layout.apelido, nossa, nossos, quando, tuple(dict.fromkeys(avisos)))


def _partes(pedido: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]], datetime]:
    """A empresa, os títulos e o instante de um pedido que só tem as chaves de um pedido."""
    conhecidas = portas.chaves("remessa_gerar")
    for nome in pedido:
        if nome not in conhecidas:
            raise _estranha(nome, conhecidas, "pedido")
    empresa, titulos = pedido.get("empresa"), pedido.get("titulos")
    if not isinstance(empresa, dict) or not isinstance(titulos, list) or not all(isinstance(t, dict) for t in titulos):
        raise _recusar('"empresa" é um objeto e "titulos" é uma lista deles')
    try:
        return empresa, titulos, portas.ler("data_hora", pedido.get("data_hora"))
    except ValueError as erro:
        raise _recusar(f'"data_hora" {erro}') from erro


def _recusar(razao: str) -> ErroDeCampo:
    return ErroDeCampo("remessa.entrada", razao, local=Local("pedido"))


@cache
def _fora(uma: Receita, lado: str) -> frozenset[str]:
    """O que o pedido pode trazer e não vai a campo nenhum deste layout."""
    regras = ler_toml("remessa/entrada")
    return frozenset({*regras["ignorados"][lado], *regras["opcionais"]["nomes"]} - _campos(uma).keys())


@cache
def _campos(uma: Receita) -> Mapping[str, Campo]:
    return {c.nome: c for r in uma.registros for c in r.campos if c.nome}


def _ignorados(uma: Receita, lado: str, dados: Mapping[str, Any]) -> list[Problema]:
    fora, apelido = _fora(uma, lado), uma.layout.apelido
    return [
        Problema("remessa.nao_vai", f"{nome} não vai na remessa {apelido}", Local("pedido"), gravidade="aviso")
        for nome in dados
        if nome in fora
    ]


@cache
def _tipo(uma: Receita, nome: str) -> tuple[str, int | None] | None:
    """O tipo da chave e, se é campo do layout, quantas casas tem; ``None`` se não se conhece."""
    regras = ler_toml("remessa/entrada")
    if chave := procurar(regras["nomes"].get(nome, nome)):
        return chave.tipo, None
    solto, campo = regras["soltos"].get(nome), _campos(uma).get(nome)
    if campo and solto in {None, "codigo"}:
        return _DOS_CAMPOS.get(campo.tipo, "codigo"), campo.decimais
    return (solto, None) if solto else None


def _lidos(uma: Receita, lado: str, dados: Mapping[str, Any], onde: str) -> dict[str, Any]:
    """Os valores na forma de dentro, ainda pelos nomes com que vieram; sem os vazios e os que não vão."""
    fora, lidos = _fora(uma, lado) - ler_toml("remessa/entrada")["soltos"].keys(), {}
    for nome, valor in dados.items():
        if nome in fora:
            continue
        tipo = _tipo(uma, nome)
        if tipo is None:
            raise _estranha(nome, _conhecidas(uma), onde)
        if valor not in AUSENTE:
            lidos[nome] = _lido(nome, valor, tipo, onde)
    return lidos


def _lido(nome: str, valor: Any, tipo: tuple[str, int | None], onde: str) -> Any:
    try:
        return portas.ler(tipo[0], valor, tipo[1])
    except ValueError as erro:
        raise recusar(nome, str(erro), onde) from erro


@cache
def _conhecidas(uma: Receita) -> tuple[str, ...]:
    """Todo nome que um pedido deste layout pode trazer."""
    regras = ler_toml("remessa/entrada")
    return (*catalogo("titulo"), *catalogo("empresa"), *regras["nomes"], *regras["soltos"], *_campos(uma))


def _estranha(nome: str, conhecidas: Iterable[str], onde: str) -> ErroDeCampo:
    """Erro que nomeia a chave desconhecida e a que mais se parece com ela."""
    return ErroDeCampo("remessa.chave_estranha", portas.estranha(nome, conhecidas), local=Local(onde))


def _nas_chaves(uma: Receita, lado: str, dados: Mapping[str, Any], onde: str) -> dict[str, Any]:
    regras = ler_toml("remessa/entrada")
    nossas = dict(dados)
    for nome, regra in regras["valores"].items():
        _valor(nossas, nome, regra, onde)
    for nome in _fora(uma, lado) & nossas.keys():
        del nossas[nome]
    if dia := nossas.pop(_DESCONTO[0], None):
        _por(nossas, "descontos", [(dia, nossas.pop(_DESCONTO[1], 0))], _DESCONTO[0], onde)
    _comando(uma, nossas)
    for nome in regras["nomes"].keys() & nossas.keys():
        _por(nossas, regras["nomes"][nome], nossas.pop(nome), nome, onde)
    for nome, outro in regras["se_falta"].items():
        if nome not in nossas and outro in nossas:
            nossas[nome] = nossas[outro]
    return nossas


def _por(dados: dict[str, Any], chave: str, valor: Any, nome: str, onde: str) -> None:
    """Dita por dois nomes, a chave não tem um valor certo."""
    if chave in dados:
        raise recusar(nome, f"e {chave} são o mesmo dado; diga só um", onde)
    dados[chave] = valor


def _valor(dados: dict[str, Any], nome: str, regra: Mapping[str, Any], onde: str) -> None:
    """Troca o valor e o código que diz o que ele é pela chave que os junta."""
    if nome not in dados:
        return
    valor = dados.pop(nome)
    tipos = [str(dados.pop(t)) for t in regra["tipo"] if t in dados]
    chave = next((regra["chaves"][t] for t in tipos if t in regra["chaves"]), regra["chaves"][""])
    if chave and valor:
        _por(dados, chave, valor, nome, onde)
    else:
        dados.pop(nome.replace("valor", "data"), None)


def _comando(uma: Receita, dados: dict[str, Any]) -> None:
    """O código do banco, na chave do comando que o tem."""
    por_codigo = {codigo: nome for nome, codigo in uma.codigos["comandos"].items()}
    for nome in _CODIGOS_DE_COMANDO:
        codigo = str(dados.get(nome) or "").zfill(_LARGURA_DO_COMANDO)
        if nome in dados and codigo in por_codigo and not dados.get("comando"):
            dados["comando"] = por_codigo[codigo]
            del dados[nome]
