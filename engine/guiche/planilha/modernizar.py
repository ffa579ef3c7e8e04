"""Traz ao modelo de hoje uma pasta de trabalho de um modelo anterior, sem tocar no que a pessoa pôs nela.

Acrescenta no fim das tabelas as colunas que faltam, e no fim da pasta as abas que faltam; as abas de filtros e a de
parâmetros, que são do Guichê, trocam-se pelas de hoje com o que nelas estava escrito. A pasta que outro programa salvou
recupera as tabelas que ele deixou cair, os formatos das colunas e as listas que ele cortou. Trabalha numa cópia, que só
toma o lugar da pasta quando está pronta; a pasta como era fica ao lado.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

from guiche.erros import ErroDePlanilha, Local, do_sistema
from guiche.planilha import caidas, colunas_novas, feitio, pacote, xml_da_aba
from guiche.planilha.arquivo import PastaEmArquivo
from guiche.planilha.celulas import numero_da_coluna
from guiche.planilha.dialeto import no_dialeto
from guiche.planilha.esquema import VERSAO, Tabela, esquema, versao
from guiche.planilha.estilos import Estilos
from guiche.planilha.lugares import Lugar
from guiche.planilha.oficina import LIVRO, OFICIO, Oficina, com_id, id_da_tabela
from guiche.planilha.pronta import caminho_do_modelo

_ESTILOS = "xl/styles.xml"
_DE_SEMPRE = ("contas", "clientes", "titulos")
"""Tabelas que todo modelo teve: a pasta sem elas está estragada, e não é de um modelo anterior."""
_CITADO = re.compile(rb' t="s"([^>]*)><v>(\d+)</v></c>')
_TEXTO = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_DESENHO = re.compile(rb"<(?:drawing|legacyDrawing)\b[^>]*/>")


def modernizar(caminho: Path) -> list[str]:
    """O que se acrescentou, em palavras; vazio se nada faltava, e então nada muda.

    Raises:
        ErroDePlanilha: ``pasta.sem_lugar``, se há algo escrito à direita de uma tabela que cresce, ou outra aba com o
            nome de uma nova; ``pasta.tabela_ausente``, se falta uma que todo modelo teve; os de leitura.
    """
    provisoria = caminho.with_name(f".{caminho.stem}.provisorio.xlsx")
    try:
        relato, guardar = _refazer(caminho, provisoria)
        if not relato:
            return []
        if guardar:
            guardada = _nome_livre(caminho)
            shutil.copyfile(caminho, guardada)
            relato.append(f"A pasta de trabalho como era ficou em {guardada.name}.")
        provisoria.replace(caminho)
    except OSError as erro:
        texto = f"não foi possível gravar: {do_sistema(erro)}"
        raise ErroDePlanilha("disco.gravacao", texto, local=Local(caminho.name)) from erro
    finally:
        provisoria.unlink(missing_ok=True)
    return relato


def _refazer(caminho: Path, provisoria: Path) -> tuple[list[str], bool]:
    """Põe na provisória a pasta refeita; diz o que mudou, e se é caso de guardar a de antes. Nada a mudar: não a faz.

    Listas e formatos que outro programa cortou se refazem a cada vez que ele salva: isso não pede uma cópia.
    """
    velha, modelo = PastaEmArquivo(caminho), PastaEmArquivo(caminho_do_modelo())
    relato = []
    if cairam := _caidas(velha):
        relato.append(f"Outro programa salvou a pasta de trabalho sem as tabelas; repostas: {len(cairam)}.")
        shutil.copyfile(caminho, provisoria)
        pacote.gravar(provisoria, _repostas(caminho, modelo, cairam))
        velha = PastaEmArquivo(provisoria)
    de_hoje = velha.escrito(VERSAO) == versao()
    acrescimos = [] if de_hoje else _relatar(velha, modelo)
    obra = _Obra(velha, modelo)
    partes = obra.partes(() if de_hoje and not cairam else esquema(), acrescer=bool(acrescimos))
    relato += [*acrescimos, *obra.consertos()]
    if relato:
        if not cairam:
            shutil.copyfile(caminho, provisoria)
        pacote.gravar(provisoria, partes)
    return relato, bool(cairam) or not de_hoje


def _caidas(velha: PastaEmArquivo) -> dict[str, Lugar]:
    """Id → onde estava, das tabelas cujo cabeçalho ficou na aba.

    Raises:
        ErroDePlanilha: ``pasta.tabela_ausente``, se de uma que todo modelo teve nem o cabeçalho ficou.
    """
    tabelas = esquema()
    achadas = {id_: lugar for id_, tabela in tabelas.items() if (lugar := velha.caida(tabela))}
    tem = {*achadas, *(id_ for id_, tabela in tabelas.items() if tabela.nome in velha.lugares)}
    if faltam := [tabelas[id_].nome for id_ in _DE_SEMPRE if id_ not in tem]:
        texto = f"faltam tabelas que toda pasta tem, e o cabeçalho delas: {', '.join(faltam)}"
        codigo = "pasta.tabela_ausente" if velha.lugares else "pasta.sem_tabelas"
        raise ErroDePlanilha(codigo, texto, local=Local(velha.caminho.name))
    return achadas


def _repostas(caminho: Path, modelo: PastaEmArquivo, cairam: Mapping[str, Lugar]) -> Mapping[str, pacote.Comprimida]:
    """As partes com as tabelas de volta nas abas em que ficou o cabeçalho."""
    oficina = Oficina(caminho)
    for id_, lugar in cairam.items():
        da_tabela = modelo.lugares[esquema()[id_].nome].parte_da_tabela
        caidas.repor(oficina, lugar, pacote.ler_parte(modelo.caminho, da_tabela))
    caidas.sem_nomes_de_filtros(oficina)
    return oficina.prontas


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
    """O que muda de uma pasta de outro modelo, ou que outro programa salvou, para a do modelo de hoje."""

    def __init__(self, velha: PastaEmArquivo, modelo: PastaEmArquivo) -> None:
        self._velha, self._modelo, self._oficina = velha, modelo, Oficina(velha.caminho)
        self._textos = _TEXTO.findall(self._do_modelo(pacote.TEXTOS))
        self._estilos = Estilos(self._oficina.atual(_ESTILOS), self._do_modelo(_ESTILOS))
        self._sem_formato, self._sem_lista = set[str](), set[str]()

    def _do_modelo(self, parte: str) -> bytes:
        return pacote.ler_parte(self._modelo.caminho, parte)

    def partes(self, refeitas: Collection[str], *, acrescer: bool) -> Mapping[str, pacote.Comprimida]:
        """Cada parte pronta para o pacote.

        Das tabelas ``refeitas`` trocam-se as de linhas fixas, e o pacote todo se escreve como o Excel o escreve; com
        ``acrescer``, entram as abas e as colunas que faltam.
        """
        for tabela in esquema().values():
            do_modelo, lugar = self._modelo.lugares[tabela.nome], self._velha.lugares.get(tabela.nome)
            if lugar is None:
                if acrescer:
                    self._por_aba(tabela, do_modelo)
            elif _fixa(tabela) and tabela.id in refeitas:
                self._trocar_aba(tabela, do_modelo, lugar)
            elif acrescer and (faltam := _faltam(tabela, lugar)):
                lugar = self._por_colunas(faltam, do_modelo, lugar)
            if lugar and not tabela.painel:
                self._consertar(do_modelo, lugar)
        self._oficina.por(_ESTILOS, self._estilos.xml)
        for nome in sorted(self._oficina.nomes) if refeitas else ():
            self._no_dialeto(nome)
        return self._oficina.prontas

    def consertos(self) -> list[str]:
        """O que se consertou nas abas que já havia, em palavras."""
        frases = []
        if self._sem_formato:
            frases.append(
                "Cada coluna ganhou o seu formato até o fim da aba: o que se escreve abaixo da tabela guarda os zeros."
            )
        if self._sem_lista:
            frases.append(f"Listas de valores refeitas até a última linha: {', '.join(sorted(self._sem_lista))}.")
        return frases

    def _consertar(self, do_modelo: Lugar, lugar: Lugar) -> None:
        """Formatos na coluna inteira e listas até a última linha, onde outro programa ou outro modelo não os tem."""
        modelo, xml = self._do_modelo(do_modelo.parte), xml_da_aba.normalizar(self._oficina.atual(lugar.parte))
        onde = {lugar.letra(t): do_modelo.letra(t) for t in lugar.titulos if t in do_modelo.titulos}
        do_la = {n: t for t in feitio.trechos(modelo) for n in range(t.de, t.ate + 1)}
        certos = {
            numero_da_coluna(letra): trecho._replace(estilo=self._estilos.traduzido(trecho.estilo))
            for letra, la in onde.items()
            if (trecho := do_la.get(numero_da_coluna(la)))
        }
        novo = feitio.com_formatos(xml, certos, self._estilos.geral)
        if novo != xml:
            self._sem_formato.add(lugar.aba)
        listas = {letra: lista for letra, la in onde.items() if (lista := feitio.lista_da_coluna(modelo, la))}
        com_listas = feitio.com_listas(novo, listas, lugar.cabecalho + 1)
        if com_listas != novo:
            self._sem_lista.add(lugar.aba)
        if com_listas != xml:
            self._oficina.por(lugar.parte, com_listas)

    def _no_dialeto(self, nome: str) -> None:
        if nome.endswith((".rels", ".xml")):
            xml = self._oficina.atual(nome)
            if (novo := no_dialeto(nome, xml)) != xml:
                self._oficina.por(nome, novo)

    def _aba_do_modelo(self, lugar: Lugar) -> bytes:
        """A aba do modelo com os textos nas células e os estilos daqui, sem desenhos."""
        xml = _CITADO.sub(self._por_extenso, self._do_modelo(lugar.parte))
        return _DESENHO.sub(b"", self._estilos.traduzir(xml))

    def _por_extenso(self, citado: re.Match[bytes]) -> bytes:
        return b' t="inlineStr"%s><is>%s</is></c>' % (citado[1], self._textos[int(citado[2])])

    def _por_aba(self, tabela: Tabela, do_modelo: Lugar) -> None:
        """Uma aba nova, a última da pasta, com a sua tabela."""
        if quoteattr(tabela.aba).casefold() in self._oficina.atual(LIVRO).decode().casefold():
            texto = f"já há uma aba chamada {tabela.aba}, sem a tabela {tabela.nome}"
            raise ErroDePlanilha("pasta.sem_lugar", texto, local=Local(tabela.aba))
        parte, da_tabela = self._oficina.nome("xl/worksheets/sheet"), self._oficina.nome("xl/tables/table")
        numero = max(map(int, re.findall(rb'sheetId="(\d+)"', self._oficina.atual(LIVRO)))) + 1
        aba = b'<sheet xmlns:r="%s" name=%s sheetId="%d" r:id="rIdGuiche%d"/>' % (
            OFICIO.encode(), quoteattr(tabela.aba).encode(), numero, numero,
        )  # fmt: skip
        self._oficina.inserir(LIVRO, b"</sheets>", aba)
        self._oficina.relacionar(LIVRO, f"worksheets/{_so_nome(parte)}", "worksheet", f"rIdGuiche{numero}")
        self._oficina.declarar(parte, "worksheet")
        self._oficina.declarar(da_tabela, "table")
        self._oficina.por(da_tabela, self._oficina.com_id_novo(self._do_modelo(do_modelo.parte_da_tabela)))
        self._assentar(parte, da_tabela, do_modelo)

    def _trocar_aba(self, tabela: Tabela, do_modelo: Lugar, lugar: Lugar) -> None:
        """A aba de linhas fixas, com as linhas de hoje e o que se escreveu nas velhas, na parte em que já estava."""
        velha = id_da_tabela(self._oficina.atual(lugar.parte_da_tabela))
        self._oficina.por(lugar.parte_da_tabela, com_id(self._do_modelo(do_modelo.parte_da_tabela), velha))
        self._assentar(lugar.parte, lugar.parte_da_tabela, do_modelo)
        chave, *valores = ("nome", "valor") if tabela.id == "parametros" else ("opcao", "de", "ate")
        tinha = {str(linha[0]): linha[1:] for linha in self._velha.ler(tabela.id, (chave, *valores)).linhas}
        folha, xml = self._modelo.ler(tabela.id, (chave, *valores)), self._oficina.atual(lugar.parte)
        letras = [folha.letras[id_] for id_ in valores]
        for numero, (nome, *_) in zip(folha.numeros, folha.linhas, strict=True):
            escrito = tinha.get(str(nome), ())
            if nome != VERSAO and any(x != "" for x in escrito):
                estilos = xml_da_aba.estilos_da_linha(xml, numero)
                xml = b"".join(xml_da_aba.remendar(xml, letras, {numero: escrito}, estilos))
        self._oficina.por(lugar.parte, xml)

    def _assentar(self, parte: str, da_tabela: str, do_modelo: Lugar) -> None:
        """O XML da aba, e a relação dela com a tabela, a única que a aba do modelo cita."""
        xml = self._aba_do_modelo(do_modelo)
        citada = re.search(rb'<tablePart\b[^>]*r:id="([^"]+)"', xml)
        id_ = citada[1].decode() if citada else "rId1"
        self._oficina.por(parte, xml)
        self._oficina.relacionar(parte, f"../tables/{_so_nome(da_tabela)}", "table", id_, so_ela=True)

    def _por_colunas(self, titulos: list[str], do_modelo: Lugar, lugar: Lugar) -> Lugar:
        """Colunas novas no fim da tabela, como são no modelo; devolve onde ela fica com elas."""
        xml = xml_da_aba.normalizar(self._oficina.atual(lugar.parte))
        onde = colunas_novas.lugares_livres(xml, lugar, titulos)
        modelo = self._aba_do_modelo(do_modelo)
        self._oficina.por(lugar.parte, colunas_novas.na_aba(xml, lugar, onde, (modelo, do_modelo)))
        tabela = self._oficina.atual(lugar.parte_da_tabela)
        self._oficina.por(lugar.parte_da_tabela, colunas_novas.na_tabela(tabela, lugar, onde))
        return replace(lugar, colunas=(lugar.colunas[0], list(onde)[-1]), titulos=(*lugar.titulos, *titulos))


def _so_nome(parte: str) -> str:
    return parte.rpartition("/")[2]
