"""O fechamento como um título só, devido pela empresa: é assim que vai a débito (S-106, S-107)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from guiche.dominio.cadastro import Cliente, Empresa, Fechamento, Titulo, fechamento_de, numero_de
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Situacao, recebido
from guiche.erros import ErroDeRegra
from guiche.livro import membros as livro_dos_membros
from guiche.livro import remessas, titulos
from guiche.livro.conexao import Livro
from guiche.livro.membros import Membro
from guiche.oficio.cadastros import Cadastros


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
    return replace(cadastros, titulos=devidos, numeros=[], clientes=pagadoras, pagadores="empresas")


def devidos(partes: Iterable[Titulo], situacoes: Mapping[str, Situacao], fechamento: str) -> dict[str, int]:
    """Os centavos que de cada título se devem num fechamento; o que está em boleto, ou noutro no banco, fica fora."""
    saldos = {}
    for t in partes:
        s = situacoes.get(t.numero, NUNCA_ENVIADO)
        if not (t.encerrado or s.encerrado or s.boleto) and s.fechamento in {"", fechamento}:
            saldos[t.numero] = t.valor - recebido(t, s)
    return {numero: saldo for numero, saldo in saldos.items() if saldo > 0}


def congelar(livro: Livro, cadastros: Cadastros, remessa: int) -> None:
    """Guarda os títulos de cada fechamento que a remessa leva a débito, e o que de cada um se deve."""
    linhas = [i for i in remessas.linhas_da(livro, remessa) if i.movimento == 0 and fechamento_de(i.titulo)]
    juntos = membros(cadastros)
    for linha in linhas:
        codigo = fechamento_de(linha.titulo)
        lista = {t.numero: t for t in juntos.get(codigo, ())}
        saldos = devidos(lista.values(), titulos.situacoes(livro, lista), "")
        livro_dos_membros.guardar(livro, [
            Membro(linha.cadeia, numero, lista[numero].cliente, lista[numero].vencimento.isoformat(), saldo)
            for numero, saldo in saldos.items()
        ])  # fmt: skip


def _titulo(fechamento: Fechamento, partes: Iterable[Titulo], situacoes: Mapping[str, Situacao]) -> Titulo:
    """Um título só: a soma dos saldos que ainda se devem. O que está em boleto não vai a débito."""
    partes = list(partes)
    total = sum(devidos(partes, situacoes, fechamento.codigo).values())
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
    return replace(cadastros, titulos=devidos, numeros=[], clientes=pagadoras, pagadores="empresas")
