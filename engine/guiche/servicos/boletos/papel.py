"""Do boleto no livro ao papel: os textos que se imprimem, como eram na emissão."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from guiche.boleto.calculo import calcular
from guiche.boleto.entrada import Entrada, entrada_do_calculo
from guiche.boleto.numeracao import numerado_por
from guiche.boleto.pix import copia_e_cola
from guiche.boleto.regras import banco
from guiche.documentos.papel import Papel
from guiche.dominio import cpf_cnpj
from guiche.dominio.boletos import PAGAVEIS, EstadoBoleto, Grupo
from guiche.dominio.cadastro import Cliente, Cobranca, Conta, Titulo
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.encargos import Encargos, clausulas, frases
from guiche.livro.boletos import Boleto

AGUARDANDO = "AGUARDANDO REGISTRO – NÃO PAGÁVEL"
NAO_SE_PAGA = "ESTE BOLETO JÁ NÃO SE PAGA."
_LINHAS_DO_DEMONSTRATIVO = 22
_POR_LINHA = 3
_DOCUMENTO_NO_BANCO = 10
"""Posições do número do documento no CNAB 400."""
_BR = "%d/%m/%Y"


def entrada_da_emissao(conta: Conta, cobranca: Cobranca, numero: int, hoje: date) -> Entrada:
    """A entrada de um boleto novo: a de ``numero`` 0 espera que o banco o dê."""
    entrada = entrada_do_calculo(conta, cobranca, numero, hoje)
    return entrada if numero else numerado_por(entrada | {"nosso_numero": ""})


def textos_da_emissao(
    codigo: int, cliente: Cliente, cobranca: Cobranca, grupo: Grupo, titulos: Sequence[tuple[Titulo, int]]
) -> dict[str, Any]:
    """O que se guarda para que a reimpressão e a remessa digam o mesmo, mesmo que o cadastro mude."""
    return {
        "encargos": grupo.encargos._asdict(),
        "pagador": do_pagador(cliente),
        "sacador": list(grupo.sacador),
        "documento": _numero_do_documento(codigo, [t for t, _ in titulos]),
        "titulos": [[t.numero, t.documento, t.vencimento.strftime(_BR), parte] for t, parte in titulos],
        "instrucoes": [*filter(None, (cobranca.instrucao, *grupo.instrucoes))],
        "especie": cobranca.especie or "DM",
        "aceite": "S" if cobranca.aceite else "N",
    }


def em_json(dados: Mapping[str, Any]) -> str:
    """A forma em que o boleto guarda de que se fez."""
    return json.dumps(dados, ensure_ascii=False)


def do_pagador(cliente: Cliente) -> dict[str, str]:
    """O que o banco registra do pagador."""
    return {
        "nome": cliente.nome, "documento": cpf_cnpj.limpar(cliente.cpf_cnpj), "endereco": cliente.endereco,
        "bairro": cliente.bairro, "cidade": cliente.cidade, "uf": cliente.uf, "cep": cliente.cep,
        "email": cliente.email, "celular": cliente.celular,
    }  # fmt: skip


def _numero_do_documento(codigo: int, titulos: Sequence[Titulo]) -> str:
    """O número que o papel e a remessa levam: o do documento ou do título, se cabe no banco; senão, o do boleto."""
    mais = f" +{len(titulos) - 1}" if len(titulos) > 1 else ""
    opcoes = (f"{numero}{mais}" for numero in (titulos[0].documento, titulos[0].numero) if numero)
    return next((opcao for opcao in opcoes if len(opcao) <= _DOCUMENTO_NO_BANCO), f"B{codigo}")


def _pagador(dados: Mapping[str, str]) -> list[str]:
    rua = ", ".join(filter(None, (dados["endereco"], dados["bairro"])))
    cidade = "/".join(filter(None, (dados["cidade"], dados["uf"])))
    return [_com_documento(dados["nome"], dados["documento"]), rua, " – ".join(filter(None, (cidade, dados["cep"])))]


def _com_documento(nome: str, documento: str) -> str:
    return " – ".join(filter(None, (nome, _documento(documento))))


def _documento(escrito: str) -> str:
    """``CPF 529.982.247-25``; vazio se não é nem CPF nem CNPJ."""
    limpo = cpf_cnpj.limpar(escrito)
    tipo = cpf_cnpj.tipo(limpo)
    return f"{tipo} {cpf_cnpj.formatar(limpo)}" if tipo else ""


def calculo_de(boleto: Boleto, dados: Mapping[str, Any]) -> dict[str, Any]:
    """A entrada do cálculo do boleto, com vencimento e valor."""
    return {**dados["entrada"], "vencimento": date.fromisoformat(boleto.vencimento), "centavos": boleto.valor}


def papel(boleto: Boleto, conta: Conta, cobranca: Cobranca, extras: Sequence[str] = ()) -> Papel:
    """Os textos do boleto; ``extras`` são linhas a mais no demonstrativo, como as da segunda via."""
    dados, vencimento = json.loads(boleto.dados), date.fromisoformat(boleto.vencimento)
    regras, numeros = banco(boleto.banco), calcular(calculo_de(boleto, dados))
    encargos = clausulas(boleto.valor, vencimento, Encargos.de_json(dados["encargos"]))
    endereco = " – ".join(filter(None, (_documento(conta.empresa_cnpj), cobranca.endereco)))
    emissao = date.fromisoformat(boleto.gerado_em[:10]).strftime(_BR)
    pagador, sacador = _pagador(dados["pagador"]), [*dados["sacador"], "", ""]
    vale, marca = boleto.estado in PAGAVEIS, marca_de(boleto)
    instrucoes = [*frases(vencimento, encargos), *dados["instrucoes"]] if vale else [NAO_SE_PAGA]
    return Papel(
        banco=regras.nome,
        codigo_banco=f"{regras.codigo}-{regras.dv}",
        linha_digitavel=boleto.linha_digitavel if vale else marca,
        codigo_barras=boleto.codigo_barras if vale else "",
        local_pagamento=(cobranca.local_pagamento or regras.local_pagamento) if vale else NAO_SE_PAGA,
        vencimento=vencimento.strftime(_BR),
        beneficiario=conta.empresa_nome,
        beneficiario_completo=" – ".join(filter(None, (conta.empresa_nome, endereco))),
        beneficiario_endereco=endereco,
        agencia_codigo=numeros.agencia_codigo_beneficiario,
        data_documento=emissao,
        numero_documento=dados["documento"],
        especie=dados["especie"],
        aceite=dados["aceite"],
        data_processamento=emissao,
        nosso_numero=boleto.nosso_numero,
        carteira=boleto.carteira,
        moeda="R$",
        valor=escrever_reais(boleto.valor),
        instrucoes=tuple(instrucoes),
        abatimento=escrever_reais(encargos.abatimento) if encargos.abatimento else "",
        parcela=dados.get("parcela", ""),
        pagador=tuple(filter(None, pagador)),
        pagador_nome=pagador[0],
        sacador=f"Sacador/Avalista: {_com_documento(sacador[0], sacador[1])}" if sacador[0] else "",
        demonstrativo=(*extras, *_demonstrativo(dados["titulos"], _LINHAS_DO_DEMONSTRATIVO - len(extras))),
        atendimento=regras.atendimento,
        pix=_do_pix(boleto, conta, cobranca) if vale else "",
        marca=marca,
    )


def _do_pix(boleto: Boleto, conta: Conta, cobranca: Cobranca) -> str:
    return copia_e_cola(boleto.pix, cobranca.nome_no_pix or conta.empresa_nome, cobranca.cidade_no_pix)


def marca_de(boleto: Boleto) -> str:
    """O que se escreve por cima do papel; vazio no boleto que se paga."""
    if boleto.estado == EstadoBoleto.REGISTRADO:
        return ""
    if boleto.estado == EstadoBoleto.A_REGISTRAR:
        return AGUARDANDO
    if boleto.estado == EstadoBoleto.PAGO:
        return f"PAGO EM {date.fromisoformat(boleto.pago_em[:10]):{_BR}}" if boleto.pago_em else "PAGO"
    return f"{boleto.estado} – NÃO PAGAR"


def _demonstrativo(titulos: Sequence[Sequence[Any]], cabem: int) -> list[str]:
    """Um título por linha; sendo muitos, vários por linha; e o que ainda sobrar, somado e dito."""
    if len(titulos) <= cabem:
        return [
            f"Título {numero}{f' (doc. {documento})' if documento else ''}, de {dia}: R$ {escrever_reais(parte)}"
            for numero, documento, dia, parte in titulos
        ]
    mostrados, resto = titulos[: (cabem - 1) * _POR_LINHA], titulos[(cabem - 1) * _POR_LINHA :]
    curtos = [f"{numero}: R$ {escrever_reais(parte)}" for numero, _, _, parte in mostrados]
    linhas = ["; ".join(curtos[i : i + _POR_LINHA]) for i in range(0, len(curtos), _POR_LINHA)]
    if resto:
        linhas.append(f"… e mais {len(resto)} títulos, R$ {escrever_reais(sum(r[3] for r in resto))}")
    return linhas
