"""O que o último ato deixou na pasta de trabalho, para que o seguinte só leia e refaça o que mudou.

Mora no livro. Vale enquanto as abas são, byte a byte, as que se deixaram: a que outra pessoa ou outro programa gravou
lê-se e refaz-se. Perdida a lembrança, tudo se lê e se refaz, e o que se mostra é o mesmo.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from guiche import __version__
from guiche.erros import ErroDeLivro, Local, Problema
from guiche.livro import lembrancas
from guiche.livro.conexao import Livro
from guiche.planilha.esquema import versao
from guiche.planilha.lembradas import NaoSeLembra, guardar, lembrar
from guiche.planilha.porta import Folha, Pasta, Validada

_INDICE = "indice"


class Lembranca:
    """O que se lembra da pasta de trabalho de um ato."""

    def __init__(self, livro: Livro, pasta: Pasta) -> None:
        self._livro, self._pasta = livro, pasta
        self._escrito = lembrancas.lembrar(livro, _INDICE)
        indice = self._ler_indice()
        pasta.conteudos.lembrar(indice.get("conteudos", {}))
        self.vistas: dict[str, str] = dict(indice.get("vistas", {}))
        """Tabela → o carimbo do que a fez, e a identidade com que ficou."""
        self.ato: int = indice.get("ato", 0)
        """O último ato que as vistas mostram."""
        self._lidas: dict[str, str] = dict(indice.get("lidas", {}))
        self._blocos: dict[str, bytes] = {}

    def _ler_indice(self) -> dict[str, Any]:
        try:
            indice: dict[str, Any] = json.loads(self._escrito or b"{}")
        except ValueError:
            return {}
        return indice if indice.get("de") == _de() else {}

    def lida(
        self, tabela: str, fabrica: Callable[[tuple[Any, ...]], Any] = tuple
    ) -> tuple[Validada, str, Mapping[str, str]] | None:
        """As linhas conferidas da tabela, a aba e as letras das colunas, se nada mudou; ``None`` se há que ler."""
        conteudo = self._pasta.conteudos.de(tabela)
        if not conteudo or self._lidas.get(tabela) != conteudo:
            return None
        achado = lembrar(self.bloco(f"lida {tabela}"), fabrica)
        if achado is None:
            return None
        linhas, (aba, letras, numeros, avisos) = achado
        validada = Validada(linhas, _de_numeros(numeros), [], [_problema(aviso) for aviso in avisos])
        return validada, aba, letras

    def ler(self, folha: Folha, validada: Validada) -> None:
        """Guarda o que se leu de uma tabela sem problemas."""
        conteudo = self._pasta.conteudos.de(folha.tabela)
        if not conteudo or validada.problemas:
            return
        avisos = [asdict(aviso) for aviso in validada.avisos]
        with suppress(NaoSeLembra):
            resto = (folha.aba, dict(folha.letras), _em_numeros(validada.numeros), avisos)
            self._blocos[f"lida {folha.tabela}"] = guardar(validada.linhas, resto)
            self._lidas[folha.tabela] = conteudo

    def calculo(self, nome: str, chave: list[str], fazer: Callable[[], Any]) -> Any:
        """O que ``fazer`` dá, que tem de caber em JSON e só depende da ``chave``; se ela é a lembrada, não se faz."""
        if not all(chave):
            return fazer()
        bloco = self.bloco(nome)
        lida, feito = json.loads(bloco) if bloco else (None, None)
        if lida != chave:
            feito = fazer()
            self._blocos[nome] = json.dumps([chave, feito]).encode()
        return feito

    def bloco(self, nome: str) -> bytes:
        """Um bloco que uma vista guardou; vazio se não há."""
        return self._blocos.get(nome) or lembrancas.lembrar(self._livro, nome)

    def por_bloco(self, nome: str, bloco: bytes) -> None:
        """Guarda um bloco de uma vista, quando a pasta se salvar."""
        self._blocos[nome] = bloco

    def salvar(self) -> None:
        """Leva ao livro o que se lembra da pasta que se acaba de salvar; se o livro não deixa, não se lembra."""
        conteudos = self._pasta.conteudos.como_estao()
        if not conteudos:
            return
        indice = {"de": _de(), "ato": self.ato, "conteudos": conteudos, "vistas": self.vistas, "lidas": self._lidas}
        escrito = json.dumps(indice, sort_keys=True).encode()
        if escrito != self._escrito or self._blocos:
            with suppress(ErroDeLivro):
                lembrancas.guardar(self._livro, self._blocos | {_INDICE: escrito})
                self._escrito, self._blocos = escrito, {}


def _de() -> str:
    """De que Guichê e de que modelo é o que se lembra."""
    return f"{__version__} {versao()}"


def _em_numeros(numeros: Sequence[int]) -> list[int]:
    """Números de linhas seguidas, pela primeira e por quantas são; os outros, um a um."""
    seguidas = bool(numeros) and numeros[-1] - numeros[0] + 1 == len(numeros)
    return [-1, numeros[0], len(numeros)] if seguidas else list(numeros)


def _de_numeros(escritos: Sequence[int]) -> Sequence[int]:
    """Inversa de ``_em_numeros``.

    >>> list(_de_numeros(_em_numeros([2, 3, 4]))), list(_de_numeros(_em_numeros([2, 4])))
    ([2, 3, 4], [2, 4])
    """
    if escritos and escritos[0] < 0:
        return range(escritos[1], escritos[1] + escritos[2])
    return escritos


def _problema(escrito: Mapping[str, Any]) -> Problema:
    local = dict(escrito["local"])
    if local["colunas"]:
        local["colunas"] = tuple(local["colunas"])
    return Problema(**{**escrito, "local": Local(**local)})
