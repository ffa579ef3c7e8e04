"""O que se mandou ao banco e ele nunca respondeu, por idade em dias úteis (I-12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from guiche.dominio.cadastro import Cliente
from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.livro.pendentes import SemResposta, sem_resposta
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import gravar_saida
from guiche.servicos.ato import lendo

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Relatorio

DIAS = 3
"""Dias úteis depois do vencimento, ou da transmissão, em que o banco já devia ter respondido."""
DIAS_DA_REMESSA = 1
"""Dias úteis para o banco confirmar que recebeu a remessa."""
CABECALHO = (
    "Tipo", "Remessa", "NSA", "Banco", "Conta", "Título, nosso número ou arquivo", "Cliente", "Nome", "Desde",
    "Dias úteis", "Valor", "O que fazer",
)  # fmt: skip
_FAZER = {
    "DÉBITO": "procure o retorno que falta; se não houver, pergunte ao banco se debitou antes de cobrar de outro jeito",
    "CANCELAMENTO": "pergunte ao banco se o débito foi cancelado antes de cobrar de novo",
    "PEDIDO": "procure o retorno que falta; se não houver, confira o boleto no site do banco",
    "REMESSA": "confira no banco se a remessa foi recebida; se foi, marque-a confirmada",
}
_PLURAIS = {
    "DÉBITO": "débitos",
    "CANCELAMENTO": "cancelamentos",
    "PEDIDO": "pedidos sobre boletos",
    "REMESSA": "remessas sem confirmação",
}


class Pendente(NamedTuple):
    """O que espera o banco há mais tempo do que devia."""

    origem: SemResposta
    dias: int
    """Dias úteis."""


@lendo("pendentes", com_titulos=False)
def listar_pendentes(
    ctx: Contexto, cadastros: Cadastros, *, dias: int = DIAS, saidas: Sequence[Path] = ()
) -> Resultado:
    """Mostra na aba Pendentes, e em cada saída pedida, o que o banco não respondeu há mais de ``dias`` dias úteis.

    Débitos contam-se do vencimento; pedidos sobre boletos e remessas, da transmissão. Uma remessa sem confirmação
    aparece passado um dia útil, qualquer que seja ``dias``.
    """
    achados = pendentes(ctx, cadastros.calendario, dias)
    linhas = [_linha(p, cadastros.clientes) for p in achados]
    for saida in saidas:
        gravar_saida(saida, [("Pendentes", CABECALHO, linhas)], lambda: _relatorio(ctx, linhas, dias))
    ctx.pasta.gravar("pendentes", linhas)
    ctx.salvar()
    contas = Counter(p.origem.tipo for p in achados)
    relato = [f"Sem resposta do banco há mais de {dias} dias úteis: {len(achados) - contas['REMESSA']}."]
    relato += [f"  {n} {_PLURAIS[tipo]}" for tipo, n in contas.items()]
    if achados:
        mais_velho = achados[0]
        quando = f"{date.fromisoformat(mais_velho.origem.desde):%d/%m/%Y}"
        relato.append(f"O mais velho espera desde {quando}, {mais_velho.dias} dias úteis.")
    relato += [f"Gravado: {saida}" for saida in saidas]
    dados = {"pendentes": [_em_dict(p) for p in achados], "por_tipo": dict(contas)}
    return Resultado("pendentes", tuple(relato), dados, arquivos=tuple(saidas))


def pendentes(ctx: Contexto, calendario: Calendario, dias: int) -> list[Pendente]:
    """O que passou do prazo, do mais velho ao mais novo."""
    hoje = ctx.autor.hoje

    @cache
    def idade(desde: str) -> int:
        return calendario.uteis_entre(date.fromisoformat(desde), hoje)

    todos = (Pendente(s, idade(s.desde)) for s in sem_resposta(ctx.livro, hoje.isoformat()))
    return [p for p in todos if p.dias > (DIAS_DA_REMESSA if p.origem.tipo == "REMESSA" else dias)]


def _linha(p: Pendente, clientes: Mapping[str, Cliente]) -> tuple[Any, ...]:
    o = p.origem
    cliente = clientes.get(o.cliente)
    de_que = Path(o.de_que).name if o.tipo == "REMESSA" else o.de_que
    tipo = f"{o.tipo}: {o.detalhe}" if o.detalhe else o.tipo
    return (
        tipo, o.remessa, o.nsa, o.banco, o.conta, de_que, o.cliente, cliente.nome if cliente else "",
        date.fromisoformat(o.desde), p.dias, para_reais(o.valor), _FAZER[o.tipo],
    )  # fmt: skip


def _em_dict(p: Pendente) -> dict[str, Any]:
    return p.origem._asdict() | {"valor": str(para_reais(p.origem.valor)), "dias_uteis": p.dias}


def _relatorio(ctx: Contexto, linhas: Sequence[tuple[Any, ...]], dias: int) -> Relatorio:
    from guiche.documentos.relatorio import Coluna, Relatorio  # noqa: PLC0415

    colunas = (
        Coluna("Tipo", 14), Coluna("Remessa", 8, "inteiro"), Coluna("Banco", 6), Coluna("Título ou número", 16),
        Coluna("Nome", 26), Coluna("Desde", 10, "data"), Coluna("Dias úteis", 8, "inteiro"),
        Coluna("Valor (R$)", 12, "valor"),
    )  # fmt: skip
    total = escrever_reais(sum(int(linha[10] * 100) for linha in linhas if linha[0] != "REMESSA"))
    return Relatorio(
        titulo="Sem resposta do banco",
        colunas=colunas,
        linhas=[(li[0], li[1], li[3], li[5], li[7], li[8], li[9], li[10]) for li in linhas],
        subtitulos=(f"Mais de {dias} dias úteis depois do vencimento ou da transmissão",),
        totais=(("Linhas", str(len(linhas))), ("Valor, sem as remessas (R$)", total)),
        gerado_em=f"{ctx.autor.agora:%d/%m/%Y %H:%M}",
        orientacao="paisagem",
    )
