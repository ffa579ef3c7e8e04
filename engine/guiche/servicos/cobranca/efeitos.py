"""O efeito de cada título do retorno sobre o boleto, os títulos que ele junta e o que se pediu ao banco.

Aqui nada se grava: ``Aplicador.aplicar`` calcula, lote a lote, o que o ato gravará ou a prévia mostrará.
Código que a tabela do banco não diz que é pagamento nunca dá baixa.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

from guiche.arquivos.pix import PixNoArquivo
from guiche.arquivos.plano import Titulo, formato_com_variante
from guiche.bancos.ocorrencias import PAGAS, ja_se_pagou, motivo, ocorrencia
from guiche.dominio.boletos import TRANSICOES, EstadoBoleto, EventoBoleto
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.encargos import Encargos, no_dia
from guiche.dominio.liquidacao import Parte, ratear
from guiche.layout.modelo import Layout
from guiche.livro import boletos
from guiche.livro.boletos import Resumido
from guiche.livro.pedidos import ACEITO, BAIXAR, RECUSADO, REGISTRAR
from guiche.livro.respostas import DIVERGENCIA, RespostaDeBoleto
from guiche.servicos.cobranca import tarifas
from guiche.servicos.cobranca.apuracao import (  # fmt: skip
    BAIXADO,
    JA_PROCESSADO,
    NAO_LOCALIZADO,
    PAGO,
    PARCIAL,
    PEDIDO_FEITO,
    PEDIDO_RECUSADO,
    REGISTRADO,
    REJEITADO,
    SEM_MUDANCA,
    TARIFA,
    Dias,
    Lote,
    Recebido,
    Tarifa,
)
from guiche.servicos.cobranca.em_aberto import Conhecidos
from guiche.servicos.cobranca.numerados import Numeros
from guiche.servicos.cobranca.pix import guardar as guardar_pix

_DAS_INSTRUCOES = {
    "ALTERACAO": frozenset({
        "alterar_vencimento", "conceder_abatimento", "cancelar_abatimento", "conceder_desconto", "cancelar_desconto",
        "alterar_dados_do_pagador",
    }),
    "PROTESTO": frozenset({"protestar", "sustar_protesto", "sustar_e_baixar"}),
    "NEGATIVACAO": frozenset({"negativar", "sustar_negativacao"}),
    "BAIXA": frozenset({BAIXAR, "sustar_e_baixar"}),
}  # fmt: skip
"""A que pedidos responde cada classe."""


class Aplicador:
    """Calcula o efeito dos títulos, na ordem do arquivo; guarda na memória só os boletos do lote."""

    def __init__(
        self, conhecidos: Conhecidos, layout: Layout, dias: Dias, vencimentos: Mapping[str, date], retorno: int
    ) -> None:
        self.sabe, self.layout, self.dias, self.vencimentos = conhecidos, layout, dias, vencimentos
        self.retorno = retorno
        self.livro = conhecidos.livro
        self.formato = formato_com_variante(layout)
        self.textos: dict[str, str] = {}
        self.pagos_aqui: set[int] = set()
        self.lancadas = tarifas.Lancadas(self.livro, retorno)
        self.numeros = Numeros(self.livro, layout)
        self.ultima: RespostaDeBoleto | None = None
        self.por_classe: Mapping[str, Callable[[Lote, Titulo, Resumido], tuple[str, str]]] = {
            "ENTRADA_CONFIRMADA": self._registrado,
            "ENTRADA_REJEITADA": self._rejeitado,
            "REJEITADA": self._recusado_sem_dizer_o_que,
            "INSTRUCAO_REJEITADA": self._recusado,
            "BAIXA": self._baixado,
            **dict.fromkeys(PAGAS, self._pago),
            **dict.fromkeys(("ALTERACAO", "PROTESTO", "NEGATIVACAO"), self._feito),
        }

    def aplicar(self, titulos: Sequence[Titulo], do_banco: Sequence[PixNoArquivo] = ()) -> Lote:
        """O efeito de um lote de títulos, e do Pix que veio com eles."""
        lote = Lote()
        self.sabe.buscar(titulos, self.ultima.boleto_id if do_banco and self.ultima else None)
        for titulo in titulos:
            self._aplicar(lote, titulo)
        if do_banco:
            guardar_pix(lote, do_banco, self.ultima, self.sabe.casador.boletos)
        self.ultima = lote.respostas[-1] if lote.respostas else self.ultima
        return lote

    def _aplicar(self, lote: Lote, t: Titulo) -> None:
        if t.codigo_movimento not in self.textos:
            self.textos[t.codigo_movimento] = ocorrencia(self.layout.banco, self.formato, t.codigo_movimento).texto
        boleto, razao = self.sabe.casador.casar(t)
        incrivel, t = (t.valor_tarifa or 0, tarifas.sem_a_tarifa(t)) if tarifas.absurda(t) else (0, t)
        if boleto is None:
            resultado, aviso = self._sem_boleto(t, razao)
        elif incrivel and t.classe in PAGAS:
            resultado, aviso = DIVERGENCIA, f"nada se baixou do boleto {boleto.id}"
        else:
            self._anotar_numero(lote, t, boleto)
            resultado, aviso = self._efeito(lote, t, boleto)
            if razao := self.numeros.dar(lote, t, boleto):
                resultado, aviso = DIVERGENCIA, "; ".join(filter(None, (razao, aviso)))
        if incrivel:
            dita = (
                f"a tarifa de R$ {escrever_reais(incrivel)} não é de crer, e não se lançou: confira a linha com o banco"
            )
            resultado, aviso = DIVERGENCIA, "; ".join(filter(None, (dita, aviso)))
        elif t.valor_tarifa and not self.lancadas.ja(t, boleto, resultado):
            self._tarifa(lote, t, boleto, t.valor_tarifa)
        lote.respostas.append(RespostaDeBoleto(
            self.retorno, t.linha, boleto.id if boleto else None, t.nosso_numero or "", t.numero_documento or "",
            t.codigo_movimento, t.classe, " ".join(t.motivos), _se_ha(t.data_ocorrencia), _se_ha(t.data_credito),
            _se_ha(t.data_vencimento), t.valor_titulo, t.valor_pago, t.valor_liquido, t.valor_tarifa,
            t.valor_juros_multa, t.valor_desconto, t.valor_abatimento, t.valor_iof, resultado, aviso,
        ))  # fmt: skip

    def _sem_boleto(self, t: Titulo, razao: str) -> tuple[str, str]:
        if t.classe == "TARIFA":
            return TARIFA, ""
        if t.classe in PAGAS:
            return DIVERGENCIA, razao
        if t.classe == "DESCONHECIDA":
            return DIVERGENCIA, _DESCONHECIDA
        return NAO_LOCALIZADO, razao

    def _anotar_numero(self, lote: Lote, t: Titulo, b: Resumido) -> None:
        """O número que o banco deu a um boleto que se lhe mandou sem número, ou noutra forma."""
        if t.nosso_numero and not self.sabe.casador.conhece(b, t.nosso_numero):
            self.sabe.casador.aprender(b, t.nosso_numero)
            lote.no_banco.append((t.nosso_numero, b.id))

    def _efeito(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        fazer = self.por_classe.get(t.classe)
        return fazer(lote, t, b) if fazer else self._informado(t)

    def _informado(self, t: Titulo) -> tuple[str, str]:
        if t.classe == "TARIFA":
            return TARIFA, "" if t.valor_tarifa else "o banco não disse o valor da tarifa"
        if t.classe == "PAGAMENTO_DESFEITO":
            return DIVERGENCIA, "o banco desfez o pagamento ou a baixa: confira no extrato e acerte à mão"
        if t.classe == "DESCONHECIDA":
            return DIVERGENCIA, _DESCONHECIDA
        return SEM_MUDANCA, ""

    # --- registro ---

    def _registrado(self, lote: Lote, _: Titulo, b: Resumido) -> tuple[str, str]:
        self.sabe.pedidos.responder(lote, b.id, {REGISTRAR}, ACEITO)
        self.sabe.pedidos.esquecer(lote, b.id, {REGISTRAR})
        estado = self.sabe.estado[b.id]
        if estado in {EstadoBoleto.A_REGISTRAR, EstadoBoleto.REJEITADO}:
            self._mudar(lote, b, EventoBoleto.REGISTRAR)
            return REGISTRADO, ""
        if estado == EstadoBoleto.ESTORNADO:
            return SEM_MUDANCA, "o boleto está estornado: a baixa vai na próxima remessa"
        return JA_PROCESSADO, ""

    def _rejeitado(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        self.sabe.pedidos.responder(lote, b.id, {REGISTRAR}, RECUSADO)
        if self.sabe.estado[b.id] == EstadoBoleto.A_REGISTRAR:
            self._mudar(lote, b, EventoBoleto.REJEITAR)
            return REJEITADO, self._porque(t)
        if self.sabe.estado[b.id] == EstadoBoleto.ESTORNADO:
            self.sabe.pedidos.fechar(lote, b.id)
        return SEM_MUDANCA, self._porque(t)

    def _recusado_sem_dizer_o_que(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        """A recusa que serve ao registro e aos pedidos: é do registro, se ele espera resposta."""
        espera = self.sabe.estado[b.id] == EstadoBoleto.A_REGISTRAR or self.sabe.pedidos.aberto(b.id, {REGISTRAR})
        return (self._rejeitado if espera else self._recusado)(lote, t, b)

    def _porque(self, t: Titulo) -> str:
        razoes = [
            motivo(self.layout.banco, self.formato, t.codigo_movimento, codigo).texto for codigo in t.motivos[:_MOTIVOS]
        ]
        return " ".join(filter(None, (*razoes, t.motivo_texto))) or "o banco não disse por quê"

    # --- pagamento ---

    def _pago(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        estado, pago = self.sabe.estado[b.id], t.valor_pago or 0
        if estado == EstadoBoleto.PAGO:
            return self._outra_vez(t, b)
        if (estado, EventoBoleto.LIQUIDAR) not in TRANSICOES:
            donos = ", ".join(titulo for titulo, _ in self.sabe.partes.get(b.id, ())[:_DONOS])
            palavra = "estorno" if estado == EstadoBoleto.ESTORNADO else "baixa"
            return DIVERGENCIA, f"pago após {palavra}: R$ {escrever_reais(pago)}; os títulos eram {donos}"
        if b.id in self.sabe.ja_pago and (outro := tarifas.repetida(self.livro, t, b, self.retorno)) is not None:
            return JA_PROCESSADO, f"o retorno {outro} já trouxe este pagamento"
        if t.valor_pago == 0:
            return DIVERGENCIA, "o banco diz que foi pago, mas com valor zero: título em desconto ou caução?"
        return self._receber(lote, t, b, pago)

    def _outra_vez(self, t: Titulo, b: Resumido) -> tuple[str, str]:
        if t.valor_pago == 0:
            return JA_PROCESSADO, ""
        if b.id not in self.pagos_aqui and (outro := tarifas.repetida(self.livro, t, b, self.retorno)) is not None:
            return JA_PROCESSADO, f"o retorno {outro} já trouxe este pagamento"
        return DIVERGENCIA, f"pago em duplicidade: R$ {escrever_reais(t.valor_pago or 0)}"

    def _receber(self, lote: Lote, t: Titulo, b: Resumido, pago: int) -> tuple[str, str]:
        partes = [
            Parte(titulo, valor - self.sabe.recebido.get((b.id, titulo), 0),
                  self.vencimentos.get(titulo) or date.fromisoformat(b.vencimento))
            for titulo, valor in self.sabe.partes.get(b.id, ())
        ]  # fmt: skip
        rateio = ratear(pago, self._concedido(t, b, pago, partes), partes)
        dia = _iso(self.dias.da_baixa(t))
        for q in rateio.quitacoes:
            lote.recebidos.append(Recebido(q.titulo, b.cliente, q.principal, dia, b.id, q.juros, q.desconto))
        acumulado = self.sabe.ja_pago.get(b.id, 0) + pago
        self.sabe.ja_pago[b.id] = acumulado
        lote.pagos[b.id] = dia, acumulado
        if t.classe == "LIQUIDACAO_PARCIAL" and rateio.falta:
            for q in rateio.quitacoes:
                chave = (b.id, q.titulo)
                self.sabe.recebido[chave] = self.sabe.recebido.get(chave, 0) + q.principal
            return PARCIAL, f"faltam R$ {escrever_reais(rateio.falta)}; o boleto continua em aberto"
        self.pagos_aqui.add(b.id)
        self._mudar(lote, b, EventoBoleto.LIQUIDAR)
        self.sabe.pedidos.fechar(lote, b.id)
        if rateio.falta:
            return PARCIAL, f"pago a menor: faltam R$ {escrever_reais(rateio.falta)}, que ficam em aberto no título"
        sem_razao = rateio.sobra - (t.valor_juros_multa or 0)
        if rateio.sobra and t.valor_juros_multa is not None and sem_razao > 0:
            return PAGO, f"pago a maior: R$ {escrever_reais(sem_razao)} além do valor, da multa e dos juros"
        return PAGO, ""

    def _concedido(self, t: Titulo, b: Resumido, pago: int, partes: Sequence[Parte]) -> int:
        """O desconto e o abatimento que o banco diz ter dado; se falta dinheiro e ele nada diz, os do boleto."""
        do_banco = (t.valor_desconto or 0) + (t.valor_abatimento or 0)
        if do_banco or pago >= sum(p.valor for p in partes) or t.classe == "LIQUIDACAO_PARCIAL":
            return do_banco
        boleto = boletos.buscar(self.livro, b.id)
        if boleto is None:
            return 0
        encargos = Encargos.de_json(json.loads(boleto.dados)["encargos"])
        dia, vencimento = t.data_ocorrencia or self.dias.da_baixa(t), date.fromisoformat(b.vencimento)
        devido = no_dia(boleto.valor, vencimento, dia, encargos, self.dias.calendario)
        return devido.desconto + devido.abatimento

    def _tarifa(self, lote: Lote, t: Titulo, b: Resumido | None, valor: int) -> None:
        dia = _iso(t.data_credito or t.data_ocorrencia or self.dias.do_arquivo or self.dias.hoje)
        de_que = f"boleto {b.nosso_numero}" if b else f"nosso número {t.nosso_numero or '?'}"
        lote.tarifas.append(Tarifa(dia, self.textos[t.codigo_movimento].rstrip("."), valor, de_que))

    # --- baixa e instruções ---

    def _baixado(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        self.sabe.pedidos.responder(lote, b.id, _DAS_INSTRUCOES["BAIXA"], ACEITO)
        estado = self.sabe.estado[b.id]
        pago = ja_se_pagou(self.layout.banco, self.formato, t.codigo_movimento, t.motivos)
        if pago and estado not in {EstadoBoleto.BAIXADO, EstadoBoleto.PAGO}:
            return DIVERGENCIA, _PAGO_POR_FORA
        if estado in {EstadoBoleto.ESTORNADO, EstadoBoleto.BAIXADO, EstadoBoleto.PAGO}:
            return (BAIXADO, "") if estado == EstadoBoleto.ESTORNADO else (JA_PROCESSADO, "")
        if (estado, EventoBoleto.BAIXAR) not in TRANSICOES:
            return SEM_MUDANCA, f"o banco baixou um boleto {estado}"
        self._mudar(lote, b, EventoBoleto.BAIXAR)
        self.sabe.pedidos.fechar(lote, b.id)
        lote.soltos.append(b.id)
        return BAIXADO, "os títulos estão livres para nova cobrança"

    def _feito(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        pedido = self.sabe.pedidos.responder(lote, b.id, _DAS_INSTRUCOES[t.classe], ACEITO)
        if pedido is None:
            return SEM_MUDANCA, ""
        lote.aceitos.append(pedido)
        return PEDIDO_FEITO, ""

    def _recusado(self, lote: Lote, t: Titulo, b: Resumido) -> tuple[str, str]:
        pedido = self.sabe.pedidos.responder(lote, b.id, None, RECUSADO)
        return (PEDIDO_RECUSADO if pedido else SEM_MUDANCA), self._porque(t)

    # --- o estado em que se vai ---

    def _mudar(self, lote: Lote, b: Resumido, evento: EventoBoleto) -> None:
        de = self.sabe.estado[b.id]
        para = self.sabe.estado[b.id] = TRANSICOES[de, evento]
        if para != de:
            lote.eventos.append((b.id, de, para, evento))


_DESCONHECIDA = "o código não está em tabela nenhuma: pergunte ao banco e decida à mão"
_PAGO_POR_FORA = "o banco o baixou porque já foi pago, e o dinheiro não vem aqui: confira o crédito e dê a baixa à mão"
_MOTIVOS, _DONOS = 4, 5


_iso = cache(date.isoformat)


def _se_ha(dia: date | None) -> str | None:
    return _iso(dia) if dia else None
