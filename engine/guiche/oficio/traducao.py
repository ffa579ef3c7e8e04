"""De um pedido na fila às chaves com que ``guiche.remessa`` compõe a remessa.

O papel e a remessa saem das mesmas ``Clausulas``, para que não discordem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.encargos import Encargos, clausulas
from guiche.dominio.escritos import convenio_com_numero
from guiche.livro.boletos import Boleto
from guiche.livro.pedidos import REGISTRAR, PedidoAoBanco
from guiche.remessa.chaves import procurar

_DA_ENTRADA = ("carteira", "variacao", "ano_nosso_numero", "byte_idt")
DADO_DA_EMPRESA = "empresa"
"""Onde ``compor`` diz que está o que falta na conta, e não num título."""
DAS_CONDICOES = frozenset({
    "remessa.juros", "remessa.multa", "remessa.sem_lugar", "remessa.sem_codigo", "remessa.instrucoes",
    "remessa.protesto",
})  # fmt: skip
"""Recusas que se desfazem mudando as condições do título ou da conta; as outras, o cadastro."""
_DDD = 2
_CELULARES = (10, 11)


def da_empresa(conta: Conta, cobranca: Cobranca, nsa: int) -> dict[str, Any]:
    """As chaves do beneficiário e do convênio."""
    return {
        "empresa_nome": conta.empresa_nome, "empresa_documento": conta.empresa_cnpj, "banco": conta.banco,
        "agencia": conta.agencia, "agencia_dv": cobranca.agencia_dv, "conta": conta.conta, "conta_dv": conta.conta_dv,
        "convenio": convenio_com_numero(conta.convenio), "codigo_transmissao": cobranca.codigo_transmissao,
        "posto": cobranca.posto, "carteira": cobranca.carteira, "variacao": cobranca.variacao,
        "modalidade": numerica(cobranca.modalidade), "sequencial_arquivo": nsa,
    }  # fmt: skip


def do_pedido(pedido: PedidoAoBanco, boleto: Boleto, marca: str, pix_chave: str = "") -> dict[str, Any]:
    """As chaves de um título: o boleto como foi emitido e o que se pede dele; ``pix_chave`` só vai no registro."""
    dados = json.loads(boleto.dados)
    mudanca = json.loads(pedido.dados)
    chaves = {
        "comando": pedido.comando,
        "nosso_numero": str(boleto.numero) if boleto.numero else "",
        **{nome: dados["entrada"].get(nome) or "" for nome in _DA_ENTRADA},
        "modalidade": numerica(dados["entrada"].get("modalidade") or ""),
        "emissor": boleto.emissor,
        "numero_documento": dados["documento"],
        "numero_documento_empresa": chave_do_boleto(marca, boleto.id),
        "especie": especie(dados["especie"]),
        "aceite": "A" if dados["aceite"] == "S" else "N",
        "valor_titulo": boleto.valor,
        "data_vencimento": date.fromisoformat(boleto.vencimento),
        "data_emissao": date.fromisoformat(boleto.gerado_em[:10]),
        **_do_pagador(dados["pagador"]),
        "sacador_nome": dados["sacador"][0],
        "sacador_documento": dados["sacador"][1],
    }
    proprias = (
        _do_registro(boleto, dados) | {"pix_chave": pix_chave}
        if pedido.comando == REGISTRAR
        else _da_mudanca(pedido.comando, mudanca)
    )
    return {nome: valor for nome, valor in {**chaves, **proprias}.items() if valor not in _NADA}


_NADA: tuple[Any, ...] = ("", 0, None, (), [])


def especie(escrita: str) -> str:
    """A sigla da espécie nas tabelas dos bancos."""
    return "OU" if escrita == "OUTROS" else escrita


def numerica(modalidade: str) -> str:
    """A modalidade que vai à remessa; a que é um nome (SIGCB) só escolhe o campo livre do boleto."""
    return modalidade if modalidade.isdigit() else ""


def em_palavras(mensagem: str) -> str:
    """A recusa do banco com o que cada chave quer dizer, em vez do nome dela.

    >>> em_palavras("falta pagador_endereco, para registrar")
    'falta endereço do pagador (logradouro, número e complemento), para registrar'
    """
    return re.sub(r"[a-z]+(?:_[a-z]+)+", lambda achado: _dizer(achado.group()), mensagem)


_DERIVADAS = {"protesto_tipo": "protesto ou negativação", "protesto_prazo": "prazo do protesto ou da negativação"}


def _dizer(nome: str) -> str:
    chave = procurar(nome)
    if chave is None:
        return _DERIVADAS.get(nome, nome)
    palavra, _, resto = nome.partition("_")
    coisa = {"cep": "CEP", "uf": "UF", "endereco": "endereço", "email": "e-mail"}.get(resto, resto)
    diz = chave.diz.partition(";")[0]
    return f"{coisa} do {palavra} ({diz})" if palavra in {"pagador", "sacador"} else diz


def _do_pagador(pagador: Mapping[str, str]) -> dict[str, Any]:
    celular = "".join(c for c in pagador["celular"] if c.isdigit())
    inteiro = len(celular) in _CELULARES
    return {
        **{f"pagador_{nome}": pagador[nome] for nome in (
            "nome", "documento", "endereco", "bairro", "cidade", "uf", "cep", "email"
        )},
        "pagador_ddd": celular[:_DDD] if inteiro else "",
        "pagador_celular": celular[_DDD:] if inteiro else "",
    }  # fmt: skip


def _do_registro(boleto: Boleto, dados: Mapping[str, Any]) -> dict[str, Any]:
    c = clausulas(boleto.valor, date.fromisoformat(boleto.vencimento), Encargos.de_json(dados["encargos"]))
    com_juros = c.juros_ao_dia or c.juros_ao_mes
    return {
        "juros_ao_dia": c.juros_ao_dia,
        "juros_ao_mes": c.juros_ao_mes,
        "juros_desde": c.juros_desde if com_juros else None,
        "multa": c.multa,
        "multa_desde": c.multa_desde if c.multa else None,
        "descontos": c.descontos,
        "abatimento": c.abatimento,
        "protesto_dias": c.protesto_dias,
        "negativacao_dias": c.negativacao_dias,
        "baixa_dias": c.baixa_dias,
        "mensagens": dados["instrucoes"],
    }


def _da_mudanca(comando: str, mudanca: Mapping[str, Any]) -> dict[str, Any]:
    """O que o pedido muda: novo vencimento, abatimento, desconto, prazo."""
    dia = date.fromisoformat(mudanca["dia"]) if "dia" in mudanca else None
    centavos = mudanca.get("centavos", 0)
    if dia:
        return {"descontos": ((dia, centavos),)} if centavos else {"data_vencimento": dia}
    if "dias" in mudanca:
        return {"protesto_dias" if comando == "protestar" else "negativacao_dias": mudanca["dias"]}
    return {"abatimento": centavos}


def chave_do_boleto(marca: str, boleto: int) -> str:
    """O que vai no uso da empresa: a marca do livro e o código do boleto.

    >>> chave_do_boleto("7K2Q", 123)
    '7K2QB0000000123'
    """
    return f"{marca}B{boleto:010d}"
