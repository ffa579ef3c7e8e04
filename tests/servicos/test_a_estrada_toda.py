"""O que Conferir aceita, Gerar emite, o papel mostra e a remessa da conta leva; o que não, nada gasta.

Contas de todo banco, formato, emissor e carteira, certas e com um dado errado ou por dizer, com cláusulas sorteadas.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guiche.arquivos.cobranca import ler_titulos
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.boleto.contas import certo
from guiche.boleto.regras import banco as regras_do
from guiche.boleto.regras import variantes_do
from guiche.documentos.conferencia import reler
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroGuiche
from guiche.layout.carga import ler_toml
from guiche.livro import boletos as livro_boletos
from guiche.oficio.cadastros import ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import layout_da, ler_contratos
from guiche.oficio.resultado import Resultado
from guiche.remessa.receita import gravaveis
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import remessa
from tests.boleto.test_numeros import CODIGOS, entrada_de
from tests.servicos.apoio import COBRANCA, HOJE, cliente, montar, na, titulo

DIA = HOJE + timedelta(days=20)
TITULOS = ("T1", "T2", "T3")
DA_CONTA = ("banco", "agencia", "operacao", "conta", "conta_dv", "convenio")
DO_CONTRATO = ("carteira", "variacao", "modalidade", "posto", "agencia_dv")
TERMOS: tuple[dict[str, Any], ...] = (
    {}, {"juros": 0.01}, {"multa": 0.02}, {"multa": 0.02, "juros": 0.01}, {"desconto": 0.05, "desconto_dias": 3},
    {"desconto": 0.1, "desconto_dias": 9, "desconto2": 0.05, "desconto2_dias": 4}, {"protesto_dias": 5},
    {"negativacao_dias": 7}, {"baixa_dias": 30}, {"protesto_dias": 3, "baixa_dias": 60}, {"especie": "DS"},
    {"especie": "CPS"}, {"aceite": "Sim"}, {"instrucao": "Não receber depois de 30 dias."},
    {"nome_da_remessa": "{nada}.rem"}, {"nn_inicio": 500, "nn_fim": 501}, {"nn_inicio": 7, "nn_fim": 99},
    {"pix_chave": "123e4567-e12b-12d1-a456-426655440000"},
)  # fmt: skip
ERROS: tuple[dict[str, Any], ...] = (
    {"conta": "72192-2"}, {"conta": "55.432-1"}, {"agencia": "0101-5"}, {"conta_dv": "X"}, {"conta_dv": ""},
    {"convenio": ""}, {"convenio": "não tem"}, {"convenio": "0012345"}, {"agencia": "1"}, {"operacao": "003"},
    {"empresa_cnpj": "11222333000180"}, {"empresa_cnpj": ""}, {"endereco": ""}, {"carteira": "99"}, {"carteira": ""},
    {"agencia_dv": "9"}, {"codigo_transmissao": ""}, {"posto": ""}, {"variacao": ""}, {"modalidade": ""},
)  # fmt: skip


SEM_CELULA = {"745"}
"""Bancos cujo código de barras leva um dado (o portfólio do Citibank) que a pasta de trabalho não tem."""


class Caso(NamedTuple):
    """Uma conta de boletos e o que dela se muda."""

    conta: dict[str, Any]
    contrato: dict[str, Any]
    condicao: dict[str, Any]


@cache
def _formatos(banco: str) -> tuple[str, ...]:
    return tuple(sorted({n.split(".")[1].partition("_")[0].upper() for n in gravaveis(banco)}))


def casos(banco: str) -> list[Caso]:
    """Cada formato com cada emissor: a conta como deve ser, com uma cláusula, e com uma e um dado que não serve."""
    sorte = random.Random(f"estrada {banco}")
    variantes = list(variantes_do(ler_toml(f"boleto/{banco}")))
    feitos = []
    for formato in (*_formatos(banco), ""):
        for emissor in ("CLIENTE", "BANCO") if formato else ("",):
            base = entrada_de(banco, dict(sorte.choice(variantes)), 1)
            feitos.append(_caso(base, formato, emissor, {}, {}))
            feitos.append(_caso(base, formato, emissor, sorte.choice(TERMOS), {}))
            feitos.append(_caso(base, formato, emissor, sorte.choice(TERMOS), sorte.choice(ERROS)))
    return feitos


def _caso(
    base: Mapping[str, Any], formato: str, emissor: str, termos: Mapping[str, Any], mudanca: Mapping[str, Any]
) -> Caso:
    dados = {"codigo_transmissao": "00570123456701234567"[: 15 if formato == "CNAB240" else 20]} | dict(base)
    for nome in ("conta_dv", "agencia_dv"):
        dados[nome] = certo(str(dados["banco"]), nome, dados) or str(dados[nome])
    dados |= mudanca
    conta = {nome: dados[nome] for nome in DA_CONTA} | {n: v for n, v in mudanca.items() if n.startswith("empresa")}
    contrato = {nome: dados.get(nome, "") for nome in DO_CONTRATO} | {
        "conta": "ITAU1", "formato": formato, "emissor": emissor, "endereco": mudanca.get("endereco", "Rua A, 1"),
        "codigo_transmissao": dados["codigo_transmissao"], **termos,
    }  # fmt: skip
    return Caso(COBRANCA | conta, contrato, {"titulo": "T2", "abatimento": 1})


def _tentar(ato: Callable[..., Resultado], caminho: Path, *args: Any, **opcoes: Any) -> Resultado | ErroGuiche:
    try:
        with na(caminho) as ctx:
            return ato(ctx, *args, **opcoes)
    except ErroGuiche as erro:
        return erro


def _gasto(caminho: Path) -> tuple[Any, ...]:
    """O que um boleto gastaria: número, lugar na fila, nas abas e no disco."""
    with na(caminho) as ctx:
        livro = ctx.livro
        tabelas = ("boleto", "boleto_titulo", "pedido_ao_banco", "numeracao", "ato")
        linhas = [list(livro.percorrer(f"SELECT * FROM {tabela} ORDER BY 1, 2")) for tabela in tabelas]  # noqa: S608
    arquivos = sorted(p.relative_to(caminho.parent).as_posix() for p in caminho.parent.rglob("*") if p.is_file())
    return linhas, [nome for nome in arquivos if not nome.endswith((".db-shm", ".db-wal"))]


def _quantos(feito: Resultado | ErroGuiche) -> int:
    return int(feito.dados.get("boletos", 0)) if isinstance(feito, Resultado) else 0


def percorrer(onde: Path, caso: Caso) -> int:
    """Quantos boletos andaram a estrada toda; 0 se Conferir os recusou, e então nada se gastou."""
    caminho = montar(
        onde, contas=[caso.conta], cobranca=[caso.contrato], condicoes=[caso.condicao],
        clientes=[cliente("A", 1, optante="Não"), cliente("B", 2, optante="Não", cep="1001000")],
        titulos=[titulo(t, DIA, f"{150 + n}.00", "AB"[n % 2]) for n, t in enumerate(TITULOS)],
    )  # fmt: skip
    conferido = _tentar(emissao.conferir, caminho, "", Filtros(), juntar=False)
    aceitos = _quantos(conferido)
    antes = _gasto(caminho)
    gerado = _tentar(emissao.gerar, caminho, "", Filtros(), juntar=False)
    assert _quantos(gerado) == aceitos, (caso, conferido, gerado)
    if not aceitos:
        assert _razao(conferido) == _razao(gerado), (caso, conferido, gerado)
        assert _gasto(caminho) == antes
        return 0
    with na(caminho) as ctx:
        emitidos, layout = livro_boletos.listar(ctx.livro), _layout(ctx)
    assert len(emitidos) == aceitos
    impressos = [lido for pdf in (onde / "boletos").glob("*.pdf") for lido in reler(pdf.read_bytes())]
    assert [i.codigo_barras for i in impressos] == [b.codigo_barras for b in emitidos if b.codigo_barras], caso
    enviada = _tentar(remessa.gerar, caminho, "")
    assert isinstance(enviada, Resultado), (caso, enviada)
    assert (enviada.dados.get("pedidos"), enviada.dados.get("fora")) == (aceitos, []), (caso, enviada)
    arquivo = enviada.arquivos[-1]
    assert [t.valor_titulo for t in ler_titulos(arquivo)] == [b.valor for b in emitidos]
    achados = verificar_cobranca(arquivo.read_bytes(), "remessa", HOJE, f"{layout}.remessa")
    assert [a for a in achados if a.gravidade == "erro"] == [], caso
    return aceitos


def _layout(ctx: Contexto) -> str:
    cadastros = ler_cadastros(ctx.pasta)
    contratos, _ = ler_contratos(ctx.pasta, cadastros)
    conta = cadastros.contas["ITAU1"]
    return layout_da(conta, contratos.da_conta(conta))


def _razao(feito: Resultado | ErroGuiche) -> object:
    if isinstance(feito, ErroGuiche):
        return feito.codigo, feito.mensagem
    return sorted((p.codigo, str(p.local), p.mensagem) for p in feito.problemas if p.gravidade == "erro")


@pytest.mark.caso("B-06")
@pytest.mark.parametrize("banco", CODIGOS)
def test_o_que_conferir_aceita_anda_a_estrada_toda_e_o_que_nao_nada_gasta(tmp_path: Path, banco: str) -> None:
    andaram = 0
    for n, caso in enumerate(casos(banco)):
        (tmp_path / str(n)).mkdir()
        andaram += percorrer(tmp_path / str(n), caso) > 0
    emite = bool(_formatos(banco)) and not regras_do(banco).extinto and banco not in SEM_CELULA
    assert bool(andaram) == emite


def test_sem_o_formato_nao_se_emite_e_se_diz(tmp_path: Path) -> None:
    caso = _caso(entrada_de("341", {}, 1) | {"agencia": "0057", "conta": "12345"}, "", "", {}, {})
    assert percorrer(tmp_path, caso) == 0
