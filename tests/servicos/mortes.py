"""Mata atos em cada ponto de escrita e confere que, repetidos, nada se perdeu nem se repetiu.

``python -m tests.servicos.mortes ATO INICIO PASSO`` mata o ato no ponto INICIO, no INICIO+PASSO,
e assim até o fim, e escreve uma linha por morte. Cada morte é um processo filho com
SIGKILL logo antes de um comando SQL, de abrir um arquivo, de trocar um nome ou de apagar.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from guiche.documentos.conferencia import reler
from guiche.dominio.elegibilidade import Filtros
from guiche.erros import ErroDeRegra
from guiche.livro import arquivos, boletos, remessas, titulos
from guiche.servicos.boletos import emissao
from guiche.servicos.gerar import gerar
from guiche.servicos.importar import importar
from guiche.servicos.remessas import estornar
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, ler, montar, na, retorno, titulo

QUANTOS = 6
EVENTOS = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate"}


def _contar(alvo: int) -> None:
    """A partir daqui, neste processo, mata no ponto de escrita de número ``alvo``."""
    passados = 0

    def ponto(*_: Any) -> None:
        nonlocal passados
        passados += 1
        if passados == alvo:
            os.kill(os.getpid(), signal.SIGKILL)

    def auditor(evento: str, dados: tuple[Any, ...]) -> None:
        escrita = evento != "open" or (isinstance(dados[2], int) and dados[2] & (os.O_WRONLY | os.O_RDWR))
        if evento in EVENTOS and escrita:
            ponto()

    conectar = sqlite3.connect

    def conectar_contando(*dados: Any, **opcoes: Any) -> sqlite3.Connection:
        conexao_: sqlite3.Connection = conectar(*dados, **opcoes)
        conexao_.set_trace_callback(ponto)
        return conexao_

    setattr(sqlite3, "connect", conectar_contando)  # noqa: B010  o mypy recusa a troca direta
    sys.addaudithook(auditor)


def _num_filho(trabalho: Callable[[], None], alvo: int) -> bool:
    """Executa num filho; ``True`` se ele chegou ao fim antes do ponto ``alvo``."""
    filho = os.fork()
    if filho == 0:
        codigo = 1
        try:
            _contar(alvo)
            trabalho()
            codigo = 0
        finally:
            os._exit(codigo)
    _, situacao = os.waitpid(filho, 0)
    if os.WIFSIGNALED(situacao):
        return False
    assert os.waitstatus_to_exitcode(situacao) == 0, "o ato falhou sem ser morto"
    return True


def preparar(onde: Path, ato: str) -> Path:
    """A pasta de trabalho no ponto em que o ato começa."""
    dia = HOJE + timedelta(days=10)
    devidos = [titulo(f"T{n}", dia, f"{10 + n}.50", f"C{n % 3}") for n in range(QUANTOS)]
    caminho = montar(
        onde, clientes=[cliente(f"C{n}", n + 1) for n in range(3)], titulos=devidos, contas=[CONTA, COBRANCA],
        cobranca=[{"conta": "ITAU1", "carteira": "109"}],
    )  # fmt: skip
    if ato in {"gerar", "boletos"}:
        return caminho
    with na(caminho) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    if ato == "importar":
        retorno(arquivo, onde / "banco.ret", ["00", "01", "00", "05", "00", "77"])
    return caminho


def fazer(caminho: Path, ato: str) -> None:
    """O ato; se já foi feito numa tentativa anterior, o livro recusa e está bem."""
    try:
        with na(caminho) as ctx:
            if ato == "gerar":
                gerar(ctx)
            elif ato == "boletos":
                emissao.gerar(ctx, "", Filtros(), juntar=False)
            elif ato == "importar":
                importar(ctx, caminho.parent / "banco.ret", baixar_em="CAIXA", confirmar=True)
            else:
                estornar(ctx, 1)
    except ErroDeRegra as erro:
        if erro.codigo not in {"retorno.ja_importado", "remessa.fechada"}:
            raise


def conferir(caminho: Path, ato: str) -> None:
    """O que tem de valer depois do ato repetido: livro, disco e abas contam a mesma história."""
    sobras = [p.name for p in caminho.parent.rglob("*") if "provisorio" in p.name or p.name.endswith("trava")]
    assert not sobras, f"sobrou {sobras}"
    if ato == "boletos":
        _conferir_boletos(caminho)
    else:
        _conferir_remessas(caminho, ato)


def _conferir_boletos(caminho: Path) -> None:
    """Nenhum nosso número em dobro nem pulado, nenhum título sem boleto, e o papel de todos."""
    with na(caminho, date(2026, 8, 5)) as ctx:
        todos = boletos.listar(ctx.livro)
        presos = sorted(laco.titulo for laco in boletos.lacos(ctx.livro))
    assert [b.numero for b in todos] == list(range(1, QUANTOS + 1)), "nosso número com furo ou repetido"
    assert presos == [f"T{n}" for n in range(QUANTOS)], "título perdido ou em dois boletos"
    assert {t["situacao"] for t in ler(caminho, "titulos")} == {"EM BOLETO"}, "a aba não mostra o livro"
    assert len(ler(caminho, "boletos")) == QUANTOS
    impressos = [i.codigo_barras for p in sorted(caminho.parent.glob("boletos/*.pdf")) for i in reler(p.read_bytes())]
    assert impressos == [b.codigo_barras for b in todos], "papel que falta ou sobra"


def _conferir_remessas(caminho: Path, ato: str) -> None:
    with na(caminho, date(2026, 8, 5)) as ctx:
        todas = remessas.listar(ctx.livro)
        assert sorted(r.nsa for r in todas) == list(range(1, len(todas) + 1)), "NSA com furo ou repetido"
        assert len(todas) == (2 if ato == "estornar" else 1), "remessa a mais ou a menos"
        for r in todas:
            assert (caminho.parent / r.arquivo).read_bytes() == arquivos.recuperar(ctx.livro, r.sha256), (
                "arquivo diferente do livro"
            )
        primeira = [linha.titulo for linha in remessas.linhas_da(ctx.livro, 1)]
        assert sorted(primeira) == [f"T{n}" for n in range(QUANTOS)], "título perdido ou repetido"
        estados = [int(titulos.situacao(ctx.livro, f"T{n}").estado) for n in range(QUANTOS)]
    esperados = {"gerar": [1] * 6, "importar": [4, 0, 4, 0, 4, 1], "estornar": [3] * 6}[ato]
    assert estados == esperados
    assert [t["estado"] for t in ler(caminho, "titulos")] == esperados, "a aba não mostra o livro"
    caixa = ler(caminho, "caixa")
    assert sum(Decimal(str(c["valor"])) for c in caixa) == (Decimal("37.50") if ato == "importar" else 0)
    assert len(ler(caminho, "remessas")) == len(todas)


def matar(modelo: Path, ato: str, alvo: int) -> bool:
    """Uma morte no ponto ``alvo`` e a repetição do ato; ``False`` se o ato tem menos pontos."""
    with tempfile.TemporaryDirectory() as temporaria:
        onde = Path(temporaria) / "p"
        shutil.copytree(modelo.parent, onde)
        caminho = onde / modelo.name
        mudar_de_casa(caminho)
        chegou = _num_filho(lambda: fazer(caminho, ato), alvo)
        assert _num_filho(lambda: fazer(caminho, ato), 0)
        conferir(caminho, ato)
    return not chegou


def mudar_de_casa(caminho: Path) -> None:
    """Faz o livro copiado reconhecer sua nova pasta, como se nunca tivesse saído dela."""
    livro = caminho.with_name(f"{caminho.stem}.guiche.db")
    if livro.exists():
        ligacao = sqlite3.connect(livro)
        with ligacao:
            ligacao.execute("UPDATE propriedade SET valor = ? WHERE nome = 'pasta'", (str(caminho.resolve()),))
        ligacao.close()


def principal(ato: str, inicio: int, passo: int) -> int:
    """Mata em cada ponto da sequência e devolve quantas mortes houve."""
    mortes = 0
    with tempfile.TemporaryDirectory() as temporaria:
        modelo = preparar(Path(temporaria), ato)
        alvo = inicio
        while matar(modelo, ato, alvo):
            mortes += 1
            alvo += passo
    return mortes


if __name__ == "__main__":
    print(principal(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))  # noqa: T201  a resposta ao teste
