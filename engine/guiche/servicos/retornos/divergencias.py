"""Decidir o que o banco disse e não casa com o livro: vincular, receber em parte, lançar tarifa, ignorar (I-03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guiche.dominio.cadastro import Conta, fechamento_de
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, recebido
from guiche.dominio.estados import Efeito, Estado, Evento, transicao
from guiche.dominio.liquidacao import Parte, ratear
from guiche.erros import ErroDeRegra, Local
from guiche.livro import divergencias as livro_das_divergencias
from guiche.livro import remessas, respostas, retornos, titulos
from guiche.livro.atos import registrar
from guiche.livro.divergencias import Divergencia
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.decisoes import escritas
from guiche.oficio.fechamentos import membros
from guiche.oficio.recebimento import lancar_comissoes
from guiche.oficio.resultado import Resultado, recusa
from guiche.servicos.ato import Meio, gravando
from guiche.servicos.titulos.titulo import conferir_recebimento, exigir
from guiche.vistas.do_banco import NA_ABA

_DESFECHOS = {
    Estado.LIVRE: "o título {} está livre, como se o banco não o tivesse debitado",
    Estado.A_CANCELAR: "o cancelamento do título {} irá de novo",
    Estado.CANCELADO: "o débito do título {} não ocorreu, e nada há a cancelar",
    Estado.DEBITADO: "",
}
VINCULAR, BAIXAR_PARCIAL, LANCAR_TARIFA, IGNORAR = "VINCULAR", "BAIXAR PARCIAL", "LANCAR TARIFA", "IGNORAR"


class _Escrito(NamedTuple):
    """O que a pessoa escreveu numa linha da aba Divergências."""

    decisao: str
    titulo: str
    motivo: str


def listar(ctx: Contexto) -> Resultado:
    """As divergências em aberto. Não grava nada."""
    abertas = livro_das_divergencias.abertas(ctx.livro, NA_ABA)
    linhas = [
        f"Retorno {d.retorno}, linha {d.linha}: {d.quem or '(não identificado)'}, "
        f"R$ {escrever_reais(d.valor or 0)}: {d.aviso}"
        for d in abertas
    ]
    dados = [d._asdict() | {"valor": None if d.valor is None else str(para_reais(d.valor))} for d in abertas]
    return Resultado("divergências", tuple(linhas) or ("Nenhuma divergência em aberto.",), {"divergencias": dados})


def decidir(
    ctx: Contexto, retorno: int | None, linha: int | None, decisao: str = "", titulo: str = "", motivo: str = ""
) -> Resultado:
    """Aplica a decisão a uma linha de um retorno; sem linha, as decisões escritas na aba Divergências.

    Raises:
        ErroDeRegra: ``divergencia.ausente``, ``divergencia.decisao``, ou o título não se pode receber.
    """
    onde = None if retorno is None or linha is None else (retorno, linha)
    return _decidir_as_pedidas(ctx, onde, _Escrito(decisao, titulo, motivo))


@gravando("decidir divergências")
def _decidir_as_pedidas(ctx: Contexto, cadastros: Cadastros, uma: tuple[int, int] | None, escrito: _Escrito) -> Meio:
    if uma is None:
        pedidas, problemas = escritas(ctx.pasta, "divergencias", _Escrito._make)
        if problemas:
            return recusa("decidir divergências", problemas)
    else:
        pedidas = [(uma, escrito)]
    if not pedidas:
        raise ErroDeRegra("divergencia.decisao", "nenhuma linha da aba Divergências tem decisão escrita")
    relato = [
        _decidir(ctx, cadastros, livro_das_divergencias.aberta(ctx.livro, *onde), onde, escrito)
        for onde, escrito in pedidas
    ]
    yield
    return Resultado("decidir divergências", tuple(relato), {"decididas": len(relato)})


def _decidir(
    ctx: Contexto, cadastros: Cadastros, d: Divergencia | None, onde: tuple[int, int], escrito: _Escrito
) -> str:
    if d is None:
        raise ErroDeRegra(
            "divergencia.ausente", f"não há divergência em aberto na linha {onde[1]} do retorno {onde[0]}"
        )
    if d.retorno == livro_das_divergencias.DO_LIVRO:
        raise ErroDeRegra("divergencia.decisao", f"isto não se decide aqui: {d.aviso}")
    decisao, escritos, motivo = escrito
    local = Local(f"retorno {d.retorno}", d.linha)
    depois = {"retorno": d.retorno, "linha": d.linha, "decisao": decisao, "titulos": escritos, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "decidir divergência", depois=depois)
    if decisao in {VINCULAR, BAIXAR_PARCIAL}:
        _fechar_debito(ctx, ato, d, Evento.DEBITADO)
        frase = _vincular(ctx, ato, cadastros, d, _titulos_escritos(cadastros, d, escritos), decisao)
    elif decisao == LANCAR_TARIFA:
        frase = _tarifar(ctx, ato, cadastros, d)
    elif decisao == IGNORAR:
        frase = _fechar_debito(ctx, ato, d, Evento.NAO_DEBITADO) or "nada a fazer"
    else:
        opcoes = ", ".join((VINCULAR, BAIXAR_PARCIAL, LANCAR_TARIFA, IGNORAR))
        raise ErroDeRegra("divergencia.decisao", f"a decisão {decisao!r} não se entende; são: {opcoes}", local=local)
    livro_das_divergencias.decidir(ctx.livro, d, f"{decisao} {escritos}".strip())
    return f"Retorno {d.retorno}, linha {d.linha}: {frase}."


def _fechar_debito(ctx: Contexto, ato: int, d: Divergencia, evento: Evento) -> str:
    """Dá ao débito de uma resposta que não se entendeu o desfecho que a pessoa decidiu; diz o que mudou, se mudou."""
    linha = retornos.divergente(ctx.livro, d.retorno, d.linha) if not d.de_boleto else None
    if linha is None or linha.linha_id is None:
        return ""
    vigente = remessas.vigente_de(ctx.livro, linha.linha_id)
    if evento is Evento.NAO_DEBITADO and linha.movimento:
        evento = Evento.CANCEL_RECUSADO
    passo = transicao(vigente.estado, evento)
    if passo.efeito is not Efeito.MUDA:
        return ""
    remessas.mudar_estados(ctx.livro, ato, evento, [(vigente.id, vigente.estado, passo.para)])
    return _DESFECHOS[passo.para].format(vigente.titulo)


def _titulos_escritos(cadastros: Cadastros, d: Divergencia, escritos: str) -> list[str]:
    """Os títulos que a pessoa escreveu, ou o do débito; o fechamento vale pelos seus títulos."""
    do_debito = "" if d.de_boleto else d.quem
    pedidos = [t.strip() for t in escritos.split(",") if t.strip()] or [do_debito]
    juntos = membros(cadastros)
    return [
        numero
        for pedido in filter(None, pedidos)
        for numero in ([t.numero for t in juntos.get(fechamento_de(pedido), ())] or [pedido])
    ]


def _valor(d: Divergencia) -> int:
    if not d.valor:
        razao = "o banco não disse o valor: não há o que lançar"
        raise ErroDeRegra("divergencia.decisao", razao, local=Local(f"retorno {d.retorno}", d.linha))
    return d.valor


def _vincular(
    ctx: Contexto, ato: int, cadastros: Cadastros, d: Divergencia, numeros: Sequence[str], decisao: str
) -> str:
    local, valor = Local(f"retorno {d.retorno}", d.linha), _valor(d)
    if not numeros:
        raise ErroDeRegra("divergencia.decisao", "falta dizer de que título é o dinheiro", local=local)
    escolhidos = [exigir(cadastros, numero) for numero in dict.fromkeys(numeros)]
    situacoes = dict.fromkeys(numeros, NUNCA_ENVIADO) | titulos.situacoes(ctx.livro, numeros)
    partes = [Parte(t.numero, t.valor - recebido(t, situacoes[t.numero]), t.vencimento) for t in escolhidos]
    rateio = ratear(valor, 0, partes)
    if rateio.falta and decisao == VINCULAR:
        falta = escrever_reais(rateio.falta)
        raise ErroDeRegra("divergencia.decisao", f"o dinheiro não paga tudo: faltam R$ {falta}", local=local)
    por_numero = {t.numero: t for t in escolhidos}
    conta, dia = _conta(cadastros, d), d.dia or ctx.autor.hoje.isoformat()
    linhas = []
    for q in rateio.quitacoes:
        titulo = por_numero[q.titulo]
        conferir_recebimento(titulo, situacoes[q.titulo], q.principal)
        linhas.append((
            q.titulo, titulo.cliente, q.principal, dia, d.baixar_em, conta.codigo if conta else "", d.retorno, d.boleto,
            q.juros, q.desconto,
        ))  # fmt: skip
    if not linhas:
        raise ErroDeRegra("divergencia.decisao", "os títulos escolhidos já estão pagos", local=local)
    titulos.receber_de_boletos(ctx.livro, ato, linhas)
    quitados = [(q.titulo, q.principal - q.desconto, dia) for q in rateio.quitacoes]
    lancar_comissoes(ctx.livro, ato, cadastros, quitados, d.retorno)
    sobra = f", com R$ {escrever_reais(rateio.sobra)} a mais, como juros" if rateio.sobra else ""
    return f"R$ {escrever_reais(valor)} baixados em {', '.join(q.titulo for q in rateio.quitacoes)}{sobra}"


def _tarifar(ctx: Contexto, ato: int, cadastros: Cadastros, d: Divergencia) -> str:
    local, conta = Local(f"retorno {d.retorno}", d.linha), _conta(cadastros, d)
    if respostas.tarifado(ctx.livro, d.retorno, d.linha):
        raise ErroDeRegra("divergencia.decisao", "a tarifa desta linha já está no movimento bancário", local=local)
    valor, dia = _valor(d), d.dia or ctx.autor.hoje.isoformat()
    historico = f"Lançada à mão: {d.quem}"
    respostas.lancar_tarifas(
        ctx.livro, ato, [(d.retorno, d.linha, 1, conta.codigo if conta else "", dia, valor, historico)]
    )
    return f"tarifa de R$ {escrever_reais(valor)} lançada"


def _conta(cadastros: Cadastros, d: Divergencia) -> Conta | None:
    produto = "COBRANCA" if d.de_boleto else "DEBITO"
    iguais = (
        c for c in cadastros.contas.values() if (c.banco, c.convenio, c.produto) == (d.banco, d.convenio, produto)
    )
    return min(iguais, key=lambda c: c.ativa is False, default=None)
