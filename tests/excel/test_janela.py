"""O painel de verdade, numa tela: os botões da faixa, o teclado, as caixas, o arquivo gerado."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from guiche.atos import atos
from tests import tela as telas
from tests.servicos.apoio import cliente, ler, montar, titulo

pytest.importorskip("tkinter", reason="este Python não tem tkinter")

from guiche.excel.fontes import fonte
from guiche.excel.janela import botoes

JANELA = "^Guich"


def test_os_botoes_sao_os_da_faixa() -> None:
    no_painel = [b.ato for _, quadros in botoes() for _, lista in quadros for b in lista]
    na_faixa = [no.attrib["id"] for no in ET.fromstring(fonte("faixa.xml")).iter() if no.tag.endswith("}button")]
    assert sorted(no_painel) == sorted(na_faixa)
    assert set(no_painel) == {ato.id for ato in atos().values() if ato.botao}
    extensoes = {b.ato: b.extensoes for _, quadros in botoes() for _, lista in quadros for b in lista}
    assert extensoes["importar"] == (("ret", "txt"),)
    assert len(extensoes["arquivo_comparar"]) == 2


@pytest.fixture
def tela(tmp_path: Path) -> Iterator[telas.Tela]:
    if falta := telas.falta("openbox"):
        pytest.skip(falta)
    with telas.tela(tmp_path if shutil.which("import") else None, "1024x720", "openbox") as nova:
        yield nova


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    longe = date.today() + timedelta(days=20)  # noqa: DTZ011, TID251  o painel age no dia de hoje
    return montar(
        tmp_path,
        clientes=[cliente("A", 1), cliente("B", 2)],
        titulos=[titulo(f"T{n}", longe, "150.00", "AB"[n % 2]) for n in range(4)],
    )


def test_gerar_pelo_teclado_e_segundo_clique(tela: telas.Tela, pasta: Path) -> None:
    comando = [sys.executable, "-m", "guiche", "painel", "--com", str(pasta), "--usuario", "ana"]
    with telas.processo(comando, tela.ambiente | {"PYTHONPATH": str(Path(__file__).parents[2] / "engine")}) as painel:
        janela = tela.janela(JANELA)
        tela.foto("painel")
        tamanho = dict(linha.split("=") for linha in tela.xdotool("getwindowgeometry", "--shell", janela).splitlines())
        assert int(tamanho["WIDTH"]) < 1024
        assert int(tamanho["HEIGHT"]) < 690, "não cabe num portátil de 768 linhas"
        tela.teclar(janela, "alt+g")
        caixa = tela.janela(JANELA, alem_de=janela)
        tela.foto("confirma")
        assert not (pasta.parent / "remessas").exists()
        tela.teclar(janela, "alt+g")  # o segundo clique, com a caixa aberta, não chega
        tela.fechar(caixa, "Return")
        resultado = tela.janela(JANELA, alem_de=janela)
        tela.foto("resultado")
        tela.fechar(resultado, "Return")
        assert len(list((pasta.parent / "remessas").glob("*.rem"))) == 1
        assert [t["situacao"] for t in ler(pasta, "titulos")] == ["ENVIADO"] * 4
        tela.teclar(janela, "alt+F4")
        assert painel.wait(20) == 0


OCUPADO = """
import sys
from pathlib import Path
from tests.excel.conftest import ligado
from tests.excel.sistema.com import DEPOIS
from guiche.excel import janela
ditas = []
janela.messagebox.showerror = lambda titulo, texto, **_: ditas.append(texto)
aberta, outra = map(Path, sys.argv[1:])
with ligado("windows") as teste:
    teste.abrir(aberta)
    painel = janela.Painel("ana", outra)
    nome = painel._nome["text"]
    teste.excel.ocupado = lambda _: DEPOIS
    painel._olhar()
    assert painel._nome["text"] == nome == "Pasta de trabalho: Cobrança.xlsx", painel._nome["text"]
    painel._fazer("gerar", [])
    painel.destroy()
assert len(ditas) == 1, ditas
assert "Termine de editar a célula" in ditas[0], ditas
assert not list(outra.parent.glob("remessas")), "o ato foi para o arquivo que o painel tinha escolhido antes"
"""


def test_com_o_excel_ocupado_o_ato_nao_vai_para_outro_arquivo(
    tela: telas.Tela, pasta: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outra = Path(shutil.copy(pasta, tmp_path_factory.mktemp("outra") / "Outra.xlsx"))
    raiz = Path(__file__).parents[2]
    ambiente = tela.ambiente | {"PYTHONPATH": f"{raiz}{os.pathsep}{raiz / 'engine'}"}
    comando = [sys.executable, "-c", OCUPADO, str(pasta), str(outra)]
    feito = subprocess.run(comando, env=ambiente, cwd=raiz, capture_output=True, text=True, check=False)
    assert feito.returncode == 0, feito.stderr


def test_as_caixas_do_painel_sao_em_portugues(tela: telas.Tela) -> None:
    programa = (
        "from guiche.excel.janela import Painel\n"
        "painel = Painel('ana')\n"
        "print(painel.tk.eval('namespace eval ::tk {list [::msgcat::mc &Yes] [::msgcat::mc &No]}'))\n"
    )
    ambiente = tela.ambiente | {"PYTHONPATH": str(Path(__file__).parents[2] / "engine")}
    comando = [sys.executable, "-c", programa]
    feito = subprocess.run(comando, env=ambiente, capture_output=True, encoding="utf-8", check=True)
    assert feito.stdout.strip() == "&Sim &Não"
