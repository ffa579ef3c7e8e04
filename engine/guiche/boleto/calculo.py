"""Do boleto pedido aos seus números."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from guiche.boleto.barras import linha_digitavel, montar
from guiche.boleto.entrada import Entrada, normal
from guiche.boleto.regras import Banco, Variante, banco, imprimir
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo

CAMPO_LIVRE = 25
REAL = "9"


class Calculo(NamedTuple):
    """Os números de um boleto."""

    codigo_barras: str
    linha_digitavel: str
    campo_livre: str
    nosso_numero_dv: str
    nosso_numero_formatado: str
    agencia_codigo_beneficiario: str
    aviso: str
    """Vazio, ou por que este boleto não se pode emitir hoje."""


def calcular(entrada: Entrada) -> Calculo:
    """Os números do boleto: nada se corta nem se completa, a não ser com zeros à esquerda.

    ``entrada`` traz ``banco`` e os dados que ele pede, em texto; ``vencimento`` em data (ou nada) e ``centavos``.

    Raises:
        ErroDeCampo: o campo que falta, não cabe ou não serve, pelo nome.
    """
    calculo, faltas = calcular_o_que_da(entrada)
    for numero, falta in faltas.items():
        if numero != "agencia_codigo_beneficiario":  # só se imprime; o código de barras vale sem ele
            raise falta
    return calculo


def sem_numero(entrada: Entrada) -> Calculo:
    """O que se sabe do boleto cujo número o banco ainda não deu: nada que se possa pagar.

    Raises:
        ErroDeCampo: o resto da entrada não daria um boleto, tivesse ele o número 1.
    """
    feito = calcular({**entrada, "nosso_numero": "1"})
    return feito._replace(
        codigo_barras="", linha_digitavel="", campo_livre="", nosso_numero_dv="", nosso_numero_formatado=""
    )


def calcular_o_que_da(entrada: Entrada) -> tuple[Calculo, dict[str, ErroDeCampo]]:
    """Como ``calcular``, mas o que falta só deixa vazio o número que dele depende: número → falta.

    Raises:
        ErroDeCampo: o que se deu não cabe ou não serve.
    """
    regras = banco(entrada.get("banco") or "")
    entrada = com_os_digitos(regras, normal(entrada))
    _conferir_carteira(regras, entrada)
    variante = regras.variante(entrada)
    _conferir_nosso_numero(variante, entrada)
    faltas: dict[str, ErroDeCampo] = {}

    def tentar(numero: str, conta: Callable[[], str], *perdoa: str) -> str:
        try:
            return conta()
        except ErroDeCampo as erro:
            if erro.codigo not in {"boleto.campo_falta", *perdoa}:
                raise
            faltas[numero] = erro
            return ""

    livre = tentar("campo_livre", lambda: campo_livre(variante, entrada))
    barras = _barras(regras, entrada, livre) if livre else ""
    dv = tentar("nosso_numero_dv", lambda: _exigir_numero(variante, entrada))
    impresso = tentar("nosso_numero_formatado", lambda: imprimir(variante.impresso, entrada, livre, dv))
    agencia = tentar(
        "agencia_codigo_beneficiario",
        lambda: imprimir(regras.agencia_codigo, entrada, livre, dv),
        "boleto.campo_tamanho",
    )
    linha = linha_digitavel(barras) if barras else ""
    return Calculo(barras, linha, livre, dv, impresso, agencia, _aviso(regras, entrada)), faltas


def _barras(regras: Banco, entrada: Entrada, livre: str) -> str:
    moeda, centavos = entrada.get("moeda") or REAL, entrada.get("centavos") or 0
    return montar(regras.codigo, moeda, entrada.get("vencimento"), centavos, livre)


def _exigir_numero(variante: Variante, entrada: Entrada) -> str:
    if not entrada.get("nosso_numero"):
        raise ErroDeCampo("boleto.campo_falta", "falta nosso_numero")
    return variante.digito(entrada) if variante.digito else ""


def campo_livre(variante: Variante, entrada: Entrada) -> str:
    """As posições 20 a 44 do código de barras.

    Raises:
        ErroDeCampo: ``boleto.campo_falta``, ``boleto.campo_tamanho`` ou ``boleto.campo_algarismos``.
    """
    montado = ""
    for parte in variante.campo_livre:
        montado += parte(entrada, montado)
    if len(montado) != CAMPO_LIVRE or not montado.isdigit():
        raise ErroDeCampo("boleto.campo_livre", f"o campo livre saiu com {len(montado)} posições, e são {CAMPO_LIVRE}")
    return montado


def _conferir_carteira(regras: Banco, entrada: Entrada) -> None:
    carteira = entrada.get("carteira") or ""
    if regras.so_estas_carteiras and carteira and not _conhecida(regras, carteira):
        aceitas = ", ".join(regras.carteiras)
        raise ErroDeCampo("boleto.carteira", f"a carteira {carteira} não é do banco {regras.codigo}; são: {aceitas}")


def _conhecida(regras: Banco, carteira: str) -> bool:
    return carteira.lstrip("0") in {nome.lstrip("0") for nome in regras.carteiras}


def _conferir_nosso_numero(variante: Variante, entrada: Entrada) -> None:
    numero = so_algarismos(str(entrada.get("nosso_numero") or ""))
    if len(numero.lstrip("0")) > variante.tamanho:
        raise ErroDeCampo(
            "boleto.campo_tamanho", f"nosso_numero tem {len(numero)} algarismos e só cabem {variante.tamanho}"
        )


def com_os_digitos(regras: Banco, entrada: Entrada) -> Entrada:
    """A entrada, com os dígitos da agência, da conta e do convênio que ela não traz e o banco sabe calcular."""
    completa = dict(entrada)
    for nome, digito in regras.digitos.items():
        if not entrada.get(nome):
            with suppress(ErroDeCampo):
                completa[nome] = digito(entrada)
    return completa


def _aviso(regras: Banco, entrada: Entrada) -> str:
    """Por que o boleto, certo no papel, não se pode emitir."""
    if regras.extinto:
        desde = f" desde {regras.desde}" if regras.desde else ""
        sucessor = f"; seu sucessor é o banco {regras.sucessor}" if regras.sucessor else ""
        return (
            f"o banco {regras.codigo} ({regras.nome}) não existe{desde}: serve para ler e conferir, não para emitir"
            f"{sucessor}"
        )
    if regras.valor_maximo and (entrada.get("centavos") or 0) > regras.valor_maximo:
        return f"o valor passa do máximo de um boleto do banco {regras.codigo}"
    return ""
