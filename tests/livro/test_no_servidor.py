"""O livro no servidor: endereços, senhas, cópias da pasta de trabalho, conexões que caem."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import traceback
from datetime import date
from pathlib import Path

import psycopg
import pytest

from guiche.erros import ErroDeLivro, ErroDePlanilha
from guiche.livro import conexao, remessas
from guiche.livro.conexao import Livro, definir, propriedade
from guiche.livro.vinculo import VARIAVEL, caminho_do_livro, endereco_do_livro
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.pasta.abas import atualizar
from tests.servicos.apoio import cliente, gravar_tabela, ler, montar, na, titulo
from tests.sistema import RAIZ, ambiente

SENHA = "s3nh@-Secreta"
pytestmark = pytest.mark.postgresql


@pytest.fixture
def pasta(servidor_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uma pasta de trabalho que ainda não tem livro, com o servidor no ambiente."""
    monkeypatch.setenv(VARIAVEL, servidor_postgresql)
    onde = tmp_path / "ana"
    onde.mkdir()
    return montar(onde, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])


def _livros(endereco: str) -> set[str]:
    with psycopg.connect(endereco) as ligacao:
        return {nome for (nome,) in ligacao.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'guiche%'")}


def _copia(pasta: Path, de_quem: str) -> Path:
    onde = pasta.parent.with_name(de_quem)
    onde.mkdir()
    return Path(shutil.copy(pasta, onde))


def test_o_livro_e_um_esquema_com_o_id_que_a_pasta_guarda(pasta: Path, servidor_postgresql: str) -> None:
    antes = _livros(servidor_postgresql)
    with na(pasta) as ctx:
        gerar(ctx)
    identidade = PastaEmArquivo(pasta).parametro("livro_id")
    assert _livros(servidor_postgresql) - antes == {f"guiche_{identidade}"}
    assert not caminho_do_livro(pasta).exists()


def test_cada_operador_na_sua_copia_e_um_livro_so(pasta: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    da_bia = _copia(pasta, "bia")
    nova = PastaEmArquivo(da_bia)
    gravar_tabela(nova, "titulos", [titulo(numero, date(2026, 8, 20), "1.00") for numero in ("T1", "T2")])
    nova.salvar()
    with na(da_bia, usuario="bia") as ctx:
        gerar(ctx)
    assert [(r["nsa"], r["usuario"]) for r in ler(da_bia, "remessas")] == [(2, "bia"), (1, "ana")]
    assert [linha["titulo"] for linha in ler(da_bia, "remessa_linhas")] == ["T1", "T2"]
    with na(pasta) as ctx:
        atualizar(ctx)
    assert [(r["nsa"], r["usuario"]) for r in ler(pasta, "remessas")] == [(2, "bia"), (1, "ana")]
    assert [p.name for p in (da_bia.parent / "remessas").iterdir()] == ["DBT_654321_000002.rem"]


def test_duas_empresas_no_mesmo_servidor_nao_se_veem(pasta: Path, tmp_path: Path) -> None:
    outra = montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "9.00")])
    for caminho in (pasta, outra):
        with na(caminho) as ctx:
            gerar(ctx)
    assert [r["nsa"] for r in ler(pasta, "remessas")] == [r["nsa"] for r in ler(outra, "remessas")] == [1]


def test_quem_morre_antes_de_salvar_a_pasta_reencontra_o_livro(pasta: Path, servidor_postgresql: str) -> None:
    antes = _livros(servidor_postgresql)
    for _ in range(2):
        with na(pasta) as ctx:
            conferir(ctx)
            identidade = propriedade(ctx.livro, "id")
    assert _livros(servidor_postgresql) - antes == {f"guiche_{identidade}"}
    assert PastaEmArquivo(pasta).parametro("livro_id") == ""


def test_o_servidor_nao_tem_o_livro(pasta: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    for alheio in ("0" * 32, "'; DROP SCHEMA public; --"):
        aberta = PastaEmArquivo(pasta)
        aberta.definir_parametro("livro_id", alheio)
        aberta.salvar()
        with pytest.raises(ErroDeLivro) as erro, na(pasta):
            pass
        assert erro.value.codigo == "livro.perdido"
        assert "aba Parâmetros" in erro.value.fazer


def test_o_parametro_da_pasta_vence_o_do_ambiente(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aberta = PastaEmArquivo(pasta)
    aberta.definir_parametro("livro", endereco_do_livro(""))
    aberta.salvar()
    monkeypatch.setenv(VARIAVEL, "postgresql://ninguem@127.0.0.1:1/nada")
    with na(pasta) as ctx:
        assert gerar(ctx).feito


@pytest.mark.parametrize(
    ("endereco", "codigo"),
    [
        (f"postgresql://ana:{SENHA.replace('@', '%40')}@127.0.0.1:1/guiche", "livro.conexao"),
        (f"postgresql://ana:{SENHA}@127.0.0.1:1/guiche", "livro.endereco"),
        (f"postgresql://ana:x/{SENHA}@127.0.0.1:1/guiche", "livro.endereco"),
        (f"postgresql://ana:Secreta?{SENHA}@127.0.0.1:1/guiche", "livro.endereco"),
        ("postgresql://ana:Secreta/s3nh@127.0.0.1:1/guiche", "livro.endereco"),
        ("postgresql://ana:Secreta@servidor.invalid/guiche", "livro.conexao"),
        (f"postgresql://ana@127.0.0.1/guiche?password={SENHA}&nao_ha=1", "livro.endereco"),
        ("postgresql://ana:Secreta@127.0.0.1:porta/guiche", "livro.endereco"),
        (f"mysql://ana:{SENHA}@127.0.0.1/guiche", "livro.endereco"),
        ("postgresql://ana:Secreta@[::1/guiche", "livro.endereco"),
    ],
)
def test_a_senha_nao_aparece_em_mensagem_nenhuma(tmp_path: Path, endereco: str, codigo: str) -> None:
    pasta = montar(tmp_path)
    aberta = PastaEmArquivo(pasta)
    aberta.definir_parametro("livro", endereco)
    aberta.salvar()
    with pytest.raises(ErroDeLivro) as erro, na(pasta):
        pass
    assert erro.value.codigo == codigo
    dito = str(erro.value) + "".join(traceback.format_exception(erro.value))
    assert "Secreta" not in dito
    assert "s3nh@" not in dito


def test_sem_a_biblioteca_diz_se_como_a_instalar(tmp_path: Path) -> None:
    codigo = "import sys; sys.modules['psycopg'] = None; from guiche.cli import main; sys.exit(main(sys.argv[1:]))"
    comando = [sys.executable, "-c", codigo, "conferir", str(montar(tmp_path))]
    onde = ambiente(**{VARIAVEL: f"postgresql://ana:{SENHA}@127.0.0.1/x"})
    feito = subprocess.run(comando, env=onde, capture_output=True, encoding="utf-8", check=False)
    assert feito.returncode != 0
    assert 'pip install "guiche[postgresql]"' in feito.stderr
    assert "Secreta" not in feito.stderr + feito.stdout


def _gravar_enquanto_cai(livro: Livro, endereco: str) -> None:
    with livro.transacao():
        definir(livro, "teste", "metade")
        with psycopg.connect(endereco) as outra:
            outra.execute("SELECT pg_terminate_backend(%s, 5000)", (livro.valor("SELECT pg_backend_pid()"),))
        definir(livro, "teste", "o resto")


def test_a_conexao_que_cai_no_meio_nao_deixa_metade(pasta: Path, servidor_postgresql: str) -> None:
    with na(pasta) as ctx:
        with pytest.raises(ErroDeLivro) as erro:
            _gravar_enquanto_cai(ctx.livro, servidor_postgresql)
        assert erro.value.codigo == "livro.conexao"
        with pytest.raises(ErroDeLivro, match=r"livro\.conexao"):
            gerar(ctx)
    with na(pasta) as ctx:
        assert propriedade(ctx.livro, "teste") == ""
        assert gerar(ctx).dados["nsa"] == 1


def test_banco_de_dados_que_nao_guarda_acentos(servidor_postgresql: str, tmp_path: Path) -> None:
    with psycopg.connect(servidor_postgresql, autocommit=True) as ligacao:
        ligacao.execute("CREATE DATABASE antigo ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    pasta = montar(tmp_path)
    aberta = PastaEmArquivo(pasta)
    aberta.definir_parametro("livro", servidor_postgresql.replace("/postgres?", "/antigo?"))
    aberta.salvar()
    with pytest.raises(ErroDeLivro, match="UTF-8"), na(pasta):
        pass


def test_a_remessa_que_outro_nao_acabou_e_dele(pasta: Path) -> None:
    with na(pasta) as ctx:
        conferir(ctx)
        ctx.salvar()
    da_bia = _copia(pasta, "bia")
    (pasta.parent / "remessas").write_text("um arquivo onde devia haver uma pasta")
    with na(pasta) as ctx, pytest.raises(ErroDePlanilha):
        gerar(ctx)
    with na(da_bia, usuario="bia") as ctx:
        atualizar(ctx)
        assert [r.exportada_em for r in remessas.listar(ctx.livro)] == [None]
    assert ler(da_bia, "titulos")[0]["situacao"] == "ENVIADO"
    assert not (da_bia.parent / "remessas").exists()
    (pasta.parent / "remessas").unlink()
    with na(pasta) as ctx:
        assert [a.name for a in atualizar(ctx).arquivos] == ["DBT_654321_000001.rem"]


def test_sem_permissao_no_livro_diz_se(pasta: Path, servidor_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    identidade = PastaEmArquivo(pasta).parametro("livro_id")
    with psycopg.connect(servidor_postgresql) as ligacao:
        ligacao.execute("CREATE ROLE rui LOGIN")
        ligacao.execute(f"GRANT USAGE ON SCHEMA guiche_{identidade} TO rui")
    monkeypatch.setenv(VARIAVEL, servidor_postgresql.replace("guiche@", "rui@"))
    with pytest.raises(ErroDeLivro, match=r"livro\.falha: permission denied"), na(pasta):
        pass
    aberta = PastaEmArquivo(pasta)
    aberta.definir_parametro("livro_id", "")
    aberta.salvar()
    with pytest.raises(ErroDeLivro, match=r"livro\.falha: permission denied"), na(pasta):
        pass


def test_um_grupo_com_uma_entrada_para_cada_operador(
    pasta: Path, servidor_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receita de docs/varios-operadores.md: cada operador com sua entrada, e o livro do grupo."""
    papel = (RAIZ / "docs" / "varios-operadores.md").read_text("utf-8")
    receita = papel.split("```sql\n")[1].split("```")[0]
    comandos = [comando for comando in re.sub(r"--.*", "", receita).split(";") if comando.strip()]
    da_bia = [comando.replace("ana", "bia") for comando in comandos[-2:]]
    with psycopg.connect(servidor_postgresql, autocommit=True) as ligacao:
        for comando in [*comandos, *da_bia]:
            ligacao.execute(comando)
    monkeypatch.setattr(conexao, "ESPERA_SEGUNDOS", 0.05)
    do_grupo = servidor_postgresql.replace("/postgres?", "/guiche?")
    monkeypatch.setenv(VARIAVEL, do_grupo.replace("guiche@", "ana@"))
    with na(pasta) as ctx:
        gerar(ctx)
    copia = _copia(pasta, "bia")
    with na(pasta) as da_ana:
        monkeypatch.setenv(VARIAVEL, do_grupo.replace("guiche@", "bia@"))
        with (
            na(copia, usuario="bia") as ctx,
            da_ana.livro.transacao(),
            pytest.raises(ErroDeLivro, match="ana, na máqu"),
        ):
            gerar(ctx)
    with na(copia, usuario="bia") as ctx:
        assert atualizar(ctx).feito
    assert [r["usuario"] for r in ler(copia, "remessas")] == ["ana"]
