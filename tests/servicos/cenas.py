"""Atos prontos para se interromper ou disputar: como se preparam, se fazem e se conferem depois de repetidos."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from guiche.documentos.conferencia import reler
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDeRegra
from guiche.livro import arquivos, boletos, remessas, titulos
from guiche.livro.conexao import Livro
from guiche.servicos.boletos import emissao
from guiche.servicos.cobranca import remessa as remessa_boletos
from guiche.servicos.debito.gerar import gerar
from guiche.servicos.remessas.enviadas import estornar, marcar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.treino.simulado import Escolha, responder
from tests.servicos.apoio import COBRANCA, CONTA, HOJE, cliente, ler, montar, na, retorno, titulo
from tests.servicos.cenas_do_cadastro import CENAS, no_disco, resumir

QUANTOS = 6
CODIGOS = ("00", "01", "00", "05", "00", "77")
DESFECHOS = ("PAGO", "REJEITADO", "ABERTO", "PIX", "BAIXADO", "PAGO")
_DO_DEBITO = ("gerar", "importar", "estornar")
ATOS = (*_DO_DEBITO, "boletos", "remessa_boletos", "retorno_boletos", *CENAS)
CONTRATO: dict[str, Any] = {"conta": "ITAU1", "carteira": "109", "endereco": "Rua A, 1", "formato": "CNAB400"}
ENDERECO = {"endereco": "Rua B, 2", "bairro": "Centro", "cidade": "Campinas", "uf": "SP", "cep": "13000-000"}
_JA_FEITO = {
    "retorno.ja_importado", "remessa.fechada", "cadastramento.ausente", "cadastramento.decisao", "desfazer.nao_pode",
}  # fmt: skip
_MIGRACOES = sorted((files("guiche.livro") / "migracoes").iterdir(), key=lambda p: p.name)
_DE_PASSAGEM = {"fato", "lembranca"}
"""Tabelas que só poupam trabalho: cada vez trazem outra coisa."""
_TABELAS = [
    t for t in re.findall(r"(?m)^CREATE TABLE (\w+)", "".join(p.read_text("utf-8") for p in _MIGRACOES))
    if t not in _DE_PASSAGEM
]  # fmt: skip
_ABAS = (
    "remessas", "remessa_linhas", "retornos", "retorno_linhas", "caixa", "movimento_banco", "boletos",
    "boleto_respostas", "divergencias", "clientes", "cadastramentos", "fechamentos", "comissoes", "diario",
)  # fmt: skip
_DA_VEZ = re.compile(r"[0-9a-f]{64}|.*:/.*")


def preparar(onde: Path, ato: str) -> Path:
    """A pasta de trabalho no ponto em que o ato começa."""
    if ato in CENAS:
        return CENAS[ato].preparar(onde)
    dia = HOJE + timedelta(days=10)
    devidos = [titulo(f"T{n}", dia, f"{10 + n}.50", f"C{n % 3}") for n in range(QUANTOS)]
    pessoas = [cliente(f"C{n}", n + 1, **ENDERECO) for n in range(3)]
    caminho = montar(onde, clientes=pessoas, titulos=devidos, contas=[CONTA, COBRANCA], cobranca=[CONTRATO])
    if ato in {"gerar", "boletos"}:
        return caminho
    de_boletos = ato.endswith("boletos")
    fazer(caminho, "boletos" if de_boletos else "gerar")
    if ato == "estornar":
        with na(caminho) as ctx:
            marcar(ctx, 1, "transmitida")
    if ato == "importar":
        retorno(next(onde.glob("remessas/*.rem")), onde / "banco.ret", CODIGOS)
    if ato == "retorno_boletos":
        fazer(caminho, "remessa_boletos")
        agora = datetime(2026, 8, 5, 9, 14)
        arquivo = next(onde.glob("remessas/*.rem"))
        responder(arquivo, onde / "banco.ret", agora=agora, escolha=Escolha(codigos=DESFECHOS))
    return caminho


def fazer(caminho: Path, ato: str) -> None:
    """O ato; se já foi feito numa tentativa anterior, o livro recusa e está bem."""
    try:
        with na(caminho) as ctx:
            if ato == "gerar":
                gerar(ctx)
            elif ato == "boletos":
                emissao.gerar(ctx, "", Filtros(optantes=True), juntar=False)
            elif ato == "remessa_boletos":
                remessa_boletos.gerar(ctx, "")
            elif ato == "estornar":
                estornar(ctx, 1)
            elif ato in CENAS:
                CENAS[ato].fazer(ctx)
            else:
                importar(ctx, caminho.parent / "banco.ret", baixar_em="CAIXA", confirmar=True)
    except ErroDeRegra as erro:
        if erro.codigo not in _JA_FEITO:
            raise


Fotografia = dict[str, list[tuple[Any, ...]]]


def fotografar(caminho: Path) -> Fotografia:
    """Tudo o que o livro guarda e as abas mostram, menos o que muda de uma pasta de trabalho para outra."""
    with na(caminho, date(2026, 8, 5)) as ctx:
        foto = {tabela: _linhas(ctx.livro, tabela) for tabela in _TABELAS}
    foto |= {f"aba {aba}": [tuple(linha.values()) for linha in ler(caminho, aba)] for aba in _ABAS}
    foto["aba titulos"] = [(t["numero"], t["situacao"], t["estado"]) for t in ler(caminho, "titulos")]
    return foto


def _linhas(livro: Livro, tabela: str) -> list[tuple[Any, ...]]:
    linhas = livro.consultar(f"SELECT * FROM {tabela}")  # noqa: S608
    return sorted((tuple(map(_da_vez, linha)) for linha in linhas), key=repr)


def _da_vez(valor: Any) -> Any:
    if isinstance(valor, bytes):
        return "bytes"
    return "da vez" if isinstance(valor, str) and _DA_VEZ.fullmatch(valor) else valor


def conferir(caminho: Path, ato: str, inteira: Mapping[str, Any]) -> None:
    """O que tem de valer depois do ato repetido: livro, disco e abas contam a história de quem nunca caiu."""
    sobras = [p.name for p in caminho.parent.rglob("*") if "provisorio" in p.name or p.name.endswith("trava")]
    assert not sobras, f"sobrou {sobras}"
    foto = fotografar(caminho)
    diferentes = {parte: (foto[parte], inteira[parte]) for parte in inteira if foto[parte] != inteira[parte]}
    assert not diferentes, f"difere de quem nunca caiu: {diferentes}"
    _conferir_disco(caminho)
    if ato == "boletos":
        _conferir_boletos(caminho)
    elif ato in _DO_DEBITO:
        _conferir_remessas(caminho, ato)
    elif ato in CENAS:
        assert resumir(caminho) == CENAS[ato].resumo


def _conferir_disco(caminho: Path) -> None:
    with na(caminho, date(2026, 8, 5)) as ctx:
        todas = remessas.listar(ctx.livro)
        for r in todas:
            guardado = arquivos.recuperar(ctx.livro, r.sha256)
            assert no_disco(caminho, r).read_bytes() == guardado, "arquivo diferente do livro"
    assert len(list(caminho.parent.glob("remessas/*"))) == len(todas), "arquivo a mais"


def _conferir_boletos(caminho: Path) -> None:
    """Nenhum nosso número em dobro nem pulado, nenhum título sem boleto, e o papel de todos."""
    with na(caminho, date(2026, 8, 5)) as ctx:
        todos = boletos.listar(ctx.livro)
        presos = sorted(laco.titulo for laco in boletos.lacos(ctx.livro))
    assert [b.numero for b in todos] == list(range(1, QUANTOS + 1)), "nosso número com furo ou repetido"
    assert presos == [f"T{n}" for n in range(QUANTOS)], "título perdido ou em dois boletos"
    impressos = [i.codigo_barras for p in sorted(caminho.parent.glob("boletos/*.pdf")) for i in reler(p.read_bytes())]
    assert impressos == [b.codigo_barras for b in todos], "papel que falta ou sobra"


def _conferir_remessas(caminho: Path, ato: str) -> None:
    with na(caminho, date(2026, 8, 5)) as ctx:
        todas = remessas.listar(ctx.livro)
        primeira = [linha.titulo for linha in remessas.linhas_da(ctx.livro, 1)]
        estados = [int(titulos.situacao(ctx.livro, f"T{n}").estado) for n in range(QUANTOS)]
    assert sorted(r.nsa for r in todas) == list(range(1, len(todas) + 1)), "NSA com furo ou repetido"
    assert len(todas) == (2 if ato == "estornar" else 1), "remessa a mais ou a menos"
    assert sorted(primeira) == [f"T{n}" for n in range(QUANTOS)], "título perdido ou repetido"
    esperados = {"gerar": [1] * 6, "importar": [4, 0, 4, 0, 4, 1], "estornar": [3] * 6}[ato]
    assert estados == esperados
    assert [t["estado"] for t in ler(caminho, "titulos")] == esperados, "a aba não mostra o livro"
    caixa = ler(caminho, "caixa")
    assert sum(Decimal(str(c["valor"])) for c in caixa) == (Decimal("37.50") if ato == "importar" else 0)
