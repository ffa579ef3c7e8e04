"""As telas de ``docs/dia-a-dia.md``: ``python docs/telas.py`` (pede o LibreOffice e o pdftoppm).

Conta uma história curta sobre o exemplo da demonstração e fotografa as abas que ela enche.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.worksheet.properties import PageSetupProperties
from PIL import Image, ImageChops

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ), str(RAIZ / "engine")]

from guiche.dominio.filtros import Filtros  # noqa: E402
from guiche.livro.atos import Autor  # noqa: E402
from guiche.oficio.contexto import abrir  # noqa: E402
from guiche.servicos.boletos import emissao  # noqa: E402
from guiche.servicos.cobranca import remessa  # noqa: E402
from guiche.servicos.cuidados.lista_externa import importar_lista  # noqa: E402
from guiche.servicos.cuidados.prontidao import verificar  # noqa: E402
from guiche.servicos.cuidados.relatorios import relatar  # noqa: E402
from guiche.servicos.debito.gerar import conferir, gerar  # noqa: E402
from guiche.servicos.fechamentos import atos as fechamentos  # noqa: E402
from guiche.servicos.remessas.enviadas import marcar  # noqa: E402
from guiche.servicos.remessas.pendentes import listar_pendentes  # noqa: E402
from guiche.servicos.retornos.conciliacao import conciliar  # noqa: E402
from guiche.servicos.retornos.importar import importar  # noqa: E402
from guiche.servicos.treino.demo import NOME, demonstrar  # noqa: E402
from guiche.servicos.treino.simulado import Escolha, responder  # noqa: E402
from tests.libreoffice.tela import PERFIL  # noqa: E402
from tests.servicos.test_conciliacao import ofx  # noqa: E402

DESTINO = RAIZ / "docs" / "imagens" / "telas"
HOJE = date(2026, 8, 4)
AUTOR = Autor("ana", datetime(2026, 8, 4, 9, 14), HOJE)  # noqa: DTZ001
ABAS = {
    "conferencia": ("Conferência", "Título,Cliente,Nome,Vencimento,Valor,Decisão,Motivo,O que fazer"),
    "boletos": ("Boletos", "Código,Nosso número,Nome,Vencimento,Valor,Situação,Pago em,Valor pago"),
    "respostas": ("Respostas dos boletos", "Linha,Boleto,O que houve,Resultado,Aviso,Pago,Tarifa"),
    "divergencias": ("Divergências", "Decisão,Título a baixar,Linha,De quem,O que há,Valor,Títulos prováveis"),
    "fechamentos": ("Fechamentos", "Fechamento,Empresa,Vencimento,Nome,Títulos,Valor,Recebido,Situação,Comissão"),
    "comissoes": ("Comissões", ""),
    "conciliacao": (
        "Conciliação",
        "Data,Situação,Pagos,Pago,Tarifas,Esperado,No extrato,Diferença,Histórico do extrato",
    ),
    "nao-importados": ("Não importados", "Onde,Mensagem,O que fazer"),
    "movimento": ("Movimento bancário", "Data,Título,Nome,Valor,Multa e juros,Origem,Retorno,Histórico"),
    "retornos": (
        "Retornos",
        "Código,Nº retorno,Tipo,Data emissão,Data importação,Usuário,Linhas,Pagos,Total pago,Divergências",
    ),
    "prontidao": ("Prontidão", ""),
    "cadastramentos": (
        "Cadastramentos",
        "Decisão,Cliente a mudar,Retorno,Linha,O que é,Situação,Cliente,Nome,Agência,Conta,Data",
    ),
    "pendentes": ("Pendentes", "Tipo,Remessa,NSA,Título, número ou arquivo,Nome,Desde,Dias úteis,Valor,O que fazer"),
    "remessas": (
        "Remessas",
        "●,Remessa,Conta,NSA,Tipo,Situação,Gerada em,Usuário,Arquivo,Linhas,Total a debitar,Transmitida em",
    ),
}
"""Nome da foto → a aba e as colunas que se mostram; vazio, todas."""
DA_DEMO = {
    "titulos": (
        "Títulos",
        "Título,Cliente,Documento,Vencimento,Valor,Situação,Recebido,Saldo,Remessa,Código do banco,Motivo,O que fazer",
    ),
}
"""As mesmas, no fim da demonstração."""
DPI, CORES, MARGEM, LINHAS = 110, 64, 12, 14


def contar(em: Path) -> Path:
    """Faz a história e devolve a pasta de trabalho."""
    demonstrar(em, AUTOR)
    caminho = em / NOME
    with abrir(caminho, AUTOR) as ctx:
        folha = ctx.pasta.ler("titulos", ("numero", "cliente", "situacao"))
        livres = [n for n, x in zip(folha.numeros, folha.linhas, strict=True) if x[2] == "EM ABERTO"][:3]
        ctx.pasta.atualizar("titulos", ("fechamento",), dict.fromkeys(livres, ("F1",)))
        vencimento = HOJE + timedelta(days=10)
        ctx.pasta.gravar("fechamentos", [("F1", "E1", vencimento, None, None, *[None] * 7)])
        numeros = ctx.pasta.ler("empresas").numeros
        banco = ("001", "4321", "98765", "4", "Rita", Decimal("0.02"))
        ctx.pasta.atualizar(
            "empresas", ("banco", "agencia", "conta", "conta_dv", "vendedor", "comissao"), {numeros[0]: banco}
        )
        ctx.salvar()
    with abrir(caminho, AUTOR) as ctx:
        fechamentos.receber_a_mao(ctx, "F1", dia=HOJE, baixar_em="CAIXA", conta="")
    with abrir(caminho, AUTOR) as ctx:
        emissao.gerar(ctx, "", Filtros(cliente=("0001", "0003"), parcial=True, optantes=True), juntar=False)
    with abrir(caminho, AUTOR) as ctx:
        enviada = remessa.gerar(ctx, "").arquivos[-1]
    desfechos = ("PAGO", "ATRASADO", "DUPLICADO", "REJEITADO", "PARCIAL")
    responder(enviada, em / "b.ret", agora=AUTOR.agora, nsa=2, escolha=Escolha(codigos=desfechos))
    with abrir(caminho, AUTOR) as ctx:
        importar(ctx, em / "b.ret", confirmar=True)
    _extrato_e_lista(em, caminho)
    _debito_sem_resposta(em, caminho)
    return caminho


def _debito_sem_resposta(em: Path, caminho: Path) -> None:
    """O banco responde a uma remessa com cadastramentos; a outra, dias depois, nada."""
    with abrir(caminho, AUTOR) as ctx:
        debitos = gerar(ctx, "", Filtros(parcial=True)).arquivos[-1]
    escolha = Escolha(codigos=["00"], registros=["B", "J", "T"])
    responder(debitos, em / "c.ret", agora=AUTOR.agora, nsa=2, escolha=escolha)
    with abrir(caminho, AUTOR) as ctx:
        importar(ctx, em / "c.ret", confirmar=True)
    with abrir(caminho, AUTOR) as ctx:
        emissao.gerar(ctx, "", Filtros(cliente=("0009", "0012"), parcial=True, optantes=True), juntar=False)
    with abrir(caminho, AUTOR) as ctx:
        enviada = remessa.gerar(ctx, "")
    with abrir(caminho, AUTOR) as ctx:
        marcar(ctx, enviada.dados["remessa"], "transmitida")
    depois = HOJE + timedelta(days=20)
    with abrir(caminho, Autor("ana", datetime.combine(depois, AUTOR.agora.time()), depois)) as ctx:
        listar_pendentes(ctx)
    with abrir(caminho, AUTOR) as ctx:
        conferir(ctx, "", Filtros(parcial=True), lambda c: replace(c, titulos=c.titulos[15:]), na_aba=True)


def _extrato_e_lista(em: Path, caminho: Path) -> None:
    amanha = HOJE + timedelta(days=1)
    extrato = ofx(em, [(amanha, "146.65", "LIQ COBRANCA"), (amanha, "80.00", "PIX RECEBIDO")], conta="0057123457")
    linhas = ("Duplicata;Cod. Cliente;Vencto;Valor", "D1;0001;10/09/2026;120,00", "D2;0002;31/02/2026;80,00")
    (em / "sistema.csv").write_text("\n".join((*linhas, "D3;;10/09/2026;5,00")), "utf-8")
    with abrir(caminho, AUTOR) as ctx:
        conciliar(ctx, extrato)
    with abrir(caminho, AUTOR) as ctx:
        importar_lista(ctx, em / "sistema.csv", "TITULOS", confirmar=True)
    with abrir(caminho, AUTOR) as ctx:
        numeros = ctx.pasta.ler("clientes").numeros
        nome = "Karina Suposta de Albuquerque e Vasconcelos Figueiredo"
        ctx.pasta.atualizar("clientes", ("nome", "cpf_cnpj"), {numeros[10]: (nome, "12ABC34501DE35")})
        ctx.salvar()
    with abrir(caminho, AUTOR) as ctx:
        verificar(ctx)
    with abrir(caminho, AUTOR) as ctx:
        relatar(ctx, "CAIXA", em / "caixa.pdf")


def fotografar_aba(caminho: Path, aba: str, colunas: str, em: Path) -> Image.Image:
    """A aba, com as primeiras linhas e as colunas pedidas, numa folha larga."""
    pasta = openpyxl.load_workbook(caminho)
    for nome in pasta.sheetnames:
        if nome != aba:
            del pasta[nome]
    folha = pasta[aba]
    folha.page_setup.orientation = "landscape"
    folha.page_setup.fitToWidth, folha.page_setup.fitToHeight = 1, 0
    folha.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    folha.oddFooter.left.text = folha.oddFooter.center.text = folha.oddFooter.right.text = None
    if folha.max_row > LINHAS:
        folha.delete_rows(LINHAS + 1, folha.max_row)
        for tabela in folha.tables.values():
            inicio, _, fim = tabela.ref.partition(":")
            tabela.ref = f"{inicio}:{fim.rstrip('0123456789')}{LINHAS}"
    mostrar = colunas.split(",") if colunas else []
    for celula in folha[1]:
        if mostrar and celula.value not in mostrar:
            folha.column_dimensions[celula.column_letter].hidden = True
    pasta.save(em / "uma.xlsx")
    return fotografar_pdf(em_pdf(em / "uma.xlsx", em))


def fotografar_inicio(caminho: Path, em: Path) -> Image.Image:
    """A primeira aba, com os gráficos, que só o próprio arquivo tem, e sem o rodapé."""
    pagina = fotografar_pdf(em_pdf(caminho, em))
    return aparar(pagina.crop((0, 0, pagina.width, pagina.height * 9 // 10)))


def em_pdf(planilha: Path, em: Path) -> Path:
    """A planilha como o LibreOffice a imprime no Brasil: vírgula nos centavos."""
    perfil = em / "perfil"
    (perfil / "user").mkdir(parents=True, exist_ok=True)
    (perfil / "user" / "registrymodifications.xcu").write_text(PERFIL, "utf-8")
    comando = ["soffice", f"-env:UserInstallation={perfil.as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*comando, "--outdir", str(em), str(planilha)], check=True, capture_output=True)
    return em / f"{planilha.stem}.pdf"


def fotografar_pdf(pdf: Path) -> Image.Image:
    """A primeira página, sem o branco em volta."""
    subprocess.run(["pdftoppm", "-r", str(DPI), "-f", "1", "-l", "1", "-png", pdf, pdf.with_suffix("")], check=True)
    (foto,) = pdf.parent.glob(f"{pdf.stem}-*1.png")
    imagem = Image.open(foto).convert("RGB")
    foto.unlink()
    return aparar(imagem)


def aparar(imagem: Image.Image) -> Image.Image:
    """A imagem sem o branco em volta."""
    caixa = ImageChops.difference(imagem, Image.new("RGB", imagem.size, "white")).getbbox() or (0, 0, *imagem.size)
    x, y, ate_x, ate_y = caixa
    return imagem.crop((max(x - MARGEM, 0), max(y - MARGEM, 0), ate_x + MARGEM, ate_y + MARGEM))


def guardar(imagem: Image.Image, nome: str) -> None:
    """Grava com poucas cores, sem perder as que pouco aparecem: quase tudo é letra."""
    imagem.quantize(CORES, Image.Quantize.MAXCOVERAGE).save(DESTINO / f"{nome}.png", optimize=True)


def main() -> int:
    """Refaz as telas."""
    DESTINO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as pasta:
        em = Path(pasta)
        demo = em / "demo" / NOME
        demonstrar(demo.parent, AUTOR)
        caminho = contar(em)
        for de_onde, abas in ((caminho, ABAS), (demo, DA_DEMO)):
            for nome, (aba, colunas) in abas.items():
                guardar(fotografar_aba(de_onde, aba, colunas, em), nome)
        inteira = fotografar_pdf(em / "caixa.pdf")
        topo = inteira.crop((0, 0, inteira.width, inteira.height * 2 // 5))
        guardar(topo, "caixa")
        guardar(fotografar_inicio(demo, em), "inicio")
    return 0


if __name__ == "__main__":
    sys.exit(main())
