"""O adaptador da pasta aberta no Excel: lê e grava blocos inteiros.

O que se manda gravar espera em memória; ``salvar`` escreve tudo de uma vez, com a tela e o cálculo parados, e depois
salva o arquivo. O livro já está gravado antes disso: se o Excel falhar no meio, o próximo ato refaz as abas.

Cada pedido ao Excel custa uma travessia entre processos: procura-se a tabela na aba que o esquema diz, guarda-se onde
está e o que tem, e só se escreve o que ela ainda não mostra.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlwings as xw

from guiche.erros import ErroDePlanilha, Local
from guiche.excel.qual_sistema import sistema_de
from guiche.excel.sistema import Alca, Sistema
from guiche.excel.tabela_aberta import Lugar, colunas_na_aba, remendar, sem_protecao, trocar_corpo
from guiche.excel.traducao import gravavel, lida, ligacao
from guiche.planilha.celulas import formula_da_ligacao, letras_da_coluna
from guiche.planilha.conteudos import Conteudos
from guiche.planilha.esquema import Tabela, esquema
from guiche.planilha.linhas_em_xml import Formula
from guiche.planilha.ordem import PARAMETRO, Ordem, em_ordem, ler_ordens
from guiche.planilha.porta import Celula, Folha, Ligacao, Linhas, gravar_parametros, so_escritas

_LIGACOES = 500
"""Quantos problemas ganham ligação para a célula; os outros dizem onde por escrito."""
_LINHAS_POR_VEZ = 10_000
"""Linhas que se leem de cada vez abaixo da tabela; tantas em branco seguidas, e ali se para."""
Mudancas = Mapping[int, Sequence[Celula]]


def caminho_de(livro: xw.Book, excel: Sistema | None = None) -> Path:
    """O arquivo da pasta aberta.

    O endereço é o que o Excel diz, antes de o xlwings o traduzir para uma pasta sincronizada, onde o livro não pode
    morar; nem se lê a aba ``xlwings.conf``, que diria ao xlwings onde procurar.

    Raises:
        ErroDePlanilha: ``pasta.nao_salva`` ou ``pasta.na_nuvem``.
    """
    nome = (excel or sistema_de(livro)).endereco()
    if "://" in nome:
        raise ErroDePlanilha(
            "pasta.na_nuvem", "a pasta de trabalho está aberta da nuvem, não deste computador",
            local=Local(nome.rpartition("/")[2]),
        )  # fmt: skip
    if not Path(nome).is_absolute() or not Path(nome).exists():
        raise ErroDePlanilha("pasta.nao_salva", "a pasta de trabalho ainda não foi salva", local=Local(nome))
    return Path(nome)


def _nada(_frase: str) -> None:
    """Quando não há a quem dizer."""


class PastaAberta:
    """Uma pasta de trabalho aberta no Excel."""

    def __init__(self, livro: xw.Book, excel: Sistema | None = None, notar: Callable[[str], None] = _nada) -> None:
        self._excel = excel or sistema_de(livro)
        self._notar = notar
        self._caminho = caminho_de(livro, self._excel)
        if self._excel.so_leitura():
            raise ErroDePlanilha(
                "pasta.so_leitura", "a pasta de trabalho está aberta só para leitura", local=Local(self._caminho.name)
            )
        self.conteudos = Conteudos()
        self._alcas: dict[str, Alca] = {}
        self._lugares: dict[str, Lugar] = {}
        self._sob: dict[str, Sequence[Sequence[Any]]] = {}
        self._escritas: list[Callable[[], None]] = []
        self._problemas: Sequence[Sequence[Any]] = ()
        self._parametros: dict[str, str] = {}

    @property
    def caminho(self) -> Path:
        """Arquivo da pasta de trabalho."""
        return self._caminho

    def reler(self) -> None:
        """Depois de uma pergunta, o que se leu pode já não valer: a pessoa esteve com a pasta."""
        if not self._excel.espera_a_resposta:
            self.esquecer_o_que_se_leu()

    def esquecer_o_que_se_leu(self) -> None:
        """Volta a ler tudo."""
        self._lugares.clear()
        self._sob.clear()

    def _lugar(self, tabela: Tabela) -> Lugar:
        if tabela.id not in self._lugares:
            self._lugares[tabela.id] = self._medir(tabela)
        return self._lugares[tabela.id]

    def _alca(self, tabela: Tabela) -> Alca:
        if tabela.id not in self._alcas:
            self._alcas[tabela.id] = self._achar(tabela)
        return self._alcas[tabela.id]

    def _achar(self, tabela: Tabela) -> Alca:
        """A tabela na aba que o esquema diz; se lá não está, a pessoa mudou o nome da aba, e procura-se em todas."""
        alca = self._excel.achar(tabela.aba, tabela.nome)
        if alca is None:
            outras = (aba for aba in self._excel.abas() if aba != tabela.aba)
            alca = next(filter(None, (self._excel.achar(aba, tabela.nome) for aba in outras)), None)
        if alca is None:
            texto = f"falta a tabela {tabela.nome}, da aba {tabela.aba}"
            raise ErroDePlanilha("pasta.tabela_ausente", texto, local=Local(self._caminho.name))
        return alca

    def _medir(self, tabela: Tabela) -> Lugar:
        alca = self._alca(tabela)
        faixa, (cabecalho, *corpo) = self._excel.conteudo(alca)
        onde = {str(titulo).strip(): i for i, titulo in enumerate(cabecalho, faixa.esquerda)}
        lugar = Lugar(alca, faixa, False, onde, corpo)  # noqa: FBT003  é um campo
        com_totais = _cresce(tabela) and not tabela.do_guiche and self._excel.totais(alca)
        return lugar.sem_totais() if com_totais else lugar

    def nome_da_aba(self, aba: str) -> str:
        """O nome que a pessoa deu à aba que o esquema chama assim; o mesmo, se ela não o mudou."""
        tabela = next((t for t in esquema().values() if t.aba == aba), None)
        return self._alca(tabela).nome_da_aba if tabela else aba

    def ler(self, tabela: str, colunas: Sequence[str] | None = None) -> Folha:
        """Lê a tabela num bloco só; sem ``colunas``, as do operador. Mostra o que está na tela."""
        esquema_ = esquema()[tabela]
        lugar = self._lugar(esquema_)
        if esquema_.do_guiche and _cresce(esquema_) and self._excel.totais(lugar.alca):
            lugar = lugar.sem_totais()
        ids = tuple(colunas) if colunas is not None else esquema_.ids("operador")
        onde = colunas_na_aba(esquema_, lugar, ids)
        letras = {i: letras_da_coluna(c) for i, c in onde.items()}
        if tabela not in self._sob:
            self._sob[tabela] = self._abaixo(lugar) if _cresce(esquema_) and not esquema_.do_guiche else []
        corpo = [*lugar.corpo, *self._sob[tabela]]
        leituras = [(c - lugar.faixa.esquerda, esquema_.coluna(i).tipo) for i, c in onde.items()]
        linhas = [tuple([lida(bruta[posicao], tipo) for posicao, tipo in leituras]) for bruta in corpo]
        numeros = [*range(lugar.topo, lugar.faixa.fim + 1)]
        numeros += range(lugar.faixa.fim + 1 + lugar.totais, lugar.faixa.fim + 1 + lugar.totais + len(linhas))
        vazia = ("",) * len(ids)
        cheias = [(n, linha) for n, linha in zip(numeros, linhas, strict=False) if linha != vazia]
        nome = lugar.alca.nome_da_aba
        return Folha(tabela, nome, ids, letras, [n for n, _ in cheias], [linha for _, linha in cheias])

    def _abaixo(self, lugar: Lugar) -> Sequence[Sequence[Any]]:
        """As linhas que a pessoa escreveu abaixo da tabela sem que ela crescesse.

        Raises:
            ErroDePlanilha: ``pasta.mescladas``.
        """
        topo = lugar.faixa.fim + 1 + lugar.totais
        usada = max(self._excel.usada(lugar.alca).fim, lugar.faixa.fim)
        if usada >= lugar.topo and self._excel.tem_mescladas(lugar.alca, lugar.linhas(lugar.topo, usada)):
            raise ErroDePlanilha(
                "pasta.mescladas", "há células mescladas na tabela", local=Local(lugar.alca.nome_da_aba)
            )
        achadas: list[Sequence[Any]] = []
        while topo <= usada:
            fim = min(topo + _LINHAS_POR_VEZ - 1, usada)
            pedaco = self._excel.ler(lugar.alca, lugar.linhas(topo, fim))
            if not any(v is not None for linha in pedaco for v in linha):
                break
            achadas += pedaco
            topo = fim + 1
        return achadas

    def escritas(
        self, tabela: str, colunas: Sequence[str], chave: Sequence[str]
    ) -> dict[tuple[Celula, ...], tuple[Celula, ...]]:
        """O que se escreveu nas colunas dadas."""
        return so_escritas(self.ler(tabela, (*colunas, *chave)), len(colunas))

    def gravar(self, tabela: str, linhas: Linhas) -> None:
        """Troca todo o corpo da tabela pelas linhas dadas, ao salvar."""
        esquema_ = esquema()[tabela]
        colunas_na_aba(esquema_, self._lugar(esquema_), esquema_.ids())
        ordens = ler_ordens(self.parametro(PARAMETRO))
        prontas = [tuple(self._gravavel(v, ordens) for v in linha) for linha in em_ordem(esquema_, linhas, ordens)]
        self._escritas.append(lambda: self._trocar_corpo(esquema_, prontas))
        if tabela == "problemas":
            self._problemas = prontas

    def atualizar(self, tabela: str, colunas: Sequence[str], mudancas: Mudancas) -> None:
        """Escreve as colunas dadas nas linhas dadas, ao salvar."""
        if mudancas:
            esquema_ = esquema()[tabela]
            colunas_na_aba(esquema_, self._lugar(esquema_), colunas)
            prontas = {n: tuple(map(gravavel, valores)) for n, valores in mudancas.items()}
            self._escritas.append(lambda: self._remendar(esquema_, colunas, prontas))

    def remendar(self, tabela: str, mudancas: Mudancas) -> None:
        """Troca as linhas dadas do corpo, contadas de 0, ao salvar."""
        topo = self._lugar(esquema()[tabela]).topo
        self.atualizar(tabela, esquema()[tabela].ids(), {topo + n: linha for n, linha in mudancas.items()})

    def _gravavel(self, valor: Celula, ordens: Mapping[str, Ordem]) -> Any:
        """Para uma lista que a pessoa ordenou, a ligação leva ao cabeçalho: as linhas já não estão juntas."""
        if not isinstance(valor, Ligacao):
            return gravavel(valor)
        lugar = self._lugar(esquema()[valor.tabela])
        solta = valor.tabela in ordens
        de, ate = (lugar.topo - 1,) * 2 if solta else (lugar.topo + valor.de, lugar.topo + valor.ate)
        celulas = lugar.linhas(de, ate).endereco
        return Formula(formula_da_ligacao(lugar.alca.nome_da_aba, celulas, valor.texto), valor.texto)

    def mostrar_tudo(self) -> int:
        """Tira os critérios dos filtros de todas as tabelas e devolve em quantas havia algum."""
        filtradas = 0
        for tabela in esquema().values():
            alca = self._alca(tabela)
            if self._excel.filtrada(alca):
                filtradas += 1
                with sem_protecao(self._excel, alca):
                    self._excel.tirar_filtro(alca)
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
                ``excel.ocupado`` ou ``pasta.aba_com_senha``, pela mesma razão.
        """
        gravar_parametros(self, {n: v for n, v in self._parametros.items() if self._guardado(n) != v})
        try:
            if self._escritas:
                with self._excel.parado():
                    for escrever in self._escritas:
                        escrever()
                    self._ligar_problemas()
            self._excel.salvar()
        except ErroDePlanilha:
            raise
        except Exception as erro:
            texto = f"o Excel não gravou a pasta de trabalho ({type(erro).__name__})"
            raise ErroDePlanilha("disco.gravacao", texto, local=Local(self._caminho.name)) from erro
        finally:
            self._escritas, self._problemas, self._parametros = [], (), {}

    def _guardado(self, nome: str) -> str | None:
        """O valor do parâmetro que está na aba; ``None`` se a linha falta."""
        linhas = self.ler("parametros", ("nome", "valor")).linhas
        return next((str(valor) for n, valor in linhas if n == nome), None)

    def refazer_no_disco(self, fazer: Callable[[Path], list[str]]) -> list[str]:
        """Salva e fecha a pasta, deixa que ``fazer`` mude o arquivo e a abre de novo."""
        self.salvar()
        self.esquecer_o_que_se_leu()
        self._alcas.clear()
        return self._excel.reabrir(lambda: fazer(self._caminho))

    def esquecer(self) -> None:
        """Nada: ao salvar, o Excel só grava os textos que as células usam."""

    def _trocar_corpo(self, tabela: Tabela, linhas: Sequence[Sequence[Any]]) -> None:
        if trocar_corpo(self._excel, tabela, self._lugar(tabela), linhas, self._notar):
            self._mudou(tabela)

    def _remendar(self, tabela: Tabela, ids: Sequence[str], mudancas: Mapping[int, Sequence[Any]]) -> None:
        lido = self._lugar(tabela)
        remendar(self._excel, tabela, (lido, self._medir(tabela)), ids, mudancas, self._notar)
        self._mudou(tabela)

    def _mudou(self, tabela: Tabela) -> None:
        self._lugares.pop(tabela.id, None)
        self._sob.pop(tabela.id, None)

    def _ligar_problemas(self) -> None:
        """Na aba Problemas, o endereço vira ligação para a célula."""
        if not self._problemas:
            return
        abas = {t.aba for t in esquema().values()} | {alca.nome_da_aba for alca in self._alcas.values()}
        lugar = self._lugar(esquema()["problemas"])
        coluna = lugar.onde[esquema()["problemas"].coluna("onde").titulo]
        formulas = [[ligacao(str(linha[0]), abas)] for linha in self._problemas[:_LIGACOES]]
        faixa = lugar.linhas(lugar.topo, lugar.topo + len(formulas) - 1, coluna, coluna)
        with sem_protecao(self._excel, lugar.alca):
            self._excel.formatar(lugar.alca, [faixa], "General")
            self._excel.escrever_formulas(lugar.alca, faixa, formulas)


def _cresce(tabela: Tabela) -> bool:
    """As abas de filtros e a de parâmetros têm as linhas com que nascem."""
    return not tabela.painel and tabela.id != "parametros"
