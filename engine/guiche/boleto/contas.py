"""O dígito da conta, da agência e do convênio, onde se conhece a regra do banco (S-50)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from guiche.boleto.digitos import DIGITOS
from guiche.boleto.regras import banco as regras_do_boleto
from guiche.erros import ErroDeCampo
from guiche.layout.carga import existe, ler_toml

_NOMES = {"agencia_dv": "da agência", "conta_dv": "da conta", "convenio_dv": "do convênio"}


@cache
def _regras() -> Mapping[str, Mapping[str, Any]]:
    regras: Mapping[str, Mapping[str, Any]] = ler_toml("leitura/contas")["bancos"]
    return regras


def conhecido(banco: str) -> bool:
    """Diz se há regra para a conta de quem paga no banco."""
    return banco in _regras()


def digito_da_conta(banco: str, dados: Mapping[str, Any]) -> str:
    """O dígito da conta pela regra de quem paga; vazio se não se sabe: banco sem regra, ou conta de outra forma.

    ``dados`` tem ``agencia``, ``operacao`` e ``conta``.

    >>> digito_da_conta("104", {"agencia": "2004", "operacao": "001", "conta": "448"})
    '6'
    >>> digito_da_conta("756", {"agencia": "1", "operacao": "", "conta": "1"})
    ''
    """
    regra = _regras().get(banco)
    if regra is None:
        return ""
    texto = ""
    for parte in regra["sobre"]:
        nome, _, largura = parte.partition(":")
        dado = "" if nome == "zeros" else str(dados.get(nome) or "").lstrip("0")
        if nome == "operacao" and not dado:  # sem ela não se sabe de que conta é o dígito
            return ""
        if len(dado) > int(largura) or not (dado or "0").isdigit() or not dado.isascii():
            return ""
        texto += dado.rjust(int(largura), "0")
    return DIGITOS[regra["modulo"]](texto)


def certo(banco: str, nome: str, dados: Mapping[str, Any]) -> str:
    """O dígito ``agencia_dv``, ``conta_dv`` ou ``convenio_dv`` que o banco calcula; vazio se não se conhece a regra.

    >>> certo("341", "conta_dv", {"agencia": "0057", "conta": "72192"}), certo("341", "agencia_dv", {"agencia": "1"})
    ('0', '')
    """
    if nome == "conta_dv" and (da_conta := digito_da_conta(banco, dados)):
        return da_conta
    regras = regras_do_boleto(banco).digitos if existe(f"boleto/{banco}") else {}
    try:
        return regras[nome](dados) if nome in regras else ""
    except ErroDeCampo:  # falta de que se tirar, ou não cabe: outra recusa o diz
        return ""


def _serve(banco: str, nome: str, digito: str, calculado: str) -> bool:
    """Diz se o dígito é o calculado, ou o que o banco escreve no lugar dele."""
    outros = _regras().get(banco, {}).get("ou", {}).get(calculado, ()) if nome != "convenio_dv" else ()
    return digito.upper() in {calculado, *outros}


def discordancia(banco: str, nome: str, digito: str, dados: Mapping[str, Any]) -> str:
    """Por que o dígito dado não é o do banco; vazio se confere, se não se deu ou se não se conhece a regra.

    >>> discordancia("341", "conta_dv", "2", {"agencia": "0057", "conta": "72192"})
    'o dígito da conta é 0, e não 2'
    """
    calculado = certo(banco, nome, dados) if digito else ""
    if not calculado or _serve(banco, nome, digito, calculado):
        return ""
    return f"o dígito {_NOMES[nome]} é {calculado}, e não {digito.upper()}"


def discordancias(banco: str, dados: Mapping[str, Any]) -> dict[str, str]:
    """Dígito → por que não é o do banco, dos que os dados trazem e não conferem."""
    achadas = {nome: discordancia(banco, nome, str(dados.get(nome) or ""), dados) for nome in _NOMES}
    return {nome: razao for nome, razao in achadas.items() if razao}


def do_manual(banco: str) -> bool:
    """Diz se as regras dos dígitos do banco são de um manual, e não de validadores públicos."""
    return banco not in ler_toml("leitura/contas")["sem_manual"]


def ja_traz_o_digito(banco: str, dados: Mapping[str, str]) -> bool:
    """Diz se o último algarismo da conta é o dígito que os outros pedem: pode tê-lo escrito quem deixou o dígito vazio.

    >>> ja_traz_o_digito("001", {"agencia": "0101", "operacao": "", "conta": "53848"})
    True
    """
    sem = {**dados, "conta": dados["conta"][:-1]}
    return bool(sem["conta"]) and digito_da_conta(banco, sem) == dados["conta"][-1]


def digito_que_falta(banco: str, dados: Mapping[str, str]) -> str:
    """O dígito que se calcula para uma conta escrita sem ele; vazio se não se conhece, ou se pode já estar nela.

    >>> digito_que_falta("001", {"agencia": "0101", "operacao": "", "conta": "5384"})
    '8'
    """
    if not dados["conta"] or dados.get("conta_dv") or ja_traz_o_digito(banco, dados):
        return ""
    return digito_da_conta(banco, dados)
