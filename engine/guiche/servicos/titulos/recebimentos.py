"""Estornar um recebimento, a qualquer tempo: o dinheiro sai, o título volta a dever, a comissão se desconta (C-17)."""

from __future__ import annotations

from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.erros import ErroDeRegra
from guiche.livro import estornos
from guiche.livro.atos import registrar
from guiche.livro.estornos import Lancamento
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravando


@gravando("estornar recebimento")
def estornar(ctx: Contexto, cadastros: Cadastros, titulo: str, lancamento: int | None, motivo: str) -> Meio:
    """Escreve ao contrário, com a data de hoje, um recebimento do título; sem ``lancamento``, o único que há.

    Raises:
        ErroDeRegra: ``recebimento.ausente`` ou ``recebimento.qual``.
    """
    hoje = ctx.autor.hoje.isoformat()
    um = _escolhido(ctx, titulo, lancamento)
    dinheiro = um.valor + um.juros - um.desconto
    depois = {"titulo": titulo, "lancamento": um.id, "centavos": dinheiro, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "estornar recebimento", depois=depois)
    estornos.devolver(ctx.livro, ato, [um], hoje)
    if fechamento := _fechamento(ctx, cadastros, um):
        estornos.devolver_comissao(ctx.livro, ato, um, fechamento, hoje)
    yield
    frase = f"Título {titulo}: estornado o recebimento {um.id}, de R$ {escrever_reais(dinheiro)}; volta a dever."
    dados = {"titulo": titulo, "lancamento": um.id, "valor": str(para_reais(dinheiro))}
    return Resultado("estornar recebimento", (frase,), dados)


def descrever(lancamentos: list[Lancamento]) -> list[str]:
    """Cada recebimento que vale, numa frase com o seu número."""
    return [
        f"Recebimento {x.id}, de {x.dia[8:10]}/{x.dia[5:7]}/{x.dia[:4]}: "
        f"R$ {escrever_reais(x.valor + x.juros - x.desconto)}, {'no caixa' if x.baixado_em == 'CAIXA' else 'na conta'}."
        for x in lancamentos
    ]


def _escolhido(ctx: Contexto, titulo: str, lancamento: int | None) -> Lancamento:
    valem = estornos.do_titulo(ctx.livro, titulo)
    achados = [x for x in valem if lancamento in {None, x.id}]
    if not achados:
        qual = f" {lancamento}" if lancamento else ""
        raise ErroDeRegra("recebimento.ausente", f"o título {titulo} não tem recebimento{qual} por estornar")
    if len(achados) > 1:
        raise ErroDeRegra("recebimento.qual", f"o título {titulo} tem mais de um. {' '.join(descrever(achados))}")
    return achados[0]


def _fechamento(ctx: Contexto, cadastros: Cadastros, um: Lancamento) -> str:
    """O fechamento por que o recebimento lançou comissão: o do título, se o ato a lançou por ele, ou o único do ato."""
    do_ato = estornos.fechamentos_do_ato(ctx.livro, um.ato)
    do_titulo = next((t.fechamento for t in cadastros.titulos if t.numero == um.titulo), "")
    guardados = estornos.fechamentos_do_titulo(ctx.livro, um)
    for candidatos in (guardados & do_ato, {do_titulo} & do_ato):
        if len(candidatos) == 1:
            return candidatos.pop()
    return ""
