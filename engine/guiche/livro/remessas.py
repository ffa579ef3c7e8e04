"""Remessas e linhas enviadas, no livro. Acrescenta-se; de uma linha só mudam o estado e as marcas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from guiche.dominio.estados import Estado, Evento, transicao
from guiche.livro.atos import proximo_id, registrar_eventos
from guiche.livro.conexao import Livro, MaisNovas

DEBITO, COBRANCA = "DEBITO", "COBRANCA"
"""Produtos; cada um tem sua numeração de arquivos."""


class Remessa(NamedTuple):
    """Uma remessa gravada: de débito, com linhas, ou de boletos, com pedidos."""

    id: int
    conta: str
    banco: str
    convenio: str
    versao: str
    """A do débito, ou o layout da cobrança."""
    nsa: int
    tipo: str
    """``DEBITO``, ``CANCELAMENTO`` ou ``COBRANCA``."""
    situacao: str
    origem_id: int | None
    sha256: str
    arquivo: str
    linhas: int
    total_debito: int
    total_cancelamento: int
    gerada_em: str
    usuario: str
    exportada_em: str | None
    transmitida_em: str | None
    confirmada_em: str | None

    @property
    def produto(self) -> str:
        """De que numeração é o NSA."""
        return COBRANCA if self.tipo == COBRANCA else DEBITO


class LinhaEnviada(NamedTuple):
    """Uma linha E gravada. ``cadeia`` é o débito a que pertence; valor em centavos, vencimento ISO."""

    id: int
    remessa_id: int
    seq: int
    """Número da linha no arquivo (o cabeçalho é a 1)."""
    cadeia: int
    titulo: str
    cliente: str
    movimento: int
    vencimento: str
    valor: int
    id_cliente: str
    agencia: str
    conta: str
    estado: int
    """Um dos valores de ``Estado``."""
    liberada: int
    revisar: int
    codigo: str
    substituida_por: int | None


_COLUNAS = ", ".join(Remessa._fields)
DA_LINHA = ", ".join(LinhaEnviada._fields)


def proximo_nsa(livro: Livro, banco: str, convenio: str, inicial: int | None, produto: str = DEBITO) -> int:
    """Número que a próxima remessa do convênio levará; um por arquivo, sem furo."""
    consulta = "SELECT ultimo FROM sequencia WHERE produto = ? AND banco = ? AND convenio = ?"
    ultimo = livro.valor(consulta, (produto, banco, convenio))
    return (inicial or 1) if ultimo is None else int(ultimo) + 1


def definir_nsa(livro: Livro, banco: str, convenio: str, ultimo: int, produto: str = DEBITO) -> None:
    """Grava o último número usado pelo convênio."""
    livro.executar(
        "INSERT INTO sequencia (produto, banco, convenio, ultimo) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (produto, banco, convenio) DO UPDATE SET ultimo = excluded.ultimo",
        (produto, banco, convenio, ultimo),
    )


def gravar(
    livro: Livro, ato: int, remessa: Remessa, linhas: Sequence[LinhaEnviada], anteriores: dict[int, int]
) -> None:
    """Grava a remessa e suas linhas e consome o NSA.

    ``anteriores`` diz, para cada linha nova de cancelamento, a vigente que ela substitui (nova → antiga).
    """
    livro.atualizar("linha", "id", ("substituida_por",), anteriores.items())
    abrir(livro, ato, remessa)
    livro.inserir("linha", LinhaEnviada._fields, linhas)


def abrir(livro: Livro, ato: int, remessa: Remessa) -> None:
    """Grava a remessa, ainda sem linhas, e consome o NSA; a de boletos não tem linhas, tem pedidos."""
    livro.inserir("remessa", ("ato_id", *Remessa._fields), [(ato, *remessa)])
    definir_nsa(livro, remessa.banco, remessa.convenio, remessa.nsa, remessa.produto)


def mudar_estados(livro: Livro, ato: int, gatilho: str, mudancas: Sequence[tuple[int, int, int]]) -> None:
    """Leva cada linha (id, de, para) ao novo estado e o anota no histórico."""
    livro.atualizar("linha", "id", ("estado",), ((int(para), linha_id) for linha_id, _, para in mudancas))
    registrar_eventos(livro, ato, gatilho, mudancas)


def listar(livro: Livro, *, banco: str = "", situacoes: Iterable[str] = (), tipo: str = "") -> list[Remessa]:
    """Remessas da mais nova à mais velha, com filtros opcionais (S-54, S-55)."""
    escolhidas = frozenset(situacoes)
    linhas = livro.consultar(f"SELECT {_COLUNAS} FROM remessa ORDER BY id DESC")  # noqa: S608
    return [
        r
        for r in map(Remessa._make, linhas)
        if (not banco or r.banco == banco)
        and (not escolhidas or r.situacao in escolhidas)
        and (not tipo or r.tipo == tipo)
    ]


def buscar(livro: Livro, remessa: int) -> Remessa | None:
    """Uma remessa pelo código, ou ``None``."""
    linhas = livro.consultar(f"SELECT {_COLUNAS} FROM remessa WHERE id = ?", (remessa,))  # noqa: S608
    return Remessa._make(linhas[0]) if linhas else None


def do_ato(livro: Livro, ato: int) -> int:
    """O código da remessa que o ato gerou."""
    return int(livro.valor("SELECT id FROM remessa WHERE ato_id = ?", (ato,)))


def linhas_da(livro: Livro, remessa: int) -> list[LinhaEnviada]:
    """As linhas de uma remessa, na ordem do arquivo."""
    return _linhas(livro, "WHERE remessa_id = ? ORDER BY seq", (remessa,))


def ultimas_linhas(livro: Livro, limite: int) -> MaisNovas:
    """As linhas mais novas do livro, na ordem em que foram enviadas, cada uma na de ``LinhaEnviada``."""
    return livro.mais_novas("linha", f"SELECT {DA_LINHA} FROM linha ORDER BY id", limite)  # noqa: S608


def linha(livro: Livro, linha_id: int) -> LinhaEnviada:
    """Uma linha pelo id."""
    return _linhas(livro, "WHERE id = ?", (linha_id,))[0]


def vigente_de(livro: Livro, linha_id: int) -> LinhaEnviada:
    """A linha vigente do débito a que a linha dada pertence."""
    onde = "WHERE cadeia = (SELECT cadeia FROM linha WHERE id = ?) AND substituida_por IS NULL"
    return _linhas(livro, onde, (linha_id,))[0]


def do_titulo(livro: Livro, titulo: str, estados: Collection[int]) -> list[LinhaEnviada]:
    """As linhas vigentes dos débitos do título nos estados dados."""
    linhas = _linhas(livro, "WHERE titulo = ? AND substituida_por IS NULL ORDER BY id", (titulo,))
    return [linha for linha in linhas if linha.estado in estados]


def vigentes(livro: Livro, banco: str, convenio: str, estados: Collection[int]) -> list[LinhaEnviada]:
    """Linhas vigentes do convênio nos estados dados, entre os que esperam algo do banco (1, 2 e 3)."""
    onde = (
        "WHERE estado IN (1, 2, 3) AND substituida_por IS NULL AND remessa_id IN"
        " (SELECT id FROM remessa WHERE banco = ? AND convenio = ?) ORDER BY id"
    )
    return [linha for linha in _linhas(livro, onde, (banco, convenio)) if linha.estado in estados]


def das_cadeias(livro: Livro, banco: str, convenio: str, cadeias: Sequence[int]) -> list[LinhaEnviada]:
    """A linha vigente de cada débito dado que seja do convênio, em qualquer estado."""
    remessas = {
        id_ for (id_,) in livro.consultar("SELECT id FROM remessa WHERE banco = ? AND convenio = ?", (banco, convenio))
    }
    sql = f"SELECT {DA_LINHA} FROM linha WHERE cadeia IN (#) AND substituida_por IS NULL"  # noqa: S608
    linhas = map(LinhaEnviada._make, livro.por_chaves(sql, cadeias))
    return [linha for linha in linhas if linha.remessa_id in remessas]


def debitos_das_cadeias(livro: Livro, cadeias: Sequence[int]) -> dict[int, LinhaEnviada]:
    """A linha de débito com que cada cadeia dada começou."""
    sql = f"SELECT {DA_LINHA} FROM linha WHERE cadeia IN (#) AND movimento = 0"  # noqa: S608
    return {linha.cadeia: linha for linha in map(LinhaEnviada._make, livro.por_chaves(sql, cadeias))}


def _linhas(livro: Livro, onde: str, dados: Sequence[object] = ()) -> list[LinhaEnviada]:
    return list(map(LinhaEnviada._make, livro.percorrer(f"SELECT {DA_LINHA} FROM linha {onde}", dados)))  # noqa: S608


def reenviados_depois(livro: Livro, remessa: Remessa) -> list[str]:
    """Títulos da remessa que têm débito mais novo em outra: desfazê-la os poria duas vezes no banco."""
    linhas = livro.consultar(
        "SELECT DISTINCT n.titulo FROM linha l JOIN linha n ON n.titulo = l.titulo AND n.cadeia > l.cadeia"
        " JOIN remessa r ON r.id = n.remessa_id"
        " WHERE l.remessa_id = ? AND n.estado IN (1, 2, 3, 4) AND r.situacao <> 'DESCARTADA' AND NOT EXISTS"
        " (SELECT 1 FROM linha a WHERE a.substituida_por = l.id AND a.estado IN (2, 3)) ORDER BY n.titulo",
        (remessa.id,),
    )
    return [titulo for (titulo,) in linhas]


def desfazer_linhas(livro: Livro, ato: int, remessa: Remessa) -> None:
    """Devolve ao que eram as linhas de uma remessa que nunca chegou ao banco (X4).

    O débito volta a livre; o cancelamento se apaga da cadeia e a linha que ele substituíra torna a valer, no estado
    a que o banco a levou, se entretanto respondeu ao débito.
    """
    linhas = [linha for linha in linhas_da(livro, remessa.id) if linha.substituida_por is None]
    mudancas = [*_respondidas_entretanto(livro, linhas), *((i.id, i.estado, Estado.LIVRE) for i in linhas)]
    livro.executar("UPDATE linha SET substituida_por = id WHERE remessa_id = ? AND movimento = 1", (remessa.id,))
    livro.executar(
        "UPDATE linha SET substituida_por = NULL WHERE substituida_por <> id AND substituida_por IN"
        " (SELECT id FROM linha WHERE remessa_id = ? AND movimento = 1)",
        (remessa.id,),
    )
    mudar_estados(livro, ato, "descartar remessa", mudancas)


def _respondidas_entretanto(livro: Livro, linhas: Sequence[LinhaEnviada]) -> Iterator[tuple[int, int, int]]:
    """A mudança de cada linha substituída por um dos cancelamentos dados a cujo débito o banco já respondeu."""
    cancelamentos = {linha.id: linha for linha in linhas if linha.movimento}
    sql = f"SELECT {DA_LINHA} FROM linha WHERE substituida_por IN (#)"  # noqa: S608
    for anterior in map(LinhaEnviada._make, livro.por_chaves(sql, sorted(cancelamentos))):
        atual = cancelamentos[anterior.substituida_por or 0]
        if atual.estado != Estado.CANCELAMENTO_ENVIADO:
            yield anterior.id, anterior.estado, atual.estado
        elif _nao_debitada(livro, atual.cadeia):
            passo = transicao(anterior.estado, Evento.NAO_DEBITADO)
            yield anterior.id, anterior.estado, passo.para


def _nao_debitada(livro: Livro, cadeia: int) -> bool:
    sql = (
        "SELECT 1 FROM retorno_linha i JOIN linha l ON l.id = i.linha_id WHERE l.cadeia = ? AND l.movimento = 0"
        " AND i.classe = 'NAO_DEBITADO' AND i.decisao <> 'DESFEITO' LIMIT 1"
    )
    return bool(livro.valor(sql, (cadeia,)))


def reabrir(livro: Livro, remessa: int) -> None:
    """A remessa cujo estorno se descartou volta a valer: processada, se o banco já respondeu a algo dela."""
    livro.executar(
        "UPDATE remessa SET situacao = CASE WHEN EXISTS"
        " (SELECT 1 FROM retorno_linha i JOIN linha l ON l.id = i.linha_id"
        " WHERE l.remessa_id = remessa.id AND i.decisao <> 'DESFEITO') THEN 'PROCESSADA' ELSE 'ATIVA' END WHERE id = ?",
        (remessa,),
    )


def reenviar_cancelamentos(livro: Livro, ato: int, linhas: Sequence[LinhaEnviada]) -> None:
    """Os cancelamentos que esperavam revisão vão na próxima remessa."""
    livro.atualizar("linha", "id", ("revisar",), ((0, linha.id) for linha in linhas))
    registrar_eventos(livro, ato, "reenviar cancelamento", [(i.id, i.estado, i.estado) for i in linhas if i.revisar])


def mudar_situacao(livro: Livro, remessas: Iterable[int], situacao: str) -> None:
    """Muda a situação das remessas dadas."""
    livro.atualizar("remessa", "id", ("situacao",), ((situacao, r) for r in remessas))


def processar(livro: Livro, remessas: Iterable[int]) -> None:
    """O banco respondeu a algo destas remessas: as ativas passam a processadas."""
    for remessa in remessas:
        livro.executar("UPDATE remessa SET situacao = 'PROCESSADA' WHERE id = ? AND situacao = 'ATIVA'", (remessa,))


def marcar(livro: Livro, remessa: int, marca: str, quando: str) -> None:
    """Preenche ``exportada_em``, ``transmitida_em`` ou ``confirmada_em``, se ainda vazia."""
    if marca not in {"exportada_em", "transmitida_em", "confirmada_em"}:
        raise ValueError(marca)
    livro.executar(f"UPDATE remessa SET {marca} = COALESCE({marca}, ?) WHERE id = ?", (quando, remessa))  # noqa: S608


def em_uso(livro: Livro, arquivo: str) -> bool:
    """Diz se uma remessa não descartada é deste arquivo."""
    sql = "SELECT 1 FROM remessa WHERE arquivo = ? AND situacao <> 'DESCARTADA'"
    return bool(livro.valor(sql, (arquivo,)))


def por_exportar(livro: Livro) -> list[Remessa]:
    """Remessas desta pasta de trabalho cujo arquivo não chegou ao disco: um ato interrompido as deixa assim.

    As de outro operador são dele: seu arquivo pode estar a caminho neste instante.
    """
    linhas = livro.consultar(
        f"SELECT {_COLUNAS} FROM remessa WHERE situacao = 'ATIVA' AND exportada_em IS NULL"  # noqa: S608
        " AND ato_id IN (SELECT id FROM ato WHERE origem = ?) ORDER BY id",
        (livro.origem,),
    )
    return list(map(Remessa._make, linhas))


def proximos_ids(livro: Livro) -> tuple[int, int]:
    """Próximos ids de remessa e de linha, dentro da transação que os usa."""
    return proximo_id(livro, "remessa"), proximo_id(livro, "linha")
