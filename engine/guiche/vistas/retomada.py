"""Acaba o que um ato interrompido deixou a meio: arquivos por exportar ou aposentar, e abas atrasadas.

Todo ato que grava começa por aqui. O livro é a verdade; o disco e a pasta de trabalho
o alcançam, por mais que o ato anterior tenha morrido em qualquer instante.
"""

from __future__ import annotations

from pathlib import Path

from guiche.livro import atos, remessas
from guiche.oficio.cadastros import ler_cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import aposentar_descartadas, exportar_arquivo
from guiche.vistas.abas import atualizar_pasta


def retomar(ctx: Contexto) -> list[Path]:
    """Exporta as remessas que faltam no disco, aposenta as descartadas e refaz as abas atrasadas."""
    aposentar_descartadas(ctx)
    exportados = [exportar_arquivo(ctx, remessa) for remessa in remessas.por_exportar(ctx.livro)]
    ultimo = atos.ultimo(ctx.livro)
    if ultimo and ctx.pasta.parametro("ultimo_ato") != str(ultimo):
        cadastros = ler_cadastros(ctx.pasta, ctx.lembranca)
        if not cadastros.problemas:
            atualizar_pasta(ctx, cadastros)
    return exportados
