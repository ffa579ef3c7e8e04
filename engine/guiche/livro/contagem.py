"""Quanto há no livro, e de que, sem dizer de quem: para quem dá suporte."""

from __future__ import annotations

from guiche.livro.conexao import Livro

TABELAS = (
    "ato", "arquivo", "remessa", "sequencia", "linha", "evento", "titulo_evento", "retorno", "retorno_linha",
    "recebimento", "membro", "titulo_vida", "boleto", "boleto_titulo", "boleto_evento", "numeracao", "pedido_ao_banco",
    "retorno_boleto", "tarifa",
)  # fmt: skip
_GRUPOS = (
    ("linha", "estado"), ("remessa", "tipo"), ("remessa", "situacao"), ("remessa", "versao"), ("remessa", "banco"),
    ("boleto", "estado"), ("boleto", "banco"), ("pedido_ao_banco", "situacao"), ("pedido_ao_banco", "comando"),
    ("retorno", "tipo"), ("retorno_linha", "resultado"), ("retorno_linha", "codigo"), ("retorno_boleto", "resultado"),
    ("retorno_boleto", "codigo"),
)  # fmt: skip


def contagens(livro: Livro) -> dict[str, int | dict[str, int]]:
    """Linhas de cada tabela, e de cada valor das colunas que dizem em que pé as coisas estão."""
    contas: dict[str, int | dict[str, int]] = {
        tabela: int(livro.valor(f"SELECT COUNT(*) FROM {tabela}"))  # noqa: S608  nomes desta casa
        for tabela in TABELAS
    }
    for tabela, coluna in _GRUPOS:
        sql = f"SELECT {coluna}, COUNT(*) FROM {tabela} GROUP BY {coluna} ORDER BY {coluna}"  # noqa: S608
        contas[f"{tabela}.{coluna}"] = {str(valor): int(n) for valor, n in livro.consultar(sql)}
    return contas


def ultimos_arquivos(livro: Livro, limite: int) -> list[tuple[str, str]]:
    """Os arquivos de remessas e retornos mais novos: (remessa ou retorno e seu código, SHA-256)."""
    achados = [
        (f"{tabela} {id_}", sha)
        for tabela in ("remessa", "retorno")
        for id_, sha in livro.consultar(
            f"SELECT id, sha256 FROM {tabela} ORDER BY id DESC LIMIT ?",  # noqa: S608
            (limite,),
        )
    ]
    return [(nome, str(sha)) for nome, sha in achados]
