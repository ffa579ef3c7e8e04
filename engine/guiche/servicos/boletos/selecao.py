"""Que títulos vão a que boletos: a mesma escolha para conferir e para gerar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guiche.dominio import cpf_cnpj
from guiche.dominio.boletos import Grupo, agrupar, recusa_para_boleto
from guiche.dominio.cadastro import Cliente, Cobranca, Conta, Titulo
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Filtros, Situacao
from guiche.dominio.encargos import Encargos, abusivos
from guiche.dominio.motivos import Motivo, motivo
from guiche.erros import ErroDeRegra, Problema
from guiche.livro import titulos
from guiche.planilha.porta import Pasta
from guiche.servicos.cadastros import Cadastros, ler_tabela
from guiche.servicos.contexto import Contexto


@dataclass(frozen=True, slots=True)
class SelecaoDeBoletos:
    """Os boletos que se emitiriam, e os títulos que ficam fora."""

    conta: Conta
    cobranca: Cobranca
    clientes: Mapping[str, Cliente]
    titulos: Mapping[str, Titulo]
    grupos: Sequence[Grupo]
    fora: Sequence[tuple[Titulo, Motivo]]

    def relato(self) -> list[str]:
        """O resumo em português, com as razões de quem ficou fora, da mais comum à mais rara."""
        quantos, total = len(self.grupos), sum(g.valor for g in self.grupos)
        juntos = sum(len(g.titulos) for g in self.grupos)
        vezes = Counter(m.codigo for _, m in self.fora)
        exemplos = {m.codigo: m for _, m in self.fora}
        return [
            f"A emitir: {quantos} {'boleto' if quantos == 1 else 'boletos'} de {juntos} títulos, "
            f"R$ {escrever_reais(total)}.",
            f"Fora: {len(self.fora)} títulos.",
            *(f"  {n} × {exemplos[codigo].texto}" for codigo, n in vezes.most_common(8)),
        ]

    def dados(self) -> dict[str, Any]:
        """O resumo para ``--json``."""
        total = sum(g.valor for g in self.grupos)
        return {"conta": self.conta.codigo, "boletos": len(self.grupos), "total": str(para_reais(total)),
                "fora": len(self.fora)}  # fmt: skip

    def detalhar(self) -> dict[str, Any]:
        """Cada boleto e cada título fora, para ``--json``."""
        grupos = [
            {"cliente": g.cliente, "vencimento": g.vencimento.isoformat(), "valor": str(para_reais(g.valor)),
             "titulos": [numero for numero, _ in g.titulos]}
            for g in self.grupos
        ]  # fmt: skip
        fora = [{"titulo": t.numero, "motivo": m.codigo, "texto": m.texto, "fazer": m.fazer} for t, m in self.fora]
        return {"grupos": grupos, "titulos_fora": fora}

    def linhas_da_conferencia(self) -> list[tuple[Any, ...]]:
        """Linhas da tabela ``conferencia``: os títulos que vão e os que ficam, com a razão."""
        linhas: list[tuple[Any, ...]] = []
        for g in self.grupos:
            for numero, parte in g.titulos:
                nome = self.clientes[g.cliente].nome
                linhas.append(
                    (numero, g.cliente, nome, g.vencimento, para_reais(parte), "BOLETO", "EMITIR", "", "", "")
                )
        for t, m in self.fora:
            cliente = self.clientes.get(t.cliente)
            linhas.append((
                t.numero, t.cliente, cliente.nome if cliente else "", t.vencimento, para_reais(t.valor), "", "FORA",
                m.codigo, m.texto, m.fazer,
            ))  # fmt: skip
        return linhas


def encargos_da(cobranca: Cobranca) -> Encargos:
    """Os encargos do contrato."""
    return Encargos(
        cobranca.multa or 0, cobranca.juros or 0, cobranca.desconto or 0, cobranca.desconto_dias or 0,
        cobranca.protesto_dias, cobranca.baixa_dias,
    )  # fmt: skip


def ler_cobrancas(pasta: Pasta) -> tuple[dict[str, Cobranca], list[Problema]]:
    """As linhas da aba Cobrança, pela conta, e seus problemas."""
    linhas, _, problemas = ler_tabela(pasta, "cobranca", Cobranca._make)
    return {c.conta: c for c in linhas}, problemas


def selecionar(
    ctx: Contexto,
    cadastros: Cadastros,
    cobrancas: Mapping[str, Cobranca],
    conta: str,
    filtros: Filtros,
    *,
    juntar: bool,
) -> SelecaoDeBoletos:
    """Escolhe os títulos e os junta em boletos.

    Raises:
        ErroDeRegra: ``conta.…``; ``boleto.sem_contrato``, se a conta não está na aba Cobrança; ``filtro.prazo``, se a
            data fixa já passou.
    """
    escolhida = cadastros.conta(conta, "COBRANCA")
    cobranca = cobrancas.get(escolhida.codigo)
    if cobranca is None:
        raise ErroDeRegra("boleto.sem_contrato", f"a conta {escolhida.codigo} não está na aba Cobrança")
    if filtros.data_fixa and filtros.data_fixa < ctx.autor.hoje:
        raise ErroDeRegra("filtro.prazo", f"a data fixa ({filtros.data_fixa:%d/%m/%Y}) já passou")
    situacoes = titulos.situacoes(ctx.livro, (t.numero for t in cadastros.titulos))
    encargos = encargos_da(cobranca)
    vao: list[tuple[Titulo, Situacao]] = []
    fora: list[tuple[Titulo, Motivo]] = []
    for titulo in cadastros.titulos:
        situacao = situacoes.get(titulo.numero, NUNCA_ENVIADO)
        cliente = cadastros.clientes.get(titulo.cliente)
        recusa = recusa_para_boleto(titulo, cliente, situacao, filtros, ctx.autor.hoje) or _do_pagador(
            cliente, encargos
        )
        if recusa:
            fora.append((titulo, recusa))
        else:
            vao.append((titulo, situacao))
    grupos = agrupar(vao, filtros, juntar=juntar)
    return SelecaoDeBoletos(escolhida, cobranca, cadastros.clientes, {t.numero: t for t, _ in vao}, grupos, fora)


def _do_pagador(cliente: Cliente | None, encargos: Encargos) -> Motivo | None:
    """O registro pede nome e documento do pagador; e de pessoa física a lei limita os encargos."""
    if cliente is None:
        return None
    documento = cpf_cnpj.limpar(cliente.cpf_cnpj)
    tipo = cpf_cnpj.tipo(documento)
    if not tipo:
        return motivo("sem_documento")
    if achados := abusivos(encargos, pessoa_fisica=tipo == "CPF"):
        return motivo("abusivo", "; ".join(achados))
    return None
