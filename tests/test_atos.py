"""O registro dos atos e tudo o que dele sai: faixa, painel, linha de comando, filtros, quem atende."""

from __future__ import annotations

import inspect
from xml.etree import ElementTree as ET

import pytest

from guiche.atos import TIPOS, Ato, atos, funcao, grupos, menus, padroes, paineis
from guiche.cli.argumentos import leitor
from guiche.excel.faixa import faixa, faltas
from guiche.planilha.esquema import esquema

ATOS = pytest.mark.parametrize("ato", atos().values(), ids=atos().keys())
EXEMPLOS = {
    "inteiro": "7",
    "valor": "1,50",
    "data": "2026-08-04",
    "datas": "04/08/2026",
    "lista": "",
    "segredo": __file__,
}


def _argumentos(ato: Ato) -> list[str]:
    """Uma linha de comando com todas as opções do ato."""
    posicionais, outras = [], []
    for opcao in ato.opcoes:
        exemplo = opcao.lista[0] if opcao.lista else EXEMPLOS.get(opcao.tipo, "x")
        for chave in opcao.chaves:
            if opcao.posicional:
                posicionais.append(exemplo)
            else:
                outras += [f"--{chave.replace('_', '-')}"] + ([] if opcao.tipo == "sim_nao" else [exemplo])
    return [*ato.comando.split(), *(["pasta.xlsx"] if ato.alvo else []), *posicionais, *outras]


@ATOS
def test_todo_ato_tem_comando_que_aceita_todas_as_suas_opcoes(ato: Ato) -> None:
    lido = vars(leitor().parse_args(_argumentos(ato)))
    assert lido["ato"] == ato.atende
    assert set(padroes(ato)) <= set(lido)
    for apelido in ato.apelidos:
        assert leitor().parse_args([apelido, *_argumentos(ato)[len(ato.comando.split()) :]]).ato == ato.id


@ATOS
def test_todo_ato_tem_quem_o_atenda_e_so_ele(ato: Ato) -> None:
    assert list(inspect.signature(funcao(ato)).parameters) in (["p"], ["_"])


def test_quem_atende_tem_ato() -> None:
    from guiche.excel import atender as do_excel
    from guiche.servicos.arquivo import atender as do_arquivo
    from guiche.servicos.boletos import atender as dos_boletos
    from guiche.servicos.cobranca import atender as da_cobranca
    from guiche.servicos.cuidados import atender as dos_cuidados
    from guiche.servicos.debito import atender as dos_cadastramentos
    from guiche.servicos.fechamentos import atender as dos_fechamentos
    from guiche.servicos.pasta import atender
    from guiche.servicos.privacidade import atender as da_privacidade
    from guiche.servicos.supervisao import atender as da_supervisao
    from guiche.servicos.treino.simulado import atender as do_simulado

    for modulo in (
        atender,
        do_arquivo,
        do_simulado,
        dos_boletos,
        dos_cadastramentos,
        da_cobranca,
        dos_fechamentos,
        dos_cuidados,
        da_privacidade,
        da_supervisao,
        do_excel,
    ):
        publicas = {
            nome for nome, f in inspect.getmembers(modulo, inspect.isfunction)
            if f.__module__ == modulo.__name__ and not nome.startswith("_") and nome != "filtros"
        }  # fmt: skip
        assert publicas <= set(atos())


@ATOS
def test_o_que_o_verbete_cita_existe(ato: Ato) -> None:
    assert all(opcao.tipo in TIPOS for opcao in ato.opcoes)
    assert ato.previa in {"", "sim", *atos()}
    assert ato.mostra in {"", "ajuda", *esquema()}
    assert ato.painel in {"", *paineis()}
    assert ato.ajuda.endswith(".")
    for opcao in ato.opcoes:
        if opcao.selecao.startswith("*."):
            assert opcao.selecao in {"*.aba", "*.coluna"}
        elif opcao.selecao:
            tabela, coluna = opcao.selecao.split(".")
            assert coluna in esquema()[tabela].ids()
    if ato.botao:
        assert (ato.botao.grupo in grupos()) != (ato.botao.menu in menus())
    if ato.previa not in {"", "sim"}:
        assert set(padroes(atos()[ato.previa])) <= set(padroes(ato))


@ATOS
def test_o_que_o_botao_pede_esta_nos_filtros_ou_na_caixa_de_arquivo(ato: Ato) -> None:
    """Na faixa não há onde digitar: toda opção obrigatória se escolhe num arquivo ou numa célula."""
    if ato.botao and ato.alvo:
        no_painel = {o.id for o in paineis()[ato.painel].opcoes} if ato.painel else set()
        clicadas = {o.id for o in ato.opcoes if o.selecao.startswith("*.")}
        assert {o.id for o in ato.opcoes if o.obrigatoria} <= no_painel | clicadas


def test_toda_opcao_serve_a_um_ato_e_toda_aba_de_filtros_tem_opcoes() -> None:
    from guiche.atos import _dados

    usadas = {o.id for ato in atos().values() for o in ato.opcoes}
    assert usadas == set(_dados()["opcoes"])
    assert all(painel.opcoes for painel in paineis().values())
    titulos = [[o.titulo for o in painel.opcoes] for painel in paineis().values()]
    assert all(len(set(nomes)) == len(nomes) for nomes in titulos)


def test_nenhum_comando_se_repete() -> None:
    comandos = [ato.comando for ato in atos().values() if not ato.igual_a]
    comandos += [apelido for ato in atos().values() for apelido in ato.apelidos]
    assert len(set(comandos)) == len(comandos)


@pytest.mark.requisito("S-03", "S-06")
def test_cada_botao_e_um_comando_com_tecla_de_dica() -> None:
    raiz = ET.fromstring(faixa())
    botoes = {no.attrib["id"]: no for no in raiz.iter() if no.tag.endswith("button")}
    assert set(botoes) == {ato.id for ato in atos().values() if ato.botao}
    assert all(no.attrib["keytip"] and no.attrib["label"] == atos()[id_].titulo for id_, no in botoes.items())
    assert not faltas(faixa())


SO_NA_LINHA_DE_COMANDO = {
    "instalar": "é o que põe a faixa",
    "desinstalar": "é o que tira a faixa",
    "painel": "é a outra porta dos mesmos botões",
}


def test_todo_ato_esta_na_faixa_fora_os_que_ali_nao_cabem() -> None:
    """O painel tem os botões da faixa, e a linha de comando, todos os atos."""
    assert {id_ for id_, ato in atos().items() if not ato.botao} == set(SO_NA_LINHA_DE_COMANDO)


def test_os_atos_do_debito_automatico_estao_na_faixa() -> None:
    do_grupo = {ato.id for ato in atos().values() if ato.botao and ato.botao.grupo == "debito"}
    assert do_grupo == {"conferir", "gerar", "importar", "optantes"}
    do_menu = {ato.id for ato in atos().values() if ato.botao and ato.botao.menu == "remessas"}
    assert {"remessas_exportar", "remessas_estornar", "remessas_descartar", "remessas_imprimir"} <= do_menu
