"""A pasta de trabalho do primeiro modelo, com trabalho feito nela, posta em dia."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.erros import ErroDePlanilha
from guiche.planilha import pacote
from guiche.planilha.acabamento import acabar
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema, versao
from guiche.planilha.modernizar import modernizar
from guiche.planilha.pronta import caminho_do_modelo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from tests.planilha.test_arquivo import achados
from tests.servicos.apoio import CONTA, HOJE, cliente, ler, na, titulo

PRIMEIRO = Path(__file__).parent / "modelos" / "primeiro.xlsx"


def velha(tmp_path: Path) -> Path:
    """A do primeiro modelo, com três títulos, e uma coluna e uma aba da pessoa."""
    caminho = tmp_path / "Cobrança.xlsx"
    shutil.copyfile(PRIMEIRO, caminho)
    pasta = openpyxl.load_workbook(caminho)
    vence = HOJE + timedelta(days=20)
    _encher(pasta["Contas"], "tbContas", [CONTA])
    _encher(pasta["Clientes"], "tbClientes", [cliente("007", 1), cliente("B", 2)])
    devidos = [titulo(f"00{n}", vence, "10.00", "007") | {"Minha nota": f"nota {n}"} for n in range(3)]
    pasta["Títulos"].cell(1, len(list(pasta["Títulos"][1])) + 3, "solta")
    _encher(pasta["Títulos"], "tbTitulos", devidos)
    pasta.create_sheet("Rascunho")["B2"] = "=1+1"
    pasta.save(caminho)
    caminho.write_bytes(acabar(caminho.read_bytes()))  # o openpyxl sozinho já deixa o validador descontente
    return caminho


def _encher(aba: Any, tabela: str, linhas: list[dict[str, Any]]) -> None:
    titulos = {celula.value: celula.column for celula in aba[1]}
    (achada,) = [t for t in esquema().values() if t.nome == tabela]
    nomes = {c.id: c.titulo for c in achada.colunas}
    for n, linha in enumerate(linhas, 2):
        for id_, valor in linha.items():
            if nomes.get(id_, id_) in titulos:
                aba.cell(n, titulos[nomes.get(id_, id_)], valor)
    fim = 1 + len(linhas)
    objeto = aba.tables[tabela]
    objeto.ref = f"{objeto.ref.split(':')[0]}:{objeto.ref.split(':')[1].rstrip('0123456789')}{fim}"
    objeto.autoFilter.ref = objeto.ref


def em_dia(caminho: Path) -> list[str]:
    with na(caminho) as ctx:
        return list(atualizar(ctx).linhas)


def test_a_pasta_do_primeiro_modelo_trabalha_como_a_de_hoje(tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    with pytest.raises(ErroDePlanilha, match="faltam colunas") as recusa, na(caminho) as ctx:
        gerar(ctx)
    assert "Atualizar" in recusa.value.fazer
    relato = em_dia(caminho)
    assert "Aba nova: Divergências." in relato
    assert "A pasta de trabalho como era ficou em Cobrança (modelo anterior).xlsx." in relato
    assert achados(caminho) == ""
    with na(caminho) as ctx:
        gerar(ctx)
    assert [(t["numero"], t["cliente"], t["situacao"]) for t in ler(caminho, "titulos")] == [
        (f"00{n}", "007", "ENVIADO") for n in range(3)
    ]
    assert achados(caminho) == ""
    nova = PastaEmArquivo(caminho)
    for tabela in esquema().values():
        assert {c.titulo for c in tabela.colunas} <= set(nova.lugares[tabela.nome].titulos)
    with na(caminho) as ctx:
        assert ctx.pasta.parametro("livro_id")
    assert em_dia(caminho) == ["As abas do Guichê mostram de novo o que está no livro."]


def test_em_dia_o_cabecalho_que_a_pessoa_muda_nao_vira_coluna_nova(tmp_path: Path) -> None:
    """Atualizar só acrescenta à pasta de outro modelo: na de hoje, a coluna que falta é um engano a dizer."""
    caminho = velha(tmp_path)
    em_dia(caminho)
    assert PastaEmArquivo(caminho).parametro("versao_do_modelo") == versao()
    pasta = openpyxl.load_workbook(caminho)
    (celula,) = [c for c in pasta["Títulos"][1] if c.value == "Valor"]
    celula.value = "Vlr"
    pasta["Títulos"].tables["tbTitulos"].tableColumns[celula.column - 1].name = "Vlr"
    pasta.save(caminho)
    with pytest.raises(ErroDePlanilha, match="faltam colunas: Valor"):
        em_dia(caminho)
    assert "Vlr" in [c.value for c in openpyxl.load_workbook(caminho)["Títulos"][1]]


def test_o_que_e_da_pessoa_fica(tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    antes = openpyxl.load_workbook(caminho)
    modernizar(caminho)
    depois = openpyxl.load_workbook(caminho)
    assert depois["Rascunho"]["B2"].value == "=1+1"
    for nome in antes.sheetnames:
        if nome == "Parâmetros":
            continue
        celulas = {(c.row, c.column): (c.value, c.number_format, c.fill.fgColor.rgb) for r in antes[nome] for c in r}
        agora = {(c.row, c.column): (c.value, c.number_format, c.fill.fgColor.rgb) for r in depois[nome] for c in r}
        assert celulas.items() <= agora.items()
    guardada = tmp_path / "Cobrança (modelo anterior).xlsx"
    assert openpyxl.load_workbook(guardada).sheetnames == antes.sheetnames


def test_a_coluna_nova_e_como_a_do_modelo(tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    tinha = {nome: lugar.titulos for nome, lugar in PastaEmArquivo(caminho).lugares.items()}
    modernizar(caminho)
    modelo, aqui = openpyxl.load_workbook(caminho_do_modelo()), openpyxl.load_workbook(caminho)
    for tabela in esquema().values():
        la, ca = modelo[tabela.aba], aqui[tabela.aba]
        onde = {c.value: n for n, c in enumerate(ca[1], 1)}
        novas = [(n, c) for n, c in enumerate(la[1], 1) if c.value not in tinha.get(tabela.nome, ())]
        for n, coluna in novas:
            for linha in (1, 2):
                certa, feita = la.cell(linha, n), ca.cell(linha, onde[coluna.value])
                assert feita.number_format == certa.number_format, (tabela.aba, coluna.value)
                assert feita.protection.locked == certa.protection.locked
                assert feita.fill.fgColor.rgb == certa.fill.fgColor.rgb
                assert (feita.font.b, feita.font.color and feita.font.color.rgb) == (
                    certa.font.b, certa.font.color and certa.font.color.rgb,
                )  # fmt: skip
        assert ca.protection.sheet == la.protection.sheet
    (letra,) = [c.column_letter for c in aqui["Clientes"][1] if c.value == "UF"]
    assert aqui["Clientes"].column_dimensions[letra].width == 6


def _recusada_sem_mudar(pasta: openpyxl.Workbook, caminho: Path, frase: str) -> None:
    pasta.save(caminho)
    antes = caminho.read_bytes()
    with pytest.raises(ErroDePlanilha, match=frase) as erro:
        modernizar(caminho)
    assert erro.value.codigo == "pasta.sem_lugar"
    assert caminho.read_bytes() == antes
    assert [p.name for p in caminho.parent.iterdir()] == [caminho.name]


def test_o_que_ocupa_o_lugar_de_uma_coluna_nova_se_diz_e_nada_muda(tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    pasta = openpyxl.load_workbook(caminho)
    aba: Any = pasta["Clientes"]
    aba.cell(2, len(list(aba[1])) + 3, "meu lembrete")
    _recusada_sem_mudar(pasta, caminho, "há algo escrito em")


@pytest.mark.parametrize("aba", ["Divergências", "BOLETOS"])
def test_outra_aba_com_o_nome_de_uma_nova_se_diz(aba: str, tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    pasta = openpyxl.load_workbook(caminho)
    pasta.create_sheet(aba)
    _recusada_sem_mudar(pasta, caminho, "já há uma aba")


def test_a_pasta_sem_a_tabela_de_titulos_nem_o_cabecalho_dela_nao_e_de_modelo_anterior(tmp_path: Path) -> None:
    caminho = velha(tmp_path)
    pasta = openpyxl.load_workbook(caminho)
    del pasta["Títulos"].tables["tbTitulos"]
    pasta["Títulos"]["A1"] = "Outro"
    pasta.save(caminho)
    with pytest.raises(ErroDePlanilha, match="tbTitulos") as erro:
        modernizar(caminho)
    assert erro.value.codigo == "pasta.tabela_ausente"
    assert [p.name for p in tmp_path.iterdir()] == ["Cobrança.xlsx"]


def test_os_filtros_escritos_ficam_quando_a_aba_ganha_linhas(tmp_path: Path) -> None:
    caminho = tmp_path / "Cobrança.xlsx"
    shutil.copyfile(caminho_do_modelo(), caminho)
    tabela = esquema()["painel_debito"]
    textos = pacote.ler_parte(caminho, pacote.TEXTOS).replace(b">Data fixa<", b">Outrora<")
    pacote.gravar(caminho, {pacote.TEXTOS: pacote.comprimir([textos])})
    pasta = PastaEmArquivo(caminho)
    onde = {str(opcao): n for n, (opcao,) in zip(*_linhas(pasta), strict=True)}
    pasta.definir_parametro("versao_do_modelo", "a de outrora")
    pasta.atualizar(tabela.id, ("de", "ate"), {onde["Filial"]: ("01", "02"), onde["Vencimento"]: ("01/08/2026", "")})
    pasta.salvar()
    assert modernizar(caminho)[0] == "Aba Filtros do débito, linhas novas: Data fixa."
    escrito = {
        linha[0]: tuple(linha[1:]) for linha in PastaEmArquivo(caminho).ler(tabela.id, ("opcao", "de", "ate")).linhas
    }
    assert escrito["Filial"] == ("01", "02")
    assert escrito["Vencimento"] == ("01/08/2026", "")
    assert "Data fixa" in escrito
    assert "Outrora" not in escrito
    assert achados(caminho) == ""


def _linhas(pasta: PastaEmArquivo) -> tuple[Any, Any]:
    folha = pasta.ler("painel_debito", ("opcao",))
    return folha.numeros, folha.linhas


@pytest.mark.libreoffice
def test_a_que_o_libreoffice_salvou_tambem(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("falta o LibreOffice")
    origem = velha(tmp_path)
    fora = tmp_path / "salva"
    perfil = f"-env:UserInstallation={(tmp_path / 'perfil').as_uri()}"
    comando = ["soffice", perfil, "--headless", "--convert-to", "xlsx"]
    subprocess.run([*comando, "--outdir", str(fora), str(origem)], check=True, capture_output=True, timeout=120)
    caminho = fora / origem.name
    assert "Aba nova: Divergências." in em_dia(caminho)
    with na(caminho) as ctx:
        gerar(ctx)
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["ENVIADO"] * 3


FILHO = """
import os, signal, sys
from pathlib import Path
from guiche.servicos.pasta import atualizar
from tests.servicos.apoio import na
faltam = [int(sys.argv[2])]
def auditor(evento, dados):
    grava = evento == "open" and isinstance(dados[2], int) and dados[2] & (os.O_WRONLY | os.O_RDWR)
    if grava or evento in ("os.rename", "os.remove"):
        faltam[0] -= 1
        if not faltam[0]:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(auditor)
with na(Path(sys.argv[1])) as ctx:
    atualizar(ctx)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema não tem SIGKILL")
def test_morta_em_qualquer_ponto_a_pasta_se_poe_em_dia_na_vez_seguinte(tmp_path: Path) -> None:
    ambiente = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for ponto in range(1, 40):
        onde = tmp_path / str(ponto)
        onde.mkdir()
        caminho = velha(onde)
        comando = [sys.executable, "-c", FILHO, str(caminho), str(ponto)]
        morreu = subprocess.run(comando, env=ambiente, check=False).returncode
        em_dia(caminho)
        with na(caminho) as ctx:
            gerar(ctx)
        assert [t["situacao"] for t in ler(caminho, "titulos")] == ["ENVIADO"] * 3
        assert openpyxl.load_workbook(caminho)["Rascunho"]["B2"].value == "=1+1"
        if not morreu:
            break
    assert ponto > 5
