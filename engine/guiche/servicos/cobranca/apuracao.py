"""O que um lote de títulos do retorno muda, e as contas do retorno inteiro."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import NamedTuple

from guiche.arquivos.plano import Titulo
from guiche.dominio.datas import Calendario
from guiche.livro.numeracao import Numerado
from guiche.livro.pedidos import PedidoAoBanco
from guiche.livro.respostas import RespostaDeBoleto
from guiche.oficio.resultado import A_DETALHAR

JA_PROCESSADO, NAO_LOCALIZADO, SEM_MUDANCA = "JÁ PROCESSADO", "NÃO LOCALIZADO", "SEM MUDANÇA"
REGISTRADO, REJEITADO, PAGO, PARCIAL, BAIXADO = "REGISTRADO", "REJEITADO", "PAGO", "PAGO EM PARTE", "BAIXADO"
TARIFA, PEDIDO_FEITO, PEDIDO_RECUSADO = "TARIFA", "PEDIDO FEITO", "PEDIDO RECUSADO"
_CREDITO, _IMPORTACAO = "CREDITO", "IMPORTACAO"
_A_MOSTRAR = 1_000
"""Quantas linhas com aviso se guardam para o relato."""


class Dias(NamedTuple):
    """Com que dia se dá baixa, se o retorno traz mais de um."""

    conta_se: str
    """``PAGAMENTO``, ``CREDITO`` ou ``IMPORTACAO``."""
    do_arquivo: date | None
    hoje: date
    calendario: Calendario

    def da_baixa(self, titulo: Titulo) -> date:
        """O dia escolhido; se o banco não o diz, o outro, o do arquivo, ou hoje."""
        if self.conta_se == _IMPORTACAO:
            return self.hoje
        pagamento, credito = titulo.data_ocorrencia, titulo.data_credito
        escolhido = credito or pagamento if self.conta_se == _CREDITO else pagamento or credito
        return escolhido or self.do_arquivo or self.hoje


class Recebido(NamedTuple):
    """O que um título recebe por um boleto, em centavos."""

    titulo: str
    cliente: str
    principal: int
    dia: str
    boleto: int
    juros: int
    desconto: int


class Tarifa(NamedTuple):
    """O que o banco cobrou numa linha do retorno."""

    dia: str
    """ISO."""
    porque: str
    """A ocorrência, em palavras."""
    centavos: int
    de_que: str


@dataclass(slots=True)
class Lote:
    """O que um lote de títulos do arquivo muda."""

    respostas: list[RespostaDeBoleto] = field(default_factory=list)
    eventos: list[tuple[int, str, str, str]] = field(default_factory=list)
    pagos: dict[int, tuple[str | None, int | None]] = field(default_factory=dict)
    """Boleto → dia ISO e centavos já recebidos."""
    recebidos: list[Recebido] = field(default_factory=list)
    tarifas: list[Tarifa] = field(default_factory=list)
    pedidos: list[tuple[str, int]] = field(default_factory=list)
    aceitos: list[PedidoAoBanco] = field(default_factory=list)
    """Os que o banco fez e mudam o boleto."""
    soltos: list[int] = field(default_factory=list)
    no_banco: list[tuple[str, int]] = field(default_factory=list)
    numerados: dict[int, Numerado] = field(default_factory=dict)
    """Os boletos a que o banco deu número."""
    pix: dict[int, str] = field(default_factory=dict)
    """Boleto → o que o banco deu do Pix dele."""
    respondidas: set[int] = field(default_factory=set)
    """Remessas a que o banco respondeu."""


@dataclass(slots=True)
class Tarifas:
    """As de um dia e uma ocorrência."""

    da_primeira: str
    quantas: int = 0
    centavos: int = 0

    def de_que(self) -> str:
        """O boleto da tarifa, ou quantas são."""
        return self.da_primeira if self.quantas == 1 else f"{self.quantas} tarifas"


@dataclass(slots=True)
class Contas:
    """As contas do retorno inteiro."""

    resultados: Counter[str] = field(default_factory=Counter)
    avisos: list[RespostaDeBoleto] = field(default_factory=list)
    """As primeiras respostas com aviso ou divergência."""
    linhas: list[RespostaDeBoleto] = field(default_factory=list)
    """As primeiras de todas, para o relato em detalhe."""
    textos: Counter[str] = field(default_factory=Counter)
    pagos: int = 0
    total_pago: int = 0
    tarifas: int = 0
    total_tarifas: int = 0
    do_movimento: dict[tuple[str, str], Tarifas] = field(default_factory=dict)
    """As tarifas como o banco as lança no extrato: as de um dia e uma ocorrência, juntas."""
    pix: int = 0
    numerados: int = 0

    def somar(self, lote: Lote, texto: Mapping[str, str]) -> None:
        """Acrescenta um lote."""
        self.resultados.update(r.resultado for r in lote.respostas)
        self.textos.update(texto[r.codigo] for r in lote.respostas)
        self.avisos += islice((r for r in lote.respostas if r.aviso), _A_MOSTRAR - len(self.avisos))
        self.linhas += lote.respostas[: A_DETALHAR - len(self.linhas)]
        self.pagos += len({r.boleto for r in lote.recebidos})
        self.total_pago += sum(r.principal + r.juros - r.desconto for r in lote.recebidos)
        self.pix += len(lote.pix)
        self.numerados += len(lote.numerados)
        self.tarifas += len(lote.tarifas)
        for dia, porque, centavos, de_que in lote.tarifas:
            self.total_tarifas += centavos
            do_dia = self.do_movimento.setdefault((dia, porque), Tarifas(de_que))
            do_dia.quantas += 1
            do_dia.centavos += centavos
