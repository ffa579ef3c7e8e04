"""Os papéis do projeto: ligações que resolvem, glossário completo e a língua da casa."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs import gerar
from guiche.atos import atos
from tests.test_arquitetura import MODULOS, _arvore, _definidos, palavras

RAIZ = Path(__file__).parents[1]
PAPEIS = sorted([*RAIZ.glob("*.md"), *(RAIZ / "docs").rglob("*.md"), *(RAIZ / "addin").rglob("*.md")])
INGLES_FLAGRANTE = set(
    re.findall(
        r"\w+",
        "account amount bank barcode build check column count create date delete due field file find get index "
        "insert key length line list load loader name number parse parser payment read reader record return row "
        "save send sent set sheet size status string title update value width write writer",
    )
)


def _nome(papel: Path) -> str:
    return papel.relative_to(RAIZ).as_posix()


@pytest.mark.parametrize("papel", PAPEIS, ids=_nome)
def test_toda_ligacao_para_dentro_do_projeto_resolve(papel: Path) -> None:
    alvos = re.findall(r"\]\(([^)#\s]+)[^)]*\)", papel.read_text("utf-8"))
    assert not [a for a in alvos if "://" not in a and not a.startswith("mailto:") and not (papel.parent / a).exists()]


def test_o_dia_a_dia_ensina_cada_botao() -> None:
    paginas = "".join((RAIZ / "docs" / f"{nome}.md").read_text("utf-8") for nome in ("dia-a-dia", "seguranca"))
    texto = " ".join(paginas.split())
    assert not [ato.titulo for ato in atos().values() if ato.botao and f"**{ato.titulo}**" not in texto]


def test_toda_imagem_se_mostra() -> None:
    papeis = "".join(papel.read_text("utf-8") for papel in PAPEIS)
    nomes = [imagem.relative_to(RAIZ / "docs").as_posix() for imagem in (RAIZ / "docs/imagens").rglob("*.png")]
    assert not [nome for nome in nomes if nome not in papeis]


def test_o_glossario_tem_as_oito_armadilhas() -> None:
    texto = (RAIZ / "GLOSSARIO.md").read_text("utf-8")
    assert re.findall(r"^\| (M-\d\d) \|", texto, re.MULTILINE) == [f"M-0{i}" for i in range(1, 9)]


def test_o_registro_de_mudancas_abre_com_o_que_nao_foi_lancado() -> None:
    secoes = re.findall(r"^## (.+)$", (RAIZ / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert secoes[0] == "Não lançado"


def inglesas(arvore: ast.Module) -> set[str]:
    """Nomes definidos com palavra inglesa flagrante, fora da lista do glossário."""
    aceitas = set(re.findall(r"`(\w+)`", (RAIZ / "GLOSSARIO.md").read_text("utf-8").rsplit("## Língua", 1)[1]))
    return {nome for nome in _definidos(arvore) if (INGLES_FLAGRANTE - aceitas) & set(palavras(nome))}


@pytest.mark.parametrize("modulo", MODULOS, ids=_nome)
def test_nomes_em_portugues(modulo: Path) -> None:
    assert not inglesas(_arvore(modulo))


def test_a_regra_da_lingua_apanha_a_falta() -> None:
    assert inglesas(ast.parse("def get_row(valor): hash = 1")) == {"get_row"}


@pytest.mark.parametrize("nome", gerar.GERADOS)
def test_o_que_se_gera_esta_em_dia(nome: str) -> None:
    assert (RAIZ / nome).read_text("utf-8") == gerar.GERADOS[nome](), "rode python docs/gerar.py"


def test_a_tabela_dos_bancos_tem_cada_layout_cada_amostra_lida_e_cada_vetor() -> None:
    tabela = (RAIZ / "docs" / "bancos.md").read_text("utf-8")
    linhas = [linha for linha in tabela.splitlines() if linha.startswith("| ")][1:]
    layouts = list((RAIZ / "layouts" / "cnab").glob("*.toml"))
    assert len(linhas) == len(layouts)
    assert all(linha.count(" | ") == 7 for linha in linhas)
    do_bb = next(x for x in linhas if x.startswith("| 001 ") and "| CNAB 400 | retorno |" in x)
    assert "| lê |" in do_bb
    assert "`001_400_ret_brcobranca_CBR64310.RET`" in do_bb
    do_itau = next(
        linha for linha in linhas if "| CNAB 400 | remessa | grava |" in linha and linha.startswith("| 341 ")
    )
    assert "`brcobranca_cnab400_itau`" in do_itau
    assert all("| só lê: " in x for x in linhas if x.startswith("| 399 ") and "| remessa |" in x)


@pytest.mark.parametrize("marca", ["demo", "testes"])
def test_o_ci_tira_do_readme_os_comandos(marca: str) -> None:
    depois = (RAIZ / "README.md").read_text("utf-8").split(f"<!-- comando: {marca} -->")
    assert len(depois) == 2, f"README.md: um marcador <!-- comando: {marca} -->, e um só"
    achado = re.search(r"^```bash\s*\n(.*?)^```", depois[1], re.MULTILINE | re.DOTALL)
    assert achado, f"README.md: falta o bloco bash depois de <!-- comando: {marca} -->"
    assert achado[1].strip()


def test_a_instalacao_que_o_ci_prova_e_a_que_se_ensina() -> None:
    ensinada = (RAIZ / "docs" / "excel.md").read_text("utf-8").split("<!-- comando: instalar -->")
    assert len(ensinada) == 2
    do_ci = ensinada[1].split("```bash\n")[1].split("```")[0]
    do_readme = (RAIZ / "README.md").read_text("utf-8").split("```sh\n")[1].split("```")[0]
    assert do_ci.startswith(do_readme)
    assert "instalar_como_se_escreve" in (RAIZ / ".ci/run").read_text("utf-8")


@pytest.mark.parametrize("papel", PAPEIS, ids=_nome)
def test_o_que_se_instala_e_num_ambiente_so_dele(papel: Path) -> None:
    """O Debian, o Ubuntu e o Homebrew recusam instalar no Python do sistema (PEP 668)."""
    texto = papel.read_text("utf-8").replace("pip install --group fuzz", "")
    soltos = re.sub(r"""venv[/\\](?:bin|Scripts)[/\\](?:pip|python"? -m pip) install""", "", texto)
    assert not [linha for linha in re.findall(r".*pip install.*", soltos) if "com o Python do Guichê" not in linha]


def test_o_piso_do_xlwings_se_diz_num_lugar_so() -> None:
    assert '"xlwings>=0.37.8,<1"' in (RAIZ / "pyproject.toml").read_text("utf-8")
    achados = [modulo.name for modulo in (RAIZ / "engine").rglob("*.py") if "0.37" in modulo.read_text("utf-8")]
    assert not achados


@pytest.mark.skipif(not (RAIZ / ".git").exists() or not shutil.which("git"), reason="só num repositório do Git")
def test_o_git_do_windows_nao_troca_os_bytes_de_nada() -> None:
    def pacote(*opcoes: str) -> bytes:
        comando = ["git", "-c", "safe.directory=*", *opcoes, "archive", "HEAD", "tests/amostras", "addin", "layouts"]
        return subprocess.run(comando, cwd=RAIZ, capture_output=True, check=True).stdout

    assert pacote("-c", "core.autocrlf=true", "-c", "core.eol=crlf") == pacote("-c", "core.autocrlf=false")


@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem a permissão de execução")
def test_o_roteiro_do_ci_e_executavel() -> None:
    assert os.access(RAIZ / ".ci/run", os.X_OK)
