"""A pessoa leva tudo o que se guarda dela; e sai, quando pode, sem deixar nome, documento ou conta."""

from __future__ import annotations

import json
import sqlite3
import zipfile
import zlib
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiche.cli import main
from guiche.erros import ErroDeRegra
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.privacidade.pessoa import anonimizar, exportar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import estornar, receber
from tests.privacidade.apoio import COBRANCA, CONTA, PESSOAS, achados, contrato
from tests.servicos.apoio import HOJE, ler, montar, na, retorno, titulo

DIA = date(2026, 8, 20)
FALA = "fala com Zulmira Quaresma"
ZULMIRA = {str(PESSOAS[0][campo]) for campo in ("nome", "cpf_cnpj", "conta", "email", "endereco", "bairro", "cep",
                                               "celular", "id_no_debito", "matricula")}  # fmt: skip


@pytest.fixture
def caminho(tmp_path: Path) -> Path:
    """Zulmira pagou dois títulos no banco e um no balcão; Belarmino ainda espera o banco."""
    devidos = [titulo(f"T{n}", DIA, f"{n}0.00", "C1", observacao=FALA) for n in (1, 2, 3)]
    devidos += [titulo(f"T{n}", DIA, f"{n}0.00", "C2") for n in (4, 5)]
    caminho = montar(
        tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=PESSOAS, titulos=devidos,
        condicoes=[{"titulo": "T1", "sacador": "Zulmira Quaresma", "sacador_documento": PESSOAS[0]["cpf_cnpj"]}],
    )  # fmt: skip
    with na(caminho) as ctx:
        receber(ctx, "T3", 3000, dia=HOJE)
        remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, tmp_path / "b.ret", ["00", "00", "01", "01"])
    with na(caminho) as ctx:
        importar(ctx, tmp_path / "b.ret", confirmar=True)
        gerar(ctx)
    return caminho


def _dentro(arquivo: Path) -> str:
    """Tudo o que o arquivo traz, aberto: também o que nenhuma célula mostra."""
    if arquivo.suffix != ".xlsx":
        return arquivo.read_bytes().decode("latin-1")
    with zipfile.ZipFile(arquivo) as pacote:
        return unescape("\n".join(pacote.read(nome).decode("utf-8", "replace") for nome in pacote.namelist()))


def _do_livro(caminho: Path) -> str:
    """As tabelas do livro em texto, menos os arquivos do banco."""
    with sqlite3.connect(caminho.with_name("Cobrança.guiche.db")) as livro:
        nomes = [n for (n,) in livro.execute("SELECT name FROM sqlite_master WHERE type='table' AND name <> 'arquivo'")]
        tabelas = [livro.execute(f"SELECT * FROM {nome}").fetchall() for nome in nomes]  # noqa: S608
        return json.dumps(tabelas, ensure_ascii=False, default=_aberto)


def _aberto(bloco: bytes) -> str:
    """O que se lembra da pasta guarda-se comprimido; o índice, não."""
    return (bloco if bloco[:1] in b"{[" else zlib.decompress(bloco, -15)).decode()


def test_a_exportacao_leva_tudo_e_so_da_pessoa(caminho: Path, tmp_path: Path) -> None:
    saida = tmp_path / "zulmira.json"
    assert main(["lgpd", "exportar", str(caminho), "--cliente", "C1", "--saida", str(saida)]) == 0
    dados: Any = json.loads(saida.read_text("utf-8"))
    assert achados(saida.read_text("utf-8"), ZULMIRA) == ZULMIRA
    assert achados(saida.read_text("utf-8"), {"Belarmino Vasques", PESSOAS[1]["cpf_cnpj"]}) == set()
    assert [t["Título"] for t in dados["abas"]["Títulos"]] == ["T1", "T2", "T3"]
    assert dados["abas"]["Condições"][0]["Sacador/avalista"] == "Zulmira Quaresma"
    assert [r["titulo"] for r in dados["livro"]["recebimentos"]] == ["T3", "T1", "T2"]
    assert len(dados["livro"]["linhas_enviadas"]) == 2
    planilha = openpyxl.load_workbook(saida.with_suffix(".xlsx"))
    assert {"Clientes", "Títulos", "Recebimentos"} <= set(planilha.sheetnames)
    with na(caminho) as ctx:
        ((depois,),) = ctx.livro.consultar("SELECT depois FROM ato WHERE tipo = 'lgpd exportar'")
    assert '"registros": ' in depois
    assert "C1" not in depois


def test_a_exportacao_de_uma_pessoa_nao_toma_o_lugar_de_nada(caminho: Path, tmp_path: Path) -> None:
    antes = caminho.read_bytes()
    for cliente in ("C1", "C2"):
        assert main(["lgpd", "exportar", str(caminho), "--cliente", cliente]) == 0
    assert (
        main(["lgpd", "exportar", str(caminho), "--cliente", "C2", "--saida", str(caminho.with_suffix(".json"))]) == 0
    )
    de_quem = {p.name: json.loads(p.read_text("utf-8"))["cliente"] for p in tmp_path.glob("*.json")}
    assert de_quem == {"dados da pessoa.json": "C1", "dados da pessoa 2.json": "C2", "Cobrança 2.json": "C2"}
    assert all((tmp_path / nome).with_suffix(".xlsx").is_file() for nome in de_quem)
    assert caminho.read_bytes() == antes


def test_boletos_entram_na_exportacao(tmp_path: Path) -> None:
    caminho = montar(tmp_path, contas=[CONTA, COBRANCA], cobranca=[contrato()], clientes=PESSOAS,
                     titulos=[titulo("T9", DIA, "90.00", "C3")])  # fmt: skip
    assert main(["boletos", "gerar", str(caminho), "--optantes", "--hoje", "2026-08-04"]) == 0
    with na(caminho) as ctx:
        exportar(ctx, "C3", tmp_path / "i.json")
    dados: Any = json.loads((tmp_path / "i.json").read_text("utf-8"))
    assert "Iolanda Xavantes" in dados["livro"]["boletos"][0]["dados"]
    with na(caminho) as ctx, pytest.raises(ErroDeRegra, match="A REGISTRAR"):
        anonimizar(ctx, "C3", confirmar=True)
    assert main(["boletos", "estornar", str(caminho), "1", "--hoje", "2026-08-04"]) == 0
    with na(caminho) as ctx:
        estornar(ctx, "T9", "Iolanda Xavantes desistiu", "ESTORNADO")
        anonimizar(ctx, "C3", confirmar=True)
    assert achados(_dentro(caminho) + _do_livro(caminho), {"Iolanda Xavantes", PESSOAS[2]["cpf_cnpj"]}) == set()
    assert ler(caminho, "boletos")[0]["valor"] == 90.0


def test_quem_ainda_deve_nao_sai(caminho: Path) -> None:
    antes = caminho.read_bytes()
    with na(caminho) as ctx, pytest.raises(ErroDeRegra) as erro:
        anonimizar(ctx, "C2", confirmar=True)
    assert erro.value.codigo == "pessoa.em_curso"
    assert "título T4 ENVIADO" in str(erro.value)
    assert caminho.read_bytes() == antes


def test_sem_confirmar_so_se_mostra(caminho: Path, capsys: pytest.CaptureFixture[str]) -> None:
    antes = caminho.read_bytes()
    assert main(["lgpd", "anonimizar", str(caminho), "--cliente", "C1"]) == 0
    assert "--confirmar" in capsys.readouterr().out
    assert caminho.read_bytes() == antes


def test_a_pessoa_some_da_pasta_e_do_livro_e_o_dinheiro_fica(caminho: Path) -> None:
    quanto = sum(float(m["valor"]) for m in ler(caminho, "movimento_banco"))
    assert achados(_dentro(caminho), ZULMIRA)
    assert main(["lgpd", "anonimizar", str(caminho), "--cliente", "C1", "--confirmar"]) == 0
    assert achados(_dentro(caminho), ZULMIRA) == set()
    assert achados(_do_livro(caminho), ZULMIRA) == set()
    assert sum(float(m["valor"]) for m in ler(caminho, "movimento_banco")) == quanto
    assert [t["situacao"] for t in ler(caminho, "titulos")] == ["PAGO", "PAGO", "PAGO", "ENVIADO", "ENVIADO"]
    assert {t["cliente"] for t in ler(caminho, "titulos")} == {"ANONIMO-1", "C2"}
    with na(caminho) as ctx:
        assert ctx.livro.valor("SELECT COUNT(*) FROM arquivo") == 3
        assert gerar(ctx).feito
    assert main(["lgpd", "exportar", str(caminho), "--cliente", "C1"]) == 1


def test_de_quem_nao_ha_nada_se_diz(caminho: Path) -> None:
    with na(caminho) as ctx:
        with pytest.raises(ErroDeRegra) as erro:
            exportar(ctx, "C99", caminho.with_name("x.json"))
        assert erro.value.codigo == "pessoa.ausente"
        with pytest.raises(ErroDeRegra) as erro:
            anonimizar(ctx, "C99", confirmar=False)
        assert erro.value.codigo == "pessoa.ausente"


def test_toda_tabela_do_livro_que_diz_de_quem_e_se_exporta_e_se_anonimiza(caminho: Path) -> None:
    """Uma tabela nova com o cliente e sem quem cuide dela é vazamento certo."""
    with sqlite3.connect(caminho.with_suffix(".guiche.db")) as livro:
        tabelas = [nome for (nome,) in livro.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        dela = {t for t in tabelas if "cliente" in {c[1] for c in livro.execute(f"PRAGMA table_info({t})")}}
    fonte = (Path(__file__).parents[2] / "engine/guiche/livro/pessoas.py").read_text("utf-8")
    assert dela
    assert {t for t in dela if f"UPDATE {t} SET" not in fonte and t != "boleto"} == set()
    assert {t for t in dela if f"FROM {t} " not in fonte and f'FROM {t}"' not in fonte} == set()
