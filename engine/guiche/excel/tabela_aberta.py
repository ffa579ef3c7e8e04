"""Uma tabela da pasta aberta: onde está, o que tem, e como se escreve nela sem estragar o que é da pessoa.

Escreve-se com a aba sem proteção, o filtro tirado e a linha de totais escondida, e tudo volta como estava: em linha
escondida por filtro o Excel não escreve, e põe o valor de uma linha noutra.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from guiche.erros import ErroDePlanilha, Local
from guiche.excel.sistema import Alca, Faixa, Sistema
from guiche.excel.traducao import em_texto, iguais
from guiche.planilha.celulas import ErroDeFormula
from guiche.planilha.esquema import FORMATOS, Coluna, Tabela
from guiche.planilha.linhas_em_xml import Formula

_FORMATO_DE_TEXTO = "@"
Notar = Callable[[str], None]
"""Recebe uma frase para a pessoa ler ao fim do ato."""


@dataclass(frozen=True, slots=True)
class Lugar:
    """Onde uma tabela está na pasta aberta, e o que tinha quando se leu."""

    alca: Alca
    faixa: Faixa
    """Do cabeçalho à última linha de dados, sem a de totais."""
    totais: bool
    """A linha de totais do Excel está à mostra, logo abaixo."""
    onde: Mapping[str, int]
    """Título → coluna na aba."""
    corpo: Sequence[Sequence[Any]]
    """Os valores, sem o cabeçalho."""

    @property
    def topo(self) -> int:
        """A primeira linha do corpo."""
        return self.faixa.topo + 1

    def sem_totais(self) -> Lugar:
        """O mesmo lugar, sabendo-se que a última linha é a de totais."""
        return replace(self, faixa=replace(self.faixa, fim=self.faixa.fim - 1), totais=True, corpo=self.corpo[:-1])

    def linhas(self, de: int, ate: int, esquerda: int | None = None, direita: int | None = None) -> Faixa:
        """As linhas dadas, da tabela inteira ou só de umas colunas."""
        return Faixa(de, esquerda or self.faixa.esquerda, ate, direita or self.faixa.direita)


def colunas_na_aba(tabela: Tabela, lugar: Lugar, ids: Sequence[str]) -> dict[str, int]:
    """A coluna de cada id na aba, achada pelo cabeçalho.

    Raises:
        ErroDePlanilha: ``pasta.coluna_ausente``, com todas as que faltam.
    """
    titulos = {i: tabela.coluna(i).titulo for i in ids}
    faltam = [titulo for titulo in titulos.values() if titulo not in lugar.onde]
    if faltam:
        texto = f"faltam colunas: {', '.join(faltam)}"
        raise ErroDePlanilha("pasta.coluna_ausente", texto, local=Local(lugar.alca.nome_da_aba))
    return {i: lugar.onde[titulo] for i, titulo in titulos.items()}


@contextmanager
def sem_protecao(excel: Sistema, alca: Alca, *, cinza: bool = False) -> Iterator[None]:
    """Tira a proteção (sem senha) enquanto se escreve, e a põe de volta.

    A aba ``cinza``, que só o Guichê escreve, fica protegida mesmo que não estivesse: um ato a que o Excel não deixou
    acabar pode tê-la deixado aberta.
    """
    protegida = excel.protegida(alca)
    if protegida:
        excel.desproteger(alca)
    try:
        yield
    finally:
        if protegida or cinza:
            excel.proteger(alca)


@contextmanager
def _livre(excel: Sistema, tabela: Tabela, lugar: Lugar, notar: Notar) -> Iterator[None]:
    """A aba sem proteção e a tabela sem filtro; o que o filtro tinha e não se consegue repor, diz-se."""
    with sem_protecao(excel, lugar.alca, cinza=tabela.do_guiche):
        if not excel.filtrada(lugar.alca):
            yield
            return
        filtro = excel.tirar_filtro(lugar.alca)
        try:
            yield
        finally:
            frase = f"O filtro da aba {tabela.aba} saiu, e o Excel não o deixou repor. Filtre de novo."
            with _dizendo(notar, frase):
                excel.repor_filtro(lugar.alca, filtro)
            if filtro.perdidos:
                notar(
                    f"O filtro da aba {tabela.aba} saiu em parte: o que filtra por cor, por ícone ou por um grupo de "
                    "datas não se consegue repor. Filtre de novo."
                )


@contextmanager
def _dizendo(notar: Notar, frase: str) -> Iterator[None]:
    """O que não volta a ser como era diz-se à pessoa, além do erro."""
    try:
        yield
    except Exception:
        notar(frase)
        raise


def trocar_corpo(excel: Sistema, tabela: Tabela, lugar: Lugar, linhas: Sequence[Sequence[Any]], notar: Notar) -> bool:
    """Troca o corpo inteiro da tabela, se já não é o que se quer, e diz se o trocou."""
    onde = colunas_na_aba(tabela, lugar, tabela.ids())
    posicoes = [c - lugar.faixa.esquerda for c in onde.values()]
    atual = [[bruta[p] for p in posicoes] for bruta in lugar.corpo]
    corpo = linhas or [(None,) * len(onde)]
    if iguais(atual, corpo) and _ligadas(excel, tabela, lugar, corpo):
        return False
    if tabela.do_guiche and excel.totais(lugar.alca):
        lugar = lugar.sem_totais()
    with _livre(excel, tabela, lugar, notar), _sem_totais(excel, lugar, notar):
        fim = lugar.faixa.topo + len(corpo)
        if lugar.faixa.fim > fim:
            excel.limpar(lugar.alca, lugar.linhas(fim + 1, lugar.faixa.fim))
        if lugar.faixa.fim != fim:
            excel.redimensionar(lugar.alca, replace(lugar.faixa, fim=fim))
        for posicao, colunas in _vizinhas(tabela, onde):
            fatia = [linha[posicao : posicao + len(colunas)] for linha in corpo]
            _escrever(excel, lugar, (lugar.topo, onde[colunas[0].id]), colunas, fatia)
    return True


@contextmanager
def _sem_totais(excel: Sistema, lugar: Lugar, notar: Notar) -> Iterator[None]:
    """A tabela sem a linha de totais, que o Excel guarda e põe de volta abaixo da última linha."""
    if lugar.totais:
        excel.mostrar_totais(lugar.alca, mostra=False)
    try:
        yield
    finally:
        if lugar.totais:
            with _dizendo(notar, f"A linha de totais da aba {lugar.alca.nome_da_aba} saiu. Ligue-a de novo."):
                excel.mostrar_totais(lugar.alca, mostra=True)


def _ligadas(excel: Sistema, tabela: Tabela, lugar: Lugar, corpo: Sequence[Sequence[Any]]) -> bool:
    """Diz se as ligações da tabela, se as tem, já levam aonde devem."""
    posicao = tabela.posicao("ligacao")
    if posicao < 0 or not any(isinstance(linha[posicao], Formula) for linha in corpo):
        return True
    coluna = lugar.onde[tabela.colunas[posicao].titulo]
    faixa = lugar.linhas(lugar.topo, lugar.faixa.fim, coluna, coluna)
    return [x for (x,) in excel.formulas(lugar.alca, faixa)] == [_em_formula(x[posicao]) or None for x in corpo]


def _em_formula(valor: Any) -> Any:
    return f"={valor.formula}" if isinstance(valor, Formula) else (valor or "")


def remendar(
    excel: Sistema,
    tabela: Tabela,
    lugares: tuple[Lugar, Lugar],
    ids: Sequence[str],
    mudancas: Mapping[int, Sequence[Any]],
    notar: Notar,
) -> None:
    """Troca o que mudou no bloco que vai da primeira à última linha mudada, e o escreve de volta.

    ``lugares`` são a tabela como se leu e como está agora.

    Raises:
        ErroDePlanilha: ``pasta.linhas_mudaram``, se nas linhas já não está o que se leu: no macOS a pessoa trabalha
            na pasta enquanto o ato corre, e o que é de um título iria para outro.
    """
    lido, lugar = lugares
    if not _mesmas_linhas(tabela, lido, lugar, mudancas):
        raise ErroDePlanilha(
            "pasta.linhas_mudaram", "as linhas mudaram de lugar durante o ato", local=Local(lugar.alca.nome_da_aba)
        )
    onde = colunas_na_aba(tabela, lugar, ids)
    de, ate = min(mudancas), max(mudancas)
    with _livre(excel, tabela, lugar, notar):
        atual = list(lugar.corpo)
        if ate > lugar.faixa.fim:
            with _sem_totais(excel, lugar, notar):
                excel.redimensionar(lugar.alca, replace(lugar.faixa, fim=ate))
                atual += excel.ler(lugar.alca, lugar.linhas(lugar.faixa.fim + 1, ate))
        for posicao, colunas in _vizinhas(tabela, onde):
            c = onde[colunas[0].id] - lugar.faixa.esquerda
            bloco = [list(atual[n - lugar.topo][c : c + len(colunas)]) for n in range(de, ate + 1)]
            for n, valores in mudancas.items():
                bloco[n - de] = list(valores[posicao : posicao + len(colunas)])
            _escrever(excel, lugar, (de, onde[colunas[0].id]), colunas, bloco)


def _mesmas_linhas(tabela: Tabela, lido: Lugar, agora: Lugar, mudancas: Mapping[int, Sequence[Any]]) -> bool:
    """Diz se nas linhas que mudam está a mesma chave de quando se leram."""
    if lido.faixa.topo != agora.faixa.topo or lido.onde != agora.onde:
        return False
    chaves = [agora.onde[c.titulo] - agora.faixa.esquerda for c in tabela.colunas if c.chave and c.titulo in agora.onde]
    posicoes = [n - agora.topo for n in mudancas if n <= lido.faixa.fim]
    if any(p >= len(agora.corpo) for p in posicoes):
        return False
    return all(lido.corpo[p][c] == agora.corpo[p][c] for p in posicoes for c in chaves)


def _escrever(
    excel: Sistema, lugar: Lugar, canto: tuple[int, int], colunas: Sequence[Coluna], bloco: Sequence[Sequence[Any]]
) -> None:
    """Um bloco de colunas vizinhas; o formato vai antes do valor, para o Excel não transformar texto em número."""
    topo, esquerda = canto
    fim = topo + len(bloco) - 1
    for formato, faixas in _por_formato(colunas, topo, fim, esquerda).items():
        excel.formatar(lugar.alca, faixas, formato)
    soltas = [FORMATOS[coluna.tipo] != _FORMATO_DE_TEXTO for coluna in colunas]
    valores = [[_em_celula(v, s) for v, s in zip(linha, soltas, strict=True)] for linha in bloco]
    excel.escrever(lugar.alca, lugar.linhas(topo, fim, esquerda, esquerda + len(colunas) - 1), valores)
    for i in {i for linha in bloco for i, v in enumerate(linha) if isinstance(v, Formula)}:
        faixa = lugar.linhas(topo, fim, esquerda + i, esquerda + i)
        excel.escrever_formulas(lugar.alca, faixa, [[_em_formula(linha[i])] for linha in bloco])


def _em_celula(valor: Any, solta: bool) -> Any:  # noqa: FBT001  é um por célula
    if isinstance(valor, Formula | ErroDeFormula):
        return valor.texto
    return em_texto(valor) if solta else valor


def _por_formato(colunas: Sequence[Coluna], topo: int, fim: int, esquerda: int) -> dict[str, list[Faixa]]:
    """As faixas de cada formato; colunas vizinhas do mesmo formato são uma faixa só."""
    faixas: dict[str, list[Faixa]] = {}
    for i, coluna in enumerate(colunas, esquerda):
        do_formato = faixas.setdefault(FORMATOS[coluna.tipo], [])
        if do_formato and do_formato[-1].direita == i - 1:
            do_formato[-1] = replace(do_formato[-1], direita=i)
        else:
            do_formato.append(Faixa(topo, i, fim, i))
    return faixas


def _vizinhas(tabela: Tabela, onde: Mapping[str, int]) -> Iterator[tuple[int, list[Coluna]]]:
    """Grupos de colunas lado a lado na aba: a posição da primeira entre as pedidas, e elas."""
    grupo: list[Coluna] = []
    for i, (id_, coluna) in enumerate(onde.items()):
        if grupo and coluna != onde[grupo[-1].id] + 1:
            yield i - len(grupo), grupo
            grupo = []
        grupo.append(tabela.coluna(id_))
    yield len(onde) - len(grupo), grupo
