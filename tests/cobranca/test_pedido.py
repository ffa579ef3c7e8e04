"""O pedido em JSON e o comando `guiche remessa gerar`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guiche.cobranca.entrada import ler_pedido
from guiche.cobranca.remessa import compor
from guiche.erros import ErroDeCampo, ErroGuiche
from tests.cobranca.sinteticos import AGORA, empresa, minimo

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
