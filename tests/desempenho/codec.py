"""Medidas da tradução em lote contra o laço ingênuo e contra o piso da máquina."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor

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
    """O laço de sempre: campo a campo, com Decimal e strftime."""
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
                linha += str(valor)[: campo.largura].ljust(campo.largura)
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


def _tempo(funcao: Callable[[], object]) -> float:
    melhor = 9e9
    for _ in range(3):
        inicio = time.perf_counter()
        funcao()
        melhor = min(melhor, time.perf_counter() - inicio)
    return melhor


def main(n: int = 50_000) -> None:
    """Mostra o tempo de cada caminho, em segundos, e quantas vezes o ingênuo ele é."""
    tuplas, bloco = lote_e(n), bloco_f(n)
    pronto = escrever_e(tuplas)
    for nome, nosso, ingenuo, piso in (
        ("escrever E", lambda: escrever_e(tuplas), lambda: naive_escrever(tuplas), lambda: piso_escrever(pronto)),
        ("ler F", lambda: ler_f(bloco), lambda: naive_ler(bloco), lambda: piso_ler(bloco)),
    ):
        a, b, c = _tempo(nosso), _tempo(ingenuo), _tempo(piso)
        print(f"{nome}: {n / a:,.0f}/s  {b / a:.1f}x o ingênuo  1/{a / c:.1f} do piso")


if __name__ == "__main__":
    main()
