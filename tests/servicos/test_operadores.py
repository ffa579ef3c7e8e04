"""Vários operadores ao mesmo tempo: nenhum título em duas remessas, NSA sem furo, ninguém espera para sempre."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.livro import cadastramentos, remessas
from guiche.livro.conexao import ESPERA_SEGUNDOS
from guiche.livro.vinculo import VARIAVEL
from guiche.oficio.contexto import abrir
from guiche.servicos.cuidados.desfazer import desfazer
from guiche.servicos.debito.decisao import decidir
from guiche.servicos.debito.gerar import gerar
from guiche.vistas.retomada import retomar
from tests.postgresql import POSTGRESQL
from tests.servicos import disputas
from tests.servicos.apoio import autor, na
from tests.servicos.operadores import PERDEU, conferir_tudo, preparar, trabalhar


@pytest.mark.parametrize(("quantos", "vezes"), [(2, 16), (8, 6)])
def test_operadores_ao_mesmo_tempo(banco: str, tmp_path: Path, quantos: int, vezes: int) -> None:
    pastas = preparar(tmp_path, quantos)
    assert len(set(pastas)) == (quantos if banco == POSTGRESQL else 1)
    relato = trabalhar(pastas, vezes, semente=20261121)
    assert relato.mais_longo < ESPERA_SEGUNDOS
    assert sum(relato.atos.values()) == quantos * vezes
    assert {"gerar", "importar", "estornar"} <= set(relato.atos) <= {
        "gerar", "importar", "estornar", "nada a gerar", "nada a importar", "nada a estornar", *PERDEU,
    }  # fmt: skip
    conferir_tudo(pastas)


@pytest.mark.parametrize(("quantos", "vezes"), [(2, 24), (8, 8)])
def test_disputam_os_mesmos_cadastramentos_e_fechamentos(banco: str, tmp_path: Path, quantos: int, vezes: int) -> None:
    assert banco
    pastas = disputas.preparar(tmp_path, quantos)
    relato = trabalhar(pastas, vezes, semente=20261121, modulo="tests.servicos.disputas")
    assert relato.mais_longo < ESPERA_SEGUNDOS
    assert sum(relato.atos.values()) == quantos * vezes
    nada = {f"nada a {nome}" for nome in disputas.NOMES}
    assert set(relato.atos) >= {"decidir", "gerar"}
    assert set(relato.atos) <= disputas.NOMES | nada | PERDEU
    disputas.conferir_tudo(pastas)


@pytest.mark.postgresql
def test_quem_se_exclui_enquanto_outro_gera_nao_se_debita(
    servidor_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIAVEL, servidor_postgresql)
    minha, de_outro = disputas.preparar(tmp_path, 2)
    decididos: list[str] = []

    def enquanto_isso(frase: str) -> None:
        """Depois de a pasta estar em dia, e antes de chegar a vez de gravar, outro operador aceita as exclusões."""
        if not frase.startswith("Lendo a pasta"):
            return
        with na(de_outro, usuario="bia") as ctx:
            for c in cadastramentos.abertos(ctx.livro, "001", "654321"):
                if c.movimento == cadastramentos.EXCLUSAO:
                    decidir(ctx, c.retorno_id, c.seq, "ACEITAR")
                    decididos.append(c.cliente)

    with abrir(minha, autor(), enquanto_isso) as ctx:
        gerar(ctx)
        debitados = {linha.cliente for linha in remessas.linhas_da(ctx.livro, 2)}
    assert len(decididos) == 4
    assert debitados == {f"C{n}" for n in range(4, 12)} - {f"C{n}" for n in disputas.SAI}
    disputas.conferir_tudo([minha, de_outro])


@pytest.mark.postgresql
def test_descartada_por_outro_a_remessa_sai_da_pasta_de_quem_a_gerou(
    servidor_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIAVEL, servidor_postgresql)
    minha, de_outro = disputas.preparar(tmp_path, 2)
    with na(minha) as ctx:
        arquivo = gerar(ctx).arquivos[-1]
    with na(de_outro, usuario="bia") as ctx:
        desfazer(ctx, "engano")
    assert arquivo.exists()
    with na(minha) as ctx:
        retomar(ctx)
    assert not arquivo.exists()
    assert arquivo.with_name(f"{arquivo.name}.descartado").exists()
