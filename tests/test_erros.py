"""O catálogo de erros: todo código usado tem verbete, todo verbete é usado, e o manual confere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import gerar
from guiche.erros import ErroDeRegra, ErroGuiche, Local, Problema, catalogo

ENGINE = gerar.RAIZ / "engine"
_CODIGO = re.compile(r"[a-z_]+\.[a-z0-9_]+")
_QUEM_LEVA_CODIGO = re.compile(r"erro|problema|recus|aviso", re.IGNORECASE)
_EXTENSOES = {"toml", "xlsx", "xlam", "sql", "pdf", "csv", "txt", "json", "md", "db", "py"}


def _chamado(funcao: ast.expr) -> str:
    match funcao:
        case ast.Name(id=nome) | ast.Attribute(attr=nome):
            return nome
    return ""


def _texto_de_codigo(no: ast.AST) -> str | None:
    if isinstance(no, ast.Constant) and isinstance(no.value, str) and _CODIGO.fullmatch(no.value):
        return None if no.value.split(".")[1] in _EXTENSOES else no.value
    return None


def codigos_usados(arvore: ast.AST, grupos: set[str]) -> Iterator[str]:
    """Códigos de erro no código-fonte.

    É código o primeiro argumento (ou ``codigo=``) de ``Erro…``, ``Problema`` e afins, e
    qualquer texto com a mesma forma num grupo do catálogo: os que passam por variável.
    """
    for no in ast.walk(arvore):
        if isinstance(no, ast.Call) and _QUEM_LEVA_CODIGO.search(_chamado(no.func)):
            candidatos = [*no.args[:1], *(chave.value for chave in no.keywords if chave.arg == "codigo")]
            yield from (codigo for c in candidatos for codigo in [_texto_de_codigo(c)] if codigo)
        codigo = _texto_de_codigo(no)
        if codigo and codigo.split(".")[0] in grupos:
            yield codigo


def _usados() -> dict[str, str]:
    grupos = {codigo.split(".")[0] for codigo in catalogo()}
    return {
        codigo: modulo.relative_to(ENGINE).as_posix()
        for modulo in sorted(Path(ENGINE).rglob("*.py"))
        for codigo in codigos_usados(ast.parse(modulo.read_text("utf-8")), grupos)
    }


def test_todo_codigo_usado_tem_verbete() -> None:
    assert not {codigo: onde for codigo, onde in _usados().items() if codigo not in catalogo()}


def test_todo_verbete_e_usado() -> None:
    assert not sorted(set(catalogo()) - set(_usados()))


def test_todo_verbete_diz_quando_e_o_que_fazer() -> None:
    for codigo, verbete in catalogo().items():
        assert _CODIGO.fullmatch(codigo)
        assert set(verbete) == {"quando", "fazer"}, codigo
        for frase in verbete.values():
            assert frase[:1].isupper(), codigo
            assert frase.endswith("."), codigo


def test_o_manual_de_erros_esta_em_dia() -> None:
    assert (gerar.RAIZ / "docs/erros.md").read_text("utf-8") == gerar.erros(), "rode python docs/gerar.py"


@pytest.mark.parametrize(
    ("fonte", "codigos"),
    [
        ("raise ErroDeCampo('campo.novo', 'x')", {"campo.novo"}),
        ("self._problema('campo.novo', 'x')", {"campo.novo"}),
        ("Problema(mensagem='x', codigo='campo.novo')", {"campo.novo"}),
        ("codigo = 'livro.ocupado'", {"livro.ocupado"}),
        ("abrir('livro.toml'); achar('outra.coisa')", set()),
    ],
)
def test_a_coleta_de_codigos(fonte: str, codigos: set[str]) -> None:
    assert set(codigos_usados(ast.parse(fonte), {"livro"})) == codigos


def test_mensagem_diz_onde_o_que_e_o_que_fazer() -> None:
    erro = ErroDeRegra("documento.nao_gravado", "não deu", local=Local("Títulos", celula="F12"))
    assert isinstance(erro, ErroGuiche)
    fazer = catalogo()["documento.nao_gravado"]["fazer"]
    assert str(erro) == f"Títulos!F12: documento.nao_gravado: não deu\n    o que fazer: {fazer}"


def test_a_dica_vence_o_catalogo() -> None:
    problema = Problema("documento.nao_gravado", "não deu", Local("r.pdf", 7, (53, 67)), "feche o arquivo")
    assert str(problema) == "r.pdf:7:53-67: documento.nao_gravado: não deu\n    o que fazer: feche o arquivo"
    assert problema.como_dict() == {
        "codigo": "documento.nao_gravado",
        "gravidade": "erro",
        "onde": "r.pdf:7:53-67",
        "mensagem": "não deu",
        "fazer": "feche o arquivo",
    }


def test_codigo_sem_verbete_nem_lugar_so_diz_a_mensagem() -> None:
    assert str(ErroDeRegra("teste.sem_verbete", "não deu")) == "teste.sem_verbete: não deu"
