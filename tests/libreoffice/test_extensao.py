"""A extensão sai do registro, igual byte a byte; e o comando que ela chama faz os atos com o que a pessoa escreveu."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from guiche import __version__
from guiche.atos import atos, grupos, menus
from guiche.libreoffice import extensao
from guiche.libreoffice.__main__ import main
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.relogio import autor
from tests.servicos.apoio import CONTA, cliente, ler, montar, retorno, titulo

HOJE = autor().hoje
BOTOES = {ato.id for ato in atos().values() if ato.botao}
ENGINE = Path(__file__).parents[2] / "engine"
_OOR = "{http://openoffice.org/2001/registry}"


@pytest.fixture(scope="module")
def partes() -> Mapping[str, bytes]:
    with ZipFile(BytesIO(extensao.construir("/opt/guiche/bin/python"))) as pacote:
        return {nome: pacote.read(nome) for nome in pacote.namelist()}


def test_a_extensao_sai_igual_byte_a_byte() -> None:
    assert extensao.construir("/a/python") == extensao.construir("/a/python")
    assert extensao.construir("/a/python") != extensao.construir("/b/python")


def test_as_partes_e_a_identidade(partes: Mapping[str, bytes]) -> None:
    assert list(partes) == [
        "Addons.xcu", "META-INF/manifest.xml", "atos.json", "description.xml", "interpretador.txt",
        "python/guiche_lo.py",
    ]  # fmt: skip
    assert partes["interpretador.txt"] == b"/opt/guiche/bin/python"
    descricao = ET.fromstring(partes["description.xml"])
    valores = [no.get("value") for no in descricao if no.get("value")]
    assert valores == ["br.guiche", __version__]
    manifesto = ET.fromstring(partes["META-INF/manifest.xml"])
    citadas = {valor for no in manifesto for nome, valor in no.items() if nome.endswith("full-path")}
    assert citadas == {"Addons.xcu", "python/guiche_lo.py"}


def _titulo(no: ET.Element) -> str:
    return next(p[0].text or "" for p in no.iterfind("prop") if p.get(f"{_OOR}name") == "Title").replace("~", "")


def _arvore(no: ET.Element) -> list[Any]:
    """Os itens na ordem em que o LibreOffice os mostra: pelo tamanho do nome e depois pelo nome."""
    filhos = sorted(no.iterfind("node"), key=lambda f: (len(f.get(f"{_OOR}name", "")), f.get(f"{_OOR}name")))
    vistos: list[Any] = []
    for filho in filhos:
        submenu = filho.find("node")
        vistos.append(_titulo(filho) if submenu is None else (_titulo(filho), _arvore(submenu)))
    return vistos


def test_o_menu_segue_o_registro(partes: Mapping[str, bytes]) -> None:
    barra = ET.fromstring(partes["Addons.xcu"]).find("node/node")
    assert barra is not None
    ((nome, conteudo),) = _arvore(barra)
    assert nome == "Guichê"
    esperado = []
    for grupo, titulo_do_grupo in grupos().items():
        itens: list[Any] = [a.titulo for a in atos().values() if a.botao and a.botao.grupo == grupo]
        for id_, menu in menus().items():
            if menu["grupo"] == grupo:
                itens.append((menu["titulo"], [a.titulo for a in atos().values() if a.botao and a.botao.menu == id_]))
        esperado.append((titulo_do_grupo, itens))
    assert conteudo == esperado


def test_todo_botao_esta_no_menu_e_na_lista_e_nada_mais(partes: Mapping[str, bytes]) -> None:
    enderecos = [no.text or "" for no in ET.fromstring(partes["Addons.xcu"]).iter("value") if "?" in (no.text or "")]
    assert sorted(endereco.removeprefix("service:br.guiche.Atos?") for endereco in enderecos) == sorted(BOTOES)
    lista = json.loads(partes["atos.json"])
    assert sorted(ato["id"] for ato in lista) == sorted(BOTOES)
    abas = {tabela.aba for tabela in esquema().values()} | {"Ajuda", ""}
    assert {ato["mostra"] for ato in lista} <= abas


def test_o_script_serve_ao_python_mais_velho_e_responde_pelo_servico_do_menu(partes: Mapping[str, bytes]) -> None:
    arvore = ast.parse(partes["python/guiche_lo.py"], feature_version=(3, 7))
    textos = {no.value for no in ast.walk(arvore) if isinstance(no, ast.Constant)}
    assert "br.guiche.Atos" in textos
    assert not [no for no in ast.walk(arvore) if isinstance(no, ast.keyword) and no.arg == "shell"]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    clientes = [cliente(codigo, n) for n, codigo in enumerate("ABC", 1)]
    titulos = [titulo(f"T{n}", _vence(n), f"{n}0.00", codigo) for n, codigo in enumerate("ABC", 1)]
    return montar(tmp_path, contas=[CONTA], clientes=clientes, titulos=titulos)


def _vence(n: int) -> date:
    return HOJE + timedelta(days=20 + n)


def _pedir(capsys: pytest.CaptureFixture[str], *argumentos: str | Path) -> tuple[int, dict[str, Any]]:
    codigo = main([str(argumento) for argumento in argumentos])
    escrito = capsys.readouterr().out
    assert escrito.isascii()
    return codigo, json.loads(escrito)


def _escrever(pasta: Path, painel: str, **valores: Sequence[str]) -> None:
    """Preenche a aba de filtros como a pessoa faria; a chave é o título da opção em minúsculas."""
    aberta = PastaEmArquivo(pasta)
    folha = aberta.ler(f"painel_{painel}", ("opcao",))
    mudancas = {
        folha.numeros[n]: valores[str(opcao).lower()]
        for n, (opcao,) in enumerate(folha.linhas)
        if str(opcao).lower() in valores
    }
    assert len(mudancas) == len(valores)
    aberta.atualizar(f"painel_{painel}", ("de", "ate"), mudancas)
    aberta.salvar()


def test_gerar_mostra_a_previa_e_confirmado_grava(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codigo, previa = _pedir(capsys, "gerar", pasta)
    assert (codigo, previa["ato"], previa["feito"], previa["arquivos"]) == (0, "conferir", True, [])
    assert "A debitar: 3 títulos, R$ 60,00." in previa["relato"]
    assert not (pasta.parent / "remessas").exists()
    codigo, feito = _pedir(capsys, "gerar", pasta, "--confirmar")
    assert (codigo, feito["ato"], feito["feito"], len(feito["arquivos"])) == (0, "gerar", True, 1)
    assert Path(feito["arquivos"][0]).exists()
    assert set(feito) == {"ato", "feito", "vazio", "relato", "problemas", "arquivos"}


def test_valem_os_filtros_da_aba(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _escrever(pasta, "debito", cliente=("B", "C"))
    assert "A debitar: 2 títulos, R$ 50,00." in _pedir(capsys, "gerar", pasta)[1]["relato"]


@pytest.mark.parametrize("ato", ["importar", "novo_retorno"])
def test_importar_mostra_a_previa_e_confirmado_da_as_baixas(
    pasta: Path, capsys: pytest.CaptureFixture[str], ato: str
) -> None:
    remessa = Path(_pedir(capsys, "gerar", pasta, "--confirmar")[1]["arquivos"][0])
    arquivo = retorno(remessa, pasta.parent / "b.ret", ["00", "01", "00"], hoje=HOJE)
    codigo, previa = _pedir(capsys, ato, pasta, arquivo)
    assert (codigo, previa["feito"], previa["relato"][0]) == (0, True, "Prévia: nada foi gravado ainda.")
    assert "PAGO" not in {t["situacao"] for t in ler(pasta, "titulos")}
    codigo, feito = _pedir(capsys, ato, pasta, arquivo, "--confirmar")
    assert (codigo, feito["feito"]) == (0, True)
    assert [t["situacao"] for t in ler(pasta, "titulos")] == ["PAGO", "EM ABERTO", "PAGO"]


def test_estorna_a_remessa_da_linha_clicada(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _pedir(capsys, "gerar", pasta, "--confirmar")
    _pedir(capsys, "remessas_transmitida", pasta, "--linha", "Remessas", "2", "--confirmar")
    clicada = ("remessas_estornar", pasta, "--linha", "Remessas", "2")
    _, previa = _pedir(capsys, *clicada)
    assert (previa["ato"], previa["feito"]) == ("ver remessa", True)
    assert [r["situacao"] for r in ler(pasta, "remessas")] == ["ATIVA"]
    _, feito = _pedir(capsys, *clicada, "--confirmar")
    assert feito["feito"] is True
    assert [(r["codigo"], r["situacao"]) for r in ler(pasta, "remessas")] == [(2, "ATIVA"), (1, "ESTORNADA")]


def test_fora_da_aba_dos_titulos_vale_o_que_se_escreveu(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _escrever(pasta, "titulos", título=("T3", ""), valor=("5,00", ""))
    _, previa = _pedir(capsys, "titulo_receber", pasta, "--linha", "Remessas", "2")
    assert previa["relato"][0].startswith("Título T3")


@pytest.mark.requisito("K-07")
def test_ordena_a_lista_pela_coluna_em_que_se_clicou(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for desce in (False, True):
        codigo, resposta = _pedir(capsys, "ordenar", pasta, "--linha", "Remessas", "1", "2")
        assert codigo == 0
        assert ("do maior" if desce else "do menor") in resposta["relato"][0]
    codigo, resposta = _pedir(capsys, "ordenar", pasta, "--linha", "Remessas", "1")
    assert (codigo, resposta["problemas"][0]["mensagem"]) == (1, "falta Coluna")


@pytest.mark.parametrize("linha", [(), ("--linha", "Remessas", "9"), ("--linha", "Títulos", "2")])
def test_falta_dizer_a_remessa(pasta: Path, capsys: pytest.CaptureFixture[str], linha: tuple[str, ...]) -> None:
    codigo, resposta = _pedir(capsys, "remessas_estornar", pasta, *linha)
    (problema,) = resposta["problemas"]
    assert (codigo, resposta["feito"], problema["codigo"]) == (1, False, "filtro.falta")
    assert (problema["onde"], problema["mensagem"]) == ("Filtros das remessas!B2", "falta Remessa")
    assert problema["fazer"].startswith("Para Estornar, clique na linha, na aba Remessas, ou preencha")


def test_o_valor_que_nao_se_entende_se_diz_uma_vez(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _escrever(pasta, "titulos", valor=("muito", ""))
    _, resposta = _pedir(capsys, "titulo_receber", pasta, "--linha", "Títulos", "2")
    assert [(p["codigo"], p["onde"]) for p in resposta["problemas"]] == [("celula.valor", "Dados do título!B3")]


@pytest.mark.parametrize(
    ("argumentos", "codigo_do_erro"),
    [
        (("dancar", "x.xlsx"), "ato.desconhecido"),
        (("gerar", "nao-existe.xlsx"), "pasta.ausente"),
        (("arquivo_verificar", ""), "ato.sem_arquivo"),
    ],
)
def test_o_que_nao_se_pode_fazer(
    capsys: pytest.CaptureFixture[str], argumentos: tuple[str, ...], codigo_do_erro: str
) -> None:
    codigo, resposta = _pedir(capsys, *argumentos)
    assert (codigo, resposta["feito"], resposta["problemas"][0]["codigo"]) == (1, False, codigo_do_erro)
    assert resposta["problemas"][0]["fazer"]


def test_ato_sem_pasta_de_trabalho_por_outro_processo() -> None:
    comando = [sys.executable, "-m", "guiche.libreoffice", "ajuda", ""]
    saida = subprocess.run(comando, cwd=ENGINE, capture_output=True, check=True).stdout
    assert saida.isascii()
    assert json.loads(saida)["relato"][0] == "A ajuda está na aba Ajuda da pasta de trabalho."


def test_todo_botao_chega_a_quem_atende(pasta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cada ato do menu responde em JSON; os que faltam dado dizem a célula."""
    remessa = Path(_pedir(capsys, "gerar", pasta, "--confirmar")[1]["arquivos"][0])
    for id_ in sorted(BOTOES):
        ato = atos()[id_]
        if ato.onde != "servicos":
            continue
        arquivos = [remessa] * len(ato.arquivos)
        _, resposta = _pedir(capsys, id_, pasta if ato.alvo else "", *arquivos)
        assert resposta["feito"] or resposta["problemas"], id_
