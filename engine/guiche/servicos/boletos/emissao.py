"""Conferir e gerar boletos (S-66..S-80)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from guiche.dominio.elegibilidade import Filtros, tipos_sem_titulo
from guiche.dominio.texto import contar
from guiche.exame.clientes import completados
from guiche.exame.contas import dos_boletos
from guiche.livro import boletos, numeracao
from guiche.livro import cobranca as cobranca_do_livro
from guiche.livro.atos import registrar
from guiche.livro.boletos import Boleto
from guiche.oficio.cadastros import Cadastros, Carteira, ler_cadastros, todos
from guiche.oficio.chave import recusa_se_mudou
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos, ler_contratos
from guiche.oficio.faixa import aviso_da_faixa
from guiche.oficio.resultado import Resultado, recusa
from guiche.servicos.boletos.exigencias import desenha_se
from guiche.servicos.boletos.impressao import Saida, gravar_pdf
from guiche.servicos.boletos.preparo import Preparo, preparar
from guiche.servicos.boletos.selecao import SelecaoDeBoletos, selecionar
from guiche.vistas.abas import atualizar_pasta, levar_a_conferencia
from guiche.vistas.retomada import retomar


def conferir(
    ctx: Contexto,
    conta: str,
    filtros: Filtros,
    *,
    juntar: bool,
    carteira: Carteira = todos,
    na_aba: bool = False,
) -> Resultado:
    """Mostra os boletos que se emitiriam e por que o resto fica fora. Não gasta nosso número (S-78).

    Com ``na_aba``, leva o relatório, título a título, à aba Conferência; sem isso, não escreve nada.
    """
    lidos = ler(ctx, conta)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, contratos = lidos
    if mudou := _recusa_da_chave(ctx, cadastros, contratos, conta):
        return mudou
    selecao = preparar(ctx, selecionar(ctx, carteira(cadastros), contratos, conta, filtros, juntar=juntar)).selecao
    relato = [
        f"Conferência de boletos da conta {selecao.conta.codigo}: nada foi gravado.",
        *selecao.relato(),
        *_ditos(cadastros, filtros),
    ]
    vazio = not selecao.grupos
    feito = Resultado("conferir boletos", tuple(relato), selecao.dados(), detalhar=selecao.detalhar, vazio=vazio)
    return levar_a_conferencia(ctx, feito, selecao.linhas_da_conferencia()) if na_aba else feito


def gerar(
    ctx: Contexto,
    conta: str,
    filtros: Filtros,
    *,
    juntar: bool,
    saida: Saida | None = None,
    carteira: Carteira = todos,
) -> Resultado:
    """Emite os boletos: livro, PDF, pasta de trabalho, nessa ordem. Nascem A REGISTRAR, e o papel o diz.

    Raises:
        ErroDeRegra: ``boleto.faixa``, se a faixa acabou; ``boleto.nao_se_emite``, se o banco ou a carteira não servem.
    """
    retomar(ctx)
    lidos = ler(ctx, conta)
    if isinstance(lidos, Resultado):
        return lidos
    cadastros, contratos = lidos
    if mudou := _recusa_da_chave(ctx, cadastros, contratos, conta):
        return mudou
    caminhos = _imprimir_pendentes(ctx, contratos)
    with ctx.livro.transacao():
        ctx.progresso("Escolhendo os títulos…")
        preparo = preparar(ctx, selecionar(ctx, carteira(cadastros), contratos, conta, filtros, juntar=juntar))
        if preparo.boletos:
            _emitir(ctx, preparo)
    selecao, emitidos = preparo.selecao, preparo.boletos
    del preparo
    if emitidos and desenha_se(emitidos[0]):
        ctx.progresso("Desenhando os boletos…")
        caminhos += gravar_pdf(ctx, emitidos, contratos, saida)
    relato = (*_relato(selecao, emitidos), *_ditos(cadastros, filtros))
    dados = selecao.dados() | {"codigos": [b.id for b in emitidos]}
    del emitidos  # de muitos boletos é muita memória, e as abas se refazem do livro
    ctx.progresso("Atualizando a pasta de trabalho…")
    atualizar_pasta(ctx, cadastros, conferencia=selecao.linhas_da_conferencia())
    return Resultado("gerar boletos", relato, dados, arquivos=tuple(caminhos), detalhar=selecao.detalhar)


def _recusa_da_chave(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: str) -> Resultado | None:
    escolhida = cadastros.conta(conta, "COBRANCA")
    return recusa_se_mudou(ctx, "boletos", escolhida, contratos.da_conta(escolhida))


def _imprimir_pendentes(ctx: Contexto, contratos: Contratos) -> list[Path]:
    """O PDF dos boletos que um ato interrompido emitiu e não chegou a desenhar."""
    pendentes = [b for b in boletos.por_imprimir(ctx.livro) if desenha_se(b)]
    return gravar_pdf(ctx, pendentes, contratos) if pendentes else []


def ler(ctx: Contexto, conta: str, *, inativa: bool = False) -> tuple[Cadastros, Contratos] | Resultado:
    """Cadastros e contratos da pasta, ou a recusa com os problemas deles e os da conta de boletos pedida.

    ``inativa``: a conta pedida pode estar desativada, que já não emite e ainda tem pedidos a mandar.

    Raises:
        ErroDeRegra: ``conta.…`` ou ``boleto.sem_contrato``.
    """
    cadastros = ler_cadastros(ctx.pasta, ctx.lembranca)
    contratos, problemas = ler_contratos(ctx.pasta, cadastros)
    if achados := [*cadastros.problemas, *problemas]:
        return recusa("boletos", achados)
    escolhida = cadastros.conta(conta, "COBRANCA", inativa=inativa)
    if achados := dos_boletos(cadastros, contratos, escolhida, ctx.autor.hoje):
        return recusa("boletos", achados)
    return cadastros, contratos


def _ditos(cadastros: Cadastros, filtros: Filtros) -> list[str]:
    """O que se completou ao ler, e o tipo de documento pedido que nenhum título tem."""
    sem = tipos_sem_titulo(filtros, cadastros.titulos)
    return [*completados(cadastros), *(f"Atenção: não há título do tipo {t}." for t in sem)]


def _relato(selecao: SelecaoDeBoletos, emitidos: Sequence[Boleto]) -> list[str]:
    if not emitidos:
        return ["Nenhum título a cobrar: nada foi emitido.", *selecao.relato()]
    primeiro, ultimo = emitidos[0].nosso_numero, emitidos[-1].nosso_numero
    numeros = f"nosso número {primeiro} a {ultimo}" if primeiro else "sem nosso número, que o banco dá no retorno"
    relato = [f"{contar(len(emitidos), 'boleto emitido', 'boletos emitidos')}, {numeros}.", *selecao.relato()]
    relato.append(
        "Ainda não se podem pagar: falta registrá-los no banco." if primeiro
        else "Nada se imprime ainda: envie a remessa e importe o retorno, que traz os números."
    )  # fmt: skip
    if primeiro and (aviso := aviso_da_faixa(selecao.cobranca, emitidos[-1].numero)):
        relato.append(aviso)
    return relato


def _emitir(ctx: Contexto, preparo: Preparo) -> None:
    conta, emitidos = preparo.selecao.conta, preparo.boletos
    resumo = {
        "conta": conta.codigo,
        "boletos": len(emitidos),
        "primeiro": emitidos[0].numero,
        "centavos": sum(b.valor for b in emitidos),
    }
    ato = registrar(ctx.livro, ctx.autor, "gerar boletos", depois=resumo)
    boletos.emitir(ctx.livro, ato, emitidos, preparo.lacos)
    cobranca_do_livro.pedir(ctx.livro, ato, ((b.id, cobranca_do_livro.REGISTRAR, "{}") for b in emitidos))
    if ultimo := emitidos[-1].numero:
        numeracao.definir_ultimo(ctx.livro, conta.banco, emitidos[-1].espaco, ultimo)
