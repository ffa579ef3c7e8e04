"""A resposta do banco contra a linha enviada: só se dá baixa do que volta como foi.

O FEBRABAN 150 manda o banco devolver a identificação, a agência, a conta e o valor que recebeu; a data é a do débito
se ele se fez, e a do vencimento se não (campos F.02 a F.06).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais
from guiche.livro.remessas import LinhaEnviada

_NOUTRO_DIA = "31"
"""O débito saiu noutro dia, por feriado na praça, que o calendário não conhece."""
_FERIADO_NA_PRACA = timedelta(days=7)
_FIM = 4
"""Quantos caracteres de uma identificação ou conta se mostram."""


class Resposta(NamedTuple):
    """Um registro F: o que o banco diz de uma linha enviada. Valor em centavos."""

    seq: int
    id_cliente: str
    agencia: str
    conta: str
    data: date | None
    valor: int
    codigo: str
    uso_empresa: str
    movimento: str


def de_outro_cliente(resposta: Resposta, linha: LinhaEnviada) -> str:
    """O que identifica o cliente e difere, os dois lados; vazio se é o mesmo. Ninguém se mostra por inteiro."""
    pares = (
        ("identificação", linha.id_cliente, resposta.id_cliente), ("agência", linha.agencia, resposta.agencia),
        ("conta", linha.conta, resposta.conta),
    )  # fmt: skip
    return "; ".join(
        f"{nome}: enviou-se {_final(foi)}, veio {_final(veio)}"
        for nome, foi, veio in pares
        if _limpo(foi) != _limpo(veio)
    )


def noutros_termos(resposta: Resposta, linha: LinhaEnviada, classe: str, calendario: Calendario) -> str:
    """O valor e a data que diferem, os dois lados; vazio se conferem, ou se o código do banco diz que diferem."""
    return "; ".join(filter(None, (_valor(resposta, linha, classe), _data(resposta, linha, classe, calendario))))


def _valor(resposta: Resposta, linha: LinhaEnviada, classe: str) -> str:
    em_parte = classe == "DEBITADO_PARCIAL" and 0 < resposta.valor <= linha.valor
    if em_parte or resposta.valor == linha.valor:
        return ""
    return f"valor: enviou-se R$ {escrever_reais(linha.valor)}, veio R$ {escrever_reais(resposta.valor)}"


def _data(resposta: Resposta, linha: LinhaEnviada, classe: str, calendario: Calendario) -> str:
    vencimento = date.fromisoformat(linha.vencimento)
    ate = _ultimo_dia(vencimento, resposta.codigo, calendario) if classe.startswith("DEBITADO") else vencimento
    if resposta.data is not None and vencimento <= resposta.data <= ate:
        return ""
    veio = f"{resposta.data:%d/%m/%Y}" if resposta.data else "nenhuma"
    return f"data: enviou-se {vencimento:%d/%m/%Y}, veio {veio}"


def _ultimo_dia(vencimento: date, codigo: str, calendario: Calendario) -> date:
    """Até quando o débito pode ter saído: o dia útil do vencimento, ou mais, se o banco diz que foi feriado."""
    return vencimento + _FERIADO_NA_PRACA if codigo == _NOUTRO_DIA else calendario.proximo_util(vencimento)


def _limpo(texto: str) -> str:
    return "".join(c for c in texto.upper() if c.isalnum()).lstrip("0")


def _final(texto: str) -> str:
    limpo = texto.strip()
    return f"…{limpo[-_FIM:]}" if len(limpo) > _FIM else limpo or "nada"
