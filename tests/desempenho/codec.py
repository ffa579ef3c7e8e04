"""Medidas da tradução em lote contra o laço ingênuo e contra o piso da máquina."""

from __future__ import annotations

import os
import tempfile
import time
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor
from tests.desempenho.regua import Medida, medianas

COLUNAS_E = ("id_cliente_empresa", "agencia_debito", "id_cliente_banco", "data_vencimento", "valor_debito",
             "uso_empresa", "tipo_identificacao", "identificacao", "codigo_movimento")  # fmt: skip
COLUNAS_F = ("id_cliente_empresa", "agencia_debito", "id_cliente_banco", "data_vencimento_ou_debito", "valor",
             "codigo_retorno", "uso_empresa", "codigo_movimento")  # fmt: skip
_E, _F = (carregar("febraban150/v05").registros[letra] for letra in "EF")
escrever_e = tradutor(_E).escritor(COLUNAS_E)
ler_f = tradutor(_F).leitor(COLUNAS_F)


def lote_e(n: int) -> list[tuple[Any, ...]]:
    """Tuplas fictícias para o registro E."""
    dia = date(2026, 2, 10)
    return [(f"{i:011d}", "1234", f"{i:014d}", dia + timedelta(i % 365), i * 7 % 10**7, f"T{i:010d}", "2",
             "000052998224725", "0") for i in range(n)]  # fmt: skip


def bloco_f(n: int) -> bytes:
    """Linhas F fictícias."""
    linhas = (f"F{i:025d}1234{i:014d}20260210{i * 7 % 10**7:015d}00{f'T{i:010d}':<60}2000052998224725    0"
              for i in range(n))  # fmt: skip
    return "".join(linha + "\r\n" for linha in linhas).encode()


def naive_escrever(tuplas: list[tuple[Any, ...]]) -> bytes:
    """O laço de sempre: campo a campo, com limpeza de acentos, Decimal e strftime."""
    linhas = []
    for tupla in tuplas:
        valores = dict(zip(COLUNAS_E, tupla, strict=True))
        linha = ""
        for campo in _E.campos:
            valor = valores.get(campo.nome, campo.fixo or campo.padrao or "")
            if campo.tipo == "data":
                linha += valor.strftime("%Y%m%d")
            elif campo.tipo == "valor":
                linha += str(int(Decimal(valor) / 100 * 100)).zfill(campo.largura)
            else:
                limpo = unicodedata.normalize("NFKD", str(valor)).encode("ascii", "ignore").decode().upper()
                linha += limpo[: campo.largura].ljust(campo.largura)
        linhas.append(linha)
    return ("\r\n".join(linhas) + "\r\n").encode()


def naive_ler(bloco: bytes) -> list[dict[str, Any]]:
    """O laço de sempre: um dicionário por linha, com Decimal e strptime."""
    saida = []
    for linha in bloco.decode("latin-1").splitlines():
        registro: dict[str, Any] = {}
        for campo in (_F.campo(nome) for nome in COLUNAS_F):
            bruto = linha[campo.inicio - 1 : campo.fim]
            if campo.tipo == "data":
                registro[campo.nome] = date(*time.strptime(bruto, "%Y%m%d")[:3])
            else:
                registro[campo.nome] = Decimal(bruto) / 100 if campo.tipo == "valor" else bruto.strip()
        saida.append(registro)
    return saida


def piso_escrever(pronto: bytes) -> None:
    """Gravar os mesmos bytes na memória de disco."""
    with tempfile.TemporaryFile() as arquivo:
        os.write(arquivo.fileno(), pronto)


def piso_ler(bloco: bytes) -> list[str]:
    """Decodificar e separar as linhas."""
    return bloco.decode("latin-1").split("\r\n")


def medir(n: int) -> list[Medida]:
    """Gravar E e ler F, contra o laço ingênuo e contra o piso."""
    tuplas, bloco = lote_e(n), bloco_f(n)
    pronto = escrever_e(tuplas)
    ler_f(bloco)
    gravar = medianas(lambda: escrever_e(tuplas), lambda: naive_escrever(tuplas), lambda: piso_escrever(pronto))
    ler = medianas(lambda: ler_f(bloco), lambda: naive_ler(bloco), lambda: piso_ler(bloco))
    return [
        Medida("gravar E ÷ laço ingênuo", f"{n / gravar[0]:,.0f}/s", gravar[1] / gravar[0], 5.0),
        Medida("gravar E ÷ write() em cache", f"{n / gravar[0]:,.0f}/s", gravar[2] / gravar[0], 1 / 6),
        Medida("ler F ÷ laço ingênuo", f"{n / ler[0]:,.0f}/s", ler[1] / ler[0], 4.5),
        Medida("ler F ÷ decodificar e separar", f"{n / ler[0]:,.0f}/s", ler[2] / ler[0], 1 / 8),
    ]
