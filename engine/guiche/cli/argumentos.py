"""Os comandos e suas opções, tirados do registro dos atos."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from guiche import __version__
from guiche.atos import Ato, Opcao, atos

GRUPOS = {
    "remessas": "lista, exporta, estorna, descarta, imprime remessas",
    "livro": "leva o livro a um servidor",
    "titulo": "estorna ou recebe um título",
    "boletos": "emite, lista, imprime e estorna boletos",
    "cadastramentos": "lista e decide o que o banco cadastrou dos optantes",
    "divergencias": "lista e decide o que o banco disse e não casa com o livro",
    "fechamentos": "cobra fechamentos de empresas conveniadas",
    "cliente": "acha clientes",
    "supervisor": "define o segredo do supervisor",
    "conta": "confere e ajusta a numeração dos arquivos de uma conta",
    "lgpd": "exporta ou anonimiza o que se guarda de uma pessoa",
    "boleto": "calcula e decodifica boletos",
    "remessa": "compõe uma remessa de cobrança",
    "retorno": "mostra um retorno e as suas linhas",
    "arquivo": "lê, explica, verifica, compara ou anonimiza um arquivo do banco",
}
Acoes = argparse._SubParsersAction  # noqa: SLF001  o argparse não dá outro nome ao que add_subparsers devolve


def _data(texto: str) -> date:
    """Data AAAA-MM-DD ou DD/MM/AAAA."""
    if "/" in texto:
        dia, mes, ano = texto.split("/")
        texto = f"{ano}-{mes}-{dia}"
    return date.fromisoformat(texto)


def _centavos(texto: str) -> int:
    """Reais escritos ``150,00`` ou ``150.00``, em centavos."""
    from decimal import Decimal, InvalidOperation  # noqa: PLC0415

    from guiche.dominio.dinheiro import para_centavos  # noqa: PLC0415

    limpo = texto.replace(".", "").replace(",", ".") if "," in texto else texto
    try:
        return para_centavos(Decimal(limpo))
    except InvalidOperation as erro:
        raise ValueError(texto) from erro


def _segredo(caminho: str) -> str:
    """A primeira linha do arquivo: o que se escreve na linha de comando fica no histórico e à vista de todos."""
    if not caminho:
        return ""
    try:
        return Path(caminho).read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as erro:
        raise argparse.ArgumentTypeError("não é um arquivo que se leia") from erro


_LEITURAS: dict[str, Callable[[str], Any]] = {
    "inteiro": int, "valor": _centavos, "data": _data, "datas": _data, "arquivo": Path, "saida": Path, "saidas": Path,
    "segredo": _segredo,
}  # fmt: skip


_SEM_VALOR = set(_LEITURAS) - {"segredo"}
"""Tipos em que não dizer é ``None``, e não texto vazio."""


def leitor() -> argparse.ArgumentParser:
    """O leitor de argumentos, com todos os comandos."""
    raiz = argparse.ArgumentParser(prog="guiche", description="Cobrança bancária a partir de uma pasta de trabalho.")
    raiz.add_argument("--version", action="version", version=f"guiche {__version__}")
    geral = argparse.ArgumentParser(add_help=False)
    geral.add_argument("--json", action="store_true", help="resposta para máquinas")
    geral.add_argument("--hoje", type=_data, help="data do ato (padrão: hoje)")
    geral.add_argument("--usuario", default="", help="quem age (padrão: o usuário do sistema)")
    comandos = raiz.add_subparsers(required=True, metavar="ATO")
    grupos: dict[str, Acoes[argparse.ArgumentParser]] = {}
    for ato in atos().values():
        if not ato.igual_a:
            *palavras, ultima = ato.comando.split()
            onde = _grupo(comandos, grupos, palavras[0]) if palavras else comandos
            _comando(onde, geral, ato, ultima)
    return raiz


def _grupo(
    comandos: Acoes[argparse.ArgumentParser], grupos: dict[str, Acoes[argparse.ArgumentParser]], nome: str
) -> Acoes[argparse.ArgumentParser]:
    if nome not in grupos:
        novo = comandos.add_parser(nome, help=GRUPOS[nome])
        grupos[nome] = novo.add_subparsers(required=True, metavar="AÇÃO")
    return grupos[nome]


def _comando(onde: Acoes[argparse.ArgumentParser], geral: argparse.ArgumentParser, ato: Ato, nome: str) -> None:
    frase = ato.ajuda[0].lower() + ato.ajuda[1:].rstrip(".")
    comando = onde.add_parser(nome, parents=[geral], help=frase, description=ato.ajuda, aliases=ato.apelidos)
    comando.set_defaults(ato=ato.id)
    if ato.alvo:
        comando.add_argument("caminho", metavar="pasta", type=Path, help="a pasta de trabalho (.xlsx)")
    for opcao in ato.opcoes:
        _opcao(comando, opcao)


def _opcao(comando: argparse.ArgumentParser, opcao: Opcao) -> None:
    dados: dict[str, Any] = {"help": opcao.ajuda[0].lower() + opcao.ajuda[1:].rstrip(".").replace("%", "%%")}
    if opcao.tipo in _LEITURAS:
        dados["type"] = _LEITURAS[opcao.tipo]
    if opcao.posicional:
        solta = {"nargs": "?", "default": opcao.padrao} if opcao.dispensavel else {}
        comando.add_argument(opcao.chaves[0], **dados, **solta)
        return
    if opcao.tipo == "sim_nao":
        dados["action"] = "store_true"
    elif opcao.tipo == "saidas":
        dados |= {"action": "append", "default": []}
    else:
        dados["default"] = opcao.padrao or (None if opcao.tipo in _SEM_VALOR else "")
    if opcao.lista:
        dados["choices"] = opcao.lista
    if opcao.obrigatoria:
        dados["required"] = True
    for chave in opcao.chaves:
        comando.add_argument(f"--{chave.replace('_', '-')}", **dados)
