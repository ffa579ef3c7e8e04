"""Relatório de uma tabela em PDF A4: conferência, remessa, retorno, lista de optantes.

Mesmos valores, mesmos bytes: o arquivo não leva data própria, só o ``gerado_em``
que recebe. O texto comprido quebra em linhas e o número comprido encolhe: nada é cortado.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from guiche.documentos.modelo import Coluna, Relatorio
from guiche.erros import ErroDeArquivo, Local, do_sistema

__all__ = ["Coluna", "Relatorio", "gravar_relatorio"]


def gravar_relatorio(destino: Path, relatorio: Relatorio) -> None:
    """Grava o relatório inteiro, ou deixa o destino como estava.

    Raises:
        ErroDeArquivo: ``documento.nao_gravado``: a pasta não existe, o disco está
            cheio, ou o destino está aberto noutro programa.
    """
    from guiche.documentos.desenho import desenhar  # noqa: PLC0415  o reportlab só se carrega para desenhar

    conteudo = desenhar(relatorio)
    try:
        _trocar(destino, conteudo)
    except OSError as erro:
        mensagem = f"não foi possível gravar o PDF: {do_sistema(erro)}"
        raise ErroDeArquivo("documento.nao_gravado", mensagem, local=Local(str(destino))) from erro


def _trocar(destino: Path, conteudo: bytes) -> None:
    """Escreve ao lado e troca o nome: quem abre vê o antigo ou o novo, nunca meio arquivo."""
    descritor, nome = tempfile.mkstemp(dir=destino.parent, prefix=f".{destino.name}.", suffix=".tmp")
    provisorio = Path(nome)
    try:
        with os.fdopen(descritor, "wb") as arquivo:
            arquivo.write(conteudo)
            arquivo.flush()
            os.fsync(arquivo.fileno())
        provisorio.replace(destino)
    except BaseException:
        provisorio.unlink(missing_ok=True)
        raise
