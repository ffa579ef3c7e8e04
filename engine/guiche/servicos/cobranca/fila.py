"""A fila do que se pede ao banco: registrar, baixar, mudar. Um pedido só chega ao banco numa remessa (S-91)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from guiche.boleto.calculo import calcular
from guiche.dominio.boletos import ATIVOS, TRANSICOES, EstadoBoleto, EventoBoleto
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.encargos import Desconto
from guiche.erros import ErroDeRegra
from guiche.livro import boletos
from guiche.livro import pedidos as cobranca
from guiche.livro.atos import registrar
from guiche.livro.boletos import Boleto
from guiche.livro.conexao import Livro
from guiche.livro.pedidos import BAIXAR, DESISTIDO, ENVIADO, NA_FILA, REGISTRAR, PedidoAoBanco
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import Meio, gravando
from guiche.servicos.boletos.impressao import exigir
from guiche.servicos.boletos.papel import calculo_de, do_pagador, em_json

NOMES = {
    "registrar": "Registrar", "baixar": "Baixar", "alterar_vencimento": "Mudar o vencimento",
    "conceder_abatimento": "Conceder abatimento", "cancelar_abatimento": "Cancelar o abatimento",
    "conceder_desconto": "Conceder desconto", "cancelar_desconto": "Cancelar o desconto", "protestar": "Protestar",
    "sustar_protesto": "Sustar o protesto", "sustar_e_baixar": "Sustar o protesto e baixar", "negativar": "Negativar",
    "sustar_negativacao": "Sustar a negativação", "alterar_dados_do_pagador": "Mudar os dados do pagador",
}  # fmt: skip
"""O que a pessoa pode pedir, e como se diz."""
_COM_DATA, _COM_VALOR = {"alterar_vencimento", "conceder_desconto"}, {"conceder_abatimento", "conceder_desconto"}
_COM_DIAS = {"protestar", "negativar"}


def conhecido(livro: Livro, boleto: Boleto) -> bool:
    """Diz se o banco conhece o boleto, ou pode vir a conhecê-lo: está registrado, ou o registro vai a caminho."""
    if boleto.estado == EstadoBoleto.REGISTRADO:
        return True
    pedidos = cobranca.do_boleto(livro, boleto.id)
    return any(p.comando == REGISTRAR and p.situacao == ENVIADO for p in pedidos)


def listar(ctx: Contexto) -> Resultado:
    """O que espera remessa e o que espera resposta do banco. Não grava nada."""
    por_boleto = cobranca.em_aberto(ctx.livro)
    emitidos = {b.id: b for b in boletos.listar(ctx.livro, por_boleto)}
    pedidos = sorted((p for lista in por_boleto.values() for p in lista), key=lambda p: p.id)
    linhas = [_frase(p, emitidos[p.boleto]) for p in pedidos] or ["Nada espera o banco."]
    dados = [
        {"boleto": p.boleto, "nosso_numero": emitidos[p.boleto].nosso_numero, "comando": p.comando,
         "dados": json.loads(p.dados), "situacao": p.situacao, "remessa": p.remessa}
        for p in pedidos
    ]  # fmt: skip
    return Resultado("fila do banco", tuple(linhas), {"pedidos": dados})


def _frase(p: PedidoAoBanco, b: Boleto) -> str:
    onde = f"na remessa {p.remessa}" if p.remessa else "na fila"
    return f"Boleto {b.id:>5}  {b.nosso_numero:<22} {NOMES[p.comando]:<26} {onde}  R$ {escrever_reais(b.valor)}"


@gravando("pedir ao banco")
def pedir(
    ctx: Contexto, _: Cadastros, codigo: int, comando: str, *, dia: date | None = None, valor: int = 0, dias: int = 0
) -> Meio:
    """Põe na fila um pedido sobre um boleto registrado: baixa, vencimento, abatimento, protesto e o mais.

    ``dia`` é o novo vencimento ou o fim do desconto; ``valor`` em centavos; ``dias`` do protesto ou da negativação.

    Raises:
        ErroDeRegra: ``pedido.falta``, ``pedido.repetido``, ``boleto.por_registrar`` ou ``boleto.fechado``.
    """
    boleto = exigir(ctx, codigo)
    _conferir(ctx, boleto, comando, dia, valor)
    dados = _dados(comando, dia, valor, dias)
    ato = registrar(ctx.livro, ctx.autor, "pedir ao banco", depois={"boleto": codigo, "comando": comando, **dados})
    cobranca.pedir(ctx.livro, ato, [(codigo, comando, json.dumps(dados))])
    yield
    frase = f"{NOMES[comando]}: o pedido do boleto {codigo} ({_dito(boleto)}) irá na próxima remessa de boletos."
    return Resultado("pedir ao banco", (frase,), {"boleto": codigo, "comando": comando})


def _dito(boleto: Boleto) -> str:
    """O nosso número, ou que ainda não o há."""
    return f"nosso número {boleto.nosso_numero}" if boleto.numero else "a que o banco ainda não deu número"


def _dados(comando: str, dia: date | None, valor: int, dias: int) -> dict[str, Any]:
    dados: dict[str, Any] = {}
    if comando in _COM_DATA and dia:
        dados["dia"] = dia.isoformat()
    if comando in _COM_VALOR:
        dados["centavos"] = valor
    if comando in _COM_DIAS:
        dados["dias"] = dias
    return dados


def _conferir(ctx: Contexto, boleto: Boleto, comando: str, dia: date | None, valor: int) -> None:
    if comando not in NOMES or comando == REGISTRAR:
        raise ErroDeRegra("pedido.falta", f"não se entende o pedido {comando!r}; são: {', '.join(sorted(NOMES))}")
    if boleto.estado not in ATIVOS:
        raise ErroDeRegra("boleto.fechado", f"o boleto {boleto.id} está {boleto.estado}")
    if boleto.estado != EstadoBoleto.REGISTRADO:
        raise ErroDeRegra("boleto.por_registrar", f"o banco ainda não registrou o boleto {boleto.id}")
    if comando in _COM_DATA and (dia is None or dia < ctx.autor.hoje):
        raise ErroDeRegra("pedido.falta", f"{NOMES[comando]} pede um dia, de hoje em diante")
    if comando in _COM_VALOR and not 0 < valor < boleto.valor:
        raise ErroDeRegra("pedido.falta", f"{NOMES[comando]} pede um valor menor que o do boleto")
    if any(p.comando == comando and p.situacao in {NA_FILA, ENVIADO} for p in cobranca.do_boleto(ctx.livro, boleto.id)):
        raise ErroDeRegra("pedido.repetido", f"o boleto {boleto.id} já tem o pedido {NOMES[comando]} sem resposta")


def desfazer_boleto(ctx: Contexto, ato: int, boleto: Boleto) -> bool:
    """Estorna o boleto dentro do ato: solta os títulos, esquece o que estava na fila e, se é preciso, pede a baixa.

    Raises:
        ErroDeRegra: ``boleto.fechado``, se não se pode estornar (S-92).
    """
    para = TRANSICOES.get((EstadoBoleto(boleto.estado), EventoBoleto.ESTORNAR))
    if para is None:
        raise ErroDeRegra("boleto.fechado", f"o boleto {boleto.id} está {boleto.estado}: não se pode estornar")
    baixar = conhecido(ctx.livro, boleto)
    pedidos = cobranca.do_boleto(ctx.livro, boleto.id)
    cobranca.mudar_pedidos(ctx.livro, [(DESISTIDO, p.id) for p in pedidos if p.situacao == NA_FILA])
    boletos.mudar(ctx.livro, ato, boleto, para, EventoBoleto.ESTORNAR)
    boletos.soltar(ctx.livro, [boleto.id], ctx.autor.agora.isoformat(sep=" ", timespec="seconds"))
    if baixar:
        cobranca.pedir(ctx.livro, ato, [(boleto.id, BAIXAR, "{}")])
    return baixar


@gravando("estornar boleto")
def estornar(ctx: Contexto, _: Cadastros, codigo: int) -> Meio:
    """Desfaz o boleto: os títulos ficam livres, e ao banco se pede a baixa, se ele o conhece (S-91).

    Raises:
        ErroDeRegra: ``boleto.fechado``, se está pago, baixado ou já estornado (S-92).
    """
    boleto = exigir(ctx, codigo)
    antes = {"estado": boleto.estado}
    depois = {"boleto": codigo, "nosso_numero": boleto.nosso_numero, "estado": EstadoBoleto.ESTORNADO}
    ato = registrar(ctx.livro, ctx.autor, "estornar boleto", antes=antes, depois=depois)
    baixar = desfazer_boleto(ctx, ato, boleto)
    yield
    relato = [f"Boleto {codigo} ({_dito(boleto)}) estornado; seus títulos estão livres."]
    relato.append(
        "A baixa irá ao banco na próxima remessa de boletos; até lá o cliente ainda pode pagar." if baixar
        else "Se o cliente já o pagou, o retorno dirá; confira no banco antes de cobrar de novo."
    )  # fmt: skip
    return Resultado("estornar boleto", tuple(relato), {"boleto": codigo, "pedir_baixa": baixar})


@gravando("registrar de novo")
def reenviar(ctx: Contexto, cadastros: Cadastros, codigo: int) -> Meio:
    """Põe de novo na fila o registro de um boleto que o banco rejeitou, com os dados de hoje do pagador.

    O que ainda está na fila só muda de dados: é o caso de quem não foi na remessa por faltar endereço.

    Raises:
        ErroDeRegra: ``boleto.fechado``, se o banco já o tem ou o registro vai a caminho; ``cliente.ausente``.
    """
    boleto = exigir(ctx, codigo)
    espera = boleto.estado == EstadoBoleto.A_REGISTRAR and not conhecido(ctx.livro, boleto)
    if boleto.estado != EstadoBoleto.REJEITADO and not espera:
        razao = f"o boleto {codigo} está {boleto.estado}: só se reenvia um rejeitado, ou o que ainda não foi"
        raise ErroDeRegra("boleto.fechado", razao)
    cliente = cadastros.clientes.get(boleto.cliente)
    if cliente is None:
        raise ErroDeRegra("cliente.ausente", f"o cliente {boleto.cliente} não está na aba Clientes")
    ato = registrar(ctx.livro, ctx.autor, "registrar de novo", depois={"boleto": codigo})
    boletos.guardar_dados(ctx.livro, codigo, em_json(json.loads(boleto.dados) | {"pagador": do_pagador(cliente)}))
    if not espera:
        boletos.mudar(ctx.livro, ato, boleto, EstadoBoleto.A_REGISTRAR, EventoBoleto.REENVIAR)
        cobranca.pedir(ctx.livro, ato, [(codigo, REGISTRAR, "{}")])
    yield
    frase = f"Boleto {codigo}: o registro irá de novo na próxima remessa, com os dados de hoje do cliente."
    return Resultado("registrar de novo", (frase,), {"boleto": codigo})


def aceitar(livro: Livro, boleto: Boleto, pedido: PedidoAoBanco) -> None:
    """O banco fez o que se pediu: o boleto passa a dizer o mesmo que ele."""
    mudanca, dados = json.loads(pedido.dados), json.loads(boleto.dados)
    encargos = dados["encargos"]
    if pedido.comando == "alterar_vencimento":
        novo = boleto._replace(vencimento=mudanca["dia"])
        if boleto.numero:
            numeros = calcular(calculo_de(novo, dados))
            novo = novo._replace(codigo_barras=numeros.codigo_barras, linha_digitavel=numeros.linha_digitavel)
        boletos.mudar_vencimento(livro, novo)
    elif pedido.comando in {"conceder_abatimento", "cancelar_abatimento"}:
        encargos["abatimento"] = mudanca.get("centavos", 0)
    elif pedido.comando in {"conceder_desconto", "cancelar_desconto"}:
        encargos["descontos"] = _descontos(boleto, mudanca)
    elif pedido.comando in _COM_DIAS:
        encargos["protesto_dias" if pedido.comando == "protestar" else "negativacao_dias"] = mudanca["dias"]
    boletos.guardar_dados(livro, boleto.id, em_json(dados))


def _descontos(boleto: Boleto, mudanca: Mapping[str, Any]) -> Sequence[Desconto]:
    """O desconto pedido, na forma em que o boleto o guarda."""
    if not mudanca:
        return ()
    dias = (date.fromisoformat(boleto.vencimento) - date.fromisoformat(mudanca["dia"])).days
    return (Desconto(0, max(dias, 0), mudanca["centavos"]),)
