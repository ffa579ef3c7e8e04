"""Rascunhos de mensagem com o boleto: um .eml para o programa de e-mail e um texto para o WhatsApp (I-16).

Nada se envia: a pessoa abre, lê e manda.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import quote

from guiche.boleto.pix import copia_e_cola
from guiche.dominio.boletos import EstadoBoleto
from guiche.dominio.cadastro import Cliente
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.texto import contar, so_algarismos
from guiche.erros import ErroDeRegra
from guiche.livro.boletos import Boleto
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import lendo_contratos
from guiche.servicos.boletos.exigencias import exigir_pagavel
from guiche.servicos.boletos.impressao import Saida, escolhidos, gravar_pdf

PASTA = "rascunhos"
_COM_DDD = (10, 11)
_BRASIL = "55"


@lendo_contratos("rascunhos", com_titulos=False)
def rascunhos(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, codigos: Sequence[int]) -> Resultado:
    """Um ``.eml`` e um ``.txt`` por boleto, na pasta ``rascunhos``; sem códigos, dos marcados na coluna Imprimir.

    Raises:
        ErroDeRegra: como em ``escolhidos``; ``boleto.fechado``, se algum já não se paga.
    """
    lista = escolhidos(ctx, codigos)
    for b in lista:
        exigir_pagavel(b)
    onde = ctx.pasta.caminho.parent / PASTA
    feitos: list[Path] = []
    sem_email = sem_celular = 0
    for b in lista:
        cliente = cadastros.clientes.get(b.cliente)
        if cliente is None:
            raise ErroDeRegra("cliente.ausente", f"o cliente {b.cliente}, do boleto {b.id}, não está na aba Clientes")
        sem_email += not cliente.email
        sem_celular += not telefone(cliente.celular)
        feitos += _do_boleto(ctx, b, cliente, contratos, onde)
    relato = [f"{contar(len(lista), 'boleto')}: rascunhos de e-mail e de WhatsApp na pasta {PASTA}. Nada foi enviado."]
    relato += [f"{n} sem {o_que} na aba Clientes: preencha o destinatário ao enviar."
               for n, o_que in ((sem_email, "e-mail"), (sem_celular, "celular com DDD")) if n]  # fmt: skip
    if por_registrar := sum(b.estado == EstadoBoleto.A_REGISTRAR for b in lista):
        relato.append(f"Espere para enviar: {por_registrar} ainda não se podem pagar, falta registrá-los no banco.")
    return Resultado("rascunhos", tuple(relato), {"boletos": [b.id for b in lista]}, arquivos=tuple(feitos))


def _do_boleto(ctx: Contexto, b: Boleto, cliente: Cliente, contratos: Contratos, onde: Path) -> list[Path]:
    conta, cobranca = contratos.do(b)
    (pdf,) = gravar_pdf(ctx, [b], contratos, Saida(nome=f"boleto-{b.id}"))
    do_pix = copia_e_cola(b.pix, cobranca.nome_no_pix or conta.empresa_nome, cobranca.cidade_no_pix)
    texto = mensagem(b._replace(pix=do_pix), cliente.nome, conta.empresa_nome)
    email, zap = onde / f"boleto-{b.id}.eml", onde / f"boleto-{b.id}.txt"
    assunto = f"Boleto de {conta.empresa_nome}, vencimento {date.fromisoformat(b.vencimento):%d/%m/%Y}"
    escrever_inteiro(email, carta(cliente.email, assunto, texto, pdf.name, pdf.read_bytes()))
    numero = telefone(cliente.celular)
    link = f"https://wa.me/{numero}?text={quote(texto)}\n\n" if numero else ""
    escrever_inteiro(zap, (link + texto).encode("utf-8"))
    return [email, zap]


def mensagem(b: Boleto, nome: str, empresa: str) -> str:
    """O texto que acompanha o boleto."""
    partes = [
        f"Olá, {nome}.",
        f"Segue o boleto de {empresa}, de R$ {escrever_reais(b.valor)}, com vencimento em "
        f"{date.fromisoformat(b.vencimento):%d/%m/%Y}.",
        f"Linha digitável:\n{b.linha_digitavel}",
        *([f"Ou pague com Pix copia e cola:\n{b.pix}"] if b.pix else []),
        f"Antes de pagar, confira se o beneficiário é {empresa}.",
    ]
    return "\n\n".join(partes) + "\n"


def carta(para: str, assunto: str, texto: str, nome: str, pdf: bytes) -> bytes:
    """O e-mail inteiro, com o PDF anexado; ``X-Unsent`` faz o Outlook abri-lo como rascunho."""
    rascunho = EmailMessage(policy=SMTP)
    rascunho["X-Unsent"] = "1"
    if para:
        rascunho["To"] = " ".join(para.split())
    rascunho["Subject"] = " ".join(assunto.split())
    rascunho.set_content(texto)
    rascunho.add_attachment(pdf, maintype="application", subtype="pdf", filename=nome)
    rascunho.set_boundary("=_guiche_boleto")
    return rascunho.as_bytes()


def telefone(celular: str) -> str:
    """O número com o código do país, só algarismos; vazio se não é um telefone com DDD.

    >>> telefone("(11) 98888-7777"), telefone("98888-7777")
    ('5511988887777', '')
    """
    limpo = so_algarismos(celular).replace("(", "").replace(")", "").removeprefix("+")
    if len(limpo) - len(_BRASIL) in _COM_DDD and limpo.startswith(_BRASIL):
        limpo = limpo.removeprefix(_BRASIL)
    return _BRASIL + limpo if len(limpo) in _COM_DDD and limpo.isdigit() and limpo[0] != "0" else ""
