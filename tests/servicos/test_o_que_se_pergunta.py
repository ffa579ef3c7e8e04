"""Da conta de boletos pergunta-se o que o código de barras ou a remessa do banco levam, e nada mais (S-99)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from guiche.boleto.calculo import calcular, sem_numero
from guiche.boleto.entrada import entrada_do_calculo
from guiche.boleto.numeracao import o_banco_numera
from guiche.boleto.regras import variantes_do
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.datas import Calendario
from guiche.erros import ErroGuiche
from guiche.exame.contas import dos_boletos
from guiche.layout.carga import ler_toml
from guiche.oficio.cadastros import Cadastros, Lugares
from guiche.oficio.contratos import Contratos, layout_da
from guiche.oficio.traducao import da_empresa
from guiche.planilha.esquema import esquema
from guiche.remessa.composicao import compor
from guiche.remessa.receita import gravaveis
from tests.boleto.test_numeros import CODIGOS, entrada_de
from tests.remessa.sinteticos import minimo
from tests.servicos.apoio import HOJE
from tests.servicos.test_a_estrada_toda import DA_CONTA, DO_CONTRATO, casos

AGORA = datetime(2026, 8, 4, 9, 14)
CELULAS = (*DA_CONTA[1:], *DO_CONTRATO[1:], "codigo_transmissao")
"""Banco e carteira, todo boleto os pede; CNPJ e endereço, a lei."""
LUGARES = {
    tabela: Lugares(
        esquema()[tabela].aba, {c: chr(65 + i) for i, c in enumerate(esquema()[tabela].ids())}, {"ITAU1": 2}
    )
    for tabela in ("contas", "cobranca")
}


_TEXTOS = ("codigo", "produto", "empresa_nome", "empresa_cnpj", "pasta_remessas")
_TEXTOS_DO_CONTRATO = (
    "formato", "emissor", "endereco", "especie", "codigo_transmissao", "pix_chave", "instrucao", "nome_da_remessa",
)  # fmt: skip


def _conta(dados: Mapping[str, Any]) -> tuple[Conta, Cobranca]:
    conta: dict[str, Any] = dict.fromkeys(Conta._fields)
    conta |= {n: str(dados.get(n) or "") for n in (*DA_CONTA, *_TEXTOS)}
    contrato: dict[str, Any] = dict.fromkeys(Cobranca._fields)
    contrato |= {n: str(dados.get(n) or "") for n in (*DO_CONTRATO, *_TEXTOS_DO_CONTRATO)}
    return Conta(**conta), Cobranca(**contrato | {"conta": "ITAU1"})


def _perguntas(conta: Conta, contrato: Cobranca) -> set[str]:
    cadastros = Cadastros({"ITAU1": conta}, {}, [], [], Calendario.de_feriados([]), {}, {}, [], lugares=LUGARES)
    contratos = Contratos({"ITAU1": conta}, {"ITAU1": contrato}, {}, LUGARES["cobranca"])
    letras = {f"{lugar.aba}!{letra}2": c for lugar in LUGARES.values() for c, letra in lugar.letras.items()}
    problemas = dos_boletos(cadastros, contratos, conta, HOJE)
    return {letras.get(str(p.local), str(p.local)) for p in problemas if p.codigo == "conta.falta"}


def _o_que_sai(conta: Conta, contrato: Cobranca) -> tuple[object, ...]:
    """Os números do boleto e a remessa; nada, se não saem."""
    try:
        entrada = entrada_do_calculo(conta, contrato, 1, HOJE) | {"vencimento": HOJE, "centavos": 100}
        conta_ = sem_numero if o_banco_numera(conta.banco, contrato.carteira, contrato.emissor) else calcular
        layout = layout_da(conta, contrato).removesuffix(".remessa")
        titulo = minimo() | {"emissor": contrato.emissor or "CLIENTE", "data_emissao": HOJE}
        return conta_(entrada), compor(layout, da_empresa(conta, contrato, 1), [titulo], AGORA).conteudo
    except ErroGuiche:
        return ()


@pytest.mark.caso("B-27")
@pytest.mark.requisito("S-99")
@pytest.mark.parametrize("banco", [b for b in CODIGOS if gravaveis(b)])
def test_o_que_nao_muda_o_boleto_nem_a_remessa_nao_se_pergunta(banco: str) -> None:
    for caso in casos(banco)[::3]:
        dados = caso.contrato | caso.conta
        saiu = _o_que_sai(*_conta(dados))
        for celula in CELULAS:
            sem = _conta(dados | {celula: ""})
            if saiu and _o_que_sai(*sem) == saiu:
                assert celula not in _perguntas(*sem), (celula, caso)


@pytest.mark.caso("B-27")
@pytest.mark.parametrize(
    ("banco", "formato", "pedidas"),
    [
        ("341", "CNAB400", {"agencia", "conta"}),
        ("341", "CNAB240", {"agencia", "conta"}),
        ("001", "CNAB240", {"agencia", "conta", "convenio", "variacao"}),
        ("104", "CNAB240", {"agencia", "convenio"}),
        ("033", "CNAB400", {"convenio", "codigo_transmissao"}),
        ("748", "CNAB240", {"agencia", "convenio", "posto"}),
    ],
)
def test_cada_banco_pede_as_suas_celulas(banco: str, formato: str, pedidas: set[str]) -> None:
    """Itaú: só a conta. BB: convênio e variação. Caixa e Sicredi: o código do beneficiário; no Sicredi, o posto."""
    base = entrada_de(banco, dict(next(iter(variantes_do(ler_toml(f"boleto/{banco}"))))), 1)
    caso = next(c for c in casos(banco) if c.contrato["formato"] == formato)
    vazia = dict.fromkeys((*CELULAS, "conta_dv"), "")
    dados = {**caso.contrato, **caso.conta, **vazia, "carteira": base["carteira"], "emissor": "CLIENTE"}
    assert pedidas <= _perguntas(*_conta(dados))
