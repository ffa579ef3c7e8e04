"""O que o livro sabe de cada título: situação do seu débito, recebimentos, encerramento.

O débito de um título é o mais novo, salvo se este já não o prende e outro, mais velho, continua a prendê-lo.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from guiche.dominio.cadastro import fechamento_de
from guiche.dominio.elegibilidade import Situacao
from guiche.dominio.estados import Estado
from guiche.livro.atos import proximo_id
from guiche.livro.conexao import Linha, Livro, MaisNovas
from guiche.livro.membros import NO_BANCO


class Resposta(NamedTuple):
    """A última palavra do banco sobre um título."""

    banco: str
    versao: str
    movimento: int
    codigo: str


_ESTADOS = tuple(Estado)
_DO_RECEBIMENTO = ("id", "ato_id", "titulo", "cliente", "valor", "dia", "baixado_em", "conta", "retorno_id")
_dia = cache(date.fromisoformat)
_PEDIDOS = "CREATE TEMPORARY TABLE IF NOT EXISTS pedido (titulo TEXT PRIMARY KEY)"
_VIGENTES = """
SELECT l.titulo, l.estado, l.id, l.liberada, l.revisar, l.remessa_id, r.banco, r.convenio, l.vencimento, l.valor,
       l.cliente
FROM linha l JOIN pedido p ON p.titulo = l.titulo JOIN remessa r ON r.id = l.remessa_id
LEFT JOIN titulo_vida v ON v.titulo = l.titulo
WHERE l.substituida_por IS NULL AND r.ato_id > COALESCE(v.ato_id, 0) ORDER BY l.cadeia
"""
_RECEBIDOS = """
SELECT b.titulo, SUM(b.valor), MAX(b.cliente) FROM recebimento b JOIN pedido p ON p.titulo = b.titulo
LEFT JOIN titulo_vida v ON v.titulo = b.titulo WHERE b.ato_id > COALESCE(v.ato_id, 0) GROUP BY b.titulo
"""
_PRESOS = """
SELECT bt.titulo, b.nosso_numero FROM boleto_titulo bt JOIN pedido p ON p.titulo = bt.titulo
JOIN boleto b ON b.id = bt.boleto_id WHERE bt.desfeito_em IS NULL AND b.estado NOT IN ('PAGO', 'BAIXADO', 'ESTORNADO')
"""
_CONGELADOS = f"""
SELECT m.titulo, l.titulo FROM membro m JOIN pedido p ON p.titulo = m.titulo
JOIN linha l ON l.cadeia = m.cadeia WHERE {NO_BANCO}
"""  # noqa: S608  nomes do código
_ENCERRADOS = """
SELECT e.titulo, e.encerrado FROM titulo_evento e JOIN pedido p ON p.titulo = e.titulo
LEFT JOIN titulo_vida v ON v.titulo = e.titulo WHERE e.ato_id > COALESCE(v.ato_id, 0) ORDER BY e.ato_id
"""


def situacoes(livro: Livro, titulos: Iterable[str]) -> dict[str, Situacao]:
    """Situação de cada título pedido que o livro conhece; quem não está no resultado nunca foi enviado."""
    _pedir(livro, titulos)
    somas = {titulo: (int(soma), cliente) for titulo, soma, cliente in livro.consultar(_RECEBIDOS)}
    recebido = {titulo: soma for titulo, (soma, _) in somas.items()}
    encerrado: dict[str, str] = dict(livro.consultar(_ENCERRADOS))
    resultado: dict[str, Situacao] = {}
    for linha in livro.percorrer(_VIGENTES):
        nova = _situacao(linha, recebido.get(linha[0], 0), encerrado.get(linha[0], ""))
        if not _ainda_prende(resultado.get(linha[0]), nova):
            resultado[linha[0]] = nova
    for titulo in (recebido.keys() | encerrado.keys()) - resultado.keys():
        resultado[titulo] = Situacao(recebido=recebido.get(titulo, 0), encerrado=encerrado.get(titulo, ""))
    for titulo, (_, cliente) in somas.items():
        if not resultado[titulo].cliente:
            resultado[titulo] = resultado[titulo]._replace(cliente=cliente)
    for titulo, nosso_numero in livro.consultar(_PRESOS):
        resultado[titulo] = resultado.get(titulo, Situacao())._replace(boleto=nosso_numero)
    for titulo, fechamento in livro.consultar(_CONGELADOS):
        numero = fechamento_de(fechamento)
        resultado[titulo] = resultado.get(titulo, Situacao())._replace(fechamento=numero)
    return resultado


DO_CAIXA = (
    "SELECT b.dia, b.titulo, b.cliente, b.valor, b.juros, b.desconto, b.conta, b.retorno_id, a.usuario, b.boleto_id"
    " FROM recebimento b JOIN ato a ON a.id = b.ato_id"
)


def _pedir(livro: Livro, titulos: Iterable[str]) -> None:
    """Põe os títulos na tabela de passagem, a que as consultas se juntam."""
    livro.estruturar(_PEDIDOS)
    livro.executar("DELETE FROM pedido")
    livro.inserir("pedido", ("titulo",), ((t,) for t in dict.fromkeys(titulos)))


def situacao(livro: Livro, titulo: str) -> Situacao:
    """Situação de um título só."""
    return situacoes(livro, [titulo]).get(titulo, Situacao())


def _situacao(linha: Linha, recebido: int, encerrado: str) -> Situacao:
    _, estado, linha_id, liberada, revisar, remessa, banco, convenio, vencimento, valor, cliente = linha
    return Situacao(
        _ESTADOS[estado], linha_id, bool(liberada) and estado == Estado.CANCELAMENTO_ENVIADO, bool(revisar), remessa,
        banco, convenio, _dia(vencimento), valor, recebido, encerrado, cliente=cliente,
    )  # fmt: skip


def _ainda_prende(velha: Situacao | None, nova: Situacao) -> bool:
    """Diz se um débito mais velho, que o banco não quis cancelar, prende o título que o mais novo deixaria livre."""
    return velha is not None and velha.no_banco and not nova.no_banco


def encerrar(livro: Livro, ato: int, titulo: str, encerrado: str, motivo: str) -> None:
    """Anota que o título saiu da carteira; ``encerrado=""`` o traz de volta."""
    livro.executar(
        "INSERT INTO titulo_evento (ato_id, titulo, encerrado, motivo) VALUES (?, ?, ?, ?)",
        (ato, titulo, encerrado, motivo),
    )


def recomecar(livro: Livro, ato: int, titulo: str) -> None:
    """O título começa de novo: o que o livro tinha dele, até este ato, é de outro."""
    livro.executar(
        "INSERT INTO titulo_vida (titulo, ato_id) VALUES (?, ?)"
        " ON CONFLICT (titulo) DO UPDATE SET ato_id = excluded.ato_id",
        (titulo, ato),
    )


def receber(livro: Livro, ato: int, recebimentos: Iterable[Linha]) -> None:
    """Acrescenta recebimentos: (título, cliente, centavos, dia, CAIXA ou CONTA, conta, retorno, linha)."""
    inicio = proximo_id(livro, "recebimento")
    linhas = ((inicio + i, ato, *dados) for i, dados in enumerate(recebimentos))
    livro.inserir("recebimento", (*_DO_RECEBIMENTO, "linha_id"), linhas)


def receber_de_boletos(livro: Livro, ato: int, recebimentos: Iterable[Linha]) -> None:
    """Como ``receber``, com o que o boleto pago traz a mais: (…, retorno, boleto, juros, desconto)."""
    inicio = proximo_id(livro, "recebimento")
    linhas = ((inicio + i, ato, *dados) for i, dados in enumerate(recebimentos))
    livro.inserir("recebimento", (*_DO_RECEBIMENTO, "boleto_id", "juros", "desconto"), linhas)


def recebimentos(livro: Livro, baixado_em: str, limite: int) -> MaisNovas:
    """Os mais novos de um destino.

    Cada um: (dia, título, cliente, centavos quitados, juros, desconto, conta, retorno, usuário, boleto).
    """
    sql = f"{DO_CAIXA} WHERE baixado_em = ? ORDER BY b.id"
    return livro.mais_novas("recebimento", sql, limite, "WHERE baixado_em = ?", (baixado_em,))


def recebido_por_dia(livro: Livro, desde: str) -> dict[str, tuple[int, int]]:
    """Dia (ISO) → quantos recebimentos e quantos centavos, do dia dado em diante."""
    linhas = livro.consultar(
        "SELECT dia, COUNT(*), SUM(valor + juros - desconto) FROM recebimento WHERE dia >= ? GROUP BY dia ORDER BY dia",
        (desde,),
    )
    return {dia: (int(quantos), int(soma)) for dia, quantos, soma in linhas}


def ultimas_respostas(livro: Livro, titulos: Iterable[str]) -> dict[str, Resposta]:
    """Última resposta do banco a cada título pedido, desde que começou a vida que tem."""
    _pedir(livro, titulos)
    linhas = livro.percorrer(
        "SELECT i.titulo, r.banco, r.versao, i.movimento, i.codigo FROM retorno_linha i"
        " JOIN pedido p ON p.titulo = i.titulo JOIN retorno r ON r.id = i.retorno_id"
        " LEFT JOIN titulo_vida v ON v.titulo = i.titulo WHERE r.ato_id > COALESCE(v.ato_id, 0)"
        " AND i.codigo <> '' AND NOT (i.resultado = 'DIVERGÊNCIA' AND i.classe <> 'DESCONHECIDO')"
        " ORDER BY i.retorno_id, i.seq"
    )
    iguais: dict[tuple[Any, ...], Resposta] = {}  # são poucas as respostas diferentes, e muitos os títulos
    return {linha[0]: iguais.setdefault(linha[1:], Resposta._make(linha[1:])) for linha in linhas}
