"""Um valor em suas colunas, e de volta: o caminho lento, que sabe dizer o que está errado."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeCampo, Local
from guiche.layout.modelo import Campo

SEM_FIM = "99999999"
AUSENTE = (None, "")
_PRIMEIRO, _ULTIMO = 32, 126
_SECULO, _VIRADA = 2000, 70
"""Ano de dois algarismos: de 70 a 99 é do século passado; o resto, deste."""


def recusar(campo: Campo, codigo: str, razao: str, local: Local | None = None) -> ErroDeCampo:
    """Erro que nomeia o campo como o manual: nome, id e colunas."""
    fonte, linha = (local.fonte, local.linha) if local else ("valor", None)
    onde = Local(fonte, linha, (campo.inicio, campo.fim))
    nome = f"{campo.nome} ({campo.id}{', ' if campo.id else ''}posições {campo.posicao})"
    return ErroDeCampo(codigo, f"{nome} {razao}", local=onde)


def escrever_campo(campo: Campo, valor: Any) -> str:
    """Texto do campo, na largura exata.

    Raises:
        ErroDeCampo: valor de outro tipo, grande demais, fora do domínio, ou que falta e é obrigatório.
    """
    if campo.tipo == "reservado":
        return ("0" if campo.zeros else " ") * campo.largura
    if campo.fixo is not None:
        return _fixo(campo, valor)
    if valor in AUSENTE:
        return _vazio(campo)
    texto = _ESCRITAS[campo.tipo](campo, valor)
    if campo.dominio and campo.tipo != "data" and texto not in campo.dominio and texto.strip():
        raise recusar(campo, "campo.dominio", f"não aceita {texto!r}; aceita {', '.join(campo.dominio)}")
    return texto


def _fixo(campo: Campo, valor: Any) -> str:
    fixo = (campo.fixo or "").ljust(campo.largura)
    if valor is not None and str(valor).ljust(campo.largura) != fixo:
        raise recusar(campo, "campo.fixo", f"é sempre {fixo.rstrip()!r}")
    return fixo


def _vazio(campo: Campo) -> str:
    if campo.padrao is not None:
        return campo.padrao.rjust(campo.largura, "0") if campo.zeros else campo.padrao.ljust(campo.largura)
    if campo.obrigatorio:
        raise recusar(campo, "campo.falta", "é obrigatório e está vazio")
    com_zeros = campo.tipo != "texto" or campo.zeros
    return ("0" if com_zeros and campo.vazio != "brancos" else " ") * campo.largura


def _texto(campo: Campo, valor: Any) -> str:
    if not isinstance(valor, str):
        raise recusar(campo, "campo.tipo", f"pede texto, veio {type(valor).__name__}")
    texto = valor if campo.exato else transliterar(valor)
    if any(not _PRIMEIRO <= ord(c) <= _ULTIMO for c in texto):
        raise recusar(campo, "campo.caractere", "tem caractere que o banco não aceita")
    if len(texto) > campo.largura:
        raise recusar(campo, "campo.largura", f"tem {len(texto)} caracteres e só cabem {campo.largura}")
    if campo.obrigatorio and not texto.strip():
        raise recusar(campo, "campo.falta", "é obrigatório e está vazio")
    return texto.rjust(campo.largura, "0") if campo.zeros else texto.ljust(campo.largura)


def _numero(campo: Campo, valor: Any) -> str:
    if type(valor) is not int:
        unidade = "centavos inteiros" if campo.tipo == "valor" else "número inteiro"
        raise recusar(campo, "campo.tipo", f"pede {unidade}, veio {type(valor).__name__}")
    if valor < 0:
        raise recusar(campo, "campo.negativo", "não aceita número negativo")
    texto = f"{valor:0{campo.largura}d}"
    if len(texto) > campo.largura:
        raise recusar(campo, "campo.largura", f"tem {len(texto)} algarismos e só cabem {campo.largura}")
    return texto


def _data(campo: Campo, valor: Any) -> str:
    if isinstance(valor, str) and valor in campo.dominio:
        return valor
    if type(valor) is not date:
        raise recusar(campo, "campo.tipo", f"pede data, veio {type(valor).__name__}")
    if campo.sem_fim and valor == date.max:
        return SEM_FIM
    dia_e_mes = f"{valor.day:02d}{valor.month:02d}"
    if campo.formato == "AAAAMMDD":
        return f"{valor.year:04d}{valor.month:02d}{valor.day:02d}"
    if campo.formato == "DDMMAAAA":
        return f"{dia_e_mes}{valor.year:04d}"
    if not _SECULO - 100 + _VIRADA <= valor.year < _SECULO + _VIRADA:
        raise recusar(campo, "campo.data", f"tem só dois algarismos de ano; {valor.year} não se distingue")
    return f"{dia_e_mes}{valor.year % 100:02d}"


def _hora(campo: Campo, valor: Any) -> str:
    if type(valor) is not time:
        raise recusar(campo, "campo.tipo", f"pede hora, veio {type(valor).__name__}")
    return f"{valor.hour:02d}{valor.minute:02d}{valor.second:02d}"


_ESCRITAS = {"texto": _texto, "numero": _numero, "valor": _numero, "data": _data, "hora": _hora}


def ler_campo(campo: Campo, bruto: str, local: Local | None) -> Any:
    """Valor de um trecho da linha; número e data em branco são ``None``, e data zerada também.

    Raises:
        ErroDeCampo: não é número, não é data, ou difere do que o layout fixa.
    """
    if campo.tipo == "texto":
        if campo.fixo is not None and bruto.rstrip(" ") != campo.fixo.rstrip(" "):
            raise recusar(campo, "campo.fixo", f"devia ser {campo.fixo!r}", local)
        return bruto.rstrip(" ")
    if campo.tipo == "data":
        return ler_data(campo, bruto, local)
    return ler_hora(campo, bruto, local) if campo.tipo == "hora" else ler_numero(campo, bruto, local)


def ler_numero(campo: Campo, bruto: str, local: Local | None = None) -> int | None:
    """Inteiro de algarismos ASCII na largura toda; em ``valor``, a menor unidade da moeda."""
    if bruto.isascii() and bruto.isdigit():
        return int(bruto)
    if not bruto.strip(" "):
        return None
    raise recusar(campo, "campo.ilegivel", f"não é número: {_visivel(bruto)}", local)


def ler_data(campo: Campo, bruto: str, local: Local | None = None) -> date | None:
    """Data no formato do campo; zeros, brancos e o que o domínio diz não ser data são ``None``."""
    if not bruto.strip(" ") or not bruto.strip("0") or bruto in campo.dominio:
        return None
    if campo.sem_fim and bruto == SEM_FIM:
        return date.max
    if bruto.isascii() and bruto.isdigit() and len(bruto) == campo.largura:
        try:
            return _partes_da_data(campo, bruto)
        except ValueError:
            pass
    raise recusar(campo, "campo.ilegivel", f"não é data {campo.formato}: {_visivel(bruto)}", local)


def _partes_da_data(campo: Campo, bruto: str) -> date:
    if campo.formato == "AAAAMMDD":
        return date(int(bruto[:4]), int(bruto[4:6]), int(bruto[6:]))
    dia, mes, ano = int(bruto[:2]), int(bruto[2:4]), int(bruto[4:])
    if campo.formato == "DDMMAA":
        ano += _SECULO if ano < _VIRADA else _SECULO - 100
    return date(ano, mes, dia)


def ler_hora(campo: Campo, bruto: str, local: Local | None = None) -> time | None:
    """Hora HHMMSS; brancos são ``None``, e zeros são meia-noite."""
    if not bruto.strip(" "):
        return None
    if bruto.isascii() and bruto.isdigit() and len(bruto) == campo.largura:
        try:
            return time(int(bruto[:2]), int(bruto[2:4]), int(bruto[4:]))
        except ValueError:
            pass
    raise recusar(campo, "campo.ilegivel", f"não é hora HHMMSS: {_visivel(bruto)}", local)


def _visivel(bruto: str) -> str:
    return ascii(bruto)
