"""O que se imprime num boleto, já em texto: quem o desenha não sabe de bancos nem de dinheiro."""

from __future__ import annotations

from typing import NamedTuple


class Papel(NamedTuple):
    """Os textos de um boleto, como saem no papel."""

    banco: str
    codigo_banco: str
    """Código e dígito, como ``001-9``."""
    linha_digitavel: str
    codigo_barras: str
    """44 algarismos; vazio no boleto que já não se paga."""
    local_pagamento: str
    vencimento: str
    beneficiario: str
    beneficiario_completo: str
    """Nome, CPF ou CNPJ e endereço, numa linha."""
    beneficiario_endereco: str
    """CPF ou CNPJ e endereço."""
    agencia_codigo: str
    data_documento: str
    numero_documento: str
    especie: str
    aceite: str
    data_processamento: str
    nosso_numero: str
    carteira: str
    moeda: str
    valor: str
    instrucoes: tuple[str, ...]
    pagador: tuple[str, ...]
    """Nome e documento; endereço; cidade, UF e CEP."""
    pagador_nome: str
    sacador: str = ""
    demonstrativo: tuple[str, ...] = ()
    parcela: str = ""
    """``2/3``: a segunda de três."""
    abatimento: str = ""
    atendimento: str = ""
    """SAC e ouvidoria do banco, onde ele os exige."""
    pix: str = ""
    """O texto EMV que o banco deu; sem ele não há QR."""
    marca: str = ""
    """Marca-d'água."""
