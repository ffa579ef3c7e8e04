"""Atende os atos que são do Excel e não da cobrança: instalar, desinstalar, diagnosticar, o painel, um exemplo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from guiche.erros import ErroDeRegra, ErroGuiche
from guiche.excel.maquina import Maquina, esta_maquina
from guiche.oficio.pedido import Pedido
from guiche.oficio.resultado import Resultado

_EXEMPLO = "Exemplo do Guichê"


def novo(p: Pedido) -> Resultado:
    """Nova pasta de trabalho; sem dizer onde, nos documentos da pessoa, com um nome ainda livre."""
    from guiche.excel.instalacao import PASTA, nos_documentos  # noqa: PLC0415
    from guiche.servicos.pasta.abas import criar  # noqa: PLC0415

    return criar(p["pasta"] or nos_documentos(esta_maquina(), PASTA))


def demo(p: Pedido) -> Resultado:
    """Ver um exemplo; num clique, numa pasta só dele nos documentos da pessoa."""
    from guiche.excel.instalacao import nos_documentos  # noqa: PLC0415
    from guiche.servicos.treino.demo import demonstrar  # noqa: PLC0415

    if not p.na_janela:
        return demonstrar(p["em"] or Path(), p.autor)
    feito = demonstrar(nos_documentos(esta_maquina(), _EXEMPLO), p.autor)
    caminho = feito.arquivos[0]
    linhas = (
        f"A farmácia de exemplo está em {caminho.parent}.",
        "Nela já se gerou uma remessa, um banco de faz de conta respondeu, e há boletos. Aperte os botões à vontade.",
    )
    return replace(feito, linhas=linhas, arquivos=(caminho,))


def _maquina(p: Pedido) -> Maquina:
    """Esta máquina, ou outra de que só se quer o plano, numa pasta.

    Raises:
        ErroDeRegra: ``instalar.sistema``.
    """
    maquina = esta_maquina()
    pedido: str = p["sistema"]
    if pedido and pedido != maquina.sistema:
        if p["pasta"] is None:
            raise ErroDeRegra("instalar.sistema", f"esta máquina não é {pedido}")
        maquina = replace(maquina, sistema=pedido, outra=True)
    return maquina


def instalar(p: Pedido) -> Resultado:
    """Instalar no Excel."""
    from guiche.excel.instalacao import EXTENSAO, executar, para_o_libreoffice, plano  # noqa: PLC0415

    maquina, pasta = _maquina(p), _pasta(p)
    passos = plano(maquina, pasta)
    gravados = executar(passos, maquina.sistema)
    linhas = [f"Instalado: {len(passos)} arquivos; {len(gravados)} novos ou mudados."]
    linhas += [f"{passo.destino}: {passo.porque}." for passo in passos]
    if maquina.sistema != "linux":
        linhas.append("Agora abra o Excel: a aba Guichê estará na faixa. Se não estiver, rode guiche diagnostico.")
    oxt = next(passo.destino for passo in passos if passo.destino.name == EXTENSAO)
    linhas.append(para_o_libreoffice(maquina, oxt))
    return Resultado("instalar", tuple(linhas), {"gravados": [str(g) for g in gravados]}, arquivos=tuple(gravados))


def desinstalar(p: Pedido) -> Resultado:
    """Desinstalar do Excel."""
    from guiche.excel.instalacao import desfazer, plano  # noqa: PLC0415

    maquina = _maquina(p)
    tirados = desfazer(plano(maquina, _pasta(p)), maquina.sistema)
    linhas = (f"Desinstalado: {len(tirados)} arquivos. As pastas de trabalho e os livros ficaram.", *map(str, tirados))
    return Resultado("desinstalar", linhas, {"tirados": [str(t) for t in tirados]})


def diagnostico(p: Pedido) -> Resultado:
    """Verificar instalação."""
    from guiche.excel.diagnostico import FALTA, OK, SABER, examinar, relato  # noqa: PLC0415

    exames = examinar(esta_maquina(), _pasta(p))
    faltas = sum(e.resultado == FALTA for e in exames)
    resumo = "Tudo certo." if all(e.resultado in {OK, SABER} for e in exames) else f"{faltas} faltas: veja o que fazer."
    dados = {"exames": [e._asdict() for e in exames]}
    linhas = [resumo, *relato(exames)]
    arquivos: tuple[Path, ...] = ()
    if p["pacote"]:
        feito = _empacotar(p, [(e.nome, e.resultado) for e in exames])
        linhas, arquivos = [*linhas, *feito.linhas], feito.arquivos
    return Resultado("diagnostico", tuple(linhas), dados, arquivos=arquivos, feito=not faltas)


def _empacotar(p: Pedido, exames: Sequence[tuple[str, str]]) -> Resultado:
    """O pacote da pasta de trabalho pedida; a que não se abre é o que mais se quer diagnosticar."""
    from guiche.oficio.contexto import abrir  # noqa: PLC0415
    from guiche.servicos.privacidade.pacote import empacotar  # noqa: PLC0415

    recusa = ""
    if p["com"]:
        try:
            with abrir(p["com"], p.autor) as ctx:
                return empacotar(p["pacote"], ctx, exames=exames)
        except ErroGuiche as erro:
            recusa = erro.codigo
    return empacotar(p["pacote"], None, recusa, exames)


def painel(p: Pedido) -> Resultado:
    """Painel."""
    from guiche.excel.janela import abrir_painel  # noqa: PLC0415

    abrir_painel(p.autor.usuario, p["com"])
    return Resultado("painel", ("Painel fechado.",))


def _pasta(p: Pedido) -> Path | None:
    escolhida: Path | None = p["pasta"]
    return escolhida.resolve() if escolhida else None
