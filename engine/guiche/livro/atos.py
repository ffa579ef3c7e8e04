"""O diário: quem fez o quê, quando, e o que mudou. Cada ato é uma transação."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from guiche.dominio.dinheiro import escrever_reais
from guiche.livro.conexao import Linha, Livro

_DO_ATO = ("id", "tipo", "quando", "hoje", "usuario", "origem", "antes", "depois")


@dataclass(frozen=True, slots=True)
class Autor:
    """Quem age e quando; vem de fora, o livro não olha o relógio."""

    usuario: str
    agora: datetime
    hoje: date


def proximo_id(livro: Livro, tabela: str) -> int:
    """Próximo id da tabela; só vale dentro da transação que o usa."""
    return int(livro.valor(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {tabela}"))  # noqa: S608  o nome vem do código


def registrar(
    livro: Livro, autor: Autor, tipo: str, *, antes: Mapping[str, Any] | None = None, depois: Mapping[str, Any]
) -> int:
    """Abre o ato no diário e devolve seu id; chame dentro da transação do ato."""
    ato = proximo_id(livro, "ato")
    quem = (_hora(autor.agora), autor.hoje.isoformat(), autor.usuario, livro.origem)
    livro.inserir("ato", _DO_ATO, [(ato, tipo, *quem, _json(antes or {}), _json(depois))])
    return ato


def registrar_eventos(livro: Livro, ato: int, gatilho: str, mudancas: Iterable[tuple[int, int, int]]) -> None:
    """Acrescenta ao histórico as mudanças de estado de linhas: (linha, de, para)."""
    colunas = ("ato_id", "linha_id", "de", "para", "gatilho")
    livro.inserir("evento", colunas, ((ato, linha, int(de), int(para), gatilho) for linha, de, para in mudancas))


def diario(livro: Livro) -> list[Linha]:
    """O diário inteiro: (ato, quando, usuário, tipo, antes, depois), do mais novo ao mais velho."""
    return livro.consultar("SELECT id, quando, usuario, tipo, antes, depois FROM ato ORDER BY id DESC")


def ultimo(livro: Livro) -> int:
    """Id do último ato; 0 se o livro é novo."""
    return int(livro.valor("SELECT COALESCE(MAX(id), 0) FROM ato"))


def em_frase(dados: str) -> str:
    """O que o diário guarda de um ato, para se ler.

    >>> em_frase('{"arquivo": "b.ret", "nsa_repetido": "", "retorno": 2}')
    'arquivo b.ret, retorno 2'
    """
    lidos: dict[str, Any] = json.loads(dados)
    escritos = ((nome.replace("_", " "), valor) for nome, valor in lidos.items() if valor not in ("", None, [], {}))
    return ", ".join(f"{_NOMES.get(nome, nome)} {_escrito(nome, valor)}".strip() for nome, valor in escritos)


_NOMES = {"centavos": "", "titulo": "título"}
_DINHEIRO = {"centavos", "recebido", "desconto"}


def _escrito(nome: str, valor: Any) -> str:
    if nome in _DINHEIRO and isinstance(valor, int):
        return f"R$ {escrever_reais(valor)}"
    return " ".join(map(str, valor)) if isinstance(valor, list) else str(valor)


def _hora(momento: datetime) -> str:
    return momento.isoformat(sep=" ", timespec="seconds")


def _json(dados: Mapping[str, Any]) -> str:
    return json.dumps(dados, ensure_ascii=False, sort_keys=True, default=str)
