"""As tabelas que outro programa deixou cair ao salvar: onde estavam, pelo cabeçalho que ficou, e como voltam."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import feitio, xml_da_aba
from guiche.planilha.celulas import letras_da_coluna
from guiche.planilha.esquema import Tabela, esquema
from guiche.planilha.lugares import Lugar
from guiche.planilha.oficina import LIVRO, OFICIO, Oficina

_DA_LISTA = re.compile(
    rb"<(autoFilter|tableParts)\b[^>]*?/>|<autoFilter\b.*?</autoFilter>|<tableParts\b.*?</tableParts>", re.DOTALL
)
"""O filtro da aba e as tabelas que já não há: o da tabela que volta tomaria o lugar dos dois."""
_NOME_DO_FILTRO = re.compile(rb'<definedName\b[^>]*name="_xlnm\._FilterDatabase"[^>]*>[^<]*</definedName>')
_SEM_NOMES = re.compile(rb"<definedNames>\s*</definedNames>")
_CITA = f'<tableParts count="1"><tablePart xmlns:r="{OFICIO}" r:id="rIdGuicheTabela"/></tableParts>'.encode()


def falta(tabela: Tabela, fonte: str, *, sem_nenhuma: bool) -> ErroDePlanilha:
    """O erro de não haver a tabela; ``sem_nenhuma``: nem outra qualquer, mas as abas ficaram."""
    if sem_nenhuma:
        texto = f"outro programa salvou a pasta de trabalho sem as tabelas do Excel: faltam as {len(esquema())}"
        return ErroDePlanilha("pasta.sem_tabelas", texto, local=Local(fonte))
    texto = f"falta a tabela {tabela.nome}, da aba {tabela.aba}"
    return ErroDePlanilha("pasta.tabela_ausente", texto, local=Local(fonte))


def lugar_provisorio(tabela: Tabela, parte: str) -> Lugar:
    """A aba em que a tabela estaria, no canto; só para se poder ler."""
    return Lugar(tabela.aba, parte, "", ("A", letras_da_coluna(len(tabela.colunas))), 1, 2, ())


def onde_estava(tabela: Tabela, parte: str, linhas: Sequence[Sequence[Any]]) -> Lugar | None:
    """Onde a tabela estava, pelas linhas da aba; ``None`` se a primeira já não é o cabeçalho inteiro dela.

    Colunas da pessoa no fim do cabeçalho são da tabela também, como o Excel as teria tomado.
    """
    titulos = [str(celula).strip() for celula in linhas[0]] if linhas else []
    titulos = titulos[: titulos.index("")] if "" in titulos else titulos
    if len(set(titulos)) < len(titulos) or not {c.titulo for c in tabela.colunas} <= set(titulos):
        return None
    largura = len(titulos)
    cheias = [n for n, linha in enumerate(linhas, 1) if any(celula != "" for celula in linha[:largura])]
    return Lugar(tabela.aba, parte, "", ("A", letras_da_coluna(largura)), 1, max(*cheias, 2), tuple(titulos))


def repor(oficina: Oficina, lugar: Lugar, do_modelo: bytes) -> None:
    """Põe a tabela de volta na aba em que ficou o cabeçalho; ``do_modelo`` é o XML dela no modelo."""
    parte = _nova_tabela(oficina, lugar, do_modelo)
    xml = feitio.celulas_da_coluna(_DA_LISTA.sub(b"", xml_da_aba.normalizar(oficina.atual(lugar.parte))))
    oficina.por(lugar.parte, xml_da_aba.inserir(xml, _CITA, antes_de="extLst"))
    oficina.relacionar(lugar.parte, f"../tables/{parte.rpartition('/')[2]}", "table", "rIdGuicheTabela")


def sem_nomes_de_filtros(oficina: Oficina) -> None:
    """Tira os nomes que as abas davam aos filtros que caíram com as tabelas."""
    oficina.por(LIVRO, _SEM_NOMES.sub(b"", _NOME_DO_FILTRO.sub(b"", oficina.atual(LIVRO))))


def _nova_tabela(oficina: Oficina, lugar: Lugar, do_modelo: bytes) -> str:
    """A parte da tabela, como a do modelo, com as colunas e as linhas que a aba tem."""
    nome = oficina.nome("xl/tables/table")
    itens = (b'<tableColumn id="%d" name=%s/>' % (n, quoteattr(t).encode()) for n, t in enumerate(lugar.titulos, 1))
    colunas = b'<tableColumns count="%d">%s</tableColumns>' % (len(lugar.titulos), b"".join(itens))
    xml = oficina.com_id_novo(do_modelo)
    xml = re.sub(rb"<tableColumns\b.*?</tableColumns>", lambda _: colunas, xml, count=1, flags=re.DOTALL)
    ref = f"A{lugar.cabecalho}:{lugar.colunas[1]}{lugar.fim}".encode()
    oficina.por(nome, re.sub(rb'\bref="[^"]*"', b'ref="%s"' % ref, xml))
    oficina.declarar(nome, "table")
    return nome
