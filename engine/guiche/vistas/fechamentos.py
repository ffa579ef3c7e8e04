"""As abas Fechamentos (só as colunas do Guichê) e Comissões."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from guiche.dominio.cadastro import Fechamento, Titulo, numero_de
from guiche.dominio.dinheiro import para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.dominio.estados import NOMES
from guiche.livro import comissoes, titulos
from guiche.livro.conexao import Livro
from guiche.oficio.cadastros import Cadastros, codigo_da_celula
from guiche.oficio.fechamentos import membros
from guiche.vistas.visao import Visao


def colunas(visao: Visao) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Linha na aba Fechamentos → as colunas do Guichê."""
    if not visao.cadastros.fechamentos:
        return
    folha = visao.pasta.ler("fechamentos", ("codigo",))
    linhas = {codigo_da_celula(codigo): numero for numero, (codigo,) in zip(folha.numeros, folha.linhas, strict=True)}
    for codigo, valores in de_cada(visao.livro, visao.cadastros):
        if codigo in linhas:
            yield linhas[codigo], valores


def de_cada(livro: Livro, cadastros: Cadastros) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Código do fechamento e suas colunas do Guichê."""
    juntos = membros(cadastros)
    situacoes = titulos.situacoes(livro, (t.numero for lista in juntos.values() for t in lista))
    proprias = titulos.situacoes(livro, map(numero_de, cadastros.fechamentos))
    lancado: dict[str, int] = defaultdict(int)
    for comissao in comissoes.listar(livro):
        lancado[comissao.fechamento] += comissao.valor
    for codigo, fechamento in cadastros.fechamentos.items():
        propria = proprias.get(numero_de(codigo), NUNCA_ENVIADO)
        lista = juntos.get(codigo, ())
        pago = sum(recebido(t, situacoes.get(t.numero, NUNCA_ENVIADO)) for t in lista)
        total = sum(t.valor for t in lista)
        empresa = cadastros.empresas.get(fechamento.empresa)
        yield codigo, (
            empresa.nome if empresa else "", len(lista), para_reais(total), para_reais(pago),
            _situacao(fechamento, propria, (total, pago), lista, situacoes), str(propria.remessa or ""),
            para_reais(lancado[codigo]),
        )  # fmt: skip


def _situacao(
    fechamento: Fechamento,
    propria: Situacao,
    contas: tuple[int, int],
    lista: Sequence[Titulo],
    situacoes: Mapping[str, Situacao],
) -> str:
    total, pago = contas
    if propria.no_banco:
        return NOMES[propria.estado]
    if any(situacoes.get(t.numero, NUNCA_ENVIADO).boleto for t in lista):
        return "EM BOLETO"
    if total and pago >= total:
        return "PAGO"
    return fechamento.encerrado or ("PARCIAL" if pago else "EM ABERTO")


def linhas_das_comissoes(visao: Visao) -> list[tuple[Any, ...]]:
    """As comissões, na ordem em que se lançaram."""
    return [
        (
            date.fromisoformat(c.dia), c.vendedor, c.empresa, c.fechamento, para_reais(c.base),
            Decimal(c.percentual).scaleb(-4), para_reais(c.valor), str(c.retorno or ""),
        )
        for c in comissoes.listar(visao.livro)
    ]  # fmt: skip
