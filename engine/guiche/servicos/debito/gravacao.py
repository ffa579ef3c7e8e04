"""Grava uma remessa no livro e leva seu arquivo ao disco.

A ordem é a que uma queda em qualquer instante perdoa: a remessa inteira, com os
bytes do arquivo, entra no livro numa transação; depois o arquivo vai ao disco por
nome provisório e troca; por fim se anota que foi exportado. Se algo morre no meio,
o próximo ato encontra a remessa sem exportação e a exporta (``retomada``).
"""

from __future__ import annotations

from collections.abc import Sequence

from guiche.debito import fila
from guiche.debito.composicao import CANCELAMENTO, DEBITO, Escrita, Item, Remetente, compor
from guiche.debito.identidade import fim_da_conta
from guiche.dominio.cadastro import Conta
from guiche.dominio.estados import Estado
from guiche.dominio.nomes import nome_de_arquivo, pasta_de_dentro
from guiche.livro import arquivos, remessas, retornos
from guiche.livro.remessas import LinhaEnviada, Remessa
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import _agora, nome_livre


def gravar_remessa(
    ctx: Contexto,
    ato: int,
    remetente: Remetente,
    itens: Sequence[Item],
    *,
    origem: Remessa | None = None,
    cadastrais: fila.Cadastrais | None = None,
) -> Remessa:
    """Compõe e grava a remessa; chame dentro da transação do ato.

    Com ``origem``, é o estorno de uma remessa, do tipo CANCELAMENTO (S-62).
    ``cadastrais`` é o que se diz ao banco sobre os optantes; ``None`` se as linhas não são de clientes.
    """
    conta, livro = remetente.conta, ctx.livro
    nsa = remessas.proximo_nsa(livro, conta.banco, conta.convenio, conta.nsa_inicial)
    confirmado = _ultimo_retorno(ctx, conta) if remetente.perfil.exige_j else None
    em_volta = fila.linhas(remetente, cadastrais)
    escrita = compor(remetente, itens, nsa=nsa, hoje=ctx.autor.hoje, confirmado=confirmado, em_volta=em_volta)
    remessa_id, primeira = remessas.proximos_ids(livro)
    linhas = _linhas(escrita, itens, (remessa_id, primeira, len(em_volta[0]) + 2))
    nome = nome_livre(ctx, nome_de_arquivo(remetente.nome_do_arquivo(nsa, ctx.autor.hoje)), nsa)
    remessa = Remessa(
        id=remessa_id,
        conta=conta.codigo,
        banco=conta.banco,
        convenio=conta.convenio,
        versao=escrita.versao,
        nsa=nsa,
        tipo="CANCELAMENTO" if origem else "DEBITO",
        situacao="ATIVA",
        origem_id=origem.id if origem else None,
        sha256=arquivos.guardar(livro, nome, escrita.conteudo),
        arquivo=(pasta_de_dentro(conta.pasta_remessas or "remessas") / nome).as_posix(),
        linhas=len(linhas),
        total_debito=_soma(itens, DEBITO),
        total_cancelamento=_soma(itens, CANCELAMENTO),
        gerada_em=_agora(ctx.autor.agora),
        usuario=ctx.autor.usuario,
        **dict.fromkeys(("exportada_em", "transmitida_em", "confirmada_em")),
    )
    remessas.gravar(livro, ato, remessa, linhas, _trocas(linhas, itens))
    if cadastrais:
        fila.anotar_enviados(livro, ato, remessa, linhas, (cadastrais, remetente))
    return remessa


def _soma(itens: Sequence[Item], movimento: int) -> int:
    return sum(i.valor for i in itens if i.movimento == movimento)


def _trocas(linhas: Sequence[LinhaEnviada], itens: Sequence[Item]) -> dict[int, int]:
    """Linha nova de cancelamento → a vigente que ela substitui."""
    pares = zip(linhas, itens, strict=True)
    return {linha.id: item.substitui for linha, item in pares if linha.movimento == CANCELAMENTO}


def _linhas(escrita: Escrita, itens: Sequence[Item], numeros: tuple[int, int, int]) -> list[LinhaEnviada]:
    """``numeros``: id da remessa, da primeira linha, e em que linha do arquivo ela está."""
    remessa_id, primeira, inicio = numeros
    fim = fim_da_conta(escrita.versao)
    estados = (Estado.ENVIADO, Estado.CANCELAMENTO_ENVIADO)
    return [
        LinhaEnviada(
            primeira + n, remessa_id, n + inicio, item.cadeia, item.titulo, item.cliente, item.movimento,
            item.vencimento.isoformat(), item.valor, texto[1:26].strip(), texto[26:30].strip(),
            texto[30:fim].strip(), estados[item.movimento], int(item.liberada), 0, "", None,
        )
        for n, (item, texto) in enumerate(zip(itens, escrita.linhas, strict=True))
    ]  # fmt: skip


def _ultimo_retorno(ctx: Contexto, conta: Conta) -> retornos.Retorno | None:
    do_convenio = [r for r in retornos.listar(ctx.livro) if (r.banco, r.convenio) == (conta.banco, conta.convenio)]
    return do_convenio[-1] if do_convenio else None
