"""A cópia mascarada: as mesmas contas e tabelas, sem pessoas, e sem o livro."""

from __future__ import annotations

import zipfile
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from guiche.cli import main
from guiche.dominio import cpf_cnpj
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import esquema
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.retornos.importar import importar
from tests.privacidade.apoio import COBRANCA, CONTA, DA_EMPRESA, PESSOAS, PLANTADOS, achados, contrato, devidos
from tests.servicos.apoio import ler, montar, na, retorno


@pytest.fixture
def copia(tmp_path: Path) -> tuple[Path, Path]:
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=PESSOAS, titulos=devidos(date(2026, 8, 20))
    )
    with na(caminho, usuario="belarmino") as ctx:
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "b.ret", ["00", "01"])
    with na(caminho, usuario="belarmino") as ctx:
        importar(ctx, tmp_path / "b.ret", confirmar=True)
    pasta = openpyxl.load_workbook(caminho)
    solta = pasta.create_sheet("Minhas contas")
    solta.append(["Iolanda Xavantes", "Saldo de Zulmira Quaresma", "=SUM(Títulos!H2:H4)", "=Clientes!B2", 8172635])
    solta["A1"].comment = Comment("ligar para Belarmino Vasques", "Zulmira Quaresma")
    pasta["Clientes"]["AC2"] = "mãe: Iolanda Xavantes"
    pasta.properties.creator = "Zulmira Quaresma"
    pasta.save(caminho)
    saida = tmp_path / "mascarada.xlsx"
    assert main(["copia-mascarada", str(caminho), str(saida)]) == 0
    return caminho, saida


def _dentro(arquivo: Path) -> str:
    with zipfile.ZipFile(arquivo) as pacote:
        return unescape("\n".join(pacote.read(nome).decode("utf-8", "replace") for nome in pacote.namelist()))


def test_nenhuma_pessoa_nem_conta_fica(copia: tuple[Path, Path]) -> None:
    caminho, saida = copia
    assert achados(_dentro(caminho), PLANTADOS | DA_EMPRESA) == PLANTADOS | DA_EMPRESA
    assert achados(_dentro(saida), PLANTADOS | DA_EMPRESA | {"belarmino", "Zulmira", "Iolanda"}) == set()


def test_valores_tabelas_e_formulas_ficam(copia: tuple[Path, Path]) -> None:
    caminho, saida = copia
    for tabela in esquema().values():
        antes, depois = ler(caminho, tabela.id), ler(saida, tabela.id)
        ficam = [c.id for c in tabela.colunas if not c.pessoal]
        if tabela.id != "parametros":
            assert [[linha[c] for c in ficam] for linha in antes] == [[linha[c] for c in ficam] for linha in depois]
    solta = openpyxl.load_workbook(saida)["Minhas contas"]
    assert (solta["C1"].value, solta["D1"].value) == ("=SUM(Títulos!H2:H4)", "=Clientes!B2")
    assert solta["A1"].value not in {None, "Iolanda Xavantes"}
    assert openpyxl.load_workbook(saida)["Ajuda"]["A1"].value == openpyxl.load_workbook(caminho)["Ajuda"]["A1"].value


def test_as_trocas_casam_entre_as_abas(copia: tuple[Path, Path]) -> None:
    _, saida = copia
    clientes = {c["codigo"]: c for c in ler(saida, "clientes")}
    assert len(clientes) == 3
    assert {t["cliente"] for t in ler(saida, "titulos")} == set(clientes)
    for linha in ler(saida, "remessa_linhas"):
        assert linha["nome"] == clientes[linha["cliente"]]["nome"]
    assert all(cpf_cnpj.tipo(c["cpf_cnpj"]) == "CPF" for c in clientes.values())
    assert all(str(c["email"]).endswith("@exemplo.com") for c in clientes.values())


def test_a_copia_nao_conhece_o_livro_e_se_abre(copia: tuple[Path, Path], tmp_path: Path) -> None:
    caminho, saida = copia
    assert PastaEmArquivo(saida).parametro("livro_id") == ""
    with na(caminho) as ctx:
        assert ctx.livro.valor("SELECT COUNT(*) FROM remessa") == 1
    outra = tmp_path / "outra" / "m.xlsx"
    outra.parent.mkdir()
    outra.write_bytes(saida.read_bytes())
    with na(outra) as ctx:
        assert conferir(ctx).feito
        assert ctx.livro.valor("SELECT COUNT(*) FROM remessa") == 0


def test_nao_sobrescreve_nem_muda_o_original(copia: tuple[Path, Path]) -> None:
    caminho, saida = copia
    antes = caminho.read_bytes(), saida.read_bytes()
    assert main(["copia-mascarada", str(caminho), str(saida)]) == 1
    assert main(["copia-mascarada", str(caminho), str(saida.with_suffix(".csv"))]) == 1
    assert (caminho.read_bytes(), saida.read_bytes()) == antes
    assert not list(saida.parent.glob(".*mascara*"))
