"""O que se mudou à mão na pasta de um título que está no banco: vale o que foi, e a pessoa tem de o saber (C-11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from guiche.dominio.cadastro import Titulo, fechamento_de, numero_de
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.elegibilidade import ENCERRA_NO_BANCO
from guiche.dominio.estados import EM_CURSO
from guiche.livro import boletos, integridade, membros
from guiche.livro.conexao import Livro
from guiche.livro.membros import Congelado
from guiche.oficio.cadastros import Cadastros

A_DIZER = 8
"""Quantas mudanças um relato diz."""


class Mudado(NamedTuple):
    """Uma mudança."""

    numero: str
    """O número com que o débito anda no livro: o do título, ou o do fechamento."""
    frase: str


def no_debito(livro: Livro, cadastros: Cadastros) -> list[Mudado]:
    """As mudanças nos títulos e fechamentos que estão no banco, a débito."""
    da_aba = {t.numero: t for t in cadastros.titulos}
    congelados = membros.congelados(livro)
    return [
        *_na_remessa(livro, cadastros, da_aba),
        *(m for c in congelados for m in _no_fechamento(c, da_aba.get(c.titulo))),
        *_entraram_depois(cadastros, congelados),
    ]


def relato(livro: Livro, cadastros: Cadastros) -> list[str]:
    """As mudanças, como um relato as diz."""
    achadas = no_debito(livro, cadastros)
    mais = [f"Atenção: e mais {len(achadas) - A_DIZER} títulos mudados depois de irem ao banco."]
    return [*(f"Atenção: {m.frase}." for m in achadas[:A_DIZER]), *(mais if len(achadas) > A_DIZER else [])]


def _na_remessa(livro: Livro, cadastros: Cadastros, da_aba: Mapping[str, Titulo]) -> Iterator[Mudado]:
    for numero, cliente, valor, remessa in integridade.em_curso(livro, EM_CURSO):
        if codigo := fechamento_de(numero):
            fechamento = cadastros.fechamentos.get(codigo)
            if fechamento is None or fechamento.empresa != cliente:
                yield Mudado(numero, f"o fechamento {codigo} mudou ou saiu da aba depois de ir na remessa {remessa}")
            continue
        titulo = da_aba.get(numero)
        if titulo is None:
            yield Mudado(numero, f"o título {numero} está na remessa {remessa} e já não está na aba")
        elif titulo.cliente != cliente or titulo.valor < valor:
            foi = f"com R$ {escrever_reais(valor)}"
            yield Mudado(numero, f"o título {numero} mudou depois de ir na remessa {remessa}, {foi}")
        elif razao := _dado_por_pago(titulo, valor):
            yield Mudado(numero, f"{razao}, e o débito está no banco, na remessa {remessa}: estorne-o, ou desmarque-o")


def _dado_por_pago(titulo: Titulo, no_banco: int) -> str:
    """O que a pessoa escreveu que não casa com o que o banco ainda vai cobrar; vazio se casa."""
    if titulo.encerrado and titulo.encerrado not in ENCERRA_NO_BANCO:
        return f"o título {titulo.numero} está marcado como {titulo.encerrado}"
    if titulo.ja_recebido and titulo.valor - titulo.ja_recebido < no_banco:
        return f"o título {titulo.numero} tem Já recebido R$ {escrever_reais(titulo.ja_recebido)}"
    return ""


def _no_fechamento(c: Congelado, titulo: Titulo | None) -> Iterator[Mudado]:
    codigo = fechamento_de(c.fechamento)
    foi = f"o fechamento {codigo} está no banco, na remessa {c.remessa}, e o título {c.titulo}"
    if titulo is None:
        yield Mudado(c.fechamento, f"{foi}, que foi nele, já não está na aba")
    elif titulo.fechamento != codigo:
        yield Mudado(c.fechamento, f"{foi}, que foi nele, já não diz esse fechamento")
    elif titulo.cliente != c.cliente or titulo.valor - (titulo.ja_recebido or 0) < c.valor or titulo.encerrado:
        yield Mudado(c.fechamento, f"{foi} mudou depois de ir com R$ {escrever_reais(c.valor)}")
    elif titulo.valor - (titulo.ja_recebido or 0) > c.valor:
        yield Mudado(c.fechamento, f"{foi} foi com R$ {escrever_reais(c.valor)}, menos que o que agora se deve")


def _entraram_depois(cadastros: Cadastros, congelados: list[Congelado]) -> Iterator[Mudado]:
    dentro = {(c.titulo, c.fechamento): c.remessa for c in congelados}
    remessas = {c.fechamento: c.remessa for c in congelados}
    for t in cadastros.titulos:
        numero = numero_de(t.fechamento)
        if t.fechamento and not t.encerrado and numero in remessas and (t.numero, numero) not in dentro:
            frase = f"o título {t.numero} entrou no fechamento {t.fechamento} depois de este ir na remessa"
            yield Mudado(numero, f"{frase} {remessas[numero]}: fica para a próxima")


def nos_boletos(livro: Livro, da_aba: Mapping[str, Titulo], ativos: frozenset[int] | set[int]) -> Iterator[Mudado]:
    """As mudanças nos títulos dos boletos dados, que o cliente ainda pode pagar."""
    for laco in boletos.lacos(livro, ativos):
        titulo = da_aba.get(laco.titulo)
        if laco.desfeito_em:
            continue
        if titulo is None or titulo.valor < laco.valor:
            frase = f"o título {laco.titulo} mudou ou saiu da aba depois de entrar no boleto {laco.boleto}"
            yield Mudado(laco.titulo, frase)
        elif razao := _dado_por_pago(titulo, laco.valor):
            yield Mudado(laco.titulo, f"{razao}, e está no boleto {laco.boleto}, que ainda se pode pagar")
