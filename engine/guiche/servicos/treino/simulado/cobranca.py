"""O banco de faz de conta na cobrança: registra, rejeita, recebe, cobra tarifa, em um dia ou em vários."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from guiche.arquivos.cobranca import Cobranca, abrir
from guiche.arquivos.ensaio import marca
from guiche.arquivos.pix import registros_do_pix, traz_o_texto
from guiche.arquivos.plano import Titulo, formato_com_variante, partir_motivos
from guiche.bancos.ocorrencias import codigos_da_classe, motivos_da, ocorrencia
from guiche.boleto.pix import copia_e_cola
from guiche.dominio.datas import Calendario
from guiche.erros import ErroDeArquivo, ErroDeRegra, Local
from guiche.layout.carga import layout_cnab, ler_toml
from guiche.layout.modelo import Layout
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.remessa.receita import receita
from guiche.servicos.treino.simulado.escolha import Escolha
from guiche.servicos.treino.simulado.escrita import escrever_retorno
from guiche.servicos.treino.simulado.numeros import Numerador

REJEITADO, ABERTO, PAGO, PIX = "REJEITADO", "ABERTO", "PAGO", "PIX"
ATRASADO, PARCIAL, DUPLICADO, BAIXADO = "ATRASADO", "PARCIAL", "DUPLICADO", "BAIXADO"
PARCELAS = {PAGO: 60, PIX: 10, ATRASADO: 5, REJEITADO: 5, ABERTO: 20}
"""Desfecho → parcela em cada 100 boletos."""
_RECEBIDOS = {PAGO, PIX, ATRASADO, PARCIAL, DUPLICADO}
_TARIFA_DO_PAGAMENTO = 210
_CEM = 100
_CALENDARIO = Calendario()
"""Os feriados nacionais: o banco não credita nem responde em dia sem expediente."""
_CLASSE_DO_PEDIDO = {
    "baixar": "BAIXA", "protestar": "PROTESTO", "sustar_protesto": "PROTESTO", "sustar_e_baixar": "BAIXA",
    "negativar": "NEGATIVACAO", "sustar_negativacao": "NEGATIVACAO",
}  # fmt: skip
"""A classe da resposta a cada pedido; a dos outros é ALTERACAO."""
_EM_PALAVRAS = {
    "ENTRADA_CONFIRMADA": "registrados", "ENTRADA_REJEITADA": "rejeitados", "REJEITADA": "rejeitados",
    "LIQUIDACAO": "pagos", "LIQUIDACAO_PARCIAL": "pagos em parte", "BAIXA": "baixados", "ALTERACAO": "alterados",
    "PROTESTO": "protestos", "NEGATIVACAO": "negativações",
}  # fmt: skip


class Sorteio:
    """Escolhe o desfecho de cada boleto sem dado ao acaso; ``codigos``, se dados, valem um a um, na ordem.

    Raises:
        ErroDeRegra: ``simulado.parcelas``, se as parcelas não somam 100 ou há desfecho que não se conhece.
    """

    def __init__(self, semente: str, parcelas: Mapping[str, int], codigos: Sequence[str] = ()) -> None:
        conhecidos = {*_RECEBIDOS, REJEITADO, ABERTO, BAIXADO}
        if estranhos := {*parcelas, *codigos} - conhecidos:
            opcoes = ", ".join(sorted(conhecidos))
            raise ErroDeRegra("simulado.parcelas", f"não se entende {', '.join(sorted(estranhos))}; são: {opcoes}")
        if sum(parcelas.values()) != _CEM:
            raise ErroDeRegra("simulado.parcelas", f"as parcelas somam {sum(parcelas.values())}, e não 100")
        self._semente, self._codigos = semente, list(codigos)
        self._faixas = [desfecho for desfecho, parcela in parcelas.items() for _ in range(parcela)]

    def desfecho(self, n: int, titulo: Titulo) -> str:
        """O do n-ésimo registro, contado de 0."""
        return self._codigos[n] if n < len(self._codigos) else self._faixas[self.numero(titulo) % _CEM]

    def numero(self, titulo: Titulo) -> int:
        """Um número do título, sempre o mesmo."""
        texto = f"{self._semente}|{titulo.nosso_numero}|{titulo.uso_empresa}"
        return int.from_bytes(hashlib.sha256(texto.encode()).digest()[:4], "big")


class _Codigos(NamedTuple):
    """Com que códigos o banco responde."""

    entrada: str
    rejeicao: str
    """Vazio se a tabela do banco não diz com que código ele rejeita; então ninguém se rejeita."""
    motivos: tuple[str, ...]
    """Um que a tabela do banco conhece para a rejeição, ou nenhum."""
    liquidacao: str
    pix: str


def responder(
    caminho: Path, saida: Path, escolha: Escolha, *, agora: datetime, numero: int | None, dias: int
) -> Resultado:
    """Lê a remessa de boletos e escreve os retornos, um por dia: o primeiro registra, os outros trazem pagamentos.

    Com ``dias=1`` vai tudo num arquivo só.

    Raises:
        ErroDeArquivo: não é uma remessa de cobrança inteira.
        ErroDeLayout: não se conhece o retorno desse banco e formato.
        ErroDeRegra: ``simulado.banco``, se não se sabe com que códigos ele responde.
    """
    arquivo = abrir(caminho)
    enviados: list[Titulo] = []
    com_pix: set[int] = set()
    for lote in arquivo.lotes():
        enviados += lote
        com_pix |= {p.linha for p in arquivo.pix}
    if arquivo.erros or arquivo.sentido != "remessa":
        razao = "não é uma remessa de cobrança inteira"
        raise ErroDeArquivo("simulado.remessa", razao, local=Local(caminho.name))
    de = arquivo.layout
    layout = layout_cnab(de.banco, de.formato, "retorno", de.variante)
    sorteio = Sorteio(escolha.semente, escolha.parcelas or PARCELAS, escolha.codigos)
    por_dia = _por_dia(arquivo, layout, enviados, agora.date(), dias, sorteio)
    primeiro = _numero_da(arquivo) if numero is None else numero
    cabecalho = arquivo.cabecalho | (marca(layout.do_papel("cabecalho")[0], layout.banco) if escolha.ensaio else {})
    saidas, contas = list[Path](), Counter[str]()
    for n, titulos in enumerate(por_dia):
        if n and not titulos:
            continue
        destino = saida if not n else saida.with_name(f"{saida.stem}-d{n}{saida.suffix}")
        pix = {i: _pix(arquivo, layout, t) for i, t in enumerate(titulos) if t.linha in com_pix and not n}
        feito_em = datetime.combine(_dia(agora.date(), n), agora.time())
        conteudo = escrever_retorno(layout, cabecalho, titulos, primeiro and primeiro + len(saidas), feito_em, pix)
        escrever_inteiro(destino, conteudo)
        saidas.append(destino)
        contas.update(t.classe for t in titulos)
    resumo = ", ".join(f"{_EM_PALAVRAS.get(classe, 'outros')}: {n}" for classe, n in sorted(contas.items()))
    nomes = ", ".join(s.name for s in saidas)
    return Resultado(
        "banco-simulado", (f"Retorno simulado em {nomes} ({resumo}).",), {"codigos": dict(contas)},
        arquivos=tuple(saidas),
    )  # fmt: skip


def _numero_da(remessa: Cobranca) -> int:
    """O da remessa; à que não se numera responde-se sem número, que outro qualquer pareceria um salto."""
    nomes = ("numero_remessa", *ler_toml("leitura/retorno")["numero"])
    achados = (remessa.cabecalho.get(nome) for nome in nomes)
    return next((int(n) for n in achados if n and str(n).isdigit()), 0)


def _pix(arquivo: Cobranca, layout: Layout, titulo: Titulo) -> str:
    """O Pix que o banco daria ao título: o texto inteiro, ou só o endereço."""
    resumo = hashlib.sha256(f"{titulo.nosso_numero}|{titulo.uso_empresa}".encode()).hexdigest()[:32]
    endereco = f"pix.exemplo.com.br/qr/v2/cobv/{resumo}"
    if not any(traz_o_texto(campo) for _, campo in registros_do_pix(layout)):
        return endereco
    return copia_e_cola(endereco, str(arquivo.cabecalho.get("nome_empresa") or "EMPRESA"), "BRASILIA")


def _codigos(layout: Layout) -> _Codigos:
    formato = formato_com_variante(layout)

    def da(*classes: str) -> tuple[str, ...]:
        return tuple(chain.from_iterable(codigos_da_classe(layout.banco, formato, classe) for classe in classes))

    entradas, rejeicoes, pagas = da("ENTRADA_CONFIRMADA"), da("ENTRADA_REJEITADA", "REJEITADA"), da("LIQUIDACAO")
    if not (entradas and pagas):
        razao = f"não se sabe com que códigos o banco {layout.banco} responde em {layout.formato}"
        raise ErroDeRegra("simulado.banco", razao)
    no_pix = [c for c in pagas if "pix" in ocorrencia(layout.banco, formato, c).texto.lower()]
    rejeicao = (*rejeicoes, "")[0]
    motivos = (m for m in motivos_da(layout.banco, formato, rejeicao) if partir_motivos(layout, rejeicao, m) == (m,))
    return _Codigos(entradas[0], rejeicao, tuple(islice(motivos, 1)), pagas[0], no_pix[0] if no_pix else pagas[0])


def _pedidos(layout: Layout) -> dict[str, str]:
    """O que cada código de comando da remessa pede, pela receita com que ela se grava."""
    return {codigo: pedido for pedido, codigo in receita(layout.apelido).codigos["comandos"].items()}


def _por_dia(
    arquivo: Cobranca, layout: Layout, enviados: Sequence[Titulo], hoje: date, dias: int, sorteio: Sorteio
) -> list[list[Titulo]]:
    codigos, pedidos, numerador = _codigos(layout), _pedidos(arquivo.layout), Numerador(arquivo, layout, hoje)
    por_dia: list[list[Titulo]] = [[] for _ in range(dias)]
    n = 0
    for enviado in enviados:
        pedido = pedidos.get(enviado.codigo_movimento, "registrar")
        base = enviado._replace(data_ocorrencia=hoje, motivos=(), valor_desconto=None, valor_abatimento=None)
        base = numerador.numerado(base, sorteio.numero(enviado)) if pedido == "registrar" else base
        if pedido != "registrar":
            por_dia[0].append(_da_instrucao(layout, base, pedido))
            continue
        desfecho = sorteio.desfecho(n, enviado)
        n += 1
        if desfecho == REJEITADO and codigos.rejeicao:
            por_dia[0].append(_com(layout, base, codigos.rejeicao)._replace(motivos=codigos.motivos))
            continue
        por_dia[0].append(_com(layout, base, codigos.entrada))
        quando = 1 + sorteio.numero(enviado) % (dias - 1) if dias > 1 else 0
        por_dia[quando] += _depois(layout, base, codigos, desfecho, _dia(hoje, quando))
    return por_dia


def _dia(hoje: date, n: int) -> date:
    """O do n-ésimo arquivo: hoje, e depois os dias de expediente que se seguem."""
    return _CALENDARIO.somar_uteis(hoje, n)


def _depois(layout: Layout, base: Titulo, codigos: _Codigos, desfecho: str, dia: date) -> list[Titulo]:
    """O que acontece a um boleto já registrado."""
    if desfecho == BAIXADO:
        return [_da_instrucao(layout, base._replace(data_ocorrencia=dia), "baixar")]
    if desfecho not in _RECEBIDOS:
        return []
    valor = base.valor_titulo or 0
    juros = max(valor // 50, 1) if desfecho == ATRASADO else 0
    pago = valor // 2 if desfecho == PARCIAL else valor + juros
    tarifa = min(_TARIFA_DO_PAGAMENTO, pago)
    codigo = codigos.pix if desfecho == PIX else codigos.liquidacao
    liquidado = _com(layout, base, codigo)._replace(
        data_ocorrencia=dia, data_credito=_dia(dia, 1), valor_pago=pago, valor_juros_multa=juros,
        valor_tarifa=tarifa, valor_liquido=pago - tarifa,
    )  # fmt: skip
    return [liquidado] * (2 if desfecho == DUPLICADO else 1)


def _com(layout: Layout, titulo: Titulo, codigo: str) -> Titulo:
    classe = ocorrencia(layout.banco, formato_com_variante(layout), codigo).classe
    return titulo._replace(codigo_movimento=codigo, classe=classe)


def _da_instrucao(layout: Layout, titulo: Titulo, pedido: str) -> Titulo:
    """O banco fez o que se pediu."""
    classe = _CLASSE_DO_PEDIDO.get(pedido, "ALTERACAO")
    codigos = codigos_da_classe(layout.banco, formato_com_variante(layout), classe)
    if not codigos:
        razao = f"o banco {layout.banco} não tem código para responder a {pedido}"
        raise ErroDeRegra("simulado.banco", razao)
    return _com(layout, titulo, codigos[0])
