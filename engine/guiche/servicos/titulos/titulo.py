"""Estornar e receber um título, à mão (S-16, S-17, S-90..S-94)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from guiche.dominio.cadastro import Titulo, numero_de
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import Situacao, de_outro, recebido
from guiche.dominio.estados import EM_CURSO, Efeito, Estado, Evento, transicao
from guiche.erros import ErroDeRegra
from guiche.livro import estornos, remessas, titulos
from guiche.livro.atos import registrar
from guiche.livro.remessas import LinhaEnviada
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.recebimento import Quitado
from guiche.oficio.recebimento import receber as gravar_recebimentos
from guiche.oficio.resultado import Resultado
from guiche.oficio.situacao import situacao_do_titulo
from guiche.servicos.ato import Meio, gravando, lendo
from guiche.servicos.titulos.recebimentos import descrever

REENVIAR, CONSIDERAR_CANCELADO = "REENVIAR", "CONSIDERAR CANCELADO"
DECISOES_DO_CANCELAMENTO = (REENVIAR, CONSIDERAR_CANCELADO)


@lendo("ver título")
def ver(ctx: Contexto, cadastros: Cadastros, numero: str) -> Resultado:
    """A situação de um título: cliente, valor, recebido, saldo e, se houver, a remessa. Não grava nada.

    Raises:
        ErroDeRegra: ``titulo.ausente``.
    """
    titulo = exigir(cadastros, numero)
    situacao = titulos.situacao(ctx.livro, numero)
    pago = recebido(titulo, situacao)
    estado = situacao_do_titulo(titulo, situacao, cadastros.empresas)
    vezes = f", na remessa {situacao.remessa}" if situacao.remessa else ""
    lancamentos = estornos.do_titulo(ctx.livro, numero)
    perdoado = sum(x.desconto for x in lancamentos)
    com = f", com R$ {escrever_reais(perdoado)} de desconto" if perdoado else ""
    relato = (
        f"Título {numero}, cliente {titulo.cliente}: {estado}{vezes}.",
        f"Valor R$ {escrever_reais(titulo.valor)}, vence em {titulo.vencimento:%d/%m/%Y}.",
        f"Recebido R$ {escrever_reais(pago - perdoado)}{com}; saldo R$ {escrever_reais(max(titulo.valor - pago, 0))}.",
        *descrever(lancamentos),
    )
    dados = {"titulo": numero, "situacao": estado, "valor": str(para_reais(titulo.valor)),
             "recebido": str(para_reais(pago - perdoado)), "desconto": str(para_reais(perdoado)),
             "remessa": situacao.remessa or None}  # fmt: skip
    return Resultado("ver título", relato, dados)


@gravando("estornar título")
def estornar(ctx: Contexto, cadastros: Cadastros, numero: str, motivo: str, encerrado: str = "ESTORNADO") -> Meio:
    """Tira o título da carteira; se o débito está no banco, pede o cancelamento na próxima remessa (T4).

    ``encerrado`` é ``ESTORNADO`` ou ``NOTA CANCELADA``.

    Raises:
        ErroDeRegra: ``titulo.ausente``; ``titulo.pago``, se já foi debitado.
    """
    exigir(cadastros, numero)
    situacao = titulos.situacao(ctx.livro, numero)
    _recusar_se_preso(numero, situacao)
    passo = transicao(situacao.estado, Evento.ESTORNAR_TITULO)
    if passo.efeito is Efeito.RECUSA:
        raise ErroDeRegra("titulo.pago", f"título {numero}: {passo.aviso}")
    antes = {"titulo": numero, "estado": int(situacao.estado), "encerrado": situacao.encerrado}
    depois = {"titulo": numero, "estado": int(passo.para), "encerrado": encerrado, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "estornar título", antes=antes, depois=depois)
    titulos.encerrar(ctx.livro, ato, numero, encerrado, motivo)
    if passo.efeito is Efeito.MUDA and not situacao.liberada:
        mudanca = [(situacao.linha_id, situacao.estado, passo.para)]
        remessas.mudar_estados(ctx.livro, ato, Evento.ESTORNAR_TITULO, mudanca)
    yield
    destino = "o cancelamento irá na próxima remessa" if passo.efeito is Efeito.MUDA else passo.aviso
    dados = {"titulo": numero, "estado": int(passo.para)}
    return Resultado("estornar título", (f"Título {numero} estornado: {destino}.",), dados)


class Onde(NamedTuple):
    """O dia de um recebimento e aonde vai o dinheiro."""

    dia: date
    baixar_em: str
    """``CAIXA`` ou ``CONTA``."""
    conta: str


def receber(
    ctx: Contexto, numero: str, valor: int, *, dia: date, baixar_em: str = "CAIXA", conta: str = ""
) -> Resultado:
    """Recebe um título no balcão sem desconto: ``receber_com_desconto`` diz o resto."""
    return receber_com_desconto(ctx, numero, valor, 0, Onde(dia, baixar_em, conta))


@gravando("receber")
def receber_com_desconto(
    ctx: Contexto, cadastros: Cadastros, numero: str, valor: int, desconto: int, onde: Onde
) -> Meio:
    """Recebe um título no balcão, no todo ou em parte. Valor recebido e desconto em centavos.

    O desconto quita o título sem que o dinheiro entre (S-94). Título com débito no banco (estados 1, 2 e 3) não
    pode ser pago.

    Raises:
        ErroDeRegra: ``titulo.ausente``, ``titulo.bloqueado``, ``titulo.encerrado``, ``titulo.valor``.
    """
    titulo = exigir(cadastros, numero)
    if valor <= 0 or desconto < 0:
        raise ErroDeRegra("titulo.valor", "o valor recebido tem de ser maior que zero, e o desconto, zero ou mais")
    codigo = cadastros.conta(onde.conta).codigo if onde.baixar_em == "CONTA" else ""
    quita = valor + desconto
    situacao = titulos.situacao(ctx.livro, numero)
    _recusar_se_o_fechamento_vai(ctx, titulo)
    if dono := de_outro(titulo, situacao, cadastros.empresas):
        raise ErroDeRegra("titulo.outro_cliente", f"o número {numero} já se usou com o cliente {dono}")
    conferir_recebimento(titulo, situacao, quita)
    pago = recebido(titulo, situacao)
    depois = {"titulo": numero, "centavos": valor, "desconto": desconto or "", "recebido": pago + quita}
    ato = registrar(ctx.livro, ctx.autor, "receber", antes={"recebido": pago}, depois=depois)
    quitado = Quitado(numero, titulo.cliente, quita, onde.dia.isoformat(), None, 0, desconto)
    gravar_recebimentos(ctx.livro, ato, cadastros, [quitado], (onde.baixar_em, codigo, None))
    yield
    resto = titulo.valor - pago - quita
    fim = "título pago" if resto == 0 else f"saldo de R$ {escrever_reais(resto)}"
    com = f", com R$ {escrever_reais(desconto)} de desconto" if desconto else ""
    dados = {"titulo": numero, "valor": str(para_reais(valor)), "desconto": str(para_reais(desconto)),
             "saldo": str(para_reais(resto))}  # fmt: skip
    return Resultado("receber", (f"Título {numero}: recebido R$ {escrever_reais(valor)}{com}; {fim}.",), dados)


@gravando("decidir cancelamento")
def decidir_cancelamento(ctx: Contexto, _: Cadastros, numero: str, decisao: str, motivo: str) -> Meio:
    """Resolve o cancelamento que o banco não achou, ou a que não respondeu: reenviar, ou dar o débito por cancelado.

    ``numero`` é o que o débito leva, também o de um título que já saiu da aba, ou o de um fechamento.

    Raises:
        ErroDeRegra: ``cancelamento.ausente`` ou ``cancelamento.decisao``.
    """
    if decisao not in DECISOES_DO_CANCELAMENTO:
        opcoes = " ou ".join(DECISOES_DO_CANCELAMENTO)
        raise ErroDeRegra("cancelamento.decisao", f"a decisão {decisao!r} não se entende; são: {opcoes}")
    linhas = _por_resolver(ctx, numero, decisao)
    depois = {"titulo": numero, "decisao": decisao, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "decidir cancelamento", depois=depois)
    if decisao == REENVIAR:
        remessas.reenviar_cancelamentos(ctx.livro, ato, linhas)
    else:
        mudancas = [(linha.id, linha.estado, Estado.CANCELADO) for linha in linhas]
        remessas.mudar_estados(ctx.livro, ato, "dar por cancelado", mudancas)
    yield
    fim = "o cancelamento irá na próxima remessa" if decisao == REENVIAR else "o débito fica como cancelado"
    return Resultado("decidir cancelamento", (f"Título {numero}: {fim}.",), {"titulo": numero, "decisao": decisao})


def _por_resolver(ctx: Contexto, numero: str, decisao: str) -> list[LinhaEnviada]:
    """Os débitos do título cujo cancelamento a decisão resolve."""
    hoje = ctx.autor.hoje.isoformat()
    linhas = remessas.do_titulo(ctx.livro, numero, {Estado.A_CANCELAR, Estado.CANCELAMENTO_ENVIADO})
    paradas = [i for i in linhas if i.vencimento < hoje or i.estado == Estado.A_CANCELAR]
    if not paradas:
        raise ErroDeRegra("cancelamento.ausente", f"o título {numero} não tem cancelamento à espera de decisão")
    if decisao == CONSIDERAR_CANCELADO:
        return paradas
    a_tempo = [i for i in paradas if i.vencimento >= hoje]
    if not a_tempo:
        raise ErroDeRegra("cancelamento.decisao", f"o débito do título {numero} já venceu: o banco não o cancela mais")
    if not any(i.revisar for i in a_tempo):
        raise ErroDeRegra("cancelamento.decisao", f"o cancelamento do título {numero} já vai na próxima remessa")
    return a_tempo


@gravando("recomeçar título")
def recomecar(ctx: Contexto, cadastros: Cadastros, numero: str, motivo: str) -> Meio:
    """Começa de novo um título cujo número já se usou: o que o livro tinha dele deixa de contar, e nada se apaga.

    Raises:
        ErroDeRegra: ``titulo.ausente``; ``titulo.bloqueado``, ``titulo.em_boleto`` ou ``titulo.no_fechamento``, se o
            de antes ainda está no banco.
    """
    titulo = exigir(cadastros, numero)
    situacao = titulos.situacao(ctx.livro, numero)
    _recusar_se_preso(numero, situacao)
    if situacao.estado in EM_CURSO:
        razao = f"título {numero}: o débito de antes ainda está no banco, na remessa {situacao.remessa}"
        raise ErroDeRegra("titulo.bloqueado", razao)
    depois = {"titulo": numero, "cliente": titulo.cliente, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "recomeçar título", antes={"cliente": situacao.cliente}, depois=depois)
    titulos.recomecar(ctx.livro, ato, numero)
    yield
    return Resultado("recomeçar título", (f"O título {numero} começa de novo, do cliente {titulo.cliente}.",), depois)


def exigir(cadastros: Cadastros, numero: str) -> Titulo:
    """O título da aba Títulos.

    Raises:
        ErroDeRegra: ``titulo.ausente``.
    """
    for titulo in cadastros.titulos:
        if titulo.numero == numero:
            return titulo
    raise ErroDeRegra("titulo.ausente", f"não há título {numero} na aba Títulos")


def _recusar_se_o_fechamento_vai(ctx: Contexto, titulo: Titulo) -> None:
    """Título de fechamento que está no banco não se recebe à parte; recusado o fechamento, sim (S-109)."""
    if titulo.fechamento:
        situacao = titulos.situacao(ctx.livro, numero_de(titulo.fechamento))
        if situacao.no_banco:
            razao = f"o fechamento {titulo.fechamento} está na remessa {situacao.remessa}, sem resposta do banco"
            raise ErroDeRegra("titulo.bloqueado", f"título {titulo.numero}: {razao}")


def _recusar_se_preso(numero: str, situacao: Situacao) -> None:
    """Título num boleto ativo, ou num fechamento que está no banco, não se paga nem se estorna (S-90, S-106)."""
    if situacao.boleto:
        raise ErroDeRegra("titulo.em_boleto", f"o título {numero} está no boleto {situacao.boleto}")
    if situacao.fechamento:
        razao = f"o título {numero} está no banco, a débito no fechamento {situacao.fechamento}"
        raise ErroDeRegra("titulo.no_fechamento", razao)


def conferir_recebimento(titulo: Titulo, situacao: Situacao, valor: int) -> None:
    """Recusa o recebimento que não se pode fazer; valor em centavos.

    Raises:
        ErroDeRegra: ``titulo.em_boleto``, ``titulo.bloqueado``, ``titulo.encerrado`` ou ``titulo.valor``.
    """
    _recusar_se_preso(titulo.numero, situacao)
    saldo = titulo.valor - recebido(titulo, situacao)
    passo = transicao(situacao.estado, Evento.PAGAR, liberada=situacao.liberada)
    if passo.efeito is Efeito.RECUSA and not (situacao.estado == 4 and saldo > 0):  # noqa: PLR2004  débito parcial
        remessa = f" (remessa {situacao.remessa})" if situacao.remessa else ""
        raise ErroDeRegra("titulo.bloqueado", f"título {titulo.numero}{remessa}: {passo.aviso}")
    if titulo.encerrado or situacao.encerrado:
        raise ErroDeRegra("titulo.encerrado", f"título {titulo.numero} está encerrado")
    if not 0 < valor <= saldo:
        raise ErroDeRegra(
            "titulo.valor",
            f"o valor R$ {escrever_reais(valor)} não serve: o saldo do título é R$ {escrever_reais(saldo)}",
        )
