"""A entrada do Excel: o RunPython, ou o painel, chama ``executar`` sobre a pasta aberta."""

from __future__ import annotations

import atexit
import time
from pathlib import Path
from typing import Any

import xlwings as xw

from guiche.atos import atos
from guiche.erros import ErroGuiche
from guiche.excel import cliques
from guiche.excel.aberta import PastaAberta, caminho_de
from guiche.excel.botao import FALHA, RECUSADO, Porta, apertar, frase_da_falha, frase_do_erro
from guiche.excel.chamada import livro_que_chamou
from guiche.excel.conversa import ConversaNoExcel, ultima_palavra
from guiche.excel.qual_sistema import sistema_de
from guiche.excel.sistema import Sistema, esta_ocupado, modulo_de, ocupado, sem_esperar
from guiche.livro.atos import Autor
from guiche.oficio.contexto import abrir
from guiche.oficio.falha import registrar_falha
from guiche.planilha.porta import Pasta
from guiche.relogio import agora, autor


def executar(ato: str, arquivos_hex: str = "", livro: xw.Book | None = None, quem: Autor | None = None) -> int:
    """Faz o ato sobre a pasta aberta e conta o que houve; devolve 0, 1 (recusado) ou 3 (falha).

    ``arquivos_hex`` são os caminhos escolhidos, separados por um caractere nulo, em UTF-16BE hexadecimal: nada do
    que a pessoa escreve passa pelo interpretador de comandos. ``livro`` e ``quem`` são o da janela e o do sistema,
    se não se dizem. Nada escapa daqui: o xlwings mostraria um rastro de erro em inglês.
    """
    try:
        pessoa = quem or autor()
        aberto = livro or livro_que_chamou()
        _nao_matar_os_outros(modulo_de(aberto))
        excel = sistema_de(aberto)
        escolhidos = bytes.fromhex(arquivos_hex).decode("utf-16-be")
        conversa, inicio = ConversaNoExcel(excel), time.monotonic()
        feito = apertar(ato, [Path(um) for um in escolhidos.split("\0") if um], _porta(aberto, excel, pessoa, conversa))
        cliques.anotar(atos()[ato].titulo if ato in atos() else ato, time.monotonic() - inicio - conversa.esperou)
        return feito
    except ErroGuiche as erro:
        ultima_palavra(frase_do_erro(erro))
        return RECUSADO
    except Exception as erro:  # noqa: BLE001  a última porta
        if esta_ocupado(erro):
            ultima_palavra(frase_do_erro(ocupado("Excel")))
            return RECUSADO
        ultima_palavra(_da_falha(erro, ato))
        return FALHA


def _da_falha(erro: Exception, ato: str) -> str:
    """A frase de uma falha que ninguém previu; sem o registro, se nem ele se consegue escrever."""
    try:
        return frase_da_falha(registrar_falha(erro, ato, agora()))
    except OSError:
        return frase_da_falha(None)


def _porta(aberto: xw.Book, excel: Sistema, pessoa: Autor, conversa: ConversaNoExcel) -> Porta:
    def adaptar(_: Path) -> Pasta:
        pasta = PastaAberta(aberto, excel, conversa.notar)
        conversa.ao_responder, conversa.nome_da_aba = pasta.reler, pasta.nome_da_aba
        return pasta

    return Porta(
        conversa,
        pessoa,
        lambda ao_lado: abrir(caminho_de(aberto, excel), pessoa, aberta=adaptar, ao_lado=ao_lado),
    )


def _nao_matar_os_outros(modulo: Any) -> None:
    """Ao sair, o xlwings do Windows mataria todo Excel sem pasta à vista, que pode ser o de outro programa."""
    if hasattr(modulo, "N_COM_ATTEMPTS"):
        atexit.unregister(modulo.cleanup)


def livro_ativo() -> xw.Book | None:
    """A pasta na frente do Excel; ``None`` se não há Excel, ou pasta aberta nele.

    Raises:
        ErroDePlanilha: ``excel.ocupado``: há um Excel, e não diz que pasta tem na frente.
    """
    try:
        excel = xw.apps.active
        if excel is None:
            return None
        modulo = modulo_de(excel)
        sem_esperar(modulo)
        _nao_matar_os_outros(modulo)
        return excel.books.active
    except Exception as erro:
        if esta_ocupado(erro):
            raise ocupado("Excel") from erro
        return None
