"""Os comandos e suas opções."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from guiche import __version__

SITUACOES = ("ATIVA", "PROCESSADA", "ESTORNADA", "DESCARTADA")


def _data(texto: str) -> date:
    """Data AAAA-MM-DD ou DD/MM/AAAA."""
    if "/" in texto:
        dia, mes, ano = texto.split("/")
        texto = f"{ano}-{mes}-{dia}"
    return date.fromisoformat(texto)


def _centavos(texto: str) -> int:
    """Reais escritos ``150,00`` ou ``150.00``, em centavos."""
    from decimal import Decimal, InvalidOperation  # noqa: PLC0415

    from guiche.dominio.dinheiro import para_centavos  # noqa: PLC0415

    limpo = texto.replace(".", "").replace(",", ".") if "," in texto else texto
    try:
        return para_centavos(Decimal(limpo))
    except InvalidOperation as erro:
        raise ValueError(texto) from erro


def leitor() -> argparse.ArgumentParser:
    """O leitor de argumentos, com todos os comandos."""
    raiz = argparse.ArgumentParser(prog="guiche", description="Cobrança bancária a partir de uma pasta de trabalho.")
    raiz.add_argument("--version", action="version", version=f"guiche {__version__}")
    geral = argparse.ArgumentParser(add_help=False)
    geral.add_argument("--json", action="store_true", help="resposta para máquinas")
    geral.add_argument("--hoje", type=_data, help="data do ato (padrão: hoje)")
    geral.add_argument("--usuario", default="", help="quem age (padrão: o usuário do sistema)")
    atos = raiz.add_subparsers(required=True, metavar="ATO")
    _de_debito(atos, geral)
    _de_remessas(atos, geral)
    _de_titulos(atos, geral)
    _de_arquivos(atos, geral)
    return raiz


def _novo(
    atos: argparse._SubParsersAction[argparse.ArgumentParser],
    geral: argparse.ArgumentParser,
    nome: str,
    comando: str,
    ajuda: str,
) -> argparse.ArgumentParser:
    ato = atos.add_parser(nome, parents=[geral], help=ajuda, description=ajuda)
    ato.set_defaults(comando=comando)
    return ato


def _com_pasta(ato: argparse.ArgumentParser) -> argparse.ArgumentParser:
    ato.add_argument("pasta", type=Path, help="a pasta de trabalho (.xlsx)")
    return ato


def _filtros(ato: argparse.ArgumentParser) -> None:
    ato.add_argument("--conta", default="", help="código da conta (dispensável se há uma só)")
    for nome, ajuda in (
        ("filial", "filial"), ("cliente", "código de cliente"), ("matricula", "matrícula"),
        ("empresa", "empresa conveniada"), ("tipo-doc", "tipo de documento"),
    ):  # fmt: skip
        ato.add_argument(f"--{nome}-de", default="", metavar="DE", help=f"intervalo de {ajuda}, início")
        ato.add_argument(f"--{nome}-ate", default="", metavar="ATÉ", help=f"intervalo de {ajuda}, fim")
    ato.add_argument("--por", choices=("CLIENTE", "CONVENIO"), default="CLIENTE", help="qual intervalo vale")
    ato.add_argument("--vencimento-de", type=_data, help="primeiro vencimento")
    ato.add_argument("--vencimento-ate", type=_data, help="último vencimento")
    ato.add_argument("--tipos-doc", default="", metavar="A,B", help="só estes tipos de documento")
    ato.add_argument("--data-fixa", type=_data, help="envia todos os débitos com esta data")
    ato.add_argument("--parcial", action="store_true", help="envia o saldo de títulos com pagamento parcial")


def _de_debito(atos: argparse._SubParsersAction[argparse.ArgumentParser], geral: argparse.ArgumentParser) -> None:
    _com_pasta(_novo(atos, geral, "novo", "novo", "cria uma pasta de trabalho vazia, a partir do modelo"))
    for nome, ajuda in (
        ("conferir", "mostra o que a remessa levaria e por que o resto fica fora; não grava nada"),
        ("gerar", "gera a remessa de débito automático"),
    ):
        _filtros(_com_pasta(_novo(atos, geral, nome, nome, ajuda)))
    ato = _com_pasta(_novo(atos, geral, "importar", "importar", "importa o retorno do banco"))
    ato.add_argument("arquivo", type=Path, help="o retorno (.ret, .txt…)")
    ato.add_argument("--conta", default="", help="código da conta (padrão: pelo conteúdo)")
    ato.add_argument("--baixar-em", choices=("CAIXA", "CONTA"), default="", help="onde dar baixa")
    ato.add_argument("--confirmar", action="store_true", help="grava; sem isto, só mostra a prévia")
    ato.add_argument("--repetir-nsa", default="", metavar="RAZÃO", help="aceita número já importado (supervisor)")
    ato = _com_pasta(_novo(atos, geral, "optantes", "optantes", "lista os optantes para a agência"))
    ato.add_argument("--conta", default="", help="código da conta")
    ato.add_argument("--empresa-de", default="", help="intervalo de empresa conveniada, início")
    ato.add_argument("--empresa-ate", default="", help="intervalo de empresa conveniada, fim")
    ato.add_argument("--saida", type=Path, action="append", default=[], help=".xlsx, .csv ou .pdf; pode repetir")
    _com_pasta(_novo(atos, geral, "retornos", "retornos", "lista os retornos importados")).add_argument(
        "--todos", action="store_true", help="sem isto, os dos últimos 30 dias"
    )
    _com_pasta(_novo(atos, geral, "atualizar", "atualizar", "refaz as abas do Guichê a partir do livro"))


def _de_remessas(atos: argparse._SubParsersAction[argparse.ArgumentParser], geral: argparse.ArgumentParser) -> None:
    grupo = atos.add_parser("remessas", help="lista, exporta, estorna, descarta, imprime remessas")
    acoes = grupo.add_subparsers(required=True, metavar="AÇÃO")
    ato = _com_pasta(_novo(acoes, geral, "listar", "remessas_listar", "lista as remessas, com a bola de cada uma"))
    ato.add_argument("--banco", default="")
    ato.add_argument("--situacao", default="", choices=("", *SITUACOES))
    ato.add_argument("--tipo", default="", choices=("", "DEBITO", "CANCELAMENTO"))
    for nome, ajuda in (
        ("exportar", "escreve de novo o arquivo, byte a byte igual"),
        ("estornar", "gera a remessa de cancelamento de uma remessa já enviada"),
        ("descartar", "desfaz uma remessa que nunca foi ao banco"),
        ("transmitida", "anota que a remessa foi enviada ao banco"),
        ("confirmada", "anota que o banco confirmou o recebimento"),
        ("imprimir", "relatório da remessa em PDF"),
    ):
        ato = _com_pasta(_novo(acoes, geral, nome, f"remessas_{nome}", ajuda))
        ato.add_argument("remessa", type=int, help="código da remessa")
        if nome in {"exportar", "imprimir"}:
            ato.add_argument("--saida", type=Path)
        if nome == "descartar":
            ato.add_argument("--motivo", required=True)


def _de_titulos(atos: argparse._SubParsersAction[argparse.ArgumentParser], geral: argparse.ArgumentParser) -> None:
    grupo = atos.add_parser("titulo", help="estorna ou recebe um título")
    acoes = grupo.add_subparsers(required=True, metavar="AÇÃO")
    ato = _com_pasta(_novo(acoes, geral, "estornar", "titulo_estornar", "tira o título da carteira"))
    ato.add_argument("numero")
    ato.add_argument("--motivo", required=True)
    ato.add_argument("--nota-cancelada", action="store_true", help="a razão é o cancelamento da nota")
    ato = _com_pasta(_novo(acoes, geral, "receber", "titulo_receber", "recebe o título no balcão"))
    ato.add_argument("numero")
    ato.add_argument("--valor", type=_centavos, required=True, help="em reais, como 150,00")
    ato.add_argument("--dia", type=_data, help="dia do recebimento (padrão: hoje)")
    ato.add_argument("--baixar-em", choices=("CAIXA", "CONTA"), default="CAIXA")
    ato.add_argument("--conta", default="")


def _de_arquivos(atos: argparse._SubParsersAction[argparse.ArgumentParser], geral: argparse.ArgumentParser) -> None:
    grupo = atos.add_parser("arquivo", help="lê, explica ou verifica um arquivo do banco")
    acoes = grupo.add_subparsers(required=True, metavar="AÇÃO")
    for nome, ajuda in (
        ("ler", "o conteúdo, registro a registro"),
        ("explicar", "cada linha, campo a campo"),
        ("verificar", "o que está errado, com regra, posição e remédio"),
    ):
        ato = _novo(acoes, geral, nome, f"arquivo_{nome}", ajuda)
        ato.add_argument("arquivo", type=Path)
        if nome == "explicar":
            ato.add_argument("--saida", type=Path, help="grava também em .xlsx")
    ato = _novo(atos, geral, "banco-simulado", "banco_simulado", "responde a uma remessa como um banco")
    ato.add_argument("remessa", type=Path)
    ato.add_argument("--saida", type=Path, help="arquivo de retorno (padrão: ao lado, com fim .ret)")
    ato.add_argument("--nsa", type=int, default=1)
    ato.add_argument("--semente", default="guiche")
    ato.add_argument("--parcelas", default="", metavar="00=80,01=20", help="parcela de cada código, somando 100")
    ato.add_argument("--codigos", default="", metavar="00,01,31", help="código linha a linha")
    ato = _novo(atos, geral, "demo", "demo", "monta um exemplo e faz o caminho inteiro numa pasta vazia")
    ato.add_argument("--em", type=Path, default=Path(), help="onde (padrão: a pasta atual)")
