"""O que se aceita em cada tipo de célula, e como se lê.

Cada função recebe o valor cru da célula e devolve o valor com tipo, ou levanta
``Recusa`` com o código do problema e a frase. Nada se completa nem se adivinha.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from operator import sub
from typing import Any

from guiche.dominio.texto import transliterar


class Recusa(Exception):
    """A célula não serve; leva o código do problema e a frase para o operador."""

    def __init__(self, codigo: str, frase: str) -> None:
        super().__init__(frase)
        self.codigo = codigo
        self.frase = frase


@dataclass(frozen=True, slots=True)
class ErroDeFormula:
    """O que está numa célula cuja fórmula deu erro; nunca se lê como vazia."""

    texto: str
    """Como o Excel o mostra: ``#N/D``, ``#REF!``."""

    def __str__(self) -> str:
        return self.texto


_COMECOS, _BRANCOS_QUE_ENGANAM = set("=+-@"), set("\t\r")
MAIOR_TEXTO = 32_767
"""Caracteres que uma célula do Excel guarda; um arquivo pode trazer mais."""
_QUANTO_SE_CITA, _ALGARISMOS_QUE_SE_CITAM = 12, 8
_INTEIRO = re.compile(r"[0-9]{1,15}")
_REAIS = re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d{1,2})?|\d+\.\d{1,2}")
_DATA = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")
_PERCENTUAL = re.compile(r"\d{1,3}(?:,\d{1,2})?")
_ANOS = range(1990, 2101)
_SIM = {"SIM": True, "S": True, "X": True, "VERDADEIRO": True, "TRUE": True}
_NAO = {"NAO": False, "N": False, "FALSO": False, "FALSE": False}
_LOGICOS = {True: "VERDADEIRO", False: "FALSO"}
_RUIDO = 1e-6
"""Centavos: diferença que um número de ponto flutuante do Excel pode trazer sem que haja fração de centavo."""
_MAIOR_VALOR = 10**15


def vira_formula(valor: str) -> bool:
    r"""Diz se um programa de planilha tomaria o texto por fórmula, posto numa célula sem formato de texto ou num CSV.

    >>> vira_formula("=1+1"), vira_formula("\t@SOMA(A1)"), vira_formula("Ana")
    (True, True, False)
    """
    return valor.lstrip()[:1] in _COMECOS or valor[:1] in _BRANCOS_QUE_ENGANAM if valor else False


def numero_da_coluna(letras: str) -> int:
    """``"A"`` é 1, ``"AA"`` é 27.

    >>> numero_da_coluna("AA")
    27
    """
    numero = 0
    for letra in letras:
        numero = numero * 26 + ord(letra) - 64
    return numero


def letras_da_coluna(numero: int) -> str:
    """Inversa de ``numero_da_coluna``.

    >>> letras_da_coluna(27)
    'AA'
    """
    letras = ""
    while numero:
        numero, resto = divmod(numero - 1, 26)
        letras = chr(65 + resto) + letras
    return letras


def formula_da_ligacao(aba: str, celulas: str, texto: str) -> str:
    r"""A fórmula que leva às células de uma aba.

    >>> formula_da_ligacao("Títulos", "F12", "12 linhas")
    'HYPERLINK("#\'Títulos\'!F12","12 linhas")'
    """
    alvo = f"#'{aba.replace(chr(39), chr(39) * 2)}'!{celulas}"
    return 'HYPERLINK("{}","{}")'.format(alvo.replace('"', '""'), texto.replace('"', '""'))


def citar(valor: Any) -> str:
    """O valor entre aspas numa frase; do que pode ser um documento, uma conta ou um nome, só o tamanho.

    >>> citar("31/02/2026"), citar("529.982.247-25")
    ("'31/02/2026'", 'um texto de 14 caracteres')
    """
    escrito = _LOGICOS[valor] if isinstance(valor, bool) else str(valor)
    curto = len(escrito) <= _QUANTO_SE_CITA and sum(map(str.isdigit, escrito)) <= _ALGARISMOS_QUE_SE_CITAM
    return repr(escrito) if curto else f"um texto de {len(escrito)} caracteres"


def que_caiba(valor: str) -> str:
    """O próprio texto.

    Raises:
        Recusa: ``celula.grande``, se é maior do que uma célula do Excel guarda.
    """
    if len(valor) > MAIOR_TEXTO:
        raise Recusa("celula.grande", f"o texto tem {len(valor)} caracteres")
    return valor


def sem_erro(valor: Any) -> Any:
    """O próprio valor.

    Raises:
        Recusa: ``celula.erro_de_formula``.
    """
    if isinstance(valor, ErroDeFormula):
        raise Recusa("celula.erro_de_formula", f"há um erro de fórmula ({valor})")
    return valor


def texto(valor: Any) -> str:
    """Texto livre; número inteiro vira seus algarismos, e verdadeiro e falso a palavra que o Excel mostra."""
    if isinstance(valor, str):
        return que_caiba(valor).strip()
    if valor is None:
        return ""
    return _LOGICOS[valor] if isinstance(valor, bool) else codigo(valor)


def codigo(valor: Any) -> str:
    """Código: texto com seus zeros; número inteiro vira seus algarismos, sem zeros à esquerda."""
    if isinstance(valor, str):
        return que_caiba(valor).strip()
    if valor is None:
        return ""
    if type(valor) is float and valor.is_integer() and abs(valor) < _MAIOR_VALOR:
        return str(int(valor))
    if type(valor) is int:
        return str(valor)
    if isinstance(valor, date):
        raise Recusa(
            "celula.virou_data", "o Excel transformou o código em data: formate a célula como texto e redigite"
        )
    raise Recusa("celula.codigo", f"não é um código: {citar(valor)}; formate a célula como texto e redigite")


def centavos(valor: Any) -> int | None:
    """Valor em reais, lido em centavos inteiros; mais de duas casas decimais se recusa."""
    if type(valor) is float or type(valor) is int:
        cem = valor * 100
        inteiro = round(cem) if abs(cem) < _MAIOR_VALOR else -1
        if inteiro < 0:
            raise Recusa("celula.valor", f"valor negativo ou grande demais: {valor}")
        if abs(cem - inteiro) > _RUIDO:
            raise Recusa("celula.centavos", f"o valor {valor} tem fração de centavo")
        return inteiro
    if valor is None or (isinstance(valor, str) and not valor.strip()):
        return None
    return _centavos_escritos(valor)


def centavos_em_lote(valores: Sequence[float]) -> list[int] | None:
    """O que ``centavos`` dá para cada número; ``None`` se algum não serve, e então é preciso olhar um a um."""
    cem = [valor * 100 for valor in valores]
    if not (min(cem) >= 0 and max(cem) < _MAIOR_VALOR):
        return None
    try:
        inteiros = list(map(round, cem))
    except ValueError:  # NaN
        return None
    return inteiros if max(map(abs, map(sub, cem, inteiros))) <= _RUIDO else None


def _centavos_escritos(valor: Any) -> int:
    if isinstance(valor, Decimal):
        limpo = str(valor)
    elif isinstance(valor, str):
        escrito = valor.replace("R$", "").replace("\u00a0", " ").strip()
        if not _REAIS.fullmatch(escrito):
            raise Recusa("celula.valor", f"não é um valor em reais: {citar(escrito)}")
        limpo = escrito.replace(".", "").replace(",", ".") if "," in escrito or _tem_milhar(escrito) else escrito
    else:
        raise Recusa("celula.valor", f"não é um valor em reais: {citar(valor)}")
    try:
        cem = Decimal(limpo) * 100
    except InvalidOperation as erro:
        raise Recusa("celula.valor", f"não é um valor em reais: {citar(valor)}") from erro
    if cem != cem.to_integral_value() or not 0 <= cem < _MAIOR_VALOR:
        raise Recusa("celula.centavos", f"o valor {citar(valor)} não cabe em centavos inteiros")
    return int(cem)


def _tem_milhar(escrito: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:\.\d{3})+", escrito) is not None


def dia(valor: Any) -> date | None:
    """Data: célula de data, ou texto dd/mm/aaaa ou aaaa-mm-dd; ano com dois dígitos se recusa."""
    if isinstance(valor, datetime):
        lido = valor.date()
    elif isinstance(valor, date):
        lido = valor
    elif valor is None or (isinstance(valor, str) and not valor.strip()):
        return None
    elif isinstance(valor, str):
        lido = _dia_escrito(valor.strip())
    else:
        raise Recusa("celula.data", f"não é uma data: {citar(valor)}")
    if lido.year not in _ANOS:
        raise Recusa("celula.data", f"o ano {lido.year} não serve: confira a data")
    return lido


def _dia_escrito(escrito: str) -> date:
    achado = _DATA.fullmatch(escrito)
    if not achado:
        raise Recusa("celula.data", f"não é uma data dd/mm/aaaa: {citar(escrito)}")
    d, m, a, a2, m2, d2 = achado.groups()
    try:
        return date(int(a or a2), int(m or m2), int(d or d2))
    except ValueError as erro:
        raise Recusa("celula.data", f"esse dia não existe: {escrito}") from erro


def inteiro(valor: Any) -> int | None:
    """Número inteiro não negativo."""
    if valor is None or (isinstance(valor, str) and not valor.strip()):
        return None
    if isinstance(valor, (int, float)) and not isinstance(valor, bool) and 0 <= valor < _MAIOR_VALOR:
        if valor == int(valor):
            return int(valor)
    elif isinstance(valor, str) and _INTEIRO.fullmatch(valor.strip()):
        return int(valor)
    raise Recusa("celula.inteiro", f"não é um número inteiro: {citar(valor)}")


def percentual(valor: Any) -> int | None:
    """Percentual, em centésimos de por cento: célula 2,5% (0,025) ou texto "2,5%" dão 250."""
    if valor is None or (isinstance(valor, str) and not valor.strip()):
        return None
    if isinstance(valor, (int, float)) and not isinstance(valor, bool) and 0 <= valor <= 1:
        return round(valor * 10_000)
    if isinstance(valor, str):
        escrito = valor.strip().removesuffix("%").strip()
        if valor.strip().endswith("%") and _PERCENTUAL.fullmatch(escrito):
            return int(Decimal(escrito.replace(",", ".")) * 100)
    raise Recusa("celula.percentual", f"não é um percentual: {citar(valor)}; escreva como 2,5%")


def sim_nao(valor: Any) -> bool | None:
    """Sim ou não; vazio é nenhum dos dois."""
    if isinstance(valor, bool) or valor is None:
        return valor
    if isinstance(valor, str):
        escrito = transliterar(valor).strip()
        if not escrito:
            return None
        resposta = (_SIM | _NAO).get(escrito)
        if resposta is not None:
            return resposta
    raise Recusa("celula.sim_nao", f"não é Sim nem Não: {citar(valor)}")


def de_lista(aceitos: tuple[str, ...]) -> Callable[[Any], str]:
    """Leitor de uma coluna de lista: aceita com ou sem acento, em qualquer caixa."""
    conhecidos = {transliterar(a): a for a in aceitos} | {"": ""}

    def ler(valor: Any) -> str:
        escrito = texto(valor)
        achado = conhecidos.get(transliterar(escrito))
        if achado is None:
            raise Recusa("celula.lista", f"{citar(escrito)} não serve; use {', '.join(aceitos)}")
        return achado

    return ler


LEITORES: Mapping[str, Callable[[Any], Any]] = {
    "codigo": codigo,
    "texto": texto,
    "valor": centavos,
    "data": dia,
    "inteiro": inteiro,
    "percentual": percentual,
    "sim_nao": sim_nao,
}
