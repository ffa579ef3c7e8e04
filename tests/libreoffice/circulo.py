"""O círculo inteiro pela janela do LibreOffice: gerar a remessa, o banco responder, importar o retorno, ver PAGO.

``python -m tests.libreoffice.circulo --em PASTA [--imagens PASTA]``
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from guiche.planilha.esquema import esquema
from guiche.relogio import autor
from guiche.servicos.treino.simulado.debito import Sorteio, responder
from tests.libreoffice.tela import falta, libreoffice
from tests.servicos.apoio import cliente, ler, montar, titulo
from tests.tela import Tela, tela

CODIGOS = ("00", "01", "00", "00", "30", "00", "00", "00")
"""A resposta do banco de faz de conta a cada título."""
DOCUMENTO = "PED-77"
"""O que se escreve na planilha antes de gerar; tem de chegar ao disco e ficar."""
_PESSOAS = ("Ana Prado", "Bento Reis", "Célia Nunes", "Davi Melo", "Elisa Rocha", "Fábio Lima", "Gilda Paz", "Hugo Sá")


def carteira(onde: Path, hoje: date) -> Path:
    """Uma pasta de trabalho com um título por pessoa, todos debitáveis."""
    onde.mkdir(parents=True, exist_ok=True)
    clientes = [cliente(f"C{n}", n, nome=nome) for n, nome in enumerate(_PESSOAS, 1)]
    titulos = [
        titulo(f"NF{n:03d}", hoje + timedelta(days=15 + n), f"{80 + 7 * n}.50", f"C{n}", tipo_doc="NF")
        for n in range(1, len(_PESSOAS) + 1)
    ]
    return montar(onde, clientes=clientes, titulos=titulos)


def circulo(em: Path, imagens: Path | None = None) -> dict[str, Any]:
    """Faz o círculo e devolve o que ficou: os títulos, os arquivos e o que a recusa deixou como estava."""
    hoje = autor().hoje
    pasta = carteira(em, hoje)
    with tela(imagens) as ecra, libreoffice(ecra, em / "perfil", pasta) as janela:
        ecra.teclar(janela, "ctrl+Next", "Down", *["Right"] * 4, f"'{DOCUMENTO}'", "Return")
        _abrir_menu(ecra, janela, "Right")
        ecra.foto("menu")
        _confirmar(ecra, "Gerar remessa", "gerar", escolhida=("g",), janela=janela)
        (remessa,) = (em / "remessas").iterdir()
        retorno = em / "banco.ret"
        responder(remessa, retorno, hoje=hoje, sorteio=Sorteio(codigos=CODIGOS))
        _abrir_menu(ecra, janela, "Right", "i")
        picker = ecra.janela("^Importar retorno$")
        ecra.foto("arquivo")
        ecra.fechar(picker, f"'{retorno.name}'", "Return")
        _confirmar(ecra, "Importar retorno", "importar")
        importados = ler(pasta, "titulos")
        ecra.teclar(janela, *["ctrl+Prior"] * len(esquema()), "ctrl+Next", "Down", "alt+Next")
        ecra.foto("planilha")
        _recusar(ecra, janela)
    return {"titulos": importados, "depois": ler(pasta, "titulos"), "remessa": remessa, "retorno": retorno}


def _abrir_menu(ecra: Tela, janela: str, *teclas: str) -> None:
    ecra.teclar(janela, "alt+g", *teclas)


def _confirmar(ecra: Tela, ato: str, nome: str, escolhida: tuple[str, ...] = (), janela: str = "") -> None:
    """A prévia, o sim e o resultado."""
    if escolhida:
        ecra.teclar(janela, *escolhida)
    pergunta = ecra.janela(f"Guich.*{ato}$")
    ecra.foto(f"{nome}-confirma")
    ecra.fechar(pergunta, "shift+Tab", "space")  # o botão marcado é Não; o anterior, em qualquer língua, é Sim
    resultado = ecra.janela(f"Guich.*{ato}$")
    ecra.foto(f"{nome}-resultado")
    ecra.fechar(resultado, "Return")


def _recusar(ecra: Tela, janela: str) -> None:
    """Receber o título da linha clicada, sem dizer o valor: a caixa diz a célula que falta."""
    _abrir_menu(ecra, janela, "f", "b")
    caixa = ecra.janela("Guich.*Receber$")
    ecra.foto("recusa")
    ecra.fechar(caixa, "Return")


def main() -> int:
    leitor = argparse.ArgumentParser(prog="python -m tests.libreoffice.circulo")
    leitor.add_argument("--em", type=Path, required=True, help="pasta vazia em que se trabalha")
    leitor.add_argument("--imagens", type=Path, help="pasta das fotografias de cada passo")
    pedido = leitor.parse_args()
    if motivo := falta():
        sys.stderr.write(f"Não dá para abrir o LibreOffice numa tela virtual: {motivo}.\n")
        return 1
    if pedido.imagens:
        pedido.imagens.mkdir(parents=True, exist_ok=True)
    feito = circulo(pedido.em.resolve(), pedido.imagens)
    for linha in feito["titulos"]:
        sys.stdout.write(f"{linha['numero']}  {linha['situacao'] or 'ABERTO'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
