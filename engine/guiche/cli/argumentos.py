"""Os comandos e suas opções, tirados do registro dos atos."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from guiche import __version__
from guiche.atos import Ato, Opcao, atos
from guiche.cli.portugues import Leitor, ajuda, centavos, data, ensinar, inteiro, segredo, uma_de

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


_LEITURAS: dict[str, Callable[[str], Any]] = {
    "inteiro": inteiro, "valor": centavos, "data": data, "datas": data, "arquivo": Path, "saida": Path, "saidas": Path,
    "segredo": segredo,
}  # fmt: skip
_MOLDES = {
    "inteiro": "N", "valor": "REAIS", "data": "DD/MM/AAAA", "datas": "DD/MM/AAAA", "arquivo": "ARQUIVO",
    "saida": "ARQUIVO", "saidas": "ARQUIVO", "segredo": "ARQUIVO",
}  # fmt: skip
"""O que a ajuda mostra no lugar do valor; o texto mostra o nome da opção."""

_SEM_VALOR = set(_LEITURAS) - {"segredo"}
"""Tipos em que não dizer é ``None``, e não texto vazio."""


def _sem_dizer(opcao: Opcao) -> Any:
    """O valor de quem não a disse: um texto o argparse ainda leria, e Path("") é a pasta em que se está."""
    return opcao.padrao or (None if opcao.tipo in _SEM_VALOR else "")


def leitor() -> Leitor:
    """O leitor de argumentos, com todos os comandos."""
    ensinar()
    raiz = Leitor(prog="guiche", description="Cobrança bancária a partir de uma pasta de trabalho.")
    raiz.add_argument("--version", action="version", version=f"guiche {__version__}", help="mostra a versão")
    geral = Leitor(add_help=False)
    geral.add_argument("--json", action="store_true", help="resposta para máquinas")
    geral.add_argument("--hoje", type=data, metavar="DD/MM/AAAA", help="data do ato (padrão: hoje)")
    geral.add_argument("--usuario", default="", metavar="NOME", help="quem age (padrão: o usuário do sistema)")
    comandos = raiz.add_subparsers(required=True, metavar="ATO")
    grupos: dict[str, Acoes[Leitor]] = {}
    for ato in atos().values():
        if not ato.igual_a:
            *palavras, ultima = ato.comando.split()
            onde = _grupo(comandos, grupos, palavras[0]) if palavras else comandos
            _comando(onde, geral, ato, ultima)
    return raiz


def _grupo(comandos: Acoes[Leitor], grupos: dict[str, Acoes[Leitor]], nome: str) -> Acoes[Leitor]:
    if nome not in grupos:
        novo = comandos.add_parser(nome, help=GRUPOS[nome])
        grupos[nome] = novo.add_subparsers(required=True, metavar="AÇÃO")
    return grupos[nome]


def _comando(onde: Acoes[Leitor], geral: Leitor, ato: Ato, nome: str) -> None:
    frase = ajuda(ato.ajuda)
    inteira = f"{frase[0].upper()}{frase[1:]}."
    comando = onde.add_parser(nome, parents=[geral], help=frase, description=inteira, aliases=ato.apelidos)
    comando.set_defaults(ato=ato.id)
    if ato.alvo:
        comando.add_argument("caminho", metavar="pasta", type=Path, help="a pasta de trabalho (.xlsx)")
    for opcao in ato.opcoes:
        _opcao(comando, opcao)


def _opcao(comando: Leitor, opcao: Opcao) -> None:
    dados: dict[str, Any] = {"help": ajuda(opcao.ajuda).replace("%", "%%")}
    if opcao.tipo in _LEITURAS:
        dados["type"] = _LEITURAS[opcao.tipo]
    if opcao.posicional:
        solta = {"nargs": "?", "default": _sem_dizer(opcao)} if opcao.dispensavel else {}
        comando.add_argument(opcao.chaves[0], **dados, **solta)
        return
    if opcao.tipo == "sim_nao":
        dados["action"] = "store_true"
    elif opcao.tipo == "saidas":
        dados |= {"action": "append", "default": [], "metavar": _MOLDES[opcao.tipo]}
    else:
        dados |= {"default": _sem_dizer(opcao), "metavar": _MOLDES.get(opcao.tipo)}
    if opcao.lista:
        dados |= {"metavar": f"{{{','.join(opcao.lista)}}}", "type": uma_de(opcao.lista)}
    if opcao.obrigatoria:
        dados["required"] = True
    for chave in opcao.chaves:
        comando.add_argument(f"--{chave.replace('_', '-')}", **dados)
