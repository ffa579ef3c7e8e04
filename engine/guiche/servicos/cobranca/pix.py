"""O Pix que o retorno traz para os boletos: o que serve se guarda no boleto, o que não serve se diz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guiche.arquivos.pix import PixNoArquivo
from guiche.boleto import pix
from guiche.dominio.dinheiro import escrever_reais
from guiche.erros import ErroDeCampo
from guiche.livro.boletos import Resumido
from guiche.livro.respostas import RespostaDeBoleto
from guiche.servicos.cobranca.apuracao import Lote


def guardar(
    lote: Lote, do_banco: Sequence[PixNoArquivo], anterior: RespostaDeBoleto | None, boletos: Mapping[int, Resumido]
) -> None:
    """Põe no lote o Pix de cada boleto; ``anterior`` é a última resposta do lote de antes."""
    onde = {r.seq: i for i, r in enumerate(lote.respostas)}
    for linha, texto in do_banco:
        i = onde.get(linha)
        resposta = lote.respostas[i] if i is not None else anterior if anterior and anterior.seq == linha else None
        boleto = boletos.get(resposta.boleto_id or 0) if resposta else None
        if boleto is None:
            continue
        if not (razao := _por_que_nao_serve(texto, boleto)):
            lote.pix[boleto.id] = texto
        elif resposta and i is not None:
            aviso = f"{resposta.aviso}; {razao}" if resposta.aviso else razao
            lote.respostas[i] = resposta._replace(aviso=aviso)


def _por_que_nao_serve(texto: str, boleto: Resumido) -> str:
    """Vazio se serve. De quem é, confere-se ao imprimir, que é quando se sabe o nome."""
    if not pix.e_texto(texto):
        return "" if pix.e_endereco(texto) else "o banco mandou um Pix que não se entende, e não se guardou"
    try:
        lido = pix.ler(texto)
    except ErroDeCampo as erro:
        return f"o Pix que o banco mandou não se guardou: {erro.mensagem}"
    if lido.centavos not in {None, boleto.valor}:
        return f"o Pix que o banco mandou é de R$ {escrever_reais(lido.centavos or 0)}, e não se guardou"
    return ""
