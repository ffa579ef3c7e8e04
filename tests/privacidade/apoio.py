"""Pessoas plantadas: cada valor delas é único, e se procura em tudo o que não o devia ter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from guiche.dominio.texto import transliterar
from guiche.servicos.treino.exemplo import cpf_ficticio
from tests.servicos.apoio import CONTA as _CONTA
from tests.servicos.apoio import cliente, conta_de_boletos, titulo
from tests.servicos.test_boletos import CONTRATO

_NOMES = ("Zulmira Quaresma", "Belarmino Vasques", "Iolanda Xavantes")
_PESSOAIS = {
    "nome": _NOMES,
    "cpf_cnpj": tuple(cpf_ficticio(n) for n in (501, 502, 503)),
    "conta": ("8172635", "8172646", "8172657"),
    "email": ("zulmira@plantada.com.br", "belarmino@plantada.com.br", "iolanda@plantada.com.br"),
    "endereco": ("Rua das Jabuticabeiras 77", "Rua dos Ipês Amarelos 88", "Rua do Buriti Torto 99"),
    "bairro": ("Jardim Pitangueiras", "Vila Sapopemba Alta", "Morro do Araçá"),
    "cep": ("01310100", "01310101", "01310102"),
    "celular": ("11987651234", "11987651235", "11987651236"),
    "id_no_debito": ("7700112233", "7700112244", "7700112255"),
    "matricula": ("M4455661", "M4455662", "M4455663"),
}
PESSOAS: list[dict[str, Any]] = [
    cliente(f"C{i + 1}", i + 1, **{campo: valores[i] for campo, valores in _PESSOAIS.items()}) for i in range(3)
]
for _pessoa in PESSOAS:
    _pessoa |= {"cidade": "São Paulo", "uf": "SP"}
PESSOAS[2] |= {"optante": "Não"}
CONTA = _CONTA | {"conta": "5566778", "conta_dv": "", "empresa_nome": "PADARIA TRES RIOS"}
COBRANCA = conta_de_boletos(conta="55667", empresa_nome="PADARIA TRÊS RIOS", empresa_cnpj="11222333000181")
PLANTADOS = {valor for valores in _PESSOAIS.values() for valor in valores}
DA_EMPRESA = {"5566778", "PADARIA TRES RIOS", "11222333000181"}


def contrato() -> dict[str, Any]:
    return CONTRATO | {"formato": "CNAB400"}


def devidos(dia: date) -> list[dict[str, Any]]:
    return [titulo(f"T{i + 1}", dia, f"{10 * (i + 1)}.00", f"C{i + 1}") for i in range(3)]


def _limpo(texto: str) -> str:
    return re.sub(r"[^A-Z0-9@]", "", transliterar(texto))


def achados(texto: str, plantados: Iterable[str] = PLANTADOS) -> set[str]:
    """Os valores plantados que o texto traz, com ou sem acento, pontuação ou espaços, inteiros ou só o sobrenome."""
    limpo = _limpo(texto)
    partes = {p: [_limpo(p), *(_limpo(s) for s in p.split()[1:2] if p in _NOMES)] for p in plantados}
    return {p for p, formas in partes.items() if any(forma in limpo for forma in formas)}
