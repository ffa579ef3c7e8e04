"""Desenha boletos em PDF: o que não muda uma vez só, e os valores de cada página num texto de operadores pronto.

A geometria está em ``boleto.toml``. As linhas e os rótulos vão num formulário do PDF, que cada página
só cita; os valores vão em Helvetica, que todo leitor tem, e a linha digitável é texto que se copia.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from operator import attrgetter
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from guiche.documentos.barras import codigo_de_barras, qr
from guiche.documentos.papel import Papel
from guiche.documentos.tela import Tela
from guiche.documentos.tipografia import NEGRITO, NORMAL, imprimivel, largura, quebrar
from guiche.dominio.coleta import sem_coleta
from guiche.erros import ErroDeCampo

rl_config.useA85 = 0  # o ASCII85, em Python puro, tomaria mais da metade do tempo

MENOR_CORPO = 4.5
"""Pontos: o valor que não cabe na caixa encolhe até aqui; depois, se recusa."""
_CORPO_DO_ROTULO = 5.5
_FIO = 0.3
_RECUO = 1.0
_BASE, _BASE_DO_ROTULO = 1.4, 2.2
"""Milímetros do pé da letra ao fundo da caixa; do pé do rótulo ao topo dela."""
_FONTES = {NORMAL: "F1", NEGRITO: "F2"}
"""Os nomes que o reportlab dá à primeira e à segunda fontes que se usam."""
_LEMBRADOS = 4096
"""Textos já preparados que se guardam: os repetidos entre boletos próximos, sem crescer com o arquivo."""
_CORTE, _TESOURA = (2, 2), "Corte aqui"
_CINZA_DA_MARCA = 0.82
_ESCAPES = {ord(bytes([b]).decode("cp1252", "ignore") or "\0"): f"\\{b:03o}" for b in range(128, 256)}
_ESCAPES |= {ord("("): "\\(", ord(")"): "\\)", ord("\\"): "\\\\"}
"""Como cada letra se escreve num literal de PDF em ASCII."""
_LARGURA_DO_CEM = 1000.0


class Valor(NamedTuple):
    """Onde cai um valor: em pontos, a partir do canto da parte."""

    campo: str
    x: float
    y: float
    disponivel: float
    lado: str
    corpo: float
    fonte: str


class Parte(NamedTuple):
    """Uma parte da folha, pronta para receber os valores."""

    x: float
    y: float
    valores: tuple[Valor, ...]
    textos: Callable[[Papel], tuple[str, ...]]
    """Os textos dos valores, na ordem deles."""
    blocos: tuple[Mapping[str, Any], ...]
    barras: tuple[float, float] | None
    pix: Mapping[str, Any] | None


class Folha(NamedTuple):
    """Uma forma de folha: as partes de cada boleto e quantos boletos leva a página."""

    por_pagina: int
    passo: float
    """Altura de cada boleto, em pontos."""
    partes: tuple[Parte, ...]


@cache
def _geometria() -> Mapping[str, Any]:
    return tomllib.loads(files("guiche.documentos").joinpath("boleto.toml").read_text("utf-8"))


def _dados_da_parte(nome: str) -> Mapping[str, Any]:
    dados: Any = _geometria()
    for passo in nome.split("."):
        dados = dados[passo]
    achados: Mapping[str, Any] = dados
    return achados


@cache
def folha(nome: str) -> Folha:
    """A folha ``a4`` (um boleto por página) ou ``carne`` (três)."""
    dados = _geometria()["folha"][nome]
    por_pagina = dados["por_pagina"]
    return Folha(por_pagina, A4[1] / por_pagina, tuple(map(_parte, dados["partes"])))


def _parte(onde: Mapping[str, Any]) -> Parte:
    dados = _dados_da_parte(onde["parte"])
    barras = dados.get("barras")
    valores = tuple(_valor(celula) for celula in dados["celulas"] if "campo" in celula)
    return Parte(
        onde["x"] * mm,
        onde["y"] * mm,
        valores,
        attrgetter(*[valor.campo for valor in valores]),
        tuple(dados["blocos"]),
        (barras["x"] * mm, barras["y"] * mm) if barras else None,
        dados.get("pix"),
    )


def _valor(celula: Mapping[str, Any]) -> Valor:
    x, y, comprimento, _ = celula["caixa"]
    lado = celula.get("lado", "esquerda")
    ancora = {"esquerda": x + _RECUO, "direita": x + comprimento - _RECUO, "centro": x + comprimento / 2}[lado]
    fonte = NEGRITO if celula.get("negrito") else NORMAL
    return Valor(
        celula["campo"], ancora * mm, (y + _BASE) * mm, (comprimento - 2 * _RECUO) * mm, lado, celula["corpo"], fonte
    )


@sem_coleta()
def desenhar(papeis: Sequence[Papel], forma: str = "a4", *, autor: str = "", logo: bytes | None = None) -> bytes:
    """O PDF com todos os boletos, um marcador por boleto; os mesmos papéis dão os mesmos bytes.

    ``forma`` é ``a4`` ou ``carne``; ``logo`` é um PNG ou JPEG do beneficiário.

    Raises:
        ErroDeCampo: ``documento.nao_cabe``, com o campo que não cabe na sua caixa.
    """
    saida = BytesIO()
    tela = Tela(saida, pagesize=A4, invariant=1, pageCompression=1, lang="pt-BR")
    titulo = "Boleto" if len(papeis) == 1 else f"{len(papeis)} boletos"
    tela.setTitle(f"{titulo} – {papeis[0].beneficiario}" if papeis else titulo)
    tela.setAuthor(autor or (papeis[0].beneficiario if papeis else "Guichê"))
    tela.setCreator("Guichê")
    tela.setSubject("Boleto de cobrança")
    tela.setViewerPreference("PrintScaling", "None")
    modelo = folha(forma)
    _fixar(tela, forma, modelo, logo)
    for i in range(0, len(papeis), modelo.por_pagina):
        _pagina(tela, modelo, papeis[i : i + modelo.por_pagina])
    tela.save()
    return saida.getvalue()


def _pagina(tela: Canvas, modelo: Folha, papeis: Sequence[Papel]) -> None:
    operadores = []
    for n, papel in enumerate(papeis):
        fundo = (modelo.por_pagina - 1 - n) * modelo.passo
        _citar_fixo(tela, fundo)
        if papel.marca:
            operadores.append(_marca(papel.marca, fundo, modelo.passo))
        operadores += [_desenhar_parte(parte, papel, fundo) for parte in modelo.partes]
        chave = f"b{papel.codigo_banco}{papel.nosso_numero}{papel.codigo_barras}"
        tela.bookmarkPage(chave)
        tela.addOutlineEntry(f"{papel.nosso_numero} – {papel.pagador_nome}", chave)
    tela.addLiteral("".join(operadores))
    tela.showPage()


def _citar_fixo(tela: Canvas, fundo: float) -> None:
    if not fundo:
        tela.doForm("fixo")
        return
    tela.saveState()
    tela.translate(0, fundo)
    tela.doForm("fixo")
    tela.restoreState()


def _desenhar_parte(parte: Parte, papel: Papel, fundo: float) -> str:
    """Os operadores dos valores de uma parte."""
    x0, y0 = parte.x, parte.y + fundo
    textos = zip(parte.valores, parte.textos(papel), strict=True)
    operadores = ["BT\n", *[_escrever_valor(valor, texto, x0, y0) for valor, texto in textos if texto]]
    for bloco in parte.blocos:
        operadores += _escrever_bloco(bloco, getattr(papel, bloco["campo"]), x0, y0)
    if parte.pix and papel.pix:
        operadores += _escrever_bloco({**parte.pix["texto"], "campo": "pix"}, (papel.pix,), x0, y0)
    operadores.append("ET\n")
    if parte.barras and papel.codigo_barras:
        operadores.append(codigo_de_barras(papel.codigo_barras, x0 + parte.barras[0], y0 + parte.barras[1]))
    if parte.pix and papel.pix:
        operadores.append(_qr(parte.pix, papel.pix, x0, y0))
    return "".join(operadores)


@lru_cache(_LEMBRADOS)
def _escrever_valor(valor: Valor, texto: str, x0: float, y0: float) -> str:
    escrito, largo = _preparar(texto, valor.fonte)
    corpo = valor.corpo
    ocupa = largo * corpo
    if ocupa > valor.disponivel:
        corpo = valor.disponivel / largo
        if corpo < MENOR_CORPO:
            raise _nao_cabe(valor.campo, texto)
        ocupa = valor.disponivel
    x = x0 + valor.x - (ocupa if valor.lado == "direita" else ocupa / 2 if valor.lado == "centro" else 0)
    return f"/{_FONTES[valor.fonte]} {corpo:g} Tf 1 0 0 1 {x:.2f} {y0 + valor.y:.2f} Tm ({escrito}) Tj\n"


def _escrever_bloco(bloco: Mapping[str, Any], textos: Sequence[str], x0: float, y0: float) -> Iterator[str]:
    linhas = [linha for texto in textos for linha in _linhas(texto, bloco["corpo"], bloco["largura"] * mm)]
    if len(linhas) > bloco["maximo"]:
        raise _nao_cabe(bloco["campo"], f"{len(linhas)} linhas")
    if linhas:
        x, y = x0 + bloco["x"] * mm, y0 + bloco["y"] * mm
        yield f"/F1 {bloco['corpo']:g} Tf {bloco['passo'] * mm:.2f} TL 1 0 0 1 {x:.2f} {y:.2f} Tm\n"
        yield from (f"({_preparar(linha, NORMAL)[0]}) Tj T*\n" for linha in linhas)


@lru_cache(_LEMBRADOS)
def _linhas(texto: str, corpo: float, disponivel: float) -> tuple[str, ...]:
    return tuple(quebrar(imprimivel(texto), NORMAL, corpo, disponivel))


@lru_cache(_LEMBRADOS)
def _preparar(texto: str, fonte: str) -> tuple[str, float]:
    """O texto como literal de PDF, em ASCII, e sua largura por ponto de corpo."""
    limpo = imprimivel(texto)
    largo = largura(limpo, fonte, _LARGURA_DO_CEM) / _LARGURA_DO_CEM
    return limpo.translate(_ESCAPES), largo


def _nao_cabe(campo: str, texto: str) -> ErroDeCampo:
    return ErroDeCampo("documento.nao_cabe", f"{campo} não cabe no papel do boleto ({len(texto)} caracteres)")


def _qr(pix: Mapping[str, Any], texto: str, x0: float, y0: float) -> str:
    x, y, lado = x0 + pix["x"] * mm, y0 + pix["y"] * mm, pix["lado"] * mm
    rotulo, largo = _preparar("Pague com Pix", NEGRITO)
    meio = x + lado / 2 - largo * 4
    legenda = f"BT /F2 8 Tf 1 0 0 1 {meio:.2f} {y - 2.6 * mm:.2f} Tm ({rotulo}) Tj ET\n"
    return qr(texto, x, y, lado) + legenda


def _marca(texto: str, fundo: float, altura: float) -> str:
    """A marca-d'água, em diagonal e cinza, por baixo dos valores."""
    escrito, largo = _preparar(texto, NEGRITO)
    corpo = min(30.0, A4[0] * 0.8 / largo)
    x, y = A4[0] / 2 - largo * corpo * 0.433, fundo + altura / 2 - largo * corpo * 0.25
    return f"q {_CINZA_DA_MARCA} g BT /F2 {corpo:g} Tf .866 .5 -.5 .866 {x:.2f} {y:.2f} Tm ({escrito}) Tj ET Q\n"


def _fixar(tela: Canvas, forma: str, modelo: Folha, logo: bytes | None) -> None:
    """O que é igual em todo boleto: caixas, rótulos, cortes e o logotipo."""
    tela.setFont(NEGRITO, 8)
    tela.beginForm("fixo", upperx=A4[0], uppery=modelo.passo)
    dados = _geometria()["folha"][forma]
    for onde in dados["partes"]:
        tela.saveState()
        tela.translate(onde["x"] * mm, onde["y"] * mm)
        _desenhar_fixo(tela, _dados_da_parte(onde["parte"]), logo)
        tela.restoreState()
    tela.setDash(*_CORTE)
    tela.setLineWidth(_FIO)
    for x1, y1, x2, y2 in dados["cortes"]:
        tela.line(x1 * mm, y1 * mm, x2 * mm, y2 * mm)
    tela.endForm()


def _desenhar_fixo(tela: Canvas, dados: Mapping[str, Any], logo: bytes | None) -> None:
    tela.setLineWidth(_FIO * mm)
    for celula in dados["celulas"]:
        x, y, comprimento, altura = (medida * mm for medida in celula["caixa"])
        if celula.get("borda", True):
            tela.rect(x, y, comprimento, altura)
        if rotulo := celula.get("rotulo"):
            tela.setFont(NORMAL, _CORPO_DO_ROTULO)
            tela.drawString(x + _RECUO * mm, y + altura - _BASE_DO_ROTULO * mm, rotulo)
        if texto := celula.get("texto"):
            tela.setFont(NEGRITO if celula.get("negrito") else NORMAL, celula["corpo"])
            escrever = tela.drawRightString if celula.get("lado") == "direita" else tela.drawString
            escrever(x + (comprimento - _RECUO * mm if celula.get("lado") == "direita" else 0), y + _BASE * mm, texto)
    for x1, y1, x2, y2, espessura in dados["linhas"]:
        tela.setLineWidth(espessura * mm)
        tela.line(x1 * mm, y1 * mm, x2 * mm, y2 * mm)
    if logo and "logo" in dados:
        lugar = {nome: medida * mm for nome, medida in dados["logo"].items()}
        imagem = ImageReader(BytesIO(logo))
        tela.drawImage(
            imagem, lugar["x"], lugar["y"], lugar["largura"], lugar["altura"], "auto", preserveAspectRatio=True,
            anchor="sw",
        )  # fmt: skip
