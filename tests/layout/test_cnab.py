"""Os 114 layouts de cobrança: fecham, leem e gravam o mesmo, e lixo só levanta os nossos erros."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guiche.erros import ErroDeCampo, ErroDeLayout, ErroGuiche
from guiche.layout.carga import aberto, carregar, layout_cnab, ler_toml, montar, pasta
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Layout, Registro
from guiche.layout.valores import ler_campo

NOMES = sorted(p.stem for p in (pasta() / "cnab").glob("*.toml"))
LAYOUTS = {nome: carregar(f"cnab/{nome}") for nome in NOMES}
_LARGURAS = {"cnab240": 240, "cnab400": 400, "cnab444": 444}
_SO_LEITURA = {
    "389.cnab400.remessa", "389.cnab400.retorno", "409.cnab400.remessa", "409.cnab400.retorno",
    "637.cnab400.retorno", "655.cnab240.remessa", "655.cnab240.retorno", "712.cnab400.retorno",
}  # fmt: skip
_LETRAS = "ABCXYZ0189 .-/%"
_CHEIO = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" * 12
_ANOS = {"DDMMAA": (1970, 2069), "DDMMAAAA": (1, 9999), "AAAAMMDD": (1, 9999)}
POUCAS = settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
por_layout = pytest.mark.parametrize("nome", NOMES)


def registros(layout: Layout) -> list[Registro]:
    """Cada registro inteiro, e cada um com as suas partes no lugar."""
    todos = list(layout.registros.values())
    return todos + [aberto(r, *r.partes) for r in todos if r.partes]


def valores_de(campo: Campo) -> st.SearchStrategy[Any]:
    """Valores que o campo aceita e devolve iguais."""
    if campo.fixo is not None or (campo.dominio and campo.tipo != "data"):
        return st.sampled_from(sorted(campo.dominio) or [campo.fixo or ""])
    if campo.tipo == "data":
        de, ate = _ANOS[campo.formato]
        return st.dates(date(de, 1, 1), date(ate, 12, 31)).filter(lambda d: f"{d:%d%m%Y}" not in campo.dominio)
    if campo.tipo == "hora":
        return st.times().map(lambda t: time(t.hour, t.minute, t.second))
    if campo.tipo in {"numero", "valor"}:
        return st.integers(0, 10**campo.largura - 1)
    if campo.zeros:
        return st.text("0123456789", min_size=campo.largura, max_size=campo.largura)
    return st.text(_LETRAS, min_size=1, max_size=campo.largura).map(lambda t: t.rstrip() or "A")


def cheio(campo: Campo) -> Any:
    """Um valor que ocupa todas as colunas do campo, sem repetir o vizinho."""
    if campo.fixo is not None:
        return campo.fixo
    if campo.tipo == "data":
        return date(2026, 12, 21)
    if campo.tipo == "hora":
        return time(21, 43, 56)
    if campo.dominio:
        return next(iter(campo.dominio))
    if campo.tipo in {"numero", "valor"} or campo.zeros:
        digitos = ("1234567891" * 40)[: campo.largura]
        return digitos if campo.zeros else int(digitos)
    return _CHEIO[: campo.largura]


@por_layout
def test_o_nome_do_arquivo_e_o_que_o_layout_diz_de_si(nome: str) -> None:
    layout = LAYOUTS[nome]
    variante = f"_{layout.variante}" if layout.variante else ""
    assert nome == f"{layout.banco}.{layout.formato}{variante}.{layout.sentido}" == layout.apelido
    assert layout_cnab(layout.banco, layout.formato, layout.sentido, layout.variante) is layout
    assert layout.largura == _LARGURAS[layout.formato]
    assert layout.fonte
    assert layout.banco_nome


@por_layout
def test_nenhum_registro_tem_furo_ou_sobreposicao(nome: str) -> None:
    for registro in registros(LAYOUTS[nome]):
        colunas = [c for campo in registro.campos for c in range(campo.inicio, campo.fim + 1)]
        assert colunas == list(range(1, registro.largura + 1)), registro.codigo
        assert registro.largura == LAYOUTS[nome].largura or registro.codigo == "header_39" or LAYOUTS[nome].base
        repetidos = [n for n, vezes in Counter(c.nome for c in registro.campos if c.nome).items() if vezes > 1]
        assert not repetidos, registro.codigo


@por_layout
def test_cada_registro_se_reconhece_pela_sua_marca(nome: str) -> None:
    layout = LAYOUTS[nome]
    for registro in layout.registros.values():
        if not registro.marca:
            assert registro.papel == "avulso"
            continue
        linha = tradutor(registro).escrever({c.nome: cheio(c) for c in registro.campos if c.nome and c.fixo is None})
        for inicio, texto in registro.marca:
            linha = linha[: inicio - 1] + texto + linha[inicio - 1 + len(texto) :]
        assert layout.reconhecer(linha) is registro


@por_layout
def test_quem_segue_e_quem_exige_existem(nome: str) -> None:
    layout = LAYOUTS[nome]
    titulos = {r.codigo for r in layout.do_papel("titulo")}
    assert titulos
    assert layout.do_papel("cabecalho")
    for registro in layout.registros.values():
        complemento = registro.papel == "complemento"
        assert bool(registro.segue) == complemento
        assert not complemento or registro.segue in titulos | {"segmento_g"}
        assert all(layout.registros[e].segue == registro.codigo for e in registro.exige)


def test_sao_114_layouts_e_644_registros() -> None:
    proprios = [len(ler_toml(f"cnab/{nome}")["registros"]) for nome in NOMES]
    assert (len(NOMES), sum(proprios)) == (114, 644)


def test_no_444_so_o_titulo_e_mais_largo() -> None:
    larguras = {r.codigo: r.largura for r in LAYOUTS["341.cnab444.remessa"].registros.values()}
    assert {codigo for codigo, largura in larguras.items() if largura == 444} == {"detalhe_1"}
    assert larguras["header"] == larguras["trailer"] == 400


def test_os_de_posicoes_supostas_so_se_leem() -> None:
    assert {n for n, x in LAYOUTS.items() if not x.ativo} == _SO_LEITURA
    for layout in LAYOUTS.values():
        supostos = [r for r in layout.registros.values() if r.situacao == "inferido"]
        assert not layout.ativo or all(r.papel == "complemento" for r in supostos)


@pytest.mark.parametrize(
    ("nome", "registro", "campo", "posicao"),
    [
        ("341.cnab400.retorno", "detalhe_1", "nosso_numero", "086-093"),
        ("341.cnab400.retorno", "detalhe_1", "valor_creditado", "254-266"),
        ("237.cnab400.retorno", "detalhe_1", "codigo_ocorrencia", "109-110"),
        ("001.cnab400.retorno", "detalhe_7", "nosso_numero", "064-080"),
        ("104.cnab240.retorno", "segmento_t", "nosso_numero", "042-056"),
        ("033.cnab240.retorno", "segmento_t", "motivos_ocorrencia", "209-218"),
        ("000.cnab240.retorno", "segmento_u", "valor_pago", "078-092"),
        ("748.cnab240.remessa", "segmento_p", "data_vencimento", "078-085"),
    ],
)
def test_posicoes_do_manual(nome: str, registro: str, campo: str, posicao: str) -> None:
    assert LAYOUTS[nome].registros[registro].campo(campo).posicao == posicao


@por_layout
@POUCAS
@given(dados=st.data())
def test_ida_e_volta_por_linha_e_por_lote(nome: str, dados: st.DataObject) -> None:
    for registro in registros(LAYOUTS[nome]):
        traduz = tradutor(registro)
        valores = {c.nome: dados.draw(valores_de(c)) for c in registro.campos if c.nome}
        linha = traduz.escrever(valores)
        assert len(linha) == registro.largura
        assert traduz.ler(linha) == valores
        assert traduz.escrever(traduz.ler(linha)) == linha
        colunas = tuple(c.nome for c in registro.campos if c.nome and c.fixo is None)
        tuplas = [tuple(valores[c] for c in colunas)] * 2
        bloco = traduz.escritor(colunas)(tuplas)
        assert bloco == (linha + "\r\n").encode() * 2
        if registro.e(linha):
            assert traduz.leitor(colunas)(bloco) == tuplas
            assert [t[1:] for t in traduz.leitor_de_linhas(colunas)([linha, linha], 1)] == tuplas


@por_layout
@POUCAS
@given(texto=st.text(max_size=460))
def test_lixo_so_levanta_erro_previsto(nome: str, texto: str) -> None:
    for registro in LAYOUTS[nome].registros.values():
        for linha in (texto, texto.ljust(registro.largura)[: registro.largura]):
            try:
                tradutor(registro).ler(linha)
            except ErroGuiche as erro:
                assert erro.codigo


def _suja(registro: Registro, linha: str) -> str:
    """A linha com os reservados ocupados: só assim se nota o campo que os invade."""
    return "".join(linha[c.inicio - 1 : c.fim] if c.nome else "#" * c.largura for c in registro.campos)


def _movidas(registro: Registro) -> list[tuple[Campo, Campo]]:
    """Cada fronteira entre vizinhos, uma coluna para cá e para lá; entre dois reservados não há o que notar.

    Nem quando um fixo mais curto que o campo perde um dos seus brancos para um reservado.
    """
    pares = zip(registro.campos, registro.campos[1:], strict=False)
    return [
        (replace(a, fim=a.fim + passo), replace(b, inicio=b.inicio + passo))
        for a, b in pares
        if a.nome or b.nome
        for passo in (-1, 1)
        if passo == 1 or b.nome or a.fixo is None or len(a.fixo) == a.largura
    ]


@por_layout
def test_fronteira_movida_e_notada(nome: str) -> None:
    for registro in registros(LAYOUTS[nome]):
        valores = {campo.nome: cheio(campo) for campo in registro.campos if campo.nome}
        linha = _suja(registro, tradutor(registro).escrever(valores))
        assert tradutor(registro).ler(linha) == valores
        for vizinhos in _movidas(registro):
            lidos = {}
            try:
                for campo in vizinhos:
                    if campo.nome:
                        lidos[campo.nome] = ler_campo(campo, linha[campo.inicio - 1 : campo.fim], None)
            except ErroDeCampo:
                continue
            assert any(valores[n] != v for n, v in lidos.items()), vizinhos


def test_ano_de_dois_algarismos_que_nao_se_distingue_e_recusado() -> None:
    traduz = tradutor(LAYOUTS["341.cnab400.remessa"].registros["detalhe_1"])
    valores = {c.nome: cheio(c) for c in traduz.registro.campos if c.nome}
    assert (
        traduz.ler(traduz.escrever(valores | {"data_vencimento": date(1999, 12, 31)}))["data_vencimento"].year == 1999
    )
    with pytest.raises(ErroDeCampo) as erro:
        traduz.escrever(valores | {"data_vencimento": date(2070, 1, 1)})
    assert erro.value.codigo == "campo.data"


def test_vencimento_a_vista_nao_e_data_e_se_grava_como_o_banco_pede() -> None:
    traduz = tradutor(LAYOUTS["756.cnab400.remessa"].registros["detalhe_1"])
    valores = {c.nome: cheio(c) for c in traduz.registro.campos if c.nome} | {"data_vencimento": "888888"}
    linha = traduz.escrever(valores)
    assert "888888" in linha
    assert traduz.ler(linha)["data_vencimento"] is None


@pytest.mark.parametrize("marca", [{"001-002": "7"}, {"000-000": "7"}, {"400-401": "77"}])
def test_marca_que_nao_cabe_e_recusada(marca: dict[str, str]) -> None:
    dados = copy.deepcopy(dict(ler_toml("cnab/001.cnab400.retorno")))
    dados["registros"]["detalhe_7"]["marca"] = marca
    with pytest.raises(ErroDeLayout):
        montar("teste", dados)


def test_partes_que_nao_fecham_o_campo_sao_recusadas() -> None:
    dados = copy.deepcopy(dict(ler_toml("cnab/756.cnab240.retorno")))
    dados["registros"]["segmento_t"]["partes"]["nosso_numero"].pop()
    with pytest.raises(ErroDeLayout):
        montar("teste", dados)
