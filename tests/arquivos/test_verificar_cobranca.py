"""Cada estrago num arquivo de cobrança bom é achado pela sua regra, e o arquivo bom não tem achado."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiche.arquivos.anonimizar import anonimizar
from guiche.arquivos.cobranca import abrir
from guiche.arquivos.digito_do_titulo import _numero_e_digito, _possiveis, digito_confere
from guiche.arquivos.exame import Achado, regras
from guiche.arquivos.fichas import agrupar, indice, ler_linhas
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.cli import main
from guiche.erros import ErroGuiche
from guiche.remessa.composicao import compor
from guiche.remessa.receita import receita
from tests.arquivos.amostras_cnab import PASTA
from tests.arquivos.amostras_cnab import indice as amostras
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, baixar, completo, empresa, minimo

ARQUIVOS = PASTA / "arquivos"
HOJE = date(2026, 11, 21)
BONS = {
    "240": (ARQUIVOS / "104_240_rem_pycobranca_remessa_caixa_cnab240.rem").read_bytes(),
    "400": (ARQUIVOS / "336_400_rem_pycobranca_remessa_banco_c6_cnab400.rem").read_bytes(),
    "444": (ARQUIVOS / "341_444_rem_brcobranca_remessa-itau-cnab444.rem").read_bytes(),
    "sicoob": (ARQUIVOS / "756_240_rem_br_boleto_sicoob.rem").read_bytes(),
    "ret240": (ARQUIVOS / "104_240_ret_laravel-boleto_caixa.ret").read_bytes(),
    "ret400": (ARQUIVOS / "001_400_ret_laravel-boleto_banco_brasil.ret").read_bytes(),
    "itau": (ARQUIVOS / "341_400_ret_opencnabphp_CN03116A.RET").read_bytes(),
    "bradesco": (ARQUIVOS / "237_400_ret_laravel-boleto_bradesco.ret").read_bytes(),
}
Mudanca = Callable[[bytes], bytes]
VERSOES_VELHAS = BONS["240"]
"""A amostra da Caixa tem as versões 050 e 030, que o manual de hoje não lista."""
BONS["240"] = VERSOES_VELHAS[:163] + b"101" + VERSOES_VELHAS[166:255] + b"060" + VERSOES_VELHAS[258:]


def por(linha: int, campo: str, texto: str) -> Mudanca:
    """Muda o campo de uma linha; o texto vai à esquerda, com brancos até a largura, ou com zeros se é número."""

    def mudar(conteudo: bytes) -> bytes:
        alvo = next(x for x in ler_linhas(abrir(conteudo, "x")) if x.numero == linha)
        assert alvo.registro
        onde = indice(alvo.registro)[campo]
        novo = texto.rjust(onde.largura, "0") if texto.isdigit() else texto.ljust(onde.largura)
        assert len(novo) == onde.largura
        nova = alvo.texto[: onde.inicio - 1] + novo + alvo.texto[onde.fim :]
        return conteudo.replace(alvo.texto.encode("latin-1"), nova.encode("latin-1"), 1)

    return mudar


def juntos(*mudancas: Mudanca) -> Mudanca:
    def mudar(conteudo: bytes) -> bytes:
        for mudanca in mudancas:
            conteudo = mudanca(conteudo)
        return conteudo

    return mudar


def sem_linha(linha: int) -> Mudanca:
    return lambda b: b"\r\n".join(x for n, x in enumerate(b.split(b"\r\n"), 1) if n != linha)


def dobrar(linha: int) -> Mudanca:
    def mudar(conteudo: bytes) -> bytes:
        linhas = conteudo.split(b"\r\n")
        return b"\r\n".join([*linhas[:linha], linhas[linha - 1], *linhas[linha:]])

    return mudar


def no_reservado(conteudo: bytes) -> bytes:
    linhas = conteudo.split(b"\r\n")
    alvo = next(x for x in ler_linhas(abrir(conteudo, "x")) if x.numero == 2)
    assert alvo.registro
    reservado = next(c for c in alvo.registro.campos if c.tipo == "reservado")
    linhas[1] = linhas[1][: reservado.inicio - 1] + b"X" + linhas[1][reservado.inicio :]
    return b"\r\n".join(linhas)


CASOS: list[tuple[str, str, Mudanca]] = [
    ("400", "A01", lambda b: b.replace(b"\r\n", b"\n")),
    ("400", "A02", lambda b: b.replace(b"\r\n", b"\n", 1)),
    ("sicoob", "A03", lambda b: b.replace(b"\r\n", b"\n")),
    ("400", "A05", lambda b: b.replace(b"CENTRO", "PRAÇA ".encode("latin-1"))),
    ("400", "A06", por(1, "data_geracao", "221126")),
    ("240", "A06", por(1, "data_geracao", "22112026")),
    ("240", "A07", no_reservado),
    ("240", "A08", por(2, "tipo_operacao", "E")),
    ("400", "L01", por(3, "sequencial_registro", "9")),
    ("240", "L01", por(4, "numero_sequencial_lote", "9")),
    ("240", "L02", por(4, "lote_servico", "2")),
    ("ret240", "L03", por(21, "quantidade_titulos_simples", "99")),
    ("ret240", "L03", por(21, "valor_titulos_simples", "99")),
    ("240", "L04", sem_linha(3)),
    ("240", "T01", sem_linha(4)),
    ("400", "T02", por(2, "data_vencimento", "0")),
    ("240", "V01", por(3, "valor_titulo", "0")),
    ("400", "V01", por(2, "valor_titulo", "0")),
    ("400", "V02", por(2, "valor_abatimento", "19991")),
    ("400", "V03", juntos(por(2, "valor_desconto", "19991"), por(2, "data_desconto", "010826"))),
    ("400", "D01", por(2, "data_emissao", "160826")),
    ("400", "D02", juntos(por(2, "data_emissao", "010726"), por(2, "data_vencimento", "220726"))),
    ("400", "D03", por(2, "data_emissao", "240726")),
    ("240", "D04", juntos(por(3, "codigo_juros", "1"), por(3, "valor_juros", "9"), por(3, "data_juros", "14082026"))),
    ("240", "D05", juntos(por(3, "codigo_juros", "2"), por(3, "valor_juros", "9"), por(3, "data_juros", "15082026"))),
    ("400", "D06", juntos(por(2, "valor_desconto", "9"), por(2, "data_desconto", "160826"))),
    ("ret240", "D07", por(4, "data_credito", "01012001")),
    ("240", "E01", por(3, "codigo_juros", "1")),
    ("240", "E01", por(5, "codigo_multa", "2")),
    ("240", "E01", por(3, "codigo_protesto", "1")),
    ("240", "E01", por(3, "codigo_desconto_1", "1")),
    ("240", "E02", por(5, "valor_multa", "200")),
    ("240", "E03", juntos(por(3, "codigo_desconto_1", "1"), por(3, "valor_desconto_1", "9"))),
    ("240", "P01", por(4, "pagador_numero_inscricao", "52998224724")),
    ("240", "P01", por(4, "pagador_tipo_inscricao", "2")),
    ("400", "P01", por(3, "pagador_numero_inscricao", "11222333000182")),
    ("400", "P02", por(2, "pagador_numero_inscricao", "0")),
    ("400", "P03", por(2, "pagador_nome", "")),
    ("400", "P04", por(2, "pagador_cep", "0")),
    ("240", "P04", por(4, "pagador_cidade", "")),
    ("400", "P05", por(2, "pagador_uf", "XX")),
    ("240", "N01", por(6, "nosso_numero", "12345678")),
    ("ret400", "N01", dobrar(2)),
    ("400", "N02", por(2, "nosso_numero_dv", "3")),
    ("400", "C01", por(2, "codigo_ocorrencia", "ZZ")),
    ("240", "C04", por(3, "especie_titulo", "98")),
    ("240", "C04", por(1, "versao_layout_arquivo", "050")),
    ("240", "C05", por(3, "codigo_baixa", "0")),
    ("ret240", "C02", por(3, "codigo_movimento", "ZZ")),
    ("bradesco", "C03", juntos(por(2, "codigo_ocorrencia", "03"), por(2, "motivos_ocorrencia", "Z9"))),
]


def ids(achados: list[Achado]) -> list[str]:
    return [a.regra.partition(".")[2] for a in achados]


@pytest.mark.parametrize("nome", ["240", "400", "sicoob", "ret240", "ret400", "itau"])
def test_o_arquivo_bom_nao_tem_achado(nome: str) -> None:
    assert verificar_cobranca(BONS[nome], "x", HOJE) == []


@pytest.mark.parametrize(("nome", "regra", "mudar"), CASOS, ids=[f"{r}-{n}-{i}" for i, (n, r, _) in enumerate(CASOS)])
def test_cada_estrago_tem_sua_regra(nome: str, regra: str, mudar: Mudanca) -> None:
    antes, depois = verificar_cobranca(BONS[nome], "x", HOJE), verificar_cobranca(mudar(BONS[nome]), "x", HOJE)
    assert regra not in ids(antes)
    assert regra in ids(depois)
    achado = next(a for a in depois if a.regra.endswith(regra))
    assert achado.regra == f"{'C240' if '240' in nome or nome == 'sicoob' else 'C400'}.{regra}"
    assert achado.remedio
    assert achado.mensagem
    assert achado.linha >= 1


@pytest.mark.parametrize("nome", GRAVAVEIS)
def test_as_nossas_remessas_nao_tem_achado_nem_depois_de_anonimizadas(nome: str) -> None:
    uma = receita(nome)
    titulos = [minimo(1), completo(uma, 2), baixar(3) if "baixar" in uma.comandos else minimo(3)]
    conteudo = compor(nome, empresa(nome), titulos, AGORA).conteudo
    dito = f"{nome}.remessa"
    assert verificar_cobranca(conteudo, "x", AGORA.date(), dito) == []
    assert nome == "000.cnab240" or verificar_cobranca(conteudo, "x", AGORA.date()) == []  # o padrão não se reconhece
    sem_pessoas = anonimizar(conteudo, "x", b"semente", dito).conteudo
    assert [a for a in verificar_cobranca(sem_pessoas, "x", AGORA.date(), dito) if not a.regra.endswith("N02")] == []


def test_o_layout_que_se_pede_na_linha_de_comando(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nome = "000.cnab240"
    caminho = tmp_path / "x.rem"
    caminho.write_bytes(compor(nome, empresa(nome), [minimo(1)], AGORA).conteudo)
    for ato in ("verificar", "ler"):
        assert main(["arquivo", ato, str(caminho), "--layout", f"{nome}.remessa", "--hoje", "2026-08-04"]) == 0
    assert "Layout 000.cnab240.remessa" in capsys.readouterr().out
    assert main(["arquivo", "ler", str(caminho), "--layout", "../x"]) == 1


def test_o_banrisul_pede_0x1a_no_fim() -> None:
    sem_fim = _do_banrisul()
    assert "A04" in ids(verificar_cobranca(sem_fim, "x", HOJE))
    assert "A04" not in ids(verificar_cobranca(sem_fim + b"\x1a", "x", HOJE))


def _do_banrisul() -> bytes:
    return BONS["sicoob"].replace(b"\r\n756", b"\r\n041").replace(b"756", b"041", 1)


def test_toda_regra_tem_um_estrago_que_a_mostra() -> None:
    assert {regra for _, regra, _ in CASOS} | {"A04"} == set(regras())


def test_toda_regra_diz_o_que_houve_e_o_remedio() -> None:
    for regra in regras().values():
        assert set(regra) <= {"gravidade", "so", "retorno", "mensagem", "remedio"}
        assert {regra["gravidade"], regra.get("retorno", "aviso")} <= {"erro", "aviso"}
        assert regra.get("so", "remessa") in {"remessa", "retorno"}
        assert not regra["mensagem"].endswith(".")


def test_a_linha_e_as_colunas_sao_as_do_campo() -> None:
    achados = verificar_cobranca(por(4, "pagador_numero_inscricao", "52998224724")(BONS["240"]), "x", HOJE)
    assert [(a.linha, a.colunas, a.gravidade) for a in achados] == [(4, "019-033", "erro")]


def test_no_retorno_a_mesma_falta_e_aviso() -> None:
    (achado,) = [a for a in verificar_cobranca(dobrar(2)(BONS["ret400"]), "x", HOJE) if a.regra.endswith("N01")]
    assert (achado.gravidade, achado.mensagem) == ("aviso", "o nosso número se repete: já está na linha 2")


def test_pedido_que_nao_e_registro_nao_precisa_de_tudo() -> None:
    baixa = juntos(por(2, "codigo_ocorrencia", "02"), por(2, "valor_titulo", "0"), por(2, "pagador_nome", ""))
    assert verificar_cobranca(baixa(BONS["400"]), "x", HOJE) == []


def test_muitos_iguais_se_contam() -> None:
    linhas = BONS["400"].split(b"\r\n")
    muitas = b"\r\n".join([linhas[0], *[linhas[1]] * 150, *linhas[2:]])
    repetidos = [a for a in verificar_cobranca(muitas, "x", HOJE) if a.regra == "C400.N01"]
    assert len(repetidos) == 101
    assert any(a.mensagem.endswith("e mais 49 vezes") for a in repetidos)


def test_o_que_a_leitura_acha_vem_com_o_prefixo_do_formato() -> None:
    cortado = b"\r\n".join(BONS["itau"].splitlines()[:2])
    assert "C400.arquivo.sem_trailer" in {a.regra for a in verificar_cobranca(cortado, "x", HOJE)}
    assert [a.regra for a in verificar_cobranca(b"01REM", "x", HOJE)] == ["CNAB.arquivo.formato"]


@pytest.mark.parametrize("amostra", amostras(), ids=lambda a: str(a["id"]))
def test_verificar_qualquer_amostra_nao_levanta_erro_e_e_sempre_igual(amostra: dict[str, str]) -> None:
    caminho = Path(PASTA / amostra["arquivo"])
    achados = verificar_cobranca(caminho, caminho.name, HOJE)
    assert achados == verificar_cobranca(caminho, caminho.name, HOJE)
    assert all(a.remedio for a in achados)


def test_os_digitos_do_nosso_numero_das_amostras_conferem() -> None:
    """De 668 títulos com o dígito à parte, só três não conferem: dois inventados e um de conta anonimizada."""
    conferidos = errados = 0
    for amostra in amostras():
        try:
            arquivo = abrir(PASTA / amostra["arquivo"])
        except ErroGuiche:
            continue
        for ficha in agrupar(ler_linhas(arquivo)):
            numero, digito = _numero_e_digito(ficha)
            if digito and numero.strip("0") and numero.isdigit() and set(_possiveis(arquivo, ficha, numero)):
                conferidos += 1
                errados += not digito_confere(arquivo, ficha)
    assert (conferidos, errados) == (668, 3)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(BONS)), st.integers(0, 4000), st.binary(max_size=30))
def test_lixo_no_meio_nunca_levanta_erro(nome: str, onde: int, lixo: bytes) -> None:
    conteudo = BONS[nome]
    verificar_cobranca(conteudo[:onde] + lixo + conteudo[onde + len(lixo) :], "x", HOJE)


def _achados(conteudo: bytes, *regras: str) -> list[Achado]:
    return [a for a in verificar_cobranca(conteudo, "x", HOJE) if a.regra.rpartition(".")[2] in regras]


@pytest.mark.caso("R-08")
def test_registro_que_o_layout_nao_conhece_conta_na_sequencia_do_lote() -> None:
    """O Y de opção que a Caixa não documenta ocupa um número; o seguinte não está fora de ordem."""
    linhas = BONS["ret240"].decode("latin-1").splitlines()
    detalhes = [i for i, linha in enumerate(linhas) if linha[7] == "3" and linha[13] == "U"]
    linhas.insert(detalhes[0] + 1, f"{linhas[detalhes[0]][:8]}00000Y 0699".ljust(240))
    numero = 0
    for i, linha in enumerate(linhas):
        if linha[7] == "3":
            numero += 1
            linhas[i] = f"{linha[:8]}{numero:05d}{linha[13:]}"
    assert _achados(("\r\n".join(linhas) + "\r\n").encode("latin-1"), "L01") == []
    fora = [*linhas[: detalhes[0] + 1], *linhas[detalhes[0] + 2 :]]
    assert len(_achados(("\r\n".join(fora) + "\r\n").encode("latin-1"), "L01")) == 1


@pytest.mark.caso("R-08")
def test_no_retorno_o_lote_tem_o_numero_que_o_banco_lhe_da_e_cada_linha_o_repete() -> None:
    """O Santander numera o lote do retorno com um sequencial seu: 0824, e não 0001."""
    santander = (ARQUIVOS / "033_240_ret_br_boleto_santander.ret").read_bytes()
    assert santander.splitlines()[1][3:7] == b"0824"
    assert _achados(santander, "L02") == []
    outro = santander.replace(b"0330824300003T", b"0330825300003T", 1)
    assert [(a.linha, a.gravidade) for a in _achados(outro, "L02")] == [(5, "aviso")]
