"""Os números de cada banco contra vetores de manuais e de outras implementações, e os dígitos um a um."""

from __future__ import annotations

import io
import json
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.boleto.barras import decodificar, fator_de, linha_digitavel, montar, vencimento_de
from guiche.boleto.calculo import CAMPO_LIVRE, calcular
from guiche.boleto.contas import discordancias
from guiche.boleto.digitos import DIGITOS, GERAL
from guiche.boleto.regras import banco, variantes_do
from guiche.cli import main
from guiche.erros import ErroDeCampo
from guiche.layout import portas
from guiche.layout.carga import ler_toml
from guiche.servicos.boletos import numeros as servico

RAIZ = Path(__file__).parents[2]
AMOSTRAS = RAIZ / "tests" / "amostras" / "boleto"
LAYOUTS = RAIZ / "layouts" / "boleto"
CODIGOS = sorted(p.stem for p in LAYOUTS.glob("*.toml"))
IMPRESSOS = {"nosso_numero_formatado", "agencia_codigo_beneficiario"}
"""Como cada programa pontua é gosto seu; aqui só se comparam os números que valem para o banco."""


def _ler(nome: str) -> list[dict[str, Any]]:
    lidos: list[dict[str, Any]] = json.loads((AMOSTRAS / f"{nome}.json").read_text("utf-8"))
    return lidos


VETORES = [*_ler("vetores"), *_ler("vetores_aleatorios")]


def _calcular(pedidos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(servico.calcular(json.dumps(pedidos)).lista or ())


@pytest.mark.parametrize("codigo", CODIGOS)
def test_todos_os_vetores_do_banco(codigo: str) -> None:
    do_banco = [v for v in VETORES if v["input"]["banco"] == codigo]
    for vetor, resposta in zip(do_banco, _calcular([v["input"] for v in do_banco]), strict=True):
        esperado = {k: v for k, v in vetor["expected"].items() if k not in IMPRESSOS}
        assert (vetor["id"], {k: resposta.get(k) for k in esperado}) == (vetor["id"], esperado)


def test_ha_vetores_bastantes_e_todos_de_bancos_conhecidos() -> None:
    assert len(VETORES) == 717
    assert {v["input"]["banco"] for v in VETORES} <= set(CODIGOS)


def test_o_nosso_numero_impresso_concorda_com_a_maioria_dos_programas() -> None:
    """Diferem só pontuação e prefixos; as diferenças que restam são destas cinco origens."""

    def so_letras_e_numeros(texto: str | None) -> str:
        return "".join(c for c in texto or "" if c.isalnum()).lstrip("0")

    com_impresso = [v for v in VETORES if "nosso_numero_formatado" in v["expected"]]
    respostas = _calcular([v["input"] for v in com_impresso])
    diferentes = {
        v["input"]["banco"]
        for v, r in zip(com_impresso, respostas, strict=True)
        if so_letras_e_numeros(r["nosso_numero_formatado"])
        != so_letras_e_numeros(v["expected"]["nosso_numero_formatado"])
    }
    assert diferentes <= {"001", "021", "104", "336", "707"}


@pytest.mark.parametrize("ponto", _ler("fator"), ids=lambda p: p["data"])
def test_fator_de_vencimento(ponto: dict[str, str]) -> None:
    dia = date.fromisoformat(ponto["data"])
    assert f"{fator_de(dia):04d}" == ponto["fator"]
    assert vencimento_de(int(ponto["fator"]), dia) == dia


@given(st.dates(date(2000, 7, 3), date(2090, 1, 1)), st.integers(-3000, 5500))
def test_o_fator_volta_a_data_em_toda_a_janela(hoje: date, dias: int) -> None:
    vencimento = hoje + timedelta(days=dias)
    if vencimento >= date(2000, 7, 3):
        assert vencimento_de(fator_de(vencimento), hoje) == vencimento
    fora = hoje + timedelta(days=5501)
    assert vencimento_de(fator_de(fora), hoje) != fora


def entrada_de(codigo: str, variante: dict[str, Any], numero: int) -> dict[str, Any]:
    """Uma entrada que a variante aceita, com o nosso número dado."""
    entrada: dict[str, Any] = {
        "banco": codigo, "agencia": "12", "agencia_dv": "3", "conta": "456", "conta_dv": "7", "convenio": "89",
        "operacao": "1", "posto": "2", "ano_nosso_numero": "26", "documento_beneficiario": "11222333000181",
        "portfolio": "313", "numero_documento": "5", "vencimento": date(2026, 8, 10), "centavos": 12345,
        "nosso_numero": str(numero), "nosso_numero_dv": "0", "produto": "2", "emissao": "4", "modalidade": "1",
    }  # fmt: skip
    dados = tomllib.loads((LAYOUTS / f"{codigo}.toml").read_text("utf-8"))
    de_outra = {valor for v in variantes_do(dados) for c in v.get("condicoes", ()) for valor in c.get("valores", ())}
    entrada["carteira"] = next((c for c in dados["carteiras"] if c not in de_outra), "1")
    for condicao in variante.get("condicoes", ()):
        if "de" in condicao:
            entrada[condicao["campo"]] = str(condicao["de"])
        elif "valores" in condicao:
            entrada[condicao["campo"]] = condicao["valores"][0]
        elif condicao["campo"] == "nosso_numero":
            entrada["nosso_numero"] = str(numero).zfill(condicao["tamanhos"][0])
        else:
            entrada[condicao["campo"]] = True
    return entrada


VARIANTES = [
    (codigo, variante)
    for codigo in CODIGOS
    for variante in variantes_do(tomllib.loads((LAYOUTS / f"{codigo}.toml").read_text("utf-8")))
]


@pytest.mark.parametrize(("codigo", "variante"), VARIANTES, ids=[f"{c}-{v['id']}" for c, v in VARIANTES])
def test_cada_variante_da_cada_digito(codigo: str, variante: dict[str, Any]) -> None:
    """Nossos números seguidos dão cada dígito possível, o código de barras confere e o papel volta à mesma linha."""
    digitos = set()
    for numero in range(1, 400):
        feito = calcular(entrada_de(codigo, variante, numero))
        digitos.add(feito.nosso_numero_dv)
        assert len(feito.campo_livre) == CAMPO_LIVRE
    if "dv" not in variante:
        assert digitos == {""}
    elif variante["dv"]["modulo"] == "hsbc_cnr":
        assert {d[0] for d in digitos} | {d[2] for d in digitos} >= set("0123456789")
    elif variante["dv"]["modulo"].startswith("duplo"):
        assert {d[0] for d in digitos} >= set("0123456789")
    else:
        assert digitos >= set("0123456789")
    partes = decodificar(feito.linha_digitavel, date(2026, 7, 1))
    assert (partes.erros, partes.codigo_barras, partes.valor) == ((), feito.codigo_barras, 12345)
    assert (partes.banco, partes.vencimento) == (codigo, date(2026, 8, 10))


@pytest.mark.requisito("S-100")
@pytest.mark.parametrize(
    ("pedido", "impresso", "linha"),
    [
        pytest.param(
            {"convenio": "050094", "carteira": "31", "nosso_numero": "01448", "agencia": "1606", "conta": "06809350",
             "valor": "1.00", "vencimento": "2007-12-31"},
            "05009401448-1", "00190.50095 40144.816069 06809.350314 3 37370000000100", id="seis: manual do banco",
        ),
        pytest.param(
            {"convenio": "123456", "carteira": "18", "nosso_numero": "1", "agencia": "1545", "conta": "10403005",
             "valor": "10.50", "vencimento": "2013-01-01"},
            "12345600001-7", "00191.23454 60000.115455 10403.005183 1 55650000001050", id="seis: openboleto",
        ),
        pytest.param(
            {"convenio": "2791531", "carteira": "17", "nosso_numero": "11257", "agencia": "3391", "conta": "16954",
             "valor": "1041.50", "vencimento": "2016-11-01"},
            "27915310000011257", "00190.00009 02791.531003 00011.257177 7 69650000104150", id="sete: boletobr",
        ),
        pytest.param(
            {"convenio": "1238798", "carteira": "18", "nosso_numero": "7777700168", "agencia": "4042",
             "conta": "00061900", "valor": "723.56", "vencimento": "2008-02-01"},
            "12387987777700168", "00190.00009 01238.798779 77700.168188 4 37690000072356", id="sete: brcobranca",
        ),
    ],
)  # fmt: skip
def test_banco_do_brasil_com_convenio_de_seis_e_de_sete(pedido: dict[str, str], impresso: str, linha: str) -> None:
    """Seis: nosso número de onze, com dígito. Sete: de dezessete, sem ele, e o convênio dentro."""
    (resposta,) = _calcular([{"banco": "001", **pedido}])
    assert (resposta["nosso_numero_formatado"], resposta["linha_digitavel"]) == (impresso, linha)


@pytest.mark.parametrize(("codigo", "variante"), VARIANTES, ids=[f"{c}-{v['id']}" for c, v in VARIANTES])
def test_as_colunas_do_campo_livre_se_encostam(codigo: str, variante: dict[str, Any]) -> None:
    esperado = 20
    for linha in variante["campo_livre"]:
        inicio, fim = map(int, linha["col"].split("-"))
        assert inicio == esperado, codigo
        esperado = fim + 1
        if "fixo" in linha:
            assert len(linha["fixo"]) == fim - inicio + 1
    assert esperado == 45


def test_bancos_tem_fonte_confianca_e_textos() -> None:
    for codigo in CODIGOS:
        dados = tomllib.loads((LAYOUTS / f"{codigo}.toml").read_text("utf-8"))
        assert dados["codigo"] == codigo
        assert dados["confianca"]
        assert dados["fontes"]
        assert banco(codigo).local_pagamento
    assert len(CODIGOS) == 52


@pytest.mark.parametrize(
    ("mudanca", "codigo", "campo"),
    [
        ({"nosso_numero": "1234567890123"}, "boleto.campo_tamanho", "nosso_numero"),
        ({"convenio": "12345678"}, "boleto.campo_tamanho", "convenio"),
        ({"nosso_numero": ""}, "boleto.campo_falta", "nosso_numero"),
        ({"nosso_numero": "12A"}, "boleto.campo_algarismos", "nosso_numero"),
        ({"carteira": "999"}, "boleto.carteira", "carteira"),
        ({"banco": "998"}, "boleto.banco", "998"),
        ({"centavos": 10**13}, "boleto.valor", "valor"),
    ],
)
def test_o_que_nao_serve_se_recusa_pelo_nome(mudanca: dict[str, Any], codigo: str, campo: str) -> None:
    boa = {"banco": "033", "convenio": "1234567", "carteira": "101", "nosso_numero": "1", "centavos": 1}
    with pytest.raises(ErroDeCampo) as erro:
        calcular(boa | mudanca)
    assert erro.value.codigo == codigo
    assert campo in erro.value.mensagem


@pytest.mark.requisito("S-99")
def test_banco_extinto_se_calcula_com_aviso() -> None:
    real = calcular({"banco": "356", "agencia": "0501", "conta": "6703255", "carteira": "57", "nosso_numero": "3020",
                     "centavos": 35000, "vencimento": date(2008, 2, 1)})  # fmt: skip
    assert "não existe desde 2010" in real.aviso
    assert "033" in real.aviso
    vetor = {"banco": "356", "agencia": "501", "conta": "6703255", "nosso_numero": "3020", "centavos": 3500}
    sem_convenio = calcular(vetor | {"vencimento": date(2001, 10, 2)})
    assert sem_convenio.linha_digitavel == "35690.50168 70325.510009 00000.030205 9 14560000003500"
    unibanco = calcular({"banco": "409", "convenio": "203167", "nosso_numero": "1", "centavos": 1})
    assert "409" in unibanco.aviso


def test_valor_que_transborda_toma_o_fator() -> None:
    livre = "0" * 25
    barras = montar("001", "9", date(2026, 8, 10), 10**10, livre)
    assert barras[5:19] == "00010000000000"
    partes = decodificar(barras, date(2026, 8, 1))
    assert (partes.valor, partes.vencimento, partes.erros) == (10**10, None, ())


@given(st.text("0123456789", min_size=43, max_size=43))
def test_um_algarismo_trocado_se_nota(numeros: str) -> None:
    if numeros[0] == "8":
        numeros = "1" + numeros[1:]
    sem_dv = numeros[:3] + "9" + numeros[4:]
    barras = sem_dv[:4] + GERAL(sem_dv) + sem_dv[4:]
    assert not [e for e in decodificar(barras, date(2026, 1, 1)).erros if "dígito" in e]
    linha = linha_digitavel(barras)
    trocada = linha[:2] + str((int(linha[2]) + 1) % 10) + linha[3:]
    assert [e for e in decodificar(trocada, date(2026, 1, 1)).erros if "1º campo" in e]


@pytest.mark.parametrize(
    ("codigo", "razao"),
    [
        ("836200000005667800481000180975657313001589636081", "boleto.arrecadacao"),
        ("83620000000667800481001809756573100158963608", "boleto.arrecadacao"),
        ("123", "boleto.codigo"),
        ("0019050095 letras", "boleto.codigo"),
        ("", "boleto.codigo"),
    ],
)
def test_o_que_nao_e_boleto_se_diz(codigo: str, razao: str) -> None:
    with pytest.raises(ErroDeCampo) as erro:
        decodificar(codigo, date(2026, 1, 1))
    assert erro.value.codigo == razao


def test_linha_antiga_com_o_ultimo_campo_curto() -> None:
    barras = montar("001", "9", None, 0, "0" * 25)
    curta = linha_digitavel(barras)[:-14] + "000"
    assert decodificar(curta, date(2026, 1, 1)).codigo_barras == barras


def test_digitos_com_letra() -> None:
    assert {DIGITOS["mod11_2_7_P0"](f"{n:03d}") for n in range(200)} == set("0123456789P")
    assert {DIGITOS["mod11_2_9_X0"](f"{n:03d}") for n in range(200)} == set("0123456789X")
    assert "0" not in {GERAL(f"{n:043d}") for n in range(500)}


def test_calcular_pela_linha_de_comando(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bom = VETORES[0]["input"]
    pedidos = [bom, {**bom, "banco": "999"}, {"banco": "001"}, 7, {**bom, "vencimento": "hoje"},
               {**bom, "valor": "1,50"}, {**bom, "nosso_numero": 4}, {**bom, "valor": "-1"}]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(pedidos)))
    assert main(["boleto", "calcular", "--json"]) == 1
    respostas = json.loads(capsys.readouterr().out)
    assert respostas[0]["codigo_barras"] == VETORES[0]["expected"]["codigo_barras"]
    assert [r["erro"]["codigo"] for r in respostas[1:]] == [
        "boleto.banco", "boleto.variante", "boleto.entrada", "boleto.data", "boleto.valor", "boleto.entrada",
        "boleto.valor",
    ]  # fmt: skip
    (tmp_path / "lista.json").write_text("{}")
    assert main(["boleto", "calcular", "--lista", str(tmp_path / "lista.json")]) == 1
    (tmp_path / "lista.json").write_text("[")
    assert main(["boleto", "calcular", "--lista", str(tmp_path / "lista.json")]) == 1


@pytest.mark.caso("B-07")
@pytest.mark.parametrize("valor", [15000, 150.0, True, [], {}, "15.000,00", "1e3", "+1", "1.005", " 1"], ids=repr)
def test_valor_que_nao_e_texto_em_reais_se_recusa_e_se_diz_como_se_escreve(valor: object) -> None:
    (resposta,) = _calcular([{**VETORES[0]["input"], "valor": valor}])
    assert resposta["erro"]["codigo"] == "boleto.valor"
    assert resposta["erro"]["mensagem"].startswith("valor ")
    assert '"150.00"' in resposta["erro"]["mensagem"]


@pytest.mark.caso("B-07")
def test_chave_mal_escrita_se_recusa_com_a_que_mais_se_parece() -> None:
    for nome in portas.chaves("boleto_calcular"):
        (resposta,) = _calcular([{**VETORES[0]["input"], f"{nome}_": "1"}])
        assert resposta["erro"] == {
            "codigo": "boleto.chave_estranha", "mensagem": f'não se conhece a chave "{nome}_"; seria "{nome}"?',
        }  # fmt: skip
    (resposta,) = _calcular([{**VETORES[0]["input"], "data_vencimento": "2026-12-20"}])
    assert 'seria "vencimento"?' in resposta["erro"]["mensagem"]
    with pytest.raises(ErroDeCampo, match='"valor" aparece duas vezes'):
        servico.calcular('[{"banco": "001", "valor": "1.00", "valor": "2.00"}]')


def test_a_porta_conhece_tudo_o_que_as_regras_dos_bancos_usam() -> None:
    usados = {"banco", "nosso_numero", "ano_nosso_numero", "documento_beneficiario", "tipo_identificador", "moeda"}
    for codigo in CODIGOS:
        dados = tomllib.loads((LAYOUTS / f"{codigo}.toml").read_text("utf-8"))
        usados |= set(dados.get("digitos", {}))
        for variante in variantes_do(dados):
            usados |= {c["campo"] for c in variante.get("condicoes", ())}
            campos = [linha.get(nome, "") for linha in variante["campo_livre"] for nome in ("campo", "ou")]
            usados |= {n for campo in campos for n in re.split(r"[+|:=].*", campo) if n}
    assert usados <= set(portas.chaves("boleto_calcular"))
    assert {v for vetor in VETORES for v in vetor["input"]} <= set(portas.chaves("boleto_calcular"))


@pytest.mark.caso("B-07")
def test_sai_com_1_se_algum_falha_e_com_0_se_se_aceita(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lista = tmp_path / "lista.json"
    bom = next(v["input"] for v in VETORES if not discordancias(v["input"]["banco"], v["input"]))
    comando = ["boleto", "calcular", "--lista", str(lista)]
    for pedidos, codigo in (([bom], 0), ([bom, {**bom, "banco": "999"}], 1), ([{"banco": "033"}], 1)):
        lista.write_text(json.dumps(pedidos), "utf-8")
        assert main(comando) == codigo
        dito = capsys.readouterr().out.splitlines()
        assert all(dito)
        assert (dito[-1] == f"1 boleto de {len(pedidos)} sem código de barras.") == bool(codigo)
        assert main([*comando, "--aceitar-parcial", "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)) == len(pedidos)


def test_o_exemplo_da_documentacao_diz_o_que_o_codigo_de_barras_guarda() -> None:
    (resposta,) = servico.calcular(ler_toml("portas")["boleto_calcular"]["exemplo"]).lista or ()
    partes = decodificar(resposta["linha_digitavel"], date(2026, 12, 1))
    assert (partes.banco, partes.valor, partes.vencimento) == ("341", 15_000, date(2026, 12, 20))


def test_dez_mil_de_uma_vez() -> None:
    respostas = _calcular([VETORES[n % 600]["input"] for n in range(10_000)])
    assert len(respostas) == 10_000


def test_decodificar_pela_linha_de_comando(capsys: pytest.CaptureFixture[str]) -> None:
    linha = "00190.50095 40144.816069 06809.350314 3 37370000000100"
    assert main(["boleto", "decodificar", linha, "--hoje", "2007-12-01", "--json"]) == 0
    dados = json.loads(capsys.readouterr().out)
    assert (dados["banco"], dados["valor"], dados["vencimento"], dados["erros"]) == ("001", "1.00", "2007-12-31", [])
    assert main(["boleto", "decodificar", linha.replace("50095", "50096"), "--hoje", "2007-12-01"]) == 1
    assert "dígito do 1º campo" in capsys.readouterr().out
    assert main(["boleto", "decodificar", "8" * 44]) == 1
    assert "arrecadação" in capsys.readouterr().err


@pytest.mark.caso("B-25")
@pytest.mark.parametrize(("entrada", "certo"), [
    ({"banco": "085", "agencia": "0101", "agencia_dv": "5", "conta": "244140", "conta_dv": "3", "convenio": "101002",
      "carteira": "01"}, "0101-5/244140-3"),
    ({"banco": "097", "agencia": "0002", "conta": "63291", "conta_dv": "0", "convenio": "009871", "carteira": "18",
      "documento_beneficiario": "11222333000181"}, "0002 / 0063291-0"),
    ({"banco": "041", "agencia": "1102", "convenio": "9000150", "carteira": "1"}, "1102 / 900015.0.46"),
])  # fmt: skip
def test_a_agencia_e_o_codigo_se_imprimem_como_no_modelo_do_banco(entrada: dict[str, str], certo: str) -> None:
    boleto = entrada | {"nosso_numero": "1", "valor": "10.00", "vencimento": "2026-12-20"}
    assert _calcular([boleto])[0]["agencia_codigo_beneficiario"] == certo


_OITO: dict[str, str] = {
    "banco": "756", "agencia": "3069", "nosso_numero": "15022", "modalidade": "1", "valor": "1239.72",
    "vencimento": "2026-12-20",
}  # fmt: skip


@pytest.mark.caso("B-19")
@pytest.mark.parametrize("carteira", ["1", "3"])
def test_codigo_de_oito_algarismos_do_sicoob_pede_o_contrato_e_a_carteira_9(carteira: str) -> None:
    recusado, de_sete = _calcular([
        _OITO | {"carteira": carteira, "convenio": "12952700"}, _OITO | {"carteira": carteira, "convenio": "00952700"}
    ])  # fmt: skip
    assert "código do contrato de cobrança, com a carteira 9" in recusado["erro"]["mensagem"]
    assert de_sete["codigo_barras"][26:33] == "0952700"


@pytest.mark.caso("B-19")
def test_com_o_contrato_o_codigo_de_barras_e_o_do_aviso_do_sicoob() -> None:
    """BoletoNetCore#377: 75699 3069… 0012952700… …01 (9, cooperativa, contrato em nove posições, modalidade)."""
    (um,) = _calcular([_OITO | {"carteira": "9", "convenio": "1295270"}])
    livre = um["codigo_barras"][19:]
    assert (livre[:5], livre[5:15], livre[-2:]) == ("93069", "0012952700", "01")


@pytest.mark.caso("B-18")
def test_na_carteira_9_do_sicoob_o_numero_vai_com_o_digito() -> None:
    boleto = {"banco": "756", "agencia": "3069", "convenio": "1295270", "nosso_numero": "15022", "modalidade": "1",
              "parcela": "1", "valor": "1239.72", "vencimento": "2026-12-20"}  # fmt: skip
    um, nove = _calcular([boleto | {"carteira": "1"}, boleto | {"carteira": "9"}])
    assert nove["codigo_barras"][33:42] == "0" + um["codigo_barras"][33:41]
    assert nove["nosso_numero_formatado"] == um["nosso_numero_formatado"]
