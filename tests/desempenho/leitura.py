"""Cobrança: ler retornos de 400 e de 240, contra o laço de sempre; memória e crescimento até 1 milhão de linhas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from guiche.arquivos.cobranca import abrir
from tests.desempenho.regua import Medida, em_processo, medianas

AMOSTRAS = Path(__file__).parents[1] / "amostras" / "cnab" / "arquivos"
META_400, META_240 = 190_000, 130_000
META_MEMORIA = 10
_DIA = date(2026, 8, 4)
"""Um dia qualquer: os números não dependem dele."""
_DE_400 = {
    "nosso_numero": (85, 93), "numero_documento": (116, 126), "uso_empresa": (37, 62), "codigo_movimento": (108, 110),
    "banco_recebedor": (165, 168), "agencia_recebedora": (168, 172), "codigo_carteira": (107, 108),
    "carteira_numero": (82, 85), "motivos": (377, 385), "agencia": (17, 21), "conta": (23, 28),
}  # fmt: skip
_DATAS_400 = {"data_ocorrencia": (110, 116), "data_vencimento": (146, 152), "data_credito": (295, 301)}
_VALORES_400 = {
    "valor_titulo": (152, 165), "valor_tarifa": (175, 188), "valor_iof": (214, 227), "valor_abatimento": (227, 240),
    "valor_desconto": (240, 253), "valor_creditado": (253, 266), "valor_juros_multa": (266, 279),
    "valor_outros_creditos": (279, 292),
}  # fmt: skip
_DO_T = {
    "codigo_movimento": (15, 17), "nosso_numero": (41, 56), "codigo_carteira": (57, 58), "numero_documento": (58, 69),
    "banco_recebedor": (96, 99), "agencia_recebedora": (99, 104), "uso_empresa": (105, 130), "motivos": (213, 223),
}  # fmt: skip
_DATAS_T = {"data_vencimento": (73, 81)}
_VALORES_T = {"valor_titulo": (81, 96), "valor_tarifa": (198, 213)}
_VALORES_U = {
    "valor_juros_multa": (17, 32), "valor_desconto": (32, 47), "valor_abatimento": (47, 62), "valor_iof": (62, 77),
    "valor_pago": (77, 92), "valor_liquido": (92, 107),
}  # fmt: skip
_DATAS_U = {"data_ocorrencia": (137, 145), "data_credito": (145, 153)}
PICO = """
import json, time
from pathlib import Path
from guiche.arquivos.cobranca import abrir
from tests.sistema import pico_de_memoria
def pico():
    return pico_de_memoria() / (1 << 20)
def ler(caminho):
    inicio = time.perf_counter()
    n = sum(map(len, abrir(Path(caminho)).lotes()))
    return (time.perf_counter() - inicio) / n
antes = pico()
tempos = [(ler(sys.argv[1]), ler(sys.argv[2])) for _ in range(3)]
print(json.dumps([*map(min, zip(*tempos)), pico() - antes]))
"""


def retorno_400(n: int) -> Iterator[bytes]:
    """Um retorno fictício do Itaú, aos pedaços: o detalhe da amostra com outro número, valor e data."""
    inicio, modelo, fim = (AMOSTRAS / "341_400_ret_opencnabphp_CN03116A.RET").read_bytes().splitlines()
    yield inicio + b"\r\n"
    for i in range(n):
        dia = _DIA + timedelta(i % 300)
        linha = bytearray(modelo)
        linha[85:93] = b"%08d" % (i % 10**8)
        linha[110:116] = linha[146:152] = linha[295:301] = f"{dia:%d%m%y}".encode()
        linha[152:165] = linha[253:266] = b"%013d" % (1000 + i * 7 % 10**7)
        linha[394:400] = b"%06d" % ((i + 2) % 10**6)
        yield bytes(linha) + b"\r\n"
    yield fim[:394] + b"%06d\r\n" % ((n + 2) % 10**6)


def retorno_240(n: int) -> Iterator[bytes]:
    """Um retorno fictício da Caixa, com T e U do modelo da amostra."""
    linhas = (AMOSTRAS / "104_240_ret_laravel-boleto_caixa.ret").read_bytes().splitlines()
    yield b"\r\n".join(linhas[:2]) + b"\r\n"
    for i in range(n):
        t, u = bytearray(linhas[2]), bytearray(linhas[3])
        t[41:56] = b"%015d" % i
        t[81:96] = u[77:92] = u[92:107] = b"%015d" % (1000 + i * 7 % 10**7)
        t[73:81] = u[137:145] = u[145:153] = f"{_DIA + timedelta(i % 300):%d%m%Y}".encode()
        yield bytes(t) + b"\r\n" + bytes(u) + b"\r\n"
    yield b"\r\n".join(linhas[-2:]) + b"\r\n"


def _naive_dos(linha: str, textos: dict[str, Any], datas: dict[str, Any], valores: dict[str, Any]) -> dict[str, Any]:
    titulo: dict[str, Any] = {nome: linha[i:j].strip() for nome, (i, j) in textos.items()}
    for nome, (i, j) in datas.items():
        bruto = linha[i:j]
        forma = "%d%m%y" if j - i == len("DDMMAA") else "%d%m%Y"
        titulo[nome] = datetime.strptime(bruto, forma).date() if bruto.strip("0 ") else None  # noqa: DTZ007
    for nome, (i, j) in valores.items():
        titulo[nome] = Decimal(linha[i:j]) / 100
    return titulo


def naive_400(conteudo: bytes) -> list[dict[str, Any]]:
    """O laço de sempre: linha a linha, fatia a fatia, um dicionário por título."""
    return [
        _naive_dos(linha, _DE_400, _DATAS_400, _VALORES_400)
        for linha in conteudo.decode("latin-1").splitlines()
        if linha[0] == "1"
    ]


def naive_240(conteudo: bytes) -> list[dict[str, Any]]:
    """O mesmo, juntando cada U ao T que veio antes."""
    titulos: list[dict[str, Any]] = []
    for linha in conteudo.decode("latin-1").splitlines():
        if linha[7] == "3" and linha[13] == "T":
            titulos.append(_naive_dos(linha, _DO_T, _DATAS_T, _VALORES_T))
        elif linha[7] == "3" and linha[13] == "U":
            titulos[-1] |= _naive_dos(linha, {}, _DATAS_U, _VALORES_U)
    return titulos


def ler(conteudo: bytes) -> int:
    """Quantos títulos se leem; nenhum se guarda."""
    return sum(map(len, abrir(conteudo, "retorno").lotes()))


def medir(onde: Path, n: int, muitas: int) -> list[Medida]:
    """As linhas da tabela; ``muitas`` é o tamanho do arquivo em que se medem memória e crescimento."""
    de_400, de_240 = b"".join(retorno_400(n)), b"".join(retorno_240(n))
    if (ler(de_400), ler(de_240)) != (n, n) or len(naive_400(de_400)) != n:
        raise ValueError("os dois lados têm de ler os mesmos títulos")
    nosso_400, ingenuo_400 = medianas(lambda: ler(de_400), lambda: naive_400(de_400), rodadas=3)
    nosso_240, ingenuo_240 = medianas(lambda: ler(de_240), lambda: naive_240(de_240), rodadas=3)
    linhas, pares = f"{n / nosso_400:,.0f} linhas/s", f"{n / nosso_240:,.0f} pares/s"
    return [
        Medida("ler CNAB 400 ÷ laço ingênuo", linhas, ingenuo_400 / nosso_400, 5.5),
        Medida(f"ler CNAB 400 ÷ {META_400 // 1000} mil linhas/s", linhas, n / nosso_400 / META_400, 1.0),
        Medida("ler CNAB 240 (T+U) ÷ laço ingênuo", pares, ingenuo_240 / nosso_240, 5.5),
        Medida(f"ler CNAB 240 (T+U) ÷ {META_240 // 1000} mil pares/s", pares, n / nosso_240 / META_240, 1.0),
        *_medir_muitas(onde, muitas, {"400": retorno_400, "240": retorno_240}),
    ]


def _medir_muitas(onde: Path, muitas: int, de: dict[str, Any]) -> list[Medida]:
    """Memória a mais e tempo por título, de um arquivo dez vezes menor para o grande."""
    medidas = []
    for formato, gerar in de.items():
        quantos = muitas if formato == "400" else muitas // 2
        pequeno, grande = onde / f"{formato}.pequeno", onde / f"{formato}.grande"
        for caminho, vezes in ((pequeno, quantos // 10), (grande, quantos)):
            with caminho.open("wb") as saida:
                saida.writelines(gerar(vezes))
        curto, longo, a_mais = json.loads(em_processo(PICO, str(pequeno), str(grande)))
        dito = f"{muitas:,} linhas".replace(",", ".")
        medidas += [
            Medida(
                f"ler CNAB {formato}, {dito}: {META_MEMORIA} MB ÷ memória a mais",
                f"{a_mais:.1f} MB",
                META_MEMORIA / max(a_mais, 0.1),
                1.0,
            ),
            Medida(f"ler CNAB {formato}: por título, um décimo ÷ {dito}", f"{longo * 1e6:.2f} µs", curto / longo, 0.83),
        ]
        grande.unlink()
    return medidas
