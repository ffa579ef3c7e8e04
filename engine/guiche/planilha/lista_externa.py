"""Lê uma lista qualquer, .xlsx, .ods ou .csv, e acha nela as nossas colunas."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from guiche.dominio.texto import transliterar
from guiche.erros import ErroDePlanilha, Local
from guiche.planilha.celulas import letras_da_coluna
from guiche.planilha.esquema import esquema
from guiche.planilha.porta import Folha

_LINHAS_DE_CABECALHO = 20
"""Até que linha se procura o cabeçalho: relatórios trazem título e data antes dele."""
_EXTENSOES = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt"}
_RECUO = re.compile(rb">\s*\n\s*<")
"""Quebra de linha entre dois elementos: recuo de quem quis o XML legível, e não conteúdo."""
_MAIOR_ODS = 256 << 20
_ANO_ANTES = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:T00:00:00(?:\.0+)?Z?)?")
_MILHAR_COM_VIRGULA = re.compile(r"(?:R\$\s*)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?")
_SEM_DUVIDA = re.compile(r".*\d,\d{3}\.\d{1,2}")
_NADA_DE_LETRAS = re.compile(r"[^A-Z0-9]+")


class Lista(NamedTuple):
    """A lista, nas nossas colunas."""

    folha: Folha
    """As colunas do operador, em ordem; a que a lista não tem vem vazia."""
    achadas: Mapping[str, str]
    """Id da nossa coluna → cabeçalho da lista."""
    sobram: Sequence[str]
    """Cabeçalhos da lista que não são de nenhuma das nossas."""


def normal(texto: Any) -> str:
    """O nome sem acento, maiúscula nem pontuação.

    >>> normal("Nº do Título:")
    'NO DO TITULO'
    """
    return _NADA_DE_LETRAS.sub(" ", transliterar(str(texto))).strip()


@cache
def _nomes(tabela: str) -> Mapping[str, str]:
    """Nome normal → id da nossa coluna."""
    sinonimos = tomllib.loads(files("guiche.planilha").joinpath("sinonimos.toml").read_text("utf-8"))[tabela]
    nomes: dict[str, str] = {}
    for coluna in esquema()[tabela].colunas:
        if coluna.dono == "operador":
            for nome in (coluna.titulo, coluna.id, *sinonimos.get(coluna.id, ())):
                nomes.setdefault(normal(nome), coluna.id)
    return nomes


def ler_lista(caminho: Path, tabela: str, colunas: Mapping[str, str]) -> Lista:
    """Lê a lista e a põe nas colunas da tabela; ``colunas`` diz, por id, o cabeçalho que a pessoa escolheu.

    Raises:
        ErroDePlanilha: ``lista.formato``, se não se lê; ``lista.cabecalho``, se não se acham as colunas obrigatórias.
    """
    aba, linhas = _linhas(caminho)
    escolhidas = {normal(titulo): id_ for id_, titulo in colunas.items()}
    nomes = {**_nomes(tabela), **escolhidas}
    notas = [sum(normal(celula) in nomes for celula in linha) for linha in linhas[:_LINHAS_DE_CABECALHO]]
    melhor = max(notas, default=0)
    obrigatorias = [c for c in esquema()[tabela].colunas if c.dono == "operador" and c.obrigatoria]
    if not melhor:
        raise ErroDePlanilha("lista.cabecalho", "não se acha a linha dos cabeçalhos", local=Local(caminho.name))
    n = notas.index(melhor)
    onde = _onde(linhas[n], nomes, escolhidas)
    faltam = [c.titulo for c in obrigatorias if c.id not in onde]
    if faltam:
        tem = ", ".join(str(c) for c in linhas[n] if str(c).strip())
        razao = f"não se acha a coluna de {', '.join(faltam)}; a lista tem: {tem}"
        raise ErroDePlanilha("lista.cabecalho", razao, local=Local(caminho.name))
    return _montar(tabela, aba, linhas, n, onde)


def _onde(cabecalho: Sequence[Any], nomes: Mapping[str, str], escolhidas: Mapping[str, str]) -> dict[str, int]:
    """Id → posição; a coluna que a pessoa escolheu vale mais que o sinônimo, e entre iguais a primeira."""
    onde: dict[str, int] = {}
    for so_escolhidas in (True, False):
        for i, celula in enumerate(cabecalho):
            nome = normal(celula)
            if nome in nomes and (nome in escolhidas) == so_escolhidas:
                onde.setdefault(nomes[nome], i)
    return onde


def _montar(tabela: str, aba: str, linhas: Sequence[Sequence[Any]], n: int, onde: Mapping[str, int]) -> Lista:
    ids = esquema()[tabela].ids("operador")
    corpo, numeros = [], []
    for i, linha in enumerate(linhas[n + 1 :], n + 2):
        nossa = tuple(linha[onde[id_]] if id_ in onde and onde[id_] < len(linha) else "" for id_ in ids)
        if any(celula not in ("", None) for celula in nossa):
            corpo.append(nossa)
            numeros.append(i)
    letras = {id_: letras_da_coluna(onde[id_] + 1) if id_ in onde else "?" for id_ in ids}
    cabecalho = [str(c).strip() for c in linhas[n]]
    usadas = set(onde.values())
    sobram = [c for i, c in enumerate(cabecalho) if c and i not in usadas]
    folha = Folha(tabela, aba, ids, letras, numeros, _acertar(tabela, ids, corpo))
    return Lista(folha, {id_: cabecalho[i] for id_, i in onde.items()}, sobram)


def _acertar(tabela: str, ids: Sequence[str], corpo: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """O corpo com as colunas escritas à maneira de fora trazidas à nossa; a coluna em que nem todos concordam fica."""
    maneiras = {"data": _datas_do_ano_antes, "valor": _valores_com_ponto}
    colunas = [
        maneira(coluna) if (maneira := maneiras.get(esquema()[tabela].coluna(id_).tipo)) else coluna
        for id_, coluna in zip(ids, zip(*corpo, strict=True), strict=False)
    ]
    return list(zip(*colunas, strict=True))


def _trocar(coluna: Sequence[Any], forma: re.Pattern[str], trocar: Callable[[re.Match[str]], str]) -> Sequence[Any]:
    """A coluna trocada, se todos os textos dela têm a forma; a própria, se algum não tem."""
    achados = [forma.fullmatch(v.strip()) if isinstance(v, str) and v.strip() else None for v in coluna]
    todos = all(achado or not isinstance(v, str) or not v.strip() for v, achado in zip(coluna, achados, strict=True))
    if not todos:
        return coluna
    return [trocar(achado) if achado else v for v, achado in zip(coluna, achados, strict=True)]


def _datas_do_ano_antes(coluna: Sequence[Any]) -> Sequence[Any]:
    """2026/12/10 é 10 de dezembro, se a coluna toda é assim; a hora zero, que algum programa põe, cai.

    >>> _datas_do_ano_antes(["2026/12/10", ""]), _datas_do_ano_antes(["2026/12/10", "10/12/2026"])
    (['2026-12-10', ''], ['2026/12/10', '10/12/2026'])
    """
    return _trocar(coluna, _ANO_ANTES, lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}")


def _valores_com_ponto(coluna: Sequence[Any]) -> Sequence[Any]:
    """1,234.56 são mil e tantos, se a coluna toda cabe nessa escrita e ao menos um valor não cabe em outra.

    >>> _valores_com_ponto(["1,234.56", "1,234", "9.5"]), _valores_com_ponto(["1,234.56", "12,50"])
    (['1234.56', '1234.00', '9.5'], ['1,234.56', '12,50'])
    >>> _valores_com_ponto(["1,234", "7"])
    ['1,234', '7']
    """
    if not any(isinstance(v, str) and _SEM_DUVIDA.fullmatch(v.strip()) for v in coluna):
        return coluna
    return _trocar(coluna, _MILHAR_COM_VIRGULA, lambda m: m[1].replace(",", "") + (m[2] or ".00"))


def _linhas(caminho: Path) -> tuple[str, list[list[Any]]]:
    extensao, local = caminho.suffix.lower(), Local(caminho.name)
    if extensao not in _EXTENSOES:
        raise ErroDePlanilha("lista.formato", f"não sei ler {extensao or 'sem extensão'}", local=local)
    try:
        if extensao in {".csv", ".txt"}:
            return caminho.name, _csv(caminho.read_bytes())
        return _da_planilha(caminho)
    except ErroDePlanilha:
        raise
    except Exception as erro:  # cada leitor levanta o seu, na língua dele
        texto = (
            f"não se consegue ler este {extensao}: está estragado, tem senha, ou foi feito de um jeito que não conheço"
        )
        raise ErroDePlanilha("lista.formato", texto, local=local) from erro


def _da_planilha(caminho: Path) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineError  # noqa: PLC0415  só quem lê paga por ele

    try:
        return _primeira_aba(caminho.read_bytes())
    except CalamineError:
        if caminho.suffix.lower() != ".ods":
            raise
    return _primeira_aba(_sem_recuo(caminho))


def _primeira_aba(conteudo: bytes) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    pasta = CalamineWorkbook.from_filelike(io.BytesIO(conteudo))
    return pasta.sheet_names[0], pasta.get_sheet_by_index(0).to_python(skip_empty_area=False)


def _sem_recuo(caminho: Path) -> bytes:
    """O .ods sem as quebras de linha entre os elementos: o SheetJS e o gnumeric as põem, e o leitor não as entende."""
    saida = io.BytesIO()
    with zipfile.ZipFile(caminho) as velho, zipfile.ZipFile(saida, "w", zipfile.ZIP_DEFLATED) as novo:
        if sum(parte.file_size for parte in velho.infolist()) > _MAIOR_ODS:
            raise ErroDePlanilha("lista.formato", "o arquivo é grande demais", local=Local(caminho.name))
        for nome in velho.namelist():
            conteudo = velho.read(nome)
            novo.writestr(nome, _RECUO.sub(b"><", conteudo) if nome == "content.xml" else conteudo)
    return saida.getvalue()


def _csv(conteudo: bytes) -> list[list[Any]]:
    try:
        texto = conteudo.decode("utf-8-sig")
    except UnicodeDecodeError:
        texto = conteudo.decode("cp1252")
    primeira = texto.split("\n", 1)[0]
    separador = max(";\t,|", key=primeira.count)
    return [list(linha) for linha in csv.reader(io.StringIO(texto), delimiter=separador)]
