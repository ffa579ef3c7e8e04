"""O Excel do macOS: as referências do appscript que o xlwings dá, com os menos Apple events possíveis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from guiche.erros import ErroDePlanilha, Local
from guiche.excel.caixa_do_mac import caixa_do_sistema, sem_caixa
from guiche.excel.parado import NO_MAC, tudo_parado
from guiche.excel.sistema import (
    Alca,
    Bloco,
    Faixa,
    Filtro,
    com_senha,
    em_matriz,
    esta_ocupado,
    faixa_de,
    modulo_de,
    ocupado,
)
from guiche.excel.traducao import do_appscript

if TYPE_CHECKING:
    import xlwings as xw

T = TypeVar("T")
_SEM_PERMISSAO = -1743
_SEM_PRAZO = -1
"""Com prazo negativo o appscript espera o tempo que for, em vez dos 60 segundos de sempre."""
_REPOEM = ("autofilter_and", "autofilter_or", "filter_by_value", "filter_dynamic")
"""Operadores de filtro que se releem e se repõem; sem operador, também."""
_SIM, _NAO, _OK = "Sim", "Não", "OK"
_CELULAS_POR_LEITURA = 1_000_000
"""Uma resposta maior passa do que um Apple event leva (_xlmac.py do xlwings, max_cells_per_read)."""


class NoMac:
    """Uma pasta aberta no Excel do macOS."""

    def __init__(self, livro: xw.Book) -> None:
        self._livro = livro
        self._modulo = modulo_de(livro)
        self._kw = self._modulo.kw
        self._app = livro.app
        self._caixas: Any = None

    def _pedir(self, fazer: Callable[[], T]) -> T:
        """Faz o pedido; o que passou do prazo já esperou um minuto, e não se repete.

        Raises:
            ErroDePlanilha: ``excel.ocupado`` ou ``excel.sem_permissao``.
        """
        try:
            return fazer()
        except (self._modulo.CommandError, self._modulo.aem.aemsend.EventError) as erro:
            if esta_ocupado(erro):
                raise ocupado("Excel") from erro
            if getattr(erro, "errornumber", 0) == _SEM_PERMISSAO:
                raise ErroDePlanilha(
                    "excel.sem_permissao", "o macOS não deixa o Python falar com o Excel", local=Local("macOS")
                ) from erro
            raise

    def endereco(self) -> str:
        """O caminho ou o endereço da pasta, sem o traduzir."""
        return str(self._pedir(self._livro.api.full_name.get))

    def so_leitura(self) -> bool:
        """Diz se a pasta não se pode gravar."""
        return bool(self._pedir(self._livro.api.read_only.get))

    def abas(self) -> list[str]:
        """Os nomes das abas, em ordem."""
        quantas = self._pedir(lambda: self._livro.api.count(each=self._kw.worksheet))
        return [str(self._pedir(self._livro.api.worksheets[n].name.get)) for n in range(1, quantas + 1)]

    def achar(self, aba: str, tabela: str) -> Alca | None:
        """A tabela na aba de nome dado; ``None`` se não está lá."""
        folha = self._livro.api.worksheets[aba]
        alca = Alca(aba, folha, folha.list_objects[tabela])
        return alca if self._pedir(alca.tabela.exists) else None

    def lugar(self, alca: Alca) -> Faixa:
        """O retângulo da tabela, com cabeçalho e linha de totais."""
        return faixa_de(self._pedir(alca.tabela.range_object.get_address))

    def conteudo(self, alca: Alca) -> tuple[Faixa, list[list[Any]]]:
        """O retângulo da tabela e os valores, com o cabeçalho; a grande lê-se aos pedaços."""
        faixa = self.lugar(alca)
        if (faixa.fim - faixa.topo + 1) * (faixa.direita - faixa.esquerda + 1) > _CELULAS_POR_LEITURA:
            return faixa, self.ler(alca, faixa)
        return faixa, self._valores(alca.tabela.range_object)

    def _valores(self, celulas: Any) -> list[list[Any]]:
        """Os valores de umas células; onde o appscript não dá valor há um erro, que só o texto mostrado diz."""
        ausente = self._kw.missing_value
        valores = em_matriz(self._pedir(celulas.value.get), lambda v: None if isinstance(v, str) and not v else v)
        if not any(v is ausente or v == ausente for linha in valores for v in linha):
            return valores
        return do_appscript(valores, em_matriz(self._pedir(celulas.string_value.get), str), ausente)

    def totais(self, alca: Alca) -> bool:
        """Diz se a linha de totais está à mostra."""
        return bool(self._pedir(alca.tabela.total.get))

    def mostrar_totais(self, alca: Alca, *, mostra: bool) -> None:
        """Mostra ou esconde a linha de totais."""
        self._pedir(lambda: alca.tabela.total.set(mostra))

    def usada(self, alca: Alca) -> Faixa:
        """O retângulo da aba que o Excel diz usado."""
        return faixa_de(self._pedir(alca.aba.used_range.get_address))

    def tem_mescladas(self, alca: Alca, faixa: Faixa) -> bool:
        """Diz se há células mescladas na faixa; sem valor, há algumas."""
        return self._pedir(alca.aba.cells[faixa.endereco].merge_cells.get) is not False

    def ler(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """Os valores de uma faixa, aos pedaços que um Apple event leva."""
        passo = max(_CELULAS_POR_LEITURA // (faixa.direita - faixa.esquerda + 1), 1)
        pedacos = (
            Faixa(topo, faixa.esquerda, min(topo + passo - 1, faixa.fim), faixa.direita)
            for topo in range(faixa.topo, faixa.fim + 1, passo)
        )
        return [linha for pedaco in pedacos for linha in self._valores(alca.aba.cells[pedaco.endereco])]

    def formulas(self, alca: Alca, faixa: Faixa) -> list[list[Any]]:
        """As fórmulas de uma faixa."""
        return em_matriz(self._pedir(alca.aba.cells[faixa.endereco].formula.get), lambda v: v or None)

    def escrever(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """Os valores numa faixa, aos pedaços que o Excel aceita."""
        preparar = self._modulo.engine.prepare_xl_data_element
        for pedaco in faixa.pedacos():
            linhas = bloco[pedaco.topo - faixa.topo : pedaco.fim - faixa.topo + 1]
            valores = [[preparar(v, None) for v in linha] for linha in linhas]
            self._por(alca.aba.cells[pedaco.endereco].value, valores)

    def _por(self, propriedade: Any, valor: Any) -> None:
        self._pedir(lambda: propriedade.set(valor))

    def escrever_formulas(self, alca: Alca, faixa: Faixa, bloco: Bloco) -> None:
        """As fórmulas numa faixa."""
        self._por(alca.aba.cells[faixa.endereco].formula, [list(linha) for linha in bloco])

    def formatar(self, alca: Alca, faixas: Sequence[Faixa], formato: str) -> None:
        """O formato de número nas faixas, uma a uma, nas que têm outro."""
        for faixa in faixas:
            celulas = alca.aba.cells[faixa.endereco]
            if self._pedir(celulas.number_format.get) != formato:
                self._por(celulas.number_format, formato)

    def limpar(self, alca: Alca, faixa: Faixa) -> None:
        """Tira o conteúdo da faixa."""
        self._pedir(alca.aba.cells[faixa.endereco].clear_contents)

    def redimensionar(self, alca: Alca, faixa: Faixa) -> None:
        """A tabela passa a ocupar a faixa."""
        self._pedir(lambda: alca.tabela.resize(range=alca.aba.cells[faixa.endereco]))

    def filtrada(self, alca: Alca) -> bool:
        """Diz se algum critério de filtro vale na tabela."""
        return any(self._ligados(alca))

    def _ligados(self, alca: Alca) -> list[bool]:
        """Coluna a coluna, se ela filtra: de uma vez, ou uma a uma onde o Excel não as dá juntas."""
        if not self._pedir(alca.tabela.show_autofilter.get):
            return []
        filtros = alca.tabela.autofilter_object.filters
        try:
            juntos = self._pedir(filtros.filter_on.get)
        except self._modulo.CommandError:
            lugar = self.lugar(alca)
            colunas = range(1, lugar.direita - lugar.esquerda + 2)
            return [self._pedir(filtros[n].filter_on.get) is True for n in colunas]
        return [um is True for um in (juntos if isinstance(juntos, list) else [juntos])]

    def tirar_filtro(self, alca: Alca) -> Filtro:
        """Mostra todas as linhas e devolve o que filtrava."""
        filtro = alca.tabela.autofilter_object
        ligadas = [n for n, ligada in enumerate(self._ligados(alca), 1) if ligada]
        criterios = [posto for n in ligadas if (posto := self._criterio(filtro.filters[n], n)) is not None]
        for n in ligadas:
            self._pedir(lambda n=n: alca.tabela.range_object.autofilter_range(field=n))  # type: ignore[misc]
        return Filtro(criterios, len(ligadas) - len(criterios))

    def _criterio(self, filtro: Any, coluna: int) -> tuple[int, Any, Any, Any] | None:
        operador, um, dois = (self._se_ha(filtro, nome) for nome in ("operator", "criteria1", "criteria2"))
        repoem = (None, *(getattr(self._kw, nome) for nome in _REPOEM))
        return (coluna, operador, um, dois) if operador in repoem and um is not None else None

    def _se_ha(self, filtro: Any, nome: str) -> Any:
        """A propriedade do filtro; ``None`` se o Excel não a tem, ou não a deixa ler."""
        try:
            achado = self._pedir(getattr(filtro, nome).get)
        except (self._modulo.CommandError, AttributeError):
            return None
        return None if achado == self._kw.missing_value else achado

    def repor_filtro(self, alca: Alca, filtro: Filtro) -> None:
        """Filtra como antes."""
        for coluna, operador, um, dois in filtro.criterios:
            pedido = {"field": coluna, "criteria1": um}
            pedido |= {"operator": operador} if operador is not None else {}
            pedido |= {"criteria2": dois} if dois is not None else {}
            self._pedir(lambda pedido=pedido: alca.tabela.range_object.autofilter_range(**pedido))  # type: ignore[misc]

    def protegida(self, alca: Alca) -> bool:
        """Diz se o conteúdo da aba está protegido."""
        return bool(self._pedir(alca.aba.protect_contents.get))

    def desproteger(self, alca: Alca) -> None:
        """Tira a proteção, que é sem senha."""
        try:
            self._pedir(lambda: alca.aba.unprotect(password=""))
        except self._modulo.CommandError as erro:
            raise com_senha(alca.nome_da_aba) from erro

    def proteger(self, alca: Alca) -> None:
        """Protege o conteúdo; filtrar, alargar colunas, desenhos e cenários ficam livres."""
        livres = {"allow_sorting": True, "allow_filtering": True, "allow_formatting_columns": True}
        self._pedir(lambda: alca.aba.protect_worksheet(drawing_objects=False, scenarios=False, **livres))

    def parado(self) -> AbstractContextManager[None]:
        """A tela, os eventos e o cálculo param enquanto se escreve."""
        return tudo_parado(lambda nome: self._pedir(lambda: getattr(self._app, nome)), self._por_no_app, NO_MAC)

    def _por_no_app(self, nome: str, valor: Any) -> None:
        self._pedir(lambda: setattr(self._app, nome, valor))

    def salvar(self) -> None:
        """Grava o arquivo, leve o tempo que levar."""
        self._pedir(lambda: self._livro.api.save(timeout=_SEM_PRAZO))

    def reabrir(self, mexer: Callable[[], T]) -> T:
        """Fecha a pasta, deixa que se mexa no arquivo e a abre de novo; quem a tem fica com a reaberta."""
        caminho = self.endereco()
        self._livro.close()
        try:
            return mexer()
        finally:
            self._livro.impl = self._app.books.open(caminho).impl

    def barra(self, frase: str | None) -> None:
        """A frase na barra de status."""
        self._por_no_app("status_bar", False if frase is None else frase)

    def mostrar(self, aba: str) -> None:
        """Põe a aba na frente, à mostra se estava escondida."""
        folha = self._livro.api.worksheets[aba]
        if not self._pedir(folha.exists):
            return
        if self._pedir(folha.visible.get) != self._kw.sheet_visible:
            self._por(folha.visible, self._kw.sheet_visible)
        self._pedir(folha.activate_object)

    def escolhida(self) -> tuple[str, Faixa] | None:
        """A aba e as células escolhidas."""
        try:
            aba = str(self._pedir(self._livro.api.active_sheet.name.get))
            endereco = str(self._pedir(self._app.api.selection.get_address))
        except self._modulo.CommandError:
            return None
        return (aba, faixa_de(endereco)) if "," not in endereco else None

    def perguntar(self, texto: str, titulo: str, *, pergunta: bool, grave: bool) -> bool:
        """Mostra uma caixa do Excel, sem prazo e em português; se o macOS não a deixa mostrar, uma do sistema."""
        try:
            caixas = self._caixa()
            caixas.activate()
            resposta = caixas.display_alert(
                titulo,
                message=texto,
                buttons=[_NAO, _SIM] if pergunta else _OK,
                as_=self._kw.critical if grave else self._kw.informational,
                timeout=_SEM_PRAZO,
            )
        except (self._modulo.CommandError, self._modulo.aem.aemsend.EventError):
            caixa_do_sistema(sem_caixa(texto, pergunta=pergunta), titulo)
            return False
        return bool(resposta[self._kw.button_returned] in {_SIM, _OK})

    def _caixa(self) -> Any:
        if self._caixas is None:
            self._caixas = self._modulo.osax.OSAX(pid=self._app.pid)
        return self._caixas

    espera_a_resposta = False
    """O Excel continua a atender a pessoa enquanto a caixa está na tela."""

    def na_frente(self) -> bool:
        """O macOS não diz que tecla se aperta: não há o que perguntar."""
        return False
