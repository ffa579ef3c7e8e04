"""Comparar dois arquivos: o que só um tem, o que mudou, e o que não é diferença."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiche.arquivos.anonimizar import anonimizar
from guiche.arquivos.comparar import Comparacao, comparar
from guiche.arquivos.linhas import Fonte
from guiche.erros import ErroDeArquivo
from tests.arquivos.amostras_cnab import PASTA
from tests.arquivos.test_verificar_cobranca import juntos, por

ARQUIVOS = PASTA / "arquivos"
CAIXA = (ARQUIVOS / "104_240_rem_pycobranca_remessa_caixa_cnab240.rem").read_bytes()
C6 = (ARQUIVOS / "336_400_rem_pycobranca_remessa_banco_c6_cnab400.rem").read_bytes()
RETORNO = (ARQUIVOS / "104_240_ret_laravel-boleto_caixa.ret").read_bytes()
DEBITO = (PASTA.parent / "debito150/compostas/03_v05_remessa_sicredi.txt").read_bytes()
RETORNO_DEBITO = (PASTA.parent / "debito150/compostas/02_v04_retorno_generico.txt").read_bytes()


def entre(a: bytes, b: bytes) -> Comparacao:
    return comparar(Fonte("a", a), Fonte("b", b))


def mudancas(c: Comparacao) -> list[tuple[str, str, str]]:
    return [(m.campo, m.a, m.b) for par in c.mudados for m in par.mudancas]


@pytest.mark.parametrize(
    "caminho", sorted(ARQUIVOS.glob("*ret*")) + sorted(ARQUIVOS.glob("*_rem_*")), ids=lambda c: c.name
)
def test_um_arquivo_e_igual_a_si_mesmo(caminho: Path) -> None:
    try:
        comparacao = comparar(Fonte("a", caminho), Fonte("b", caminho))
    except ErroDeArquivo as erro:
        assert erro.codigo != "arquivo.comparacao"
        return
    assert comparacao.nada_mudou


@pytest.mark.parametrize("conteudo", [CAIXA, C6, RETORNO, DEBITO, RETORNO_DEBITO])
def test_fim_de_linha_data_de_geracao_e_ordem_nao_sao_diferenca(conteudo: bytes) -> None:
    assert entre(conteudo, conteudo.replace(b"\r\n", b"\n")).nada_mudou
    assert entre(conteudo, conteudo).iguais > 0


def test_ordem_e_sequencia_nao_contam() -> None:
    linhas = C6.split(b"\r\n")
    trocado = b"\r\n".join([linhas[0], linhas[2][:394] + b"000002", linhas[1][:394] + b"000003", *linhas[3:]])
    comparacao = entre(C6, trocado)
    assert (comparacao.nada_mudou, comparacao.iguais) == (True, 2)
    assert entre(
        CAIXA, juntos(por(1, "data_geracao", "24072026"), por(1, "numero_sequencial_arquivo", "2"))(CAIXA)
    ).nada_mudou


def test_campo_que_mudou_no_titulo_e_no_complemento() -> None:
    mudado = juntos(por(2, "valor_titulo", "19991"), por(3, "pagador_cidade", "OUTRA"))(C6)
    comparacao = entre(C6, mudado)
    assert mudancas(comparacao) == [("valor_titulo", "199.90", "199.91"), ("pagador_cidade", "SAO PAULO", "OUTRA")]
    assert [(p.linha_a, p.linha_b) for p in comparacao.mudados] == [(2, 2), (3, 3)]
    assert comparacao.mudados[0].titulo == "Nosso número 00012345678"
    assert mudancas(entre(CAIXA, por(4, "pagador_nome", "OUTRO")(CAIXA))) == [
        ("pagador_nome", "CLIENTE FINAL DA SILVA", "OUTRO")
    ]


def test_zeros_a_esquerda_nao_sao_diferenca() -> None:
    assert entre(C6, por(2, "uso_empresa", "DOC0001")(C6)).nada_mudou
    sem_zeros = por(2, "numero_documento", "DOC0001")(C6)
    assert b"000DOC0001" in C6
    comparacao = entre(C6, sem_zeros)
    assert (comparacao.nada_mudou, comparacao.iguais) == (True, 2)


def test_titulo_que_so_um_tem() -> None:
    linhas = C6.split(b"\r\n")
    sem = b"\r\n".join([*linhas[:2], *linhas[3:]])
    assert [p.titulo for p in entre(C6, sem).so_em_a] == ["Nosso número 00087654321"]
    assert [(p.linha_a, p.linha_b) for p in entre(sem, C6).so_em_b] == [(0, 3)]
    assert [len(x) for x in (entre(C6, sem).so_em_b, entre(C6, sem).mudados)] == [0, 0]


def test_o_comando_que_mudou_e_mudanca_e_nao_dois_titulos() -> None:
    comparacao = entre(C6, por(2, "codigo_ocorrencia", "02")(C6))
    assert mudancas(comparacao) == [("codigo_movimento", "01", "02")]


def test_duas_linhas_do_mesmo_titulo_casam_pelo_movimento() -> None:
    linhas = C6.split(b"\r\n")
    baixa = linhas[1].replace(b"01000DOC0001", b"02000DOC0001")
    assert baixa != linhas[1]
    a = b"\r\n".join([*linhas[:2], baixa, *linhas[2:]])
    b = b"\r\n".join([linhas[0], baixa.replace(b"CENTRO", b"BAIRRO"), linhas[1], *linhas[2:]])
    assert mudancas(entre(a, b)) == [("pagador_bairro", "CENTRO", "BAIRRO")]


def test_cabecalho_que_mudou() -> None:
    comparacao = entre(C6, por(1, "empresa_nome", "OUTRA EMPRESA")(C6))
    assert [(m.campo, m.b) for m in comparacao.cabecalho] == [("empresa_nome", "OUTRA EMPRESA")]
    assert not comparacao.nada_mudou


def test_linha_que_nao_se_le_se_diz() -> None:
    linhas = C6.split(b"\r\n")
    linhas[2] = linhas[2][:100] + b"0" + linhas[2][100:]
    comparacao = entre(C6, b"\r\n".join(linhas))
    assert [p.codigo for p in comparacao.problemas] == ["linha.largura"]
    assert len(comparacao.so_em_a) == 1


def test_debito_automatico() -> None:
    mudado = DEBITO.replace(b"20260210", b"20260211", 1)
    comparacao = entre(DEBITO, mudado)
    assert [(m[0], m[2]) for m in mudancas(comparacao)] == [("data_vencimento", "2026-02-11")]
    sem = b"\r\n".join(x for n, x in enumerate(DEBITO.split(b"\r\n"), 1) if n != 2)
    assert len(entre(DEBITO, sem).so_em_a) == 1


def test_anonimizado_difere_so_nas_pessoas() -> None:
    campos = {m[0] for m in mudancas(entre(CAIXA, anonimizar(CAIXA, "x", b"s").conteudo))}
    assert "pagador_nome" in campos
    assert not [c for c in campos if c.startswith(("valor_", "data_", "codigo_movimento", "nosso_numero"))]


@pytest.mark.parametrize(
    ("a", "b", "que"), [(CAIXA, DEBITO, "serviços"), (CAIXA, C6, "bancos"), (CAIXA, RETORNO, "sentidos")]
)
def test_so_se_compara_o_comparavel(a: bytes, b: bytes, que: str) -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        entre(a, b)
    assert erro.value.codigo == "arquivo.comparacao"
    assert que in erro.value.mensagem


def test_de_240_para_400_do_mesmo_banco_comparam_se_os_campos_comuns() -> None:
    de_240 = ARQUIVOS / "033_240_rem_brcobranca_remessa-santander-cnab240.rem"
    de_400 = ARQUIVOS / "033_400_rem_pycobranca_remessa_santander_cnab400.rem"
    comparacao = comparar(Fonte("a", de_240), Fonte("b", de_400))
    assert len(comparacao.so_em_a) == 1
    assert comparacao.so_em_b
    assert "codigo_banco" not in {m.campo for m in comparacao.cabecalho}
