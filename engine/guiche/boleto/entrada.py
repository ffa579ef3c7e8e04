"""O que se sabe de um boleto ao calculá-lo, na forma em que se usa, e o que dele se deriva."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from guiche.boleto.digitos import DIGITOS
from guiche.dominio.cadastro import Cobranca, Conta
from guiche.dominio.escritos import convenio_com_numero
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo

Entrada = Mapping[str, Any]
"""Dados do boleto pelo nome: ``agencia``, ``conta``, ``convenio``, ``carteira``, ``nosso_numero``… em texto;
``vencimento`` em ``date`` e ``centavos`` em inteiro."""
Fonte = Callable[[Entrada], str]
NUMERICOS = ("agencia", "conta", "convenio", "carteira", "variacao", "modalidade", "posto", "operacao")
"""O que identifica a conta no banco: zeros à esquerda nada dizem, escrevam-se ou não."""


def normal(entrada: Entrada) -> Entrada:
    """A entrada com a conta numa forma só: com zeros à esquerda é a mesma que sem eles, e o CNPJ, com pontos ou não.

    >>> normal({"banco": "104", "convenio": "0123456", "carteira": "CNR", "documento_beneficiario": "01.234/0"})
    {'banco': '104', 'convenio': '123456', 'carteira': 'CNR', 'documento_beneficiario': '012340'}
    """
    certa = {nome: sem_zeros(valor) if nome in NUMERICOS else valor for nome, valor in entrada.items()}
    if cnpj := entrada.get("documento_beneficiario"):
        certa["documento_beneficiario"] = so_algarismos(str(cnpj))
    return certa


def sem_zeros(valor: Any) -> Any:
    """O número sem zeros à esquerda nem pontuação; o que não é número fica como está.

    >>> sem_zeros("00.12"), sem_zeros("000"), sem_zeros("NAO TEM"), sem_zeros(None)
    ('12', '0', 'NAO TEM', None)
    """
    limpo = so_algarismos(str(valor or ""))
    return limpo.lstrip("0") or "0" if limpo.isascii() and limpo.isdigit() else valor


def na_largura(nome: str, valor: str, largura: int) -> str:
    """Com zeros à esquerda; a mais, só zeros se dispensam. Nunca se corta."""
    if not largura:
        return valor
    justo = valor.zfill(largura)
    if len(justo) > largura and justo[: len(justo) - largura].strip("0"):
        raise ErroDeCampo(
            "boleto.campo_tamanho", f"{nome} tem {len(valor.lstrip('0'))} algarismos e só cabem {largura}"
        )
    if not (justo.isascii() and justo.isdigit()):
        raise ErroDeCampo("boleto.campo_algarismos", f"{nome} só aceita algarismos")
    return justo[-largura:]


def _data(e: Entrada, que: str) -> date:
    vencimento: date | None = e.get("vencimento")
    if vencimento is None:
        raise ErroDeCampo("boleto.campo_falta", f"falta vencimento, que entra no campo livre ({que})")
    return vencimento


def _juliano(e: Entrada) -> str:
    """Dia do ano e último algarismo do ano; zeros se o tipo identificador diz que não há vencimento."""
    if e.get("tipo_identificador") == "5":
        return "0000"
    dia = _data(e, "dia do ano")
    return f"{dia.timetuple().tm_yday:03d}{dia.year % 10}"


def _ano_do_nosso_numero(e: Entrada) -> str:
    """Ano em que o nosso número foi dado: nunca o do dia em que se imprime."""
    if ano := e.get("ano_nosso_numero"):
        return na_largura("ano_nosso_numero", str(ano), 2)
    for nome in ("data_documento", "data_processamento"):
        if dia := e.get(nome):
            return f"{dia.year % 100:02d}"
    raise ErroDeCampo("boleto.campo_falta", "falta ano_nosso_numero")


def _raiz_do_cnpj(e: Entrada) -> str:
    raiz = so_algarismos(e.get("documento_beneficiario") or "")[:8]
    if len(raiz) != 8:  # noqa: PLR2004
        raise ErroDeCampo("boleto.campo_falta", "falta documento_beneficiario, o CNPJ, com raiz de oito algarismos")
    return raiz


def hsbc_cnr(e: Entrada) -> str:
    """Três dígitos do HSBC CNR: D1, tipo identificador e D2 (manual cnrbarra)."""
    modulo = DIGITOS["mod11_resto_9_2_0"]
    documento = so_algarismos(str(e.get("nosso_numero") or "")).lstrip("0")
    tipo = e.get("tipo_identificador") or ("4" if e.get("vencimento") else "5")
    primeiro = modulo(documento)
    soma = int(documento + primeiro + tipo) + int(so_algarismos(str(e.get("convenio") or "0")) or 0)
    if tipo == "4":
        soma += int(f"{_data(e, 'dígito'):%d%m%y}")
    return primeiro + tipo + modulo(str(soma))


CALCULOS: Mapping[str, Fonte] = {
    "juliano_vencimento": _juliano,
    "vencimento_aammdd": lambda e: f"{_data(e, 'AAMMDD'):%y%m%d}",
    "ano_nosso_numero": _ano_do_nosso_numero,
    "indicador_valor": lambda e: "1" if e.get("centavos") else "0",
    "raiz_cnpj": _raiz_do_cnpj,
}


def entrada_do_calculo(conta: Conta, cobranca: Cobranca, numero: int, hoje: date) -> dict[str, Any]:
    """Os dados que o banco põe no código de barras, em texto."""
    return {
        "banco": conta.banco,
        "agencia": conta.agencia,
        "agencia_dv": cobranca.agencia_dv,
        "conta": conta.conta,
        "conta_dv": conta.conta_dv,
        "convenio": convenio_com_numero(conta.convenio),
        "operacao": conta.operacao,
        "carteira": cobranca.carteira,
        "variacao": cobranca.variacao,
        "modalidade": cobranca.modalidade,
        "posto": cobranca.posto,
        "nosso_numero": str(numero),
        "ano_nosso_numero": f"{hoje.year % 100:02d}",
        "documento_beneficiario": conta.empresa_cnpj,
    }
