"""Perguntas que o livro responde sobre si mesmo."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from guiche.livro.conexao import Linha, Livro

_CONTAS = (
    ("a remessa {} diz {} linhas e tem {}",
     "SELECT r.id, r.linhas, COUNT(l.id) FROM remessa r LEFT JOIN linha l ON l.remessa_id = r.id"
     " WHERE r.tipo <> 'COBRANCA' GROUP BY r.id, r.linhas HAVING r.linhas <> COUNT(l.id)"),
    ("a remessa de boletos {} diz {} pedidos e tem {}",
     "SELECT r.id, r.linhas, COUNT(p.id) FROM remessa r LEFT JOIN pedido_ao_banco p ON p.remessa_id = r.id"
     " WHERE r.tipo = 'COBRANCA' AND r.situacao <> 'DESCARTADA' GROUP BY r.id, r.linhas"
     " HAVING r.linhas <> COUNT(p.id)"),
    ("o retorno {} diz R$ {} centavos baixados e os recebimentos somam {}",
     "SELECT t.id, t.total_debitado, COALESCE(SUM(b.valor + b.juros - b.desconto), 0) FROM retorno t"
     " LEFT JOIN recebimento b ON b.retorno_id = t.id AND b.ato_id = t.ato_id GROUP BY t.id, t.total_debitado"
     " HAVING t.total_debitado <> COALESCE(SUM(b.valor + b.juros - b.desconto), 0)"),
    ("o débito {} tem {} linhas vigentes, e só pode ter {}",
     "SELECT cadeia, COUNT(*), 1 FROM linha WHERE substituida_por IS NULL GROUP BY cadeia HAVING COUNT(*) > 1"),
    ("o título {} está em {} boletos ativos, e só pode estar em {}",
     "SELECT t.titulo, COUNT(*), 1 FROM boleto_titulo t JOIN boleto b ON b.id = t.boleto_id"
     " WHERE t.desfeito_em IS NULL AND b.estado IN ('A REGISTRAR', 'REGISTRADO', 'REJEITADO')"
     " GROUP BY t.titulo HAVING COUNT(*) > 1"),
    ("os boletos {} e {}, que ainda se podem pagar, têm um só nosso número, {}",
     "SELECT MIN(id), MAX(id), MIN(nosso_numero) FROM boleto WHERE numero > 0"
     " AND estado IN ('A REGISTRAR', 'REGISTRADO', 'REJEITADO') GROUP BY banco, espaco, numero HAVING COUNT(*) > 1"),
)  # fmt: skip
"""Frase, e a consulta que dá as contas erradas: quem, o que diz, o que há."""


def em_curso(livro: Livro, estados: Collection[int]) -> list[Linha]:
    """Débitos no banco: (título, cliente, centavos, remessa)."""
    marcas = ", ".join("?" * len(estados))
    return livro.consultar(
        f"SELECT titulo, cliente, valor, remessa_id FROM linha WHERE estado IN ({marcas})"  # noqa: S608
        " AND substituida_por IS NULL AND (liberada = 0 OR estado = 2) ORDER BY id",
        [int(e) for e in estados],
    )


def arquivos(livro: Livro) -> list[Linha]:
    """Os arquivos guardados: (SHA-256, nome)."""
    return livro.consultar("SELECT sha256, nome FROM arquivo ORDER BY sha256")


def contas_que_nao_fecham(livro: Livro) -> Iterator[str]:
    """Uma frase por conta errada."""
    for frase, consulta in _CONTAS:
        for linha in livro.percorrer(consulta):
            yield frase.format(*linha)
