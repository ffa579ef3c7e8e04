"""Uma farmácia de mentira: contas, clientes e títulos para treinar e demonstrar.

As pessoas não existem: os CPF são formados de números em série, com os dígitos certos.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from guiche.boleto.contas import digito_da_conta
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Pasta

_NOMES = (
    "Ana Beatriz Exemplo", "Bruno Modelo", "Carla Ficção", "Diego Amostra", "Elisa Treino", "Fábio Ensaio",
    "Gisele Demonstração", "Heitor Simulado", "Íris Fictícia", "João Hipotético", "Karina Suposta", "Luís Imaginário",
)  # fmt: skip
_TITULOS = 30
ANTIGOS = {n: 3 + 7 * n for n in range(1, 11)}
"""Títulos já vencidos: número de série → há quantos dias; vencidos não vão a débito."""
PAGOS_NO_BALCAO = {1: 1, 2: 2, 3: 2, 4: 5, 6: 6, 7: 9, 9: 12}
"""Dos antigos, os que o cliente pagou: número de série → há quantos dias."""
OPTANTE_DE_OUTRO_BANCO, SEM_AGENCIA, NAO_OPTANTE = 3, 6, 9


def cpf_ficticio(n: int) -> str:
    """CPF de dígitos certos a partir de um número de série.

    >>> cpf_ficticio(1)
    '90000000175'
    """
    base = f"9{n:08d}"
    for _ in range(2):
        soma = sum(int(c) * (len(base) + 1 - i) for i, c in enumerate(base))
        base += str(0 if soma % 11 < 2 else 11 - soma % 11)  # noqa: PLR2004
    return base


def preencher(pasta: Pasta, hoje: date) -> None:
    """Escreve o exemplo nas tabelas do operador, com vencimentos em torno de ``hoje``."""
    _gravar(pasta, "contas", [_conta(), _conta_de_cobranca()])
    _gravar(pasta, "cobranca", [_contrato()])
    _gravar(pasta, "clientes", [_cliente(n, nome, hoje) for n, nome in enumerate(_NOMES, 1)])
    _gravar(pasta, "empresas", [("E1", "Associação dos Exemplos", "11222333000181", *[""] * 6, Decimal("0.02"))])
    _gravar(pasta, "filiais", [("01", "Matriz"), ("02", "Filial Centro")])
    _gravar(pasta, "tipos_doc", [("NF", "Nota fiscal"), ("CV", "Convênio")])
    titulos = [_titulo(n, hoje) for n in range(1, _TITULOS + 1)]
    _gravar(pasta, "titulos", titulos + [_antigo(n, dias, hoje) for n, dias in ANTIGOS.items()])


def _gravar(pasta: Pasta, tabela: str, linhas: Sequence[Sequence[Any]]) -> None:
    colunas = len(esquema()[tabela].colunas)
    pasta.gravar(tabela, [(*linha, *[None] * (colunas - len(linha))) for linha in linhas])


def _conta() -> tuple[Any, ...]:
    return (
        "BB1", "Débito automático no Banco do Brasil", "DEBITO", "001", "1234", "", "56789", "2", "654321", "",
        "FARMACIA MODELO LTDA", "11222333000181", "05", 3, "CORRIDOS", "Não", "CONTA", "Não", "", "PRODUCAO", 1,
        "Não", "", "Sim",
    )  # fmt: skip


def _conta_de_cobranca() -> tuple[Any, ...]:
    return (
        "ITAU1", "Boletos no Itaú", "COBRANCA", "341", "0057", "", "12345", "7", "12345", "", "FARMACIA MODELO LTDA",
        "11222333000181", "", None, "", "", "CONTA", "", "", "PRODUCAO", None, "", "", "Sim",
    )  # fmt: skip


def _contrato() -> tuple[Any, ...]:
    return (
        "ITAU1", "109", "", "", "", "", "CLIENTE", 1001, 2000, "DM", "Não", Decimal("0.02"), Decimal("0.01"),
        *[None] * 9, "Dúvidas: (11) 0000-0000.", "Rua das Acácias, 100, Centro, São Paulo/SP, 01000-000", *[""] * 3,
        "CNAB400", "",
    )  # fmt: skip


def _cliente(n: int, nome: str, hoje: date) -> tuple[Any, ...]:
    banco = "104" if n == OPTANTE_DE_OUTRO_BANCO else "001"
    agencia = "" if n == SEM_AGENCIA else f"{1000 + n}"
    optante = "Não" if n == NAO_OPTANTE else "Sim"
    autorizado, conta = hoje - timedelta(days=200), f"{20000 + n}"
    return (
        f"{n:04d}", nome, cpf_ficticio(n), "E1" if n % 4 == 0 else "", f"M{n:03d}", optante, banco, agencia, "",
        conta, digito_da_conta(banco, {"conta": conta}), "", autorizado, "EMPRESA", "compras na farmácia", None,
        f"ficha {n}", None,
        f"Rua Exemplo, {10 * n}", "Centro", "São Paulo", "SP", f"010{n:02d}-000", "", "",
    )  # fmt: skip


def _titulo(n: int, hoje: date) -> tuple[Any, ...]:
    vencimento = hoje + timedelta(days=1 + n % 15)
    valor = Decimal(2500 + 1375 * n).scaleb(-2)
    recebido = Decimal("20.00") if n % 11 == 0 else None
    return (
        f"T{n:04d}", f"{(n - 1) % len(_NOMES) + 1:04d}", "01" if n % 3 else "02", "NF", f"{5000 + n}",
        hoje - timedelta(days=20), vencimento, valor, recebido, "", "", "",
    )  # fmt: skip


def _antigo(n: int, dias: int, hoje: date) -> tuple[Any, ...]:
    vencimento = hoje - timedelta(days=dias)
    return (
        f"A{n:04d}", f"{n % len(_NOMES) + 1:04d}", "01", "NF", f"{4000 + n}", vencimento - timedelta(days=30),
        vencimento, valor_do_antigo(n), None, "", "", "",
    )  # fmt: skip


def valor_do_antigo(n: int) -> Decimal:
    """Valor de um título antigo, em reais."""
    return Decimal(6000 + 1850 * n).scaleb(-2)
