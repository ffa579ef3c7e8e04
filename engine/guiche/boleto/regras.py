"""As regras de cada banco, lidas de ``layouts/boleto/``: a variante que vale, o campo livre, o que se imprime."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from guiche.boleto.digitos import DIGITOS
from guiche.boleto.entrada import CALCULOS, Entrada, Fonte, hsbc_cnr, na_largura, normal, sem_zeros
from guiche.dominio.texto import so_algarismos
from guiche.erros import ErroDeCampo, ErroDeLayout
from guiche.layout.carga import existe, ler_toml

_COMPONENTE = re.compile(
    r"'(?P<fixo>\d+)'|(?P<calculo>\w+)\(\)|(?P<campo>[\w+|]+)(?::(?P<tam>\d+))?(?:=(?P<padrao>\w+))?"
)
_MARCA = re.compile(r"\[([^\]]*)\]|\{([^}]+)\}")
_INICIO_DO_CAMPO_LIVRE = 20


ESPACO = ("agencia", "conta", "carteira")
"""Em que espaço o nosso número é um só, no banco que não diz outro."""


class BancoNumera(NamedTuple):
    """Quando quem dá o nosso número é o banco."""

    carteiras: frozenset[str]
    """As carteiras em que o dá sempre, sem zeros à esquerda."""
    emissor: bool
    """Se o dá também sempre que é ele que emite."""
    entrada: Mapping[str, str]
    """O que muda no código de barras de um número dado por ele."""


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
    espaco: tuple[str, ...]
    """O que faz o espaço em que o número é um só."""
    larguras: Mapping[str, int]
    """Quantas posições cada dado da conta tem no campo livre."""


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
    recusas: tuple[tuple[tuple[Callable[[Entrada], bool], ...], str], ...]
    """Condições em que o banco não dá boleto, e por quê."""
    digitos: Mapping[str, Fonte]
    """Dígitos que só se imprimem (da agência, da conta, do convênio), para quando a entrada não os traz."""
    numera: BancoNumera

    def variante(self, entrada: Entrada) -> Variante:
        """A primeira variante cujas condições a entrada cumpre; a última não tem condições."""
        entrada = normal(entrada)
        for condicoes, razao in self.recusas:
            if all(condicao(entrada) for condicao in condicoes):
                raise ErroDeCampo("boleto.variante", razao)
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
            variantes=tuple(_variante(v, dados.get("espaco", ESPACO)) for v in variantes_do(dados)),
            recusas=tuple((tuple(map(_condicao, r["condicoes"])), r["razao"]) for r in dados.get("recusas", ())),
            digitos={nome: _digito(d["modulo"], d["sobre"]) for nome, d in dados.get("digitos", {}).items()},
            numera=_banco_numera(dados.get("banco_numera", {})),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as erro:
        raise ErroDeLayout("layout.invalido", f"boleto/{codigo}: {erro}") from erro


def variantes_do(dados: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """As variantes de um banco, ou as de outro cujas regras ele segue."""
    outro = dados.get("variantes_de")
    achadas: Sequence[Mapping[str, Any]] = (ler_toml(f"boleto/{outro}") if outro else dados)["variantes"]
    return achadas


def _banco_numera(dados: Mapping[str, Any]) -> BancoNumera:
    carteiras = frozenset(map(sem_zeros, dados.get("carteiras", ())))
    return BancoNumera(carteiras, dados.get("emissor", True), dados.get("entrada", {}))


def _variante(dados: Mapping[str, Any], espaco: Sequence[str]) -> Variante:
    digito = _digito(dados["dv"]["modulo"], dados["dv"]["sobre"]) if "dv" in dados else None
    partes = tuple(_parte(linha, digito) for linha in dados["campo_livre"])
    condicoes = tuple(map(_condicao, dados.get("condicoes", ())))
    quando = dados.get("quando", "")
    return Variante(
        dados["id"], quando, condicoes, dados["nosso_numero"], digito, dados["impresso"], partes,
        tuple(dados.get("espaco", espaco)),
        {linha["campo"]: _largura(linha) for linha in dados["campo_livre"] if "campo" in linha},
    )  # fmt: skip


def _condicao(dados: Mapping[str, Any]) -> Callable[[Entrada], bool]:
    campo = dados["campo"]
    if "tamanhos" in dados:
        tamanhos = frozenset(dados["tamanhos"])
        return lambda e: len(e.get(campo) or "") in tamanhos
    if "de" in dados or "ate" in dados:
        de, ate = dados.get("de", 0), dados.get("ate")
        return lambda e: (n := str(e.get(campo) or "")).isdigit() and de <= int(n) and (ate is None or int(n) <= ate)
    if "valores" in dados:
        valores = frozenset(map(sem_zeros, dados["valores"]))
        return lambda e: (e.get(campo) or "") in valores
    return lambda e: bool(e.get(campo))


def _largura(linha: Mapping[str, Any]) -> int:
    inicio, _, fim = linha["col"].partition("-")
    return int(fim) - int(inicio) + 1


def _parte(linha: Mapping[str, Any], digito: Fonte | None) -> Callable[[Entrada, str], str]:
    largura = _largura(linha)
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
        return hsbc_cnr
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
                return na_largura(partes[0], so_algarismos(valor) if largura else valor, largura)
        if padrao:
            return padrao
        raise ErroDeCampo("boleto.campo_falta", f"falta {alternativas[0][0]}")

    return fonte


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
        if marca == "dv" and dv:
            return dv
        if marca == "dv" or (marca.startswith("@") and not campo_livre):
            raise ErroDeCampo("boleto.campo_falta", "falta o de que se tira o dígito do nosso número")
        if marca.startswith("@"):
            inicio, _, fim = marca[1:].partition("-")
            de = int(inicio) - _INICIO_DO_CAMPO_LIVRE
            return campo_livre[de : int(fim or inicio) - _INICIO_DO_CAMPO_LIVRE + 1]
        return _componente(marca)(entrada)

    return _MARCA.sub(trocar, modelo)
