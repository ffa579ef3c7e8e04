"""Do relatório aos bytes do PDF, com o canvas do reportlab.

O canvas, e não o platypus: carrega em cerca de 95 ms contra 170 ms, e uma
tabela de dez mil linhas sai em poucos segundos.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from guiche.documentos.folha import ENTRELINHA, MARGEM, Bloco, Tela, abscissa, empilhar, escrever
from guiche.documentos.modelo import Alinhamento, Coluna, Relatorio, Valor, escrever_valor
from guiche.documentos.tipografia import NEGRITO, NORMAL, corpo_que_cabe, imprimivel, largura, quebrar
from guiche.dominio.dinheiro import escrever_reais

rl_config.useA85 = 0  # o ASCII85, aqui em Python puro, tomaria a maior parte do tempo e incharia o arquivo

_CORPO = 8.0
_CORPO_DO_TITULO = 14.0
_CORPO_DO_SUBTITULO = 9.0
_CORPO_DO_PE = 7.0
_RECUO = 3.0
_LINHAS_POR_BLOCO = 24
_POR_FILA = 2
_ALTURA_DA_ASSINATURA = 54.0
_ALTO_DA_PAGINA = 14.0
_CINZA_DA_ZEBRA = 0.94
_CINZA_DO_CABECALHO = 0.85


class _Trecho(NamedTuple):
    """Uma linha de texto no seu lugar: distância do topo do bloco ao pé da letra."""

    x: float
    descida: float
    texto: str
    corpo: float
    fonte: str = NORMAL


class _Faixa(NamedTuple):
    """Uma coluna já com lugar no papel."""

    coluna: Coluna
    inicio: float
    largura: float

    @property
    def miolo(self) -> tuple[float, float]:
        return self.inicio + _RECUO, self.largura - 2 * _RECUO


def desenhar(relatorio: Relatorio) -> bytes:
    """O PDF inteiro: A4, Helvetica, "Página n de N" no pé de cada folha.

    Raises:
        ValueError: uma linha tem número de células diferente do de colunas.
    """
    folha = landscape(A4) if relatorio.orientacao == "paisagem" else A4
    faixas = _repartir(relatorio.colunas, folha[0])
    util = folha[1] - 2 * MARGEM - _ALTO_DA_PAGINA
    paginas = empilhar(_blocos(relatorio, faixas, folha[0]), util, _cabecalho(faixas))
    saida = BytesIO()
    papel = Canvas(saida, pagesize=folha, invariant=1, pageCompression=1, lang="pt-BR")
    papel.setTitle(relatorio.titulo)
    papel.setAuthor("Guichê")
    papel.setCreator("Guichê")
    papel.setSubject("; ".join(relatorio.subtitulos))
    for numero, pagina in enumerate(paginas, start=1):
        _pintar_pagina(papel, pagina, relatorio, (numero, len(paginas)), folha)
    papel.save()
    return saida.getvalue()


def _repartir(colunas: Sequence[Coluna], folha: float) -> list[_Faixa]:
    por_unidade = (folha - 2 * MARGEM) / (sum(coluna.largura for coluna in colunas) or 1)
    faixas, inicio = [], MARGEM
    for coluna in colunas:
        faixas.append(_Faixa(coluna, inicio, coluna.largura * por_unidade))
        inicio += faixas[-1].largura
    return faixas


def _blocos(relatorio: Relatorio, faixas: Sequence[_Faixa], folha: float) -> Iterator[Bloco]:
    util = folha - 2 * MARGEM
    yield from _paragrafo(relatorio.titulo, _CORPO_DO_TITULO, util, NEGRITO)
    for linha in relatorio.subtitulos:
        yield from _paragrafo(linha, _CORPO_DO_SUBTITULO, util)
    yield _vao(8)
    for ordem, valores in enumerate(relatorio.linhas):
        yield from _linha(faixas, valores, zebrada=bool(ordem % 2))
    if not relatorio.linhas:
        yield from _paragrafo("Nenhuma linha.", _CORPO_DO_SUBTITULO, util)
    yield _vao(6)
    yield from (_total(rotulo, valor, folha) for rotulo, valor in relatorio.totais)
    yield _vao(8)
    for linha in relatorio.observacoes:
        yield from _paragrafo(linha, _CORPO, util)
    for i in range(0, len(relatorio.assinaturas), _POR_FILA):
        yield _assinaturas(relatorio.assinaturas[i : i + _POR_FILA], util)


def _vao(altura: float) -> Bloco:
    return Bloco(altura, lambda _tela, _topo: None)


def _paragrafo(texto: str, corpo: float, util: float, fonte: str = NORMAL) -> Iterator[Bloco]:
    for linha in quebrar(texto, fonte, corpo, util):
        yield _texto_solto([_Trecho(MARGEM, corpo, linha, corpo, fonte)], corpo * ENTRELINHA)


def _texto_solto(trechos: Sequence[_Trecho], altura: float) -> Bloco:
    return Bloco(altura, partial(_pintar_trechos, trechos))


def _pintar_trechos(trechos: Sequence[_Trecho], tela: Tela, topo: float) -> None:
    for trecho in trechos:
        escrever(tela, trecho.x, topo - trecho.descida, trecho.texto, trecho.corpo, trecho.fonte)


def _pintar_com_fundo(
    trechos: Sequence[_Trecho], fundo: tuple[float, float, float], cinza: float, tela: Tela, topo: float
) -> None:
    inicio, comprimento, altura = fundo
    tela.papel.setFillGray(cinza)
    tela.papel.rect(inicio, topo - altura, comprimento, altura, stroke=0, fill=1)
    _pintar_trechos(trechos, tela, topo)


def _tabela(faixas: Sequence[_Faixa], celulas: Sequence[Sequence[_Trecho]], linhas: int, cinza: float | None) -> Bloco:
    altura = linhas * _CORPO * ENTRELINHA + _RECUO
    trechos = [trecho for celula in celulas for trecho in celula]
    if cinza is None:
        return Bloco(altura, partial(_pintar_trechos, trechos), tabela=True)
    fundo = (MARGEM, sum(faixa.largura for faixa in faixas), altura)
    return Bloco(altura, partial(_pintar_com_fundo, trechos, fundo, cinza), tabela=True)


def _empilhadas(linhas: Sequence[str], faixa: _Faixa, corpo: float, fonte: str, lado: Alinhamento) -> list[_Trecho]:
    passo = _CORPO * ENTRELINHA
    return [
        _Trecho(abscissa(linha, fonte, corpo, faixa.miolo, lado), _CORPO + _RECUO / 2 + i * passo, linha, corpo, fonte)
        for i, linha in enumerate(linhas)
        if linha
    ]


def _cabecalho(faixas: Sequence[_Faixa]) -> Bloco:
    celulas, mais_alta = [], 1
    for faixa in faixas:
        disponivel = faixa.miolo[1]
        palavras = imprimivel(faixa.coluna.titulo).split() or [""]
        corpo = min(corpo_que_cabe(palavra, NEGRITO, _CORPO, disponivel) for palavra in palavras)
        linhas = quebrar(faixa.coluna.titulo, NEGRITO, corpo, disponivel)
        celulas.append(_empilhadas(linhas, faixa, corpo, NEGRITO, faixa.coluna.lado))
        mais_alta = max(mais_alta, len(linhas))
    return _tabela(faixas, celulas, mais_alta, _CINZA_DO_CABECALHO)


def _celula(faixa: _Faixa, valor: Valor) -> tuple[list[str], float]:
    """As linhas de uma célula e o corpo: texto quebra, número e data encolhem."""
    texto = escrever_valor(valor, faixa.coluna.tipo)
    disponivel = faixa.miolo[1]
    if faixa.coluna.tipo == "texto":
        return quebrar(texto, NORMAL, _CORPO, disponivel), _CORPO
    corpo = corpo_que_cabe(imprimivel(texto), NORMAL, _CORPO, disponivel)
    return quebrar(texto, NORMAL, corpo, disponivel), corpo


def _linha(faixas: Sequence[_Faixa], valores: Sequence[Valor], *, zebrada: bool) -> Iterator[Bloco]:
    """Uma linha da tabela; a que passa de ``_LINHAS_POR_BLOCO`` linhas de texto continua no bloco seguinte."""
    celulas = [_celula(faixa, valor) for faixa, valor in zip(faixas, valores, strict=True)]
    total = max((len(linhas) for linhas, _ in celulas), default=1)
    for inicio in range(0, total, _LINHAS_POR_BLOCO):
        fim = min(inicio + _LINHAS_POR_BLOCO, total)
        trechos = [
            _empilhadas(linhas[inicio:fim], faixa, corpo, NORMAL, faixa.coluna.lado)
            for faixa, (linhas, corpo) in zip(faixas, celulas, strict=True)
        ]
        yield _tabela(faixas, trechos, fim - inicio, _CINZA_DA_ZEBRA if zebrada else None)


def _total(rotulo: str, valor: int | str, folha: float) -> Bloco:
    """Rótulo e valor na metade direita; os dois encolhem juntos se não couberem."""
    escrito = imprimivel(escrever_reais(valor) if isinstance(valor, int) else valor)
    nome = imprimivel(rotulo)
    inicio, fim = folha / 2, folha - MARGEM - _RECUO
    junto = largura(f"{nome}  {escrito}", NEGRITO, _CORPO_DO_SUBTITULO)
    corpo = _CORPO_DO_SUBTITULO * min(1.0, (fim - inicio) / junto)
    trechos = [
        _Trecho(inicio, _CORPO_DO_SUBTITULO, nome, corpo, NEGRITO),
        _Trecho(fim - largura(escrito, NEGRITO, corpo), _CORPO_DO_SUBTITULO, escrito, corpo, NEGRITO),
    ]
    return _texto_solto(trechos, _CORPO_DO_SUBTITULO * 1.5)


def _assinaturas(rotulos: Sequence[str], util: float) -> Bloco:
    lugar = util / _POR_FILA
    trechos: list[_Trecho] = []
    for i, rotulo in enumerate(rotulos):
        for j, linha in enumerate(quebrar(rotulo, NORMAL, _CORPO, lugar - 24)):
            x = abscissa(linha, NORMAL, _CORPO, (MARGEM + i * lugar, lugar - 24), "centro")
            trechos.append(_Trecho(x, _ALTURA_DA_ASSINATURA - 10 + j * _CORPO * ENTRELINHA, linha, _CORPO))
    altura = max([trecho.descida for trecho in trechos], default=0) + _CORPO
    return Bloco(altura, partial(_pintar_assinaturas, trechos, len(rotulos), lugar))


def _pintar_assinaturas(trechos: Sequence[_Trecho], quantas: int, lugar: float, tela: Tela, topo: float) -> None:
    y = topo - _ALTURA_DA_ASSINATURA + 20
    for i in range(quantas):
        tela.papel.line(MARGEM + i * lugar, y, MARGEM + (i + 1) * lugar - 24, y)
    _pintar_trechos(trechos, tela, topo)


def _pintar_pagina(
    papel: Any, blocos: Sequence[Bloco], relatorio: Relatorio, pagina: tuple[int, int], folha: tuple[float, float]
) -> None:
    comprimento, altura = folha
    tela = Tela(papel, papel.beginText())
    papel.setLineWidth(0.5)
    topo = altura - MARGEM
    if pagina[0] > 1:
        _pintar_margem(tela, relatorio.titulo, "", (comprimento, topo - _CORPO_DO_PE))
        topo -= _ALTO_DA_PAGINA
    for bloco in blocos:
        bloco.pintar(tela, topo)
        topo -= bloco.altura
    _pintar_margem(tela, relatorio.gerado_em, f"Página {pagina[0]} de {pagina[1]}", (comprimento, MARGEM - 14))
    papel.setFillGray(0)
    papel.drawText(tela.letras)
    papel.showPage()


def _pintar_margem(tela: Tela, esquerda: str, direita: str, lugar: tuple[float, float]) -> None:
    """Alto ou pé da página; o texto da esquerda encolhe para não encostar no da direita."""
    comprimento, y = lugar
    fim = comprimento - MARGEM
    ocupa = largura(direita, NORMAL, _CORPO_DO_PE)
    limpo = imprimivel(esquerda)
    livre = fim - MARGEM - ocupa - 12
    corpo = _CORPO_DO_PE * min(1.0, livre / (largura(limpo, NORMAL, _CORPO_DO_PE) or 1))
    escrever(tela, MARGEM, y, limpo, corpo)
    escrever(tela, fim - ocupa, y, direita, _CORPO_DO_PE)
