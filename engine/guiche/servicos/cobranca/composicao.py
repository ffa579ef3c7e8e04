"""A remessa de cobrança de um pedido em JSON, sem pasta de trabalho: para outros programas, e para conferir layouts."""

from __future__ import annotations

from pathlib import Path

from guiche.cobranca.entrada import ler_pedido
from guiche.cobranca.remessa import compor
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.texto import contar
from guiche.erros import ErroDeArquivo, Local, do_sistema
from guiche.servicos.resultado import Resultado


def ler(caminho: Path) -> str:
    """O texto do pedido.

    Raises:
        ErroDeArquivo: ``arquivo.ausente`` ou ``arquivo.formato``.
    """
    try:
        return caminho.read_text("utf-8-sig")
    except OSError as erro:
        razao = f"não foi possível abrir: {do_sistema(erro)}"
        raise ErroDeArquivo("arquivo.ausente", razao, local=Local(caminho.name)) from erro
    except UnicodeDecodeError as erro:
        raise ErroDeArquivo("arquivo.formato", "o pedido não está em UTF-8", local=Local(caminho.name)) from erro


def gerar(texto: str, saida: Path | None = None) -> Resultado:
    """Compõe a remessa do pedido e a grava em ``saida``, ou a devolve em ``conteudo``.

    Raises:
        ErroGuiche: o que ``ler_pedido`` e ``compor`` recusam; nada se grava.
        ErroDeArquivo: ``remessa.gravar``, se não se consegue gravar.
    """
    pedido = ler_pedido(texto)
    feita = compor(pedido.layout, pedido.empresa, pedido.titulos, pedido.data_hora)
    avisos = (*pedido.avisos, *feita.avisos)
    total = sum(t.get("valor_titulo") or 0 for t in pedido.titulos)
    relato = f"Remessa {pedido.layout}: {contar(len(pedido.titulos), 'título')}, R$ {escrever_reais(total)}."
    if saida is None:
        return Resultado("remessa gerar", (relato,), problemas=avisos, conteudo=feita.conteudo)
    try:
        saida.write_bytes(feita.conteudo)
    except OSError as erro:
        razao = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDeArquivo("remessa.gravar", razao, local=Local(saida.name)) from erro
    dados = {"layout": pedido.layout, "titulos": len(pedido.titulos), "linhas": list(feita.linhas)}
    return Resultado("remessa gerar", (relato, f"Gravada em {saida}."), dados, avisos, (saida,))
