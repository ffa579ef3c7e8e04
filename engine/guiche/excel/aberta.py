"""O adaptador da pasta aberta no Excel: lê e grava blocos inteiros pelo xlwings.

O que se manda gravar espera em memória; ``salvar`` escreve tudo de uma vez, com a tela e o
cálculo parados, e depois salva o arquivo. O livro já está gravado antes disso: se o Excel
falhar no meio, o próximo ato refaz as abas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from guiche.erros import ErroDePlanilha, Local
from guiche.excel.traducao import desprotegida, em_texto, filtrada, gravavel, lida, ligacao, propriedade
from guiche.planilha.celulas import formula_da_ligacao, letras_da_coluna
from guiche.planilha.esquema import FORMATOS, Coluna, Tabela, esquema
from guiche.planilha.linhas_em_xml import Formula
from guiche.planilha.porta import Celula, Folha, Ligacao, Linhas, gravar_parametros, so_escritas

_FORMATO_DE_TEXTO = "@"
_LIGACOES = 500
"""Quantos problemas ganham ligação para a célula; os outros dizem onde por escrito."""
Mudancas = Mapping[int, Sequence[Celula]]


@dataclass(frozen=True, slots=True)
class Lugar:
    """Onde uma tabela está na pasta aberta."""

    aba: xw.Sheet
    tabela: xw.main.Table
    cabecalho: int
    """Linha do cabeçalho."""
    fim: int
    """Última linha da tabela."""
    primeira: int
    """Primeira e última colunas."""
    ultima: int
    onde: Mapping[str, int]
    """Título → coluna na aba."""


def caminho_de(livro: xw.Book) -> Path:
    """O arquivo da pasta aberta.

    Raises:
        ErroDePlanilha: ``pasta.nao_salva`` ou ``pasta.na_nuvem``.
    """
    try:
        nome = livro.fullname
    except xw.XlwingsError:  # o xlwings não achou a pasta local de um endereço da nuvem
        nome = "https://"
    if "://" in nome:
        raise ErroDePlanilha(
            "pasta.na_nuvem", "a pasta de trabalho está aberta da nuvem, não deste computador", local=Local(livro.name)
        )
    if not Path(nome).is_absolute() or not Path(nome).exists():
        raise ErroDePlanilha("pasta.nao_salva", "a pasta de trabalho ainda não foi salva", local=Local(livro.name))
    return Path(nome)


class PastaAberta:
    """Uma pasta de trabalho aberta no Excel."""

    def __init__(self, livro: xw.Book) -> None:
        self._livro = livro
        self._caminho = caminho_de(livro)
        if propriedade(livro.api, "ReadOnly", "read_only"):
            raise ErroDePlanilha(
                "pasta.so_leitura", "a pasta de trabalho está aberta só para leitura", local=Local(livro.name)
            )
        self._escritas: list[Callable[[], None]] = []
        self._problemas: Sequence[Sequence[Any]] = ()
        self._parametros: dict[str, str] = {}

    @property
    def caminho(self) -> Path:
        """Arquivo da pasta de trabalho."""
        return self._caminho

    def _lugar(self, tabela: Tabela) -> Lugar:
        for aba in self._livro.sheets:
            if tabela.nome in aba.tables:
                achada = aba.tables[tabela.nome]
                faixa = achada.range
                linha, coluna = faixa.row, faixa.column
                altura, largura = faixa.shape
                titulos = aba.range((linha, coluna), (linha, coluna + largura - 1)).options(ndim=1).value
                onde = {str(titulo).strip(): i for i, titulo in enumerate(titulos, coluna)}
                return Lugar(aba, achada, linha, linha + altura - 1, coluna, coluna + largura - 1, onde)
        texto = f"falta a tabela {tabela.nome}, da aba {tabela.aba}"
        raise ErroDePlanilha("pasta.tabela_ausente", texto, local=Local(self._caminho.name))

    def _colunas(self, tabela: Tabela, lugar: Lugar, ids: Sequence[str]) -> dict[str, int]:
        titulos = {i: tabela.coluna(i).titulo for i in ids}
        faltam = [titulo for titulo in titulos.values() if titulo not in lugar.onde]
        if faltam:
            raise ErroDePlanilha(
                "pasta.coluna_ausente", f"faltam colunas: {', '.join(faltam)}", local=Local(lugar.aba.name)
            )
        return {i: lugar.onde[titulo] for i, titulo in titulos.items()}

    def ler(self, tabela: str, colunas: Sequence[str] | None = None) -> Folha:
        """Lê a tabela num bloco só; sem ``colunas``, as do operador. Mostra o que está na tela."""
        esquema_ = esquema()[tabela]
        lugar = self._lugar(esquema_)
        ids = tuple(colunas) if colunas is not None else esquema_.ids("operador")
        onde = self._colunas(esquema_, lugar, ids)
        letras = {i: letras_da_coluna(c) for i, c in onde.items()}
        usada = lugar.aba.used_range
        fim = max(lugar.fim, usada.row + usada.shape[0] - 1)
        if fim == lugar.cabecalho:
            return Folha(tabela, lugar.aba.name, ids, letras, [], [])
        corpo = lugar.aba.range((lugar.cabecalho + 1, lugar.primeira), (fim, lugar.ultima))
        if corpo.merge_cells is not False:
            raise ErroDePlanilha("pasta.mescladas", "há células mescladas na tabela", local=Local(lugar.aba.name))
        leituras = [(c - lugar.primeira, esquema_.coluna(i).tipo) for i, c in onde.items()]
        linhas = [
            tuple([lida(bruta[posicao], tipo) for posicao, tipo in leituras])
            for bruta in corpo.options(ndim=2, err_to_str=True).value
        ]
        vazia = ("",) * len(ids)
        cheias = [(n, linha) for n, linha in enumerate(linhas, lugar.cabecalho + 1) if linha != vazia]
        return Folha(tabela, lugar.aba.name, ids, letras, [n for n, _ in cheias], [linha for _, linha in cheias])

    def escritas(
        self, tabela: str, colunas: Sequence[str], chave: Sequence[str]
    ) -> dict[tuple[Celula, ...], tuple[Celula, ...]]:
        """O que se escreveu nas colunas dadas."""
        return so_escritas(self.ler(tabela, (*colunas, *chave)), len(colunas))

    def gravar(self, tabela: str, linhas: Linhas) -> None:
        """Troca todo o corpo da tabela pelas linhas dadas, ao salvar."""
        esquema_ = esquema()[tabela]
        self._colunas(esquema_, self._lugar(esquema_), esquema_.ids())
        prontas = [tuple(map(self._gravavel, linha)) for linha in linhas]
        self._escritas.append(lambda: self._trocar_corpo(esquema_, prontas))
        if tabela == "problemas":
            self._problemas = prontas

    def atualizar(self, tabela: str, colunas: Sequence[str], mudancas: Mudancas) -> None:
        """Escreve as colunas dadas nas linhas dadas, ao salvar."""
        if mudancas:
            esquema_ = esquema()[tabela]
            self._colunas(esquema_, self._lugar(esquema_), colunas)
            prontas = {n: tuple(map(gravavel, valores)) for n, valores in mudancas.items()}
            self._escritas.append(lambda: self._remendar(esquema_, colunas, prontas))

    def _gravavel(self, valor: Celula) -> Any:
        if not isinstance(valor, Ligacao):
            return gravavel(valor)
        lugar = self._lugar(esquema()[valor.tabela])
        topo = lugar.cabecalho + 1
        esquerda, direita = letras_da_coluna(lugar.primeira), letras_da_coluna(lugar.ultima)
        celulas = f"{esquerda}{topo + valor.de}:{direita}{topo + valor.ate}"
        return Formula(formula_da_ligacao(lugar.aba.name, celulas, valor.texto), valor.texto)

    def mostrar_tudo(self) -> int:
        """Tira os critérios dos filtros de todas as tabelas e devolve em quantas havia algum."""
        filtradas = 0
        for tabela in esquema().values():
            lugar = self._lugar(tabela)
            if filtrada(lugar.tabela):
                filtradas += 1
                with desprotegida(lugar.aba):
                    lugar.tabela.show_autofilter = False
                    lugar.tabela.show_autofilter = True
        return filtradas

    def parametro(self, nome: str) -> str:
        """Valor da linha ``nome`` da tabela de parâmetros; ``""`` se vazia ou ausente."""
        if nome in self._parametros:
            return self._parametros[nome]
        return next((str(valor) for n, valor in self.ler("parametros", ("nome", "valor")).linhas if n == nome), "")

    def definir_parametro(self, nome: str, valor: str) -> None:
        """Escreve o valor de um parâmetro do Guichê, ao salvar."""
        self._parametros[nome] = valor

    def salvar(self) -> None:
        """Escreve tudo o que espera, com a tela e o cálculo parados, e salva o arquivo.

        Raises:
            ErroDePlanilha: ``disco.gravacao``, se o Excel não escreve ou não salva; o livro já sabe de tudo.
        """
        gravar_parametros(self, self._parametros)
        try:
            with self._livro.app.properties(screen_updating=False, enable_events=False, calculation="manual"):
                for escrever in self._escritas:
                    escrever()
                self._ligar_problemas()
            self._livro.save()
        except ErroDePlanilha:
            raise
        except Exception as erro:
            texto = f"o Excel não gravou a pasta de trabalho ({type(erro).__name__})"
            raise ErroDePlanilha("disco.gravacao", texto, local=Local(self._caminho.name)) from erro
        finally:
            self._escritas, self._problemas, self._parametros = [], (), {}

    def modernizar(self) -> list[str]:
        """Salva e fecha a pasta de um modelo anterior, acrescenta-lhe no disco o que falta e a abre de novo."""
        from guiche.planilha.modernizar import modernizar  # noqa: PLC0415  só a pasta velha paga por ela

        excel = self._livro.app
        self.salvar()
        self._livro.close()
        try:
            return modernizar(self._caminho)
        finally:
            self._livro.impl = excel.books.open(str(self._caminho)).impl  # quem tem esta pasta fica com a reaberta

    def esquecer(self) -> None:
        """Nada: ao salvar, o Excel só grava os textos que as células usam."""

    def _trocar_corpo(self, tabela: Tabela, linhas: Sequence[Sequence[Any]]) -> None:
        lugar = self._lugar(tabela)
        onde = self._colunas(tabela, lugar, tabela.ids())
        topo, fim = lugar.cabecalho + 1, lugar.cabecalho + max(len(linhas), 1)
        with desprotegida(lugar.aba):
            if lugar.fim > fim:
                lugar.aba.range((fim + 1, lugar.primeira), (lugar.fim, lugar.ultima)).clear_contents()
            if lugar.fim != fim:
                lugar.tabela.resize(lugar.aba.range((lugar.cabecalho, lugar.primeira), (fim, lugar.ultima)))
            corpo = linhas or [(None,) * len(onde)]
            for posicao, colunas in _vizinhas(tabela, onde):
                self._escrever(lugar.aba, topo, onde[colunas[0].id], colunas, [
                    linha[posicao : posicao + len(colunas)] for linha in corpo
                ])  # fmt: skip

    def _remendar(self, tabela: Tabela, ids: Sequence[str], mudancas: Mapping[int, Sequence[Any]]) -> None:
        """Lê o bloco que vai da primeira à última linha mudada, troca o que mudou e o escreve de volta."""
        lugar = self._lugar(tabela)
        onde = self._colunas(tabela, lugar, ids)
        de, ate = min(mudancas), max(mudancas)
        with desprotegida(lugar.aba):
            if ate > lugar.fim:
                lugar.tabela.resize(lugar.aba.range((lugar.cabecalho, lugar.primeira), (ate, lugar.ultima)))
            for posicao, colunas in _vizinhas(tabela, onde):
                esquerda = onde[colunas[0].id]
                faixa = lugar.aba.range((de, esquerda), (ate, esquerda + len(colunas) - 1))
                bloco = faixa.options(ndim=2).value
                for n, valores in mudancas.items():
                    bloco[n - de] = valores[posicao : posicao + len(colunas)]
                self._escrever(lugar.aba, de, esquerda, colunas, bloco)

    def _escrever(
        self, aba: xw.Sheet, topo: int, esquerda: int, colunas: Sequence[Coluna], bloco: Sequence[Sequence[Any]]
    ) -> None:
        """Um bloco de colunas vizinhas; o formato vai antes do valor, para o Excel não transformar texto em número."""
        fim = topo + len(bloco) - 1
        for i, coluna in enumerate(colunas, esquerda):
            aba.range((topo, i), (fim, i)).number_format = FORMATOS[coluna.tipo]
        soltas = [FORMATOS[coluna.tipo] != _FORMATO_DE_TEXTO for coluna in colunas]
        if any(soltas):
            bloco = [[em_texto(v) if s else v for v, s in zip(linha, soltas, strict=True)] for linha in bloco]
        aba.range((topo, esquerda), (fim, esquerda + len(colunas) - 1)).value = bloco

    def _ligar_problemas(self) -> None:
        """Na aba Problemas, o endereço vira ligação para a célula."""
        if not self._problemas:
            return
        abas = {aba.name for aba in self._livro.sheets}
        lugar = self._lugar(esquema()["problemas"])
        coluna, topo = lugar.onde[esquema()["problemas"].coluna("onde").titulo], lugar.cabecalho + 1
        formulas = [[ligacao(str(linha[0]), abas)] for linha in self._problemas[:_LIGACOES]]
        with desprotegida(lugar.aba):
            faixa = lugar.aba.range((topo, coluna), (topo + len(formulas) - 1, coluna))
            faixa.number_format = "General"
            faixa.formula = formulas


def _vizinhas(tabela: Tabela, onde: Mapping[str, int]) -> Iterator[tuple[int, list[Coluna]]]:
    """Grupos de colunas lado a lado na aba: a posição da primeira entre as pedidas, e elas."""
    grupo: list[Coluna] = []
    for i, (id_, coluna) in enumerate(onde.items()):
        if grupo and coluna != onde[grupo[-1].id] + 1:
            yield i - len(grupo), grupo
            grupo = []
        grupo.append(tabela.coluna(id_))
    yield len(onde) - len(grupo), grupo
