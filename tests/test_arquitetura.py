"""Quem pode importar quem, o que não se carrega no começo e as medidas da casa."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from docs import gerar

ENGINE = Path(__file__).parents[1] / "engine"
RAIZ = ENGINE / "guiche"
MODULOS = sorted(RAIZ.rglob("*.py"))

_MIOLO = {"erros", "dominio"}
_MESA = _MIOLO | {"layout", "bancos", "livro", "arquivos", "planilha", "documentos", "boleto", "remessa", "debito"}
_ABAIXO_DOS_SERVICOS = _MESA | {"oficio", "exame", "vistas"}
PODE_IMPORTAR: dict[str, set[str]] = {
    "__init__": set(),
    "erros": set(),
    "atos": {"erros"},
    "dominio": {"erros"},
    "relogio": {"livro"},
    "layout": _MIOLO,
    "livro": _MIOLO,
    "planilha": _MIOLO | {"atos"},
    "documentos": _MIOLO,
    "bancos": _MIOLO | {"layout"},
    "arquivos": _MIOLO | {"layout", "bancos", "boleto"},
    "boleto": _MIOLO | {"layout"},
    "remessa": _MIOLO | {"layout", "boleto", "bancos"},
    "debito": _MIOLO | {"layout", "bancos", "livro"},
    "oficio": _MESA,
    "exame": _MESA | {"oficio"},
    "vistas": _MESA | {"oficio", "exame"},
    "servicos": _ABAIXO_DOS_SERVICOS,
    "cli": _ABAIXO_DOS_SERVICOS | {"servicos", "atos", "relogio"},
    "excel": _ABAIXO_DOS_SERVICOS | {"servicos", "atos", "relogio", "libreoffice"},
    "libreoffice": _ABAIXO_DOS_SERVICOS | {"servicos", "atos", "relogio"},
    "__main__": {"cli"},
}
ENTRE_OS_ATOS: dict[str, set[str]] = {
    "ato": set(),
    "arquivo": set(),
    "pasta": set(),
    "privacidade": set(),
    "supervisao": set(),
    "boletos": set(),
    "titulos": set(),
    "debito": {"supervisao"},
    "cobranca": {"boletos", "supervisao"},
    "remessas": {"debito", "cobranca"},
    "retornos": {"debito", "cobranca", "titulos"},
    "fechamentos": {"debito", "boletos"},
    "cuidados": {"boletos", "debito", "cobranca", "remessas", "retornos"},
    "treino": {"arquivo", "pasta", "boletos", "titulos", "debito", "cobranca", "remessas", "retornos"},
}
"""Dos quartos de ``servicos``, quem pode usar quem: os atos que vêm depois na vida de um título usam os de antes.

O esqueleto deles, ``ato``, todos usam, e não usa nenhum.
"""
DO_ESQUELETO = {"transacao", "retomar", "atualizar_pasta", "cadastros.problemas"}
SO_NESTES: dict[str, set[str]] = {
    "openpyxl": {"planilha"},
    "python_calamine": {"planilha"},
    "xlwings": {"excel"},
    "pyopenvba": {"excel"},
    "tkinter": {"excel"},
    "reportlab": {"documentos"},
    "barcode": {"documentos"},
    "psycopg": {"livro"},
    "sqlite3": {"livro"},
    "pydantic": {"dominio", "planilha", "layout", "bancos"},
}
PESADAS = ("pydantic", "openpyxl", "reportlab", "python_calamine", "xlwings", "psycopg", "pyopenvba", "tkinter")
PROIBIDAS = {"manager", "service", "helper", "utils", "factory"}  # "util" fica: dia útil, altura útil
LINHAS_POR_MODULO = 300
LINHAS_POR_FUNCAO = 40
MEDIANA_POR_FUNCAO = 8

Funcao = ast.FunctionDef | ast.AsyncFunctionDef


def _nome(modulo: Path) -> str:
    return modulo.relative_to(RAIZ).as_posix()


por_modulo = pytest.mark.parametrize("modulo", MODULOS, ids=_nome)


@cache
def _arvore(modulo: Path) -> ast.Module:
    return ast.parse(modulo.read_text("utf-8"))


def _parte(modulo: Path) -> str:
    return modulo.relative_to(RAIZ).parts[0].removesuffix(".py")


def importados(arvore: ast.AST) -> Iterator[str]:
    """Nomes completos do que se importa, também dentro de função; ``from guiche import x`` dá ``guiche.x``."""
    for no in ast.walk(arvore):
        if isinstance(no, ast.Import):
            yield from (apelido.name for apelido in no.names)
        elif isinstance(no, ast.ImportFrom) and no.module in {"guiche", "guiche.servicos"}:
            yield from (f"{no.module}.{apelido.name}" for apelido in no.names)
        elif isinstance(no, ast.ImportFrom):
            yield no.module or ""


def faltas_de_direcao(parte: str, arvore: ast.AST) -> list[str]:
    """O que ``parte`` importa sem poder."""
    pode = PODE_IMPORTAR[parte] | {parte}
    faltas = []
    for nome in importados(arvore):
        raiz, _, resto = nome.partition(".")
        alvo = resto.split(".")[0]
        if raiz == "guiche" and alvo and alvo not in pode and not alvo.startswith("__"):
            faltas.append(f"{parte} não pode importar {nome}")
        if parte not in SO_NESTES.get(raiz, {parte}):
            faltas.append(f"{parte} não pode importar {raiz}")
    return faltas


@por_modulo
def test_direcao_das_dependencias(modulo: Path) -> None:
    parte = _parte(modulo)
    assert parte in PODE_IMPORTAR, f"{parte}: diga em PODE_IMPORTAR o que esta parte pode importar"
    assert not faltas_de_direcao(parte, _arvore(modulo))


def faltas_entre_os_atos(quarto: str, arvore: ast.AST) -> list[str]:
    """Os outros quartos de ``servicos`` que ``quarto`` usa sem poder."""
    pode = ENTRE_OS_ATOS[quarto] | {quarto, "ato"}
    usa = {nome.split(".")[2] for nome in importados(arvore) if nome.startswith("guiche.servicos.")}
    return [f"{quarto} não pode usar {outro}" for outro in sorted(usa - pode)]


@pytest.mark.parametrize("modulo", [m for m in MODULOS if _parte(m) == "servicos"], ids=_nome)
def test_direcao_entre_os_atos(modulo: Path) -> None:
    quarto = modulo.relative_to(RAIZ).parts[1].removesuffix(".py")
    if quarto == "__init__":
        assert not list(importados(_arvore(modulo)))
        return
    assert quarto in ENTRE_OS_ATOS, f"{quarto}: diga em ENTRE_OS_ATOS que outros quartos este pode usar"
    assert not faltas_entre_os_atos(quarto, _arvore(modulo))


def test_os_quartos_dos_atos_nao_fazem_roda() -> None:
    TopologicalSorter(ENTRE_OS_ATOS).prepare()
    em_roda = {**ENTRE_OS_ATOS, "boletos": {"cobranca"}}
    with pytest.raises(CycleError):
        TopologicalSorter(em_roda).prepare()


def fora_do_esqueleto(arvore: ast.AST) -> set[str]:
    """O que é só do esqueleto dos atos e se menciona, chamado, importado ou passado adiante."""
    mencionados = set()
    for no in ast.walk(arvore):
        match no:
            case ast.Attribute(value=ast.Name(id=de), attr=nome):
                mencionados |= {nome, f"{de}.{nome}"}
            case ast.Attribute(attr=nome) | ast.Name(id=nome) | ast.alias(name=nome):
                mencionados.add(nome)
    return mencionados & DO_ESQUELETO


@pytest.mark.parametrize("modulo", [m for m in MODULOS if _parte(m) == "servicos"], ids=_nome)
def test_so_o_esqueleto_retoma_recusa_abre_a_transacao_e_refaz_as_abas(modulo: Path) -> None:
    assert not fora_do_esqueleto(_arvore(modulo)) or modulo == RAIZ / "servicos" / "ato.py"


@pytest.mark.parametrize(
    ("codigo", "menciona"),
    [
        ("with ctx.livro.transacao():\n    pass", "transacao"),
        ("def f(ctx):\n    abre = ctx.livro.transacao", "transacao"),
        ("from guiche.vistas.abas import atualizar_pasta as refaz", "atualizar_pasta"),
        ("from guiche.vistas import abas\nabas.atualizar_pasta(ctx, cadastros)", "atualizar_pasta"),
        ("antes = retomar(ctx)", "retomar"),
        ("if cadastros.problemas:\n    pass", "cadastros.problemas"),
    ],
)
def test_a_regra_do_esqueleto_apanha_a_falta(codigo: str, menciona: str) -> None:
    assert fora_do_esqueleto(ast.parse(codigo)) == {menciona}


_CAMINHOS = [t["passos"] for c in gerar._toml("docs/caminhos.toml")["caminhos"] for t in c["trechos"]]


@pytest.mark.parametrize("passos", _CAMINHOS, ids=lambda passos: passos[-1])
def test_os_caminhos_que_se_contam_sao_os_do_codigo(passos: list[str]) -> None:
    """Cada passo existe, o módulo usa o do passo seguinte, e nenhum sobe um andar."""
    usa = _importa()
    for (de, _), (para, _) in pairwise([passo.split(":") for passo in passos]):
        assert de == "atos" or f"guiche.{para}" in usa[f"guiche.{de}"], f"{de} já não usa {para}"
        assert gerar.andar(de) <= gerar.andar(para), f"de {de} a {para} sobe-se um andar"
    for modulo, nome in (passo.split(":") for passo in passos):
        assert nome in set(_definidos(ast.parse(_fonte_de(f"guiche.{modulo}")))), f"{modulo} já não tem {nome}"


def _fonte_de(modulo: str) -> str:
    lugar = ENGINE.joinpath(*modulo.split("."))
    return (lugar / "__init__.py" if lugar.is_dir() else lugar.with_suffix(".py")).read_text("utf-8")


def _importa() -> dict[str, set[str]]:
    """Cada módulo e os que importa, também dentro de função e só para os tipos."""
    nome_de = {".".join(m.relative_to(ENGINE).with_suffix("").parts).removesuffix(".__init__"): m for m in MODULOS}
    return {
        nome: {alvo for visto in _alvos(_arvore(m)) for alvo in visto if alvo in nome_de} - {nome}
        for nome, m in nome_de.items()
    }


def _alvos(arvore: ast.AST) -> Iterator[tuple[str, ...]]:
    for no in ast.walk(arvore):
        if isinstance(no, ast.Import):
            yield tuple(apelido.name for apelido in no.names)
        elif isinstance(no, ast.ImportFrom):
            yield (no.module or "", *(f"{no.module}.{apelido.name}" for apelido in no.names))


def test_modulo_nenhum_importa_a_si_por_outros() -> None:
    usos = _importa()
    assert len(list(TopologicalSorter(usos).static_order())) == len(MODULOS)
    usos["guiche.erros"] = {"guiche.cli"}  # a volta que se faria, e que a ordem apanha
    with pytest.raises(CycleError):
        TopologicalSorter(usos).prepare()


@pytest.mark.parametrize(
    ("quarto", "codigo"),
    [
        ("boletos", "from guiche.servicos.cobranca import fila"),
        ("boletos", "from guiche.servicos import cobranca"),
        ("debito", "def f():\n    from guiche.servicos.retornos.importar import importar"),
        ("titulos", "import guiche.servicos.treino.demo"),
        ("ato", "from guiche.servicos.titulos import titulo"),
    ],
)
def test_a_regra_entre_os_atos_apanha_a_falta(quarto: str, codigo: str) -> None:
    assert len(faltas_entre_os_atos(quarto, ast.parse(codigo))) == 1


@pytest.mark.parametrize(
    ("parte", "codigo"),
    [
        ("dominio", "from guiche.livro import x"),
        ("planilha", "import guiche.servicos"),
        ("layout", "from guiche import bancos"),
        ("servicos", "from guiche.cli import main"),
        ("dominio", "def f():\n    import openpyxl"),
        ("servicos", "import sqlite3"),
        ("oficio", "from guiche.servicos.debito import gerar"),
        ("vistas", "def f():\n    from guiche.servicos.debito import gerar"),
        ("debito", "from guiche.oficio.contexto import Contexto"),
    ],
)
def test_a_regra_de_direcao_apanha_a_falta(parte: str, codigo: str) -> None:
    assert len(faltas_de_direcao(parte, ast.parse(codigo))) == 1


@por_modulo
def test_so_a_linha_de_comando_escreve_na_tela(modulo: Path) -> None:
    chamadas = [no.func for no in ast.walk(_arvore(modulo)) if isinstance(no, ast.Call)]
    escreve = any(isinstance(funcao, ast.Name) and funcao.id == "print" for funcao in chamadas)
    assert not escreve or _parte(modulo) == "cli"


@pytest.mark.parametrize("modulo", ["guiche.cli", "guiche.documentos.relatorio"])
def test_o_comeco_nao_carrega_biblioteca_pesada(modulo: str) -> None:
    codigo = f"import sys, {modulo}; print(*(n for n in {PESADAS!r} if n in sys.modules))"
    comando = [sys.executable, "-c", codigo]
    saida = subprocess.run(comando, cwd=ENGINE, capture_output=True, encoding="utf-8", check=False)
    assert (saida.returncode, saida.stdout.strip()) == (0, ""), saida.stderr


def _funcoes(arvore: ast.Module) -> Iterator[Funcao]:
    return (no for no in ast.walk(arvore) if isinstance(no, ast.FunctionDef | ast.AsyncFunctionDef))


def _linhas(funcao: Funcao) -> int:
    """Linhas da função sem a docstring: explicar não pesa."""
    total = (funcao.end_lineno or funcao.lineno) - funcao.lineno + 1
    primeira = funcao.body[0]
    if ast.get_docstring(funcao) is not None:
        total -= (primeira.end_lineno or primeira.lineno) - primeira.lineno + 1
    return total


@por_modulo
def test_tamanho_do_modulo_e_das_funcoes(modulo: Path) -> None:
    assert len(modulo.read_text("utf-8").splitlines()) <= LINHAS_POR_MODULO
    compridas = {f.name: _linhas(f) for f in _funcoes(_arvore(modulo)) if _linhas(f) > LINHAS_POR_FUNCAO}
    assert not compridas


def test_a_funcao_mediana_e_curta() -> None:
    assert median(_linhas(f) for modulo in MODULOS for f in _funcoes(_arvore(modulo))) <= MEDIANA_POR_FUNCAO


def _definidos(arvore: ast.Module) -> Iterator[str]:
    for no in ast.walk(arvore):
        match no:
            case ast.FunctionDef(name=nome) | ast.AsyncFunctionDef(name=nome) | ast.ClassDef(name=nome):
                yield nome
            case ast.arg(arg=nome) | ast.Name(id=nome, ctx=ast.Store()):
                yield nome
            case ast.Attribute(
                value=ast.Name(id="self"), attr=nome, ctx=ast.Store()
            ):  # os de outros são das bibliotecas
                yield nome


def palavras(nome: str) -> list[str]:
    """Palavras de um identificador, em minúsculas.

    >>> palavras("ErroDeCampo"), palavras("_ler_linha2")
    (['erro', 'de', 'campo'], ['ler', 'linha'])
    """
    return [p.lower() for p in re.findall(r"[A-ZÀ-Þ]?[a-zà-ÿ]+|[A-ZÀ-Þ]+(?![a-z])", nome)]


@por_modulo
def test_nomes_sem_acento_e_sem_palavra_vazia(modulo: Path) -> None:
    nomes = {*_definidos(_arvore(modulo)), *(parte.removesuffix(".py") for parte in modulo.relative_to(RAIZ).parts)}
    assert not [nome for nome in nomes if not nome.isascii()]
    assert not [nome for nome in nomes if PROIBIDAS & set(palavras(nome))]


def test_a_regra_dos_nomes_apanha_a_falta() -> None:
    arvore = ast.parse("class TituloManager:\n    def situação(self, x_helper): self.rowUtils = 1")
    ruins = [n for n in _definidos(arvore) if not n.isascii() or PROIBIDAS & set(palavras(n))]
    assert ruins == ["TituloManager", "situação", "x_helper", "rowUtils"]
