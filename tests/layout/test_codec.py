"""Ida e volta de todo registro de todo layout; lotes iguais ao caminho lento; lixo não derruba."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiche.erros import ErroDeCampo, ErroGuiche
from guiche.layout.carga import carregar, pasta
from guiche.layout.codec import tradutor
from guiche.layout.modelo import Campo, Registro

LAYOUTS = sorted(f"febraban150/{p.stem}" for p in (pasta() / "febraban150").glob("*.toml"))
REGISTROS = [(nome, letra) for nome in LAYOUTS for letra in carregar(nome).registros]
_LETRAS = "ABCXYZ0189 .-/%"
E05 = carregar("febraban150/v05").registros["E"]
F05 = carregar("febraban150/v05").registros["F"]


def valores_de(campo: Campo) -> st.SearchStrategy[Any]:
    """Valores que o campo aceita e devolve iguais."""
    if campo.fixo is not None:
        return st.just(campo.fixo)
    if campo.dominio:
        return st.sampled_from(sorted(campo.dominio))
    if campo.tipo == "data":
        return st.dates(date(1900, 1, 1), date(9999, 12, 30))
    if campo.tipo in {"numero", "valor"}:
        return st.integers(0, 10**campo.largura - 1)
    if campo.zeros:
        return st.text("0123456789", min_size=campo.largura, max_size=campo.largura)
    return st.text(_LETRAS, min_size=1, max_size=campo.largura).map(lambda t: t.rstrip() or "A")


def linhas_de(registro: Registro) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({c.nome: valores_de(c) for c in registro.campos if c.nome})


@pytest.mark.parametrize(("nome", "letra"), REGISTROS)
@given(dados=st.data())
def test_ida_e_volta(nome: str, letra: str, dados: st.DataObject) -> None:
    registro = carregar(nome).registros[letra]
    traduz = tradutor(registro)
    valores = dados.draw(linhas_de(registro))
    linha = traduz.escrever(valores)
    assert len(linha) == 150
    assert traduz.ler(linha) == valores
    assert traduz.escrever(traduz.ler(linha)) == linha


@pytest.mark.parametrize(("nome", "letra"), REGISTROS)
@given(dados=st.data())
def test_o_lote_escreve_e_le_o_mesmo_que_a_linha(nome: str, letra: str, dados: st.DataObject) -> None:
    registro = carregar(nome).registros[letra]
    traduz = tradutor(registro)
    colunas = tuple(c.nome for c in registro.campos if c.nome and c.fixo is None)
    lote = dados.draw(st.lists(linhas_de(registro), min_size=1, max_size=4))
    tuplas = [tuple(v[c] for c in colunas) for v in lote]
    bloco = traduz.escritor(colunas)(tuplas)
    assert bloco == "".join(traduz.escrever(v) + "\r\n" for v in lote).encode()
    assert traduz.leitor(colunas)(bloco) == tuplas
    linhas = bloco.decode().split("\r\n")[:-1]
    assert [t[1:] for t in traduz.leitor_de_linhas(colunas)(linhas, 1)] == tuplas


@pytest.mark.parametrize("letra", ["E", "F"])
@given(texto=st.text(max_size=160))
def test_lixo_so_levanta_erro_previsto(letra: str, texto: str) -> None:
    traduz = tradutor(carregar("febraban150/v05").registros[letra])
    for linha in (texto, texto.ljust(150)[:150]):
        try:
            traduz.ler(linha)
        except ErroGuiche as erro:
            assert erro.codigo


@pytest.mark.parametrize("valor", [1.5, -1, True, "10", 10**15, None])
def test_dinheiro_que_nao_e_centavo_inteiro_e_recusado_com_o_lugar(valor: Any) -> None:
    escreve = tradutor(E05).escritor(
        ("valor_debito",),
        {
            "id_cliente_empresa": "1", "agencia_debito": "1", "id_cliente_banco": "1", "tipo_identificacao": "2",
            "data_vencimento": date(2026, 8, 7), "identificacao": "52998224725", "codigo_movimento": "0",
        },
    )  # fmt: skip
    assert len(escreve([(1,), (2,)])) == 304
    with pytest.raises(ErroDeCampo) as erro:
        escreve([(1,), (valor,)])
    assert erro.value.local is not None
    assert (erro.value.local.linha, erro.value.local.colunas) == (2, (53, 67))


def test_acento_some_e_nada_se_corta() -> None:
    registro = carregar("febraban150/v04").registros["C"]
    base = {"id_cliente_empresa": "1", "agencia_debito": "1", "id_cliente_banco": "1", "codigo_movimento": "2"}
    escreve = tradutor(registro).escritor(("ocorrencia_1",), base)
    assert b"NAO E DAQUI - AV." in escreve([("Não é daqui – av.",)])
    with pytest.raises(ErroDeCampo, match="cabem 40"):
        escreve([("x" * 41,)])
    with pytest.raises(ErroDeCampo) as erro:
        escreve([("a\nb",)])
    assert erro.value.codigo == "campo.caractere"


def test_leitura_diz_a_linha_e_as_colunas() -> None:
    boa = b"F" + b"1".ljust(25) + b"0001" + b"1".ljust(14) + b"20260210" + b"0" * 13 + b"10" + b"00" + b" " * 60
    boa += b"2000052998224725    0\r\n"
    ruim = boa.replace(b"0" * 13 + b"10", b"0" * 13 + b"1O")
    ler = tradutor(F05).leitor(("valor",))
    assert ler(boa) == [(10,)]
    with pytest.raises(ErroDeCampo) as erro:
        ler(boa + ruim)
    assert str(erro.value.local) == "bloco:2:53-67"
