"""O que o livro sabe dos boletos: emitir, listar, mudar de estado, soltar títulos."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Livro


class Boleto(NamedTuple):
    """Um boleto emitido. Dinheiro em centavos, datas e momentos em texto ISO."""

    id: int
    conta: str
    banco: str
    convenio: str
    carteira: str
    numero: int
    """Nosso número sem dígito, como sai da faixa; 0 enquanto o banco, se é ele que o dá, não o disse."""
    nosso_numero: str
    """Como se imprime; vazio sem número."""
    cliente: str
    vencimento: str
    valor: int
    estado: str
    emissor: str
    codigo_barras: str
    linha_digitavel: str
    dados: str
    """JSON: a entrada do cálculo e os textos do papel, como eram na emissão."""
    gerado_em: str
    usuario: str
    pix: str = ""
    impresso_em: str | None = None
    pago_em: str | None = None
    valor_pago: int | None = None
    espaco: str = ""
    """Onde o número é um só, como ``guiche.boleto.numeracao.espaco`` o diz."""


class Laco(NamedTuple):
    """Um título num boleto."""

    boleto: int
    titulo: str
    valor: int
    desfeito_em: str | None
    nosso_numero: str


class Emitido(NamedTuple):
    """O que de um boleto se mostra na lista."""

    id: int
    nosso_numero: str
    conta: str
    banco: str
    cliente: str
    vencimento: str
    valor: int
    estado: str
    gerado_em: str
    usuario: str
    pago_em: str | None
    valor_pago: int | None
    linha_digitavel: str
    pix: str


class Resumido(NamedTuple):
    """O bastante de um boleto para casar com ele uma resposta do banco."""

    id: int
    numero: int
    nosso_numero: str
    no_banco: str
    """Como o nosso número saiu na remessa; vazio se ainda não saiu."""
    convenio: str
    valor: int
    vencimento: str
    cliente: str
    estado: str
    valor_pago: int | None


_COLUNAS = ", ".join(Boleto._fields)
_DO_RESUMO = ", ".join(Resumido._fields)
_DO_EVENTO = ("ato_id", "boleto_id", "de", "para", "gatilho")


def emitir(livro: Livro, ato: int, boletos: Sequence[Boleto], lacos: Iterable[tuple[int, str, int]]) -> None:
    """Grava os boletos, cujos ids já vêm dados, e os títulos de cada um, que saem do boleto que já não os prende."""
    todos = list(lacos)
    livro.inserir("boleto", ("ato_id", *Boleto._fields), ((ato, *boleto) for boleto in boletos))
    _soltar_dos_fechados(livro, [titulo for _, titulo, _ in todos], boletos[0].gerado_em)
    livro.inserir("boleto_titulo", ("boleto_id", "titulo", "valor"), todos)


def _soltar_dos_fechados(livro: Livro, titulos: Iterable[str], quando: str) -> None:
    """Desfaz os laços que restam dos títulos com boletos fechados: o pago a menor deixa saldo a cobrar de novo."""
    presos = livro.por_chaves(
        "SELECT l.boleto_id, l.titulo FROM boleto_titulo l JOIN boleto b ON b.id = l.boleto_id"
        " WHERE l.titulo IN (#) AND l.desfeito_em IS NULL AND b.estado IN ('PAGO', 'BAIXADO', 'ESTORNADO')",
        titulos,
    )
    for boleto, titulo in list(presos):
        sql = "UPDATE boleto_titulo SET desfeito_em = ? WHERE boleto_id = ? AND titulo = ?"
        livro.executar(sql, (quando, boleto, titulo))


def primeiro_id(livro: Livro) -> int:
    """Id do próximo boleto; só vale dentro da transação que o usa."""
    return proximo_id(livro, "boleto")


def listar(livro: Livro, ids: Iterable[int] | None = None) -> list[Boleto]:
    """Os boletos, do mais velho ao mais novo; com ``ids``, só esses."""
    sql = f"SELECT {_COLUNAS} FROM boleto"  # noqa: S608  os nomes vêm do código
    if ids is None:
        return list(map(Boleto._make, livro.consultar(f"{sql} ORDER BY id")))
    return list(map(Boleto._make, livro.por_chaves(f"{sql} WHERE id IN (#) ORDER BY id", ids)))


def por_imprimir(livro: Livro) -> list[Boleto]:
    """Os boletos desta pasta de trabalho que ainda não se desenharam; os de outro operador são dele."""
    onde = "WHERE impresso_em IS NULL AND ato_id IN (SELECT id FROM ato WHERE origem = ?) ORDER BY id"
    return list(map(Boleto._make, livro.percorrer(f"SELECT {_COLUNAS} FROM boleto {onde}", (livro.origem,))))  # noqa: S608


def buscar(livro: Livro, codigo: int) -> Boleto | None:
    """O boleto de código dado."""
    linhas = livro.consultar(f"SELECT {_COLUNAS} FROM boleto WHERE id = ?", (codigo,))  # noqa: S608
    return Boleto._make(linhas[0]) if linhas else None


def do_ato(livro: Livro, ato: int) -> list[Boleto]:
    """Os boletos que o ato emitiu."""
    consulta = f"SELECT {_COLUNAS} FROM boleto WHERE ato_id = ? ORDER BY id"  # noqa: S608  os nomes vêm do código
    return list(map(Boleto._make, livro.consultar(consulta, (ato,))))


def das_contas(livro: Livro, contas: Collection[str], ids: Iterable[int] | None = None) -> list[Resumido]:
    """Os boletos das contas, resumidos, do mais velho ao mais novo; com ``ids``, só esses."""
    sql = f"SELECT {_DO_RESUMO}, conta FROM boleto"  # noqa: S608  os nomes vêm do código
    if ids is None:
        linhas = livro.percorrer(f"{sql} WHERE conta IN ({', '.join('?' * len(contas))}) ORDER BY id", tuple(contas))
    else:
        linhas = livro.por_chaves(f"{sql} WHERE id IN (#) ORDER BY id", ids)
    return [Resumido._make(linha[:-1]) for linha in linhas if linha[-1] in contas]


def guardar_no_banco(livro: Livro, formas: Iterable[tuple[str, int]]) -> None:
    """Anota como o nosso número saiu na remessa: (forma, boleto)."""
    livro.atualizar("boleto", "id", ("no_banco",), formas)


def mudar_varios(
    livro: Livro,
    ato: int,
    mudancas: Sequence[tuple[int, str, str, str]],
    pagos: Mapping[int, tuple[str | None, int | None]] = MappingProxyType({}),
) -> None:
    """Muda o estado de muitos boletos e o anota no histórico: (boleto, de, para, gatilho).

    ``pagos`` diz dos que se pagaram, ainda que só em parte, o dia ISO e os centavos já recebidos.
    """
    estado = {boleto: para for boleto, _, para, _ in mudancas}
    so_mudados = ((para, b) for b, para in estado.items() if b not in pagos)
    so_pagos = ((*pago, b) for b, pago in pagos.items() if b not in estado)
    os_dois = ((estado[b], *pago, b) for b, pago in pagos.items() if b in estado)
    livro.atualizar("boleto", "id", ("estado",), so_mudados)
    livro.atualizar("boleto", "id", ("pago_em", "valor_pago"), so_pagos)
    livro.atualizar("boleto", "id", ("estado", "pago_em", "valor_pago"), os_dois)
    livro.inserir("boleto_evento", _DO_EVENTO, ((ato, *mudanca) for mudanca in mudancas))


def recebido_dos_titulos(livro: Livro, ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Centavos já recebidos de cada título por cada um dos boletos dados, se ainda em aberto."""
    linhas = livro.por_chaves(
        "SELECT r.boleto_id, r.titulo, SUM(r.valor) FROM boleto_titulo l JOIN boleto b ON b.id = l.boleto_id"
        " JOIN recebimento r ON r.titulo = l.titulo AND r.boleto_id = l.boleto_id"
        " WHERE l.boleto_id IN (#) AND b.estado <> 'PAGO' GROUP BY r.boleto_id, r.titulo",
        ids,
    )
    return {(boleto, titulo): int(soma) for boleto, titulo, soma in linhas}


def partes(livro: Livro, ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """Os títulos e centavos de cada um dos boletos dados, também os de laço desfeito."""
    sql = "SELECT boleto_id, titulo, valor FROM boleto_titulo WHERE boleto_id IN (#) ORDER BY boleto_id, titulo"
    por_boleto: dict[int, list[tuple[str, int]]] = {}
    for boleto, titulo, valor in livro.por_chaves(sql, ids):
        por_boleto.setdefault(boleto, []).append((titulo, valor))
    return por_boleto


def quantos(livro: Livro) -> tuple[int, int]:
    """Quantos boletos há, e quantos títulos neles, também os de laço desfeito."""
    sql = "SELECT (SELECT COUNT(*) FROM boleto), (SELECT COUNT(*) FROM boleto_titulo)"
    ((boletos, titulos),) = livro.consultar(sql)
    return int(boletos), int(titulos)


def emitidos(livro: Livro) -> Iterator[tuple[Emitido, list[str]]]:
    """Cada boleto com os seus títulos, também os de laço desfeito, do mais velho ao mais novo, aos poucos."""
    colunas = ", ".join(f"b.{nome}" for nome in Emitido._fields)
    sql = f"SELECT {colunas}, l.titulo FROM boleto b LEFT JOIN boleto_titulo l ON l.boleto_id = b.id"  # noqa: S608
    for _, linhas in groupby(livro.percorrer(f"{sql} ORDER BY b.id, l.titulo"), itemgetter(0)):
        do_boleto = list(linhas)
        yield Emitido._make(do_boleto[0][:-1]), [linha[-1] for linha in do_boleto if linha[-1] is not None]


def lacos(livro: Livro, dos_boletos: Iterable[int] | None = None) -> Iterator[Laco]:
    """Os títulos dos boletos, também os laços desfeitos, aos poucos; de todos, ou só dos boletos dados."""
    sql = (
        "SELECT l.boleto_id, l.titulo, l.valor, l.desfeito_em, b.nosso_numero FROM boleto_titulo l"
        " JOIN boleto b ON b.id = l.boleto_id"
    )
    ordem = "ORDER BY l.boleto_id, l.titulo"
    if dos_boletos is None:
        return map(Laco._make, livro.percorrer(f"{sql} {ordem}"))
    return map(Laco._make, livro.por_chaves(f"{sql} WHERE l.boleto_id IN (#) {ordem}", dos_boletos))


def mudar(livro: Livro, ato: int, boleto: Boleto, para: str, gatilho: str) -> None:
    """Muda o estado do boleto e o anota no histórico."""
    mudar_varios(livro, ato, [(boleto.id, boleto.estado, para, gatilho)])


def soltar(livro: Livro, soltos: Iterable[int], quando: str) -> None:
    """Desfaz os laços dos boletos com seus títulos, guardando-os."""
    desfeitos = ((quando, boleto) for boleto in soltos)
    livro.atualizar("boleto_titulo", "boleto_id", ("desfeito_em",), desfeitos, "desfeito_em IS NULL")


def guardar_dados(livro: Livro, boleto: int, dados: str) -> None:
    """Troca os dados de que se fazem o papel e a remessa."""
    livro.executar("UPDATE boleto SET dados = ? WHERE id = ?", (dados, boleto))


def mudar_vencimento(livro: Livro, boleto: Boleto) -> None:
    """Grava o vencimento e os números que dele saem."""
    livro.executar(
        "UPDATE boleto SET vencimento = ?, codigo_barras = ?, linha_digitavel = ? WHERE id = ?",
        (boleto.vencimento, boleto.codigo_barras, boleto.linha_digitavel, boleto.id),
    )


def guardar_pix(livro: Livro, textos: Mapping[int, str]) -> None:
    """Guarda o texto do Pix que o banco deu para cada boleto."""
    livro.atualizar("boleto", "id", ("pix",), ((texto, i) for i, texto in textos.items()))


def anotar_impressos(livro: Livro, ids: Iterable[int], quando: str) -> None:
    """Anota quando os boletos foram impressos."""
    livro.atualizar("boleto", "id", ("impresso_em",), ((quando, i) for i in ids))
