"""Como o banco vai ler os clientes: o que se corta, o que se troca, e quem leva CNPJ com letras (I-24, I-27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from guiche.dominio import cpf_cnpj
from guiche.dominio.cadastro import Cliente, Conta
from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeRegra
from guiche.exame.clientes import dos_pagadores
from guiche.exame.contas import do_debito, dos_boletos
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.contratos import Contratos, layout_da
from guiche.oficio.resultado import Resultado
from guiche.remessa.receita import Receita, receita
from guiche.servicos.ato import lendo_contratos

_DO_CLIENTE = {
    "pagador_nome": "nome", "pagador_endereco": "endereco", "pagador_bairro": "bairro", "pagador_cidade": "cidade",
}  # fmt: skip
_DOCUMENTO = "pagador_documento"


class Achado(NamedTuple):
    """Um dado que o banco não lerá como está escrito."""

    conta: str
    cliente: str
    campo: str
    escrito: str
    no_banco: str
    aviso: str


@lendo_contratos("prontidão", com_titulos=False)
def verificar(ctx: Contexto, cadastros: Cadastros, contratos: Contratos) -> Resultado:
    """Mostra, conta a conta de cobrança, o que cada cliente tem que o banco cortaria, trocaria ou recusaria.

    Escreve a aba Prontidão; no livro nada muda.
    """
    achados: list[Achado] = [*_documentos(cadastros), *_do_exame(cadastros)]
    layouts: dict[str, bool] = {}
    for conta in cadastros.contas.values():
        contrato = contratos.cobrancas.get(conta.codigo)
        if conta.ativa is not False:
            achados += _da_empresa(ctx, cadastros, contratos, conta)
        if conta.produto != "COBRANCA" or conta.ativa is False or contrato is None:
            continue
        try:
            como = receita(layout_da(conta, contrato))
        except ErroDeRegra as erro:
            achados.append(Achado(conta.codigo, "", "formato", contrato.formato, "", erro.mensagem))
            continue
        layouts[como.layout.por_extenso] = _leva_letras(como)
        achados += _da_conta(conta, como, cadastros.clientes)
    ctx.pasta.gravar("prontidao", achados)
    ctx.salvar()
    sem = [nome for nome, leva in layouts.items() if not leva]
    com_letras = sum(not _so_algarismos(c) for c in cadastros.clientes.values())
    relato = [
        f"{len(achados)} dados que o banco não leria como estão escritos, na aba Prontidão.",
        f"Clientes com letras no CNPJ: {com_letras}. "
        + (f"Layouts que não as levam: {', '.join(sem)}." if sem else "Todos os layouts das contas as levam."),
    ]
    dados = {"achados": len(achados), "cnpj_com_letras": com_letras, "layouts_sem_letras": sem}
    return Resultado("prontidão", tuple(relato), dados)


def _so_algarismos(cliente: Cliente) -> bool:
    return cpf_cnpj.limpar(cliente.cpf_cnpj).isdigit() or not cliente.cpf_cnpj


def _documentos(cadastros: Cadastros) -> Iterator[Achado]:
    for cliente in cadastros.clientes.values():
        limpo = cpf_cnpj.limpar(cliente.cpf_cnpj)
        if cliente.cpf_cnpj and not cpf_cnpj.tipo(limpo):
            yield Achado("", cliente.codigo, "CPF/CNPJ", cliente.cpf_cnpj, "", "não é CPF nem CNPJ: o banco o recusa")


def _do_exame(cadastros: Cadastros) -> Iterator[Achado]:
    """O que impede cobrar, e o que se leu com o que faltava."""
    for codigo, razao in dos_pagadores(cadastros):
        yield Achado("", codigo, "cadastro", "", "", razao)
    for aviso in cadastros.avisos:
        yield Achado("", "", str(aviso.local), "", "", aviso.mensagem)


def _da_empresa(ctx: Contexto, cadastros: Cadastros, contratos: Contratos, conta: Conta) -> Iterator[Achado]:
    """O que impediria a conta de cobrar, com as palavras dos atos."""
    if conta.produto == "DEBITO":
        problemas = do_debito(cadastros, conta)
    elif conta.codigo in contratos.cobrancas:
        problemas = dos_boletos(cadastros, contratos, conta, ctx.autor.hoje)
    else:
        return
    for problema in problemas:
        yield Achado(conta.codigo, "", str(problema.local), "", "", problema.mensagem)


def _campos(como: Receita) -> Mapping[str, Any]:
    """Chave do pagador → o campo mais estreito em que ela vai."""
    campos: dict[str, Any] = {}
    for registro in como.registros:
        for campo in registro.campos:
            fonte = como.fontes[registro.codigo].get(campo.nome)
            if fonte and fonte.chave and (fonte.chave not in campos or campo.largura < campos[fonte.chave].largura):
                campos[fonte.chave] = campo
    return campos


def _leva_letras(como: Receita) -> bool:
    campo = _campos(como).get(_DOCUMENTO)
    return campo is not None and campo.tipo == "texto"


def _da_conta(conta: Conta, como: Receita, clientes: Mapping[str, Cliente]) -> Iterator[Achado]:
    campos, leva_letras = _campos(como), _leva_letras(como)
    for cliente in clientes.values():
        for chave, nome in _DO_CLIENTE.items():
            escrito, campo = getattr(cliente, nome), campos.get(chave)
            if campo is None:
                continue
            inteiro = transliterar(escrito)
            if len(inteiro) > campo.largura:
                cortado = inteiro[: campo.largura]
                aviso = f"cortado em {campo.largura} letras"
                yield Achado(conta.codigo, cliente.codigo, nome, escrito, cortado, aviso)
            elif len(inteiro) != len(escrito):
                yield Achado(conta.codigo, cliente.codigo, nome, escrito, inteiro, "tem sinal que o banco não lê")
        if not leva_letras and not _so_algarismos(cliente):
            aviso = f"{como.layout.por_extenso} ainda não leva CNPJ com letras"
            yield Achado(conta.codigo, cliente.codigo, "CPF/CNPJ", cliente.cpf_cnpj, "", aviso)
