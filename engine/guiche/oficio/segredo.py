"""O segredo do supervisor: no livro fica só o seu resumo, de que não se volta."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from guiche.erros import ErroDeRegra
from guiche.livro.atos import registrar
from guiche.livro.conexao import definir, propriedade
from guiche.oficio.contexto import Contexto

_ONDE = "supervisor"
_N, _R, _P, _SAL = 1 << 14, 8, 1, 16
"""Uns 50 ms e 16 MB por tentativa."""


def ha_supervisor(ctx: Contexto) -> bool:
    """Diz se o livro tem supervisor."""
    return bool(propriedade(ctx.livro, _ONDE))


def guardar(ctx: Contexto, segredo: str) -> None:
    """Guarda o resumo do segredo; chame dentro da transação do ato."""
    definir(ctx.livro, _ONDE, resumir(segredo, secrets.token_bytes(_SAL)))


def exigir(ctx: Contexto, segredo: str, para: str) -> None:
    """Recusa o ato sem o segredo certo; a tentativa errada fica no diário.

    Raises:
        ErroDeRegra: ``supervisor.ausente``, ``supervisor.falta`` ou ``supervisor.errado``.
    """
    guardado = propriedade(ctx.livro, _ONDE)
    if not guardado:
        raise ErroDeRegra("supervisor.ausente", "este livro ainda não tem supervisor")
    if not segredo:
        raise ErroDeRegra("supervisor.falta", "só o supervisor faz isto")
    if not confere(segredo, guardado):
        with ctx.livro.transacao():
            registrar(ctx.livro, ctx.autor, "supervisor recusado", depois={"para": para})
        raise ErroDeRegra("supervisor.errado", "o segredo do supervisor não confere")


def resumir(segredo: str, sal: bytes) -> str:
    """O que se guarda: os parâmetros, o sal e o resumo."""
    resumo = hashlib.scrypt(segredo.encode(), salt=sal, n=_N, r=_R, p=_P)
    return f"scrypt${_N}${_R}${_P}${sal.hex()}${resumo.hex()}"


def confere(segredo: str, guardado: str) -> bool:
    """Diz se o segredo é o que se guardou.

    >>> guardado = resumir("abre-te sésamo", b"0123456789abcdef")
    >>> confere("abre-te sésamo", guardado), confere("abre-te", guardado)
    (True, False)
    """
    _, n, r, p, sal, resumo = guardado.split("$")
    feito = hashlib.scrypt(segredo.encode(), salt=bytes.fromhex(sal), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(feito, bytes.fromhex(resumo))
