"""As abas do débito automático: as remessas e suas linhas, os retornos e suas linhas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from guiche.dominio.cadastro import Cliente
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.estados import NOMES
from guiche.dominio.texto import contar
from guiche.livro import depois, historia, remessas, retornos
from guiche.livro.conexao import Linha, Livro, a_mostrar
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.oficio.cadastros import codigo_da_celula
from guiche.planilha.porta import Corpo, Ligacao
from guiche.vistas.titulos import resposta
from guiche.vistas.visao import Numeradas, Visao, numeradas

LINHAS_NA_PASTA = 100_000
"""Quantas linhas enviadas, respostas e recebimentos, os mais novos, a pasta mostra, ou até um décimo mais; o livro
guarda todos."""
BOLA_AMARELA, BOLA_PRETA = 2, 0
MOVIMENTOS = ("DÉBITO", "CANCELAMENTO")


def _momento(texto: str | None) -> datetime | None:
    return datetime.fromisoformat(texto) if texto else None


@cache
def _dia(texto: str | None) -> date | None:
    return date.fromisoformat(texto) if texto else None


def contas(visao: Visao) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Linha na aba Contas → o próximo NSA e a hora da última remessa."""
    folha = visao.pasta.ler("contas", ("codigo",))
    ultimas = {r.conta: r.gerada_em for r in reversed(list(visao.enviadas.values()))}
    for numero, (codigo,) in zip(folha.numeros, folha.linhas, strict=True):
        conta = visao.cadastros.contas.get(codigo_da_celula(codigo))
        if conta:
            nsa = historia.proximo_nsa(visao.livro, conta, conta.produto)
            yield numero, (nsa, _momento(ultimas.get(conta.codigo)))


def bola(remessa: Remessa) -> int:
    """Amarela: pode ser reenviada. Preta: processada, estornada ou descartada (S-56, S-57)."""
    return BOLA_AMARELA if remessa.situacao == "ATIVA" else BOLA_PRETA


def linhas_das_remessas(visao: Visao) -> list[tuple[Any, ...]]:
    """A aba Remessas, da mais nova à mais velha."""
    return [_remessa(r) for r in visao.enviadas.values()]


def _remessa(r: Remessa) -> tuple[Any, ...]:
    return (
        bola(r), r.id, r.conta, r.banco, r.convenio, r.nsa, r.tipo, r.situacao, _momento(r.gerada_em), r.usuario,
        Path(r.arquivo).name, r.linhas, para_reais(r.total_debito), para_reais(r.total_cancelamento),
        _momento(r.transmitida_em), _momento(r.confirmada_em), str(r.origem_id or ""), "",
    )  # fmt: skip


def linhas_enviadas(visao: Visao) -> Corpo:
    """As linhas das remessas, as mais novas."""
    quantas, linhas = remessas.ultimas_linhas(visao.livro, LINHAS_NA_PASTA)
    clientes, enviadas = visao.cadastros.clientes, visao.enviadas
    return Corpo(quantas, (_linha_enviada(linha, clientes, enviadas) for linha in map(LinhaEnviada._make, linhas)))


def enviadas_mudadas(visao: Visao, desde: int) -> Numeradas | None:
    """As linhas das remessas escritas ou mudadas depois do ato dado."""
    achadas = depois.linhas_mudadas(visao.livro, desde, LINHAS_NA_PASTA)
    clientes, enviadas = visao.cadastros.clientes, visao.enviadas
    return None if achadas is None else ((n, _linha_enviada(linha, clientes, enviadas)) for n, linha in achadas)


def _linha_enviada(
    linha: LinhaEnviada, clientes: Mapping[str, Cliente], enviadas: Mapping[int, Remessa]
) -> tuple[Any, ...]:
    remessa, cliente = enviadas[linha.remessa_id], clientes.get(linha.cliente)
    lida = resposta(remessa.banco, remessa.versao, linha.movimento, linha.codigo)
    nome = "SUBSTITUÍDA" if linha.substituida_por else NOMES[linha.estado]
    return (
        remessa.id, remessa.nsa, linha.seq, linha.titulo, linha.cliente, cliente.nome if cliente else "",
        remessa.banco, linha.agencia, linha.conta, _dia(linha.vencimento), para_reais(linha.valor),
        MOVIMENTOS[linha.movimento], int(linha.estado), nome, linha.codigo, lida.texto if lida else "",
    )  # fmt: skip


def linhas_dos_retornos(visao: Visao) -> list[tuple[Any, ...]]:
    """Os retornos, cada um com a ligação para as linhas dele que a aba mostra: estão juntas, e na ordem deles."""
    onde: dict[int, Ligacao] = {}
    for tabela, no_livro in (("retorno_linhas", "retorno_linha"), ("boleto_respostas", "retorno_boleto")):
        de_cada = retornos.quantas_linhas(visao.livro, no_livro)
        ate = a_mostrar(sum(quantas for _, quantas in de_cada), LINHAS_NA_PASTA)
        for retorno, todas in reversed(de_cada):
            quantas = min(todas, ate)
            if quantas:
                onde[retorno] = Ligacao(tabela, ate - quantas, ate - 1, contar(quantas, "linha"))
            ate -= quantas
    return [_retorno(r, onde.get(r.id)) for r in retornos.listar(visao.livro)]


def _retorno(r: retornos.Retorno, linhas: Ligacao | None) -> tuple[Any, ...]:
    return (
        r.id, r.numero, r.tipo, _dia(r.gerado_em), _momento(r.importado_em), r.usuario,
        r.arquivo, r.banco, r.convenio, r.registros, linhas, r.debitados, para_reais(r.total_debitado), r.recusados,
        r.cancelados, r.divergencias, _momento(r.desfeito_em),
    )  # fmt: skip


def linhas_respondidas(visao: Visao) -> Corpo:
    """As respostas aos débitos, as mais novas."""
    quantas, do_debito = retornos.ultimas_linhas(visao.livro, LINHAS_NA_PASTA)
    return Corpo(quantas, respostas_do_debito(visao.livro, do_debito))


def respondidas_novas(visao: Visao, desde: int) -> Numeradas | None:
    """As respostas aos débitos que vieram depois do ato dado."""
    novas = depois.respostas_novas(visao.livro, desde, LINHAS_NA_PASTA)
    return numeradas(novas, lambda linhas: respostas_do_debito(visao.livro, linhas))


def respostas_do_debito(livro: Livro, linhas: Iterable[Linha]) -> Iterator[tuple[Any, ...]]:
    """As linhas da aba Respostas do banco; cada uma dada é uma ``LinhaRecebida`` e a remessa respondida."""
    bancos = {r.id: (r.banco, r.versao) for r in retornos.listar(livro)}
    for *recebida, origem in linhas:
        i = retornos.LinhaRecebida._make(recebida)
        lida = resposta(*bancos[i.retorno_id], i.movimento, i.codigo)
        acao, quem = (i.aviso or lida.acao, lida.quem) if lida else (i.aviso, "")
        yield (
            i.retorno_id, i.seq, i.titulo, i.cliente, _dia(i.vencimento), para_reais(i.valor), i.codigo, i.classe,
            lida.texto if lida else "", acao, quem, i.resultado, str(origem or ""),
        )  # fmt: skip
