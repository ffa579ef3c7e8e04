"""A cópia mascarada da pasta de trabalho: para mostrar a outros as contas, sem as pessoas (I-28).

As colunas que identificam alguém estão marcadas no esquema; o que a pessoa pôs fora das tabelas se troca também,
na dúvida. O mesmo valor dá sempre a mesma troca, e com isso as tabelas continuam a casar.
"""

from __future__ import annotations

import re
import secrets
import zipfile
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from pathlib import Path

from guiche.arquivos.troca import Troca
from guiche.dominio.texto import contar
from guiche.erros import ErroDePlanilha, Local
from guiche.oficio.contexto import Contexto
from guiche.oficio.entrega import escrever_inteiro
from guiche.oficio.resultado import Resultado
from guiche.planilha import pacote, textos
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.celulas import Recusa, codigo, letras_da_coluna, numero_da_coluna
from guiche.planilha.esquema import Coluna, Tabela, esquema
from guiche.planilha.porta import Celula
from guiche.planilha.pronta import caminho_do_modelo

_MOLDES = {"codigo": "C{:05d}", "nome": "Pessoa {}"}
_SO_DA_PASTA = ("livro_id", "ultimo_ato")
_DE_FORA = {
    "xl/comments": b"t", "xl/threadedComments": b"text", "xl/drawings/drawing": b"t", "xl/charts/chart": b"v",
    "xl/externalLinks/": b"v",
}  # fmt: skip
"""Começo do nome da parte → o elemento cujo texto se troca."""
_ATRIBUTOS = re.compile(rb'((?:\s(?:v|displayName|userId|connection|command|sourceFile|author))=")([^"]*)(")')
_COM_ATRIBUTOS = ("xl/persons/", "xl/pivotCache/", "xl/connections", "xl/comments")
_COLUNA = re.compile(rb'<tableColumn [^>]*?name="([^"]*)"')
_QUEM = re.compile(rb"(<(?:\w+:)?(?:creator|lastModifiedBy|Company|Manager|lpwstr|author)\b[^>]*>)[^<]*(<)")
_ALVO = re.compile(rb'Target="[^"]*"(?=[^>]*TargetMode="External")|(?<=TargetMode="External" )Target="[^"]*"')


class Mascara:
    """As trocas de uma cópia: código e nome em ordem de chegada, o mais letra por letra."""

    def __init__(self, semente: bytes) -> None:
        self._troca = Troca(semente)
        self._ordem: dict[str, dict[str, str]] = {"codigo": {}, "nome": {}}

    def __call__(self, como: str, valor: Celula) -> Celula:
        """O valor trocado; vazio fica vazio, e texto livre se apaga."""
        try:
            escrito = codigo(valor) if not isinstance(valor, str) else valor.strip()
        except Recusa:
            return None
        if not escrito or como == "livre":
            return None
        if como in self._ordem:
            dados = self._ordem[como]
            return dados.setdefault(escrito, _MOLDES[como].format(len(dados) + 1))
        if como == "documento" and not escrito.isalnum():
            escrito = re.sub(r"\W", "", escrito)
        return self._troca(como, escrito)

    def solto(self, texto: str) -> str:
        """Um texto que não se sabe o que é."""
        return self._troca("texto", texto)


def copiar(ctx: Contexto, saida: Path) -> Resultado:
    """Grava em ``saida`` a pasta de trabalho sem as pessoas, que não conhece o livro.

    Raises:
        ErroDePlanilha: ``pasta.existe`` ou ``pasta.extensao``.
    """
    local = Local(saida.name)
    if saida.suffix.lower() != ".xlsx":
        raise ErroDePlanilha("pasta.extensao", "a cópia tem de terminar em .xlsx", local=local)
    if saida.exists():
        raise ErroDePlanilha("pasta.existe", "já existe um arquivo com esse nome", local=local)
    provisoria = saida.with_name(f".{saida.name}.mascara")
    mascara = Mascara(secrets.token_bytes(32))
    try:
        escrever_inteiro(provisoria, ctx.pasta.caminho.read_bytes())
        trocadas = _tabelas(PastaEmArquivo(provisoria), mascara)
        escrever_inteiro(provisoria, _o_resto(provisoria, mascara))
        PastaEmArquivo(provisoria).esquecer()
        provisoria.replace(saida)
    finally:
        provisoria.unlink(missing_ok=True)
    relato = (
        f"{saida.name}: {contar(trocadas, 'célula trocada', 'células trocadas')}. "
        "Ficaram valores, datas, números de títulos e situações.",
        "A cópia não tem livro: serve para ver e mostrar, e não para gerar remessas.",
        "Confira antes de mandar: textos escritos dentro de fórmulas e figuras ficam como estão.",
    )
    return Resultado("cópia mascarada", relato, {"trocadas": trocadas}, arquivos=(saida,))


def _tabelas(pasta: PastaEmArquivo, mascara: Mascara) -> int:
    trocadas = 0
    for tabela in esquema().values():
        if colunas := tabela.pessoais():
            folha = pasta.ler(tabela.id, [c.id for c in colunas])
            novas = {n: _linha(mascara, colunas, linha) for n, linha in zip(folha.numeros, folha.linhas, strict=True)}
            pasta.atualizar(tabela.id, [c.id for c in colunas], novas)
            trocadas += sum(1 for linha in folha.linhas for celula in linha if celula != "")
    for nome in _SO_DA_PASTA:
        pasta.definir_parametro(nome, "")
    pasta.salvar()
    return trocadas


def _linha(mascara: Mascara, colunas: tuple[Coluna, ...], linha: tuple[Celula, ...]) -> tuple[Celula, ...]:
    return tuple(mascara(c.pessoal, celula) for c, celula in zip(colunas, linha, strict=True))


def _o_resto(caminho: Path, mascara: Mascara) -> bytes:
    """O pacote com o que está fora das tabelas trocado: outras abas, comentários, ligações, autores."""
    conhecidos = _textos_do_modelo()
    sabidas = _colunas_sabidas(caminho)
    saida = BytesIO()
    with pacote.ler_partes(caminho) as velho, zipfile.ZipFile(saida, "w", zipfile.ZIP_DEFLATED) as novo:
        lista = textos.itens(velho.read(pacote.TEXTOS)) if pacote.TEXTOS in velho.namelist() else []
        conhecidos |= _colunas_das_tabelas(velho)
        for nome in velho.namelist():
            xml = velho.read(nome)
            if nome.startswith("xl/worksheets/sheet"):
                xml = textos.trocar_celulas(xml, sabidas.get(nome, {}), conhecidos, mascara.solto, lista)
            elif not nome.endswith((".png", ".jpeg", ".jpg", ".emf", ".bin")):
                xml = _parte(nome, xml, mascara, conhecidos)
            novo.writestr(zipfile.ZipInfo(nome, (2026, 1, 1, 0, 0, 0)), xml, zipfile.ZIP_DEFLATED)
    return saida.getvalue()


def _colunas_das_tabelas(partes: zipfile.ZipFile) -> set[str]:
    """Os títulos das colunas de toda tabela: a célula do título tem de dizer o mesmo que a tabela."""
    tabelas = (partes.read(nome) for nome in partes.namelist() if nome.startswith("xl/tables/"))
    return {unescape(titulo.decode()) for tabela in tabelas for titulo in _COLUNA.findall(tabela)}


def _parte(nome: str, xml: bytes, mascara: Mascara, conhecidos: frozenset[str]) -> bytes:
    def trocar(texto: str) -> str:
        return texto if texto in conhecidos else mascara.solto(texto)

    for comeco, elemento in _DE_FORA.items():
        if nome.startswith(comeco):
            xml = textos.trocar_textos(xml, trocar, elemento)
    if nome.startswith(_COM_ATRIBUTOS):
        xml = _ATRIBUTOS.sub(lambda a: a[1] + mascara.solto(a[2].decode()).encode() + a[3], xml)
    if nome.startswith(("docProps/", "xl/comments")):
        xml = _QUEM.sub(rb"\1\2", xml)
    return _ALVO.sub(b'Target="externo"', xml) if nome.endswith(".rels") else xml


def _textos_do_modelo() -> frozenset[str]:
    with zipfile.ZipFile(BytesIO(caminho_do_modelo().read_bytes())) as partes:
        return frozenset(textos.itens(partes.read(pacote.TEXTOS)))


def _colunas_sabidas(caminho: Path) -> Mapping[str, Mapping[str, int]]:
    """Parte → letra → linha do cabeçalho, das colunas que o esquema conhece e já se trocaram, se era o caso."""
    tabelas = {t.nome: t for t in esquema().values()}
    lugares = PastaEmArquivo(caminho).lugares
    return {
        lugar.parte: _letras(tabelas[nome], lugar.colunas[0], lugar.titulos, lugar.cabecalho)
        for nome, lugar in lugares.items()
        if nome in tabelas
    }


def _letras(tabela: Tabela, primeira: str, titulos: tuple[str, ...], cabecalho: int) -> dict[str, int]:
    do_esquema = {c.titulo for c in tabela.colunas}
    de = numero_da_coluna(primeira)
    return {letras_da_coluna(de + i): cabecalho for i, titulo in enumerate(titulos) if titulo in do_esquema}
