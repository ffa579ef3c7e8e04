"""O comando que a extensão do LibreOffice chama: um ato, com o que a pessoa escreveu e a linha em que clicou.

``python -m guiche.libreoffice ATO PASTA [ARQUIVO…] [--confirmar] [--linha ABA LINHA COLUNA]``

As opções vêm da célula clicada, se é da tabela que o ato olha, e da aba de filtros. O ato que tem prévia só a mostra,
até que se peça com ``--confirmar``. Quem não usa pasta de trabalho recebe ``""`` no lugar dela. Responde em JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from guiche.atos import Ato, atos, funcao, padroes
from guiche.erros import ErroDePlanilha, ErroGuiche, Local, Problema
from guiche.oficio.contexto import abrir
from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado, recusa
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.paineis import Clicada, apagar_segredos, dizer_opcoes, ler_opcoes
from guiche.planilha.trava import trava
from guiche.relogio import autor

FEITO, RECUSADO = 0, 1


def main(argumentos: Sequence[str] | None = None) -> int:
    """Faz o ato, escreve a resposta e devolve o código de saída."""
    pedido = _leitor().parse_args(argumentos)
    try:
        resultado = atender(pedido)
    except ErroGuiche as erro:
        problema = Problema(erro.codigo, erro.mensagem, erro.local or Local("guiche"), erro.dica)
        resultado = Resultado(pedido.ato, (), problemas=(problema,), feito=False)
    sys.stdout.write(json.dumps(_resposta(resultado)) + "\n")
    return FEITO if resultado.feito else RECUSADO


def _leitor() -> argparse.ArgumentParser:
    leitor = argparse.ArgumentParser(prog="python -m guiche.libreoffice")
    leitor.add_argument("ato")
    leitor.add_argument("pasta")
    leitor.add_argument("arquivos", nargs="*", type=Path)
    leitor.add_argument("--confirmar", action="store_true")
    leitor.add_argument("--linha", nargs="+", metavar="ABA LINHA COLUNA", default=("", "0"))
    return leitor


def _resposta(resultado: Resultado) -> dict[str, Any]:
    """O que a janela mostra; os dados linha a linha ficam para a linha de comando."""
    return {
        "ato": resultado.ato,
        "feito": resultado.feito,
        "vazio": resultado.vazio,
        "relato": list(resultado.linhas),
        "problemas": [problema.como_dict() for problema in resultado.problemas],
        "arquivos": [str(caminho) for caminho in resultado.arquivos],
    }


def atender(pedido: argparse.Namespace) -> Resultado:
    """O ato pedido, ou a sua prévia.

    Raises:
        ErroGuiche: o ato não existe, ou foi recusado.
    """
    ato = atos().get(pedido.ato)
    if ato is None:
        raise ErroGuiche("ato.desconhecido", f"o Guichê instalado não conhece o ato {pedido.ato}")
    caminho = Path(pedido.pasta)
    opcoes, problemas = _opcoes(ato, caminho, Clicada(pedido.linha[0], *map(int, pedido.linha[1:])))
    opcoes |= ato.escolhidos(pedido.arquivos)
    if problemas:
        return recusa(ato.id, problemas)
    if "confirmar" in opcoes:
        opcoes["confirmar"] = pedido.confirmar
    so_a_previa = bool(ato.previa) and not pedido.confirmar
    ditas = dizer_opcoes(ato, opcoes) if so_a_previa else []
    if so_a_previa and "confirmar" not in opcoes:
        ato = atos()[ato.previa]
    quem, do_ato = autor(), ato
    feito = Pedido(
        quem, _so_as_do(ato, opcoes), caminho, lambda: abrir(caminho, quem, ao_lado=do_ato.ao_lado), na_janela=True,
        previa=so_a_previa,
    )  # fmt: skip
    resultado: Resultado = funcao(ato)(feito)
    if so_a_previa and resultado.vazio:  # nada há a confirmar: mostra-se por quê
        resultado = funcao(ato)(replace(feito, previa=False))
    return replace(resultado, linhas=(*resultado.linhas, *ditas))


def _so_as_do(ato: Ato, opcoes: Mapping[str, Any]) -> dict[str, Any]:
    return {chave: opcoes.get(chave, padrao) for chave, padrao in padroes(ato).items()}


def _opcoes(ato: Ato, caminho: Path, clicada: Clicada) -> tuple[dict[str, Any], list[Problema]]:
    if not ato.alvo and not ato.painel:
        return padroes(ato), []
    if not caminho.exists():
        raise ErroDePlanilha("pasta.ausente", "a pasta de trabalho não existe", local=Local(caminho.name))
    pasta = PastaEmArquivo(caminho)
    lidas = ler_opcoes(pasta, ato, clicada)
    if ato.segredos:
        quem = autor()
        with trava(caminho, usuario=quem.usuario, agora=quem.agora):
            apagar_segredos(pasta, ato)
    return lidas


if __name__ == "__main__":
    sys.exit(main())
