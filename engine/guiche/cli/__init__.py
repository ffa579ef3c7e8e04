"""A linha de comando: os mesmos atos da faixa do Excel, com as mesmas mensagens.

Códigos de saída: 0 feito; 1 recusado ou com problemas; 2 uso errado; 3 falha não prevista; 130 interrompido.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from guiche.erros import ErroGuiche

if TYPE_CHECKING:
    from argparse import Namespace

    from guiche.oficio.pedido import Pedido
    from guiche.oficio.resultado import Resultado

FEITO, RECUSADO, FALHA, INTERROMPIDO = 0, 1, 3, 130


def main(argumentos: Sequence[str] | None = None) -> int:
    """Executa um comando e devolve o código de saída."""
    from guiche.cli.argumentos import leitor  # noqa: PLC0415  o argparse só se paga aqui

    for fluxo in (sys.stdout, sys.stderr):
        if hasattr(fluxo, "reconfigure"):
            fluxo.reconfigure(encoding="utf-8", errors="replace")
    pedido = leitor().ler(argumentos)
    try:
        return _mostrar(_executar(pedido), pedido)
    except ErroGuiche as erro:
        return _mostrar_erro(erro, pedido)
    except BrokenPipeError:
        return FEITO
    except KeyboardInterrupt:
        print("Interrompido. O que já está no livro não se perde: o próximo ato continua dele.", file=sys.stderr)
        return INTERROMPIDO
    except Exception as erro:  # noqa: BLE001  a última porta: o que não se previu também tem de ser dito
        from guiche.oficio.falha import por_onde_passou  # noqa: PLC0415

        print("\n".join(por_onde_passou(erro)), file=sys.stderr)
        print("Falha não prevista; nada foi gravado pela metade. Guarde a mensagem acima e avise.", file=sys.stderr)
        return FALHA


def _executar(argumentos: Namespace) -> Resultado:
    from guiche.atos import atos, funcao, padroes  # noqa: PLC0415

    ato = atos()[argumentos.ato]
    dados = vars(argumentos)
    opcoes = {chave: dados[chave] for chave in padroes(ato)}
    for opcao in ato.segredos:
        chave = opcao.chaves[0]
        if not opcao.com or opcoes[opcao.com]:
            opcoes[chave] = opcoes[chave] or _perguntar(opcao.titulo)
    resultado: Resultado = funcao(ato)(_pedido(argumentos, opcoes))
    return resultado


def _perguntar(titulo: str) -> str:
    """O segredo, digitado sem aparecer; vazio se não há quem o digite."""
    if not sys.stdin.isatty():
        return ""
    import getpass  # noqa: PLC0415

    return getpass.getpass(f"{titulo} (Enter se não há): ").strip()


def _pedido(argumentos: Namespace, opcoes: dict[str, Any]) -> Pedido:
    from guiche.oficio.contexto import abrir, calado  # noqa: PLC0415
    from guiche.oficio.pedido import Pedido  # noqa: PLC0415
    from guiche.relogio import autor  # noqa: PLC0415

    quem = autor(argumentos.usuario, argumentos.hoje)
    caminho = getattr(argumentos, "caminho", Path())
    progresso = calado if argumentos.json or not sys.stderr.isatty() else _dizer
    return Pedido(quem, opcoes, caminho, lambda: abrir(caminho, quem, progresso))


def _dizer(frase: str) -> None:
    print(frase, file=sys.stderr)


def _mostrar(resultado: Resultado, pedido: Namespace) -> int:
    if resultado.conteudo is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(resultado.conteudo)
        _dizer_problemas(resultado, pedido)
        return FEITO if resultado.feito else RECUSADO
    fluxo = sys.stdout if resultado.feito else _fluxo_da_recusa(pedido)
    if pedido.json:
        print(json.dumps(resultado.para_json(), ensure_ascii=False, indent=1, default=str), file=fluxo)
    else:
        print(_limpo("\n".join(resultado.linhas)), file=fluxo)
        if getattr(pedido, "confirmar", None) is False and resultado.feito:
            print("Para gravar, repita com --confirmar.")
        for problema in resultado.problemas:
            print(_limpo(problema), file=sys.stderr)
    return FEITO if resultado.feito else RECUSADO


def _fluxo_da_recusa(pedido: Namespace) -> TextIO:
    """A saída de erros, se a outra é de um arquivo: quem a guarda não pode ficar com a recusa no lugar dele."""
    from guiche.atos import atos  # noqa: PLC0415

    return sys.stderr if atos()[pedido.ato].bruto else sys.stdout


def _limpo(dito: object) -> str:
    """Sem os controles que um arquivo de fora pode trazer: nada dele manda no terminal."""
    from guiche.dominio.texto import visivel  # noqa: PLC0415

    return visivel(str(dito))


def _dizer_problemas(resultado: Resultado, pedido: Namespace) -> None:
    """Na saída de erros: a outra leva os bytes do arquivo."""
    if pedido.json and resultado.problemas:
        problemas = [p.como_dict() for p in resultado.problemas]
        print(json.dumps({"feito": True, "problemas": problemas}, ensure_ascii=False, indent=1), file=sys.stderr)
    elif not pedido.json:
        for problema in resultado.problemas:
            print(_limpo(problema), file=sys.stderr)


def _mostrar_erro(erro: ErroGuiche, pedido: Namespace) -> int:
    if pedido.json:
        from guiche.erros import Local, Problema  # noqa: PLC0415

        problema = Problema(erro.codigo, erro.mensagem, erro.local or Local("guiche"), erro.dica)
        dados = {"feito": False, "problemas": [problema.como_dict()]}
        print(json.dumps(dados, ensure_ascii=False, indent=1), file=_fluxo_da_recusa(pedido))
    else:
        print(_limpo(erro), file=sys.stderr)
    return RECUSADO
