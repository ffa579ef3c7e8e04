"""Constrói a pasta de trabalho vazia a partir do esquema; os mesmos bytes a cada vez."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule, IconSetRule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from guiche.atos import Painel, paineis
from guiche.planilha.acabamento import acabar
from guiche.planilha.esquema import FORMATOS, VERSAO, Coluna, Tabela, esquema, versao
from guiche.planilha.graficos import graficos
from guiche.planilha.inicio import ROTULOS

NASCIMENTO = datetime(2026, 1, 1)  # noqa: DTZ001  data fixa: a pasta tem de sair igual a cada construção
ULTIMA_LINHA = 1_048_576
_CINZA = PatternFill("solid", start_color="F2F2F2", end_color="F2F2F2")
_CABECALHOS = {
    "operador": PatternFill("solid", start_color="1F6F50", end_color="1F6F50"),
    "guiche": PatternFill("solid", start_color="7F7F7F", end_color="7F7F7F"),
}
_CORES = {
    "PAGO": "C6EFCE", "ENVIADO": "DDEBF7", "CANCELAMENTO A ENVIAR": "FCE4D6", "CANCELAMENTO ENVIADO": "FCE4D6",
    "PARCIAL": "FFF2CC", "EM BOLETO": "E4DFEC",
}  # fmt: skip
_ABAS = {"operador": "1F6F50", "guiche": "7F7F7F", "painel": "2F5D8C"}
DO_OPERADOR = {"versoes_ligadas", "nome_do_boleto", "limite_sem_aprovacao"}
"""Parâmetros que a pessoa preenche; os outros são do Guichê."""
PARAMETROS = (
    (VERSAO, versao(), "A marca do modelo com que esta pasta está em dia."),
    ("livro_id", "", "O livro a que esta pasta pertence."),
    ("ultimo_ato", "", "O último ato do livro que as abas mostram."),
    (
        "livro",
        "",
        "Você preenche, se vários operadores usam o mesmo livro: postgresql://usuário@servidor/banco. Vazio: o livro "
        "fica ao lado desta pasta.",
    ),
    ("ordens", "", "A ordem que você deu a cada lista cinza, com dois cliques no cabeçalho."),
    ("cadastros_aceitos", "", "A última decisão de cadastramento já escrita na aba Clientes."),
    ("versoes_ligadas", "", "Você preenche: versões 06 e 08 que o banco homologou, por exemplo 06 08."),
    (
        "nome_do_boleto",
        "",
        "Você preenche: nome de cada PDF, se quer um por boleto. Vazio: boleto-{codigo}. Aceita {codigo}, "
        "{nosso_numero}, {cliente}, {conta}, {documento}, {vencimento} e {valor}.",
    ),
    (
        "limite_sem_aprovacao",
        "",
        "Você preenche: total em reais acima do qual uma remessa espera a aprovação de outra pessoa. Vazio: nenhum.",
    ),
)
PASSOS = (
    "Antes de tudo, negocie com o banco o débito automático ou a cobrança: peça o número do convênio, o layout, "
    "a faixa de nossos números e a homologação.",
    "Em Contas, cadastre o convênio com o banco, com os dados do contrato.",
    "Em Clientes, cadastre os clientes; nos optantes, os dados bancários e a autorização.",
    "Em Títulos, cole os títulos a receber.",
    "Na faixa Guichê, clique em Conferir e depois em Gerar remessa. Envie o arquivo ao banco.",
    "Quando o banco responder, clique em Importar retorno: as baixas se fazem sozinhas.",
    "Sem a faixa, os mesmos atos se fazem com guiche painel, ou na linha de comando com a pasta fechada.",
)
CORES = (
    "Aba verde: você escreve. Aba azul: filtros dos atos. Aba cinza: o Guichê escreve; não mude.",
    "Coluna cinza numa aba verde: o Guichê a reescreve a cada ato.",
    "Bola amarela: a remessa pode ser reenviada. Bola preta: encerrada.",
)
PALAVRAS = (
    ("Título", "O que um cliente deve."),
    ("Remessa", "O arquivo que vai ao banco."),
    ("Retorno", "O arquivo que vem do banco, com a resposta a cada linha."),
    ("Optante", "O cliente que autorizou o débito automático em sua conta."),
    ("Convênio no banco", "O contrato da sua empresa com o banco."),
    ("Empresa conveniada", "A empresa ou associação cujos membros compram em conta."),
    ("NSA", "O número sequencial do arquivo; cada remessa leva o seguinte."),
    ("Livro", "O arquivo .guiche.db ao lado deste; guarda tudo o que foi feito. Copie os dois juntos."),
)


def construir(destino: Path) -> None:
    """Escreve o modelo em ``destino``."""
    pasta = Workbook()
    pasta.remove(pasta.worksheets[0])
    for tabela in esquema().values():
        _aba(pasta.create_sheet(tabela.aba), tabela)
    _ajuda(pasta.create_sheet("Ajuda"))
    pasta.active = 0
    pasta.properties.creator = "Guichê"
    pasta.properties.title = "Guichê"
    pasta.properties.created = pasta.properties.modified = NASCIMENTO
    memoria = BytesIO()
    pasta.save(memoria)
    destino.write_bytes(acabar(memoria.getvalue()))


def _fonte(tamanho: int = 11, **feitio: Any) -> Font:
    """A letra de sempre com outro feitio; sem nome, cada programa escolhe a sua."""
    return Font(name="Calibri", family=2, size=tamanho, **feitio)


def _aba(aba: Worksheet, tabela: Tabela) -> None:
    linhas = _linhas_fixas(tabela)
    for i, coluna in enumerate(tabela.colunas, 1):
        _coluna(aba, coluna, i)
        if not tabela.painel:  # nas abas de filtros as linhas são fixas, e cada uma tem o seu formato
            _feitio(aba.column_dimensions[get_column_letter(i)], coluna)
        for n, linha in enumerate(linhas, 2):
            _corpo(aba.cell(n, i, linha[i - 1]), tabela, coluna)
            if linha[0] in DO_OPERADOR and coluna.id == "valor":
                aba.cell(n, i).protection = Protection(locked=False)
    if tabela.painel:
        _celulas_do_painel(aba, paineis()[tabela.painel])
    ultima = get_column_letter(len(tabela.colunas))
    objeto = Table(displayName=tabela.nome, name=tabela.nome, ref=f"A1:{ultima}{len(linhas) + 1}")
    estilo = "TableStyleMedium2" if tabela.painel else "TableStyleMedium4" if tabela.do_guiche else "TableStyleMedium7"
    objeto.tableStyleInfo = TableStyleInfo(name=estilo, showRowStripes=True)
    aba.add_table(objeto)
    aba.freeze_panes = "B2"
    aba.sheet_properties.tabColor = _ABAS["painel" if tabela.painel else "guiche" if tabela.do_guiche else "operador"]
    _enfeites(aba, tabela)
    _impressao(aba, tabela)
    if tabela.do_guiche or tabela.painel:
        _proteger(aba)
    if tabela.id == "inicio":
        graficos(aba)


def _linhas_fixas(tabela: Tabela) -> Sequence[Sequence[str | None]]:
    """As linhas com que a tabela nasce: as dos parâmetros e dos filtros não mudam; as outras começam em branco."""
    if tabela.id == "parametros":
        return PARAMETROS
    if tabela.id == "inicio":
        return [(*rotulos, *[None] * (len(tabela.colunas) - 2)) for rotulos in ROTULOS]
    if tabela.painel:
        return [(o.titulo, None, None, o.ajuda) for o in paineis()[tabela.painel].opcoes]
    return ((None,) * len(tabela.colunas),)


def _celulas_do_painel(aba: Worksheet, painel: Painel) -> None:
    """Cada filtro com seu formato, sua lista e a ponta que não usa trancada."""
    for n, opcao in enumerate(painel.opcoes, 2):
        de, ate = aba.cell(n, 2), aba.cell(n, 3)
        for celula in (de, ate):
            celula.number_format = FORMATOS.get(opcao.tipo.removesuffix("s"), "@")
        if opcao.tipo not in {"intervalo", "datas"}:
            ate.protection, ate.fill = Protection(locked=True), _CINZA
        aceitos = ("Sim", "Não") if opcao.tipo == "sim_nao" else opcao.lista
        if aceitos:
            _lista(aba, f"B{n}", aceitos)
        aba.cell(n, 4).alignment = Alignment(wrap_text=True, vertical="top")


def _coluna(aba: Worksheet, coluna: Coluna, i: int) -> None:
    letra = get_column_letter(i)
    titulo = aba.cell(1, i, coluna.titulo)
    titulo.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    titulo.font = _fonte(bold=True, color="FFFFFF")
    titulo.fill = _CABECALHOS[coluna.dono]
    aba.column_dimensions[letra].width = coluna.largura
    ajuda = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=coluna.titulo[:32], prompt=coluna.ajuda)
    ajuda.add(f"{letra}1")
    aba.add_data_validation(ajuda)
    aceitos = ("Sim", "Não") if coluna.tipo == "sim_nao" else coluna.lista
    if aceitos:
        _lista(aba, f"{letra}2:{letra}{ULTIMA_LINHA}", aceitos)


def _lista(aba: Worksheet, onde: str, aceitos: Sequence[str]) -> None:
    lista = DataValidation(type="list", formula1=f'"{",".join(aceitos)}"', allow_blank=True, showErrorMessage=True)
    lista.errorTitle, lista.error = "Valor fora da lista", f"Use: {', '.join(aceitos)}."[:250]
    lista.add(onde)
    aba.add_data_validation(lista)


def _corpo(celula: Any, tabela: Tabela, coluna: Coluna) -> None:
    _feitio(celula, coluna)
    if coluna.dono == "guiche" and not tabela.do_guiche:
        celula.fill = _CINZA
    if coluna.tipo == "ligacao":
        celula.font = _fonte(color="0563C1", underline="single")


def _feitio(onde: Any, coluna: Coluna) -> None:
    """Formato, tranca e alinhamento da célula, ou da coluna inteira: o que se escreve abaixo da tabela os segue."""
    onde.number_format = FORMATOS[coluna.tipo]
    onde.protection = Protection(locked=coluna.dono == "guiche")
    if coluna.tipo in {"bola", "sim_nao"} or coluna.id in {"estado", "banco", "movimento"}:
        onde.alignment = Alignment(horizontal="center")


def _enfeites(aba: Worksheet, tabela: Tabela) -> None:
    letras: Mapping[str, str] = {c.id: get_column_letter(i) for i, c in enumerate(tabela.colunas, 1)}
    if "bola" in letras:
        bolas = IconSetRule("4TrafficLights", "num", [0, 1, 2, 3], showValue=False)  # type: ignore[no-untyped-call]
        aba.conditional_formatting.add(f"{letras['bola']}2:{letras['bola']}{ULTIMA_LINHA}", bolas)
    if tabela.id == "titulos":
        letra = letras["situacao"]
        for situacao, cor in _CORES.items():
            cheio = PatternFill("solid", start_color=cor, end_color=cor)
            regra = FormulaRule([f'${letra}2="{situacao}"'], fill=cheio)  # type: ignore[no-untyped-call]
            aba.conditional_formatting.add(f"{letra}2:{letra}{ULTIMA_LINHA}", regra)


def _impressao(aba: Worksheet, tabela: Tabela) -> None:
    _folha(aba, tabela.aba)
    aba.print_title_rows = "1:1"
    aba.row_dimensions[1].height = 32


def _folha(aba: Any, nome: str) -> None:
    """A4 deitada, uma página de largura, com o nome da aba, a página e a data no pé."""
    aba.page_setup.orientation, aba.page_setup.paperSize = "landscape", 9
    aba.page_setup.fitToWidth, aba.page_setup.fitToHeight = 1, 0
    aba.sheet_properties.pageSetUpPr.fitToPage = True
    aba.oddFooter.left.text = nome
    aba.oddFooter.center.text = "Página &P de &N"
    aba.oddFooter.right.text = "&D"


def _proteger(aba: Worksheet) -> None:
    """Sem senha: evita o engano, não o propósito. Filtrar e alargar continua livre; ordenar, só o Guichê (ordem.py)."""
    aba.protection.sheet = True
    aba.protection.autoFilter = False
    aba.protection.sort = False
    aba.protection.formatColumns = False


def _ajuda(aba: Worksheet) -> None:
    linhas: list[tuple[str, str, bool]] = [("Guichê: cobrança bancária", "", True), ("", "", False)]
    linhas += [("Primeiros passos", "", True), *((f"{n}.", passo, False) for n, passo in enumerate(PASSOS, 1))]
    linhas += [("", "", False), ("Cores", "", True), *(("", cor, False) for cor in CORES)]
    linhas += [("", "", False), ("Abas", "", True), *((t.aba, t.ajuda, False) for t in esquema().values())]
    linhas += [("", "", False), ("Palavras", "", True), *((nome, sentido, False) for nome, sentido in PALAVRAS)]
    for n, (a, b, forte) in enumerate(linhas, 1):
        aba.cell(n, 1, a or None).font = _fonte(14 if n == 1 else 11, bold=True)
        aba.cell(n, 2, b or None).alignment = Alignment(wrap_text=True, vertical="top")
        if forte and n > 1:
            aba.cell(n, 1).font = _fonte(12, bold=True, color="1F6F50")
    aba.column_dimensions["A"].width, aba.column_dimensions["B"].width = 28, 100
    aba.sheet_properties.tabColor = "1F6F50"
    _folha(aba, "Ajuda")
