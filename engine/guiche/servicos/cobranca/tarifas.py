"""A tarifa que o banco diz numa linha do retorno: se é de crer, e se já se lançou."""

from __future__ import annotations

from functools import cache, cached_property

from guiche.arquivos.plano import Titulo
from guiche.layout.carga import ler_toml
from guiche.livro import respostas
from guiche.livro.boletos import Resumido
from guiche.livro.conexao import Livro
from guiche.servicos.cobranca.apuracao import PAGO, PARCIAL, REGISTRADO, REJEITADO

_MUDARAM = frozenset({PAGO, PARCIAL, REGISTRADO, REJEITADO})
"""Resultados de uma primeira vez: a tarifa da linha não pode ser repetida."""


@cache
def _maior(classe: str) -> int:
    regra = ler_toml("leitura/regras")["tarifa"]
    return int(regra["por_classe"].get(classe, regra["maior"]))


def absurda(titulo: Titulo) -> bool:
    """Se a tarifa passa do que algum banco cobra por uma ocorrência desta classe."""
    return (titulo.valor_tarifa or 0) > _maior(titulo.classe)


def sem_a_tarifa(titulo: Titulo) -> Titulo:
    """O título sem a tarifa em que não se crê, e sem ela no pago, se o pago é o creditado mais ela."""
    composto = titulo.valor_pago == (titulo.valor_liquido or 0) + (titulo.valor_tarifa or 0)
    pago = titulo.valor_liquido if composto else titulo.valor_pago
    return titulo._replace(valor_tarifa=None, valor_pago=pago)


def repetida(livro: Livro, titulo: Titulo, boleto: Resumido, retorno: int) -> int | None:
    """O código de outro retorno que já trouxe a mesma ocorrência do boleto, no mesmo dia e dos mesmos valores."""
    dia = titulo.data_ocorrencia.isoformat() if titulo.data_ocorrencia else None
    iguais = (
        r.retorno_id for r in respostas.do_boleto(livro, boleto.id)
        if r.retorno_id != retorno
        and (r.codigo, r.pago, r.ocorrencia_em) == (titulo.codigo_movimento, titulo.valor_pago, dia)
    )  # fmt: skip
    return next(iguais, None)


class Lancadas:
    """As tarifas que outros retornos já lançaram."""

    def __init__(self, livro: Livro, retorno: int) -> None:
        self._livro, self._retorno = livro, retorno

    def ja(self, titulo: Titulo, boleto: Resumido | None, resultado: str) -> bool:
        """Se a tarifa da linha já está no movimento, trazida por outro retorno."""
        if resultado in _MUDARAM:
            return False
        if boleto:
            return repetida(self._livro, titulo, boleto, self._retorno) is not None
        dia = titulo.data_ocorrencia.isoformat() if titulo.data_ocorrencia else None
        chave = (titulo.nosso_numero, titulo.codigo_movimento, dia, titulo.valor_tarifa)
        return bool(titulo.nosso_numero) and chave in self._sem_boleto

    @cached_property
    def _sem_boleto(self) -> frozenset[tuple[str | None, str, str | None, int | None]]:
        return frozenset(respostas.tarifas_sem_boleto(self._livro, self._retorno))
