"""Importar o retorno do banco: o conteúdo diz se é de débito ou de cobrança, e a casa de cada um o lê (K-15)."""

from __future__ import annotations

from pathlib import Path

from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.erros import ErroDeArquivo
from guiche.oficio.contexto import Contexto
from guiche.oficio.recepcao import NADA_DE_MAIS, Aceita, PorImportar, autorizar
from guiche.oficio.resultado import Resultado

_INICIO = 1 << 16


def importar(
    ctx: Contexto,
    caminho: Path,
    *,
    conta: str = "",
    baixar_em: str = "",
    confirmar: bool = False,
    aceita: Aceita = NADA_DE_MAIS,
) -> Resultado:
    """Lê o retorno, de débito ou de cobrança, e mostra o que faria; com ``confirmar``, faz.

    ``baixar_em`` é ``CAIXA`` ou ``CONTA`` (padrão: o da conta, ou a conta bancária). ``aceita`` é o que
    se manda importar fora do costume.

    Raises:
        ErroDeArquivo: o arquivo não é um retorno inteiro e certo.
        ErroDeRegra: o arquivo é de outro banco, convênio ou sentido, ou já foi importado.
    """
    autorizar(ctx, aceita)
    pedido = PorImportar(caminho, conta, baixar_em, aceita)
    if _e_cobranca(caminho):
        from guiche.servicos.cobranca import retorno as de_cobranca  # noqa: PLC0415  cada um carrega o que usa

        return de_cobranca.importar(ctx, pedido, confirmar=confirmar)
    from guiche.servicos.debito import retorno as de_debito  # noqa: PLC0415

    return de_debito.importar(ctx, pedido, confirmar=confirmar)


def _e_cobranca(caminho: Path) -> bool:
    try:
        with caminho.open("rb") as entrada:
            return detectar(entrada.read(_INICIO)) == COBRANCA
    except (OSError, ErroDeArquivo):
        return False  # quem lê o débito diz o que há de errado
