"""O que a pasta de trabalho mostra dos optantes, e o que nela se escreve quando se aceita um cadastramento."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from guiche.bancos.perfil import perfil
from guiche.debito.bloqueios import BLOQUEADOS, bloqueios
from guiche.dominio.cadastro import Cliente
from guiche.dominio.elegibilidade import Regras, escrever_data, recusa_da_autorizacao, recusa_do_cliente
from guiche.dominio.filtros import Filtros
from guiche.dominio.motivos import Motivo
from guiche.erros import ErroDeRegra
from guiche.exame.clientes import com_digito_errado
from guiche.livro import cadastramentos
from guiche.livro.cadastramentos import A_DECIDIR, EXCLUSAO, INCLUSAO, Cadastramento
from guiche.oficio.cadastros import Cadastros, codigo_da_celula
from guiche.oficio.contexto import Contexto
from guiche.oficio.remetente import remetente_da
from guiche.vistas.visao import Visao

NA_ABA = 10_000
_COLUNAS_DO_BANCO = ("optante", "banco", "agencia", "operacao", "conta", "conta_dv", "autorizacao_data",
                     "autorizacao_canal", "autorizacao_cancelada")  # fmt: skip
_ESCRITOS = "cadastros_aceitos"
_DO_OPERADOR = ("decisao", "cliente", "porque")


def dos_clientes(visao: Visao) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Linha na aba Clientes → situação do optante e pendência."""
    ctx, cadastros = visao.ctx, visao.cadastros
    folha = ctx.pasta.ler("clientes", ("codigo",))
    bancos = {c.banco: perfil(c.banco).usa_operacao for c in cadastros.contas.values() if c.produto == "DEBITO"}
    presos = bloqueios_das_contas(ctx, cadastros)
    for numero, (codigo,) in zip(folha.numeros, folha.linhas, strict=True):
        if cliente := cadastros.clientes.get(codigo_da_celula(codigo)):
            yield numero, _situacao(cliente, bancos, ctx.autor.hoje, presos.get(cliente.banco, {}))


def quem_esta_bloqueado(visao: Visao) -> str:
    """Os optantes que não se debitam, e por quê: é o que do livro se mostra na aba Clientes."""
    presos = bloqueios_das_contas(visao.ctx, visao.cadastros)
    return hashlib.blake2b(repr(sorted(presos.items())).encode(), digest_size=12).hexdigest()


def datas_ja_passadas(visao: Visao) -> str:
    """Quantas das datas de que a situação dos optantes depende já passaram, ou são de hoje."""
    hoje, clientes = visao.hoje, visao.cadastros.clientes.values()
    datas = [d for c in clientes for d in (c.autorizacao_data, c.autorizacao_cancelada, c.autorizacao_validade) if d]
    return f"{sum(d < hoje for d in datas)} {sum(d == hoje for d in datas)}"


def bloqueios_das_contas(ctx: Contexto, cadastros: Cadastros) -> dict[str, dict[str, Motivo]]:
    """Banco → cliente → por que não se debita, nas contas de débito ativas."""
    presos: dict[str, dict[str, Motivo]] = {}
    for conta in cadastros.contas.values():
        if conta.produto == "DEBITO" and conta.ativa is not False:
            try:
                presos.setdefault(conta.banco, com_digito_errado(ctx, cadastros, conta.banco)).update(
                    bloqueios(ctx.livro, remetente_da(ctx, conta, cadastros.clientes))
                )
            except ErroDeRegra:  # a versão do layout não serve: quem gera a remessa o diz
                continue
    return presos


def _situacao(
    cliente: Cliente, bancos: Mapping[str, bool], hoje: date, presos: Mapping[str, Motivo]
) -> tuple[str, str]:
    if not cliente.optante:
        return "", ""
    banco = cliente.banco if cliente.banco in bancos else next(iter(bancos), cliente.banco)
    regras = Regras(hoje, banco, "", hoje, bancos.get(banco, False), Filtros(), presos)
    recusa = recusa_do_cliente(cliente, cliente.codigo, regras) or recusa_da_autorizacao(cliente, hoje, hoje)
    if recusa is None:
        return "OPTANTE", ""
    return "BLOQUEADO" if recusa.codigo in BLOQUEADOS else "PENDENTE", recusa.texto


def linhas_dos_cadastramentos(visao: Visao) -> list[tuple[Any, ...]]:
    """A aba Cadastramentos: o que espera decisão primeiro, com o que a pessoa já escreveu."""
    achados = cadastramentos.ultimos(visao.livro, NA_ABA)
    if not achados:
        return []
    escrito = visao.pasta.escritas("cadastramentos", _DO_OPERADOR, ("retorno", "linha"))
    return [_linha(c, visao.cadastros.clientes, escrito) for c in achados]


def _linha(
    c: Cadastramento, clientes: Mapping[str, Cliente], escrito: Mapping[tuple[Any, ...], Sequence[Any]]
) -> tuple[Any, ...]:
    cliente = clientes.get(c.cliente)
    celulas = escrito.get((c.retorno_id, c.seq), ("", "", "")) if c.situacao == A_DECIDIR else ("", "", "")
    return (
        *celulas, c.retorno_id, c.seq, nome_do_registro(c), c.situacao, c.cliente, cliente.nome if cliente else "",
        c.id_cliente, c.banco, date.fromisoformat(c.dia) if c.dia else None, proposta(c, cliente),
    )  # fmt: skip


def nome_do_registro(c: Cadastramento) -> str:
    """O que o banco disse, numa palavra."""
    if c.registro == "H":
        return "EXCLUSÃO RECUSADA" if c.movimento == EXCLUSAO else "ALTERAÇÃO RECUSADA"
    return "EXCLUSÃO" if c.movimento == EXCLUSAO else "INCLUSÃO"


def proposta(c: Cadastramento, cliente: Cliente | None) -> str:
    """O que há e, se há o que decidir, o que muda no cadastro: de → para."""
    if c.situacao != A_DECIDIR:
        return c.texto
    antes = (
        f"{cliente.banco}/{cliente.agencia}/{cliente.conta}-{cliente.conta_dv}" if cliente and cliente.conta else "–"
    )
    depois = f"{c.banco}/{c.agencia}/{c.conta}-{c.conta_dv}"
    if c.movimento == EXCLUSAO:
        dia = escrever_data(date.fromisoformat(c.dia)) if c.dia else ""
        return f"{c.texto}. Optante: Sim → Não; cancelada em {dia}"
    return f"{c.texto}. Optante → Sim; conta {antes} → {depois}"


def escrever_aceitos(ctx: Contexto, cadastros: Cadastros) -> Cadastros:
    """Escreve na aba Clientes o que se aceitou e ela ainda não mostra.

    A decisão está no livro antes, e a pasta diz até qual delas já escreveu: um ato que morra entre os dois é acabado
    pelo seguinte que refizer as abas, e nenhuma se escreve duas vezes por cima do que a pessoa mude depois.
    """
    aceitos = _por_escrever(ctx)
    if not aceitos:
        return cadastros
    ctx.pasta.definir_parametro(_ESCRITOS, str(aceitos[-1].decidido_ato))
    mudados = _aceitando(cadastros.clientes, aceitos)
    diferentes = {codigo: novo for codigo, novo in mudados.items() if novo is not cadastros.clientes[codigo]}
    if not diferentes:
        return cadastros
    folha = ctx.pasta.ler("clientes", ("codigo",))
    linhas = {codigo_da_celula(codigo): n for n, (codigo,) in zip(folha.numeros, folha.linhas, strict=True)}
    ctx.pasta.atualizar(
        "clientes", _COLUNAS_DO_BANCO, {linhas[codigo]: _celulas(novo) for codigo, novo in diferentes.items()}
    )
    return replace(cadastros, clientes=mudados)


def com_os_aceitos(ctx: Contexto, cadastros: Cadastros) -> Cadastros:
    """Os cadastros com o que outro operador acaba de aceitar, e a pasta de trabalho ainda não mostra.

    Quem gera a remessa leu a pasta antes de chegar a sua vez; quem saiu nesse meio-tempo não se debita.
    """
    aceitos = _por_escrever(ctx)
    return replace(cadastros, clientes=_aceitando(cadastros.clientes, aceitos)) if aceitos else cadastros


def _por_escrever(ctx: Contexto) -> Sequence[Cadastramento]:
    visto = ctx.pasta.parametro(_ESCRITOS)
    return cadastramentos.aceitos_depois(ctx.livro, int(visto) if visto.isdigit() else 0)


def _aceitando(clientes: Mapping[str, Cliente], aceitos: Sequence[Cadastramento]) -> dict[str, Cliente]:
    mudados = dict(clientes)
    for c in aceitos:
        if c.cliente in mudados:
            mudados[c.cliente] = aceitar(c, mudados[c.cliente])
    return mudados


def aceitar(c: Cadastramento, cliente: Cliente) -> Cliente:
    """O cliente como o banco o cadastrou, ou já fora do débito automático."""
    dia = date.fromisoformat(c.dia) if c.dia else None
    if c.movimento == INCLUSAO:
        return cliente._replace(
            optante=True, banco=c.banco, agencia=c.agencia, operacao=c.operacao or cliente.operacao, conta=c.conta,
            conta_dv=c.conta_dv, autorizacao_data=dia, autorizacao_canal="BANCO", autorizacao_cancelada=None,
        )  # fmt: skip
    return cliente._replace(optante=False, autorizacao_cancelada=dia)


def _celulas(cliente: Cliente) -> tuple[Any, ...]:
    valores = (getattr(cliente, coluna) for coluna in _COLUNAS_DO_BANCO)
    return tuple(("Sim" if v else "Não") if isinstance(v, bool) else v for v in valores)
