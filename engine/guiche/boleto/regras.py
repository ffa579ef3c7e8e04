"""As regras de cada banco, lidas de ``layouts/boleto/``: a variante que vale, o campo livre, o que se imprime."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from guiche.boleto.digitos import DIGITOS
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo, ErroDeLayout
from guiche.layout.carga import existe, ler_toml

Entrada = Mapping[str, Any]
"""Dados do boleto pelo nome: ``agencia``, ``conta``, ``convenio``, ``carteira``, ``nosso_numero``… em texto;
``vencimento`` em ``date`` e ``centavos`` em inteiro."""
Fonte = Callable[[Entrada], str]
_COMPONENTE = re.compile(
    r"'(?P<fixo>\d+)'|(?P<calculo>\w+)\(\)|(?P<campo>[\w+|]+)(?::(?P<tam>\d+))?(?:=(?P<padrao>\w+))?"
)
_MARCA = re.compile(r"\[([^\]]*)\]|\{([^}]+)\}")
_INICIO_DO_CAMPO_LIVRE = 20


@dataclass(frozen=True, slots=True, eq=False)
class Variante:
    """Uma forma de campo livre do banco."""

    id: str
    quando: str
    condicoes: tuple[Callable[[Entrada], bool], ...]
    tamanho: int
    """Algarismos do nosso número."""
    digito: Fonte | None
    """O dígito do nosso número, que pode ser letra ou mais de um algarismo."""
    impresso: str
    campo_livre: tuple[Callable[[Entrada, str], str], ...]
    """Cada parte recebe a entrada e o campo livre já montado antes dela."""


@dataclass(frozen=True, slots=True, eq=False)
class Banco:
    """O que se sabe de um banco."""

    codigo: str
    nome: str
    dv: str
    """Dígito impresso ao lado do código."""
    extinto: bool
    sucessor: str
    desde: int
    confianca: str
    carteiras: Mapping[str, str]
    so_estas_carteiras: bool
    agencia_codigo: str
    local_pagamento: str
    atendimento: str
    valor_maximo: int
    """Centavos; 0 se não há máximo próprio."""
    variantes: tuple[Variante, ...]
    digitos: Mapping[str, Fonte]
    """Dígitos que só se imprimem (da agência, da conta, do convênio), para quando a entrada não os traz."""

    def variante(self, entrada: Entrada) -> Variante:
        """A primeira variante cujas condições a entrada cumpre; a última não tem condições."""
        for variante in self.variantes:
            if all(condicao(entrada) for condicao in variante.condicoes):
                return variante
        nomes = "; ".join(v.quando or v.id for v in self.variantes)
        raise ErroDeCampo("boleto.variante", f"nenhuma forma do banco {self.codigo} serve: {nomes}")


@cache
def banco(codigo: str) -> Banco:
    """As regras do banco.

    Raises:
        ErroDeCampo: ``boleto.banco``, se não se conhece o banco.
        ErroDeLayout: o arquivo do banco está errado.
    """
    if len(codigo) != 3 or not codigo.isdigit() or not existe(f"boleto/{codigo}"):  # noqa: PLR2004
        raise ErroDeCampo("boleto.banco", f"o Guichê não conhece o boleto do banco {codigo}")
    dados = ler_toml(f"boleto/{codigo}")
    try:
        return Banco(
            codigo=dados["codigo"], nome=dados["nome"], dv=dados["dv"], extinto=dados["situacao"] == "extinto",
            sucessor=dados.get("sucessor", ""), desde=dados.get("desde", 0), confianca=dados["confianca"],
            carteiras=dados["carteiras"], so_estas_carteiras=dados["so_estas_carteiras"],
            agencia_codigo=dados["agencia_codigo"], local_pagamento=dados["local_pagamento"],
            atendimento=dados.get("atendimento", ""),
            valor_maximo=int(dados.get("valor_maximo", "0").replace(".", "")),
            variantes=tuple(map(_variante, variantes_do(dados))),
            digitos={nome: _digito(d["modulo"], d["sobre"]) for nome, d in dados.get("digitos", {}).items()},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as erro:
        raise ErroDeLayout("layout.invalido", f"boleto/{codigo}: {erro}") from erro


def variantes_do(dados: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """As variantes de um banco, ou as de outro cujas regras ele segue."""
    outro = dados.get("variantes_de")
    achadas: Sequence[Mapping[str, Any]] = (ler_toml(f"boleto/{outro}") if outro else dados)["variantes"]
    return achadas


def _variante(dados: Mapping[str, Any]) -> Variante:
    digito = _digito(dados["dv"]["modulo"], dados["dv"]["sobre"]) if "dv" in dados else None
    partes = tuple(_parte(linha, digito) for linha in dados["campo_livre"])
    condicoes = tuple(map(_condicao, dados.get("condicoes", ())))
    quando = dados.get("quando", "")
    return Variante(dados["id"], quando, condicoes, dados["nosso_numero"], digito, dados["impresso"], partes)


def _condicao(dados: Mapping[str, Any]) -> Callable[[Entrada], bool]:
    campo = dados["campo"]
    if "tamanhos" in dados:
        tamanhos = frozenset(dados["tamanhos"])
        return lambda e: len(e.get(campo) or "") in tamanhos
    if "valores" in dados:
        valores = frozenset(dados["valores"])
        return lambda e: (e.get(campo) or "") in valores
    return lambda e: bool(e.get(campo))


def _parte(linha: Mapping[str, Any], digito: Fonte | None) -> Callable[[Entrada, str], str]:
    inicio, _, fim = linha["col"].partition("-")
    largura = int(fim) - int(inicio) + 1
    if "fixo" in linha:
        fixo: str = linha["fixo"]
        return lambda _e, _a: fixo
    if "de" in linha:
        fonte, pulo = _juntar(linha["de"]), linha["inicio"] - 1
        return lambda e, _a: fonte(e)[pulo : pulo + largura]
    if linha.get("dv_do_nosso_numero"):
        if digito is None:
            raise ErroDeLayout("layout.invalido", "a variante não diz o dígito do nosso número")
        return lambda e, _a: digito(e)
    if "campo" not in linha and "modulo" in linha and "sobre" not in linha:
        sobre_anteriores = DIGITOS[linha["modulo"]]
        return lambda _e, anteriores: sobre_anteriores(anteriores)
    return _do_campo(linha, largura)


def _do_campo(linha: Mapping[str, Any], largura: int) -> Callable[[Entrada, str], str]:
    ausente = _digito(linha["modulo"], linha["sobre"]) if "modulo" in linha else None
    if "campo" not in linha:
        fonte = CALCULOS[linha["calculo"]] if "calculo" in linha else ausente
        if fonte is None:
            raise ErroDeLayout("layout.invalido", f"não se sabe de onde vem a coluna {linha['col']}")
        return lambda e, _a: fonte(e)
    campos = "|".join(filter(None, (linha["campo"], linha.get("ou", ""))))
    do_campo = _campo(campos, largura, linha.get("padrao", ""))
    if ausente is None:
        return lambda e, _a: do_campo(e)
    return lambda e, _a: do_campo(e) if e.get(linha["campo"]) else ausente(e)


def _digito(modulo: str, sobre: Sequence[str]) -> Fonte:
    if modulo == "hsbc_cnr":
        return _hsbc_cnr
    algoritmo, base = DIGITOS[modulo], _juntar(sobre)
    return lambda e: algoritmo(base(e))


def _juntar(componentes: Sequence[str]) -> Fonte:
    fontes = tuple(map(_componente, componentes))
    return lambda e: "".join([fonte(e) for fonte in fontes])


@cache
def _componente(texto: str) -> Fonte:
    """Um pedaço: ``'const'``, ``calculo()`` ou ``campo:tamanho=padrão``."""
    achado = _COMPONENTE.fullmatch(texto)
    if achado is None:
        raise ErroDeLayout("layout.invalido", f"componente malformado: {texto}")
    if fixo := achado["fixo"]:
        return lambda _: fixo
    if achado["calculo"]:
        return CALCULOS[achado["calculo"]]
    return _campo(achado["campo"], int(achado["tam"] or 0), achado["padrao"] or "")


def _campo(nomes: str, largura: int, padrao: str = "") -> Fonte:
    """O valor do campo (ou do segundo de ``a|b``; ``a+b`` junta os dois), com zeros à esquerda até a largura."""
    alternativas = [nome.split("+") for nome in nomes.split("|")]

    def fonte(e: Entrada) -> str:
        for partes in alternativas:
            if valor := "".join([str(e.get(parte) or "") for parte in partes]):
                return _na_largura(partes[0], so_algarismos(valor) if largura else valor, largura)
        if padrao:
            return padrao
        raise ErroDeCampo("boleto.campo_falta", f"falta {alternativas[0][0]}")

    return fonte


def _na_largura(nome: str, valor: str, largura: int) -> str:
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
        return _na_largura("ano_nosso_numero", str(ano), 2)
    for nome in ("data_documento", "data_processamento"):
        if dia := e.get(nome):
            return f"{dia.year % 100:02d}"
    raise ErroDeCampo("boleto.campo_falta", "falta ano_nosso_numero")


def _raiz_do_cnpj(e: Entrada) -> str:
    raiz = so_algarismos(e.get("documento_beneficiario") or "")[:8]
    if len(raiz) != 8:  # noqa: PLR2004
        raise ErroDeCampo("boleto.campo_falta", "falta documento_beneficiario, o CNPJ, com raiz de oito algarismos")
    return raiz


def _hsbc_cnr(e: Entrada) -> str:
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


def imprimir(modelo: str, entrada: Entrada, campo_livre: str, dv: str) -> str:
    """Preenche um modelo de impressão.

    ``{campo:tamanho=padrão}``; ``{a|b}``, o segundo se falta o primeiro; ``{dv}``, o dígito do nosso número;
    ``{@43-44}``, colunas do código de barras; ``[…]`` some se algo dentro dele falta.
    """

    def trocar(achado: re.Match[str]) -> str:
        opcional, marca = achado.groups()
        if opcional is not None:
            try:
                return imprimir(opcional, entrada, campo_livre, dv)
            except ErroDeCampo:
                return ""
        if marca == "dv":
            return dv
        if marca.startswith("@"):
            inicio, _, fim = marca[1:].partition("-")
            de = int(inicio) - _INICIO_DO_CAMPO_LIVRE
            return campo_livre[de : int(fim or inicio) - _INICIO_DO_CAMPO_LIVRE + 1]
        return _componente(marca)(entrada)

    return _MARCA.sub(trocar, modelo)
