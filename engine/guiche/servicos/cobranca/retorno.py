"""Importar o retorno da cobrança: reconhecer a conta, mostrar a prévia, dar as baixas (K-01, S-81, S-82).

O arquivo passa lote a lote, e cada lote se grava antes do seguinte, tudo numa transação: um retorno de um milhão
de linhas ocupa a memória de um pequeno.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.erros import ErroDeArquivo, Local, Problema
from guiche.livro import arquivos, boletos, numeracao, pedidos, remessas, respostas, retornos, titulos
from guiche.livro.atos import proximo_id, registrar
from guiche.livro.respostas import DIVERGENCIA, RespostaDeBoleto
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos
from guiche.oficio.recebimento import lancar_comissoes
from guiche.oficio.recepcao import (
    Aceita,
    PorImportar,
    conferir_numero,
    destino_da_baixa,
    onde_se_da_baixa,
    recusar_repetido,
    sha256_de,
)
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravar, lendo_contratos, retomando
from guiche.servicos.cobranca import apuracao as resultados
from guiche.servicos.cobranca import fila
from guiche.servicos.cobranca.apuracao import Contas, Dias, Lote
from guiche.servicos.cobranca.efeitos import Aplicador
from guiche.servicos.cobranca.em_aberto import Conhecidos
from guiche.servicos.cobranca.reconhecimento import Reconhecido, numero_do_retorno, reconhecer

_OUTROS = (resultados.TARIFA, resultados.PEDIDO_FEITO, resultados.PEDIDO_RECUSADO, resultados.SEM_MUDANCA)
"""O que não tem conta própria no relato."""


def importar(ctx: Contexto, pedido: PorImportar, *, confirmar: bool) -> Resultado:
    """Mostra o que o retorno faria; com ``confirmar``, faz.

    Raises:
        ErroDeArquivo: o arquivo não é um retorno de cobrança inteiro e certo.
        ErroDeRegra: é de outra conta ou sentido, ou já foi importado.
    """
    return (_importar if confirmar else _prever)(ctx, pedido)


@lendo_contratos("importar")
def _prever(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, pedido: PorImportar) -> Resultado:
    lido, destino = _abrir(ctx, cadastros, contratos, pedido)
    avisos = conferir_numero(ctx, lido.conta, lido.chegada, pedido.aceita)
    contas = _percorrer(ctx, lido, cadastros, None, 0, destino)
    return _relatar("Prévia: nada foi gravado ainda.", lido, contas, destino, avisos)


@retomando
@lendo_contratos("importar")
def _importar(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, pedido: PorImportar) -> Resultado:
    lido, destino = _abrir(ctx, cadastros, contratos, pedido)
    return gravar(ctx, cadastros, _dar_baixa(ctx, cadastros, pedido.aceita, lido, destino))


def _abrir(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, pedido: PorImportar) -> tuple[Reconhecido, str]:
    ctx.progresso("Lendo o retorno…")
    lido = reconhecer(ctx, pedido.caminho, cadastros, contratos.cobrancas, pedido.conta, pedido.aceita)
    return lido, destino_da_baixa(lido.conta, pedido.baixar_em)


def _dar_baixa(ctx: Contexto, cadastros: Cadastros, aceita: Aceita, lido: Reconhecido, destino: str) -> Meio:
    ctx.progresso("Dando baixa…")
    recusar_repetido(ctx, lido.chegada)
    avisos = conferir_numero(ctx, lido.conta, lido.chegada, aceita)
    codigo, contas = _gravar(ctx, lido, cadastros, destino, aceita.repetir_nsa)
    yield
    resultado = _relatar(f"Retorno {codigo} importado: {lido.chegada.fonte}.", lido, contas, destino, avisos, codigo)
    ctx.progresso("Atualizando a pasta de trabalho…")
    return resultado


# --- o percurso ---


def _percorrer(
    ctx: Contexto, lido: Reconhecido, cadastros: Cadastros, ato: int | None, codigo: int, destino: str
) -> Contas:
    """Lê o arquivo inteiro; com ``ato``, grava cada lote ao passar."""
    data = date.fromisoformat(lido.chegada.gerado_em) if lido.chegada.gerado_em else None
    dias = Dias(lido.cobranca.data_da_baixa or "PAGAMENTO", data, ctx.autor.hoje, cadastros.calendario)
    vencimentos = {t.numero: t.vencimento for t in cadastros.titulos}
    do_convenio = [c.codigo for c in cadastros.do_convenio(lido.conta)]
    conhecidos = Conhecidos(ctx.livro, do_convenio, grava=ato is not None)
    aplicador = Aplicador(conhecidos, lido.arquivo.layout, dias, vencimentos, codigo)
    em_fechamento = {t.numero for t in cadastros.titulos if t.fechamento}
    contas, comissionados = Contas(), []
    for lidos in lido.arquivo.lotes():
        lote = aplicador.aplicar(lidos, lido.arquivo.pix)
        if ato is not None:
            _gravar_lote(ctx, lote, (ato, codigo, destino, lido.conta.codigo))
            if em_fechamento:
                comissionados += [
                    (r.titulo, r.principal - r.desconto, r.dia) for r in lote.recebidos if r.titulo in em_fechamento
                ]
        contas.somar(lote, aplicador.textos)
    if ato is not None:
        lancar_comissoes(ctx.livro, ato, cadastros, comissionados, codigo)
        respostas.lancar_tarifas(ctx.livro, ato, (
            (codigo, None, do_dia.quantas, lido.conta.codigo, dia, do_dia.centavos, f"{porque} ({do_dia.de_que()})")
            for (dia, porque), do_dia in sorted(contas.do_movimento.items())
        ))  # fmt: skip
    if erros := lido.arquivo.erros:
        primeiro, *resto = erros
        mais = f" (e mais {len(resto)})" if resto else ""
        raise ErroDeArquivo(primeiro.codigo, f"{primeiro.mensagem}{mais}", local=primeiro.local, dica=primeiro.dica)
    return contas


def _gravar_lote(ctx: Contexto, lote: Lote, de_quem: tuple[int, int, str, str]) -> None:
    livro, (ato, codigo, destino, conta) = ctx.livro, de_quem
    respostas.gravar(livro, lote.respostas)
    boletos.mudar_varios(livro, ato, lote.eventos, lote.pagos)
    recebidos = (
        (r.titulo, r.cliente, r.principal, r.dia, destino, conta, codigo, r.boleto, r.juros, r.desconto)
        for r in lote.recebidos
    )
    titulos.receber_de_boletos(livro, ato, recebidos)
    pedidos.responder(livro, codigo, lote.pedidos)
    boletos.guardar_no_banco(livro, lote.no_banco)
    numeracao.numerar(livro, lote.numerados.values())
    boletos.guardar_pix(livro, lote.pix)
    boletos.soltar(livro, lote.soltos, _momento(ctx))
    ativas = [n for n in lote.respondidas if (r := remessas.buscar(livro, n)) and r.situacao == "ATIVA"]
    remessas.mudar_situacao(livro, ativas, "PROCESSADA")
    for pedido in lote.aceitos:
        if boleto := boletos.buscar(livro, pedido.boleto):
            fila.aceitar(livro, boleto, pedido)


def _momento(ctx: Contexto) -> str:
    return ctx.autor.agora.isoformat(sep=" ", timespec="seconds")


def _gravar(
    ctx: Contexto, lido: Reconhecido, cadastros: Cadastros, destino: str, repetir_nsa: str
) -> tuple[int, Contas]:
    livro, conta, chegada = ctx.livro, lido.conta, lido.chegada
    codigo = proximo_id(livro, "retorno")
    depois: dict[str, Any] = {"retorno": codigo, "arquivo": chegada.fonte}
    if repetir_nsa:
        depois["nsa_repetido"] = repetir_nsa
    ato = registrar(livro, ctx.autor, "importar", depois=depois)
    sha = arquivos.guardar_do_disco(livro, lido.caminho)
    if sha != chegada.sha256:
        razao = "o arquivo mudou enquanto se lia: espere acabar de baixar e repita"
        raise ErroDeArquivo("arquivo.mudou", razao, local=Local(chegada.fonte))
    retorno = retornos.Retorno(
        codigo, chegada.tipo, conta.banco, conta.convenio, lido.arquivo.layout.apelido, chegada.nsa,
        chegada.gerado_em, sha, chegada.fonte, _momento(ctx), ctx.autor.usuario, destino, 0, 0, 0, 0, 0, 0, 0,
        numero_do_retorno(lido.arquivo),
    )  # fmt: skip
    retornos.abrir(livro, ato, retorno)
    contas = _percorrer(ctx, lido, cadastros, ato, codigo, destino)
    if sha256_de(lido.caminho) != sha:
        razao = "o arquivo mudou enquanto se lia: nada foi gravado"
        raise ErroDeArquivo("arquivo.mudou", razao, local=Local(chegada.fonte))
    r = contas.resultados
    retornos.fechar(livro, retorno._replace(
        registros=sum(r.values()), total=contas.total_pago, debitados=contas.pagos, total_debitado=contas.total_pago,
        recusados=r[resultados.REJEITADO] + r[resultados.PEDIDO_RECUSADO], cancelados=r[resultados.BAIXADO],
        divergencias=r[DIVERGENCIA] + r[resultados.NAO_LOCALIZADO],
    ))  # fmt: skip
    return codigo, contas


# --- o relato ---


def _relatar(
    resumo: str, lido: Reconhecido, contas: Contas, destino: str, avisos: Sequence[Problema], codigo: int | None = None
) -> Resultado:
    r = contas.resultados
    divergentes = r[DIVERGENCIA] + r[resultados.NAO_LOCALIZADO]
    lidos, repetidos = sum(r.values()), r[resultados.JA_PROCESSADO]
    pagos = r[resultados.PAGO] + r[resultados.PARCIAL]
    outros = sum(r[um] for um in _OUTROS)
    onde = onde_se_da_baixa(lido.conta, destino)
    relato = [
        resumo,
        f"Conta {lido.conta.codigo}, {lido.arquivo.layout.por_extenso}. Lidos: {lidos}. Pagos: {pagos}, "
        f"R$ {escrever_reais(contas.total_pago)}, com baixa {onde}.",
        f"Registrados: {r[resultados.REGISTRADO]}. Rejeitados: {r[resultados.REJEITADO]}. "
        f"Baixados: {r[resultados.BAIXADO]}. Divergentes: {divergentes}. Já processados: {repetidos}. "
        f"Outros: {outros}.",
    ]
    if contas.tarifas:
        relato.append(f"Tarifas: {contas.tarifas}, R$ {escrever_reais(contas.total_tarifas)}, no movimento bancário.")
    if contas.pix:
        relato.append(f"Com Pix do banco: {contas.pix}; sai no boleto ao imprimir.")
    if contas.numerados:
        relato.append(f"Com o nosso número que o banco deu: {contas.numerados}; já se podem imprimir.")
    relato += [f"  {quantos} × {texto}" for texto, quantos in contas.textos.most_common(8)]
    dados = {
        "codigo": codigo, "conta": lido.conta.codigo, "banco": lido.conta.banco, "layout": lido.arquivo.layout.apelido,
        "numero": numero_do_retorno(lido.arquivo), "lidos": lidos, "pagos": pagos,
        "total_pago": str(para_reais(contas.total_pago)), "registrados": r[resultados.REGISTRADO],
        "rejeitados": r[resultados.REJEITADO], "baixados": r[resultados.BAIXADO], "divergencias": divergentes,
        "ja_processados": repetidos, "outros": outros,
        "tarifas": contas.tarifas, "total_tarifas": str(para_reais(contas.total_tarifas)), "baixar_em": destino,
        "pix": contas.pix, "numerados": contas.numerados,
    }  # fmt: skip
    problemas = (*lido.avisos, *avisos, *lido.arquivo.anotacoes.problemas, *map(_problema(lido), contas.avisos))

    def detalhar() -> dict[str, Any]:
        return {"linhas": [_em_dict(r) for r in contas.linhas], "linhas_omitidas": lidos - len(contas.linhas)}

    return Resultado("importar", tuple(relato), dados, problemas, detalhar=detalhar)


def _problema(lido: Reconhecido) -> Any:
    def do_aviso(r: RespostaDeBoleto) -> Problema:
        codigo = "retorno.divergencia" if r.resultado in {DIVERGENCIA, resultados.NAO_LOCALIZADO} else "retorno.alerta"
        quem = f"boleto {r.boleto_id}" if r.boleto_id else f"nosso número {r.nosso_numero or '(em branco)'}"
        return Problema(
            codigo, f"{quem}, código {r.codigo}: {r.aviso}", Local(lido.chegada.fonte, r.seq), gravidade="aviso"
        )

    return do_aviso


def _em_dict(r: RespostaDeBoleto) -> dict[str, Any]:
    return {
        "linha": r.seq, "boleto": r.boleto_id, "nosso_numero": r.nosso_numero, "codigo": r.codigo, "classe": r.classe,
        "pago": None if r.pago is None else str(para_reais(r.pago)), "data": r.ocorrencia_em, "resultado": r.resultado,
        "aviso": r.aviso or None,
    }  # fmt: skip
