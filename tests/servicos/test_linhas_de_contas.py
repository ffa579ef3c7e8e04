"""As linhas da aba Contas: a que se desativou por o banco mudar a conta, e a que nada tem em Convênio no banco."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra
from guiche.livro import boletos as livro_boletos
from guiche.oficio.resultado import Resultado
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import fila, remessa
from guiche.servicos.debito import gerar as debito
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import (
    CONTA,
    ENDERECO,
    HOJE,
    cliente,
    conta_de_boletos,
    gravar_tabela,
    ler,
    montar,
    na,
    titulo,
)

DIA = HOJE + timedelta(days=10)
DO_BANCO: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "o cabeçalho diz a conta": (
        {"banco": "001", "agencia": "1234", "convenio": "1234567"}, {"carteira": "17", "variacao": "019"},
    ),
    "o cabeçalho só diz o convênio": ({"banco": "104", "agencia": "1234", "convenio": "123456"}, {"carteira": "1"}),
}  # fmt: skip


def _contrato(conta: str, **dados: Any) -> dict[str, Any]:
    formato = "CNAB240" if dados["carteira"] == "1" else "CNAB400"
    return {"conta": conta, "endereco": "Rua A, 1, São Paulo/SP", "formato": formato} | dados


def _gerar(caminho: Path) -> Resultado:
    with na(caminho) as ctx:
        return emissao.gerar(ctx, "", Filtros(), juntar=False)


def _contas(caminho: Path, *linhas: dict[str, Any]) -> None:
    p = PastaEmArquivo(caminho)
    gravar_tabela(p, "contas", [CONTA, *linhas])
    p.salvar()


@pytest.fixture(params=list(DO_BANCO.values()), ids=list(DO_BANCO))
def mudada(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Dois boletos registrados pela conta antiga, que se desativou, e a nova, de outra agência: pasta e remessa."""
    dados, contrato = request.param
    antiga = conta_de_boletos(**dados, codigo="VELHA")
    nova = conta_de_boletos(**dados | {"agencia": "5678"}, codigo="NOVA")
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1, optante="Não", **ENDERECO)],
        titulos=[titulo("T1", DIA, "100.00"), titulo("T2", DIA, "200.00")],
        contas=[CONTA, antiga],
        cobranca=[_contrato("VELHA", **contrato), _contrato("NOVA", **contrato)],
    )
    assert _gerar(caminho).feito
    with na(caminho) as ctx:
        (enviada,) = remessa.gerar(ctx, "").arquivos
    _contas(caminho, antiga | {"ativa": "Não"}, nova)
    return caminho, enviada


@pytest.mark.caso("B-01")
def test_a_desativada_nao_emite_e_o_que_o_banco_diz_dos_boletos_dela_se_importa(mudada: tuple[Path, Path]) -> None:
    caminho, enviada = mudada
    destino = caminho.parent / "CB0001.RET"
    with na(caminho) as ctx:
        responder(enviada, destino, agora=ctx.autor.agora, escolha=Escolha(codigos=("PAGO", "ABERTO")))
        feito = importar(ctx, destino, confirmar=True)
        assert feito.feito
        assert [b.estado for b in livro_boletos.listar(ctx.livro)] == ["PAGO", "REGISTRADO"]
        with pytest.raises(ErroDeRegra, match="está desativada"):
            emissao.gerar(ctx, "VELHA", Filtros(), juntar=False)
    assert ler(caminho, "titulos")[0]["situacao"] == "PAGO"
    assert ler(caminho, "divergencias") == []


@pytest.mark.caso("B-01")
def test_a_baixa_de_um_boleto_da_desativada_vai_na_remessa_dela_e_diz_se(mudada: tuple[Path, Path]) -> None:
    caminho, _ = mudada
    with na(caminho) as ctx:
        fila.estornar(ctx, 2)
        frase = "A conta VELHA, desativada, ainda tem 1 pedido na fila: escolha-a e gere a remessa dela."
        assert frase in remessa.conferir(ctx, "").linhas
        assert frase in remessa.gerar(ctx, "").linhas
        dela = remessa.gerar(ctx, "VELHA")
    assert (dela.dados["nsa"], dela.dados["por_comando"]) == (2, {"baixar": 1})


@pytest.mark.caso("B-01")
def test_duas_contas_ativas_de_um_convenio_continuam_a_recusar_se(mudada: tuple[Path, Path]) -> None:
    caminho, _ = mudada
    linhas = ler(caminho, "contas")[1:]
    do_operador = [{n: v for n, v in linha.items() if n not in {"nsa_proximo", "ultima_remessa"}} for linha in linhas]
    _contas(caminho, *(linha | {"ativa": "Sim"} for linha in do_operador))
    (problema,) = _gerar(caminho).problemas
    assert problema.codigo == "conta.repetida"
    assert "Ativa = Não" in problema.fazer


SEM_NUMERO = ["", "não tem", "Não se aplica", "-", "n/a"]


@pytest.mark.caso("B-27")
@pytest.mark.parametrize("escrito", SEM_NUMERO)
@pytest.mark.parametrize("formato", ["CNAB240", "CNAB400", "CNAB444"])
def test_onde_o_banco_nao_usa_o_convenio_a_celula_pode_dizer_que_nao_ha(
    tmp_path: Path, escrito: str, formato: str
) -> None:
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1, optante="Não", **ENDERECO)],
        titulos=[titulo("T1", DIA, "100.00")],
        contas=[CONTA, conta_de_boletos(convenio=escrito)],
        cobranca=[_contrato("ITAU1", carteira="109", formato=formato)],
    )
    assert _gerar(caminho).feito
    with na(caminho) as ctx:
        assert remessa.gerar(ctx, "").dados["pedidos"] == 1


@pytest.mark.caso("B-27")
@pytest.mark.parametrize("escrito", SEM_NUMERO)
@pytest.mark.parametrize("dados", [{"banco": "104"}, {"banco": "001"}, {"banco": "756"}, {"banco": "748"}])
def test_onde_o_banco_o_usa_a_celula_que_diz_que_nao_ha_falta(
    tmp_path: Path, escrito: str, dados: dict[str, Any]
) -> None:
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1, optante="Não", **ENDERECO)],
        titulos=[titulo("T1", DIA, "100.00")],
        contas=[CONTA, conta_de_boletos(**dados, convenio=escrito)],
        cobranca=[_contrato("ITAU1", carteira="1")],
    )
    ditos = {str(p.local): (p.codigo, p.mensagem) for p in _gerar(caminho).problemas}
    codigo, frase = ditos["Contas!I3"]
    assert (codigo, frase.partition(":")[0]) == ("conta.falta", "falta Convênio no banco")


@pytest.mark.caso("B-27")
@pytest.mark.parametrize("escrito", SEM_NUMERO)
def test_o_debito_pede_sempre_o_convenio(tmp_path: Path, escrito: str) -> None:
    caminho = montar(tmp_path, contas=[CONTA | {"convenio": escrito}])
    with na(caminho) as ctx:
        (problema,) = debito.conferir(ctx, "", Filtros()).problemas
    assert (problema.codigo, str(problema.local)) == ("conta.falta", "Contas!I2")


@pytest.mark.caso("B-03")
def test_o_digito_da_agencia_errado_aponta_a_celula_em_que_esta_escrito(tmp_path: Path) -> None:
    caminho = montar(
        tmp_path,
        contas=[CONTA, conta_de_boletos(banco="001", agencia="1234-9", convenio="1234567")],
        cobranca=[_contrato("ITAU1", carteira="17", variacao="019")],
    )
    ditos = {str(p.local): p.mensagem for p in _gerar(caminho).problemas}
    assert ditos["Contas!E3"] == "o dígito da agência é 3, e não 9"


@pytest.mark.caso("B-06")
@pytest.mark.parametrize("cnpj", ["11222333000181", "11.222.333/0001-81"])
def test_o_cnpj_com_pontos_ou_sem_eles_da_o_mesmo_boleto(tmp_path: Path, cnpj: str) -> None:
    """CrediSIS: o dígito do beneficiário, no campo livre, tira-se do CNPJ."""
    caminho = montar(
        tmp_path,
        clientes=[cliente("A", 1, optante="Não", **ENDERECO)],
        titulos=[titulo("T1", DIA, "100.00")],
        contas=[CONTA, conta_de_boletos(banco="097", agencia="0002", convenio="9871", empresa_cnpj=cnpj)],
        cobranca=[_contrato("ITAU1", carteira="18")],
    )
    assert _gerar(caminho).feito
    (boleto,) = ler(caminho, "boletos")
    assert str(boleto["nosso_numero"]).startswith("0978")
