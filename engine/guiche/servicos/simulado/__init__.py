"""Um banco de faz de conta: responde a qualquer remessa com um retorno válido (I-14).

Serve para treinar, demonstrar e testar. Com a mesma remessa, parcelas e semente, a resposta é sempre a mesma.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.servicos.resultado import Resultado

_INICIO = 1 << 16


class Escolha(NamedTuple):
    """Como se sorteiam as respostas."""

    semente: str = "guiche"
    parcelas: Mapping[str, int] = {}
    """Código ou desfecho → parcela em cada 100; vazio: as de costume."""
    codigos: Sequence[str] = ()
    """Um a um, na ordem do arquivo."""
    registros: Sequence[str] = ()
    """Só no débito: as letras dos registros que o retorno traz além das respostas."""


def responder(
    caminho: Path, saida: Path, *, agora: datetime, nsa: int = 1, dias: int = 1, escolha: Escolha | None = None
) -> Resultado:
    """Responde à remessa, de débito ou de boletos, conforme o que o arquivo é.

    Raises:
        ErroDeArquivo: o arquivo não é uma remessa inteira.
        ErroDeRegra: ``simulado.parcelas`` ou ``simulado.banco``.
    """
    from guiche.servicos.simulado import cobranca, debito  # noqa: PLC0415  só o que responde

    e = escolha or Escolha()
    with caminho.open("rb") as entrada:
        tipo = detectar(entrada.read(_INICIO))
    if tipo == COBRANCA:
        sorteio = cobranca.Sorteio(e.semente, e.parcelas or cobranca.PARCELAS, e.codigos)
        return cobranca.responder(caminho, saida, agora=agora, numero=nsa, dias=dias, sorteio=sorteio)
    do_debito = debito.Sorteio(e.semente, e.parcelas or debito.PARCELAS, e.codigos, e.registros)
    return debito.responder(caminho, saida, hoje=agora.date(), nsa=nsa, sorteio=do_debito)
