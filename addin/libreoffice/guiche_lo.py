"""A ponte do LibreOffice: leva cada clique no menu Guichê ao Guichê instalado, noutro processo, e mostra a resposta.

Roda no Python do próprio LibreOffice (3.7 ou mais novo), sem nada além do UNO. Regra de cobrança não mora aqui. Cada
item do menu chama ``service:br.guiche.Atos?ATO``: basta um componente, e a extensão se instala para uma pessoa ou para
todas. Nela ficam ainda ``atos.json``, tirado do registro dos atos, e ``interpretador.txt``, o Python do Guichê.

Variáveis de ambiente, para os testes: ``GUICHE_PYTHON`` troca o interpretador; ``GUICHE_ARQUIVO`` dispensa a caixa de
escolha de arquivo.
"""

import json
import os
import subprocess
import threading
import traceback
from pathlib import Path

import uno
import unohelper
from com.sun.star.awt.MessageBoxButtons import BUTTONS_OK, BUTTONS_YES_NO, DEFAULT_BUTTON_NO
from com.sun.star.awt.MessageBoxResults import YES
from com.sun.star.awt.MessageBoxType import ERRORBOX, INFOBOX, QUERYBOX, WARNINGBOX
from com.sun.star.io import IOException
from com.sun.star.task import XJobExecutor

SERVICO = "br.guiche.Atos"
EXTENSAO = Path(__file__).parents[1]
LINHAS = 18
PROBLEMAS = 6
"""Quanto cabe numa caixa de mensagem, que não rola."""
LETRAS = 330
"""Quanto se mostra da explicação de uma falha."""
DE_OUTRO_PYTHON = ("PYTHONHOME", "PYTHONPATH")
"""O que o LibreOffice arruma para o Python dele e confundiria o do Guichê."""
ocupado = []
"""O título do ato que está sendo feito."""


class Aviso(Exception):
    """Algo que a pessoa resolve; a mensagem já vem pronta para ela."""


def ao_lado(nome):
    """O texto de um arquivo da extensão."""
    return (EXTENSAO / nome).read_text("utf-8")


def servico(nome):
    """Um serviço do LibreOffice."""
    contexto = uno.getComponentContext()
    return contexto.ServiceManager.createInstanceWithContext(nome, contexto)


class Clique:
    """Um clique num ato do menu, do começo à resposta."""

    def __init__(self, ato, quadro):
        self.ato = ato
        self.quadro = quadro

    @property
    def pasta(self):
        """O documento aberto no quadro; recarregado, é outro."""
        return self.quadro.getController().getModel()

    def atender(self):
        """Faz o ato e mostra o que aconteceu."""
        if ocupado:
            self.dizer(f"Espere: o Guichê ainda está fazendo “{ocupado[0]}”.", WARNINGBOX)
            return
        ocupado.append(self.ato["titulo"])
        try:
            self.fazer()
        except Aviso as aviso:
            self.dizer(str(aviso), WARNINGBOX)
        except Exception:  # noqa: BLE001  a última porta: o LibreOffice engoliria o erro, ou mostraria código
            detalhe = traceback.format_exc().strip().splitlines()[-1]
            self.dizer("A extensão do Guichê falhou. Guarde esta mensagem e avise.\n\n" + detalhe, ERRORBOX)
        finally:
            ocupado.clear()

    def fazer(self):
        """A prévia, a pergunta e o ato."""
        argumentos = [self.caminho()]
        for extensoes in self.ato["extensoes"]:
            arquivo = self.escolher(extensoes)
            if not arquivo:
                return
            argumentos.append(arquivo)
        argumentos += self.linha()
        if self.ato["pasta"]:
            self.salvar()
        marca = self.marca(argumentos[0])
        resposta = self.pedir(argumentos)
        if not self.ato["previa"] or not resposta["feito"] or resposta["vazio"]:
            self.mostrar(resposta)
        elif self.perguntar(resposta):
            if self.marca(argumentos[0]) != marca:
                self.recarregar()
                raise Aviso("A pasta de trabalho mudou enquanto você lia a prévia, e nada foi feito. Peça de novo.")
            self.mostrar(self.pedir([*argumentos, "--confirmar"]))

    def caminho(self):
        """O caminho da pasta de trabalho, pronta para um ato; vazio se o ato não a usa."""
        pasta, titulo = self.pasta, self.ato["titulo"]
        if not self.ato["pasta"]:
            return ""
        if not pasta.hasLocation():
            raise Aviso(f"Salve a pasta de trabalho como .xlsx antes de usar “{titulo}”.")
        if not pasta.URL.startswith("file:"):
            raise Aviso("A pasta de trabalho está num endereço da rede. Salve uma cópia neste computador.")
        caminho = uno.fileUrlToSystemPath(pasta.URL)
        if not caminho.lower().endswith(".xlsx"):
            raise Aviso("O Guichê só trabalha com pasta de trabalho .xlsx. Use uma criada com “guiche novo”.")
        if pasta.isReadonly():
            raise Aviso("A pasta de trabalho está aberta só para leitura. Habilite a edição e repita.")
        return caminho

    def salvar(self):
        """Leva ao disco o que a pessoa escreveu, se escreveu: é o disco que o Guichê lê."""
        try:
            if self.pasta.isModified():
                self.pasta.store()
        except IOException:
            raise Aviso("O LibreOffice não conseguiu salvar a pasta de trabalho. Salve-a e repita.") from None

    def escolher(self, extensoes):
        """O arquivo do banco que a pessoa escolhe; vazio se desistiu."""
        if os.environ.get("GUICHE_ARQUIVO"):
            return os.environ["GUICHE_ARQUIVO"]
        caixa = servico("com.sun.star.ui.dialogs.FilePicker")
        caixa.setTitle(self.ato["titulo"])
        todas = [extensao for e in extensoes for extensao in ("*." + e, "*." + e.upper())]
        caixa.appendFilter("Arquivos do banco", ";".join(todas))
        caixa.appendFilter("Todos os arquivos", "*.*")
        if self.pasta.hasLocation():
            caixa.setDisplayDirectory(self.pasta.URL.rpartition("/")[0])
        return uno.fileUrlToSystemPath(caixa.getFiles()[0]) if caixa.execute() else ""

    def linha(self):
        """A aba, a linha e a coluna em que a pessoa clicou; de várias, a primeira."""
        escolhida = self.pasta.getCurrentSelection() if self.ato["pasta"] else None
        if hasattr(escolhida, "getRangeAddresses"):
            enderecos = escolhida.getRangeAddresses()
        else:
            enderecos = [escolhida.RangeAddress] if hasattr(escolhida, "RangeAddress") else []
        if not enderecos:
            return []
        aba = self.pasta.Sheets.getByIndex(enderecos[0].Sheet).Name
        return ["--linha", aba, str(enderecos[0].StartRow + 1), str(enderecos[0].StartColumn + 1)]

    def pedir(self, argumentos):
        """A resposta do Guichê; enquanto ele trabalha a janela se redesenha, mas não aceita nada."""
        interpretador = os.environ.get("GUICHE_PYTHON") or ao_lado("interpretador.txt").strip()
        comando = [interpretador, "-m", "guiche.libreoffice", self.ato["id"], *argumentos]
        marca = self.marca(argumentos[0])
        barra = self.quadro.createStatusIndicator()
        barra.start(f"Guichê: {self.ato['titulo']}…", 0)
        janela = self.quadro.getContainerWindow()
        janela.setEnable(False)
        try:
            return esperar(comando)
        finally:
            janela.setEnable(True)
            barra.end()
            if self.marca(argumentos[0]) != marca:
                self.recarregar()

    @staticmethod
    def marca(caminho):
        """O que muda quando o arquivo muda."""
        estado = Path(caminho).stat() if caminho else None
        return estado and (estado.st_mtime_ns, estado.st_size)

    def recarregar(self):
        """Traz do disco o que o Guichê gravou, sem tirar a pessoa da aba em que está."""
        aba = self.quadro.getController().getActiveSheet().Name
        self.pasta.setModified(False)
        servico("com.sun.star.frame.DispatchHelper").executeDispatch(self.quadro, ".uno:Reload", "", 0, ())
        self.abrir_aba(aba)

    def abrir_aba(self, nome):
        """Põe a aba na frente, se existe."""
        abas = self.pasta.Sheets
        if nome and abas.hasByName(nome):
            self.quadro.getController().setActiveSheet(abas.getByName(nome))

    def perguntar(self, previa):
        """Mostra a prévia e diz se a pessoa confirma."""
        texto = "\n".join(
            [*cortar(previa["relato"], LINHAS), *problemas(previa), "", f"{self.ato['titulo']}: confirma?"]
        )
        return self.dizer(texto, QUERYBOX, BUTTONS_YES_NO | DEFAULT_BUTTON_NO) == YES

    def mostrar(self, resposta):
        """A planilha que o ato fez à parte, o relato do que foi feito, ou o que impediu."""
        if resposta["feito"]:
            self.abrir_aba(self.ato["mostra"])
        planilhas = [caminho for caminho in resposta["arquivos"] if caminho.endswith(".xlsx")]
        if planilhas and not self.ato["pasta"]:
            endereco = uno.systemPathToFileUrl(planilhas[0])
            servico("com.sun.star.frame.Desktop").loadComponentFromURL(endereco, "_blank", 0, ())
            return
        texto = "\n".join([*cortar(resposta["relato"], LINHAS), *problemas(resposta)])
        self.dizer(texto or "Pronto.", INFOBOX if resposta["feito"] else ERRORBOX)

    def dizer(self, texto, tipo, botoes=BUTTONS_OK):
        """Uma caixa de mensagem sobre a janela da pasta de trabalho."""
        janela = self.quadro.getContainerWindow()
        titulo = "Guichê — " + self.ato["titulo"]
        caixa = janela.getToolkit().createMessageBox(janela, tipo, botoes, titulo, texto)
        try:
            return caixa.execute()
        finally:
            caixa.dispose()


def esperar(comando):
    """Roda o comando sem shell, deixa a janela viva enquanto isso e devolve a resposta lida."""
    ambiente = {nome: valor for nome, valor in os.environ.items() if nome not in DE_OUTRO_PYTHON}
    ambiente.update(PYTHONSAFEPATH="1", PYTHONUTF8="1")
    try:
        processo = subprocess.Popen(  # noqa: S603  o comando é o da extensão, sem shell
            comando,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ambiente,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError:
        raise Aviso(
            f"O Guichê não está onde a extensão o procura:\n{comando[0]}\n\nInstale-o de novo e depois a extensão."
        ) from None
    saidas = []
    leitor = threading.Thread(target=lambda: saidas.extend(processo.communicate()), daemon=True)
    leitor.start()
    kit = servico("com.sun.star.awt.Toolkit")
    while leitor.is_alive():
        leitor.join(0.05)
        kit.processEventsToIdle()
    return entender(*saidas)


def entender(saida, erros):
    """A resposta em JSON; sem ela, uma frase que a pessoa possa passar adiante."""
    try:
        resposta = json.loads(saida.decode("utf-8"))
        sem_nada = {"relato": [], "problemas": [], "arquivos": [], "vazio": False}
        return {**sem_nada, **resposta, "feito": bool(resposta["feito"])}
    except (ValueError, KeyError, TypeError):
        linhas = erros.decode("utf-8", "replace").strip().splitlines() or ["sem explicação"]
        raise Aviso(
            "O Guichê parou sem responder. O que já foi feito está no livro, e o próximo ato continua dele.\n"
            "Repita; se voltar a acontecer, guarde esta mensagem e avise:\n\n" + linhas[-1][:LETRAS]
        ) from None


def problemas(resposta):
    """Cada problema: onde, o quê e o que fazer."""
    todos = resposta["problemas"]
    linhas = []
    for problema in todos[:PROBLEMAS]:
        linhas += ["", f"{problema['onde']}: {problema['mensagem'].rstrip('.')}."]
        if problema.get("fazer"):
            linhas.append("O que fazer: " + problema["fazer"])
    if len(todos) > PROBLEMAS:
        linhas += ["", f"… e mais {len(todos) - PROBLEMAS}, na aba Problemas."]
    return linhas


def cortar(linhas, quantas):
    """As primeiras linhas, e quantas ficaram de fora."""
    if len(linhas) <= quantas:
        return linhas
    return [*linhas[:quantas], f"… e mais {len(linhas) - quantas} linhas."]


class Atos(unohelper.Base, XJobExecutor):
    """O que o menu chama, com o id do ato."""

    def __init__(self, contexto):
        self.contexto = contexto

    def trigger(self, pedido):
        """Atende o clique no item do ato pedido."""
        quadro = servico("com.sun.star.frame.Desktop").getCurrentFrame()
        for ato in json.loads(ao_lado("atos.json")):
            if quadro and ato["id"] == pedido:
                Clique(ato, quadro).atender()


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  o LibreOffice procura por este nome
g_ImplementationHelper.addImplementation(Atos, SERVICO, (SERVICO,))
