"""As abas do que o banco respondeu: as respostas dos boletos e as divergências, com o que a pessoa já decidiu nelas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from guiche.bancos.ocorrencias import motivo, ocorrencia
from guiche.dominio.cadastro import Titulo
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, recebido
from guiche.livro import boletos, retornos
from guiche.livro import divergencias as livro_das_divergencias
from guiche.livro.conexao import Livro
from guiche.livro.divergencias import Divergencia
from guiche.livro.respostas import RespostaDeBoleto
from guiche.vistas.visao import Visao

_DO_OPERADOR = ("decisao", "titulo", "porque")
_SUGESTOES = 3
NA_ABA = 10_000
"""Quantas divergências a aba mostra, as mais velhas; decididas essas, aparecem as outras."""
_NINGUEM = "ninguem"


def respostas_dos_boletos(livro: Livro, dadas: Iterable[RespostaDeBoleto]) -> Iterator[tuple[Any, ...]]:
    """As linhas da aba Respostas dos boletos: as respostas dadas, em palavras."""
    layouts = {r.id: _banco_e_formato(r.versao) for r in retornos.listar(livro) if r.tipo.startswith("COBRANCA")}
    return (_resposta(r, *layouts[r.retorno_id]) for r in dadas)


def _banco_e_formato(layout: str) -> tuple[str, str]:
    """De ``341.cnab400.retorno``, o banco e o formato com a variante."""
    banco, formato, _ = layout.split(".")
    return banco, formato


def _resposta(r: RespostaDeBoleto, banco: str, formato: str) -> tuple[Any, ...]:
    return (
        r.retorno_id, r.seq, str(r.boleto_id or ""), r.nosso_numero, r.documento, r.codigo, r.classe,
        *_em_palavras(banco, formato, r.codigo, r.motivos),
        r.resultado, r.aviso, _dia(r.ocorrencia_em), _dia(r.credito_em),
        _reais(r.valor), _reais(r.pago), _reais(r.liquido), _reais(r.tarifa),
        _reais(r.juros), _reais(None if r.desconto is None else r.desconto + (r.abatimento or 0)),
    )  # fmt: skip


@cache
def _em_palavras(banco: str, formato: str, codigo: str, motivos: str) -> tuple[str, str, str]:
    """O que houve, o que fazer e quem age."""
    lida = ocorrencia(banco, formato, codigo)
    houve = " ".join([lida.texto, *(motivo(banco, formato, codigo, m).texto for m in motivos.split())])
    return houve, lida.acao, "" if lida.quem == _NINGUEM else lida.quem


@cache
def _dia(texto: str | None) -> date | None:
    return date.fromisoformat(texto) if texto else None


def _reais(centavos: int | None) -> Any:
    return None if centavos is None else para_reais(centavos)


def divergencias(visao: Visao) -> list[tuple[Any, ...]]:
    """As que pedem decisão, com os títulos prováveis e o que a pessoa já escreveu."""
    livro = visao.livro
    abertas = livro_das_divergencias.abertas(livro, NA_ABA)
    if not abertas:
        return []
    escrito = visao.pasta.escritas("divergencias", _DO_OPERADOR, ("retorno", "linha"))
    do_boleto: dict[int, list[str]] = defaultdict(list)
    for laco in boletos.lacos(livro, {d.boleto for d in abertas if d.boleto is not None}):
        do_boleto[laco.boleto].append(laco.titulo)
    de_valor: dict[int, list[Titulo]] = defaultdict(list)
    for titulo in visao.cadastros.titulos:
        saldo = titulo.valor - recebido(titulo, visao.situacoes.get(titulo.numero, NUNCA_ENVIADO))
        if saldo > 0 and not titulo.encerrado:
            de_valor[saldo].append(titulo)
    return [
        (
            *escrito.get((d.retorno, d.linha), ("", "", "")), d.retorno, d.linha, d.quem, d.codigo, d.aviso,
            _reais(d.valor), _dia(d.dia), ", ".join(_provaveis(d, do_boleto, de_valor)),
        )
        for d in abertas
    ]  # fmt: skip


def _provaveis(
    d: Divergencia, do_boleto: Mapping[int, Sequence[str]], de_valor: Mapping[int, Sequence[Titulo]]
) -> list[str]:
    """Os títulos que o boleto juntava; senão, os de mesmo saldo, primeiro os de mesmo vencimento."""
    if d.boleto is not None and d.boleto in do_boleto:
        return list(do_boleto[d.boleto])
    iguais = sorted(de_valor.get(d.valor or -1, ()), key=lambda t: t.vencimento.isoformat() != d.vencimento)
    return [t.numero for t in iguais[:_SUGESTOES]]
