"""O livro e seu laço com a pasta de trabalho, nos dois bancos: versões, massa, instantes, dois atos ao mesmo tempo."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDeLivro
from guiche.livro import conexao
from guiche.livro.conexao import Livro, definir, migrar, propriedade, versoes
from guiche.livro.respostas import tarifado
from guiche.livro.vinculo import VARIAVEL, abrir_vinculado, endereco_do_livro
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import criar
from tests.postgresql import POSTGRESQL
from tests.servicos.apoio import autor, cliente, ler, montar, na, titulo

RAIZ = Path(__file__).parents[2]


@pytest.fixture
def pasta(banco: str, tmp_path: Path) -> Path:
    """Uma pasta de trabalho com uma remessa já gerada."""
    assert bool(os.environ.get(VARIAVEL)) == (banco == POSTGRESQL)
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


def abrir(pasta: Path, usuario: str = "ana") -> Livro:
    """O livro da pasta de trabalho, sem a travar: como quem a usasse de outra cópia."""
    identidade = PastaEmArquivo(pasta).parametro("livro_id")
    return abrir_vinculado(pasta, identidade, autor(usuario=usuario), endereco_do_livro(""))


def _recusa(caminho: Path) -> str:
    with pytest.raises(ErroDeLivro) as erro, na(caminho):
        pass
    assert "o que fazer" in str(erro.value)
    return erro.value.codigo


def test_pasta_trocada_por_uma_vazia(pasta: Path) -> None:
    pasta.unlink()
    criar(pasta)
    assert _recusa(pasta) == "livro.sem_pasta"


def test_livro_de_versao_mais_nova(pasta: Path) -> None:
    livro = abrir(pasta)
    with livro.transacao():
        definir(livro, "versao", "999")
    livro.fechar()
    assert _recusa(pasta) == "livro.mais_novo"


def test_migrar_de_uma_versao_para_a_seguinte(pasta: Path) -> None:
    livro = abrir(pasta)
    nova = [*versoes(), (11, "ALTER TABLE linha ADD COLUMN nota TEXT; -- comentário\nCREATE TABLE nova (id INTEGER);")]
    assert migrar(livro, nova) == 11
    assert migrar(livro, nova) == 11
    assert livro.valor("SELECT COUNT(*) FROM linha WHERE nota IS NULL") == 1
    assert propriedade(livro, "versao") == "11"
    livro.fechar()


def test_as_tarifas_linha_a_linha_de_um_livro_velho_continuam_la(pasta: Path) -> None:
    livro = abrir(pasta)
    with livro.transacao():
        livro.executar("DROP TABLE tarifa")
        livro.estruturar(next(c for c in dict(versoes())[3].split(";") if "CREATE TABLE tarifa" in c))
        livro.executar(
            "INSERT INTO retorno SELECT 1, MIN(id), 'COBRANCA_400', '341', '1', 'x', 1, NULL, MIN(sha), 'a.ret',"
            " '2026-08-04', 'bia', 'CONTA', 0, 0, 0, 0, 0, 0, 0, '1', NULL FROM ato,"
            " (SELECT MIN(sha256) AS sha FROM arquivo) a"
        )
        for seq, valor in ((3, 210), (2, 190), (-2, -190)):
            livro.executar("INSERT INTO tarifa VALUES (1, ?, 1, 'C', '2026-08-04', ?, 'h')", (seq, valor))
        definir(livro, "versao", "6")
    migrar(livro, [(numero, texto) for numero, texto in versoes() if numero <= 7])
    assert livro.consultar("SELECT seq, valor FROM tarifa ORDER BY seq, valor") == [(2, -190), (2, 190), (3, 210)]
    assert [tarifado(livro, 1, seq) for seq in (1, 2, 3)] == [False, False, True]
    livro.fechar()


def test_migracao_que_falha_nao_deixa_metade(pasta: Path) -> None:
    livro = abrir(pasta)
    with pytest.raises(ErroDeLivro):
        migrar(livro, [*versoes(), (11, "CREATE TABLE nova (id INTEGER); CREATE TABLE linha (id INTEGER)")])
    with pytest.raises(ErroDeLivro, match="nova"):
        livro.valor("SELECT COUNT(*) FROM nova")
    assert propriedade(livro, "versao") == str(max(numero for numero, _ in versoes()))
    livro.fechar()


def test_o_diario_diz_quem_quando_antes_e_depois(pasta: Path) -> None:
    from guiche.servicos.titulos import titulo as titulo_

    with na(pasta, usuario="bia") as ctx:
        titulo_.estornar(ctx, "T1", "engano")
    ultimo = ler(pasta, "diario")[0]
    assert (ultimo["usuario"], ultimo["acao"]) == ("bia", "estornar título")
    assert str(ultimo["quando"])[:16] == "2026-08-04 09:14"
    antes, depois = str(ultimo["detalhe"]).split(" → ")
    assert "estado 1" in antes
    assert "estado 2" in depois
    assert "engano" in depois


def test_livro_ocupado(pasta: Path, banco: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conexao, "ESPERA_SEGUNDOS", 0.05)
    um, outro = abrir(pasta, "joão da silva"), abrir(pasta, "bia")
    with um.transacao(), pytest.raises(ErroDeLivro) as erro, outro.transacao():
        pass
    assert erro.value.codigo == "livro.ocupado"
    if banco == POSTGRESQL:
        assert re.fullmatch(
            r"joão da silva, na máquina \S+, está gravando neste livro desde \d\d:\d\d", erro.value.mensagem
        )
    with outro.transacao():
        definir(outro, "teste", "agora sim")
    assert propriedade(um, "teste") == "agora sim"
    um.fechar()
    outro.fechar()


def test_o_que_falha_no_meio_nao_deixa_metade(pasta: Path) -> None:
    livro = abrir(pasta)

    def gravar_e(falhar: Callable[[], object]) -> None:
        with livro.transacao():
            definir(livro, "teste", "metade")
            falhar()

    with pytest.raises(ZeroDivisionError):
        gravar_e(lambda: 1 // 0)
    with pytest.raises(ErroDeLivro) as erro:
        gravar_e(lambda: livro.executar("INSERT INTO nao_ha VALUES (?)", (1,)))
    assert erro.value.codigo == "livro.falha"
    assert propriedade(livro, "teste") == ""
    livro.fechar()


ESTRANHOS = ["", "\\N", "\t|\n|\r\n", "a\\b", "çÃ€😀", "'; DROP TABLE linha; --", '"aspas"', "100% ? %s", "  branco  "]


def test_gravar_em_massa_guarda_o_que_se_deu(pasta: Path) -> None:
    livro = abrir(pasta)
    with livro.transacao():
        livro.inserir("propriedade", ("nome", "valor"), ((f"x{n}", texto) for n, texto in enumerate(ESTRANHOS)))
        livro.inserir("propriedade", ("nome", "valor"), [])
    consulta = "SELECT valor FROM propriedade WHERE nome LIKE 'x%' ORDER BY nome"
    assert [valor for (valor,) in livro.consultar(consulta)] == ESTRANHOS
    assert [valor for (valor,) in livro.percorrer(consulta)] == ESTRANHOS
    with livro.transacao():
        trocas = [("primeira", "x0"), ("outra", "x3"), ("última", "x0"), ("não há", "x99")]
        livro.atualizar("propriedade", "nome", ("valor",), trocas)
        livro.atualizar("propriedade", "nome", ("valor",), [])
        livro.atualizar("propriedade", "nome", ("valor",), [("não vai", "x1"), ("vai", "x4")], "valor <> '\\N'")
    esperado = ["última", ESTRANHOS[1], ESTRANHOS[2], "outra", "vai", *ESTRANHOS[5:]]
    assert [valor for (valor,) in livro.consultar(consulta)] == esperado
    livro.fechar()


def test_os_textos_ordenam_se_por_byte(pasta: Path) -> None:
    livro = abrir(pasta)
    nomes = ["Z", "a", "B", "á", "_", "1", "10", "9", "É"]
    with livro.transacao():
        livro.inserir("propriedade", ("nome", "valor"), ((f"y{nome}", "") for nome in nomes))
    achados = [n for (n,) in livro.percorrer("SELECT nome FROM propriedade WHERE nome LIKE 'y%' ORDER BY nome")]
    assert achados == sorted((f"y{nome}" for nome in nomes), key=str.encode)
    livro.fechar()


def test_percorrer_muitas_linhas_com_outra_consulta_no_meio(pasta: Path) -> None:
    livro = abrir(pasta)
    with livro.transacao():
        livro.inserir("propriedade", ("nome", "valor"), ((f"z{n:05}", str(n)) for n in range(12_000)))
        soma = 0
        for (nome,) in livro.percorrer("SELECT nome FROM propriedade WHERE nome LIKE 'z%'"):
            if nome.endswith("000"):
                soma += int(livro.valor("SELECT valor FROM propriedade WHERE nome = ?", (nome,)))
    assert soma == sum(range(0, 12_000, 1000))
    assert next(livro.percorrer("SELECT nome FROM propriedade WHERE nome LIKE 'z%' ORDER BY nome")) == ("z00000",)
    livro.fechar()


def test_o_que_se_le_junto_e_do_mesmo_instante(pasta: Path, banco: str) -> None:
    um, outro = abrir(pasta), abrir(pasta)
    with um.leitura():
        assert propriedade(um, "teste") == ""
        if banco == POSTGRESQL:  # no SQLite quem grava espera quem lê
            with outro.transacao():
                definir(outro, "teste", "novo")
        assert propriedade(um, "teste") == ""
    with outro.transacao():
        definir(outro, "teste", "novo")
    assert propriedade(um, "teste") == "novo"
    um.fechar()
    outro.fechar()


def test_o_sql_e_um_so_para_os_dois_bancos() -> None:
    proibidas = (
        "AUTOINCREMENT",
        "INSERT OR",
        "REPLACE INTO",
        "datetime(",
        "strftime(",
        "GLOB",
        "WITHOUT ROWID",
        "ROWID",
    )
    textos = [texto for _, texto in versoes()]
    textos += [p.read_text("utf-8") for p in (RAIZ / "engine/guiche/livro").glob("*.py")]
    assert not [(p, t[:40]) for t in textos for p in proibidas if p in t]


@pytest.mark.usefixtures("banco")
def test_dois_processos_ao_mesmo_tempo(tmp_path: Path) -> None:
    devidos = [titulo(f"T{n}", date(2026, 8, 20), "1.00") for n in range(20)]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    comando = [sys.executable, "-m", "guiche", "gerar", str(caminho), "--hoje", "2026-08-04", "--usuario"]
    ambiente = {"PYTHONPATH": str(RAIZ / "engine"), "PATH": "/usr/bin:/bin", VARIAVEL: os.environ.get(VARIAVEL, "")}
    atos = [subprocess.Popen([*comando, f"u{n}"], env=ambiente, stdout=-1, stderr=-1) for n in range(6)]
    for ato in atos:
        _, erro = ato.communicate(timeout=60)
        assert ato.returncode == 0 or b"pasta.em_uso" in erro, erro
    linhas = ler(caminho, "remessa_linhas")
    assert sorted(str(linha["titulo"]) for linha in linhas) == sorted(f"T{n}" for n in range(20))
    assert [r["nsa"] for r in ler(caminho, "remessas")] == [1]
