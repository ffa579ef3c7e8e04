"""O servidor PostgreSQL onde moram livros: um esquema por livro, várias empresas num banco de dados só.

Cada operador pode ter sua cópia da pasta de trabalho; o que as une é o id do livro,
que dá nome ao esquema. A senha do endereço não sai daqui em mensagem nenhuma.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from guiche.erros import ErroDeLivro, Local
from guiche.livro.conexao import A_MEIO, Linha, criar_propriedades, definir, migrar, propriedade
from guiche.livro.postgresql import LivroPostgresql, primeira_linha, traduzindo

Ligacao = psycopg.Connection[Linha]

_FORMA = re.compile(r"postgres(ql)?://([^@/?#]*@)?[\w.,:%\[\]-]*(/[^@?#]*)?(\?[^@#]*)?", re.ASCII)
_PREFIXO = "guiche_"
_LIGACAO = {
    "connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
}  # fmt: skip
_DA_SESSAO = """
SET client_min_messages = warning; SET timezone = 'UTC'; SET idle_in_transaction_session_timeout = '15min';
SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
"""
_LIVROS = """
SELECT nspname FROM pg_namespace
WHERE nspname ~ '^guiche_[0-9a-f]{32}$' AND has_schema_privilege(nspname, 'USAGE') ORDER BY nspname
"""


def abrir(
    endereco: str, id_na_pasta: str, origem: str, usuario: str, *, criar: bool = False
) -> tuple[LivroPostgresql, str]:
    """Abre o livro de id dado, ou o que nasceu da pasta de trabalho ``origem``, ou um novo; devolve-o com seu id.

    ``criar`` cria o de id dado, se o servidor não o tem, para nele se copiar outro.

    Raises:
        ErroDeLivro: ``livro.endereco``, ``livro.conexao``, ou ``livro.perdido`` (o servidor não tem o livro do id).
    """
    ligacao, nome = _ligar(endereco, f"guiche:{quote(usuario)}@{quote(origem.partition(':')[0])}")
    try:
        with traduzindo(ligacao, nome):
            livros = [esquema.removeprefix(_PREFIXO) for (esquema,) in ligacao.execute(_LIVROS)]
            nascido = "" if id_na_pasta else _nascido_de(ligacao, livros, origem)
        if id_na_pasta and id_na_pasta not in livros and not criar:
            raise ErroDeLivro("livro.perdido", f"{nome} não tem o livro desta pasta de trabalho", local=Local(nome))
        identidade = id_na_pasta or nascido or uuid4().hex
        livro = LivroPostgresql(ligacao, nome, origem, int.from_bytes(bytes.fromhex(identidade)[:8], signed=True))
        livro.executar(f"SET search_path TO {_PREFIXO}{identidade}")
        if identidade not in livros:
            _criar(livro, identidade, a_meio=criar)
        migrar(livro)
        if propriedade(livro, A_MEIO) and not criar:
            raise ErroDeLivro("livro.a_meio", "a mudança deste livro para o servidor não acabou", local=Local(nome))
    except BaseException:
        ligacao.close()
        raise
    return livro, identidade


def _criar(livro: LivroPostgresql, identidade: str, *, a_meio: bool) -> None:
    """Um livro vazio, que já sabe de que pasta de trabalho nasceu: se o ato morre aqui, o seguinte o reencontra."""
    with livro.transacao():
        livro.executar(f"CREATE SCHEMA {_PREFIXO}{identidade}")
        criar_propriedades(livro)
        definir(livro, "pasta", livro.origem)
        if a_meio:
            definir(livro, A_MEIO, "sim")


def _nascido_de(ligacao: Ligacao, livros: list[str], origem: str) -> str:
    for identidade in livros:
        consulta = f"SELECT 1 FROM {_PREFIXO}{identidade}.propriedade WHERE nome = 'pasta' AND valor = %s"  # noqa: S608
        if ligacao.execute(consulta, (origem,)).fetchall():
            return identidade
    return ""


def _partes(endereco: str) -> dict[str, Any]:
    """As partes do endereço; o que se recusa não se mostra, que pode trazer a senha.

    Numa senha solta com ``@``, ``/`` ou ``?``, o resto dela passaria por nome do servidor.
    """
    try:
        partes = conninfo_to_dict(endereco) if _FORMA.fullmatch(endereco) else {}
    except psycopg.Error:
        partes = {}
    if not partes or not re.fullmatch(r"[\d,]*", str(partes.get("port") or "")):
        razao = "o endereço do livro não se entende; numa senha, @ / ? e # se escrevem %40 %2F %3F e %23"
        raise ErroDeLivro("livro.endereco", razao) from None
    return partes


def _ligar(endereco: str, quem: str) -> tuple[Ligacao, str]:
    """A conexão e como chamar o servidor nas mensagens; de um erro só sai o que não mostra a senha."""
    partes = _partes(endereco)
    nome = f"{partes.get('host') or 'PostgreSQL'}/{partes.get('dbname') or ''}"
    try:
        opcoes = _LIGACAO | partes | {"application_name": quem, "client_encoding": "UTF8"}
        ligacao = psycopg.connect(make_conninfo(**opcoes), autocommit=True, prepare_threshold=None)
        ligacao.execute(_DA_SESSAO)
    except psycopg.Error as erro:
        razao = _sem_senha(primeira_linha(erro), str(partes.get("password") or ""))
        raise ErroDeLivro("livro.conexao", razao, local=Local(nome)) from None
    if ligacao.info.parameter_status("server_encoding") != "UTF8":
        ligacao.close()
        raise ErroDeLivro("livro.endereco", "o banco de dados não guarda os textos em UTF-8", local=Local(nome))
    return ligacao, nome


def _sem_senha(texto: str, senha: str) -> str:
    return texto.replace(senha, "•••") if senha else texto
