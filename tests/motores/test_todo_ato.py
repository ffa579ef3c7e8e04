"""Todo ato do registro sobre a pasta, e depois de cada um que a muda os outros motores a abrem."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.atos import atos, funcao, padroes
from guiche.erros import ErroGuiche
from guiche.livro import cadastramentos
from guiche.oficio.contexto import abrir
from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado
from guiche.servicos.treino.simulado import Escolha, responder
from tests.motores.conferencia import conferir
from tests.motores.motores import MOTORES, Motor
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, autor, cliente, ler, montar, na, retorno, titulo
from tests.servicos.test_conciliacao import ofx
from tests.servicos.test_fechamentos import CONTRATO, EMPRESA

DIA = HOJE + timedelta(days=10)
ENDERECO = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}
DISPENSADOS = {"livro_levar": "precisa de um servidor", "aprovar": "precisa de uma remessa acima do limite"}
Opcoes = dict[str, Any] | Callable[[Path], dict[str, Any]]


def _comecar(onde: Path) -> Path:
    pessoas = [cliente(c, n, **ENDERECO) for n, c in enumerate("ABC", 1)]
    pessoas += [cliente("M", 4, empresa="E1"), cliente("N", 5, **ENDERECO) | {"optante": "Não"}]
    devidos = [titulo(f"T{n}", DIA, f"{100 + n}.00", "ABC"[n % 3]) for n in range(6)]
    devidos += [titulo(f"F{n}", DIA, "50.00", "M", fechamento=f"FE{n}") for n in range(3)]
    devidos += [titulo(f"N{n}", DIA, f"{20 + n}.00", "N") for n in range(4)]
    fechamentos = [{"codigo": f"FE{n}", "empresa": "E1", "vencimento": DIA} for n in range(3)]
    (onde / "lista.csv").write_text("Título;Cliente;Vencimento;Valor\nX1;A;10/09/2026;5,00", "utf-8")
    return montar(
        onde, clientes=pessoas, titulos=devidos, empresas=[EMPRESA], contas=[CONTA, COBRANCA], cobranca=[CONTRATO],
        fechamentos=fechamentos,
    )  # fmt: skip


def _remessa(onde: Path, comeco: str = "DBT") -> Path:
    return sorted((onde / "remessas").glob(f"{comeco}*.[rR][eE][mM]"))[-1]


def _do_banco(onde: Path) -> dict[str, Any]:
    codigos = ("00", "01", "00", "05", "97", "01")
    return {"retorno": retorno(_remessa(onde), onde / "b.ret", codigos, registros="B"), "confirmar": True}


def _dos_boletos(onde: Path) -> dict[str, Any]:
    escolha = Escolha(codigos=("PAGO", "REJEITADO", "ABERTO", "ABERTO"))
    responder(_remessa(onde, "CB"), onde / "c.ret", agora=datetime(2026, 8, 5, 9, 14), escolha=escolha)
    return {"retorno": onde / "c.ret", "confirmar": True}


def _boleto(situacao: str) -> Callable[[Path], dict[str, Any]]:
    return lambda onde: {
        "boleto": next(int(b["codigo"]) for b in ler(onde / "Cobrança.xlsx", "boletos") if b["situacao"] == situacao)
    }


def _cadastramento(onde: Path) -> dict[str, Any]:
    with na(onde / "Cobrança.xlsx") as ctx:
        um = next(iter(cadastramentos.ultimos(ctx.livro, 9)))
    return {"retorno": um.retorno_id, "linha": um.seq, "decisao": "RECUSAR", "motivo": "não pediu"}


def _divergencia(onde: Path) -> dict[str, Any]:
    uma = ler(onde / "Cobrança.xlsx", "divergencias")[0]
    return {"retorno": int(uma["retorno"]), "linha": int(uma["linha"]), "decisao": "IGNORAR", "motivo": "o banco errou"}


PASSOS: tuple[tuple[str, Opcoes], ...] = (
    ("conferir", {}),
    ("gerar", {}),
    ("remessas_descartar", {"remessa": 1, "motivo": "engano"}),
    ("gerar", {}),
    ("remessas_exportar", {"remessa": 2}),
    ("remessas_transmitida", {"remessa": 2}),
    ("remessas_confirmada", {"remessa": 2}),
    ("importar", _do_banco),
    ("divergencias_listar", {}),
    ("divergencias_decidir", _divergencia),
    ("cadastramentos_listar", {}),
    ("cadastramentos_decidir", _cadastramento),
    ("fechamentos_conferir", {}),
    ("fechamentos_gerar", {"fechamento": "FE0"}),
    ("remessas_transmitida", {"remessa": 3}),
    ("remessas_estornar", {"remessa": 3}),
    ("fechamentos_receber", {"fechamento": "FE1"}),
    ("fechamentos_boletos", {"fechamento": "FE2"}),
    ("optantes", {"conta": "BB1"}),
    ("optantes_pix_automatico", {"conta": "BB1", "todos": True}),
    ("pendentes", {}),
    ("debito_repetir", {"conta": "BB1"}),
    ("debito_reenviar", {"conta": "BB1"}),
    ("titulo_cancelamento", {"numero": "T4", "decisao": "REENVIAR", "motivo": "o banco não achou"}),
    ("boletos_conferir", {"conta": "ITAU1", "cliente_de": "N", "cliente_ate": "N"}),
    ("boletos_gerar", {"conta": "ITAU1", "cliente_de": "N", "cliente_ate": "N"}),
    ("boletos_remessa_conferir", {"conta": "ITAU1"}),
    ("boletos_remessa", {"conta": "ITAU1"}),
    ("importar", _dos_boletos),
    ("boletos_listar", {}),
    ("boletos_imprimir", {"codigo_de": "1", "codigo_ate": "1"}),
    ("boletos_detalhes", {"boleto": 1}),
    ("boletos_segunda_via", _boleto("REGISTRADO")),
    ("boletos_rascunhos", {"codigo_de": "3", "codigo_ate": "4"}),
    ("boletos_pedir", lambda onde: _boleto("REGISTRADO")(onde) | {"pedido": "baixar"}),
    ("boletos_reenviar", _boleto("REJEITADO")),
    ("boletos_fila", {}),
    ("boletos_estornar", _boleto("REGISTRADO")),
    ("homologacao", {"conta": "ITAU1"}),
    ("conciliar", lambda onde: {"extrato": ofx(onde, [(HOJE, "20.00", "COBRANCA")]), "conta": "ITAU1"}),
    ("titulo_receber", {"numero": "T1", "valor": 2_500}),
    ("titulo_estornar_recebimento", {"numero": "T1", "motivo": "troco"}),
    ("titulo_ver", {"numero": "T1"}),
    ("titulo_estornar", {"numero": "T1", "motivo": "devolução"}),
    ("titulo_recomecar", {"numero": "T0", "motivo": "venda nova"}),
    ("importar_planilha", lambda onde: {"lista": onde / "lista.csv", "confirmar": True}),
    ("desfazer_mostrar", {}),
    ("desfazer", {"motivo": "engano"}),
    ("cliente_localizar", {"nome": "Cliente"}),
    ("relatorio", {"dia": HOJE}),
    ("prontidao", {}),
    ("integridade", {}),
    ("lote", {}),
    ("remessas_listar", {}),
    ("remessas_imprimir", {"remessa": 2}),
    ("remessas_ver", {"remessa": 2}),
    ("retornos", {}),
    ("retornos_ver", {"retorno": 1}),
    ("ordenar", {"lista": "Linhas enviadas", "coluna": "Valor"}),
    ("ordenar", {"lista": "Respostas do banco", "coluna": "1", "decrescente": True}),
    ("limpar_filtros", {}),
    ("supervisor_definir", {"segredo_novo": "café com pão 42"}),
    ("conta_sequencia", {"conta": "BB1", "proximo": 50, "motivo": "o banco pediu", "supervisor": "café com pão 42"}),
    ("conta_numeracao", {}),
    ("pacote_de_diagnostico", lambda onde: {"saida": onde / "pacote.zip"}),
    ("copia_mascarada", {}),
    ("lgpd_exportar", {"cliente": "N"}),
    ("lgpd_anonimizar", {"cliente": "B", "confirmar": True}),
    ("atualizar", {}),
)
"""O ato, e as opções que se escrevem nele."""
RECUSAM = {"lgpd_anonimizar", "titulo_recomecar", "titulo_cancelamento", "desfazer", "titulo_estornar"}
"""Os que, nesta história, podem recusar com a razão; a pasta tem de continuar boa na mesma."""


def _fazer(id_: str, pasta: Path, opcoes: dict[str, Any]) -> Resultado:
    ato, quem = atos()[id_], autor()
    pedido = Pedido(quem, padroes(ato) | opcoes, pasta, lambda: abrir(pasta, quem), na_janela=True)
    feito: Resultado = funcao(ato)(pedido)
    return feito


def test_os_passos_sao_todos_os_atos_da_pasta() -> None:
    da_pasta = {um.id for um in atos().values() if um.alvo == "pasta" and not um.igual_a}
    assert {id_ for id_, _ in PASSOS} | DISPENSADOS.keys() == da_pasta


@pytest.fixture(scope="module")
def depois(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A pasta de trabalho depois de cada ato que a mudou."""
    onde = tmp_path_factory.mktemp("atos")
    pasta = _comecar(onde)
    fotos: dict[str, Path] = {}
    for n, (id_, opcoes) in enumerate(PASSOS):
        antes = pasta.read_bytes()
        try:
            feito = _fazer(id_, pasta, opcoes(onde) if callable(opcoes) else opcoes)
            assert feito.feito or id_ in RECUSAM, (id_, feito.problemas, feito.linhas)
        except ErroGuiche as erro:
            assert id_ in RECUSAM, (id_, erro)
        if pasta.read_bytes() != antes:
            fotos[f"{n:02} {id_}"] = Path(shutil.copyfile(pasta, onde / f"{n:02} {id_}.xlsx"))
    return fotos


_RAPIDOS = [nome for nome in MOTORES if nome not in {"libreoffice", "onlyoffice"}]
"""Os que abrem no próprio processo; os outros dois, que demoram, veem o dia de trabalho (test_um_dia.py)."""


@pytest.mark.parametrize("motor", _RAPIDOS, indirect=True)
def test_a_pasta_abre_se_noutro_motor_depois_de_cada_ato(motor: Motor, depois: dict[str, Path]) -> None:
    assert len(depois) > 30
    for ato, pasta in depois.items():
        try:
            conferir(motor, pasta)
        except AssertionError as erro:
            raise AssertionError(f"depois de {ato}: {erro}") from erro
