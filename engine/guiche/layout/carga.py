"""Lê os TOML de ``layouts/`` e recusa o que não fecha; é o único leitor deles."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from guiche.erros import ErroDeLayout
from guiche.layout.modelo import TIPOS, Campo, Layout, Registro

_CHAVES = {"id", "col", "tipo", "nome", "titulo", "nota", "zeros", "decimais", "obrigatorio", "fixo", "padrao"}
_CHAVES |= {"vazio", "sem_fim", "dominio"}
_LARGURA_DA_DATA = 8


@cache
def pasta() -> Path:
    """Onde estão os layouts: dentro do pacote instalado, ou na raiz do projeto."""
    pacote = Path(__file__).parents[1]
    instalada = pacote / "_layouts"
    return instalada if instalada.is_dir() else pacote.parents[1] / "layouts"


@cache
def ler_toml(nome: str) -> Mapping[str, Any]:
    """Conteúdo de ``layouts/{nome}.toml``.

    Raises:
        ErroDeLayout: o arquivo não existe ou não é TOML.
    """
    try:
        return tomllib.loads((pasta() / f"{nome}.toml").read_text("utf-8"))
    except FileNotFoundError as erro:
        raise ErroDeLayout("layout.ausente", f"não há layout chamado {nome}") from erro
    except tomllib.TOMLDecodeError as erro:
        raise ErroDeLayout("layout.invalido", f"{nome}.toml não é TOML: {erro}") from erro


def existe(nome: str) -> bool:
    """Diz se há um arquivo de layout com esse nome."""
    return (pasta() / f"{nome}.toml").is_file()


@cache
def carregar(nome: str) -> Layout:
    """Layout conferido, com os registros da ``base`` que não foram repetidos.

    Raises:
        ErroDeLayout: o arquivo falta, tem chave estranha, furo, sobreposição ou nome repetido.

    >>> carregar("febraban150/v05").registros["E"].campo("valor_debito").posicao
    '053-067'
    """
    return montar(nome, ler_toml(nome))


def montar(nome: str, dados: Mapping[str, Any]) -> Layout:
    """Monta e confere um layout a partir do TOML já lido; erros como em ``carregar``."""
    try:
        largura = int(dados["largura"])
        base = str(dados.get("base", ""))
        proprios = {letra: _registro(letra, tabela, largura) for letra, tabela in dados["registros"].items()}
        herdados = carregar(base).registros if base else {}
        return Layout(
            nome, dados["formato"], dados["versao"], largura, dados.get("ativo", True), base, dados["fonte"],
            {**herdados, **proprios},
        )  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError) as erro:
        raise ErroDeLayout("layout.invalido", f"{nome}: {erro}") from erro


def _registro(codigo: str, tabela: Mapping[str, Any], largura: int) -> Registro:
    campos = tuple(_campo(linha) for linha in tabela["campos"])
    _conferir(codigo, campos, largura)
    return Registro(
        codigo, tabela["titulo"], tabela["sentido"], tabela["ocorrencia"], tabela["situacao"],
        tuple(tabela["fontes"]), tabela.get("nota", ""), largura, campos,
    )  # fmt: skip


def _campo(linha: Mapping[str, Any]) -> Campo:
    if estranhas := set(linha) - _CHAVES:
        raise ValueError(f"{linha.get('id')}: chave desconhecida {sorted(estranhas)}")
    inicio, _, fim = str(linha["col"]).partition("-")
    resto = {chave: valor for chave, valor in linha.items() if chave != "col"}
    return Campo(inicio=int(inicio), fim=int(fim), **resto)


def _conferir(codigo: str, campos: Sequence[Campo], largura: int) -> None:
    proxima = 1
    for campo in campos:
        if campo.inicio != proxima or campo.fim < campo.inicio:
            raise ValueError(f"{codigo}: {campo.id} começa em {campo.inicio}; devia começar em {proxima}")
        proxima = campo.fim + 1
        _conferir_campo(codigo, campo)
    if proxima != largura + 1:
        raise ValueError(f"{codigo}: os campos terminam em {proxima - 1}, não em {largura}")
    nomes = Counter(campo.nome for campo in campos if campo.nome)
    if repetidos := [nome for nome, vezes in nomes.items() if vezes > 1]:
        raise ValueError(f"{codigo}: nome repetido {repetidos}")


def _conferir_campo(codigo: str, campo: Campo) -> None:
    textos = [t for t in (campo.fixo, campo.padrao, *campo.dominio) if t is not None]
    faltas = {
        f"tipo {campo.tipo} não existe": campo.tipo not in TIPOS,
        "falta o nome": bool(campo.nome) == (campo.tipo == "reservado"),
        "data tem 8 posições": campo.tipo == "data" and campo.largura != _LARGURA_DA_DATA,
        "zeros só à esquerda e só em texto": bool(campo.zeros) and (campo.zeros, campo.tipo) != ("esquerda", "texto"),
        "texto maior que o campo": any(len(t) > campo.largura for t in textos),
        "domínio de outra largura": any(len(t) != campo.largura for t in campo.dominio),
    }
    for falta, ha in faltas.items():
        if ha:
            raise ValueError(f"{codigo}: {campo.id}: {falta}")
