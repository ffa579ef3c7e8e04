"""Quais títulos entram na remessa de débito, como débito ou cancelamento, e por que os outros não.

Regras do CAR133 (S-13..S-31), com as respostas às suas contradições: o prazo
vale para a data enviada em cada débito (C-01, C-02) e não para cancelamentos
(C-03); o débito é só no banco do convênio; a autorização tem de estar em vigor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from guiche.dominio.cadastro import Cliente, Titulo
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.estados import EM_CURSO, Estado
from guiche.dominio.filtros import Filtros, fora_do_filtro
from guiche.dominio.motivos import Motivo, motivo

ENCERRA_NO_BANCO = frozenset({"NOTA CANCELADA", "ESTORNADO", "RENEGOCIADO"})
"""Marcas do operador que, num título já enviado, pedem o cancelamento ao banco (S-17)."""


class Situacao(NamedTuple):
    """O que o livro sabe de um título."""

    estado: Estado = Estado.LIVRE
    linha_id: int = 0
    """Linha vigente do débito; 0 se nunca foi enviado."""
    liberada: bool = False
    """A remessa foi estornada, o cancelamento espera o banco, e o título já se pode cobrar ou pagar."""
    revisar: bool = False
    remessa: int = 0
    banco: str = ""
    convenio: str = ""
    vencimento: date | None = None
    """Vencimento e valor enviados na linha vigente."""
    valor: int = 0
    recebido: int = 0
    encerrado: str = ""
    boleto: str = ""
    """Nosso número do boleto ativo que o prende."""
    fechamento: str = ""
    """O fechamento, a débito no banco, que o levou e o prende."""
    cliente: str = ""
    """De quem era o título quando se enviou ou recebeu."""

    @property
    def no_banco(self) -> bool:
        """Diz se o débito está no banco e prende o título: nem se paga, nem se cobra de outro jeito."""
        return self.estado in EM_CURSO and not self.liberada


NUNCA_ENVIADO = Situacao()


class Regras(NamedTuple):
    """O que não muda de um título para outro numa mesma seleção."""

    hoje: date
    banco: str
    convenio: str
    minimo: date
    """Primeiro vencimento aceito num débito."""
    usa_operacao: bool
    filtros: Filtros
    bloqueios: Mapping[str, Motivo] = {}
    """Clientes que não se debitam enquanto o cadastro não se corrige."""


class Decisao(NamedTuple):
    """O destino de um título: débito, cancelamento ou fora, com a razão."""

    destino: str
    """``"DEBITAR"``, ``"CANCELAR"`` ou ``"FORA"``."""
    vencimento: date | None
    valor: int
    motivo: Motivo | None = None
    aviso: str = ""


def escrever_data(dia: date | None) -> str:
    """Data como se escreve em português; vazia se não há."""
    return dia.strftime("%d/%m/%Y") if dia else ""


def falta_na_conta(cliente: Cliente, *, usa_operacao: bool) -> str:
    """Nomes dos dados bancários que faltam a um optante, ou ``""`` (S-50)."""
    campos = {"banco": cliente.banco, "agência": cliente.agencia, "conta": cliente.conta}
    if usa_operacao:
        campos["operação"] = cliente.operacao
    return ", ".join(nome for nome, valor in campos.items() if not valor)


def recusa_do_cliente(cliente: Cliente | None, codigo: str, regras: Regras) -> Motivo | None:
    """Razão que impede debitar o cliente, sem olhar datas de autorização (S-15)."""
    if cliente is None:
        return motivo("sem_cliente", codigo)
    if not cliente.optante:
        return motivo("nao_optante")
    if falta := falta_na_conta(cliente, usa_operacao=regras.usa_operacao and cliente.banco == regras.banco):
        return motivo("sem_conta", falta)
    if cliente.banco != regras.banco:
        return motivo("outro_banco", cliente.banco)
    return regras.bloqueios.get(codigo)


def retirou(cliente: Cliente, dia: date) -> bool:
    """Diz se no dia dado o cliente já tinha retirado a autorização e não dera outra depois."""
    cancelada, dada = cliente.autorizacao_cancelada, cliente.autorizacao_data
    return cancelada is not None and cancelada <= dia and not (dada and dada > cancelada)


def recusa_da_autorizacao(cliente: Cliente, dia: date, hoje: date) -> Motivo | None:
    """Razão da autorização para não debitar no dia dado (regra da autorização prévia e específica)."""
    if retirou(cliente, dia):
        return motivo("autorizacao_cancelada", escrever_data(cliente.autorizacao_cancelada))
    if cliente.autorizacao_validade and cliente.autorizacao_validade < dia:
        return motivo("autorizacao_vencida", escrever_data(cliente.autorizacao_validade))
    if cliente.autorizacao_data and cliente.autorizacao_data > hoje:
        return motivo("autorizacao_futura", escrever_data(cliente.autorizacao_data))
    return None


def avaliador(regras: Regras, clientes: Mapping[str, Cliente]) -> Callable[[Titulo, Situacao], Decisao]:
    """Devolve a função que decide o destino de cada título; a razão de cada cliente só se calcula uma vez."""
    filtra = regras.filtros.filtra
    do_cliente = cache(lambda codigo: recusa_do_cliente(clientes.get(codigo), codigo, regras))

    def avaliar(titulo: Titulo, situacao: Situacao) -> Decisao:
        cliente = clientes.get(titulo.cliente)
        if situacao.no_banco:
            return _em_curso(titulo, cliente, situacao, regras)
        if filtra and (nome := fora_do_filtro(titulo, cliente, regras.filtros, com_data=True)):
            return _fora(titulo, motivo("filtro", nome))
        if recusa := recusa_do_titulo(titulo, situacao, regras.filtros):
            return _fora(titulo, recusa)
        recusa = do_cliente(titulo.cliente)
        dia = regras.filtros.dias.get(titulo.numero) or regras.filtros.data_fixa or titulo.vencimento
        if recusa is None and cliente is not None:
            recusa = recusa_da_autorizacao(cliente, dia, regras.hoje)
        if recusa is None and dia < regras.minimo:
            recusa = motivo("prazo", escrever_data(dia), escrever_data(regras.minimo))
        if recusa is not None:
            return _fora(titulo, recusa)
        return Decisao("DEBITAR", dia, saldo(titulo, situacao))

    return avaliar


def recebido(titulo: Titulo, situacao: Situacao) -> int:
    """Centavos já recebidos do título, antes do Guichê e por ele."""
    return (titulo.ja_recebido or 0) + situacao.recebido


def de_outro(titulo: Titulo, situacao: Situacao, empresas: Collection[str] = ()) -> str:
    """O cliente com que o número do título já se usou, se não é o dele; vazio se é.

    Só importa o que já se recebeu ou encerrou: é o que o título não deve herdar. O boleto de um fechamento é da
    empresa.
    """
    dono, usado = situacao.cliente, bool(situacao.recebido or situacao.encerrado)
    return dono if usado and dono not in {"", titulo.cliente, *empresas} else ""


def saldo(titulo: Titulo, situacao: Situacao) -> int:
    """Centavos que faltam receber do título."""
    return titulo.valor - recebido(titulo, situacao)


def _fora(titulo: Titulo, razao: Motivo) -> Decisao:
    return Decisao("FORA", titulo.vencimento, titulo.valor, razao)


def recusa_do_titulo(titulo: Titulo, situacao: Situacao, filtros: Filtros) -> Motivo | None:
    """Por que o título não se cobra, seja como for; ``None`` se se cobra."""
    pago, encerrado = recebido(titulo, situacao), titulo.encerrado or situacao.encerrado
    if situacao.boleto or situacao.fechamento:
        return motivo("no_boleto", situacao.boleto) if situacao.boleto else motivo("no_fechamento", situacao.fechamento)
    if titulo.valor <= 0:
        return motivo("valor_zero")
    if pago >= titulo.valor:
        return motivo("pago")
    if encerrado:
        return motivo("encerrado", encerrado.lower())
    if pago and not filtros.parcial:
        return motivo("parcial", escrever_reais(pago))
    return motivo("fechamento", titulo.fechamento) if titulo.fechamento else None


def _em_curso(titulo: Titulo, cliente: Cliente | None, situacao: Situacao, regras: Regras) -> Decisao:
    """Título com débito no banco: só pode entrar como cancelamento."""
    if situacao.estado is Estado.CANCELAMENTO_ENVIADO:
        return _fora(titulo, motivo("cancelando", situacao.remessa))
    razao = _razao_de_cancelar(titulo, cliente, situacao)
    if situacao.estado is Estado.ENVIADO and titulo.encerrado not in ENCERRA_NO_BANCO and not razao:
        return _fora(titulo, motivo("encerrado_enviado" if titulo.encerrado else "enviado", situacao.remessa))
    if (situacao.banco, situacao.convenio) != (regras.banco, regras.convenio):
        return _fora(titulo, motivo("outra_conta", f"{situacao.banco} / {situacao.convenio}"))
    if nome := fora_do_filtro(titulo, cliente, regras.filtros, com_data=False):
        return _fora(titulo, motivo("filtro", nome))
    return _cancelamento(titulo, situacao, regras, razao)


def _razao_de_cancelar(titulo: Titulo, cliente: Cliente | None, situacao: Situacao) -> str:
    """Por que o débito que está no banco não deve ocorrer, sem que se tenha estornado o título; vazio se deve."""
    if cliente is not None and situacao.vencimento is not None and retirou(cliente, situacao.vencimento):
        return f"o cliente retirou a autorização em {escrever_data(cliente.autorizacao_cancelada)}"
    if titulo.valor > 0 and situacao.recebido >= titulo.valor:
        return "o título já se recebeu de outro modo"
    return ""


def _cancelamento(titulo: Titulo, situacao: Situacao, regras: Regras, razao: str) -> Decisao:
    dia = situacao.vencimento
    if situacao.revisar:
        return _fora(titulo, motivo("revisar_cancelamento"))
    if dia is not None and dia < regras.hoje:
        return _fora(titulo, motivo("cancelamento_vencido", escrever_data(dia)))
    avisos = [razao] if razao else []
    if dia is not None and dia < regras.minimo:
        avisos.append(f"cancelamento em cima da hora: o débito vence em {escrever_data(dia)} e pode ocorrer")
    return Decisao("CANCELAR", dia, situacao.valor, None, "; ".join(avisos))
