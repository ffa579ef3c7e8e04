"""Um banco de faz de conta: responde a qualquer remessa com um retorno válido (I-14).

Serve para treinar, demonstrar e testar. Com a mesma remessa, parcelas e semente, a resposta é sempre a mesma.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.oficio.resultado import Resultado
from guiche.servicos.treino.simulado.escolha import Escolha

__all__ = ["Escolha", "responder"]

_INICIO = 1 << 16
_E_ENSAIO = "É um ensaio: para o importar, escreva Sim em Aceitar ensaio, na aba Filtros do retorno (--ensaio)."


def responder(
    caminho: Path, saida: Path, *, agora: datetime, nsa: int | None = 1, dias: int = 1, escolha: Escolha | None = None
) -> Resultado:
    """Responde à remessa, de débito ou de boletos, conforme o que o arquivo é.

    ``nsa`` é o número do retorno; ``None`` lhe dá o da remessa, ou nenhum, se ela não o tem.

    Raises:
        ErroDeArquivo: o arquivo não é uma remessa inteira.
        ErroDeRegra: ``simulado.parcelas`` ou ``simulado.banco``.
    """
    from guiche.servicos.treino.simulado import cobranca, debito  # noqa: PLC0415  só o que responde

    e = escolha or Escolha()
    with caminho.open("rb") as entrada:
        tipo = detectar(entrada.read(_INICIO))
    if tipo == COBRANCA:
        return _avisado(cobranca.responder(caminho, saida, e, agora=agora, numero=nsa, dias=dias), e)
    do_debito = debito.Sorteio(e.semente, e.parcelas or debito.PARCELAS, e.codigos, e.registros)
    return _avisado(debito.responder(caminho, saida, hoje=agora.date(), nsa=nsa, sorteio=do_debito, ensaio=e.ensaio), e)


def _avisado(feito: Resultado, escolha: Escolha) -> Resultado:
    return replace(feito, linhas=(*feito.linhas, _E_ENSAIO)) if escolha.ensaio else feito
