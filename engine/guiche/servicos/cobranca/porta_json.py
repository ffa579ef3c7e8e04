"""A remessa de cobrança de um pedido em JSON, sem pasta de trabalho: para outros programas, e para conferir layouts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from guiche.arquivos.exame import Achado
from guiche.arquivos.verificar_cobranca import verificar_cobranca
from guiche.boleto.contas import discordancias, do_manual
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.texto import contar
from guiche.erros import ErroDeArquivo, Local, Problema, do_sistema
from guiche.oficio.resultado import Resultado
from guiche.remessa.composicao import Remessa, compor
from guiche.remessa.pedido import Entrada, ler_pedido


def gerar(texto: str, saida: Path | None = None, hoje: date | None = None) -> Resultado:
    """Compõe a remessa do pedido e a grava em ``saida``, ou a devolve em ``conteudo``.

    O que ``arquivo verificar`` chamaria de erro não se grava; o que chamaria de aviso se diz.

    Raises:
        ErroGuiche: o que ``ler_pedido`` e ``compor`` recusam; nada se grava.
        ErroDeArquivo: ``remessa.gravar``, se não se consegue gravar.
    """
    pedido = ler_pedido(texto)
    digitos = _digitos(pedido)
    if errados := [p for p in digitos if p.gravidade == "erro"]:
        return _recusada(errados, errados)
    feita = compor(pedido.layout, pedido.empresa, pedido.titulos, pedido.data_hora)
    achados = _conferir(pedido.layout, feita, hoje)
    problemas = tuple(dict.fromkeys((*pedido.avisos, *digitos, *feita.avisos, *achados)))
    if erros := [p for p in achados if p.gravidade == "erro"]:
        return _recusada(erros, problemas)
    total = sum(t.get("valor_titulo") or 0 for t in pedido.titulos)
    relato = f"Remessa {pedido.layout}: {contar(len(pedido.titulos), 'título')}, R$ {escrever_reais(total)}."
    if saida is None:
        return Resultado("remessa gerar", (relato,), problemas=problemas, conteudo=feita.conteudo)
    try:
        saida.write_bytes(feita.conteudo)
    except OSError as erro:
        razao = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDeArquivo("remessa.gravar", razao, local=Local(saida.name)) from erro
    dados = {"layout": pedido.layout, "titulos": len(pedido.titulos), "linhas": list(feita.linhas)}
    return Resultado("remessa gerar", (relato, f"Gravada em {saida}."), dados, problemas, (saida,))


def _recusada(erros: Sequence[Problema], problemas: Sequence[Problema]) -> Resultado:
    relato = f"Nada foi gravado: o banco recusaria a remessa ({contar(len(erros), 'erro')})."
    return Resultado("remessa gerar", (relato,), problemas=tuple(problemas), feito=False)


def _digitos(pedido: Entrada) -> tuple[Problema, ...]:
    """Os dígitos da agência e da conta que o pedido traz e não são os do banco; avisos, se a regra não é de manual."""
    dados = {**pedido.empresa, "convenio_dv": ""}
    banco = dados.get("banco") or pedido.layout.partition(".")[0]
    gravidade = "erro" if do_manual(banco) else "aviso"
    razoes = discordancias(banco, dados).values()
    return tuple(Problema("conta.digito", razao, Local("empresa"), gravidade=gravidade) for razao in razoes)


def _conferir(layout: str, feita: Remessa, hoje: date | None) -> list[Problema]:
    """O que o verificador de arquivos acha na remessa composta, pelo número do título que o traz."""
    achados = verificar_cobranca(feita.conteudo, "remessa", hoje, layout)
    return [_do_achado(achado, feita.linhas) for achado in achados]


def _do_achado(achado: Achado, linhas: Sequence[int]) -> Problema:
    titulo = bisect_right(linhas, achado.linha)
    posicoes = f", posições {achado.colunas}" if achado.colunas else ""
    texto = f"{achado.mensagem} ({achado.regra}, linha {achado.linha}{posicoes})"
    onde = Local(f"título {titulo}" if titulo else "empresa")
    return Problema("remessa.verificada", texto, onde, f"{achado.remedio}.", achado.gravidade)
