"""Leva ao disco o arquivo de uma remessa, ou outro qualquer: inteiro ou nada, sempre com o nome que é dele."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from guiche.dominio.nomes import pasta_de_dentro
from guiche.erros import ErroDePlanilha, Local, do_sistema
from guiche.livro import arquivos, remessas
from guiche.livro.remessas import Remessa
from guiche.oficio.contexto import Contexto


def caminho_da(ctx: Contexto, remessa: Remessa) -> Path:
    """Onde fica o arquivo da remessa; o livro o guarda relativo à pasta de trabalho, que pode mudar de lugar."""
    return ctx.pasta.caminho.parent / pasta_de_dentro(remessa.arquivo)


def nome_livre(ctx: Contexto, nome: str, nsa: int) -> str:
    """O nome que o banco pede; se outra remessa já o usou (máscara só com a data), leva o NSA no fim."""
    usados = {Path(r.arquivo).name for r in remessas.listar(ctx.livro) if r.situacao != "DESCARTADA"}
    if nome not in usados:
        return nome
    caminho = Path(nome)
    return f"{caminho.stem}-{nsa:06d}{caminho.suffix}"


def exportar_arquivo(ctx: Contexto, remessa: Remessa) -> Path:
    """Escreve o arquivo da remessa, sempre os mesmos bytes, e anota a exportação."""
    caminho = caminho_da(ctx, remessa)
    escrever_inteiro(caminho, arquivos.recuperar(ctx.livro, remessa.sha256))
    with ctx.livro.transacao():
        remessas.marcar(ctx.livro, remessa.id, "exportada_em", _agora(ctx.autor.agora))
    return caminho


def aposentar_descartadas(ctx: Contexto) -> None:
    """O arquivo de uma remessa descartada muda de nome, para que ninguém o mande; o que outra usa agora fica."""
    for remessa in remessas.listar(ctx.livro, situacoes=["DESCARTADA"]):
        caminho = caminho_da(ctx, remessa)
        if caminho.exists() and not remessas.em_uso(ctx.livro, remessa.arquivo):
            caminho.replace(caminho.with_name(f"{caminho.name}.descartado"))


def escrever_inteiro(caminho: Path, conteudo: bytes) -> None:
    """Escreve o arquivo por nome provisório, descarrega ao disco e troca: ou inteiro, ou nada.

    Raises:
        ErroDePlanilha: ``disco.gravacao``, se a pasta não aceita a gravação.
    """
    provisorio = caminho.with_name(f".{caminho.name}.provisorio")
    try:
        caminho.parent.mkdir(parents=True, exist_ok=True)
        with provisorio.open("wb") as saida:
            saida.write(conteudo)
            saida.flush()
            os.fsync(saida.fileno())
        provisorio.replace(caminho)
    except OSError as erro:
        with suppress(OSError):
            provisorio.unlink(missing_ok=True)
        raise ErroDePlanilha(
            "disco.gravacao", f"não foi possível gravar: {do_sistema(erro)}", local=Local(str(caminho))
        ) from erro


def _agora(momento: datetime) -> str:
    return momento.isoformat(sep=" ", timespec="seconds")
