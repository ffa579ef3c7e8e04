"""Traz ao modelo de hoje uma pasta de trabalho de um modelo anterior, sem tocar no que a pessoa pôs nela.

Acrescenta no fim das tabelas as colunas que faltam, e no fim da pasta as abas que faltam; as abas de filtros e a de
parâmetros, que são do Guichê, trocam-se pelas de hoje com o que nelas estava escrito. Trabalha numa cópia, que só toma
o lugar da pasta quando está pronta; a pasta como era fica ao lado.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

from guiche.erros import ErroDePlanilha, Local, do_sistema
from guiche.planilha import colunas_novas, pacote, xml_da_aba
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.esquema import VERSAO, Tabela, esquema
from guiche.planilha.estilos import Estilos
from guiche.planilha.lugares import Lugar
from guiche.planilha.pronta import caminho_do_modelo

_ESTILOS, _LIVRO, _TIPOS = "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"
_DE_SEMPRE = ("contas", "clientes", "titulos")
"""Tabelas que todo modelo teve: a pasta sem elas está estragada, e não é de um modelo anterior."""
_RELACOES = "xl/_rels/workbook.xml.rels"
_OFICIO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DO_PACOTE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TIPO = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CITADO = re.compile(rb' t="s"([^>]*)><v>(\d+)</v></c>')
_TEXTO = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_DESENHO = re.compile(rb"<(?:drawing|legacyDrawing)\b[^>]*/>")


def modernizar(caminho: Path) -> list[str]:
    """O que se acrescentou, em palavras; vazio se nada faltava, e então nada muda.

    Raises:
        ErroDePlanilha: ``pasta.sem_lugar``, se há algo escrito à direita de uma tabela que cresce, ou outra aba com o
            nome de uma nova; ``pasta.tabela_ausente``, se falta uma que todo modelo teve; os de leitura.
    """
    velha, modelo = PastaEmArquivo(caminho), PastaEmArquivo(caminho_do_modelo())
    if not (relato := _relatar(velha, modelo)):
        return []
    provisoria = caminho.with_name(f".{caminho.stem}.provisorio.xlsx")
    try:
        shutil.copyfile(caminho, provisoria)
        pacote.gravar(provisoria, _Obra(velha, modelo).partes())
        guardada = _nome_livre(caminho)
        shutil.copyfile(caminho, guardada)
        provisoria.replace(caminho)
    except OSError as erro:
        texto = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDePlanilha("disco.gravacao", texto, local=Local(caminho.name)) from erro
    finally:
        provisoria.unlink(missing_ok=True)
    return [*relato, f"A pasta de trabalho como era ficou em {guardada.name}."]


def _nome_livre(caminho: Path) -> Path:
    numeros = ("", *(f" {n}" for n in range(2, 1000)))
    nomes = (f"{caminho.stem} (modelo anterior{n}){caminho.suffix}" for n in numeros)
    return next(livre for nome in nomes if not (livre := caminho.with_name(nome)).exists())


def _fixa(tabela: Tabela) -> bool:
    """Diz se as linhas são do modelo, e só uma coluna ou duas a pessoa preenche."""
    return bool(tabela.painel) or tabela.id == "parametros"


def _faltam(tabela: Tabela, lugar: Lugar) -> list[str]:
    return [c.titulo for c in tabela.colunas if c.titulo not in lugar.titulos]


def _relatar(velha: PastaEmArquivo, modelo: PastaEmArquivo) -> list[str]:
    relato = []
    if faltam := [esquema()[id_].nome for id_ in _DE_SEMPRE if esquema()[id_].nome not in velha.lugares]:
        texto = f"faltam tabelas que toda pasta tem: {', '.join(faltam)}"
        raise ErroDePlanilha("pasta.tabela_ausente", texto, local=Local(velha.caminho.name))
    for tabela in esquema().values():
        lugar = velha.lugares.get(tabela.nome)
        if lugar is None:
            relato.append(f"Aba nova: {tabela.aba}.")
        elif faltam := _faltam(tabela, lugar):
            relato.append(f"Aba {lugar.aba}, colunas novas: {', '.join(faltam)}.")
        elif _fixa(tabela) and (novas := _chaves(modelo, tabela) - _chaves(velha, tabela)):
            relato.append(f"Aba {lugar.aba}, linhas novas: {', '.join(sorted(novas))}.")
    return relato


def _chaves(pasta: PastaEmArquivo, tabela: Tabela) -> set[str]:
    return {str(chave) for (chave,) in pasta.ler(tabela.id, (tabela.colunas[0].id,)).linhas}


class _Obra:
    """As partes novas do pacote: as que mudam e as que nascem."""

    def __init__(self, velha: PastaEmArquivo, modelo: PastaEmArquivo) -> None:
        self._velha, self._modelo = velha, modelo
        self._textos = _TEXTO.findall(self._ler(modelo, pacote.TEXTOS))
        self._estilos = Estilos(self._ler(velha, _ESTILOS), self._ler(modelo, _ESTILOS))
        self._prontas: dict[str, bytes] = {}
        with pacote.ler_partes(velha.caminho) as partes:
            self._nomes = set(partes.namelist())

    @staticmethod
    def _ler(pasta: PastaEmArquivo, parte: str) -> bytes:
        return pacote.ler_parte(pasta.caminho, parte)

    def _atual(self, parte: str) -> bytes:
        return self._prontas[parte] if parte in self._prontas else self._ler(self._velha, parte)

    def partes(self) -> Mapping[str, pacote.Comprimida]:
        """Cada parte pronta para o pacote."""
        for tabela in esquema().values():
            do_modelo, lugar = self._modelo.lugares[tabela.nome], self._velha.lugares.get(tabela.nome)
            if lugar is None:
                self._por_aba(tabela, do_modelo)
            elif _fixa(tabela):
                self._trocar_aba(tabela, do_modelo, lugar)
            elif faltam := _faltam(tabela, lugar):
                self._por_colunas(faltam, do_modelo, lugar)
        self._prontas[_ESTILOS] = self._estilos.xml
        return {nome: pacote.comprimir([xml]) for nome, xml in self._prontas.items()}

    def _aba_do_modelo(self, lugar: Lugar) -> bytes:
        """A aba do modelo com os textos nas células e os estilos daqui, sem desenhos."""
        xml = _CITADO.sub(self._por_extenso, self._ler(self._modelo, lugar.parte))
        return _DESENHO.sub(b"", self._estilos.traduzir(xml))

    def _por_extenso(self, citado: re.Match[bytes]) -> bytes:
        return b' t="inlineStr"%s><is>%s</is></c>' % (citado[1], self._textos[int(citado[2])])

    def _por_aba(self, tabela: Tabela, do_modelo: Lugar) -> None:
        """Uma aba nova, a última da pasta, com a sua tabela."""
        if quoteattr(tabela.aba).casefold() in self._atual(_LIVRO).decode().casefold():
            texto = f"já há uma aba chamada {tabela.aba}, sem a tabela {tabela.nome}"
            raise ErroDePlanilha("pasta.sem_lugar", texto, local=Local(tabela.aba))
        parte, da_tabela = self._nome("xl/worksheets/sheet"), self._nome("xl/tables/table")
        numero = max(map(int, re.findall(rb'sheetId="(\d+)"', self._atual(_LIVRO)))) + 1
        aba = b'<sheet xmlns:r="%s" name=%s sheetId="%d" r:id="rIdGuiche%d"/>' % (
            _OFICIO.encode(), quoteattr(tabela.aba).encode(), numero, numero,
        )  # fmt: skip
        self._inserir(_LIVRO, b"</sheets>", aba)
        relacao = f'<Relationship Id="rIdGuiche{numero}" Type="{_OFICIO}/worksheet" Target="/{parte}"/>'
        self._inserir(_RELACOES, b"</Relationships>", relacao.encode())
        for nome, tipo in ((parte, "worksheet"), (da_tabela, "table")):
            declarado = f'<Override PartName="/{nome}" ContentType="{_TIPO}.{tipo}+xml"/>'
            self._inserir(_TIPOS, b"</Types>", declarado.encode())
        ids = [int(_id(self._atual(t))) for t in self._nomes if t.startswith("xl/tables/") and t != da_tabela]
        self._prontas[da_tabela] = _com_id(self._ler(self._modelo, do_modelo.parte_da_tabela), max(ids, default=0) + 1)
        self._assentar(parte, da_tabela, do_modelo)

    def _trocar_aba(self, tabela: Tabela, do_modelo: Lugar, lugar: Lugar) -> None:
        """A aba de linhas fixas, com as linhas de hoje e o que se escreveu nas velhas, na parte em que já estava."""
        velha = _id(self._atual(lugar.parte_da_tabela))
        nova = self._ler(self._modelo, do_modelo.parte_da_tabela)
        self._prontas[lugar.parte_da_tabela] = _com_id(nova, int(velha))
        self._assentar(lugar.parte, lugar.parte_da_tabela, do_modelo)
        chave, *valores = ("nome", "valor") if tabela.id == "parametros" else ("opcao", "de", "ate")
        tinha = {str(linha[0]): linha[1:] for linha in self._velha.ler(tabela.id, (chave, *valores)).linhas}
        folha, xml = self._modelo.ler(tabela.id, (chave, *valores)), self._prontas[lugar.parte]
        letras = [folha.letras[id_] for id_ in valores]
        for numero, (nome, *_) in zip(folha.numeros, folha.linhas, strict=True):
            escrito = tinha.get(str(nome), ())
            if nome != VERSAO and any(x != "" for x in escrito):
                estilos = xml_da_aba.estilos_da_linha(xml, numero)
                xml = b"".join(xml_da_aba.remendar(xml, letras, {numero: escrito}, estilos))
        self._prontas[lugar.parte] = xml

    def _assentar(self, parte: str, da_tabela: str, do_modelo: Lugar) -> None:
        """O XML da aba, e a relação dela com a tabela, a única que a aba do modelo cita."""
        xml = self._aba_do_modelo(do_modelo)
        citada = re.search(rb'<tablePart\b[^>]*r:id="([^"]+)"', xml)
        id_ = citada[1].decode() if citada else "rId1"
        pasta, _, nome = parte.rpartition("/")
        relacao = f'<Relationship Id="{id_}" Type="{_OFICIO}/table" Target="/{da_tabela}"/>'
        corpo = f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_DO_PACOTE}">{relacao}</Relationships>'
        self._prontas[parte] = xml
        self._prontas[f"{pasta}/_rels/{nome}.rels"] = corpo.encode()

    def _nome(self, comeco: str) -> str:
        """Um nome de parte que ninguém usa."""
        nome = next(livre for n in range(1, 10_000) if (livre := f"{comeco}{n}.xml") not in self._nomes)
        self._nomes.add(nome)
        return nome

    def _inserir(self, parte: str, antes_de: bytes, xml: bytes) -> None:
        antes, achado, depois = self._atual(parte).rpartition(antes_de)
        if not achado:
            raise ErroDePlanilha(
                "pasta.ilegivel", "a estrutura do arquivo não se reconhece", local=Local(self._velha.caminho.name)
            )
        self._prontas[parte] = antes + xml + achado + depois

    def _por_colunas(self, titulos: list[str], do_modelo: Lugar, lugar: Lugar) -> None:
        """Colunas novas no fim da tabela, como são no modelo."""
        xml = xml_da_aba.normalizar(self._atual(lugar.parte))
        onde = colunas_novas.lugares_livres(xml, lugar, titulos)
        modelo = self._aba_do_modelo(do_modelo)
        self._prontas[lugar.parte] = colunas_novas.na_aba(xml, lugar, onde, (modelo, do_modelo))
        tabela = self._atual(lugar.parte_da_tabela)
        self._prontas[lugar.parte_da_tabela] = colunas_novas.na_tabela(tabela, lugar, onde)


def _id(tabela: bytes) -> bytes:
    achado = re.search(rb'<table\b[^>]*?\bid="(\d+)"', tabela)
    return achado[1] if achado else b"0"


def _com_id(tabela: bytes, numero: int) -> bytes:
    return re.sub(rb'(<table\b[^>]*?\bid=")\d+"', rb'\g<1>%d"' % numero, tabela, count=1)
