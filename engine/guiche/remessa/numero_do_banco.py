"""O nosso número que o banco deu: nem sempre vem só, e o arquivo não diz onde acaba o que lhe põem à volta."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from guiche.boleto.calculo import campo_livre
from guiche.boleto.numeracao import o_banco_numera
from guiche.boleto.regras import Variante, banco, imprimir
from guiche.erros import ErroDeCampo, ErroGuiche, Local, Problema
from guiche.layout.carga import existe
from guiche.layout.modelo import Layout
from guiche.remessa.numero import por_extenso
from guiche.remessa.quadro import Quadro
from guiche.remessa.receita import receita

_O_NUMERO = "{nosso_numero}"
_COM_DIGITO = ("{dv}", "{impresso}", "{@")
_SEPARADO = ("nosso_numero_dv", "nosso_numero_dac")


def forma(layout: Layout, entrada: Mapping[str, Any]) -> str:
    """O nosso número da entrada como o banco o escreve num retorno do layout.

    Raises:
        ErroDeCampo: falta ou não cabe um dado de que ele depende.
    """
    variante = banco(entrada["banco"]).variante(entrada)
    return _na_forma(_modelos(layout, variante)[0], variante, entrada)


def _modelos(layout: Layout, variante: Variante) -> tuple[str, ...]:
    """As formas que o número pode ter no retorno, da mais provável à menos.

    É a da remessa; mas onde ela o leva sem dígito, e o retorno não tem campo para ele, o dígito vem junto se cabe.
    """
    modelo = _modelo(layout)
    if any(marca in modelo for marca in _COM_DIGITO) or not variante.digito:
        return (modelo,)
    campos = {c.nome: c.largura for c in layout.do_papel("titulo")[0].campos}
    if campos.keys() & set(_SEPARADO) or campos.get("nosso_numero", 0) <= variante.tamanho:
        return (modelo,)
    return (f"{_O_NUMERO}{{dv}}", modelo)


def _na_forma(modelo: str, variante: Variante, entrada: Mapping[str, Any]) -> str:
    inteiro = por_extenso(modelo, variante.impresso).replace(_O_NUMERO, f"{{nosso_numero:{variante.tamanho}}}")
    if not variante.digito:
        inteiro = inteiro.replace("{dv}", "")
    livre = campo_livre(variante, entrada) if "{@" in inteiro else ""
    return imprimir(inteiro, entrada, livre, _digito(variante, entrada))


def _digito(variante: Variante, entrada: Mapping[str, Any]) -> str:
    return variante.digito(entrada) if variante.digito else ""


@cache
def _modelo(layout: Layout) -> str:
    """Como a remessa do mesmo formato escreve o número; sem ela, só o número."""
    variante = f"_{layout.variante}" if layout.variante else ""
    try:
        uma = receita(f"{layout.banco}.{layout.formato}{variante}")
    except ErroGuiche:
        return _O_NUMERO
    fonte = uma.fontes[uma.titulo.codigo].get("nosso_numero")
    return fonte.modelo if fonte and fonte.modelo else _O_NUMERO


def ler(layout: Layout, entrada: Mapping[str, Any], bruto: str) -> int:
    """O número, sem dígito, de um boleto com os dados da entrada; 0 se não se entende, ou o dígito não confere.

    ``layout`` é o do retorno, e ``bruto`` o campo como veio.
    """
    texto = "".join(c for c in bruto.upper() if c.isalnum())
    variante = banco(entrada["banco"]).variante(entrada)
    achados = (_que_da(texto, variante, entrada, modelo) for modelo in _modelos(layout, variante))
    return next(filter(None, achados), 0)


def _que_da(texto: str, variante: Variante, entrada: Mapping[str, Any], modelo: str) -> int:
    """O primeiro pedaço do texto que, posto no modelo, dá o próprio texto."""
    for fim in range(len(texto), 0, -1):
        pedaco = texto[max(fim - variante.tamanho, 0) : fim]
        if not pedaco.isdigit() or not int(pedaco):
            continue
        try:
            feito = _na_forma(modelo, variante, {**entrada, "nosso_numero": str(int(pedaco))})
        except ErroDeCampo:
            continue
        if feito.lstrip("0") == texto.lstrip("0"):
            return int(pedaco)
    return 0


def zerar(q: Quadro) -> list[Problema]:
    """Onde é o banco que numera, o registro vai sem o número que se deu; diz-se de quais."""
    coluna = q.dadas.get("nosso_numero")
    if coluna is None or not existe(f"boleto/{q.banco}"):
        return []
    numeros: Sequence[str] = [coluna.unico] * q.total if coluna.lista is None else coluna.lista
    avisos, certos = [], list(numeros)
    for i, (numero, carteira, comando) in enumerate(zip(numeros, q.todos("carteira"), q.todos("comando"), strict=True)):
        if comando == "registrar" and numero.strip("0") and o_banco_numera(q.banco, carteira, ""):
            certos[i] = ""
            texto = f"o nosso_numero {numero} não vai: na carteira {carteira} quem o dá é o banco, no retorno"
            avisos.append(Problema("remessa.nao_vai", texto, Local(f"título {i + 1}"), gravidade="aviso"))
    if avisos:
        q.dadas["nosso_numero"] = type(coluna)(coluna.tipo, lista=certos)
    return avisos


def numera(q: Quadro, carteira: str, emissor: str) -> bool:
    """Diz se quem dá o número é o banco; de banco cujas regras não se conhecem, se é ele que emite."""
    if not existe(f"boleto/{q.banco}"):
        return emissor == "BANCO"
    return o_banco_numera(q.banco, carteira, emissor)
