"""O código que a tabela não conhece diz-se, em todo layout de retorno: nunca vale calado por pago ou recusado."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product
from string import ascii_uppercase, digits
from typing import Any

import pytest

from guiche.arquivos.motivos import ClassesComMotivo, Motivos
from guiche.arquivos.plano import Titulo, formato_com_variante, planos, regra_do
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.bancos.ocorrencias import PAGAS
from guiche.layout.carga import carregar, existe, ler_toml, pasta
from guiche.layout.modelo import Layout
from guiche.servicos.treino.simulado.escrita import escrever_retorno

pytestmark = pytest.mark.caso("R-17")
APELIDOS = sorted(p.stem for p in (pasta() / "cnab").glob("*.retorno.toml"))
TODOS = tuple("".join(par) for par in product(digits + ascii_uppercase, repeat=2))
CABECALHO = {"agencia": "0057", "conta": "12345", "dac": "7", "empresa_numero_inscricao": "11222333000181"}
SEM_DINHEIRO = PAGAS | {"PAGAMENTO_AVISADO", "PAGAMENTO_DESFEITO", "BAIXA"}
"""O que o padrão FEBRABAN não empresta ao banco que tem tabela."""


def _da_tabela(banco: str, formato: str) -> dict[str, str]:
    """Os códigos que a tabela diz neste formato; se não diz nenhum, no formato sem a variante."""
    linhas = ler_toml(f"codigos/cobranca/{banco}").get("ocorrencias", ()) if existe(f"codigos/cobranca/{banco}") else ()
    inteiro = formato.partition("_")[0]
    for procurado in (formato, inteiro, "cnab400" if inteiro == "cnab444" else ""):
        if achados := {o["codigo"]: str(o["classe"]) for o in linhas if procurado in o["formatos"]}:
            return achados
    return {}


def _conhecidos(layout: Layout) -> set[str]:
    formato = formato_com_variante(layout)
    proprios = _da_tabela(layout.banco, formato)
    if formato != "cnab240":
        return set(proprios)
    padrao = _da_tabela("000", "cnab240")
    return set(proprios) | {c for c, classe in padrao.items() if not (proprios and classe in SEM_DINHEIRO)}


def _pago(layout: Layout) -> list[str]:
    """As linhas de um retorno de um título, pago."""
    vazio: dict[str, Any] = dict.fromkeys(Titulo._fields)
    um = Titulo(**vazio | {
        "linha": 0, "nosso_numero": "11", "codigo_movimento": "02", "motivos": (), "classe": "", "valor_titulo": 10000,
        "valor_pago": 10000, "data_ocorrencia": date(2026, 8, 14), "data_credito": date(2026, 8, 17),
    })  # fmt: skip
    return escrever_retorno(layout, CABECALHO, [um], 1, datetime(2026, 8, 15, 8, 0)).decode("latin-1").split("\r\n")


def _com_codigo(layout: Layout, linha: str, codigo: str) -> str:
    """A mesma linha com outra ocorrência, se é das que a trazem."""
    nomes = {n for nome in regra_do(layout)["codigo_movimento"] for n in nome.split("+")}
    for registro in layout.registros.values():
        se_e = all(linha[inicio - 1 : inicio - 1 + len(marca)] == marca for inicio, marca in registro.marca)
        campo = next((c for c in registro.campos if c.nome in nomes), None)
        if se_e and campo and registro.papel in {"titulo", "complemento"}:
            return linha[: campo.inicio - 1] + codigo + linha[campo.fim :]
    return linha


@pytest.mark.parametrize("apelido", APELIDOS)
def test_todo_codigo_que_a_tabela_nao_tem_e_desconhecido(apelido: str) -> None:
    layout = carregar(f"cnab/{apelido}")
    linhas, conhecidos = _pago(layout), _conhecidos(layout)
    estranhos = [c for c in TODOS if c not in conhecidos]
    lidos = 0
    for plano in planos(layout):
        inicio, marca = plano.registro.marca[-1]
        titulo = next((x for x in linhas if x[inicio - 1 : inicio - 1 + len(marca)] == marca), "")
        complemento = linhas[linhas.index(titulo) + 1] if titulo else ""
        ls = [_com_codigo(layout, titulo, c) for c in estranhos] if titulo else []
        us = [_com_codigo(layout, complemento, c) for c in estranhos]
        for codigo, t in zip(estranhos, plano.ler(range(len(ls)), ls, us), strict=True) if ls else ():
            assert (t.codigo_movimento, t.classe) == (codigo, "DESCONHECIDA")
            lidos += 1
    assert lidos >= len(estranhos)


@pytest.mark.parametrize("apelido", APELIDOS)
def test_o_exame_do_arquivo_diz_o_codigo_que_nao_se_conhece(apelido: str) -> None:
    layout = carregar(f"cnab/{apelido}")
    estranho = next(c for c in reversed(TODOS) if c not in _conhecidos(layout))
    conteudo = "\r\n".join(_com_codigo(layout, linha, estranho) for linha in _pago(layout)).encode("latin-1")
    achados = verificar_cobranca(conteudo, "r.ret", date(2026, 8, 15), apelido)
    assert [a for a in achados if a.regra.endswith(".C02")], achados


def test_o_motivo_nao_da_sentido_a_ocorrencia_que_nao_se_conhece() -> None:
    """Safra, 061 vale em toda ocorrência e diz que não é recusa: de uma desconhecida, nada diz."""
    classes = ClassesComMotivo(Motivos(regra_do(carregar("cnab/422.cnab400.retorno")), "422", "cnab400"))
    assert (classes["03061"], classes["ZZ061"], classes["03"]) == ("OUTRO", "DESCONHECIDA", "REJEITADA")
