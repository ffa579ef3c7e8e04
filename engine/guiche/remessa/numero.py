"""O nosso número na forma do banco, e todo campo composto, título a título.

As regras são as do boleto (``guiche.boleto.regras``): o que o papel imprime e o que a remessa leva não discordam.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from guiche.boleto.calculo import campo_livre
from guiche.boleto.digitos import DIGITOS
from guiche.boleto.regras import Variante, banco, imprimir, variantes_do
from guiche.erros import ErroDeCampo, Local
from guiche.layout.carga import existe, ler_toml

_PEDACO = re.compile(r"\{([^}]+)\}|([^{]+)")
_NUMERO = re.compile(r"nosso_numero(?::(\d+))?")
_IMPRESSO = "{impresso}", "{impresso_sem_dv}"
_PONTUACAO = re.compile(r"[^\w{}]+(?![^{]*\})")


class Regra(NamedTuple):
    """O que muda o nosso número de um banco: quantos algarismos e que dígito."""

    tamanho: int
    modulo: str
    sobre: tuple[str, ...]
    variante: Variante | None


def regra(codigo: str, base: Mapping[str, Any]) -> Regra:
    """A regra do banco para estes dados; sem regra conhecida, o número vai como veio."""
    if not existe(f"boleto/{codigo}"):
        return Regra(0, "", (), None)
    variante = banco(codigo).variante(base)
    dados = _dados(codigo)[variante.id]
    dv = dados.get("dv") or {"modulo": "", "sobre": ()}
    return Regra(variante.tamanho, dv["modulo"], tuple(dv["sobre"]), variante)


@cache
def _dados(codigo: str) -> Mapping[str, Mapping[str, Any]]:
    return {v["id"]: v for v in variantes_do(ler_toml(f"boleto/{codigo}"))}


def preencher(numeros: Sequence[str], largura: int, titulos: Sequence[int]) -> list[str]:
    """Os números com zeros à esquerda até a largura (0: como vieram).

    Raises:
        ErroDeCampo: ``boleto.campo_tamanho``, se um não cabe.
    """
    if not largura:
        return list(numeros)
    justos = [n.zfill(largura) for n in numeros]
    if max(map(len, justos)) > largura:
        for i, justo in enumerate(justos):
            if justo[:-largura].strip("0"):
                razao = f"nosso_numero tem {len(justo.lstrip('0'))} algarismos e só cabem {largura}"
                raise ErroDeCampo("boleto.campo_tamanho", razao, local=Local(f"título {titulos[i] + 1}"))
            justos[i] = justo[-largura:]
    return justos


def digitos(uma: Regra, base: Mapping[str, Any], numeros: Sequence[str], titulos: Sequence[int]) -> list[str]:
    """O dígito de cada nosso número; vazio se o banco não o tem.

    Raises:
        ErroDeCampo: falta um dado de que o dígito depende.
    """
    if not uma.modulo:
        return [""] * len(numeros)
    antes, depois, largura = "", "", 0
    for componente in uma.sobre:
        if achado := _NUMERO.fullmatch(componente):
            largura, antes, depois = int(achado[1] or 0), antes + depois, ""
        else:
            depois += imprimir(f"{{{componente}}}", base, "", "")
    algoritmo = DIGITOS[uma.modulo]
    return [algoritmo(antes + n + depois) for n in preencher(numeros, largura, titulos)]


@cache
def por_extenso(modelo: str, impresso: str) -> str:
    """O modelo com ``{impresso}`` trocado pelo que o papel do boleto imprime, sem a pontuação.

    >>> por_extenso("{impresso}4", "{carteira:2}/{nosso_numero:7}-{dv}")
    '{carteira:2}{nosso_numero:7}{dv}4'
    """
    limpo = _PONTUACAO.sub("", impresso or "{nosso_numero}")
    completo, sem_dv = _IMPRESSO
    return modelo.replace(completo, limpo).replace(sem_dv, limpo.replace("{dv}", ""))


@cache
def muda_com_o_tamanho(codigo: str) -> bool:
    """Se a variante do banco depende de quantos algarismos tem o próprio número."""
    if not existe(f"boleto/{codigo}"):
        return False
    variantes = variantes_do(ler_toml(f"boleto/{codigo}"))
    return any(c["campo"] == "nosso_numero" for v in variantes for c in v.get("condicoes", ()))


@cache
def pedacos(modelo: str) -> tuple[tuple[str, str], ...]:
    """O modelo partido em (``numero``, largura), (``dv``, ""), (``livre``, colunas) e (``fixo``, modelo).

    >>> pedacos("{convenio:7}{nosso_numero:10}-{dv}")
    (('fixo', '{convenio:7}'), ('numero', '10'), ('fixo', '-'), ('dv', ''))
    """
    partes = []
    for marca, texto in _PEDACO.findall(modelo):
        if achado := _NUMERO.fullmatch(marca):
            partes.append(("numero", achado[1] or ""))
        elif marca == "dv":
            partes.append(("dv", ""))
        elif marca.startswith("@"):
            partes.append(("livre", f"{{{marca}}}"))
        else:
            partes.append(("fixo", f"{{{marca}}}" if marca else texto))
    return tuple(partes)


def campos_livres(uma: Regra, base: Mapping[str, Any], numeros: Sequence[str], vencimentos: Sequence[Any]) -> list[str]:
    """O campo livre do boleto de cada número, para os bancos que põem parte dele no nosso número."""
    if uma.variante is None:
        return [""] * len(numeros)
    return [
        campo_livre(uma.variante, {**base, "nosso_numero": n, "vencimento": v, "centavos": 1})
        for n, v in zip(numeros, vencimentos, strict=True)
    ]
