"""Calcular e decodificar boletos, sem pasta de trabalho: o motor para outros programas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from guiche.boleto import barras
from guiche.boleto.calculo import Calculo, calcular_o_que_da
from guiche.boleto.contas import discordancias
from guiche.boleto.entrada import Entrada
from guiche.boleto.numeracao import numerado_por, o_banco_numera
from guiche.boleto.regras import banco
from guiche.documentos.conferencia import Impresso, reler
from guiche.dominio.dinheiro import escrever_reais, para_reais
from guiche.dominio.json_de_fora import ChaveRepetida, ler_json
from guiche.dominio.texto import contar
from guiche.erros import ErroDeArquivo, ErroDeCampo, ErroGuiche, Local, do_sistema
from guiche.layout import portas
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import gravar_saida

_RECUSAS = {"data": "boleto.data", "centavos": "boleto.valor"}
_NUMEROS = Calculo._fields[:-1]


def calcular(texto: str, saida: Path | None = None, *, aceitar_parcial: bool = False) -> Resultado:
    """Calcula os números de cada boleto de uma lista JSON; cada um responde por si. ``saida`` os leva a uma planilha.

    No lugar do que se recusa vai ``{"erro": {"codigo", "mensagem"}}``; o dígito dado que não é o do banco também é
    erro, e com ele vão os números do que se deu, para conferir um boleto alheio. O número que não se pode calcular por
    falta de dados é nulo, e ``faltas`` diz por quê. O ato só está feito se todos têm código de barras e nenhum erro, ou
    se se aceita que a algum falte; o que espera o nosso número do banco traz ``espera_o_banco``, e não falha.

    Raises:
        ErroDeCampo: ``boleto.entrada``, se o texto não é uma lista JSON de objetos.
    """
    try:
        pedidos = ler_json(texto)
    except ChaveRepetida as erro:
        raise ErroDeCampo("boleto.entrada", str(erro)) from erro
    except ValueError as erro:
        raise ErroDeCampo("boleto.entrada", "a entrada não é JSON") from erro
    if not isinstance(pedidos, list):
        raise ErroDeCampo("boleto.entrada", "a entrada não é uma lista")
    respostas = [_um(pedido) for pedido in pedidos]
    linhas = [_em_linha(n, r) for n, r in enumerate(respostas, 1)]
    falhos = sum(not (r.get("codigo_barras") or r.get("espera_o_banco")) for r in respostas)
    if falhos:
        linhas.append(f"{contar(falhos, 'boleto')} de {len(respostas)} sem código de barras.")
    falhos += sum("erro" in r and bool(r.get("codigo_barras")) for r in respostas)
    if saida:
        corpo = [(*(r.get(nome) or "" for nome in _NUMEROS), _o_que_ha(r)) for r in respostas]
        gravar_saida(saida, [("Boletos", (*(n.replace("_", " ") for n in _NUMEROS), "o que há"), corpo)])
    arquivos, feito = (saida,) if saida else (), aceitar_parcial or not falhos
    return Resultado("calcular", tuple(linhas), lista=respostas, arquivos=arquivos, feito=feito)


def _em_linha(n: int, resposta: Mapping[str, Any]) -> str:
    linha: str = "" if "erro" in resposta else resposta.get("linha_digitavel") or ""
    return linha or f"boleto {n}: {_o_que_ha(resposta)}"


def _o_que_ha(resposta: Mapping[str, Any]) -> str:
    erro = resposta.get("erro", {}).get("mensagem", "")
    return "; ".join(filter(None, (erro, resposta.get("aviso", ""), *resposta.get("faltas", {}).values())))


def _um(pedido: Any) -> dict[str, Any]:
    try:
        entrada = _entrada(pedido)
        if espera := _espera_o_banco(entrada):
            entrada = {**numerado_por(entrada), "nosso_numero": None}
        calculo, faltas = calcular_o_que_da(entrada)
    except ErroGuiche as erro:
        return {"erro": {"codigo": erro.codigo, "mensagem": erro.mensagem}}
    if espera:
        calculo, faltas = calculo._replace(aviso="; ".join(filter(None, (espera, calculo.aviso)))), {}
    elif len(faltas) == len(_NUMEROS) - 2:  # nada se pôde calcular: barras e linha seguem o campo livre
        primeira = next(iter(faltas.values()))
        return {"erro": {"codigo": primeira.codigo, "mensagem": primeira.mensagem}}
    resposta: dict[str, Any] = {nome: getattr(calculo, nome) or None for nome in _NUMEROS}
    if razoes := discordancias(entrada["banco"], entrada):
        resposta["erro"] = {"codigo": "boleto.digito", "mensagem": "; ".join(razoes.values())}
    resposta |= ({"aviso": calculo.aviso} if calculo.aviso else {}) | ({"espera_o_banco": True} if espera else {})
    if faltas:
        resposta["faltas"] = {numero: falta.mensagem for numero, falta in faltas.items()}
    return resposta


def _espera_o_banco(entrada: Entrada) -> str:
    """Que o número ainda está por vir, na carteira em que quem o dá é o banco; vazio se não é o caso."""
    numero, carteira = str(entrada.get("nosso_numero") or ""), str(entrada.get("carteira") or "")
    if numero.strip("0") or not o_banco_numera(str(entrada.get("banco") or ""), carteira, ""):
        return ""
    return f"na carteira {carteira} quem dá o nosso número é o banco, no retorno; antes disso não há código de barras"


def _entrada(pedido: Any) -> Mapping[str, Any]:
    if not isinstance(pedido, dict):
        raise ErroDeCampo("boleto.entrada", "cada boleto é um objeto")
    conhecidas = portas.chaves("boleto_calcular")
    entrada: dict[str, Any] = {}
    for nome, valor in pedido.items():
        if nome not in conhecidas:
            raise ErroDeCampo("boleto.chave_estranha", portas.estranha(nome, conhecidas))
        tipo = conhecidas[nome].tipo
        try:
            entrada[nome] = None if valor is None or valor == "" else portas.ler(tipo, valor)
        except ValueError as erro:
            raise ErroDeCampo(_RECUSAS.get(tipo, "boleto.entrada"), f"{nome} {erro}") from erro
    entrada["centavos"] = entrada.pop("valor", None) or 0
    return entrada


def decodificar(codigo: str, hoje: date) -> Resultado:
    """Diz o que há numa linha digitável ou num código de barras, e o que nele não confere.

    Raises:
        ErroDeCampo: ``boleto.codigo`` ou ``boleto.arrecadacao``.
    """
    partes = barras.decodificar(codigo, hoje)
    try:
        nome = banco(partes.banco).nome
    except ErroDeCampo:
        nome = "banco que o Guichê não conhece"
    vencimento = f"{partes.vencimento:%d/%m/%Y}" if partes.vencimento else "não está no código"
    linhas = (
        f"Banco {partes.banco}: {nome}.",
        f"Valor: R$ {escrever_reais(partes.valor)}." if partes.valor else "Valor: não está no código.",
        f"Vencimento: {vencimento}.",
        f"Campo livre: {partes.campo_livre}.",
        f"Linha digitável: {barras.linha_digitavel(partes.codigo_barras)}",
        *(f"Errado: {erro}." for erro in partes.erros),
    )
    dados = {
        "codigo_barras": partes.codigo_barras,
        "linha_digitavel": barras.linha_digitavel(partes.codigo_barras),
        "banco": partes.banco,
        "nome_do_banco": nome,
        "moeda": partes.moeda,
        "fator": partes.fator,
        "vencimento": partes.vencimento.isoformat() if partes.vencimento else None,
        "valor": str(para_reais(partes.valor)) if partes.valor else None,
        "campo_livre": partes.campo_livre,
        "erros": list(partes.erros),
    }
    return Resultado("decodificar", linhas, dados, so_dados=True, feito=not partes.erros)


def conferir_pdf(caminho: Path) -> Resultado:
    """Relê um PDF de boletos do Guichê: barras, linha, valor e vencimento têm de dizer o mesmo (I-18).

    Raises:
        ErroDeArquivo: ``arquivo.ausente``; ``boleto.nenhum``, se não há nele boleto do Guichê.
    """
    try:
        conteudo = caminho.read_bytes()
    except OSError as erro:
        raise ErroDeArquivo("arquivo.ausente", f"não foi possível abrir: {do_sistema(erro)}") from erro
    impressos = reler(conteudo)
    if not impressos:
        raise ErroDeArquivo("boleto.nenhum", "não há boleto do Guichê neste PDF", local=Local(caminho.name))
    achados = [(n, erro) for n, impresso in enumerate(impressos, 1) for erro in _discordancias(impresso)]
    relato = [f"{contar(len(impressos), 'boleto relido', 'boletos relidos')}; {contar(len(achados), 'discordância')}."]
    relato += [f"Boleto {n}: {erro}." for n, erro in achados]
    dados = {
        "boletos": [i.codigo_barras for i in impressos],
        "discordancias": [{"boleto": n, "erro": erro} for n, erro in achados],
    }
    return Resultado("conferir pdf", tuple(relato), dados, so_dados=True, feito=not achados)


def _discordancias(impresso: Impresso) -> Iterator[str]:
    if not impresso.codigo_barras:
        yield "as barras não formam um código"
        return
    linha = barras.linha_digitavel(impresso.codigo_barras)
    if not impresso.linhas or set(impresso.linhas) != {linha}:
        yield f"a linha digitável não é a das barras, {linha}"
    partes = barras.decodificar(impresso.codigo_barras, _referencia(impresso))
    yield from partes.erros
    if partes.valor and escrever_reais(partes.valor) not in impresso.valores:
        yield f"o valor das barras, R$ {escrever_reais(partes.valor)}, não está impresso"
    if partes.vencimento and f"{partes.vencimento:%d/%m/%Y}" not in impresso.datas:
        yield f"o vencimento das barras, {partes.vencimento:%d/%m/%Y}, não está impresso"


def _referencia(impresso: Impresso) -> date:
    """Uma das datas impressas: é em torno delas que o fator de vencimento se lê."""
    dias = []
    for dia in impresso.datas:
        with suppress(ValueError):  # o que tem cara de data e não é
            dias.append(date(int(dia[6:]), int(dia[3:5]), int(dia[:2])))
    return min(dias, default=date(2026, 1, 1))
