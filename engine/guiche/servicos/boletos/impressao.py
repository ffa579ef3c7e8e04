"""Do livro ao papel: PDF junto ou um por boleto, impressora, segunda via (S-88, S-89)."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from guiche.boleto import pix
from guiche.documentos.papel import Papel
from guiche.dominio.boletos import PAGAVEIS, EstadoBoleto
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.encargos import Encargos, no_dia
from guiche.dominio.nomes import pasta_de_dentro
from guiche.dominio.texto import contar, transliterar
from guiche.erros import ErroDeRegra, do_sistema
from guiche.livro import boletos
from guiche.livro.atos import registrar
from guiche.livro.boletos import Boleto
from guiche.oficio import executores
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import anotando, lendo_contratos
from guiche.servicos.boletos.exigencias import (
    exigir_beneficiario,
    exigir_numero,
    exigir_pagavel,
    exigir_que_se_imprima,
)
from guiche.servicos.boletos.papel import papel

PAGINAS_POR_ARQUIVO = 5_000
MASCARA = "boleto-{codigo}"
_CAMPO = re.compile(r"\{(\w*)\}")
_FORA_DO_NOME = re.compile(r"[^A-Z0-9._-]+")
_MAIOR_NOME, _CITADOS = 120, 5


class Saida(NamedTuple):
    """Como se quer o PDF."""

    forma: str = "a4"
    """``a4`` ou ``carne``."""
    nome: str = ""
    """Nome do arquivo, sem o fim; vazio: o da conta e dos números."""
    extras: tuple[str, ...] = ()
    """Linhas a mais no demonstrativo."""
    separados: bool = False
    """Um arquivo por boleto, com o nome que o parâmetro ``nome_do_boleto`` manda."""
    executor: str = ""
    """Onde desenhar quando são muitos arquivos: ver ``oficio/executores.py``."""


def gravar_pdf(ctx: Contexto, lista: Sequence[Boleto], contratos: Contratos, saida: Saida | None = None) -> list[Path]:
    """Desenha os boletos e grava cada PDF inteiro; anota a impressão.

    Raises:
        ErroDeRegra: ``conta.ausente``; ``boleto.beneficiario``; ``boleto.logotipo``; ``boleto.mascara``, se dois
            boletos teriam o mesmo nome.
    """
    exigir_beneficiario(lista, contratos)
    saida = saida or Saida()
    pasta = ctx.pasta.caminho.parent
    por_arquivo = 1 if saida.separados else PAGINAS_POR_ARQUIVO
    lotes = [lista[i : i + por_arquivo] for i in range(0, len(lista), por_arquivo)]
    nomes = _separados(ctx, lista) if saida.separados else _juntos(lotes, saida)
    caminhos = [pasta / "boletos" / f"{nome}.pdf" for nome in nomes]
    with executores.executor(saida.executor if len(lotes) > 1 else "") as onde:
        desenhados = executores.mapear(onde, desenhar_lote, _papeis(lotes, contratos, saida, pasta))
        for caminho, pdf in zip(caminhos, desenhados, strict=True):
            escrever_inteiro(caminho, pdf)
    _anotar_impressos(ctx, lista)
    return caminhos


@anotando
def _anotar_impressos(ctx: Contexto, lista: Sequence[Boleto]) -> None:
    momento = ctx.autor.agora.isoformat(sep=" ", timespec="seconds")
    boletos.anotar_impressos(ctx.livro, (b.id for b in lista), momento)


def _papeis(
    lotes: Sequence[Sequence[Boleto]], contratos: Contratos, saida: Saida, pasta: Path
) -> Iterator[tuple[list[Papel], str, bytes | None]]:
    logotipos: dict[str, bytes | None] = {}
    for lote in lotes:
        conta, cobranca = contratos.do(lote[0])
        if conta.codigo not in logotipos:
            logotipos[conta.codigo] = _logotipo(pasta, cobranca)
        yield [papel(b, *contratos.do(b), saida.extras) for b in lote], saida.forma, logotipos[conta.codigo]


def desenhar_lote(papeis: Sequence[Papel], forma: str, logo: bytes | None) -> bytes:
    """O PDF de um lote: função pura, que vai a outro processo ou máquina."""
    from guiche.documentos.boleto import desenhar  # noqa: PLC0415  só quem desenha paga pelo reportlab

    return desenhar(papeis, forma, logo=logo)


def _logotipo(pasta: Path, cobranca: Cobranca) -> bytes | None:
    if not cobranca.logotipo:
        return None
    caminho = pasta / pasta_de_dentro(cobranca.logotipo)
    try:
        from guiche.documentos.logotipo import conferir_logotipo  # noqa: PLC0415

        return conferir_logotipo(caminho.read_bytes())
    except ValueError as erro:
        raise ErroDeRegra("boleto.logotipo", f"o logotipo {cobranca.logotipo} não serve: {erro}") from erro
    except OSError as erro:
        raise ErroDeRegra(
            "boleto.logotipo", f"o logotipo {cobranca.logotipo} não se abre: {do_sistema(erro)}"
        ) from erro


def _juntos(lotes: Sequence[Sequence[Boleto]], saida: Saida) -> list[str]:
    if not saida.nome:
        return [f"boletos-{lote[0].conta}-{lote[0].numero}-{lote[-1].numero}" for lote in lotes]
    return [f"{saida.nome}{f'-{i}' if i else ''}" for i in range(len(lotes))]


def _separados(ctx: Contexto, lista: Sequence[Boleto]) -> list[str]:
    mascara = ctx.pasta.parametro("nome_do_boleto") or MASCARA
    nomes = [nome_pela_mascara(mascara, b) for b in lista]
    if len(set(nomes)) < len(nomes):
        raise ErroDeRegra("boleto.mascara", f"{mascara} daria o mesmo nome a dois boletos")
    return nomes


def nome_pela_mascara(mascara: str, boleto: Boleto) -> str:
    """O nome do arquivo de um boleto, sem o fim; só letras, algarismos, ponto, traço e sublinhado.

    Raises:
        ErroDeRegra: ``boleto.mascara``, se a máscara pede o que não há ou não sobra nome.
    """
    partes = {
        "codigo": str(boleto.id), "nosso_numero": boleto.nosso_numero, "cliente": boleto.cliente,
        "conta": boleto.conta, "vencimento": boleto.vencimento, "valor": escrever_reais(boleto.valor),
        "documento": str(json.loads(boleto.dados)["documento"]),
    }  # fmt: skip

    def parte(achado: re.Match[str]) -> str:
        try:
            return partes[achado[1]]
        except KeyError:
            aceitos = ", ".join(f"{{{nome}}}" for nome in partes)
            raise ErroDeRegra("boleto.mascara", f"{achado[0]} não existe; use {aceitos}") from None

    # um arquivo que se chame CON ou NUL não se abre no Windows; com o prefixo nenhum se chama assim
    limpo = _FORA_DO_NOME.sub("-", transliterar(_CAMPO.sub(parte, mascara))).strip("-.").lower()[:_MAIOR_NOME]
    if not limpo:
        raise ErroDeRegra("boleto.mascara", f"{mascara} não dá nome a arquivo nenhum")
    return limpo if limpo.startswith("boleto") else f"boleto-{limpo}"


def mandar_a_impressora(caminhos: Sequence[Path], sistema: str = sys.platform) -> str:
    """Manda cada PDF à impressora padrão do Windows; noutro sistema diz onde eles estão (S-88)."""
    if sistema != "win32":
        return f"Aqui não há como mandar à impressora: abra e imprima {caminhos[0]}."
    try:
        for caminho in caminhos:
            os.startfile(caminho, "print")  # type: ignore[attr-defined]  # noqa: S606  só existe no Windows
    except OSError as erro:
        return f"A impressora não aceitou ({do_sistema(erro)}): abra e imprima {caminhos[0]}."
    return f"{len(caminhos)} PDF na impressora padrão. Use laser ou jato de tinta, a 100 %: o código de barras pede."


def exigir(ctx: Contexto, codigo: int) -> Boleto:
    """O boleto de código dado.

    Raises:
        ErroDeRegra: ``boleto.ausente``.
    """
    boleto = boletos.buscar(ctx.livro, codigo)
    if boleto is None:
        raise ErroDeRegra("boleto.ausente", f"não há boleto {codigo} neste livro")
    return boleto


def escolhidos(ctx: Contexto, codigos: Sequence[int]) -> list[Boleto]:
    """Os boletos de códigos dados; sem nenhum, os marcados na coluna Imprimir.

    Raises:
        ErroDeRegra: ``boleto.nenhum_marcado``; ``boleto.ausente``; ``boleto.sem_numero``, se o banco ainda não o deu;
            ``boleto.do_banco``, se é ele que os imprime.
    """
    pedidos = codigos or marcados(ctx)
    lista = boletos.listar(ctx.livro, pedidos)
    if faltam := sorted(set(pedidos) - {b.id for b in lista}):
        raise ErroDeRegra("boleto.ausente", f"não há boleto {faltam[0]} neste livro")
    exigir_numero(lista)
    exigir_que_se_imprima(lista)
    return lista


@lendo_contratos("imprimir boletos", com_titulos=False)
def imprimir(
    ctx: Contexto, _: Cadastros, contratos: Contratos, codigos: Sequence[int], saida: Saida, *, impressora: bool = False
) -> Resultado:
    """O PDF dos boletos dados; sem nenhum, dos marcados na coluna Imprimir (S-88). Erros como em ``escolhidos``."""
    lista = escolhidos(ctx, codigos)
    lista = _com_pix(ctx, lista, contratos)
    nome = f"boletos-{lista[0].id}-{lista[-1].id}" if len(lista) > 1 else f"boleto-{lista[0].id}"
    caminhos = gravar_pdf(ctx, lista, contratos, saida._replace(nome=nome))
    relato = [
        f"{contar(len(lista), 'boleto')} em {len(caminhos)} PDF: {caminhos[0].name}{' …' if len(caminhos) > 1 else ''}"
    ]
    if por_registrar := sum(b.estado == EstadoBoleto.A_REGISTRAR for b in lista):
        relato.append(f"{por_registrar} ainda não se podem pagar: falta registrá-los no banco.")
    if sem_efeito := [f"{b.id} ({b.estado})" for b in lista if b.estado not in PAGAVEIS]:
        quais = ", ".join(sem_efeito[:_CITADOS])
        relato.append(f"Já não se pagam, e saem marcados, sem código de barras nem Pix: {quais}.")
    valem = [b for b in lista if b.estado in PAGAVEIS]
    if por_montar := sum(pix.e_endereco(b.pix) and not contratos.do(b)[1].cidade_no_pix for b in valem):
        relato.append(f"{por_montar} sem o Pix, de que o banco só deu o endereço: preencha Cidade no Pix, em Cobrança.")
    if impressora:
        relato.append(mandar_a_impressora(caminhos))
    return Resultado("imprimir boletos", tuple(relato), {"boletos": [b.id for b in lista]}, arquivos=tuple(caminhos))


def _com_pix(ctx: Contexto, lista: Sequence[Boleto], contratos: Contratos) -> list[Boleto]:
    """Os boletos com o Pix que o banco deu ou a pessoa colou, conferido; um de outro valor ou de outro se recusa."""
    folha = ctx.pasta.ler("boletos", ("pix", "codigo"))
    colados = {_inteiro(codigo): str(texto).strip() for texto, codigo in folha.linhas if texto and codigo}
    novos = {b.id: colados[b.id] for b in lista if colados.get(b.id, b.pix) != b.pix}
    for b in lista:
        if b.estado in PAGAVEIS and (b.id in novos or pix.e_texto(b.pix)):
            _conferir_pix(b, novos.get(b.id, b.pix), *contratos.do(b))
    if novos:
        _guardar_pix(ctx, novos)
    return [b._replace(pix=novos.get(b.id, b.pix)) for b in lista]


@anotando
def _guardar_pix(ctx: Contexto, novos: Mapping[int, str]) -> None:
    registrar(ctx.livro, ctx.autor, "guardar pix", depois={"boletos": sorted(novos)})
    boletos.guardar_pix(ctx.livro, novos)


def _conferir_pix(b: Boleto, texto: str, conta: Conta, cobranca: Cobranca) -> None:
    lido, esperado = pix.ler(texto), cobranca.nome_no_pix or conta.empresa_nome
    if lido.centavos is not None and lido.centavos != b.valor:
        quanto, devia = escrever_reais(lido.centavos), escrever_reais(b.valor)
        raise ErroDeRegra("boleto.pix", f"o Pix do boleto {b.id} é de R$ {quanto}, e o boleto, de R$ {devia}")
    if not pix.mesmo_recebedor(lido.recebedor, esperado):
        razao = f"o Pix do boleto {b.id} paga a {lido.recebedor or 'ninguém'}, e não a {esperado}"
        raise ErroDeRegra(
            "boleto.pix", razao, dica="Peça o Pix ao banco; ou, se é assim que ele o escreve, ponha em Nome no Pix."
        )


def _inteiro(codigo: Any) -> int:
    return int(str(codigo).partition(".")[0])


def marcados(ctx: Contexto) -> list[int]:
    """Os códigos dos boletos com Sim na coluna Imprimir.

    Raises:
        ErroDeRegra: ``boleto.nenhum_marcado``.
    """
    folha = ctx.pasta.ler("boletos", ("imprimir", "codigo"))
    achados = [_inteiro(codigo) for marca, codigo in folha.linhas if str(marca).strip().upper() == "SIM" and codigo]
    if not achados:
        raise ErroDeRegra("boleto.nenhum_marcado", "nenhum boleto foi escolhido")
    return achados


@lendo_contratos("segunda via", com_titulos=False)
def segunda_via(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, codigo: int, dia: date) -> Resultado:
    """O mesmo boleto, com quanto se deve no dia dado; o código de barras não muda: é o que o banco registrou.

    Raises:
        ErroDeRegra: ``boleto.fechado``, se já não se paga.
    """
    boleto = exigir(ctx, codigo)
    exigir_pagavel(boleto)
    exigir_numero([boleto])
    encargos = Encargos.de_json(json.loads(boleto.dados)["encargos"])
    devido = no_dia(boleto.valor, date.fromisoformat(boleto.vencimento), dia, encargos, cadastros.calendario)
    partes = {nome: getattr(devido, nome) for nome in ("multa", "juros", "desconto", "abatimento")}
    contas = "".join(f"{nome} R$ {escrever_reais(quanto)}, " for nome, quanto in partes.items() if quanto)
    extra = (
        f"2ª via. Em {dia:%d/%m/%Y}: valor R$ {escrever_reais(devido.valor)}, {contas}"
        f"a pagar R$ {escrever_reais(devido.total)}."
    )
    caminhos = gravar_pdf(ctx, [boleto], contratos, Saida(nome=f"boleto-{codigo}-2via", extras=(extra,)))
    dados: Mapping[str, int] = {"valor": devido.valor, **partes, "total": devido.total}
    em_reais = {nome: str(para_reais(quanto)) for nome, quanto in dados.items()}
    return Resultado("segunda via", (extra,), {**em_reais, "boleto": codigo}, arquivos=tuple(caminhos))
