"""O que se mudou à mão nas abas do Guichê, e o que o livro tem que não fecha (C-11). Não grava nada."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from guiche.dominio.boletos import ATIVOS
from guiche.dominio.cadastro import Titulo
from guiche.dominio.deflate import Estragado
from guiche.dominio.dinheiro import escrever_reais
from guiche.dominio.elegibilidade import de_outro, recebido
from guiche.erros import Local, Problema
from guiche.livro import arquivos, atos, boletos, integridade, titulos
from guiche.livro.conexao import Livro
from guiche.oficio.cadastros import Cadastros
from guiche.oficio.contexto import Contexto
from guiche.oficio.mudados import no_debito, nos_boletos
from guiche.oficio.resultado import Resultado
from guiche.planilha.conteudos import Conteudos
from guiche.planilha.esquema import esquema
from guiche.planilha.ordem import PARAMETRO, em_ordem, ler_ordens
from guiche.planilha.porta import Celula, Linhas, Pasta
from guiche.servicos.ato import lendo
from guiche.vistas.abas import refazer

_DO_DIA = {"inicio", "problemas", "conferencia"}
"""Abas que dizem o dia ou o último ato, e não o livro."""
_HORA = {"atualizado_em"}
_A_MOSTRAR = 1_000


@lendo("integridade")
def verificar(ctx: Contexto, cadastros: Cadastros) -> Resultado:
    """Compara as abas com o livro, os títulos com o que deles se enviou, e o livro consigo mesmo."""
    achados = [*_das_abas(ctx, cadastros), *_dos_titulos(ctx.livro, cadastros), *_do_livro(ctx.livro)]
    n = len(achados)
    resumo = "Tudo confere: as abas dizem o que está no livro." if not n else f"{n} coisas não conferem."
    relato = [resumo]
    if any(p.codigo == "integridade.celula" for p in achados):
        relato.append("O que se mudou à mão nas abas se refaz com Atualizar abas.")
    return Resultado("integridade", tuple(relato), {"achados": n}, tuple(achados[:_A_MOSTRAR]), feito=not n)


# --- as abas ---


class _Espelho:
    """Uma pasta em que nada se grava: cada escrita se compara com o que está na aba."""

    def __init__(self, pasta: Pasta) -> None:
        self._pasta = pasta
        self.achados: list[Problema] = []
        self.caminho = pasta.caminho
        self.ler, self.escritas = pasta.ler, pasta.escritas
        self.parametro, self.conteudos = pasta.parametro, Conteudos()

    def gravar(self, tabela: str, linhas: Linhas) -> None:
        if tabela in _DO_DIA:
            return
        folha = self._pasta.ler(tabela, esquema()[tabela].ids())
        ordens = ler_ordens(self.parametro(PARAMETRO))
        esperadas = [tuple(map(_forma, linha)) for linha in em_ordem(esquema()[tabela], linhas, ordens)]
        if len(esperadas) != len(folha.linhas):
            texto = f"a aba tem {len(folha.linhas)} linhas e o livro, {len(esperadas)}"
            self.achados.append(Problema("integridade.linhas", texto, Local(folha.aba)))
            return
        if tabela in ordens and _as_mesmas(tabela, folha.linhas, esperadas):
            return
        for i, (ha, devia) in enumerate(zip(folha.linhas, esperadas, strict=True)):
            self._comparar(folha, i, ha, devia)

    def atualizar(self, tabela: str, colunas: Sequence[str], mudancas: Mapping[int, Sequence[Celula]]) -> None:
        folha = self._pasta.ler(tabela, colunas)
        lidas = dict(zip(folha.numeros, folha.linhas, strict=True))
        vazia = ("",) * len(colunas)
        inteira = replace(folha, numeros=list(mudancas), linhas=[lidas.get(n, vazia) for n in mudancas])
        for i, valores in enumerate(mudancas.values()):
            self._comparar(inteira, i, inteira.linhas[i], tuple(map(_forma, valores)))

    def remendar(self, _tabela: str, _mudancas: Mapping[int, Sequence[Celula]]) -> None:
        raise TypeError("o espelho compara tabelas inteiras")

    def _comparar(self, folha: Any, i: int, ha: Sequence[Any], devia: Sequence[Any]) -> None:
        for coluna, tem, diz in zip(folha.colunas, ha, devia, strict=True):
            no_esquema = esquema()[folha.tabela].coluna(coluna)
            if tem != diz and coluna not in _HORA and no_esquema.tipo != "ligacao":
                texto = f"{no_esquema.titulo}: a célula diz {_dizer(tem)} e o livro, {_dizer(diz)}"
                local = Local(folha.aba, celula=folha.celula(i, coluna))
                self.achados.append(Problema("integridade.celula", texto, local))

    def mostrar_tudo(self) -> int:
        return 0

    def definir_parametro(self, nome: str, valor: str) -> None:
        """O espelho não guarda parâmetros."""

    def refazer_no_disco(self, _fazer: Callable[[Path], list[str]]) -> list[str]:
        """O espelho não está em disco."""
        return []

    def esquecer(self) -> None:
        """O espelho nada tem a esquecer."""

    def salvar(self) -> None:
        """O espelho não salva."""


def _forma(valor: Celula) -> Any:
    """A forma em que o valor volta da planilha."""
    if valor is None:
        return ""
    if isinstance(valor, datetime):
        return valor.replace(microsecond=0)
    return float(valor) if isinstance(valor, Decimal | int) and not isinstance(valor, bool) else valor


def _as_mesmas(tabela: str, umas: Sequence[Sequence[Any]], outras: Sequence[Sequence[Any]]) -> bool:
    """Diz se são as mesmas linhas: entre as que empatam na ordem que a pessoa deu, não importa qual vem primeiro."""
    posicoes = [i for i, c in enumerate(esquema()[tabela].colunas) if c.tipo != "ligacao"]
    um, outro = (Counter(tuple(linha[i] for i in posicoes) for linha in linhas) for linhas in (umas, outras))
    return um == outro


def _dizer(valor: Any) -> str:
    if isinstance(valor, datetime):
        return f"{valor:%d/%m/%Y %H:%M}"
    return f"{valor:%d/%m/%Y}" if isinstance(valor, date) else repr(valor) if valor != "" else "nada"


def _das_abas(ctx: Contexto, cadastros: Cadastros) -> list[Problema]:
    if ctx.pasta.parametro("ultimo_ato") != str(atos.ultimo(ctx.livro)):
        texto = "as abas ainda não mostram o último ato"
        return [Problema("integridade.atrasada", texto, Local(ctx.pasta.caminho.name))]
    espelho = _Espelho(ctx.pasta)
    refazer(replace(ctx, pasta=espelho, lembranca=None), cadastros)
    return espelho.achados


# --- os títulos e o que deles se enviou ---


def _dos_titulos(livro: Livro, cadastros: Cadastros) -> Iterator[Problema]:
    por_numero = {t.numero: t for t in cadastros.titulos}
    ativos = {b.id for b in boletos.listar(livro) if b.estado in ATIVOS}
    mudados = [*no_debito(livro, cadastros), *nos_boletos(livro, por_numero, ativos)]
    for frase in [*(m.frase for m in mudados), *_demais(livro, cadastros, por_numero)]:
        yield Problema("integridade.titulo", frase, Local("Títulos"))


def _demais(livro: Livro, cadastros: Cadastros, da_aba: Mapping[str, Titulo]) -> Iterator[str]:
    for numero, situacao in titulos.situacoes(livro, da_aba).items():
        if dono := de_outro(da_aba[numero], situacao, cadastros.empresas):
            agora = f"e agora é do {da_aba[numero].cliente}: dê-lhe outro número, ou use Começar de novo"
            yield f"o número do título {numero} já se usou com o cliente {dono}, {agora}"
        pago = recebido(da_aba[numero], situacao)
        if situacao.recebido and pago > da_aba[numero].valor:
            yield f"o título {numero} recebeu R$ {escrever_reais(pago)}, mais que o seu valor"


# --- o livro consigo mesmo ---


def _do_livro(livro: Livro) -> Iterator[Problema]:
    for sha, nome in integridade.arquivos(livro):
        if not _inteiro(livro, sha):
            texto = f"o arquivo {nome}, guardado no livro, está corrompido"
            yield Problema("integridade.arquivo", texto, Local("livro"))
    for frase in integridade.contas_que_nao_fecham(livro):
        yield Problema("integridade.livro", frase, Local("livro"))


def _inteiro(livro: Livro, sha: str) -> bool:
    try:
        return hashlib.sha256(arquivos.recuperar(livro, sha)).hexdigest() == sha
    except Estragado:
        return False
