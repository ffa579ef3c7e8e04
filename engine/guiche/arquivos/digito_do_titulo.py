"""O dígito do nosso número de um título no arquivo, conferido pelas regras dos boletos do banco."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.fichas import Ficha
from guiche.boleto.regras import Banco, banco
from guiche.erros import ErroDeCampo

_CARTEIRAS = ("codigo_carteira", "carteira_numero", "codigo_carteira_numero", "nosso_numero_produto")
_CONVENIOS = ("convenio", "codigo_convenio", "codigo_beneficiario", "codigo_empresa")


def digito_confere(arquivo: Cobranca, ficha: Ficha) -> bool:
    """Falso só se o arquivo traz o dígito à parte, sabe-se calculá-lo e nenhuma regra do banco o dá.

    O arquivo nem sempre diz qual dos seus campos é a carteira do boleto, nem qual das formas do banco o convênio usa:
    aceita-se o dígito que alguma delas dê.
    """
    numero, digito = _numero_e_digito(ficha)
    if not digito or not numero.strip("0") or not numero.isdigit():
        return True
    algum = False
    for possivel in _possiveis(arquivo, ficha, numero):
        if possivel == digito:
            return True
        algum = True
    return not algum


def _numero_e_digito(ficha: Ficha) -> tuple[str, str]:
    """O nosso número e o dígito, se vêm separados ou o layout diz onde um acaba e o outro começa."""
    numero, digito = ficha.bruto("nosso_numero"), ficha.bruto("nosso_numero_dv", "nosso_numero_dac")
    if digito:
        return numero, digito
    linha = ficha.linhas[0]
    partes = linha.registro.partes.get("nosso_numero", ()) if linha.registro else ()
    achadas = {parte.nome: linha.bruto(parte).strip() for parte in partes if parte.nome}
    return achadas.get("nosso_numero_sequencial", ""), achadas.get("nosso_numero_dv", "")


def _possiveis(arquivo: Cobranca, ficha: Ficha, numero: str) -> Iterator[str]:
    with suppress(ErroDeCampo):
        regras = banco(arquivo.banco)
        yield from _digitos(regras, arquivo, ficha, numero)


def _digitos(regras: Banco, arquivo: Cobranca, ficha: Ficha, numero: str) -> Iterator[str]:
    conhecidas = {c.lstrip("0") for c in regras.carteiras}
    do_arquivo = {ficha.bruto(nome).lstrip("0") for nome in _CARTEIRAS}
    carteiras = do_arquivo & conhecidas or do_arquivo | conhecidas
    convenios = {ficha.bruto(nome) for nome in _CONVENIOS}
    convenios |= {str(arquivo.cabecalho.get(nome) or "").strip() for nome in _CONVENIOS}
    comum = {"agencia": ficha.bruto("agencia"), "conta": ficha.bruto("conta")}
    vence = ficha.ler("data_vencimento")
    for carteira, convenio, variante in product(carteiras, convenios, regras.variantes):
        if variante.digito:
            entrada = {**comum, "carteira": carteira, "convenio": convenio, "nosso_numero": numero, "vencimento": vence}
            with suppress(ErroDeCampo):
                yield variante.digito(entrada)
