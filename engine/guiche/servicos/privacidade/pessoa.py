"""O que a lei dá à pessoa: saber o que se guarda dela e, acabada a relação, sumir dos cadastros (LGPD, art. 18)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from guiche.dominio.texto import contar
from guiche.erros import ErroDePlanilha, ErroDeRegra, Local
from guiche.livro import pessoas, titulos
from guiche.livro.atos import registrar
from guiche.livro.conexao import propriedade
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.oficio.saidas import lugar_livre
from guiche.oficio.situacao import situacao_do_titulo
from guiche.planilha.celulas import Recusa, codigo
from guiche.planilha.esquema import Tabela, esquema
from guiche.planilha.lista import gravar_lista
from guiche.servicos.ato import Meio, anotando, gravar, lendo, retomando

ANONIMA = {"nome": "Pessoa anonimizada"}
_ABERTOS = {"EM ABERTO", "PARCIAL", "EM BOLETO", "ENVIADO", "CANCELAMENTO A ENVIAR", "CANCELAMENTO ENVIADO",
            "NÚMERO JÁ USADO"}  # fmt: skip
_REFEITAS_NO_ATO = ("conferencia", "optantes", "optantes_pendentes")
_GUARDA = (
    "Os arquivos trocados com o banco ficam no livro e na pasta das remessas, inteiros, como prova do que se cobrou: "
    "guarde-os pelo prazo legal (cinco anos é o costume) e depois apague-os."
)
_A_MAO = "Apague também os PDFs, os rascunhos e as cópias da pasta de trabalho e do livro em que a pessoa está."


@anotando
def exportar(ctx: Contexto, cliente: str, saida: Path) -> Resultado:
    """Tudo o que se guarda do cliente, em JSON e em planilha: linhas das abas, boletos, respostas, recebimentos.

    Se ``saida`` ou a planilha ao lado já existem, os dois levam um número: a exportação de uma pessoa não toma o lugar
    da de outra, nem o da pasta de trabalho.

    Raises:
        ErroDeRegra: ``pessoa.ausente``.
        ErroDePlanilha: ``saida.formato``, se o nome não termina em .json.
    """
    if saida.suffix.lower() != ".json":
        raise ErroDePlanilha("saida.formato", "a exportação tem de terminar em .json", local=Local(saida.name))
    abas = {nome: linhas for nome, linhas in _das_abas(ctx, cliente).items() if linhas}
    livro = {assunto: linhas for assunto, linhas in pessoas.tudo(ctx.livro, cliente).items() if linhas}
    if not abas and not livro:
        raise ErroDeRegra("pessoa.ausente", "não há cliente com esse código, nem na pasta de trabalho nem no livro")
    dados = {"cliente": cliente, "em": f"{ctx.autor.agora:%Y-%m-%d %H:%M}", "abas": abas, "livro": livro}
    saida = lugar_livre(saida, ".xlsx")
    escrever_inteiro(saida, json.dumps(dados, ensure_ascii=False, indent=1, default=str).encode())
    planilha = saida.with_suffix(".xlsx")
    gravar_lista(planilha, [_em_aba(nome, linhas) for nome, linhas in [*abas.items(), *livro.items()]])
    quantas = sum(map(len, [*abas.values(), *livro.values()]))
    registrar(ctx.livro, ctx.autor, "lgpd exportar", depois={"pessoa": _marca(ctx, cliente), "registros": quantas})
    relato = (
        f"{contar(quantas, 'registro')} em {saida.name} e {planilha.name}.",
        "Entregue só à própria pessoa.",
        _GUARDA,
    )
    return Resultado("lgpd exportar", relato, {"registros": quantas}, arquivos=(saida, planilha))


@retomando
@lendo("lgpd anonimizar")
def anonimizar(ctx: Contexto, cadastros: Cadastros, cliente: str, *, confirmar: bool) -> Resultado:
    """Tira a pessoa da pasta de trabalho e do livro; valores e datas ficam. Não tem volta.

    Raises:
        ErroDeRegra: ``pessoa.ausente``; ``pessoa.em_curso``, se ainda deve ou espera resposta do banco.
    """
    abas = _das_abas(ctx, cliente)
    registros = sum(map(len, [*abas.values(), *pessoas.tudo(ctx.livro, cliente).values()]))
    if not registros:
        raise ErroDeRegra("pessoa.ausente", "não há cliente com esse código, nem na pasta de trabalho nem no livro")
    _recusar_em_curso(ctx, cadastros, cliente)
    if not confirmar:
        relato = (
            f"Sairiam os dados pessoais de {contar(registros, 'registro')}. Não tem volta; nada foi gravado.",
            _GUARDA,
            _A_MAO,
        )
        return Resultado("lgpd anonimizar", relato, {"registros": registros})
    deles = [t.numero for t in cadastros.titulos if t.cliente == cliente]
    feito = gravar(ctx, cadastros, _anonimizar(ctx, cliente, deles, registros), reler=True)
    ctx.pasta.esquecer()
    return feito


def _anonimizar(ctx: Contexto, cliente: str, deles: Sequence[str], registros: int) -> Meio:
    novo = f"ANONIMO-{pessoas.quantos_ja_sairam(ctx.livro) + 1}"
    registrar(ctx.livro, ctx.autor, "lgpd anonimizar", depois={"cliente": novo, "registros": registros})
    pessoas.tirar(ctx.livro, cliente, novo, deles, ANONIMA)
    yield
    _das_tabelas(ctx, cliente, novo, set(deles))
    relato = (f"A pessoa agora é {novo}: saíram os dados pessoais de {contar(registros, 'registro')}.", _GUARDA, _A_MAO)
    return Resultado("lgpd anonimizar", relato, {"registros": registros, "cliente": novo})


def _marca(ctx: Contexto, cliente: str) -> str:
    """Com que o diário diz de quem se trata sem o dizer: quem tem o livro e o código confere."""
    return hmac.digest(propriedade(ctx.livro, "id").encode(), cliente.encode(), hashlib.sha256).hex()[:12]


def _recusar_em_curso(ctx: Contexto, cadastros: Cadastros, cliente: str) -> None:
    deles = [t for t in cadastros.titulos if t.cliente == cliente]
    ditas = [(t.numero, situacao_do_titulo(t, titulos.situacao(ctx.livro, t.numero))) for t in deles]
    abertos = [f"título {numero} {situacao}" for numero, situacao in ditas if situacao in _ABERTOS]
    if presos := [*abertos, *pessoas.em_curso(ctx.livro, cliente)]:
        mais = f" e mais {len(presos) - 3}" if len(presos) > 3 else ""  # noqa: PLR2004
        raise ErroDeRegra("pessoa.em_curso", f"ainda há o que resolver: {'; '.join(presos[:3])}{mais}")


def _igual(celula: Any, cliente: str) -> bool:
    try:
        return codigo(celula) == cliente
    except Recusa:
        return False


def _das_abas(ctx: Contexto, cliente: str) -> dict[str, list[dict[str, Any]]]:
    """As linhas de toda aba com o código do cliente, e as condições dos seus títulos."""
    achadas = {t.aba: _linhas(ctx, t, cliente) for t in esquema().values() if t.pessoais("codigo")}
    deles = {str(linha["Título"]) for linha in achadas[esquema()["titulos"].aba]}
    condicoes = esquema()["condicoes"]
    folha = ctx.pasta.ler(condicoes.id)
    titulos_ = [c.titulo for c in condicoes.colunas if c.dono == "operador"]
    linhas = [dict(zip(titulos_, linha, strict=True)) for linha in folha.linhas]
    return achadas | {condicoes.aba: [linha for linha in linhas if str(linha["Título"]) in deles]}


def _linhas(ctx: Contexto, tabela: Tabela, cliente: str) -> list[dict[str, Any]]:
    folha = ctx.pasta.ler(tabela.id, tabela.ids())
    qual = [c.id for c in tabela.colunas].index(tabela.pessoais("codigo")[0].id)
    nomes = [c.titulo for c in tabela.colunas]
    return [dict(zip(nomes, linha, strict=True)) for linha in folha.linhas if _igual(linha[qual], cliente)]


def _em_aba(nome: str, linhas: Sequence[Mapping[str, Any]]) -> tuple[str, list[str], list[list[Any]]]:
    cabecalho = list(linhas[0])
    return nome.replace("_", " ").capitalize()[:31], cabecalho, [[linha[c] for c in cabecalho] for linha in linhas]


def _das_tabelas(ctx: Contexto, cliente: str, novo: str, deles: set[str]) -> None:
    """Nas tabelas do operador a pessoa se troca; das que o último ato fez, as linhas dela saem."""
    for nome in ("clientes", "titulos", "condicoes"):
        tabela = esquema()[nome]
        colunas = [c for c in tabela.pessoais() if c.dono == "operador"]
        chave = "titulo" if nome == "condicoes" else tabela.pessoais("codigo")[0].id
        dela = deles if nome == "condicoes" else {cliente}
        folha = ctx.pasta.ler(nome, (chave,))
        mudam = [n for n, (c,) in zip(folha.numeros, folha.linhas, strict=True) if any(_igual(c, d) for d in dela)]
        vazia = tuple(novo if c.pessoal == "codigo" else ANONIMA.get(c.id) if c.id == "nome" else None for c in colunas)
        ctx.pasta.atualizar(nome, [c.id for c in colunas], dict.fromkeys(mudam, vazia))
        if nome == "clientes":
            ctx.pasta.atualizar(nome, ("optante",), dict.fromkeys(mudam, ("Não",)))
    for nome in _REFEITAS_NO_ATO:
        folha = ctx.pasta.ler(nome, esquema()[nome].ids())
        qual = folha.colunas.index("cliente")
        ctx.pasta.gravar(nome, [linha for linha in folha.linhas if not _igual(linha[qual], cliente)])
    ctx.salvar()
