"""Um Excel em memória, com as suas manias: o que fica por baixo do COM e dos Apple events de teste.

O conteúdo é uma pasta do openpyxl. Cada mania diz de onde se soube:

- linha escondida por filtro não se escreve, e cada trecho à vista recebe a matriz desde o começo (xlwings#747, #679,
  #1483, #2619); vale também para formato e para limpar;
- célula trancada, em aba protegida, não se escreve nem se ordena (ajuda do Excel sobre "Classificar" em AllowSorting);
- aba com senha não se desprotege sem ela; tabela de aba protegida não muda de tamanho;
- matriz de mais de 100.000 células não se aceita de uma vez (o xlwings parte nesse tamanho, base_classes.py);
- texto em célula que não é "@" vira número, data ou fórmula; só 15 algarismos ficam; texto de mais de 32.767
  caracteres se recusa;
- números voltam de ponto flutuante; moeda (R$) volta ``Decimal`` no COM;
- aba escondida não vai à frente; pasta só de leitura não salva;
- um Excel ocupado recusa a chamada, uma vez em cada tantas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.filters import (
    AutoFilter,
    CustomFilter,
    CustomFilters,
    DynamicFilter,
    FilterColumn,
    Filters,
    SortCondition,
    SortState,
)

CELULAS_POR_ESCRITA = 100_000
MAIOR_TEXTO = 32_767
ERROS = {
    "#DIV/0!": (-2146826281, "#DIV/0!"), "#N/A": (-2146826246, "#N/D"), "#NAME?": (-2146826259, "#NOME?"),
    "#NULL!": (-2146826288, "#NULO!"), "#NUM!": (-2146826252, "#NÚM!"), "#REF!": (-2146826265, "#REF!"),
    "#VALUE!": (-2146826273, "#VALOR!"), "#SPILL!": (-2146826243, "#DESPEJAR!"), "#CALC!": (-2146826238, "#CALC!"),
}  # fmt: skip
"""Erro → o inteiro que o COM dá (documentação de CVErr e dos tipos novos), e como se lê num Excel em português."""
E, OU, VALORES, COR, DINAMICO = 1, 2, 7, 8, 11
"""Operadores de filtro (XlAutoFilterOperator)."""
_LIGACAO = re.compile(r'=HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)')
_NUMERO = re.compile(r"[+-]?\d+([.,]\d+)?")
_DATA = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class ErroDoExcel(Exception):
    """O que cada sistema traduz para o erro dele."""


class Ocupado(ErroDoExcel):
    """O Excel não atende agora; ``codigo`` é o do COM."""

    def __init__(self, codigo: int) -> None:
        super().__init__(codigo)
        self.codigo = codigo


class Excel:
    """O programa: as pastas abertas, a barra de status, as caixas, o que se contou."""

    def __init__(self) -> None:
        self.livros: list[Livro] = []
        self.barra: list[Any] = []
        self.alertas: list[tuple[str, str]] = []
        self.respostas: list[str] = []
        self.ao_alertar: Callable[[], None] | None = None
        self.selecao: Faixa | None = None
        self.tela = self.eventos = self.avisos = True
        self.calculo = "automatic"
        self.chamadas: Counter[str] = Counter()
        self.total = 0
        self.ocupado: Callable[[int], int] = lambda _n: 0
        """Recebe o número da chamada; diz com que código ela se recusa, ou 0."""
        self.falha_da_caixa = 0
        """No macOS: -1712 (passou do tempo) ou -1743 (sem permissão); 0 se a caixa se mostra."""
        self.falha_do_excel: Callable[[int], int] = lambda _n: 0
        """No macOS: o erro que o Apple event de número dado levanta; 0 se nenhum."""
        self.na_frente = True
        """Diz se a janela em que a pessoa tecla é a deste Excel."""
        self.mortos: list[str] = []
        """Linhas de comando com que se quis matar outros programas."""

    def contar(self, chamada: str) -> None:
        """Anota uma chamada de um processo ao outro; o ocupado recusa-a."""
        self.anotar(chamada)
        if codigo := self.ocupado(self.total):
            raise Ocupado(codigo)

    def anotar(self, chamada: str) -> None:
        """Anota uma chamada ao sistema, que nunca se recusa."""
        self.chamadas[chamada] += 1
        self.total += 1

    def zerar(self) -> None:
        self.chamadas.clear()
        self.total = 0

    def perguntar(self, botoes: str, texto: str) -> str:
        self.alertas.append((botoes, texto))
        if self.ao_alertar:
            self.ao_alertar()
        return self.respostas.pop(0) if self.respostas else ("no" if botoes == "yes_no" else "ok")

    @property
    def status_bar(self) -> Any:
        return self.barra[-1] if self.barra else False

    def abrir(self, caminho: Path | str) -> Livro:
        self.livros.append(Livro(self, str(caminho)))
        return self.livros[-1]

    def livro(self, chave: Any) -> Livro:
        for i, livro in enumerate(self.livros, 1):
            if chave == i or str(chave).lower() == livro.nome.lower():
                return livro
        raise KeyError(chave)


class Livro:
    """Uma pasta de trabalho aberta."""

    def __init__(self, excel: Excel, caminho: str) -> None:
        self.excel, self.caminho = excel, caminho
        self.pasta = openpyxl.load_workbook(caminho)
        self.endereco = caminho
        self.so_leitura = False
        self.falha_ao_salvar = ""
        self.escritas = 0
        self.ativa = str(self.pasta.active.title) if self.pasta.active else ""

    @property
    def nome(self) -> str:
        return Path(self.caminho).name

    def abas(self) -> list[Aba]:
        return [Aba(self, aba) for aba in self.pasta.worksheets]

    def aba(self, chave: Any) -> Aba:
        for i, aba in enumerate(self.pasta.worksheets, 1):
            if chave == i or (isinstance(chave, str) and chave.casefold() == aba.title.casefold()):
                return Aba(self, aba)
        raise ErroDoExcel(f"não há a aba {chave}")

    def salvar(self) -> None:
        if self.so_leitura or self.falha_ao_salvar:
            raise ErroDoExcel(self.falha_ao_salvar or "só leitura")
        self.pasta.save(self.caminho)

    def fechar(self) -> None:
        self.excel.livros.remove(self)


@dataclass(frozen=True)
class Aba:
    """Uma aba e o que se faz com ela."""

    livro: Livro
    ws: Any

    @property
    def nome(self) -> str:
        return str(self.ws.title)

    @property
    def protegida(self) -> bool:
        return bool(self.ws.protection.sheet)

    def desproteger(self, senha: str = "") -> None:
        if self.ws.protection.password and not senha:
            raise ErroDoExcel("a senha não está certa")
        self.ws.protection.sheet = False

    def proteger(self, **livres: bool) -> None:
        """``Worksheet.Protect``: o que não se diz livre fica preso; desenhos e cenários prendem-se por omissão."""
        protecao = self.ws.protection
        protecao.sheet = True
        protecao.autoFilter = not livres.get("filtrar", False)
        protecao.sort = not livres.get("ordenar", False)
        protecao.formatColumns = not livres.get("formatar_colunas", False)
        protecao.objects = livres.get("desenhos", True)
        protecao.scenarios = livres.get("cenarios", True)

    def faixa(self, endereco: str) -> Faixa:
        l1, c1, l2, c2 = _cantos(endereco)
        return Faixa(self, l1, c1, l2, c2)

    def usada(self) -> Faixa:
        return Faixa(self, 1, 1, self.ws.max_row, self.ws.max_column)

    def tabela(self, nome: str) -> Tabela:
        if nome not in self.ws.tables:
            raise ErroDoExcel(f"não há a tabela {nome}")
        return Tabela(self, self.ws.tables[nome])

    def ativar(self) -> None:
        if self.ws.sheet_state != "visible":
            raise ErroDoExcel(f"a aba {self.nome} está escondida")
        self.livro.ativa = self.nome
        excel = self.livro.excel
        if excel.selecao and excel.selecao.aba.nome != self.nome:  # cada aba tem o seu escolhido
            excel.selecao = Faixa(self, 1, 1, 1, 1)

    def escondidas_por_filtro(self) -> set[int]:
        """As linhas que um filtro esconde; esconder à mão não tem este efeito (xlwings#679)."""
        linhas = set()
        for tabela in self.ws.tables.values():
            if tabela.autoFilter and tabela.autoFilter.filterColumn:
                l1, _, l2, _ = _cantos(tabela.ref)
                linhas |= {n for n in range(l1 + 1, l2 + 1) if self.ws.row_dimensions[n].hidden}
        return linhas


def _cantos(endereco: str) -> tuple[int, int, int, int]:
    c1, l1, c2, l2 = range_boundaries(endereco.replace("$", ""))
    return int(l1 or 1), int(c1 or 1), int(l2 or 1), int(c2 or 1)


@dataclass(frozen=True)
class Faixa:
    """Um retângulo de células."""

    aba: Aba
    l1: int
    c1: int
    l2: int
    c2: int

    @property
    def altura(self) -> int:
        return self.l2 - self.l1 + 1

    @property
    def largura(self) -> int:
        return self.c2 - self.c1 + 1

    @property
    def endereco(self) -> str:
        de, ate = (f"${get_column_letter(c)}${n}" for n, c in ((self.l1, self.c1), (self.l2, self.c2)))
        return de if de == ate else f"{de}:{ate}"

    def __len__(self) -> int:
        return self.altura * self.largura

    def celulas(self) -> Iterator[tuple[Any, ...]]:
        return self.aba.ws.iter_rows(self.l1, self.l2, self.c1, self.c2)  # type: ignore[no-any-return]

    def _podem_mudar(self) -> None:
        if self.aba.protegida and any(c.protection.locked for linha in self.celulas() for c in linha):
            raise ErroDoExcel(f"a aba {self.aba.nome} está protegida")
        self.aba.livro.escritas += 1

    def _a_vista(self) -> list[list[tuple[Any, ...]]]:
        """As linhas que o Excel alcança, em trechos sem linha filtrada no meio."""
        escondidas = self.aba.escondidas_por_filtro()
        trechos: list[list[tuple[Any, ...]]] = [[]]
        for n, linha in enumerate(self.celulas(), self.l1):
            if n in escondidas:
                trechos.append([])
            else:
                trechos[-1].append(linha)
        return trechos

    def escrever(self, dados: Any) -> None:
        """Valores: um só para todas as células, ou uma matriz do tamanho da faixa."""
        self._podem_mudar()
        if not isinstance(dados, list | tuple):
            dados = [[dados] * self.largura] * self.altura
        if len(dados) * len(dados[0]) > CELULAS_POR_ESCRITA:
            raise ErroDoExcel("matriz grande demais")
        if len(dados) != self.altura or any(len(linha) != self.largura for linha in dados):
            raise ErroDoExcel("a matriz não é do tamanho da faixa")
        for trecho in self._a_vista():
            for linha, valores in zip(trecho, dados, strict=False):
                for celula, valor in zip(linha, valores, strict=True):
                    _por(celula, valor)

    def formulas(self) -> list[list[Any]]:
        return [["" if c.value is None else c.value for c in linha] for linha in self.celulas()]

    def escrever_formulas(self, dados: Any) -> None:
        self._podem_mudar()
        for trecho in self._a_vista():
            for linha, valores in zip(trecho, dados, strict=False):
                for celula, valor in zip(linha, valores, strict=True):
                    celula.value = valor or None

    def valores(self, de: Callable[[Any], Any]) -> Any:
        """Uma matriz, ou o valor só, se é uma célula; ``de`` diz como o sistema dá cada célula."""
        dados = [[de(c) for c in linha] for linha in self.celulas()]
        return dados[0][0] if len(self) == 1 else dados

    def formato(self) -> str | None:
        """O formato de todas as células; ``None`` se não é um só."""
        todos = {c.number_format for linha in self.celulas() for c in linha}
        return str(todos.pop()) if len(todos) == 1 else None

    def formatar(self, formato: str) -> None:
        self._podem_mudar()
        for trecho in self._a_vista():
            for linha in trecho:
                for celula in linha:
                    celula.number_format = formato

    def limpar(self) -> None:
        self._podem_mudar()
        for trecho in self._a_vista():
            for linha in trecho:
                for celula in linha:
                    celula.value = None

    def mescladas(self) -> bool | None:
        """Falso, verdadeiro, ou ``None`` se só algumas."""
        tocam = [
            m for m in self.aba.ws.merged_cells.ranges
            if m.min_row <= self.l2 and m.max_row >= self.l1 and m.min_col <= self.c2 and m.max_col >= self.c1
        ]  # fmt: skip
        return None if tocam else False


def erro_da(celula: Any) -> tuple[int, str] | None:
    """O código e o texto do erro da célula; ``None`` se não tem."""
    return ERROS.get(celula.value) if celula.data_type == "e" else None


def valor_da(celula: Any) -> Any:
    """O valor que a célula mostra: o texto de uma ligação, números como ``float``; ``None`` se vazia."""
    valor = celula.value
    if isinstance(valor, bool) or valor is None:
        return valor
    if celula.data_type == "f":
        achada = _LIGACAO.fullmatch(str(valor))
        return achada[1].replace('""', '"') if achada else 0.0
    if isinstance(valor, int | float):
        return Decimal(str(valor)) if "R$" in celula.number_format else float(valor)
    return datetime.combine(valor, datetime.min.time()) if type(valor) is date else valor


def _por(celula: Any, valor: Any) -> None:
    """Um valor numa célula, como o Excel o entende."""
    if isinstance(valor, date) and not isinstance(valor, datetime):
        raise ErroDoExcel("data sem hora não se recebe")
    if isinstance(valor, Decimal):
        raise ErroDoExcel("Decimal vira moeda e perde casas")
    if isinstance(valor, str):
        if len(valor) > MAIOR_TEXTO:
            raise ErroDoExcel("texto grande demais")
        valor = _texto_na_celula(celula, valor)
    if isinstance(valor, float):
        valor = float(f"{valor:.15g}")
    celula.value = valor
    if celula.number_format == "@" and isinstance(valor, str):
        celula.data_type = "s"


def _texto_na_celula(celula: Any, texto: str) -> Any:
    if texto == "":
        return None
    if celula.number_format == "@":
        return texto
    if texto.startswith("'"):
        celula.quotePrefix = True
        return texto[1:] if not texto[1:].startswith("=") else texto
    if _NUMERO.fullmatch(texto.strip()):
        return float(texto.strip().replace(",", "."))
    if achada := _DATA.fullmatch(texto.strip()):
        return datetime(int(achada[3]), int(achada[2]), int(achada[1]))
    return texto


@dataclass(frozen=True)
class Tabela:
    """Uma tabela (ListObject)."""

    aba: Aba
    crua: Any

    @property
    def nome(self) -> str:
        return str(self.crua.displayName)

    @property
    def faixa(self) -> Faixa:
        return self.aba.faixa(self.crua.ref)

    @property
    def totais(self) -> bool:
        return bool(self.crua.totalsRowCount)

    def mostrar_totais(self, *, mostra: bool) -> None:
        if mostra == self.totais:
            return
        self._sem_protecao()
        faixa = self.faixa
        if mostra:
            self.crua.totalsRowCount, self.crua.totalsRowShown = 1, True
            self._mudar_ref(Faixa(self.aba, faixa.l1, faixa.c1, faixa.l2 + 1, faixa.c2))
            self.aba.ws.cell(faixa.l2 + 1, faixa.c1).value = "Total"
        else:
            for coluna in range(faixa.c1, faixa.c2 + 1):
                self.aba.ws.cell(faixa.l2, coluna).value = None
            self.crua.totalsRowCount, self.crua.totalsRowShown = None, False
            self._mudar_ref(Faixa(self.aba, faixa.l1, faixa.c1, faixa.l2 - 1, faixa.c2))

    def _sem_protecao(self) -> None:
        if self.aba.protegida:
            raise ErroDoExcel("tabela em aba protegida não muda de forma")

    def _mudar_ref(self, faixa: Faixa) -> None:
        ref = faixa.endereco.replace("$", "")
        self.crua.ref = ref
        if self.crua.autoFilter:
            self.crua.autoFilter.ref = ref

    def redimensionar(self, faixa: Faixa) -> None:
        self._sem_protecao()
        if self.totais:
            raise ErroDoExcel("com a linha de totais à mostra a tabela não muda de tamanho")
        self._mudar_ref(faixa)

    # --- filtro ---

    @property
    def filtro(self) -> AutoFilter | None:
        achado: AutoFilter | None = self.crua.autoFilter
        return achado

    def criterios(self) -> dict[int, tuple[int, Any, Any]]:
        """Coluna, contada de 1 → operador, primeiro e segundo critérios, como o Excel os diz."""
        filtro = self.filtro
        return {f.colId + 1: _criterio(f) for f in filtro.filterColumn} if filtro else {}

    def mostrar_filtro(self, *, mostra: bool) -> None:
        self._sem_protecao()
        self._a_mostra()
        self.crua.autoFilter = AutoFilter(ref=self.crua.ref) if mostra else None

    def mostrar_tudo(self) -> None:
        """``AutoFilter.ShowAllData``: os critérios se perdem."""
        if self.aba.protegida and self.aba.ws.protection.autoFilter:
            raise ErroDoExcel("a aba protegida não deixa filtrar")
        if not self.criterios():
            raise ErroDoExcel("ShowAllData sem filtro falha")
        self.crua.autoFilter.filterColumn = []
        self._a_mostra()

    def filtrar(self, coluna: int, operador: int = 0, um: Any = None, dois: Any = None) -> None:
        """``Range.AutoFilter``: sem critério, tira o da coluna."""
        filtro = self.crua.autoFilter or AutoFilter(ref=self.crua.ref)
        self.crua.autoFilter = filtro
        filtro.filterColumn = [f for f in filtro.filterColumn if f.colId != coluna - 1]
        if um is not None:
            filtro.filterColumn.append(_coluna_filtrada(coluna, operador, um, dois))
        self.reaplicar_filtro()

    def reaplicar_filtro(self) -> None:
        """Esconde as linhas que não passam."""
        criterios, faixa = self.criterios(), self.faixa
        ultima = faixa.l2 - self.totais
        for n in range(faixa.l1 + 1, ultima + 1):
            passa = all(_passa(self.aba.ws.cell(n, faixa.c1 + c - 1), *x) for c, x in criterios.items())
            self.aba.ws.row_dimensions[n].hidden = not passa

    def _a_mostra(self) -> None:
        for n in range(self.faixa.l1, self.faixa.l2 + 1):
            self.aba.ws.row_dimensions[n].hidden = False

    # --- ordem ---

    def ordem(self) -> list[tuple[int, bool]]:
        """Coluna, contada de 1, e se é do maior para o menor."""
        estado = self.crua.sortState
        if not estado:
            return []
        return [(_cantos(x.ref)[1] - self.faixa.c1 + 1, bool(x.descending)) for x in estado.sortCondition]

    def por_ordem(self, chaves: Sequence[tuple[int, bool]]) -> None:
        faixa = self.faixa
        ref = Faixa(self.aba, faixa.l1 + 1, faixa.c1, faixa.l2, faixa.c2).endereco.replace("$", "")
        condicoes = []
        for coluna, desce in chaves:
            c = faixa.c1 + coluna - 1
            endereco = Faixa(self.aba, faixa.l1 + 1, c, faixa.l2, c).endereco.replace("$", "")
            condicoes.append(SortCondition(ref=endereco, descending=desce or None))
        self.crua.sortState = SortState(ref=ref, sortCondition=condicoes) if condicoes else None

    def ordenar(self) -> None:
        """``Sort.Apply``: em aba protegida, só se nenhuma célula da faixa está trancada, seja qual for AllowSorting."""
        faixa = self.faixa
        corpo = Faixa(self.aba, faixa.l1 + 1, faixa.c1, faixa.l2 - self.totais, faixa.c2)
        if self.aba.protegida and any(c.protection.locked for linha in corpo.celulas() for c in linha):
            raise ErroDoExcel("há células trancadas na faixa a ordenar")
        linhas = [[(c.value, c.data_type, c.number_format) for c in linha] for linha in corpo.celulas()]
        for coluna, desce in reversed(self.ordem()):
            cheias = [x for x in linhas if x[coluna - 1][0] is not None]
            vazias = [x for x in linhas if x[coluna - 1][0] is None]
            cheias.sort(key=lambda x, c=coluna: _chave(x[c - 1][0]), reverse=desce)  # type: ignore[misc]
            linhas = cheias + vazias
        for destino, origem in zip(corpo.celulas(), linhas, strict=True):
            for celula, (valor, tipo, formato) in zip(destino, origem, strict=True):
                celula.value, celula.number_format = valor, formato
                if valor is not None:
                    celula.data_type = tipo


def _chave(valor: Any) -> tuple[int, Any]:
    if isinstance(valor, datetime):
        return 0, valor.timestamp()
    return (0, float(valor)) if isinstance(valor, int | float) else (1, str(valor).casefold())


def _criterio(filtrada: FilterColumn) -> tuple[int, Any, Any]:
    if filtrada.colorFilter or filtrada.iconFilter:
        return COR, None, None
    if filtrada.dynamicFilter:
        return DINAMICO, filtrada.dynamicFilter.type, None
    if filtrada.customFilters:
        sinais = {"greaterThanOrEqual": ">=", "lessThanOrEqual": "<=", "greaterThan": ">", "lessThan": "<",
                  "notEqual": "<>", "equal": "=", None: "="}  # fmt: skip
        um, *resto = (f"{sinais[f.operator]}{f.val}" for f in filtrada.customFilters.customFilter)
        return (E if filtrada.customFilters._and else OU) if resto else 0, um, resto[0] if resto else None
    valores = [f"={v}" for v in (filtrada.filters.filter if filtrada.filters else [])]
    if len(valores) > 2:  # com um ou dois o Excel os diz como comparações
        return VALORES, tuple(valores), None
    return (OU if len(valores) > 1 else 0), valores[0], valores[1] if len(valores) > 1 else None


def _coluna_filtrada(coluna: int, operador: int, um: Any, dois: Any) -> FilterColumn:
    if operador == VALORES:
        return FilterColumn(colId=coluna - 1, filters=Filters(filter=[str(v).removeprefix("=") for v in um]))
    if operador == DINAMICO:
        return FilterColumn(colId=coluna - 1, dynamicFilter=DynamicFilter(type=um))
    nomes = {">=": "greaterThanOrEqual", "<=": "lessThanOrEqual", "<>": "notEqual", ">": "greaterThan",
             "<": "lessThan", "=": "equal"}  # fmt: skip
    filtros = []
    for criterio in (um, dois):
        if criterio is not None:
            sinal = next((s for s in nomes if str(criterio).startswith(s)), "")
            filtros.append(CustomFilter(operator=nomes.get(sinal, "equal"), val=str(criterio)[len(sinal) :]))  # type: ignore[arg-type]
    return FilterColumn(colId=coluna - 1, customFilters=CustomFilters(_and=operador == E or None, customFilter=filtros))


def _passa(celula: Any, operador: int, um: Any, dois: Any) -> bool:
    """Diz se o valor passa no critério; os que esta imitação não sabe avaliar deixam passar."""
    if operador in {COR, DINAMICO}:
        return True
    if operador == VALORES:
        return any(_compara(celula, criterio) for criterio in um)
    if dois is None:
        return _compara(celula, um)
    return (all if operador == E else any)((_compara(celula, um), _compara(celula, dois)))


def _compara(celula: Any, criterio: str) -> bool:
    sinal, alvo = re.fullmatch(r"(>=|<=|<>|>|<|=)?(.*)", criterio, re.DOTALL).groups()  # type: ignore[union-attr]
    valor = valor_da(celula)
    if sinal in {None, "=", "<>"}:
        texto = "" if valor is None else f"{valor:g}" if isinstance(valor, float) else str(valor)
        return (texto.casefold() == alvo.casefold()) == (sinal != "<>")
    if not isinstance(valor, float):
        return False
    numero = float(alvo.replace(",", "."))
    return {">=": valor >= numero, "<=": valor <= numero, ">": valor > numero, "<": valor < numero}[sinal]
