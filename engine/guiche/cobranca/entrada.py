"""O pedido de remessa escrito em JSON, nas chaves de ``compor``: textos viram centavos, datas e listas.

Aceita os nomes de ``layouts/remessa/chaves.toml`` e os que ``layouts/remessa/entrada.toml`` diz valerem o mesmo.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from guiche.cobranca.chaves import AUSENTE, de_texto, procurar
from guiche.cobranca.receita import Receita, receita
from guiche.dominio.json_de_fora import ler_json
from guiche.erros import ErroDeCampo, Local, Problema
from guiche.layout.carga import ler_toml
from guiche.layout.modelo import Campo

_CODIGOS_DE_COMANDO = ("codigo_ocorrencia", "codigo_movimento")
_DESCONTO = ("data_desconto", "valor_desconto")
_LARGURA_DO_COMANDO = 2


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
        ErroDeCampo: ``remessa.entrada``, se não é um pedido; ``remessa.chave``, se um valor não se lê.
        ErroDeRegra, ErroDeLayout: o layout não se grava, ou não há.
    """
    try:
        pedido = ler_json(texto)
    except ValueError as erro:
        raise _recusar("a entrada não é JSON") from erro
    if not isinstance(pedido, dict) or not isinstance(pedido.get("layout"), str):
        raise _recusar('a entrada é um objeto com "layout", "data_hora", "empresa" e "titulos"')
    return traduzir(receita(pedido["layout"]), pedido)


def traduzir(uma: Receita, pedido: Mapping[str, Any]) -> Entrada:
    """O pedido nas chaves de ``compor``; erros como em ``ler_pedido``."""
    empresa, titulos = pedido.get("empresa"), pedido.get("titulos")
    if not isinstance(empresa, dict) or not isinstance(titulos, list) or not all(isinstance(t, dict) for t in titulos):
        raise _recusar('"empresa" é um objeto e "titulos" é uma lista deles')
    try:
        quando = datetime.fromisoformat(str(pedido.get("data_hora")))
    except ValueError as erro:
        raise _recusar('"data_hora" se escreve AAAA-MM-DDTHH:MM:SS') from erro
    lados = [("empresa", empresa), *(("titulo", t) for t in titulos)]
    avisos = [a for lado, dados in lados for a in _ignorados(uma, lado, dados)]
    da_empresa = {**ler_toml("remessa/entrada")["padroes"], **empresa}
    nossa = _lidos(uma, _nas_chaves(uma, "empresa", da_empresa))
    return Entrada(
        uma.layout.apelido, nossa, [_lidos(uma, _nas_chaves(uma, "titulo", t)) for t in titulos], quando,
        tuple(dict.fromkeys(avisos)),
    )  # fmt: skip


def _recusar(razao: str) -> ErroDeCampo:
    return ErroDeCampo("remessa.entrada", razao, local=Local("pedido"))


def _fora(uma: Receita, lado: str) -> set[str]:
    """O que o pedido pode trazer e não vai a campo nenhum deste layout."""
    regras = ler_toml("remessa/entrada")
    return {*regras["ignorados"][lado], *regras["opcionais"]["nomes"]} - _campos(uma).keys()


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


def _nas_chaves(uma: Receita, lado: str, dados: Mapping[str, Any]) -> dict[str, Any]:
    regras = ler_toml("remessa/entrada")
    nossas = dict(dados)
    for nome, regra in regras["valores"].items():
        _valor(nossas, nome, regra)
    fora = _fora(uma, lado)
    nossas = {n: v for n, v in nossas.items() if n not in fora}
    if dia := _tirar(nossas, _DESCONTO[0]):
        nossas.setdefault("descontos", [[dia, _tirar(nossas, _DESCONTO[1]) or "0"]])
    _comando(uma, nossas)
    nossas = {regras["nomes"].get(n, n): v for n, v in nossas.items()}
    for nome, outro in regras["se_falta"].items():
        if nossas.get(nome) in AUSENTE and nossas.get(outro):
            nossas[nome] = nossas[outro]
    return {n: v for n, v in nossas.items() if v not in AUSENTE}


def _tirar(dados: dict[str, Any], nome: str) -> Any:
    return dados.pop(nome, None)


def _valor(dados: dict[str, Any], nome: str, regra: Mapping[str, Any]) -> None:
    """Troca o valor e o código que diz o que ele é pela chave que os junta."""
    if dados.get(nome) in AUSENTE:
        return
    valor = dados.pop(nome)
    tipos = [str(dados.pop(t)) for t in regra["tipo"] if dados.get(t) not in AUSENTE]
    chave = next((regra["chaves"][t] for t in tipos if t in regra["chaves"]), regra["chaves"][""])
    if chave and str(valor).strip("0.,"):
        dados.setdefault(chave, valor)
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


def _lidos(uma: Receita, dados: Mapping[str, Any]) -> dict[str, Any]:
    campos = _campos(uma)
    conhecidos = {n: v for n, v in dados.items() if procurar(n) or n in campos}
    if estranhos := dados.keys() - conhecidos.keys():
        razao = f"{', '.join(sorted(estranhos))}: não é chave de remessa nem campo de {uma.layout.apelido}"
        raise ErroDeCampo("remessa.chave_estranha", razao, local=Local("pedido"))
    return {n: de_texto(n, v, campos.get(n)) for n, v in conhecidos.items()}
