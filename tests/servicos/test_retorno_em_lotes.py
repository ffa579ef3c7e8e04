"""O retorno que não cabe num lote: o que um lote muda vale para os seguintes, na prévia e ao gravar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guiche.arquivos.cobranca import abrir
from guiche.arquivos.plano import Titulo
from guiche.livro import pedidos
from guiche.livro.conexao import CHAVES_POR_VEZ, Livro, propriedade
from guiche.oficio.traducao import chave_do_boleto
from guiche.servicos.cobranca import remessa
from guiche.servicos.retornos.importar import importar
from tests.servicos.apoio import ler, na, titulo
from tests.servicos.test_retorno_boletos import AGORA, DIA, arquivo, emitidos, importado, pasta, resposta

QUANTOS = 400


def retorno(caminho: Path, sem_chave_desde: int) -> Path:
    """Cada boleto se registra, e depois se paga; o primeiro paga-se de novo, e o último, baixado, também se paga.

    De certo título em diante o banco não devolve o que se pôs no uso da empresa.
    """
    emitido = emitidos(caminho)
    with na(caminho) as ctx:
        remessa.gerar(ctx, "")
        marca = propriedade(ctx.livro, "marca")
    *pagos, baixado = emitido
    linhas = [resposta(b, "02", classe="ENTRADA_CONFIRMADA", valor_pago=None) for b in emitido]
    linhas += [resposta(baixado, "09", classe="BAIXA", valor_pago=None)]
    linhas += [resposta(b, valor_tarifa=100) for b in pagos]
    linhas += [resposta(pagos[0]), resposta(baixado)]
    de_quem = [*emitido, baixado, *pagos, pagos[0], baixado]

    def com_chave(n: int, linha: Titulo) -> Titulo:
        return linha if n >= sem_chave_desde else linha._replace(uso_empresa=chave_do_boleto(marca, de_quem[n].id))

    return arquivo(caminho, [com_chave(n, linha) for n, linha in enumerate(linhas)])


@pytest.mark.parametrize("sem_chave_desde", [0, QUANTOS + 300, 10_000], ids=["sem chave", "misturado", "com chave"])
def test_o_que_um_lote_muda_vale_para_os_outros(tmp_path: Path, sem_chave_desde: int) -> None:
    caminho = pasta(tmp_path, [titulo(f"T{n}", DIA, "10.00", "AB"[n % 2]) for n in range(QUANTOS)])
    feito = retorno(caminho, sem_chave_desde)
    assert len([lote for lote in abrir(feito).lotes() if lote]) > 1
    with na(caminho, AGORA.date()) as ctx:
        previa = importar(ctx, feito)
    depois = importado(caminho, feito)
    assert {**depois.dados, "codigo": None} == dict(previa.dados)
    assert previa.detalhar() == depois.detalhar()
    assert Counter(str(r["situacao"]) for r in ler(caminho, "boleto_respostas")) == {
        "REGISTRADO": QUANTOS, "BAIXADO": 1, "PAGO": QUANTOS - 1, "DIVERGÊNCIA": 2,
    }  # fmt: skip
    avisos = [str(d["aviso"]) for d in ler(caminho, "divergencias")]
    assert [a.partition(":")[0] for a in avisos] == ["pago em duplicidade", "pago após baixa"]
    assert Counter(str(t["situacao"]) for t in ler(caminho, "titulos")) == {"PAGO": QUANTOS - 1, "EM ABERTO": 1}
    with na(caminho) as ctx:
        assert pedidos.em_aberto(ctx.livro) == {}
        eventos = ctx.livro.consultar("SELECT gatilho, COUNT(*) FROM boleto_evento GROUP BY gatilho ORDER BY gatilho")
        pagos = ctx.livro.valor("SELECT COUNT(*) FROM boleto WHERE valor_pago = 1000 AND estado = 'PAGO'")
    assert dict(eventos) == {"banco baixou": 1, "banco registrou": QUANTOS, "cliente pagou": QUANTOS - 1}
    assert pagos == QUANTOS - 1


def test_cada_lote_vai_direto_aos_seus_boletos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uma consulta que percorra todos a cada lote dobra o tempo por boleto quando os boletos dobram."""
    caminho = pasta(tmp_path, [titulo(f"T{n}", DIA, "10.00", "AB"[n % 2]) for n in range(20)])
    feito = retorno(caminho, 10_000)
    consultas: set[str] = set()
    por_chaves = Livro.por_chaves

    def anotada(livro: Livro, sql: str, chaves: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        consultas.add(sql.replace("#", ", ".join("?" * CHAVES_POR_VEZ)))
        return por_chaves(livro, sql, chaves)

    monkeypatch.setattr(Livro, "por_chaves", anotada)
    importado(caminho, feito)
    chaves = range(CHAVES_POR_VEZ)
    with na(caminho) as ctx:
        planos = {sql: [p[-1] for p in ctx.livro.consultar(f"EXPLAIN QUERY PLAN {sql}", chaves)] for sql in consultas}
    assert len(planos) >= 4
    for sql, passos in planos.items():
        assert passos[0].startswith("SEARCH"), sql
        assert re.search(r"\((rowid|boleto_id)=\?\)$", passos[0]), (sql, passos)
        assert not [passo for passo in passos if passo.startswith("SCAN")], (sql, passos)
