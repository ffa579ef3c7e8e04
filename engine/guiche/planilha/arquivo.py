"""O adaptador do arquivo fechado: lê com o calamine e grava remendando o XML das abas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from guiche.dominio.coleta import sem_coleta
from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import exame_da_aba, linhas_em_xml, pacote, totais, vestigios, xml_da_aba
from guiche.planilha.conteudos import Conteudos
from guiche.planilha.esquema import VERSAO, Tabela, esquema
from guiche.planilha.leitura import abrir_leitor, explicar_o_ilegivel, marca, montar_folha, por_os_erros
from guiche.planilha.ligacoes import com_ligacoes
from guiche.planilha.lugares import Lugar, ate_a_linha, letras_das_colunas, lugares, partes_das_abas
from guiche.planilha.ordem import PARAMETRO, em_ordem, ler_ordens
from guiche.planilha.porta import Celula, Folha, Linhas, gravar_parametros, so_escritas

_FILTRO = re.compile(rb"<autoFilter ([^>]*[^/])>.*?</autoFilter>", re.DOTALL)


_DE_TODAS = ("xl/workbook.xml", "xl/styles.xml", pacote.TEXTOS)
"""As partes de que depende a leitura de qualquer aba."""


class PastaEmArquivo:
    """Uma pasta de trabalho em disco. A leitura mostra o que está salvo; ``salvar`` grava tudo ou nada."""

    def __init__(self, caminho: Path) -> None:
        self._caminho = caminho
        self.conteudos = Conteudos(self._identidade)
        self._abrir()

    def _abrir(self) -> None:
        with pacote.ler_partes(self._caminho) as partes:
            self._marca = marca(self._caminho)
            self._lugares = lugares(partes, self._caminho.name)
            self._abas = partes_das_abas(partes, self._caminho.name)
            self._selos = {parte.filename: (parte.CRC, parte.file_size) for parte in partes.infolist()}
        self._trocas: dict[str, pacote.Comprimida] = {}
        self._valores: dict[str, list[list[Any]]] = {}
        self._sem_formulas: set[str] = set()
        self._com_erros: set[str] = set()
        self._parametros: dict[str, str] = {}
        self._escritos: dict[str, str] | None = None
        self.__dict__.pop("_leitor", None)

    @property
    def caminho(self) -> Path:
        """Arquivo da pasta de trabalho."""
        return self._caminho

    @cached_property
    def _leitor(self) -> Any:
        return abrir_leitor(self._caminho, {lugar.parte for lugar in self._lugares.values()})

    @property
    def lugares(self) -> Mapping[str, Lugar]:
        """Onde está cada tabela, pelo nome dela no Excel."""
        return self._lugares

    def _lugar(self, tabela: Tabela) -> Lugar:
        lugar = self._lugares.get(tabela.nome)
        if lugar is None:
            raise self._falta(tabela)
        return lugar

    def _falta(self, tabela: Tabela) -> ErroDePlanilha:
        """O erro de não haver a tabela; se não há nenhuma, e as abas ficaram, foi outro programa que as deixou cair."""
        from guiche.planilha import caidas  # noqa: PLC0415  só a pasta que perdeu tabelas paga por ele

        sem_nenhuma = not self._lugares and tabela.aba in self._abas
        return caidas.falta(tabela, self._caminho.name, sem_nenhuma=sem_nenhuma)

    def caida(self, tabela: Tabela) -> Lugar | None:
        """Onde estava uma tabela que já não há: a aba dela, se lá ficou o cabeçalho inteiro, na primeira linha."""
        from guiche.planilha import caidas  # noqa: PLC0415

        parte = self._abas.get(tabela.aba)
        if parte is None or tabela.nome in self._lugares:
            return None
        provisorio = caidas.lugar_provisorio(tabela, parte)
        self._conferir(provisorio, frozenset())
        return caidas.onde_estava(tabela, parte, self._linhas_da_aba(provisorio))

    def _conferir(self, lugar: Lugar, letras: frozenset[str]) -> None:
        """Confere o XML da aba antes de o leitor de células o ver; o XML, grande, não passa daqui.

        O da aba já trocada conferiu-se ao trocá-la.
        """
        parte = lugar.parte
        if parte in self._valores and parte in self._sem_formulas:
            return  # já se leu e se conferiu, e sem fórmulas a conferência não depende das colunas
        xml = self._xml(parte)
        if b't="e"' in xml or b"t='e'" in xml:
            self._com_erros.add(parte)
        miolo = None if parte in self._valores else exame_da_aba.miolo(xml)
        if parte not in self._valores and not miolo and (razao := exame_da_aba.esparsa(xml)):
            raise ErroDePlanilha("pasta.inchada", razao, local=Local(lugar.aba))
        if miolo and not miolo.formulas:
            self._sem_formulas.add(parte)
        com_formulas = parte in self._trocas or parte not in self._sem_formulas
        exame_da_aba.recusar_o_ilegivel(xml, lugar, letras if com_formulas else frozenset())

    def _linhas_da_aba(self, lugar: Lugar) -> list[list[Any]]:
        if lugar.parte not in self._valores:
            with explicar_o_ilegivel(lugar):
                aba = self._leitor.get_sheet_by_name(lugar.aba)
                linhas = aba.to_python(skip_empty_area=False)
            if lugar.parte in self._com_erros:
                por_os_erros(self._xml(lugar.parte), linhas)
            self._valores[lugar.parte] = linhas
        return self._valores[lugar.parte]

    def _xml(self, parte: str) -> bytes:
        """O XML da aba. Não se guarda: é grande, e abri-lo de novo custa pouco."""
        if parte in self._trocas:
            return self._trocas[parte].abrir()
        return xml_da_aba.normalizar(pacote.ler_parte(self._caminho, parte))

    def _xml_sem_corpo(self, lugar: Lugar) -> bytes:
        """O XML da aba até a primeira linha da tabela, e depois da última; inteiro, se as linhas fogem do costume."""
        parte = self._trocas.get(lugar.parte) or pacote.ler_comprimida(self._caminho, lugar.parte)
        return xml_da_aba.normalizar(parte.sem_o_meio(b'<row r="%d"' % (lugar.cabecalho + 2), b"</sheetData>"))

    @sem_coleta()
    def ler(self, tabela: str, colunas: Sequence[str] | None = None) -> Folha:
        """Lê a tabela; sem ``colunas``, as do operador."""
        esquema_ = esquema()[tabela]
        return self._ler(esquema_, self._lugar(esquema_), tuple(colunas or esquema_.ids("operador")))

    def _ler(self, esquema_: Tabela, lugar: Lugar, ids: tuple[str, ...]) -> Folha:
        letras = letras_das_colunas(esquema_, lugar, ids)
        que_contam = frozenset(letras[i] for i in ids if esquema_.coluna(i).tipo != "ligacao")
        self._conferir(lugar, que_contam)
        return montar_folha(esquema_, lugar, letras, self._linhas_da_aba(lugar)[lugar.cabecalho :])

    def escritas(
        self, tabela: str, colunas: Sequence[str], chave: Sequence[str]
    ) -> dict[tuple[Celula, ...], tuple[Celula, ...]]:
        """O que se escreveu nas colunas dadas; se nada, nem se lê a aba."""
        lugar = self._lugar(esquema()[tabela])
        letras = list(letras_das_colunas(esquema()[tabela], lugar, colunas).values())
        parte = self._trocas.get(lugar.parte) or pacote.ler_comprimida(self._caminho, lugar.parte)
        if not parte.pode_ter(exame_da_aba.cheia(letras, lugar.cabecalho), b"<row"):
            return {}
        return so_escritas(self.ler(tabela, (*colunas, *chave)), len(colunas))

    def gravar(self, tabela: str, linhas: Linhas) -> None:
        """Troca todo o corpo da tabela pelas linhas dadas, com todas as colunas do esquema, em ordem."""
        esquema_ = esquema()[tabela]
        lugar = self._lugar(esquema_)
        ids = esquema_.ids()
        letras = list(letras_das_colunas(esquema_, lugar, ids).values())
        xml, primeira = self._xml_sem_corpo(lugar), lugar.cabecalho + 1
        _, total = totais.separar(self._xml(lugar.parte), lugar) if lugar.totais else (b"", b"")
        estilos = xml_da_aba.estilos_da_linha(xml, primeira)
        fim = lugar.cabecalho + (len(linhas) or 1)
        ordens = ler_ordens(self.parametro(PARAMETRO))
        linhas = em_ordem(esquema_, linhas, ordens)
        corpo = com_ligacoes(esquema_, linhas, ordens, self._lugar) if len(linhas) else [(None,) * len(ids)]
        novas = linhas_em_xml.linhas_novas(corpo, primeira, letras, estilos)
        ultima = fim + bool(total)
        nova = xml_da_aba.trocar_corpo(xml, lugar.cabecalho, novas, f"{lugar.colunas[1]}{ultima}")
        self._trocar(lugar, totais.repor(nova, total, ultima))
        self._estender(lugar, ultima)
        self.conteudos.escrita(tabela)

    def atualizar(self, tabela: str, colunas: Sequence[str], mudancas: Mapping[int, Sequence[Celula]]) -> None:
        """Escreve as colunas dadas nas linhas dadas (número da linha na aba → valores); cria as que faltam."""
        if not mudancas:
            return
        esquema_ = esquema()[tabela]
        antes = self.conteudos.de(tabela)
        lugar = self._lugar(esquema_)
        letras = list(letras_das_colunas(esquema_, lugar, colunas).values())
        self._valores.pop(lugar.parte, None)  # já não valem, e numa aba grande pesam
        xml, total = self._xml(lugar.parte), b""
        estilos = xml_da_aba.estilos_da_linha(xml, lugar.cabecalho + 1)
        fim = max(lugar.fim, *mudancas)
        if fim > lugar.fim:
            xml, total = totais.separar(xml, lugar)
        ultima = xml_da_aba.ultima_linha(xml)
        todas_la = max(mudancas) <= ultima
        velhas = mudancas if todas_la else {n: valores for n, valores in mudancas.items() if n <= ultima}
        novas = [mudancas[n] for n in range(ultima + 1, max(mudancas) + 1)]
        nova = xml_da_aba.remendar(xml, letras, velhas, estilos) if velhas else [xml]
        if novas:
            nova = xml_da_aba.acrescentar(nova, linhas_em_xml.linhas_novas(novas, ultima + 1, letras, estilos))
        self._trocar(lugar, totais.repor(nova, total, fim + 1))
        self._estender(lugar, fim + bool(total))
        so_do_guiche = all(esquema_.coluna(coluna).dono == "guiche" for coluna in colunas)
        self.conteudos.escrita(tabela, antes if so_do_guiche else "")

    def remendar(self, tabela: str, mudancas: Mapping[int, Sequence[Celula]]) -> None:
        """Troca as linhas dadas do corpo, contadas de 0, com todas as colunas do esquema."""
        topo = self._lugar(esquema()[tabela]).cabecalho + 1
        self.atualizar(tabela, esquema()[tabela].ids(), {topo + n: linha for n, linha in mudancas.items()})

    def mostrar_tudo(self) -> int:
        """Tira os critérios dos filtros de todas as tabelas e devolve em quantas havia algum."""
        filtradas = 0
        for lugar in self._lugares.values():
            parte = lugar.parte_da_tabela
            tabela = self._trocas[parte].abrir() if parte in self._trocas else pacote.ler_parte(self._caminho, parte)
            limpa, quantos = _FILTRO.subn(rb"<autoFilter \1/>", tabela)
            if quantos:
                filtradas += 1
                self._trocas[parte] = pacote.comprimir([limpa])
                self._trocar(lugar, [xml_da_aba.sem_linhas_ocultas(self._xml(lugar.parte))])
        return filtradas

    def _trocar(self, lugar: Lugar, xml: Iterable[bytes]) -> None:
        """Guarda a aba nova já comprimida: uma aba grande tem centenas de megabytes abertos."""
        self._trocas[lugar.parte] = pacote.comprimir(xml)
        self._valores.pop(lugar.parte, None)
        self._escritos = None

    def _estender(self, lugar: Lugar, fim: int) -> None:
        """Faz a tabela e seu filtro irem até a linha ``fim``."""
        parte = lugar.parte_da_tabela
        xml = self._trocas[parte].abrir() if parte in self._trocas else pacote.ler_parte(self._caminho, parte)
        self._trocas[parte] = pacote.comprimir([ate_a_linha(xml, lugar, fim)])
        self._lugares = {nome: replace(um, fim=fim) if um is lugar else um for nome, um in self._lugares.items()}

    def _identidade(self, tabela: str) -> str:
        """O CRC e o tamanho das partes de que a tabela se lê."""
        lugar = self._lugares.get(esquema()[tabela].nome)
        if lugar is None:
            return ""
        return " ".join(self._selo_de(parte) for parte in (lugar.parte, lugar.parte_da_tabela, *_DE_TODAS))

    def _selo_de(self, parte: str) -> str:
        nova = self._trocas.get(parte)
        crc, tamanho = (nova.crc, nova.tamanho) if nova else self._selos.get(parte, (0, 0))
        return f"{crc:x}.{tamanho:x}"

    def parametro(self, nome: str) -> str:
        """Valor da linha ``nome`` da tabela de parâmetros; ``""`` se vazia ou ausente."""
        if nome in self._parametros:
            return self._parametros[nome]
        if nome == VERSAO and self._de_outro_programa():
            return ""  # pode ter perdido alguma coisa: tem de passar por ``modernizar``
        return self.escrito(nome)

    def escrito(self, nome: str) -> str:
        """Valor do parâmetro como está na aba, ainda que a tabela dela tenha caído."""
        tabela = esquema()["parametros"]
        lugar = self._lugares.get(tabela.nome) or self.caida(tabela) or self._lugar(tabela)
        if self._escritos is None:
            linhas = self._ler(tabela, lugar, ("nome", "valor")).linhas
            self._escritos = {str(n): str(valor) for n, valor in reversed(linhas)}
        return self._escritos.get(nome, "")

    def _de_outro_programa(self) -> bool:
        """Diz se falta alguma tabela, ou se quem salvou por último não foi o Excel nem o Guichê."""
        if any(tabela.nome not in self._lugares for tabela in esquema().values()):
            return True
        return not vestigios.programa(self._caminho).startswith(("Microsoft Excel", "?"))

    def definir_parametro(self, nome: str, valor: str) -> None:
        """Escreve o valor de um parâmetro do Guichê."""
        self._parametros[nome] = valor

    def salvar(self) -> None:
        """Leva ao disco, de uma vez, tudo o que foi gravado; ou nada.

        Raises:
            ErroDePlanilha: ``pasta.mudou``, se outro programa gravou o arquivo; ``disco.gravacao``.
        """
        gravar_parametros(self, self._parametros)
        if not self._trocas:
            return
        if marca(self._caminho) != self._marca:
            texto = "outro programa gravou a pasta de trabalho desde que ela foi lida"
            raise ErroDePlanilha("pasta.mudou", texto, local=Local(self._caminho.name))
        sem_ordem, fora = vestigios.sem_ordem_de_calculo(self._caminho)
        pacote.gravar(self._caminho, self._trocas | sem_ordem, fora)
        self._abrir()

    def refazer_no_disco(self, fazer: Callable[[Path], list[str]]) -> list[str]:
        """Deixa que ``fazer`` mude o arquivo, e o lê de novo se disse que mudou."""
        relato = fazer(self._caminho)
        if relato:
            self.conteudos.esquecer()
            self._abrir()
        return relato

    def esquecer(self) -> None:
        """Apaga do arquivo salvo os textos que nenhuma célula usa mais."""
        from guiche.planilha.textos import limpar  # noqa: PLC0415  só quem esquece alguém paga por ele

        if limpar(self._caminho):
            self._abrir()
