"""Importar o retorno de débito automático: reconhecer, mostrar a prévia, confirmar (S-36..S-48, K-14..K-20)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guiche.arquivos.debito150 import Arquivo, ler
from guiche.debito.composicao import cabecalho
from guiche.dominio.cadastro import Conta
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.texto import visivel
from guiche.erros import ErroDeArquivo, ErroDeRegra, Local, Problema, do_sistema
from guiche.layout.carga import carregar
from guiche.livro import arquivos, remessas, retornos
from guiche.livro.atos import proximo_id, registrar
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.mudados import no_debito
from guiche.oficio.recebimento import Quitado, desdobrar, receber
from guiche.oficio.recepcao import (
    DEBITO,
    Aceita,
    Chegada,
    PorImportar,
    conferir_numero,
    destino_da_baixa,
    onde_se_da_baixa,
    recusar_ensaio,
    recusar_repetido,
)
from guiche.oficio.remetente import remetente_da
from guiche.oficio.resultado import A_DETALHAR, Resultado
from guiche.servicos.ato import Meio, gravar, lendo, retomando
from guiche.servicos.debito.baixa import Baixa, aplicar
from guiche.servicos.debito.confronto import Resposta
from guiche.servicos.debito.registros import Registros, efetuar, interpretar

COLUNAS = (
    "id_cliente_empresa", "agencia_debito", "id_cliente_banco", "data_vencimento_ou_debito", "valor", "codigo_retorno",
    "uso_empresa", "codigo_movimento",
)  # fmt: skip


Efeito = tuple[Baixa, Registros, list[Problema]]
"""O efeito das respostas a débitos, o dos outros registros, e o que a pessoa mudou à mão do que eles dizem."""


@dataclass(frozen=True, slots=True)
class Reconhecido:
    """Um retorno lido e aceito, com a conta a que pertence."""

    arquivo: Arquivo
    conteudo: bytes
    chegada: Chegada
    conta: Conta
    avisos: tuple[Problema, ...]


def importar(ctx: Contexto, pedido: PorImportar, *, confirmar: bool) -> Resultado:
    """Mostra o que o retorno faria; com ``confirmar``, faz.

    Raises:
        ErroDeArquivo: o arquivo não é um retorno de débito automático inteiro e certo.
        ErroDeRegra: o arquivo é de outro banco, convênio ou sentido, ou já foi importado.
    """
    return (_importar if confirmar else _prever)(ctx, pedido)


@lendo("importar")
def _prever(ctx: Contexto, cadastros: Cadastros, pedido: PorImportar) -> Resultado:
    lido, destino = _abrir(ctx, cadastros, pedido)
    baixa, outros = _aplicar(ctx, cadastros, lido)
    mudados = _mudados(ctx, cadastros, baixa)
    return _relatar("Prévia: nada foi gravado ainda.", lido, (baixa, outros, mudados), destino)


@retomando
@lendo("importar")
def _importar(ctx: Contexto, cadastros: Cadastros, pedido: PorImportar) -> Resultado:
    return gravar(ctx, cadastros, _dar_baixa(ctx, cadastros, pedido.aceita, *_abrir(ctx, cadastros, pedido)))


def _abrir(ctx: Contexto, cadastros: Cadastros, pedido: PorImportar) -> tuple[Reconhecido, str]:
    ctx.progresso("Lendo o retorno…")
    lido = reconhecer(ctx, pedido.caminho, cadastros, pedido.conta, pedido.aceita)
    return lido, destino_da_baixa(lido.conta, pedido.baixar_em)


def _dar_baixa(ctx: Contexto, cadastros: Cadastros, aceita: Aceita, lido: Reconhecido, destino: str) -> Meio:
    ctx.progresso("Dando baixa…")
    recusar_repetido(ctx, lido.chegada)
    conferir_numero(ctx, lido.conta, lido.chegada, aceita)
    baixa, outros = _aplicar(ctx, cadastros, lido)
    mudados = _mudados(ctx, cadastros, baixa)
    codigo = _gravar(ctx, cadastros, lido, (baixa, outros), (destino, aceita.repetir_nsa))
    yield
    resumo = f"Retorno {codigo} importado: {lido.arquivo.fonte}."
    resultado = _relatar(resumo, lido, (baixa, outros, mudados), destino, codigo)
    ctx.progresso("Atualizando a pasta de trabalho…")
    return resultado


def reconhecer(ctx: Contexto, caminho: Path, cadastros: Cadastros, conta: str, aceita: Aceita) -> Reconhecido:
    """Lê o arquivo, acha a conta a que pertence e recusa o que não se pode importar."""
    try:
        conteudo = caminho.read_bytes()
    except OSError as erro:
        raise ErroDeArquivo(
            "arquivo.ausente", f"não foi possível abrir: {do_sistema(erro)}", local=Local(caminho.name)
        ) from erro
    arquivo = ler(conteudo, visivel(caminho.name))
    if arquivo.erros:
        primeiro, *resto = arquivo.erros
        mais = f" (e mais {len(resto)})" if resto else ""
        raise ErroDeArquivo(primeiro.codigo, f"{primeiro.mensagem}{mais}", local=primeiro.local, dica=primeiro.dica)
    if arquivo.sentido != "retorno":
        raise ErroDeRegra(
            "retorno.sentido", "este arquivo é uma remessa, não um retorno do banco", local=Local(arquivo.fonte)
        )
    escolhida = _conta_do_arquivo(ctx, arquivo, cadastros, conta)
    gerado_em = arquivo.data_geracao.isoformat() if arquivo.data_geracao else None
    chegada = Chegada(arquivo.fonte, hashlib.sha256(conteudo).hexdigest(), DEBITO, arquivo.nsa, gerado_em)
    recusar_repetido(ctx, chegada)
    do_ensaio = recusar_ensaio(arquivo, arquivo.fonte, carregar(arquivo.layout).registros["A"], aceita)
    chegada = chegada._replace(ensaio=bool(do_ensaio))
    avisos = [*arquivo.problemas, *do_ensaio, *conferir_numero(ctx, escolhida, chegada, aceita)]
    return Reconhecido(arquivo, conteudo, chegada, escolhida, tuple(avisos))


def _aplicar(ctx: Contexto, cadastros: Cadastros, lido: Reconhecido) -> tuple[Baixa, Registros]:
    """O efeito das respostas a débitos, e o dos outros registros."""
    blocos = (list(map(Resposta._make, bloco)) for bloco in lido.arquivo.detalhes("F", COLUNAS))
    baixa = aplicar(ctx.livro, lido.conta, lido.arquivo.versao, blocos, cadastros.calendario)
    remetente = remetente_da(ctx, lido.conta, cadastros.clientes)
    return baixa, interpretar(ctx.livro, remetente, lido.arquivo, baixa.contas()[:2])


def _mudados(ctx: Contexto, cadastros: Cadastros, baixa: Baixa) -> list[Problema]:
    """O que a pessoa mudou à mão em títulos a que este retorno responde."""
    respondidos = {linha.titulo for linha in baixa.linhas}
    return [
        Problema("retorno.mudado", m.frase, Local("Títulos"), gravidade="aviso")
        for m in no_debito(ctx.livro, cadastros) if m.numero in respondidos
    ]  # fmt: skip


def _conta_do_arquivo(ctx: Contexto, arquivo: Arquivo, cadastros: Cadastros, codigo: str) -> Conta:
    """A conta cujo cabeçalho de remessa traz o mesmo banco e convênio do arquivo (S-36)."""
    candidatas = (
        [cadastros.conta(codigo, inativa=True)] if codigo else
        sorted((c for c in cadastros.contas.values() if c.produto == "DEBITO"), key=lambda c: c.ativa is False)
    )  # fmt: skip
    no_arquivo = _convenio_escrito(arquivo.linhas[0])
    for conta in candidatas:
        if conta.banco == arquivo.banco and _convenio_da_conta(ctx, conta) == no_arquivo:
            return conta
    pedidas = "; ".join(f"{c.codigo}: banco {c.banco}, convênio {c.convenio}" for c in candidatas) or "nenhuma"
    raise ErroDeRegra(
        "retorno.conta",
        f"o arquivo é do banco {arquivo.banco}, convênio {no_arquivo}; contas: {pedidas}",
        local=Local(arquivo.fonte),
    )


def _convenio_da_conta(ctx: Contexto, conta: Conta) -> str:
    remetente = remetente_da(ctx, conta, {})
    return _convenio_escrito(cabecalho(remetente, remetente.layout, 1, ctx.autor.hoje))


def _convenio_escrito(linha_a: str) -> str:
    """Campo A03 sem brancos nem zeros à esquerda: os bancos alinham cada um de um jeito."""
    return linha_a[2:22].strip().lstrip("0")


def _gravar(
    ctx: Contexto, cadastros: Cadastros, lido: Reconhecido, efeito: tuple[Baixa, Registros], como: tuple[str, str]
) -> int:
    livro, arquivo, conta, (baixa, outros), (destino, repetir_nsa) = ctx.livro, lido.arquivo, lido.conta, efeito, como
    codigo = proximo_id(livro, "retorno")
    n, debitado, recusados, cancelados, divergencias = baixa.contas()
    divergencias += outros.divergencias()
    depois: dict[str, Any] = {"retorno": codigo, "arquivo": arquivo.fonte, "debitados": n, "divergencias": divergencias}
    if repetir_nsa:
        depois["nsa_repetido"] = repetir_nsa
    ato = registrar(livro, ctx.autor, "importar", depois=depois)
    retorno = retornos.Retorno(
        codigo, DEBITO, conta.banco, conta.convenio, arquivo.versao, arquivo.nsa, lido.chegada.gerado_em,
        arquivos.guardar(livro, arquivo.fonte, lido.conteudo), arquivo.fonte,
        ctx.autor.agora.isoformat(sep=" ", timespec="seconds"), ctx.autor.usuario, destino, len(arquivo.linhas),
        int(arquivo.trailer["valor_total"]), n, debitado, recusados, cancelados, divergencias,
        "" if arquivo.nsa is None else f"{arquivo.nsa:06d}",
    )  # fmt: skip
    retornos.gravar(livro, ato, retorno, (i._replace(retorno_id=codigo) for i in (*baixa.linhas, *outros.linhas)))
    efetuar(ctx, codigo, conta.banco, outros)
    remessas.mudar_estados(livro, ato, "retorno do banco", baixa.mudancas)
    retornos.anotar_respostas(livro, baixa.anotacoes)
    remessas.processar(livro, baixa.processadas)
    quitados = desdobrar(livro, cadastros, (Quitado(*recebimento) for recebimento in baixa.recebimentos))
    receber(livro, ato, cadastros, quitados, (destino, conta.codigo, codigo))
    return codigo


def _relatar(resumo: str, lido: Reconhecido, efeito: Efeito, destino: str, codigo: int | None = None) -> Resultado:
    baixa, outros, mudados = efeito
    n, debitado, recusados, cancelados, divergencias = baixa.contas()
    divergencias += outros.divergencias()
    lidos, repetidas = len(baixa.linhas) + len(outros.linhas), baixa.ja_processados()
    sem_efeito = lidos - n - recusados - cancelados - divergencias - repetidas
    onde = onde_se_da_baixa(lido.conta, destino)
    relato = [
        resumo,
        f"Lidos: {lidos}. Debitados: {n}, R$ {escrever_reais(debitado)}, com baixa {onde}.",
        f"Não debitados: {recusados}. Cancelados: {cancelados}. Divergências: {divergencias}. "
        f"Já processados: {repetidas}. Sem baixa a dar: {sem_efeito}.",
    ]
    razoes = Counter(texto for texto in baixa.textos if texto)
    relato += [f"  {quantos} × {texto}" for texto, quantos in razoes.most_common(8)]
    relato += outros.relato()
    problemas = [*lido.avisos, *baixa.problemas(lido.arquivo.fonte), *outros.problemas(lido.arquivo.fonte), *mudados]
    dados = {
        "codigo": codigo,
        "banco": lido.conta.banco,
        "convenio": lido.conta.convenio,
        "nsa": lido.arquivo.nsa,
        "respostas": len(baixa.linhas),
        "debitados": n,
        "total_debitado": str(para_reais(debitado)),
        "recusados": recusados,
        "cancelados": cancelados,
        "divergencias": divergencias,
        "lidos": lidos,
        "ja_processados": repetidas,
        "sem_baixa": sem_efeito,
        "baixar_em": destino,
        "registros": dict(outros.quantos),
    }
    return Resultado("importar", tuple(relato), dados, tuple(problemas), detalhar=_detalhe(baixa, outros))


def _detalhe(baixa: Baixa, outros: Registros) -> Callable[[], dict[str, Any]]:
    """As primeiras linhas, uma a uma; o resto só se conta."""
    primeiras = list(zip(baixa.linhas[:A_DETALHAR], baixa.textos, strict=False))
    omitidas, dos_outros = len(baixa.linhas) - len(primeiras), outros.linhas[:A_DETALHAR]

    def detalhar() -> dict[str, Any]:
        respostas = [_linha_em_dict(i, texto) for i, texto in primeiras]
        outras = [_linha_em_dict(i, i.aviso) for i in dos_outros]
        return {"linhas": respostas, "linhas_omitidas": omitidas, "outros": outras}

    return detalhar


def _linha_em_dict(linha: retornos.LinhaRecebida, texto: str) -> dict[str, Any]:
    return {
        "linha": linha.seq,
        "titulo": linha.titulo or None,
        "codigo": linha.codigo,
        "classe": linha.classe,
        "motivo": texto,
        "valor": str(para_reais(linha.valor)),
        "data": linha.vencimento,
        "resultado": linha.resultado,
        "aviso": linha.aviso or None,
    }
