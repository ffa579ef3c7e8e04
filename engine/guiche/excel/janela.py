"""O painel: uma janela com os botões da faixa, para onde as macros são proibidas.

Com o Excel aberto, os atos correm na pasta que está na frente; sem ele, no arquivo que a pessoa escolhe.
Quem abre o Python é a pessoa, e não o Office: nenhuma política de macros o alcança.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tkinter import filedialog, messagebox, ttk
from typing import NamedTuple
from xml.etree import ElementTree as ET

from guiche.erros import ErroDePlanilha, ErroGuiche
from guiche.excel.botao import Porta, apertar, frase_do_erro
from guiche.excel.conversa import TITULO, abrir_arquivo
from guiche.excel.fontes import fonte
from guiche.excel.ponte import executar, livro_ativo
from guiche.oficio.contexto import Contexto, abrir
from guiche.relogio import autor

_ESPACO = {"u": "http://schemas.microsoft.com/office/2009/07/customui"}
_POR_LINHA, _LARGURA, _OLHAR = 4, -22, 1500
"""Botões por linha; letras que cabem no menor botão; milissegundos entre duas olhadas no Excel."""
_DOBRA = 900
"""Pontos a que uma frase ao pé da janela se dobra."""


class BotaoDaFaixa(NamedTuple):
    """Um botão como está no XML da faixa."""

    ato: str
    titulo: str
    dica: str
    tecla: str
    extensoes: tuple[tuple[str, ...], ...]
    """As de cada arquivo que se escolhe antes."""


def botoes() -> Iterator[tuple[str, list[tuple[str, list[BotaoDaFaixa]]]]]:
    """Cada grupo da faixa com os quadros dele: o dos seus botões, sem título, e um para cada menu."""
    for grupo in ET.fromstring(fonte("faixa.xml")).iterfind(".//u:group", _ESPACO):  # noqa: S314  arquivo desta casa
        proprios = [_botao(no) for no in grupo.iterfind("u:button", _ESPACO)]
        menus = [
            (menu.get("label", ""), [_botao(no)._replace(tecla="") for no in menu.iterfind("u:button", _ESPACO)])
            for menu in grupo.iterfind("u:menu", _ESPACO)
        ]
        yield grupo.get("label", ""), [("", proprios), *menus]


def _botao(no: ET.Element) -> BotaoDaFaixa:
    extensoes = tuple(tuple(parte.split(",")) for parte in filter(None, no.get("tag", "").split("|")))
    return BotaoDaFaixa(
        no.attrib["id"], no.attrib["label"], no.attrib["supertip"], no.attrib["keytip"].lower(), extensoes
    )


class Painel(tk.Tk):
    """A janela."""

    def __init__(self, usuario: str = "", pasta: Path | None = None) -> None:
        super().__init__()
        self.title(TITULO)
        self.resizable(width=False, height=False)
        if self.tk.call("tk", "windowingsystem") == "x11":
            ttk.Style(self).theme_use("clam")
        self.tk.eval("::msgcat::mclocale pt; ::msgcat::mcload [file join $::tk_library msgs]")  # Sim e Não nas caixas
        self._usuario, self._pasta = usuario, pasta
        self.parar = False
        topo = ttk.Frame(self, padding=8)
        topo.pack(fill="x")
        self._nome = ttk.Label(topo, wraplength=_DOBRA)
        self._nome.pack(side="left", fill="x", expand=True)
        ttk.Button(topo, text="Escolher…", command=self._escolher).pack(side="right")
        self._botoes = [self._por(quadro, n, botao) for quadro, botoes_ in self._quadros() for n, botao in botoes_]
        self._frase = ttk.Label(self, padding=8, foreground="#1F6F50", wraplength=_DOBRA, text="Pronto.")
        self._frase.pack(fill="x")
        self.bind("<Escape>", lambda _: setattr(self, "parar", True))
        self._olhar()

    def _quadros(self) -> Iterator[tuple[ttk.Frame | ttk.LabelFrame, Iterator[tuple[int, BotaoDaFaixa]]]]:
        """Uma aba para cada grupo: todos de uma vez não cabem na tela."""
        abas = ttk.Notebook(self)
        abas.enable_traversal()
        abas.pack(fill="both", padx=8)
        for grupo, quadros in botoes():
            aba = ttk.Frame(abas, padding=4)
            abas.add(aba, text=grupo)
            for titulo, lista in quadros:
                quadro = ttk.LabelFrame(aba, text=titulo, padding=6) if titulo else ttk.Frame(aba, padding=6)
                quadro.pack(fill="x", pady=3)
                yield quadro, enumerate(lista)

    def _por(self, quadro: ttk.Frame | ttk.LabelFrame, n: int, botao: BotaoDaFaixa) -> ttk.Button:
        def clicar(_: object = None) -> None:
            if not feito.instate(["disabled"]):
                self._apertar(botao)

        letra = botao.titulo.lower().find(botao.tecla) if botao.tecla else -1
        feito = ttk.Button(quadro, text=botao.titulo, width=_LARGURA, underline=letra, command=clicar)
        feito.grid(row=n // _POR_LINHA, column=n % _POR_LINHA, padx=3, pady=2, sticky="ew")
        feito.bind("<Enter>", lambda _: self.dizer(botao.dica))
        if botao.tecla:
            self.bind(f"<Alt-Key-{botao.tecla}>", clicar)
        return feito

    def _olhar(self) -> None:
        """Só pergunta ao Excel com o painel na frente; se ele está ocupado, o nome fica o de antes."""
        if not self._nome["text"] or self.focus_displayof() is not None:
            try:
                livro = livro_ativo()
                nome = livro.name if livro else self._pasta.name if self._pasta else "nenhuma; escolha uma"
                self._nome["text"] = f"Pasta de trabalho: {nome}"
            except ErroGuiche:
                self._nome["text"] = self._nome["text"] or "O Excel está ocupado."
        self.after(_OLHAR, self._olhar)

    def _escolher(self) -> None:
        tipos = [("Pasta de trabalho", "*.xlsx")]
        if escolhida := filedialog.askopenfilename(parent=self, title="Escolha a pasta de trabalho", filetypes=tipos):
            self._pasta = Path(escolhida)
            self._nome["text"] = f"Pasta de trabalho: {self._pasta.name}"

    def _apertar(self, botao: BotaoDaFaixa) -> None:
        """Faz o ato com os botões apagados: um segundo clique não chega."""
        arquivos = []
        for extensoes in botao.extensoes:
            if (arquivo := self._arquivo(botao.titulo, extensoes)) is None:
                return
            arquivos.append(arquivo)
        self.parar = False
        for um in self._botoes:
            um.state(["disabled"])
        try:
            self._fazer(botao.ato, arquivos)
        finally:
            for um in self._botoes:
                um.state(["!disabled"])

    def _arquivo(self, titulo: str, extensoes: Sequence[str]) -> Path | None:
        tipos = [("Arquivos do banco", " ".join(f"*.{e}" for e in extensoes)), ("Todos os arquivos", "*")]
        escolhido = filedialog.askopenfilename(parent=self, title=titulo, filetypes=tipos)
        return Path(escolhido) if escolhido else None

    def _fazer(self, ato: str, arquivos: Sequence[Path]) -> None:
        quem = autor(self._usuario)
        try:
            livro = livro_ativo()
        except ErroGuiche as erro:  # há um Excel, que não diz com que pasta: o ato não vai para outra
            ConversaNaJanela(self).avisar(frase_do_erro(erro), grave=True)
            return
        if livro:
            executar(ato, "\0".join(map(str, arquivos)).encode("utf-16-be").hex(), livro, quem)
        else:
            apertar(ato, arquivos, Porta(ConversaNaJanela(self), quem, self._abrir))

    def _abrir(self, ao_lado: bool) -> AbstractContextManager[Contexto]:  # noqa: FBT001  é de uma Porta
        if self._pasta is None:
            raise ErroDePlanilha("pasta.nao_escolhida", "nenhuma pasta de trabalho foi escolhida")
        return abrir(self._pasta, autor(self._usuario), ao_lado=ao_lado)

    def dizer(self, frase: str) -> None:
        """A frase ao pé da janela."""
        self._frase["text"] = frase


class ConversaNaJanela:
    """As caixas de mensagem do painel, quando não há Excel."""

    def __init__(self, janela: Painel) -> None:
        self._janela = janela

    def avisar(self, texto: str, *, grave: bool = False) -> None:
        """Mostra o texto numa caixa com um botão só."""
        (messagebox.showerror if grave else messagebox.showinfo)(TITULO, texto, parent=self._janela)

    def confirmar(self, texto: str) -> bool:
        """Pergunta e diz se a resposta foi sim."""
        return messagebox.askyesno(TITULO, texto, parent=self._janela)

    def andamento(self, frase: str) -> None:
        """A frase ao pé da janela; aproveita para ouvir a tecla Esc."""
        self._janela.dizer(frase)
        self._janela.update()

    def interrompida(self) -> bool:
        """Diz se a pessoa apertou Esc."""
        return self._janela.parar

    def calar(self) -> None:
        """O ato acabou."""
        self._janela.dizer("Pronto.")

    def mostrar(self, aba: str) -> None:
        """A pasta está fechada: diz em que aba olhar."""
        self._janela.dizer(f"Veja a aba {aba}.")

    def clicada(self) -> None:
        """Com a pasta fechada não há linha clicada: vale a aba de filtros."""

    def abrir(self, caminho: Path) -> None:
        """Abre o arquivo no programa que a pessoa usa para ele."""
        abrir_arquivo(caminho)


def abrir_painel(usuario: str = "", pasta: Path | None = None) -> None:
    """Abre o painel e espera que a pessoa o feche."""
    Painel(usuario, pasta).mainloop()
