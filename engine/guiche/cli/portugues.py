"""O argparse em português: as frases dele, e o que cada valor torto tinha de ser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

FALTA = "falta dizer: "
FRASES = {
    "usage: ": "uso: ",
    "positional arguments": "o que se diz nesta ordem",
    "options": "opções",
    "%(heading)s:": "%(heading)s:",
    " (default: %(default)s)": " (padrão: %(default)s)",
    "show this help message and exit": "mostra esta ajuda",
    "show program's version number and exit": "mostra a versão",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "%(prog)s: warning: %(message)s\n": "%(prog)s: aviso: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "argument '%(argument_name)s' is deprecated": "“%(argument_name)s” vai deixar de existir",
    "command '%(parser_name)s' is deprecated": "“%(parser_name)s” vai deixar de existir",
    "option '%(option)s' is deprecated": "“%(option)s” vai deixar de existir",
    "the following arguments are required: %s": f"{FALTA}%s",
    "one of the arguments %s is required": "falta um destes: %s",
    "unrecognized arguments: %s": "sobrou: %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s tanto pode ser %(matches)s",
    "unexpected option string: %s": "opção que não existe: %s",
    "ignored explicit argument %r": "não leva valor: %s",
    "not allowed with argument %s": "não vai junto com %s",
    "expected one argument": "falta o valor",
    "expected at most one argument": "só leva um valor",
    "expected at least one argument": "falta o valor",
    "expected %s argument": "leva %s valor",
    "expected %s arguments": "leva %s valores",
    "invalid choice: %(value)r (choose from %(choices)s)": "“%(value)s” não é um deles; --help os mostra",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "“%(value)s” não é um deles; --help os mostra. Seria “%(suggestion)s”?"
    ),
    "invalid %(type)s value: %(value)r": "“%(value)s” não serve",
    "can't open '%(filename)s': %(error)s": "não foi possível abrir “%(filename)s”",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "“%(parser_name)s” não existe; escolha entre %(choices)s",
    "subcommands": "atos",
}
"""As frases do argparse que uma pessoa pode ver, de todas as versões do Python que servem."""


def ensinar() -> None:
    """O argparse procura as frases por estas duas funções: daqui em diante, acha-as em português."""
    modulo: Any = argparse
    modulo._ = lambda frase: FRASES.get(frase, frase)
    modulo.ngettext = lambda uma, varias, n: FRASES.get(uma if n == 1 else varias, varias)


class Leitor(argparse.ArgumentParser):
    """O leitor de argumentos que diz o que falta, o que sobra e o que se pode escolher."""

    def ler(self, argumentos: Sequence[str] | None = None) -> argparse.Namespace:
        """Lê os argumentos; do que sobra, diz junto de que opção ficou."""
        escritos = sys.argv[1:] if argumentos is None else list(argumentos)
        lidos, sobras = self.parse_known_args(escritos)
        if sobras:
            self.error(f"sobrou {', '.join(map(_entre_aspas, sobras))}{_junto_de(escritos, sobras[0])}")
        return lidos

    def error(self, message: str) -> NoReturn:
        """Sai com 2; de cada coisa que falta, diz o que é."""
        if message.startswith(FALTA):
            message = FALTA + ", ".join(map(self._o_que_e, message.removeprefix(FALTA).split(", ")))
        super().error(message)

    def _o_que_e(self, nome: str) -> str:
        ajuda = next((a.help for a in self._actions if nome in {a.metavar, a.dest, "/".join(a.option_strings)}), "")
        return f"{nome} ({ajuda})" if ajuda else nome


def _entre_aspas(texto: str) -> str:
    return f"“{texto}”"


def _junto_de(escritos: Sequence[str], sobra: str) -> str:
    onde = escritos.index(sobra) if sobra in escritos else 0
    antes = escritos[onde - 1] if onde else ""
    return f": {antes} não leva valor" if antes.startswith("--") and "=" not in antes else ""


def data(texto: str) -> date:
    """Data AAAA-MM-DD ou DD/MM/AAAA."""
    escrita = texto
    if texto.count("/") == 2:  # noqa: PLR2004  dia, mês e ano
        dia, mes, ano = texto.split("/")
        escrita = f"{ano}-{mes:0>2}-{dia:0>2}"
    try:
        return date.fromisoformat(escrita)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{texto}” não é um dia do calendário; escreva como 31/12/2026") from None


def centavos(texto: str) -> int:
    """Reais escritos ``150,00`` ou ``150.00``, em centavos."""
    from guiche.dominio.dinheiro import para_centavos  # noqa: PLC0415

    limpo = texto.replace(".", "").replace(",", ".") if "," in texto else texto
    try:
        return para_centavos(Decimal(limpo))
    except (InvalidOperation, ValueError, ArithmeticError):
        raise argparse.ArgumentTypeError(f"“{texto}” não é um valor em reais; escreva como 150,00") from None


def inteiro(texto: str) -> int:
    """Um número inteiro."""
    try:
        return int(texto)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{texto}” não é um número inteiro; escreva só algarismos") from None


def segredo(caminho: str) -> str:
    """A primeira linha do arquivo: o que se escreve na linha de comando fica no histórico e à vista de todos."""
    if not caminho:
        return ""
    try:
        return Path(caminho).read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as erro:
        raise argparse.ArgumentTypeError("não é um arquivo que se leia") from erro


def uma_de(lista: Sequence[str]) -> Callable[[str], str]:
    """Lê uma das escolhas, em maiúsculas ou minúsculas."""
    certas = {escolha.casefold(): escolha for escolha in lista}

    def escolher(texto: str) -> str:
        if texto and texto.casefold() not in certas:
            raise argparse.ArgumentTypeError(f"“{texto}” não serve; escolha entre {', '.join(lista)}")
        return certas.get(texto.casefold(), texto)

    return escolher


def ajuda(texto: str) -> str:
    """A ajuda de um ato ou de uma opção, como se lê num terminal.

    Sem o que só vale no Excel (a linha em que se clicou, o Sim de uma célula), e em minúscula, salvo a sigla.

    >>> ajuda("Sim: envia o saldo. No Excel, escreva aqui."), ajuda("CAIXA: no caixa. CONTA: no banco.")
    ('envia o saldo', 'CAIXA: no caixa. CONTA: no banco')
    """
    sem_clique = texto.removeprefix("Sim: ").replace(" da linha em que você clicou", "").rstrip(".")
    frases = [frase for frase in sem_clique.split(". ") if not frase.startswith(("Na aba ", "No Excel,"))]
    primeira = frases[0].split(maxsplit=1)[0].rstrip(":,;")
    dita = ". ".join(frases)
    return dita if len(primeira) > 1 and primeira.isupper() else dita[0].lower() + dita[1:]
