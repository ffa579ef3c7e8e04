"""Erros do Guichê: uma árvore pequena, um formato só e um catálogo.

A árvore::

    ErroGuiche
    ├── ErroDeLayout     o arquivo de layout ou de perfil está errado
    ├── ErroDeCampo      um valor não cabe no campo a que se destina
    ├── ErroDeArquivo    um arquivo do banco não pode ser lido ou aceito
    ├── ErroDeRegra      a regra do convênio ou do livro recusa o ato
    ├── ErroDePlanilha   falta uma aba, tabela ou coluna; a pasta não abre ou não grava
    └── ErroDeLivro      o livro não está, não é deste arquivo ou está ocupado

Dado errado é ``Problema`` (um valor, junta-se numa lista); situação errada é
exceção. Os dois dizem onde, o quê e como consertar. O código é um nome fixo,
com verbete em ``erros.toml``, de onde sai ``docs/erros.md``.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Local:
    """Onde o problema está: arquivo, linha e colunas, ou aba e célula.

    >>> str(Local("Títulos", celula="F12")), str(Local("ret.txt", 7, (53, 67)))
    ('Títulos!F12', 'ret.txt:7:53-67')
    """

    fonte: str
    linha: int | None = None
    colunas: tuple[int, int] | None = None
    celula: str | None = None

    def __str__(self) -> str:
        if self.celula:
            return f"{self.fonte}!{self.celula}"
        partes = [self.fonte]
        if self.linha:
            partes.append(str(self.linha))
        if self.colunas:
            partes.append(f"{self.colunas[0]}-{self.colunas[1]}")
        return ":".join(partes)


_DO_SISTEMA = {
    errno.ENOENT: "o arquivo ou a pasta não existe",
    errno.EACCES: "o sistema não dá permissão",
    errno.EPERM: "o sistema não dá permissão",
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "acabou o espaço que você pode usar neste disco",
    errno.EISDIR: "é uma pasta, e não um arquivo",
    errno.ENOTDIR: "há um arquivo onde devia haver uma pasta",
    errno.EEXIST: "já existe",
    errno.EROFS: "o disco só se lê",
    errno.EBUSY: "está em uso",
    errno.ENAMETOOLONG: "o nome é comprido demais",
    errno.EIO: "o disco não responde",
    errno.EINVAL: "o nome não serve neste disco",
}
_ABERTO_NO_WINDOWS = {32, 33}
"""ERROR_SHARING_VIOLATION e ERROR_LOCK_VIOLATION, que o Python conta como falta de permissão."""


def do_sistema(erro: OSError) -> str:
    """Por que o sistema recusou, em português: a frase que ele traz está na língua dele.

    >>> do_sistema(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    'o arquivo ou a pasta não existe'
    """
    if getattr(erro, "winerror", None) in _ABERTO_NO_WINDOWS:
        return "está aberto noutro programa"
    return _DO_SISTEMA.get(erro.errno or 0, f"o sistema recusou (erro {erro.errno})")


@cache
def catalogo() -> dict[str, dict[str, str]]:
    """Verbetes de ``erros.toml``: código → ``{"quando": …, "fazer": …}``."""
    import tomllib  # noqa: PLC0415  só se paga quando um erro é mostrado
    from importlib.resources import files  # noqa: PLC0415

    dados = tomllib.loads(files("guiche").joinpath("erros.toml").read_text("utf-8"))
    return {f"{grupo}.{nome}": verbete for grupo, nomes in dados.items() for nome, verbete in nomes.items()}


def _fazer(codigo: str, dica: str) -> str:
    return dica or catalogo().get(codigo, {}).get("fazer", "")


def _texto(local: Local | None, codigo: str, mensagem: str, dica: str) -> str:
    inicio = f"{local}: " if local else ""
    fazer = _fazer(codigo, dica)
    fim = f"\n    o que fazer: {fazer}" if fazer else ""
    return f"{inicio}{codigo}: {mensagem}{fim}"


class ErroGuiche(Exception):
    """Raiz de todo erro previsto; apanhá-la basta a quem chama."""

    def __init__(self, codigo: str, mensagem: str, *, local: Local | None = None, dica: str = "") -> None:
        super().__init__(mensagem)
        self.codigo = codigo
        self.mensagem = mensagem
        self.local = local
        self.dica = dica

    @property
    def fazer(self) -> str:
        """O que fazer: a dica do caso, ou a do catálogo."""
        return _fazer(self.codigo, self.dica)

    def __str__(self) -> str:
        return _texto(self.local, self.codigo, self.mensagem, self.dica)


class ErroDeLayout(ErroGuiche):
    """O arquivo de layout ou de perfil está errado; nada se gera com ele."""


class ErroDeCampo(ErroGuiche):
    """Um valor não cabe no campo a que se destina."""


class ErroDeArquivo(ErroGuiche):
    """Um arquivo do banco não pode ser lido ou aceito."""


class ErroDeRegra(ErroGuiche):
    """A regra do convênio ou do livro recusa o ato."""


class ErroDePlanilha(ErroGuiche):
    """Falta uma aba, tabela ou coluna; a pasta não abre ou não grava."""


class ErroDeLivro(ErroGuiche):
    """O livro não está, não é desta pasta de trabalho ou está ocupado."""


@dataclass(frozen=True, slots=True)
class Problema:
    """Um dado errado, anotado sem parar o trabalho; todos se mostram no fim."""

    codigo: str
    mensagem: str
    local: Local
    dica: str = ""
    gravidade: str = "erro"
    """``"erro"`` impede; ``"aviso"`` só informa."""

    def __str__(self) -> str:
        return _texto(self.local, self.codigo, self.mensagem, self.dica)

    @property
    def fazer(self) -> str:
        """O que fazer: a dica do caso, ou a do catálogo."""
        return _fazer(self.codigo, self.dica)

    def como_dict(self) -> dict[str, Any]:
        """Forma para ``--json``."""
        return {
            "codigo": self.codigo,
            "gravidade": self.gravidade,
            "onde": str(self.local),
            "mensagem": self.mensagem,
            "fazer": self.fazer,
        }
