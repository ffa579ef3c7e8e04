<<<<<<< HEAD
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
import json, re, time
from pathlib import Path
from guiche.arquivos.cobranca import abrir
def pico():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
def ler(caminho):
    inicio = time.perf_counter()
    n = sum(map(len, abrir(Path(caminho)).lotes()))
    return (time.perf_counter() - inicio) / n
ler(sys.argv[1])
antes = pico()
por_linha = ler(sys.argv[2])
print(json.dumps([por_linha, pico() - antes]))
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
        curto, _ = json.loads(em_processo(PICO, str(pequeno), str(pequeno)))
        longo, a_mais = json.loads(em_processo(PICO, str(pequeno), str(grande)))
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
=======
"""Medidas da remessa de cobrança: compor 400 e 240 contra o laço ingênuo e contra um piso de linhas por segundo."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from guiche.cobranca.receita import receita
from guiche.cobranca.remessa import compor
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
>>>>>>> cnab
