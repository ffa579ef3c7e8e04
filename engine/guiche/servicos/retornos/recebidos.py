"""Os retornos importados: a lista, e um deles linha a linha (K-05..K-13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from guiche.dominio.dinheiro import escrever_reais, para_centavos, para_reais
from guiche.dominio.texto import transliterar
from guiche.erros import ErroDeRegra
from guiche.livro import respostas, retornos
from guiche.livro.retornos import Retorno
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.planilha.esquema import esquema
from guiche.vistas.debito import respostas_do_debito
from guiche.vistas.do_banco import respostas_dos_boletos

ORDENS: Mapping[str, Callable[[Retorno], Any]] = {
    "CODIGO": lambda r: r.id,
    "NUMERO": lambda r: (r.nsa is None, r.nsa or 0),
    "TIPO": lambda r: r.tipo,
    "EMISSAO": lambda r: r.gerado_em or "",
    "IMPORTACAO": lambda r: r.importado_em,
    "USUARIO": lambda r: transliterar(r.usuario),
}
"""As seis colunas da lista, cada uma na ordem do seu tipo: número é número, data é data (K-07)."""


def listar(ctx: Contexto, desde: date | None, ordem: str = "", *, ao_contrario: bool = False) -> Resultado:
    """Os retornos importados; com ``desde``, só os daquele dia em diante (K-05, K-06).

    Na ``ordem`` pedida; os iguais ficam na de importação, também ``ao_contrario`` (K-07).
    """
    achados = [r for r in retornos.listar(ctx.livro) if desde is None or r.importado_em[:10] >= desde.isoformat()]
    achados.sort(key=ORDENS[ordem or "CODIGO"], reverse=ao_contrario)
    linhas = [
        f"{r.id:>4}  nº {r.numero:>6}  {r.tipo:<12}  emitido {_dia(r.gerado_em)}  importado {_dia(r.importado_em)}"
        f" {r.importado_em[11:16]}  {r.usuario}"
        f"  R$ {escrever_reais(r.total_debitado)}"
        for r in achados
    ]
    dados = [_em_dict(r) for r in achados]
    return Resultado("retornos", tuple(linhas) or ("Nenhum retorno importado nesse período.",), {"retornos": dados})


def _dia(texto: str | None) -> str:
    return f"{date.fromisoformat(texto[:10]):%d/%m/%Y}" if texto else "–"


def _em_dict(r: Retorno) -> dict[str, Any]:
    return r._asdict() | {nome: str(para_reais(getattr(r, nome))) for nome in ("total", "total_debitado")}


def ver(ctx: Contexto, codigo: int) -> Resultado:
    """Um retorno, do arquivo às suas linhas. Não grava nada.

    Raises:
        ErroDeRegra: ``retorno.ausente``.
    """
    r = retornos.buscar(ctx.livro, codigo)
    if r is None:
        raise ErroDeRegra("retorno.ausente", f"não há retorno {codigo} neste livro")
    tabela, linhas = _linhas(ctx, r)
    colunas = esquema()[tabela].ids()
    em_dicts = [dict(zip(colunas, linha, strict=True)) for linha in linhas]
    return Resultado(
        "ver retorno",
        (*_frases(r, len(linhas)), *map(_frase_da_linha, em_dicts)),
        {"retorno": _em_dict(r), "tabela": tabela},
        detalhar=lambda: {"linhas": [{nome: _em_json(v) for nome, v in linha.items()} for linha in em_dicts]},
        mostra=tabela,
    )


def _linhas(ctx: Contexto, r: Retorno) -> tuple[str, Sequence[tuple[Any, ...]]]:
    """A tabela em que as respostas aparecem, e elas."""
    if r.tipo.startswith("COBRANCA"):
        return "boleto_respostas", list(respostas_dos_boletos(ctx.livro, respostas.do_retorno(ctx.livro, r.id)))
    return "retorno_linhas", list(respostas_do_debito(ctx.livro, retornos.linhas_do(ctx.livro, r.id)))


def _frases(r: Retorno, quantas: int) -> tuple[str, ...]:
    emitido = f", emitido em {_dia(r.gerado_em)}" if r.gerado_em else ""
    desfeito = f" Desfeito em {datetime.fromisoformat(r.desfeito_em):%d/%m/%Y às %H:%M}." if r.desfeito_em else ""
    return (
        f"Retorno {r.id} (nº {r.numero}, banco {r.banco}), {r.tipo}{emitido}: arquivo {r.arquivo}.",
        f"Importado em {datetime.fromisoformat(r.importado_em):%d/%m/%Y às %H:%M} por {r.usuario}.{desfeito}",
        f"Respostas: {quantas}. Pagas: {r.debitados}, R$ {escrever_reais(r.total_debitado)}. Recusadas: {r.recusados}. "
        f"Canceladas: {r.cancelados}. Divergências: {r.divergencias}.",
    )


def _frase_da_linha(linha: dict[str, Any]) -> str:
    """De quem é a resposta, o que o banco disse e o que se fez."""
    quem = f"título {linha['titulo']}" if "titulo" in linha else f"boleto {linha['boleto'] or linha['nosso_numero']}"
    valor = f"  R$ {escrever_reais(para_centavos(linha['valor']))}" if linha["valor"] is not None else ""
    return f"  linha {linha['linha']:>5}  {quem}{valor}  {linha['codigo']} {linha['motivo']}  {linha['situacao']}"


def _em_json(valor: Any) -> Any:
    if isinstance(valor, Decimal):
        return str(valor)
    return valor.isoformat() if isinstance(valor, date) else valor
