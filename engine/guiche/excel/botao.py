"""O que acontece quando se aperta um botão: filtros, prévia, confirmação, ato, relato.

Vale para qualquer porta com janela: a faixa do Excel e o painel. A pasta de trabalho fica travada do
primeiro filtro lido à última caixa: um segundo clique, outra janela ou outra máquina recebem uma
recusa gentil.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from guiche.atos import Ato, atos, funcao, padroes
from guiche.erros import ErroDeRegra, ErroGuiche, Problema
from guiche.livro.atos import Autor, ultimo
from guiche.oficio.contexto import Contexto
from guiche.oficio.falha import registrar_falha
from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado
from guiche.planilha.esquema import esquema
from guiche.planilha.paineis import Clicada, apagar_segredos, dizer_opcoes, ler_opcoes
from guiche.vistas.abas import linhas_dos_problemas

FEITO, RECUSADO, FALHA = 0, 1, 3
LINHAS_NA_CAIXA = 14
_ESPACOS = re.compile(r"(?<=\S) {2,}")
"""O que alinha colunas na linha de comando, e numa caixa só afasta."""
_QUE_SE_ABREM = {".pdf", ".xlsx"}


class Conversa(Protocol):
    """O que uma porta com janela sabe dizer e perguntar."""

    def avisar(self, texto: str, *, grave: bool = False) -> None:
        """Mostra o texto numa caixa com um botão só."""
        ...

    def confirmar(self, texto: str) -> bool:
        """Pergunta e diz se a resposta foi sim."""
        ...

    def andamento(self, frase: str) -> None:
        """Mostra em que ponto o ato está."""
        ...

    def interrompida(self) -> bool:
        """Diz se a pessoa pede para parar."""
        ...

    def calar(self) -> None:
        """O ato acabou: some o andamento."""
        ...

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente."""
        ...

    def clicada(self) -> Clicada | None:
        """A aba e a linha em que a pessoa clicou."""
        ...

    def abrir(self, caminho: Path) -> None:
        """Abre o arquivo no programa que a pessoa usa para ele."""
        ...


@dataclass(frozen=True, slots=True)
class Porta:
    """De onde vem o clique: com quem se fala, quem age e como se abre a pasta de trabalho."""

    conversa: Conversa
    quem: Autor
    abrir: Callable[[bool], AbstractContextManager[Contexto]]
    """Recebe se o livro é o que mora ao lado da pasta, haja ou não servidor."""


def apertar(id_: str, arquivos: Sequence[Path], porta: Porta) -> int:
    """Faz o ato e conta o que houve; devolve 0, 1 (recusado) ou 3 (falha). Nada escapa como rastro de erro."""
    try:
        return _fazer(_ato(id_), arquivos, porta)
    except ErroGuiche as erro:
        porta.conversa.avisar(frase_do_erro(erro), grave=True)
        return RECUSADO
    except Exception as erro:  # noqa: BLE001  a última porta: a pessoa recebe uma frase, e o suporte um arquivo
        porta.conversa.avisar(frase_da_falha(registrar_falha(erro, id_, porta.quem.agora)), grave=True)
        return FALHA
    finally:
        porta.conversa.calar()


def frase_da_falha(registro: Path | None) -> str:
    """O que se diz de uma falha que ninguém previu; ``registro`` é o arquivo que a conta ao suporte."""
    frase = "Algo inesperado aconteceu. O que já está no livro não se perde: o próximo ato continua dele.\n\n"
    if registro is None:
        return f"{frase}O que fazer: repita; se acontecer de novo, veja se o disco está cheio e chame o suporte."
    return (
        f"{frase}O que fazer: repita; se acontecer de novo, envie este arquivo ao suporte (não tem dados de clientes):"
        f"\n{registro}"
    )


def _ato(id_: str) -> Ato:
    if id_ not in atos():
        raise ErroDeRegra("ato.desconhecido", f"o botão {id_} não existe nesta versão do Guichê")
    return atos()[id_]


def _fazer(ato: Ato, arquivos: Sequence[Path], porta: Porta) -> int:
    conversa = porta.conversa
    conversa.andamento(f"{ato.titulo}…")
    if not ato.alvo and not ato.painel:
        pedido = Pedido(porta.quem, padroes(ato) | ato.escolhidos(arquivos), na_janela=True)
        resultado: Resultado = funcao(ato)(pedido)
        return _contar(ato, resultado, conversa)
    with porta.abrir(ato.ao_lado) as ctx:
        return _na_pasta(ato, arquivos, _com_progresso(ctx, conversa), conversa)


def _com_progresso(ctx: Contexto, conversa: Conversa) -> Contexto:
    """O andamento acompanha o ato, que se pode interromper enquanto nada foi ao livro."""
    inicio = ultimo(ctx.livro)

    def progresso(frase: str) -> None:
        conversa.andamento(frase)
        if conversa.interrompida() and ultimo(ctx.livro) == inicio:
            raise ErroDeRegra("ato.cancelado", "o ato foi interrompido e nada mudou")

    return replace(ctx, progresso=progresso)


def _na_pasta(ato: Ato, arquivos: Sequence[Path], ctx: Contexto, conversa: Conversa) -> int:
    opcoes, problemas = ler_opcoes(ctx.pasta, ato, conversa.clicada())
    apagar_segredos(ctx.pasta, ato)
    if problemas:
        return _recusar(problemas, ctx, conversa)
    pedido = Pedido(
        ctx.autor, opcoes | ato.escolhidos(arquivos), ctx.pasta.caminho, lambda: nullcontext(ctx), na_janela=True
    )
    if ato.previa:
        previa = _prever(ato, pedido)
        if not previa.feito:
            return _recusar(previa.problemas, ctx, conversa)
        if previa.vazio:
            return _contar(ato, _so_conferir(ato, pedido, previa), conversa)
        linhas = [*previa.linhas, *dizer_opcoes(ato, opcoes)]
        if not conversa.confirmar(f"{resumir(linhas)}\n\n{ato.titulo}: confirma?"):
            return RECUSADO
        pedido = _confirmado(ato, pedido)
    resultado: Resultado = funcao(ato)(pedido)
    if not resultado.feito and resultado.problemas:
        return _recusar(resultado.problemas, ctx, conversa)
    return _contar(ato, resultado, conversa)


def _prever(ato: Ato, pedido: Pedido) -> Resultado:
    previo = ato if ato.previa == "sim" else atos()[ato.previa]
    resultado: Resultado = funcao(previo)(replace(pedido, previa=True))
    return resultado


def _so_conferir(ato: Ato, pedido: Pedido, previa: Resultado) -> Resultado:
    """Nada há a fazer: o que se faz é o ato da prévia, que mostra por quê."""
    if ato.previa == "sim":
        return previa
    resultado: Resultado = funcao(atos()[ato.previa])(pedido)
    return resultado


def _confirmado(ato: Ato, pedido: Pedido) -> Pedido:
    return replace(pedido, opcoes={**pedido.opcoes, "confirmar": True}) if ato.previa == "sim" else pedido


def _recusar(problemas: Sequence[Problema], ctx: Contexto, conversa: Conversa) -> int:
    """Os problemas vão para a aba deles, com ligação para cada célula."""
    ctx.pasta.gravar("problemas", linhas_dos_problemas(problemas))
    ctx.pasta.salvar()
    conversa.mostrar(esquema()["problemas"].aba)
    primeiro = problemas[0]
    mais = f"\n\nHá {len(problemas)} problemas; a aba Problemas leva a cada célula." if len(problemas) > 1 else ""
    conversa.avisar(f"{primeiro.local}: {primeiro.mensagem}.\n\nO que fazer: {primeiro.fazer}{mais}", grave=True)
    return RECUSADO


def _contar(ato: Ato, resultado: Resultado, conversa: Conversa) -> int:
    """Mostra a aba do ato e o relato; oferece abrir o PDF ou a planilha que se fez."""
    if mostra := resultado.mostra or ato.mostra:
        conversa.mostrar(esquema()[mostra].aba if mostra in esquema() else mostra.capitalize())
    texto = resumir(resultado.linhas)
    if resultado.arquivos:
        texto += "\n\nArquivo: " + "\nArquivo: ".join(map(str, resultado.arquivos))
    abrem = [a for a in resultado.arquivos if a.suffix.lower() in _QUE_SE_ABREM]
    if not abrem:
        conversa.avisar(texto)
    elif conversa.confirmar(f"{texto}\n\nAbrir agora?"):
        conversa.abrir(abrem[0])
    return FEITO if resultado.feito else RECUSADO


def resumir(linhas: Sequence[str]) -> str:
    """O relato que cabe numa caixa.

    >>> resumir([str(n) for n in range(20)]).splitlines()[-1]
    '… e mais 6 linhas.'
    """
    cabem = [_ESPACOS.sub(" ", linha.rstrip()) for linha in linhas[:LINHAS_NA_CAIXA]]
    if len(linhas) > LINHAS_NA_CAIXA:
        cabem.append(f"… e mais {len(linhas) - LINHAS_NA_CAIXA} linhas.")
    return "\n".join(cabem)


def frase_do_erro(erro: ErroGuiche) -> str:
    """Onde, o quê e o que fazer, sem o código do catálogo."""
    onde = f" ({erro.local})" if erro.local else ""
    return f"{erro.mensagem[0].upper()}{erro.mensagem[1:]}{onde}.\n\nO que fazer: {erro.fazer}"
