"""A oficina em que uma pasta de trabalho se refaz: as partes dela que mudam e as que nascem, cada uma já comprimida."""

from __future__ import annotations

import re
from pathlib import Path

from guiche.erros import ErroDePlanilha, Local
from guiche.planilha import pacote

LIVRO, TIPOS = "xl/workbook.xml", "[Content_Types].xml"
OFICIO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DO_PACOTE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TIPO = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SEM_RELACOES = re.compile(rb"(<Relationships\b[^>]*?)/>")
_NENHUMA = f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_DO_PACOTE}"></Relationships>'.encode()


class Oficina:
    """As partes de um pacote à medida que mudam."""

    def __init__(self, caminho: Path) -> None:
        self._caminho = caminho
        self.prontas: dict[str, pacote.Comprimida] = {}
        with pacote.ler_partes(caminho) as partes:
            self.nomes = set(partes.namelist())
            tabelas = [partes.read(t) for t in self.nomes if t.startswith("xl/tables/")]
        self._maior_id = max(map(id_da_tabela, tabelas), default=0)

    def atual(self, parte: str) -> bytes:
        """O XML da parte, com o que nela já se mudou."""
        return self.prontas[parte].abrir() if parte in self.prontas else pacote.ler_parte(self._caminho, parte)

    def por(self, parte: str, xml: bytes) -> None:
        """Guarda a parte nova já comprimida: uma aba grande tem centenas de megabytes abertos."""
        self.nomes.add(parte)
        self.prontas[parte] = pacote.comprimir([xml])

    def nome(self, comeco: str) -> str:
        """Um nome de parte que ninguém usa."""
        nome = next(livre for n in range(1, 10_000) if (livre := f"{comeco}{n}.xml") not in self.nomes)
        self.nomes.add(nome)
        return nome

    def inserir(self, parte: str, antes_de: bytes, xml: bytes) -> None:
        """Põe o XML antes da última vez de uma marca.

        Raises:
            ErroDePlanilha: ``pasta.ilegivel``, se a marca não está lá.
        """
        antes, achado, depois = self.atual(parte).rpartition(antes_de)
        if not achado:
            texto = "a estrutura do arquivo não se reconhece"
            raise ErroDePlanilha("pasta.ilegivel", texto, local=Local(self._caminho.name))
        self.por(parte, antes + xml + achado + depois)

    def declarar(self, parte: str, tipo: str) -> None:
        """Diz no pacote de que tipo é uma parte nova: ``worksheet`` ou ``table``."""
        declarado = f'<Override PartName="/{parte}" ContentType="{_TIPO}.{tipo}+xml"/>'
        self.inserir(TIPOS, b"</Types>", declarado.encode())

    def relacionar(self, parte: str, alvo: str, tipo: str, id_: str, *, so_ela: bool = False) -> None:
        """Dá à parte uma relação com outra, de alvo relativo a ela; ``so_ela``: as que tinha caem."""
        pasta, _, nome = parte.rpartition("/")
        relacoes = f"{pasta}/_rels/{nome}.rels"
        velhas = _NENHUMA if so_ela or relacoes not in self.nomes else self.atual(relacoes)
        self.por(relacoes, _SEM_RELACOES.sub(rb"\1></Relationships>", velhas, count=1))
        relacao = f'<Relationship Id="{id_}" Type="{OFICIO}/{tipo}" Target="{alvo}"/>'
        self.inserir(relacoes, b"</Relationships>", relacao.encode())

    def com_id_novo(self, tabela: bytes) -> bytes:
        """A tabela com um número que nenhuma outra tem."""
        self._maior_id += 1
        return com_id(tabela, self._maior_id)


def id_da_tabela(tabela: bytes) -> int:
    """O número da tabela; 0 se não se acha."""
    achado = re.search(rb'<table\b[^>]*?\bid="(\d+)"', tabela)
    return int(achado[1]) if achado else 0


def com_id(tabela: bytes, numero: int) -> bytes:
    """A tabela com o número dado."""
    return re.sub(rb'(<table\b[^>]*?\bid=")\d+"', rb'\g<1>%d"' % numero, tabela, count=1)
