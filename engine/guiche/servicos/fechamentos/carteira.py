"""O fechamento como um título só, devido pela empresa: é assim que vai a débito (S-106, S-107)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from guiche.dominio.cadastro import Cliente, Empresa, Fechamento, Titulo
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.erros import ErroDeRegra
from guiche.livro import titulos
from guiche.livro.conexao import Livro
from guiche.servicos.cadastros import Cadastros

_MARCA = "FECH "


def numero_de(fechamento: str) -> str:
    """Com que número o fechamento anda no livro, para que não se confunda com um título.

    >>> numero_de("12"), fechamento_de("FECH 12"), fechamento_de("12")
    ('FECH 12', '12', '')
    """
    return f"{_MARCA}{fechamento}"


def fechamento_de(numero: str) -> str:
    """O código do fechamento de um número do livro; vazio se é um título."""
    return numero.removeprefix(_MARCA) if numero.startswith(_MARCA) else ""


def membros(cadastros: Cadastros) -> Mapping[str, Sequence[Titulo]]:
    """Os títulos de cada fechamento."""
    por: dict[str, list[Titulo]] = defaultdict(list)
    for titulo in cadastros.titulos:
        if titulo.fechamento:
            por[titulo.fechamento].append(titulo)
    return por


def exigir(cadastros: Cadastros, codigos: Collection[str]) -> list[Fechamento]:
    """Os fechamentos de código dado; sem código, todos.

    Raises:
        ErroDeRegra: ``fechamento.ausente``, se não há, ou a empresa dele não está na aba.
    """
    pedidos = list(cadastros.fechamentos.values()) if not codigos else []
    for codigo in codigos:
        achado = cadastros.fechamentos.get(codigo)
        if achado is None:
            raise ErroDeRegra("fechamento.ausente", f"não há fechamento {codigo} na aba Fechamentos")
        pedidos.append(achado)
    for fechamento in pedidos:
        if fechamento.empresa not in cadastros.empresas:
            razao = f"a empresa {fechamento.empresa}, do fechamento {fechamento.codigo}, não está na aba"
            raise ErroDeRegra("fechamento.ausente", f"{razao} Empresas conveniadas")
    if not pedidos:
        raise ErroDeRegra("fechamento.ausente", "a aba Fechamentos está vazia")
    return pedidos


def para_debito(livro: Livro, cadastros: Cadastros, codigos: Collection[str]) -> Cadastros:
    """Os cadastros com cada fechamento no lugar dos títulos, e a empresa no lugar dos clientes."""
    juntos = membros(cadastros)
    pedidos = exigir(cadastros, codigos)
    numeros = [t.numero for f in pedidos for t in juntos.get(f.codigo, ())]
    situacoes = titulos.situacoes(livro, numeros)
    devidos = [_titulo(f, juntos.get(f.codigo, ()), situacoes) for f in pedidos]
    pagadoras = {f.empresa: como_cliente(cadastros.empresas[f.empresa]) for f in pedidos}
    return replace(cadastros, titulos=devidos, numeros=[], clientes=pagadoras)


def _titulo(fechamento: Fechamento, partes: Iterable[Titulo], situacoes: Mapping[str, Situacao]) -> Titulo:
    """Um título só: a soma dos saldos que ainda se devem. O que está em boleto não vai a débito."""
    partes = list(partes)
    saldos = [
        t.valor - recebido(t, s)
        for t in partes
        if not t.encerrado and not (s := situacoes.get(t.numero, NUNCA_ENVIADO)).encerrado and not s.boleto
    ]
    total = sum(s for s in saldos if s > 0)
    return Titulo(
        numero_de(fechamento.codigo), fechamento.empresa, "", "", fechamento.codigo, None, fechamento.vencimento, total,
        None, fechamento.encerrado or ("PAGO" if partes and not total else ""), "", "",
    )  # fmt: skip


def como_cliente(empresa: Empresa) -> Cliente:
    """A empresa conveniada como quem paga: a conta é a dela, não a dos membros."""
    return Cliente(
        empresa.codigo, empresa.nome, empresa.cnpj, empresa.codigo, "", True, empresa.banco, empresa.agencia,  # noqa: FBT003
        empresa.operacao, empresa.conta, empresa.conta_dv, "", None, "EMPRESA", "", None, "", None, empresa.endereco,
        empresa.bairro, empresa.cidade, empresa.uf, empresa.cep, empresa.email, "",
    )  # fmt: skip


def para_boletos(cadastros: Cadastros, codigos: Collection[str]) -> Cadastros:
    """Os títulos dos fechamentos pedidos, devidos pela empresa e no vencimento do fechamento, para um boleto só."""
    pedidos = {f.codigo: f for f in exigir(cadastros, codigos)}
    devidos = [
        t._replace(cliente=f.empresa, vencimento=f.vencimento, fechamento="", encerrado=t.encerrado or f.encerrado)
        for t in cadastros.titulos
        if (f := pedidos.get(t.fechamento))
    ]
    pagadoras = {f.empresa: como_cliente(cadastros.empresas[f.empresa]) for f in pedidos.values()}
    return replace(cadastros, titulos=devidos, numeros=[], clientes=pagadoras)
