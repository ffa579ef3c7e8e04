"""A seleção dos títulos de uma remessa de débito: a mesma para conferir e para gerar."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guiche.bancos.perfil import Perfil, perfil
from guiche.dominio.cadastro import Cliente, Conta, Titulo, fechamento_de
from guiche.dominio.datas import primeiro_vencimento
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import NUNCA_ENVIADO, Decisao, Regras, Situacao, avaliador, de_outro, retirou
from guiche.dominio.estados import Estado
from guiche.dominio.filtros import Filtros, fora_do_filtro, tipos_sem_titulo
from guiche.dominio.motivos import Motivo, motivo, resumir
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra
from guiche.livro import remessas
from guiche.livro.conexao import Livro
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.situacoes import de_todos


@dataclass(frozen=True, slots=True)
class Selecao:
    """O destino de cada título da pasta, e os cancelamentos que nenhum deles representa."""

    conta: Conta
    perfil: Perfil
    regras: Regras
    clientes: Mapping[str, Cliente]
    titulos: Sequence[Titulo]
    situacoes: Mapping[str, Situacao]
    decisoes: Sequence[Decisao]
    orfaos: Sequence[remessas.LinhaEnviada]

    def ha(self) -> bool:
        """Diz se algum título se debita ou se cancela."""
        return bool(self.orfaos) or any(d.destino != "FORA" for d in self.decisoes)

    def com_destino(self, destino: str) -> list[tuple[Titulo, Decisao]]:
        """Títulos de um destino, na ordem da pasta."""
        return [(t, d) for t, d in zip(self.titulos, self.decisoes, strict=True) if d.destino == destino]

    def totais(self) -> tuple[int, int, int, int]:
        """Quantos débitos, quantos centavos a debitar, quantos cancelamentos, quantos centavos a cancelar."""
        debitos = [d.valor for d in self.decisoes if d.destino == "DEBITAR"]
        cancelados = [d.valor for d in self.decisoes if d.destino == "CANCELAR"] + [o.valor for o in self.orfaos]
        return len(debitos), sum(debitos), len(cancelados), sum(cancelados)

    def relato(self) -> list[str]:
        """O resumo em português, com as razões de quem ficou fora, da mais comum à mais rara."""
        n, debitar, m, cancelar = self.totais()
        fora = [d.motivo for d in self.decisoes if d.motivo]
        frases = [
            f"A debitar: {contar(n, 'título')}, R$ {escrever_reais(debitar)}.",
            f"A cancelar: {contar(m, 'título')}, R$ {escrever_reais(cancelar)}.",
            f"Fora: {contar(len(fora), 'título')}.",
            *resumir(fora),
        ]
        if antes := sum(
            d.vencimento is not None and d.vencimento < t.vencimento for t, d in self.com_destino("DEBITAR")
        ):
            frases.append(f"Atenção: {contar(antes, 'título')} a debitar antes do vencimento: confira a data pedida.")
        frases += [f"Atenção: não há título do tipo {t}." for t in tipos_sem_titulo(self.regras.filtros, self.titulos)]
        frases += [f"Atenção: título {t.numero}: {d.aviso}." for t, d in self.com_destino("CANCELAR") if d.aviso][:8]
        return frases

    def dados(self) -> dict[str, Any]:
        """O resumo para ``--json``."""
        n, debitar, m, cancelar = self.totais()
        return {
            "conta": self.conta.codigo,
            "debitos": n,
            "total_debito": str(para_reais(debitar)),
            "cancelamentos": m,
            "total_cancelamento": str(para_reais(cancelar)),
        }

    def detalhar(self) -> dict[str, Any]:
        """Cada título e seu destino, para ``--json``."""
        return {"titulos": [_decisao_em_dict(t, d) for t, d in zip(self.titulos, self.decisoes, strict=True)]}

    def linhas_da_conferencia(self) -> list[tuple[Any, ...]]:
        """Linhas da tabela ``conferencia``: cada título, seu destino e a razão."""
        linhas = [self._conferencia(t, d) for t, d in zip(self.titulos, self.decisoes, strict=True)]
        return [*linhas, *map(self._do_orfao, self.orfaos)]

    def _do_orfao(self, linha: remessas.LinhaEnviada) -> tuple[Any, ...]:
        cliente = self.clientes.get(linha.cliente)
        return (
            linha.titulo, linha.cliente, cliente.nome if cliente else "", date.fromisoformat(linha.vencimento),
            para_reais(linha.valor), "CANCELAMENTO", "CANCELAR", "", f"débito da remessa {linha.remessa_id}", "",
        )  # fmt: skip

    def _conferencia(self, titulo: Titulo, decisao: Decisao) -> tuple[Any, ...]:
        cliente = self.clientes.get(titulo.cliente)
        razao = decisao.motivo
        return (
            titulo.numero, titulo.cliente, cliente.nome if cliente else "", decisao.vencimento,
            para_reais(decisao.valor), _MOVIMENTOS[decisao.destino], decisao.destino,
            razao.codigo if razao else "", razao.texto if razao else decisao.aviso, razao.fazer if razao else "",
        )  # fmt: skip


_MOVIMENTOS = {"DEBITAR": "DÉBITO", "CANCELAR": "CANCELAMENTO", "FORA": ""}


def _decisao_em_dict(titulo: Titulo, decisao: Decisao) -> dict[str, Any]:
    razao = decisao.motivo
    return {
        "titulo": titulo.numero,
        "cliente": titulo.cliente,
        "destino": decisao.destino,
        "vencimento": decisao.vencimento.isoformat() if decisao.vencimento else None,
        "valor": str(para_reais(decisao.valor)),
        "motivo": razao.codigo if razao else None,
        "texto": razao.texto if razao else decisao.aviso or None,
        "fazer": razao.fazer if razao else None,
    }


def minimo_da_conta(conta: Conta, habitos: Perfil, hoje: date, cadastros: Cadastros) -> date:
    """Primeiro vencimento que o convênio aceita hoje: o prazo da conta, ou o costume do banco."""
    dias = habitos.antecedencia_dias if conta.antecedencia_dias is None else conta.antecedencia_dias
    uteis = (conta.antecedencia_tipo or habitos.antecedencia_tipo) == "UTEIS"
    return primeiro_vencimento(
        hoje, dias=dias, uteis=uteis, estrita=bool(conta.antecedencia_estrita), calendario=cadastros.calendario
    )


def selecionar(
    ctx: Contexto, cadastros: Cadastros, conta: Conta, filtros: Filtros, bloqueios: Mapping[str, Motivo]
) -> Selecao:
    """Decide o destino de cada título da pasta; ``bloqueios`` são os clientes que não se debitam, e por quê.

    Raises:
        ErroDeRegra: ``filtro.prazo``, se o filtro pede vencimentos antes do mínimo do convênio (S-18, S-25, S-27).
    """
    habitos, hoje = perfil(conta.banco), ctx.autor.hoje
    minimo = minimo_da_conta(conta, habitos, hoje, cadastros)
    _conferir_filtros(filtros, minimo)
    regras = Regras(hoje, conta.banco, conta.convenio, minimo, habitos.usa_operacao, filtros, bloqueios)
    situacoes = de_todos(ctx, cadastros)
    avaliar = avaliador(regras, cadastros.clientes)
    decisoes = []
    for titulo in cadastros.titulos:
        situacao = situacoes.get(titulo.numero, NUNCA_ENVIADO)
        dono = "" if situacao.no_banco else de_outro(titulo, situacao, cadastros.empresas)
        fora = Decisao("FORA", titulo.vencimento, titulo.valor, motivo("outro_cliente", dono)) if dono else None
        decisoes.append(fora or avaliar(titulo, situacao))
    orfaos = _orfaos(ctx.livro, regras, cadastros, {s.linha_id for s in situacoes.values()})
    return Selecao(conta, habitos, regras, cadastros.clientes, cadastros.titulos, situacoes, decisoes, orfaos)


def _orfaos(
    livro: Livro, regras: Regras, cadastros: Cadastros, decididas: Collection[int]
) -> list[remessas.LinhaEnviada]:
    """Débitos a cancelar que nenhum título da pasta representa: de título que saiu dela, ou que já tem débito novo."""
    presentes = {t.numero: t for t in cadastros.titulos}

    if regras.filtros.dias:
        return []

    def filtrado(linha: remessas.LinhaEnviada) -> bool:
        titulo, cliente = presentes.get(linha.titulo), cadastros.clientes.get(linha.cliente)
        return titulo is not None and bool(fora_do_filtro(titulo, cliente, regras.filtros, com_data=False))

    return [
        linha
        for linha in remessas.vigentes(livro, regras.banco, regras.convenio, [Estado.A_CANCELAR, Estado.ENVIADO])
        if linha.id not in decididas and not linha.revisar and linha.vencimento >= regras.hoje.isoformat()
        and (linha.estado == Estado.A_CANCELAR or _retirado(linha, cadastros.clientes)) and not filtrado(linha)
    ]  # fmt: skip


def _retirado(linha: remessas.LinhaEnviada, clientes: Mapping[str, Cliente]) -> bool:
    """Diz se o débito é de quem retirou a autorização; o fechamento é da empresa, e não de um cliente."""
    cliente = None if fechamento_de(linha.titulo) else clientes.get(linha.cliente)
    return cliente is not None and retirou(cliente, date.fromisoformat(linha.vencimento))


def _conferir_filtros(filtros: Filtros, minimo: date) -> None:
    de = filtros.data_fixa or filtros.vencimento[0]
    if de is not None and de < minimo:
        nome = "a data fixa" if filtros.data_fixa else "o vencimento inicial"
        raise ErroDeRegra(
            "filtro.prazo",
            f"{nome} ({de:%d/%m/%Y}) é antes do primeiro dia que o convênio aceita, {minimo:%d/%m/%Y}",
        )
