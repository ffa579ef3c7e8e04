"""Dois arquivos do mesmo banco, título a título: o que só um tem, e o que mudou."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from typing import Any, NamedTuple

from guiche.arquivos import cobranca, debito150
from guiche.arquivos.deteccao import COBRANCA, detectar
from guiche.arquivos.estrutura import Anotacoes
from guiche.arquivos.explicar_cobranca import rotulo, valor_de
from guiche.arquivos.fichas import Ficha, Linha, agrupar, indice, ler_linhas
from guiche.arquivos.linhas import Fonte
from guiche.erros import ErroDeArquivo, Local, Problema
from guiche.layout.carga import carregar, ler_toml
from guiche.layout.modelo import Campo, Layout, Registro


class Mudanca(NamedTuple):
    """Um campo que difere."""

    campo: str
    nome: str
    a: str
    b: str


class Par(NamedTuple):
    """Um título nos dois arquivos; num só, a linha do outro é 0."""

    titulo: str
    linha_a: int
    linha_b: int
    mudancas: tuple[Mudanca, ...] = ()


class Comparacao(NamedTuple):
    """O que difere entre A e B; a ordem dos títulos não conta."""

    iguais: int
    so_em_a: tuple[Par, ...]
    so_em_b: tuple[Par, ...]
    mudados: tuple[Par, ...]
    cabecalho: tuple[Mudanca, ...]
    problemas: tuple[Problema, ...] = ()
    """O que nos arquivos não se leu, e por isso não se comparou."""

    @property
    def nada_mudou(self) -> bool:
        """Se os dois dizem o mesmo."""
        return not (self.so_em_a or self.so_em_b or self.mudados or self.cabecalho)


class Lado:
    """Um dos dois arquivos, que se lê mais de uma vez."""

    def __init__(self, fonte: Fonte) -> None:
        self.fonte = fonte
        self.tipo = detectar(fonte.inicio())
        self._cobranca: cobranca.Cobranca | None = None
        self._debito: debito150.Arquivo | None = None
        if self.tipo == COBRANCA:
            self._cobranca = cobranca.abrir(fonte.origem, fonte.nome)
            self.layout: Layout = self._cobranca.layout
            self.banco, self.sentido = self._cobranca.banco, self._cobranca.sentido
        else:
            with fonte.abrir() as arquivo:
                self._debito = debito150.ler(arquivo.read(), fonte.nome)
            self.layout = carregar(self._debito.layout)
            self.banco, self.sentido = self._debito.banco, self._debito.sentido

    def linhas(self) -> Iterator[Linha]:
        """As linhas, com o registro de cada uma."""
        if self._cobranca:
            yield from ler_linhas(self._cobranca)
        elif self._debito:
            for n, texto in enumerate(self._debito.linhas, 1):
                yield Linha(n, texto, self.layout.registros.get(texto[:1]))

    def problemas(self) -> tuple[Problema, ...]:
        """Os da última leitura."""
        if self._debito:
            return (*self._debito.erros, *self._debito.problemas)
        return self._cobranca.problemas if self._cobranca else ()

    def fichas(self) -> Iterator[Ficha]:
        """Os títulos da cobrança, ou as linhas de detalhe do débito."""
        if self._cobranca:
            self._cobranca.anotacoes = Anotacoes(self.fonte.nome)
            return agrupar(self.linhas())
        return (Ficha((x,)) for x in self.linhas() if x.registro and x.registro.codigo not in {"A", "Z"})

    def cabecalho(self) -> Ficha:
        """A primeira linha."""
        return Ficha((next(self.linhas()),))


def comparar(a: Fonte, b: Fonte) -> Comparacao:
    """Compara os dois arquivos pelos campos que ambos têm.

    O título se reconhece pelo nosso número (no débito, pelo uso da empresa), com ou sem zeros à esquerda.

    Raises:
        ErroDeArquivo: um deles não se lê, ou não são do mesmo banco, serviço e sentido.
    """
    lados = Lado(a), Lado(b)
    _exigir_iguais(*lados)
    do_a, do_b = (Counter(map(_assinatura, lado.fichas())) for lado in lados)
    comuns = do_a & do_b
    resto_a, resto_b = (
        list(_sobra(lado.fichas(), contas - comuns)) for lado, contas in zip(lados, (do_a, do_b), strict=True)
    )
    problemas = [lado.problemas() for lado in lados]
    pares = list(_casar(resto_a, resto_b, lados[0].tipo))
    ambos = [(x, y, _mudancas(x, y, "titulo")) for x, y in pares if x and y]
    mudados = tuple(Par(_quem(x, lados[0].tipo), x.numero, y.numero, m) for x, y, m in ambos if m)
    return Comparacao(
        comuns.total() + len(ambos) - len(mudados),
        tuple(Par(_quem(x, lados[0].tipo), x.numero, 0) for x, y in pares if x and not y),
        tuple(Par(_quem(y, lados[0].tipo), 0, y.numero) for x, y in pares if y and not x),
        mudados,
        _mudancas(lados[0].cabecalho(), lados[1].cabecalho(), "cabecalho"),
        (*problemas[0], *problemas[1]),
    )


def _exigir_iguais(a: Lado, b: Lado) -> None:
    diferem = {
        "serviços": (a.tipo, b.tipo),
        "bancos": (a.banco, b.banco),
        "sentidos": (a.sentido, b.sentido),
    }
    for nome, (de_a, de_b) in diferem.items():
        if de_a != de_b:
            razao = f"os arquivos são de {nome} diferentes: {de_a} e {de_b}"
            raise ErroDeArquivo("arquivo.comparacao", razao, local=Local(b.fonte.nome))


def _assinatura(ficha: Ficha) -> int:
    """O que o título diz, sem o que muda de lugar: títulos de mesma assinatura são iguais."""
    return hash(tuple([_sem_ignorados(linha) for linha in ficha.linhas]))


def _sem_ignorados(linha: Linha) -> str:
    if linha.registro is None:
        return linha.texto
    return "".join([linha.texto[trecho] for trecho in _trechos(linha.registro)])


@cache
def _trechos(registro: Registro) -> tuple[slice, ...]:
    """A linha em trechos seguidos, sem os campos que se ignoram."""
    inicio, trechos = 0, []
    for campo in registro.campos:
        if campo.nome in _ignorados("titulo"):
            trechos.append(slice(inicio, campo.inicio - 1))
            inicio = campo.fim
    return (*trechos, slice(inicio, registro.largura))


@cache
def _ignorados(onde: str) -> frozenset[str]:
    return frozenset(ler_toml("leitura/comparacao")["ignorados"][onde])


def _sobra(fichas: Iterable[Ficha], contas: Counter[int]) -> Iterator[Ficha]:
    """As fichas que o outro lado não tem iguais."""
    for ficha in fichas:
        assinatura = _assinatura(ficha)
        if contas[assinatura] > 0:
            contas[assinatura] -= 1
            yield ficha


def _casar(de_a: list[Ficha], de_b: list[Ficha], tipo: str) -> Iterator[tuple[Ficha | None, Ficha | None]]:
    """Casa as fichas do mesmo título: primeiro as de mesmo movimento, depois as que sobram, na ordem."""
    sobras = []
    for chave in (lambda f: (_chave(f, tipo), _movimento(f)), lambda f: _chave(f, tipo)):
        sobras = list(_zipar(de_a, de_b, chave))
        yield from (par for par in sobras if all(par))
        de_a, de_b = [a for a, b in sobras if a and not b], [b for a, b in sobras if b and not a]
    yield from (par for par in sobras if not all(par))


def _zipar(
    de_a: list[Ficha], de_b: list[Ficha], chave: Callable[[Ficha], object]
) -> Iterator[tuple[Ficha | None, Ficha | None]]:
    grupos: dict[object, tuple[list[Ficha], list[Ficha]]] = defaultdict(lambda: ([], []))
    for lado, fichas in enumerate((de_a, de_b)):
        for ficha in fichas:
            grupos[chave(ficha)][lado].append(ficha)
    for a, b in grupos.values():
        yield from zip_longest(a, b)


def _identidade(ficha: Ficha, tipo: str) -> tuple[str, str]:
    nomes: Sequence[str] = ler_toml("leitura/comparacao")["identidade"][tipo]
    return next(((n, v) for n in nomes if (v := ficha.bruto(n)).strip("0")), ("", ""))


def _chave(ficha: Ficha, tipo: str) -> str:
    nome, valor = _identidade(ficha, tipo)
    registro = ficha.linhas[0].registro
    letra = registro.codigo if registro and tipo != COBRANCA else ""
    return f"{letra}:{nome}:{valor.lstrip('0')}"


def _quem(ficha: Ficha, tipo: str) -> str:
    """O título como se diz à pessoa."""
    nome, valor = _identidade(ficha, tipo)
    return f"{rotulo(nome)} {valor}" if nome else "sem identificação"


def _movimento(ficha: Ficha) -> str:
    return ficha.bruto("codigo_movimento", "codigo_ocorrencia")


def _mudancas(a: Ficha, b: Ficha, onde: str) -> tuple[Mudanca, ...]:
    """Os campos que os dois têm e em que diferem."""
    de_a, de_b = _campos(a), _campos(b)
    return tuple(
        Mudanca(nome, rotulo(nome), valor_de(*de_a[nome]), valor_de(*de_b[nome]))
        for nome in de_a
        if nome in de_b and nome not in _ignorados(onde) and _comparavel(*de_a[nome]) != _comparavel(*de_b[nome])
    )


def _campos(ficha: Ficha) -> dict[str, tuple[Campo, str]]:
    """Cada campo do título pelo nome; do que se repete nas suas linhas, vale o primeiro, e os outros levam a vez."""
    nomes: Mapping[str, str] = ler_toml("leitura/comparacao")["nomes"]
    achados: dict[str, tuple[Campo, str]] = {}
    vezes: Counter[str] = Counter()
    for linha in ficha.linhas:
        codigo = linha.registro.codigo if linha.registro else ""
        vezes[codigo] += 1
        for nome, campo in indice(linha.registro).items() if linha.registro else ():
            nome = nomes.get(nome, nome)  # noqa: PLW2901
            unico = nome if vezes[codigo] == 1 else f"{nome}_{vezes[codigo]}"
            achados.setdefault(unico, (campo, linha.bruto(campo)))
    return achados


def _comparavel(campo: Campo, bruto: str) -> Any:
    """O valor em que 1, 01 e 1,00 são o mesmo."""
    valor = valor_de(campo, bruto)
    if campo.tipo == "valor":
        return Decimal(valor or 0) if not valor or valor[0].isdigit() else valor
    return valor.lstrip("0") if campo.tipo in {"texto", "numero"} else valor
