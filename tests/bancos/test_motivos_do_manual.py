"""A tabela de motivos por ocorrência de cada banco que a publica: os códigos são os digitados do manual."""

from __future__ import annotations

import pytest

from guiche.arquivos.plano import partir_motivos
from guiche.bancos.ocorrencias import motivo, motivos_da
from guiche.bancos.ocorrencias import ocorrencia as da_tabela
from guiche.layout.carga import carregar, ler_toml, pasta

pytestmark = pytest.mark.caso("R-01")
MATRIZES: dict[tuple[str, str], dict[str, str]] = {
    # agosto de 2019, 6.2, p. 11 e 12
    ("748", "cnab400"): {
        "03": "02 03 04 05 08 09 10 16 18 20 21 22 24 38 44 45 46 47 48 49 50 63 A1 A2 A3 B4 B5 B6 B7 B8 B9 C6 D2"
        " D5 D7"
        " F6 H7 H9 I1 I2 I3 I4 I5 I6 I7 I8 I9 J1 J2 J3 J4 J5 J6 J7 J8 J9 K1 K2 K3 K4 K5 K6 K7 K8 K9 L1 L2 L3 L4 L7",
        "06": "A8 H5 H6 H8 X1 X2 X3 X4 X5 X0 X6 X7 X8 X9 XA XB", "10": "14", "17": "A8 H5 H6 H8", "19": "A D",
        "23": "G2 G3 G4 G6 G7", "24": "48", "27": "07 08 10 15 40 60 A1 C6 C7",
        "28": "03 04 08 A9 B1 B2 B3 E1 F5 S4 S5", "29": "M2", "30": "01 05 08 15 28 29 33 34 38 39 40 60 C6 C7",
        "32": "01 02 03 04 05 07 08 10 15 16 17 21 22 24 29 31 33 34 36 38 39 40 41 45 46 47 60 A1 A2 A4 A5 A6 B4"
        " B5 B6"
        " B7 B8 B9 C6 C7 D2 F7 F8 F9 G1 G5 G8 G9 H1 L3 L4 J8 L6",
        "35": "M1", "81": "S1", "83": "S1", "84": "N1 N2 N3 N5", "85": "N4 N5",
    },
    # layout de 400 posições, p. 47 a 52
    ("237", "cnab400"): {
        "02": "01 04 15 17 21 24 27 38 39 43 45 46 47 48 50 53 54 67 68 69 70 71 72 73 75 76 86 89 90",
        "03": "02 03 04 05 07 08 09 10 13 16 18 20 21 22 24 28 38 44 45 46 47 48 50 63 65 66 68 69 70 71 72 73 74 75",
        "06": "15 18 42", "09": "10", "10": "14 15 16 17 20", "15": "15", "17": "15", "19": "A D", "24": "48",
        "25": "A D",
        "27": "04 07 08 10 15 40 42 60 77 85",
        "28": "02 03 04 05 06 08 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38"
        " 39 40 41"
        " 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75",
    },
    # julho de 2021, nota 20, tabelas 1 a 12, p. 38 a 45
    ("341", "cnab400"): {
        "02": "01 02",
        "03": "03 04 05 07 08 09 10 11 12 13 14 15 18 19 21 22 27 29 30 31 35 36 37 42 44 52 53 54 55 56 57 60 61"
        " 62 63 64 65"
        " 66 67 68 69 70 78 80 81 82 83 84 85 86 87 90 91 92 93 94 95 96 97 98 99",
        "15": "01 04 05 06 07 08 10 11",
        "16": "01 06 09 10 11 14 15 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 40 41 42 43 45 47"
        " 48 49 50 51",
        "17": "02 04 05 06 08 09 11 13 16 20 21 23 41 42 43 53 54 55 56 57 60 61 66 81 87", "18": "16 40 41 42",
        "24": "1610 3111 3160 3186 3228 3244 3269 3285 3301 3319 3327 3335 3343 3350 3368 3376 3384 3392 3400 3418"
        " 3426 3434"
        " 3442 3459 3467 3475 3483 3491 3509 3814 3822 3830 3848 3855 3863 3871 3889 3913 3921 3939",
        "25": "1313 1321 1339 1347 1354 1362 1370 1388 1396 1404 1412 1420 1438 1446 1453 1461 1479 1487 1495 1503"
        " 1719 1727"
        " 1735 1750 1768 1776 1784 1792 1800 1818 1826 1834 1842",
        "57": "1156 2261", "60": "03 04 05 07 99", "69": "32 33 34 35 36 40 41 42 43 44 45 48 49",
        "74": "6007 6015 6023 6031 6163 6171 6379",
        "79": "6049 6056 6064 6072 6080 6098 6106 6114 6122 6130 6148 6155 6437 6478 6486 6494 6502 6510 6528 6536"
        " 6544 6551"
        " 6569 6577 6585 6593 6601 6618",
    },
    # junho de 2022, p. 4, 19 e 20 (D064): os códigos são de toda recusa (03, 15, 16, 17 e 90)
    ("336", "cnab400"): {"03": "0067", "15": "0258", "16": "9220", "17": "9221", "90": "9222"},
    # 2016, 6.2.1, p. 14 e 15: uma lista para toda ocorrência
    ("422", "cnab400"): {"03": "002 009 067", "40": "061"},
    # CNAB 400, 3.6: 383-392 traz os motivos de 03, 16 e 18
    ("041", "cnab400"): {"03": "37", "16": "37", "18": "37"},
}  # fmt: skip
_SEM_LISTA = {
    ("cnab240", "37"): "FEBRABAN, C047: o e-mail e o celular não têm motivos",
    ("cnab400", "37"): "o mesmo, no de 400 que o segue",
    ("cnab240", "67"): "CrediSIS: o manual não os dá", ("cnab400", "26"): "Citi: o manual não os dá",
    ("cnab240", "18"): "Itaú 240: o manual não os dá", ("cnab240", "60"): "Itaú 240: idem",
    ("cnab240", "74"): "Itaú 240: idem", ("cnab240", "83"): "",
}  # fmt: skip

_DIZ_ELA_MESMA = {("356", "21"), ("356", "27")}
"""Real: a recusa de parar o protesto já diz por quê, e não tem motivos."""

_OURINVEST = "712"
"""A fonte só dá os motivos da tarifa, da baixa e do pagamento."""


@pytest.mark.parametrize(("banco", "formato"), MATRIZES)
def test_cada_motivo_do_manual_se_conhece_na_sua_ocorrencia(banco: str, formato: str) -> None:
    faltam = [
        (ocorrencia, codigo)
        for ocorrencia, codigos in MATRIZES[banco, formato].items()
        for codigo in codigos.split()
        if not motivo(banco, formato, ocorrencia, codigo).conhecido
    ]
    assert not faltam


@pytest.mark.parametrize(("banco", "formato"), MATRIZES)
def test_o_campo_do_retorno_se_parte_nos_codigos_do_manual(banco: str, formato: str) -> None:
    layout = carregar(f"cnab/{banco}.{formato}.retorno")
    for ocorrencia, codigos in MATRIZES[banco, formato].items():
        for codigo in codigos.split():
            assert partir_motivos(layout, ocorrencia, codigo) == (codigo,), (ocorrencia, codigo)


@pytest.mark.parametrize("banco", sorted(p.stem for p in (pasta() / "codigos/cobranca").glob("*.toml")))
def test_toda_recusa_tem_motivos_se_o_banco_os_publica(banco: str) -> None:
    tabela = ler_toml(f"codigos/cobranca/{banco}")
    publicam = {f for m in tabela.get("motivos", ()) for f in m["formatos"]}
    recusas = {"ENTRADA_REJEITADA", "INSTRUCAO_REJEITADA", "REJEITADA"} if banco != _OURINVEST else set()
    for o in tabela.get("ocorrencias", ()):
        for formato in publicam.intersection(o["formatos"]):
            if (
                o["classe"] in recusas
                and (formato, o["codigo"]) not in _SEM_LISTA
                and (banco, o["codigo"]) not in _DIZ_ELA_MESMA
            ):
                assert motivos_da(banco, formato, o["codigo"]), (formato, o["codigo"])


def test_o_mesmo_codigo_diz_outra_coisa_noutra_ocorrencia() -> None:
    assert "dinheiro" not in motivo("237", "cnab400", "03", "15").texto
    assert "cheque" in motivo("237", "cnab400", "06", "15").texto.lower()
    assert motivo("748", "cnab400", "28", "03").texto != motivo("748", "cnab400", "03", "03").texto
    assert motivo("341", "cnab400", "02", "01").texto != motivo("341", "cnab400", "16", "01").texto


def test_pedido_desprezado_e_recusa() -> None:
    for banco in ("237", "748"):
        assert da_tabela(banco, "cnab400", "19").classe == "PROTESTO"
        assert motivo(banco, "cnab400", "19", "D").classe == "INSTRUCAO_REJEITADA"
        assert not motivo(banco, "cnab400", "19", "A").classe
