"""Retornos importados e suas linhas, no livro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guiche.livro.conexao import Linha, Livro, MaisNovas


class Retorno(NamedTuple):
    """Um retorno importado. ``codigo`` é a ordem de importação (K-08), nunca reaproveitada."""

    id: int
    tipo: str
    banco: str
    convenio: str
    versao: str
    nsa: int | None
    gerado_em: str | None
    sha256: str
    arquivo: str
    importado_em: str
    usuario: str
    baixar_em: str
    registros: int
    """Linhas do arquivo, cabeçalho e fecho inclusive, e soma de seus valores: vão no aviso J."""
    total: int
    debitados: int
    total_debitado: int
    recusados: int
    cancelados: int
    divergencias: int
    numero: str = ""
    """O número do arquivo como o banco o escreve, com zeros (K-09)."""
    desfeito_em: str | None = None


class LinhaRecebida(NamedTuple):
    """A resposta do banco a uma linha, e o que o Guichê fez dela."""

    retorno_id: int
    seq: int
    linha_id: int | None
    titulo: str
    cliente: str
    movimento: int
    codigo: str
    classe: str
    vencimento: str | None
    valor: int
    resultado: str
    aviso: str


_COLUNAS = ", ".join(Retorno._fields)
RESPONDIDAS = (
    f"SELECT {', '.join(LinhaRecebida._fields)},"  # noqa: S608  os nomes vêm do código
    " (SELECT remessa_id FROM linha WHERE linha.id = retorno_linha.linha_id) FROM retorno_linha"
)


def gravar(livro: Livro, ato: int, retorno: Retorno, linhas: Iterable[LinhaRecebida]) -> None:
    """Grava o retorno e suas linhas."""
    abrir(livro, ato, retorno)
    livro.inserir("retorno_linha", LinhaRecebida._fields, linhas)


def abrir(livro: Livro, ato: int, retorno: Retorno) -> None:
    """Grava o retorno sem linhas: as de um arquivo grande vêm depois, aos poucos."""
    livro.inserir("retorno", ("ato_id", *Retorno._fields), [(ato, *retorno)])


def fechar(livro: Livro, retorno: Retorno) -> None:
    """Anota as contas de um retorno cujas linhas já se gravaram."""
    livro.executar(
        "UPDATE retorno SET registros = ?, total = ?, debitados = ?, total_debitado = ?, recusados = ?,"
        " cancelados = ?, divergencias = ? WHERE id = ?",
        (
            retorno.registros,
            retorno.total,
            retorno.debitados,
            retorno.total_debitado,
            retorno.recusados,
            retorno.cancelados,
            retorno.divergencias,
            retorno.id,
        ),
    )


def listar(livro: Livro) -> list[Retorno]:
    """Retornos na ordem de importação (K-05)."""
    return list(map(Retorno._make, livro.consultar(f"SELECT {_COLUNAS} FROM retorno ORDER BY id")))  # noqa: S608


def buscar(livro: Livro, codigo: int) -> Retorno | None:
    """O retorno de código dado, ou ``None``."""
    return _um(livro, "WHERE id = ?", (codigo,))


def por_conteudo(livro: Livro, sha256: str) -> Retorno | None:
    """O retorno já importado com os mesmos bytes, ou ``None`` (K-20)."""
    return _um(livro, "WHERE sha256 = ? AND desfeito_em IS NULL", (sha256,))


def por_nsa(livro: Livro, tipo: str, banco: str, convenio: str, nsa: int) -> Retorno | None:
    """O mais novo já importado com o mesmo número do banco, ou ``None``."""
    onde = "WHERE tipo = ? AND banco = ? AND convenio = ? AND nsa = ? ORDER BY id DESC LIMIT 1"
    return _um(livro, onde, (tipo, banco, convenio, nsa))


def ultimo_nsa(livro: Livro, tipo: str, banco: str, convenio: str) -> int | None:
    """Maior número de retorno já importado do convênio."""
    consulta = "SELECT MAX(nsa) FROM retorno WHERE tipo = ? AND banco = ? AND convenio = ?"
    valor = livro.valor(consulta, (tipo, banco, convenio))
    return None if valor is None else int(valor)


def ultimas_linhas(livro: Livro, limite: int) -> MaisNovas:
    """As respostas mais novas, cada uma na ordem de ``LinhaRecebida`` e, por fim, a remessa respondida."""
    return livro.mais_novas("retorno_linha", f"{RESPONDIDAS} ORDER BY retorno_id, seq", limite)


def linhas_do(livro: Livro, retorno: int) -> list[Linha]:
    """As respostas de um retorno, como em ``ultimas_linhas``."""
    return livro.consultar(f"{RESPONDIDAS} WHERE retorno_id = ? ORDER BY seq", (retorno,))


def divergente(livro: Livro, retorno: int, seq: int) -> LinhaRecebida | None:
    """A resposta da linha dada, se diverge."""
    sql = (
        f"SELECT {', '.join(LinhaRecebida._fields)} FROM retorno_linha"  # noqa: S608  os nomes vêm do código
        " WHERE retorno_id = ? AND seq = ? AND resultado = 'DIVERGÊNCIA'"
    )
    achadas = livro.consultar(sql, (retorno, seq))
    return LinhaRecebida._make(achadas[0]) if achadas else None


def quantas_linhas(livro: Livro, tabela: str) -> list[tuple[int, int]]:
    """Quantas respostas tem cada retorno em ``retorno_linha`` ou ``retorno_boleto``, do mais velho ao mais novo."""
    sql = f"SELECT retorno_id, COUNT(*) FROM {tabela} GROUP BY retorno_id ORDER BY retorno_id"  # noqa: S608
    return [(retorno, int(quantas)) for retorno, quantas in livro.consultar(sql)]


def recusas(livro: Livro, desde: str) -> list[tuple[str, str, int, str, int]]:
    """Débitos recusados nos retornos importados desde o dia dado: (banco, versão, movimento, código, quantos)."""
    linhas = livro.consultar(
        "SELECT r.banco, r.versao, i.movimento, i.codigo, COUNT(*) FROM retorno r"
        " JOIN retorno_linha i ON i.retorno_id = r.id WHERE r.importado_em >= ? AND r.desfeito_em IS NULL"
        " AND i.classe = 'NAO_DEBITADO' AND i.resultado <> 'DIVERGÊNCIA'"
        " GROUP BY r.banco, r.versao, i.movimento, i.codigo",
        (desde,),
    )
    return [(banco, versao, movimento, codigo, int(quantos)) for banco, versao, movimento, codigo, quantos in linhas]


class NaoDebitado(NamedTuple):
    """Uma recusa de débito. Datas ISO."""

    titulo: str
    codigo: str
    movimento: int
    vencimento: str | None
    versao: str
    importado_em: str


def nao_debitados(livro: Livro, banco: str, convenio: str) -> list[NaoDebitado]:
    """Todas as recusas de débito do convênio, na ordem em que chegaram."""
    linhas = livro.percorrer(
        "SELECT i.titulo, i.codigo, i.movimento, i.vencimento, r.versao, r.importado_em FROM retorno_linha i"
        " JOIN retorno r ON r.id = i.retorno_id WHERE i.classe = 'NAO_DEBITADO'"
        " AND i.resultado <> 'DIVERGÊNCIA' AND r.banco = ? AND r.convenio = ?"
        " ORDER BY i.retorno_id, i.seq",
        (banco, convenio),
    )
    return list(map(NaoDebitado._make, linhas))


def anotar_respostas(livro: Livro, respostas: Iterable[tuple[str, int, int]]) -> None:
    """Guarda na linha enviada o último código do banco e a marca de revisão: (código, revisar, linha)."""
    livro.atualizar("linha", "id", ("codigo", "revisar"), respostas)


def _um(livro: Livro, onde: str, dados: Sequence[object]) -> Retorno | None:
    linhas = livro.consultar(f"SELECT {_COLUNAS} FROM retorno {onde}", dados)  # noqa: S608
    return Retorno._make(linhas[0]) if linhas else None
