"""O esqueleto de um ato: o que está antes do ``yield`` é tudo ou nada; as abas refazem-se por último."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guiche.erros import ErroDeRegra
from guiche.livro import atos
from guiche.livro.atos import registrar
from guiche.oficio.cadastros import Cadastros, ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.ato import Meio, gravando
from guiche.servicos.debito.gerar import gerar
from tests.servicos.apoio import cliente, gravar_tabela, ler, montar, na, titulo


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return montar(tmp_path, clientes=[cliente("A")], titulos=[titulo("T1", date(2026, 8, 20), "1.00")])


@gravando("provar")
def _provar(ctx: Contexto, _: Cadastros, como: str) -> Meio:
    if como == "recusar":
        return Resultado("provar", ("Recusado.",), feito=False)
    registrar(ctx.livro, ctx.autor, "provar", depois={})
    if como == "falhar antes":
        raise ErroDeRegra("titulo.ausente", "antes")
    yield
    if como == "falhar depois":
        raise ErroDeRegra("titulo.ausente", "depois")
    return Resultado("provar", (f"livro {atos.ultimo(ctx.livro)}, aba {ctx.pasta.parametro('ultimo_ato') or 0}",))


def test_depois_do_yield_o_livro_esta_gravado_e_as_abas_por_refazer(pasta: Path) -> None:
    with na(pasta) as ctx:
        assert _provar(ctx, "gravar").linhas == ("livro 1, aba 0",)
        assert ctx.pasta.parametro("ultimo_ato") == "1"
    assert [linha["acao"] for linha in ler(pasta, "diario")] == ["provar"]


@pytest.mark.parametrize("como", ["recusar", "falhar antes"])
def test_antes_do_yield_nada_fica(pasta: Path, como: str) -> None:
    antes = pasta.read_bytes()
    with na(pasta) as ctx:
        try:
            assert not _provar(ctx, como).feito
        except ErroDeRegra as erro:
            assert erro.mensagem == "antes"
        assert not atos.ultimo(ctx.livro)
    assert pasta.read_bytes() == antes


def test_o_que_falha_depois_do_yield_mostra_o_ato_seguinte(pasta: Path) -> None:
    with na(pasta) as ctx:
        with pytest.raises(ErroDeRegra):
            _provar(ctx, "falhar depois")
        assert ler(pasta, "diario") == []
        gerar(ctx)
    assert sorted(linha["acao"] for linha in ler(pasta, "diario")) == ["gerar", "provar"]


def test_cadastro_com_problema_recusa_antes_do_meio(tmp_path: Path) -> None:
    duas = [titulo("T1", date(2026, 8, 20), "1.00")] * 2
    with na(montar(tmp_path, clientes=[cliente("A")], titulos=duas)) as ctx:
        feito = _provar(ctx, "gravar")
        assert (feito.feito, feito.ato, bool(feito.problemas)) == (False, "provar", True)
        assert not atos.ultimo(ctx.livro)


def test_lido_duas_vezes_no_mesmo_ato_vale_o_que_a_pessoa_acaba_de_escrever(pasta: Path) -> None:
    with na(pasta) as ctx:
        gerar(ctx)
    outra = PastaEmArquivo(pasta)
    gravar_tabela(outra, "titulos", [titulo("T1", date(2026, 8, 20), "2.00")])
    outra.salvar()
    with na(pasta) as ctx:
        lidos = [ler_cadastros(ctx.pasta, ctx.lembranca).titulos[0].valor for _ in range(2)]
    assert lidos == [200, 200]
