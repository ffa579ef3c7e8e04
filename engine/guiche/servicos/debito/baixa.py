"""O efeito de cada resposta do banco sobre o livro: casa a resposta com a linha enviada e aplica a matriz.

Aqui nada se grava: ``aplicar`` calcula tudo o que o ato gravará, ou a prévia mostrará.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain

from guiche.bancos.codigos import CodigoRetorno, interpretar
from guiche.debito.composicao import cadeia_da_chave
from guiche.dominio.cadastro import Conta
from guiche.dominio.datas import Calendario
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.estados import EM_CURSO, Efeito, Estado, Evento, Transicao, transicao
from guiche.erros import Local, Problema
from guiche.livro import remessas
from guiche.livro.conexao import Livro, propriedade
from guiche.livro.remessas import LinhaEnviada
from guiche.livro.retornos import LinhaRecebida
from guiche.servicos.debito.confronto import Resposta, de_outro_cliente, noutros_termos

EVENTOS = {
    "DEBITADO": Evento.DEBITADO,
    "DEBITADO_PARCIAL": Evento.DEBITADO,
    "NAO_DEBITADO": Evento.NAO_DEBITADO,
    "CANCELADO": Evento.CANCELADO,
    "CANCEL_RECUSADO": Evento.CANCEL_RECUSADO,
}
_DO_DEBITO = {Evento.DEBITADO, Evento.NAO_DEBITADO}
NAO_ACHOU, TARDE = "97", "98"
DIVERGENCIA, JA_PROCESSADO, SEM_MUDANCA = "DIVERGÊNCIA", "JÁ PROCESSADO", "SEM MUDANÇA"
RESULTADOS = {
    Estado.LIVRE: "TÍTULO LIVRE",
    Estado.ENVIADO: SEM_MUDANCA,
    Estado.A_CANCELAR: "CANCELAMENTO A REENVIAR",
    Estado.CANCELAMENTO_ENVIADO: SEM_MUDANCA,
    Estado.DEBITADO: "BAIXADO",
    Estado.CANCELADO: "CANCELADO",
}


@dataclass(slots=True)
class Baixa:
    """Tudo o que um retorno muda."""

    linhas: list[LinhaRecebida] = field(default_factory=list)
    textos: list[str] = field(default_factory=list)
    """O motivo em palavras de cada linha."""
    mudancas: list[tuple[int, int, int]] = field(default_factory=list)
    anotacoes: list[tuple[str, int, int]] = field(default_factory=list)
    recebimentos: list[tuple[str, str, int, str, int]] = field(default_factory=list)
    """Título, cliente, centavos, dia ISO, linha."""
    processadas: set[int] = field(default_factory=set)

    def contas(self) -> tuple[int, int, int, int, int]:
        """Debitados, centavos debitados, recusados, cancelados e divergências."""
        por = [linha.resultado for linha in self.linhas]
        total = sum(valor for _, _, valor, _, _ in self.recebimentos)
        recusados = por.count("TÍTULO LIVRE") + por.count("CANCELAMENTO A REENVIAR")
        return len(self.recebimentos), total, recusados, por.count("CANCELADO"), por.count(DIVERGENCIA)

    def ja_processados(self) -> int:
        """Respostas a débitos já encerrados."""
        return sum(linha.resultado == JA_PROCESSADO for linha in self.linhas)

    def problemas(self, fonte: str) -> list[Problema]:
        """As divergências e os alertas, com a linha do arquivo."""
        return [
            Problema(
                "retorno.divergencia" if i.resultado == DIVERGENCIA else "retorno.alerta",
                f"título {i.titulo or '(não identificado)'}, código {i.codigo}: {i.aviso}",
                Local(fonte, i.seq),
                gravidade="aviso",
            )
            for i in self.linhas
            if i.aviso
        ]


def aplicar(
    livro: Livro, conta: Conta, versao: str, blocos: Iterable[Sequence[Resposta]], calendario: Calendario
) -> Baixa:
    """Calcula o efeito das respostas, na ordem do arquivo. Vêm em blocos: só um fica na memória por vez.

    A resposta casa com a linha pela chave do uso da empresa; sem ela, por identificação, agência,
    conta e valor entre as linhas em curso, se houver uma só. O que não casa, ou casa e não volta como
    foi, é divergência, e nada se baixa.
    """
    casador = _Casador(livro, conta)
    baixa = Baixa()
    for resposta, linha in chain.from_iterable(map(casador.casar, blocos)):
        lida = interpretar(conta.banco, versao, str(_movimento(resposta)), resposta.codigo)
        baixa.textos.append(lida.texto)
        evento = EVENTOS.get(lida.classe)
        if linha is not None and evento and (difere := _difere((resposta, lida.classe), linha, calendario)):
            baixa.linhas.append(difere)
            continue
        if linha is not None and not linha.valor and (evento or lida.classe == "CADASTRO"):
            _manter(baixa, resposta, lida, linha)
            casador.guardar(linha, Estado.LIVRE)
            continue
        if linha is None or evento is None:
            baixa.linhas.append(_sem_efeito(resposta, lida, casador.falada(linha, resposta)))
            continue
        passo = transicao(linha.estado, evento)
        _efetuar(baixa, resposta, lida, (linha, casador.respondida(linha, evento)), passo)
        casador.guardar(linha, passo.para)
    return baixa


def _difere(lida: tuple[Resposta, str], linha: LinhaEnviada, calendario: Calendario) -> LinhaRecebida | None:
    """A divergência, se a resposta não volta como a linha foi. Só a do mesmo cliente se liga ao título."""
    resposta, classe = lida
    if outro := de_outro_cliente(resposta, linha):
        aviso = (
            f"a chave é a do título {linha.titulo}, mas de outro cliente ({outro}): confira se há outra cópia do livro"
        )
        return _recebida(*lida, None, DIVERGENCIA, aviso)
    if termos := noutros_termos(resposta, linha, classe, calendario):
        return _recebida(*lida, linha, DIVERGENCIA, f"não é o que se enviou ({termos}): confira com o banco")
    return None


def _movimento(resposta: Resposta) -> int:
    return 1 if resposta.movimento.strip() == "1" else 0


def _manter(baixa: Baixa, resposta: Resposta, lida: CodigoRetorno, linha: LinhaEnviada) -> None:
    """Resposta a uma linha de valor zero, que só mantinha o cadastro: nada se baixa, e ela deixa de esperar."""
    if linha.estado != Estado.LIVRE:
        baixa.mudancas.append((linha.id, linha.estado, Estado.LIVRE))
        baixa.anotacoes.append((resposta.codigo, 0, linha.id))
        baixa.processadas.add(linha.remessa_id)
    baixa.linhas.append(_recebida(resposta, lida.classe, linha, "CADASTRO", ""))


def _sem_efeito(resposta: Resposta, lida: CodigoRetorno, linha: LinhaEnviada | None) -> LinhaRecebida:
    if linha is None:
        aviso, resultado = "não localizado: nenhuma linha enviada corresponde a esta resposta", DIVERGENCIA
    elif lida.classe == "CADASTRO":
        aviso, resultado = "", "CADASTRO"
    else:
        aviso, resultado = "código de retorno desconhecido: confira com o banco e decida", DIVERGENCIA
    return _recebida(resposta, lida.classe, linha, resultado, aviso)


def _recebida(resposta: Resposta, classe: str, linha: LinhaEnviada | None, resultado: str, aviso: str) -> LinhaRecebida:
    return LinhaRecebida(
        0, resposta.seq, linha.id if linha else None, linha.titulo if linha else "", linha.cliente if linha else "",
        _movimento(resposta), resposta.codigo, classe, resposta.data.isoformat() if resposta.data else None,
        resposta.valor, resultado, aviso,
    )  # fmt: skip


def _efetuar(
    baixa: Baixa, resposta: Resposta, lida: CodigoRetorno, linhas: tuple[LinhaEnviada, LinhaEnviada], passo: Transicao
) -> None:
    """Anota na baixa o que a resposta muda; as linhas são a vigente do débito e a que o banco respondeu."""
    linha, respondida = linhas
    diverge, mudou = passo.efeito is Efeito.DIVERGE, passo.para != linha.estado
    aviso = passo.aviso if passo.aviso and (diverge or mudou or passo.efeito is Efeito.IGUAL) else ""
    parado = JA_PROCESSADO if linha.estado in {Estado.DEBITADO, Estado.CANCELADO} else SEM_MUDANCA
    resultado = DIVERGENCIA if diverge else RESULTADOS[passo.para] if mudou else parado
    revisar = int(lida.classe == "CANCEL_RECUSADO" and resposta.codigo == NAO_ACHOU)
    if mudou:
        baixa.mudancas.append((linha.id, linha.estado, passo.para))
        if passo.para is Estado.DEBITADO and not diverge:
            dia = (resposta.data or date.fromisoformat(linha.vencimento)).isoformat()
            baixa.recebimentos.append((linha.titulo, linha.cliente, resposta.valor, dia, respondida.id))
            aviso = "; ".join(filter(None, (aviso, _diferenca(resposta, linha))))
    if lida.classe == "CANCEL_RECUSADO" and not diverge:
        aviso = {NAO_ACHOU: "o banco não achou o débito: revise antes de pedir de novo",
                 TARDE: "fora do tempo hábil: o débito pode ocorrer"}.get(resposta.codigo, aviso)  # fmt: skip
    if not diverge or mudou:
        baixa.anotacoes.append((resposta.codigo, revisar, respondida.id))
        baixa.processadas.add(respondida.remessa_id)
    baixa.linhas.append(_recebida(resposta, lida.classe, respondida, resultado, aviso))


def _diferenca(resposta: Resposta, linha: LinhaEnviada) -> str:
    if resposta.valor == linha.valor:
        return ""
    return f"o banco debitou R$ {escrever_reais(resposta.valor)} e o enviado era R$ {escrever_reais(linha.valor)}"


class _Casador:
    """Acha a linha enviada de cada resposta; as de um bloco de respostas se buscam de uma vez no livro."""

    def __init__(self, livro: Livro, conta: Conta) -> None:
        self._livro = livro
        self._convenio = (conta.banco, conta.convenio)
        self._marca = propriedade(livro, "marca")
        self._estados: dict[int, int] = {}
        """O estado a que este retorno já levou cada débito."""
        self._debitos: dict[int, LinhaEnviada] = {}
        """A linha de débito de cada cadeia do bloco cuja vigente é de cancelamento."""

    def casar(self, respostas: Sequence[Resposta]) -> Iterator[tuple[Resposta, LinhaEnviada | None]]:
        """Cada resposta com sua linha, no estado em que as respostas anteriores a deixaram."""
        cadeias = [self._cadeia(r) for r in respostas]
        pedidas = sorted({c for c in cadeias if c is not None})
        linhas = {i.cadeia: i for i in remessas.das_cadeias(self._livro, *self._convenio, pedidas)}
        cancelando = [i.cadeia for i in linhas.values() if i.movimento]
        self._debitos = remessas.debitos_das_cadeias(self._livro, cancelando) if cancelando else {}
        for resposta, cadeia in zip(respostas, cadeias, strict=True):
            linha = linhas.get(cadeia) if cadeia is not None else None
            estado = self._estados.get(linha.cadeia) if linha else None
            yield resposta, linha if linha is None or estado is None else linha._replace(estado=estado)

    def respondida(self, linha: LinhaEnviada, evento: Evento) -> LinhaEnviada:
        """A linha a que o banco responde: a de débito, se fala dele, ainda que já se tenha pedido o cancelamento."""
        return self._debitos.get(linha.cadeia, linha) if evento in _DO_DEBITO else linha

    def falada(self, linha: LinhaEnviada | None, resposta: Resposta) -> LinhaEnviada | None:
        """Como ``respondida``, do código que não se entende: só o movimento diz de que linha o banco fala."""
        return linha if linha is None or _movimento(resposta) else self._debitos.get(linha.cadeia, linha)

    def guardar(self, linha: LinhaEnviada, estado: int) -> None:
        """Anota o estado a que a resposta levou a linha."""
        self._estados[linha.cadeia] = estado

    def _cadeia(self, resposta: Resposta) -> int | None:
        cadeia = cadeia_da_chave(self._marca, resposta.uso_empresa)
        return self._por_identidade(resposta) if cadeia is None else cadeia

    def _por_identidade(self, resposta: Resposta) -> int | None:
        """O débito de uma resposta sem chave, se um só em curso tem a mesma identificação, agência, conta e valor."""
        candidatas = self._identidades.get(_identidade_da_resposta(resposta), [])
        return candidatas[0] if len(candidatas) == 1 else None

    @cached_property
    def _identidades(self) -> dict[tuple[str, str, str, int], list[int]]:
        """Débitos em curso por identificação, agência, conta e valor; só se monta se faltar alguma chave."""
        indice: dict[tuple[str, str, str, int], list[int]] = {}
        for linha in remessas.vigentes(self._livro, *self._convenio, EM_CURSO):
            indice.setdefault((linha.id_cliente, linha.agencia, linha.conta, linha.valor), []).append(linha.cadeia)
        return indice


def _identidade_da_resposta(resposta: Resposta) -> tuple[str, str, str, int]:
    return resposta.id_cliente.strip(), resposta.agencia.strip(), resposta.conta.strip(), resposta.valor
