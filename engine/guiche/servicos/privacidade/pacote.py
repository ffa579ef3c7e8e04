"""O pacote de diagnóstico: o que o suporte precisa ver, sem nada de pessoas, contas ou empresas (K-19).

O que entra se lista, uma coisa de cada vez; o que não se listou não vai.
"""

from __future__ import annotations

import json
import platform
import sys
import zipfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any

from guiche import __version__
from guiche.arquivos.anonimizar import tapar_pontas
from guiche.erros import ErroGuiche
from guiche.livro import arquivos, atos
from guiche.livro.contagem import contagens, ultimos_arquivos
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.planilha.esquema import esquema

ATOS, ARQUIVOS = 200, 20
"""Quantos atos e arquivos, os mais novos, o pacote leva."""
_BIBLIOTECAS = ("isal", "openpyxl", "psycopg", "pydantic", "python-calamine", "reportlab", "xlwings")
_NASCIMENTO = (2026, 1, 1, 0, 0, 0)


def empacotar(saida: Path, ctx: Contexto | None, recusa: str = "", exames: Sequence[tuple[str, str]] = ()) -> Resultado:
    """Grava o pacote; sem pasta de trabalho, ou se ela não abre (``recusa`` é o código), vai o resto."""
    partes: dict[str, Any] = {"versoes.json": _versoes(), "exames.json": dict(exames)}
    if recusa:
        partes["recusa.json"] = {"codigo": recusa}
    if ctx is not None:
        partes["livro.json"] = contagens(ctx.livro)
        partes["abas.json"] = _abas(ctx)
        partes["diario.json"] = _diario(ctx)
        partes["arquivos.json"] = _pontas(ctx)
    escrever_inteiro(saida, _zip(partes))
    relato = [
        f"{saida}: {', '.join(partes)}.",
        "Não leva nomes, documentos, contas, títulos nem usuários; abra e veja.",
    ]
    if recusa:
        relato.append(f"A pasta de trabalho não abriu ({recusa}): o pacote vai sem o que há nela e no livro.")
    return Resultado("pacote de diagnóstico", tuple(relato), {"partes": list(partes)}, arquivos=(saida,))


def _zip(partes: Mapping[str, Any]) -> bytes:
    memoria = BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as pacote:
        for nome, conteudo in partes.items():
            texto = json.dumps(conteudo, ensure_ascii=False, indent=1)
            pacote.writestr(zipfile.ZipInfo(nome, _NASCIMENTO), texto)
    return memoria.getvalue()


def _versoes() -> dict[str, str]:
    achadas = {"guiche": __version__, "python": platform.python_version(), "sistema": sys.platform,
               "processador": platform.machine()}  # fmt: skip
    for nome in _BIBLIOTECAS:
        try:
            achadas[nome] = version(nome)
        except PackageNotFoundError:
            achadas[nome] = "não instalada"
    return achadas


def _abas(ctx: Contexto) -> dict[str, int | str]:
    """Quantas linhas tem cada tabela, ou o código do que a impede de ser lida."""
    contas: dict[str, int | str] = {}
    for tabela in esquema():
        try:
            contas[tabela] = len(ctx.pasta.ler(tabela, esquema()[tabela].ids()).linhas)
        except ErroGuiche as erro:
            contas[tabela] = erro.codigo
    return contas


def _diario(ctx: Contexto) -> list[dict[str, Any]]:
    """Os últimos atos: o que se fez e quando, os números, e as pessoas por ordem (u1, u2)."""
    usuarios: dict[str, str] = {}
    feitos = []
    for ato, quando, usuario, tipo, antes, depois in atos.diario(ctx.livro)[:ATOS]:
        quem = usuarios.setdefault(usuario, f"u{len(usuarios) + 1}")
        numeros = {"antes": _so_numeros(antes), "depois": _so_numeros(depois)}
        feitos.append({"ato": ato, "quando": quando, "quem": quem, "tipo": tipo} | numeros)
    return feitos


def _so_numeros(escrito: str) -> dict[str, Any]:
    """Só contas e códigos do próprio livro; dos textos, só quantos caracteres têm."""
    dados: Mapping[str, Any] = json.loads(escrito)
    return {nome: valor if isinstance(valor, int) else f"texto de {len(str(valor))}" for nome, valor in dados.items()}


def _pontas(ctx: Contexto) -> dict[str, Any]:
    """Primeira e última linha dos arquivos trocados com o banco, com o que é pessoal tapado."""
    pontas: dict[str, Any] = {}
    for nome, sha in ultimos_arquivos(ctx.livro, ARQUIVOS):
        conteudo = arquivos.recuperar(ctx.livro, sha)
        try:
            pontas[nome] = tapar_pontas(conteudo, nome)
        except ErroGuiche as erro:
            pontas[nome] = {"codigo": erro.codigo, "bytes": len(conteudo)}
    return pontas
