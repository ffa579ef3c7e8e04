"""Listar e detalhar boletos (S-83..S-87, S-96, S-97)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from guiche.dominio.boletos import ATIVOS, EstadoBoleto
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.texto import contar
from guiche.livro import boletos
from guiche.livro.boletos import Boleto
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.boletos.impressao import exigir

SITUACOES: dict[str, Collection[str]] = {
    "ATIVO": ATIVOS, "PAGO": {EstadoBoleto.PAGO}, "GERAL": frozenset(EstadoBoleto),
}  # fmt: skip
"""O que cada escolha da lista quer dizer (S-87)."""


def listar(
    ctx: Contexto,
    *,
    banco: str = "",
    situacao: str = "GERAL",
    nosso_numero: str = "",
    emissao: tuple[date | None, date | None] = (None, None),
) -> Resultado:
    """Os boletos com os filtros dados (S-84..S-87); ``nosso_numero`` casa com parte dele."""
    de, ate = emissao
    procurado = "".join(c for c in nosso_numero if c.isalnum())
    achados = [
        b
        for b in boletos.listar(ctx.livro)
        if (not banco or b.banco == banco)
        and b.estado in SITUACOES[situacao or "GERAL"]
        and procurado in "".join(c for c in b.nosso_numero if c.isalnum())
        and (de is None or b.gerado_em[:10] >= de.isoformat())
        and (ate is None or b.gerado_em[:10] <= ate.isoformat())
    ]
    linhas = [_frase(b) for b in achados] or ["Nenhum boleto com esse filtro."]
    return Resultado("boletos", tuple(linhas), {"boletos": [_em_dict(b) for b in achados]})


def bola_amarela(boleto: Boleto) -> bool:
    """Ainda se pode agir sobre ele (S-97)."""
    return boleto.estado in ATIVOS


def cor(boleto: Boleto) -> str:
    """A bola, pelo nome: na tela de um terminal, um ● é preto."""
    return "amarela" if bola_amarela(boleto) else "preta"


def _frase(b: Boleto) -> str:
    dia = date.fromisoformat(b.vencimento)
    return (
        f"{cor(b):<7} {b.id:>5}  {b.nosso_numero:<22} {b.estado:<12} vence {dia:%d/%m/%Y}"
        f"  R$ {escrever_reais(b.valor)}  cliente {b.cliente}"
    )


def _em_dict(b: Boleto) -> dict[str, Any]:
    return {
        "codigo": b.id, "conta": b.conta, "banco": b.banco, "nosso_numero": b.nosso_numero, "cliente": b.cliente,
        "vencimento": b.vencimento, "valor": str(para_reais(b.valor)), "situacao": b.estado,
        "linha_digitavel": b.linha_digitavel, "codigo_barras": b.codigo_barras, "gerado_em": b.gerado_em,
        "bola": cor(b),
    }  # fmt: skip


def detalhes(ctx: Contexto, codigo: int) -> Resultado:
    """Tudo de um boleto e os títulos que ele junta (S-96). Não grava nada."""
    b = exigir(ctx, codigo)
    lacos = list(boletos.lacos(ctx.livro, [codigo]))
    dia, gerado = date.fromisoformat(b.vencimento), date.fromisoformat(b.gerado_em[:10])
    relato = [
        f"Boleto {codigo}, nosso número {b.nosso_numero or 'por dar (é o banco que o dá, no retorno)'}: {b.estado}.",
        f"Cliente {b.cliente}; vence em {dia:%d/%m/%Y}; R$ {escrever_reais(b.valor)}.",
        f"Linha digitável: {b.linha_digitavel or 'ainda não há'}",
        f"Emitido em {gerado:%d/%m/%Y} por {b.usuario}, conta {b.conta}, carteira {b.carteira or '–'}.",
        *(
            f"Título {laco.titulo}: R$ {escrever_reais(laco.valor)}{' (laço desfeito)' if laco.desfeito_em else ''}."
            for laco in lacos
        ),
        f"{contar(len(lacos), 'título')}, R$ {escrever_reais(sum(laco.valor for laco in lacos))}.",
    ]
    titulos = [{"titulo": x.titulo, "valor": str(para_reais(x.valor)), "desfeito_em": x.desfeito_em} for x in lacos]
    return Resultado("detalhes do boleto", tuple(relato), _em_dict(b) | {"titulos": titulos})
