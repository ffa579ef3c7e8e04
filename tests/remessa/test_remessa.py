"""A remessa inteira, em cada layout que se grava: largura, ordem, totais, e o que se lê de volta."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import chain
from typing import Any

import pytest

from guiche.erros import ErroDeCampo, ErroDeRegra, ErroGuiche
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Registro
from guiche.remessa.chaves import catalogo
from guiche.remessa.composicao import Remessa, compor
from guiche.remessa.receita import receita, sem_fonte
from tests.remessa.sinteticos import AGORA, GRAVAVEIS, SO_DE_LER, baixar, clausulas, completo, empresa, minimo

em_cada = pytest.mark.parametrize("nome", GRAVAVEIS)


def _titulos(nome: str) -> list[dict[str, Any]]:
    uma = receita(nome)
    return [minimo(1), completo(uma, 2), baixar(3) if "baixar" in uma.comandos else minimo(3)]


def _linhas(nome: str, feita: Remessa) -> list[tuple[Registro, str]]:
    uma = receita(nome)
    corpo = feita.conteudo.removesuffix(uma.fim_de_arquivo)
    assert corpo.endswith(b"\r\n")
    linhas = corpo.decode("ascii").split("\r\n")[:-1]
    registros = {r.codigo for r in (*uma.registros, *uma.layout.do_papel("titulo"))}
    achadas = []
    for linha in linhas:
        registro = uma.layout.reconhecer(linha)
        assert registro is not None, linha
        assert registro.codigo in registros
        achadas.append((registro, linha))
    return achadas


def _lidas(nome: str, feita: Remessa) -> list[tuple[Registro, dict[str, Any]]]:
    return [(r, tradutor(r).ler(linha)) for r, linha in _linhas(nome, feita)]


def test_os_graviveis_e_os_que_so_se_leem() -> None:
    assert len(GRAVAVEIS) == 51
    assert {n[:3] for n in SO_DE_LER} == {"356", "389", "399", "409", "655"}


@em_cada
def test_todo_campo_tem_fonte_ou_fica_vazio_de_proposito(nome: str) -> None:
    assert sem_fonte(receita(nome)) == []


@em_cada
def test_cada_linha_na_largura_e_em_maiusculas(nome: str) -> None:
    for registro, linha in _linhas(nome, compor(nome, empresa(nome), _titulos(nome), AGORA)):
        assert len(linha) == registro.largura
        assert linha.isascii()
        assert linha.isprintable()
        exatos = {i for c in registro.campos if c.exato for i in range(c.inicio - 1, c.fim)}
        assert all(c == c.upper() or i in exatos for i, c in enumerate(linha))


@em_cada
def test_a_ordem_e_a_do_manual_e_os_numeros_seguem(nome: str) -> None:
    uma = receita(nome)
    lidas = _lidas(nome, compor(nome, empresa(nome), _titulos(nome), AGORA))
    papeis = [r.papel for r, _ in lidas]
    antes, depois = len(uma.cabecalhos), len(uma.rodapes)
    assert papeis[:antes] == [r.papel for r in uma.cabecalhos]
    assert papeis[len(papeis) - depois :] == [r.papel for r in uma.rodapes]
    assert papeis.count("titulo") == 3
    for campo, desde in (("sequencial_registro", 1), ("numero_sequencial_lote", 1)):
        numeros = [int(v[campo]) for _, v in lidas if campo in v]
        assert numeros == list(range(desde, desde + len(numeros))) or not numeros


@em_cada
def test_os_totais_do_rodape_conferem(nome: str) -> None:
    titulos = _titulos(nome)
    lidas = _lidas(nome, compor(nome, empresa(nome), titulos, AGORA))
    soma = sum(t["valor_titulo"] for t in titulos)
    do_lote = [v for r, v in lidas if r.papel == "rodape_lote"]
    do_arquivo = [v for r, v in lidas if r.papel == "rodape"]
    for valores in do_lote:
        assert valores["quantidade_registros"] == len(lidas) - 2
        if "quantidade_titulos_simples" in valores:
            assert (valores["quantidade_titulos_simples"], valores["valor_titulos_simples"]) == (3, soma)
    for valores in do_arquivo:
        assert valores.get("quantidade_lotes", 1) == 1
        assert valores.get("quantidade_registros", len(lidas)) == len(lidas)
        assert valores.get("valor_total", soma) == soma


def _do_titulo(nome: str, n: int) -> dict[str, Any]:
    """Os campos do enésimo título e de seus complementos."""
    feita = compor(nome, empresa(nome), _titulos(nome), AGORA)
    uma, lidas = receita(nome), _lidas(nome, feita)
    fins = [*feita.linhas[1:], len(lidas) - len(uma.rodapes) + 1]
    trecho = lidas[feita.linhas[n] - 1 : fins[n] - 1]
    assert trecho[0][0].papel == "titulo"
    return dict(chain.from_iterable(v.items() for _, v in reversed(trecho)))


@em_cada
def test_o_titulo_volta_o_mesmo(nome: str) -> None:
    for n, titulo in enumerate(_titulos(nome)):
        lido = _do_titulo(nome, n)
        assert lido["valor_titulo"] == titulo["valor_titulo"]
        assert lido["data_vencimento"] == titulo["data_vencimento"]
        assert str(lido["numero_documento"]).strip() == titulo["numero_documento"]
        assert titulo["nosso_numero"] in str(lido["nosso_numero"])
        if titulo.get("comando") == "baixar" and "pagador_nome" not in lido:
            continue  # a baixa vai sem o registro do pagador
        assert lido["pagador_nome"] == "JOAO DA SILVA"
        assert str(lido["pagador_numero_inscricao"]).lstrip("0") == titulo["pagador_documento"].replace(
            ".", ""
        ).replace("-", "")


def _casas(campo: Campo) -> int:
    return campo.decimais if campo.tipo == "valor" else 0


def _em_dez_mil(nome: str, n: int, parte: str) -> set[int]:
    """Os valores dos campos cujo nome tem a parte, com quatro casas, sejam quantas forem as do campo."""
    uma = receita(nome)
    campos = {c.nome: c for r in (*uma.registros, *uma.layout.do_papel("titulo")) for c in r.campos}
    return {
        v * 10 ** (4 - casas)
        for nome_, v in _do_titulo(nome, n).items()
        if parte in nome_ and isinstance(v, int) and not nome_.startswith("codigo")
        for casas in (_casas(campos[nome_]), campos[nome_].casas_da_taxa)
        if casas is not None
    }


@em_cada
def test_as_clausulas_voltam_as_mesmas(nome: str) -> None:
    titulo, lido = completo(receita(nome)), _do_titulo(nome, 1)
    assert lido.get("valor_abatimento") == titulo.get("abatimento") or not titulo.get("abatimento")
    for dia, centavos in titulo.get("descontos", ()):
        assert dia in {v for n, v in lido.items() if "desconto" in n}
        assert centavos * 100 in _em_dez_mil(nome, 1, "desconto")
    for esperado in (titulo.get("juros_ao_dia"), titulo.get("juros_ao_mes")):
        assert not esperado or esperado * 100 in _em_dez_mil(nome, 1, "juros")
    for esperado in (titulo.get("multa"), titulo.get("multa_percentual")):
        assert not esperado or esperado * 100 in _em_dez_mil(nome, 1, "multa")
    if "sacador_nome" in titulo:
        assert any("INDUSTRIA ANDRADE" in str(v) for v in lido.values())


@em_cada
def test_o_que_o_layout_diz_aceitar_vai_e_o_resto_se_recusa(nome: str) -> None:
    uma = receita(nome)
    for chaves in clausulas(uma).values():
        assert compor(nome, empresa(nome), [minimo() | chaves], AGORA).conteudo
    recusaveis: dict[str, dict[str, Any]] = {
        "juros": {"juros_ao_dia": 7}, "multa": {"multa_percentual": 200}, "abatimento": {"abatimento": 500},
        "descontos": {"descontos": [(date(2026, 7, 1), 5)]}, "protesto": {"protesto_dias": 5},
        "baixa": {"baixa_dias": 30}, "negativacao": {"negativacao_dias": 7},
        "sacador": {"sacador_nome": "X"}, "pix": {"pix_chave": "a@b.com"},
    }  # fmt: skip
    for clausula, chaves in recusaveis.items():
        if not uma.aceita.get(clausula):
            with pytest.raises(ErroDeRegra, match=r"não leva|não tem lugar|não tem código"):
                compor(nome, empresa(nome), [minimo() | chaves], AGORA)


@em_cada
def test_desconto_a_mais_se_recusa_com_o_numero_do_titulo(nome: str) -> None:
    cabem = int(receita(nome).aceita.get("descontos", 0))
    descontos = [(date(2026, 7, 1) + timedelta(days=i), 5) for i in range(cabem + 1)]
    with pytest.raises(ErroGuiche, match="descontos") as erro:
        compor(nome, empresa(nome), [minimo(), minimo(2) | {"descontos": descontos}], AGORA)
    assert cabem == 3 or (erro.value.local and erro.value.local.fonte == "título 2")


@em_cada
def test_falta_de_chave_da_empresa_se_diz_pelo_nome(nome: str) -> None:
    toda = empresa(nome)
    exigidas = {n for n, c in catalogo("empresa").items() if c.exigida} & toda.keys()
    recusadas = set()
    for chave in exigidas:
        try:
            compor(nome, {n: v for n, v in toda.items() if n != chave}, [minimo()], AGORA)
        except ErroDeCampo as erro:
            palavras = set(re.findall(r"\w+", erro.mensagem))
            assert {chave, "convenio", "convênio"} & palavras
            recusadas.add(chave)
    assert len(recusadas) >= 2


@pytest.mark.parametrize("nome", SO_DE_LER)
def test_layout_so_de_leitura_ou_de_banco_extinto_nao_se_grava(nome: str) -> None:
    with pytest.raises(ErroDeRegra, match=r"serve para ler|incorporado") as erro:
        compor(nome, {}, [minimo()], AGORA)
    assert erro.value.codigo == "remessa.nao_se_grava"
    assert ("incorporado" in erro.value.mensagem) == (nome[:3] in {"356", "399", "409"})
