"""O banco de faz de conta só diz o que as tabelas e o calendário do próprio Guichê conhecem."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.plano import formato_com_variante
from guiche.bancos.ocorrencias import motivo
from guiche.dominio.datas import Calendario
from guiche.erros import ErroDeLayout, ErroDeRegra, Problema
from guiche.oficio.recepcao import Aceita
from guiche.remessa.composicao import compor
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, empresa, minimo
from tests.servicos.apoio import cliente, ler, montar, na, titulo

SEXTA = datetime(2026, 10, 9, 9, 0)
"""Véspera de um fim de semana que acaba num feriado nacional, 12/10."""
DESFECHOS = ("REJEITADO", "PAGO", "ATRASADO", "PARCIAL", "ABERTO", "PIX")


def _remessa(nome: str, onde: Path) -> Path:
    caminho = onde / "remessa.rem"
    titulos = [minimo(n) for n in range(1, 7)]
    caminho.write_bytes(compor(nome, empresa(nome), titulos, AGORA).conteudo)
    return caminho


@pytest.mark.caso("R-12")
@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_o_que_ele_responde_as_tabelas_conhecem_e_o_credito_e_em_dia_de_expediente(nome: str, tmp_path: Path) -> None:
    remessa = _remessa(nome, tmp_path)
    try:
        feito = responder(remessa, tmp_path / "r.ret", agora=SEXTA, dias=3, escolha=Escolha(codigos=DESFECHOS))
    except (ErroDeLayout, ErroDeRegra) as erro:
        pytest.skip(str(erro))
    calendario = Calendario()
    for n, retorno in enumerate(feito.arquivos):
        arquivo = abrir(retorno)
        formato = formato_com_variante(arquivo.layout)
        for t in arquivo.titulos():
            assert t.classe != "DESCONHECIDA"
            assert all(motivo(arquivo.banco, formato, t.codigo_movimento, m).conhecido for m in t.motivos)
            assert t.data_credito is None or calendario.eh_util(t.data_credito)
            assert not n or t.data_ocorrencia is None or calendario.eh_util(t.data_ocorrencia)
        assert not arquivo.erros
    assert len(feito.arquivos) > 1


@pytest.mark.caso("R-12")
def test_ensaios_seguidos_nao_parecem_faltar_nem_se_repetem(tmp_path: Path) -> None:
    """O ensaio não é de banco nenhum: não entra na sequência dos retornos de ninguém."""
    titulos = [titulo(f"T{n}", date(2026, 8, 20), "10.00", "C1") for n in (1, 2, 3)]
    caminho = montar(tmp_path, clientes=[cliente("C1")], titulos=titulos)
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    problemas: list[Problema] = []
    for nome, nsa, codigo in (("a", 1, "01"), ("b", 7, "ZZ"), ("c", 7, "02")):
        responder(
            remessa, tmp_path / f"{nome}.ret", agora=SEXTA, nsa=nsa, escolha=Escolha(codigos=[codigo] * 3, ensaio=True)
        )
        with na(caminho) as ctx:
            problemas += importar(ctx, tmp_path / f"{nome}.ret", confirmar=True, aceita=Aceita(ensaio=True)).problemas
    assert {p.codigo for p in problemas} & {"retorno.nsa_salto", "retorno.nsa_repetido"} == set()
    assert len(ler(caminho, "retornos")) == 3


@pytest.mark.caso("R-12")
def test_debito_que_vence_em_dia_sem_expediente_sai_no_seguinte(tmp_path: Path) -> None:
    caminho = montar(tmp_path, clientes=[cliente("C1")], titulos=[titulo("T1", date(2026, 10, 11), "10.00", "C1")])
    with na(caminho) as ctx:
        remessa = gerar(ctx).arquivos[-1]
    responder(remessa, tmp_path / "a.ret", agora=SEXTA, escolha=Escolha(codigos=["00"]))
    with na(caminho) as ctx:
        importar(ctx, tmp_path / "a.ret", confirmar=True)
    assert [(m["valor"], m["data"]) for m in ler(caminho, "movimento_banco")] == [(10.0, date(2026, 10, 13))]
