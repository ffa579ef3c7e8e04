"""Quem dá o nosso número de um boleto, e em que espaço ele é um só: cada banco e cada variante o dizem."""

from __future__ import annotations

from guiche.boleto.entrada import Entrada, normal, sem_zeros
from guiche.boleto.regras import banco, imprimir
from guiche.erros import ErroDeCampo


def espaco(entrada: Entrada) -> str:
    """O espaço em que o nosso número da entrada não se repete; um dado que falta conta como vazio.

    Raises:
        ErroDeCampo: ``boleto.banco`` ou ``boleto.variante``.

    >>> espaco({"banco": "341", "agencia": "0057", "conta": "72192", "carteira": "109", "convenio": "não tem"})
    'agencia=57 conta=72192 carteira=109'
    >>> espaco({"banco": "104", "convenio": "0123456", "carteira": "1"})
    'convenio=123456 carteira=1 emissao=4'
    """
    certa = normal(entrada)
    partes = banco(entrada.get("banco") or "").variante(certa).espaco
    return " ".join(_parte(parte, certa) for parte in partes)


def _parte(componente: str, entrada: Entrada) -> str:
    if componente.startswith("'"):
        return componente.strip("'")
    try:
        valor = imprimir(f"{{{componente}}}", entrada, "", "")
    except ErroDeCampo:
        valor = ""
    return f"{componente.partition('=')[0].partition('(')[0]}={valor}"


def chaves(entrada: Entrada) -> tuple[str, ...]:
    """Os dados da entrada que fazem o espaço, pelo nome: ``("agencia", "conta", "carteira")``."""
    partes = banco(entrada.get("banco") or "").variante(entrada).espaco
    return tuple(nome for p in partes for nome in p.partition("=")[0].split("|") if not p.startswith("'"))


def convenio_por_inteiro(entrada: Entrada) -> str:
    """O convênio com os zeros que o código de barras lhe põe; onde não vai no código de barras, sem zeros.

    >>> convenio_por_inteiro({"banco": "336", "convenio": "12345", "carteira": "20"})
    '000000012345'
    >>> convenio_por_inteiro({"banco": "237", "convenio": "0012345", "carteira": "09"})
    '12345'
    """
    convenio = str(sem_zeros(entrada.get("convenio")) or "")
    try:
        largura = banco(entrada.get("banco") or "").variante(entrada).larguras.get("convenio", 0)
    except ErroDeCampo:  # banco, ou forma dele, que não se conhece
        largura = 0
    return convenio.zfill(largura) if convenio.isdigit() else convenio


def o_banco_numera(codigo: str, carteira: str, emissor: str) -> bool:
    """Diz se quem dá o nosso número é o banco: pela carteira, ou porque é ele que emite.

    Raises:
        ErroDeCampo: ``boleto.banco``.

    >>> o_banco_numera("077", "112", ""), o_banco_numera("077", "110", ""), o_banco_numera("237", "9", "BANCO")
    (True, False, True)
    """
    numera = banco(codigo).numera
    return sem_zeros(carteira) in numera.carteiras or (numera.emissor and emissor == "BANCO")


def numerado_por(entrada: Entrada) -> Entrada:
    """A entrada de um boleto cujo número o banco dá, com o que isso muda no código de barras."""
    return {**entrada, **banco(entrada.get("banco") or "").numera.entrada}
