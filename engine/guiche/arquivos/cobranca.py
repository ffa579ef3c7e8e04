"""Lê um arquivo de cobrança, remessa ou retorno, de qualquer tamanho e sem o guardar na memória.

``abrir`` reconhece o arquivo; ``Cobranca.lotes`` dá os títulos aos poucos. O que impede
de aceitar o arquivo fica em ``erros``, com linha e colunas, e só se sabe por inteiro
depois da última linha.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from guiche.arquivos.assinatura import Identidade, identificar
from guiche.arquivos.estrutura import Anotacoes, Conferencia, primeiras_linhas, traduzir
from guiche.arquivos.linhas import Anotar, Bloco, Fonte, em_blocos, separar
from guiche.arquivos.pix import LeitorDePix, PixNoArquivo
from guiche.arquivos.plano import Plano, Titulo, ler_uma, planos
from guiche.bancos.ocorrencias import PAGAS
from guiche.dominio.coleta import sem_coleta
from guiche.erros import ErroDeArquivo, ErroDeCampo, Local, Problema
from guiche.layout.carga import carregar
from guiche.layout.modelo import Layout

_T, _U, _P = "3T", "3U", "3P"
_CASA_DO_MOVIMENTO = slice(15, 17)
_NOSSO_NUMERO, _PAGO = Titulo._fields.index("nosso_numero"), Titulo._fields.index("valor_pago")
_PENDENTE = tuple[int, str]
_Trio = tuple[Sequence[int], Sequence[str], Sequence[str]]
"""Números das linhas, linhas dos títulos e linhas dos valores."""


@dataclass(slots=True, eq=False)
class Cobranca:
    """Um arquivo de cobrança reconhecido; os títulos se leem à parte."""

    fonte: Fonte
    banco: str
    sentido: str
    layout: Layout
    cabecalho: dict[str, Any]
    do_cabecalho: tuple[Problema, ...]
    """O que o cabeçalho já mostra de estranho."""
    anotacoes: Anotacoes = field(repr=False)
    pix: list[PixNoArquivo] = field(default_factory=list, repr=False)
    """O Pix dos títulos do último lote."""

    @property
    def formato(self) -> str:
        """``cnab240``, ``cnab400`` ou ``cnab444``."""
        return self.layout.formato

    @property
    def problemas(self) -> tuple[Problema, ...]:
        """Erros e avisos até onde se leu."""
        return (*self.do_cabecalho, *self.anotacoes.problemas)

    @property
    def erros(self) -> tuple[Problema, ...]:
        """O que impede de aceitar o arquivo, até onde se leu."""
        return self.anotacoes.erros

    def blocos(self) -> Iterator[Bloco]:
        """As linhas na largura do layout, aos blocos, sem as vazias."""
        minimos = {}
        for plano in planos(self.layout):
            minimos[plano.registro.codigo] = plano.minimo
            if plano.complemento:
                minimos[plano.complemento.codigo] = plano.minimo_do_complemento
        return em_blocos(self.fonte, self.layout, minimos, self.anotacoes.anotar)

    def lotes(self) -> Iterator[list[Titulo]]:
        """Os títulos, aos lotes, na ordem do arquivo. Um título ilegível vira erro e não sai daqui."""
        self.anotacoes = Anotacoes(self.fonte.nome)
        conferencia = Conferencia(self.fonte.nome, self.layout, self.anotacoes.anotar)
        leitor, leitor_de_pix = _Leitor(self), LeitorDePix(self.layout)
        for bloco in self.blocos():
            conferencia.bloco(bloco)
            titulos = leitor.bloco(bloco)
            self.pix = leitor_de_pix.bloco(bloco, titulos)
            yield titulos
        self.pix = []
        yield leitor.fim()
        conferencia.fim(leitor_de_pix.sem_pix)

    def titulos(self) -> Iterator[Titulo]:
        """Os títulos um a um."""
        return chain.from_iterable(self.lotes())


def abrir(origem: Path | bytes, nome: str = "", layout: str = "") -> Cobranca:
    """Reconhece o arquivo; ``layout`` (``356.cnab400.retorno``) manda ler por ele.

    Raises:
        ErroDeArquivo: não é cobrança que se leia, com a razão.
        ErroDeLayout: não há o layout pedido.
    """
    fonte = Fonte(nome or (origem.name if isinstance(origem, Path) else "arquivo"), origem)
    linhas = primeiras_linhas(separar(fonte.inicio().removeprefix(b"\xef\xbb\xbf")))
    if not linhas:
        raise ErroDeArquivo("arquivo.vazio", "o arquivo está vazio", local=Local(fonte.nome))
    if layout:
        pedido = carregar(f"cnab/{layout}")
        quem = Identidade(pedido.formato, pedido.banco, pedido.sentido, pedido)
    else:
        quem = identificar(linhas, fonte.nome)
    onde = Local(fonte.nome, 1)
    registro = quem.layout.reconhecer(linhas[0])
    if registro is None or registro.papel != "cabecalho":
        raise ErroDeArquivo("arquivo.formato", "a primeira linha não é o cabeçalho deste layout", local=onde)
    avisos: list[Problema] = []
    if quem.aviso:
        avisos.append(Problema("arquivo.pre_critica", quem.aviso, onde, gravidade="aviso"))
    if not quem.layout.ativo:
        razao = f"o layout {quem.layout.apelido} tem posições supostas"
        avisos.append(Problema("arquivo.inativo", razao, onde, gravidade="aviso"))
    cabecalho = traduzir(registro, linhas[0].ljust(registro.largura), 1, fonte.nome, avisos.append)
    return Cobranca(fonte, quem.banco, quem.sentido, quem.layout, cabecalho, tuple(avisos), Anotacoes(fonte.nome))


def ler_titulos(origem: Path | bytes, nome: str = "", layout: str = "") -> Iterator[Titulo]:
    """Os títulos de um arquivo que se quer inteiro ou nada, em centavos.

    Raises:
        ErroDeArquivo: não é cobrança, ou há nele algum erro; aponta o primeiro, e só
            depois de dar os títulos que vêm antes dele.
    """
    arquivo = abrir(origem, nome, layout)
    for lote in arquivo.lotes():
        yield from lote
        if arquivo.erros:
            break
    for erro in arquivo.erros[:1]:
        raise ErroDeArquivo(erro.codigo, erro.mensagem, local=erro.local)


class _Leitor:
    """Passa os blocos pelo plano do layout; no 240, junta cada T ao seu U, ainda que em outro bloco."""

    def __init__(self, arquivo: Cobranca) -> None:
        self.nome = arquivo.fonte.nome
        self.anotar: Anotar = arquivo.anotacoes.anotar
        self.planos = planos(arquivo.layout)
        self.avisar_pago = arquivo.sentido == "retorno"
        self.aos_pares = any(p.complemento for p in self.planos)
        self.pendente: _PENDENTE | None = None

    @sem_coleta()
    def bloco(self, bloco: Bloco) -> list[Titulo]:
        """Os títulos do bloco."""
        if not self.aos_pares:
            return self._ler(bloco.numeros, bloco.linhas, bloco.linhas, ascii=bloco.ascii)
        trio = self._alternados(bloco)
        if trio is None:
            trio = self._parear(bloco)
            self._movimentos(*trio)
        return self._ler(*trio, ascii=bloco.ascii)

    def fim(self) -> list[Titulo]:
        """O T que ficou sem U no fim do arquivo."""
        if self.pendente is None:
            return []
        (n, linha), self.pendente = self.pendente, None
        return self._sozinho(n, linha)

    def _alternados(self, bloco: Bloco) -> _Trio | None:
        """O caso de sempre: só T e U entre as pontas, um depois do outro; ``None`` se algo foge disso."""
        numeros, linhas = bloco.numeros, bloco.linhas
        tipos, segmentos, *movimentos = [bloco.coluna(i) for i in (7, 13, 15, 16)]
        if self.pendente:
            n, t = self.pendente
            numeros, linhas, tipos, segmentos = [n, *numeros], [t, *linhas], "3" + tipos, "T" + segmentos
            movimentos = [t[15] + movimentos[0], t[16] + movimentos[1]]
        de, ate = tipos.find("3"), tipos.rfind("3") + 1
        quantos = (ate - de) // 2
        alternam = segmentos[de:ate] == "TU" * quantos + "T" * (ate - de - 2 * quantos)
        if de < 0 or not alternam or tipos[de:ate] != "3" * (ate - de):
            return None
        meio = de + 2 * quantos
        self.pendente = (numeros[meio], linhas[meio]) if meio < ate else None
        trio = numeros[de:meio:2], linhas[de:meio:2], linhas[de + 1 : meio : 2]
        if any(coluna[de:meio:2] != coluna[de + 1 : meio : 2] for coluna in movimentos):
            self._movimentos(*trio)
        return trio

    def _parear(self, bloco: Bloco) -> _Trio:
        numeros: list[int] = []
        titulos: list[str] = []
        valores: list[str] = []

        def juntar(n: int, titulo: str, valor: str) -> None:
            numeros.append(n)
            titulos.append(titulo)
            valores.append(valor)

        for n, linha in zip(bloco.numeros, bloco.linhas, strict=True):
            tipo = linha[7:14:6]
            if tipo == _U and self.pendente:
                juntar(*self.pendente, linha)
                self.pendente = None
            elif tipo == _U:
                self._erro(n, "o segmento U não segue nenhum T: há um valor sem título")
            elif tipo == _T:
                if self.pendente:
                    self._falta_u(*self.pendente)
                    juntar(*self.pendente, "")
                self.pendente = (n, linha)
        return numeros, titulos, valores

    def _erro(self, n: int, mensagem: str) -> None:
        self.anotar(Problema("cobranca.segmento", mensagem, Local(self.nome, n)))

    def _falta_u(self, n: int, _linha: str) -> None:
        mensagem = "falta o segmento U do título: não se sabe quanto foi pago"
        self.anotar(Problema("cobranca.segmento", mensagem, Local(self.nome, n)))

    def _sozinho(self, n: int, linha: str) -> list[Titulo]:
        self._falta_u(n, linha)
        return self._ler((n,), (linha,), ("",), ascii=False)

    def _movimentos(self, numeros: Sequence[int], titulos: Sequence[str], valores: Sequence[str]) -> None:
        """Vale o movimento do T; o do U que difere se avisa."""
        for n, t, u in zip(numeros, titulos, valores, strict=True):
            if u and t[15:17] != u[15:17]:
                mensagem = f"o T diz {t[_CASA_DO_MOVIMENTO]!a} e o U diz {u[_CASA_DO_MOVIMENTO]!a}; vale o do T"
                self.anotar(Problema("cobranca.movimento", mensagem, Local(self.nome, n), gravidade="aviso"))

    def _ler(
        self,
        numeros: Sequence[int],
        linhas: Sequence[str],
        valores: Sequence[str],
        *,
        ascii: bool,  # noqa: A002
    ) -> list[Titulo]:
        listas = [self._por_plano(plano, (numeros, linhas, valores), ascii=ascii) for plano in self.planos]
        cheias = [lista for lista in listas if lista]
        titulos = sorted(chain(*cheias), key=itemgetter(0)) if len(cheias) > 1 else cheias[0] if cheias else []
        if self.avisar_pago:
            self._conferir_pagos(titulos)
        return titulos

    def _por_plano(
        self,
        plano: Plano,
        tudo: _Trio,
        *,
        ascii: bool,  # noqa: A002
    ) -> list[Titulo]:
        ler = plano.ler if ascii else plano.ler_com_acentos
        try:
            lidos: list[Titulo] = ler(*tudo)
        except ErroDeCampo:
            return [t for trio in zip(*tudo, strict=True) for t in self._uma(plano, *trio)]
        return lidos

    def _uma(self, plano: Plano, n: int, linha: str, valor: str) -> list[Titulo]:
        try:
            return list(ler_uma(plano, n, linha, valor))
        except ErroDeCampo as erro:
            onde = Local(self.nome, n, erro.local.colunas if erro.local else None)
            self.anotar(Problema(erro.codigo, erro.mensagem, onde))
            return []

    def _conferir_pagos(self, titulos: Sequence[Titulo]) -> None:
        """Dinheiro que não se sabe de quem é, ou quanto é, não se aceita calado."""
        for t in [t for t in titulos if t[_NOSSO_NUMERO] is None or t[_PAGO] is None]:
            if t.classe not in PAGAS:
                continue
            if t.nosso_numero is None and not (t.uso_empresa or t.numero_documento):
                mensagem = "há um pagamento sem nosso número, sem número do documento e sem uso da empresa"
                self.anotar(Problema("cobranca.identidade", mensagem, Local(self.nome, t.linha)))
            if t.valor_pago is None:
                mensagem = "há um pagamento sem valor: o campo está em branco"
                self.anotar(Problema("cobranca.valor", mensagem, Local(self.nome, t.linha)))
