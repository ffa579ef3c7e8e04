"""A tela das remessas: listar, exportar, estornar, descartar, marcar como transmitida (S-54..S-65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiche.dominio.cadastro import Cliente
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.elegibilidade import escrever_data
from guiche.dominio.estados import NOMES, Efeito, Evento, transicao
from guiche.erros import ErroDeRegra
from guiche.livro import cadastramentos, remessas
from guiche.livro.arquivos import recuperar
from guiche.livro.atos import registrar
from guiche.livro.remessas import COBRANCA, LinhaEnviada, Remessa
from guiche.oficio.cadastros import Cadastros, ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import aposentar_descartadas, escrever_inteiro, exportar_arquivo
from guiche.oficio.remetente import remetente_da
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravando
from guiche.servicos.cobranca import enviadas as de_boletos
from guiche.servicos.debito.gerar import repetir
from guiche.servicos.debito.gravacao import gravar_remessa
from guiche.vistas.debito import BOLA_AMARELA, MOVIMENTOS, bola

if TYPE_CHECKING:
    from guiche.documentos.relatorio import Coluna

_TIPOS = {"DEBITO": "débito", "CANCELAMENTO": "cancelamento", COBRANCA: "boletos"}


def listar(ctx: Contexto, *, banco: str = "", situacao: str = "", tipo: str = "") -> Resultado:
    """As remessas, da mais nova à mais velha, com a bola amarela ou preta."""
    achadas = remessas.listar(ctx.livro, banco=banco, situacoes=[situacao] if situacao else [], tipo=tipo)
    linhas = [_frase(r) for r in achadas] or ["Nenhuma remessa com esse filtro."]
    return Resultado("remessas", tuple(linhas), {"remessas": [_em_dict(r) for r in achadas]})


def _frase(r: Remessa) -> str:
    return (
        f"{cor(r):<7} {r.id:>4}  NSA {r.nsa:06d}  banco {r.banco}  {r.tipo:<12} {r.situacao:<11} {r.linhas:>6} linhas"
        f"  débito R$ {escrever_reais(r.total_debito)}  cancelamento R$ {escrever_reais(r.total_cancelamento)}"
    )


def cor(r: Remessa) -> str:
    """A bola, pelo nome: na tela de um terminal, um ● é preto."""
    return "amarela" if bola(r) == BOLA_AMARELA else "preta"


def _em_dict(r: Remessa) -> dict[str, Any]:
    dados: dict[str, Any] = r._asdict() | {"bola": cor(r)}
    return dados | {nome: str(para_reais(dados[nome])) for nome in ("total_debito", "total_cancelamento")}


def exigir(ctx: Contexto, codigo: int) -> Remessa:
    """A remessa de código dado.

    Raises:
        ErroDeRegra: ``remessa.ausente``.
    """
    remessa = remessas.buscar(ctx.livro, codigo)
    if remessa is None:
        raise ErroDeRegra("remessa.ausente", f"não há remessa {codigo} neste livro")
    return remessa


def _exigir_amarela(ctx: Contexto, codigo: int, verbo: str) -> Remessa:
    remessa = exigir(ctx, codigo)
    if bola(remessa) != BOLA_AMARELA:
        raise ErroDeRegra(
            "remessa.fechada", f"a remessa {codigo} está {remessa.situacao.lower()} (bola preta): não se pode {verbo}"
        )
    return remessa


def _exigir_enviada(ctx: Contexto, codigo: int) -> Remessa:
    """A remessa que se pode estornar: está aberta e foi ao banco (S-60); a que não foi se descarta."""
    remessa = _exigir_amarela(ctx, codigo, "estornar")
    if not (remessa.transmitida_em or remessa.confirmada_em):
        raise ErroDeRegra("remessa.nao_transmitida", f"a remessa {codigo} não está marcada como transmitida ao banco")
    return remessa


def exportar(ctx: Contexto, codigo: int, saida: Path | None = None) -> Resultado:
    """Escreve de novo o arquivo da remessa, byte a byte igual (S-58)."""
    remessa = _exigir_amarela(ctx, codigo, "reexportar")
    if saida is None:
        caminho = exportar_arquivo(ctx, remessa)
    else:
        caminho = saida
        escrever_inteiro(saida, recuperar(ctx.livro, remessa.sha256))
    dados = {"remessa": codigo, "nsa": remessa.nsa, "sha256": remessa.sha256}
    return Resultado("exportar", (f"Remessa {codigo} exportada: {caminho}.",), dados, arquivos=(caminho,))


@gravando("estornar")
def estornar(ctx: Contexto, cadastros: Cadastros, codigo: int) -> Meio:
    """Estorna uma remessa já enviada: nova remessa com o cancelamento de todas as suas linhas (S-59..S-64).

    As linhas que já eram de cancelamento se repetem; os títulos ficam livres para nova remessa. A de boletos põe
    na fila a baixa de cada um.
    """
    if exigir(ctx, codigo).tipo == COBRANCA:
        return (yield from de_boletos.estornar(ctx, _exigir_enviada(ctx, codigo)))
    original = _exigir_enviada(ctx, codigo)
    linhas = _estornaveis(ctx, original)
    resumo = {"remessa": codigo, "linhas": len(linhas)}
    ato = registrar(ctx.livro, ctx.autor, "estornar", antes={"situacao": "ATIVA"}, depois=resumo)
    remetente = remetente_da(ctx, cadastros.conta(original.conta), cadastros.clientes)
    nova = gravar_remessa(ctx, ato, remetente, repetir(ctx, linhas, liberar=True), origem=original)
    remessas.mudar_situacao(ctx.livro, [codigo], "ESTORNADA")
    yield
    caminho = exportar_arquivo(ctx, nova)
    relato = (
        f"Remessa {codigo} estornada. Remessa de cancelamento {nova.id} (NSA {nova.nsa}): {caminho.name}.",
        f"{nova.linhas} cancelamentos, R$ {escrever_reais(nova.total_cancelamento)}. Os títulos estão livres.",
        "Envie o arquivo de cancelamento ao banco antes de gerar a nova remessa.",
    )
    return Resultado("estornar", relato, {"remessa": nova.id, "nsa": nova.nsa, "origem": codigo}, arquivos=(caminho,))


def _estornaveis(ctx: Contexto, remessa: Remessa) -> list[LinhaEnviada]:
    """As linhas vigentes da remessa; recusa se o banco já respondeu a alguma."""
    linhas = [linha for linha in remessas.linhas_da(ctx.livro, remessa.id) if linha.substituida_por is None]
    for linha in linhas:
        passo = transicao(linha.estado, Evento.ESTORNAR_REMESSA)
        if passo.efeito is Efeito.RECUSA:
            raise ErroDeRegra("remessa.fechada", f"título {linha.titulo}: {passo.aviso}")
    if not linhas and not remessa.linhas:
        razao = (
            f"a remessa {remessa.id} só leva recusas e mudanças de optantes: não há débito a cancelar. "
            "Se ainda não foi ao banco, descarte-a; se já foi, fale com ele"
        )
        raise ErroDeRegra("remessa.fechada", razao)
    if not linhas:
        raise ErroDeRegra("remessa.fechada", f"todas as linhas da remessa {remessa.id} já foram canceladas por outras")
    return linhas


def ver(ctx: Contexto, codigo: int) -> Resultado:
    """O resumo de uma remessa. Não grava nada."""
    r = exigir(ctx, codigo)
    transmitida = (
        f"transmitida em {datetime.fromisoformat(r.transmitida_em):%d/%m/%Y às %H:%M}"
        if r.transmitida_em
        else "ainda não marcada como transmitida"
    )
    if r.tipo == COBRANCA:
        totais = f"Pedidos: {r.linhas}; a registrar R$ {escrever_reais(r.total_debito)}."
    else:
        totais = (
            f"Linhas: {r.linhas}; a debitar R$ {escrever_reais(r.total_debito)}, "
            f"a cancelar R$ {escrever_reais(r.total_cancelamento)}."
            f"{'' if r.linhas else ' Só leva recusas e mudanças de optantes.'}"
        )
    relato = (
        f"Remessa {codigo} (NSA {r.nsa}, conta {r.conta}), de {_TIPOS[r.tipo]}, bola {cor(r)}: {r.situacao.lower()}.",
        totais,
        f"Gerada em {datetime.fromisoformat(r.gerada_em):%d/%m/%Y às %H:%M} por {r.usuario}, {transmitida}.",
    )
    dados = {"remessa": codigo, "situacao": r.situacao, "linhas": r.linhas,
             "total_debito": str(para_reais(r.total_debito)), "bola": cor}  # fmt: skip
    return Resultado("ver remessa", relato, dados)


@gravando("descartar")
def descartar(ctx: Contexto, cadastros: Cadastros, codigo: int, motivo: str) -> Meio:
    """Desfaz uma remessa que nunca chegou ao banco: as linhas voltam ao que eram (C-05).

    O NSA fica queimado, a menos que a conta exija sequência sem lacuna e esta seja a última remessa.
    """
    remessa = _exigir_amarela(ctx, codigo, "descartar")
    if remessa.transmitida_em:
        raise ErroDeRegra("remessa.transmitida", f"a remessa {codigo} foi transmitida em {remessa.transmitida_em}")
    if reenviados := remessas.reenviados_depois(ctx.livro, remessa):
        raise ErroDeRegra("remessa.reenviada", f"já foram enviados de novo os títulos {', '.join(reenviados[:5])}")
    depois = {"remessa": codigo, "motivo": motivo}
    ato = registrar(ctx.livro, ctx.autor, "descartar", antes={"situacao": "ATIVA"}, depois=depois)
    if remessa.tipo == COBRANCA:
        de_boletos.devolver(ctx, remessa)
    else:
        remessas.desfazer_linhas(ctx.livro, ato, remessa)
        cadastramentos.devolver(ctx.livro, remessa.id)
    remessas.mudar_situacao(ctx.livro, [codigo], "DESCARTADA")
    if remessa.origem_id:
        remessas.reabrir(ctx.livro, remessa.origem_id)
    devolvido = _devolver_nsa(ctx, remessa, cadastros)
    yield
    aposentar_descartadas(ctx)
    destino = "volta a ser o próximo" if devolvido else "fica sem uso"
    volta = "os pedidos voltaram à fila" if remessa.tipo == COBRANCA else "os títulos estão livres"
    relato = (f"Remessa {codigo} descartada; {volta} e o NSA {remessa.nsa} {destino}.",)
    return Resultado("descartar", relato, {"remessa": codigo, "nsa": remessa.nsa, "nsa_devolvido": devolvido})


def _devolver_nsa(ctx: Contexto, remessa: Remessa, cadastros: Cadastros) -> bool:
    conta = cadastros.contas.get(remessa.conta)
    ultima = remessas.proximo_nsa(ctx.livro, remessa.banco, remessa.convenio, None, remessa.produto) - 1 == remessa.nsa
    if conta is None or not conta.nsa_sem_lacuna or not ultima:
        return False
    remessas.definir_nsa(ctx.livro, remessa.banco, remessa.convenio, remessa.nsa - 1, remessa.produto)
    return True


def marcar(ctx: Contexto, codigo: int, marca: str) -> Resultado:
    """Anota que a remessa foi transmitida ao banco, ou que o banco confirmou tê-la recebido (S-105)."""
    return gravando(marca)(_marcar)(ctx, codigo, marca)


def _marcar(ctx: Contexto, _: Cadastros, codigo: int, marca: str) -> Meio:
    exigir(ctx, codigo)
    registrar(ctx.livro, ctx.autor, marca, depois={"remessa": codigo})
    momento = ctx.autor.agora.isoformat(sep=" ", timespec="seconds")
    remessas.marcar(ctx.livro, codigo, f"{marca}_em", momento)
    yield
    return Resultado(marca, (f"Remessa {codigo} marcada como {marca}.",), {"remessa": codigo})


def imprimir(ctx: Contexto, codigo: int, saida: Path) -> Resultado:
    """Relatório em PDF das linhas da remessa, com a conta mascarada e os dois totais (S-20, S-65)."""
    from guiche.documentos.relatorio import Relatorio, gravar_relatorio  # noqa: PLC0415

    remessa = exigir(ctx, codigo)
    clientes = ler_cadastros(ctx.pasta, ctx.lembranca, com_titulos=False).clientes
    if remessa.tipo == COBRANCA:
        colunas, linhas = de_boletos.quadro(ctx, remessa, clientes)
        totais = [("Total a registrar", remessa.total_debito)]
    else:
        colunas, linhas = _quadro_do_debito(ctx, codigo, clientes)
        totais = [("Total a debitar", remessa.total_debito), ("Total cancelado", remessa.total_cancelamento)]
    gravar_relatorio(saida, Relatorio(
        titulo=f"Remessa {codigo} – NSA {remessa.nsa:06d}",
        colunas=colunas,
        linhas=linhas,
        subtitulos=(
            f"Banco {remessa.banco}, convênio {remessa.convenio}, conta {remessa.conta}",
            f"Remessa de {_TIPOS[remessa.tipo]}, {remessa.situacao.lower()}",
            f"Gerada em {datetime.fromisoformat(remessa.gerada_em):%d/%m/%Y às %H:%M} por {remessa.usuario}",
        ),
        totais=tuple(totais),
        gerado_em=f"{ctx.autor.agora:%d/%m/%Y %H:%M}",
        orientacao="paisagem",
    ))  # fmt: skip
    return Resultado("imprimir", (f"Relatório da remessa {codigo}: {saida}.",), {"remessa": codigo}, arquivos=(saida,))


def _quadro_do_debito(
    ctx: Contexto, codigo: int, clientes: Mapping[str, Cliente]
) -> tuple[Sequence[Coluna], Sequence[Sequence[Any]]]:
    from guiche.documentos.relatorio import Coluna  # noqa: PLC0415

    linhas = [
        (
            linha.titulo, clientes[linha.cliente].nome if linha.cliente in clientes else linha.cliente,
            f"{linha.agencia} / {mascarar_conta(linha.conta)}", escrever_data_iso(linha.vencimento), linha.valor,
            MOVIMENTOS[linha.movimento], NOMES[linha.estado],
        )
        for linha in remessas.linhas_da(ctx.livro, codigo)
    ]  # fmt: skip
    colunas = (
        Coluna("Título", 10), Coluna("Cliente", 26), Coluna("Agência / conta", 16), Coluna("Vencimento", 10),
        Coluna("Valor (R$)", 12, "valor"), Coluna("Movimento", 13), Coluna("Situação", 18),
    )  # fmt: skip
    return colunas, linhas


def mascarar_conta(conta: str) -> str:
    """Só os três últimos dígitos à vista, como pede a LGPD num papel.

    >>> mascarar_conta("00000012345678")
    '…678'
    """
    return f"…{conta[-3:]}" if len(conta) > 3 else conta  # noqa: PLR2004


def escrever_data_iso(texto: str) -> str:
    """Data ISO do livro como se escreve em português."""
    return escrever_data(date.fromisoformat(texto))
