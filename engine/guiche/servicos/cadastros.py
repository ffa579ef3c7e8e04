"""Lê e confere as tabelas do operador que um ato usa; junta todos os problemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from guiche.dominio.cadastro import Cliente, Conta, Empresa, Fechamento, Feriado, Titulo
from guiche.dominio.datas import Calendario
from guiche.erros import ErroDeRegra, Local, Problema
from guiche.planilha.porta import Pasta
from guiche.planilha.validacao import validar

T = TypeVar("T", bound=NamedTuple)


@dataclass(frozen=True, slots=True)
class Cadastros:
    """As tabelas do operador, conferidas."""

    contas: Mapping[str, Conta]
    clientes: Mapping[str, Cliente]
    titulos: Sequence[Titulo]
    numeros: Sequence[int]
    """Número da linha na aba de cada título."""
    calendario: Calendario
    empresas: Mapping[str, Empresa]
    fechamentos: Mapping[str, Fechamento]
    problemas: list[Problema]

    def conta(self, codigo: str, produto: str = "DEBITO") -> Conta:
        """A conta pedida; sem código, a única ativa do produto.

        Raises:
            ErroDeRegra: ``conta.ausente``, ``conta.ambigua``, ``conta.inativa`` ou ``conta.produto``.
        """
        if codigo:
            return self._conferida(codigo, produto)
        ativas = [c for c in self.contas.values() if c.produto == produto and c.ativa is not False]
        if len(ativas) == 1:
            return ativas[0]
        if not ativas:
            raise ErroDeRegra("conta.ausente", f"não há conta ativa de {produto} na aba Contas")
        nomes = ", ".join(c.codigo for c in ativas)
        raise ErroDeRegra("conta.ambigua", f"há mais de uma conta de {produto}: {nomes}")

    def _conferida(self, codigo: str, produto: str) -> Conta:
        conta = self.contas.get(codigo)
        if conta is None:
            raise ErroDeRegra("conta.ausente", f"a conta {codigo} não está na aba Contas")
        if conta.produto != produto:
            raise ErroDeRegra("conta.produto", f"a conta {codigo} é de {conta.produto}, não de {produto}")
        if conta.ativa is False:
            raise ErroDeRegra("conta.inativa", f"a conta {codigo} está desativada")
        return conta


def codigo_da_celula(valor: Any) -> str:
    """Um código como a validação o lê, venha a célula como texto ou como número."""
    return str(int(valor)) if isinstance(valor, float) and valor.is_integer() else str(valor or "").strip()


Carteira = Callable[[Cadastros], Cadastros]
"""O que se cobra: os títulos da aba, ou o que se faz deles (os fechamentos)."""


def todos(cadastros: Cadastros) -> Cadastros:
    """A carteira como está na aba Títulos."""
    return cadastros


def ler_tabela(
    pasta: Pasta, tabela: str, fabrica: Callable[[tuple[Any, ...]], T]
) -> tuple[list[T], list[int], list[Problema]]:
    """Linhas conferidas de uma tabela, o número de cada uma na aba, e os problemas."""
    validada = validar(pasta.ler(tabela))
    return [fabrica(linha) for linha in validada.linhas], list(validada.numeros), list(validada.problemas)


def ler_cadastros(pasta: Pasta, *, com_titulos: bool = True) -> Cadastros:
    """Lê contas, clientes, títulos e feriados, e junta os problemas de todas as tabelas."""
    problemas: list[Problema] = []

    def ler(tabela: str, fabrica: Callable[[tuple[Any, ...]], T]) -> tuple[list[T], list[int]]:
        linhas, numeros, achados = ler_tabela(pasta, tabela, fabrica)
        problemas.extend(achados)
        return linhas, numeros

    contas, _ = ler("contas", Conta._make)
    clientes, _ = ler("clientes", Cliente._make)
    feriados, _ = ler("feriados", Feriado._make)
    empresas, _ = ler("empresas", Empresa._make)
    fechamentos, _ = ler("fechamentos", Fechamento._make)
    titulos, numeros = ler("titulos", Titulo._make) if com_titulos else ([], [])
    _conferir_convenios(contas, problemas)
    return Cadastros(
        {c.codigo: c for c in contas},
        {c.codigo: c for c in clientes},
        titulos,
        numeros,
        Calendario.de_feriados(feriados),
        {e.codigo: e for e in empresas},
        {f.codigo: f for f in fechamentos},
        problemas,
    )


def _conferir_convenios(contas: Sequence[Conta], problemas: list[Problema]) -> None:
    """O NSA é do convênio: duas contas com o mesmo convênio dividiriam a sequência."""
    vezes = Counter((c.produto, c.banco, c.convenio) for c in contas)
    for (produto, banco, convenio), quantas in vezes.items():
        if quantas > 1:
            texto = f"o convênio {convenio} do banco {banco} ({produto}) está em {quantas} contas"
            problemas.append(Problema("conta.repetida", texto, Local("Contas")))
