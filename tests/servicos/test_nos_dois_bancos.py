"""As cenas dos boletos, dos fechamentos, do desfazer e da privacidade, também com o livro no servidor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guiche.servicos.privacidade.pessoa import anonimizar, exportar
from tests.servicos import (
    test_conciliacao,
    test_desfazer,
    test_fechamentos,
    test_integridade_e_lote,
    test_numeros_do_banco,
    test_remessa_boletos,
    test_retorno_boletos,
    test_um_numero_um_boleto,
)
from tests.servicos.apoio import HOJE, ler, na

CENAS: tuple[Callable[[Path], None], ...] = (
    test_conciliacao.test_um_a_um_o_que_falta_e_o_que_sobra,
    test_desfazer.test_importacao_de_debito_volta_e_o_arquivo_pode_vir_de_novo,
    test_desfazer.test_importacao_da_cobranca_volta,
    test_desfazer.test_decisao_de_divergencia_volta_a_pedir_decisao,
    test_desfazer.test_recebido_o_fechamento_desfazer_leva_a_comissao,
    test_fechamentos.test_boleto_do_fechamento_so_pela_conta_de_cobranca,
    test_integridade_e_lote.test_pasta_intacta_confere,
    test_remessa_boletos.test_o_circulo_emissao_remessa_banco_retorno_baixa,
    test_remessa_boletos.test_exportar_de_novo_descartar_e_estornar,
    test_remessa_boletos.test_instrucoes_vao_na_remessa_com_o_que_mudam,
    test_retorno_boletos.test_baixar_parcial_tarifar_e_ignorar,
    test_retorno_boletos.test_boleto_de_tres_titulos_reparte_pagamento_juros_e_falta,
    test_um_numero_um_boleto.um_espaco_so,
    test_um_numero_um_boleto.um_livro_antigo,
    test_um_numero_um_boleto.o_livro_recusa,
    test_numeros_do_banco.no_inter,
)


@pytest.mark.postgresql
@pytest.mark.parametrize("cena", CENAS, ids=lambda cena: cena.__name__)
def test_cena_no_servidor(
    tmp_path: Path, cena: Callable[[Path], None], servidor_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUICHE_LIVRO", servidor_postgresql)
    cena(tmp_path)
    assert not list(tmp_path.glob("*.db")), "a cena correu no SQLite"


@pytest.mark.postgresql
def test_a_pessoa_se_exporta_e_se_anonimiza_no_servidor(
    tmp_path: Path, servidor_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUICHE_LIVRO", servidor_postgresql)
    caminho, _ = test_conciliacao.pagos(tmp_path)
    quanto = [m["valor"] for m in ler(caminho, "movimento_banco")]
    with na(caminho, HOJE) as ctx:
        exportar(ctx, "A", tmp_path / "a.json")
    assert "T2" in (tmp_path / "a.json").read_text("utf-8")
    with na(caminho, HOJE) as ctx:
        dele = "SELECT cliente FROM recebimento WHERE cliente = 'B'"
        assert ctx.livro.consultar(dele)
        anonimizar(ctx, "B", confirmar=True)
        assert ctx.livro.consultar(dele) == []
    assert [m["valor"] for m in ler(caminho, "movimento_banco")] == quanto
