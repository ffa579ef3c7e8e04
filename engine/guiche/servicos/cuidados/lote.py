"""De noite, sem ninguém: importa o que chegou numa pasta, gera o que há a enviar, e conta o que fez (I-29)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from guiche.dominio.cadastro import Conta
from guiche.dominio.texto import contar
from guiche.erros import ErroDeArquivo, ErroGuiche, Local, Problema
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.servicos.ato import lendo
from guiche.servicos.cobranca.remessa import gerar as gerar_boletos
from guiche.servicos.debito.gerar import gerar as gerar_debito
from guiche.servicos.retornos.importar import importar

IMPORTADOS, RECUSADOS = "importados", "recusados"


_DISSE = {
    "importado": ("retorno importado", "retornos importados"),
    "repetido": ("retorno que já estava importado", "retornos que já estavam importados"),
    "gerada": ("remessa gerada", "remessas geradas"),
    "recusado": ("recusa", "recusas"),
}


class Feito(NamedTuple):
    """O que se fez com um arquivo ou uma conta."""

    nome: str
    frase: str
    que: str = ""
    """Uma chave de ``_DISSE``; vazio se não havia nada a fazer."""
    problema: Problema | None = None
    arquivo: Path | None = None


def exigir_pasta(entrada: Path, pasta: Path) -> None:
    """Recusa a pasta de entrada que não há, ou que é a da própria ``pasta`` de trabalho.

    Um disco de rede caído não é uma noite sem retornos; e o que está na entrada muda de lugar: o livro também mudaria.

    Raises:
        ErroDeArquivo: ``lote.entrada``.
    """
    razao = ""
    if not entrada.is_dir():
        razao = "não é uma pasta" if entrada.exists() else "a pasta não existe"
    elif entrada.resolve() == pasta.resolve().parent:
        razao = "é a pasta da própria pasta de trabalho"
    if razao:
        raise ErroDeArquivo("lote.entrada", razao, local=Local(str(entrada)))


@lendo("lote")
def fazer(ctx: Contexto, cadastros: Cadastros, entrada: Path, saida: Path, *, gerar: bool) -> Resultado:
    """Importa cada arquivo da ``entrada``, na ordem dos nomes, e põe em ``saida`` as remessas novas.

    O que se importa vai a ``entrada/importados``; o que se recusa, a ``entrada/recusados``, com a razão ao lado, e
    não impede os outros. Arquivo já importado conta como importado: um lote interrompido se repete sem risco.
    """
    feitos = list(_importar_todos(ctx, entrada))
    if gerar:
        contas = [c for c in cadastros.contas.values() if c.ativa is not False]
        feitos += [_gerar(ctx, conta, saida) for conta in contas]
    ruins = [f for f in feitos if f.problema]
    relato = [_resumo(feitos), *(f"{f.nome}: {f.frase}" for f in feitos)]
    contas_ditas = Counter(f.que for f in feitos)
    dados = {
        "feitos": [{"nome": f.nome, "frase": f.frase, "recusado": f.problema is not None} for f in feitos],
        "importados": contas_ditas["importado"], "geradas": contas_ditas["gerada"], "recusados": len(ruins),
    }  # fmt: skip
    problemas = tuple(f.problema for f in ruins if f.problema)
    arquivos = tuple(f.arquivo for f in feitos if f.arquivo)
    return Resultado("lote", tuple(relato), dados, problemas, arquivos, feito=not ruins)


def _resumo(feitos: Sequence[Feito]) -> str:
    """O que de fato se fez, contado."""
    vezes = Counter(f.que for f in feitos)
    ditas = [contar(vezes[que], uma, varias) for que, (uma, varias) in _DISSE.items() if vezes[que]]
    return f"{', '.join(ditas)}." if ditas else "Nada chegou, e nada há a enviar: nada foi feito."


def _importar_todos(ctx: Contexto, entrada: Path) -> Iterator[Feito]:
    if not entrada.is_dir():
        return
    for caminho in sorted(c for c in entrada.iterdir() if c.is_file() and not c.name.startswith(".")):
        try:
            resultado = importar(ctx, caminho, confirmar=True)
        except ErroGuiche as erro:
            if erro.codigo != "retorno.ja_importado":
                yield _recusado(caminho, erro)
                continue
            frase, que = "já estava importado", "repetido"
        else:
            que = "importado"
            frase = resultado.linhas[1] if resultado.feito else resultado.linhas[0]
        _mover(caminho, entrada / IMPORTADOS)
        yield Feito(caminho.name, frase, que)


def _recusado(caminho: Path, erro: ErroGuiche) -> Feito:
    destino = _mover(caminho, caminho.parent / RECUSADOS)
    destino.with_name(f"{destino.name}.motivo.txt").write_text(f"{erro}\n", "utf-8")
    problema = Problema("lote.recusado", erro.mensagem, Local(caminho.name), dica=erro.dica)
    return Feito(caminho.name, f"recusado: {erro.mensagem}", "recusado", problema)


def _mover(caminho: Path, pasta: Path) -> Path:
    """Muda o arquivo de pasta; se já há um com o nome, o novo leva um número."""
    pasta.mkdir(exist_ok=True)
    destino, n = pasta / caminho.name, 1
    while destino.exists():
        destino, n = pasta / f"{caminho.stem}-{n}{caminho.suffix}", n + 1
    return caminho.replace(destino)


def _gerar(ctx: Contexto, conta: Conta, saida: Path) -> Feito:
    """A remessa da conta, se há o que enviar."""
    nome = f"conta {conta.codigo}"
    try:
        resultado = gerar_debito(ctx, conta.codigo) if conta.produto == "DEBITO" else gerar_boletos(ctx, conta.codigo)
    except ErroGuiche as erro:
        problema = Problema("lote.recusado", erro.mensagem, Local(nome), dica=erro.dica)
        return Feito(nome, f"recusada: {erro.mensagem}", "recusado", problema)
    if "remessa" not in resultado.dados:
        return Feito(nome, resultado.linhas[0])
    remessa = resultado.arquivos[-1]
    destino = saida / remessa.name
    escrever_inteiro(destino, remessa.read_bytes())
    return Feito(nome, resultado.linhas[0], "gerada", arquivo=destino)
