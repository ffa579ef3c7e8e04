"""Linhas que o operador escreve na pasta de trabalho, já conferidas e com tipo.

Cada classe repete, na mesma ordem, as colunas do operador de uma tabela do
esquema (``guiche/planilha/esquema.toml``); um teste compara as duas listas.
Dinheiro em centavos inteiros; códigos são texto e guardam os zeros à esquerda;
célula vazia é ``""`` no texto e ``None`` no resto.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Conta(NamedTuple):
    """Um convênio com o banco: a conta da empresa, o contrato e seus costumes."""

    codigo: str
    descricao: str
    produto: str
    banco: str
    agencia: str
    operacao: str
    conta: str
    conta_dv: str
    convenio: str
    compromisso: str
    empresa_nome: str
    empresa_cnpj: str
    layout_versao: str
    antecedencia_dias: int | None
    antecedencia_tipo: str
    antecedencia_estrita: bool | None
    baixar_em: str
    por_matricula: bool | None
    e02_mascara: str
    ambiente: str
    nsa_inicial: int | None
    nsa_sem_lacuna: bool | None
    pasta_remessas: str
    ativa: bool | None


class Cliente(NamedTuple):
    """Quem paga, com os dados de optante do débito automático."""

    codigo: str
    nome: str
    cpf_cnpj: str
    empresa: str
    matricula: str
    optante: bool | None
    banco: str
    agencia: str
    operacao: str
    conta: str
    conta_dv: str
    id_no_debito: str
    autorizacao_data: date | None
    autorizacao_canal: str
    autorizacao_finalidade: str
    autorizacao_validade: date | None
    autorizacao_documento: str
    autorizacao_cancelada: date | None
    endereco: str
    bairro: str
    cidade: str
    uf: str
    cep: str
    email: str
    celular: str


class Cobranca(NamedTuple):
    """O que o contrato de boletos de uma conta diz. Percentuais em centésimos de por cento: 200 = 2,00 %."""

    conta: str
    carteira: str
    variacao: str
    modalidade: str
    posto: str
    agencia_dv: str
    emissor: str
    nn_inicio: int | None
    nn_fim: int | None
    especie: str
    aceite: bool | None
    multa: int | None
    juros: int | None
    """Ao mês."""
    desconto: int | None
    desconto_dias: int | None
    desconto2: int | None
    desconto2_dias: int | None
    desconto3: int | None
    desconto3_dias: int | None
    protesto_dias: int | None
    negativacao_dias: int | None
    baixa_dias: int | None
    instrucao: str
    endereco: str
    local_pagamento: str
    logotipo: str
    nome_no_pix: str
    formato: str
    """``CNAB240``, ``CNAB400``… da remessa; vazio se o banco só tem um."""
    codigo_transmissao: str
    data_da_baixa: str
    """``PAGAMENTO``, ``CREDITO`` ou ``IMPORTACAO``; vazio: a do pagamento."""
    nome_da_remessa: str
    """Máscara; vazio: a do banco."""
    pix_chave: str
    """A chave da empresa, onde a remessa a leva."""
    cidade_no_pix: str = ""
    """Para montar o texto do Pix de que o banco só dá o endereço."""


class Condicao(NamedTuple):
    """O que um título tem de diferente do contrato de boletos; ``None`` é o do contrato."""

    titulo: str
    multa: int | None = None
    juros: int | None = None
    desconto: int | None = None
    desconto_dias: int | None = None
    desconto2: int | None = None
    desconto2_dias: int | None = None
    desconto3: int | None = None
    desconto3_dias: int | None = None
    abatimento: int | None = None
    """Centavos."""
    protesto_dias: int | None = None
    negativacao_dias: int | None = None
    baixa_dias: int | None = None
    instrucao: str = ""
    sacador: str = ""
    sacador_documento: str = ""


class Empresa(NamedTuple):
    """Empresa conveniada: cujos empregados ou associados compram em conta."""

    codigo: str
    nome: str
    cnpj: str
    banco: str
    agencia: str
    operacao: str
    conta: str
    conta_dv: str
    vendedor: str
    comissao: int | None
    """Centésimos de por cento: 250 = 2,50 %."""
    endereco: str
    bairro: str
    cidade: str
    uf: str
    cep: str
    email: str


class Fechamento(NamedTuple):
    """Os títulos dos membros de uma empresa conveniada, cobrados dela de uma vez."""

    codigo: str
    empresa: str
    vencimento: date
    encerrado: str
    observacao: str


class Titulo(NamedTuple):
    """O que um cliente deve."""

    numero: str
    cliente: str
    filial: str
    tipo_doc: str
    documento: str
    emissao: date | None
    vencimento: date
    valor: int
    ja_recebido: int | None
    encerrado: str
    fechamento: str
    observacao: str


class Codigo(NamedTuple):
    """Linha de ``filiais`` e de ``tipos_doc``."""

    codigo: str
    descricao: str


class Feriado(NamedTuple):
    """Dia a acrescentar (``FERIADO``) ou a retirar (``DIA UTIL``) do calendário bancário."""

    data: date
    descricao: str
    efeito: str


_MARCA = "FECH "


def numero_de(fechamento: str) -> str:
    """Com que número o fechamento anda no livro, para que não se confunda com um título.

    >>> numero_de("12"), fechamento_de("FECH 12"), fechamento_de("12")
    ('FECH 12', '12', '')
    """
    return f"{_MARCA}{fechamento}"


def fechamento_de(numero: str) -> str:
    """O código do fechamento de um número do livro; vazio se é um título."""
    return numero.removeprefix(_MARCA) if numero.startswith(_MARCA) else ""
