"""O livro e seu laço com a pasta de trabalho: cópias, perdas, trocas, versões, dois atos ao mesmo tempo."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDeLivro
from guiche.livro import conexao
from guiche.livro.conexao import abrir, definir, migrar, propriedade, versoes
from guiche.livro.vinculo import caminho_do_livro
from guiche.servicos.gerar import gerar
from guiche.servicos.pasta import atualizar, criar
from tests.servicos.apoio import cliente, ler, montar, na, titulo

RAIZ = Path(__file__).parents[2]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    """Uma pasta de trabalho com uma remessa já gerada."""
    onde = tmp_path / "original"
    onde.mkdir()
    caminho = montar(onde, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])
    with na(caminho) as ctx:
        gerar(ctx)
    return caminho


def _recusa(caminho: Path) -> str:
    with pytest.raises(ErroDeLivro) as erro, na(caminho):
        pass
    assert "o que fazer" in str(erro.value)
    return erro.value.codigo


def test_livro_perdido(pasta: Path) -> None:
    caminho_do_livro(pasta).unlink()
    assert _recusa(pasta) == "livro.perdido"
    assert not caminho_do_livro(pasta).exists()


def test_copia_da_pasta_ao_lado_da_original(pasta: Path) -> None:
    copia = pasta.with_name("Cópia.xlsx")
    shutil.copy(pasta, copia)
    assert _recusa(copia) == "livro.copia"


def test_copia_das_duas_em_outro_lugar(pasta: Path, tmp_path: Path) -> None:
    shutil.copytree(pasta.parent, tmp_path / "copia")
    assert _recusa(tmp_path / "copia" / pasta.name) == "livro.copia"


def test_mudar_de_lugar_nao_e_copiar(pasta: Path, tmp_path: Path) -> None:
    pasta.parent.rename(tmp_path / "novo")
    with na(tmp_path / "novo" / pasta.name) as ctx:
        assert atualizar(ctx).feito


def test_livro_de_outra_pasta(pasta: Path, tmp_path: Path) -> None:
    outra = montar(
        tmp_path, nome="outra.xlsx", clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")]
    )
    with na(outra) as ctx:
        gerar(ctx)
    shutil.copy(caminho_do_livro(outra), caminho_do_livro(pasta))
    assert _recusa(pasta) == "livro.trocado"


def test_pasta_trocada_por_uma_vazia(pasta: Path) -> None:
    pasta.unlink()
    criar(pasta)
    assert _recusa(pasta) == "livro.sem_pasta"


def test_livro_de_versao_mais_nova(pasta: Path) -> None:
    livro = abrir(caminho_do_livro(pasta))
    with livro.transacao():
        definir(livro, "versao", "999")
    livro.fechar()
    assert _recusa(pasta) == "livro.mais_novo"


def test_livro_estragado(pasta: Path) -> None:
    caminho_do_livro(pasta).write_bytes(b"isto nao e um banco de dados" * 100)
    assert _recusa(pasta) == "livro.estragado"


def test_migrar_de_uma_versao_para_a_seguinte(pasta: Path) -> None:
    livro = abrir(caminho_do_livro(pasta))
    nova = [*versoes(), (9, "ALTER TABLE linha ADD COLUMN nota TEXT; -- comentário\nCREATE TABLE nova (id INTEGER);")]
    assert migrar(livro, nova) == 9
    assert migrar(livro, nova) == 9
    assert livro.valor("SELECT COUNT(*) FROM linha WHERE nota IS NULL") == 1
    assert propriedade(livro, "versao") == "9"
    livro.fechar()


def test_migracao_que_falha_nao_deixa_metade(pasta: Path) -> None:
    livro = abrir(caminho_do_livro(pasta))
    with pytest.raises(ErroDeLivro):
        migrar(livro, [*versoes(), (9, "CREATE TABLE nova (id INTEGER); CREATE TABLE linha (id INTEGER)")])
    assert livro.valor("SELECT COUNT(*) FROM sqlite_master WHERE name = 'nova'") == 0
    assert propriedade(livro, "versao") == str(max(numero for numero, _ in versoes()))
    livro.fechar()


def test_o_diario_diz_quem_quando_antes_e_depois(pasta: Path) -> None:
    from guiche.servicos import titulo as titulo_

    with na(pasta, usuario="bia") as ctx:
        titulo_.estornar(ctx, "T1", "engano")
    ultimo = ler(pasta, "diario")[0]
    assert (ultimo["usuario"], ultimo["acao"]) == ("bia", "estornar título")
    assert str(ultimo["quando"])[:16] == "2026-08-04 09:14"
    antes, depois = str(ultimo["detalhe"]).split(" → ")
    assert '"estado": 1' in antes
    assert '"estado": 2' in depois
    assert "engano" in depois


def test_livro_ocupado(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conexao, "ESPERA_SEGUNDOS", 0.05)
    um, outro = abrir(caminho_do_livro(pasta)), abrir(caminho_do_livro(pasta))
    with um.transacao(), pytest.raises(ErroDeLivro) as erro, outro.transacao():
        pass
    assert erro.value.codigo == "livro.ocupado"
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


def test_dois_processos_ao_mesmo_tempo(tmp_path: Path) -> None:
    devidos = [titulo(f"T{n}", date(2026, 8, 20), "1.00") for n in range(20)]
    caminho = montar(tmp_path, clientes=[cliente("A")], titulos=devidos)
    comando = [sys.executable, "-m", "guiche", "gerar", str(caminho), "--hoje", "2026-08-04", "--usuario"]
    ambiente = {"PYTHONPATH": str(RAIZ / "engine"), "PATH": "/usr/bin:/bin"}
    atos = [subprocess.Popen([*comando, f"u{n}"], env=ambiente, stdout=-1, stderr=-1) for n in range(6)]
    for ato in atos:
        _, erro = ato.communicate(timeout=60)
        assert ato.returncode == 0 or b"pasta.em_uso" in erro, erro
    linhas = ler(caminho, "remessa_linhas")
    assert sorted(str(linha["titulo"]) for linha in linhas) == sorted(f"T{n}" for n in range(20))
    assert [r["nsa"] for r in ler(caminho, "remessas")] == [1]
