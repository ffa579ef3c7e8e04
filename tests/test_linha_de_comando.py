"""A linha de comando em português: a ajuda de cada comando e o que se diz de um uso errado."""

from __future__ import annotations

import argparse
import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from guiche.cli import main
from guiche.cli.argumentos import leitor
from guiche.cli.portugues import FRASES
from guiche.erros import do_sistema
from tests.sistema import RAIZ

DO_PROGRAMADOR = re.compile(
    r"callable|invalid argument for positionals|not defined|with mode|multiple subparser|cannot merge|conflicting"
    r"|dest= is|conflict_resolution|must start with|mutually exclusive arguments must"
)
"""Frases do argparse para quem o programa: saem ao montar o leitor, que os testes montam."""
INGLES = re.compile(
    r"\b(usage|positional|options?:|arguments?|show|this|message|exit|error|required|choose|from|invalid|value"
    r"|unrecognized|expected|default|program|version number)\b"
)


def leitores(deste: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """O leitor e os de todos os seus comandos."""
    yield deste
    for acao in deste._actions:
        if isinstance(acao, argparse._SubParsersAction):
            for outro in {id(o): o for o in acao.choices.values()}.values():
                yield from leitores(outro)


COMANDOS = {um.prog: um.format_help() for um in leitores(leitor())}


def test_ha_ajuda_de_todos_os_comandos() -> None:
    assert len(COMANDOS) > 90


@pytest.mark.parametrize("comando", COMANDOS)
def test_a_ajuda_esta_em_portugues(comando: str) -> None:
    ajuda = re.sub(r"--[\w-]+", "", COMANDOS[comando])  # os nomes das opções não são frases
    assert not INGLES.findall(ajuda)
    assert ajuda.startswith("uso: guiche")


@pytest.mark.parametrize("comando", COMANDOS)
def test_a_ajuda_nao_estraga_siglas_nem_fala_de_celulas(comando: str) -> None:
    ajuda = COMANDOS[comando]
    assert not re.findall(r"\b[a-z][A-Z]{2,}", ajuda)
    assert not re.search(r"\bsim: |em que você clicou|No Excel, escreva", " ".join(ajuda.split()))


def test_toda_frase_do_argparse_deste_python_tem_traducao() -> None:
    arvore = ast.parse(Path(argparse.__file__).read_text("utf-8"))
    chamadas = [no for no in ast.walk(arvore) if isinstance(no, ast.Call) and isinstance(no.func, ast.Name)]
    frases = {
        dado.value
        for chamada in chamadas
        if chamada.func.id in {"_", "ngettext"}  # type: ignore[attr-defined]
        for dado in chamada.args
        if isinstance(dado, ast.Constant) and isinstance(dado.value, str)
    }
    assert len(frases) > 20
    assert not {frase for frase in frases - FRASES.keys() if not DO_PROGRAMADOR.search(frase)}


USOS = {
    ("gerar", "x.xlsx", "--parcial", "sim"): "sobrou “sim”: --parcial não leva valor",
    ("gerar", "x.xlsx", "sobra"): "sobrou “sobra”",
    ("importar", "x.xlsx"): "falta dizer: retorno (o retorno que veio do banco)",
    ("titulo", "receber", "x.xlsx", "T1", "--valor", "abc"):
        "--valor: “abc” não é um valor em reais; escreva como 150,00",
    ("titulo", "receber", "x.xlsx", "T1", "--valor", "nan"):
        "--valor: “nan” não é um valor em reais; escreva como 150,00",
    ("titulo", "receber", "x.xlsx", "T1", "--dia", "30/02/2026"):
        "--dia: “30/02/2026” não é um dia do calendário; escreva como 31/12/2026",
    ("titulo", "receber", "x.xlsx", "T1", "--dia", "amanhã"):
        "--dia: “amanhã” não é um dia do calendário; escreva como 31/12/2026",
    ("titulo", "receber", "x.xlsx", "T1", "--baixar-em", "cofre"):
        "--baixar-em: “cofre” não serve; escolha entre CAIXA, CONTA",
    ("remessas", "ver", "x.xlsx", "um"): "remessa: “um” não é um número inteiro; escreva só algarismos",
    ("gerar", "x.xlsx", "--hoje"): "--hoje: falta o valor",
    ("gerar", "x.xlsx", "--json=1"): "--json: não leva valor: 1",
    ("voar",): "ATO: “voar” não é um deles; --help os mostra",
    ("boletos", "voar"): "AÇÃO: “voar” não é um deles; --help os mostra",
    (): "falta dizer: ATO",
}  # fmt: skip


@pytest.mark.parametrize(("pedido", "frase"), USOS.items())
def test_o_uso_errado_diz_a_opcao_e_como_escrever(
    pedido: tuple[str, ...], frase: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as saida:
        main(list(pedido))
    assert saida.value.code == 2
    ultima = capsys.readouterr().err.strip().splitlines()[-1]
    assert ultima.endswith(f": {frase}")
    assert not INGLES.findall(re.sub(r"--[\w-]+", "", ultima))


def test_datas_e_escolhas_se_escrevem_de_varios_modos() -> None:
    for dia in ("5/8/2026", "05/08/2026", "2026-08-05"):
        pedido = ["titulo", "receber", "x.xlsx", "T1", "--valor", "1.150,00", "--dia", dia, "--baixar-em", "caixa"]
        lido = leitor().ler(pedido)
        assert (lido.valor, lido.dia.isoformat(), lido.baixar_em) == (115000, "2026-08-05", "CAIXA")


@pytest.mark.parametrize(
    ("codigo", "frase"),
    [
        (errno.ENOENT, "não existe"), (errno.EACCES, "permissão"), (errno.EPERM, "permissão"),
        (errno.ENOSPC, "cheio"), (errno.EISDIR, "é uma pasta"), (errno.ENOTDIR, "devia haver uma pasta"),
        (errno.EROFS, "só se lê"), (errno.ENAMETOOLONG, "comprido"), (errno.EIO, "disco"), (errno.ESTALE, "recusou"),
    ],
)  # fmt: skip
def test_a_recusa_do_sistema_se_diz_em_portugues(codigo: int, frase: str) -> None:
    erro = OSError(codigo, os.strerror(codigo))
    assert frase in do_sistema(erro)
    assert os.strerror(codigo) not in do_sistema(erro)


@pytest.mark.parametrize("winerror", [32, 33])
def test_o_windows_que_diz_que_o_arquivo_esta_aberto(winerror: int) -> None:
    erro = PermissionError(errno.EACCES, "The process cannot access the file")
    setattr(erro, "winerror", winerror)  # noqa: B010  só existe no Windows
    assert "aberto noutro programa" in do_sistema(erro)


def test_nenhuma_mensagem_leva_a_frase_do_sistema() -> None:
    """``strerror`` vem na língua do sistema, que no Linux e no macOS é o inglês."""
    usam = [modulo for modulo in (RAIZ / "engine").rglob("*.py") if "strerror" in modulo.read_text("utf-8")]
    assert not usam


def test_o_arquivo_que_nao_existe_se_diz_em_portugues(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["arquivo", "ler", str(tmp_path / "nada.ret")]) == 1
    assert "não foi possível abrir: o arquivo ou a pasta não existe" in capsys.readouterr().err
    (tmp_path / "p.ret").mkdir()
    assert main(["arquivo", "ler", str(tmp_path / "p.ret")]) == 1
    assert not re.search(r"\b(Is a|No such|denied|directory|file)\b", capsys.readouterr().err)
