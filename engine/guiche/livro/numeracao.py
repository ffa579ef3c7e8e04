"""Os nossos números no livro: o último de cada espaço, os que se repetem, os que o banco ainda não deu."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from guiche.livro.conexao import Livro

_VIVOS = "('A REGISTRAR', 'REGISTRADO', 'REJEITADO')"
_NUMERADOS = "numero > 0 AND espaco <> '' AND repete = 0"
"""Os que o índice do livro não deixa repetir."""
_REPETIDOS = f"""
SELECT r.id, o.id, r.nosso_numero, r.conta FROM boleto r JOIN boleto o ON o.id = r.repete
WHERE r.repete > 0 AND r.estado IN {_VIVOS} AND o.estado IN {_VIVOS}
UNION SELECT r.id, o.id, r.nosso_numero, r.conta FROM boleto r JOIN boleto o ON o.repete = r.repete AND o.id < r.id
WHERE r.repete > 0 AND o.repete > 0 AND r.estado IN {_VIVOS} AND o.estado IN {_VIVOS}
"""  # noqa: S608


class Repetido(NamedTuple):
    """Dois boletos que ainda se podem pagar, com um só nosso número."""

    boleto: int
    outro: int
    """O mais velho dos dois."""
    nosso_numero: str
    conta: str


class SemEspaco(NamedTuple):
    """Um boleto de um livro anterior aos espaços."""

    id: int
    banco: str
    convenio: str
    carteira: str
    numero: int
    dados: str


def ultimo(livro: Livro, banco: str, espaco: str) -> int:
    """O último nosso número dado no espaço; 0 se nenhum."""
    return int(livro.valor("SELECT ultimo FROM numeracao WHERE banco = ? AND espaco = ?", (banco, espaco)) or 0)


def definir_ultimo(livro: Livro, banco: str, espaco: str, numero: int) -> None:
    """Anota o último nosso número dado no espaço."""
    livro.executar(
        "INSERT INTO numeracao (banco, espaco, ultimo) VALUES (?, ?, ?)"
        " ON CONFLICT (banco, espaco) DO UPDATE SET ultimo = excluded.ultimo",
        (banco, espaco, numero),
    )


def livres(livro: Livro, banco: str, espaco: str, primeiro: int, quantos: int) -> list[int]:
    """Os primeiros números do espaço, de um em diante, que nenhum boleto tem: o banco pode ter dado alguns."""
    dados: list[int] = []
    while len(dados) < quantos:
        ate = primeiro + quantos - len(dados)
        usados = {
            numero
            for (numero,) in livro.consultar(
                f"SELECT numero FROM boleto WHERE banco = ? AND espaco = ? AND {_NUMERADOS}"  # noqa: S608
                " AND numero >= ? AND numero < ?",
                (banco, espaco, primeiro, ate),
            )
        }
        dados += [numero for numero in range(primeiro, ate) if numero not in usados]
        primeiro = ate
    return dados


def dono(livro: Livro, banco: str, espaco: str, numero: int) -> int | None:
    """O boleto que tem o número no espaço, ou ``None``."""
    sql = f"SELECT id FROM boleto WHERE banco = ? AND espaco = ? AND numero = ? AND {_NUMERADOS}"  # noqa: S608
    achado = livro.valor(sql, (banco, espaco, numero))
    return None if achado is None else int(achado)


def repetidos(livro: Livro) -> list[Repetido]:
    """Os pares de boletos vivos com um só número, que um livro antigo pode ter."""
    return [Repetido._make(linha) for linha in livro.consultar(f"{_REPETIDOS} ORDER BY 1, 2")]


def sem_espaco(livro: Livro) -> Iterator[SemEspaco]:
    """Os boletos a que falta o espaço, do mais velho ao mais novo, aos poucos."""
    sql = "SELECT id, banco, convenio, carteira, numero, dados FROM boleto WHERE espaco = '' ORDER BY id"
    return map(SemEspaco._make, livro.percorrer(sql))


def ha_sem_espaco(livro: Livro) -> bool:
    """Diz se a algum boleto falta o espaço."""
    return livro.valor("SELECT 1 FROM boleto WHERE espaco = '' LIMIT 1") is not None


def por_convenio(livro: Livro) -> dict[tuple[str, str, str], int]:
    """O último número de cada (banco, convênio, carteira), como os livros de antes o guardavam."""
    linhas = livro.consultar("SELECT banco, convenio, carteira, ultimo FROM faixa")
    return {(banco, convenio, carteira): int(numero) for banco, convenio, carteira, numero in linhas}


def guardar_espacos(livro: Livro, espacos: Iterable[tuple[str, int, int]]) -> None:
    """O espaço de cada boleto e o boleto de que repete o número (0 se de nenhum): (espaço, repete, boleto)."""
    livro.atualizar("boleto", "id", ("espaco", "repete"), espacos)


def sem_numero(livro: Livro, conta: str) -> set[int]:
    """Os boletos da conta a que o banco ainda não deu número."""
    return {int(n) for (n,) in livro.consultar("SELECT id FROM boleto WHERE numero = 0 AND conta = ?", (conta,))}


class Numerado(NamedTuple):
    """O que um boleto ganha quando o banco lhe dá o número."""

    numero: int
    nosso_numero: str
    espaco: str
    codigo_barras: str
    linha_digitavel: str
    dados: str
    id: int


def numerar(livro: Livro, numerados: Collection[Numerado]) -> None:
    """Guarda os números que o banco deu."""
    livro.atualizar("boleto", "id", Numerado._fields[:-1], numerados)
