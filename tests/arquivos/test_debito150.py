"""Arquivos inteiros: amostras byte a byte, amostras estragadas, e o que o leitor tolera."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.arquivos.debito150 import ler
from guiche.arquivos.deteccao import detectar
from guiche.arquivos.explicar import explicar, ler_json
from guiche.erros import ErroDeArquivo, ErroGuiche
from guiche.layout.carga import carregar
from guiche.layout.codec import tradutor

PASTA = Path(__file__).parents[1] / "amostras" / "debito150"
COMPOSTAS = sorted((PASTA / "compostas").glob("*.txt"))
ESTRAGADAS = sorted((PASTA / "estragadas").glob("*.txt"))
RECUSAS = {
    "COMPRIMENTO": "linha.largura",
    "TRAILER_QUANTIDADE": "arquivo.total_registros",
    "TRAILER_VALOR": "arquivo.total_valor",
    "SEM_TRAILER": "arquivo.sem_trailer",
    "BYTES_152_UTF8": "arquivo.utf8",
    "LINHA_CURTA_COMPLETADA": "arquivo.linha_curta",
    "CODIGO_RETORNO_DESCONHECIDO": "arquivo.codigo",
}
DO_LIVRO = {"NSA_FORA_DE_SEQUENCIA", "ARQUIVO_JA_IMPORTADO"}
BOA = (PASTA / "compostas" / "02_v04_retorno_generico.txt").read_bytes()


def _esperado(caminho: Path) -> dict[str, Any]:
    dados: dict[str, Any] = json.loads(caminho.with_suffix(".expected.json").read_text("utf-8"))
    return dados


def _sem_zeros(registro: dict[str, Any]) -> dict[str, Any]:
    """Como as amostras escrevem: documento sem os zeros, data sem fim como veio, vazio sem texto."""
    saida = {k: v for k, v in registro.items() if k != "linha" and (k, v) != ("marca_teste", "")}
    if "tipo_identificacao" in saida and "identificacao" in saida:
        tamanho = {"2": 11, "1": 14}.get(saida["tipo_identificacao"], 0)
        saida["identificacao"] = saida["identificacao"][-tamanho:] if tamanho else saida["identificacao"].strip()
    return {k: "9999-99-99" if v == "9999-12-31" else v for k, v in saida.items()}


@pytest.mark.parametrize("caminho", COMPOSTAS, ids=lambda p: p.stem)
def test_amostra_le_o_esperado_e_regrava_os_mesmos_bytes(caminho: Path) -> None:
    conteudo = caminho.read_bytes()
    arquivo = ler(conteudo, caminho.name)
    assert not arquivo.erros
    assert [_sem_zeros(r) for r in ler_json(arquivo)["registros"]] == _esperado(caminho)["registros"]
    registros = carregar(arquivo.layout).registros
    linhas = [tradutor(registros[x[0]]).escrever(tradutor(registros[x[0]]).ler(x)) for x in arquivo.linhas]
    assert "".join(x + "\r\n" for x in linhas).encode() == conteudo


@pytest.mark.parametrize("caminho", ESTRAGADAS, ids=lambda p: p.stem)
def test_amostra_estragada_tem_a_resposta_certa(caminho: Path) -> None:
    esperado = _esperado(caminho)["esperado"]
    motivo = esperado.get("erro") or esperado.get("aviso", "")
    if motivo == "SERVICO_NAO_E_DEBITO_AUTOMATICO":
        with pytest.raises(ErroDeArquivo) as erro:
            ler(caminho.read_bytes(), caminho.name)
        assert erro.value.codigo == "arquivo.servico"
        return
    arquivo = ler(caminho.read_bytes(), caminho.name)
    if motivo in DO_LIVRO:
        assert not arquivo.erros
        assert arquivo.nsa == esperado.get("recebido", esperado["ultimo_processado"])
        return
    achados = arquivo.erros if "erro" in esperado else arquivo.problemas
    assert bool(arquivo.erros) == (esperado["aceita"] is False)
    assert ({RECUSAS[motivo]} if motivo else set()) == {p.codigo for p in achados}
    if "linha" in esperado:
        assert achados[0].local.linha == esperado["linha"]


@pytest.mark.requisito("S-02")
@pytest.mark.parametrize("caminho", COMPOSTAS, ids=lambda p: p.stem)
def test_explicar_devolve_a_linha_inteira(caminho: Path) -> None:
    arquivo = ler(caminho.read_bytes(), caminho.name)
    juntas = [""] * len(arquivo.linhas)
    for parte in explicar(arquivo):
        juntas[parte.linha - 1] += parte.bruto
    assert juntas == list(arquivo.linhas)


def test_explicar_diz_o_que_o_banco_respondeu_a_alteracao() -> None:
    registros = carregar("febraban150/v08").registros
    h = tradutor(registros["H"]).escrever(
        {"id_cliente_empresa_anterior": "1", "agencia_debito": "1", "id_cliente_banco": "2", "codigo_movimento": "0",
         "ocorrencia_data_vigencia": "DT"}
    )  # fmt: skip
    linhas = (PASTA / "compostas" / "08_v08_retorno.txt").read_text("ascii").splitlines()
    arquivo = ler("\r\n".join([linhas[0], h, *linhas[1:], ""]).encode("ascii"), "ret")
    sentidos = {e.posicao: e.significado for e in explicar(arquivo) if e.linha == 2}
    assert sentidos["130-131"] == "A mudança não valeu: a data de início está errada."


def test_detalhes_trazem_a_linha_e_centavos() -> None:
    primeira = next(ler(BOA, "r").detalhes("F", ("valor", "codigo_retorno")))[0]
    assert primeira == (4, 15075, "00")


@pytest.mark.parametrize("fim", [b"\n", b"\r", b"\r\n\r\n"])
def test_fins_de_linha(fim: bytes) -> None:
    assert ler(BOA.replace(b"\r\n", fim), "r").linhas == ler(BOA, "r").linhas


@pytest.mark.parametrize(
    ("conteudo", "codigo"),
    [
        (b"", "arquivo.vazio"),
        (b"\r\n\x1a", "arquivo.vazio"),
        (b"PK\x03\x04abc", "arquivo.formato"),
        (b"x" * 240, "arquivo.formato"),
        (b"0" * 39 + b"\r\n", "arquivo.formato"),
        (b"oi", "arquivo.formato"),
        (b"A1" + b"\0" * 200, "arquivo.formato"),
    ],
)
def test_o_que_nao_e_debito_e_recusado_pelo_nome(conteudo: bytes, codigo: str) -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        detectar(conteudo)
    assert erro.value.codigo == codigo


def test_versao_desconhecida() -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        ler(BOA.replace(b"04DEBITO", b"99DEBITO"), "r")
    assert erro.value.codigo == "arquivo.versao"


@given(st.binary(max_size=400))
def test_lixo_so_levanta_erro_previsto(lixo: bytes) -> None:
    for conteudo in (lixo, BOA[:152] + lixo, BOA[:1000] + lixo + BOA[1000:]):
        try:
            arquivo = ler(conteudo, "lixo")
            list(explicar(arquivo))
            ler_json(arquivo)
        except ErroGuiche as erro:
            assert erro.codigo
