"""Que títulos vão a que boletos: a mesma escolha para conferir e para gerar."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guiche.dominio import cpf_cnpj
from guiche.dominio.boletos import Aceito, Grupo, agrupar, recusa_para_boleto
from guiche.dominio.cadastro import Cliente, Cobranca, Condicao, Conta, Titulo
from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, de_outro, saldo
from guiche.dominio.encargos import Encargos, abusivos, clausulas, incoerencias
from guiche.dominio.filtros import Filtros
from guiche.dominio.motivos import Motivo, motivo, resumir
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.exame.clientes import do_endereco
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos, encargos_de
from guiche.oficio.situacoes import de_todos


@dataclass(frozen=True, slots=True)
class SelecaoDeBoletos:
    """Os boletos que se emitiriam, e os títulos que ficam fora."""

    conta: Conta
    cobranca: Cobranca
    clientes: Mapping[str, Cliente]
    titulos: Mapping[str, Titulo]
    grupos: Sequence[Grupo]
    fora: Sequence[tuple[Titulo, Motivo]]
    calendario: Calendario
    parcelas: Mapping[str, str]
    """Parcela de cada título que é de um documento em parcelas."""

    def sem(self, recusados: Mapping[int, Motivo]) -> SelecaoDeBoletos:
        """A seleção sem os boletos destas posições, cujos títulos ficam fora pela razão dada."""
        saem = [(self.titulos[n], razao) for i, razao in recusados.items() for n, _ in self.grupos[i].titulos]
        ficam = [g for i, g in enumerate(self.grupos) if i not in recusados]
        return replace(self, grupos=ficam, fora=[*self.fora, *saem])

    def relato(self) -> list[str]:
        """O resumo em português, com as razões de quem ficou fora, da mais comum à mais rara."""
        quantos, total = len(self.grupos), sum(g.valor for g in self.grupos)
        juntos = sum(len(g.titulos) for g in self.grupos)
        conselhos = Counter(filter(None, map(self._conselho, self.grupos)))
        return [
            f"A emitir: {contar(quantos, 'boleto')} de {contar(juntos, 'título')}, R$ {escrever_reais(total)}.",
            f"Fora: {contar(len(self.fora), 'título')}.",
            *resumir(m for _, m in self.fora),
            *(f"Repare: {n} × {texto}." for texto, n in conselhos.most_common(3)),
        ]

    def _conselho(self, grupo: Grupo) -> str:
        return conselho(grupo.valor, grupo.vencimento, grupo.encargos, self.calendario)

    def dados(self) -> dict[str, Any]:
        """O resumo para ``--json``."""
        total = sum(g.valor for g in self.grupos)
        return {"conta": self.conta.codigo, "boletos": len(self.grupos), "total": str(para_reais(total)),
                "fora": len(self.fora)}  # fmt: skip

    def detalhar(self) -> dict[str, Any]:
        """Cada boleto e cada título fora, para ``--json``."""
        grupos = [
            {"cliente": g.cliente, "vencimento": g.vencimento.isoformat(), "valor": str(para_reais(g.valor)),
             "titulos": [numero for numero, _ in g.titulos], "conselho": self._conselho(g)}
            for g in self.grupos
        ]  # fmt: skip
        fora = [{"titulo": t.numero, "motivo": m.codigo, "texto": m.texto, "fazer": m.fazer} for t, m in self.fora]
        return {"grupos": grupos, "titulos_fora": fora}

    def linhas_da_conferencia(self) -> list[tuple[Any, ...]]:
        """Linhas da tabela ``conferencia``: os títulos que vão e os que ficam, com a razão."""
        linhas: list[tuple[Any, ...]] = []
        for g in self.grupos:
            aviso, nome = self._conselho(g), self.clientes[g.cliente].nome
            linhas += [
                (numero, g.cliente, nome, g.vencimento, para_reais(parte), "BOLETO", "EMITIR", "", aviso, "")
                for numero, parte in g.titulos
            ]
        for t, m in self.fora:
            cliente = self.clientes.get(t.cliente)
            linhas.append((
                t.numero, t.cliente, cliente.nome if cliente else "", t.vencimento, para_reais(t.valor), "", "FORA",
                m.codigo, m.texto, m.fazer,
            ))  # fmt: skip
        return linhas


def selecionar(
    ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: str, filtros: Filtros, *, juntar: bool
) -> SelecaoDeBoletos:
    """Escolhe os títulos e os junta em boletos.

    Raises:
        ErroDeRegra: ``conta.…``; ``boleto.sem_contrato``, se a conta não está na aba Cobrança; ``boleto.encargos``, se
            o contrato não se entende; ``filtro.prazo``, se a data fixa já passou.
    """
    escolhida = cadastros.conta(conta, "COBRANCA")
    cobranca = contratos.da_conta(escolhida)
    if filtros.data_fixa and filtros.data_fixa < ctx.autor.hoje:
        raise ErroDeRegra("filtro.prazo", f"a data fixa ({filtros.data_fixa:%d/%m/%Y}) já passou")
    do_contrato = encargos_de(cobranca)
    if achados := incoerencias(do_contrato):
        raise ErroDeRegra("boleto.encargos", f"conta {escolhida.codigo}: {'; '.join(achados)}")
    situacoes = de_todos(ctx, cadastros)
    debitam = {c.banco for c in cadastros.contas.values() if c.produto == "DEBITO" and c.ativa is not False}
    vao: list[Aceito] = []
    fora: list[tuple[Titulo, Motivo]] = []
    for titulo in cadastros.titulos:
        situacao = situacoes.get(titulo.numero, NUNCA_ENVIADO)
        cliente, condicao = cadastros.clientes.get(titulo.cliente), contratos.condicoes.get(titulo.numero)
        encargos = encargos_de(cobranca, condicao) if condicao else do_contrato
        aceito = Aceito(titulo, saldo(titulo, situacao), encargos, *_so_do_titulo(condicao))
        dono = de_outro(titulo, situacao, cadastros.empresas)
        if dono and not situacao.boleto:
            fora.append((titulo, motivo("outro_cliente", dono)))
            continue
        recusa = (
            recusa_para_boleto(titulo, cliente, situacao, filtros, ctx.autor.hoje, debitam)
            or _das_condicoes(aceito, cliente)
            or _do_cadastro(cadastros, cliente)
        )
        if recusa:
            fora.append((titulo, recusa))
        else:
            vao.append(aceito)
    dos_titulos = {a.titulo.numero: a.titulo for a in vao}
    return SelecaoDeBoletos(
        escolhida, cobranca, cadastros.clientes, dos_titulos, agrupar(vao, filtros, juntar=juntar), fora,
        cadastros.calendario, parcelas(cadastros.titulos),
    )  # fmt: skip


def _so_do_titulo(condicao: Condicao | None) -> tuple[str, tuple[str, str]]:
    return (condicao.instrucao, (condicao.sacador, condicao.sacador_documento)) if condicao else ("", ("", ""))


def _das_condicoes(aceito: Aceito, cliente: Cliente | None) -> Motivo | None:
    """O registro pede nome e documento do pagador; e de pessoa física a lei limita os encargos."""
    if cliente is None:
        return None
    documento = cpf_cnpj.limpar(cliente.cpf_cnpj)
    tipo = cpf_cnpj.tipo(documento)
    if not tipo:
        return motivo("sem_documento")
    if achados := _que_nao_combina(aceito):
        return motivo("encargos", "; ".join(achados))
    if achados := abusivos(aceito.encargos, pessoa_fisica=tipo == "CPF"):
        return motivo("abusivo", "; ".join(achados))
    return None


def _do_cadastro(cadastros: Cadastros, cliente: Cliente | None) -> Motivo | None:
    razao = do_endereco(cliente, cadastros.lugares[cadastros.pagadores]) if cliente else ""
    return motivo("campo", razao) if razao else None


def _que_nao_combina(aceito: Aceito) -> list[str]:
    achados = incoerencias(aceito.encargos)
    if aceito.sacador[0] and not cpf_cnpj.tipo(cpf_cnpj.limpar(aceito.sacador[1])):
        achados.append("o CPF ou CNPJ do sacador falta ou não confere")
    if aceito.encargos.abatimento >= aceito.saldo:
        achados.append(f"o abatimento não pode chegar aos R$ {escrever_reais(aceito.saldo)} do boleto")
    return achados


def parcelas(dos_titulos: Iterable[Titulo]) -> dict[str, str]:
    """``2/3`` para o segundo dos três títulos de um mesmo documento do cliente, por vencimento."""
    do_documento: dict[tuple[str, str], list[Titulo]] = defaultdict(list)
    for titulo in dos_titulos:
        if titulo.documento:
            do_documento[titulo.cliente, titulo.documento].append(titulo)
    return {
        titulo.numero: f"{n}/{len(lista)}"
        for lista in do_documento.values()
        if len(lista) > 1
        for n, titulo in enumerate(sorted(lista, key=lambda t: (t.vencimento, t.numero)), 1)
    }


def conselho(valor: int, vencimento: date, encargos: Encargos, calendario: Calendario) -> str:
    """O que convém saber do vencimento e dos juros de um boleto; vazio se nada (feriados incluídos)."""
    conselhos = []
    ate = calendario.proximo_util(vencimento)
    if ate != vencimento:
        conselhos.append(f"vence em dia sem expediente: paga-se sem multa nem juros até {ate:%d/%m/%Y}")
    if clausulas(valor, vencimento, encargos).juros_ao_mes:
        conselhos.append("os juros de um dia não chegam a um centavo: o boleto leva a taxa ao mês")
    return "; ".join(conselhos)
