"""O pedido em JSON e o comando `guiche remessa gerar`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.erros import ErroDeCampo, ErroGuiche
from guiche.layout import portas
from guiche.layout.carga import ler_toml
from guiche.remessa.chaves import catalogo
from guiche.remessa.composicao import compor
from guiche.remessa.pedido import ler_pedido
from guiche.remessa.receita import receita
from guiche.servicos.cobranca.porta_json import gerar
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, empresa, minimo

PEDIDO: dict[str, Any] = {
    "layout": "341.cnab400",
    "data_hora": AGORA.isoformat(),
    "empresa": {k: str(v) for k, v in empresa("341.cnab400").items()},
    "titulos": [{**minimo(), "valor_titulo": "199.91", "data_vencimento": "2026-08-04"}],
}


def _com(**titulo: Any) -> str:
    return json.dumps({**PEDIDO, "titulos": [{**PEDIDO["titulos"][0], **titulo}]})


def _guiche(entrada: str, *argumentos: str) -> subprocess.CompletedProcess[bytes]:
    linha = [sys.executable, "-m", "guiche", "remessa", "gerar", *argumentos]
    return subprocess.run(linha, input=entrada.encode(), capture_output=True, check=False)


def test_os_textos_viram_o_que_compor_recebe() -> None:
    lido = ler_pedido(
        _com(
            percentual_multa="2.00", valor_juros_dia="0.07", data_desconto="2026-08-01", valor_desconto="10.5",
            codigo_ocorrencia="1", mensagem="Olá", numero_documento="", numero_documento_empresa="77",
        )
    )  # fmt: skip
    (titulo,) = lido.titulos
    assert lido.data_hora == AGORA
    assert (titulo["valor_titulo"], titulo["multa_percentual"], titulo["juros_ao_dia"]) == (19_991, 200, 7)
    assert titulo["descontos"] == [(date(2026, 8, 1), 1_050)]
    assert (titulo["comando"], titulo["mensagens"], titulo["numero_documento"]) == ("registrar", ["Olá"], "77")


@pytest.mark.parametrize(
    ("entrada", "chave", "valor"),
    [
        ({"valor_multa": "3.00"}, "multa", 300),
        ({"valor_multa": "3.00", "codigo_multa": "2"}, "multa_percentual", 300),
        ({"valor_multa": "0.20", "tipo_multa": "porcentagem"}, "multa_percentual", 20),
        ({"valor_juros": "1.00", "codigo_juros": "2"}, "juros_ao_mes", 100),
        ({"valor_juros": "0.25", "codigo_juros": "1"}, "juros_ao_dia", 25),
        ({"valor_juros": "0.00", "data_juros": "2026-08-05"}, "juros_desde", None),
        ({"codigo_ocorrencia": "02"}, "comando", "baixar"),
        ({"dias_protesto": "5"}, "protesto_dias", 5),
    ],
)
def test_o_valor_e_seu_codigo_viram_uma_chave(entrada: dict[str, str], chave: str, valor: object) -> None:
    assert ler_pedido(_com(**entrada)).titulos[0].get(chave) == valor


@pytest.mark.parametrize(
    ("texto", "codigo"),
    [
        ("{", "remessa.entrada"),
        ("[]", "remessa.entrada"),
        ('{"layout": "341.cnab400"}', "remessa.entrada"),
        ('{"layout": "999.cnab400"}', "layout.ausente"),
        ('{"layout": "../../x"}', "layout.ausente"),
        ('{"layout": "399.cnab400"}', "remessa.nao_se_grava"),
        (json.dumps({**PEDIDO, "data_hora": "ontem"}), "remessa.entrada"),
        (json.dumps({**PEDIDO, "titulos": [1]}), "remessa.entrada"),
        (_com(valor_titulo=1.5), "remessa.chave"),
        (_com(valor_titulo="1,50"), "remessa.chave"),
        (_com(valor_titulo="1.505"), "remessa.chave"),
        (_com(valor_titulo="NaN"), "remessa.chave"),
        (_com(data_vencimento="04/08/2026"), "remessa.chave"),
        (_com(pagador_nome=["a"]), "remessa.chave"),
        (_com(cor="azul"), "remessa.chave_estranha"),
    ],
)
def test_pedido_errado_se_recusa(texto: str, codigo: str) -> None:
    with pytest.raises(ErroGuiche) as erro:
        ler_pedido(texto)
    assert erro.value.codigo == codigo


def test_o_erro_nomeia_a_chave() -> None:
    with pytest.raises(ErroDeCampo, match="valor_titulo"):
        ler_pedido(_com(valor_titulo="dez"))


def test_o_comando_escreve_os_bytes_na_saida() -> None:
    feito = _guiche(json.dumps(PEDIDO), "--json")
    lido = ler_pedido(json.dumps(PEDIDO))
    assert (feito.returncode, feito.stderr) == (0, b"")
    assert feito.stdout == compor("341.cnab400", lido.empresa, lido.titulos, AGORA).conteudo


def test_o_aviso_vai_na_saida_de_erros_e_nao_impede() -> None:
    feito = _guiche(_com(pagador_nome="Nome muito comprido " * 4), "--json")
    assert feito.returncode == 0
    assert json.loads(feito.stderr)["problemas"][0]["codigo"] == "remessa.cortado"
    assert feito.stdout.count(b"\r\n") == 3


def test_o_erro_vai_em_json_na_saida_de_erros() -> None:
    feito = _guiche(_com(valor_titulo=""), "--json")
    assert (feito.returncode, feito.stdout) == (1, b"")
    (problema,) = json.loads(feito.stderr)["problemas"]
    assert (problema["codigo"], problema["onde"]) == ("remessa.falta", "título 1")
    assert "valor_titulo" in problema["mensagem"]


def test_o_comando_grava_onde_se_pede(tmp_path: Path) -> None:
    pedido, saida = tmp_path / "pedido.json", tmp_path / "CB010700.rem"
    pedido.write_text(json.dumps(PEDIDO), "utf-8")
    feito = _guiche("", "--json", "--pedido", str(pedido), "--saida", str(saida))
    resposta = json.loads(feito.stdout)
    assert (resposta["feito"], resposta["dados"]["linhas"]) == (True, [2])
    assert [len(linha) for linha in saida.read_bytes().split(b"\r\n")] == [400, 400, 400, 0]
    assert _guiche("", "--pedido", str(tmp_path / "nada.json")).returncode == 1
    assert b"remessa.gravar" in _guiche(json.dumps(PEDIDO), "--saida", str(tmp_path / "x" / "y")).stderr


# --- o que a porta não deixa passar ---


def _recusa(texto: str) -> ErroGuiche:
    with pytest.raises(ErroGuiche) as erro:
        gerar(texto)
    return erro.value


DE_DINHEIRO = [nome for nome, chave in catalogo("titulo").items() if chave.tipo in {"centavos", "percentual"}]
DE_DINHEIRO += ["valor_multa", "percentual_multa", "valor_juros", "valor_juros_dia", "valor_abatimento"]


@pytest.mark.caso("B-07")
@pytest.mark.parametrize("numero", [15000, 150.0, 0, True], ids=repr)
@pytest.mark.parametrize("nome", DE_DINHEIRO)
def test_dinheiro_em_numero_e_recusado_e_se_diz_como_se_escreve(nome: str, numero: object) -> None:
    erro = _recusa(_com(**{nome: numero}))
    assert (erro.codigo, str(erro.local)) == ("remessa.chave", "título 1")
    assert erro.mensagem.startswith(f"{nome} veio como ")
    assert '"150.00"' in erro.mensagem or '"2.00"' in erro.mensagem


@pytest.mark.caso("B-07")
def test_o_desconto_em_numero_tambem() -> None:
    for desconto in ({"descontos": [["2026-08-01", 5]]}, {"data_desconto": "2026-08-01", "valor_desconto": 5}):
        erro = _recusa(_com(**desconto))
        assert "desconto" in erro.mensagem
        assert '"150.00"' in erro.mensagem


@pytest.mark.caso("B-07")
@pytest.mark.parametrize("nome", ["nosso_numero", "pagador_documento", "pagador_cep", "numero_documento"])
def test_o_codigo_em_numero_perdeu_os_zeros_e_e_recusado(nome: str) -> None:
    assert _recusa(_com(**{nome: 1001000})).mensagem.startswith(f"{nome} veio como número; escreva ")


@pytest.mark.caso("B-07")
@pytest.mark.parametrize("lado", ["empresa", "titulo"])
def test_a_chave_mal_escrita_e_recusada_com_a_que_mais_se_parece(lado: str) -> None:
    for nome in catalogo(lado):
        errada = f"{nome}x"
        pedido = {**PEDIDO, "empresa": {**PEDIDO["empresa"], errada: "1"}} if lado == "empresa" else None
        erro = _recusa(json.dumps(pedido) if pedido else _com(**{errada: "1"}))
        assert erro.codigo == "remessa.chave_estranha", errada
        assert erro.mensagem == f'não se conhece a chave "{errada}"; seria "{nome}"?'


@pytest.mark.caso("B-07")
def test_a_chave_estranha_do_pedido_e_a_repetida_se_recusam() -> None:
    assert _recusa(json.dumps({**PEDIDO, "titulo": []})).mensagem == (
        'não se conhece a chave "titulo"; seria "titulos"?'
    )
    repetida = json.dumps(PEDIDO).replace('"valor_titulo": "199.91"', '"valor_titulo": "1.00", "valor_titulo": "2.00"')
    assert 'a chave "valor_titulo" aparece duas vezes' in _recusa(repetida).mensagem
    dois_nomes = _recusa(_com(multa_percentual="2.00", percentual_multa="3.00"))
    assert dois_nomes.mensagem == "percentual_multa e multa_percentual são o mesmo dado; diga só um"


ERROS: dict[str, tuple[dict[str, Any], str]] = {
    "CPF inválido": ({"pagador_documento": "11111111111"}, "P01"),
    "desconto depois do vencimento": ({"descontos": [["2026-08-05", "1.00"]]}, "D06"),
    "vencimento antes da emissão": ({"data_emissao": "2026-06-30", "data_vencimento": "2026-06-29"}, "D01"),
}


@pytest.mark.caso("B-08")
@pytest.mark.parametrize("caso", ERROS)
def test_o_que_o_verificador_chama_de_erro_nao_se_grava(caso: str, tmp_path: Path) -> None:
    mudanca, regra = ERROS[caso]
    saida = tmp_path / "CB.rem"
    feito = _guiche(_com(**mudanca), "--json", "--saida", str(saida))
    assert (feito.returncode, feito.stdout, saida.exists()) == (1, b"", False)
    problemas = json.loads(feito.stderr)["problemas"]
    (erro,) = [p for p in problemas if p["gravidade"] == "erro"]
    assert erro["onde"] == "título 1"
    assert f"C400.{regra}, linha 2" in erro["mensagem"]
    assert _guiche(_com(**mudanca)).stdout == b""


@pytest.mark.caso("B-08")
def test_o_que_o_verificador_chama_de_aviso_se_diz_e_se_grava() -> None:
    feito = _guiche(_com(pagador_uf="XX", data_vencimento="2026-06-30", data_emissao="2026-06-01"), "--json")
    assert (feito.returncode, feito.stdout.count(b"\r\n")) == (0, 3)
    problemas = json.loads(feito.stderr)["problemas"]
    assert {p["gravidade"] for p in problemas} == {"aviso"}
    assert [p["mensagem"].partition(" (")[0].partition(":")[0] for p in problemas] == [
        "o vencimento é anterior à geração do arquivo", "a UF não existe",
    ]  # fmt: skip


@pytest.mark.caso("B-08")
@pytest.mark.parametrize("layout", GRAVAVEIS)
def test_o_que_se_escreve_o_verificador_nao_acusa(layout: str) -> None:
    """Cada layout, cada dado torto: ou a remessa se recusa, ou o arquivo dela não tem erro."""
    bom = {**PEDIDO["titulos"][0], "valor_titulo": "199.91"}
    tortos: list[dict[str, Any]] = [
        {}, *(mudanca for mudanca, _ in ERROS.values()), {"pagador_nome": "", "pagador_documento": ""},
        {"valor_titulo": "0.00"}, {"multa_percentual": "2.00", "multa_desde": "2026-08-01"}, {"abatimento": "200.00"},
        {"descontos": [["2026-08-01", "200.00"]]},
    ]  # fmt: skip
    dados = {k: v if isinstance(v, int) else str(v) for k, v in empresa(layout).items()}
    recusas = 0
    for torto in tortos:
        texto = json.dumps({**PEDIDO, "layout": layout, "empresa": dados, "titulos": [{**bom, **torto}]})
        try:
            feito = gerar(texto)
        except ErroGuiche:
            recusas += 1
            continue
        if feito.conteudo is None:
            recusas += 1
            continue
        achados = verificar_cobranca(feito.conteudo, "x", None, receita(layout).layout.apelido)
        assert not [a for a in achados if a.gravidade == "erro"]
    assert recusas >= 3  # o CPF inválido, a falta dele e o valor zerado, ao menos


@pytest.mark.caso("B-08")
def test_o_exemplo_da_documentacao_se_compoe_sem_erro_nem_aviso() -> None:
    feito = gerar(ler_toml("portas")["remessa_gerar"]["exemplo"])
    assert feito.feito
    assert not feito.problemas


def test_cada_tipo_da_porta_tem_um_exemplo_que_se_le() -> None:
    for nome, tipo in portas.tipos().items():
        assert portas.ler(nome, json.loads(tipo.exemplo)), nome


@pytest.mark.caso("B-03")
@pytest.mark.parametrize(("layout", "dados", "feito"), [
    ("341.cnab400", {"agencia": "0057", "conta": "72192", "conta_dv": "2"}, False),
    ("033.cnab240", {"agencia": "1234", "conta": "12345", "conta_dv": "6",
                     "codigo_transmissao": "005700001234567"}, True),
])  # fmt: skip
def test_o_digito_que_nao_confere_se_recusa_ou_se_diz_se_a_regra_nao_e_de_manual(
    layout: str, dados: dict[str, str], feito: bool
) -> None:
    pedido = PEDIDO | {"layout": layout, "empresa": PEDIDO["empresa"] | dados}
    respondido = gerar(json.dumps(pedido))
    assert (respondido.feito, bool(respondido.conteudo)) == (feito, feito)
    (problema,) = [p for p in respondido.problemas if p.codigo == "conta.digito"]
    assert problema.gravidade == ("aviso" if feito else "erro")
    assert problema.mensagem in {"o dígito da conta é 0, e não 2", "o dígito da conta é 9, e não 6"}
