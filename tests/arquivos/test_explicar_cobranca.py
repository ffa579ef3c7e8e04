"""Explicar um arquivo de cobrança: nada da linha se perde, e cada código diz o que é."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.explicar import LinhaExplicada
from guiche.arquivos.explicar_cobranca import explicar_cobranca, rotulo
from guiche.arquivos.plano import Titulo
from guiche.layout.carga import carregar, ler_toml, pasta
from guiche.servicos.treino.simulado.escrita import escrever_retorno
from tests.arquivos.amostras_cnab import PASTA

ARQUIVOS = PASTA / "arquivos"
LIDOS = [
    "001_400_ret_brcobranca_CBR64310.RET", "104_240_ret_laravel-boleto_caixa.ret",
    "237_400_ret_laravel-boleto_bradesco.ret",
    "341_400_ret_laravel-boleto_itau_v2.ret", "341_444_rem_brcobranca_remessa-itau-cnab444.rem",
    "756_240_rem_brcobranca_remessa-bancoob-cnab240.rem",
]  # fmt: skip


def explicado(nome: str) -> list[LinhaExplicada]:
    return list(explicar_cobranca(abrir(ARQUIVOS / nome)))


def dos_campos(linhas: list[LinhaExplicada], n: int) -> dict[str, LinhaExplicada]:
    return {x.campo: x for x in linhas if x.linha == n and x.campo}


@pytest.mark.parametrize("nome", LIDOS)
@pytest.mark.requisito("S-02")
def test_os_campos_de_uma_linha_juntos_sao_a_linha(nome: str) -> None:
    arquivo = abrir(ARQUIVOS / nome)
    certas = {n: x for bloco in arquivo.blocos() for n, x in zip(bloco.numeros, bloco.linhas, strict=True)}
    juntas: dict[int, str] = dict.fromkeys(certas, "")
    for campo in explicar_cobranca(arquivo):
        juntas[campo.linha] += campo.bruto
    assert juntas == certas


def test_ocorrencia_motivo_valor_e_data() -> None:
    campos = dos_campos(explicado("341_400_ret_laravel-boleto_itau_v2.ret"), 2)
    assert campos["codigo_ocorrencia"].significado == "O título foi pago."
    assert campos["valor_titulo"].valor == "389.75"
    assert campos["data_ocorrencia"].valor == "2013-06-20"
    assert campos["data_vencimento"].valor == ""
    alegacao = dos_campos(explicado("341_400_ret_laravel-boleto_itau_v2.ret"), 3)["erros"]
    assert alegacao.significado.startswith("1842: ")


def test_o_comando_da_remessa_diz_o_que_pede() -> None:
    campos = dos_campos(explicado("756_240_rem_brcobranca_remessa-bancoob-cnab240.rem"), 3)
    assert campos["codigo_movimento"].significado == "Registrar o título"


def test_motivos_um_a_um_com_o_texto() -> None:
    conteudo = (ARQUIVOS / "237_400_ret_laravel-boleto_bradesco.ret").read_bytes().split(b"\r\n")
    conteudo[1] = conteudo[1][:108] + b"03" + conteudo[1][110:318] + b"0810000000" + conteudo[1][328:]
    campos = dos_campos(list(explicar_cobranca(abrir(b"\r\n".join(conteudo), "x"))), 2)
    partes = campos["motivos_ocorrencia"].significado.split(" | ")
    assert [p[:4] for p in partes] == ["08: ", "10: "]
    assert all(len(p) > 8 for p in partes)


def test_linha_estranha_vem_inteira() -> None:
    conteudo = (ARQUIVOS / "341_400_ret_laravel-boleto_itau_v2.ret").read_bytes()
    conteudo = conteudo.replace(b"\r\n9", b"\r\n7".ljust(402) + b"\r\n9")
    estranha = next(x for x in explicar_cobranca(abrir(conteudo, "x")) if not x.registro)
    assert (estranha.posicao, estranha.significado) == ("001-400", "não é linha deste layout")


def test_valor_ilegivel_se_diz_sem_parar() -> None:
    conteudo = (ARQUIVOS / "341_400_ret_laravel-boleto_itau_v2.ret").read_bytes().split(b"\r\n")
    conteudo[1] = conteudo[1][:152] + b"000000003897O" + conteudo[1][165:]
    campos = dos_campos(list(explicar_cobranca(abrir(b"\r\n".join(conteudo), "x"))), 2)
    assert campos["valor_titulo"].valor == "(ilegível)"


def _nomes() -> set[str]:
    layouts = (carregar(f"cnab/{p.stem}") for p in Path(pasta() / "cnab").glob("*.toml"))
    return {c.nome for x in layouts for r in x.registros.values() for c in r.campos if c.nome}


def test_toda_palavra_da_tabela_e_de_algum_campo_e_todo_campo_tem_rotulo() -> None:
    usadas = {palavra for nome in _nomes() for palavra in nome.split("_")}
    assert set(ler_toml("leitura/palavras")) <= usadas
    assert all(rotulo(nome)[:1].isupper() or rotulo(nome)[:1].isdigit() for nome in _nomes())


@pytest.mark.parametrize("nome", LIDOS)
def test_explicar_nao_muda_os_avisos(nome: str) -> None:
    arquivo = abrir(ARQUIVOS / nome)
    list(explicar_cobranca(arquivo))
    assert all(p.mensagem for p in arquivo.problemas)


@pytest.mark.caso("R-08")
def test_explicar_le_o_que_ler_le(tmp_path: Path) -> None:
    """O BTG alinha os números à esquerda, com brancos à direita: o que serve a ler serve a explicar."""
    layout = carregar("cnab/208.cnab240.retorno")
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    titulo = Titulo(**vazio | {
        "linha": 0, "nosso_numero": "12345", "codigo_movimento": "06", "motivos": (), "classe": "LIQUIDACAO",
        "valor_titulo": 15000, "valor_pago": 15000, "valor_liquido": 15000, "valor_tarifa": 250,
        "data_vencimento": date(2026, 8, 10), "data_ocorrencia": date(2026, 8, 10),
    })  # fmt: skip
    escrito = escrever_retorno(layout, {}, [titulo], 1, datetime(2026, 8, 11, 8, 0)).decode("latin-1").splitlines()
    campos = [
        (i, campo) for i, linha in enumerate(escrito) if (registro := layout.reconhecer(linha))
        for campo in registro.campos
        if campo.tipo == "valor" and registro.papel in {"titulo", "complemento"}
    ]  # fmt: skip
    for i, campo in campos:
        bruto = escrito[i][campo.inicio - 1 : campo.fim]
        escrito[i] = escrito[i][: campo.inicio - 1] + bruto[2:].ljust(campo.largura) + escrito[i][campo.fim :]
    retorno = tmp_path / "btg.ret"
    retorno.write_bytes(("\r\n".join(escrito) + "\r\n").encode("latin-1"))
    arquivo = abrir(retorno)
    (lido,) = arquivo.titulos()
    assert (lido.valor_titulo, lido.valor_tarifa) == (15000, 250)
    explicados = [x for x in explicar_cobranca(abrir(retorno)) if x.linha - 1 in {i for i, _ in campos}]
    assert [x.campo for x in explicados if "ilegível" in x.valor] == []
    assert {x.valor for x in explicados if x.campo == "valor_tarifa"} == {"2.50"}
