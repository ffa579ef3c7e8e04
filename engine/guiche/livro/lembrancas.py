"""O que se lembra de uma pasta de trabalho, para não ler nem refazer o que não mudou. Perdido, tudo se refaz."""

from __future__ import annotations

from collections.abc import Mapping

from guiche.livro.conexao import Livro


def fatos(livro: Livro) -> dict[str, str]:
    """Tabela do livro → a versão dela: muda sempre que um ato a escreve."""
    return dict(livro.consultar("SELECT tabela, versao FROM fato"))


def lembrar(livro: Livro, nome: str) -> bytes:
    """O que se guardou com o nome, na pasta de trabalho desta conexão; vazio se nada."""
    return bytes(livro.valor("SELECT valor FROM lembranca WHERE pasta = ? AND nome = ?", (livro.origem, nome)) or b"")


def guardar(livro: Livro, lembrancas: Mapping[str, bytes]) -> None:
    """Guarda cada uma com o seu nome, numa transação própria."""
    with livro.transacao():
        for nome, valor in lembrancas.items():
            livro.executar(
                "INSERT INTO lembranca (pasta, nome, valor) VALUES (?, ?, ?)"
                " ON CONFLICT (pasta, nome) DO UPDATE SET valor = excluded.valor",
                (livro.origem, nome, valor),
            )


def esquecer(livro: Livro) -> None:
    """Apaga o que se lembra de todas as pastas de trabalho do livro; chame dentro da transação do ato."""
    livro.executar("DELETE FROM lembranca")
