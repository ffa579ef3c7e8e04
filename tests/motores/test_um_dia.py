"""Um dia inteiro de trabalho: depois de cada ato, a pasta aberta por motores que não são nossos."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.dominio.filtros import Filtros
from guiche.oficio.contexto import Contexto
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import remessa as remessa_boletos
from guiche.servicos.cuidados import desfazer
from guiche.servicos.debito import optantes
from guiche.servicos.debito.gerar import conferir as conferir_antes
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.pasta.abas import atualizar
from guiche.servicos.privacidade import copia
from guiche.servicos.remessas.enviadas import marcar
from guiche.servicos.retornos import divergencias
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos import titulo
from guiche.servicos.treino.simulado import Escolha, responder
from tests.motores.conferencia import conferir
from tests.motores.motores import MOTORES, Motor
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, ler, montar, na, retorno
from tests.servicos.apoio import titulo as devido

CONTRATO = {"conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1", "formato": "CNAB400"}
ENDERECO = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}
CODIGOS = ("00", "01", "00", "05", "00", "77")
"""A resposta do banco a cada débito; a última, nenhuma tabela conhece."""
DEPOIS = ["PAGO", "EM ABERTO", "PAGO", "EM ABERTO", "PAGO", "ENVIADO"]
_SO_BOLETO = Filtros(cliente=("0009", "0009"))


def comecar(onde: Path) -> Path:
    """A pasta de trabalho com que o dia começa: códigos com zeros, dois clientes de débito e um de boletos."""
    vence = HOJE + timedelta(days=10)
    pessoas = [cliente(f"000{n}", n, **ENDERECO) for n in (1, 2)]
    pessoas.append(cliente("0009", 9, **ENDERECO) | {"optante": "Não"})
    devidos = [devido(f"000{n}", vence, f"{10 + n}.50", f"000{1 + n % 2}") for n in range(6)]
    devidos += [devido(f"B00{n}", vence, f"{90 + n}.10", "0009") for n in range(3)]
    return montar(onde, clientes=pessoas, titulos=devidos, contas=[CONTA, COBRANCA], cobranca=[CONTRATO])


def _registrar(ctx: Contexto) -> None:
    pasta = ctx.pasta.caminho.parent
    arquivo = remessa_boletos.gerar(ctx, "").arquivos[-1]
    escolha = Escolha(codigos=("PAGO", "REJEITADO", "ABERTO"))
    responder(arquivo, pasta / "boletos.ret", agora=datetime(2026, 8, 5, 9, 14), escolha=escolha)


def _gerar(ctx: Contexto) -> None:
    remessa = gerar(ctx).arquivos[-1]
    retorno(remessa, ctx.pasta.caminho.parent / "banco.ret", CODIGOS)


def importar_do_banco(ctx: Contexto) -> None:
    """O retorno do débito."""
    importar(ctx, ctx.pasta.caminho.parent / "banco.ret", baixar_em="CAIXA", confirmar=True)


DIA: dict[str, Callable[[Contexto], Any]] = {
    "conferir": conferir_antes,
    "gerar": _gerar,
    "transmitir": lambda ctx: marcar(ctx, 1, "transmitida"),
    "importar": importar_do_banco,
    "divergencias": divergencias.listar,
    "receber": lambda ctx: titulo.receber(ctx, "0001", 500, dia=HOJE),
    "desfazer": lambda ctx: desfazer.desfazer(ctx, "engano"),
    "optantes": lambda ctx: optantes.listar_optantes(ctx, "BB1"),
    "boletos": lambda ctx: emissao.gerar(ctx, "", _SO_BOLETO, juntar=False),
    "registrar": _registrar,
    "retorno dos boletos": lambda ctx: importar(ctx, ctx.pasta.caminho.parent / "boletos.ret", confirmar=True),
    "atualizar": atualizar,
}
"""Os atos do dia, na ordem."""


@pytest.fixture(scope="module")
def dia(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A pasta de trabalho como ficou depois de cada ato, e o que dela se exportou."""
    onde = tmp_path_factory.mktemp("dia")
    pasta = comecar(onde)
    fotos: dict[str, Path] = {}
    for ato, fazer in DIA.items():
        with na(pasta) as ctx:
            fazer(ctx)
        fotos[ato] = onde / f"{len(fotos):02} {ato}.xlsx"
        shutil.copyfile(pasta, fotos[ato])
    fotos["cópia mascarada"] = onde / "mascarada.xlsx"
    with na(pasta) as ctx:
        copia.copiar(ctx, fotos["cópia mascarada"])
    situacoes = [t["situacao"] for t in ler(pasta, "titulos")]
    assert situacoes[:6] == DEPOIS  # o dia aconteceu de verdade
    assert "PAGO" in situacoes[6:]
    return fotos


_NO_LIBREOFFICE = {"gerar", "importar", "retorno dos boletos", "atualizar", "cópia mascarada"}
"""Os atos que mais mudam a pasta: ele demora a abrir cada uma."""
CASOS = [
    pytest.param(nome, ato, marks=pytest.mark.libreoffice if nome == "libreoffice" else ())
    for nome in MOTORES
    for ato in [*DIA, "cópia mascarada"]
    if nome != "libreoffice" or ato in _NO_LIBREOFFICE
]


@pytest.mark.parametrize(("motor", "ato"), CASOS, indirect=["motor"])
def test_depois_do_ato(motor: Motor, dia: dict[str, Path], ato: str) -> None:
    conferir(motor, dia[ato])
