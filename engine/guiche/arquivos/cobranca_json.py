"""Um arquivo de cobrança para máquinas: dinheiro em texto decimal, datas ISO, ausente nulo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.plano import Titulo, formato_com_variante
from guiche.bancos.ocorrencias import PAGAS, motivo
from guiche.dominio.dinheiro import para_reais
from guiche.layout.modelo import Layout, Registro

_VALORES = tuple(campo for campo in Titulo._fields if campo.startswith("valor_"))
_SO_DO_PAGO = frozenset({"valor_pago", "valor_liquido"})
"""Noutra ocorrência o banco usa estes campos para o custo dela: o Itaú 400 põe a tarifa da baixa no valor pago."""
_DE_DENTRO = {"motivo_texto"}


class Resumo(NamedTuple):
    """As contas de um arquivo, em centavos."""

    titulos: int
    pagos: int
    totais: Mapping[str, int]
    """Soma de cada valor que o layout traz; a do pago e a do creditado, só dos títulos pagos."""
    ocorrencias: Mapping[str, int]
    pix: int = 0
    """Quantos títulos trazem Pix."""


class Contador:
    """Soma os títulos à medida que passam."""

    def __init__(self) -> None:
        self.titulos = self.pagos = 0
        self.totais: dict[str, int] = {}
        self.ocorrencias: Counter[str] = Counter()

    def somar(self, titulo: Titulo) -> None:
        """Conta mais um título."""
        self.titulos += 1
        self.pagos += titulo.classe in PAGAS
        self.ocorrencias[titulo.codigo_movimento] += 1
        for campo in _VALORES:
            valor = getattr(titulo, campo)
            if valor is not None:
                conta = titulo.classe in PAGAS or campo not in _SO_DO_PAGO
                self.totais[campo] = self.totais.get(campo, 0) + (valor if conta else 0)

    def resumo(self) -> Resumo:
        """As contas até aqui."""
        return Resumo(self.titulos, self.pagos, self.totais, dict(sorted(self.ocorrencias.items())))


def resumir(arquivo: Cobranca) -> Resumo:
    """As contas do arquivo, lido até o fim sem guardar os títulos."""
    contador, com_pix = Contador(), 0
    for lote in arquivo.lotes():
        com_pix += len(arquivo.pix)
        for titulo in lote:
            contador.somar(titulo)
    return contador.resumo()._replace(pix=com_pix)


def ler_json(arquivo: Cobranca) -> dict[str, Any]:
    """O arquivo inteiro, título a título; ``pix``, se algum o traz, com a linha do título."""
    contador, titulos, do_pix = Contador(), [], []
    for lote in arquivo.lotes():
        do_pix += [pix._asdict() for pix in arquivo.pix]
        for titulo in lote:
            contador.somar(titulo)
            titulos.append(titulo_json(arquivo.layout, titulo))
    resumo = contador.resumo()
    return {
        "formato": arquivo.formato,
        "banco": arquivo.banco,
        "sentido": arquivo.sentido,
        "layout": arquivo.layout.apelido,
        "header": cabecalho_json(arquivo),
        "titulos": titulos,
        **({"pix": do_pix} if do_pix else {}),
        "totais": {campo: str(para_reais(soma)) for campo, soma in resumo.totais.items()},
        "ocorrencias": dict(resumo.ocorrencias),
        "problemas": [p.como_dict() for p in arquivo.problemas],
    }


def titulo_json(layout: Layout, titulo: Titulo) -> dict[str, Any]:
    """Um título, com o texto claro de cada motivo."""
    dados = {campo: _valor(campo, valor) for campo, valor in titulo._asdict().items() if campo not in _DE_DENTRO}
    dados["classe"] = titulo.classe or None
    dados["motivos"] = motivos_json(layout, titulo)
    return dados


def motivos_json(layout: Layout, titulo: Titulo) -> list[dict[str, str | None]]:
    """Os motivos do título, e o que o banco escreveu por extenso."""
    formato = formato_com_variante(layout)
    lista: list[dict[str, str | None]] = [
        {"codigo": codigo, "texto": motivo(layout.banco, formato, titulo.codigo_movimento, codigo).texto}
        for codigo in titulo.motivos
    ]
    if titulo.motivo_texto:
        lista.append({"codigo": None, "texto": titulo.motivo_texto})
    return lista


def cabecalho_json(arquivo: Cobranca) -> dict[str, Any]:
    """O cabeçalho do arquivo, pelos nomes do layout."""
    registro = next(r for r in arquivo.layout.do_papel("cabecalho"))
    return {nome: _do_campo(registro, nome, valor) for nome, valor in arquivo.cabecalho.items()}


@cache
def _decimais(registro: Registro) -> Mapping[str, int]:
    return {campo.nome: campo.decimais for campo in registro.campos if campo.tipo == "valor"}


def _do_campo(registro: Registro, nome: str, valor: Any) -> Any:
    if nome in _decimais(registro) and valor is not None:
        return str(Decimal(valor).scaleb(-_decimais(registro)[nome]))
    return valor.isoformat() if isinstance(valor, date | time) else valor


def _valor(campo: str, valor: Any) -> Any:
    if campo in _VALORES and valor is not None:
        return str(para_reais(valor))
    return valor.isoformat() if isinstance(valor, date) else valor or None if campo != "linha" else valor
