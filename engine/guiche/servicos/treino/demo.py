"""A demonstração: numa pasta vazia, o caminho inteiro do débito e dos boletos, do título à baixa."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from guiche.dominio.dinheiro import para_centavos
from guiche.dominio.filtros import Filtros
from guiche.erros import ErroDePlanilha, Local
from guiche.livro.atos import Autor
from guiche.oficio.contexto import abrir
from guiche.oficio.recepcao import Aceita
from guiche.oficio.resultado import Resultado
from guiche.servicos.boletos.emissao import gerar as emitir
from guiche.servicos.cobranca.remessa import gerar as registrar_boletos
from guiche.servicos.debito.gerar import conferir, gerar
from guiche.servicos.debito.optantes import listar_optantes
from guiche.servicos.pasta.abas import criar
from guiche.servicos.remessas.enviadas import imprimir, marcar
from guiche.servicos.retornos.importar import importar
from guiche.servicos.titulos.titulo import receber
from guiche.servicos.treino.exemplo import NAO_OPTANTE, PAGOS_NO_BALCAO, preencher, valor_do_antigo
from guiche.servicos.treino.simulado import Escolha, responder

NOME = "Farmácia Modelo.xlsx"
_DESFECHOS = ("PAGO", "ABERTO")
_SEM_DEBITO = f"{NAO_OPTANTE:04d}"


def demonstrar(em: Path, autor: Autor) -> Resultado:
    """Monta o exemplo e fecha os dois círculos, débito e boletos: remessa → banco simulado → retorno → baixa.

    Raises:
        ErroDePlanilha: ``demo.existe``, se o exemplo já está lá.
    """
    caminho = em / NOME
    if caminho.exists():
        raise ErroDePlanilha("demo.existe", "o exemplo já está nesta pasta", local=Local(NOME))
    em.mkdir(parents=True, exist_ok=True)
    _montar(caminho, autor)
    relatos = (*_debito(caminho, autor), *_boletos(caminho, autor))
    arquivos = (caminho, *(arquivo for relato in relatos for arquivo in relato.arquivos))
    return Resultado("demo", _contar(relatos, arquivos), arquivos=arquivos)


def _montar(caminho: Path, autor: Autor) -> None:
    criar(caminho)
    with abrir(caminho, autor) as ctx:
        preencher(ctx.pasta, autor.hoje)
        ctx.salvar()
    with abrir(caminho, autor) as ctx:
        for n, dias in PAGOS_NO_BALCAO.items():
            receber(ctx, f"A{n:04d}", para_centavos(valor_do_antigo(n)), dia=autor.hoje - timedelta(days=dias))


def _debito(caminho: Path, autor: Autor) -> Iterator[Resultado]:
    """Conferir, gerar, o banco responder, importar, listar os optantes."""
    em = caminho.parent
    with abrir(caminho, autor) as ctx:
        yield conferir(ctx)
    with abrir(caminho, autor) as ctx:
        geracao = gerar(ctx)
    yield geracao
    numero, remessa = int(geracao.dados["remessa"]), geracao.arquivos[-1]
    with abrir(caminho, autor) as ctx:
        marcar(ctx, numero, "transmitida")
        relatorio = imprimir(ctx, numero, em / f"Relatório da remessa {numero}.pdf")
    retorno = em / "retornos" / f"{remessa.stem}.ret"
    responder(remessa, retorno, agora=autor.agora, escolha=Escolha(ensaio=True))
    with abrir(caminho, autor) as ctx:
        yield replace(
            importar(ctx, retorno, confirmar=True, aceita=Aceita(ensaio=True)), arquivos=(retorno, *relatorio.arquivos)
        )
    with abrir(caminho, autor) as ctx:
        yield listar_optantes(ctx, saidas=[em / "Optantes.pdf", em / "Optantes.csv", em / "Optantes.xlsx"])


def _boletos(caminho: Path, autor: Autor) -> Iterator[Resultado]:
    """Emitir, registrar no banco, o banco responder, importar."""
    with abrir(caminho, autor) as ctx:
        yield emitir(ctx, "", Filtros(cliente=(_SEM_DEBITO, _SEM_DEBITO)), juntar=False)
    with abrir(caminho, autor) as ctx:
        registro = registrar_boletos(ctx, "")
    yield registro
    retorno = caminho.parent / "retornos" / f"{registro.arquivos[-1].stem}.ret"
    responder(registro.arquivos[-1], retorno, agora=autor.agora, escolha=Escolha(codigos=_DESFECHOS, ensaio=True))
    with abrir(caminho, autor) as ctx:
        yield replace(importar(ctx, retorno, confirmar=True, aceita=Aceita(ensaio=True)), arquivos=(retorno,))


def _contar(relatos: tuple[Resultado, ...], arquivos: tuple[Path, ...]) -> tuple[str, ...]:
    conferencia, geracao, importacao, lista, boletos, registro, baixa = relatos
    return (
        "1. Conferência (nada se grava):",
        *(f"   {frase}" for frase in conferencia.linhas[1:]),
        "2. Remessa:",
        f"   {geracao.linhas[0]}",
        "3. O banco de faz de conta respondeu; o retorno foi importado:",
        *(f"   {frase}" for frase in importacao.linhas),
        "4. Optantes:",
        *(f"   {frase}" for frase in lista.linhas[:2]),
        "5. Boletos de quem não é optante:",
        f"   {boletos.linhas[0]}",
        "6. Remessa que os registra, e o retorno do banco de faz de conta:",
        f"   {registro.linhas[0]}",
        *(f"   {frase}" for frase in baixa.linhas[:4]),
        "Abra para ver:",
        *(f"   {arquivo}" for arquivo in arquivos),
    )
