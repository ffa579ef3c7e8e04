"""O que um ato interrompido deixa a meio, o seguinte acaba."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDePlanilha
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from tests.servicos.apoio import cliente, ler, montar, na, titulo


@pytest.fixture
def pasta(banco: str, tmp_path: Path) -> Path:  # noqa: ARG001  roda nos dois bancos
    return montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])


def test_disco_cheio_ao_exportar_nao_perde_a_remessa(pasta: Path) -> None:
    (pasta.parent / "remessas").write_text("um arquivo onde devia haver uma pasta")
    with na(pasta) as ctx, pytest.raises(ErroDePlanilha) as erro:
        gerar(ctx)
    assert erro.value.codigo == "disco.gravacao"
    assert ler(pasta, "titulos")[0]["situacao"] == ""
    (pasta.parent / "remessas").unlink()
    with na(pasta) as ctx:
        feito = atualizar(ctx)
    assert [a.name for a in feito.arquivos] == ["DBT_654321_000001.rem"]
    assert feito.arquivos[0].exists()
    assert ler(pasta, "titulos")[0]["situacao"] == "ENVIADO"
    with na(pasta) as ctx:
        assert gerar(ctx).linhas[0].startswith("Nenhum título a enviar")


def test_pasta_gravada_no_meio_do_ato_por_outro_programa(pasta: Path) -> None:
    with na(pasta) as ctx:
        outra = PastaEmArquivo(pasta)
        outra.definir_parametro("versao_do_modelo", "1.1")
        outra.salvar()
        with pytest.raises(ErroDePlanilha) as erro:
            gerar(ctx)
    assert erro.value.codigo == "pasta.mudou"
    with na(pasta) as ctx:
        atualizar(ctx)
    assert ler(pasta, "titulos")[0]["situacao"] == "ENVIADO"
    assert [r["nsa"] for r in ler(pasta, "remessas")] == [1]


def test_pasta_que_nao_se_pode_gravar(pasta: Path) -> None:
    (obstaculo := pasta.with_name(f".{pasta.name}.provisorio")).mkdir()
    with na(pasta) as ctx, pytest.raises(ErroDePlanilha) as erro:
        gerar(ctx)
    assert erro.value.codigo == "disco.gravacao"
    assert ler(pasta, "remessas") == []
    assert [p.name for p in (pasta.parent / "remessas").iterdir()] == ["DBT_654321_000001.rem"]
    obstaculo.rmdir()
    with na(pasta) as ctx:
        assert gerar(ctx).linhas[0].startswith("Nenhum título a enviar")
    assert [t["situacao"] for t in ler(pasta, "titulos")] == ["ENVIADO"]
    assert [(r["nsa"], r["situacao"]) for r in ler(pasta, "remessas")] == [(1, "ATIVA")]


def test_apagar_as_abas_do_guiche_nao_perde_nada(pasta: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    antes = {t: ler(pasta, t) for t in ("remessas", "remessa_linhas", "diario")}
    vazia = PastaEmArquivo(pasta)
    for tabela in antes:
        vazia.gravar(tabela, [])
    vazia.salvar()
    with na(pasta) as ctx:
        atualizar(ctx)
    assert {t: ler(pasta, t) for t in antes} == antes
