"""Os TOML de layouts fecham, e o conferidor apanha os erros de digitação mais comuns."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from guiche.erros import ErroDeLayout
from guiche.layout.carga import carregar, ler_toml, montar, pasta

NOMES = sorted(f"febraban150/{p.stem}" for p in (pasta() / "febraban150").glob("*.toml"))


@pytest.mark.parametrize("nome", NOMES)
def test_os_campos_cobrem_as_150_posicoes(nome: str) -> None:
    layout = carregar(nome)
    assert {"A", "E", "F", "Z"} <= set(layout.registros)
    for registro in layout.registros.values():
        colunas = [c for campo in registro.campos for c in range(campo.inicio, campo.fim + 1)]
        assert colunas == list(range(1, 151)), registro.codigo
        assert registro.campos[0].fixo == registro.codigo


@pytest.mark.parametrize(
    ("nome", "registro", "campo", "posicao"),
    [
        ("v04", "A", "nsa", "074-079"),
        ("v04", "E", "valor_debito", "053-067"),
        ("v04", "F", "codigo_retorno", "068-069"),
        ("v05", "E", "identificacao", "131-145"),
        ("v05", "F", "uso_empresa", "070-129"),
        ("v06", "D", "id_cliente_empresa_atual", "045-069"),
        ("v08", "E", "valor_debito", "059-073"),
        ("v08", "E", "uso_empresa", "076-128"),
        ("v04-104", "E", "conta_operacao_numero", "031-041"),
        ("v04-341", "E", "identificacao", "136-149"),
        ("v05-041", "E", "conta", "031-040"),
        ("v04", "Z", "valor_total", "008-024"),
    ],
)
def test_posicoes_do_manual(nome: str, registro: str, campo: str, posicao: str) -> None:
    assert carregar(f"febraban150/{nome}").registros[registro].campo(campo).posicao == posicao


def test_so_a_06_e_a_08_ficam_desligadas() -> None:
    assert [n for n in NOMES if not carregar(n).ativo] == ["febraban150/v06", "febraban150/v08"]


def _troca(chave: str, valor: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda campos: campos[3].update({chave: valor})


@pytest.mark.parametrize(
    "estrago",
    [_troca("col", "028-030"), _troca("col", "026-030"), _troca("nome", "codigo_registro"), _troca("tipo", "numeor")],
    ids=["furo", "sobreposição", "nome repetido", "tipo errado"],
)
def test_o_conferidor_apanha_o_erro_de_digitacao(estrago: Callable[[list[dict[str, Any]]], None]) -> None:
    dados = copy.deepcopy(dict(ler_toml("febraban150/v05")))
    estrago(dados["registros"]["E"]["campos"])
    with pytest.raises(ErroDeLayout):
        montar("teste", dados)


def test_layout_que_nao_existe() -> None:
    with pytest.raises(ErroDeLayout) as erro:
        carregar("febraban150/v99")
    assert erro.value.codigo == "layout.ausente"
