"""Medidas da remessa de cobrança: compor 400 e 240 contra o laço ingênuo e contra um piso de linhas por segundo."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from guiche.remessa.composicao import compor
from guiche.remessa.receita import receita
from tests.desempenho.regua import Medida, medianas

AGORA = datetime(2026, 7, 1, 9, 0)
_EMPRESA = {
    "empresa_nome": "Farmácia Modelo Ltda", "empresa_documento": "11222333000181", "agencia": "0057", "agencia_dv": "6",
    "conta": "12345", "conta_dv": "7", "carteira": "109", "convenio": "123456", "sequencial_arquivo": 1,
}  # fmt: skip
_PISO = 150_000
"""Linhas por segundo que se quer no mínimo."""


def titulos(n: int) -> list[dict[str, Any]]:
    """Títulos fictícios, todos com juros e multa: no CNAB 240, três linhas cada."""
    dia = date(2026, 8, 1)
    return [
        {"nosso_numero": str(i), "numero_documento": f"NF{i}", "valor_titulo": 10_000 + i,
         "data_vencimento": dia + timedelta(i % 365), "pagador_nome": f"João da Silva {i}",
         "pagador_documento": "52998224725", "pagador_endereco": f"Rua Conceição, {i}", "pagador_bairro": "Centro",
         "pagador_cep": "01310100", "pagador_cidade": "São Paulo", "pagador_uf": "SP", "juros_ao_dia": 3 + i % 50,
         "multa_percentual": 200, "multa": 200 + i // 50}
        for i in range(1, n + 1)
    ]  # fmt: skip


def _limpo(valor: object) -> str:
    return unicodedata.normalize("NFKD", str(valor)).encode("ascii", "ignore").decode().upper()


def _modulo_10(texto: str) -> int:
    soma = 0
    for i, c in enumerate(reversed(texto)):
        produto = int(c) * (2 if i % 2 == 0 else 1)
        soma += produto // 10 + produto % 10
    return -soma % 10


def naive(layout: str, nossos: list[dict[str, Any]]) -> bytes:
    """O laço de sempre: título a título, registro a registro, campo a campo, com Decimal, strftime e o dígito."""
    uma = receita(layout)
    linhas = []
    registros = [uma.titulo, *(c.registro for c in uma.complementos if c.registro.codigo in _COM)]
    for titulo in nossos:
        numero = titulo["nosso_numero"].zfill(8)
        dac = _modulo_10("005712345" + "109" + numero)
        valores: Mapping[str, Any] = {**_EMPRESA, **titulo, "nosso_numero": numero, "nosso_numero_dac": dac}
        for registro in registros:
            linha = ""
            for campo in registro.campos:
                valor = valores.get(campo.nome, campo.fixo or campo.padrao or "")
                if campo.tipo == "data":
                    linha += (valor or AGORA).strftime("%d%m%Y" if campo.largura > 6 else "%d%m%y")
                elif campo.tipo in {"valor", "numero"}:
                    linha += str(int(Decimal(_so_algarismos(valor)) / 100 * 100)).zfill(campo.largura)[: campo.largura]
                else:
                    linha += _limpo(valor)[: campo.largura].ljust(campo.largura)
            linhas.append(linha)
    return ("\r\n".join(linhas) + "\r\n").encode()


_COM = {"segmento_q", "segmento_r", "detalhe_2_multa"}


def _so_algarismos(valor: object) -> str:
    return "".join(c for c in str(valor) if c.isdigit()) or "0"


def _uma(rotulo: str, layout: str, nossos: list[dict[str, Any]]) -> list[Medida]:
    def nosso() -> bytes:
        return compor(layout, _EMPRESA, nossos, AGORA).conteudo

    linhas = nosso().count(b"\n")
    outro: Callable[[], bytes] = lambda: naive(layout, nossos)  # noqa: E731
    segundos = medianas(nosso, outro)
    ritmo = f"{len(nossos) / segundos[0]:,.0f} títulos/s, {linhas / segundos[0]:,.0f} linhas/s"
    return [
        Medida(f"compor {rotulo} ÷ laço ingênuo", ritmo, segundos[1] / segundos[0], 5.0),
        Medida(f"compor {rotulo} ÷ {_PISO:,} linhas/s", ritmo, linhas / segundos[0] / _PISO, 1.0),
    ]


def medir(n: int) -> list[Medida]:
    """CNAB 400 com o registro de multa; CNAB 240 com P, Q e R."""
    nossos = titulos(n)
    return [*_uma("CNAB 400", "341.cnab400", nossos), *_uma("CNAB 240 (P, Q, R)", "341.cnab240", nossos)]
