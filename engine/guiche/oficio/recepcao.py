"""O que vale para todo retorno que chega, de débito ou de cobrança: já veio? falta algum? onde se dá baixa?"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from guiche.arquivos.cobranca import Cobranca
from guiche.arquivos.debito150 import Arquivo
from guiche.arquivos.ensaio import e_ensaio
from guiche.dominio.cadastro import Conta
from guiche.erros import ErroDeArquivo, ErroDeRegra, Local, Problema, do_sistema
from guiche.layout.modelo import Registro
from guiche.livro import retornos
from guiche.oficio.contexto import Contexto
from guiche.oficio.segredo import exigir, ha_supervisor

DEBITO = "DEBITO_150"


class Chegada(NamedTuple):
    """De que arquivo se trata."""

    fonte: str
    sha256: str
    tipo: str
    """``DEBITO_150``, ``COBRANCA_240``, ``COBRANCA_400``…"""
    nsa: int | None
    """O número do arquivo, se ele o traz."""
    gerado_em: str | None
    """Data do arquivo, ISO."""
    ensaio: bool = False
    """Não é de banco nenhum, e não entra na numeração de nenhum."""


class Aceita(NamedTuple):
    """O que se manda aceitar fora do costume."""

    repetir_nsa: str = ""
    """A razão do supervisor para importar um número de retorno que já veio com outro conteúdo."""
    ensaio: bool = False
    """O retorno do banco de faz de conta."""
    supervisor: str = ""
    """O segredo do supervisor, que se pede para ``repetir_nsa`` se o livro tem um."""


NADA_DE_MAIS = Aceita()


class PorImportar(NamedTuple):
    """Um retorno, e como se quer importá-lo."""

    caminho: Path
    conta: str
    baixar_em: str
    aceita: Aceita


def sha256_de(caminho: Path) -> str:
    """O resumo do arquivo, de qualquer tamanho.

    Raises:
        ErroDeArquivo: ``arquivo.ausente``, se não se consegue abrir.
    """
    try:
        with caminho.open("rb") as entrada:
            return hashlib.file_digest(entrada, "sha256").hexdigest()
    except OSError as erro:
        razao = f"não foi possível abrir: {do_sistema(erro)}"
        raise ErroDeArquivo("arquivo.ausente", razao, local=Local(caminho.name)) from erro


def recusar_repetido(ctx: Contexto, chegada: Chegada) -> None:
    """Recusa o arquivo cujos bytes já se importaram (K-20).

    Raises:
        ErroDeRegra: ``retorno.ja_importado``.
    """
    if igual := retornos.por_conteudo(ctx.livro, chegada.sha256):
        raise _ja_importado(igual, chegada)


def _ja_importado(igual: retornos.Retorno, chegada: Chegada) -> ErroDeRegra:
    razao = f"retorno já importado (código {igual.id}), {_quem(igual)}"
    return ErroDeRegra("retorno.ja_importado", razao, local=Local(chegada.fonte))


def recusar_ensaio(arquivo: Arquivo | Cobranca, fonte: str, cabecalho: Registro, aceita: Aceita) -> list[Problema]:
    """Recusa o retorno do banco de faz de conta; se a pessoa o aceita, avisa.

    Raises:
        ErroDeRegra: ``retorno.ensaio``.
    """
    if not e_ensaio(cabecalho, arquivo.cabecalho, arquivo.banco):
        return []
    texto, local = "este retorno é um ensaio: nenhum banco o mandou, e ninguém pagou o que ele diz", Local(fonte)
    if not aceita.ensaio:
        raise ErroDeRegra("retorno.ensaio", texto, local=local)
    dica = "Aceita-se por ser treino: as baixas valem só nesta pasta, que daqui em diante serve para treinar."
    return [Problema("retorno.ensaio", texto, local, dica, gravidade="aviso")]


def autorizar(ctx: Contexto, aceita: Aceita) -> None:
    """Repetir o número de um retorno é do supervisor, se o livro tem um (K-20).

    Raises:
        ErroDeRegra: ``supervisor.falta`` ou ``supervisor.errado``.
    """
    if aceita.repetir_nsa and ha_supervisor(ctx):
        exigir(ctx, aceita.supervisor, "importar com o NSA repetido")


def conferir_numero(ctx: Contexto, conta: Conta, chegada: Chegada, aceita: Aceita) -> list[Problema]:
    """Recusa o número que já veio com outro conteúdo, salvo com a razão do supervisor; avisa o que se pulou (K-20).

    Raises:
        ErroDeRegra: ``retorno.nsa_repetido``; ``retorno.ja_importado``, se outro operador se adiantou.
    """
    if not chegada.nsa or chegada.ensaio:
        return []
    quem, local = (chegada.tipo, conta.banco, conta.convenio), Local(chegada.fonte)
    mesmo = retornos.por_nsa(ctx.livro, *quem, chegada.nsa)
    if mesmo and mesmo.sha256 == chegada.sha256 and not mesmo.desfeito_em:  # outro operador acaba de o importar
        raise _ja_importado(mesmo, chegada)
    recomecou = chegada.tipo != DEBITO and mesmo is not None and mesmo.gerado_em != chegada.gerado_em
    if mesmo and not aceita.repetir_nsa and not recomecou:
        texto = f"o banco já mandou o retorno nº {chegada.nsa} com outro conteúdo (código {mesmo.id}), {_quem(mesmo)}"
        raise ErroDeRegra("retorno.nsa_repetido", texto, local=local)
    ultimo = retornos.ultimo_nsa(ctx.livro, *quem)
    if ultimo is not None and chegada.nsa > ultimo + 1:
        texto = f"o último retorno importado foi o nº {ultimo} e este é o nº {chegada.nsa}: falta arquivo no meio"
        return [Problema("retorno.nsa_salto", texto, local, gravidade="aviso")]
    return []


def _quem(retorno: retornos.Retorno) -> str:
    momento = retorno.importado_em
    return f"por {retorno.usuario} em {momento[8:10]}/{momento[5:7]}/{momento[:4]} às {momento[11:16]}"


def destino_da_baixa(conta: Conta, baixar_em: str) -> str:
    """``CAIXA`` ou ``CONTA``: o pedido, o da conta, ou a conta bancária.

    Raises:
        ErroDeRegra: ``conta.sem_dados``, se a baixa iria a uma conta de que não se sabe agência e número.
    """
    destino = baixar_em or conta.baixar_em or "CONTA"
    if destino == "CONTA" and not (conta.agencia and conta.conta):
        raise ErroDeRegra("conta.sem_dados", f"a conta {conta.codigo} não tem agência e conta para receber a baixa")
    return destino


def onde_se_da_baixa(conta: Conta, destino: str) -> str:
    """Como o relato diz o destino."""
    return "no Caixa Financeiro" if destino == "CAIXA" else f"na conta bancária {conta.codigo}"
