"""O Excel do Windows: os objetos COM que o xlwings dá, com as menos travessias possíveis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from guiche.excel.parado import NO_WINDOWS, tudo_parado
from guiche.excel.sistema import (
    ESPERA,
    PASSO,
    Alca,
    Bloco,
    Faixa,
    Filtro,
    com_senha,
    em_matriz,
    esperar,
    esta_ocupado,
    faixa_de,
    modulo_de,
    ocupado,
    sem_esperar,
)
from guiche.excel.traducao import do_com

if TYPE_CHECKING:
    import xlwings as xw

T = TypeVar("T")
_VISIVEL = -1
_REPOEM = {0, 1, 2, 7, 11}
"""Operadores de filtro que se releem e se repõem: nenhum, E, OU, lista de valores e dinâmico."""


class NoWindows:
    """Uma pasta aberta no Excel do Windows."""

    def __init__(self, livro: xw.Book) -> None:
        self._livro = livro
        self._modulo = modulo_de(livro)
        sem_esperar(self._modulo)
        self._app = self._insistir(lambda: livro.app)
        self._folhas: Any = None
        self._abas: dict[str, Any] = {}

    def _insistir(self, fazer: Callable[[], T]) -> T:
        """Repete uma travessia enquanto o Excel está ocupado, por um tempo.

        Raises:
            ErroDePlanilha: ``excel.ocupado``.
        """
        for _ in range(int(ESPERA / PASSO)):
            try:
                return fazer()
            except Exception as erro:
                if not esta_ocupado(erro):
                    raise
            esperar()
        raise ocupado("Excel")

    def _de(self, objeto: Any, *nomes: str) -> Any:
        """Uma propriedade do objeto, ou a propriedade de uma propriedade dele."""
        for nome in nomes:
            objeto = self._insistir(lambda objeto=objeto, nome=nome: getattr(objeto, nome))  # type: ignore[misc]
        return objeto

    def _chamar(self, objeto: Any, metodo: str, *posicionais: Any, **nomeados: Any) -> Any:
        chamavel = self._de(objeto, metodo)
        return self._insistir(lambda: chamavel(*posicionais, **nomeados))

    def _por(self, objeto: Any, nome: str, valor: Any) -> None:
        self._insistir(lambda: setattr(objeto, nome, valor))

    def _na_colecao(self, colecao: Any, chave: Any) -> Any:
        return self._insistir(lambda: colecao(chave))

    def _celulas(self, alca: Alca, *faixas: Faixa) -> Any:
        return self._chamar(alca.aba, "Range", ",".join(faixa.endereco for faixa in faixas))

    def endereco(self) -> str:
        """O caminho ou o endereço da pasta, sem o traduzir."""
        return str(self._de(self._livro.api, "FullName"))

    def so_leitura(self) -> bool:
        """Diz se a pasta não se pode gravar."""
        return bool(self._de(self._livro.api, "ReadOnly"))

    def abas(self) -> list[str]:
        """Os nomes das abas, em ordem."""
        quantas = self._de(self._todas(), "Count")
        return [str(self._de(self._na_colecao(self._todas(), n), "Name")) for n in range(1, quantas + 1)]

    def _todas(self) -> Any:
        if self._folhas is None:
            self._folhas = self._de(self._livro.api, "Worksheets")
        return self._folhas

    def _aba(self, nome: str) -> Any:
        """A aba, ou ``None`` se não há."""
        if nome not in self._abas:
            todas = self._todas()
            try:
                self._abas[nome] = self._na_colecao(todas, nome)
            except self._modulo.pywintypes.com_error:
                return None
        return self._abas[nome]

    def achar(self, aba: str, tabela: str) -> Alca | None:
        """A tabela na aba de nome dado; ``None`` se não está lá."""
        folha = self._aba(aba)
        if folha is None:
            return None
        listas = self._de(folha, "ListObjects")
        try:
            return Alca(aba, folha, self._chamar(listas, "Item", tabela))
        except self._modulo.pywintypes.com_error:
            return None

    def lugar(self, alca: Alca) -> Faixa:
        """O retângulo da tabela, com cabeçalho e linha de totais."""
        return faixa_de(self._de(alca.tabela, "Range", "Address"))

    def conteudo(self, alca: Alca) -> tuple[Faixa, list[list[Any]]]:
        """O retângulo da tabela e os valores, com o cabeçalho."""
        celulas = self._de(alca.tabela, "Range")
        return faixa_de(self._de(celulas, "Address")), em_matriz(self._de(celulas, "Value"), do_com)

    def totais(self, alca: Alca) -> bool:
        """Diz se a linha de totais está à mostra."""
        return bool(self._de(alca.tabela, "ShowTotals"))

    def mostrar_totais(self, alca: Alca, *, mostra: bool) -> None:
        """Mostra ou esconde a linha de totais."""
        self._por(alca.tabela, "ShowTotals", mostra)

    def usada(self, alca: Alca) -> Faixa:
        """O retângulo da aba que o Excel diz usado."""
        return faixa_de(self._de(alca.aba, "UsedRange", "Address"))

    def tem_mescladas(self, alca: Alca, faixa: Faixa) -> bool:
        """Diz se há células mescladas na faixa; ``None``, do Excel, é que há algumas."""
        return self._de(self._celulas(alca, faixa), "MergeCells") is not False

    def ler(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """Os valores de uma faixa."""
        return em_matriz(self._de(self._celulas(alca, faixa), "Value"), do_com)

    def formulas(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """As fórmulas de uma faixa."""
        return em_matriz(self._de(self._celulas(alca, faixa), "Formula"), do_com)

    def escrever(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """Os valores numa faixa, aos pedaços que o Excel aceita."""
        preparar = self._modulo.engine.prepare_xl_data_element
        for pedaco in faixa.pedacos():
            linhas = bloco[pedaco.topo - faixa.topo : pedaco.fim - faixa.topo + 1]
            valores = tuple(tuple(preparar(v, None) for v in linha) for linha in linhas)
            self._por(self._celulas(alca, pedaco), "Value", valores)

    def escrever_formulas(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """As fórmulas numa faixa."""
        self._por(self._celulas(alca, faixa), "Formula", tuple(map(tuple, bloco)))

    def formatar(self, alca: Alca, faixas: Sequence[Faixa], formato: str) -> None:
        """O formato de número nas faixas, todas num pedido só, se alguma tem outro."""
        celulas = self._celulas(alca, *faixas)
        if self._de(celulas, "NumberFormat") != formato:
            self._por(celulas, "NumberFormat", formato)

    def limpar(self, alca: Alca, faixa: Faixa) -> None:
        """Tira o conteúdo da faixa."""
        self._chamar(self._celulas(alca, faixa), "ClearContents")

    def redimensionar(self, alca: Alca, faixa: Faixa) -> None:
        """A tabela passa a ocupar a faixa."""
        self._chamar(alca.tabela, "Resize", self._celulas(alca, faixa))

    def filtrada(self, alca: Alca) -> bool:
        """Diz se algum critério de filtro vale na tabela."""
        filtro = self._de(alca.tabela, "AutoFilter")
        return filtro is not None and bool(self._de(filtro, "FilterMode"))

    def tirar_filtro(self, alca: Alca) -> Filtro:
        """Mostra todas as linhas e devolve o que filtrava."""
        filtro = self._de(alca.tabela, "AutoFilter")
        filtros, lugar = self._de(filtro, "Filters"), self.lugar(alca)
        colunas = range(1, lugar.direita - lugar.esquerda + 2)
        postos = [posto for n in colunas if (posto := self._criterio(filtros, n))]
        criterios = [posto for posto in postos if posto[1] in _REPOEM and posto[2] is not None]
        self._chamar(filtro, "ShowAllData")
        return Filtro(criterios, len(postos) - len(criterios))

    def _criterio(self, filtros: Any, coluna: int) -> tuple[int, Any, Any, Any] | None:
        um = self._na_colecao(filtros, coluna)
        if not self._de(um, "On"):
            return None
        return coluna, self._de(um, "Operator"), self._se_ha(um, "Criteria1"), self._se_ha(um, "Criteria2")

    def _se_ha(self, filtro: Any, nome: str) -> Any:
        """O critério; ``None`` se o Excel não o tem, ou não o deixa ler."""
        try:
            return self._de(filtro, nome)
        except self._modulo.pywintypes.com_error:
            return None

    def repor_filtro(self, alca: Alca, filtro: Filtro) -> None:
        """Filtra como antes."""
        for coluna, operador, um, dois in filtro.criterios:
            pedido = {"Field": coluna, "Criteria1": um}
            pedido |= {"Operator": operador} if operador else {}
            pedido |= {"Criteria2": dois} if dois is not None else {}
            self._chamar(self._de(alca.tabela, "Range"), "AutoFilter", **pedido)

    def protegida(self, alca: Alca) -> bool:
        """Diz se o conteúdo da aba está protegido."""
        return bool(self._de(alca.aba, "ProtectContents"))

    def desproteger(self, alca: Alca) -> None:
        """Tira a proteção; a senha vazia vai dita, ou o Excel abriria uma caixa a pedi-la."""
        try:
            self._chamar(alca.aba, "Unprotect", "")
        except self._modulo.pywintypes.com_error as erro:
            raise com_senha(alca.nome_da_aba) from erro

    def proteger(self, alca: Alca) -> None:
        """Protege o conteúdo; filtrar, alargar colunas, desenhos e cenários ficam livres."""
        livres = {"AllowSorting": True, "AllowFiltering": True, "AllowFormattingColumns": True}
        self._chamar(alca.aba, "Protect", DrawingObjects=False, Scenarios=False, **livres)

    def parado(self) -> AbstractContextManager[None]:
        """A tela, os eventos e o cálculo param enquanto se escreve, e voltam como estavam."""
        app = self._app.api
        return tudo_parado(partial(self._de, app), partial(self._por, app), NO_WINDOWS)

    def salvar(self) -> None:
        """Grava o arquivo."""
        self._chamar(self._livro.api, "Save")

    def reabrir(self, mexer: Callable[[], T]) -> T:
        """Fecha a pasta, deixa que se mexa no arquivo e a abre de novo; quem a tem fica com a reaberta."""
        caminho = self.endereco()
        self._insistir(self._livro.close)
        try:
            return mexer()
        finally:
            self._livro.impl = self._insistir(lambda: self._app.books.open(caminho)).impl
            self._folhas, self._abas = None, {}

    def barra(self, frase: str | None) -> None:
        """A frase na barra de status."""
        self._por(self._app.api, "StatusBar", False if frase is None else frase)

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente, à mostra se estava escondida."""
        if (folha := self._aba(aba)) is None:
            return
        if self._de(folha, "Visible") != _VISIVEL:
            self._por(folha, "Visible", _VISIVEL)
        self._chamar(folha, "Activate")

    def escolhida(self) -> tuple[str, Faixa] | None:
        """A aba e as células escolhidas; de várias áreas, nenhuma vale mais que as outras: ``None``."""
        try:
            celulas = self._de(self._app.api, "Selection")
            endereco = str(self._de(celulas, "Address"))
            return (str(self._de(celulas, "Worksheet", "Name")), faixa_de(endereco)) if "," not in endereco else None
        except (self._modulo.pywintypes.com_error, AttributeError, ValueError):
            return None

    def perguntar(self, texto: str, titulo: str, *, pergunta: bool, grave: bool) -> bool:
        """Mostra uma caixa; o Windows a põe na língua dele, e espera o tempo que for."""
        botoes = "yes_no" if pergunta else "ok"
        modo = "critical" if grave else "info"
        return self._insistir(lambda: self._app.alert(texto, titulo, botoes, modo)) in {"yes", "ok"}

    espera_a_resposta = True
    """A caixa é da janela do Excel, que fica presa até a resposta."""

    def na_frente(self) -> bool:
        """Diz se a janela em que a pessoa tecla é a deste Excel."""
        return bool(self._modulo.windll.user32.GetForegroundWindow() == self._app.impl.hwnd)
