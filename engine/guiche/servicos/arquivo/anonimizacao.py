"""Uma cópia de um arquivo do banco sem as pessoas."""

from __future__ import annotations

import secrets
from pathlib import Path

from guiche.arquivos.anonimizar import anonimizar as trocar
from guiche.dominio.texto import contar
from guiche.erros import ErroDeRegra, Local
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.servicos.arquivo.leitura import conteudo_de

_BYTES_DA_SEMENTE = 32


def anonimizar(caminho: Path, saida: Path, semente: str = "", layout: str = "") -> Resultado:
    """Grava em ``saida`` o arquivo com nomes, documentos, contas, endereços e textos trocados (I-30).

    Raises:
        ErroDeArquivo: não se lê, ou o trocado não se leria igual.
        ErroDeRegra: ``arquivo.mesmo``, a saída é o próprio arquivo.
    """
    if saida.resolve() == caminho.resolve():
        raise ErroDeRegra("arquivo.mesmo", "a saída é o próprio arquivo", local=Local(saida.name))
    chave = semente.encode() or secrets.token_bytes(_BYTES_DA_SEMENTE)
    feito = trocar(conteudo_de(caminho), caminho.name, chave, layout)
    escrever_inteiro(saida, feito.conteudo)
    relato = (
        f"{saida.name}: {contar(feito.linhas, 'linha')}, "
        f"{contar(feito.trocados, 'trecho trocado', 'trechos trocados')}.",
        "Lê-se como o original: as mesmas quantidades, totais, ocorrências e defeitos.",
        "Ficam agência, nosso número, valores e datas; veja se bastam para alguém reconhecer a empresa.",
    )
    dados = {"linhas": feito.linhas, "trocados": feito.trocados, "saida": str(saida)}
    return Resultado("arquivo anonimizar", relato, dados, (), (saida,))
