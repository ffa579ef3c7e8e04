"""A entrada do Excel: o RunPython, ou o painel, chama ``executar`` sobre a pasta aberta."""

from __future__ import annotations

from pathlib import Path

import xlwings as xw

from guiche.excel.aberta import PastaAberta, caminho_de
from guiche.excel.botao import Porta, apertar
from guiche.excel.conversa import ConversaNoExcel
from guiche.livro.atos import Autor
from guiche.relogio import autor
from guiche.servicos.contexto import abrir


def executar(ato: str, arquivos_hex: str = "", livro: xw.Book | None = None, quem: Autor | None = None) -> int:
    """Faz o ato sobre a pasta aberta e conta o que houve; devolve 0, 1 (recusado) ou 3 (falha).

    ``arquivos_hex`` são os caminhos escolhidos, separados por um caractere nulo, em UTF-16BE hexadecimal: nada do
    que a pessoa escreve passa pelo interpretador de comandos. ``livro`` e ``quem`` são o da janela e o do sistema,
    se não se dizem.
    """
    aberto = livro or xw.Book.caller()
    pessoa = quem or autor()
    escolhidos = bytes.fromhex(arquivos_hex).decode("utf-16-be")
    porta = Porta(
        ConversaNoExcel(aberto),
        pessoa,
        lambda ao_lado: abrir(caminho_de(aberto), pessoa, aberta=lambda _: PastaAberta(aberto), ao_lado=ao_lado),
    )
    return apertar(ato, [Path(um) for um in escolhidos.split("\0") if um], porta)


def livro_ativo() -> xw.Book | None:
    """A pasta na frente do Excel; ``None`` se não há Excel, ou pasta aberta nele."""
    try:
        return xw.books.active
    except Exception:  # noqa: BLE001  cada sistema diz "não há" com um erro seu
        return None
