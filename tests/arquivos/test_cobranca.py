"""Retornos e remessas de cobrança: o conjunto de amostras, o que se tolera e o que nunca passa."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiche.arquivos import linhas as modulo_linhas
from guiche.arquivos.cobranca import Cobranca, abrir, ler_titulos
from guiche.arquivos.cobranca_json import ler_json, resumir
from guiche.arquivos.deteccao import COBRANCA, DEBITO150, detectar
from guiche.arquivos.plano import Titulo, planos
from guiche.bancos.ocorrencias import motivo
from guiche.erros import ErroDeArquivo, ErroGuiche
from guiche.layout.carga import carregar, ler_toml, pasta
from guiche.layout.codec import tradutor
from tests.arquivos.amostras_cnab import PASTA, Diferenca, comparar, diferencas_revistas, indice

ARQUIVOS = PASTA / "arquivos"
ITAU = (ARQUIVOS / "341_400_ret_laravel-boleto_itau_v2.ret").read_bytes()
CAIXA = (ARQUIVOS / "104_240_ret_laravel-boleto_caixa.ret").read_bytes()
BB = (ARQUIVOS / "001_400_ret_brcobranca_CBR64310.RET").read_bytes()
CHAVES = ["formato", "banco", "sentido", "layout", "header", "titulos", "totais", "ocorrencias", "problemas"]
CHAVES_DO_TITULO = [
    "linha", "nosso_numero", "numero_documento", "uso_empresa", "data_vencimento", "valor_titulo", "valor_pago",
    "valor_liquido", "valor_tarifa", "valor_juros_multa", "valor_desconto", "valor_abatimento", "valor_iof",
    "data_ocorrencia", "data_credito", "codigo_movimento", "classe", "motivos", "banco_recebedor",
    "agencia_recebedora", "codigo_carteira",
]  # fmt: skip


def trocar(conteudo: bytes, linha: int, coluna: int, texto: bytes) -> bytes:
    """O arquivo com ``texto`` posto numa linha e coluna, contadas de 1."""
    partes = conteudo.split(b"\r\n")
    alvo = partes[linha - 1]
    partes[linha - 1] = alvo[: coluna - 1] + texto + alvo[coluna - 1 + len(texto) :]
    return b"\r\n".join(partes)


def lido(conteudo: bytes) -> tuple[Cobranca, list[Titulo]]:
    arquivo = abrir(conteudo, "ret.txt")
    return arquivo, list(arquivo.titulos())


def codigos(arquivo: Cobranca) -> set[str]:
    return {p.codigo for p in arquivo.problemas}


@pytest.mark.parametrize("amostra", indice(), ids=lambda a: str(a["id"]))
def test_cada_amostra_da_o_que_se_espera(amostra: dict[str, Any]) -> None:
    revistas = {d for d in diferencas_revistas() if d.amostra == amostra["id"]}
    assert set(comparar(amostra)) == revistas


def test_toda_diferenca_tem_razao_e_amostra() -> None:
    ids = {a["id"] for a in indice()}
    for diferenca, porque in diferencas_revistas().items():
        assert diferenca.amostra in ids
        assert porque.endswith(".")


def test_o_comparador_apanha_a_diferenca(monkeypatch: pytest.MonkeyPatch) -> None:
    amostra = next(a for a in indice() if a["id"] == "341_400_ret_opencnabphp_CN03116A.RET")
    assert comparar(amostra) == []
    from tests.arquivos import amostras_cnab

    falso = {amostra["id"]: {"calculado": {
        "layout": "341.cnab400.retorno", "detalhes": 1, "ocorrencias": {"02": 2}, "totais": {}, "primeiro": {},
        "ultimo": {},
    }}}  # fmt: skip
    monkeypatch.setattr(amostras_cnab, "esperado", lambda: falso)
    assert [d.campo for d in comparar(amostra)] == ["ocorrencias.02"]
    assert isinstance(comparar(amostra)[0], Diferenca)


def test_a_forma_para_maquinas() -> None:
    forma = ler_json(abrir(ITAU, "ret.txt"))
    assert list(forma) == CHAVES
    assert list(forma["titulos"][0]) == CHAVES_DO_TITULO
    assert (forma["formato"], forma["banco"], forma["sentido"], forma["layout"]) == (
        "cnab400", "341", "retorno", "341.cnab400.retorno",
    )  # fmt: skip
    assert forma["titulos"][0]["valor_titulo"] == "389.75"
    assert forma["titulos"][0]["data_ocorrencia"] == "2013-06-20"
    assert forma["titulos"][0]["data_vencimento"] is None
    assert forma["ocorrencias"] == {"06": 3, "25": 1}


def test_o_pago_do_itau_e_o_creditado_mais_a_tarifa_so_na_liquidacao() -> None:
    _, titulos = lido(ITAU)
    assert [(t.valor_liquido, t.valor_tarifa, t.valor_pago) for t in titulos] == [
        (20997, 333, 21330), (36452, 333, 36452), (39209, 333, 39542), (34067, 333, 34400),
    ]  # fmt: skip


def test_as_datas_zeradas_sao_ausentes_e_o_dinheiro_e_centavo_inteiro() -> None:
    _, titulos = lido(BB.replace(b"\n", b"\r\n"))
    assert titulos[0].data_vencimento is None
    assert (titulos[0].valor_pago, titulos[0].valor_liquido) == (9064, 8564)
    assert all(type(v) is int for t in titulos for v in t[5:13] if v is not None)


@pytest.mark.parametrize(
    "mudar",
    [
        lambda b: b.replace(b"\r\n", b"\n"),
        lambda b: b.replace(b"\r\n", b"\r"),
        lambda b: b.replace(b"\r\n", b"\r\n\r\n"),
        lambda b: b.removesuffix(b"\r\n"),
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b + b"\x1a",
        lambda b: b.replace(b"\r\n", b"   \r\n"),
        lambda b: b"\r\n".join(x.rstrip() for x in b.split(b"\r\n")),
    ],
    ids=["LF", "CR", "linhas vazias", "sem quebra final", "BOM", "0x1A", "brancos a mais", "brancos cortados"],
)
@pytest.mark.parametrize("conteudo", [ITAU, CAIXA], ids=["400", "240"])
def test_o_que_nao_perde_nada_se_tolera(conteudo: bytes, mudar: Any) -> None:
    _, certos = lido(conteudo)
    arquivo, titulos = lido(mudar(conteudo))
    assert [t[1:] for t in titulos] == [t[1:] for t in certos]
    assert not arquivo.erros


@pytest.mark.parametrize("codificacao", ["latin-1", "utf-8"])
def test_acento_nao_desloca_coluna(codificacao: str) -> None:
    nome = "AÇÃO".encode(codificacao)
    linha = ITAU.split(b"\r\n")[1]
    nova = linha[:324] + nome + linha[328:]
    arquivo, titulos = lido(ITAU.replace(linha, nova))
    assert titulos == lido(ITAU)[1]
    assert not arquivo.erros


@pytest.mark.parametrize(
    ("conteudo", "linha", "colunas"),
    [(ITAU, 2, (254, 266)), (ITAU, 4, (153, 165)), (CAIXA, 4, (78, 92)), (CAIXA, 3, (82, 96))],
    ids=["pago 400", "valor 400", "pago 240", "valor 240"],
)
def test_valor_ilegivel_e_erro_com_linha_e_colunas(conteudo: bytes, linha: int, colunas: tuple[int, int]) -> None:
    arquivo, titulos = lido(trocar(conteudo, linha, colunas[1] - 1, b"O"))
    assert len(titulos) == len(lido(conteudo)[1]) - 1
    (erro,) = arquivo.erros
    assert erro.codigo == "campo.ilegivel"
    onde = linha if arquivo.formato == "cnab400" else 3
    assert (erro.local.linha, erro.local.colunas) == (onde, colunas)


@pytest.mark.parametrize("sujeira", [b"?", b"#", b"\x00", b"\xe7"])
def test_nosso_numero_ilegivel_e_erro(sujeira: bytes) -> None:
    arquivo, titulos = lido(trocar(ITAU, 3, 88, sujeira))
    assert [t.linha for t in titulos] == [2, 4, 5]
    assert [(e.codigo, str(e.local)) for e in arquivo.erros] == [("campo.ilegivel", "ret.txt:3:86-93")]


def test_data_impossivel_e_erro() -> None:
    arquivo, _ = lido(trocar(ITAU, 2, 296, b"310213"))
    assert [e.local.colunas for e in arquivo.erros] == [(296, 301)]


def test_linha_com_colunas_a_mais_e_recusada() -> None:
    linhas = ITAU.split(b"\r\n")
    linhas[1] = linhas[1][:100] + b"0" + linhas[1][100:]
    arquivo, titulos = lido(b"\r\n".join(linhas))
    assert [t.linha for t in titulos] == [3, 4, 5]
    assert [(e.codigo, e.local.linha) for e in arquivo.erros] == [("linha.largura", 2)]


def test_linha_cortada_no_meio_do_dinheiro_e_recusada() -> None:
    linhas = ITAU.split(b"\r\n")
    linhas[2] = linhas[2][:260]
    arquivo, titulos = lido(b"\r\n".join(linhas))
    assert [t.linha for t in titulos] == [2, 4, 5]
    assert [(e.codigo, e.local.linha) for e in arquivo.erros] == [("linha.largura", 3)]


def test_u_cortado_no_meio_do_dinheiro_e_erro() -> None:
    linhas = CAIXA.split(b"\r\n")
    assert linhas[3][13:14] == b"U"
    for corte in (70, 77):
        linhas[3] = linhas[3][:corte]
        arquivo, titulos = lido(b"\r\n".join(linhas))
        assert titulos[0].valor_pago is None
        assert {e.codigo for e in arquivo.erros} == {"linha.largura", "cobranca.segmento", "cobranca.valor"}


def test_pagamento_sem_valor_e_erro() -> None:
    arquivo, _ = lido(trocar(CAIXA, 4, 78, b" " * 15))
    assert [(e.codigo, e.local.linha) for e in arquivo.erros] == [("cobranca.valor", 3)]


def test_arquivo_cortado_e_erro() -> None:
    arquivo, titulos = lido(b"\r\n".join(ITAU.split(b"\r\n")[:4]))
    assert len(titulos) == 3
    assert [e.codigo for e in arquivo.erros] == ["arquivo.sem_trailer"]
    with pytest.raises(ErroDeArquivo) as erro:
        list(ler_titulos(b"\r\n".join(ITAU.split(b"\r\n")[:4]), "x"))
    assert erro.value.codigo == "arquivo.sem_trailer"


def test_dois_arquivos_num_so_e_erro() -> None:
    arquivo, _ = lido(ITAU + ITAU)
    assert "arquivo.registro" in {e.codigo for e in arquivo.erros}


def test_contagem_errada_so_se_avisa() -> None:
    arquivo, titulos = lido(trocar(CAIXA, 21, 18, b"000099"))
    assert len(titulos) == 9
    assert not arquivo.erros
    assert "arquivo.contagem" in codigos(arquivo)


def test_u_sem_t_e_t_sem_u() -> None:
    linhas = CAIXA.split(b"\r\n")
    sem_t = b"\r\n".join(linhas[:2] + linhas[3:])
    arquivo, titulos = lido(sem_t)
    assert len(titulos) == 8
    assert [(e.codigo, e.local.linha) for e in arquivo.erros] == [("cobranca.segmento", 3)]
    sem_u = b"\r\n".join(linhas[:3] + linhas[4:])
    arquivo, titulos = lido(sem_u)
    assert (len(titulos), titulos[0].valor_pago) == (9, None)
    assert [(e.codigo, e.local.linha) for e in arquivo.erros] == [("cobranca.segmento", 3), ("cobranca.valor", 3)]


def test_vale_o_movimento_do_t() -> None:
    arquivo, titulos = lido(trocar(CAIXA, 4, 16, b"02"))
    assert titulos[0].codigo_movimento == "06"
    assert "cobranca.movimento" in codigos(arquivo)
    assert not arquivo.erros


def test_pagamento_sem_nome_e_erro() -> None:
    mudado = trocar(trocar(trocar(ITAU, 2, 86, b" " * 8), 2, 117, b" " * 10), 2, 38, b" " * 25)
    arquivo, _ = lido(mudado)
    assert [e.codigo for e in arquivo.erros] == ["cobranca.identidade"]


def test_registro_estranho_se_avisa() -> None:
    arquivo, titulos = lido(ITAU.replace(b"\r\n9", b"\r\n7" + b" " * 399 + b"\r\n9"))
    assert len(titulos) == 4
    assert "arquivo.registro" in codigos(arquivo)


@pytest.mark.parametrize("tamanho", [64, 241, 242, 243, 500, 1000])
def test_o_corte_dos_pedacos_nao_muda_nada(tamanho: int, monkeypatch: pytest.MonkeyPatch) -> None:
    certos = [lido(c)[1] for c in (ITAU, CAIXA, BB)]
    monkeypatch.setattr(modulo_linhas, "_PEDACO", tamanho)
    for conteudo, esperados in zip((ITAU, CAIXA, BB), certos, strict=True):
        com_o_cabecalho = abrir(conteudo, "x") if tamanho >= 400 else None
        if com_o_cabecalho:
            assert list(com_o_cabecalho.titulos()) == esperados


def test_le_duas_vezes_o_mesmo(tmp_path: Path) -> None:
    caminho = tmp_path / "itau.ret"
    caminho.write_bytes(ITAU)
    arquivo = abrir(caminho)
    assert list(arquivo.titulos()) == list(arquivo.titulos()) == list(ler_titulos(caminho))
    assert len(arquivo.problemas) == len(arquivo.problemas)
    assert resumir(arquivo).pagos == 3


@pytest.mark.parametrize(
    ("conteudo", "codigo"),
    [
        (b"00100000         2" + b" " * 124 + b"9" + b" " * 97, "arquivo.sentido"),
        (b"02RETORNO01COBRANCA       " + b" " * 50 + b"999" + b" " * 321, "arquivo.banco"),
        (b"02RETORNO01COBRANCA       " + b" " * 50 + b"ABC" + b" " * 321, "arquivo.formato"),
        (b"01RET", "arquivo.formato"),
        (b"", "arquivo.vazio"),
    ],
)
def test_recusa_diz_a_razao(conteudo: bytes, codigo: str) -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        abrir(conteudo, "x")
    assert erro.value.codigo == codigo
    assert erro.value.fazer


def test_cabecalho_que_os_segmentos_desmentem_e_recusado() -> None:
    with pytest.raises(ErroDeArquivo) as erro:
        abrir(trocar(CAIXA, 1, 143, b"1"), "x")
    assert erro.value.codigo == "arquivo.sentido"


def _composto(nome: str, titulos: int = 2) -> bytes:
    """Um arquivo do layout: cabeçalho, títulos com o complemento que exigem, e trailer."""
    layout = carregar(f"cnab/{nome}")
    sem_lote = {"cabecalho": "", "rodape": ""}
    registros = [*layout.do_papel("cabecalho")[:1], *layout.do_papel("cabecalho_lote")]
    for _ in range(titulos):
        principal = layout.do_papel("titulo")[0]
        registros += [principal, *(layout.registros[e] for e in principal.exige)]
    registros += [*layout.do_papel("rodape_lote"), *layout.do_papel("rodape")]
    linhas = []
    for registro in registros:
        valores: dict[str, Any] = {"nosso_numero": "123"} if registro.papel not in sem_lote else {}
        nomes = {c.nome: c for c in registro.campos if c.fixo is None}
        valores = {n: v for n, v in valores.items() if n in nomes}
        if "codigo_banco" in nomes:
            valores["codigo_banco"] = layout.banco
        linha = tradutor(registro).escrever(valores)
        for inicio, texto in registro.marca:
            linha = linha[: inicio - 1] + texto + linha[inicio - 1 + len(texto) :]
        if registro.papel == "cabecalho" and layout.formato != "cnab240" and registro.largura > 39:
            linha = linha[:76] + layout.banco + linha[79:]
            linha = linha[:1] + ("1" if layout.sentido == "remessa" else "2") + linha[2:]
        if registro.papel == "cabecalho" and layout.formato == "cnab240":
            linha = layout.banco + linha[3:142] + ("1" if layout.sentido == "remessa" else "2") + linha[143:]
        linhas.append(linha)
    return ("\r\n".join(linhas) + "\r\n").encode()


@pytest.mark.parametrize("nome", sorted(p.stem for p in (pasta() / "cnab").glob("*.toml")))
def test_um_arquivo_de_cada_layout_se_reconhece_e_se_le(nome: str) -> None:
    conteudo = _composto(nome)
    assert detectar(conteudo) == COBRANCA
    arquivo = abrir(conteudo, "x")
    assert arquivo.layout.apelido == nome
    titulos = list(arquivo.titulos())
    assert len(titulos) == 2
    assert not [e for e in arquivo.erros if e.codigo != "cobranca.identidade"]
    assert {(t.nosso_numero or "").lstrip("0") for t in titulos} == {"123"}


def test_o_padrao_000_so_se_le_pelo_nome() -> None:
    arquivo = abrir(CAIXA, "x", layout="000.cnab240.retorno")
    assert (arquivo.layout.apelido, len(list(arquivo.titulos()))) == ("000.cnab240.retorno", 9)


def test_todo_layout_tem_de_onde_tirar_o_essencial() -> None:
    for caminho in (pasta() / "cnab").glob("*.toml"):
        layout = carregar(f"cnab/{caminho.stem}")
        for plano in planos(layout):
            assert plano.minimo >= 38, caminho.stem
    regras = ler_toml("leitura/cobranca")
    for nome in regras["layouts"]:
        assert carregar(f"cnab/{nome}").sentido == "retorno"


def test_debito_continua_debito() -> None:
    caminho = PASTA.parent / "debito150" / "compostas" / "02_v04_retorno_generico.txt"
    assert detectar(caminho.read_bytes()) == DEBITO150


def _pedacos() -> Iterator[bytes]:
    yield from (ITAU, CAIXA, BB)


@settings(max_examples=150)
@given(st.sampled_from(list(_pedacos())), st.integers(0, 4000), st.binary(max_size=30))
def test_lixo_no_meio_so_da_erro_previsto(conteudo: bytes, onde: int, lixo: bytes) -> None:
    sujo = conteudo[:onde] + lixo + conteudo[onde + len(lixo) :]
    try:
        arquivo = abrir(sujo, "x")
        for titulo in arquivo.titulos():
            assert titulo.valor_pago is None or type(titulo.valor_pago) is int
        assert all(p.mensagem for p in arquivo.problemas)
    except ErroGuiche as erro:
        assert erro.codigo


@settings(max_examples=150)
@given(st.integers(2, 5), st.sampled_from([(153, 165), (176, 188), (254, 266), (267, 279)]), st.data())
def test_um_algarismo_estragado_nunca_vira_outro_valor(linha: int, colunas: tuple[int, int], dados: Any) -> None:
    coluna = dados.draw(st.integers(*colunas))
    sujeira = dados.draw(st.sampled_from([b"O", b"l", b" ", b"-", b",", b".", b"\xb2", b"\x00"]))
    arquivo, titulos = lido(trocar(ITAU, linha, coluna, sujeira))
    assert linha not in {t.linha for t in titulos}
    assert [e.local.linha for e in arquivo.erros] == [linha]


@pytest.mark.caso("R-02")
def test_o_codigo_da_recusa_do_brb_se_decifra_e_o_texto_fica() -> None:
    titulos = [t for lote in abrir(ARQUIVOS / "070_400_ret_brcobranca_brb_exemplo.ret").lotes() for t in lote]
    recusas = [(m, t.motivo_texto) for t in titulos for m in t.motivos if t.motivo_texto]
    assert recusas[:2] == [("019", "CEP INVALIDO"), ("058", "TIT DEVOLV OU LIQUIDADO")]
    assert all(motivo("070", "cnab400", "09", m).conhecido for m, _ in recusas)
